"""Design-based estimates against published results of R's survey package and against slow recomputation."""

import csv
import math

import numpy as np
import pytest

from cchc_analysis.stats.calibration import calibrate, indicators
from cchc_analysis.stats.linearisation import linearised_variance
from cchc_analysis.stats.post_stratification import post_stratify, rake
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import (
    domain_means,
    mean_of_ratios,
    pooled_ratio,
    survey_mean,
    survey_ratio,
    survey_share,
    survey_shares,
    survey_total,
    survey_totals,
)
from cchc_analysis.stats.survey_independence import rao_scott
from cchc_analysis.stats.survey_intervals import t_interval, z_interval
from cchc_analysis.stats.survey_planning import sample_size_to_tell_apart, slovin
from cchc_analysis.stats.survey_ranks import rank_test
from cchc_analysis.stats.survey_tests import equal_means, two_group_test
from cchc_analysis.stats.survey_weights import kish_effective_n


class Table:
    """A published table, column by column."""

    def __init__(self, path):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            self.rows = list(csv.DictReader(lines))

    def text(self, name):
        return np.array([row[name] for row in self.rows])

    def numbers(self, name):
        return np.array([float(row[name]) if row[name] else np.nan for row in self.rows])


@pytest.fixture
def schools(reference):
    return Table(reference / "04_survey" / "apistrat.csv")


@pytest.fixture
def dstrat(schools):
    return SurveyDesign(schools.numbers("pw"), schools.text("stype"), stratum_population=schools.numbers("fpc"))


@pytest.fixture
def voters(reference):
    return Table(reference / "04_survey" / "anes2020_trust.csv")


@pytest.fixture
def panel(voters):
    return SurveyDesign(voters.numbers("Weight"), voters.text("Stratum"), voters.text("VarUnit"))


def test_v01_mean_of_a_stratified_sample(schools, dstrat):
    """Source: R survey 4.1-1 and cran/survey tests/testoutput/api.Rout.saved; 1e-4, finer where more is printed."""
    mean = survey_mean(schools.numbers("api00"), dstrat)
    assert mean.value == pytest.approx(662.2874, abs=5e-5)
    assert mean.standard_error == pytest.approx(9.4089408, abs=5e-8)
    assert mean.deff == pytest.approx(1.204457, abs=5e-7)
    assert (mean.df, mean.n) == (197, 200)
    assert z_interval(mean.value, mean.standard_error) == pytest.approx((643.8462, 680.7285), abs=1e-4)
    assert t_interval(mean.value, mean.standard_error, mean.df) == pytest.approx((643.7322, 680.8425), abs=1e-4)


def test_v01_mean_without_population_and_strata(schools, dstrat):
    """Source: R survey 4.1-1; 5e-7. Kish's effective sample size; 5e-5."""
    values, weights = schools.numbers("api00"), schools.numbers("pw")
    by_strata = survey_mean(values, SurveyDesign(weights, schools.text("stype")))
    assert by_strata.standard_error == pytest.approx(9.536132, abs=5e-7)
    assert survey_mean(values, SurveyDesign(weights)).standard_error == pytest.approx(9.585429, abs=5e-7)
    assert kish_effective_n(weights) == pytest.approx(168.5813, abs=5e-5)


def test_v02_total_of_a_stratified_sample(schools, dstrat):
    """Source: api.Rout.saved; total 0.05, standard error 5e-5."""
    total = survey_total(schools.numbers("enroll"), dstrat)
    assert total.value == pytest.approx(3687177.5, abs=0.05)
    assert total.standard_error == pytest.approx(114641.7161, abs=5e-5)


def test_v03_domain_means(schools, dstrat):
    """Source: R survey; 5e-6."""
    means = domain_means(schools.numbers("api00"), schools.text("stype"), dstrat).by_label()
    expected = {"E": (674.43, 12.38248), "H": (625.82, 14.937129), "M": (636.6, 16.214707)}
    assert set(means) == set(expected)
    for school_type, numbers in expected.items():
        ours = means[school_type]
        assert (ours.value, ours.standard_error) == pytest.approx(numbers, abs=5e-6)
        masked = survey_mean(schools.numbers("api00"), dstrat, schools.text("stype") == school_type)
        assert (masked.value, masked.standard_error) == pytest.approx((ours.value, ours.standard_error), rel=1e-12)


