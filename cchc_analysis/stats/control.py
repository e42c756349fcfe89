"""Limits of control charts: what a stable process would rarely leave."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cchc_analysis.stats.counts import FloatArray, finite_values, parts_of_wholes

XMR_FACTOR = 2.66
"""3 / d2 with d2 = 1.128 for moving ranges of two, as every handbook rounds it."""

MOVING_RANGE_FACTOR = 3.268
"""D4 for moving ranges of two."""


@dataclass(frozen=True, eq=False)
class PChart:
    """Shares per sample with 3-sigma limits of their own n; undefined entries are nan and never outside."""

    centre: float | None
    shares: FloatArray
    lower: FloatArray
    upper: FloatArray
    outside: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class XmrChart:
    """Single values with natural process limits, and the upper limit of their moving ranges."""

    centre: float
    mean_moving_range: float
    lower: float
    upper: float
    moving_range_upper: float
    moving_ranges: FloatArray
    outside: NDArray[np.bool_]


def p_chart(n_success: ArrayLike, n: ArrayLike) -> PChart:
    """Return the p-chart of shares from samples of constant or varying size.

    One whole count and its denominator per sample, in order of time. Centre p = Σ x / Σ n, limits
    p ± 3 sqrt(p (1 - p) / n) within [0, 1]; a sample with n = 0 has neither share nor limits; without any n
    the centre is None. ValueError names a count that is negative, not whole or larger than its denominator.
    Montgomery, Introduction to Statistical Quality Control, 7.2.

    >>> chart = p_chart([1, 2, 9, 2], [20, 20, 20, 20])
    >>> chart.centre, chart.outside
    (0.175, array([False, False,  True, False]))
    """
    successes, totals = (np.atleast_1d(counts) for counts in parts_of_wholes(n_success, n, "n_success", "n"))
    trials = np.where(totals > 0, totals, np.nan)
    shares = successes / trials
    if not totals.sum():
        return PChart(None, shares, trials, trials.copy(), np.zeros(len(totals), dtype=bool))
    centre = float(successes.sum() / totals.sum())
    half = 3 * np.sqrt(centre * (1 - centre) / trials)
    lower, upper = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return PChart(centre, shares, lower, upper, (shares < lower) | (shares > upper))


def xmr_chart(values: ArrayLike) -> XmrChart:
    """Return the individuals and moving-range chart of a series.

    At least two finite values in order of time. With MR the mean absolute step, limits are mean ± 2.66 MR, and
    3.268 MR for the steps. ValueError for fewer values or values that are not finite. NIST e-Handbook, 6.3.2.2.

    >>> chart = xmr_chart([10, 12, 11, 13])
    >>> chart.centre, chart.upper
    (11.5, 15.93...)
    """
    series = finite_values(values, "values")
    if series.ndim != 1 or len(series) < 2:
        raise ValueError(
            "values must be a list of at least two numbers, because limits come from the steps between them."
        )
    steps = np.abs(np.diff(series))
    centre, mean_step = float(series.mean()), float(steps.mean())
    lower, upper = centre - XMR_FACTOR * mean_step, centre + XMR_FACTOR * mean_step
    return XmrChart(
        centre=centre,
        mean_moving_range=mean_step,
        lower=lower,
        upper=upper,
        moving_range_upper=MOVING_RANGE_FACTOR * mean_step,
        moving_ranges=steps,
        outside=(series < lower) | (series > upper),
    )
