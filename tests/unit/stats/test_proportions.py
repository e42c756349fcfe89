"""Edges, arrays and refusals of the intervals and tests of shares."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats import (
    agresti_caffo_difference,
    chi_square_equal_shares,
    clopper_pearson_interval,
    cochran_armitage_trend,
    mcnemar,
    mid_p_interval,
    newcombe_difference,
    sign_test,
    wald_difference,
    wilson_cc_interval,
    wilson_interval,
)

INTERVALS = [wilson_interval, wilson_cc_interval, clopper_pearson_interval, mid_p_interval]
DIFFERENCES = [newcombe_difference, wald_difference, agresti_caffo_difference]


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("n", [1, 2, 12, 10_000_000])
def test_edges_are_exact(interval, n):
    assert interval(0, n)[0] == 0.0
    assert interval(n, n)[1] == 1.0
    assert 0 < interval(0, n)[1] < 1
    assert 0 < interval(n, n)[0] < 1


@pytest.mark.parametrize("interval", INTERVALS)
def test_nothing_of_nothing_has_no_interval(interval):
    assert all(map(math.isnan, interval(0, 0)))
    lower, upper = interval([0, 3], [0, 4])
    assert np.isnan([lower[0], upper[0]]).all()
    assert (lower[1], upper[1]) == interval(3, 4)


@pytest.mark.parametrize("interval", INTERVALS)
def test_numbers_give_floats_and_arrays_give_arrays(interval):
    assert [type(end) for end in interval(np.int64(3), 4)] == [float, float]
    assert interval(np.array([[1, 2], [3, 4]]), 5)[0].shape == (2, 2)


@pytest.mark.parametrize(("n_success", "n"), [(1, 7), (3, 20), (19, 20), (450, 1000)])
def test_intervals_agree_with_scipy(n_success, n):
    """Source: scipy.stats.binomtest; 1e-10."""
    test = scipy_stats.binomtest(n_success, n)
    for method, interval in (
        ("wilson", wilson_interval),
        ("wilsoncc", wilson_cc_interval),
        ("exact", clopper_pearson_interval),
    ):
        assert interval(n_success, n, 0.9) == pytest.approx(tuple(test.proportion_ci(0.9, method)), abs=1e-10)


def test_mid_p_ends_put_half_the_observed_count_in_each_tail():
    lower, upper = mid_p_interval(3, 20)
    for share, tail in ((lower, 0.975), (upper, 0.025)):
        binomial = scipy_stats.binom(20, share)
        assert binomial.cdf(2) + binomial.pmf(3) / 2 == pytest.approx(tail, abs=1e-9)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize(
    ("n_success", "n", "message"),
    [
        (15, 12, "n_success is 15, but it cannot exceed n, which is 12"),
        (5, 0, "n_success is 5, but it cannot exceed n, which is 0"),
        (-3, 10, "n_success is -3, but a count cannot be negative"),
        (7.5, 10, "n_success is 7.5, but a count must be a whole number"),
        ([1, 15], [2, 12], r"n_success\[1\] is 15, but it cannot exceed n\[1\], which is 12"),
    ],
)
def test_impossible_counts_are_named(interval, n_success, n, message):
    with pytest.raises(ValueError, match=message):
        interval(n_success, n)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_outside_the_unit_interval_is_refused(level):
    with pytest.raises(ValueError, match="level is"):
        wilson_interval(1, 2, level)


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_swapping_the_groups_turns_the_difference_round(difference):
    lower, upper = difference(9, 10, 3, 10)
    assert difference(3, 10, 9, 10) == pytest.approx((-upper, -lower), abs=1e-12)


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_no_difference_is_known_without_a_denominator(difference):
    assert all(map(math.isnan, difference(0, 0, 3, 10)))
    lower, _ = difference([0, 9], [0, 10], [3, 3], [10, 10])
    assert math.isnan(lower[0])
    assert lower[1] == difference(9, 10, 3, 10)[0]


def test_the_textbook_interval_has_no_width_at_the_edge_but_newcombe_has():
    """Source: Newcombe, Statistics in Medicine 17 (1998) 873, Table II, 10/10 - 0/10: 0.6075 to 1; 5e-5."""
    assert wald_difference(10, 10, 0, 10) == (1, 1)
    assert newcombe_difference(10, 10, 0, 10) == pytest.approx((0.6075, 1.0), abs=5e-5)


def test_chi_square_agrees_with_scipy_for_many_groups():
    """Source: scipy.stats.chi2_contingency; 1e-10."""
    successes, totals = np.array([12, 30, 7, 44]), np.array([20, 60, 22, 61])
    expected = scipy_stats.chi2_contingency([successes, totals - successes], correction=False)
    test = chi_square_equal_shares(successes, totals)
    assert (test.statistic, test.p_value) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-10)
    assert test.df == expected.dof


def test_empty_groups_do_not_count_as_groups():
    assert chi_square_equal_shares([5, 0, 9], [10, 0, 12]) == chi_square_equal_shares([5, 9], [10, 12])


@pytest.mark.parametrize(("n_success", "n"), [([], []), ([3], [4]), ([0, 0], [4, 9]), ([4, 9], [4, 9]), ([0], [0])])
def test_shares_that_cannot_differ_are_not_tested(n_success, n):
    test = chi_square_equal_shares(n_success, n)
    assert (test.statistic, test.p_value) == (None, None)
    assert cochran_armitage_trend(n_success, n).z is None


def test_trend_takes_its_sign_from_the_scores():
    rising = cochran_armitage_trend([1, 5, 9], [10, 10, 10])
    falling = cochran_armitage_trend([1, 5, 9], [10, 10, 10], scores=[3, 2, 1])
    assert rising.z > 0
    assert falling.z == pytest.approx(-rising.z, abs=1e-12)
    assert rising.statistic == pytest.approx(rising.z**2, abs=1e-12)


def test_trend_wants_one_score_per_group():
    with pytest.raises(ValueError, match="scores has 2 values, but there are 3 groups"):
        cochran_armitage_trend([1, 5, 9], [10, 10, 10], scores=[1, 2])


def test_mcnemar_exact_is_the_sign_test_of_those_who_changed():
    """Source: R binom.test(9, 11)$p.value = 0.06542969; 1e-8."""
    assert mcnemar(20, 9, 2, 30).exact_p_value == pytest.approx(0.06542969, abs=1e-8)


def test_nobody_changed():
    test = mcnemar(5, 0, 0, 5)
    assert (test.difference, test.lower, test.upper, test.p_value) == (0, 0, 0, None)
    assert mcnemar(0, 0, 0, 0).difference is None


def test_one_change_each_way_is_no_evidence():
    test = mcnemar(5, 1, 1, 5)
    assert (test.statistic, test.corrected_statistic, test.exact_p_value) == (0, 0, 1)


def test_sign_test_by_hand():
    assert sign_test(5, 0).p_value == pytest.approx(2 / 32, abs=1e-15)
    assert sign_test(3, 3).p_value == 1
    assert sign_test(0, 0).p_value is None