def test_ratio_of_a_stratified_sample(schools, dstrat):
    """Source: R survey, svyratio of api.stu and enroll (examples of its help page): 0.8369569, 0.007757103; 5e-8."""
    ratio = survey_ratio(schools.numbers("api.stu"), schools.numbers("enroll"), dstrat)
    assert (ratio.value, ratio.standard_error) == pytest.approx((0.8369569, 0.007757103), abs=5e-8)


def test_ratio_of_a_stratified_sample_by_loops(schools, dstrat):
    """Source: Woodruff's formula stratum by stratum; 1e-12."""
    above, below, weights = schools.numbers("api.stu"), schools.numbers("enroll"), schools.numbers("pw")
    types, people = schools.text("stype"), schools.numbers("fpc")
    value = math.fsum(weights * above) / math.fsum(weights * below)
    scores = weights * (above - value * below) / math.fsum(weights * below)
    variance = 0.0
    for one in "EHM":
        inside = scores[types == one]
        left = 1 - len(inside) / people[types == one][0]
        variance += left * len(inside) * np.var(inside, ddof=1)
    ratio = survey_ratio(above, below, dstrat)
    assert (ratio.value, ratio.standard_error) == pytest.approx((value, math.sqrt(variance)), rel=1e-12)


def test_v08_adjustments_of_kalton_and_flores_cervantes(reference):
    """Source: Journal of Official Statistics 19 (2003) 81 as in cran/survey tests/kalton.Rout.save; half a digit."""
    table = Table(reference / "04_survey" / "kalton_raking.csv")
    n, people = table.numbers("n_sample").astype(int), table.numbers("n_population")
    rows, columns = table.text("a"), table.text("b")
    first = np.cumsum(n) - n
    a, b, cells, ones = np.repeat(rows, n), np.repeat(columns, n), np.repeat(np.arange(12), n), np.ones(n.sum())
    margins = [{code: people[codes == code].sum() for code in set(codes)} for codes in (rows, columns)]
    adjusted = post_stratify(ones, cells, dict(enumerate(people)))
    published = table.numbers("published_poststrat_adjustment")
    assert adjusted.weights[first] == pytest.approx(published, abs=0.005 + 1e-9)
    raked = rake(ones, [(a, margins[0]), (b, margins[1])])
    assert raked.converged
    assert raked.weights[first] == pytest.approx(table.numbers("published_raking_adjustment"), abs=0.005)
    totals = np.array([margins[0][code] for code in "1234"] + [margins[1][code] for code in "23"])
    same = calibrate(ones, indicators(a, b), totals, "raking")
    assert same.converged
    assert same.weights == pytest.approx(raked.weights, rel=1e-8)


@pytest.mark.parametrize(
    ("distance", "bounds", "expected"),
    [
        ("linear", None, [1.82, 1.09, 2.19, 1.83, 1.50, 0.78, 1.88, 1.52, 1.97, 1.24, 2.34, 1.98]),
        ("linear", (0.5, 2.2), [1.81, 1.08, 2.20, 1.83, 1.48, 0.75, 2.00, 1.50, 1.99, 1.26, 2.20, 2.00]),
        ("logit", (0.5, 2.2), [1.87, 1.08, 2.17, 1.89, 1.46, 0.74, 2.09, 1.49, 1.98, 1.27, 2.18, 1.99]),
    ],
)
def test_calibrated_adjustments_of_kalton_and_flores_cervantes(reference, distance, bounds, expected):
    """Source: tables C and G of kalton.Rout.save; half a digit."""
    table = Table(reference / "04_survey" / "kalton_raking.csv")
    n, people = table.numbers("n_sample").astype(int), table.numbers("n_population")
    columns = indicators(table.text("a"), table.text("b"))
    fitted = calibrate(np.ones(n.sum()), np.repeat(columns, n, axis=0), people @ columns, distance, bounds)
    assert fitted.converged
    assert fitted.weights[np.cumsum(n) - n] == pytest.approx(expected, abs=0.005 + 1e-9)


