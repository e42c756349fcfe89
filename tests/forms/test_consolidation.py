"""Returns of units: written by ourselves, then damaged by hand; every damage is found and told with both numbers."""

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from cchc_analysis import forms
from cchc_analysis.consolidation import (
    KINDS,
    Consolidation,
    Difference,
    consolidate,
    consolidation_mapping,
    consolidation_text,
    consolidation_workbook,
)
from cchc_analysis.consolidation.returns import UnitNames, read_return
from cchc_analysis.consolidation.words import KIND_NAMES, sentence
from cchc_analysis.errors import InputError, ParameterError
from cchc_analysis.forms import FigureTables, load_form
from cchc_analysis.measures import FORM_COLUMNS
from cchc_analysis.study import Study
from cchc_analysis.units import UnitRegistry

FORM = load_form("ii-06a")
NAMES = UnitNames(UnitRegistry.load(), date(2023, 6, 14))
UNITS = ("phuong-1", "phuong-2", "phong-tu-phap")
Edit = Callable[[Any], None]


@pytest.fixture(scope="session")
def returns(study: Study, tables: FigureTables) -> dict[str, bytes]:
    """The form of each unit, as the program writes it."""
    return {unit: forms.files_for(study, unit, "ii-06a", tables)["bieu-II06a.xlsx"] for unit in UNITS}


@pytest.fixture(scope="session")
def before(earlier: Study) -> list[tuple[str, bytes]]:
    """The form of each unit of the quarter before."""
    tables = FigureTables(earlier)
    made = {unit: forms.files_for(earlier, unit, "ii-06a", tables)["bieu-II06a.xlsx"] for unit in UNITS}
    return [(f"{unit}.xlsx", content) for unit, content in made.items()]


