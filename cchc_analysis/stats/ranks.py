"""Rank tests of two samples with the Hodges-Lehmann shift and its interval, as R's wilcox.test computes them."""

import bisect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import FloatArray, finite_values, normal_quantile, tail_probability

Alternative = Literal["two-sided", "greater", "less"]
Standardise = Callable[[float, float | None], float]

EXACT_BELOW = 50
"""Sample size from which R uses the normal approximation."""


@dataclass(frozen=True)
class RankTest:
    """A rank test; `estimate` is the Hodges-Lehmann shift, `lower` and `upper` its two-sided interval.

    `exact` says whether the p-value and interval are exact or from the normal approximation. The p-value is None
    when all observations are tied, the interval None when the samples are too small for the level.
    """

    statistic: float
    p_value: float | None
    estimate: float | None
    lower: float | None
    upper: float | None
    exact: bool


def mann_whitney(x: ArrayLike, y: ArrayLike, alternative: Alternative = "two-sided", level: float = 0.95) -> RankTest:
    """Return the Mann-Whitney (Wilcoxon rank-sum) test that x is not shifted against y.

    Two samples of numbers; the statistic is R's W, the number of pairs with x > y plus half the ties; the
    shift is the median of all differences x - y. Exact when both samples are smaller than 50 and nothing is tied, else
    the normal approximation with corrections for ties and continuity. Hollander and Wolfe (1973), 4. Every pair
    is compared, so this is for samples of units, not of dossiers. ValueError for an empty sample, a value that is
    not a finite number or an unknown alternative.

    >>> mann_whitney([1.1, 2.2, 3.3, 4.4], [0.5, 0.6, 0.7, 2.0])
    RankTest(statistic=15.0, p_value=0.0571..., estimate=1.65..., lower=-0.89..., upper=3.90..., exact=True)
    """
    first, second = _sample(x, "x"), _sample(y, "y")
    differences = np.sort((first[:, None] - second[None, :]).ravel())
    ranks, sizes = _midranks(np.concatenate((first, second)))
    statistic = float(ranks[: len(first)].sum() - len(first) * (len(first) + 1) / 2)
    if max(len(first), len(second)) < EXACT_BELOW and sizes.max() == 1:
        return _exact_test(statistic, _rank_sum_cdf(len(first), len(second)), differences, alternative, level)

    def standardise(shift: float, side: float | None) -> float:
        ranks, sizes = _midranks(np.concatenate((first - shift, second)))
        m, n = len(first), len(second)
        excess = float(ranks[:m].sum()) - m * (m + 1) / 2 - m * n / 2
        ties = float((sizes**3 - sizes).sum()) / ((m + n) * (m + n - 1))
        return _corrected(excess, side) / float(np.sqrt(max(m * n / 12 * (m + n + 1 - ties), 0)) or np.nan)

    return _normal_test(statistic, standardise, differences, alternative, level)


def wilcoxon_signed_rank(
    x: ArrayLike, y: ArrayLike, alternative: Alternative = "two-sided", level: float = 0.95
) -> RankTest:
    """Return the Wilcoxon signed-rank test that paired differences x - y are symmetric about zero.

    Two equally long samples; the statistic is R's V, the sum of ranks of positive differences; the shift is the
    median of the pairwise means of differences. Pairs without a difference are left out. Exact below 50 pairs
    when no difference is zero or tied, else the normal approximation with corrections for ties and continuity.
    Hollander and Wolfe (1973), 3. ValueError for unequal lengths, no pair that differs, and as in `mann_whitney`.

    >>> wilcoxon_signed_rank([5, 7, 9, 12, 16, 21], [4, 5, 6, 8, 11, 15])
    RankTest(statistic=21.0, p_value=0.03125, estimate=3.5, lower=1.0, upper=6.0, exact=True)
    """
    first, second = _sample(x, "x"), _sample(y, "y")
    if len(first) != len(second):
        raise ValueError(f"x has {len(first)} values and y {len(second)}, but pairs need as many of each.")
    pairs = first - second
    differences = pairs[pairs != 0]
    if not len(differences):
        raise ValueError("x and y are equal in every pair, so there is no difference to rank.")
    ranks, sizes = _midranks(np.abs(differences))
    statistic = float(ranks[differences > 0].sum())
    rows, columns = np.triu_indices(len(differences))
    means = np.sort((differences[rows] + differences[columns]) / 2)
    if len(differences) == len(pairs) < EXACT_BELOW and sizes.max() == 1:
        return _exact_test(statistic, _signed_rank_cdf(len(differences)), means, alternative, level)

    def standardise(shift: float, side: float | None) -> float:
        moved = differences - shift
        ranks, sizes = _midranks(np.abs(moved[moved != 0]))
        n = len(ranks)
        excess = float(ranks[moved[moved != 0] > 0].sum()) - n * (n + 1) / 4
        variance = n * (n + 1) * (2 * n + 1) / 24 - float((sizes**3 - sizes).sum()) / 48
        return _corrected(excess, side) / float(np.sqrt(max(variance, 0)) or np.nan)

    return _normal_test(statistic, standardise, means, alternative, level)


