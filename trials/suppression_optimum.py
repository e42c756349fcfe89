"""How much more is hidden than must be: our choice against the best of all on small tables.

`python -m trials.suppression_optimum [--tables 30]`. Every set of further figures is tried, the cheapest first,
until the attacker finds no range narrower than the threshold.
"""

import argparse
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.disclosure import THRESHOLD, Cell, LinkedTables, hide, link, ranges, small

MOST_FURTHER = 6
"""Figures hidden beside the small ones in the sets that are tried."""


def table_of(counts: NDArray[np.int64]) -> LinkedTables:
    """Return a table of units and kinds with all its totals."""
    places = np.array(list(np.ndindex(*counts.shape)))
    groups = pd.DataFrame(places, columns=["unit", "kind"]).assign(n=counts.ravel())
    cells = []
    for unit in (None, *range(counts.shape[0])):
        for kind in (None, *range(counts.shape[1])):
            chosen = np.ones(len(groups), dtype=bool)
            for name, value in (("unit", unit), ("kind", kind)):
                chosen &= True if value is None else (groups[name] == value).to_numpy()
            cost = (20.0 if unit is None else 1.0) * (5.0 if kind is None else 1.0)
            cells.append(Cell((unit, kind), chosen, cost))
    return link(groups, cells, ("unit",))


def least_cost(tables: LinkedTables, at_most: float) -> float:
    """Return the cost of the cheapest safe set of hidden figures, `at_most` where none is cheaper."""
    first = small(tables)
    start, others = float(tables.costs[first].sum()), np.flatnonzero(~first).tolist()
    sets = [chosen for n in range(MOST_FURTHER + 1) for chosen in combinations(others, n)]
    costs = [start + float(tables.costs[list(chosen)].sum()) for chosen in sets]
    for cost, chosen in sorted(zip(costs, sets, strict=True)):
        if cost >= at_most:
            break
        hidden = first.copy()
        hidden[list(chosen)] = True
        found = ranges(tables, hidden)
        if (found[:, 1] - found[:, 0] >= THRESHOLD - 1e-6).all():
            return cost
    return at_most


def main() -> None:
    """Compare as many random tables as asked for and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=30)
    asked, chance = parser.parse_args(), np.random.default_rng(3)
    ours, best, n_best, n = 0.0, 0.0, 0, 0
    while n < asked.tables:
        tables = table_of(chance.poisson(chance.choice([3, 8, 20], (3, 3))))
        if not small(tables).any():
            continue
        cost = float(tables.costs[hide(tables)].sum())
        least = least_cost(tables, cost)
        ours, best, n_best, n = ours + cost, best + least, n_best + (cost <= least), n + 1
    print(f"{n} tables: the optimum in {n_best}; cost {ours:.0f} against {best:.0f}, {ours / best - 1:.1%} more")


if __name__ == "__main__":
    main()