def edited(content: bytes, *edits: Edit) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for edit in edits:
        edit(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(sheet: Any, label: str) -> int:
    return next(cell.row for cell in sheet["B"] if cell.value == label)


def write(label: str, column: int, value: object) -> Edit:
    def edit(sheet: Any) -> None:
        sheet.cell(row_of(sheet, label), column).value = value

    return edit


def everywhere(old: str, new: str) -> Edit:
    def edit(sheet: Any) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and old in cell.value:
                    cell.value = cell.value.replace(old, new)

    return edit


def found(result: Consolidation, kind: str) -> list[Difference]:
    return [one for one in result.differences if one.kind == kind]


def summed(study: Study, returns: dict[str, bytes], **changed: bytes) -> Consolidation:
    files = {f"{unit}.xlsx": content for unit, content in returns.items()}
    files |= {f"{name.replace('_', '-')}.xlsx": content for name, content in changed.items()}
    return consolidate(study, list(files.items()))


def told(differences: Iterable[Difference]) -> list[tuple[str, str, str, object, object]]:
    return [(one.kind, one.unit, one.cell[:1], one.stated, one.expected) for one in differences]


# What agrees


def test_returns_as_written_agree_with_each_other_and_the_data(
    study: Study, returns: dict[str, bytes], before: list[tuple[str, bytes]]
) -> None:
    result = consolidate(study, [(f"{unit}.xlsx", content) for unit, content in returns.items()], before)
    assert result.differences == ()
    assert result.missing == ()
    whole = study.form_06a().iloc[0]
    assert result.total.figures == {name: int(whole[name]) for name in FORM_COLUMNS}
    # Rows: five fields of Phường 1, two of Phường 2, one of the department; numbering, total and what is below besides.
    assert result.rows()["accepted"] == 8
    assert result.rows()["rejected"] == result.rows()["duplicates"] == 0


def test_every_row_read_is_accounted_for(study: Study, returns: dict[str, bytes]) -> None:
    damaged = edited(returns["phuong-1"], write("Hộ tịch", 4, "nhiều"))
    result = summed(study, returns, phuong_1=damaged, ban_sao=returns["phuong-2"])
    for account in result.accounts:
        assert account.read == account.accepted + account.rejected + account.duplicates + account.skipped
        assert account.read > 0


def test_the_sum_is_as_returned(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_2=edited(returns["phuong-2"], write("Hộ tịch", 3, 100)))
    fields = {row.label: row.figures["received"] for row in result.fields}
    units = {row.label: row.figures["received"] for row in result.units}
    assert fields["Hộ tịch"] == 7 - 1 + 100
    assert units["Phường 2"] == 2 - 1 + 100
    assert result.total.figures["received"] == 15 - 1 + 100
    assert result.total.figures["resolved"] == 11


# What was damaged by hand


def test_a_broken_row_a_wrong_total_and_the_data_are_told_with_both_numbers(
    study: Study, returns: dict[str, bytes]
) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Hộ tịch", 4, 5)))
    assert told(found(result, "identity")) == [("identity", "phuong-1", "C", 4, 8)]
    assert found(result, "identity")[0].rule == "(3) = (4) + (5) + (6)"
    assert told(found(result, "total")) == [("total", "phuong-1", "D", 3, 7)]
    assert told(found(result, "warehouse")) == [("warehouse", "phuong-1", "D", 5, 1)]
    assert len(result.differences) == 3


def test_a_total_typed_wrongly_is_found(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Tổng số", 7, 9)))
    assert told(found(result, "total")) == [("total", "phuong-1", "G", 9, 8)]
    assert [one.rule for one in found(result, "identity")] == ["(7) = (8) + (9) + (10)", "(3) = (7) + (11)"]
    assert result.total.figures["resolved"] == 11


def test_what_is_carried_over_must_be_what_was_left(
    study: Study, returns: dict[str, bytes], before: list[tuple[str, bytes]]
) -> None:
    ward = edited(returns["phuong-2"], write("Hộ tịch", 6, 2), write("Hộ tịch", 3, 2), write("Hộ tịch", 7, 2))
    files = [(f"{unit}.xlsx", ward if unit == "phuong-2" else content) for unit, content in returns.items()]
    result = consolidate(study, files, before[:2])
    assert told(found(result, "previous")) == [("previous", "phuong-2", "F", 2, 1)]
    assert [one.unit for one in found(result, "previous_missing")] == ["phong-tu-phap"]


def test_returns_of_another_period_are_no_period_before(
    study: Study, returns: dict[str, bytes], before: list[tuple[str, bytes]]
) -> None:
    result = consolidate(study, [("phuong-1.xlsx", returns["phuong-1"])], [("phuong-1.xlsx", returns["phuong-1"])])
    assert [(one.stated, one.expected) for one in found(result, "wrong_period")] == [("14/06/2023", "15/03/2023")]
    assert [one.unit for one in found(result, "previous_missing")] == ["phuong-1"]


def test_a_field_that_is_left_out_or_made_up_is_found(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Chứng thực", 2, "Đất đai")))
    assert [(one.label, one.expected) for one in found(result, "not_returned")] == [("Chứng thực", 4)]
    assert [one.label for one in found(result, "not_in_warehouse")] == ["Đất đai"]


def test_the_name_of_a_field_may_be_written_otherwise(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Chứng thực", 2, "  CHỨNG  THỰC ")))
    assert result.differences == ()
    assert [row.label for row in result.fields].count("Chứng thực") == 1


def test_a_blank_cell_is_told_and_never_nought(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_2=edited(returns["phuong-2"], write("Hộ tịch", 13, None)))
    assert told(result.differences) == [("blank", "phuong-2", "M", None, 0)]
    assert "để trống; không coi là 0; dữ liệu hồ sơ là 0" in consolidation_text(result, study)
    alone = consolidate(study, [("phuong-2.xlsx", edited(returns["phuong-2"], *blank_column(13)))])
    assert alone.total.figures["pending_overdue"] is None


def blank_column(column: int) -> list[Edit]:
    return [write(label, column, None) for label in ("Hộ tịch", "Chứng thực", "Tổng số")]


@pytest.mark.parametrize("text", ["7", " 7 ", "7,0", "07"])
def test_numbers_typed_as_text_are_numbers(study: Study, returns: dict[str, bytes], text: str) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Tổng số", 5, text)))
    assert result.differences == ()


def test_thousands_typed_with_a_dot_are_thousands() -> None:
    rows = [["Hộ tịch", "1.234", "1.000", "200", "34", "1.234", "1.234", "0", "0", "0", "0", "-"]]
    given = read_return(by_hand(rows), "a.xlsx", FORM, NAMES)
    assert given.rows[0].figures["received"] == 1234
    assert given.rows[0].figures["pending_overdue"] is None


@pytest.mark.parametrize("value", ["nhiều", 1.234, "12,5", -3, "1,234", True])
def test_what_is_no_number_of_dossiers_is_rejected_with_its_row(
    study: Study, returns: dict[str, bytes], value: object
) -> None:
    result = summed(study, returns, phuong_2=edited(returns["phuong-2"], write("Hộ tịch", 4, value)))
    assert [(one.cell[:1], one.label) for one in found(result, "unreadable")] == [("D", "Hộ tịch")]
    assert next(account for account in result.accounts if account.unit == "phuong-2").rejected == 1
    assert result.total.figures["received"] == 14


def test_columns_in_another_order_are_read_by_their_headings(study: Study, returns: dict[str, bytes]) -> None:
    def swap(sheet: Any) -> None:
        """Exchange the columns Trước hạn (H) and Quá hạn (J), headings and numbers with them."""
        for row in range(1, sheet.max_row + 1):
            one, other = sheet.cell(row, 8), sheet.cell(row, 10)
            if type(one).__name__ == type(other).__name__ == "Cell":
                one.value, other.value = other.value, one.value

    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], swap))
    assert result.differences == ()


def test_figures_under_the_wrong_heading_are_found(study: Study, returns: dict[str, bytes]) -> None:
    def swap(sheet: Any) -> None:
        for label in ("Hộ tịch", "Chứng thực", "Tổng số"):
            row = row_of(sheet, label)
            one, other = sheet.cell(row, 4), sheet.cell(row, 5)
            one.value, other.value = other.value, one.value

    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], swap))
    assert {(one.label, one.figure) for one in found(result, "warehouse")} == {
        ("Hộ tịch", "received_online"),
        ("Hộ tịch", "received_other"),
    }


