"""Counted samples behave as the samples they stand for."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from cchc_analysis.stats import counted_mean, median_interval, quantile_interval, weighted_quantile, wilson_interval
from cchc_analysis.stats.counts import binomial_cdf, whole_counts

VALUES, COUNTS = [3, 1, 7, 2, 1], [2, 4, 1, 3, 1]
EXPANDED = np.repeat(VALUES, COUNTS)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, -3], r"n\[1\] is -3, but a count cannot be negative"),
        ([7.5], r"n\[0\] is 7.5, but a count must be a whole number"),
        ([float("nan")], r"n\[0\] is nan, but a count must be a number"),
        (["98"], r"n\[0\] is '98', but it must be a number"),
        ([1, None], r"n\[1\] is 'None', but it must be a number"),
        ([True], r"n\[0\] is 'True', but it must be a number"),
        (float("inf"), r"n is inf, but a count must be a number"),
    ],
)
def test_what_is_not_a_count_is_named_with_its_place(counts, message):
    with pytest.raises(ValueError, match=message):
        whole_counts(counts, "n")


def test_a_missing_value_of_a_pandas_column_is_named():
    with pytest.raises(ValueError, match=r"n_success\[1\] is ('<NA>'|nan), but"):
        wilson_interval(pd.Series([5, pd.NA], dtype="Int64"), [10, 10])


def test_pandas_columns_are_counted_like_lists():
    given = pd.Series([8, 5], index=["x", "y"], dtype="Int64")
    lower, _ = wilson_interval(given, given + 2)
    assert lower[0] == wilson_interval(8, 10)[0]


@pytest.mark.parametrize("q", [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
def test_quantile_equals_numpy_on_expanded_rows(q):
    assert weighted_quantile(VALUES, COUNTS, q) == pytest.approx(np.quantile(EXPANDED, q), abs=1e-12)


def test_quantile_of_nothing_is_undefined():
    assert weighted_quantile([], [], 0.5) is None
    assert weighted_quantile([4], [0], 0.5) is None


def test_quantile_outside_the_unit_interval_is_refused():
    with pytest.raises(ValueError, match=r"q is 50, but"):
        weighted_quantile([1], [1], 50)


def test_mean_equals_numpy_on_expanded_rows():
    result = counted_mean(VALUES, COUNTS)
    assert result.n == 11
    assert result.mean == pytest.approx(EXPANDED.mean(), abs=1e-12)
    assert result.standard_deviation == pytest.approx(EXPANDED.std(ddof=1), abs=1e-12)
    assert result.standard_error == pytest.approx(EXPANDED.std(ddof=1) / np.sqrt(11), abs=1e-12)


def test_small_samples_leave_undefined_what_they_cannot_give():
    assert counted_mean([], []).mean is None
    assert counted_mean([4], [1]).mean == 4
    assert counted_mean([4], [1]).standard_deviation is None
    assert counted_mean([4], [2]).standard_error == 0


def test_values_and_counts_must_be_equally_long():
    with pytest.raises(ValueError, match="equally long"):
        counted_mean([1, 2], [1])


@pytest.mark.parametrize(
    # Ranks from Conover, Practical Nonparametric Statistics, table of the binomial distribution with p = 1/2.
    ("n", "ranks"),
    [(6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (10, (2, 9)), (20, (6, 15)), (25, (8, 18))],
)
def test_median_interval_takes_the_order_statistics_of_the_binomial_table(n, ranks):
    assert median_interval(np.arange(1, n + 1), np.ones(n, dtype=int)) == ranks


def test_median_interval_needs_six_observations():
    assert median_interval([1, 2, 3, 4, 5], [1] * 5) is None
    assert median_interval([], []) is None
    assert median_interval([1, 2, 3, 4, 5], [1] * 5, level=0.9) == (1, 5)


def test_median_interval_of_ten_million_dossiers_is_immediate():
    lower, upper = median_interval(np.arange(1000), np.full(1000, 10_000))
    assert (lower, upper) == (499, 500)


def test_the_interval_of_the_middle_quantile_is_that_of_the_median():
    for n in (0, 5, 6, 9, 25, 101):
        sample = np.arange(n), np.ones(n, dtype=int)
        assert quantile_interval(*sample, 0.5) == (median_interval(*sample) or (None, None))


@pytest.mark.parametrize("q", [0.1, 0.25, 0.9])
@pytest.mark.parametrize("n", [5, 20, 60, 400])
def test_quantile_interval_covers_at_least_the_level_and_no_rank_less_would(q, n):
    """Source: scipy.stats.binom; exact."""
    lower, upper = quantile_interval(np.arange(1, n + 1), np.ones(n, dtype=int), q)
    below = scipy_stats.binom(n, q)
    if lower is not None:
        assert below.cdf(lower - 1) <= 0.025
    assert below.cdf(lower or 0) > 0.025
    if upper is not None:
        assert below.sf(upper - 1) <= 0.025
    assert below.sf((upper or n + 1) - 2) > 0.025


def test_binomial_cdf_by_hand():
    assert binomial_cdf(2, 4) == pytest.approx(11 / 16, abs=1e-15)
    assert binomial_cdf(4, 4) == 1
