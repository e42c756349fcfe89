"""Funnel plots: how far shares of groups of different size may lie from a target by chance, and how far they do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import FloatArray, IntArray, parts_of_wholes, tail_probability, whole_counts
from cchc_analysis.stats.proportion_tests import chi_square_p

WINSORISED_SHARE = 0.1
"""Part of the groups at each end whose distance is drawn in before the spread is measured (Spiegelhalter 2005)."""

LARGEST_N = 10**6
"""Sizes beyond this are not tried by `smallest_telling_n`."""


def funnel_limits(n: ArrayLike, target: float, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Return the interpolated exact limits that shares of a target leave with the probability 1 - level.

    `n`: whole sizes, array; result: lower and upper share of each, nan for n = 0, the target itself where it is 0 or
    1. With r the smallest count with P(X ≤ r) ≥ tail, lower = (r - (P(X ≤ r) - tail) / P(X = r)) / n; upper is the
    mirror image, 1 - lower of the failures, so that a share is outside exactly where its tail is rarer than
    (1 - level) / 2. ValueError for a target outside [0, 1]. Spiegelhalter (2005), Statistics in Medicine 24:1185, A.1.

    >>> lower, upper = funnel_limits([20, 200], 0.9)
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.722, 0.854], [1.0, 0.942])
    """
    sizes = np.atleast_1d(whole_counts(n, "n"))
    share = _share(target)
    tail = tail_probability(level)
    if share in (0.0, 1.0):
        same = np.where(sizes > 0, share, np.nan)
        return same, same.copy()
    return _lower_limit(sizes, share, tail), 1 - _lower_limit(sizes, 1 - share, tail)


def binomial_mid_p(n_success: ArrayLike, n: ArrayLike, target: float) -> FloatArray:
    """Return the two-sided exact mid-p value of each count against a target share.

    Whole counts, one per group: twice the smaller of P(X < x) + P(X = x) / 2 and its counterpart above, at most 1; nan
    for n = 0. ValueError as in `wilson_interval` and for a target outside [0, 1]. Lancaster (1961), JASA 56:223.

    >>> binomial_mid_p([2, 10], [10, 10], 0.5)
    array([0.0654..., 0.0009...])
    """
    successes, totals = (np.atleast_1d(counts) for counts in parts_of_wholes(n_success, n, "n_success", "n"))
    share = _share(target)
    fewer, at_most = _cdf(successes - 1, totals, share), _cdf(successes, totals, share)
    below = (fewer + at_most) / 2
    p_values = np.minimum(2 * np.minimum(below, 1 - below), 1.0)
    return np.where(totals > 0, p_values, np.nan)


