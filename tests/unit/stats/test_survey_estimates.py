"""Means, totals, ratios, indices and design effects by hand and against textbook formulas."""

import math

import numpy as np
import pytest

from cchc_analysis.stats.influence import combined
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import (
    domain_means,
    mean_of_ratios,
    pooled_ratio,
    survey_mean,
    survey_means,
    survey_ratio,
    survey_ratios,
    survey_share,
    survey_shares,
    survey_total,
)
from cchc_analysis.stats.survey_weights import kish_design_effect, kish_effective_n

NAN = math.nan


def test_equal_weights_give_the_textbook_standard_error():
    values = np.array([3.0, 7, 8, 12, 15])
    mean = survey_mean(values, SurveyDesign(np.full(5, 20.0)))
    assert mean.standard_error == pytest.approx(values.std(ddof=1) / math.sqrt(5), rel=1e-12)
    assert (mean.deff_replace, mean.n_effective) == pytest.approx((1, 5))
    assert mean.deff == pytest.approx(1 / (1 - 5 / 100))
    finite = survey_mean(values, SurveyDesign(np.full(5, 20.0), stratum_population=np.full(5, 100)))
    assert finite.standard_error == pytest.approx(values.std(ddof=1) / math.sqrt(5) * math.sqrt(0.95), rel=1e-12)
    assert finite.deff == pytest.approx(1)


def test_weights_that_do_not_reach_the_sample_have_no_design_effect_without_replacement():
    mean = survey_mean([1, 2, 4], SurveyDesign([0.1, 0.1, 0.2]))
    assert mean.deff is None
    assert mean.deff_replace is not None


def test_missing_answers_are_a_domain_of_their_own():
    design = SurveyDesign([1, 2, 1, 2], ["a", "a", "b", "b"])
    columns = survey_means(np.array([[1, 5], [2, NAN], [4, 7], [8, 9]], dtype=float), design)
    answered = np.array([True, False, True, True])
    alone = survey_mean([5, 0, 7, 9], design, answered)
    assert columns.n.tolist() == [4, 3]
    assert columns.df.tolist() == [2, 1]
    assert columns.population.tolist() == [6, 4]
    assert (columns.values[1], columns.standard_errors[1]) == pytest.approx((alone.value, alone.standard_error))
    assert columns.estimate(1).deff_replace == pytest.approx(alone.deff_replace)


def test_nothing_answered_is_undefined_with_a_reason():
    design = SurveyDesign([1, 1, 0])
    shares = survey_shares(np.array([[NAN, 1], [NAN, 0], [1, 1]]), design)
    empty = shares.estimate(0)
    assert (empty.value, empty.standard_error, empty.n, empty.reason) == (None, None, 0, "nothing answered")
    assert np.isnan(shares.values[0])
    assert shares.estimate(1).value == 0.5
    index = mean_of_ratios(np.full((3, 2), NAN), np.ones((3, 2)), design)
    assert (index.value, index.standard_error, index.reason) == (None, None, "nothing answered")
    assert survey_ratio([1, 1, 1], [0, 0, 0], design).value is None


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_a_unanimous_share_is_exact_and_shows_no_design_effect(answer):
    weights = np.random.default_rng(1).random(50) / 3
    share = survey_share(np.full(50, answer), SurveyDesign(weights, np.arange(50) % 4))
    assert (share.value, share.standard_error) == (answer, 0.0)
    assert (share.deff, share.deff_replace, share.n_effective, share.reason) == (None, None, None, None)


def test_the_two_indices_by_hand():
    """Question 1: 3 of 4 weights satisfied, question 2: 1 of 2; pooled 4 of 6."""
    satisfied = np.array([[1, 1], [0, 0], [1, NAN], [NAN, NAN]])
    asked = np.array([[1, 1], [1, 1], [1, NAN], [1, 0]])
    design = SurveyDesign([1, 1, 2, 5])
    assert mean_of_ratios(satisfied, asked, design).value == pytest.approx((3 / 4 + 1 / 2) / 2)
    pooled = pooled_ratio(satisfied, asked, design)
    assert pooled.value == pytest.approx(4 / 6)
    assert (pooled.n, pooled.population) == (3, 4)


