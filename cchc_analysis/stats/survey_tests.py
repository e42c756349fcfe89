"""Tests of design-based estimates: two groups, many groups, pairs of answers, two samples."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from cchc_analysis.stats.answer_matrix import correlations
from cchc_analysis.stats.counts import BoolArray, FloatArray, normal_quantile, refuse_unknown
from cchc_analysis.stats.influence import ROUNDING, Estimate, Estimates
from cchc_analysis.stats.linearisation import linearised_variance
from cchc_analysis.stats.survey_design import SurveyDesign, checked_mask
from cchc_analysis.stats.survey_estimates import domain_means, survey_mean
from cchc_analysis.stats.survey_intervals import t_quantile

SINGULAR = 1e12
"""Condition number of a correlation matrix from which its inverse says nothing."""


@dataclass(frozen=True)
class DesignTest:
    """A difference with its interval, t statistic (z where df is infinite) and two-sided p-value.

    What cannot be estimated is None: everything without two estimates, the test without a standard error above 0 or
    without degrees of freedom. `df` may be below 1 or fractional.
    """

    difference: float | None
    standard_error: float | None
    lower: float | None
    upper: float | None
    statistic: float | None
    df: float
    p_value: float | None


@dataclass(frozen=True)
class WaldTest:
    """An F statistic with its two degrees of freedom; None where the test is undefined."""

    statistic: float | None
    df: float | None
    df_denominator: float | None
    p_value: float | None


def two_group_test(
    values: FloatArray,
    in_group: BoolArray,
    design: SurveyDesign,
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> DesignTest:
    """Return the difference of the mean of a group less that of all others, with t on degf - 1 degrees of freedom.

    One value per respondent, nan for no answer, and true or false; 1 and 0 as values compare shares. R: svyttest, which
    is the t of the group in a regression of the values on it. ValueError as in `domain_means`.

    >>> design = SurveyDesign([1, 1, 1, 1, 1, 1])
    >>> two_group_test([1, 2, 3, 3, 5, 7], [False, False, False, True, True, True], design)
    DesignTest(difference=3.0, standard_error=1.154..., ..., statistic=2.598..., df=4.0, p_value=0.060...)
    """
    inside = checked_mask(in_group, "in_group", design.n)
    means = domain_means(values, inside, design, domain)
    answered = design.present(domain) & ~np.isnan(np.asarray(values, dtype=np.float64))
    df = design.degrees_of_freedom(answered) - 1
    if len(means) < 2:
        return _student(None, None, df, level)
    return _contrast(means.estimate(1), means.estimate(0), design, answered, df, level)


def difference_of_estimates(
    first: Estimate, second: Estimate, design: SurveyDesign, domain: BoolArray | None = None, level: float = 0.95
) -> DesignTest:
    """Return the difference of two estimates of one design, first minus second, their covariance included.

    For two domains, two questions or two indices of the same respondents. `domain` are those who carry either
    estimate; t has degf of the domain less 1 degrees of freedom, as for two groups. ValueError as in
    `linearised_variance`. Formula: the variance of the difference of the influences (Lumley, Complex Surveys, 2010).

    >>> design = SurveyDesign([1, 1, 1, 1])
    >>> first, second = survey_mean([5, 6, 8, 9], design), survey_mean([4, 6, 7, 7], design)
    >>> difference_of_estimates(first, second, design)
    DesignTest(difference=1.0, standard_error=0.408..., ..., statistic=2.449..., df=2.0, p_value=0.133...)
    """
    df = design.degrees_of_freedom(domain) - 1
    return _contrast(first, second, design, design.present(domain), df, level)


def independent_difference(
    first: Estimate, second: Estimate, level: float = 0.95, distribution: Literal["t", "z"] = "t"
) -> DesignTest:
    """Return the difference of estimates from two samples that have nothing to do with each other, first minus second.

    For two waves with other respondents, or two provinces. ValueError for an unknown distribution.
    Formula: standard error sqrt(se1² + se2²); df = (se1² + se2²)² / (se1⁴ / df1 + se2⁴ / df2), Satterthwaite (1946).

    >>> design = SurveyDesign([1, 1, 1])
    >>> independent_difference(survey_mean([4, 6, 8], design), survey_mean([1, 2, 3], design))
    DesignTest(difference=4.0, standard_error=1.290..., ..., statistic=3.098..., df=2.941..., p_value=0.054...)
    """
    refuse_unknown(distribution, ("t", "z"), "distribution")
    if first.value is None or second.value is None:
        return _student(None, None, 0.0, level)
    difference = first.value - second.value
    if first.standard_error is None or second.standard_error is None:
        return _student(difference, None, 0.0, level)
    variances = np.array([first.standard_error**2, second.standard_error**2])
    total = float(variances.sum())
    if distribution == "z":
        return _student(difference, total**0.5, np.inf, level)
    freedom = np.array([first.df, second.df], dtype=np.float64)
    used = variances > 0
    if not used.any() or (freedom[used] <= 0).any():
        return _student(difference, total**0.5, 0.0, level)
    df = total**2 / float((variances[used] ** 2 / freedom[used]).sum())
    return _student(difference, total**0.5, df, level)


def paired_difference(
    first: FloatArray,
    second: FloatArray,
    design: SurveyDesign,
    domain: BoolArray | None = None,
    level: float = 0.95,
) -> DesignTest:
    """Return the mean difference of two answers of the same respondents, first minus second, with t on degf.

    One value per respondent each, nan for no answer; only who gave both counts. 1 and 0 as values give the difference
    of two shares (without weights and design: `mcnemar`). ValueError as in `survey_mean`.

    >>> paired_difference([1, 1, 0, 1], [0, 1, 0, 0], SurveyDesign([1, 1, 1, 1]))
    DesignTest(difference=0.5, standard_error=0.288..., ..., statistic=1.732..., df=3.0, p_value=0.181...)
    """
    apart = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    mean = survey_mean(apart, design, domain)
    return _student(mean.value, mean.standard_error, float(mean.df), level)


def equal_means(estimates: Estimates, design: SurveyDesign, domain: BoolArray | None = None) -> WaldTest:
    """Return Wald's test that estimates of one design are all equal, for example the means of groups.

    Estimates without a standard error are left out. `domain` are those who carry the estimates. Undefined with fewer
    than two estimates, a singular covariance or no degrees of freedom left. Formula: F = d' V⁻¹ d / q of the
    q differences from the first with q and degf - q degrees of freedom; R: regTermTest of the group in svyglm.

    >>> design = SurveyDesign([1] * 6)
    >>> equal_means(domain_means([1, 2, 3, 3, 5, 7], list("aaabbb"), design), design)
    WaldTest(statistic=6.75..., df=1.0, df_denominator=4.0, p_value=0.060...)
    """
    known = np.isfinite(estimates.standard_errors)
    values, covariance = estimates.values[known], estimates.covariance[np.ix_(known, known)]
    q = len(values) - 1
    df = design.degrees_of_freedom(domain) - q
    if q < 1:
        return WaldTest(None, None, None, None)
    apart = np.column_stack((-np.ones(q), np.eye(q)))
    statistic = _wald(apart @ values, apart @ covariance @ apart.T)
    if statistic is None or df <= 0:
        return WaldTest(None, float(q), float(df), None)
    return WaldTest(statistic / q, float(q), float(df), float(special.fdtrc(q, df, statistic / q)))


def _contrast(
    first: Estimate, second: Estimate, design: SurveyDesign, domain: BoolArray, df: float, level: float
) -> DesignTest:
    """Return the test of first minus second from their influences."""
    if first.value is None or second.value is None:
        return _student(None, None, df, level)
    difference = first.value - second.value
    if first.standard_error is None or second.standard_error is None:
        return _student(difference, None, df, level)
    variance = float(linearised_variance(first.influence - second.influence, design, domain)[0, 0])
    if not np.isfinite(variance):
        return _student(difference, None, df, level)
    error = max(variance, 0.0) ** 0.5
    # Influences that cancel leave rounding, which is no standard error.
    least = ROUNDING * (abs(first.value) + abs(second.value) + first.standard_error + second.standard_error)
    return _student(difference, error if error > least else 0.0, df, level)


def _student(difference: float | None, standard_error: float | None, df: float, level: float) -> DesignTest:
    """Return the difference with its t statistic; nothing can be tested where nothing varies."""
    quantile = normal_quantile(level) if np.isinf(df) else float(t_quantile(df, level))
    if difference is None or standard_error is None:
        return DesignTest(difference, None, None, None, None, float(df), None)
    if df <= 0 or standard_error == 0:
        return DesignTest(difference, standard_error, None, None, None, float(df), None)
    t, half = difference / standard_error, quantile * standard_error
    tail = special.ndtr(-abs(t)) if np.isinf(df) else special.stdtr(df, -abs(t))
    return DesignTest(difference, standard_error, difference - half, difference + half, t, float(df), float(2 * tail))


def _wald(values: FloatArray, covariance: FloatArray) -> float | None:
    """Return v' V⁻¹ v, None where V says nothing about some combination."""
    spread = np.sqrt(np.diag(covariance))
    if not np.isfinite(covariance).all() or not (spread > 0).all():
        return None
    correlation = correlations(covariance)
    if np.linalg.cond(correlation) > SINGULAR:
        return None
    scaled = values / spread
    return float(scaled @ np.linalg.solve(correlation, scaled))
