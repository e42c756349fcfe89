"""What holds for every sample, design and set of margins."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cchc_analysis.stats.calibration import calibrate, indicators
from cchc_analysis.stats.linearisation import linearised_variance
from cchc_analysis.stats.post_stratification import post_stratify, rake
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import (
    domain_means,
    mean_of_ratios,
    pooled_ratio,
    survey_mean,
    survey_share,
    survey_shares,
)
from cchc_analysis.stats.survey_intervals import (
    arcsine_interval,
    korn_graubard_interval,
    likelihood_interval,
    logit_interval,
    wilson_design_interval,
)
from cchc_analysis.stats.survey_planning import allocate, margin_of_sample, sample_size_for_margin

repeatable = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def samples(draw):
    """Weights, strata, clusters, answers (some missing) and a domain of 4 to 40 respondents."""
    n, seed = draw(st.integers(4, 40)), draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    strata = rng.integers(0, draw(st.integers(1, 4)), n)
    clusters = rng.integers(0, draw(st.integers(2, 8)), n)
    weights = rng.random(n) * 5 + 0.1
    yes = rng.integers(0, 2, (n, 3)).astype(float)
    yes[rng.random((n, 3)) < draw(st.floats(0, 0.5))] = np.nan
    return weights, strata, clusters, yes, rng.random(n) < 0.8


def estimates_of(weights, strata, clusters, yes, domain):
    design = SurveyDesign(weights, strata, clusters, lonely="adjust")
    indices = [index(yes, np.ones_like(yes), design, domain) for index in (mean_of_ratios, pooled_ratio)]
    return [*survey_shares(yes, design, domain).by_label().values(), *indices]


def assert_alike(first, second, *names):
    for one, other in zip(first, second, strict=True):
        assert (one.reason, one.n, one.df) == (other.reason, other.n, other.df)
        for name in names:
            a, b = getattr(one, name), getattr(other, name)
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, rel=1e-7, abs=1e-9)


@repeatable
@given(samples(), st.floats(0.01, 1000))
def test_the_scale_of_weights_does_not_matter(sample, factor):
    weights, *others = sample
    names = ("value", "standard_error", "deff_replace", "n_effective")
    assert_alike(estimates_of(weights, *others), estimates_of(weights * factor, *others), *names)


@repeatable
@given(samples(), st.integers(0, 1000))
def test_the_order_of_respondents_does_not_matter(sample, seed):
    order = np.random.default_rng(seed).permutation(len(sample[0]))
    names = ("value", "standard_error", "deff", "deff_replace", "n_effective")
    assert_alike(estimates_of(*sample), estimates_of(*(part[order] for part in sample)), *names)


@repeatable
@given(samples())
def test_names_of_strata_and_clusters_do_not_matter(sample):
    weights, strata, clusters, yes, domain = sample
    renamed = np.array([f"s{9 - code}" for code in strata]), np.array([f"c{(code * 7) % 11}" for code in clusters])
    assert_alike(estimates_of(*sample), estimates_of(weights, *renamed, yes, domain), "value", "standard_error")


@repeatable
@given(samples())
def test_every_estimate_is_a_number_or_none_and_a_share_stays_a_share(sample):
    for estimate in estimates_of(*sample):
        for number in (estimate.value, estimate.standard_error, estimate.deff, estimate.n_effective):
            assert number is None or math.isfinite(number)
        assert estimate.value is None or -1e-12 <= estimate.value <= 1 + 1e-12
        assert (estimate.standard_error is None) == (estimate.reason is not None)


@repeatable
@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.floats(0.5, 50))
def test_equal_weights_are_the_textbook(values, weight):
    mean = survey_mean(np.array(values), SurveyDesign(np.full(len(values), weight)))
    expected = np.std(values, ddof=1) / math.sqrt(len(values))
    assert mean.value == pytest.approx(np.mean(values), rel=1e-9, abs=1e-9)
    assert mean.standard_error == pytest.approx(expected, rel=1e-6, abs=1e-9)


@repeatable
@given(samples())
def test_means_of_groups_are_means_of_domains(sample):
    weights, strata, clusters, yes, domain = sample
    design = SurveyDesign(weights, strata, lonely="adjust")
    means = domain_means(yes[:, 0], clusters, design, domain).by_label()
    one_by_one = [survey_mean(yes[:, 0], design, domain & (clusters == code)) for code in means]
    assert_alike(list(means.values()), one_by_one, "value", "standard_error", "deff_replace")


@repeatable
@given(samples())
def test_variances_are_never_negative(sample):
    weights, strata, clusters, yes, _ = sample
    rows = np.nan_to_num(yes) * weights[:, None]
    for rule in ("remove", "adjust", "average", "certainty"):
        variance = linearised_variance(rows, SurveyDesign(weights, strata, clusters, lonely=rule))
        assert np.isnan(variance).all() or np.linalg.eigvalsh(variance).min() >= -1e-9 * np.trace(variance)


@repeatable
@given(st.floats(0, 1), st.floats(0, 0.5), st.integers(1, 5000), st.integers(1, 300), st.floats(0.5, 0.999))
def test_intervals_stay_between_0_and_1_and_contain_the_share(share, se, n, df, level):
    assume(n > 1 or share in (0, 1))
    intervals = {
        "logit": logit_interval(share, se, df, level, n),
        "arcsine": arcsine_interval(share, se, df, level, n),
        "wilson": wilson_design_interval(share, se, df, level, n),
        "beta": korn_graubard_interval(share, se, n, df, level),
        "capped": korn_graubard_interval(share, se, n, df, level, limit_to_n=True),
        "likelihood": likelihood_interval(share, se, n, df, level),
    }
    for name, (lower, upper) in intervals.items():
        assert lower is not None, name
        assert 0 <= lower <= share <= upper <= 1, name


@st.composite
def raking_problems(draw):
    """Start weights and two characteristics whose every combination has a respondent, and their populations."""
    n, seed = draw(st.integers(12, 60)), draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    a = np.concatenate([np.repeat([0, 1, 2], 2), rng.integers(0, 3, n)])
    b = np.concatenate([np.tile([0, 1], 3), rng.integers(0, 2, n)])
    by_a, part = rng.random(3) * 900 + 100, rng.random() * 0.8 + 0.1
    whole = by_a.sum()
    return rng.random(n + 6) + 0.2, a, b, dict(enumerate(by_a)), {0: whole * part, 1: whole * (1 - part)}


@repeatable
@given(raking_problems())
def test_raked_margins_are_the_population_and_odds_ratios_stay(problem):
    weights, a, b, by_a, by_b = problem
    fitted = rake(weights, [(a, by_a), (b, by_b)])
    assert fitted.converged
    for codes, population in ((a, by_a), (b, by_b)):
        assert np.bincount(codes, fitted.weights) == pytest.approx(list(population.values()), rel=1e-8)
    factors = np.log(fitted.weights / weights)
    table = np.array([[factors[(a == i) & (b == j)].mean() for j in (0, 1)] for i in (0, 1, 2)])
    assert table[:, 0] - table[:, 1] == pytest.approx(np.repeat(table[0, 0] - table[0, 1], 3), abs=1e-6)
    again = calibrate(weights, indicators(a, b), np.array([*by_a.values(), by_b[1]]), "raking")
    assert again.converged
    assert again.weights == pytest.approx(fitted.weights, rel=1e-6)


@repeatable
@given(raking_problems())
def test_post_stratified_weights_sum_to_the_population_and_keep_their_proportions(problem):
    weights, a, _, by_a, _ = problem
    fitted = post_stratify(weights, a, by_a)
    assert np.bincount(a, fitted.weights) == pytest.approx(list(by_a.values()))
    for code in by_a:
        assert np.ptp((fitted.weights / weights)[a == code]) == pytest.approx(0, abs=1e-9 * fitted.factors[code])


@repeatable
@given(
    st.dictionaries(st.integers(0, 50), st.integers(0, 400), min_size=1, max_size=12),
    st.floats(0, 1),
    st.integers(0, 9),
)
def test_allocations_sum_and_stay_within_limits(people, part, minimum):
    floor = sum(min(minimum, size) for size in people.values())
    n = floor + round(part * (sum(people.values()) - floor))
    for method in ("proportional", "equal", "square_root"):
        shares = allocate(n, people, method, minimum)
        assert sum(shares.values()) == n
        assert all(min(minimum, size) <= shares[unit] <= size for unit, size in people.items())


@repeatable
@given(st.floats(0.005, 0.3), st.floats(0.05, 0.95), st.integers(2, 10**6), st.floats(1, 4))
def test_a_planned_sample_keeps_its_margin(margin, share, people, deff):
    size = sample_size_for_margin(margin, share, people, deff)
    assert 1 <= size.n <= people
    assert margin_of_sample(size.n, share, people, deff) <= margin * (1 + 1e-6)


def test_linearised_standard_errors_are_those_of_a_bootstrap():
    """Rao and Wu (1988): m - 1 of m clusters drawn per stratum, 2,000 times; 10 percent."""
    rng = np.random.default_rng(20)
    n, replicates = 900, 2000
    strata, clusters = np.arange(n) % 5, np.arange(n) // 5 % 18
    taste = rng.normal(0, 0.5, (5, 18))[strata, clusters]
    asked = (rng.random((n, 4)) < 0.85).astype(float)
    satisfied = asked * (rng.random((n, 4)) < 1 / (1 + np.exp(-1 - taste[:, None])))
    weights = rng.random(n) + 0.5
    design = SurveyDesign(weights, strata, clusters)
    drawn = np.stack([rng.multinomial(17, np.full(18, 1 / 18), replicates) for _ in range(5)], axis=1) * 18 / 17
    many = weights * drawn[:, strata, clusters]
    above, below = many @ satisfied, many @ asked
    for ours, replicated in (
        (mean_of_ratios(satisfied, asked, design), (above / below).mean(axis=1)),
        (pooled_ratio(satisfied, asked, design), above.sum(axis=1) / below.sum(axis=1)),
        (survey_share(np.where(asked[:, 0] == 1, satisfied[:, 0], np.nan), design), above[:, 0] / below[:, 0]),
    ):
        assert ours.standard_error == pytest.approx(replicated.std(), rel=0.1)
        assert ours.deff_replace > 1.3