def test_v09_design_effects(reference):
    """Source: cran/survey tests/deff.Rout.save; half a digit."""
    table = Table(reference / "04_survey" / "deff_kigyo.csv")
    sales = table.numbers("uriage")
    srs = survey_mean(sales, SurveyDesign(table.numbers("srs.w")))
    assert (srs.value, srs.standard_error) == pytest.approx((113.7, 35.626), abs=5e-4)
    assert srs.deff == pytest.approx(1.010101, abs=5e-7)
    pps = SurveyDesign(table.numbers("pps.w"))
    mean, total = survey_mean(sales, pps), survey_total(sales, pps)
    assert (mean.value, mean.standard_error) == pytest.approx((243.914, 48.752), abs=5e-4)
    assert mean.deff_replace == pytest.approx(1.974067, abs=5e-7)
    assert (total.value, total.standard_error) == pytest.approx((305136, 184965), abs=0.5)
    assert total.deff_replace == pytest.approx(18.15669, abs=5e-6)


def test_v12_education_in_clusters_nested_in_strata(voters, panel):
    """Source: Zimmer, Powell and Velásquez, Exploring Complex Survey Data, ch. 6; half a digit of what is printed."""
    answers = voters.text("Education")
    groups = [["Less than HS"], ["High school"], ["Post HS"], ["Bachelor's", "Graduate"]]
    chosen = np.column_stack([np.isin(answers, group) for group in groups]).astype(float)
    chosen[answers == ""] = np.nan
    shares = survey_shares(chosen, panel)
    assert (panel.n_units, panel.n_strata, set(shares.df)) == (101, 50, {51})
    assert shares.values == pytest.approx([0.0805, 0.277, 0.290, 0.352], abs=5.1e-4)
    assert shares.standard_errors == pytest.approx([0.00568, 0.0102, 0.00713, 0.00732], abs=5.1e-5)
    lower, upper = t_interval(shares.values, shares.standard_errors, shares.df)
    assert lower == pytest.approx([0.0691, 0.257, 0.276, 0.337], abs=5.1e-4)
    assert upper == pytest.approx([0.0919, 0.298, 0.305, 0.367], abs=5.1e-4)
    assert shares.values[:1] == pytest.approx([0.0805], abs=5e-5)


def test_v12_design_effect_of_early_voting(voters, panel):
    """Source: solutions of the exercises of the same book: 0.726, 0.0247 and 1.50; half a digit."""
    answers = voters.text("EarlyVote2020")
    share = survey_share(np.where(answers == "", np.nan, answers == "Yes"), panel)
    assert share.value == pytest.approx(0.726, abs=5e-4)
    assert share.standard_error == pytest.approx(0.0247, abs=5e-5)
    assert share.deff_replace == pytest.approx(1.50, abs=5e-3)


def slow_variance(influence, weights, strata, clusters):
    """The textbook formula, loop by loop."""
    variance = 0.0
    for stratum in sorted(set(strata)):
        units = sorted({c for c, s in zip(clusters, strata, strict=True) if s == stratum})
        sums = [
            sum(z for z, s, c in zip(influence, strata, clusters, strict=True) if s == stratum and c == unit)
            for unit in units
        ]
        middle = sum(sums) / len(sums)
        variance += len(sums) / (len(sums) - 1) * sum((one - middle) ** 2 for one in sums)
    return variance


def jackknife_variance(estimate, weights, strata, clusters):
    """JKn: every unit is left out once, the others of its stratum take its weight."""
    variance = 0.0
    for stratum in sorted(set(strata)):
        units = sorted(set(clusters[strata == stratum]))
        factor = len(units) / (len(units) - 1)
        for unit in units:
            inside = strata == stratum
            replicate = np.where(inside, np.where(clusters == unit, 0.0, weights * factor), weights)
            variance += (estimate(replicate) - estimate(weights)) ** 2 / factor
    return variance


