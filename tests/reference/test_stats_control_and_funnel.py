"""Control charts, funnel limits and standardisation against published figures and against brute force."""

import csv
import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, chi2

from cchc_analysis.stats import (
    binomial_mid_p,
    chart_signals,
    funnel_limits,
    observed_expected,
    over_dispersion,
    poisson_binomial_pmf,
    share_chart,
    smallest_telling_n,
    xmr_chart,
)


def cans(reference) -> tuple[list[int], list[int]]:
    with (reference / "06_proportions" / "montgomery_orangejuice_pchart.tsv").open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [int(row["D"]) for row in rows], [int(row["size"]) for row in rows]


def test_orange_juice_limits_without_the_two_explained_samples(reference) -> None:
    """Source: Montgomery, Introduction to SQC, 7.2.1: 15 and 23 left out, p 0.2150, limits .0407 and .3893; 5e-5.

    Sample 21 then lies outside. The remaining shares still vary more than by chance (p = 0.0007), for which the book
    has no correction: the level asks for its limits.
    """
    defective, sizes = (counts[:30] for counts in cans(reference))
    chart = share_chart(defective, sizes, [number not in (15, 23) for number in range(1, 31)], level=1 - 1e-9)
    assert chart.kind == "p"
    assert chart.centre == pytest.approx(0.2150, abs=5e-5)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((0.0407, 0.3893), abs=5e-5)
    outside = np.flatnonzero((chart.shares > chart.upper) | (chart.shares < chart.lower)) + 1
    assert outside.tolist() == [15, 21, 23]


def test_flow_rates_with_a_baseline_of_the_first_five() -> None:
    """Worked by hand: 49.6 47.6 49.9 51.3 47.8, mean 49.24, steps 2.0 2.3 1.4 3.5, mean 2.3; limits ± 2.66 · 2.3."""
    chart = xmr_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 62.0], [True] * 5 + [False] * 3)
    assert chart.centre == pytest.approx(49.24, abs=1e-12)
    assert (chart.lower, chart.upper) == pytest.approx((49.24 - 6.118, 49.24 + 6.118), abs=1e-12)
    assert chart.outside.tolist() == [False] * 7 + [True]


def test_p_prime_limits_worked_by_hand() -> None:
    """Laney (2002): z = ∓2, ±... of shares 0.46 0.54 0.46 0.54 with n = 2,500 around 0.5, σ = 0.01.

    z = -4 4 -4 4, steps 8, σ_z = 8 / 1.128 = 7.092, limits 0.5 ± 3 · 0.01 · 7.092.
    """
    chart = share_chart([1150, 1350, 1150, 1350], [2500] * 4)
    assert chart.kind == "p_prime"
    assert chart.sigma_z == pytest.approx(8 / 1.128, rel=1e-12)
    assert chart.upper == pytest.approx([0.5 + 0.03 * 8 / 1.128] * 4, rel=1e-12)
    assert chart.dispersion_p == pytest.approx(float(chi2.sf(64, 3)), rel=1e-9)


def test_months_that_vary_by_chance_keep_the_limits_of_chance() -> None:
    chart = share_chart([96, 95, 97, 94], [100] * 4)
    assert (chart.kind, chart.centre) == ("p", 0.955)
    assert chart.upper.tolist() == [1.0] * 4


@pytest.mark.parametrize("target", [0.02, 0.3, 0.9, 0.98])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_funnel_limits_are_spiegelhalters_below_and_flag_what_the_exact_tail_flags(target: float, level: float) -> None:
    """Source: Spiegelhalter (2005), A.1.1, with scipy's quantile; every size to 80 and every count."""
    tail = (1 - level) / 2
    for n in range(1, 81):
        lower, upper = (float(limit[0]) for limit in funnel_limits([n], target, level))
        r = int(binom.ppf(tail, n, target))
        step = (binom.cdf(r, n, target) - tail) / binom.pmf(r, n, target)
        assert lower == pytest.approx(max(r - step, 0) / n, abs=1e-9)
        for x in range(n + 1):
            assert (x / n < lower - 1e-9) == (binom.cdf(x, n, target) < tail - 1e-12), (n, x)
            assert (x / n > upper + 1e-9) == (binom.sf(x - 1, n, target) < tail - 1e-12), (n, x)


def test_mid_p_of_every_count_against_the_sum_of_its_tail() -> None:
    for target in (0.05, 0.5, 0.93):
        weights = binom.pmf(range(13), 12, target)
        for x in range(13):
            below = weights[:x].sum() + weights[x] / 2
            assert binomial_mid_p([x], [12], target)[0] == pytest.approx(min(1, 2 * min(below, 1 - below)), abs=1e-12)


def test_smallest_telling_n_is_where_a_search_ends() -> None:
    """For share 1 the mid-p value of n of n is target^n: ln 0.05 / ln target, rounded up."""
    for target in (0.5, 0.9, 0.95, 0.98):
        assert smallest_telling_n(target) == math.ceil(math.log(0.05) / math.log(target))
    n = smallest_telling_n(0.95, 0.9)
    assert n is not None
    told = [binomial_mid_p([math.ceil(0.9 * size - 1e-9)], [size], 0.95)[0] <= 0.05 for size in range(1, 1001)]
    assert not told[n - 2]
    assert all(told[n - 1 :])
    assert smallest_telling_n(0.95, 0.95) is None


