"""Draws tables of figures: heads repeated on every page, no row cut in two, figures to the right."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import ceil
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from cchc_analysis.documents.blocks import Table
from cchc_analysis.documents.drawing import add_paragraph, keep_row_whole, set_cell_margins, shade, write

HEAD_GROUND = "E7E6E6"
CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
CELL_MM, LINE_MM, LETTER_MM = 0.8, 4.6, 2.0
"""Space beside the words of a cell, height of a line, and width of a bold letter in the size of tables."""

TEXT_SHARE = 2.5
"""A column of words is as wide as so many columns of figures, unless the table says otherwise."""


def draw_table(document: Any, block: Table, width_mm: float) -> None:
    """Draw a table with its caption above and its notes below."""
    write(add_paragraph(document, "Caption"), block.caption)
    depth = max(len(path) for path in block.heads)
    n_heads = depth + bool(block.numbering)
    lines = [*block.lines, *([block.total] if block.total else [])]
    grid = document.add_table(n_heads + len(lines), len(block.heads))
    grid.style, grid.autofit, grid.alignment = "Table Grid", False, WD_TABLE_ALIGNMENT.CENTER
    set_cell_margins(grid, CELL_MM)
    widths = _widths_mm(block, width_mm)
    cells = _widths_set(grid, widths)
    for place in range(n_heads):
        _head_row(grid.rows[place], cells[place])
    _draw_heads(cells, block.heads, depth)
    if depth > 1:
        grid.rows[depth - 1].height = Mm(_lowest_head_mm(block.heads, widths, depth))
    if block.numbering:
        for cell, text in zip(cells[depth], block.numbering, strict=True):
            write(_head_text(cell), text)
    for place, line in enumerate(lines, n_heads):
        is_total = bool(block.total) and place == n_heads + len(lines) - 1
        _draw_row(grid.rows[place], cells[place], line, block.is_text, bold=is_total)
    for note in block.notes or ("",):
        write(add_paragraph(document, "TableNote"), note)


def _widths_mm(block: Table, width_mm: float) -> list[float]:
    shares = block.widths or tuple(TEXT_SHARE if words else 1.0 for words in block.is_text)
    return [width_mm * share / sum(shares) for share in shares]


def _widths_set(grid: Any, widths_mm: Sequence[float]) -> list[list[Any]]:
    """Set the widths of all cells and return the cells; looked up once, since each look costs a pass over the table."""
    for column, width in zip(grid.columns, widths_mm, strict=True):
        column.width = Mm(width)
    found = [list(row.cells) for row in grid.rows]
    for cells in found:
        for cell, width in zip(cells, widths_mm, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return found


def _lowest_head_mm(heads: Sequence[tuple[str, ...]], widths_mm: Sequence[float], depth: int) -> float:
    """Return how high the lowest line of the head must be for every heading that reaches down to it.

    Programs that repeat a head over pages measure it by its single cells and cut what spans several.
    """
    needed = [LINE_MM]
    for path, width in zip(heads, widths_mm, strict=True):
        n_lines = ceil(len(path[-1]) * LETTER_MM / (width - 2 * CELL_MM)) + 1
        needed.append((n_lines - (depth - len(path))) * LINE_MM)
    return max(needed)


def _head_row(row: Any, cells: Sequence[Any]) -> None:
    keep_row_whole(row, repeated=True)
    for cell in cells:
        shade(cell, HEAD_GROUND)
        _head_text(cell)


def _head_text(cell: Any) -> Any:
    paragraph = _text(cell, CENTRE)
    # A head stays with the first row below it.
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def _draw_heads(cells: Sequence[Sequence[Any]], heads: Sequence[tuple[str, ...]], depth: int) -> None:
    """Draw each heading once: over the columns that share it, and down to the figures where it is the lowest."""
    for level in range(depth):
        for text, first, last, is_lowest in _runs(heads, level):
            below = depth - 1 if is_lowest else level
            write(_merged(cells[level][first], cells[below][last]), text, bold=True)


def _runs(heads: Sequence[tuple[str, ...]], level: int) -> Iterator[tuple[str, int, int, bool]]:
    """Yield the headings of a level: text, first and last column, and whether it is the lowest of its column.

    >>> list(_runs([("Field",), ("Received", "Total"), ("Received", "Online")], 0))
    [('Field', 0, 0, True), ('Received', 1, 2, False)]
    """

    def heading(place: int) -> tuple[tuple[str, ...], int | None]:
        path = heads[place]
        return path[: level + 1], place if len(path) == level + 1 else None

    named = [place for place, path in enumerate(heads) if len(path) > level]
    for (path, lowest), run in groupby(named, heading):
        places = list(run)
        yield path[level], places[0], places[-1], lowest is not None


def _merged(first: Any, last: Any) -> Any:
    """Merge the cells of a heading and return the one paragraph that is left."""
    cell = first if first is last else first.merge(last)
    for paragraph in cell.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    return cell.paragraphs[0]


def _draw_row(row: Any, cells: Sequence[Any], texts: Sequence[str], is_text: Sequence[bool], *, bold: bool) -> None:
    keep_row_whole(row)
    if len(texts) == 1:
        paragraph = _text(cells[0], LEFT)
        write(_merged(cells[0], cells[-1]), texts[0], bold=True)
        # A band stays with the first row below it.
        paragraph.paragraph_format.keep_with_next = True
        return
    for cell, text, words in zip(cells, texts, is_text, strict=True):
        write(_text(cell, LEFT if words else RIGHT), text, bold=bold or None)


def _text(cell: Any, alignment: Any) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph._p.style = "TableText"
    paragraph.alignment = alignment
    return paragraph
