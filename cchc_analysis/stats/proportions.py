"""Intervals of a share and of the difference between two shares, from counts."""

import functools
from collections.abc import Callable
from typing import Any, Protocol, overload

import numpy as np
from scipy import special

from cchc_analysis.stats.counts import Counts, FloatArray, normal_quantile, parts_of_wholes, tail_probability
from cchc_analysis.stats.proportion_tests import (
    ChiSquareTest,
    McNemar,
    SignTest,
    TrendTest,
    chi_square_equal_shares,
    cochran_armitage_trend,
    mcnemar,
    sign_test,
)

__all__ = [
    "ChiSquareTest",
    "McNemar",
    "SignTest",
    "TrendTest",
    "agresti_caffo_difference",
    "chi_square_equal_shares",
    "clopper_pearson_interval",
    "cochran_armitage_trend",
    "mcnemar",
    "mid_p_interval",
    "newcombe_difference",
    "sign_test",
    "wald_difference",
    "wilson_cc_interval",
    "wilson_interval",
]

Number = int | np.integer[Any]
Bounds = tuple[FloatArray, FloatArray]

BISECTIONS = 60
"""Halvings of [0, 1] after which the ends of the mid-p interval no longer change as floats."""


class ShareInterval(Protocol):
    """A function of counts: numbers in give floats, arrays in give arrays."""

    @overload
    def __call__(self, n_success: Number, n: Number, level: float = 0.95) -> tuple[float, float]: ...

    @overload
    def __call__(self, n_success: Counts, n: Counts | Number, level: float = 0.95) -> Bounds: ...


class DifferenceInterval(Protocol):
    """A function of two pairs of counts: numbers in give floats, arrays in give arrays."""

    @overload
    def __call__(
        self, n_success_1: Number, n_1: Number, n_success_2: Number, n_2: Number, level: float = 0.95
    ) -> tuple[float, float]: ...

    @overload
    def __call__(
        self, n_success_1: Counts, n_1: Counts, n_success_2: Counts, n_2: Counts, level: float = 0.95
    ) -> Bounds: ...


def _share_interval(formula: Callable[[FloatArray, FloatArray, float], Bounds]) -> ShareInterval:
    """Check the counts, leave nothing over nothing undefined and make the edges exact."""

    @functools.wraps(formula)
    def interval(n_success: Any, n: Any, level: float = 0.95) -> Any:
        tail_probability(level)
        successes, totals = parts_of_wholes(n_success, n, "n_success", "n")
        known = totals > 0
        trials = np.where(known, totals, 1.0)
        lower, upper = formula(successes, trials, level)
        share = successes / trials
        # Rounding must not put the observed share outside its own interval, nor 0 of n above zero.
        lower = np.where(successes == 0, 0.0, np.clip(lower, 0.0, share))
        upper = np.where(successes == trials, 1.0, np.clip(upper, share, 1.0))
        return _as_given(np.where(known, lower, np.nan), np.where(known, upper, np.nan))

    return interval


def _difference_interval(
    formula: Callable[[FloatArray, FloatArray, FloatArray, FloatArray, float], Bounds],
) -> DifferenceInterval:
    """Check the counts and leave the difference undefined where a denominator is zero."""

    @functools.wraps(formula)
    def interval(n_success_1: Any, n_1: Any, n_success_2: Any, n_2: Any, level: float = 0.95) -> Any:
        tail_probability(level)
        x1, totals_1 = parts_of_wholes(n_success_1, n_1, "n_success_1", "n_1")
        x2, totals_2 = parts_of_wholes(n_success_2, n_2, "n_success_2", "n_2")
        known = (totals_1 > 0) & (totals_2 > 0)
        lower, upper = formula(x1, np.maximum(totals_1, 1.0), x2, np.maximum(totals_2, 1.0), level)
        return _as_given(np.where(known, lower, np.nan), np.where(known, upper, np.nan))

    return interval


