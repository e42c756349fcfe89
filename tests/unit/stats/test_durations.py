"""Kaplan-Meier curves by hand, and what stays undefined."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats import kaplan_meier, log_rank

ONES, NONE = [1, 1, 1, 1], [0, 0, 0, 0]


def test_curve_worked_by_hand():
    # 10 dossiers: 2 end on day 1, 1 is still open at day 1, 3 end on day 4, 4 are still open at day 6.
    curve = kaplan_meier([1, 4, 6], [2, 3, 0], [1, 0, 4])
    assert list(curve.n_at_risk) == [10, 7, 4]
    assert curve.survival == pytest.approx([0.8, 0.8 * 4 / 7, 0.8 * 4 / 7], abs=1e-15)
    greenwood = 2 / (10 * 8) + 3 / (7 * 4)
    assert curve.variance == pytest.approx([0.8**2 / 40, *[(0.8 * 4 / 7) ** 2 * greenwood] * 2], abs=1e-15)


def test_open_dossiers_count_as_at_risk_on_their_last_day():
    assert kaplan_meier([3], [1], [1]).survival_at(3) == 0.5


def test_rows_may_repeat_come_in_any_order_and_be_empty():
    curve = kaplan_meier([4, 1, 4, 9, 6, 1], [1, 1, 2, 0, 0, 1], [0, 1, 0, 0, 4, 0])
    assert list(curve.times) == [1, 4, 6]
    assert list(curve.n_events) == [2, 3, 0]
    assert list(curve.n_censored) == [1, 0, 4]


@pytest.mark.parametrize(
    ("durations", "n_events", "n_censored", "median"),
    [
        ([1, 2, 3, 4], ONES, NONE, 2.5),  # the curve runs at 1/2 from day 2 to day 3
        ([1, 2, 2.5, 3, 4], [1, 1, 0, 1, 0], [0, 0, 1, 0, 1], 3),  # 0.6 after day 2, 0.3 after day 3
        ([1, 2, 7, 8], [1, 1, 0, 0], [0, 0, 1, 1], 2),  # it ends at 1/2: nothing to be midway to
        ([1, 2, 3], [1, 0, 0], [0, 1, 2], None),
        ([5], [0], [3], None),
        ([], [], [], None),
    ],
)
def test_median_of_a_curve(durations, n_events, n_censored, median):
    assert kaplan_meier(durations, n_events, n_censored).quantile() == median


def test_the_median_of_a_hundred_is_midway_although_a_product_of_fractions_misses_one_half():
    # R's survival notes Surv(1:100): the curve after 50 is 0.5 + 1.1e-16.
    assert kaplan_meier(range(1, 101), [1] * 100, [0] * 100).quantile() == 50.5


@pytest.mark.parametrize("q", [0, 1, 50])
def test_a_quantile_must_lie_inside(q):
    with pytest.raises(ValueError, match=f"q is {q}"):
        kaplan_meier([1], [1], [0]).quantile(q)


def test_beyond_the_last_open_dossier_nothing_is_known():
    curve = kaplan_meier([1, 2], [1, 0], [0, 1])
    assert curve.survival_at(0.5) == 1
    assert curve.survival_at(2) == 0.5
    assert curve.survival_at(2.1) is None
    assert curve.standard_error_at(2.1) is None
    assert curve.survival_interval_at(2.1) == (None, None)
    assert curve.restricted_mean(2.1) is None


def test_once_all_have_ended_the_share_is_zero_for_good_but_has_no_error():
    curve = kaplan_meier([1, 2], [1, 1], [0, 0])
    assert curve.survival_at(99) == 0
    assert curve.standard_error_at(99) is None
    assert curve.survival_interval_at(99) == (None, None)
    assert curve.restricted_mean(99).mean == 1.5


def test_bands_follow_their_formulas():
    # S = 0.5, Greenwood s² = 2 / (4 · 2) = 1/4, so s = 1/2, at z = 1.
    level = 0.6826894921370859
    curve = kaplan_meier([1, 2], [2, 0], [0, 2])
    assert curve.survival_interval_at(1, level, "plain") == pytest.approx((0.25, 0.75), abs=1e-12)
    assert curve.survival_interval_at(1, level, "log") == pytest.approx(
        (0.5 * np.exp(-0.5), 0.5 * np.exp(0.5)), abs=1e-12
    )
    width = 0.5 / np.log(2)
    assert curve.survival_interval_at(1, level, "log-log") == pytest.approx(
        (0.5 ** np.exp(width), 0.5 ** np.exp(-width)), abs=1e-12
    )


def test_before_the_first_event_only_log_log_is_undefined():
    curve = kaplan_meier([1, 5], [0, 2], [1, 1])
    for t in (0.5, 1):
        assert curve.survival_interval_at(t, transform="log") == (1, 1)
        assert curve.survival_interval_at(t, transform="log-log") == (None, None)


def test_an_unknown_transform_is_refused():
    with pytest.raises(ValueError, match="transform is 'logit', but it must be 'log', 'log-log' or 'plain'"):
        kaplan_meier([1], [1], [0]).quantile_interval(transform="logit")


def test_restricted_mean_without_open_dossiers_is_the_mean_of_cut_durations():
    durations = np.array([1, 3, 3, 8, 12])
    result = kaplan_meier(durations, [1] * 5, [0] * 5).restricted_mean(10)
    cut = np.minimum(durations, 10)
    assert result.mean == pytest.approx(cut.mean(), abs=1e-12)
    # Without censoring Greenwood's sum is the plain variance with divisor n, divided by n.
    assert result.standard_error == pytest.approx(cut.std() / np.sqrt(5), abs=1e-12)


def test_a_horizon_must_be_positive():
    with pytest.raises(ValueError, match="horizon is 0"):
        kaplan_meier([1], [1], [0]).restricted_mean(0)


@pytest.mark.parametrize(
    ("durations", "n_events", "n_censored", "message"),
    [
        ([1, -2], [1, 1], [0, 0], r"durations\[1\] is -2, but a duration cannot be negative"),
        ([1, np.nan], [1, 1], [0, 0], r"durations\[1\] is nan"),
        ([1, 2], [1, -1], [0, 0], r"n_events\[1\] is -1"),
        ([1, 2], [1, 1], [0, 0.5], r"n_censored\[1\] is 0.5"),
        ([1, 2], [1], [0, 0], "equally long"),
    ],
)
def test_impossible_durations_are_named(durations, n_events, n_censored, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(durations, n_events, n_censored)


def censored(durations, n_censored):
    """The first n are events, the rest censored, as scipy wants them."""
    split = len(durations) - n_censored
    return scipy_stats.CensoredData(uncensored=durations[:split], right=durations[split:])


def test_curve_and_log_rank_agree_with_scipy():
    """Source: scipy.stats.ecdf and scipy.stats.logrank; 1e-10."""
    rng = np.random.default_rng(7)
    first, second = rng.integers(1, 30, 80), rng.integers(1, 45, 60)
    flags = [np.repeat([1, 0], [60, 20]), np.repeat([1, 0], [35, 25])]
    groups = [(first, flags[0], 1 - flags[0]), (second, flags[1], 1 - flags[1])]
    theirs = scipy_stats.ecdf(censored(first, 20)).sf
    ours = kaplan_meier(*groups[0])
    assert [ours.survival_at(t) for t in theirs.quantiles] == pytest.approx(list(theirs.probabilities), abs=1e-10)
    expected = scipy_stats.logrank(censored(first, 20), censored(second, 25))
    test = log_rank(groups)
    assert test.statistic == pytest.approx(expected.statistic**2, abs=1e-10)
    assert test.p_value == pytest.approx(expected.pvalue, abs=1e-10)


def test_log_rank_of_three_groups_agrees_with_statsmodels():
    """Source: statsmodels.duration.survfunc.survdiff, plain and with Fleming-Harrington weight 1; 1e-8."""
    from statsmodels.duration.survfunc import survdiff

    rng = np.random.default_rng(11)
    time, ended, group = rng.integers(1, 25, 150), rng.integers(0, 2, 150), rng.integers(0, 3, 150)
    groups = [(time[group == g], ended[group == g], 1 - ended[group == g]) for g in range(3)]
    for rho in (0, 1):
        statistic, p_value = survdiff(time, ended, group, weight_type="fh", fh_p=rho)
        test = log_rank(groups, rho=rho)
        assert test.df == 2
        assert test.p_value == pytest.approx(p_value, abs=1e-8)
        assert test.statistic == pytest.approx(statistic, abs=1e-8)


def test_log_rank_observed_and_expected_add_up():
    test = log_rank([([6, 7, 10], [1, 1, 0], [0, 0, 1]), ([1, 2, 3], [1, 1, 1], [0, 0, 0])])
    assert list(test.observed) == [2, 3]
    assert test.expected.sum() == pytest.approx(5, abs=1e-12)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [([1, 2], [1, 1], [0, 0])],
        [([1, 2], [0, 0], [1, 1]), ([3], [0], [1])],
        [([1, 2], [1, 1], [0, 0]), ([], [], [])],
        [([5], [1], [0]), ([3], [0], [1])],
    ],
)
def test_log_rank_without_two_groups_at_risk_is_undefined(groups):
    test = log_rank(groups)
    assert (test.statistic, test.p_value) == (None, None)


def test_ten_million_dossiers_at_a_hundred_thousand_durations():
    durations = np.arange(100_000) / 7
    curve = kaplan_meier(durations, np.full(100_000, 80), np.full(100_000, 20))
    assert curve.n == 10_000_000
    assert curve.survival[0] == pytest.approx(1 - 80 / 10_000_000, abs=1e-15)
    lower, upper = curve.quantile_interval()
    assert lower < curve.quantile() < upper