@pytest.mark.parametrize("question", ["TrustGovernment", "TrustPeople"])
def test_v12_top_two_of_trust_by_loops_and_by_jackknife(voters, panel, question):
    """Source: formulas of Binder (1983) in loops, 1e-10; jackknife JKn (Wolter 2007), 1 percent."""
    answers, weights = voters.text(question), voters.numbers("Weight")
    strata, clusters = voters.text("Stratum"), voters.text("VarUnit")
    answered = answers != ""
    top = np.isin(answers, ["Always", "Most of the time"])
    share = survey_share(np.where(answered, top, np.nan), panel)
    size = math.fsum(weights[answered])
    value = math.fsum(weights[top]) / size
    influence = [w * (t - value) / size if a else 0.0 for w, t, a in zip(weights, top, answered, strict=True)]
    assert share.value == pytest.approx(value, rel=1e-12)
    slow = slow_variance(influence, weights, strata, clusters)
    assert share.standard_error == pytest.approx(math.sqrt(slow), rel=1e-10)

    def estimate(replicate):
        return (replicate * (top & answered)).sum() / (replicate * answered).sum()

    jackknife = jackknife_variance(estimate, weights, strata, clusters)
    assert share.standard_error == pytest.approx(math.sqrt(jackknife), rel=0.01)


def test_v12_indices_over_both_questions_by_loops_and_by_jackknife(voters, panel):
    """Source: as above: mean over questions and pooled share of two questions with missing answers."""
    weights, strata, clusters = voters.numbers("Weight"), voters.text("Stratum"), voters.text("VarUnit")
    answers = np.column_stack([voters.text("TrustGovernment"), voters.text("TrustPeople")])
    answered = (answers != "").astype(float)
    top = np.isin(answers, ["Always", "Most of the time"]).astype(float)

    def mean_of_questions(w):
        return ((w @ top) / (w @ answered)).mean()

    def pooled(w):
        return (w @ top).sum() / (w @ answered).sum()

    for ours, estimate in (
        (mean_of_ratios(top, answered, panel), mean_of_questions),
        (pooled_ratio(top, answered, panel), pooled),
    ):
        assert ours.value == pytest.approx(estimate(weights), rel=1e-12)
        jackknife = jackknife_variance(estimate, weights, strata, clusters)
        assert ours.standard_error == pytest.approx(math.sqrt(jackknife), rel=0.01)
        assert (ours.df, ours.reason) == (51, None)


def test_v14_two_group_t(schools, dstrat):
    """Source: R survey, svyttest of api00 by comp.imp; 5e-8."""
    test = two_group_test(schools.numbers("api00"), schools.text("comp.imp") == "Yes", dstrat)
    assert test.statistic == pytest.approx(2.0842433, abs=5e-8)
    assert (test.df, test.p_value) == (196, pytest.approx(0.03843419, abs=5e-9))


def test_v14_rao_scott(schools, dstrat):
    """Source: R survey, svychisq of stype and sch.wide; half a digit."""
    test = rao_scott(schools.text("stype"), schools.text("sch.wide"), dstrat)
    assert test.statistic == pytest.approx(17.247444, abs=5e-7)
    assert test.df == pytest.approx(1.82867, abs=5e-6)
    assert test.df_denominator == pytest.approx(360.248, abs=5e-4)
    assert test.p_value == pytest.approx(2.035e-07, abs=5e-11)


def test_rao_scott_leaves_out_missing_codes_first(schools, dstrat):
    """As svychisq (na.rm): a stratum without codes gives no degrees of freedom; here 150 schools in two strata."""
    types = schools.text("stype")
    improved = np.where(types == "H", None, schools.text("comp.imp")).astype(object)
    test = rao_scott(schools.text("sch.wide"), improved, dstrat)
    assert (test.n, test.df) == (150, pytest.approx(1))
    assert test.df_denominator == pytest.approx(150 - 2)


def test_v14_rank_test(schools, dstrat):
    """Source: R survey, svyranktest of api00 by comp.imp; 1e-7. Without the order of rows: within 0.2 percent."""
    values, improved = schools.numbers("api00"), schools.text("comp.imp") == "Yes"
    test = rank_test(values, improved, dstrat)
    assert test.statistic == pytest.approx(1.8811886, abs=1e-7)
    assert (test.df, test.p_value) == (196, pytest.approx(0.0614289, abs=5e-8))
    assert rank_test(values, improved, dstrat, tie_rule="weighted").statistic == pytest.approx(1.8811886, rel=2e-3)


def test_equality_of_two_domains_is_the_square_of_t(schools, dstrat):
    groups = schools.text("comp.imp")
    test = equal_means(domain_means(schools.numbers("api00"), groups, dstrat), dstrat)
    t = two_group_test(schools.numbers("api00"), groups == "Yes", dstrat)
    assert test.statistic == pytest.approx(t.statistic**2, rel=1e-10)
    assert (test.df, test.df_denominator, test.p_value) == (1, 196, pytest.approx(t.p_value, rel=1e-9))


