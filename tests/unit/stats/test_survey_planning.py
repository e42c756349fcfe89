"""Sample sizes and allocations against published values and by hand."""

import math

import pytest

from cchc_analysis.stats.survey_planning import (
    allocate,
    margin_of_sample,
    sample_size_for_margin,
    sample_size_to_tell_apart,
    slovin,
)


def test_textbook_sample_sizes():
    """Source: z² p (1 - p) / e² with z = 1.959964: 384.15, 1067.07 and, at 99 percent, 663.49; 0.01."""
    assert sample_size_for_margin(0.05).exact == pytest.approx(384.15, abs=0.01)
    assert sample_size_for_margin(0.03).exact == pytest.approx(1067.07, abs=0.01)
    assert sample_size_for_margin(0.05, level=0.99).exact == pytest.approx(663.49, abs=0.01)


def test_finite_population():
    """Source: Krejcie and Morgan (1970), table with chi-square 3.841: N 10 → 10, 100 → 80, 1000 → 278, 10000 → 370."""
    for people, published in ((10, 10), (100, 80), (1000, 278), (10000, 370)):
        assert sample_size_for_margin(0.05, population=people).exact == pytest.approx(published, abs=0.5)


def test_the_margin_of_the_sample_size_is_the_margin():
    for people in (None, 900, 8106):
        size = sample_size_for_margin(0.04, 0.8, people, design_effect=1.7)
        assert margin_of_sample(size.n, 0.8, people, 1.7) <= 0.04
        assert margin_of_sample(size.n - 1, 0.8, people, 1.7) > 0.04


def test_a_small_population_is_never_exceeded():
    size = sample_size_for_margin(0.01, population=30, design_effect=3, response_rate=0.5)
    assert size.n == 30
    assert size.n_to_invite is None
    assert sample_size_for_margin(0.05, population=1).n == 1
    assert margin_of_sample(30, population=30) == 0
    assert margin_of_sample(1, population=1) == 0


def test_invitations_follow_the_response_rate():
    assert sample_size_for_margin(0.05, response_rate=0.7).n_to_invite == math.ceil(385 / 0.7)
    assert sample_size_for_margin(0.05, response_rate=385 / 770).n_to_invite == 770


def test_telling_two_shares_apart():
    """Source: R power.prop.test(p1 = .50, p2 = .75, power = .90) n = 76.7; 0.05. Design effects multiply."""
    assert sample_size_to_tell_apart(0.5, 0.75, power=0.9).exact == pytest.approx(76.7, abs=0.05)
    plain = sample_size_to_tell_apart(0.80, 0.85)
    assert sample_size_to_tell_apart(0.85, 0.80).exact == pytest.approx(plain.exact)
    assert sample_size_to_tell_apart(0.80, 0.85, design_effect=1.5).exact == pytest.approx(1.5 * plain.exact)
    assert sample_size_to_tell_apart(0.80, 0.85, population=1000).exact < plain.exact


@pytest.mark.parametrize(("people", "n"), [(8106, 382), (math.inf, 400), (1, 1), (400, 200), (1000, 286)])
def test_slovin(people, n):
    assert slovin(people, 0.05) == n


UNITS = {"a": 5200, "b": 2600, "c": 1300, "d": 60, "e": 0}


def test_allocations_by_hand():
    assert allocate(916, UNITS) == {"a": 520, "b": 260, "c": 130, "d": 6, "e": 0}
    assert allocate(400, {"a": 900, "b": 400, "c": 100}, "square_root") == {"a": 200, "b": 133, "c": 67}
    assert allocate(90, {"a": 900, "b": 400, "c": 100}, "equal") == {"a": 30, "b": 30, "c": 30}
    assert allocate(100, {"a": 900, "b": 400, "c": 100}, "square_root", power=0) == {"a": 34, "b": 33, "c": 33}
    shares = allocate(120, {"a": 1000, "b": 1000}, "neyman", deviations={"a": 0.5, "b": 0.25})
    assert shares == {"a": 80, "b": 40}


def test_limits_of_an_allocation():
    """Equal shares of 400 among four: 60 people are all there is in d, the others share 340."""
    assert allocate(400, UNITS, "equal") == {"a": 114, "b": 113, "c": 113, "d": 60, "e": 0}
    assert allocate(400, UNITS, minimum=50) == {"a": 200, "b": 100, "c": 50, "d": 50, "e": 0}
    assert allocate(9160, UNITS) == UNITS
    assert allocate(360, UNITS, minimum=100) == {"a": 100, "b": 100, "c": 100, "d": 60, "e": 0}


def test_units_that_do_not_vary_take_what_is_left():
    shares = allocate(150, {"a": 100, "b": 60, "c": 40}, "neyman", deviations={"a": 0.4, "b": 0, "c": 0})
    assert shares == {"a": 100, "b": 30, "c": 20}


@pytest.mark.parametrize("method", ["proportional", "equal", "square_root"])
@pytest.mark.parametrize("n", range(40, 101, 7))
def test_allocations_sum_exactly_and_never_exceed(method, n):
    people = {"a": 37, "b": 29, "c": 17, "d": 11, "e": 5, "f": 3}
    shares = allocate(n, people, method, minimum=4)
    assert sum(shares.values()) == n
    assert all(min(4, people[unit]) <= count <= people[unit] for unit, count in shares.items())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: allocate(10_000, UNITS), "n is 10000, but the minima need 0 and the units have 9160"),
        (lambda: allocate(100, UNITS, minimum=50), "the minima need 200"),
        (lambda: allocate(100, UNITS, "optimal"), "method is 'optimal'"),
        (lambda: allocate(100, UNITS, "neyman"), "deviations must give"),
        (lambda: allocate(100, {"a": 500}, "neyman", deviations={"a": -1}), "deviations"),
        (lambda: allocate(-1, UNITS), "n is -1"),
        (lambda: sample_size_for_margin(0), "margin is 0"),
        (lambda: sample_size_for_margin(5), "margin is 5"),
        (lambda: sample_size_for_margin(0.05, share=1), "share is 1"),
        (lambda: sample_size_for_margin(0.05, response_rate=0), "response_rate is 0"),
        (lambda: sample_size_for_margin(0.05, design_effect=0), "design_effect is 0"),
        (lambda: sample_size_to_tell_apart(0.5, 0.5), "must differ"),
        (lambda: sample_size_to_tell_apart(0.5, 0.6, power=1), "power is 1"),
        (lambda: slovin(0, 0.05), "population is 0"),
        (lambda: margin_of_sample(20, population=10), "cannot exceed"),
        (lambda: margin_of_sample(0), "n is 0"),
    ],
)
def test_plans_that_cannot_be(call, message):
    with pytest.raises(ValueError, match=message):
        call()
