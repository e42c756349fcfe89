"""Intervals of design-based shares against scipy, at the edges and where undefined."""

import math

import numpy as np
import pytest
from scipy import optimize
from scipy import stats as scipy_stats

from cchc_analysis.stats.proportions import clopper_pearson_interval, wilson_interval
from cchc_analysis.stats.survey_intervals import (
    arcsine_interval,
    korn_graubard_interval,
    likelihood_interval,
    logit_interval,
    margin_of_error,
    t_interval,
    wilson_design_interval,
    z_interval,
)

P, SE, DF, N = 0.83, 0.031, 17, 240
T = scipy_stats.t.ppf(0.975, DF)

OF_SHARES = {
    "logit": lambda p, se, n, df, level=0.95: logit_interval(p, se, df, level, n),
    "arcsine": lambda p, se, n, df, level=0.95: arcsine_interval(p, se, df, level, n),
    "wilson": lambda p, se, n, df, level=0.95: wilson_design_interval(p, se, df, level, n),
    "beta": korn_graubard_interval,
    "likelihood": likelihood_interval,
}


def test_z_and_t():
    """Source: scipy.stats quantiles; 1e-12."""
    assert z_interval(P, SE) == pytest.approx((P - 1.959963984540054 * SE, P + 1.959963984540054 * SE), abs=1e-12)
    assert t_interval(P, SE, DF, 0.9) == pytest.approx(scipy_stats.t.interval(0.9, DF, P, SE), abs=1e-12)
    assert margin_of_error(SE, DF) == pytest.approx(T * SE, abs=1e-12)


def test_korn_graubard_from_scipy():
    """Source: definition in R svyciprop(method = "beta") with scipy.stats quantiles; 1e-9."""
    effective = P * (1 - P) / SE**2 * (scipy_stats.t.ppf(0.975, N - 1) / T) ** 2
    x = effective * P
    expected = (
        scipy_stats.beta.ppf(0.025, x, effective - x + 1),
        scipy_stats.beta.ppf(0.975, x + 1, effective - x),
    )
    assert korn_graubard_interval(P, SE, N, DF) == pytest.approx(expected, abs=1e-9)


def test_korn_graubard_of_a_simple_random_sample_is_clopper_pearson():
    """Source: with se² = p (1 - p) / n and df = n - 1 the effective size is n; 1e-9."""
    p, n = 45 / 60, 60
    interval = korn_graubard_interval(p, math.sqrt(p * (1 - p) / n), n, n - 1)
    assert interval == pytest.approx(clopper_pearson_interval(45, 60), abs=1e-9)


def test_effective_size_is_held_at_n_only_when_asked():
    p, n = 45 / 60, 60
    se = math.sqrt(p * (1 - p) / n) / 2
    assert korn_graubard_interval(p, se, n, n - 1, limit_to_n=True) == pytest.approx(clopper_pearson_interval(45, 60))
    lower, upper = korn_graubard_interval(p, se, n, n - 1)
    assert upper - lower < 0.6 * np.diff(clopper_pearson_interval(45, 60))[0]


def test_logit_and_arcsine_from_definition():
    """Source: back-transformed by hand with scipy.special; 1e-12."""
    middle, half = math.log(P / (1 - P)), T * SE / (P * (1 - P))
    expected = tuple(1 / (1 + math.exp(-(middle + sign * half))) for sign in (-1, 1))
    assert logit_interval(P, SE, DF) == pytest.approx(expected, abs=1e-12)
    angle, turn = math.asin(math.sqrt(P)), T * SE / (2 * math.sqrt(P * (1 - P)))
    assert arcsine_interval(P, SE, DF) == pytest.approx((math.sin(angle - turn) ** 2, math.sin(angle + turn) ** 2))


def test_wilson_with_the_normal_distribution_is_wilson():
    """Source: our own Wilson interval of counts, 81 of 263; 1e-12."""
    p = 81 / 263
    se = math.sqrt(p * (1 - p) / 263)
    assert wilson_design_interval(p, se, math.inf) == pytest.approx(wilson_interval(81, 263), abs=1e-12)


def test_likelihood_ends_by_root_finding():
    """Source: scipy.optimize.brentq on the scaled deviance; 1e-9."""

    def apart(q):
        deviance = 2 * N * (P * math.log(P / q) + (1 - P) * math.log((1 - P) / (1 - q)))
        return deviance / (N / (N - 1)) - T**2 * SE**2 * N / (P * (1 - P))

    expected = optimize.brentq(apart, 1e-9, P), optimize.brentq(apart, P, 1 - 1e-9)
    assert likelihood_interval(P, SE, N, DF) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kind", OF_SHARES)
@pytest.mark.parametrize("n_success", [0, 40])
def test_shares_of_none_and_all_are_clopper_pearson(kind, n_success):
    expected = clopper_pearson_interval(n_success, 40)
    assert OF_SHARES[kind](n_success / 40, 0.0, 40, 9) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("kind", OF_SHARES)
def test_a_share_without_variance_is_clopper_pearson(kind):
    assert OF_SHARES[kind](0.25, 0.0, 40, 9) == pytest.approx(clopper_pearson_interval(10, 40), abs=1e-9)


@pytest.mark.parametrize("kind", OF_SHARES)
def test_arrays_and_what_is_undefined(kind):
    lower, upper = OF_SHARES[kind](np.array([P, np.nan, 0.5, P]), np.array([SE, 0.1, np.nan, SE]), N, [DF, 9, 9, 0])
    assert (lower[0], upper[0]) == pytest.approx(OF_SHARES[kind](P, SE, N, DF))
    assert np.isnan(lower[1:]).all()
    assert np.isnan(upper[1:]).all()
    assert OF_SHARES[kind](None, None, 30, 5) == (None, None)
    assert OF_SHARES[kind](0.5, 0.1, 30, None) == (None, None)


def test_edges_without_n_are_undefined():
    assert logit_interval(0.0, 0.0, 10) == (None, None)
    assert t_interval(0.5, 0.1, 0) == (None, None)
    assert margin_of_error(None) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: logit_interval(1.2, 0.1, 5), "share is 1.2"),
        (lambda: logit_interval(0.2, -0.1, 5), "standard_error is -0.1"),
        (lambda: margin_of_error(-0.1), "standard_error is -0.1"),
        (lambda: korn_graubard_interval(0.2, 0.1, 0, 5), "n is 0"),
        (lambda: z_interval(0.2, 0.1, level=95), "level is 95"),
    ],
)
def test_arguments_that_cannot_be(call, message):
    with pytest.raises(ValueError, match=message):
        call()
