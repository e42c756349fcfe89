"""Awkward files of further kinds, each a disguise of one small table or a trap that must be named."""

import csv
import io
import os
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from cchc_analysis.errors import InputError
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.date_words import plain_spelling
from cchc_analysis.intake.packages import read_facts
from cchc_analysis.intake.readers import find_files
from cchc_analysis.intake.repair import repair_text
from cchc_analysis.intake.report import accounting_text
from cchc_analysis.intake.values import code_key, code_keys

HEADER = [
    "Mã hồ sơ",
    "Thủ tục hành chính",
    "Đơn vị",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày trả kết quả",
    "Trạng thái",
]
RUN_TOGETHER = ["MaHoSo", "ThuTucHanhChinh", "DonVi", "NgayTiepNhan", "NgayHenTra", "NgayTraKetQua", "TrangThai"]
ROWS = [
    ["H26-250314-0001", "Cấp phép xây dựng", "Sở Tư pháp", "14/03/2025", "28/03/2025", "26/03/2025", "Đã trả kết quả"],
    ["H26-250318-0002", "Khai sinh", "Sở Xây dựng", "18/03/2025", "25/03/2025", "", "Đang xử lý"],
    ["H26-250319-0003", "Khai sinh", "Sở Xây dựng", "19/03/2025", "27/03/2025", "31/03/2025", "Đã trả kết quả"],
]
IN_ONE = ["MaHoSo", "ThuTucHanhChinh", "DonVi", "NgayTiepNhan", "NgayHenTra", "NgayTraKetQua", "TrangThai"]
SEEN = ["receiving_unit", "procedure_name", "received_at", "due_at", "returned_at", "status"]


def text(rows, separator=",", **options):
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator="\n", **options).writerows(rows)
    return stream.getvalue()


def workbook(fill):
    book = openpyxl.Workbook()
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def typed(row):
    moments = [datetime.strptime(cell, "%d/%m/%Y") if cell else None for cell in row[3:6]]
    return [*row[:3], *moments, row[6]]


