"""Comparison of two samples, and of many at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from cchc_analysis.stats.counts import (
    CountedMean,
    FloatArray,
    counted_mean,
    finite_values,
    refuse_where,
    tail_probability,
)
from cchc_analysis.stats.ranks import RankTest, mann_whitney, wilcoxon_signed_rank

__all__ = [
    "MeanDifference",
    "RankTest",
    "benjamini_hochberg",
    "holm",
    "mann_whitney",
    "paired_t",
    "welch_from_moments",
    "welch_t",
    "wilcoxon_signed_rank",
]


@dataclass(frozen=True)
class MeanDifference:
    """Difference of two means with Student's t; what the samples are too small or too equal to give is None."""

    difference: float | None
    standard_error: float | None
    lower: float | None
    upper: float | None
    statistic: float | None
    df: float | None
    p_value: float | None


def welch_t(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> MeanDifference:
    """Return the difference of the means of two independent samples, x minus y, with Welch's t and interval.

    Two samples of numbers in one unit. Standard error sqrt(s1² / n1 + s2² / n2), degrees of freedom after
    Satterthwaite (1946); p-value two-sided. ValueError names a value that is not a finite number.

    >>> welch_t([1, 2, 3, 4], [2, 4, 6, 9])
    MeanDifference(difference=-2.75, ..., statistic=-1.690..., df=4.083..., p_value=0.164...)
    """
    return welch_from_moments(_moments(x, "x"), _moments(y, "y"), level)


def welch_from_moments(first: CountedMean, second: CountedMean, level: float = 0.95) -> MeanDifference:
    """Return `welch_t` of two samples of which only size, mean and standard deviation are known.

    >>> a, b = counted_mean([1, 2], [5, 5]), counted_mean([2, 3], [5, 5])
    >>> welch_from_moments(a, b).statistic
    -4.24...
    """
    if first.mean is None or second.mean is None:
        return MeanDifference(None, *[None] * 6)
    difference = first.mean - second.mean
    if first.standard_error is None or second.standard_error is None:
        return MeanDifference(difference, *[None] * 6)
    parts = (first.standard_error**2, second.standard_error**2)
    spread = parts[0] ** 2 / (first.n - 1) + parts[1] ** 2 / (second.n - 1)
    df = sum(parts) ** 2 / spread if spread else None
    return _student(difference, float(np.sqrt(sum(parts))), df, level)


def paired_t(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> MeanDifference:
    """Return the mean of paired differences, x minus y, with Student's t and interval.

    Two equally long samples in one unit; n - 1 degrees of freedom; p-value two-sided. ValueError for unequal
    lengths and values that are not finite numbers.

    >>> paired_t([3, 5, 8, 6], [1, 4, 5, 2])
    MeanDifference(difference=2.5, standard_error=0.64..., ..., df=3.0, p_value=0.03...)
    """
    first, second = finite_values(x, "x"), finite_values(y, "y")
    if first.shape != second.shape:
        raise ValueError(f"x has {first.size} values and y {second.size}, but pairs need as many of each.")
    pairs = _moments(first - second, "x - y")
    if pairs.mean is None or pairs.standard_error is None:
        return MeanDifference(pairs.mean, *[None] * 6)
    return _student(pairs.mean, pairs.standard_error, float(pairs.n - 1), level)


def holm(p_values: ArrayLike) -> FloatArray:
    """Return p-values adjusted so that the chance of any false finding stays below the level (Holm 1979).

    One p-value in [0, 1] per comparison; same order and length out. ValueError for anything else.

    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    given = _probabilities(p_values)
    order = np.argsort(given, kind="stable")
    stepped = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Return p-values adjusted so that the share of false findings stays below the level.

    One p-value in [0, 1] per comparison; same order and length out. ValueError for anything else.
    Benjamini and Hochberg (1995).

    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5])
    array([0.04 , 0.053..., 0.053..., 0.5 ])
    """
    # scipy.stats takes a second to import, and pages that compare nothing should not wait for it.
    from scipy.stats import false_discovery_control

    given = _probabilities(p_values)
    return np.asarray(false_discovery_control(given, method="bh")) if len(given) else given


def _moments(sample: ArrayLike, name: str) -> CountedMean:
    """Return size, mean and deviation of a sample given value by value."""
    values = finite_values(sample, name)
    return counted_mean(values, np.ones(values.shape, dtype=np.int64))


def _student(difference: float, standard_error: float, df: float | None, level: float) -> MeanDifference:
    """Return the difference with its t statistic; nothing can be tested where nothing varies."""
    tail = tail_probability(level)
    if df is None or standard_error == 0:
        return MeanDifference(difference, standard_error, None, None, None, None, None)
    t = difference / standard_error
    half = float(special.stdtrit(df, 1 - tail)) * standard_error
    p_value = float(2 * special.stdtr(df, -abs(t)))
    return MeanDifference(difference, standard_error, difference - half, difference + half, t, df, p_value)


def _probabilities(p_values: ArrayLike) -> FloatArray:
    """Return checked p-values."""
    given = finite_values(p_values, "p_values")
    if given.ndim != 1:
        raise ValueError("p_values must be a list with one p-value per comparison.")
    refuse_where((given < 0) | (given > 1), given, "p_values", "but a p-value lies between 0 and 1")
    return given