# The data of R's survey::fpc: strata of 15 and 12, 5 and 3 drawn.
STRATA, UNITS = np.array([1] * 5 + [2] * 3), np.array([1, 2, 3, 4, 5, 1, 2, 3])
WEIGHTS, SIZES = np.array([3.0] * 5 + [4.0] * 3), np.array([15.0] * 5 + [12.0] * 3)
X = np.array([2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2])


@pytest.mark.parametrize(
    ("design", "standard_error"),
    [
        (SurveyDesign(WEIGHTS, STRATA, UNITS), 0.7413),
        (SurveyDesign(WEIGHTS, STRATA), 0.7413),
        (SurveyDesign(WEIGHTS, STRATA, UNITS, SIZES), 0.6160),
        (SurveyDesign(WEIGHTS, None, UNITS), 0.7938),
        (SurveyDesign(WEIGHTS, None, STRATA), 0.5465),
        (SurveyDesign(WEIGHTS, None, UNITS, np.full(8, 27.0)), 0.7165),
    ],
)
def test_designs_of_the_fpc_example(design, standard_error):
    """Source: cran/survey tests/fpc.Rout.save and check.Rout.save, mean 5.4481; half a digit."""
    mean = survey_mean(X, design)
    assert mean.value == pytest.approx(5.4481, abs=5e-5)
    assert mean.standard_error == pytest.approx(standard_error, abs=5e-5)


@pytest.mark.parametrize(
    ("domain", "value", "standard_error", "df"), [(X > 4, 6.195, 0.7555129, 4), (X <= 4, 3.314286, 0.3117042, 0)]
)
def test_domains_of_the_fpc_example(domain, value, standard_error, df):
    """Source: cran/survey tests/domain.Rout.save; half a digit."""
    mean = survey_mean(X, SurveyDesign(WEIGHTS, STRATA, UNITS), domain)
    assert mean.value == pytest.approx(value, abs=5e-7)
    assert mean.standard_error == pytest.approx(standard_error, abs=5e-8)
    assert mean.df == df


def test_equal_weights_where_none_are_given():
    """Source: check.Rout.save, designs without weights: 5.525 with 0.7796, 0.838 and 0.5188; half a digit."""
    ones = np.ones(8)
    assert survey_mean(X, SurveyDesign(ones, STRATA)).standard_error == pytest.approx(0.7796, abs=5e-5)
    assert survey_mean(X, SurveyDesign(ones, None, UNITS)).standard_error == pytest.approx(0.838, abs=5e-4)
    assert survey_mean(X, SurveyDesign(ones, None, STRATA)).standard_error == pytest.approx(0.5188, abs=5.1e-5)


def test_post_stratified_total_of_what_was_fitted_is_known(schools, dstrat):
    """By definition: a total that was calibrated to a known number has no variance, while it had one before."""
    people = {"E": 4421, "H": 755, "M": 1018}
    year_round = {"No": 5600, "Yes": 594}
    raked = rake(dstrat.weights, [(schools.text("stype"), people), (schools.text("yr.rnd"), year_round)])
    design = dstrat.calibrated(raked)
    known = indicators(schools.text("stype"), schools.text("yr.rnd"))
    totals = survey_totals(known, design)
    assert totals.values == pytest.approx([4421, 755, 1018, 594], rel=1e-8)
    assert (totals.standard_errors < 0.02).all()
    plain = linearised_variance(known * dstrat.weights[:, None], dstrat)
    assert math.sqrt(plain[3, 3]) > 100


def test_sample_size_of_two_shares():
    """Source: help page of R power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7; 0.05."""
    size = sample_size_to_tell_apart(0.50, 0.75, power=0.90)
    assert (size.exact, size.n) == (pytest.approx(76.7, abs=0.05), 77)


def test_slovin_of_the_satisfaction_survey():
    """Source: the rule n = N / (1 + N e²): 8,106 people give 382, without limit 400; exact."""
    assert (slovin(8106, 0.05), slovin(float("inf"), 0.05)) == (382, 400)