def test_another_unit_named_in_the_return_is_found(study: Study, returns: dict[str, bytes]) -> None:
    wrong = edited(returns["phuong-1"], everywhere("báo cáo: Phường 1", "báo cáo: UBND P. 2"))
    result = summed(study, returns, phuong_1=wrong)
    assert [(one.unit, one.expected) for one in found(result, "other_unit_in_file_name")] == [("phuong-2", "Phường 1")]
    assert [one.file for one in found(result, "duplicate_unit")] == ["phuong-2.xlsx"]
    assert result.missing == ("phuong-1",)


def test_the_second_return_of_a_unit_is_not_summed(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_2_ban_moi=returns["phuong-2"])
    assert [(one.file, one.expected) for one in found(result, "duplicate_unit")] == [
        ("phuong-2.xlsx", "phuong-2-ban-moi.xlsx")
    ]
    assert result.total.figures["received"] == 15
    assert result.rows()["duplicates"] == 2


def test_the_return_of_the_city_is_not_summed_with_those_of_its_units(
    study: Study, returns: dict[str, bytes], tables: FigureTables
) -> None:
    city = forms.files_for(study, "all", "ii-06a", tables)["bieu-II06a.xlsx"]
    result = summed(study, returns, thanh_pho=edited(city, everywhere(study.unit_name(), "Thành phố Vũng Tàu")))
    assert [one.kind for one in result.differences] == ["summary_return"]
    assert result.total.figures["received"] == 15


def test_a_unit_nobody_knows_is_told_and_not_summed(study: Study, returns: dict[str, bytes]) -> None:
    unknown = edited(returns["phuong-1"], everywhere("báo cáo: Phường 1", "báo cáo: Xã Đồng Không"))
    result = consolidate(study, [("mot-tep.xlsx", unknown)])
    assert [one.stated for one in found(result, "unknown_unit")] == ["Xã Đồng Không"]
    assert result.n_returned == 0
    assert set(result.total.figures.values()) == {None}
    assert set(result.missing) == set(UNITS)


@pytest.mark.parametrize(("n", "kinds"), [(0, set()), (3, {"not_in_warehouse"})])
def test_a_unit_without_dossiers_may_report_nought(study: Study, n: int, kinds: set[str]) -> None:
    rows = [["Hộ tịch", n, n, 0, 0, n, n, 0, 0, 0, 0, 0]]
    content = edited(by_hand(rows, [["Tổng số", None, *rows[0][1:]]]), everywhere("Phường 1", "Phường 7"))
    result = consolidate(study, [("a.xlsx", content)])
    assert {one.kind for one in result.differences if one.unit == "phuong-7"} == kinds


