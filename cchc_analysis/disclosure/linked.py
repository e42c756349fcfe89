"""Linked tables: every figure that a run may print as a sum over the smallest groups of dossiers that lie behind it."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """One figure: what it is called, which groups it adds up, and what it costs to hide it.

    `within`: one truth value per group. `printed` is False for what nobody prints but anybody can compute from two
    printed figures, such as the late ones from the share on time.
    """

    key: Hashable
    within: BoolArray
    cost: float = 1.0
    printed: bool = True


@dataclass(frozen=True)
class LinkedTables:
    """All figures of a run over common groups.

    `counts`: dossiers of each group. `sums`: one row per figure, one column per group, 1 where the figure contains it.
    `printed`, `costs`: as in Cell; figures that add up the same groups are one row. `places`: one column per dimension,
    the place of each group in it; groups that agree in all figures and places are one. `rows`: key → row of `sums`.
    `ties`: one row per sum that two tables of the same dossiers have in common, 1 for groups of the one and −1 for
    those of the other.
    """

    counts: IntArray
    sums: sparse.csr_matrix
    printed: BoolArray
    costs: FloatArray
    places: IntArray
    rows: dict[Hashable, int]
    ties: sparse.csr_matrix

    @property
    def totals(self) -> IntArray:
        """The figures themselves, in dossiers."""
        return np.asarray(self.sums @ self.counts, dtype=np.int64)


def link(
    groups: pd.DataFrame, cells: Iterable[Cell], dimensions: Sequence[str], ties: Sequence[IntArray] = ()
) -> LinkedTables:
    """Put figures over common groups together.

    `groups`: one row per group, column `n` and the `dimensions`; the order of its rows does not matter as long as the
    cells are in the same. `ties`: where groups come from two tables of the same dossiers, arrays of one number per
    group: k and −k for the groups of the one and the other table whose sums are the same, 0 for none.
    Raises ValueError where a cell is not as long as `groups`.

    >>> groups = pd.DataFrame({"unit": ["a", "b"], "n": [3, 9]})
    >>> both, first = np.array([True, True]), np.array([True, False])
    >>> link(groups, [Cell("all", both), Cell("a", first), Cell("again", first)], ("unit",)).totals.tolist()
    [3, 12]
    """
    told = sorted(cells, key=lambda cell: repr(cell.key))
    table = np.array([cell.within for cell in told], dtype=bool).reshape(len(told), -1)
    if told and table.shape[1] != len(groups):
        raise ValueError(f"Cells of {table.shape[1]} groups for {len(groups)} groups.")
    columns = [pd.factorize(groups[name].astype(str), sort=True)[0] for name in dimensions]
    places = np.array(columns, dtype=np.int64).reshape(len(dimensions), len(groups)).T
    tied = np.array(ties, dtype=np.int64).reshape(len(ties), len(groups)).T
    counts, table, signs = _merged_groups(groups["n"].to_numpy(dtype=np.int64), table, np.hstack([places, tied]))
    return _merged_cells(told, counts, table, signs[:, : len(dimensions)], _ties(signs[:, len(dimensions) :]))


def _ties(tied: IntArray) -> sparse.csr_matrix:
    """Write numbered ties as a matrix, one row for each."""
    rows = [sparse.csr_matrix((0, len(tied)))]
    for column in tied.T:
        at = np.flatnonzero(column)
        shape = (int(np.abs(column).max(initial=0)), len(tied))
        rows.append(sparse.csr_matrix((np.sign(column[at]), (np.abs(column[at]) - 1, at)), shape=shape))
    return sparse.csr_matrix(sparse.vstack(rows))


def _merged_groups(counts: IntArray, table: BoolArray, places: IntArray) -> tuple[IntArray, BoolArray, IntArray]:
    """Make one of the groups that no figure tells apart, in an order that does not depend on that of the rows."""
    packed = np.packbits(table, axis=0).T if len(table) else np.zeros((len(counts), 0), dtype=np.uint8)
    signs = np.hstack([places, packed.astype(np.int64)])
    kinds, kind = np.unique(signs, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    merged = np.zeros(len(kinds), dtype=np.int64)
    np.add.at(merged, kind, counts)
    first = np.zeros(len(kinds), dtype=np.int64)
    first[kind[::-1]] = np.arange(len(kind))[::-1]
    return merged, table[:, first], places[first]


def _merged_cells(
    told: list[Cell], counts: IntArray, table: BoolArray, places: IntArray, ties: sparse.csr_matrix
) -> LinkedTables:
    """Make one of the figures that add up the same groups: hidden in one place, printed in another would not do."""
    packed = [row.tobytes() for row in np.packbits(table, axis=1)] if len(table) else []
    first: dict[bytes, int] = {}
    rows: dict[Hashable, int] = {}
    printed: list[bool] = []
    costs: list[float] = []
    kept: list[int] = []
    for place, (cell, sign) in enumerate(zip(told, packed, strict=True)):
        row = first.setdefault(sign, len(kept))
        if row == len(kept):
            kept.append(place)
            printed.append(False)
            costs.append(0.0)
        rows[cell.key] = row
        printed[row] = printed[row] or cell.printed
        costs[row] += cell.cost if cell.printed else 0.0
    sums = sparse.csr_matrix(table[kept].astype(np.int8))
    return LinkedTables(counts, sums, np.array(printed, dtype=bool), np.array(costs), places, rows, ties)
