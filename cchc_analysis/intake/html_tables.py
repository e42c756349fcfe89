"""Pages that office systems save as .xls: HTML tables, with or without what Excel would add."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes

import pandas as pd
from lxml import etree, html

from cchc_analysis.errors import InputError
from cchc_analysis.intake.delimited import (
    MAX_COLUMNS,
    MAX_UNWRITTEN,
    require_area,
    require_filled,
    require_width,
    too_large,
)
from cchc_analysis.intake.markup import MarkupLimitError, parse_html
from cchc_analysis.intake.tables import Note, RawSheet

_MARKUP = re.compile(r"\A\s*(?:<\?xml|<!doctype|<!--|<html|<head|<body|<meta|<style|<div|<table|<center|<font)", re.I)
_INVISIBLE_TAGS = frozenset({"table", "script", "style", "head", "template"})
_BREAKING_TAGS = frozenset({"br", "p", "div", "li"})

_BROKEN_OFF = Note(
    "page_breaks_off",
    "The page ends in the middle of a table, so that rows may be missing. Export or download it again and compare.",
    "Trang kết thúc giữa bảng nên có thể thiếu dòng. Hãy kết xuất hoặc tải lại tệp rồi đối chiếu.",
)

Row = list[str | None]


def looks_like_html(text: str) -> bool:
    """Return whether the text is a page of markup rather than lines of cells.

    >>> looks_like_html("\\n<html xmlns:x='urn:x'><table>"), looks_like_html("STT,<b>x</b>")
    (True, False)
    """
    return _MARKUP.match(text[:2_000]) is not None


def unpack_mhtml(content: bytes) -> bytes | None:
    """Return the first page of a "single file web page" (MHTML), or None for anything else.

    >>> unpack_mhtml(b"MIME-Version: 1.0\\nContent-Type: text/html\\n\\n<table></table>")
    b'<table></table>'
    """
    head = content[:2_000].lower()
    if not head.lstrip().startswith(b"mime-version:") or b"content-type:" not in head:
        return None
    for part in message_from_bytes(content).walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(payload, bytes) and b"<t" in payload.lower():
            return payload
    return None


def read_html(text: str, name: str) -> list[RawSheet]:
    """Return the tables of a page, tables of equal width that follow each other as one sheet.

    Rows are numbered down the page. A cell that spans rows is repeated downwards; one that spans columns
    stands once, in its first column. White space collapses as in a browser. Nothing outside the file is
    read. Raises `InputError` where the page holds no table.

    >>> read_html("<table><tr><td rowspan=2>a<td>b&nbsp;<tr><td>c</table>", "a.xls")[0].cells.to_numpy().tolist()
    [['a', 'b'], ['a', 'c']]
    """
    try:
        root = parse_html(text.encode("utf-8", errors="replace"))
    except MarkupLimitError:
        raise _too_deep(name) from None
    except (etree.LxmlError, ValueError):
        raise _no_table(name) from None
    sheets = list(_stack(_tables(root, name), name))
    if not sheets:
        raise _no_table(name)
    if _breaks_off(text):
        return [replace(sheet, notes=(_BROKEN_OFF,)) for sheet in sheets]
    return sheets


def _breaks_off(text: str) -> bool:
    """Return whether a page that closes its rows leaves its last table open, as a download that was cut short does."""
    page = text.lower()
    return "</tr" in page and page.rfind("<table") > page.rfind("</table") and "</html" not in page[-500:]


def _no_table(name: str) -> InputError:
    return InputError(
        f"{name}: this is a web page without any table, perhaps the log-in page of the system. "
        "Log in, export the list again, and use that file.",
        f"{name}: đây là trang web không chứa bảng nào, có thể là trang đăng nhập của hệ thống. "
        "Hãy đăng nhập, kết xuất lại danh sách và dùng tệp mới.",
    )


def _too_deep(name: str) -> InputError:
    return InputError(
        f"{name}: the page nests its elements too deep to be read to the end, so that rows would be missing. "
        "Open it in Excel and save it as .xlsx.",
        f"{name}: các phần tử của trang lồng nhau quá sâu nên không đọc được đến hết, sẽ thiếu dòng. "
        "Hãy mở bằng Excel và lưu thành .xlsx.",
    )


def _tables(root: html.HtmlElement, name: str) -> Iterator[list[Row]]:
    rows_of: dict[html.HtmlElement, list[html.HtmlElement]] = {}
    for row in root.iter("tr"):
        table = next(row.iterancestors("table"), None)
        if table is not None:
            rows_of.setdefault(table, []).append(row)
    for rows in rows_of.values():
        grid = lay_out([[_span(cell) for cell in row.iterchildren("td", "th")] for row in rows], name)
        if any(cell for row in grid for cell in row):
            yield grid


def _stack(tables: Iterator[list[Row]], name: str) -> Iterator[RawSheet]:
    stacks: list[list[Row]] = []
    for table in tables:
        width = len(table[0])
        require_width(width, name)
        if stacks and len(stacks[-1][0]) == width:
            stacks[-1].extend(table)
        else:
            stacks.append(table)
    first = 1
    for number, rows in enumerate(stacks, start=1):
        index = pd.RangeIndex(first, first + len(rows))
        cells = pd.DataFrame(rows, index=index, columns=range(len(rows[0])), dtype=object)
        yield RawSheet("" if len(stacks) == 1 else str(number), cells)
        first += len(rows)


def _span(cell: html.HtmlElement) -> tuple[str | None, int, int]:
    # Almost no cell spans anything: exports have hundreds of thousands of plain ones.
    if "colspan" not in cell.attrib and "rowspan" not in cell.attrib:
        return _text(cell), 1, 1
    return _text(cell), _count(cell.get("colspan")), _count(cell.get("rowspan"))


def _count(attribute: str | None) -> int:
    digits = re.match(r"\s*(\d{1,6})", attribute or "")
    return min(max(int(digits.group(1)), 1), MAX_COLUMNS + 1) if digits else 1


def _text(cell: html.HtmlElement) -> str | None:
    text = (cell.text or "") if len(cell) == 0 else "".join(_pieces(cell))
    return " ".join(text.split()) or None


def _pieces(cell: html.HtmlElement) -> Iterator[str]:
    # Not recursive: broken pages nest a thousand unclosed tags.
    walker = etree.iterwalk(cell, events=("start", "end"))
    for event, element in walker:
        inside = element is not cell
        if event == "end":
            yield (element.tail or "") if inside else ""
        elif inside and element.tag in _INVISIBLE_TAGS:
            walker.skip_subtree()
        else:
            yield (" " if element.tag in _BREAKING_TAGS else "") + (element.text or "")


def lay_out(rows: Sequence[Sequence[tuple[str | None, int, int]]], name: str = "") -> list[Row]:
    """Return rows of equal length from cells given as (text, columns spanned, rows spanned).

    Raises `InputError`, with the `name` of the file, where spans or one long row blow the table up beyond any export.

    >>> lay_out([[("title", 3, 1)], [("a", 1, 2), ("b", 2, 1)], [("c", 1, 1), ("d", 1, 1)]])
    [['title', None, None], ['a', 'b', None], ['a', 'c', 'd']]
    """
    hanging: dict[int, tuple[str | None, int]] = {}
    grid: list[Row] = []
    n_spanned = 0
    for cells in rows:
        if not hanging and all(n_columns == n_rows == 1 for _, n_columns, n_rows in cells):
            grid.append([text for text, _, _ in cells])
            continue
        line, hanging = _lay_out_row(cells, hanging)
        grid.append(line)
        n_spanned += len(line) - len(cells)
        require_area(len(rows), len(line), name)
        if n_spanned > MAX_UNWRITTEN:
            raise too_large(len(rows), len(line), name)
    width = max((len(line) for line in grid), default=0)
    require_filled(len(grid), width, sum(map(len, grid)) - n_spanned, name)
    return [line + [None] * (width - len(line)) for line in grid]


def _lay_out_row(
    cells: Sequence[tuple[str | None, int, int]], hanging: dict[int, tuple[str | None, int]]
) -> tuple[Row, dict[int, tuple[str | None, int]]]:
    line: Row = []
    still_hanging: dict[int, tuple[str | None, int]] = {}

    def fill_from_above() -> None:
        while len(line) in hanging:
            text, n_rows = hanging[len(line)]
            if n_rows > 1:
                still_hanging[len(line)] = (text, n_rows - 1)
            line.append(text)

    for text, n_columns, n_rows in cells:
        fill_from_above()
        for offset in range(min(n_columns, MAX_COLUMNS + 1 - len(line))):
            shown = text if offset == 0 else None
            if n_rows > 1:
                still_hanging[len(line)] = (shown, n_rows - 1)
            line.append(shown)
    while hanging and len(line) <= max(hanging):
        fill_from_above()
        if len(line) <= max(hanging):
            line.append(None)
    return line, still_hanging
