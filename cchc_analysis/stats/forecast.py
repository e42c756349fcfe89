"""How many of the next trials succeed: at the share of the past, or along its trend, with an interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import FloatArray, normal_quantile, parts_of_wholes, tail_probability

ENOUGH_POINTS = 4
"""Fewer points than this do not tell a trend from chance."""

NEWTON_STEPS = 100
CONVERGED = 1e-12


@dataclass(frozen=True)
class LogisticTrend:
    """A straight line on the logit scale: logit p(t) = intercept + slope · t, for t = 0, 1, 2 …

    `covariance` of (intercept, slope), (2, 2) as nested tuples, already multiplied by `dispersion`, which is Pearson's
    χ² per degree of freedom and at least 1. `n_points` points were fitted.
    """

    intercept: float
    slope: float
    covariance: tuple[tuple[float, float], tuple[float, float]]
    dispersion: float
    n_points: int


@dataclass(frozen=True)
class CountForecast:
    """An expected count (not rounded) with the whole numbers between which it will lie."""

    expected: float
    lower: int
    upper: int


def beta_binomial_interval(
    n_success: int, n: int, n_new: int, level: float = 0.95, dispersion: float = 1.0
) -> tuple[int, int]:
    """Return the interval of the number of successes among `n_new` further trials, given `n_success` of `n`.

    Jeffreys' prior: the future count is beta-binomial with a = x / d + 1/2 and b = (n − x) / d + 1/2, where
    `dispersion` d ≥ 1 makes the past count for less when its parts differ by more than chance. The ends are whole
    numbers whose tails hold at most (1 − level) / 2 each. ValueError for counts that are negative or larger than
    their total.
    Source: Gelman et al., Bayesian Data Analysis (2013), 2.9 and 2.4 (predictive distribution, Jeffreys' prior).

    >>> beta_binomial_interval(50, 100, 100)
    (36, 64)
    >>> beta_binomial_interval(50, 100, 0)
    (0, 0)
    """
    tail = tail_probability(level)
    cumulative = np.cumsum(_beta_binomial(n_success, n, n_new, dispersion))
    lower, upper = (int(np.searchsorted(cumulative, p, side="right")) for p in (tail, 1 - tail))
    return min(lower, n_new), min(upper, n_new)


def beta_binomial_chance(n_success: int, n: int, n_new: int, needed: int, dispersion: float = 1.0) -> float:
    """Return the chance that at least `needed` of `n_new` further trials succeed, given `n_success` of `n`.

    The distribution of `beta_binomial_interval`: P(X ≥ needed), X beta-binomial with a = x / d + 1/2 and
    b = (n − x) / d + 1/2. 1 where nothing is needed, 0 where more is needed than there are trials. ValueError as there.
    Source: Gelman et al., Bayesian Data Analysis (2013), 2.9.

    >>> round(beta_binomial_chance(50, 100, 100, 51), 3), beta_binomial_chance(50, 100, 100, 101)
    (0.472, 0.0)
    """
    chances = _beta_binomial(n_success, n, n_new, dispersion)
    if needed <= 0:
        return 1.0
    return float(min(1.0, chances[needed:].sum()))


def _beta_binomial(n_success: int, n: int, n_new: int, dispersion: float) -> FloatArray:
    """Return the chances of 0, 1, … `n_new` successes among further trials."""
    if not 0 <= n_success <= n or n_new < 0 or dispersion < 1:
        raise ValueError(
            f"n_success {n_success} of n {n}, n_new {n_new}, dispersion {dispersion:g}: counts must be 0 or more, "
            "n_success at most n, dispersion at least 1."
        )
    a, b = n_success / dispersion + 0.5, (n - n_success) / dispersion + 0.5
    count = np.arange(n_new + 1.0)
    choose = -np.log(n_new + 1.0) - special.betaln(n_new - count + 1, count + 1)
    chances: FloatArray = np.exp(choose + special.betaln(count + a, n_new - count + b) - special.betaln(a, b))
    return chances


def excess_dispersion(n_success: "np.ndarray", n: "np.ndarray") -> float:
    """Return how much more than by chance the shares of some groups differ: Pearson's χ² per degree of freedom, ≥ 1.

    `n_success` of `n`: whole counts of the groups, arrays of one length; 1 where fewer than two groups have trials or
    all shares are 0 or 1.

    >>> n = np.array([100, 100])
    >>> excess_dispersion(np.array([50, 50]), n), excess_dispersion(np.array([10, 90]), n)
    (1.0, 128.0)
    """
    counted = n > 0
    x, m = n_success[counted].astype(np.float64), n[counted].astype(np.float64)
    pooled = x.sum() / m.sum() if len(m) else 0.0
    if len(m) < 2 or pooled in (0.0, 1.0):
        return 1.0
    chi_square = ((x - m * pooled) ** 2 / (m * pooled * (1 - pooled))).sum()
    return max(1.0, float(chi_square / (len(m) - 1)))


def logistic_trend(n_success: ArrayLike, n: ArrayLike) -> LogisticTrend | None:
    """Fit a logistic trend to shares at equal steps of time, with over-dispersion.

    `n_success` of `n`: whole counts, one per step; steps without trials are passed over and keep their place. Maximum
    likelihood by Newton's method; dispersion = Pearson's χ² / (points − 2), at least 1. None with fewer than
    ENOUGH_POINTS points or where no maximum exists: all successes lie at or after (or all at or before) all failures.
    ValueError as in `wilson_interval`. McCullagh & Nelder, Generalized Linear Models (1989), 4.4 and 4.5.

    >>> trend = logistic_trend([20, 30, 42, 50], [100, 100, 100, 100])
    >>> round(trend.intercept, 3), round(trend.slope, 3), trend.dispersion
    (-1.329, 0.462, 1.0)
    """
    successes, totals = parts_of_wholes(n_success, n, "n_success", "n")
    steps = np.flatnonzero(totals > 0).astype(np.float64)
    x, m = successes[totals > 0], totals[totals > 0]
    if len(m) < ENOUGH_POINTS or _separated(x, m, steps):
        return None
    middle = float(steps.mean())
    design = np.column_stack([np.ones(len(steps)), steps - middle])
    beta = _maximum_likelihood(design, x, m)
    p = special.expit(design @ beta)
    chi_square = float(((x - m * p) ** 2 / (m * p * (1 - p))).sum())
    dispersion = max(1.0, chi_square / (len(m) - 2))
    covariance = dispersion * np.linalg.inv(_information(design, m, p))
    # Back from steps counted from the middle, where Newton's method is stable, to steps counted from the first.
    move = np.array([[1.0, -middle], [0.0, 1.0]])
    beta, covariance = move @ beta, move @ covariance @ move.T
    return LogisticTrend(
        intercept=float(beta[0]),
        slope=float(beta[1]),
        covariance=(
            (float(covariance[0, 0]), float(covariance[0, 1])),
            (float(covariance[1, 0]), float(covariance[1, 1])),
        ),
        dispersion=dispersion,
        n_points=len(m),
    )


def _separated(x: FloatArray, m: FloatArray, steps: FloatArray) -> bool:
    """Tell whether a step parts all successes from all failures, so that the likelihood has no maximum."""
    if not x.any() or not (m - x).any():
        return True
    won, lost = steps[x > 0], steps[x < m]
    return bool(won.min() >= lost.max() or won.max() <= lost.min())


def _information(design: FloatArray, m: FloatArray, p: FloatArray) -> FloatArray:
    weighted: FloatArray = design.T @ (design * (m * p * (1 - p))[:, None])
    return weighted


def _maximum_likelihood(design: FloatArray, x: FloatArray, m: FloatArray) -> FloatArray:
    share = x.sum() / m.sum()
    beta = np.array([special.logit(share), 0.0])
    for _ in range(NEWTON_STEPS):
        p = special.expit(design @ beta)
        step = np.linalg.solve(_information(design, m, p), design.T @ (x - m * p))
        # A step of more than one on the logit scale overshoots where the shares lie near 0 or 1.
        scale = min(1.0, 1.0 / float(np.abs(design @ step).max(initial=1e-300)))
        beta = beta + scale * step
        if np.abs(step).max() < CONVERGED:
            break
    return beta


def trend_forecast(trend: LogisticTrend, steps: ArrayLike, n_new: ArrayLike, level: float = 0.95) -> CountForecast:
    """Return the successes expected at later steps if the trend goes on, with a prediction interval.

    `steps`: the steps to come, counted as in the fit; `n_new`: trials at each. Expected E = Σ n p. Variance of
    the count = dispersion · Σ n p (1 − p) + g' C g with g = Σ n p (1 − p) (1, t) and C the covariance of the fit; the
    interval is normal on the logit scale of E / Σ n (Student's t with points − 2 degrees of freedom where the
    dispersion had to be estimated, that is where it is above 1), its ends rounded outwards. ValueError for arrays of
    unequal length.
    McCullagh & Nelder 1989, 4.5; Cox & Hinkley, Theoretical Statistics (1974), 7.5 (prediction).

    >>> trend = logistic_trend([20, 30, 42, 50], [100, 100, 100, 100])
    >>> trend_forecast(trend, [4, 5], [100, 100])
    CountForecast(expected=135.49..., lower=104, upper=161)
    """
    ahead = _ahead(trend, steps, n_new)
    if ahead.total == 0:
        return CountForecast(0.0, 0, 0)
    half = _quantile(trend, level) * ahead.spread
    ends = special.expit(ahead.middle + np.array([-half, half])) * ahead.total
    return CountForecast(ahead.expected, int(np.floor(ends[0])), int(np.ceil(ends[1])))


def trend_chance(trend: LogisticTrend, steps: ArrayLike, n_new: ArrayLike, needed: int) -> float:
    """Return the chance that at least `needed` trials succeed at later steps if the trend goes on.

    The distribution of `trend_forecast`: the logit of the share of all later successes is normal (Student's t where the
    dispersion was estimated) about that of E / Σ n. Counts are whole, so the chance is that of needed − 1/2 or more
    (continuity correction). 1 where nothing is needed, 0 where more is needed than there are trials. ValueError as in
    `trend_forecast`.

    >>> trend = logistic_trend([20, 30, 42, 50], [100, 100, 100, 100])
    >>> round(trend_chance(trend, [4, 5], [100, 100], 120), 3), trend_chance(trend, [4, 5], [100, 100], 0)
    (0.854, 1.0)
    """
    ahead = _ahead(trend, steps, n_new)
    if needed <= 0 or needed > ahead.total:
        return float(needed <= 0)
    distance = (ahead.middle - special.logit((needed - 0.5) / ahead.total)) / ahead.spread
    known = trend.dispersion == 1.0
    return float(special.ndtr(distance) if known else special.stdtr(trend.n_points - 2, distance))


@dataclass(frozen=True)
class _Ahead:
    """The successes of later steps: how many are expected of how many, and their share on the logit scale."""

    total: float
    expected: float
    middle: float
    spread: float


def _ahead(trend: LogisticTrend, steps: ArrayLike, n_new: ArrayLike) -> _Ahead:
    later, n = np.asarray(steps, dtype=np.float64), np.asarray(n_new, dtype=np.float64)
    if later.shape != n.shape or later.ndim != 1:
        raise ValueError(f"steps has shape {later.shape} and n_new {n.shape}, but they must be equally long.")
    total = float(n.sum())
    if total == 0:
        return _Ahead(0.0, 0.0, 0.0, 0.0)
    p = special.expit(trend.intercept + trend.slope * later)
    expected, spread = float((n * p).sum()), n * p * (1 - p)
    gradient = np.array([spread.sum(), (spread * later).sum()])
    variance = trend.dispersion * spread.sum() + gradient @ np.array(trend.covariance) @ gradient
    mean = min(max(expected / total, 1e-12), 1 - 1e-12)
    return _Ahead(total, expected, float(special.logit(mean)), float(np.sqrt(variance) / (total * mean * (1 - mean))))


def _quantile(trend: LogisticTrend, level: float) -> float:
    if trend.dispersion == 1.0:
        return normal_quantile(level)
    return float(special.stdtrit(trend.n_points - 2, 1 - tail_probability(level)))
