"""The logistic trend against statsmodels, and how often its interval holds what comes."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import special

from cchc_analysis.stats.forecast import logistic_trend, trend_forecast

SERIES = [
    ([20, 30, 42, 50], [100, 100, 100, 100]),
    ([5, 9, 2, 30, 8, 44], [40, 61, 33, 90, 20, 71]),
    ([990, 985, 970, 1890, 940], [1000, 1001, 1003, 2000, 1010]),
    ([1, 0, 3, 0, 2], [900, 800, 850, 10, 700]),
]


def fitted(x: list[int], n: list[int]):
    """Fit with statsmodels GLM (binomial, scale 1); the dispersion from its Pearson residuals, at least 1."""
    counts = np.column_stack([x, np.subtract(n, x)])
    model = sm.GLM(counts, sm.add_constant(np.arange(len(x))), family=sm.families.Binomial()).fit(tol=1e-12)
    return model, max(1.0, float((model.resid_pearson**2).sum() / model.df_resid))


@pytest.mark.parametrize(("x", "n"), SERIES)
def test_the_fit_is_that_of_statsmodels(x: list[int], n: list[int]) -> None:
    model, dispersion = fitted(x, n)
    trend = logistic_trend(x, n)
    assert (trend.intercept, trend.slope) == pytest.approx(tuple(model.params), rel=1e-6)
    assert trend.dispersion == pytest.approx(dispersion, rel=1e-6)
    assert np.array(trend.covariance) == pytest.approx(model.cov_params() * dispersion, rel=1e-5)


def test_the_expected_count_and_its_variance_are_those_of_statsmodels() -> None:
    model, dispersion = fitted(*SERIES[1])
    later, new = np.array([6.0, 7.0, 9.0]), np.array([50, 60, 70])
    forecast = trend_forecast(logistic_trend(*SERIES[1]), later, new)
    means = model.predict(sm.add_constant(later))
    assert forecast.expected == pytest.approx(float(new @ means), rel=1e-6)
    gradient = (sm.add_constant(later) * (new * means * (1 - means))[:, None]).sum(axis=0)
    variance = dispersion * (float(new @ (means * (1 - means))) + float(gradient @ model.cov_params() @ gradient))
    share = forecast.expected / 180
    half = special.stdtrit(4, 0.975) * np.sqrt(variance) / (180 * share * (1 - share))
    ends = special.expit(special.logit(share) + np.array([-half, half])) * 180
    assert (forecast.lower, forecast.upper) == (int(np.floor(ends[0])), int(np.ceil(ends[1])))


@pytest.mark.parametrize("dispersion", [1.0, 6.0])
@pytest.mark.parametrize("known", [4, 6, 9])
def test_the_interval_holds_what_it_promises(known: int, dispersion: float) -> None:
    # 400 simulated years of 12 months: 95 % promised; chance alone moves the share by 1.1 points (1 s.e.), and an
    # approximation from 4 points may cost some more: 90.5 % to 99.5 % is asked, and not all misses on one side.
    random = np.random.default_rng(20230614 + known)
    held = below = 0
    for _ in range(400):
        steps, n = np.arange(12), random.poisson(300, 12)
        p = special.expit(random.uniform(-1.5, 1.5) + random.uniform(-0.15, 0.15) * steps)
        if dispersion > 1:
            size = (300 - dispersion) / (dispersion - 1)
            p = random.beta(p * size, (1 - p) * size)
        x = random.binomial(n, p)
        forecast = trend_forecast(logistic_trend(x[:known], n[:known]), steps[known:], n[known:])
        rest = x[known:].sum()
        held += forecast.lower <= rest <= forecast.upper
        below += rest < forecast.lower
    assert 0.905 <= held / 400 <= 0.995
    assert below <= 0.05 * 400


def test_no_line_where_a_step_parts_the_two_sorts() -> None:
    assert logistic_trend([0, 0, 5, 9], [9, 9, 9, 9]) is None
    assert logistic_trend([9, 9, 4, 0], [9, 9, 9, 9]) is None
    assert logistic_trend([0, 0, 0, 0], [9, 9, 9, 9]) is None
    assert logistic_trend([1, 0, 5, 9], [9, 9, 9, 9]) is not None
    assert logistic_trend([1, 2, 3], [9, 9, 9]) is None


def test_nothing_to_come_and_arrays_of_unequal_length() -> None:
    trend = logistic_trend(*SERIES[0])
    assert trend_forecast(trend, [4], [0]).expected == 0
    with pytest.raises(ValueError, match="equally long"):
        trend_forecast(trend, [4, 5], [10])
