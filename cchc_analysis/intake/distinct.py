"""A column of raw cells as its distinct cells, so that each is parsed once however many rows hold it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cchc_analysis.intake.cells import CellArray

_ALIKE: Final = ("string", "empty", "floating", "integer", "datetime", "boolean")
"""Columns of one kind of cell: in any other, 1, 1.0 and TRUE would be taken for the same cell."""
_FEWEST: Final = 64
_SAMPLE: Final = 1_024
_WORTHWHILE: Final = 0.5


@dataclass(frozen=True)
class Distinct:
    """The distinct `cells` of a column and the place among them of the cell in each row.

    `places` is None where every row keeps its own cell, because there are few rows or hardly any two are equal.
    """

    cells: CellArray
    places: npt.NDArray[np.intp] | None

    def spread(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return for every row the value that was made of its cell; a new array, which may be written to.

        >>> distinct_cells(np.array(["a", None] * 50, dtype=object)).spread(np.array([1, 2]))[:3].tolist()
        [1, 2, 1]
        """
        if self.places is None:
            return values
        if len(values) == 1:
            return np.full(len(self.places), values[0], dtype=values.dtype)
        return values[self.places]


def distinct_cells(cells: CellArray) -> Distinct:
    """Return the distinct cells of a column, those of one kind only; a missing cell is None among them.

    What is made of a cell must follow from the cell alone.

    >>> distinct_cells(np.array(["b", "a", "b", None] * 20, dtype=object)).cells.tolist()
    ['b', 'a', None]
    """
    if len(cells) < _FEWEST or pd.api.types.infer_dtype(cells, skipna=True) not in _ALIKE:
        return Distinct(cells, None)
    sample = cells[:: max(1, len(cells) // _SAMPLE)]
    if len(set(sample)) > _WORTHWHILE * len(sample):
        return Distinct(cells, None)
    places, found = pd.factorize(cells)
    return Distinct(np.array([*found, None], dtype=object), places)


def none_at_all(n_rows: int) -> Distinct:
    """Return the column of a table that lacks it: nothing in any row.

    >>> none_at_all(2).spread(np.array([0.5])).tolist()
    [0.5, 0.5]
    """
    return Distinct(np.full(min(n_rows, 1), None, dtype=object), np.zeros(n_rows, dtype=np.intp))