def _as_given(lower: FloatArray, upper: FloatArray) -> tuple[Any, Any]:
    """Return floats for numbers and arrays for arrays."""
    return (lower, upper) if lower.ndim else (float(lower), float(upper))


@_share_interval
def wilson_interval(n_success: FloatArray, n: FloatArray, level: float = 0.95) -> Bounds:
    """Return the Wilson score interval of a share.

    `n_success` of `n` are whole counts, single numbers or arrays of one shape; the ends are shares in [0, 1] of
    that shape, nan where n is 0. The lower end of 0 of n is exactly 0, the upper end of n of n exactly 1.
    ValueError names a count that is negative, not whole, or larger than its denominator.
    Formula: (x + z²/2 ± z sqrt(x (n - x) / n + z²/4)) / (n + z²), Wilson (1927), method 3 of Newcombe (1998).

    >>> wilson_interval(8, 10)
    (0.49..., 0.94...)
    >>> wilson_interval([0, 12], [12, 12])
    (array([0. , 0.75750...]), array([0.24249..., 1. ]))
    """
    z = normal_quantile(level)
    centre = n_success + z**2 / 2
    half = z * np.sqrt(n_success * (n - n_success) / n + z**2 / 4)
    return (centre - half) / (n + z**2), (centre + half) / (n + z**2)


@_share_interval
def wilson_cc_interval(n_success: FloatArray, n: FloatArray, level: float = 0.95) -> Bounds:
    """Return the Wilson score interval of a share with continuity correction.

    Arguments, result and errors as in `wilson_interval`. Method 4 of Newcombe, Statistics in Medicine 17 (1998) 857.

    >>> wilson_cc_interval(81, 263)
    (0.2535..., 0.3681...)
    """
    z = normal_quantile(level)
    p, q = n_success / n, 1 - n_success / n
    # The roots turn negative only where an end is fixed at 0 or 1 anyway.
    root_lower = np.sqrt(np.maximum(z**2 - 2 - 1 / n + 4 * p * (n * q + 1), 0))
    root_upper = np.sqrt(np.maximum(z**2 + 2 - 1 / n + 4 * p * (n * q - 1), 0))
    middle, width = 2 * n_success + z**2, 2 * (n + z**2)
    return (middle - 1 - z * root_lower) / width, (middle + 1 + z * root_upper) / width


@_share_interval
def clopper_pearson_interval(n_success: FloatArray, n: FloatArray, level: float = 0.95) -> Bounds:
    """Return the exact (Clopper-Pearson) interval of a share, which covers at least `level`.

    Arguments, result and errors as in `wilson_interval`. The ends are quantiles of Beta(x, n - x + 1) and
    Beta(x + 1, n - x), Clopper and Pearson (1934).

    >>> clopper_pearson_interval(15, 148)
    (0.0578..., 0.1616...)
    """
    return beta_ends(n_success, n - n_success, tail_probability(level))


def beta_ends(n_success: FloatArray, n_failure: FloatArray, tail: FloatArray | float) -> Bounds:
    """Return the ends of the Clopper-Pearson interval, for numbers of successes and failures that need not be whole.

    Two arrays of one shape, numbers of at least 0; the lower end of no success and the upper end of no failure mean
    nothing and are set by the caller.

    >>> [end.round(4) for end in beta_ends(np.array([15.0]), np.array([133.0]), 0.025)]
    [array([0.0578]), array([0.1617])]
    """
    lower = special.betaincinv(np.where(n_success > 0, n_success, 1.0), n_failure + 1, tail)
    upper = special.betaincinv(n_success + 1, np.where(n_failure > 0, n_failure, 1.0), 1 - tail)
    return np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)


@_share_interval
def mid_p_interval(n_success: FloatArray, n: FloatArray, level: float = 0.95) -> Bounds:
    """Return the mid-p interval of a share: the exact interval with half the weight on the observed count.

    Arguments, result and errors as in `wilson_interval`. The ends solve P(X > x) + P(X = x) / 2 = tail and
    P(X < x) + P(X = x) / 2 = tail; method 6 of Newcombe (1998).

    >>> mid_p_interval(81, 263)
    (0.2544..., 0.3657...)
    """
    tail = tail_probability(level)
    return _solve_mid_p(n_success, n, 1 - tail), _solve_mid_p(n_success, n, tail)


