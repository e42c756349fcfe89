"""A sheet that people print and fill in, as a workbook: A4 landscape, printed cells locked, the others checked."""

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any, Final, Literal

import xlsxwriter

CellKind = Literal["printed", "closed", "count", "choice", "date", "text"]
"""Text or number that is printed; nothing to fill in; and what is filled in, by how it is checked."""

_FONT: Final = "Times New Roman"
_LONGEST: Final = 32_767
_MADE: Final = dt.datetime(2000, 1, 1)
_POINTS_A_LINE: Final = 14.5
_TYPED: Final = ("count", "choice", "date", "text")


@dataclass(frozen=True)
class Cell:
    """One cell: what is printed in it, or how what is filled in is checked; `value`: what somebody has filled in."""

    kind: CellKind = "printed"
    text: str = ""
    number: int | None = None
    choices: tuple[str, ...] = ()
    earliest: dt.date | None = None
    latest: dt.date | None = None
    centred: bool = False
    small: bool = False
    value: int | str | dt.date | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: titles, what stands above the table as label and cell, the table, and a guide below it."""

    name: str
    title: str
    subtitles: tuple[str, ...]
    headers: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    above: tuple[tuple[str, Cell], ...] = ()
    guide: tuple[str, ...] = ()


def workbook(sheet: Sheet, office: tuple[str, str]) -> bytes:
    """Return the workbook of one sheet for an office (the authority above it, its own name).

    Nothing that is printed can be a formula or a link. The same sheet gives the same bytes.
    """
    target = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(target, safe)
    book.set_properties({"created": _MADE, "title": sheet.title.capitalize()})
    _Writer(book, sheet).write(office)
    book.close()
    return target.getvalue()


class _Writer:
    """Writes one sheet from the top down."""

    def __init__(self, book: Any, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        self.page = book.add_worksheet(sheet.name)
        self.last = len(sheet.headers) - 1
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self, office: tuple[str, str]) -> None:
        """Write everything."""
        self._set_up()
        self._letterhead(office)
        row = self._titles(3)
        row = self._above(row)
        top = self._table(row + 1)
        self._foot(top)
        self.page.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})

    def style(self, **wanted: Any) -> Any:
        """Return a format, made once."""
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            base = {"font_name": _FONT, "font_size": 11, "valign": "vcenter", "text_wrap": True}
            self.formats[key] = self.book.add_format({**base, **wanted})
        return self.formats[key]

    def _set_up(self) -> None:
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.5)
        self.page.fit_to_pages(1, 0)
        self.page.hide_gridlines(2)
        self.page.set_footer("&C&8Trang &P/&N")
        for column, width in enumerate(self.sheet.widths):
            self.page.set_column(column, column, width)

    def _letterhead(self, office: tuple[str, str]) -> None:
        middle = min(3, self.last // 2)
        centred = {"align": "center", "text_wrap": False}
        self._merged(0, 0, middle - 1, office[0], self.style(**centred))
        self._merged(1, 0, middle - 1, office[1], self.style(bold=True, **centred))
        self._merged(0, middle, self.last, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", self.style(bold=True, **centred))
        self._merged(1, middle, self.last, "Độc lập - Tự do - Hạnh phúc", self.style(bold=True, underline=1, **centred))

    def _titles(self, row: int) -> int:
        self._merged(row, 0, self.last, self.sheet.title, self.style(bold=True, align="center", font_size=14))
        for at, text in enumerate(self.sheet.subtitles, start=row + 1):
            self._merged(at, 0, self.last, text, self.style(italic=True, align="center"))
        return row + len(self.sheet.subtitles) + 1

    def _above(self, row: int) -> int:
        for label, cell in self.sheet.above:
            self._merged(row, 0, 1, label, self.style(bold=True, text_wrap=False))
            self._write(row, 2, cell, framed=cell.kind != "printed")
            row += 1
        return row

    def _table(self, top: int) -> int:
        head = self.style(bold=True, align="center", border=1, bg_color="#D9E2EC")
        numbered = self.style(italic=True, align="center", border=1, font_size=8)
        self.page.set_row(top, 45)
        for column, header in enumerate(self.sheet.headers):
            self.page.write_string(top, column, header, head)
            self.page.write_string(top + 1, column, f"({column + 1})", numbered)
        for row, cells in enumerate(self.sheet.rows, start=top + 2):
            self.page.set_row(row, self._height(cells))
            for column, cell in enumerate(cells):
                self._write(row, column, cell, framed=True)
        self.page.repeat_rows(top, top + 1)
        self.page.freeze_panes(top + 2, 2)
        return top + 2 + len(self.sheet.rows)

    def _height(self, cells: tuple[Cell, ...]) -> float:
        """Return a height in points in which every text of a row can be read."""
        widths = self.sheet.widths
        scales = [0.8 if cell.small else 1.0 for cell in cells]
        sizes = [(len(cell.text) * scale, width) for cell, scale, width in zip(cells, scales, widths, strict=True)]
        lines = max(int(-(-size // max(width * 0.95, 1))) for size, width in sizes)
        return max(2, lines) * _POINTS_A_LINE

    def _write(self, row: int, column: int, cell: Cell, *, framed: bool) -> None:
        border = {"border": 1} if framed else {}
        if cell.kind == "closed":
            grey = self.style(pattern=14, fg_color="#BFBFBF", bg_color="#FFFFFF", **border)
            self.page.write_blank(row, column, None, grey)
        elif cell.kind == "printed":
            align = {"align": "center"} if cell.centred or cell.number is not None else {}
            look = self.style(**border, **align, **({"font_size": 8, "font_color": "#595959"} if cell.small else {}))
            if cell.number is not None:
                self.page.write_number(row, column, cell.number, look)
            else:
                self.page.write_string(row, column, cell.text[:_LONGEST], look)
        else:
            self._input(row, column, cell, border)

    def _input(self, row: int, column: int, cell: Cell, border: dict[str, int]) -> None:
        shape = {"date": {"num_format": "dd/mm/yyyy"}, "count": {"num_format": "0"}, "text": {"num_format": "@"}}
        look = self.style(
            bg_color="#FFF9DB", locked=False, align="left" if cell.kind == "text" else "center",
            **border, **shape.get(cell.kind, {}),
        )  # fmt: skip
        if isinstance(cell.value, dt.date):
            self.page.write_datetime(row, column, dt.datetime.combine(cell.value, dt.time()), look)
        elif isinstance(cell.value, int):
            self.page.write_number(row, column, cell.value, look)
        elif cell.value is not None:
            self.page.write_string(row, column, cell.value, look)
        else:
            self.page.write_blank(row, column, None, look)
        rule = _validation(cell)
        if rule:
            self.page.data_validation(row, column, row, column, rule)

    def _foot(self, row: int) -> None:
        for text in self.sheet.guide:
            self._merged(row, 0, self.last, text, self.style(italic=True, font_size=9, text_wrap=False))
            row += 1
        middle = self.last // 2
        signed = (("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"), ("(Ký, ghi rõ họ tên)", "(Ký, đóng dấu)"))
        for at, texts in enumerate(signed):
            look = self.style(align="center", text_wrap=False, **({"bold": True} if at == 0 else {"italic": True}))
            self._merged(row + 1 + at, 0, middle - 1, texts[0], look)
            self._merged(row + 1 + at, middle, self.last, texts[1], look)
        self.page.print_area(0, 0, row + 6, self.last)

    def _merged(self, row: int, first: int, last: int, text: str, look: Any) -> None:
        if first < last:
            self.page.merge_range(row, first, row, last, "", look)
        self.page.write_string(row, first, text, look)


def _validation(cell: Cell) -> dict[str, Any]:
    if cell.kind == "count":
        return {
            **{"validate": "integer", "criteria": ">=", "value": 0, "ignore_blank": True},
            **{"error_title": "Số không hợp lệ", "error_message": "Hãy ghi số nguyên từ 0 trở lên, không ghi %."},
        }
    if cell.kind == "choice":
        return {
            **{"validate": "list", "source": list(cell.choices), "ignore_blank": True},
            **{"error_title": "Trả lời không hợp lệ", "error_message": "Hãy chọn: " + ", ".join(cell.choices) + "."},
        }
    if cell.kind == "date" and cell.earliest is not None and cell.latest is not None:
        return {
            **{"validate": "date", "criteria": "between", "minimum": cell.earliest, "maximum": cell.latest},
            **{"ignore_blank": True, "error_title": "Ngày không hợp lệ"},
            **{"error_message": "Hãy ghi ngày/tháng/năm, ví dụ 12/06/2023."},
        }
    return {}