def _exact_test(
    statistic: float, cdf: FloatArray, differences: FloatArray, alternative: Alternative, level: float
) -> RankTest:
    """Return the test from the exact distribution of the statistic, which is symmetric and has no ties."""
    tail = tail_probability(level)
    at_most = float(cdf[int(statistic)])
    at_least = float(cdf[len(cdf) - 1 - int(statistic)])
    p_value = _one_of(alternative, min(1.0, 2 * min(at_most, at_least)), at_least, at_most)
    estimate = float(np.median(differences))
    depth = int(np.searchsorted(cdf, tail, side="left"))
    if depth == 0:
        return RankTest(statistic, p_value, estimate, None, None, exact=True)
    lower, upper = float(differences[depth - 1]), float(differences[len(differences) - depth])
    return RankTest(statistic, p_value, estimate, lower, upper, exact=True)


def _normal_test(
    statistic: float, standardise: Standardise, differences: FloatArray, alternative: Alternative, level: float
) -> RankTest:
    """Return the test from the normal approximation, its interval by inverting the test."""
    side = _one_of(alternative, 0.0, 1.0, -1.0)
    z = standardise(0.0, side)
    if np.isnan(z):
        return RankTest(statistic, None, None, None, None, exact=False)
    p_value = _one_of(alternative, 2 * special.ndtr(-abs(z)), special.ndtr(-z), special.ndtr(z))
    steps, quantile = np.unique(differences), normal_quantile(level)
    estimate = _root(steps, lambda shift: standardise(shift, None), 0.0)
    lower = _root(steps, lambda shift: standardise(shift, 0.0), quantile)
    upper = _root(steps, lambda shift: standardise(shift, 0.0), -quantile)
    return RankTest(statistic, float(p_value), estimate, lower, upper, exact=False)


def _root(steps: FloatArray, curve: Callable[[float], float], height: float) -> float:
    """Return where a function that falls only at the steps comes down to a height, midway along a flat."""
    between = np.concatenate(([steps[0] - 1], (steps[1:] + steps[:-1]) / 2, [steps[-1] + 1]))
    intervals = range(len(between))
    above = bisect.bisect_left(intervals, -height, key=lambda i: -curve(float(between[i])))
    not_below = bisect.bisect_right(intervals, -height, key=lambda i: -curve(float(between[i])))
    ends = np.clip([above - 1, not_below - 1], 0, len(steps) - 1)
    return float(steps[ends].mean())


def _corrected(excess: float, side: float | None) -> float:
    """Return the excess of a statistic less half a unit: towards zero (0), down (1), up (-1) or not at all (None)."""
    if side is None:
        return excess
    return excess - 0.5 * (side or float(np.sign(excess)))


def _one_of(alternative: Alternative, two_sided: float, greater: float, less: float) -> float:
    """Return the value that belongs to the alternative."""
    choices = {"two-sided": two_sided, "greater": greater, "less": less}
    if alternative not in choices:
        raise ValueError(f"alternative is {alternative!r}, but it must be 'two-sided', 'greater' or 'less'.")
    return float(choices[alternative])


def _sample(values: ArrayLike, name: str) -> FloatArray:
    """Return a checked sample."""
    sample = finite_values(values, name)
    if sample.ndim != 1 or not len(sample):
        raise ValueError(f"{name} must be a list of at least one number.")
    return sample


def _midranks(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ranks from 1, ties sharing their mean rank, and the size of each group of ties."""
    _, place, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - (sizes - 1) / 2)[place], sizes.astype(np.float64)


def _rank_sum_cdf(m: int, n: int) -> FloatArray:
    """Return P(W <= k) for k = 0 … m n, from the coefficients of the Gaussian binomial of m + n over m."""
    ways = np.zeros(m * n + 1, dtype=object)
    ways[0] = 1
    for i in range(1, m + 1):
        if n + i <= m * n:
            ways[n + i :] = ways[n + i :] - ways[: -(n + i)]
        for start in range(min(i, len(ways))):
            ways[start::i] = np.add.accumulate(ways[start::i])
    return _cumulated(ways)


def _signed_rank_cdf(n: int) -> FloatArray:
    """Return P(V <= k) for k = 0 … n (n + 1) / 2: each rank is positive or not with equal chance."""
    ways = np.zeros(n * (n + 1) // 2 + 1, dtype=object)
    ways[0] = 1
    for i in range(1, n + 1):
        ways[i:] = ways[i:] + ways[:-i]
    return _cumulated(ways)


def _cumulated(ways: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> FloatArray:
    """Return cumulative probabilities of numbers of ways that floats could not add exactly."""
    totals = np.add.accumulate(ways)
    return np.array([int(total) / int(totals[-1]) for total in totals])
