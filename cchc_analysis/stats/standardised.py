"""Indirect standardisation: what happened against what the shares of each stratum let expect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import FloatArray, finite_values, whole_counts
from cchc_analysis.stats.proportions import mid_p_interval

EXACT_UP_TO = 5000
"""Up to this many observations the distribution of the count is computed term by term."""


@dataclass(frozen=True)
class ObservedExpected:
    """A count beside the one that its strata let expect; undefined figures are None.

    `ratio` is observed / expected with its interval; `p_value` the two-sided mid-p value; `p_of_none` the probability
    of a count of 0; `exact` whether the distribution was computed and not approximated.
    """

    observed: int
    n: int
    expected: float
    variance: float
    ratio: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    p_of_none: float
    exact: bool


def poisson_binomial_pmf(n: ArrayLike, shares: ArrayLike) -> FloatArray:
    """Return the probability of every count 0 … Σ n when stratum k gives n[k] trials of share shares[k].

    ValueError for counts that are not whole, shares outside [0, 1], unequal lengths.

    >>> poisson_binomial_pmf([1, 1], [0.5, 0.2])
    array([0.4, 0.5, 0.1])
    """
    sizes, chances = _strata(n, shares)
    pmf = np.ones(1)
    for size, share in zip(sizes.tolist(), chances.tolist(), strict=True):
        pmf = np.convolve(pmf, _binomial_pmf(size, share))
    return pmf


def observed_expected(
    observed: int, n: ArrayLike, shares: ArrayLike, level: float = 0.95, exact_up_to: int = EXACT_UP_TO
) -> ObservedExpected:
    """Return a count against the one expected from the size and share of its strata.

    `n`, `shares`: one whole size and one share in [0, 1] per stratum. expected = Σ n p, variance = Σ n p (1 - p); the
    p-value is that of a Poisson-binomial count, beyond `exact_up_to` observations of its normal approximation with
    the skewness term (Volkova 1996). The interval of the ratio is the mid-p interval of observed / Σ n times
    Σ n / expected: the strata's shares are taken as known. Ratio, interval and p-value are None where nothing varies.
    ValueError for a count above Σ n and as in `poisson_binomial_pmf`.

    >>> found = observed_expected(6, [40, 10], [0.05, 0.2])
    >>> found.expected, found.ratio, round(found.p_value, 4)
    (4.0, 1.5, 0.2999)
    """
    sizes, chances = _strata(n, shares)
    total, count = int(sizes.sum()), int(whole_counts(observed, "observed"))
    if count > total:
        raise ValueError(f"observed is {count}, but it cannot exceed the sum of n, which is {total}.")
    expected = float((sizes * chances).sum())
    variance = float((sizes * chances * (1 - chances)).sum())
    p_of_none = float(np.exp(special.xlog1py(sizes, -chances).sum()))
    exact = total <= exact_up_to
    if expected == 0 or variance == 0:
        return ObservedExpected(count, total, expected, variance, None, None, None, None, p_of_none, exact)
    below = _mid_cdf(count, sizes, chances) if exact else _normal_cdf(count, sizes, chances)
    low, high = (float(end) * total / expected for end in mid_p_interval(count, total, level))
    p_value = float(np.clip(2 * min(below, 1 - below), 0.0, 1.0))
    return ObservedExpected(count, total, expected, variance, count / expected, low, high, p_value, p_of_none, exact)


def _mid_cdf(count: int, sizes: FloatArray, chances: FloatArray) -> float:
    pmf = poisson_binomial_pmf(sizes, chances)
    return float(pmf[:count].sum() + pmf[count] / 2)


def _normal_cdf(count: int, sizes: FloatArray, chances: FloatArray) -> float:
    """Return P(X < count) + P(X = count) / 2 approximately; the half weight is what no continuity correction means."""
    spread = sizes * chances * (1 - chances)
    deviation = float(np.sqrt(spread.sum()))
    skewness = float((spread * (1 - 2 * chances)).sum()) / deviation**3
    z = (count - float((sizes * chances).sum())) / deviation
    density = float(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))
    return float(np.clip(special.ndtr(z) + skewness * (1 - z * z) * density / 6, 0.0, 1.0))


def _binomial_pmf(n: float, share: float) -> FloatArray:
    counts = np.arange(int(n) + 1)
    ways = special.gammaln(n + 1) - special.gammaln(counts + 1) - special.gammaln(n - counts + 1)
    logs = ways + special.xlogy(counts, share) + special.xlog1py(n - counts, -share)
    return np.asarray(np.exp(logs), dtype=np.float64)


def _strata(n: ArrayLike, shares: ArrayLike) -> tuple[FloatArray, FloatArray]:
    sizes = np.atleast_1d(whole_counts(n, "n")).astype(np.float64)
    chances = np.atleast_1d(finite_values(shares, "shares"))
    if sizes.shape != chances.shape or sizes.ndim != 1:
        raise ValueError(f"n has {sizes.size} values and shares {chances.size}, but every stratum needs one of each.")
    if np.any((chances < 0) | (chances > 1)):
        raise ValueError("shares must lie between 0 and 1.")
    return sizes, chances