@pytest.fixture
def take(desk):
    """Take one file of this content; return the accounts, with the notes of the file by code."""

    def run(content, name="a.csv"):
        (desk.exports / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        account = desk.take(allowed_reject_share=1).accounting["files"][0]
        return {**account, "notes": {note["code"]: note for note in account["notes"]}}

    return run


@pytest.fixture
def plain(desk, take, tmp_path):
    """What the undisguised table gives."""
    take(text([HEADER, *ROWS]))
    found = desk.accepted()[SEEN]
    (desk.exports / "a.csv").unlink()
    desk.warehouse = tmp_path / "other"
    return found


QUOTED_LINES = "".join('"{}"\n'.format(line.replace('"', '""')) for line in text([HEADER, *ROWS]).splitlines())


@pytest.mark.parametrize(
    "content",
    [
        QUOTED_LINES,
        "\n".join(", ".join(f'"{cell}"' for cell in row) for row in [HEADER, *ROWS]),
        "sep=,\n" + text([HEADER, *ROWS], ";"),
        '"sep=;"\n' + text([HEADER, *ROWS], ";"),
        text([HEADER, *[[f'="{cell}"' for cell in row] for row in ROWS]], quoting=csv.QUOTE_NONE, quotechar=None),
        text([[f"{name}{mark}" for name, mark in zip(HEADER, "¹²³⁴⁵⁶⁷", strict=True)], *ROWS]),
        text([[f"{name}{number}" for number, name in enumerate(HEADER, start=1)], *ROWS]),
        text([RUN_TOGETHER, *ROWS]),
        text([HEADER, *ROWS]) + "\x1a",
        text([HEADER, *ROWS]) + "\u200b\u00a0,\u200b\n",
        text([HEADER, ["---"] * 7, *ROWS]),
        text([HEADER, *ROWS]).encode().decode("latin-1").encode().decode("latin-1"),
    ],
    ids=["quoted lines", "spaces before quotes", "wrong hint", "quoted hint", "text formulas", "superscripts",
         "footnote digits", "words in one", "ctrl-z", "invisible row", "rule", "twice encoded"],
)  # fmt: skip
def test_disguises_of_a_text_file_give_the_same_dossiers(desk, plain, take, content):
    account = take(content)
    assert (account["accepted"], account["rejected"]) == (3, 0)
    assert desk.accepted()[SEEN].equals(plain)


def test_a_row_between_two_stray_quotation_marks_is_not_lost(take):
    lines = text([HEADER, *ROWS]).splitlines()
    lines[2] = lines[2].replace("Sở Xây", '"Sở Xây')
    lines[3] = lines[3].replace("Sở Xây dựng", 'Sở Xây dựng"')
    with pytest.raises(InputError, match="row 3: a quotation mark opens a cell"):
        take("\n".join(lines) + "\n")


def test_a_row_swallowed_across_columns_is_not_lost(take):
    lines = text([HEADER, *ROWS]).splitlines()
    lines[2] = lines[2].replace("Sở Xây", '"Sở Xây')
    lines[3] = lines[3].replace("27/03/2025", '27/03/2025"')
    with pytest.raises(InputError, match="row 3: a quotation mark opens a cell"):
        take("\n".join(lines) + "\n")


def test_a_remark_of_two_lines_with_a_date_is_no_swallowed_row(take):
    rows = [[*row, "Hẹn lại, lần 2\n15/03/2025, gọi trước, xin lỗi"] for row in ROWS]
    assert take(text([[*HEADER, "Ghi chú"], *rows]))["accepted"] == 3


@pytest.mark.parametrize(
    "written",
    [
        "14 tháng 3, 2025", "14 tháng 3 2025", "14 thg 3, 2025", "14 Th03 2025", "NGÀY 14 THÁNG 03 NĂM 2025",
        "ngay 14 thang 03 nam 2025", "Ngày 14/03/2025", "Thứ Sáu, 14/03/2025", "Fri, 14 Mar 2025", "March 14, 2025",
        "Mar 14th, 2025", "14–03–2025", "14\u201103\u20112025", "'14/03/2025", "１４/０３/２０２５",
    ],
)  # fmt: skip
def test_days_in_further_spellings(desk, plain, take, written):
    take(text([HEADER, [*ROWS[0][:3], written, *ROWS[0][4:]], *ROWS[1:]]))
    assert desk.accepted()[SEEN].equals(plain)


@pytest.mark.parametrize(
    ("written", "clock"),
    [("14/03/2025 7h", "07:00"), ("7 giờ 14/03/2025", "07:00"), ("14/03/2025 7g30", "07:30"),
     ("14/03/2025 - 08:30", "08:30"), ("14/03/2025 (08:30)", "08:30"), ("14 tháng 3, 2025 lúc 8h05", "08:05")],
)  # fmt: skip
def test_times_in_further_spellings(desk, take, written, clock):
    take(text([HEADER, [*ROWS[0][:3], written, *ROWS[0][4:]]]))
    assert f"{desk.accepted()['received_at'][0]:%d/%m/%Y %H:%M}" == f"14/03/2025 {clock}"


@pytest.mark.parametrize("written", ["14/03/2025 24:00", "14/03/2025 13:00 SA", "########", "14/03", "14/03/2568"])
def test_what_only_looks_like_a_date_keeps_the_row_out(take, written):
    assert take(text([HEADER, [*ROWS[0][:3], written, *ROWS[0][4:]]]))["rejected"] == 1


@pytest.mark.parametrize("word", ["nan", "NaT", "0", "trống", "undefined", "00:00:00"])
def test_further_words_for_no_date(desk, take, word):
    assert take(text([HEADER, [*ROWS[1][:5], word, ROWS[1][6]]]))["accepted"] == 1
    assert desk.accepted()["returned_at"].isna().all()


def test_the_plain_spelling_keeps_ordinary_dates():
    assert plain_spelling("14/03/2025 08:30:15") == "14/03/2025 08:30:15"


def test_month_first_dates_are_told_with_the_count_of_those_that_may_be_wrong(desk, take):
    rows = [ROWS[0], [*ROWS[1][:3], "03/18/2025", "04/05/2025", *ROWS[1][5:]]]
    note = take(text([HEADER, *rows]))["notes"]["date_order"]
    assert note["en"].startswith("1 dates such as '03/18/2025' can only be month/day/year and were not read; 1 others")
    assert "`dates: month_first`" in note["vi"]


def test_day_first_files_have_no_note_of_their_order(take):
    rows = [[*ROWS[0][:3], "31/02/2025", *ROWS[0][4:]], *ROWS[1:]]
    assert "date_order" not in take(text([HEADER, *rows]))["notes"]


@pytest.mark.parametrize("unit", ["C?p gi?y phép", "S? T? pháp", "S\ufffd T\ufffd ph\ufffdp"])
def test_lost_letters_are_told(take, unit):
    note = take(text([HEADER, [*ROWS[0][:2], unit, *ROWS[0][3:]]]))["notes"]["lost_letters"]
    assert repr(unit) in note["en"]


def test_questions_and_addresses_are_no_lost_letters(take):
    row = [ROWS[0][0], "Nộp ở đâu? Xem https://a.vn/?id=1", *ROWS[0][2:]]
    assert "lost_letters" not in take(text([HEADER, row]))["notes"]


def test_a_header_with_lost_letters_is_refused_with_the_reason(take):
    with pytest.raises(InputError, match=r"Letters have been lost before the file came here, for example in 'Mã h\? s"):
        take(text([[name.encode("cp1252", "replace").decode("cp1252") for name in HEADER], *ROWS]))


def test_a_column_whose_words_are_right_either_way_goes_with_the_sheet():
    legacy = {0: ["Maõ hoà sô"], 1: ["Ñôn vò tieáp nhaän"], 2: ["Thuû tuïc haønh chính"]}
    repaired, _ = repair_text(pd.DataFrame(legacy, dtype=object))
    assert repaired.iloc[0].tolist() == ["Mã hồ sơ", "Đơn vị tiếp nhận", "Thủ tục hành chính"]
    mixed = {0: ["Hoà Bình"], 1: ["Ñôn vò tieáp nhaän"], 2: ["Sở Xây dựng"]}
    assert repair_text(pd.DataFrame(mixed, dtype=object))[0].iloc[0].tolist()[0] == "Hoà Bình"


def test_an_apostrophe_before_a_code_is_no_part_of_it():
    assert code_key("'000123") == "000123"
    assert code_keys(pd.Series(["'000123", "O'1"], dtype=object).to_numpy()).to_pylist() == ["000123", "o'1"]


def test_a_unit_of_punctuation_is_none(take):
    assert take(text([HEADER, [*ROWS[0][:2], "-", *ROWS[0][3:]], *ROWS[1:]]))["reasons"] == {"unit_missing": 1}


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        (0, "code_unreadable"),
        (2, "unit_missing"),
        (3, "date_unreadable"),
        (5, "date_unreadable"),
        (6, "status_unknown"),
    ],
)
def test_an_error_value_of_a_workbook_is_no_value(take, position, reason):
    def fill(book):
        book.active.append(HEADER)
        for row in ROWS:
            book.active.append(typed(row))
        book.active.cell(2, position + 1).value = "#N/A"

    assert take(workbook(fill), "a.xlsx")["reasons"] == {reason: 1}


