"""Strata, clusters, finite populations and lonely units by hand-worked numbers."""

import numpy as np
import pytest

from cchc_analysis.stats.linearisation import linearised_variance
from cchc_analysis.stats.survey_design import SurveyDesign
from cchc_analysis.stats.survey_estimates import survey_mean, survey_total

ONES = np.ones(3)
LONELY = ["a", "a", "b"]
INFLUENCE = np.array([1.0, 3.0, 8.0])


@pytest.mark.parametrize(("rule", "expected"), [("remove", 4), ("certainty", 4), ("adjust", 20), ("average", 8)])
def test_rules_for_a_lonely_unit_by_hand(rule, expected):
    """Stratum a: 2 / 1 (1 + 1) = 4; b adds nothing, (8 - 4)² around the mean of all units, or as much as a."""
    design = SurveyDesign(ONES, LONELY, lonely=rule)
    assert linearised_variance(INFLUENCE, design) == pytest.approx(expected)
    assert design.lonely_strata == ("b",)


def test_a_lonely_unit_is_refused_by_default_and_named():
    with pytest.raises(ValueError, match=r"stratum 'b' has one unit"):
        linearised_variance(INFLUENCE, SurveyDesign(ONES, LONELY))


def test_a_lonely_stratum_outside_the_domain_is_not_refused():
    design = SurveyDesign(ONES, LONELY)
    domain = np.array([True, True, False])
    assert survey_mean([1, 3, 9], design, domain).standard_error == pytest.approx(1.0)


def test_a_stratum_taken_in_full_is_not_lonely():
    design = SurveyDesign(ONES, LONELY, stratum_population=[np.inf, np.inf, 1])
    assert design.lonely_strata == ()
    assert linearised_variance(INFLUENCE, design) == pytest.approx(4)


@pytest.mark.parametrize(
    ("rule", "expected"), [("remove", np.nan), ("average", np.nan), ("adjust", 8), ("certainty", 0)]
)
def test_every_stratum_is_lonely(rule, expected):
    variance = linearised_variance([1.0, 5.0], SurveyDesign([1, 1], ["a", "b"], lonely=rule))
    assert variance == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("rule", ["remove", "average", "adjust"])
def test_one_unit_in_all_has_no_variance_rather_than_zero(rule):
    design = SurveyDesign([1, 1], clusters=["x", "x"], lonely=rule)
    total, mean = survey_total([2, 3], design), survey_mean([2, 3], design)
    assert (total.value, total.standard_error, total.reason) == (5, None, "one unit")
    assert (mean.value, mean.standard_error, mean.reason, mean.deff) == (2.5, None, "one unit", None)
    assert mean.df == 0


def test_one_unit_in_all_is_certain_when_said_so():
    design = SurveyDesign([1, 1], clusters=["x", "x"], lonely="certainty")
    assert survey_total([2, 3], design).standard_error == 0
    assert survey_mean([2, 3], design).standard_error == 0


def test_only_lonely_strata_have_a_reason():
    mean = survey_mean([2, 3], SurveyDesign([1, 1], ["a", "b"], lonely="remove"))
    assert (mean.standard_error, mean.reason) == (None, "lonely strata")


def test_a_domain_inside_one_unit_has_no_variance_rather_than_zero():
    design = SurveyDesign(np.ones(4), clusters=["x", "x", "y", "z"])
    mean = survey_mean([1, 5, 2, 3], design, np.array([True, True, False, False]))
    assert (mean.value, mean.standard_error, mean.reason) == (3, None, "one unit")


def test_units_left_alone_in_a_domain_follow_the_rule_only_when_asked():
    """Influence 1 | -1 of a domain with one unit in each stratum of two: around the stratum mean 2 (¼ + ¼) each."""
    strata, influence = ["a", "a", "b", "b"], np.array([1.0, 0.0, -1.0, 0.0])
    domain = np.array([True, False, True, False])
    plain = SurveyDesign(np.ones(4), strata, lonely="adjust")
    assert linearised_variance(influence, plain, domain) == pytest.approx(2)
    asked = SurveyDesign(np.ones(4), strata, lonely="adjust", lonely_domains=True)
    assert linearised_variance(influence, asked, domain) == pytest.approx(4)
    average = SurveyDesign(np.ones(4), strata, lonely="average", lonely_domains=True)
    assert np.isnan(linearised_variance(influence, average, domain)).all()


