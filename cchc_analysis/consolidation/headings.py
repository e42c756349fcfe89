"""Which column of a form stands where in a return: by its headings in any order, else by the row of column numbers."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cchc_analysis.forms import Form
from cchc_analysis.forms.model import Column
from cchc_analysis.intake.headers import Header, HeaderCell, find_header
from cchc_analysis.text import fold

LABEL = "label"
ORDER = "order"
"""Names of the column with the label of a row, and of the running number; every other column has the name of its
figure."""

_BRACKETS = re.compile(r"\([^()]*\)")
_NUMBER = re.compile(r"\(?(\d{1,2})\)?\Z")
_BRACKETED = re.compile(r"\(\d{1,2}\)\Z")
_MIN_FIGURES = 3


def column_name(column: Column) -> str:
    """Return the name under which a column is read: "order", "label", its figure, "" where it has none."""
    return column.show if column.show in (ORDER, LABEL) else column.figure or ""


def heading_key(text: str) -> str:
    """Return a heading as it is compared: without what stands in brackets.

    >>> heading_key("Đúng hạn (bao gồm cả hồ sơ chờ bổ sung)")
    'dung han'
    """
    return fold(_BRACKETS.sub(" ", text)) or fold(text)


def _keys(column: Column) -> frozenset[str]:
    return frozenset(heading_key(text) for text in (column.heading.vi, column.heading.en, *column.aliases))


class Headings:
    """The headings of a form as returns may write them.

    >>> from cchc_analysis.forms import load_form
    >>> names = Headings(load_form("ii-06a"))
    >>> cells = [HeaderCell(2, ("Đã giải quyết", "Tổng số"), (4, 1)), HeaderCell(3, ("Tổng số",), (1,))]
    >>> [names.name(cell) for cell in cells]
    ['resolved', None]
    """

    def __init__(self, form: Form) -> None:
        self.numbers = {str(at): column_name(column) for at, column in enumerate(form.leaves(), start=1)}
        self._paths = [
            (column_name(path[-1]), tuple(_keys(column) for column in path))
            for path in form.paths()
            if column_name(path[-1])
        ]
        self.words = frozenset(key for path in form.paths() for column in path for key in _keys(column))
        leaves = [key for _, levels in self._paths for key in levels[-1]]
        self._once = {key for key in leaves if leaves.count(key) == 1}

    def name(self, cell: HeaderCell) -> str | None:
        """Return the column that a header cell names, None where it names none or could be several."""
        texts = [heading_key(text) for text in cell.texts]
        found = [name for name, levels in self._paths if self._fits(texts, levels)]
        return found[0] if len(found) == 1 else None

    def _fits(self, texts: list[str], levels: tuple[frozenset[str], ...]) -> bool:
        *above, leaf = levels
        if texts[-1] in leaf:
            if not above:
                return True
            if any(text in above[0] for text in texts[:-1]):
                return True
            return texts[-1] in self._once and not self._is_other_group(texts[:-1], above[0])
        # All of a path in one cell: "Đã giải quyết - Tổng số".
        joined = " ".join(texts)
        return any(joined == f"{top} {last}" for top in (above[0] if above else ()) for last in leaf)

    def _is_other_group(self, texts: Iterable[str], group: frozenset[str]) -> bool:
        groups = {key for _, levels in self._paths if len(levels) > 1 for key in levels[0]}
        return any(text in groups and text not in group for text in texts)

    def score(self, header: Header) -> tuple[int, int]:
        """Return how many columns a block of headings names, as find_header asks."""
        named = {name for cell in header.cells if (name := self.name(cell)) is not None}
        return len(named), len(named)

    def find(self, cells: pd.DataFrame) -> tuple[Header, dict[str, int]] | None:
        """Return the headings of a sheet and the position of each column; None where it is no return of the form."""
        header = find_header(cells, self.score)
        if header is None:
            return None
        positions: dict[str, int] = {}
        for cell in header.cells:
            name = self.name(cell)
            if name is not None:
                positions.setdefault(name, cell.position)
        # The numbers help out where most headings are known; alone they would fit any form.
        if 2 * len(set(positions) - {LABEL, ORDER}) > len(set(self.numbers.values()) - {LABEL, ORDER, ""}):
            positions |= self._by_number(cells, header, positions)
        figures = set(positions) - {LABEL, ORDER}
        return (header, positions) if LABEL in positions and len(figures) >= _MIN_FIGURES else None

    def _by_number(self, cells: pd.DataFrame, header: Header, known: Mapping[str, int]) -> dict[str, int]:
        """Return the columns whose heading nobody knows and whose number stands in the row below the headings."""
        if header.last + 1 >= len(cells):
            return {}
        taken = set(known.values())
        numbers = numbering(cells.iloc[header.last + 1])
        named = {self.numbers.get(number, ""): at for at, number in numbers.items() if at not in taken}
        # What the rows are, another form may say otherwise: only its heading tells.
        return {name: at for name, at in named.items() if name and name != LABEL and name not in known}


def numbering(row: Iterable[Any]) -> dict[int, str]:
    """Return position → number of a row of column numbers, nothing where the row is none.

    >>> numbering(["(1)", "(2)", "(3)", "(4)"])
    {0: '1', 1: '2', 2: '3', 3: '4'}
    """
    texts = {at: _plain(value) for at, value in enumerate(row) if value is not None and not pd.isna(value)}
    found = {at: match.group(1) for at, text in texts.items() if (match := _NUMBER.match(text))}
    if len(found) < len(texts) or len(found) < _MIN_FIGURES or len(set(found.values())) < len(found):
        return {}
    # Numbers of columns that are left out leave gaps; without brackets a gap may also mean counts of dossiers.
    sure = all(_BRACKETED.match(text) for text in texts.values()) or _in_a_row(found.values())
    return found if sure else {}


def _plain(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _in_a_row(numbers: Iterable[str]) -> bool:
    """Tell whether the numbers leave no gap, in whatever order: counts of dossiers hardly ever do."""
    ordered = sorted(int(number) for number in numbers)
    return ordered == list(range(ordered[0], ordered[0] + len(ordered)))
