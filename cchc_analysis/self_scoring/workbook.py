"""The workbook an office fills in to score itself: protected but for its cells, the same bytes for the same office."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from cchc_analysis.errors import ParameterError
from cchc_analysis.self_scoring.sheets import IndexSheet

TOTAL_CODE: Final = "TC"
"""What stands in the column of codes beside the total (tổng cộng)."""

FIXED: Final = datetime(2020, 1, 1)
"""Time of creation that every workbook states, so that its bytes depend on its content only."""

HIDDEN: Final = ("Bộ chỉ số", "Năm đánh giá", "Đơn vị tự chấm")
"""Columns that say in every row whose sheet it is; they are hidden."""

_FONT: Final = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter", "text_wrap": True}
_CELL: Final = {**_FONT, "border": 1}
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {**_FONT, "bold": True, "font_size": 14, "align": "center"},
    "unit": {**_FONT, "bold": True},
    "note": {**_FONT, "italic": True, "font_size": 11, "valign": "top"},
    "heading": {**_CELL, "bold": True, "align": "center"},
    "code": {**_CELL, "align": "center", "num_format": "@"},
    "text": _CELL,
    "points": {**_CELL, "align": "right", "num_format": "0.##"},
    "field_code": {**_CELL, "align": "center", "bold": True, "num_format": "@"},
    "field_text": {**_CELL, "bold": True},
    "field_points": {**_CELL, "align": "right", "bold": True, "num_format": "0.##"},
    "score": {**_CELL, "align": "right", "num_format": "0.###", "locked": False, "bg_color": "#FFF8E1"},
    "document": {**_CELL, "locked": False, "bg_color": "#FFF8E1", "num_format": "@"},
    "free_code": {**_CELL, "align": "center", "locked": False, "bg_color": "#FFF8E1", "num_format": "@"},
    "signed": {**_FONT, "bold": True, "align": "center"},
}
_WIDTHS: Final = {
    "Mã tiêu chí": 9,
    "Tên tiêu chí": 52,
    "Điểm tối đa": 9,
    "Điểm tự chấm": 10,
    "Điểm thẩm định": 11,
    "Tài liệu kiểm chứng": 34,
}


@dataclass(frozen=True)
class Office:
    """An office that scores itself: its id, its name, its tier."""

    unit: str
    name: str
    tier: str


@dataclass(frozen=True)
class Filled:
    """What stands in the cells of a criterion that was filled in before; None leaves a cell empty."""

    self_score: float | None = None
    verified_score: float | None = None
    document: str = ""


@dataclass(frozen=True)
class _Line:
    """One row to fill in: code and name as printed, the maximum where known, whether code and name are free."""

    code: str
    name: str
    points: float | None
    kind: str


def score_workbook(
    sheet: IndexSheet,
    year: int,
    name: str,
    *,
    verified: bool = False,
    filled: Mapping[str, Filled] | None = None,
) -> bytes:
    """Return the workbook (.xlsx) in which the office of that name scores itself for a year.

    One row per criterion, with the maximum where it is known; only score and document can be written (with `verified`
    also the verified score), scores are kept between 0 and the maximum. There is no formula: sums are computed when the
    sheet is read. `filled`: criterion → what to print in its cells already, such as self-scores for those who verify
    them. Where the structure is not known, code, name and maximum are for the office to write. Hidden columns
    say in every row which index, year and office it is, so that intake reads it as the register self_scores.

    >>> from datetime import date
    >>> from cchc_analysis.self_scoring import load_index_sheets
    >>> sheet = load_index_sheets("qd-2926-2023", date(2023, 12, 31))[0]
    >>> score_workbook(sheet, 2023, "Phường 1") == score_workbook(sheet, 2023, "Phường 1")
    True
    """
    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    book.set_properties({"title": sheet.title.vi, "created": FIXED})
    page = _Page(book, sheet, year, name, verified, filled or {})
    page.write()
    book.close()
    return content.getvalue()


class _Page:
    """One sheet being written; `row` is the next free row."""

    def __init__(
        self, book: Any, sheet: IndexSheet, year: int, name: str, verified: bool, filled: Mapping[str, Filled]
    ) -> None:
        self.index, self.year, self.name, self.filled = sheet, year, name, filled
        self.styles = {style: book.add_format(look) for style, look in _STYLES.items()}
        self.page = book.add_worksheet("Tự chấm điểm")
        given = ("Điểm tự chấm", *(("Điểm thẩm định",) if verified else ()))
        self.headers = (*HIDDEN, "Mã tiêu chí", "Tên tiêu chí", "Điểm tối đa", *given, "Tài liệu kiểm chứng")
        self.scores = tuple(self.headers.index(header) for header in given)
        self.last, self.row = len(self.headers) - 1, 0

    def write(self) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
        page.set_footer("&C&P/&N")
        page.set_column(0, len(HIDDEN) - 1, 12, None, {"hidden": True})
        for place, header in enumerate(self.headers[len(HIDDEN) :], start=len(HIDDEN)):
            page.set_column(place, place, _WIDTHS[header])
        self._above()
        page.repeat_rows(self.row)
        page.set_row(self.row, 34)
        for place, header in enumerate(self.headers):
            page.write_string(self.row, place, header, self.styles["heading"])
        self.row += 1
        page.freeze_panes(self.row, len(HIDDEN) + 2)
        for line in _lines(self.index, self.filled):
            self._line(line)
        self._below()
        page.protect("", {"format_columns": True, "format_rows": True})

    def _across(self, text: str, style: str, height: float) -> None:
        first = len(HIDDEN)
        self.page.set_row(self.row, height)
        self.page.merge_range(self.row, first, self.row, self.last, "", self.styles[style])
        self.page.write_string(self.row, first, text, self.styles[style])
        self.row += 1

    def _above(self) -> None:
        sheet = self.index
        self._across(self.name.upper(), "unit", 18)
        self._across("BẢNG TỰ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", "title", 22)
        self._across(f"{sheet.title.vi} – năm {self.year}", "title", 22)
        notes = ["Chỉ ghi vào các ô nền vàng; không cần cộng, tổng điểm được tính khi nạp biểu."]
        if sheet.to_fill_in is not None:
            notes.append(f"{sheet.to_fill_in.vi}. Đơn vị tự ghi mã, tên tiêu chí và điểm tối đa theo văn bản.")
        elif any(entry.points is None for entry in sheet.fields):
            notes.append("Ô điểm tối đa để trống là điểm chưa có nguồn; chấm theo văn bản ban hành bộ chỉ số.")
        self._across(" ".join(notes), "note", 34)

    def _line(self, line: _Line) -> None:
        look = "field_" if line.kind in ("field", "total") else ""
        free = line.kind == "free"
        for place, text in enumerate((self.index.index, str(self.year), self.name)):
            self.page.write_string(self.row, place, text, self.styles["text"])
        at = len(HIDDEN)
        self._text(at, line.code, "free_code" if free else f"{look}code")
        self._text(at + 1, line.name, "document" if free else f"{look}text")
        points = "score" if free else f"{look}points"
        self._number(at + 2, line.points, points)
        given = self.filled.get(line.code, Filled())
        for place, score in zip(self.scores, (given.self_score, given.verified_score), strict=False):
            self._number(place, score, "score")
            self._limit(place, line.points)
        self._text(self.last, given.document, "document")
        self.page.set_row(self.row, 17 * (1 + len(line.name) // 50))
        self.row += 1

    def _text(self, place: int, text: str, style: str) -> None:
        if text:
            self.page.write_string(self.row, place, text, self.styles[style])
        else:
            self.page.write_blank(self.row, place, None, self.styles[style])

    def _number(self, place: int, number: float | None, style: str) -> None:
        if number is None:
            self.page.write_blank(self.row, place, None, self.styles[style])
        else:
            self.page.write_number(self.row, place, number, self.styles[style])

    def _limit(self, place: int, points: float | None) -> None:
        """Keep a score between 0 and its maximum; of what is not known only that it is not below 0."""
        said = "Điểm không âm." if points is None else f"Điểm từ 0 đến {points:g}".replace(".", ",") + "."
        rule: dict[str, Any] = {"validate": "decimal", "criteria": ">=", "value": 0}
        if points is not None:
            rule |= {"criteria": "between", "minimum": 0, "maximum": points}
            rule.pop("value")
        self.page.data_validation(
            self.row, place, self.row, place, {**rule, "error_title": "Điểm", "error_message": said}
        )

    def _below(self) -> None:
        self.row += 1
        self._across("Người lập biểu                                        Thủ trưởng đơn vị", "signed", 18)
        self.page.print_area(0, 0, self.row + 4, self.last)


def _lines(sheet: IndexSheet, filled: Mapping[str, Filled]) -> list[_Line]:
    """Return the rows of a sheet: those of its structure, or free ones, the first for what was filled in before."""
    written = [code for code in filled if code != TOTAL_CODE][: sheet.blank_rows]
    lines = [_Line(code, "", None, "free") for code in (*written, *[""] * (sheet.blank_rows - len(written)))]
    numbered = sheet.table()
    for code, field, points in zip(numbered["criterion"], numbered["field"], numbered["points"], strict=True):
        limit = float(points) if points == points else None
        if not field:
            lines.append(_Line(TOTAL_CODE, "Tổng điểm (không bắt buộc)", limit, "total"))
        elif code == field:
            lines.append(_Line(code, f"{sheet.named(code, 'vi')} (cộng lĩnh vực, không bắt buộc)", limit, "field"))
        else:
            name = sheet.named(code, "vi") or f"Tiêu chí {code} (tên theo văn bản)"
            lines.append(_Line(code, name, limit, "criterion"))
    return lines


def write_score_sheets(
    folder: Path, sheets: Sequence[IndexSheet], year: int, offices: Sequence[Office], *, verified: bool = False
) -> list[Path]:
    """Write the sheet of every office into a folder (made where missing) and return the files, in order of the offices.

    An office whose tier no sheet names gets none. Raises ParameterError where that leaves nobody.
    """
    of_tier = {tier: sheet for sheet in sheets for tier in sheet.tiers}
    scoring = [office for office in offices if office.tier in of_tier]
    if not scoring:
        raise ParameterError(
            "None of these units has to score itself: the index has no sheet for their tier in that year.",
            "Không có đơn vị nào trong số này phải tự chấm điểm: "
            "bộ chỉ số không có bảng cho cấp của đơn vị trong năm đó.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for office in scoring:
        path = folder / f"tu-cham-diem-{year}-{office.unit}.xlsx"
        path.write_bytes(score_workbook(of_tier[office.tier], year, office.name, verified=verified))
        paths.append(path)
    return paths
