"""Which factors explain overall satisfaction: the shares of R² that fall to each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from cchc_analysis.stats.answer_matrix import answer_matrix, row_weights
from cchc_analysis.stats.counts import BoolArray, FloatArray
from cchc_analysis.stats.shapley import SINGULAR, score_correlations, score_sums, shapley_values, subset_r_squared

MOST_DRIVERS = 15
"""Drivers above which all subsets (32,768 of 15) would no longer be looked at exactly."""
VIF_LIMIT = 10.0
"""Variance inflation above which shares of R² mean little (Marquardt, Technometrics 12 (1970) 591)."""
RESPONDENTS_PER_DRIVER = 10
"""Respondents per driver below which a regression is marked (Harrell, Regression Modeling Strategies, 2015, 4.4)."""


@dataclass(frozen=True, kw_only=True)
class RelativeImportance:
    """Parts of R² that fall to each driver; where they are undefined the arrays are nan and `reason` says why.

    `lmg` sums to `r_squared`, `shares` = lmg / R² to 1 (nan where R² is 0); `first` is the R² of the driver alone,
    `last` what it adds to all others; `correlations` with the outcome carry the sign; `vif` is its variance inflation.
    Reasons, with the drivers concerned in `culprits`: "few_answers", "constant_outcome", "constant_drivers",
    "collinear". Warnings: "few_answers_per_driver". `n_left_out` rows lack an answer.
    """

    names: tuple[str, ...]
    n: int
    n_left_out: int
    r_squared: float | None = None
    lmg: FloatArray
    shares: FloatArray
    first: FloatArray
    last: FloatArray
    correlations: FloatArray
    vif: FloatArray
    reason: str | None = None
    culprits: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class DriverRows:
    """Rows in which someone answered: standardised drivers and outcome, 0 where the row is not complete.

    `scores` is (rows, p + 1), the outcome last; `varying` says which of its columns vary over `complete` rows. A row
    stands for `counts` respondents and weighs `weights` in all; `kept` marks these rows among all that were given.
    """

    names: tuple[str, ...]
    scores: FloatArray
    complete: BoolArray
    varying: BoolArray
    counts: FloatArray
    weights: FloatArray
    kept: BoolArray


def relative_importance(
    X: ArrayLike,
    y: ArrayLike,
    weights: ArrayLike | None = None,
    counts: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    vif_limit: float = VIF_LIMIT,
) -> RelativeImportance:
    """Return the part of R² of the linear regression of y on X that falls to each driver (LMG, Shapley).

    `X` is (respondents, drivers), `y` one outcome per respondent; rows with a missing value are left out. `counts` says
    how many respondents a row stands for, `weights` how much each of them weighs (only proportions matter). Nothing is
    decomposed when a variance inflation exceeds `vif_limit` or a driver repeats the others. ValueError names text,
    infinite values, bad weights, other lengths and more than 15 drivers.
    Formula: mean over all orders of entry of what a driver adds to R²,
    Σ_S s! (p - s - 1)! / p! (R²(S + j) - R²(S)) over the sets S of s drivers without j; Lindeman, Merenda and Gold
    (1980, p. 119), Grömping, Journal of Statistical Software 17 (2006) 1, as lmg of R's relaimpo.

    >>> drivers = [[1, 1], [2, 1], [3, 2], [4, 5], [5, 3], [3, 4]]
    >>> result = relative_importance(drivers, [1, 2, 3, 5, 4, 3])
    >>> result.r_squared, result.lmg
    (0.923..., array([0.491..., 0.431...]))
    >>> relative_importance([[1, 2], [2, 4], [3, 6], [4, 8]], [1, 2, 3, 5], names=["staff", "speed"]).culprits
    ('staff', 'speed')
    """
    rows = driver_rows(X, y, counts, weights, names)
    return importance_of_rows(rows, vif_limit)


def driver_rows(
    X: ArrayLike, y: ArrayLike, counts: ArrayLike | None, weights: ArrayLike | None, names: Sequence[str] | None
) -> DriverRows:
    """Return checked rows with their scores; arguments and errors as in `relative_importance`.

    >>> driver_rows([[1.0], [3.0], [5.0]], [2.0, None, 4.0], None, None, None).scores
    array([[-1., -1.], [ 0.,  0.], [ 1.,  1.]])
    """
    drivers, outcome = answer_matrix(X, "X"), np.asarray(y)
    n_rows, p = drivers.shape
    if not 1 <= p <= MOST_DRIVERS:
        raise ValueError(f"X has {p} columns, but between 1 and {MOST_DRIVERS} drivers can be compared.")
    if outcome.shape != (n_rows,):
        raise ValueError(f"y has shape {outcome.shape}, but X has {n_rows} rows.")
    labels = tuple(f"x{i + 1}" for i in range(p)) if names is None else tuple(names)
    if len(labels) != p:
        raise ValueError(f"names has {len(labels)} values, but X has {p} columns.")
    repeats, mass = row_weights(counts, weights, n_rows)
    kept = repeats > 0
    values = np.column_stack((drivers, answer_matrix(outcome[:, None], "y")))[kept]
    repeats, mass = repeats[kept], mass[kept]
    complete = np.isnan(values).sum(axis=1) == 0
    scores, varying = _standardised(np.where(complete[:, None], values, 0.0), mass * complete, complete)
    return DriverRows(labels, scores, complete, varying, repeats, mass, kept)


def importance_of_rows(rows: DriverRows, vif_limit: float) -> RelativeImportance:
    """Return the decomposition, or why there is none, as `relative_importance` does.

    >>> rows = driver_rows([[1, 1], [2, 1], [3, 2], [4, 5], [5, 3], [3, 4]], [1, 2, 3, 5, 4, 3], None, None, None)
    >>> importance_of_rows(rows, vif_limit=10.0).lmg
    array([0.491..., 0.431...])
    """
    p, found = len(rows.names), _undefined_importance(rows)
    if found.reason:
        return found
    sums = score_sums(rows.scores, rows.weights * rows.complete).sum(axis=0, keepdims=True)
    correlation = score_correlations(sums, p + 1)
    vif, repeated = _inflation(correlation[0, :-1, :-1])
    found = replace(found, correlations=correlation[0, :-1, -1], vif=vif)
    if (culprits := repeated | (vif > vif_limit)).any():
        return replace(found, reason="collinear", culprits=_named(rows.names, culprits))
    of_subsets = subset_r_squared(correlation)
    lmg, r_squared = shapley_values(of_subsets)[0], float(of_subsets[0, -1])
    alone, all_but_one = 1 << np.arange(p), (1 << p) - 1 - (1 << np.arange(p))
    return replace(
        found,
        r_squared=r_squared,
        lmg=lmg,
        shares=lmg / r_squared if r_squared > SINGULAR else found.shares,
        first=of_subsets[0, alone],
        last=r_squared - of_subsets[0, all_but_one],
        warnings=("few_answers_per_driver",) if found.n < RESPONDENTS_PER_DRIVER * p else (),
    )


def _undefined_importance(rows: DriverRows) -> RelativeImportance:
    """Return what is known before the decomposition, with the reason where the rows allow none."""
    p, n, culprits = len(rows.names), int(rows.counts[rows.complete].sum()), ~rows.varying[:-1]
    unknown = np.full(p, np.nan)
    found = RelativeImportance(
        names=rows.names,
        n=n,
        n_left_out=int(rows.counts.sum()) - n,
        lmg=unknown,
        shares=unknown,
        first=unknown,
        last=unknown,
        correlations=unknown,
        vif=unknown,
    )
    if n < p + 2:
        return replace(found, reason="few_answers")
    if not rows.varying[-1]:
        return replace(found, reason="constant_outcome")
    if culprits.any():
        return replace(found, reason="constant_drivers", culprits=_named(rows.names, culprits))
    return found


def _standardised(values: FloatArray, mass: FloatArray, complete: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Return scores with mean 0 and variance 1 over complete rows, and which columns vary.

    Products of sums keep their digits only when the numbers are centred and of one size.
    """
    if not complete.any():
        return np.zeros_like(values), np.zeros(values.shape[1], dtype=bool)
    varying = np.ptp(values[complete], axis=0) > 0
    centred = np.where(complete[:, None], values - mass @ values / mass.sum(), 0.0)
    deviations = np.sqrt(mass @ centred**2 / mass.sum())
    return np.where(varying, centred / np.where(varying, deviations, 1.0), 0.0), varying


def _inflation(correlation: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return the variance inflation of each driver, nan where some repeat others, and which those are."""
    values, vectors = np.linalg.eigh(correlation)
    repeats = values < SINGULAR
    if repeats.any():
        return np.full(len(values), np.nan), np.asarray(np.abs(vectors[:, repeats]).max(axis=1) > 1e-4)
    return np.asarray((vectors**2 / values).sum(axis=1)), np.zeros(len(values), dtype=bool)


def _named(names: tuple[str, ...], which: BoolArray) -> tuple[str, ...]:
    """Return the names of the drivers concerned."""
    return tuple(name for name, concerned in zip(names, which, strict=True) if concerned)
