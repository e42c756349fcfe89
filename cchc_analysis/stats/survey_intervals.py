"""Intervals of design-based estimates, and those of shares that stay between 0 and 1.

Every function takes single numbers, None where unknown, and gives numbers or None; or arrays of one shape, nan where
unknown, and gives arrays. Where degrees of freedom are asked for, infinity means the normal distribution; none left
(0 or fewer) leaves the interval undefined. Intervals of a share of 0 or 1, or with a standard error of 0, are
Clopper-Pearson intervals on the n respondents, for linearisation sees no variance there.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import FloatArray, normal_quantile, refuse_where, tail_probability
from cchc_analysis.stats.proportions import Bounds, beta_ends

Given = ArrayLike | None

ROUNDING = 1e-12
"""Shares as near to 0 or 1 and standard errors as near to 0 as this differ from them by rounding only."""

BISECTIONS = 100
"""Halvings after which the ends of the likelihood interval no longer change as floats."""


def z_interval(value: Given, standard_error: Given, level: float = 0.95) -> tuple[Any, Any]:
    """Return the interval of an estimate from the normal distribution: value ± z se.

    ValueError for a level outside (0, 1) or a negative standard error. R: confint(svymean).

    >>> z_interval(662.2874, 9.4089408)
    (643.846..., 680.728...)
    """
    return t_interval(value, standard_error, np.inf, level)


def t_interval(value: Given, standard_error: Given, df: Given, level: float = 0.95) -> tuple[Any, Any]:
    """Return the interval of an estimate from Student's t: value ± t se with the degrees of freedom of the design.

    ValueError as in `z_interval`. R: confint(svymean, df = degf(design)).

    >>> t_interval(662.2874, 9.4089408, 197)
    (643.732..., 680.842...)
    """
    spread, middle, freedom = _arrays(standard_error, value, df)
    half = t_quantile(freedom, level) * spread
    return _as_given(middle - half, middle + half)


def margin_of_error(standard_error: Given, df: Given = np.inf, level: float = 0.95) -> Any:
    """Return half the width of the interval value ± t se.

    ValueError as in `z_interval`.

    >>> margin_of_error(0.01)
    0.0195996...
    """
    spread, freedom = _arrays(standard_error, df)
    half = t_quantile(freedom, level) * spread
    return _as_given(half, half)[0]


def logit_interval(
    share: Given, standard_error: Given, df: Given, level: float = 0.95, n: Given = None
) -> tuple[Any, Any]:
    """Return the interval of a share that is symmetric on the scale of log odds.

    `n` respondents serve the edges only; without it they are undefined. ValueError for a share outside [0, 1],
    a negative standard error, a level outside (0, 1). Formula: logit p ± t se / (p (1 - p)), turned back;
    R: svyciprop(method = "logit") and "xlogit".

    >>> logit_interval(0.9, 0.02, 30)
    (0.8511..., 0.9340...)
    """

    def inside(p: FloatArray, se: FloatArray, t: FloatArray, n: FloatArray, df: FloatArray) -> Bounds:
        middle, half = special.logit(p), t * se / (p * (1 - p))
        return special.expit(middle - half), special.expit(middle + half)

    return _share_interval(inside, share, standard_error, df, level, n)


def arcsine_interval(
    share: Given, standard_error: Given, df: Given, level: float = 0.95, n: Given = None
) -> tuple[Any, Any]:
    """Return the interval of a share that is symmetric on the scale of arcsin sqrt p.

    Arguments and errors as in `logit_interval`. Formula: sin²(arcsin sqrt p ± t se / (2 sqrt(p (1 - p)))), ends held
    at 0 and 1; R: svyciprop(method = "asin"), which folds them back instead.

    >>> arcsine_interval(0.9, 0.02, 30)
    (0.8555..., 0.9370...)
    """

    def inside(p: FloatArray, se: FloatArray, t: FloatArray, n: FloatArray, df: FloatArray) -> Bounds:
        middle, half = np.arcsin(np.sqrt(p)), t * se / (2 * np.sqrt(p * (1 - p)))
        return np.sin(np.maximum(middle - half, 0)) ** 2, np.sin(np.minimum(middle + half, np.pi / 2)) ** 2

    return _share_interval(inside, share, standard_error, df, level, n)


def korn_graubard_interval(
    share: Given, standard_error: Given, n: Given, df: Given, level: float = 0.95, limit_to_n: bool = False
) -> tuple[Any, Any]:
    """Return the exact interval of a share on the effective sample size (Korn and Graubard 1998).

    ValueError as in `logit_interval` or for n below 1. Formula: Clopper-Pearson with x = n* p of
    n* = p (1 - p) / se² · (t with n - 1 df / t with df)² respondents; R: svyciprop(method = "beta"), which does not
    limit n*. SUDAAN and the presentation standards of the NCHS (Parker and others 2017) hold n* at n at most:
    `limit_to_n`.

    >>> korn_graubard_interval(0.9, 0.02, 300, 30)
    (0.8510..., 0.9371...)
    """
    tail = tail_probability(level)

    def inside(p: FloatArray, se: FloatArray, t: FloatArray, n: FloatArray, df: FloatArray) -> Bounds:
        effective = p * (1 - p) / se**2 * (t_quantile(n - 1, level) / t) ** 2
        return _beta_ends(p, np.minimum(effective, n) if limit_to_n else effective, tail)

    return _share_interval(inside, share, standard_error, df, level, n)


def wilson_design_interval(
    share: Given, standard_error: Given, df: Given, level: float = 0.95, n: Given = None
) -> tuple[Any, Any]:
    """Return the score interval of a share on the effective sample size p (1 - p) / se² with Student's t.

    Arguments and errors as in `logit_interval`. Wilson (1927) with n* for n and t for z; R: svyciprop(method =
    "wilson"); Franco and others, Journal of Survey Statistics and Methodology 7 (2019) 334.

    >>> wilson_design_interval(0.9, 0.02, 30)
    (0.8515..., 0.9338...)
    """

    def inside(p: FloatArray, se: FloatArray, t: FloatArray, n: FloatArray, df: FloatArray) -> Bounds:
        effective = p * (1 - p) / se**2
        half = t / (2 * effective) * np.sqrt(4 * effective * p * (1 - p) + t**2)
        middle, width = p + t**2 / (2 * effective), 1 + t**2 / effective
        return (middle - half) / width, (middle + half) / width

    return _share_interval(inside, share, standard_error, df, level, n)


def likelihood_interval(
    share: Given, standard_error: Given, n: Given, df: Given, level: float = 0.95
) -> tuple[Any, Any]:
    """Return the interval of a share that the likelihood, scaled to the design, does not refuse.

    ValueError as in `korn_graubard_interval`. The ends q solve p log(p / q) + (1 - p) log((1 - p) / (1 - q)) =
    t² se² n / (2 (n - 1) p (1 - p)); Rao and Scott (1984), R: svyciprop(method = "likelihood").

    >>> likelihood_interval(0.9, 0.02, 300, 30)
    (0.8542..., 0.9359...)
    """

    def inside(p: FloatArray, se: FloatArray, t: FloatArray, n: FloatArray, df: FloatArray) -> Bounds:
        limit = t**2 * se**2 * n / (2 * (n - 1) * p * (1 - p))
        return _likelihood_end(p, limit, 0.0), _likelihood_end(p, limit, 1.0)

    return _share_interval(inside, share, standard_error, df, level, n)


def t_quantile(df: ArrayLike, level: float = 0.95) -> FloatArray:
    """Return Student's t that bounds a two-sided interval, normal for infinite df, nan where df is 0 or less.

    >>> t_quantile([30, float("inf"), 0]).round(6)
    array([2.042272, 1.959964,      nan])
    """
    given, tail = np.asarray(df, dtype=np.float64), tail_probability(level)
    finite = np.isfinite(given) & (given > 0)
    students = special.stdtrit(np.where(finite, given, 1.0), 1 - tail)
    return np.where(finite, students, np.where(given == np.inf, normal_quantile(level), np.nan))


def _share_interval(
    inside: Callable[..., Bounds], share: Given, standard_error: Given, df: Given, level: float, n: Given
) -> tuple[Any, Any]:
    """Return the interval between the edges from a formula, at the edges from Clopper-Pearson."""
    tail = tail_probability(level)
    se, p, freedom, size = _arrays(standard_error, share, df, n)
    _refuse_outside(p, size)
    edge = (np.minimum(p, 1 - p) < ROUNDING) | (se < ROUNDING)
    middle, spread = np.where(edge, 0.5, p), np.where(edge, 0.5, se)
    # Undefined numbers stay undefined through the formulas; a tiny n* or se overflows only to its limit.
    with np.errstate(all="ignore"):
        formula = inside(middle, spread, t_quantile(freedom, level), size, freedom)
        exact = _beta_ends(p, size, tail)
    known = ~(np.isnan(p) | np.isnan(se))
    lower, upper = (np.where(known, np.where(edge, b, a), np.nan) for a, b in zip(formula, exact, strict=True))
    # Rounding must not put a share outside its own interval.
    return _as_given(np.clip(lower, 0.0, p), np.clip(upper, p, 1.0))


def _beta_ends(share: FloatArray, n: FloatArray, tail: float) -> Bounds:
    """Return the Clopper-Pearson ends for n p successes of n, which need not be whole."""
    lower, upper = beta_ends(n * share, n * (1 - share), tail)
    lower = np.where((share == 0) & ~np.isnan(n), 0.0, lower)
    return lower, np.where((share == 1) & ~np.isnan(n), 1.0, upper)


def _likelihood_end(share: FloatArray, limit: FloatArray, bound: float) -> FloatArray:
    """Return where the divergence from the share comes up to the limit, towards 0 or 1."""
    near, far = share.astype(np.float64), np.full_like(share, bound)
    for _ in range(BISECTIONS):
        middle = (near + far) / 2
        apart = special.rel_entr(share, middle) + special.rel_entr(1 - share, 1 - middle)
        near, far = np.where(apart <= limit, middle, near), np.where(apart <= limit, far, middle)
    return np.where(np.isnan(limit), np.nan, near)


def _arrays(standard_error: Given, *others: Given) -> tuple[FloatArray, ...]:
    """Return numbers as float arrays of one shape, nan for None; the standard error must not be negative."""
    arrays = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in (standard_error, *others)))
    refuse_where(arrays[0] < 0, arrays[0], "standard_error", "but it cannot be negative")
    return tuple(arrays)


def _refuse_outside(share: FloatArray, n: FloatArray) -> None:
    """Raise ValueError for a share outside [0, 1] and for n below 1."""
    refuse_where((share < 0) | (share > 1), share, "share", "but a share lies between 0 and 1")
    refuse_where(n < 1, n, "n", "but an interval needs at least one respondent")


def _as_given(lower: FloatArray, upper: FloatArray) -> tuple[Any, Any]:
    """Return arrays for arrays, and for single numbers floats or None."""
    if lower.ndim:
        return lower, upper
    return (None if np.isnan(lower) else float(lower)), (None if np.isnan(upper) else float(upper))