def test_an_error_value_in_an_optional_column_is_left_empty_and_listed(desk, take):
    def fill(book):
        book.active.append(HEADER)
        book.active.append([*typed(ROWS[0])[:1], "#REF!", *typed(ROWS[0])[2:]])

    assert take(workbook(fill), "a.xlsx")["accepted"] == 1
    assert desk.accepted()["procedure_name"].isna().all()
    assert desk.findings().query("rule == 'value_blanked'")["column"].tolist() == ["procedure_name"]


def test_formulas_without_a_stored_result_are_told_and_never_taken_for_empty(take):
    def fill(book):
        book.active.append(HEADER)
        for row in ROWS:
            book.active.append(typed(row))
        book.active["E2"] = "=D2+14"
        book.active["F3"] = "=TODAY()"

    account = take(workbook(fill), "a.xlsx")
    assert account["reasons"] == {"date_unreadable": 2}
    assert (
        "has 2 formulas without a stored result, the first in row 2, column 5"
        in (account["notes"]["formulas_without_result"]["en"])
    )


def test_hidden_rows_are_read_and_told(take):
    def fill(book):
        book.active.append(HEADER)
        for row in ROWS:
            book.active.append(typed(row))
        book.active.row_dimensions[3].hidden = True

    account = take(workbook(fill), "a.xlsx")
    assert account["accepted"] == 3
    assert "has 1 hidden rows" in account["notes"]["hidden_rows"]["en"]


