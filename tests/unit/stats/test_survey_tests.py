"""Tests of design-based estimates against classical tests they become with equal weights, and at the edges."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import domain_means, mean_of_ratios, survey_mean, survey_share
from cchc_analysis.stats.survey_independence import rao_scott
from cchc_analysis.stats.survey_ranks import rank_test, rank_test_of_groups
from cchc_analysis.stats.survey_tests import (
    difference_of_estimates,
    equal_means,
    independent_difference,
    paired_difference,
    two_group_test,
)

NAN = math.nan


@pytest.fixture
def people():
    rng = np.random.default_rng(5)
    n = 300
    design = SurveyDesign(rng.random(n) + 0.5, np.arange(n) % 4, np.arange(n) % 40)
    return design, rng.normal(3, 1, n), rng.choice(["a", "b", "c"], n), rng


def test_two_groups_are_the_difference_of_two_domains(people):
    design, values, groups, _ = people
    first, second = (survey_mean(values, design, mask) for mask in (groups == "a", groups != "a"))
    test = two_group_test(values, groups == "a", design)
    same = difference_of_estimates(first, second, design)
    assert test.df == same.df
    assert (test.difference, test.standard_error, test.p_value) == pytest.approx(
        (same.difference, same.standard_error, same.p_value), rel=1e-9
    )
    assert test.difference == pytest.approx(first.value - second.value)
    assert test.df == design.degrees_of_freedom() - 1
    independent = independent_difference(first, second)
    assert independent.standard_error != pytest.approx(test.standard_error, rel=1e-3)


def test_missing_values_take_their_units_out_of_the_degrees_of_freedom():
    design = SurveyDesign(np.ones(8), clusters=[1, 1, 2, 2, 3, 3, 4, 4])
    group = np.array([True, False] * 4)
    test = two_group_test([1, 2, 3, 5, 2, 2, NAN, NAN], group, design)
    assert test.df == 1
    assert test.difference == pytest.approx(-1)


def test_satterthwaite_is_welch_with_equal_weights():
    """Source: scipy.stats.ttest_ind(equal_var=False); 1e-12."""
    x, y = np.array([4.1, 5.2, 6.8, 7.0, 3.3]), np.array([2.2, 2.9, 4.4])
    first, second = (survey_mean(sample, SurveyDesign(np.ones(len(sample)))) for sample in (x, y))
    ours, welch = independent_difference(first, second), scipy_stats.ttest_ind(x, y, equal_var=False)
    assert (ours.statistic, ours.df, ours.p_value) == pytest.approx((welch.statistic, welch.df, welch.pvalue))
    z = independent_difference(first, second, distribution="z")
    assert z.p_value == pytest.approx(2 * scipy_stats.norm.sf(abs(ours.statistic)))
    assert z.df == math.inf
    with pytest.raises(ValueError, match="distribution is 'f'"):
        independent_difference(first, second, distribution="f")


def test_pairs_are_the_paired_t_with_equal_weights():
    """Source: scipy.stats.ttest_rel; 1e-12."""
    x, y = np.array([1.0, 0, 1, 1, 0, 1]), np.array([0.0, 0, 1, 0, 1, 0])
    ours, paired = paired_difference(x, y, SurveyDesign(np.ones(6))), scipy_stats.ttest_rel(x, y)
    assert (ours.statistic, ours.p_value, ours.df) == pytest.approx((paired.statistic, paired.pvalue, 5))


def test_who_gave_one_answer_of_a_pair_is_left_out_but_was_drawn():
    """Six pairs of seven drawn: 7 / 6 instead of 6 / 5 Σ (d - mean)² / 36."""
    x, y = np.array([1.0, 0, 1, 1, 0, 1, NAN]), np.array([0.0, 0, 1, 0, 1, 0, 1])
    ours, apart = paired_difference(x, y, SurveyDesign(np.ones(7))), (x - y)[:6]
    assert ours.difference == pytest.approx(apart.mean())
    assert ours.standard_error == pytest.approx(math.sqrt(7 / 6 * ((apart - apart.mean()) ** 2).sum()) / 6)
    assert ours.df == 5


def test_pairs_are_the_difference_of_two_shares_with_their_covariance(people):
    design, values, _, rng = people
    first, second = (values > 3).astype(float), (values + rng.normal(0, 1, len(values)) > 3.3).astype(float)
    by_covariance = difference_of_estimates(survey_share(first, design), survey_share(second, design), design)
    ours = paired_difference(first, second, design)
    assert (ours.difference, ours.standard_error) == pytest.approx(
        (by_covariance.difference, by_covariance.standard_error), rel=1e-10
    )


def test_indices_of_two_domains_can_be_compared(people):
    design, values, groups, rng = people
    satisfied = (rng.random((len(values), 4)) < 0.7).astype(float)
    first, second = (
        mean_of_ratios(satisfied, np.ones_like(satisfied), design, mask) for mask in (groups == "a", groups == "b")
    )
    test = difference_of_estimates(first, second, design, groups != "c")
    assert test.lower < test.difference < test.upper
    assert test.p_value == pytest.approx(2 * scipy_stats.t.sf(abs(test.statistic), test.df))


def test_equal_means_of_equal_weights_in_two_groups_is_t_squared(people):
    design, values, groups, _ = people
    two = np.where(groups == "c", "b", groups)
    wald = equal_means(domain_means(values, two, design), design)
    t = two_group_test(values, two == "b", design)
    assert wald.statistic == pytest.approx(t.statistic**2)
    assert wald.p_value == pytest.approx(t.p_value)


def test_equal_means_do_not_depend_on_the_group_that_comes_first(people):
    design, values, groups, _ = people
    renamed = np.select([groups == "a", groups == "b"], ["z", "y"], "x")
    forward, backward = (equal_means(domain_means(values, g, design), design) for g in (groups, renamed))
    assert forward.statistic == pytest.approx(backward.statistic)
    assert (forward.df, forward.df_denominator) == (2, design.degrees_of_freedom() - 2)


def test_rao_scott_of_a_simple_random_sample_is_nearly_pearson():
    """Source: scipy.stats.chi2_contingency; with n 400 the design effect is 1 within 3 percent."""
    rng = np.random.default_rng(8)
    rows, columns = rng.choice(list("ab"), 400), rng.choice(list("xyz"), 400)
    test = rao_scott(rows, columns, SurveyDesign(np.ones(400)))
    table = [[((rows == r) & (columns == c)).sum() for c in "xyz"] for r in "ab"]
    pearson = scipy_stats.chi2_contingency(table, correction=False)
    assert test.pearson == pytest.approx(pearson.statistic)
    assert test.mean_deff == pytest.approx(1, abs=0.03)
    assert test.chi_square_p_value == pytest.approx(pearson.pvalue, abs=0.02)


def test_doubling_every_respondent_in_a_cluster_leaves_the_test_alone(people):
    design, values, groups, _ = people
    answers = np.where(values > 3, "yes", "no")
    once = rao_scott(groups, answers, design)
    assert once.df_denominator == pytest.approx(once.df * design.degrees_of_freedom())
    twice = np.repeat(np.arange(design.n), 2)
    doubled = SurveyDesign(design.weights[twice], design.strata[twice], design.clusters[twice])
    again = rao_scott(groups[twice], answers[twice], doubled)
    assert (again.statistic, again.df, again.p_value) == pytest.approx((once.statistic, once.df, once.p_value))
    assert again.mean_deff == pytest.approx(2 * once.mean_deff)


def test_tables_that_show_nothing_and_missing_codes():
    design = SurveyDesign(np.ones(4))
    single = rao_scott(list("aaaa"), list("xyxy"), design)
    assert (single.n, single.statistic, single.p_value) == (4, None, None)
    rows = np.array(["a", "b", None, "a"], dtype=object)
    assert rao_scott(rows, list("xyxy"), design).n == 3
    perfect = rao_scott(list("aabb"), list("xxyy"), design)
    assert perfect.n == 4
    with pytest.raises(ValueError, match="rows has shape"):
        rao_scott(["a"], list("xyxy"), design)


def test_degrees_of_freedom_are_those_of_who_has_both_codes(people):
    """As R's svychisq, which removes missing codes first: leaving the others out by hand gives the same test."""
    design, values, groups, _ = people
    answers = np.where(values > 3, "yes", "no").astype(object)
    lost = design.clusters == design.clusters[0]
    answers[lost] = None
    test = rao_scott(groups, answers, design)
    by_hand = rao_scott(groups, np.where(values > 3, "yes", "no"), design, ~lost)
    assert test == by_hand
    assert test.df_denominator == pytest.approx(test.df * design.degrees_of_freedom(~lost))
    assert design.degrees_of_freedom(~lost) < design.degrees_of_freedom()