def test_clusters_with_one_name_in_two_strata_are_two():
    design = SurveyDesign(np.ones(6), ["a", "a", "a", "b", "b", "b"], [1, 1, 2, 1, 2, 3])
    assert (design.n_units, design.n_strata, design.degrees_of_freedom()) == (5, 2, 3)


def test_degrees_of_freedom_of_a_domain_count_what_is_there():
    design = SurveyDesign([1, 1, 1, 1, 0], ["a", "a", "b", "b", "b"])
    assert design.degrees_of_freedom() == 2
    assert design.degrees_of_freedom(np.array([True, False, True, True, True])) == 1
    assert design.degrees_of_freedom(np.zeros(5, dtype=bool)) == 0


def test_a_weight_of_zero_gives_nothing_but_was_drawn():
    """Three units drawn with influence 3, 6 and 0: 3 / 2 (0 + 9 + 9) = 27."""
    total = survey_total([3, 6, 100], SurveyDesign([1, 1, 0]))
    assert (total.value, total.n, total.df) == (9, 2, 1)
    assert total.standard_error == pytest.approx(27**0.5)


def test_two_stages_by_hand():
    """4 of 10 … by loops: between clusters, and inside each cluster times the share of clusters drawn."""
    clusters = np.array([1, 1, 1, 2, 2, 3, 3, 3])
    people = np.array([6, 6, 6, 4, 4, 5, 5, 5.0])
    z = np.array([3.0, 5, 4, 9, 6, 2, 8, 5])
    design = SurveyDesign(
        np.ones(8), clusters=clusters, stratum_population=np.full(8, 10.0), later_stages=[(np.arange(8), people)]
    )
    sums = [z[clusters == c].sum() for c in (1, 2, 3)]
    expected = (1 - 3 / 10) * 3 * np.var(sums, ddof=1)
    for c in (1, 2, 3):
        inside, size = z[clusters == c], people[clusters == c][0]
        expected += 3 / 10 * (1 - len(inside) / size) * len(inside) * np.var(inside, ddof=1)
    assert linearised_variance(z, design) == pytest.approx(expected, rel=1e-12)


def test_later_stages_add_nothing_without_populations():
    clusters, inner = np.array([1, 1, 2, 2, 3, 3]), np.arange(6)
    one, two = (SurveyDesign(np.ones(6), clusters=clusters, later_stages=later) for later in ((), [(inner, None)]))
    z = np.arange(6.0)
    assert linearised_variance(z, one) == linearised_variance(z, two)


def test_strata_and_finite_populations_by_hand():
    """a: (1 - 2/4) 2 · 2 = 2 with influences 1 and 3; b: (1 - 3/6) 3/2 · 6 = 4.5 less the mean: 1, 2 and 4.5."""
    z = np.array([1.0, 3.0, 1.0, 2.0, 4.5])
    design = SurveyDesign(np.ones(5), ["a", "a", "b", "b", "b"], stratum_population=[4, 4, 6, 6, 6])
    b = 0.5 * 3 * np.var([1, 2, 4.5], ddof=1)
    assert linearised_variance(z, design) == pytest.approx(2 + b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": [1, -2]}, r"weights\[1\] is -2"),
        ({"weights": [1, float("nan")]}, r"weights\[1\] is nan"),
        ({"weights": []}, "at least one"),
        ({"weights": [1, 1], "strata": ["a"]}, "strata has shape"),
        ({"weights": [1, 1], "strata": ["a", None]}, r"strata\[1\] is missing"),
        ({"weights": [1, 1], "strata": [1.0, float("nan")]}, r"strata\[1\] is missing"),
        ({"weights": [1, 1], "clusters": np.array(["a", 1], dtype=object)}, "clusters mixes codes"),
        ({"weights": [1, 1], "stratum_population": [5, 6]}, "varies within stratum"),
        ({"weights": [1, 1], "stratum_population": [1, 1]}, "is 1, but 2 units were drawn"),
        ({"weights": [1, 1], "stratum_population": [1, float("nan")]}, "one number per respondent"),
        ({"weights": [1, 1], "lonely": "ignore"}, "lonely is 'ignore'"),
    ],
)
def test_designs_that_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        SurveyDesign(**arguments)


def test_a_domain_must_be_true_or_false_for_everyone():
    with pytest.raises(ValueError, match="domain is int64"):
        SurveyDesign([1, 1]).degrees_of_freedom(np.array([1, 0]))
    with pytest.raises(ValueError, match="influence has shape"):
        linearised_variance([1.0], SurveyDesign([1, 1]))
