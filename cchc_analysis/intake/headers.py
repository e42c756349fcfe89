"""Where the header of a table is: up to three rows below the titles, parents spanning their children."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

import pandas as pd

from cchc_analysis.text import fold

MAX_DEPTH = 3
SEARCHED_ROWS = 100

_DATE_TEXT = re.compile(
    r"\s*(?:(?:ngày\s+)?\d{1,2}(?:\s+tháng\s+\d|\s*[/.\-]\s*\d)|\d{4}-\d|\d{1,2}:\d{2}(?::\d{2})?\s+\d|\d{5}(?:[.,]\d+)?\s*\Z)",
    re.IGNORECASE,
)
_SERIAL_DAYS = (20_000, 80_000)


@dataclass(frozen=True)
class HeaderCell:
    """The header of one column: `texts` from the top row down, `spans` how many columns each text stands over."""

    position: int
    texts: tuple[str, ...]
    spans: tuple[int, ...]

    @property
    def text(self) -> str:
        """The header in one line.

        >>> HeaderCell(0, ("Thời gian", "Ngày nhận"), (2, 1)).text
        'Thời gian Ngày nhận'
        """
        return " ".join(self.texts)

    def readings(self) -> Iterator[str]:
        """Yield the ways to read the header, the most exact first.

        Parent and child together in both orders ("Tiếp nhận" over "Ngày" is "Ngày tiếp nhận"), the child
        alone, then a parent that stands over this column only.

        >>> list(HeaderCell(0, ("Tiếp nhận", "Ngày"), (2, 1)).readings())
        ['Tiếp nhận Ngày', 'Ngày Tiếp nhận', 'Ngày']
        """
        yield self.text
        if len(self.texts) == 1:
            return
        yield " ".join(reversed(self.texts))
        if len(self.texts) > 2:
            yield " ".join(self.texts[-2:])
            yield " ".join(reversed(self.texts[-2:]))
        yield self.texts[-1]
        for text, span in zip(self.texts[-2::-1], self.spans[-2::-1], strict=True):
            if span == 1:
                yield text


@dataclass(frozen=True)
class Header:
    """A header block: positions (0-based) of its first and last row, and its cells from left to right."""

    first: int
    last: int
    cells: tuple[HeaderCell, ...]

    @property
    def width(self) -> int:
        """The number of columns up to the last one that has a header.

        >>> Header(0, 0, ()).width
        0
        """
        return max((cell.position + 1 for cell in self.cells), default=0)


Score = Callable[[Header], tuple[int, int]]
"""How many distinct canonical columns a block names, and how many of its cells are known at all."""


def find_header(cells: pd.DataFrame, score: Score, header_row: int | None = None) -> Header | None:
    """Return the block of one to three rows that names the most canonical columns, or None.

    Equal blocks: fewer rows first, then the upper one. A row with a date in it is never the end of a header.
    At least two columns must be named, or one if half of the header's cells are known. With `header_row`
    (1-based, as seen) the block ends there; 0 means that there is no header.

    >>> cells = pd.DataFrame([["BÁO CÁO", None], ["Mã", "Ngày"], ["1", "01/02/2025"]], dtype=object)
    >>> block = find_header(cells, lambda header: (len(header.cells), 0))
    >>> block.last, [cell.text for cell in block.cells]
    (1, ['Mã', 'Ngày'])
    """
    if header_row == 0:
        return Header(-1, -1, tuple(HeaderCell(at, (f"#{at + 1}",), (1,)) for at in range(cells.shape[1])))
    if header_row is not None:
        return _best(_blocks_ending(cells, list(cells.index).index(header_row)), score, require=False)
    filled = (row for row in range(len(cells)) if cells.iloc[row].notna().any())
    blocks = (
        block
        for row in islice(filled, SEARCHED_ROWS)
        if not any(is_date_like(value) for value in cells.iloc[row])
        for block in _blocks_ending(cells, row)
    )
    return _best(blocks, score, require=True)


def with_cells_above(cells: pd.DataFrame, header: Header, is_known: Callable[[HeaderCell], bool]) -> Header:
    """Return the header with what stands only in the rows right above it, over columns with cells below and no text.

    The upper row of an unmerged header of two rows may be the only one that says what such a column is. A row with one
    text may be a title: it counts only where the text `is_known` as a header and stands right of the first one.

    >>> cells = pd.DataFrame([["Tiếp cận", None, "Góp ý"], ["C1", "C2", None], ["5", "4", "tốt"]], dtype=object)
    >>> block = Header(1, 1, (HeaderCell(0, ("C1",), (1,)), HeaderCell(1, ("C2",), (1,))))
    >>> [cell.text for cell in with_cells_above(cells, block, lambda cell: False).cells]
    ['C1', 'C2', 'Góp ý']
    """
    present = {cell.position: cell for cell in header.cells}
    first, leftmost = header.first, min(present, default=0)
    for row in range(header.first - 1, max(header.last - MAX_DEPTH, -1), -1):
        texts = _texts(cells.iloc[row])
        if not any(texts):
            break
        for position, text in enumerate(texts):
            cell = HeaderCell(position, (text,), (1,))
            if not text or position in present or not cells.iloc[header.last + 1 :, position].notna().any():
                continue
            if sum(map(bool, texts)) > 1 or (position > leftmost and is_known(cell)):
                present[position], first = cell, row
    return Header(first, header.last, tuple(present[position] for position in sorted(present)))


def _best(blocks: Iterator[Header], score: Score, *, require: bool) -> Header | None:
    best: Header | None = None
    best_key = (0, 0, 0)
    for block in blocks:
        n_named, n_known = score(block)
        recognised = n_named >= 2 or (n_named == 1 and 2 * n_known >= len(block.cells))
        key = (n_named, block.first - block.last, -block.first)
        if (recognised or not require) and (best is None or key > best_key):
            best, best_key = block, key
    return best


def _blocks_ending(cells: pd.DataFrame, last: int) -> Iterator[Header]:
    for depth in range(1, MAX_DEPTH + 1):
        first = last - depth + 1
        if first < 0:
            return
        rows = [_texts(cells.iloc[row]) for row in range(first, last + 1)]
        if not any(rows[0]):
            return
        yield Header(first, last, tuple(_header_cells(rows)))


def _texts(row: pd.Series) -> list[str]:
    return [" ".join(value.split()) if isinstance(value, str) else "" for value in row]


def _header_cells(rows: Sequence[list[str]]) -> Iterator[HeaderCell]:
    filled = _spread_parents(rows)
    for position in range(len(rows[-1])):
        texts: list[str] = []
        spans: list[int] = []
        for line in filled:
            text, span = line[position]
            if text and (not texts or fold(text) != fold(texts[-1])):
                texts.append(text)
                spans.append(span)
        if texts:
            yield HeaderCell(position, tuple(texts), tuple(spans))


def _spread_parents(rows: Sequence[list[str]]) -> list[list[tuple[str, int]]]:
    """Repeat a parent to the right over the columns that have a child and no parent of their own."""
    width = len(rows[-1])
    spread: list[list[tuple[str, int]]] = []
    for depth, row in enumerate(rows):
        owner: list[int | None] = []
        current: int | None = None
        for position in range(width):
            if row[position]:
                current = position
            elif any(upper[position] for upper in rows[:depth]) or depth == len(rows) - 1:
                current = None
            has_child = any(lower[position] for lower in rows[depth + 1 :])
            owner.append(position if row[position] else current if has_child else None)
        spans = Counter(owner)
        spread.append([("" if at is None else row[at], spans[at]) for at in owner])
    return spread


def is_date_like(value: object) -> bool:
    """Return whether a cell holds something meant as a date, readable or not.

    >>> [is_date_like(value) for value in ("31/02/2025", "ngày 2 tháng 4", 45763.0, "45763", "Sở 1", 12.0)]
    [True, True, True, True, False, False]
    """
    if isinstance(value, str):
        return len(value) < 60 and _DATE_TEXT.match(value) is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _SERIAL_DAYS[0] <= value <= _SERIAL_DAYS[1]
    return isinstance(value, date | time)