def test_spread_between_groups_worked_by_hand() -> None:
    """100 each around 0.9 (s = 0.03): z = -10/3 5/3 0 3 -5/3, Σ z² = 231/9; τ² = (Σ z² - 4) s² / 4."""
    found = over_dispersion([80, 95, 90, 99, 85], [100] * 5, 0.9, winsorised_share=0)
    assert found.phi == pytest.approx(231 / 9 / 5, rel=1e-12)
    assert found.tau_squared == pytest.approx((231 / 9 - 4) * 0.0009 / 4, rel=1e-12)
    lower, upper = found.multiplicative_limits([100])
    assert (lower[0], upper[0]) == pytest.approx((0.9 - 1.959964 * 0.03 * math.sqrt(231 / 45), 1.0), abs=1e-6)
    lower, _ = found.additive_limits([100])
    assert lower[0] == pytest.approx(0.9 - 1.959964 * math.sqrt(0.0009 + found.tau_squared), abs=1e-6)


def test_winsorising_draws_the_ends_in() -> None:
    """z sorted -10/3 -5/3 0 5/3 3; quantiles 0.1 and 0.9 by linear interpolation: -8/3 and 37/15."""
    found = over_dispersion([80, 95, 90, 99, 85], [100] * 5, 0.9)
    z = [-8 / 3, -5 / 3, 0, 5 / 3, 37 / 15]
    assert found.phi == pytest.approx(sum(value**2 for value in z) / 5, rel=1e-9)


def test_the_count_of_strata_against_every_outcome() -> None:
    n, shares = [3, 2, 1], [0.1, 0.6, 0.25]
    expected = np.zeros(7)
    for counts in product(*(range(size + 1) for size in n)):
        chance = [binom.pmf(x, size, p) for x, size, p in zip(counts, n, shares, strict=True)]
        expected[sum(counts)] += np.prod(chance)
    assert poisson_binomial_pmf(n, shares) == pytest.approx(expected, abs=1e-12)


def test_equal_strata_are_one_binomial() -> None:
    found = observed_expected(9, [40, 60], [0.05, 0.05])
    assert found.p_value == pytest.approx(binomial_mid_p([9], [100], 0.05)[0], rel=1e-9)
    assert found.p_of_none == pytest.approx(0.95**100, rel=1e-12)
    assert (found.expected, found.ratio) == pytest.approx((5.0, 1.8), rel=1e-12)


@pytest.mark.parametrize("observed", [30, 45, 60, 75, 90])
def test_the_approximation_is_close_to_the_exact_value(observed: int) -> None:
    """1,500 observations in three strata, 60 expected; relative difference of the p-value below 5 %."""
    n, shares = [1000, 400, 100], [0.02, 0.05, 0.2]
    exact, near = (observed_expected(observed, n, shares, exact_up_to=limit) for limit in (5000, 0))
    assert (exact.exact, near.exact) == (True, False)
    assert near.p_value == pytest.approx(exact.p_value, rel=0.05, abs=1e-4)


@pytest.mark.parametrize(
    ("values", "rule", "side", "first", "last"),
    [
        ([0, 0, 3.1, 0], "outside", "above", 2, 2),
        ([0, 0, -3.0, 0], None, None, None, None),
        ([1, -1, -1, -1, -1, -1, -1, -1], "shift", "below", 1, 7),
        ([1, -1, -1, -1, 0, -1, -1, -1], None, None, None, None),
        ([-0.6, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8], "trend", "rising", 0, 6),
        ([-0.6, -0.4, -0.2, -0.2, 0.4, 0.6, 0.8], None, None, None, None),
        ([0, 2.1, 0, 2.2, 0], "two_of_three", "above", 1, 3),
        ([0, 2.1, 0, 0, 2.2], None, None, None, None),
        ([0, 2.1, 0, -2.2, 0], None, None, None, None),
        ([1, 1, 1, math.nan, 1, 1, 1, 1], None, None, None, None),
    ],
)
def test_rules_of_making_data_count(values, rule, side, first, last) -> None:
    """Source: NHS England, Making Data Count: outside 3 sigma, 7 on one side, 7 rising, 2 of 3 beyond 2 sigma."""
    found = [(one.rule, one.side, one.first, one.last) for one in chart_signals(values, 0.0, 1.0)]
    assert found == ([] if rule is None else [(rule, side, first, last)])


def test_fifteen_near_the_centre_are_a_signal_where_asked_for() -> None:
    values = [0.5, -0.5] * 7 + [0.5]
    assert chart_signals(values, 0.0, 1.0) == ()
    assert [one.rule for one in chart_signals(values, 0.0, 1.0, rules=("inner_third",))] == ["inner_third"]
    assert chart_signals(values[1:], 0.0, 1.0, rules=("inner_third",)) == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda: funnel_limits([10], 1.2),
        lambda: binomial_mid_p([11], [10], 0.5),
        lambda: observed_expected(4, [3], [0.5]),
        lambda: observed_expected(1, [3, 2], [0.5]),
        lambda: share_chart([1, 2], [3, 4], [True]),
        lambda: xmr_chart([1, 2, 3], [True, False, False]),
    ],
)
def test_wrong_arguments_are_refused(call) -> None:
    with pytest.raises(ValueError, match=r"\d|baseline"):
        call()


def test_what_is_undefined_is_none_or_nan() -> None:
    assert np.isnan(funnel_limits([0], 0.9)[0][0])
    assert np.isnan(binomial_mid_p([0], [0], 0.9)[0])
    nothing = observed_expected(0, [10], [0.0])
    assert (nothing.ratio, nothing.p_value, nothing.expected) == (None, None, 0.0)
    assert over_dispersion([5], [10], 0.5).phi is None
    empty = share_chart([0, 0], [0, 0])
    assert empty.centre is None
    assert np.isnan(empty.upper).all()
