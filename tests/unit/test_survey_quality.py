"""Scales, drivers and doubtful forms of a survey by hand; weights and cells at the edges."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from spec.survey_tables import frame_rows, responses_of, small_questionnaire

from cchc_analysis import measures
from cchc_analysis.frames import records
from cchc_analysis.measures import SurveySample, survey_sample
from cchc_analysis.measures.survey_design import pooled_cells
from cchc_analysis.measures.survey_drivers import SEED, factor_means
from cchc_analysis.measures.survey_facts import rank_correlation
from cchc_analysis.stats.driver_intervals import bootstrap_importance
from cchc_analysis.stats.drivers import relative_importance
from cchc_analysis.stats.reliability import cronbach_alpha

SMALL = small_questionnaire()


def long_questionnaire(**changes: Any) -> Any:
    """Three factors of three questions each, and the overall question."""
    words = {"vi": "x", "en": "x"}
    factors = ("a", "b", "c")
    questions: list[dict[str, Any]] = [
        {"id": f"{factor}{n}", "factor": factor, "scale": "five", **words} for factor in factors for n in (1, 2, 3)
    ]
    questions.append({"id": "overall", "overall": True, "scale": "five", **words})
    return small_questionnaire(
        **({"questions": questions, "factors": [{"id": factor, **words} for factor in factors]} | changes)
    )


LONG = long_questionnaire()
NAMES = tuple(question.id for question in LONG.questions if not question.overall)


def drawn(n: int, seed: int = 1) -> pd.DataFrame:
    """Forms whose overall answer hangs on factor a most, then b, not on c."""
    rng = np.random.default_rng(seed)
    moods = {factor: rng.normal(0, 1, n) for factor in "abc"}
    table: dict[str, Any] = {"wave": ["2023-Q2"] * n, "unit": rng.choice(["p", "q"], n)}
    for name in NAMES:
        table[name] = np.clip(np.round(3.3 + moods[name[0]] + rng.normal(0, 0.6, n)), 1, 5).astype(int).astype(str)
    overall = 3.3 + 0.8 * moods["a"] + 0.4 * moods["b"] + rng.normal(0, 0.4, n)
    table["overall"] = np.clip(np.round(overall), 1, 5).astype(int).astype(str)
    return pd.DataFrame(table)


def sample_of(frame: pd.DataFrame, questionnaire: Any = LONG) -> SurveySample:
    return survey_sample(responses_of(questionnaire, frame_rows(questionnaire, frame)))


# scales


def test_alpha_is_that_of_the_points_of_a_factor() -> None:
    frame = drawn(120)
    frame.loc[:20, "a2"] = None
    frame.loc[21:30, "b1"] = "no_opinion"
    rows = {row["factor"]: row for row in records(measures.survey_reliability(sample_of(frame).responses))}
    for factor in "abc":
        points = frame[[f"{factor}{n}" for n in (1, 2, 3)]].apply(pd.to_numeric, errors="coerce").to_numpy()
        wanted = cronbach_alpha(points)
        assert (rows[factor]["alpha"], rows[factor]["lower"]) == pytest.approx((wanted.alpha, wanted.lower))
        assert (rows[factor]["n_items"], rows[factor]["n_forms"], rows[factor]["reason"]) == (3, 120, None)
        assert rows[factor]["grade"] in ("excellent", "good", "acceptable")


def test_a_reversed_question_is_turned_before_scales_are_looked_at_and_a_forgotten_one_is_named() -> None:
    questions = [question.model_dump() for question in LONG.questions]
    questions[1]["reversed"] = True
    frame = drawn(200)
    frame["a2"] = [str(6 - int(answer)) for answer in frame["a2"]]
    forgotten = measures.survey_scale_items(sample_of(frame).responses).set_index("question")
    assert "reversed" in forgotten.loc["a2", "warnings"]
    told = measures.survey_scale_items(sample_of(frame, long_questionnaire(questions=questions)).responses)
    assert told.set_index("question").loc["a2", "warnings"] == ()
    assert (told["n"] == 200).all()


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("times | a1 | a2 | b1\n9 | 5 | 4 | 3", ["few_answers", "few_answers"]),
        ("times | a1 | a2 | b1\n12 | 5 | 4 | 3", ["no_variance", "few_items"]),
        ("times | a1 | a2 | b1\n12 | 5 | | 3\n12 | | 4 | 2", ["no_variance", "few_items"]),
    ],
)
def test_scales_that_say_nothing(text: str, reasons: list[str]) -> None:
    table = measures.survey_reliability(responses_of(SMALL, text))
    assert table["reason"].tolist() == reasons
    assert table[["alpha", "lower", "upper"]].isna().all().all()
    assert table["grade"].tolist() == [None, None]


def test_pairs_that_contradict_each_other_give_way_to_complete_forms() -> None:
    text = "times | a1 | a2 | b1\n8 | 1 | 1 | 1\n1 | 1 | no_opinion | 1\n2 | 2 | 2 | 1"
    row = measures.survey_reliability(responses_of(SMALL, text)).iloc[0]
    assert (row["alpha"], row["missing_rule"], row["grade"]) == (pytest.approx(1), "listwise", "excellent")


# drivers


def test_drivers_divide_what_the_factors_explain() -> None:
    frame = drawn(400)
    frame.loc[:9, ["c1", "c2", "c3"]] = "no_opinion"
    frame.loc[10:14, "overall"] = None
    sample = sample_of(frame)
    found = measures.survey_drivers(sample, n_bootstrap=200)
    table = found.table.set_index("factor")
    assert (found.reason, found.n_used) == (None, 385)
    points = frame.apply(pd.to_numeric, errors="coerce")
    means = np.column_stack([points[[f"{factor}{n}" for n in (1, 2, 3)]].mean(axis=1) for factor in "abc"])
    wanted = relative_importance(means, points["overall"].to_numpy())
    assert table["importance"].tolist() == pytest.approx(wanted.shares.tolist())
    assert found.r_squared == pytest.approx(wanted.r_squared)
    assert table["importance"].sum() == pytest.approx(1)
    assert table["importance"].idxmax() == "a"
    assert (table["rank_lower"].loc["a"], table["rank_upper"].loc["a"]) == (1, 1)
    assert ((table["lower"] <= table["importance"]) & (table["importance"] <= table["upper"])).all()
    shares = measures.satisfaction(sample, (), ("factor",)).set_index(["item", "reading"])["weighted"]
    assert table["performance"].to_dict() == {factor: shares[factor, "mean_of_questions"] for factor in "abc"}
    again = measures.survey_drivers(sample_of(frame), n_bootstrap=200)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_why_there_are_no_drivers() -> None:
    assert measures.survey_drivers(sample_of(drawn(49))).reason == "too_few"
    assert measures.survey_drivers(sample_of(drawn(60).assign(overall="4"))).reason == "constant"
    same = drawn(200)
    for n in (1, 2, 3):
        same[f"b{n}"] = same[f"a{n}"]
    found = measures.survey_drivers(sample_of(same))
    assert (found.reason, found.names) == ("collinear", ("a", "b"))
    assert (len(found.table), found.r_squared) == (0, None)
    without = [question.model_dump() for question in LONG.questions if not question.overall]
    assert measures.survey_drivers(sample_of(drawn(60), long_questionnaire(questions=without))).reason == "no_overall"


def test_units_without_an_answer_are_drawn_too() -> None:
    """How many answer is part of the chance: the rescaling bootstrap gets every unit that was drawn."""
    frame = drawn(300)
    silent = frame["unit"].eq("q") & (np.arange(300) % 2 == 0)
    frame.loc[silent, "overall"] = None
    sample = sample_of(frame)
    found = measures.survey_drivers(sample, n_bootstrap=300)
    points = frame.apply(pd.to_numeric, errors="coerce")
    means = np.column_stack([points[[f"{factor}{n}" for n in (1, 2, 3)]].mean(axis=1) for factor in "abc"])
    wanted = bootstrap_importance(
        means, points["overall"].to_numpy(), 300, SEED, strata=frame["unit"].to_numpy(), names=list("abc")
    )
    assert found.table["lower"].tolist() == pytest.approx(wanted.share_lower.tolist())
    assert found.table["upper"].tolist() == pytest.approx(wanted.share_upper.tolist())
    kept = ~silent.to_numpy()
    without = bootstrap_importance(
        means[kept], points["overall"].to_numpy()[kept], 300, SEED, strata=frame["unit"].to_numpy()[kept]
    )
    assert found.table["lower"].tolist() != pytest.approx(without.share_lower.tolist())
    assert found.n_used == int(kept.sum())


def test_forms_of_weight_zero_explain_nothing_but_were_drawn() -> None:
    frame = drawn(200).assign(weight=[0.0 if place % 4 == 0 else 2.0 for place in range(200)])
    found = measures.survey_drivers(sample_of(frame), n_bootstrap=100)
    silent = drawn(200)
    silent.loc[np.arange(200) % 4 == 0, "overall"] = None
    wanted = measures.survey_drivers(sample_of(silent), n_bootstrap=100)
    assert (found.n_used, found.r_squared) == (150, pytest.approx(wanted.r_squared))
    for name in ("importance", "lower", "upper"):
        assert found.table[name].tolist() == pytest.approx(wanted.table[name].tolist())


def test_a_stratum_for_every_form_gives_importance_without_intervals() -> None:
    frame = drawn(80).assign(stratum=[f"s{n}" for n in range(80)])
    found = measures.survey_drivers(sample_of(frame), n_bootstrap=50)
    assert (found.reason, found.interval_reason, len(found.table)) == (None, "no_replication", 3)
    assert found.table["importance"].sum() == pytest.approx(1)
    assert found.table[["lower", "upper", "rank_lower", "rank_upper"]].isna().all().all()


def test_a_factor_that_hardly_varies_gives_no_intervals_and_says_so() -> None:
    frame = drawn(200)
    for n in (1, 2, 3):
        frame[f"c{n}"] = ["5"] * 199 + ["1"]
    found = measures.survey_drivers(sample_of(frame), n_bootstrap=100)
    assert (found.reason, found.interval_reason) == (None, "degenerate_resamples")
    assert found.table["lower"].isna().all()


@pytest.mark.parametrize("n_factors", [0, 1])
def test_questions_drive_where_there_are_no_factors_to_compare(n_factors: int) -> None:
    words = {"vi": "x", "en": "x"}
    questions = [question.model_dump() for question in LONG.questions]
    for question in questions:
        question["factor"] = "a" if n_factors and not question["overall"] else None
    plain = long_questionnaire(questions=questions, factors=[{"id": "a", **words}][:n_factors])
    frame = drawn(300)
    sample = sample_of(frame, plain)
    found = measures.survey_drivers(sample, n_bootstrap=50)
    assert (found.of, found.reason, found.n_used) == ("question", None, 300)
    assert found.table["factor"].tolist() == list(NAMES)
    points = frame[[*NAMES, "overall"]].apply(pd.to_numeric).to_numpy()
    wanted = relative_importance(points[:, :-1], points[:, -1])
    assert found.table["importance"].tolist() == pytest.approx(wanted.shares.tolist())
    shares = measures.satisfaction(sample, (), ("question",)).set_index("item")["weighted"]
    assert found.table["performance"].tolist() == pytest.approx(shares[list(NAMES)].tolist())


def test_one_question_and_very_many_have_no_drivers() -> None:
    words = {"vi": "x", "en": "x"}
    for n, reason in ((0, "no_overall"), (1, "too_few"), (16, "too_many")):
        names = [f"k{place}" for place in range(n)]
        questions = [{"id": name, "scale": "five", **words} for name in names]
        questions.append({"id": "overall", "overall": True, "scale": "five", **words})
        kiosk = long_questionnaire(questions=questions, factors=[])
        rng = np.random.default_rng(1)
        frame = pd.DataFrame({name: rng.choice(list("12345"), 90) for name in [*names, "overall"]})
        found = measures.survey_drivers(sample_of(frame.assign(wave="2023-Q2"), kiosk), n_bootstrap=20)
        assert (found.of, found.reason, len(found.table)) == ("question", reason, 0)


def test_factor_means_are_of_the_questions_answered() -> None:
    responses = responses_of(LONG, "a1 | a2 | a3 | b1\n5 | 3 | | \n | no_opinion | invalid | 2")
    assert factor_means(responses, ["a", "b"]).tolist()[0][0] == 4
    assert np.isnan(factor_means(responses, ["a", "b"])[1, 0])
    assert factor_means(responses, ["b"])[1, 0] == 2


# doubtful forms


def test_doubtful_forms_are_counted_and_what_they_do_is_told() -> None:
    frame = drawn(100, 3)
    frame["answered_at"] = [f"2023-05-{1 + place % 28:02d}" for place in range(100)]
    frame["respondent_id"] = [f"person {place}" for place in range(100)]
    frame["answer_seconds"] = 300.0
    frame.loc[:6, list(NAMES)] = "5"
    frame.loc[:6, "overall"] = "5"
    frame.loc[7:11, "answer_seconds"] = 100.0
    frame.loc[12:13, "a1"] = "invalid"
    frame.loc[[20, 21], "respondent_id"] = "person 22"
    columns = ["wave", "unit", *NAMES, "overall"]
    frame.loc[31, columns] = frame.loc[30, columns]
    frame["answered_at"] = pd.to_datetime(frame["answered_at"])
    sample = sample_of(frame)
    table = measures.respondent_quality(sample).set_index("check")
    assert table["n_forms"].to_dict() == {
        "repeated_respondents": 2,
        "straight_lining": 7,
        "speeding": 5,
        "invalid_answers": 2,
        "identical_forms": 1,
    }
    assert table["n_checked"].to_dict() == {
        "repeated_respondents": 100,
        "straight_lining": 100,
        "speeding": 100,
        "invalid_answers": 100,
        "identical_forms": 93,
    }
    overall = measures.satisfaction(sample)["weighted"].iloc[0]
    assert table["value"].tolist() == pytest.approx([overall] * 5)
    rest = sample_of(frame.drop(index=range(7)))
    without = measures.satisfaction(rest)["weighted"].iloc[0]
    assert table.loc["straight_lining", "value_without"] == pytest.approx(without)
    assert table.loc["straight_lining", "difference"] == pytest.approx(without - overall)
    assert table.loc["straight_lining", "difference"] < 0


def test_a_straight_line_runs_through_the_answers_as_given() -> None:
    questions = [question.model_dump() for question in LONG.questions]
    questions[1]["reversed"] = True
    turned = long_questionnaire(questions=questions)
    lines = drawn(40).assign(**dict.fromkeys(NAMES, "4"), overall="4")
    table = measures.respondent_quality(sample_of(lines, turned)).set_index("check")
    assert table.loc["straight_lining", "n_forms"] == 40


def test_the_same_dossier_twice_in_a_wave_is_a_repeated_respondent_but_not_in_two() -> None:
    text = """
      times | wave    | dossier_id | answered_at | a1
      20    | 2023-Q2 |            | 2023-05-01  | 5
      2     | 2023-Q2 | d          | 2023-05-02  | 5
      1     | 2023-Q1 | d          | 2023-02-02  | 5
    """
    row = measures.respondent_quality(survey_sample(responses_of(SMALL, text))).set_index("check").iloc[0]
    assert (row["n_forms"], row["n_checked"]) == (1, 3)


def test_too_few_times_tell_nothing_of_speed() -> None:
    text = "times | answer_seconds | a1\n20 | 60 | 5\n9 | 5 | 4"
    row = measures.respondent_quality(survey_sample(responses_of(SMALL, text))).set_index("check").loc["speeding"]
    assert row["reason"] == "too_few"
    assert np.isnan(row["n_checked"])


# weights and cells


def dossiers(**n: float | None) -> pd.DataFrame:
    return pd.DataFrame({"unit": list(n), "field": "", "n": list(n.values())})


def test_small_cells_are_put_together() -> None:
    text = "times | unit | a1\n20 | p | 5\n4 | q | 2\n3 | r | 2\n12 | s | 4"
    facts = survey_sample(responses_of(SMALL, text), dossiers(p=500, q=90, r=10, s=300, t=60)).facts
    assert facts.collapsed == (("unit", "q"), ("unit", "r"))
    assert (facts.cells_without_forms, facts.population) == (("t",), pytest.approx(900))


@pytest.mark.parametrize(
    ("n_forms", "population", "together"),
    [
        ({"p": 20, "q": 30}, {"p": 1.0, "q": 2.0}, ()),
        ({"p": 20, "q": 2}, {"p": 1.0, "q": 2.0}, ("q", "p")),
        ({"p": 20, "q": 9}, {"p": 5.0, "q": 0.0}, ("q", "p")),
        ({"p": 20, "": 9, "q": 10, "r": 11}, {"p": 5.0, "": 0.0, "q": 3.0, "r": 4.0}, ("", "q")),
    ],
)
def test_which_cells_are_put_together(
    n_forms: dict[str, int], population: dict[str, float], together: tuple[str, ...]
) -> None:
    assert pooled_cells(n_forms, population) == together


@pytest.mark.parametrize(
    ("text", "known", "margins"),
    [
        # One unit, one cell after putting together, units not named, no dossiers, only unknown and negative numbers.
        ("times | unit | a1\n20 | p | 5", dossiers(p=90), ()),
        ("times | unit | a1\n20 | p | 5\n3 | q | 2", dossiers(p=90, q=20), ()),
        ("times | unit | a1\n20 | p | 5\n20 | q | 2\n20 | | 2", dossiers(p=90, q=20), ()),
        ("times | unit | a1\n20 | p | 5\n20 | q | 2", None, ()),
        ("times | unit | a1\n20 | p | 5\n20 | q | 2", dossiers(p=-3, q=None), ()),
        ("times | unit | a1\n20 | p | 5\n20 | q | 2", dossiers(p=40, q=30), ("unit",)),
        ("times | unit | a1\n40 | p | 5\n40 | q | 2\n5 | | 2", dossiers(p=90, q=20), ("unit",)),
    ],
)
def test_when_weights_are_fitted(text: str, known: pd.DataFrame | None, margins: tuple[str, ...]) -> None:
    sample = survey_sample(responses_of(SMALL, text), known)
    assert sample.facts.margins == margins
    assert sample.facts.weights == ("dossiers" if margins else "none")
    row = measures.satisfaction(sample).iloc[0]
    assert 0 < row["weighted_lower"] <= row["weighted"] <= row["weighted_upper"] <= 1


def test_forms_of_weight_zero_are_in_no_weighted_figure() -> None:
    text = "times | unit | weight | a1\n20 | p | 2 | 5\n20 | p | 0 | 1\n20 | q | 1 | 4\n5 | q | 1 | 2"
    row = measures.satisfaction(survey_sample(responses_of(SMALL, text))).iloc[0]
    assert (row["numerator"], row["denominator"]) == (40, 65)
    assert row["weighted"] == pytest.approx(60 / 65)
    nothing = measures.satisfaction(survey_sample(responses_of(SMALL, "times | weight | a1\n20 | 0 | 5"))).iloc[0]
    assert nothing["value"] == 1
    assert np.isnan(nothing["weighted"])
    assert np.isnan(nothing["weighted_upper"])


def test_a_form_without_weight_counts_as_the_mean_of_the_others() -> None:
    text = "times | weight | a1\n10 | 3 | 5\n10 | 1 | 1\n5 | | 1"
    sample = survey_sample(responses_of(SMALL, text))
    assert sample.weights.tolist() == [3] * 10 + [1] * 10 + [2] * 5
    assert (sample.facts.n_weight_missing, sample.facts.weights) == (5, "file")


def test_a_stratum_with_one_form_is_named_and_keeps_the_error_defined() -> None:
    text = "times | stratum | a1\n20 | x | 5\n10 | x | 2\n1 | y | 5\n12 | z | 5"
    sample = survey_sample(responses_of(SMALL, text))
    assert (sample.facts.lonely_strata, sample.facts.lonely_rule) == (("y",), "adjust")
    row = measures.satisfaction(sample, (), ("question",)).iloc[0]
    # By hand: x adds 30/29 Σ (z − z̄)², y its square, z nothing but its own mean is above that of all.
    share = 33 / 43
    z = {answer: (answer - share) / 43 for answer in (1, 0)}
    mean = (20 * z[1] + 10 * z[0]) / 30
    variance = 30 / 29 * (20 * (z[1] - mean) ** 2 + 10 * (z[0] - mean) ** 2) + z[1] ** 2
    assert row["standard_error"] == pytest.approx(np.sqrt(variance))
    assert row["df"] == 43 - 3


def test_a_stratum_with_more_forms_than_dossiers_has_no_correction() -> None:
    text = "times | unit | a1\n20 | p | 5\n20 | p | 2\n20 | q | 5\n20 | q | 2"
    few, many = (survey_sample(responses_of(SMALL, text), dossiers(p=n, q=900)) for n in (30, 900))
    assert few.facts.finite_population
    assert many.facts.finite_population
    sizes = few.design.stratum_population if few.design else None
    assert sizes is not None
    assert np.isinf(sizes[:40]).all()
    assert (sizes[40:] == 900).all()


# ranks


@pytest.mark.parametrize(
    ("x", "y", "rho", "p_value"),
    [
        # R: cor.test(method = "spearman"), exact without ties.
        ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7.5], 0.9, 0.08333),
        ([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -0.1757576, 0.6271872),
        ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], 1.0, 2 / 720),
    ],
)
def test_rank_correlation(x: list[float], y: list[float], rho: float, p_value: float) -> None:
    found = rank_correlation(np.array(x, dtype=float), np.array(y, dtype=float))
    assert found == pytest.approx((rho, p_value), rel=1e-3)


def test_nothing_correlates_with_what_does_not_vary() -> None:
    assert rank_correlation(np.ones(6), np.arange(6.0)) is None
