"""The attacker: what a reader of all printed figures can find out of a hidden one."""

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from cchc_analysis.disclosure.linked import BoolArray, FloatArray, LinkedTables


def ranges(tables: LinkedTables, hidden: BoolArray, rows: list[int] | None = None) -> FloatArray:
    """Return between which values each row must lie, given every printed figure that is not hidden.

    The attacker knows all sums and that no group holds fewer than 0 dossiers, and solves a linear programme for the
    least and one for the greatest value. `rows`: rows of `tables.sums`, by default the hidden ones.
    Result: two columns, least and greatest (inf where nothing bounds it).
    """
    wanted = np.flatnonzero(hidden).tolist() if rows is None else rows
    shown = tables.printed & ~hidden
    known = tables.sums[shown].astype(float)
    values = tables.totals[shown].astype(float)
    if tables.ties.shape[0]:
        known = sparse.vstack([known, tables.ties.astype(float)], format="csr")
        values = np.concatenate([values, tables.ties @ tables.counts.astype(float)])
    found = np.empty((len(wanted), 2))
    for place, row in enumerate(wanted):
        aim = tables.sums[row].toarray().ravel().astype(float)
        for side, sign in enumerate((1.0, -1.0)):
            solved = linprog(  # type: ignore[call-overload]  # its types know no sparse matrices
                sign * aim, A_eq=known, b_eq=values, bounds=(0, None), method="highs"
            )
            found[place, side] = sign * solved.fun if solved.status == 0 else np.inf
            if solved.status not in (0, 2, 3, 4):
                raise ArithmeticError(solved.message)
    return found
