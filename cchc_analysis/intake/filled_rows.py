"""Rows of printed forms that somebody fills in: which are filled in, and what stands above them all."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from cchc_analysis.intake.columns import Naming
from cchc_analysis.intake.headers import Header
from cchc_analysis.intake.other_rows import BLANK, DOSSIER, RowShape, RowSorter, is_blank, is_numbering
from cchc_analysis.intake.tables import RawSheet
from cchc_analysis.intake.vocabulary import meaning_of
from cchc_analysis.schema import Kind

UNFILLED = "unfilled"
"""Why a printed row is no row yet: nobody has filled anything in."""

_FEW_KEYS = 2


class FilledRowSorter(RowSorter):
    """Tells row by row what somebody has filled in.

    `keys` and `inputs` are the positions of the columns that name a row and of those that are filled in; where every
    row has one of these from elsewhere, `inputs` is empty and no row is unfilled.
    """

    def __init__(self, shape: RowShape, keys: Sequence[int], inputs: Sequence[int]) -> None:
        super().__init__(shape)
        self._keys = tuple(keys)
        self._inputs = tuple(inputs)

    def sort(self, row: Sequence[object]) -> str:
        """Return `DOSSIER` for a row that is filled in, `BLANK`, `UNFILLED`, or why the row is none."""
        filled = {at: value for at, value in enumerate(row) if not is_blank(value)}
        if not filled:
            return BLANK
        has_input = any(at in filled for at in self._inputs) or not self._inputs
        if is_numbering(filled) or self._repeats_header(filled):
            return super().sort(row)
        if sum(at in filled for at in self._keys) >= min(_FEW_KEYS, len(self._keys)):
            return DOSSIER if has_input else UNFILLED
        reason = super().sort(row)
        # Numbers alone are a total elsewhere; here they are a report whose printed cells have been wiped out.
        if reason == "total" and not self._starts_with_total(filled) and has_input:
            return DOSSIER
        return UNFILLED if reason == DOSSIER and not has_input else reason


def sorter_of(kind: Kind, naming: Naming, shape: RowShape, constants: Mapping[str, Any]) -> RowSorter:
    """Return what tells the rows of a table of the kind; `constants` are columns that every row has from elsewhere."""
    if not kind.filled_in:
        return RowSorter(shape)
    positions = naming.positions
    inputs = [positions[name] for name in kind.filled_in if name in positions]
    given = any(name in constants for name in kind.filled_in)
    return FilledRowSorter(shape, [positions[name] for name in kind.key if name in positions], [] if given else inputs)


def told_above(sheet: RawSheet, header: Header, naming: Naming, kind: Kind) -> dict[str, Any]:
    """Return the columns of `kind.beside` that stand above the table as a label and, right of it, a cell for all rows.

    >>> import pandas as pd
    >>> from cchc_analysis.schema import KINDS
    >>> sheet = RawSheet("", pd.DataFrame([["Ngày báo cáo:", "12/06/2023"]], dtype=object))
    >>> told_above(sheet, Header(2, 2, ()), Naming({}, {}, (), frozenset()), KINDS["evidence"])
    {'reported_at': '12/06/2023'}
    """
    found: dict[str, Any] = {}
    for row in sheet.cells.iloc[: max(header.first, 0)].to_numpy(dtype=object):
        filled = [value for value in row if not is_blank(value)]
        for label, value in pairwise(filled):
            if not isinstance(label, str) or len(label) > 60:
                continue
            name = meaning_of(label.strip().rstrip(":").strip(), kind.name)
            if name in kind.beside and name not in naming.positions:
                found.setdefault(name, value)
    return found
