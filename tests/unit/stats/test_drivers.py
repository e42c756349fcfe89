"""Parts of R², their bootstrap, and tables of counted answers."""

import itertools

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats.bootstrap import resampled_sums
from cchc_analysis.stats.contingency import (
    chi_square_independence,
    compare_ordered_counts,
    kruskal_wallis_counts,
    linear_by_linear,
)
from cchc_analysis.stats.driver_intervals import bootstrap_importance
from cchc_analysis.stats.drivers import relative_importance

nan = float("nan")


def survey(n=200, p=4, seed=5):
    """Answers from 1 to 5 that hang together, and an overall one that follows them."""
    generator = np.random.default_rng(seed)
    answers = np.clip(np.rint(3.5 + 0.6 * generator.normal(size=(n, 1)) + generator.normal(size=(n, p))), 1, 5)
    overall = answers @ np.linspace(0.5, 0.1, p) + 0.6 * generator.normal(size=n)
    return answers, overall


def slow_r_squared(drivers, outcome, weights):
    """R² of a regression fitted to rows by least squares."""
    design = np.column_stack((np.ones(len(outcome)), drivers)) * np.sqrt(weights)[:, None]
    target = outcome * np.sqrt(weights)
    residual = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    centred = outcome - weights @ outcome / weights.sum()
    return 1 - residual @ residual / (weights @ centred**2)


def slow_lmg(drivers, outcome, weights=None):
    """Mean gain of each driver over all orders of entry, every regression fitted anew."""
    weights = np.ones(len(outcome)) if weights is None else weights
    p = drivers.shape[1]
    gains = np.zeros(p)
    orders = list(itertools.permutations(range(p)))
    for order in orders:
        known = 0.0
        for place in range(p):
            r_squared = slow_r_squared(drivers[:, order[: place + 1]], outcome, weights)
            gains[order[place]] += r_squared - known
            known = r_squared
    return gains / len(orders)


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_parts_equal_the_mean_over_all_orders(p):
    drivers, outcome = survey(p=p)
    result = relative_importance(drivers, outcome)
    assert result.lmg == pytest.approx(slow_lmg(drivers, outcome), abs=1e-12)
    assert result.r_squared == pytest.approx(slow_r_squared(drivers, outcome, np.ones(200)), abs=1e-12)
    everyone = np.arange(p)
    last = [result.r_squared - relative_r(drivers[:, everyone != j], outcome) for j in range(p)]
    assert result.last == pytest.approx(last, abs=1e-12)
    assert result.first == pytest.approx(result.correlations**2, abs=1e-12)


def relative_r(drivers, outcome):
    return slow_r_squared(drivers, outcome, np.ones(len(outcome)))


def test_weighted_parts_equal_the_mean_over_all_orders():
    drivers, outcome = survey(p=3)
    weights = np.linspace(0.2, 4, 200)
    result = relative_importance(drivers, outcome, weights=weights)
    assert result.lmg == pytest.approx(slow_lmg(drivers, outcome, weights), abs=1e-12)


def test_counts_stand_for_repeated_rows():
    drivers, outcome = survey(n=40)
    counts = np.arange(40) % 3
    ours = relative_importance(drivers, outcome, counts=counts)
    theirs = relative_importance(np.repeat(drivers, counts, axis=0), np.repeat(outcome, counts))
    assert ours.n == theirs.n == counts.sum()
    assert ours.lmg == pytest.approx(theirs.lmg, abs=1e-12)
    first = bootstrap_importance(drivers, outcome, counts=counts, n_bootstrap=50)
    second = bootstrap_importance(np.repeat(drivers, counts, axis=0), np.repeat(outcome, counts), n_bootstrap=50)
    assert first.lower == pytest.approx(second.lower, abs=1e-9)


def test_rows_without_an_answer_are_left_out():
    drivers, outcome = survey()
    drivers[3, 1], outcome[7] = nan, nan
    result = relative_importance(drivers, outcome)
    kept = [i for i in range(200) if i not in (3, 7)]
    assert (result.n, result.n_left_out) == (198, 2)
    assert result.lmg == pytest.approx(relative_importance(drivers[kept], outcome[kept]).lmg, abs=1e-12)


