"""Differences of shares: what the interval and the p-value have to do with each other, and the edges."""

import numpy as np
import pytest
from scipy import stats

from cchc_analysis.stats.share_differences import (
    ShareEstimates,
    correlation_of,
    share_difference_interval,
    share_difference_p,
)
from cchc_analysis.stats.survey_intervals import logit_interval


def shares(*rows):
    """Shares from (share, standard error, degrees of freedom, n)."""
    return ShareEstimates(*(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)))


def simple(x, n):
    p = x / n
    return (p, (p * (1 - p) / (n - 1)) ** 0.5, n - 1.0, float(n))


PAIRS = [(simple(40, 50), simple(300, 400)), (simple(3, 12), simple(300, 400)), (simple(97, 100), simple(60, 100))]


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("rho", [-0.4, 0.0, 0.6])
def test_the_p_value_is_that_of_the_interval_which_0_just_leaves(first, second, rho):
    pair = shares(first), shares(second)
    p_value = float(share_difference_p(*pair, rho)[0])
    ends = [float(end[0]) for end in share_difference_interval(*pair, rho, 1 - p_value)]
    assert min(map(abs, ends)) == pytest.approx(0, abs=1e-7)
    inside = share_difference_interval(*pair, rho, 1 - p_value * 0.9)
    assert inside[0] < 0 < inside[1]


def test_exchanging_the_shares_turns_the_difference_round():
    first, second = (shares(*column) for column in zip(*PAIRS, strict=True))
    lower, upper = share_difference_interval(first, second, 0.3)
    turned = share_difference_interval(second, first, 0.3)
    assert -turned[1] == pytest.approx(lower)
    assert -turned[0] == pytest.approx(upper)
    assert share_difference_p(first, second) == pytest.approx(share_difference_p(second, first))


def test_satisfied_and_dissatisfied_are_alike():
    first, second = (shares(*column) for column in zip(*PAIRS, strict=True))
    others = [ShareEstimates(1 - one.shares, one.standard_errors, one.df, one.n) for one in (first, second)]
    lower, upper = share_difference_interval(first, second)
    turned = share_difference_interval(*others)
    assert (-turned[1], -turned[0]) == (pytest.approx(lower), pytest.approx(upper))


def test_many_answers_are_the_plain_interval():
    """With a hundred thousand each the method is p1 - p2 ± 1.96 se; 1e-5."""
    first, second = shares(simple(52_000, 100_000)), shares(simple(50_000, 100_000))
    error = float(np.hypot(first.standard_errors, second.standard_errors)[0])
    lower, upper = share_difference_interval(first, second)
    assert (lower[0], upper[0]) == pytest.approx((0.02 - 1.959964 * error, 0.02 + 1.959964 * error), abs=1e-5)
    assert share_difference_p(first, second)[0] == pytest.approx(2 * stats.norm.sf(0.02 / error), rel=0.02)


def test_one_share_known_without_error_leaves_the_interval_of_the_other():
    known = shares((0.5, 1e-9, np.inf, 1e9))
    other = simple(70, 90)
    lower, upper = share_difference_interval(shares(other), known)
    wanted = logit_interval(other[0], other[1], other[2])
    assert (lower[0], upper[0]) == pytest.approx((wanted[0] - 0.5, wanted[1] - 0.5), abs=1e-7)


def test_all_of_a_few_is_no_certainty():
    """12 of 12 against 90 percent: by chance in 0.9 ** 12 = 28 percent of samples, although nothing varies in them."""
    full, rest = (1.0, 0.0, 11.0, 12.0), (0.9, 0.01, 800.0, 801.0)
    assert share_difference_p(shares(full), shares(rest))[0] > 0.28
    lower, upper = share_difference_interval(shares(full), shares(rest))
    assert lower[0] < 0 < upper[0]
    many = (1.0, 0.0, 199.0, 200.0)
    assert share_difference_p(shares(many), shares(rest))[0] < 1e-6
    none = (0.0, 0.0, 11.0, 12.0)
    assert share_difference_p(shares(none), shares(rest))[0] < 1e-6
    assert share_difference_p(shares(full), shares(full)).tolist() == [1.0]


def test_what_is_unknown_stays_unknown():
    known, nan = simple(30, 40), float("nan")
    for unknown in ((nan, nan, nan, nan), (0.5, nan, 10.0, 11.0), (0.5, 0.1, 0.0, 5.0)):
        pair = shares(unknown), shares(known)
        assert np.isnan(share_difference_p(*pair)).all()
        assert np.isnan(share_difference_interval(*pair)).all()


def test_a_p_value_is_followed_far_out():
    far = share_difference_p(shares(simple(9000, 10_000)), shares(simple(5000, 10_000)))
    assert 0 < far[0] < 1e-100


def test_correlations_stay_between_minus_one_and_one():
    errors = np.array([0.3, 0.1, 0.0])
    assert correlation_of(errors, errors, np.array([0.0, 0.2, 0.0])).tolist() == [1.0, -1.0, 0.0]
    assert correlation_of(errors, errors, np.array([0.7, 0.2, 0.0]))[0] == -1.0
