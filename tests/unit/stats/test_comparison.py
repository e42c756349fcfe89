"""Rank tests, t-tests and adjusted p-values against scipy and by hand."""

import itertools

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats import (
    benjamini_hochberg,
    holm,
    mann_whitney,
    paired_t,
    welch_t,
    wilcoxon_signed_rank,
)


def ranks_of_all_subsets(m, n):
    return [sum(chosen) - m * (m - 1) // 2 for chosen in itertools.combinations(range(m + n), m)]


@pytest.mark.parametrize(("m", "n"), [(3, 4), (5, 5), (1, 6)])
@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_exact_p_value_is_the_share_of_all_orders(m, n, alternative):
    rng = np.random.default_rng(m * n)
    x, y = rng.normal(0.4, 1, m), rng.normal(0, 1, n)
    test = mann_whitney(x, y, alternative)
    orders = np.array(ranks_of_all_subsets(m, n))
    at_most, at_least = (orders <= test.statistic).mean(), (orders >= test.statistic).mean()
    expected = {"less": at_most, "greater": at_least, "two-sided": min(1, 2 * min(at_most, at_least))}
    assert test.p_value == pytest.approx(expected[alternative], abs=1e-12)


@pytest.mark.parametrize("n", [8, 30, 49])
def test_exact_rank_tests_agree_with_scipy(n):
    """Source: scipy.stats.mannwhitneyu and wilcoxon with method="exact"; 1e-10."""
    rng = np.random.default_rng(n)
    x, y = rng.normal(0.3, 1, n), rng.normal(0, 1, n)
    assert mann_whitney(x, y).p_value == pytest.approx(scipy_stats.mannwhitneyu(x, y, method="exact").pvalue, abs=1e-10)
    assert wilcoxon_signed_rank(x, y).p_value == pytest.approx(
        scipy_stats.wilcoxon(x - y, method="exact").pvalue, abs=1e-10
    )


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_tied_rank_tests_agree_with_scipy(alternative):
    """Source: scipy.stats.mannwhitneyu and wilcoxon, normal approximation with continuity correction; 1e-10."""
    rng = np.random.default_rng(5)
    x, y = rng.integers(1, 6, 60), rng.integers(1, 5, 60)
    ours = mann_whitney(x, y, alternative)
    theirs = scipy_stats.mannwhitneyu(x, y, alternative=alternative, method="asymptotic")
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-10)
    paired = scipy_stats.wilcoxon(x - y, alternative=alternative, correction=True, method="asymptotic")
    assert wilcoxon_signed_rank(x, y, alternative).p_value == pytest.approx(paired.pvalue, abs=1e-10)


def test_the_interval_holds_the_shifts_that_the_exact_test_does_not_reject():
    rng = np.random.default_rng(3)
    x, y = rng.normal(1, 1, 9), rng.normal(0, 1, 8)
    test = mann_whitney(x, y)
    for shift, rejected in (
        (test.lower - 1e-6, True),
        (test.lower + 1e-6, False),
        (test.upper - 1e-6, False),
        (test.upper + 1e-6, True),
    ):
        assert (mann_whitney(x - shift, y).p_value <= 0.05) is rejected


def test_the_interval_holds_the_shifts_that_the_approximate_test_does_not_reject():
    rng = np.random.default_rng(4)
    x, y = rng.integers(2, 9, 40), rng.integers(1, 8, 40)
    for test, again in (
        (mann_whitney(x, y), lambda shift: mann_whitney(x - shift, y)),
        (wilcoxon_signed_rank(x, y), lambda shift: wilcoxon_signed_rank(x - shift, y)),
    ):
        assert not test.exact
        assert test.lower <= test.estimate <= test.upper
        for shift, rejected in (
            (test.lower - 1e-3, True),
            (test.lower + 1e-3, False),
            (test.upper - 1e-3, False),
            (test.upper + 1e-3, True),
        ):
            assert (again(shift).p_value <= 0.05) is rejected


def test_the_shift_of_large_samples_is_the_median_difference():
    rng = np.random.default_rng(6)
    x, y = rng.normal(2, 1, 60), rng.normal(0, 1, 55)
    test = mann_whitney(x, y)
    assert test.estimate == pytest.approx(np.median(x[:, None] - y[None, :]), abs=1e-6)


def test_samples_too_small_for_the_level_have_no_interval():
    assert mann_whitney([1, 2], [3, 4]).lower is None
    assert wilcoxon_signed_rank([1, 3, 6], [0, 1, 3]).upper is None


def test_all_observations_tied():
    test = mann_whitney([2, 2], [2, 2, 2])
    assert (test.statistic, test.p_value, test.lower, test.exact) == (3, None, None, False)


@pytest.mark.parametrize(
    ("test", "x", "y", "message"),
    [
        (mann_whitney, [], [1], "x must be a list of at least one number"),
        (mann_whitney, [1, np.nan], [1], r"x\[1\] is nan"),
        (wilcoxon_signed_rank, [1, 2], [1], "x has 2 values and y 1"),
        (wilcoxon_signed_rank, [1, 2], [1, 2], "equal in every pair"),
        (paired_t, [1, 2], [1], "x has 2 values and y 1"),
    ],
)
def test_impossible_samples_are_refused(test, x, y, message):
    with pytest.raises(ValueError, match=message):
        test(x, y)


def test_an_unknown_alternative_is_refused():
    with pytest.raises(ValueError, match="alternative is 'larger'"):
        mann_whitney([1, 2], [3, 4], "larger")


def test_t_tests_agree_with_scipy():
    """Source: scipy.stats.ttest_ind(equal_var=False) and ttest_rel; 1e-10."""
    x, y = [4.1, 5.2, 6.3, 3.9], [2.2, 3.1, 4.8, 2.0]
    for ours, theirs in (
        (welch_t(x, y, 0.9), scipy_stats.ttest_ind(x, y, equal_var=False)),
        (paired_t(x, y, 0.9), scipy_stats.ttest_rel(x, y)),
    ):
        interval = theirs.confidence_interval(0.9)
        assert (ours.statistic, ours.df, ours.p_value) == pytest.approx(
            (theirs.statistic, theirs.df, theirs.pvalue), abs=1e-10
        )
        assert (ours.lower, ours.upper) == pytest.approx((interval.low, interval.high), abs=1e-10)


def test_t_tests_of_too_little():
    assert welch_t([1], [2, 3]).difference == -1.5
    assert welch_t([1], [2, 3]).p_value is None
    assert paired_t([1], [2]).difference == -1
    assert welch_t([], [1, 2]).difference is None


def test_holm_as_in_r():
    """Source: R p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm"); 1e-12."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09], abs=1e-12)
    assert holm([0.9, 0.8]) == pytest.approx([1, 1], abs=1e-12)


def test_benjamini_hochberg_as_in_r():
    """Source: R p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "BH") gives 0.05 five times; 1e-12."""
    assert benjamini_hochberg([0.05, 0.02, 0.03, 0.04, 0.01]) == pytest.approx([0.05] * 5, abs=1e-12)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_adjusted_p_values_keep_their_place(adjust):
    assert len(adjust([])) == 0
    assert adjust([0.2]) == pytest.approx([0.2], abs=1e-12)
    assert np.argsort(adjust([0.5, 0.001, 0.02])).tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match=r"p_values\[1\] is 1.2"):
        adjust([0.1, 1.2])