@pytest.mark.parametrize("noise", [0.0, 1e-7, 0.1])
def test_drivers_that_repeat_each_other_are_refused_by_name(noise):
    drivers, outcome = survey()
    drivers[:, 3] = drivers[:, 0] + drivers[:, 1] + noise * np.random.default_rng(1).normal(size=200)
    result = relative_importance(drivers, outcome, names=["staff", "speed", "result", "place"])
    assert (result.reason, result.culprits) == ("collinear", ("staff", "speed", "place"))
    assert result.r_squared is None
    assert np.isnan(np.concatenate((result.lmg, result.shares, result.first, result.last))).all()
    assert not np.isinf(result.vif).any()
    intervals = bootstrap_importance(drivers, outcome, n_bootstrap=20)
    assert intervals.reason == "collinear"
    assert np.isnan(intervals.lower).all()


def test_inflation_is_that_of_regressions_on_the_other_drivers():
    drivers, outcome = survey()
    slow = [1 / (1 - relative_r(np.delete(drivers, j, axis=1), drivers[:, j])) for j in range(4)]
    assert relative_importance(drivers, outcome).vif == pytest.approx(slow, abs=1e-10)
    assert relative_importance(drivers, outcome, vif_limit=1.0).reason == "collinear"


def test_what_cannot_be_explained_is_said():
    drivers, outcome = survey()
    assert relative_importance(drivers[:5], outcome[:5]).reason == "few_answers"
    assert relative_importance(drivers[:0], outcome[:0]).reason == "few_answers"
    assert relative_importance(drivers, np.full(200, 4.0)).reason == "constant_outcome"
    same = drivers.copy()
    same[:, 2] = 5
    result = relative_importance(same, outcome)
    assert (result.reason, result.culprits) == ("constant_drivers", ("x3",))
    assert relative_importance(drivers[:30], outcome[:30]).warnings == ("few_answers_per_driver",)
    assert relative_importance(drivers, outcome).warnings == ()


def test_an_outcome_that_follows_nothing_has_parts_but_no_shares_of_nothing():
    result = relative_importance([[1, 1], [1, 2], [2, 1], [2, 2]] * 3, [1, 2, 2, 1] * 3)
    assert result.r_squared == pytest.approx(0, abs=1e-12)
    assert result.lmg == pytest.approx([0, 0], abs=1e-12)
    assert np.isnan(result.shares).all()


def naive_bootstrap(drivers, outcome, n_bootstrap, seed):
    """Rows drawn and fitted anew for every resample."""
    generator = np.random.default_rng(seed)
    draws = (generator.integers(0, len(outcome), len(outcome)) for _ in range(n_bootstrap))
    return np.array([relative_importance(drivers[rows], outcome[rows]).lmg for rows in draws])


def test_intervals_equal_those_of_a_naive_bootstrap():
    """Same generator, same draws: equal to rounding; another seed: alike within 0.03."""
    drivers, outcome = survey(n=80, p=3)
    slow = naive_bootstrap(drivers, outcome, 300, seed=1)
    fast = bootstrap_importance(drivers, outcome, n_bootstrap=300, seed=1)
    lower, upper = np.quantile(slow, [0.025, 0.975], axis=0, method="weibull")
    assert fast.lower == pytest.approx(lower, abs=1e-9)
    assert fast.upper == pytest.approx(upper, abs=1e-9)
    assert fast.first_share == pytest.approx((slow == slow.max(axis=1, keepdims=True)).mean(axis=0))
    other = bootstrap_importance(drivers, outcome, n_bootstrap=300, seed=2)
    assert other.lower == pytest.approx(lower, abs=0.04)
    assert not np.array_equal(other.lower, fast.lower)


def test_ranks_are_as_sure_as_the_answers():
    drivers, outcome = survey(n=2000)
    many = bootstrap_importance(drivers, outcome, n_bootstrap=200)
    few = bootstrap_importance(drivers[:60], outcome[:60], n_bootstrap=200)
    assert many.rank_lower.tolist() == many.rank_upper.tolist() == [1, 2, 3, 4]
    assert (few.rank_upper - few.rank_lower).sum() > 2
    assert many.first_share.tolist() == [1, 0, 0, 0]
    assert many.r_squared_lower < many.importance.r_squared < many.r_squared_upper