def test_a_list_on_a_hidden_sheet_is_named(take):
    def fill(book):
        book.create_sheet("Danh sách").append(HEADER)
        book["Danh sách"].sheet_state = "hidden"

    with pytest.raises(InputError, match=r"The sheet 'Danh sách' is hidden and was left out\. Unhide the sheet"):
        take(workbook(fill), "a.xlsx")


def test_only_invisible_characters_are_nothing(take):
    with pytest.raises(InputError, match="nothing in the file but empty cells"):
        take("\u00a0\u200b,\u00a0\n")


def spreadsheet_xml(rows):
    cells = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in rows
    )
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}"><Worksheet ss:Name="A"><Table>{cells}'
        "</Table></Worksheet></Workbook>\n"
    )


def test_excel_xml_that_ends_too_early_is_damaged_wherever_it_ends(take):
    page = spreadsheet_xml([HEADER, *ROWS])
    assert take(page, "a.xls")["accepted"] == 3
    for cut in (page.rindex("<Row>"), page.rindex("</Table>"), page.rindex("</Workbook>"), len(page) - 4):
        with pytest.raises(InputError, match="the Excel XML file is damaged"):
            read_sheets(page[:cut].encode(), "a.xls")


def test_a_page_that_breaks_off_is_told(take):
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [HEADER, *ROWS]]
    page = "<html><table>" + "".join(lines)
    assert "page_breaks_off" in take(page, "a.xls")["notes"]
    assert not read_sheets(f"{page}</table>".encode(), "a.xls")[0].notes
    assert not read_sheets(page.replace("</tr>", "").replace("</td>", "").encode(), "a.xls")[0].notes


def test_notes_of_a_file_stand_in_the_accounting_of_the_terminal(desk):
    (desk.exports / "a.csv").write_text(text([HEADER, [*ROWS[0][:2], "S? T? pháp", *ROWS[0][3:]]]), encoding="utf-8")
    assert "a.csv: Tệp đã bị mất chữ có dấu từ trước, ví dụ 'S? T? pháp'." in accounting_text(desk.take())


def test_links_in_circles_pipes_and_links_to_nowhere(tmp_path, monkeypatch):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "a.csv").write_text("x", encoding="utf-8")
    (folder / "again.csv").symlink_to("a.csv")
    (folder / "round").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    assert [name for _, name in find_files([folder])] == ["a.csv"]
    (folder / "nowhere.csv").symlink_to("gone.csv")
    (folder / "self.csv").symlink_to("self.csv")
    assert [name for _, name in find_files([folder])] == ["a.csv", "nowhere.csv", "self.csv"]
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match="there is no such file or folder"):
        find_files([folder / "self.csv"])
    with pytest.raises(InputError, match="there is no such file or folder"):
        find_files([folder / ("a" * 300)])


def test_a_folder_that_cannot_be_opened_is_an_error_and_not_skipped(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="the folder cannot be opened"):
        find_files([tmp_path])


def test_a_package_whose_formula_stands_at_the_end_of_a_chunk_is_found(monkeypatch):
    monkeypatch.setattr("cchc_analysis.intake.packages._CHUNK", 64)

    def fill(book):
        book.active.append(HEADER)
        book.active["D2"] = "=TODAY()"

    with zipfile.ZipFile(io.BytesIO(workbook(fill))) as archive:
        assert read_facts(archive, "a.xlsx").errors == {"Sheet": {(2, 4): "#CALC!"}}
