"""Limits of control charts: what a stable process would rarely leave."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cchc_analysis.stats.counts import FloatArray, finite_values, parts_of_wholes
from cchc_analysis.stats.proportion_tests import chi_square_equal_shares

D2 = 1.128
"""Mean range of two standard normal values, as every handbook rounds it."""

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


@dataclass(frozen=True, eq=False)
class ShareChart:
    """Shares per sample with limits from a baseline; `sigma` is one standard deviation of each sample.

    `kind`: "p" with the limits of chance, "p_prime" with those of Laney; `sigma_z`: how many times the shares move
    from sample to sample as chance alone lets them; `dispersion_p`: p-value of the test that all shares of the
    baseline are equal. Undefined single figures are None, undefined entries nan.
    """

    kind: Literal["p", "p_prime"]
    centre: float | None
    shares: FloatArray
    sigma: FloatArray
    lower: FloatArray
    upper: FloatArray
    sigma_z: float | None
    dispersion_p: float | None


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


def share_chart(
    n_success: ArrayLike, n: ArrayLike, baseline: ArrayLike | None = None, level: float = 0.95
) -> ShareChart:
    """Return the p chart of a baseline, or Laney's p′ chart where its shares vary more than chance.

    One whole count and its denominator per sample, in order of time; `baseline` marks the samples that centre and
    limits come from (True; all without it). Centre p = Σ x / Σ n, σ = sqrt(p (1 - p) / n); with z = (x / n - p) / σ,
    σ_z = mean |z_i - z_(i-1)| / 1.128 over the baseline; limits p ± 3 σ σ_z. σ_z is used where it exceeds 1 and the χ²
    test of equal shares gives less than 1 - level. ValueError as in `p_chart`.
    Laney (2002), Quality Engineering 14:531.

    >>> chart = share_chart([50, 90, 55, 88], [1000] * 4)
    >>> chart.kind, round(chart.sigma_z, 2), chart.upper.round(3).tolist()
    ('p_prime', 3.94, [0.166, 0.166, 0.166, 0.166])
    """
    successes, totals = (np.atleast_1d(counts) for counts in parts_of_wholes(n_success, n, "n_success", "n"))
    based = _marked(baseline, len(totals)) & (totals > 0)
    trials = np.where(totals > 0, totals, np.nan)
    shares = successes / trials
    if not based.any():
        nothing = np.full(len(totals), np.nan)
        return ShareChart("p", None, shares, nothing, nothing, nothing, None, None)
    centre = float(successes[based].sum() / totals[based].sum())
    sigma = np.sqrt(centre * (1 - centre) / trials)
    sigma_z = _sigma_z((shares - centre)[based], sigma[based])
    dispersion = chi_square_equal_shares(successes[based], totals[based]).p_value
    wider = sigma_z is not None and sigma_z > 1 and dispersion is not None and dispersion < 1 - level
    if wider and sigma_z is not None:
        sigma = sigma * sigma_z
    lower, upper = np.maximum(centre - 3 * sigma, 0), np.minimum(centre + 3 * sigma, 1)
    kind: Literal["p", "p_prime"] = "p_prime" if wider else "p"
    return ShareChart(kind, centre, shares, sigma, lower, upper, sigma_z, dispersion)


def _sigma_z(gaps: FloatArray, sigma: FloatArray) -> float | None:
    if len(gaps) < 2 or not np.all(sigma > 0):
        return None
    return float(np.abs(np.diff(gaps / sigma)).mean() / D2)


def _marked(baseline: ArrayLike | None, size: int) -> NDArray[np.bool_]:
    """Return which samples limits come from: all, unless some are marked."""
    marks = np.ones(size, dtype=bool) if baseline is None else np.asarray(baseline, dtype=bool)
    if marks.shape != (size,):
        raise ValueError(f"baseline has {marks.size} marks, but there are {size} samples.")
    return marks


def xmr_chart(values: ArrayLike, baseline: ArrayLike | None = None) -> XmrChart:
    """Return the individuals and moving-range chart of a series.

    At least two finite values in order of time, or two marked as `baseline` (True), which centre and limits come from
    instead of all. With MR the mean absolute step, limits are mean ± 2.66 MR, and
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
    based = series[_marked(baseline, len(series))]
    if len(based) < 2:
        raise ValueError("baseline must mark at least two values, because limits come from the steps between them.")
    steps = np.abs(np.diff(series))
    centre, mean_step = float(based.mean()), float(np.abs(np.diff(based)).mean())
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
