"""Fitted weights and the variance of estimates from them, by hand and by jackknife."""

import math

import numpy as np
import pytest

from cchc_analysis.stats.calibration import calibrate, indicators
from cchc_analysis.stats.post_stratification import collapse_cells, post_stratify, rake
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import survey_mean, survey_total
from cchc_analysis.stats.survey_weights import trim_weights


@pytest.fixture
def city():
    """120 respondents in 30 clusters of 3 strata with an answer that depends on two characteristics."""
    rng = np.random.default_rng(11)
    n = 120
    sex, age = rng.choice(["f", "m"], n, p=[0.6, 0.4]), rng.choice(["old", "young", "middle"], n)
    answer = 2.0 + (sex == "f") + 1.5 * (age == "old") + rng.normal(0, 0.7, n)
    design = SurveyDesign(rng.random(n) + 9, np.arange(n) % 3, np.arange(n) % 30)
    return design, sex, age, answer


def jackknife(design, reweighted, answer):
    """The standard error of the mean when the weights are fitted again without each unit."""
    strata, clusters = np.asarray(design.strata), np.asarray(design.clusters)

    def mean(start):
        weights = reweighted(start).weights
        return weights @ answer / weights.sum()

    whole, variance = mean(design.weights), 0.0
    for stratum in np.unique(strata):
        units = np.unique(clusters[strata == stratum])
        for unit in units:
            kept = np.where(strata == stratum, (clusters != unit) * len(units) / (len(units) - 1), 1.0)
            variance += (len(units) - 1) / len(units) * (mean(design.weights * kept) - whole) ** 2
    return math.sqrt(variance)


SEX, AGE = {"f": 700.0, "m": 600.0}, {"old": 400.0, "young": 500.0, "middle": 400.0}


@pytest.mark.parametrize(
    "fit",
    [
        lambda start, sex, age: post_stratify(start, sex, SEX),
        lambda start, sex, age: rake(start, [(sex, SEX), (age, AGE)]),
        lambda start, sex, age: calibrate(start, indicators(sex, age), [700, 600, 400, 500]),
        lambda start, sex, age: calibrate(start, indicators(sex, age), [700, 600, 400, 500], "raking"),
        lambda start, sex, age: calibrate(start, indicators(sex, age), [700, 600, 400, 500], "logit", (0.5, 2)),
    ],
    ids=["post-stratified", "raked", "linear", "raking", "logit"],
)
def test_residuals_give_the_standard_error_of_a_jackknife_that_fits_again(city, fit):
    """Source: jackknife JKn with weights fitted in every replicate; 5 percent. Fitting must pay here."""
    design, sex, age, answer = city
    fitted = fit(design.weights, sex, age)
    calibrated = survey_mean(answer, design.calibrated(fitted))
    assert calibrated.standard_error == pytest.approx(
        jackknife(design, lambda start: fit(start, sex, age), answer), rel=0.05
    )
    # Weights taken as given know nothing of what was fitted.
    taken_as_given = survey_mean(answer, SurveyDesign(fitted.weights, design.strata, design.clusters))
    assert taken_as_given.value == pytest.approx(calibrated.value)
    assert calibrated.standard_error < 0.97 * taken_as_given.standard_error


def test_post_stratified_standard_error_by_hand():
    """n / (n - 1) Σ (w (y - mean of its cell))² / N² for a simple random sample, here exactly centred."""
    answer, cells = np.array([1.0, 3, 5, 9, 4, 8]), list("aaabbb")
    fitted = post_stratify(np.full(6, 10.0), cells, {"a": 60, "b": 30})
    mean = survey_mean(answer, SurveyDesign(np.full(6, 10.0)).calibrated(fitted))
    apart = np.array([-2.0, 0, 2, 2, -3, 1])
    assert mean.value == pytest.approx((60 * 3 + 30 * 7) / 90)
    expected = 6 / 5 * ((fitted.weights * apart) ** 2).sum() / 90**2
    assert mean.standard_error == pytest.approx(math.sqrt(expected), rel=1e-12)


def test_a_domain_of_a_post_stratified_sample_keeps_all_rows():
    """Influence is 0 outside the domain, but its mean in the cell is taken out of everyone there."""
    answer, cells = np.array([1.0, 3, 5, 9, 4, 8]), np.array(list("aaabbb"))
    start = np.full(6, 10.0)
    fitted = post_stratify(start, cells, {"a": 60, "b": 30})
    domain = np.array([True, True, False, True, False, False])
    mean = survey_mean(answer, SurveyDesign(start).calibrated(fitted), domain)
    weights = fitted.weights * domain
    unit = domain * (answer - weights @ answer / weights.sum()) / weights.sum()
    residuals = np.concatenate(
        [fitted.weights[part] * (unit[part] - unit[part].mean()) for part in ([0, 1, 2], [3, 4, 5])]
    )
    expected = 6 / 5 * ((residuals - residuals.mean()) ** 2).sum()
    assert mean.standard_error == pytest.approx(math.sqrt(expected), rel=1e-12)