@dataclass(frozen=True)
class OverDispersion:
    """How much wider groups spread around a target than chance alone lets them; None where it cannot be measured.

    `phi`: mean squared distance in standard errors, winsorised (1 = chance alone); `tau_squared`: variance between
    groups (DerSimonian and Laird); `p_value`: of n_groups · phi under chance (χ²), which winsorising makes cautious.
    """

    n_groups: int
    target: float
    phi: float | None
    tau_squared: float | None
    p_value: float | None

    def multiplicative_limits(self, n: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Return the limits with standard errors √phi times as wide, never narrower than chance, within [0, 1]."""
        return self._limits(np.sqrt(max(self.phi or 1.0, 1.0)) * self._errors(n), level)

    def additive_limits(self, n: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Return the limits with the variance between groups added to that of chance, within [0, 1]."""
        return self._limits(np.sqrt(self._errors(n) ** 2 + (self.tau_squared or 0.0)), level)

    def _errors(self, n: ArrayLike) -> FloatArray:
        sizes = np.atleast_1d(whole_counts(n, "n")).astype(np.float64)
        errors = np.sqrt(self.target * (1 - self.target) / np.where(sizes > 0, sizes, np.nan))
        return np.asarray(errors, dtype=np.float64)

    def _limits(self, errors: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
        half = float(special.ndtri(1 - tail_probability(level))) * errors
        return np.maximum(self.target - half, 0.0), np.minimum(self.target + half, 1.0)


def over_dispersion(
    n_success: ArrayLike, n: ArrayLike, target: float, winsorised_share: float = WINSORISED_SHARE
) -> OverDispersion:
    """Return how much wider the shares of groups spread around a target than chance lets them.

    One whole count and size per group; groups with n = 0 are left out. z = (x / n - target) / s with
    s² = target (1 - target) / n, drawn in to its quantiles `winsorised_share` and 1 - `winsorised_share`;
    phi = Σ z² / k and τ² = max(0, (k phi - (k - 1)) / (Σ w - Σ w² / Σ w)) with w = 1 / s². None for fewer than two
    groups or a target of 0 or 1. Spiegelhalter (2005), Quality and Safety in Health Care 14:347.

    >>> found = over_dispersion([80, 95, 90, 99, 85], [100] * 5, 0.9, winsorised_share=0)
    >>> round(found.phi, 3), round(found.tau_squared, 5)
    (5.133, 0.00487)
    """
    successes, totals = (np.atleast_1d(counts) for counts in parts_of_wholes(n_success, n, "n_success", "n"))
    successes, totals = successes[totals > 0], totals[totals > 0]
    share, size = _share(target), len(totals)
    if size < 2 or share in (0.0, 1.0):
        return OverDispersion(size, share, None, None, None)
    weights = totals / (share * (1 - share))
    distance = (successes / totals - share) * np.sqrt(weights)
    ends = np.quantile(distance, [winsorised_share, 1 - winsorised_share])
    phi = float((np.clip(distance, *ends) ** 2).mean())
    spread = float(weights.sum() - (weights**2).sum() / weights.sum())
    tau_squared = max(0.0, (size * phi - (size - 1)) / spread)
    return OverDispersion(size, share, phi, tau_squared, chi_square_p(size * phi, size))


def smallest_telling_n(target: float, share: float = 1.0, level: float = 0.95) -> int | None:
    """Return the smallest size from which on a group of that share can be told from the target.

    With share 1 (or 0): from how many on even no failure (or no success) is rarer than chance allows. The count of a
    share that is not whole is rounded towards the target; told is a mid-p value of at most 1 - level. None where share
    and target are equal or a million would not do. ValueError for shares outside [0, 1].

    >>> smallest_telling_n(0.95), smallest_telling_n(0.5), smallest_telling_n(0.95, 0.9)
    (59, 5, 120)
    """
    wanted, other = _share(target), _share(share)
    if wanted == other:
        return None
    size = 64
    while size <= LARGEST_N:
        sizes = np.arange(1, 2 * size + 1)
        counts = np.ceil(other * sizes - 1e-9) if other < wanted else np.floor(other * sizes + 1e-9)
        told = binomial_mid_p(counts, sizes, wanted) <= 1 - level
        last_untold = int(np.flatnonzero(~told)[-1]) + 1 if not told.all() else 0
        # Half the range after it is told throughout: the saw teeth of whole counts lie behind.
        if last_untold < size:
            return last_untold + 1
        size *= 2
    return None


def _share(target: float) -> float:
    """Return a checked share."""
    if not 0 <= target <= 1:
        raise ValueError(f"target is {target:g}, but a share lies between 0 and 1.")
    return float(target)


def _cdf(k: FloatArray, n: FloatArray, share: float) -> FloatArray:
    """Return P(X ≤ k) of binomial counts, also below 0 and from n on."""
    inside = (k >= 0) & (k < n)
    counts, sizes = np.where(inside, k, 0.0), np.where(inside, n, 1.0)
    return np.where(inside, special.betaincc(counts + 1, sizes - counts, share), (k >= n).astype(np.float64))


def _lower_limit(n: IntArray, share: float, tail: float) -> FloatArray:
    sizes = n.astype(np.float64)
    low, high = np.full(n.shape, -1.0), sizes.copy()
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = _cdf(middle, sizes, share) >= tail
        # Where the two have met, nothing moves any more.
        open_ = high - low > 1
        low, high = np.where(open_ & ~enough, middle, low), np.where(open_ & enough, middle, high)
    reached, before = _cdf(high, sizes, share), _cdf(high - 1, sizes, share)
    step = (reached - tail) / np.where(reached > before, reached - before, 1.0)
    return np.where(n > 0, np.maximum(high - step, 0.0) / np.where(n > 0, n, 1), np.nan)
