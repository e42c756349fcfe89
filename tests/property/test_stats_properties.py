"""What holds for every counted sample, share and pair of periods."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.stats import (
    clopper_pearson_interval,
    kaplan_meier,
    log_rank,
    mid_p_interval,
    mix_and_true_effect,
    newcombe_difference,
    weighted_quantile,
    wilson_cc_interval,
    wilson_interval,
)

repeatable = settings(max_examples=60, deadline=None, derandomize=True)

rows = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=15)
shares = st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
strata = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.floats(0, 1e6), st.integers(0, 10**6)), min_size=1
).map(lambda period: {name: (value if n else 0.0, n) for name, (value, n) in period.items()})


def columns(table):
    return tuple(np.array(column) for column in zip(*table, strict=True))


def expanded(table):
    """One row per dossier."""
    return [(t, 1, 0) for t, d, _ in table for _ in range(d)] + [(t, 0, 1) for t, _, c in table for _ in range(c)]


@repeatable
@given(rows)
def test_a_curve_from_counts_equals_the_curve_from_rows(table):
    counted = kaplan_meier(*columns(table))
    single = expanded(table)
    if not single:
        assert counted.n == 0
        return
    by_row = kaplan_meier(*columns(single))
    assert np.array_equal(counted.times, by_row.times)
    assert np.array_equal(counted.survival, by_row.survival)
    assert np.array_equal(counted.variance, by_row.variance, equal_nan=True)


@repeatable
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(table, random):
    shuffled = random.sample(table, len(table))
    ours, theirs = kaplan_meier(*columns(table)), kaplan_meier(*columns(shuffled))
    assert ours.quantile() == theirs.quantile()
    assert ours.quantile_interval() == theirs.quantile_interval()
    assert np.array_equal(ours.variance, theirs.variance, equal_nan=True)


@repeatable
@given(rows, st.floats(0.05, 0.95), st.sampled_from(["log", "log-log", "plain"]))
def test_a_quantile_lies_inside_its_interval(table, q, transform):
    curve = kaplan_meier(*columns(table))
    quantile, (lower, upper) = curve.quantile(q), curve.quantile_interval(q, transform=transform)
    if quantile is not None and lower is not None:
        assert lower <= quantile
    if quantile is not None and upper is not None:
        assert quantile <= upper
    assert all(value is None or math.isfinite(value) for value in (quantile, lower, upper))


@repeatable
@given(rows, rows)
def test_log_rank_does_not_depend_on_the_order_of_groups(first, second):
    forward = log_rank([columns(first), columns(second)])
    backward = log_rank([columns(second), columns(first)])
    assert (forward.statistic is None) == (backward.statistic is None)
    if forward.statistic is not None:
        assert forward.statistic == pytest.approx(backward.statistic, rel=1e-9, abs=1e-12)
    assert forward.observed.sum() == pytest.approx(forward.expected.sum(), rel=1e-12)


@repeatable
@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 6)), min_size=1, max_size=20), st.floats(0, 1))
def test_a_quantile_from_counts_equals_numpy_on_rows(table, q):
    values, counts = columns(table)
    ours = weighted_quantile(values, counts, q)
    if counts.sum() == 0:
        assert ours is None
    else:
        assert math.isclose(ours, np.quantile(np.repeat(values, counts), q), rel_tol=1e-9, abs_tol=1e-9)


@repeatable
@given(shares, st.floats(0.01, 0.999))
def test_intervals_lie_within_shares_and_contain_the_estimate(share, level):
    n_success, n = share
    for interval in (wilson_interval, wilson_cc_interval, clopper_pearson_interval, mid_p_interval):
        lower, upper = interval(n_success, n, level)
        assert 0 <= lower <= n_success / n <= upper <= 1


@repeatable
@given(shares)
def test_the_corrected_interval_contains_the_plain_one(share):
    lower, upper = wilson_interval(*share)
    wide_lower, wide_upper = wilson_cc_interval(*share)
    assert wide_lower <= lower + 1e-12
    assert upper <= wide_upper + 1e-12


@repeatable
@given(shares, shares)
def test_a_difference_stays_possible_and_inside_its_interval(first, second):
    lower, upper = newcombe_difference(*first, *second)
    difference = first[0] / first[1] - second[0] / second[1]
    assert -1 - 1e-12 <= lower <= difference <= upper <= 1 + 1e-12


@repeatable
@given(strata, strata)
def test_mix_true_and_entered_left_add_up_to_the_change(previous, current):
    effect = mix_and_true_effect(previous, current)
    if effect is None:
        assert not any(n for _, n in previous.values()) or not any(n for _, n in current.values())
        return
    parts = (effect.mix_effect, effect.true_effect, effect.entered_left_effect)
    rates = [value / n for period in (previous, current) for value, n in period.values() if n]
    # Rounding is relative to the largest rate that is averaged, not to a change that may be nearly zero.
    assert math.isclose(math.fsum(parts), effect.total_change, rel_tol=1e-12, abs_tol=1e-12 * max(rates))
    if set(effect.entered) | set(effect.left) == set():
        assert effect.entered_left_effect == 0


@repeatable
@given(strata, strata)
def test_looking_back_turns_every_effect_round(previous, current):
    forward, backward = mix_and_true_effect(previous, current), mix_and_true_effect(current, previous)
    if forward is not None and backward is not None:
        scale = 1e-9 * max(1.0, *(value / n for p in (previous, current) for value, n in p.values() if n))
        assert forward.mix_effect == pytest.approx(-backward.mix_effect, abs=scale)
        assert forward.true_effect == pytest.approx(-backward.true_effect, abs=scale)
        assert forward.entered_left_effect == pytest.approx(-backward.entered_left_effect, abs=scale)