def _solve_mid_p(n_success: FloatArray, n: FloatArray, probability: float) -> FloatArray:
    """Return the share at which P(X < x) + P(X = x) / 2 equals the probability, by halving [0, 1]."""
    low, high = np.zeros_like(n_success), np.ones_like(n_success)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        at_most = special.betaincc(n_success + 1, np.maximum(n - n_success, 1), middle)
        fewer = special.betaincc(np.maximum(n_success, 1), n - n_success + 1, middle)
        at_most = np.where(n_success == n, 1.0, at_most)
        fewer = np.where(n_success == 0, 0.0, fewer)
        too_low = (at_most + fewer) / 2 > probability
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.asarray((low + high) / 2)


@_difference_interval
def newcombe_difference(
    n_success_1: FloatArray, n_1: FloatArray, n_success_2: FloatArray, n_2: FloatArray, level: float = 0.95
) -> Bounds:
    """Return the interval of the difference of two independent shares, first minus second, from Wilson intervals.

    Whole counts, single numbers or arrays of one shape; the ends are differences of shares in [-1, 1], nan where
    a denominator is 0. ValueError as in `wilson_interval`.
    Method 10 of Newcombe, Statistics in Medicine 17 (1998) 873: the distances of each share from the ends of its
    own interval, added as squares.

    >>> newcombe_difference(56, 70, 48, 80)
    (0.0524..., 0.3338...)
    """
    lower_1, upper_1 = wilson_interval(n_success_1, n_1, level)
    lower_2, upper_2 = wilson_interval(n_success_2, n_2, level)
    p1, p2 = n_success_1 / n_1, n_success_2 / n_2
    return (
        p1 - p2 - np.hypot(p1 - lower_1, upper_2 - p2),
        p1 - p2 + np.hypot(upper_1 - p1, p2 - lower_2),
    )


@_difference_interval
def wald_difference(
    n_success_1: FloatArray, n_1: FloatArray, n_success_2: FloatArray, n_2: FloatArray, level: float = 0.95
) -> Bounds:
    """Return the textbook interval of the difference of two independent shares, first minus second.

    Arguments and errors as in `newcombe_difference`. p1 - p2 ± z sqrt(p1 q1 / n1 + p2 q2 / n2), method 1 of
    Newcombe (1998): too narrow for small counts, may leave [-1, 1] and has no width at 0 of n; for comparison only.

    >>> wald_difference(56, 70, 48, 80)
    (0.0575..., 0.3424...)
    """
    p1, p2 = n_success_1 / n_1, n_success_2 / n_2
    half = normal_quantile(level) * np.sqrt(p1 * (1 - p1) / n_1 + p2 * (1 - p2) / n_2)
    return p1 - p2 - half, p1 - p2 + half


@_difference_interval
def agresti_caffo_difference(
    n_success_1: FloatArray, n_1: FloatArray, n_success_2: FloatArray, n_2: FloatArray, level: float = 0.95
) -> Bounds:
    """Return the Agresti-Caffo interval of the difference of two independent shares, first minus second.

    Arguments and errors as in `newcombe_difference`. The textbook interval after adding one success and one
    failure to each sample, Agresti and Caffo, The American Statistician 54 (2000) 280.

    >>> agresti_caffo_difference(56, 70, 48, 80)
    (0.0524..., 0.3357...)
    """
    p1, p2 = (n_success_1 + 1) / (n_1 + 2), (n_success_2 + 1) / (n_2 + 2)
    half = normal_quantile(level) * np.sqrt(p1 * (1 - p1) / (n_1 + 2) + p2 * (1 - p2) / (n_2 + 2))
    return p1 - p2 - half, p1 - p2 + half
