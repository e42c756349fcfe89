"""Do the questions of one factor hang together: Cronbach's alpha with its interval, and what each item adds."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.answer_matrix import Missing, Scale, correlations, read_scale, why_undefined
from cchc_analysis.stats.counts import BoolArray, FloatArray, normal_quantile, refuse_unknown, tail_probability

Interval = Literal["feldt", "duhachek"]
FEW_ANSWERS = 30
"""Answers below which an item is marked: the 95% interval of a correlation is then wider than ±0.36."""
WEAK_BELOW = 0.3
"""Corrected item-rest correlation of a weak item (Nunnally and Bernstein, Psychometric Theory, 1994, ch. 8)."""
ROUNDING = 1e-9
"""An alpha of 1 may lie above it by as much when its covariances are rounded."""
GRADES = ((0.9, "excellent"), (0.8, "good"), (0.7, "acceptable"), (0.6, "questionable"))
"""Least alpha of each grade (George and Mallery, SPSS for Windows Step by Step, 2003, p. 231)."""


@dataclass(frozen=True, kw_only=True)
class CronbachAlpha:
    """Cronbach's alpha of one scale; where it is undefined the numbers are None and `reason` says why.

    `n_items` are the items that vary; `constant_items` the columns that do not, which are left out. `n_used`
    respondents answered at least one item, `n_complete` all that vary; the interval is that of `interval_n`. Reasons:
    "few_items", "few_answers", "no_variance", "no_common_answers" (two items that nobody answered together).
    """

    alpha: float | None = None
    lower: float | None = None
    upper: float | None = None
    standard_error: float | None = None
    standardised: float | None = None
    mean_correlation: float | None = None
    n_items: int
    n_used: int
    n_complete: int
    interval_n: int
    missing: Missing
    constant_items: tuple[int, ...]
    reason: str | None


@dataclass(frozen=True)
class ItemStatistic:
    """One item of a scale; what its answers are too few or too equal to give is None.

    `item_rest` is its correlation with the sum of the other items, `alpha_without` the alpha of the others.
    Warnings: "constant", "few_answers", "reversed" (asked the other way round), "weak".
    """

    item: int
    n: int
    mean: float | None
    standard_deviation: float | None
    item_rest: float | None
    alpha_without: float | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ScaleGrade:
    """Word for an alpha and for the lower end of its interval; None where there is no number.

    `reason` "above_one": a number lies above 1, which no reliability does; pairs of items that different people
    answered can contradict each other so far. It has no word then.
    """

    grade: str | None
    lower_grade: str | None
    reason: str | None = None


def cronbach_alpha(
    items: ArrayLike,
    missing: Missing = "pairwise",
    level: float = 0.95,
    interval: Interval = "feldt",
    counts: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    interval_n: Literal["used", "complete"] = "used",
) -> CronbachAlpha:
    """Return Cronbach's alpha of the items of one scale with its interval.

    `items` is (respondents, items), nan for no answer; reversed items are turned round by the caller. `counts` says
    how many respondents a row stands for, `weights` how much each of them weighs (only proportions matter).
    "pairwise" takes each covariance from those who answered both items, "listwise" only who answered all; items
    without variance are left out, as psych and SPSS do. The interval counts all respondents with an answer, as psych
    and pingouin do under both rules, or with `interval_n="complete"`, the cautious choice, complete ones only.
    ValueError names an infinite answer, a bad count or weight, an unknown option.
    Formula: k / (k - 1) (1 - Σ s_ii / Σ s_ij), Cronbach (1951). Feldt interval: 1 - (1 - alpha) F, F with n - 1 and
    (n - 1) (k - 1) degrees of freedom, Feldt, Woodruff and Salih, Applied Psychological Measurement 11 (1987) 93;
    standard error and Duhachek interval: Duhachek and Iacobucci, Journal of Applied Psychology 89 (2004) 792.

    >>> scale = cronbach_alpha([[4, 5, 4], [2, 3, 2], [5, 5, 4], [3, 3, 4], [1, 2, 2]])
    >>> scale.alpha, scale.n_items, scale.n_used
    (0.938..., 3, 5)
    >>> cronbach_alpha([[4, 4], [4, 4], [4, 4]]).reason
    'no_variance'
    """
    tail_probability(level)
    refuse_unknown(interval, ("feldt", "duhachek"), "interval")
    refuse_unknown(interval_n, ("used", "complete"), "interval_n")
    scale = read_scale(items, missing, counts, weights)
    n = scale.n_used if interval_n == "used" else scale.n_complete
    found = _undefined_alpha(scale, missing, n)
    alpha = _alpha(scale.covariance)
    if found.reason or alpha is None:
        return replace(found, reason=found.reason or "no_variance")
    error = _standard_error(scale.covariance, n)
    if interval == "feldt":
        lower, upper = _feldt_interval(alpha, n, found.n_items, level)
    else:
        half = normal_quantile(level) * error
        lower, upper = alpha - half, min(alpha + half, 1.0)
    mean_correlation, standardised = _standardised(scale.covariance)
    return replace(
        found,
        alpha=alpha,
        lower=lower,
        upper=upper,
        standard_error=error,
        standardised=standardised,
        mean_correlation=mean_correlation,
    )


def item_statistics(
    items: ArrayLike,
    missing: Missing = "pairwise",
    counts: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    few_answers: int = FEW_ANSWERS,
    weak_below: float = WEAK_BELOW,
) -> tuple[ItemStatistic, ...]:
    """Return for each item its mean, its correlation with the rest of the scale and the alpha without it.

    Arguments and errors as in `cronbach_alpha`; one result per column, in order. "reversed" marks an item with a
    negative item-rest correlation or a negative loading on the first principal component, "weak" another one with
    a correlation below `weak_below`, "few_answers" one with fewer answers than `few_answers`.
    Formula: Σ_j≠i s_ij / sqrt(s_ii Σ_j,k≠i s_jk), from the same covariances as alpha (r.drop of R's psych::alpha).

    >>> answers = [[4, 5, 1, 4], [2, 3, 4, 2], [5, 5, 2, 5], [3, 3, 3, 4], [1, 2, 5, 1]]
    >>> [(one.item_rest, one.warnings) for one in item_statistics(answers, few_answers=5)]
    [(0.959..., ()), (0.716..., ()), (-0.926..., ('reversed',)), (0.842..., ())]
    >>> item_statistics([[1, 2, 2], [2, 2, 3], [3, 4, 3]])[0].alpha_without
    0.5...
    """
    scale = read_scale(items, missing, counts, weights)
    against = _against_first_component(scale.covariance)
    places = {int(column): place for place, column in enumerate(scale.varying)}
    found = []
    for item in range(scale.answers.shape[1]):
        n, mean, deviation = _moments(scale, item)
        place = places.get(item)
        rest = None if place is None else _item_rest(scale.covariance, place)
        without = None if place is None else _alpha(np.delete(np.delete(scale.covariance, place, 0), place, 1))
        marks = {
            "constant": n > 1 and place is None,
            "few_answers": n < few_answers,
            "reversed": (rest is not None and rest < 0) or (place is not None and bool(against[place])),
            "weak": rest is not None and 0 <= rest < weak_below and not (place is not None and bool(against[place])),
        }
        warnings = tuple(code for code, holds in marks.items() if holds)
        found.append(ItemStatistic(item, n, mean, deviation, rest, without, warnings))
    return tuple(found)


def scale_grade(alpha: float | None, lower: float | None = None) -> ScaleGrade:
    """Return the word for an alpha and for the lower end of its interval.

    "excellent" from 0.9, "good" from 0.8, "acceptable" from 0.7, "questionable" from 0.6, else "poor" (George and
    Mallery, 2003, p. 231, whose last two grades are one here). 0.7 is also what Nunnally (1978, p. 245) asks of a new
    scale. A scale is only safely as good as `lower_grade`. A number above 1 has no word, see `reason`.

    >>> scale_grade(0.82, 0.74)
    ScaleGrade(grade='good', lower_grade='acceptable', reason=None)
    >>> scale_grade(1.2)
    ScaleGrade(grade=None, lower_grade=None, reason='above_one')
    """
    above = any(number is not None and number > 1 + ROUNDING for number in (alpha, lower))
    return ScaleGrade(_grade(alpha), _grade(lower), "above_one" if above else None)


def _undefined_alpha(scale: Scale, missing: Missing, n: int) -> CronbachAlpha:
    """Return what is known of a scale before its alpha."""
    constant = np.setdiff1d(np.arange(scale.answers.shape[1]), scale.varying)
    return CronbachAlpha(
        n_items=len(scale.varying),
        n_used=scale.n_used,
        n_complete=scale.n_complete,
        interval_n=n,
        missing=missing,
        constant_items=tuple(int(item) for item in constant),
        reason=why_undefined(scale),
    )


def _alpha(covariance: FloatArray) -> float | None:
    """Return alpha from covariances; None of fewer than two items or where their sum does not vary."""
    k, total, own = len(covariance), float(covariance.sum()), float(np.trace(covariance))
    if k < 2 or np.isnan(total) or total <= 1e-12 * own:
        return None
    return k / (k - 1) * (1 - own / total)


def _standardised(covariance: FloatArray) -> tuple[float, float | None]:
    """Return the mean correlation between items and the alpha of items of equal variance."""
    correlation = correlations(covariance)
    k = len(correlation)
    return float((correlation.sum() - np.trace(correlation)) / (k * (k - 1))), _alpha(correlation)


def _standard_error(covariance: FloatArray, n: int) -> float:
    """Return the standard error of alpha after Duhachek and Iacobucci (2004)."""
    k, total, own = len(covariance), covariance.sum(), np.trace(covariance)
    square = covariance @ covariance
    spread = total * (np.trace(square) + own**2) - 2 * own * square.sum()
    return float(np.sqrt(max(2 * k**2 / ((k - 1) ** 2 * total**3) * spread, 0.0) / n)) if n else 0.0


def _feldt_interval(alpha: float, n: int, k: int, level: float) -> tuple[float | None, float | None]:
    """Return the interval from the F distribution of (1 - true alpha) / (1 - alpha); none of fewer than two."""
    if n < 2:
        return None, None
    tail = tail_probability(level)
    quantiles = special.fdtri(n - 1, (n - 1) * (k - 1), [1 - tail, tail])
    return float(1 - (1 - alpha) * quantiles[0]), float(1 - (1 - alpha) * quantiles[1])


def _item_rest(covariance: FloatArray, place: int) -> float | None:
    """Return the correlation of an item with the sum of the others."""
    with_others = float(covariance[place].sum() - covariance[place, place])
    others = float(np.delete(np.delete(covariance, place, 0), place, 1).sum())
    spread = covariance[place, place] * others
    return with_others / float(np.sqrt(spread)) if spread > 0 and not np.isnan(with_others) else None


def _against_first_component(covariance: FloatArray) -> BoolArray:
    """Return which items load on the first principal component against the majority."""
    if len(covariance) < 2 or np.isnan(covariance).any():
        return np.zeros(len(covariance), dtype=bool)
    first = np.linalg.eigh(correlations(covariance))[1][:, -1]
    return np.asarray(first * (1 if first.sum() >= 0 else -1) < 0)


def _moments(scale: Scale, item: int) -> tuple[int, float | None, float | None]:
    """Return number, mean and standard deviation of the answers to one item."""
    known = ~np.isnan(scale.answers[:, item])
    values, mass, n = scale.answers[known, item], scale.weights[known], int(scale.counts[known].sum())
    if n == 0:
        return 0, None, None
    mean = float(values @ mass / mass.sum())
    if n == 1:
        return 1, mean, None
    return n, mean, float(np.sqrt((values - mean) ** 2 @ mass / mass.sum() * n / (n - 1)))


def _grade(alpha: float | None) -> str | None:
    """Return the word for one number, None for none, for nan and for what lies above 1."""
    if alpha is None or not alpha <= 1 + ROUNDING:
        return None
    return next((word for least, word in GRADES if alpha >= least), "poor")