def test_rank_test_of_equal_weights_does_not_depend_on_the_rule_for_ties(people):
    _, values, groups, _ = people
    design, rounded = SurveyDesign(np.ones(len(values))), np.round(values)
    for scores in ("wilcoxon", "van_der_waerden", "median"):
        by_row, by_weight = (
            rank_test(rounded, groups == "a", design, scores=scores, tie_rule=rule)
            for rule in ("row_order", "weighted")
        )
        assert by_row.statistic == pytest.approx(by_weight.statistic)
    with pytest.raises(ValueError, match="scores is 'kruskal'"):
        rank_test(rounded, groups == "a", design, scores="kruskal")


def test_rank_test_of_equal_weights_is_close_to_mann_whitney(people):
    """Source: scipy.stats.mannwhitneyu; p-values within 0.01."""
    _, values, groups, _ = people
    test = rank_test(values, groups == "a", SurveyDesign(np.ones(len(values))))
    classical = scipy_stats.mannwhitneyu(values[groups == "a"], values[groups != "a"])
    assert test.p_value == pytest.approx(classical.pvalue, abs=0.01)


def test_rank_test_of_groups_is_the_square_of_the_test_of_two(people):
    design, values, groups, _ = people
    wald = rank_test_of_groups(values, groups == "a", design, tie_rule="weighted")
    t = rank_test(values, groups == "a", design, tie_rule="weighted")
    assert wald.statistic == pytest.approx(t.statistic**2)
    assert rank_test_of_groups(values, groups, design).df == 2


def test_what_cannot_be_tested_is_none():
    design = SurveyDesign(np.ones(4))
    nobody = two_group_test([1, 2, 3, 4], np.zeros(4, dtype=bool), design)
    assert (nobody.difference, nobody.p_value) == (None, None)
    alone = two_group_test([1, 2, 3, 4], np.array([True, False, False, False]), design)
    assert alone.difference == pytest.approx(-2)
    assert (alone.standard_error, alone.p_value) == (None, None)
    alike = two_group_test([1, 1, 1, 1], np.array([True, True, False, False]), design)
    assert (alike.difference, alike.standard_error, alike.p_value) == (0, 0, None)
    singular = equal_means(domain_means([1, 1, 2, 2], list("aabb"), design), design)
    assert singular.p_value is None
    assert equal_means(domain_means([1, 2, 3, 4], list("aaaa"), design), design).statistic is None
    one, other = survey_mean([1], SurveyDesign([1])), survey_mean([2, 3], SurveyDesign([1, 1]))
    assert independent_difference(one, other).p_value is None
