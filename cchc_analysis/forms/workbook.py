"""A filled form as an Excel workbook: merged headings, column numbers, bands, total, signatures; ready to print."""

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final

import xlsxwriter

from cchc_analysis.errors import Language
from cchc_analysis.forms.filling import BANDS, FilledForm, FormRow, Value
from cchc_analysis.forms.model import Column

DASH: Final = "–"
"""What stands where the data cannot tell a figure."""

_FONT: Final = "Times New Roman"
_A4: Final = 9
# The locale in brackets asks for dots between thousands wherever the program heeds it.
_FORMATS: Final[dict[Language, tuple[str, str]]] = {
    "vi": ("[$-42A]#,##0", "[$-42A]0.0%"),
    "en": ("#,##0", "0.0%"),
}
_RIGHT: Final = {"align": "right", "indent": 1}
_CELL: Final = {"border": 1, "valign": "vcenter"}
_BORDERED: Final = {**_CELL, "text_wrap": True}
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "plain": {"valign": "top", "text_wrap": True},
    "number": {"bold": True, "valign": "top", "text_wrap": True},
    "title": {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter", "text_wrap": True},
    "centre": {"align": "center", "valign": "vcenter", "text_wrap": True},
    "centre_bold": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True},
    "right_italic": {"italic": True, "align": "right"},
    "centre_italic": {"italic": True, "align": "center"},
    "heading": {**_BORDERED, "bold": True, "align": "center"},
    "remark": {"font_size": 9, "font_name": _FONT},
    "strong": {"bold": True, "font_name": _FONT, "font_size": 12},
    "numbering": {**_BORDERED, "italic": True, "align": "center", "font_size": 10},
    "band": {**_BORDERED, "bold": True, "align": "left"},
    "order": {**_CELL, "align": "center"},
    "label": {**_BORDERED, "align": "left"},
    "count": {**_CELL, **_RIGHT},
    "share": {**_CELL, **_RIGHT},
    "total_order": {**_BORDERED, "bold": True, "align": "center"},
    "total_label": {**_BORDERED, "bold": True, "align": "left"},
    "total_count": {**_CELL, **_RIGHT, "bold": True},
    "total_share": {**_CELL, **_RIGHT, "bold": True},
    "note": {"font_size": 10, "italic": True, "valign": "top", "text_wrap": True},
}


class Book:
    """A workbook in memory whose bytes depend on nothing but what is written into it."""

    def __init__(self, as_of: datetime, language: Language = "vi") -> None:
        self.content = io.BytesIO()
        # A text is never made a formula, a link or a number, whatever it begins with.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book: Any = xlsxwriter.Workbook(self.content, options)
        self.book.set_properties({"created": as_of})
        self.styles: dict[str, Any] = {
            name: self.book.add_format({"font_name": _FONT, "font_size": 12, **style, **_number_format(name, language)})
            for name, style in _STYLES.items()
        }

    def sheet(self, name: str) -> Any:
        """Return a new sheet: A4 landscape, as wide as the page, page numbers below."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
        sheet.center_horizontally()
        sheet.set_footer("&C&P/&N")
        sheet.hide_gridlines(2)
        return sheet

    def bytes(self) -> bytes:
        """Return the finished workbook."""
        self.book.close()
        return self.content.getvalue()


def _number_format(style: str, language: Language) -> dict[str, str]:
    count, share = _FORMATS[language]
    ending = style.removeprefix("total_")
    return {"num_format": count} if ending == "count" else {"num_format": share} if ending == "share" else {}


def write_form(filled: FilledForm) -> bytes:
    """Return the workbook (.xlsx) of a filled form; the same form gives the same bytes."""
    book = Book(datetime.combine(filled.as_of, time()), filled.language)
    add_form(book, filled, filled.form.number.text(filled.language))
    return book.bytes()


def add_form(book: Book, filled: FilledForm, name: str) -> None:
    """Write a form onto a new sheet of a workbook; of the sheet's name only what Excel allows is kept."""
    sheet = book.sheet("".join(letter for letter in name if letter not in "[]:*?/\\")[:31])
    page = _Page(book, sheet, filled)
    page.write()


