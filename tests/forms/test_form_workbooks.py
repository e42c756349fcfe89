"""The workbooks of forms, opened and read back with another library: layout, numbers, texts that stay texts."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from cchc_analysis import forms
from cchc_analysis.forms import FigureTables, FilledForm, fill_form, write_form
from cchc_analysis.forms.workbook import DASH
from cchc_analysis.study import Study

HOSTILE = ("=cmd!A1", "<script>x</script>", "+1")


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def numbering_row(sheet: Any) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == "(1)")


def body(sheet: Any) -> list[list[Any]]:
    """Return the rows between the column numbers and the notes."""
    rows = []
    for row in sheet.iter_rows(min_row=numbering_row(sheet) + 1, values_only=True):
        if str(row[0] or "").startswith("*") or not any(cell is not None for cell in row):
            break
        rows.append(list(row))
    return rows


def test_form_06a_has_its_headings_merged_as_printed(filled: FilledForm) -> None:
    sheet = opened(write_form(filled))
    top = numbering_row(sheet) - 3
    merged = {str(area) for area in sheet.merged_cells.ranges}
    wanted = {(1, 0, 1, 2), (2, 0, 2, 2), (3, 0, 6, 0), (7, 0, 10, 0), (11, 0, 13, 0), (4, 1, 5, 1), (6, 1, 6, 2)}
    for left, first, right, last in wanted:
        area = f"{get_column_letter(left)}{top + first}:{get_column_letter(right)}{top + last}"
        assert area in merged
    assert sheet.cell(top, 3).value == "Tiếp nhận"
    assert sheet.cell(top + 1, 4).value == "Trong đó"
    assert sheet.cell(top + 2, 5).value == "Trực tiếp, dịch vụ bưu chính"
    assert [cell.value for cell in sheet[numbering_row(sheet)]] == [f"({place})" for place in range(1, 14)]


def test_the_head_names_form_title_period_units_and_what_is_counted(filled: FilledForm) -> None:
    sheet = opened(write_form(filled))
    above = "\n".join(
        str(cell) for row in sheet.iter_rows(max_row=numbering_row(sheet) - 4, values_only=True) for cell in row if cell
    )
    for text in (
        "Biểu số II.06a/VPCP/KSTT",
        "Thông tư số 01/2020/TT-VPCP",
        "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC",
        "Kỳ báo cáo: Quý II/2023",
        "(Từ ngày 15/03/2023 đến ngày 14/06/2023)",
        "Đơn vị báo cáo: Phường 1",
        "Đơn vị nhận báo cáo: ",
        "Đơn vị tính: Số hồ sơ TTHC",
    ):
        assert text in above


def test_the_numbers_are_those_of_the_form_as_numbers(filled: FilledForm) -> None:
    rows = body(opened(write_form(filled)))
    assert [row[1] for row in rows] == [*(row.label for row in filled.rows), "Tổng số"]
    for shown, row in zip(rows, (*filled.rows, filled.total), strict=True):
        assert shown[2:] == [row.value(column) for column in filled.form.leaves()[2:]]
        assert all(isinstance(value, int) for value in shown[2:])


def test_bands_stand_over_the_units(study: Study, tables: FigureTables) -> None:
    rows = body(opened(write_form(fill_form(tables.form("ii-06b"), study, tables=tables))))
    assert [row[0] if row[1] is None else row[1] for row in rows] == [
        "Huyện, thị xã, thành phố",
        "Phòng Tư pháp",
        "Xã, phường, thị trấn",
        "Phường 1",
        "Phường 2",
        "Tổng số",
    ]


def test_what_is_not_told_is_a_dash(study: Study, tables: FigureTables) -> None:
    filled = fill_form(tables.form("ii-07b"), study, tables=tables)
    total = body(opened(write_form(filled)))[-1]
    assert total[2:6] == [4, 0, 1, 3]
    assert total[6:] == [DASH] * 8


def test_texts_from_files_stay_texts(filled: FilledForm) -> None:
    sheet = opened(write_form(filled))
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {text: cells.get(text) for text in HOSTILE} == dict.fromkeys(HOSTILE, "s")
    assert "f" not in cells.values()


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-2", "{=A1}", "https://example.org", "\t=1", "a" * 300])
def test_the_name_of_a_unit_or_field_is_never_a_formula_or_a_link(filled: FilledForm, text: str) -> None:
    rows = (replace(filled.rows[0], label=text),)
    sheet = opened(write_form(replace(filled, unit_name=text, rows=rows)))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert body(sheet)[0][1] == text


def test_a_form_is_printed_on_a4_across_with_its_headings_on_every_page(filled: FilledForm) -> None:
    sheet = opened(write_form(filled))
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    # One page wide is what Excel takes where the width is left out.
    assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    first, last = (int(part.strip("$")) for part in sheet.print_title_rows.split(":"))
    assert (first, last) == (numbering_row(sheet) - 3, numbering_row(sheet))


def test_every_text_is_in_times_new_roman(filled: FilledForm) -> None:
    sheet = opened(write_form(filled))
    fonts = {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert fonts == {"Times New Roman"}


def test_the_signatures_stand_below_the_notes(filled: FilledForm) -> None:
    texts = [cell.value for row in opened(write_form(filled)).iter_rows() for cell in row if cell.value]
    places = [texts.index(text) for text in (f"* {filled.notes[-1]}", "Người lập biểu", "Thủ trưởng đơn vị")]
    assert places == sorted(places)


def test_the_same_study_gives_the_same_bytes_and_no_time_of_today(study: Study, tables: FigureTables) -> None:
    form = tables.form("qd-766-progress")
    first, second = (write_form(fill_form(form, study, tables=tables)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert openpyxl.load_workbook(io.BytesIO(first)).properties.created == datetime(2023, 6, 14)


def test_every_form_is_written_in_both_languages(study: Study, tables: FigureTables) -> None:
    english = replace(study, language="en")
    kept = FigureTables(english)
    for code, form in tables.forms.items():
        for one, titles, figures in ((study, form.title.vi, tables), (english, form.title.en, kept)):
            filled = fill_form(form, one, tables=figures)
            with zipfile.ZipFile(io.BytesIO(write_form(filled))) as archive:
                shown = archive.read("xl/sharedStrings.xml").decode()
            assert titles.upper() in shown, code
            assert not re.search(r">(?:nan|NaN|inf|None|&lt;NA&gt;)<", shown), code


def test_a_percentage_is_a_number_with_the_format_of_one(study: Study, tables: FigureTables) -> None:
    sheet = opened(write_form(fill_form(tables.form("digitisation"), study, "phuong-2", tables)))
    row = numbering_row(sheet) + 1
    assert sheet.cell(row, 6).value == 1
    assert "0.0%" in sheet.cell(row, 6).number_format


def test_the_files_of_the_whole_open(study: Study, tables: FigureTables) -> None:
    made = forms.files_for(study, tables=tables)
    assert len(made) == len(tables.forms)
    assert all(opened(content).max_row > 5 for content in made.values())