def test_a_rejected_row_is_not_told_again_as_carried_over(
    study: Study, returns: dict[str, bytes], before: list[tuple[str, bytes]]
) -> None:
    damaged = edited(returns["phuong-2"], write("Hộ tịch", 4, "nhiều"))
    result = consolidate(study, [("phuong-2.xlsx", damaged)], before)
    assert {one.kind for one in result.differences if one.unit == "phuong-2"} == {"unreadable"}


def test_another_period_is_told_and_not_summed(
    study: Study, returns: dict[str, bytes], before: list[tuple[str, bytes]]
) -> None:
    result = summed(study, returns, phuong_1=dict(before)["phuong-1.xlsx"])
    assert [(one.unit, one.stated) for one in found(result, "wrong_period")] == [
        ("phuong-1", "15/12/2022 – 14/03/2023")
    ]
    assert result.missing == ("phuong-1",)


def test_a_return_that_does_not_say_its_period_is_summed_and_told(study: Study, returns: dict[str, bytes]) -> None:
    silent = edited(returns["phuong-1"], everywhere("Kỳ báo cáo: Quý II/2023", ""), everywhere("(Từ ngày", "("))
    result = summed(study, returns, phuong_1=silent)
    assert [one.kind for one in result.differences] == ["period_not_stated"]


def test_a_column_that_lacks_is_told_and_what_needs_it_is_not_judged(study: Study, returns: dict[str, bytes]) -> None:
    def drop(sheet: Any) -> None:
        for row in range(1, sheet.max_row + 1):
            if type(sheet.cell(row, 10)).__name__ == "Cell":
                sheet.cell(row, 10).value = None

    given = edited(returns["phuong-1"], drop)
    result = summed(study, returns, phuong_1=given)
    assert told(result.differences) == [("missing_column", "phuong-1", "", None, None)]
    assert result.differences[0].figure == "resolved_late"


def test_a_file_that_is_no_return_is_told(study: Study, returns: dict[str, bytes], tables: FigureTables) -> None:
    other = forms.files_for(study, "phuong-1", "qd-766-progress", tables)["bieu-766-tien-do.xlsx"]
    result = summed(study, returns, tien_do=other, hong=b"%PDF-1.7 nothing")
    assert [one.file for one in found(result, "unreadable_file")] == ["hong.xlsx", "tien-do.xlsx"]
    assert result.total.figures["received"] == 15


# What people make of the form