def test_clusters_that_agree_widen_the_intervals():
    drivers, outcome = survey(n=50)
    drivers, outcome = np.repeat(drivers, 20, axis=0), np.repeat(outcome, 20)
    places = np.repeat(np.arange(50), 20)
    rows = bootstrap_importance(drivers, outcome, n_bootstrap=300)
    clustered = bootstrap_importance(drivers, outcome, clusters=places, n_bootstrap=300)
    width, clustered_width = (i.r_squared_upper - i.r_squared_lower for i in (rows, clustered))
    assert 3 < clustered_width / width < 6


def test_strata_may_have_any_names_and_a_lonely_one_is_counted():
    drivers, outcome = survey()
    wards = np.array(["Phường 1", "Phường 2"] * 99 + ["Long Sơn"] * 2)
    alone = bootstrap_importance(drivers, outcome, strata=wards, clusters=[*range(198), 198, 198], n_bootstrap=50)
    assert (alone.n_lonely_strata, alone.reason) == (1, None)
    nobody = bootstrap_importance(drivers, outcome, clusters=np.zeros(200), n_bootstrap=50)
    assert (nobody.reason, nobody.r_squared_lower) == ("no_replication", None)


def test_too_many_degenerate_resamples_are_refused():
    drivers = np.array([[1, 1], [2, 1], [3, 1], [4, 1], [5, 2], [1, 1]])
    result = bootstrap_importance(drivers, [1, 3, 2, 5, 4, 1], n_bootstrap=200)
    assert result.reason == "degenerate_resamples"
    assert result.n_degenerate > 10
    assert result.importance.reason is None
    assert np.isnan(result.upper).all()


def test_clusters_that_did_not_answer_are_part_of_the_chance():
    drivers, outcome = survey()
    outcome[50:100] = nan
    places = np.repeat(np.arange(4), 50)
    every = bootstrap_importance(drivers, outcome, clusters=places, n_bootstrap=400)
    answered = np.flatnonzero(~np.isnan(outcome))
    others = bootstrap_importance(drivers[answered], outcome[answered], clusters=places[answered], n_bootstrap=400)
    assert every.importance.lmg == pytest.approx(others.importance.lmg, abs=1e-12)
    assert every.r_squared_upper != others.r_squared_upper
    # Three draws of four clusters: one in 64 resamples holds nobody who answered.
    assert 0 < every.n_degenerate < 20
    assert np.isfinite(every.upper).all()


def test_resamples_add_up_and_keep_the_variance_of_small_strata():
    """Two units per stratum: variance of the total Σ (a - b)², Rao and Wu (1988); 5 percent of 20,000 resamples."""
    sums = np.array([[1.0], [4.0], [2.0], [10.0]])
    blocks = list(resampled_sums(sums, 20_000, seed=1, strata=["a", "a", "b", "b"], rescaled=True))
    totals = np.concatenate(blocks)[:, 0]
    assert len(totals) == 20_000
    assert totals.var() == pytest.approx(3**2 + 8**2, rel=0.05)
    plain = np.concatenate(list(resampled_sums(sums, 20_000, seed=1)))[:, 0]
    assert plain.var() == pytest.approx(4 * sums.var(), rel=0.05)
    assert plain.mean() == pytest.approx(17, rel=0.01)