def test_an_index_of_one_question_is_its_share():
    rng = np.random.default_rng(2)
    yes = rng.integers(0, 2, 60).astype(float)
    yes[::7] = NAN
    design = SurveyDesign(rng.random(60) + 0.5, np.arange(60) % 3, np.arange(60) % 15)
    share = survey_share(yes, design)
    for index in (mean_of_ratios, pooled_ratio):
        ours = index(yes[:, None], np.ones((60, 1)), design)
        assert (ours.value, ours.standard_error) == pytest.approx((share.value, share.standard_error), rel=1e-12)
        assert (ours.n, ours.df, ours.deff_replace) == (share.n, share.df, pytest.approx(share.deff_replace))


def test_a_question_nobody_answered_is_left_out_of_the_mean():
    satisfied = np.array([[1, 0], [0, 0], [1, 0.0]])
    asked = np.array([[1, 0], [1, 0], [1, 0.0]])
    assert mean_of_ratios(satisfied, asked, SurveyDesign(np.ones(3))).value == pytest.approx(2 / 3)


def test_standard_error_of_the_mean_of_ratios_is_that_of_the_mean_of_influences():
    rng = np.random.default_rng(3)
    asked = (rng.random((80, 3)) < 0.8).astype(float)
    satisfied = asked * (rng.random((80, 3)) < 0.7)
    design = SurveyDesign(rng.random(80) + 1, np.arange(80) % 4)
    ratios = survey_ratios(satisfied, asked, design)
    index = mean_of_ratios(satisfied, asked, design)
    assert index.value == pytest.approx(ratios.values.mean())
    assert index.standard_error == pytest.approx(math.sqrt(ratios.covariance.mean()), rel=1e-12)


def test_totals_of_groups_add_up_and_groups_have_covariances():
    values, groups = np.array([1.0, 2, 4, 8, 3, 9]), np.array(list("ababab"))
    design = SurveyDesign(np.arange(1.0, 7), clusters=[1, 1, 2, 2, 3, 3])
    parts = [survey_total(values, design, groups == one) for one in "ab"]
    assert sum(part.value for part in parts) == pytest.approx(survey_total(values, design).value)
    both = combined(parts, design, labels=["a", "b"])
    assert both.covariance.sum() == pytest.approx(survey_total(values, design).standard_error ** 2, rel=1e-12)
    means = domain_means(values, groups, design)
    again = combined([means.estimate(0), means.estimate(1)], design)
    assert again.covariance == pytest.approx(means.covariance, rel=1e-12)
    assert list(means.by_label()) == ["a", "b"]


def test_rules_for_lonely_strata_follow_who_answered_in_each_column():
    """Stratum c is lonely, but only the second column has an answer there."""
    design = SurveyDesign(np.ones(5), list("aabbc"), lonely="average")
    columns = np.array([[1, 1], [3, 3], [2, 2], [8, 8], [NAN, 4]])
    both = survey_means(columns, design)
    for place in range(2):
        alone = survey_mean(columns[:, place], design)
        assert both.standard_errors[place] == pytest.approx(alone.standard_error, rel=1e-12)
    assert both.covariance[0, 0] == pytest.approx(both.standard_errors[0] ** 2)


def test_kish_by_hand():
    assert kish_design_effect([1, 1, 2, 0]) == pytest.approx(3 * 6 / 16)
    assert kish_effective_n([1, 1, 2, 0]) == pytest.approx(16 / 6)
    assert (kish_design_effect([0, 0]), kish_effective_n([0, 0])) == (None, 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: survey_mean([1, 2], d), "values have shape"),
        (lambda d: survey_mean([[1], [2], [3]], d), "one value per respondent"),
        (lambda d: survey_mean([1, 2, math.inf], d), "infinite"),
        (lambda d: survey_share([1, 2, 0], d), "yes holds 2"),
        (lambda d: survey_ratios(np.ones((3, 1)), np.ones((3, 2)), d), "must be alike"),
        (lambda d: pooled_ratio(np.ones((3, 1)), np.ones((3, 2)), d), "must be alike"),
        (lambda d: domain_means([1, 2, 3], ["a", None, "b"], d), r"groups\[1\] is missing"),
        (lambda d: combined([], d), "empty"),
    ],
)
def test_arguments_that_cannot_be(call, message):
    with pytest.raises(ValueError, match=message):
        call(SurveyDesign([1, 1, 1]))
