"""Differences of two design-based shares with intervals and p-values that agree, also beside 0 and 1."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from cchc_analysis.stats.counts import FloatArray, tail_probability
from cchc_analysis.stats.proportions import Bounds, beta_ends
from cchc_analysis.stats.survey_intervals import ROUNDING

SMALLEST_TAIL = 1e-300
"""Tail probability below which a p-value is no longer followed."""

HALVINGS = 50
"""Halvings of the logarithm of the tail after which a p-value no longer changes by a millionth."""


@dataclass(frozen=True, eq=False)
class ShareEstimates:
    """k shares with standard error, degrees of freedom and respondents (for the edges); nan where unknown.

    Degrees of freedom 0 or less leave a share undefined unless it lies at an edge.
    """

    shares: FloatArray
    standard_errors: FloatArray
    df: FloatArray
    n: FloatArray


def share_difference_interval(
    first: ShareEstimates, second: ShareEstimates, correlation: FloatArray | float = 0.0, level: float = 0.95
) -> Bounds:
    """Return the interval of first minus second of k pairs of shares, nan where either is undefined.

    `correlation` of the two estimates (0: independent samples). Formula: Zou and Donner, Statistics in Medicine 27
    (2008) 1693 (method of variance estimates recovery; of counts and Wilson intervals Newcombe's method 10, 1998):
    with (l, u) the interval of each share, D − √((p₁ − l₁)² − 2ρ(p₁ − l₁)(u₂ − p₂) + (u₂ − p₂)²) and the other end
    alike. The intervals of the shares are logit intervals with Student's t, at 0, at 1 and without variance
    Clopper-Pearson on n. ValueError for a level outside (0, 1).

    >>> first = ShareEstimates(np.array([0.9]), np.array([0.03]), np.array([99.0]), np.array([100.0]))
    >>> second = ShareEstimates(np.array([0.8]), np.array([0.04]), np.array([99.0]), np.array([100.0]))
    >>> [end.round(4) for end in share_difference_interval(first, second)]
    [array([-0.0028]), array([0.2019])]
    """
    return _bounds(first, second, np.asarray(correlation, dtype=np.float64), np.asarray(tail_probability(level)))


def share_difference_p(
    first: ShareEstimates, second: ShareEstimates, correlation: FloatArray | float = 0.0
) -> FloatArray:
    """Return the two-sided p-value of each difference: 1 less the highest level whose interval leaves out 0.

    Arguments as in `share_difference_interval`; nan where the interval is undefined.

    >>> full = ShareEstimates(np.array([1.0]), np.array([0.0]), np.array([11.0]), np.array([12.0]))
    >>> rest = ShareEstimates(np.array([0.9]), np.array([0.01]), np.array([800.0]), np.array([801.0]))
    >>> share_difference_p(full, rest).round(2)
    array([0.57])
    """
    rho = np.asarray(correlation, dtype=np.float64)
    shape = np.broadcast_shapes(np.shape(first.shares), np.shape(second.shares), rho.shape)
    low, high = np.full(shape, np.log(SMALLEST_TAIL)), np.full(shape, np.log(0.5))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        lower, upper = _bounds(first, second, rho, np.exp(middle))
        outside = (lower > 0) | (upper < 0)
        low, high = np.where(outside, low, middle), np.where(outside, middle, high)
    return np.asarray(np.where(np.isnan(lower), np.nan, np.minimum(2 * np.exp(high), 1.0)))


def correlation_of(first: FloatArray, second: FloatArray, difference: FloatArray) -> FloatArray:
    """Return the correlation of two estimates from their standard errors and that of their difference.

    0 where either does not vary.

    >>> correlation_of(np.array([3.0, 0.0]), np.array([4.0, 1.0]), np.array([5.0, 1.0]))
    array([0., 0.])
    """
    scale = 2 * first * second
    known = scale > 0
    found = (first**2 + second**2 - difference**2) / np.where(known, scale, 1.0)
    return np.where(known, np.clip(found, -1.0, 1.0), 0.0)


def _bounds(first: ShareEstimates, second: ShareEstimates, rho: FloatArray, tail: FloatArray) -> Bounds:
    """Return the ends of the interval that leaves `tail` out at each side."""
    below_1, above_1 = _distances(first, tail)
    below_2, above_2 = _distances(second, tail)
    difference = first.shares - second.shares
    down = below_1**2 - 2 * rho * below_1 * above_2 + above_2**2
    up = above_1**2 - 2 * rho * above_1 * below_2 + below_2**2
    lower, upper = (np.sqrt(np.maximum(one, 0.0)) for one in (down, up))
    return np.maximum(difference - lower, -1.0), np.minimum(difference + upper, 1.0)


def _distances(given: ShareEstimates, tail: FloatArray) -> Bounds:
    """Return how far the ends of the interval of each share lie below and above it."""
    share, error = given.shares, given.standard_errors
    edge = (np.minimum(share, 1 - share) < ROUNDING) | (error < ROUNDING)
    middle = np.where(edge, 0.5, share)
    # Undefined numbers stay undefined.
    with np.errstate(all="ignore"):
        t = -special.stdtrit(np.where(given.df > 0, given.df, np.nan), tail)
        half = t * error / (middle * (1 - middle))
        lower, upper = special.expit(special.logit(middle) - half), special.expit(special.logit(middle) + half)
    if edge.any():
        with np.errstate(all="ignore"):
            exact = beta_ends(given.n * share, given.n * (1 - share), tail)
        lower = np.where(edge, np.where(share < ROUNDING, 0.0, exact[0]), lower)
        upper = np.where(edge, np.where(share > 1 - ROUNDING, 1.0, exact[1]), upper)
    unknown = np.isnan(share) | np.isnan(error) | (edge & np.isnan(given.n))
    lower, upper = np.where(unknown, np.nan, lower), np.where(unknown, np.nan, upper)
    return np.maximum(share - lower, 0.0), np.maximum(upper - share, 0.0)