GROUPS = ("Số hồ sơ nhận giải quyết", "Số hồ sơ đã giải quyết", "Số lượng hồ sơ đang giải quyết")
LEAVES = ("Tổng số", "Trước hạn", "Đúng hạn (cả hồ sơ trả lại)", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn")
HEADS: tuple[list[str | None], ...] = (
    ["STT", "Lĩnh vực", GROUPS[0], None, None, None, GROUPS[1], None, None, None, GROUPS[2], None, None],
    [None, None, "Tổng số", "Trong đó", None, "Từ kỳ trước", *LEAVES],
    [None, None, None, "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", *[None] * 8],
)
TITLES = (
    ["UBND PHƯỜNG 1"],
    ["Biểu số II.06a/VPCP/KSTT", None, None, "Đơn vị báo cáo:", "Phường 1"],
    ["Kỳ báo cáo: quý II/2023 (từ ngày 15 tháng 3 năm 2023 đến ngày 14 tháng 6 năm 2023)"],
)


def by_hand(rows: list[list[Any]], below: Iterable[list[Any]] = ()) -> bytes:
    """Return a workbook typed without merged cells, numbers as they are given."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Biểu 06a")
    lines = [*TITLES, *HEADS, [str(n) for n in range(1, 14)]]
    lines += [["A", "TTHC cấp xã"], *([str(n), *row] for n, row in enumerate(rows, start=1)), *below]
    for at, line in enumerate(lines):
        sheet.write_row(at, 0, line)
    book.close()
    return out.getvalue()


def test_a_form_typed_without_merged_cells_is_read() -> None:
    rows = [["Hộ tịch", 4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0], ["Chứng thực", 4, 2, 2, 0, 2, 0, 2, 0, 2, 1, 1]]
    below = [
        [None, "Tổng cộng", 8, 3, 4, 1, 5, 1, 3, 1, 3, 2, 1],
        [],
        [None, "NGƯỜI LẬP BIỂU", *[None] * 7, "CHỦ TỊCH"],
    ]
    given = read_return(by_hand(rows, below), "a.xlsx", FORM, NAMES)
    assert given.unit == "phuong-1"
    assert given.dates == (date(2023, 3, 15), date(2023, 6, 14))
    assert given.missing == ()
    assert [row.label for row in given.rows] == ["Hộ tịch", "Chứng thực"]
    assert list(given.rows[0].figures.values()) == rows[0][1:]
    assert given.total is not None
    assert list(given.total.figures.values()) == below[0][2:]
    assert given.skipped == {"numbering": 1, "band": 1, "total": 1, "note": 1}
    assert given.n_read == 6


def test_an_open_document_sheet_is_read() -> None:
    """LibreOffice keeps the form as .ods; numbers stand there as texts or as values."""
    rows = [*TITLES, *HEADS, [f"({n})" for n in range(1, 14)], ["1", "Hộ tịch", *"4121311111", "0"]]
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    cells = ("".join(cell.format(escape(text)) if text else "<table:table-cell/>" for text in row) for row in rows)
    lines = "".join(f"<table:table-row>{line}</table:table-row>" for line in cells)
    content = (
        f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" '
        f'xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="06a">{lines}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        manifest = f'<manifest:manifest xmlns:manifest="{office}manifest:1.0"/>'
        archive.writestr("META-INF/manifest.xml", manifest)
    given = read_return(stream.getvalue(), "p1.ods", FORM, NAMES)
    assert (given.unit, given.missing) == ("phuong-1", ())
    assert list(given.rows[0].figures.values()) == [4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0]


def test_a_page_of_html_called_xls_is_read() -> None:
    """One-stop systems export the form as an HTML table with merged headings under the name .xls."""
    head = (
        '<tr><td rowspan="3">STT</td><td rowspan="3">Lĩnh vực, công việc giải quyết theo cấp</td>'
        '<td colspan="4">Số hồ sơ nhận giải quyết</td><td colspan="4">Số hồ sơ đã giải quyết</td>'
        '<td colspan="3">Số lượng hồ sơ đang giải quyết</td></tr>'
        '<tr><td rowspan="2">Tổng số</td><td colspan="2">Trong đó</td><td rowspan="2">Từ kỳ trước</td>'
        + "".join(f'<td rowspan="2">{escape(text)}</td>' for text in LEAVES)
        + "</tr><tr><td>Trực tuyến</td><td>Trực tiếp, dịch vụ bưu chính</td></tr>"
    )
    cells = "".join(f"<td>{cell}</td>" for cell in (1, "Hộ tịch", "1.234", 1000, 200, 34, 1234, 1234, 0, 0, 0, 0, 0))
    page = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>{head}<tr>{cells}</tr></table></html>'
    given = read_return(page.encode(), "Phường 2/06a.xls", FORM, NAMES)
    assert (given.unit, given.missing) == ("phuong-2", ())
    assert given.rows[0].figures["received"] == 1234


def test_a_column_nobody_can_name_is_known_by_its_number() -> None:
    rows = [["Hộ tịch", 4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0]]
    content = edited(by_hand(rows), everywhere("Trước hạn", "Sớm hơn quy định"))
    given = read_return(content, "a.xlsx", FORM, NAMES)
    assert given.missing == ()
    assert given.rows[0].figures["resolved_early"] == 1


def test_the_same_field_on_two_levels_is_two_rows_and_one_sum(study: Study) -> None:
    rows = [["Hộ tịch", 4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0]]
    more = [["B", "TTHC cấp huyện"], ["1", "Hộ tịch", 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0]]
    result = consolidate(study, [("a.xlsx", by_hand(rows, more))])
    assert [(row.label, row.figures["received"]) for row in result.fields] == [("Hộ tịch", 5)]
    assert found(result, "field_twice") == []


def test_a_row_repeated_is_summed_once_and_two_that_differ_are_told(study: Study) -> None:
    row: list[Any] = ["Hộ tịch", 4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0]
    other = ["Hộ tịch", 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0]
    twice = consolidate(study, [("a.xlsx", by_hand([row, row]))])
    assert [one.kind for one in twice.differences if one.kind.startswith(("row", "field"))] == ["row_repeated"]
    assert twice.fields[0].figures["received"] == 4
    differ = consolidate(study, [("a.xlsx", by_hand([row, other]))])
    assert len(found(differ, "field_twice")) == 2
    assert differ.fields[0].figures["received"] == 5


def test_figures_without_a_field_are_rejected_and_told(study: Study) -> None:
    result = consolidate(study, [("a.xlsx", by_hand([[None, 4, 1, 2, 1, 3, 1, 1, 1, 1, 1, 0]]))])
    assert len(found(result, "no_label")) == 1
    assert result.rows()["rejected"] == 1


def test_a_form_by_unit_is_no_return_of_a_unit(study: Study) -> None:
    with pytest.raises(ParameterError, match="has units as rows"):
        consolidate(study, [], code="ii-06b")


def test_a_list_of_dossiers_is_no_return() -> None:
    listed = "Mã hồ sơ;Lĩnh vực;Ngày tiếp nhận\nH06-1;Hộ tịch;01/04/2023\n".encode()
    with pytest.raises(InputError, match=r"no sheet has the headings of Form II\.06a"):
        read_return(listed, "a.csv", FORM, NAMES)


# What is handed on


def test_the_workbook_holds_the_sums_the_differences_and_the_accounts(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Hộ tịch", 4, 5)))
    content = consolidation_workbook(result, study)
    assert content == consolidation_workbook(result, study)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Tổng hợp theo lĩnh vực", "Tổng hợp theo đơn vị", "Chênh lệch", "Tệp và số dòng"]
    total = next(row for row in book.worksheets[0].iter_rows(values_only=True) if row[1] == "Tổng số")
    assert list(total[2:13]) == list(result.total.figures.values())
    differences = list(book["Chênh lệch"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[4], row[6], row[7]) for row in differences] == [
        ("Phường 1", "(3)", 4, 8),
        ("Phường 1", "(4)", 3, 7),
        ("Phường 1", "(4)", 5, 1),
    ]
    last = list(book["Tệp và số dòng"].iter_rows(values_only=True))[-1]
    assert list(last[3:]) == list(result.rows().values())
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_the_text_names_the_units_that_lack_and_every_difference(study: Study, returns: dict[str, bytes]) -> None:
    result = consolidate(study, [("phuong-1.xlsx", edited(returns["phuong-1"], write("Hộ tịch", 4, 5)))])
    text = consolidation_text(result, study)
    assert "Đã cộng báo cáo của 1 đơn vị; 2 trong 3 đơn vị có hồ sơ chưa gửi; 5 điểm cần đối chiếu." in text
    assert "(3) = (4) + (5) + (6) không đúng, ghi 4, cộng lại được 8" in text
    assert "- Phường 2: Chưa gửi báo cáo" in text
    assert len(text.splitlines()) == 4 + len(result.differences)
    assert "2 of 3 units with dossiers handed in none" in consolidation_text(result, replace(study, language="en"))


def test_the_mapping_is_plain_and_whole(study: Study, returns: dict[str, bytes]) -> None:
    told = consolidation_mapping(summed(study, returns), study)
    assert told["n_returned"] == 3
    assert told["total"]["received"] == 15
    assert sum(row["received"] for row in told["units"]) == 15
    assert told["differences"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_difference_has_a_name_and_a_sentence(kind: str) -> None:
    one = Difference(kind, "a.xlsx", "phuong-1", "Hộ tịch", "C9", "received", 1234, 5, "(3) = (4)")
    assert kind in KIND_NAMES
    for language in ("vi", "en"):
        text = sentence(one, FORM, language)
        assert text
        assert "{" not in text


def test_hostile_texts_stay_texts(study: Study, returns: dict[str, bytes]) -> None:
    result = summed(study, returns, phuong_1=edited(returns["phuong-1"], write("Hộ tịch", 2, "=HYPERLINK(1)")))
    book = openpyxl.load_workbook(io.BytesIO(consolidation_workbook(result, study)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
