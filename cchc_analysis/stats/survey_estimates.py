"""Means, totals, shares and ratios of a sample with their design-based standard errors and design effects."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.stats.counts import BoolArray, FloatArray
from cchc_analysis.stats.influence import Estimate, Estimates, estimates_from_influence
from cchc_analysis.stats.survey_design import Codes, SurveyDesign, encoded


def survey_means(values: FloatArray, design: SurveyDesign, domain: BoolArray | None = None) -> Estimates:
    """Return the weighted mean of every column, each over those of the domain who have a value.

    `values` is (n, k), nan where there is no answer; `domain` one true/false per respondent. Standard errors treat
    the domain and the answered as a subset of the sample (R: svymean(na.rm = TRUE) of a subset, column by column).
    ValueError for values of another shape, infinite values and as in `linearised_variance`.
    Formula: Σ w y / Σ w with influence w (y - mean) / Σ w; Särndal, Swensson and Wretman (1992), 5.7.

    >>> means = survey_means([[1, 10], [2, float("nan")], [4, 40]], SurveyDesign([1, 1, 2]))
    >>> means.values, means.n
    (array([ 2.75, 30. ]), array([3, 2]))
    """
    columns, answered = _answers(values, design, domain)
    mass = answered * design.weights[:, None]
    totals = mass.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = _constant_or(columns, answered, (mass * columns).sum(axis=0) / totals)
        influence = np.where(answered, mass * (columns - middle) / totals, 0.0)
    return estimates_from_influence(middle, influence, answered, design)


def survey_mean(values: FloatArray, design: SurveyDesign, domain: BoolArray | None = None) -> Estimate:
    """Return the weighted mean of one variable as `survey_means` does.

    >>> survey_mean([2, 4, 9], SurveyDesign([1, 1, 1]))
    Estimate(value=5.0, standard_error=2.0816..., df=2, n=3, population=3.0, deff=None, ...)
    """
    return survey_means(_column(values, "values"), design, domain).estimate(0)


def survey_shares(yes: NDArray[Any], design: SurveyDesign, domain: BoolArray | None = None) -> Estimates:
    """Return the weighted share of yes in every column: `survey_means` of 1 and 0, true and false, nan for neither.

    ValueError names a value that is neither 0 nor 1.

    >>> survey_shares([[1], [0], [1]], SurveyDesign([1, 1, 2])).values
    array([0.75])
    """
    columns = np.asarray(yes, dtype=np.float64)
    wrong = ~np.isnan(columns) & (columns != 0) & (columns != 1)
    if wrong.any():
        raise ValueError(f"yes holds {columns[wrong][0]:g}, but it must hold 1 for yes, 0 for no and nan for neither.")
    return survey_means(columns, design, domain)


def survey_share(yes: NDArray[Any], design: SurveyDesign, domain: BoolArray | None = None) -> Estimate:
    """Return the weighted share of yes of one variable as `survey_shares` does.

    >>> survey_share([True, False, True, True], SurveyDesign([1, 1, 1, 1])).value
    0.75
    """
    return survey_shares(_column(yes, "yes"), design, domain).estimate(0)


def survey_totals(values: FloatArray, design: SurveyDesign, domain: BoolArray | None = None) -> Estimates:
    """Return the estimated population total of every column, over those of the domain who have a value.

    Arguments and errors as in `survey_means`; who has no value adds nothing (R: svytotal(na.rm = TRUE)).
    Formula: Σ w y with influence w y; Horvitz and Thompson (1952).

    >>> survey_totals([[1.0], [2.0]], SurveyDesign([10, 20], stratum_population=[30, 30])).values
    array([50.])
    """
    columns, answered = _answers(values, design, domain)
    influence = np.where(answered, design.weights[:, None] * columns, 0.0)
    return estimates_from_influence(influence.sum(axis=0), influence, answered, design, centred=False)


def survey_total(values: FloatArray, design: SurveyDesign, domain: BoolArray | None = None) -> Estimate:
    """Return the estimated population total of one variable as `survey_totals` does.

    >>> survey_total([1, 2, 4], SurveyDesign([10, 10, 10])).value
    70.0
    """
    return survey_totals(_column(values, "values"), design, domain).estimate(0)


def survey_ratios(
    numerators: FloatArray, denominators: FloatArray, design: SurveyDesign, domain: BoolArray | None = None
) -> Estimates:
    """Return the ratio of the totals of every pair of columns, over those of the domain who have both values.

    Two arrays (n, k), nan where there is no answer. A ratio over a total of 0 is nan. The design effect is that
    of the total of influences (R: svyratio(deff = TRUE)). ValueError as in `survey_means`.
    Formula: R = Σ w a / Σ w b with influence w (a - R b) / Σ w b; Woodruff (1971).

    >>> survey_ratios([[1.0], [2.0]], [[2.0], [2.0]], SurveyDesign([1, 3])).values
    array([0.875])
    """
    above, below, answered = _pairs(numerators, denominators, design, domain)
    ratios, influence = _ratio_influence(above, below, design.weights)
    return estimates_from_influence(ratios, influence, answered, design)


def survey_ratio(
    numerator: FloatArray, denominator: FloatArray, design: SurveyDesign, domain: BoolArray | None = None
) -> Estimate:
    """Return the ratio of two totals as `survey_ratios` does.

    >>> survey_ratio([1, 2, 3], [2, 2, 6], SurveyDesign([1, 1, 1])).value
    0.6
    """
    pair = _column(numerator, "numerator"), _column(denominator, "denominator")
    return survey_ratios(*pair, design, domain).estimate(0)


def mean_of_ratios(
    numerators: FloatArray, denominators: FloatArray, design: SurveyDesign, domain: BoolArray | None = None
) -> Estimate:
    """Return the mean over questions of the ratio of each question: every question counts the same.

    Two arrays (n, Q), one column per question; where either is nan the respondent adds nothing to that question.
    Questions over a total of 0 are left out of the mean. `n` counts respondents with a denominator other than 0 in
    any question. ValueError as in `survey_ratios`. Formula: (1 / Q) Σ_q R_q, its influence the mean of the
    influences of the ratios (Woodruff 1971).

    >>> satisfied, answered = [[1, 1], [0, 1], [0, 1]], [[1, 1], [1, 1], [0, 1]]
    >>> mean_of_ratios(satisfied, answered, SurveyDesign([1, 1, 1])).value
    0.75
    """
    above, below, _ = _pairs(numerators, denominators, design, domain)
    ratios, influence = _ratio_influence(above, below, design.weights)
    asked = np.isfinite(ratios)
    answered = (below != 0).any(axis=1, keepdims=True)
    if not asked.any():
        return estimates_from_influence(np.array([np.nan]), influence[:, :1] * 0, answered, design).estimate(0)
    middle = influence[:, asked].mean(axis=1, keepdims=True)
    return estimates_from_influence(ratios[asked].mean(keepdims=True), middle, answered, design).estimate(0)


def pooled_ratio(
    numerators: FloatArray, denominators: FloatArray, design: SurveyDesign, domain: BoolArray | None = None
) -> Estimate:
    """Return the ratio of all numerators to all denominators over all questions: every answer counts the same.

    Arguments, n and errors as in `mean_of_ratios`. Formula: Σ w Σ_q a_q / Σ w Σ_q b_q, influence as in
    `survey_ratios`.

    >>> satisfied, answered = [[1, 1], [0, 1], [0, 1]], [[1, 1], [1, 1], [0, 1]]
    >>> pooled_ratio(satisfied, answered, SurveyDesign([1, 1, 1])).value
    0.8
    """
    above, below, _ = _pairs(numerators, denominators, design, domain)
    answered = (below != 0).any(axis=1, keepdims=True)
    sums = above.sum(axis=1, keepdims=True), below.sum(axis=1, keepdims=True)
    ratios, influence = _ratio_influence(*sums, design.weights)
    return estimates_from_influence(ratios, influence, answered, design).estimate(0)


def domain_means(values: FloatArray, groups: Codes, design: SurveyDesign, domain: BoolArray | None = None) -> Estimates:
    """Return the weighted mean of one variable in every group, with the covariances between groups.

    One value per respondent, nan for no answer; one code per respondent. Labels are the sorted codes, also of
    groups without an answer. As R's svyby(svymean, covmat = TRUE): other groups stay in the design with influence 0.
    ValueError for missing codes and as in `survey_means`.

    >>> means = domain_means([1, 2, 4, 8], ["a", "b", "a", "b"], SurveyDesign([1, 1, 1, 1]))
    >>> means.labels, means.values
    (('a', 'b'), array([2.5, 5. ]))
    """
    places, labels = encoded(groups, "groups", design.n)
    column = _column(values, "values")
    spread = np.where(places[:, None] == np.arange(len(labels)), column, np.nan)
    return replace(survey_means(spread, design, domain), labels=labels)


def _column(values: NDArray[Any], name: str) -> FloatArray:
    """Return one variable as an (n, 1) array."""
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"{name} has shape {given.shape}, but must hold one value per respondent.")
    return given[:, None]


def _answers(values: FloatArray, design: SurveyDesign, domain: BoolArray | None) -> tuple[FloatArray, BoolArray]:
    """Return columns with 0 for what is not there, and who of the domain has a value and a weight above 0."""
    columns = np.asarray(values, dtype=np.float64)
    if columns.ndim != 2 or len(columns) != design.n:
        raise ValueError(f"values have shape {columns.shape}, but there are {design.n} respondents, one row for each.")
    if np.isinf(columns).any():
        raise ValueError("values hold an infinite value, but each must be a number, or nan for no answer.")
    answered = ~np.isnan(columns) & design.present(domain)[:, None]
    return np.where(answered, columns, 0.0), answered


def _pairs(
    numerators: FloatArray, denominators: FloatArray, design: SurveyDesign, domain: BoolArray | None
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return numerators and denominators with 0 in both where either is missing, and where neither is."""
    above, answered_above = _answers(numerators, design, domain)
    below, answered_below = _answers(denominators, design, domain)
    if above.shape != below.shape:
        raise ValueError(f"numerators have shape {above.shape} and denominators {below.shape}, but must be alike.")
    answered = answered_above & answered_below
    return above * answered, below * answered, answered


def _ratio_influence(above: FloatArray, below: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ratio of weighted totals per column, nan over 0, and the influence of every respondent on it."""
    totals_above, totals_below = weights @ above, weights @ below
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(totals_below != 0, totals_above / totals_below, np.nan)
        influence = weights[:, None] * (above - ratios * below) / totals_below
    return ratios, np.where(np.isfinite(ratios), influence, 0.0)


def _constant_or(columns: FloatArray, answered: BoolArray, means: FloatArray) -> FloatArray:
    """Return means, exact where all answers are equal: rounding must not make a variance of nothing."""
    lowest = np.where(answered, columns, np.inf).min(axis=0)
    return np.where(lowest == np.where(answered, columns, -np.inf).max(axis=0), lowest, means)