class _Page:
    """One form on its way to one sheet; `row` is the next free row."""

    def __init__(self, book: Book, sheet: Any, filled: FilledForm) -> None:
        self.book, self.sheet, self.filled = book, sheet, filled
        self.style = book.styles
        self.form, self.language = filled.form, filled.language
        self.leaves = self.form.leaves()
        self.last = len(self.leaves) - 1
        self.row = 0

    def write(self) -> None:
        for place, column in enumerate(self.leaves):
            self.sheet.set_column(place, place, column.width)
        self._above()
        first = self.row
        self._headings()
        self._numbering()
        self.sheet.repeat_rows(first, self.row - 1)
        self.sheet.freeze_panes(self.row, 2)
        self._body()
        self._below()
        self.sheet.print_area(0, 0, self.row - 1, self.last)

    def _across(self, first: int, last: int, text: str, style: str) -> None:
        """Write a text over several columns of the current row, as text whatever it begins with."""
        if first == last:
            self.sheet.write_string(self.row, first, text, self.style[style])
            return
        self.sheet.merge_range(self.row, first, self.row, last, "", self.style[style])
        self.sheet.write_string(self.row, first, text, self.style[style])

    def _above(self) -> None:
        """Number and legal basis on the left, title and period in the middle, who reports to whom on the right."""
        filled, language = self.filled, self.language
        left, right = self._thirds()
        words = ("Đơn vị báo cáo", "Đơn vị nhận báo cáo") if language == "vi" else ("Reporting unit", "Reported to")
        period = "Kỳ báo cáo" if language == "vi" else "Period"
        lines = (
            (
                self.form.number.text(language),
                self.form.title.text(language).upper(),
                f"{words[0]}: {filled.unit_name}",
            ),
            (
                self.form.basis.text(language),
                f"{period}: {filled.period_text}\n{filled.dates_text}",
                f"{words[1]}: {self.form.receiver.text(language)}",
            ),
        )
        side = min(self._room(0, left - 1), self._room(right, self.last))
        for texts, styles in zip(lines, (("number", "title"), ("plain", "centre")), strict=True):
            deepest = max(2, *(n_lines(text, side) for text in (texts[0], texts[2])))
            self.sheet.set_row(self.row, 17 * deepest + 4)
            self._across(0, left - 1, texts[0], styles[0])
            self._across(left, right - 1, texts[1], styles[1])
            self._across(right, self.last, texts[2], "plain")
            self.row += 1
        self._across(0, self.last, self.form.counts.text(language), "right_italic")
        self.row += 1

    def _room(self, first: int, last: int) -> float:
        """Return how many letters of usual width stand beside each other in these columns."""
        return sum(column.width for column in self.leaves[first : last + 1])

    def _thirds(self) -> tuple[int, int]:
        """Return where the middle and the right part of the head begin: about a quarter of the width on each side."""
        widths = [column.width for column in self.leaves]
        total, left, right = sum(widths), 1, self.last
        while sum(widths[:left]) < 0.24 * total:
            left += 1
        while sum(widths[right:]) < 0.24 * total:
            right -= 1
        return left, right

    def _headings(self) -> None:
        depth = self.form.depth
        for row in range(depth):
            self.sheet.set_row(self.row + row, 34 if any(column.remark for column in self.form.columns) else 30)
        deepest = max(1 + round(len(self._heading(column)[0]) / column.width * 1.15) for column in self.leaves)
        self.sheet.set_row(self.row + depth - 1, max(34, min(120, 17 * deepest)))
        self._heading_rows(self.form.columns, 0, self.row, depth)
        self.row += depth

    def _heading_rows(self, columns: Sequence[Column], place: int, row: int, depth: int) -> None:
        for column in columns:
            width = len(list(column.leaves()))
            below = row if column.columns else row + depth - 1
            self._write_heading(column, row, place, below, place + width - 1)
            self._heading_rows(column.columns, place, row + 1, depth - 1)
            place += width

    def _heading(self, column: Column) -> tuple[str, str]:
        remark = column.remark.text(self.language) if column.remark else ""
        return column.heading.text(self.language), remark

    def _write_heading(self, column: Column, top: int, left: int, bottom: int, right: int) -> None:
        heading, remark = self._heading(column)
        style = self.style["heading"]
        if (top, left) != (bottom, right):
            self.sheet.merge_range(top, left, bottom, right, "", style)
        if not remark:
            self.sheet.write_string(top, left, heading, style)
            return
        parts = (self.style["strong"], heading, self.style["remark"], f"\n{remark}", style)
        self.sheet.write_rich_string(top, left, *parts)

    def _numbering(self) -> None:
        for place, text in enumerate(self.form.numbering()):
            self.sheet.write_string(self.row, place, text, self.style["numbering"])
        self.row += 1

    def _body(self) -> None:
        band: str | None = None
        banded = self.form.rows == "unit" and len(self.filled.rows) > 1
        for order, row in enumerate(self.filled.rows, start=1):
            if banded and row.band != band:
                self._across(0, self.last, BANDS[row.band].text(self.language), "band")
                self.row += 1
                band = row.band
            self._write_row(row, str(order))
        self._write_row(self.filled.total, "", "total_")

    def _write_row(self, row: FormRow, order: str, prefix: str = "") -> None:
        room = next(column.width for column in self.leaves if column.show == "label")
        self.sheet.set_row(self.row, 17 * n_lines(row.label, room))
        for place, column in enumerate(self.leaves):
            style = self.style[f"{prefix}{column.show}"]
            if column.show == "order":
                self.sheet.write_string(self.row, place, order, style)
            elif column.show == "label":
                self.sheet.write_string(self.row, place, row.label, style)
            else:
                self._write_value(place, row.value(column), style)
        self.row += 1

    def _write_value(self, place: int, value: Value, style: Any) -> None:
        if value is None:
            self.sheet.write_string(self.row, place, DASH, style)
        else:
            self.sheet.write_number(self.row, place, value, style)

    def _below(self) -> None:
        """Notes, then who prepared the form and who signs it; the day of signing is theirs to write."""
        for note in self.filled.notes:
            self.sheet.set_row(self.row, 15 * n_lines(note, self._room(0, self.last)))
            self._across(0, self.last, f"* {note}", "note")
            self.row += 1
        self.row += 1
        for place, entry in enumerate(self.form.signatures):
            first, last = self._signature(place)
            if place == len(self.form.signatures) - 1:
                self._across(first, last, _place_and_day(self.language), "centre_italic")
            self.row += 1
            self._across(first, last, entry.text(self.language), "centre_bold")
            self.row += 1
            self._across(first, last, _sign_here(self.language), "centre_italic")
            self.row -= 2
        self.row += 7

    def _signature(self, place: int) -> tuple[int, int]:
        """Return first and last column of a signature: parts of about equal width."""
        widths = [column.width for column in self.leaves]
        n, total = len(self.form.signatures), sum(widths)
        middles = [sum(widths[:at]) + width / 2 for at, width in enumerate(widths)]
        mine = [at for at, middle in enumerate(middles) if place * total / n <= middle < (place + 1) * total / n]
        return mine[0], mine[-1]


def n_lines(text: str, room: float) -> int:
    """Return how many lines a text needs in a cell that holds `room` digits; letters are narrower than digits.

    >>> n_lines("Lĩnh vực, công việc giải quyết theo cấp", 20)
    2
    """
    return 1 + int(len(text) / (room * 1.2))


def _place_and_day(language: Language) -> str:
    return "………, ngày …… tháng …… năm ……" if language == "vi" else "………, on ……………………"


def _sign_here(language: Language) -> str:
    return "(Ký, ghi rõ họ tên)" if language == "vi" else "(Signature, name)"
