"""Which figures of linked tables must be hidden: small ones, and others until nothing hidden can be computed back."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from cchc_analysis.disclosure.linked import BoolArray, FloatArray, IntArray, LinkedTables

THRESHOLD = 5
"""A count of dossiers below it, and above 0, is not published."""

_REACHES = (2, 3, 5)
"""How many places of each dimension a search looks at, before it looks at all."""

_NO_MOVE = 1e-6


def small(tables: LinkedTables, threshold: int = THRESHOLD) -> BoolArray:
    """Mark the figures that are too small to be told, printed or not: from 1 to the threshold − 1."""
    values = tables.totals
    return (values > 0) & (values < threshold)


def hide(tables: LinkedTables, threshold: int = THRESHOLD, also: BoolArray | None = None) -> BoolArray:
    """Choose the printed figures to hide, so that a reader of all others cannot come closer than the threshold.

    Whoever knows every figure left, and that groups hold no negative number of dossiers, finds for every hidden figure,
    and for every small one that follows from printed ones, a range at least `threshold` wide. Each of them gets a
    witness: two other fillings of the groups that agree with all figures left and differ in it by that much; the
    cheapest that a linear programme finds in its surroundings (Fischetti and Salazar-González 2000, JASA 95(451),
    name the model; the search is ours). Further hiding leaves witnesses valid, so that one pass is enough.

    `also`: figures to hide in any case. Result: one truth value per row of `tables.sums`; False for what is not
    printed. The result depends neither on the order of groups nor on that of figures.
    """
    search = _Search(tables, threshold, tables.printed.copy())
    search.prove(small(tables, threshold))
    if also is not None:
        # After the others: what is hidden without them stays the same, and hiding the result again adds nothing.
        search.prove(also & search.shown)
    return tables.printed & ~search.shown


@dataclass
class _Search:
    """What is still shown, and which hidden figures have their witness."""

    tables: LinkedTables
    threshold: int
    shown: BoolArray
    proved: BoolArray = field(init=False)
    columns: sparse.csc_matrix = field(init=False)
    ties: sparse.csc_matrix = field(init=False)

    def __post_init__(self) -> None:
        self.proved = np.zeros(len(self.shown), dtype=bool)
        self.columns = self.tables.sums.tocsc()
        self.ties = self.tables.ties.tocsc()

    def prove(self, figures: BoolArray) -> None:
        """Hide figures, and others until each of them has its witness."""
        self.shown[figures] = False
        waiting, order = figures.copy(), self._order()
        while waiting.any():
            for target in order[waiting[order]]:
                if not waiting[target]:
                    continue
                moved, newly = self.witness(int(target))
                self.shown[newly] = False
                waiting |= newly
                self.proved |= moved
                waiting &= ~self.proved

    def _order(self) -> IntArray:
        """Return the figures, small ones first; ties in the order of their names."""
        sizes = np.diff(self.tables.sums.indptr)
        return np.lexsort((np.arange(len(sizes)), sizes, self.tables.totals))

    def witness(self, target: int) -> tuple[BoolArray, BoolArray]:
        """Return the hidden figures that the cheapest witness moves far enough, and the shown ones it needs hidden."""
        best: tuple[float, BoolArray, BoolArray] | None = None
        for groups in self._surroundings(target):
            found = self._cheapest(target, groups)
            if found is None:
                continue
            if best is None or found[0] < best[0] - _NO_MOVE:
                best = found
            if best[0] <= _NO_MOVE or len(groups) > _ENOUGH:
                break
        assert best is not None, "a figure that is let go with all its sums can always grow"
        return best[1], best[2]

    def _surroundings(self, target: int) -> Iterator[IntArray]:
        """Yield wider and wider sets of groups around a figure, at last all of them."""
        places, counts = self.tables.places, self.tables.counts
        own = np.zeros(len(counts), dtype=bool)
        own[self.tables.sums[target].indices] = True
        before = 0
        for reach in _REACHES:
            inside = np.ones(len(counts), dtype=bool)
            for dimension in range(places.shape[1]):
                inside &= np.isin(places[:, dimension], self._nearest(places[:, dimension], own, reach))
            groups = np.flatnonzero(inside)
            if len(groups) > before:
                before = len(groups)
                yield groups
        if before < len(counts):
            yield np.arange(len(counts))

    def _nearest(self, place: IntArray, own: BoolArray, reach: int) -> IntArray:
        """Return the places of a figure and others, those with the most dossiers first, up to `reach` of each."""
        size = np.bincount(place, weights=self.tables.counts, minlength=int(place.max(initial=0)) + 1)
        order = np.lexsort((np.arange(len(size)), -size))
        mine = np.isin(order, place[own])
        return np.concatenate([order[mine][:reach], order[~mine][:reach]])

    def _cheapest(self, target: int, groups: IntArray) -> tuple[float, BoolArray, BoolArray] | None:
        """Find two fillings of the groups, as far apart in the target as the threshold, that move little else."""
        part = self.columns[:, groups].tocsr()
        touched = np.flatnonzero(np.diff(part.indptr))
        fixed = touched[self.shown[touched]]
        n, k = len(groups), len(fixed)
        costs = self.tables.costs[fixed] / self.threshold
        # One price for both moves: what is hidden for the one costs nothing more for the other.
        objective = np.concatenate([np.full(2 * n, _NO_MOVE), costs])
        still, one, none = part[fixed].astype(float), sparse.identity(k, format="csr"), sparse.csr_matrix((k, n))
        limits = sparse.vstack(
            [
                sparse.hstack([still, none, -one]),
                sparse.hstack([-still, none, -one]),
                sparse.hstack([none, still, -one]),
                sparse.hstack([none, -still, -one]),
            ],
            format="csr",
        )
        ties = self.ties[:, groups].tocsr()
        ties = ties[np.flatnonzero(np.diff(ties.indptr))].astype(float)
        m, apart = ties.shape[0], part[target].astype(float)
        aim = sparse.vstack(
            [
                sparse.hstack([apart, -apart, sparse.csr_matrix((1, k))]),
                sparse.hstack([ties, sparse.csr_matrix((m, n + k))]),
                sparse.hstack([sparse.csr_matrix((m, n)), ties, sparse.csr_matrix((m, k))]),
            ],
            format="csr",
        )
        top = float(self.threshold)
        least = np.maximum(-self.tables.counts[groups].astype(float), -top)
        lowest = np.concatenate([least, least, np.zeros(k)])
        highest = np.concatenate([np.full(2 * n, top), np.full(k, np.inf)])
        bounds = np.column_stack([lowest, highest])
        solved = linprog(  # type: ignore[call-overload]  # its types know no sparse matrices
            objective,
            A_ub=limits,
            b_ub=np.zeros(4 * k),
            A_eq=aim,
            b_eq=[top, *[0.0] * (2 * m)],
            bounds=bounds,
            method="highs",
        )
        if solved.status != 0:
            return None
        return self._read(part, solved.x[:n], solved.x[n : 2 * n])

    def _read(self, part: sparse.csr_matrix, up: FloatArray, down: FloatArray) -> tuple[float, BoolArray, BoolArray]:
        """Return what a pair of moves costs, which hidden figures it proves and which shown ones it moves."""
        first, second = np.asarray(part @ up), np.asarray(part @ down)
        moved = (np.abs(first) > _NO_MOVE) | (np.abs(second) > _NO_MOVE)
        newly = moved & self.shown
        # A figure moved to both sides of what it is has the whole way between as its range, and itself in it.
        width = np.maximum(np.maximum(first, second), 0) - np.minimum(np.minimum(first, second), 0)
        proved = (width >= self.threshold - _NO_MOVE) & (~self.shown | newly)
        return float(self.tables.costs[newly].sum()), proved, newly


_ENOUGH = 250
"""Groups beyond which a wider search costs more time than it spares figures."""