def test_counted_comparisons_equal_those_of_single_answers():
    """Source: scipy.stats on the answers one by one; 1e-10."""
    table = np.array([[3, 5, 9, 14, 7], [8, 9, 6, 4, 1], [2, 2, 5, 5, 5]])
    groups = [np.repeat(np.arange(1, 6), row) for row in table]
    test = compare_ordered_counts(table[0], table[1])
    slow = scipy_stats.mannwhitneyu(groups[0], groups[1], method="asymptotic")
    assert (test.statistic, test.p_value) == pytest.approx((slow.statistic, slow.pvalue), abs=1e-10)
    assert test.superiority == pytest.approx(np.mean([(a > b) + 0.5 * (a == b) for a in groups[0] for b in groups[1]]))
    several, slow = kruskal_wallis_counts(table), scipy_stats.kruskal(*groups)
    assert (several.statistic, several.p_value) == pytest.approx((slow.statistic, slow.pvalue), abs=1e-10)
    independence = chi_square_independence(table)
    slow = scipy_stats.chi2_contingency(table, correction=False)
    assert (independence.statistic, independence.p_value) == pytest.approx((slow.statistic, slow.pvalue), abs=1e-10)
    assert independence.smallest_expected == pytest.approx(slow.expected_freq.min())
    assert independence.cramers_v == pytest.approx(scipy_stats.contingency.association(table, "cramer"))


def test_yates_correction_is_that_of_r():
    """Source: scipy chi2_contingency(correction=True), as R chisq.test; the second gap is below one half."""
    for table in ([[12, 5], [7, 9]], [[10, 10], [10, 11]]):
        slow = scipy_stats.chi2_contingency(table, correction=True).statistic
        assert chi_square_independence(table, correct=True).statistic == pytest.approx(slow, abs=1e-12)


def test_trend_of_two_ordered_questions():
    """Source: Agresti, Categorical Data Analysis (2002), 3.4.4, alcohol and malformation: M² = 6.57, P = 0.01."""
    malformed = [[17066, 48], [14464, 38], [788, 5], [126, 1], [37, 1]]
    r, test = linear_by_linear(malformed, row_scores=[0, 0.5, 1.5, 4, 7])
    assert test.statistic == pytest.approx(6.57, abs=0.005)
    assert test.p_value == pytest.approx(0.0104, abs=5e-5)
    assert r == pytest.approx(0.0142, abs=5e-5)


def test_empty_and_equal_tables_have_no_test():
    assert compare_ordered_counts([0, 0], [3, 1]).p_value is None
    assert compare_ordered_counts([0, 3], [0, 1]) == compare_ordered_counts([0, 3, 0], [0, 1, 0])
    assert compare_ordered_counts([0, 3], [0, 1]).superiority == 0.5
    assert kruskal_wallis_counts([[0, 3], [0, 0]]).statistic is None
    assert kruskal_wallis_counts([[0, 3], [0, 4]]).statistic is None
    assert chi_square_independence([[0, 0], [0, 0]]).n == 0
    assert chi_square_independence([[1, 2, 0], [3, 4, 0], [0, 0, 0]]).df == 1
    assert linear_by_linear([[0, 3], [0, 4]])[0] is None
    assert linear_by_linear([[0, 0], [0, 0]])[1].p_value is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: relative_importance([[1, "a"]], [1]), r"X\[0, 1\] is 'a'"),
        (lambda: relative_importance([[1, 2]], [1, 2]), "y has shape"),
        (lambda: relative_importance(np.ones((30, 16)), np.ones(30)), "X has 16 columns"),
        (lambda: relative_importance(np.ones((30, 0)), np.ones(30)), "X has 0 columns"),
        (lambda: relative_importance([[1, 2]], [1], names=["a"]), "names has 1 values"),
        (lambda: relative_importance([[1, 2]], [1], weights=[-1]), r"weights\[0\] is -1"),
        (lambda: bootstrap_importance([[1], [2], [4]], [1, 2, 3], strata=[1]), "strata has shape"),
        (lambda: bootstrap_importance([[1], [2], [4]], [1, 2, 3], n_bootstrap=0), "n_bootstrap is 0"),
        (lambda: bootstrap_importance([[1], [2], [4]], [1, 2, 3], level=0), "level is 0"),
        (lambda: chi_square_independence([1, 2]), "table has 1 dimensions"),
        (lambda: chi_square_independence([[1, -2]]), r"table\[1\] is -2"),
        (lambda: compare_ordered_counts([1, 2], [1]), "first has shape"),
        (lambda: linear_by_linear([[1, 2]], column_scores=[1]), "column_scores has 1 values"),
    ],
)
def test_wrong_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
