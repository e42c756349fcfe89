"""Durations of things that may not have ended yet: the Kaplan-Meier curve and the log-rank test, from counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import (
    CountedMean,
    FloatArray,
    IntArray,
    counted_mean,
    finite_values,
    median_interval,
    normal_quantile,
    weighted_quantile,
    whole_counts,
)

__all__ = [
    "CountedMean",
    "KaplanMeier",
    "LogRank",
    "RestrictedMean",
    "Transform",
    "counted_mean",
    "kaplan_meier",
    "log_rank",
    "median_interval",
    "weighted_quantile",
]

Transform = Literal["log", "log-log", "plain"]
Interval = tuple[float | None, float | None]

SAME_HEIGHT = float(np.sqrt(np.finfo(float).eps))
"""Heights of a curve closer than this are equal: products of fractions miss 1/2 by rounding. R uses the same."""


@dataclass(frozen=True)
class RestrictedMean:
    """Mean of the durations cut off at a horizon, with its standard error, in the unit of the durations."""

    mean: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """A Kaplan-Meier curve: one entry per distinct duration, in ascending order.

    `n_at_risk` counts those who reached the duration, `survival` is the share still open after it, `variance`
    Greenwood's variance of that share (nan once the share is 0). Single numbers that are undefined are None.
    """

    times: FloatArray
    n_at_risk: IntArray
    n_events: IntArray
    n_censored: IntArray
    survival: FloatArray
    variance: FloatArray

    @property
    def n(self) -> int:
        """The number of durations, ended or not."""
        return int(self.n_events.sum() + self.n_censored.sum())

    def quantile(self, q: float = 0.5) -> float | None:
        """Return the smallest duration by which a share q has ended, or None where the curve stays above 1 - q.

        Where the curve runs exactly at the height 1 - q the result is midway between the duration at which it
        reaches that height and the one at which it leaves it, as R's survfit reports it; a curve that ends at
        that height gives the duration at which it was reached.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 0, 0]).quantile(0.5)
        2.5
        """
        return _crossing(self.times, self.survival, _height(q))

    def quantile_interval(self, q: float = 0.5, level: float = 0.95, transform: Transform = "log") -> Interval:
        """Return the interval of a quantile: where the pointwise band of the curve crosses 1 - q.

        An end that the band does not reach is None. Brookmeyer and Crowley (1982), bands as in R's survfit.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 0, 0]).quantile_interval(0.5)
        (1.0, None)
        """
        lower, upper = self.band(level, transform)
        return _crossing(self.times, lower, _height(q)), _crossing(self.times, upper, _height(q))

    def band(self, level: float = 0.95, transform: Transform = "log") -> tuple[FloatArray, FloatArray]:
        """Return the pointwise interval of the curve at every duration, nan where the transform is undefined.

        With s² = variance / S²: plain S ± z s S, log S exp(± z s), log-log S^exp(± z s / log S), within [0, 1]
        (Kalbfleisch and Prentice, 1.4). ValueError for an unknown transform.

        >>> lower, upper = kaplan_meier([1, 2], [1, 1], [1, 0]).band(transform="plain")
        >>> float(lower[0]), float(upper[0])
        (0.1332..., 1.0)
        """
        z, s = normal_quantile(level), self.survival
        with np.errstate(divide="ignore", invalid="ignore"):
            width = z * np.sqrt(self.variance) / s
            if transform == "plain":
                lower, upper = s - width * s, s + width * s
            elif transform == "log":
                lower, upper = s * np.exp(-width), s * np.exp(width)
            elif transform == "log-log":
                inside = np.where(s < 1, s, np.nan)
                exponent = width / np.log(inside)
                lower, upper = inside ** np.exp(-exponent), inside ** np.exp(exponent)
            else:
                raise ValueError(f"transform is {transform!r}, but it must be 'log', 'log-log' or 'plain'.")
        return np.clip(lower, 0, 1), np.clip(upper, 0, 1)

    def survival_at(self, t: float) -> float | None:
        """Return the share still open after duration t; None beyond the last duration unless all have ended.

        >>> kaplan_meier([1, 2, 3], [1, 1, 0], [0, 0, 1]).survival_at(2.5)
        0.33...
        """
        return self._at(self.survival, t, before=1.0)

    def standard_error_at(self, t: float) -> float | None:
        """Return Greenwood's standard error of `survival_at`; None where that is None or 0.

        >>> kaplan_meier([1, 2, 3], [1, 1, 0], [0, 0, 1]).standard_error_at(1)
        0.27...
        """
        return self._at(np.sqrt(self.variance), t, before=0.0)

    def survival_interval_at(self, t: float, level: float = 0.95, transform: Transform = "log") -> Interval:
        """Return the pointwise interval of `survival_at`; an end that is undefined is None.

        >>> kaplan_meier([1, 2, 3], [1, 1, 0], [0, 0, 1]).survival_interval_at(1)
        (0.29..., 1.0)
        """
        lower, upper = self.band(level, transform)
        before = np.nan if transform == "log-log" else 1.0
        return self._at(lower, t, before), self._at(upper, t, before)

    def restricted_mean(self, horizon: float) -> RestrictedMean | None:
        """Return the mean of the durations cut off at a horizon: the area under the curve up to it.

        None when the curve is not known up to the horizon. ValueError when the horizon is not positive.
        Variance Σ (area from t to the horizon)² d / (n (n - d)), Klein and Moeschberger, 4.5.

        >>> kaplan_meier([1, 2, 3], [1, 1, 1], [0, 0, 0]).restricted_mean(2.5)
        RestrictedMean(mean=1.83..., standard_error=0.36...)
        """
        if not 0 < horizon < np.inf:
            raise ValueError(f"horizon is {horizon}, but it must be a positive duration.")
        if self.survival_at(horizon) is None:
            return None
        inside = self.times < horizon
        edges = np.concatenate(([0.0], self.times[inside], [horizon]))
        areas = np.diff(edges) * np.concatenate(([1.0], self.survival[inside]))
        area_after = np.cumsum(areas[::-1])[::-1][1:]
        terms = _greenwood_terms(self.n_at_risk[inside], self.n_events[inside])
        # Nothing is left to vary once everything has ended, so that infinite term does not count.
        variance = float((area_after[area_after > 0] ** 2) @ terms[area_after > 0])
        return RestrictedMean(float(areas.sum()), float(np.sqrt(variance)))

    def _at(self, curve: FloatArray, t: float, before: float) -> float | None:
        """Return a step curve at t, or None where it is undefined."""
        place = int(np.searchsorted(self.times, t, side="right")) - 1
        if not len(self.times) or (t > self.times[-1] and self.survival[-1] > 0):
            return None
        value = before if place < 0 else float(curve[place])
        return None if np.isnan(value) else value


def kaplan_meier(durations: ArrayLike, n_events: ArrayLike, n_censored: ArrayLike) -> KaplanMeier:
    """Return the Kaplan-Meier curve of durations that ended (events) or are still open (censored).

    Three equally long arrays: durations of at least 0 in any unit, in any order, repeated or not, and how many ended
    and how many are still open at each. Those still open at a duration count as at risk for the events at it.
    ValueError names a duration or count that is negative, missing or not a number.
    S(t) = Π (1 - d / n) over durations up to t, Kaplan and Meier (1958); variance S² Σ d / (n (n - d)), Greenwood.

    >>> curve = kaplan_meier([5, 10, 10], [2, 1, 0], [0, 0, 1])
    >>> curve.survival
    array([0.5 , 0.25])
    """
    times, events, censored = _distinct(durations, n_events, n_censored)
    n_at_risk = np.cumsum((events + censored)[::-1])[::-1]
    survival: FloatArray = np.cumprod(1 - events / n_at_risk, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        variance: FloatArray = survival**2 * np.cumsum(_greenwood_terms(n_at_risk, events))
    return KaplanMeier(times, n_at_risk, events, censored, survival, variance)


@dataclass(frozen=True, eq=False)
class LogRank:
    """Log-rank test of k groups; `observed` and `expected` events per group, None where it is undefined."""

    statistic: float | None
    df: int
    p_value: float | None
    observed: FloatArray
    expected: FloatArray


def log_rank(groups: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]], rho: float = 0.0) -> LogRank:
    """Return the log-rank test that k groups have the same curve.

    Each group is (durations, n_events, n_censored) as in `kaplan_meier`. `rho` weighs each event by the pooled share
    still open just before it, to that power: 0 is the log-rank test, 1 the Peto-Peto test. Groups never at risk
    when something ends are left out of df. ValueError as in `kaplan_meier`. Harrington and Fleming (1982).

    >>> test = log_rank([([6, 7, 10], [1, 1, 0], [0, 0, 1]), ([1, 2, 3], [1, 1, 1], [0, 0, 0])])
    >>> test.statistic, test.df, test.p_value
    (5.0516..., 1, 0.0246...)
    """
    samples = [_distinct(*group) for group in groups]
    times = np.unique(np.concatenate([t[events > 0] for t, events, _ in samples] or [np.empty(0)]))
    risk = np.array([_at_risk_from(t, d + c, times) for t, d, c in samples]).reshape(len(samples), len(times))
    ended = np.array([_events_at(t, d, times) for t, d, _ in samples]).reshape(len(samples), len(times))
    n, d = risk.sum(axis=0), ended.sum(axis=0)
    share = risk / n
    weight = np.concatenate(([1.0], np.cumprod(1 - d / n)))[:-1] ** rho
    spread = weight**2 * d * (n - d) / np.maximum(n - 1, 1)
    observed, expected = ended @ weight, share @ (weight * d)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    statistic, df = _quadratic_form(observed - expected, covariance, int((expected > 0).sum()) - 1)
    p_value = None if statistic is None else float(special.chdtrc(df, statistic))
    return LogRank(statistic, df, p_value, observed, expected)


def _quadratic_form(excess: FloatArray, covariance: FloatArray, df: int) -> tuple[float | None, int]:
    """Return the statistic of a vector whose sum is fixed, and its degrees of freedom."""
    if df < 1 or not covariance.diagonal().any():
        return None, max(df, 0)
    # The excesses sum to zero, so the covariance is singular: the pseudo-inverse is the inverse on what is left.
    return float(excess @ np.linalg.pinv(covariance, hermitian=True) @ excess), df


def _distinct(
    durations: ArrayLike, n_events: ArrayLike, n_censored: ArrayLike
) -> tuple[FloatArray, IntArray, IntArray]:
    """Return the distinct durations with the events and censorings at each."""
    given = finite_values(durations, "durations")
    events, censored = whole_counts(n_events, "n_events"), whole_counts(n_censored, "n_censored")
    if given.ndim != 1 or not given.shape == events.shape == censored.shape:
        raise ValueError("durations, n_events and n_censored must be equally long arrays.")
    if (given < 0).any():
        where = int(np.flatnonzero(given < 0)[0])
        raise ValueError(f"durations[{where}] is {given[where]:g}, but a duration cannot be negative.")
    present = events + censored > 0
    times, place = np.unique(given[present], return_inverse=True)
    sums = np.zeros((2, len(times)), dtype=np.int64)
    np.add.at(sums[0], place, events[present])
    np.add.at(sums[1], place, censored[present])
    return times, sums[0], sums[1]


def _greenwood_terms(n_at_risk: IntArray, n_events: IntArray) -> FloatArray:
    """Return d / (n (n - d)), infinite where everything at risk ended."""
    n, d = n_at_risk.astype(np.float64), n_events.astype(np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(d / (n * (n - d)))


def _at_risk_from(times: FloatArray, counts: IntArray, at: FloatArray) -> FloatArray:
    """Return how many reached each of the moments asked for."""
    remaining = np.concatenate((np.cumsum(counts[::-1])[::-1], [0]))
    return remaining[np.searchsorted(times, at, side="left")].astype(np.float64)


def _events_at(times: FloatArray, events: IntArray, at: FloatArray) -> FloatArray:
    """Return how many events fall on each of the moments asked for."""
    result = np.zeros(len(at))
    result[np.searchsorted(at, times[events > 0])] = events[events > 0]
    return result


def _height(q: float) -> float:
    """Return the height of the curve at which a share q has ended."""
    if not 0 < q < 1:
        raise ValueError(f"q is {q}, but a quantile is asked for with a number between 0 and 1.")
    return 1 - q


def _crossing(times: FloatArray, curve: FloatArray, height: float) -> float | None:
    """Return where a falling step curve first comes down to a height, midway along a step at that height."""
    reached = np.flatnonzero(curve < height + SAME_HEIGHT)
    if not len(reached):
        return None
    first = float(times[reached[0]])
    lower = np.flatnonzero(curve[reached] < height - SAME_HEIGHT)
    if curve[reached[0]] > height - SAME_HEIGHT and len(lower):
        return (first + float(times[reached[lower[0]]])) / 2
    return first
