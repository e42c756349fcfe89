"""Writers of the registers: a workbook, a delimited text with a byte order mark, an HTML table named `.xls`."""

import csv
import io
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter

from cchc_analysis.sample.export_rows import Cell
from cchc_analysis.sample.offices import FIXED, HTML_HEAD, stored, write_cells
from cchc_analysis.sample.register_rows import Layout, RegisterRow, shown_as_text

_SIGNATURES = (("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"), ("(Ký, ghi rõ họ tên)", "(Ký, đóng dấu)"))
_OWNER = "ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU – DỮ LIỆU TỔNG HỢP NHÂN TẠO"


def _body(layout: Layout[Any], rows: Sequence[RegisterRow[Any]]) -> list[tuple[Cell, ...]]:
    """Return the cells below the header: numbering, records with their running number, total, signatures."""
    width = len(layout.columns) + 1
    numbering: list[tuple[Cell, ...]] = [tuple(f"({column + 1})" for column in range(width))]
    body = numbering if layout.numbered else []
    body += [(number, *row.cells) for number, row in enumerate(rows, start=1)]
    if layout.total:
        body.append(_total(layout, rows))
    if layout.signed:
        body += [tuple(line[at // 4] if at in (1, 4) else None for at in range(width)) for line in _SIGNATURES]
    return body


def _total(layout: Layout[Any], rows: Sequence[RegisterRow[Any]]) -> tuple[Cell, ...]:
    sums: list[Cell] = ["Tổng số"]
    for position, column in enumerate(layout.columns):
        cells = [str(row.cells[position]).replace(".", "") for row in rows]
        sums.append(sum(int(cell) for cell in cells if cell.isdigit()) if column.name in layout.total else None)
    return tuple(sums)


def _headers(layout: Layout[Any]) -> tuple[str, ...]:
    return ("STT", *(column.header for column in layout.columns))


def _write_groups(sheet: Any, top: int, layout: Layout[Any], bold: Any) -> int:
    """Write a header of two levels, merged to the side under a group and downwards elsewhere; return its last row."""
    names = ["STT", *(column.name for column in layout.columns)]
    spans = [(text, names.index(first), names.index(last)) for text, first, last in layout.groups]
    for text, first, last in spans:
        sheet.merge_range(top, first, top, last, text, bold)
    for column, header in enumerate(_headers(layout)):
        if any(first <= column <= last for _, first, last in spans):
            sheet.write_string(top + 1, column, header, bold)
        else:
            sheet.merge_range(top, column, top + 1, column, header, bold)
    return top + 1


def _write_workbook(path: Path, layout: Layout[Any], rows: Sequence[RegisterRow[Any]]) -> None:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.set_properties({"title": layout.titles[0], "author": "cchc-analysis", "created": FIXED})
    sheet = workbook.add_worksheet("Danh sách")
    bold = workbook.add_format({"bold": True, "align": "center"})
    dated = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    for at, title in enumerate((_OWNER, *layout.titles)):
        sheet.merge_range(at, 0, at, len(layout.columns), title, bold)
    top = len(layout.titles) + 2
    if layout.groups:
        top = _write_groups(sheet, top, layout, bold)
    else:
        for column, header in enumerate(_headers(layout)):
            sheet.write_string(top, column, header, bold)
    for at, cells in enumerate(_body(layout, rows), start=top + 1):
        write_cells(sheet, at, cells, dated)
    workbook.close()
    path.write_bytes(stored(target.getvalue()))


def _text_rows(layout: Layout[Any], rows: Sequence[RegisterRow[Any]]) -> list[list[str]]:
    headers = list(_headers(layout))
    body = ([shown_as_text(cell, layout.moment) for cell in cells] for cells in _body(layout, rows))
    return [headers, *body]


def _write_html(path: Path, layout: Layout[Any], rows: Sequence[RegisterRow[Any]]) -> None:
    header, *body = _text_rows(layout, rows)
    titles = (f'<tr><td colspan="{len(header)}"><b>{escape(title)}</b></td></tr>' for title in (_OWNER, *layout.titles))
    lines = [HTML_HEAD, '<table border="1">', *titles]
    lines.append("<tr>" + "".join(f"<th>{escape(text)}</th>" for text in header) + "</tr>")
    lines += ("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in cells) + "</tr>" for cells in body)
    lines.append("</table></body></html>")
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8"))


def _write_delimited(path: Path, layout: Layout[Any], rows: Sequence[RegisterRow[Any]]) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writerows([title] for title in layout.titles)
    writer.writerows(_text_rows(layout, rows))
    path.write_bytes(("\ufeff" + target.getvalue()).encode("utf-8"))


_WRITERS = {".xlsx": _write_workbook, ".xls": _write_html, ".csv": _write_delimited}


def write_lists(
    folder: Path, layouts: Sequence[Layout[Any]], rows: Sequence[RegisterRow[Any]]
) -> Mapping[str, list[RegisterRow[Any]]]:
    """Write the lists of one register into `folder` (made where missing) and return the rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, list[RegisterRow[Any]]] = {layout.file: [] for layout in layouts}
    for row in rows:
        written[row.layout.file].append(row)
    for layout in layouts:
        _WRITERS[Path(layout.file).suffix](folder / layout.file, layout, written[layout.file])
    return written
