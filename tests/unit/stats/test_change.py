"""Change between periods, worked by hand."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats import mann_kendall, mean_change, mix_and_true_effect


def adds_up(effect):
    return math.isclose(
        effect.mix_effect + effect.true_effect + effect.entered_left_effect,
        effect.total_change,
        rel_tol=1e-12,
        abs_tol=1e-12,
    )


def test_a_shift_to_slow_procedures_is_mix_not_a_true_effect():
    # Land takes 30 days and civil papers 2 in both periods; only the mix moves from 3:7 to 5:5.
    effect = mix_and_true_effect({"land": (900, 30), "civil": (140, 70)}, {"land": (1500, 50), "civil": (100, 50)})
    assert (effect.previous, effect.current) == (10.4, 16.0)
    assert effect.mix_effect == pytest.approx(5.6, abs=1e-12)
    assert effect.true_effect == 0
    assert effect.entered_left_effect == 0


def test_faster_work_with_the_same_mix_is_a_true_effect():
    effect = mix_and_true_effect({"land": (900, 30), "civil": (140, 70)}, {"land": (1200, 60), "civil": (140, 140)})
    assert effect.mix_effect == pytest.approx(0, abs=1e-12)
    assert effect.true_effect == pytest.approx(-10 * 0.3 - 1 * 0.7, abs=1e-12)


def test_both_effects_by_kitagawa():
    # Weights 0.4, 0.6 -> 0.5, 0.5 and rates 10, 5 -> 8, 6: mix 0.1·9 - 0.1·5.5, true -2·0.45 + 1·0.55.
    effect = mix_and_true_effect({"a": (40, 4), "b": (30, 6)}, {"a": (40, 5), "b": (30, 5)})
    assert effect.mix_effect == pytest.approx(0.35, abs=1e-12)
    assert effect.true_effect == pytest.approx(-0.35, abs=1e-12)
    assert effect.total_change == pytest.approx(0, abs=1e-12)


def test_a_growing_stratum_slower_than_the_mean_raises_it():
    effect = mix_and_true_effect({"slow": (40, 4), "fast": (6, 6)}, {"slow": (60, 6), "fast": (4, 4)})
    by_name = {stratum.stratum: stratum.mix_effect for stratum in effect.strata}
    assert by_name["slow"] > 0
    assert by_name["fast"] > 0
    assert sum(by_name.values()) == pytest.approx(effect.mix_effect, abs=1e-12)


def test_strata_of_one_period_are_a_term_of_their_own():
    # The common stratum stays at 5; a new one at 20 with a quarter of dossiers adds (20 - 5) / 4, and the
    # one that left, at 9 with a half of dossiers, took (9 - 5) / 2 away.
    effect = mix_and_true_effect({"kept": (50, 10), "left": (90, 10)}, {"kept": (150, 30), "new": (200, 10)})
    assert (effect.mix_effect, effect.true_effect) == (0, 0)
    assert effect.entered_left_effect == pytest.approx(15 / 4 - 4 / 2, abs=1e-12)
    assert (effect.entered, effect.left) == (("new",), ("left",))
    assert adds_up(effect)


def test_without_a_common_stratum_all_change_is_entering_and_leaving():
    effect = mix_and_true_effect({"a": (10, 5)}, {"b": (21, 3)})
    assert (effect.mix_effect, effect.true_effect) == (0, 0)
    assert effect.entered_left_effect == pytest.approx(5, abs=1e-12)


def test_a_stratum_without_dossiers_is_absent():
    effect = mix_and_true_effect({"a": (10, 5), "b": (0, 0)}, {"a": (10, 5), "b": (8, 2)})
    assert effect.entered == ("b",)
    assert mix_and_true_effect({"a": (0, 0)}, {"a": (8, 2)}) is None
    assert mix_and_true_effect({"a": (8, 2)}, {}) is None


@pytest.mark.parametrize(
    ("totals", "message"),
    [
        ((3, 0), r"current\['a'\] has numerator 3 over denominator 0"),
        ((3, -1), r"current\['a'\] has denominator -1"),
        ((math.nan, 2), r"current\['a'\] is \(nan, 2\)"),
    ],
)
def test_impossible_totals_are_named(totals, message):
    with pytest.raises(ValueError, match=message):
        mix_and_true_effect({"a": (1, 1)}, {"a": totals})


def test_change_of_a_mean_equals_welch_on_expanded_rows():
    """Source: scipy.stats.ttest_ind(equal_var=False); 1e-10."""
    previous, current = ([3, 5, 9], [10, 4, 6]), ([2, 5, 8], [12, 9, 3])
    expected = scipy_stats.ttest_ind(np.repeat(*current), np.repeat(*previous), equal_var=False)
    change = mean_change(previous, current)
    interval = expected.confidence_interval(0.95)
    assert (change.statistic, change.df, change.p_value) == pytest.approx(
        (expected.statistic, expected.df, expected.pvalue), abs=1e-10
    )
    assert (change.lower, change.upper) == pytest.approx((interval.low, interval.high), abs=1e-10)


def test_change_of_a_mean_that_cannot_be_known():
    assert mean_change(([], []), ([1], [5])).difference is None
    one = mean_change(([1], [1]), ([4, 5], [2, 2]))
    assert (one.difference, one.lower) == (3.5, None)
    still = mean_change(([1], [5]), ([4], [5]))
    assert (still.difference, still.standard_error, still.p_value) == (3, 0, None)


def test_mann_kendall_agrees_with_scipy():
    """Source: scipy.stats.kendalltau and theilslopes; 1e-12."""
    series = [5, 3, 8, 8, 9, 2, 8, 12]
    times = [0, 1, 2, 5, 6, 9, 10, 12]
    test = mann_kendall(series, times)
    assert test.tau_b == pytest.approx(scipy_stats.kendalltau(times, series).statistic, abs=1e-12)
    assert test.sen_slope == pytest.approx(scipy_stats.theilslopes(series, times).slope, abs=1e-12)


def test_mann_kendall_of_a_constant_series_finds_nothing():
    test = mann_kendall([4, 4, 4])
    assert (test.s, test.z, test.p_value, test.tau_a, test.tau_b, test.sen_slope) == (0, 0, 1, 0, None, 0)


@pytest.mark.parametrize("series", [[], [4]])
def test_mann_kendall_of_too_few_values_is_undefined(series):
    test = mann_kendall(series)
    assert (test.tau_a, test.sen_slope, test.p_value) == (None, None, 1)


def test_time_must_move_forward():
    with pytest.raises(ValueError, match=r"times\[2\] is 1, but every moment must lie after"):
        mann_kendall([1, 2, 3], [0, 1, 1])
