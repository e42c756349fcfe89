"""What holds for every scale, every set of drivers and every pattern of answers."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cchc_analysis.stats.answer_patterns import longest_runs, straight_lines
from cchc_analysis.stats.contingency import compare_ordered_counts, kruskal_wallis_counts
from cchc_analysis.stats.driver_intervals import bootstrap_importance
from cchc_analysis.stats.drivers import relative_importance
from cchc_analysis.stats.reliability import cronbach_alpha, item_statistics

repeatable = settings(max_examples=60, deadline=None, derandomize=True)

answer = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, float("nan")])
scales = st.tuples(st.integers(3, 12), st.integers(2, 5)).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=answer)
)
counts = st.lists(st.integers(0, 30), min_size=5, max_size=5)
seeds = st.integers(0, 10**6)


def alphas(items, **options):
    """Every number a scale has, None as nan, to compare two of them."""
    scale = cronbach_alpha(items, **options)
    return np.array([scale.alpha, scale.standardised, scale.mean_correlation], dtype=float)


def draw(seed, n=40, p=3):
    """Drivers and an outcome that depends on some of them."""
    generator = np.random.default_rng(seed)
    drivers = generator.normal(size=(n, p)) + 0.5 * generator.normal(size=(n, 1))
    return drivers, drivers @ generator.normal(size=p) + generator.normal(size=n)


@repeatable
@given(scales, st.randoms(use_true_random=False), st.sampled_from(["pairwise", "listwise"]))
def test_alpha_does_not_depend_on_the_order_of_respondents_or_items(items, random, missing):
    rows, columns = (random.sample(range(size), size) for size in items.shape)
    shuffled = items[np.ix_(rows, columns)]
    assert np.allclose(alphas(items, missing=missing), alphas(shuffled, missing=missing), rtol=1e-7, equal_nan=True)
    assert cronbach_alpha(items, missing).reason == cronbach_alpha(shuffled, missing).reason


@repeatable
@given(scales, st.integers(-5, 5), st.sampled_from([0.5, 2.0, 4.0]))
def test_alpha_does_not_depend_on_where_an_item_starts_nor_on_the_unit(items, start, unit):
    moved = items.copy()
    moved[:, 0] += start
    assert np.allclose(alphas(items), alphas(moved), rtol=1e-7, equal_nan=True)
    assert np.allclose(alphas(items), alphas(items * unit), rtol=1e-7, equal_nan=True)


@repeatable
@given(scales)
def test_numbers_are_never_infinite_and_the_interval_holds_alpha(items):
    scale = cronbach_alpha(items)
    numbers = [scale.alpha, scale.lower, scale.upper, scale.standard_error, scale.standardised]
    assert all(number is None or np.isfinite(number) for number in numbers)
    assert (scale.alpha is None) == (scale.reason is not None)
    if scale.alpha is not None:
        assert scale.lower <= scale.alpha + 1e-12
        assert scale.alpha <= scale.upper + 1e-12 or scale.n_items > 2
        assert scale.alpha <= 1 + 1e-12 or np.isnan(items).any()
    for item in item_statistics(items):
        parts = (item.mean, item.standard_deviation, item.item_rest, item.alpha_without)
        assert all(part is None or np.isfinite(part) for part in parts)


@repeatable
@given(scales)
def test_a_row_that_counts_twice_is_two_rows(items):
    twice = alphas(items, counts=np.full(len(items), 2))
    assert np.allclose(twice, alphas(np.repeat(items, 2, axis=0)), rtol=1e-7, equal_nan=True)


@repeatable
@given(scales)
def test_complete_answers_give_the_same_alpha_when_everyone_answers_twice(items):
    complete = np.where(np.isnan(items), 3.0, items)
    assert np.allclose(alphas(complete), alphas(np.repeat(complete, 2, axis=0)), rtol=1e-7, equal_nan=True)


@repeatable
@given(scales)
def test_missing_columns_change_no_pattern(items):
    wider = np.column_stack((items, np.full(len(items), np.nan)))
    assert np.array_equal(straight_lines(items, 2), straight_lines(wider, 2))
    between = np.insert(items, items.shape[1] // 2, np.nan, axis=1)
    assert np.array_equal(longest_runs(items), longest_runs(between))
    n_answered = (~np.isnan(items)).sum(axis=1)
    assert np.array_equal(straight_lines(items, 2), (longest_runs(items) == n_answered) & (n_answered >= 2))


@repeatable
@given(seeds, st.integers(1, 5))
def test_parts_add_up_to_what_is_explained(seed, p):
    result = relative_importance(*draw(seed, p=p))
    assume(result.reason is None)
    assert np.isclose(result.lmg.sum(), result.r_squared, atol=1e-12)
    assert np.isclose(result.shares.sum(), 1, atol=1e-9)
    assert (result.lmg >= 0).all()
    assert (result.lmg <= result.r_squared + 1e-12).all()
    assert (result.vif >= 1 - 1e-12).all()


@repeatable
@given(seeds, st.floats(-1e3, 1e3), st.sampled_from([-100.0, -1.0, 0.01, 7.0]))
def test_parts_do_not_depend_on_units(seed, start, unit):
    drivers, outcome = draw(seed)
    moved = drivers.copy()
    moved[:, 1] = start + unit * moved[:, 1]
    ours, theirs = relative_importance(drivers, outcome), relative_importance(moved, start - unit * outcome)
    assert np.allclose(ours.lmg, theirs.lmg, atol=1e-9, equal_nan=True)


@repeatable
@given(seeds, st.permutations(range(4)))
def test_parts_follow_their_driver_when_columns_are_exchanged(seed, order):
    drivers, outcome = draw(seed, p=4)
    ours, theirs = relative_importance(drivers, outcome), relative_importance(drivers[:, order], outcome)
    assert np.allclose(ours.lmg[order], theirs.lmg, atol=1e-12, equal_nan=True)
    assert np.allclose(ours.last[order], theirs.last, atol=1e-12, equal_nan=True)


@settings(repeatable, max_examples=20)
@given(seeds)
def test_resamples_never_leave_their_range(seed):
    result = bootstrap_importance(*draw(seed), n_bootstrap=60, seed=seed)
    assume(result.reason is None)
    assert (result.lower >= 0).all()
    assert (result.lower <= result.upper).all()
    assert (result.upper <= 1).all()
    assert (result.rank_lower >= 1).all()
    assert (result.rank_upper <= 3).all()
    assert np.isclose(result.first_share.sum(), 1)


@repeatable
@given(counts, counts)
def test_two_groups_mirror_each_other(first, second):
    ours, theirs = compare_ordered_counts(first, second), compare_ordered_counts(second, first)
    assert ours.p_value == theirs.p_value or np.isclose(ours.p_value, theirs.p_value)
    if ours.superiority is not None:
        assert np.isclose(ours.superiority + theirs.superiority, 1)
        assert ours.statistic + theirs.statistic == sum(first) * sum(second)


@repeatable
@given(st.lists(counts, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_groups_may_come_in_any_order(table, random):
    ours, theirs = kruskal_wallis_counts(table), kruskal_wallis_counts(random.sample(table, len(table)))
    assert ours.df == theirs.df
    assert (ours.statistic is None) == (theirs.statistic is None)
    if ours.statistic is not None:
        assert np.isclose(ours.statistic, theirs.statistic)