def test_two_fits_one_after_the_other_are_both_known(city):
    design, sex, age, _ = city
    first = design.calibrated(post_stratify(design.weights, sex, SEX))
    second = first.calibrated(rake(first.weights, [(sex, SEX), (age, AGE)]))
    assert len(second.calibrations) == 2
    total = survey_total((age == "old").astype(float), second)
    assert total.value == pytest.approx(400)
    # Each fit takes residuals with its own weights, as in R: what the second knows is then known but for a rest.
    assert total.standard_error < 0.02 * survey_total((age == "old").astype(float), first).standard_error


def test_cells_without_respondents_are_refused_or_listed():
    with pytest.raises(ValueError, match="cells without respondents: c"):
        post_stratify([1, 1], ["a", "b"], {"a": 5, "b": 5, "c": 2})
    fitted = post_stratify([1, 1], ["a", "b"], {"a": 5, "b": 6, "c": 2}, partial=True)
    assert (fitted.empty, fitted.weights.tolist()) == (("c",), [5, 6])
    with pytest.raises(ValueError, match="without population: b"):
        post_stratify([1, 1], ["a", "b"], {"a": 5, "b": 0}, partial=True)
    with pytest.raises(ValueError, match="population of 'a' is -1"):
        post_stratify([1, 1], ["a", "b"], {"a": -1, "b": 5})


def test_respondents_of_weight_zero_stay_zero():
    fitted = post_stratify([1, 0, 2], ["a", "a", "b"], {"a": 5, "b": 6})
    assert fitted.weights.tolist() == [5, 0, 6]
    mean = survey_mean([1, 50, 3], SurveyDesign([1, 0, 2]).calibrated(fitted))
    assert (mean.n, mean.value) == (2, pytest.approx(23 / 11))


def test_raking_that_cannot_fit_says_so():
    """The only respondents of x are those of a, but their populations differ."""
    fitted = rake([1, 1], [(["a", "b"], {"a": 6, "b": 4}), (["x", "y"], {"x": 5, "y": 5})], max_iterations=50)
    assert (fitted.converged, fitted.iterations) == (False, 50)
    assert fitted.deviation == pytest.approx(1 / 4)
    impossible = calibrate([1, 1], [[1.0], [1.0]], [10], "logit", bounds=(0.5, 2))
    assert not impossible.converged
    assert impossible.deviation >= 0.6 - 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rake([1, 1], []), "margins is empty"),
        (lambda: rake([1, 1], [(["a", "b"], {"a": 1, "b": 2}), (["x", "y"], {"x": 1, "y": 9})]), "one population"),
        (lambda: rake([1, 1], [(["a", "b"], {"a": 1, "b": 2, "c": 3})]), "margin 1 has codes without respondents: c"),
        (lambda: rake([0, 0], [(["a", "b"], {"a": 1, "b": 2})]), "not all 0"),
        (lambda: calibrate([1, 1], [[1], [1]], [1, 2]), "auxiliary has shape"),
        (lambda: calibrate([1, 1], [[1], [1]], [2], "logit"), "'logit' needs bounds"),
        (lambda: calibrate([1, 1], [[1], [1]], [2], "chi"), "distance is 'chi'"),
        (lambda: calibrate([1, 1], [[1], [1]], [2], "linear", (1.5, 2)), "enclose 1"),
        (lambda: trim_weights([1, 1], upper=0.5), "cannot keep the sum"),
    ],
)
def test_fits_that_cannot_be(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_trimmed_weights_keep_their_sum_and_their_limits():
    weights = np.array([0.2, 1, 1, 2, 3, 9, 0])
    trimmed = trim_weights(weights, 0.5, 4)
    assert trimmed.sum() == pytest.approx(weights.sum())
    assert trimmed[-1] == 0
    assert (trimmed[:-1] >= 0.5 - 1e-9).all()
    assert (trimmed <= 4 + 1e-9).all()
    # Once round: 9 gives 5, 0.2 takes 0.3, each of four others gets 4.7 / 4.
    once = trim_weights(weights, 0.5, 4, strict=False)
    assert once == pytest.approx([0.5, 2.175, 2.175, 3.175, 4.175, 4, 0])


def test_small_cells_are_pooled_until_there_are_enough():
    n, people = (
        {"a": 9, "b": 3, "c": 30, "d": 12, "e": 0, "f": 0},
        {"a": 90, "b": 9, "c": 300, "d": 100, "e": 5, "f": 0},
    )
    groups = collapse_cells(n, people, minimum=10)
    assert groups["a"] == groups["b"] == groups["e"] == ("a", "b", "e")
    assert (groups["c"], groups["d"]) == (("c",), ("d",))
    assert "f" not in groups
    wider = collapse_cells({**n, "a": 1}, people, minimum=10)
    assert wider["d"] == ("a", "b", "d", "e")
    assert collapse_cells({"a": 20}, {"a": 5}, minimum=10) == {"a": ("a",)}
    with pytest.raises(ValueError, match="fewer than the minimum"):
        collapse_cells({"a": 3}, {"a": 5}, minimum=10)
    with pytest.raises(ValueError, match="without population: z"):
        collapse_cells({"z": 3}, {"a": 5}, minimum=1)
