"""Satisfaction by hand: the worked examples of docs/methods/satisfaction.md and survey-design.md, and the edges."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from spec.survey_tables import responses_of, small_questionnaire

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import SurveySample, survey_sample
from cchc_analysis.measures.survey_planning import survey_planning

SMALL = small_questionnaire()
COUNTS = ("n_blank", "n_no_opinion", "n_invalid")


def table_of(project: Path, page: str, heading: str = "Worked example") -> str:
    after = (project / "docs" / "methods" / f"{page}.md").read_text(encoding="utf-8").split(f"\n## {heading}\n", 1)[1]
    return after.split("```text\n", 1)[1].split("```", 1)[0]


def sample_of(text: str, dossiers: dict[str, float] | None = None, questionnaire: Any = SMALL) -> SurveySample:
    known = None if dossiers is None else pd.DataFrame({"unit": list(dossiers), "field": "", "n": dossiers.values()})
    return survey_sample(responses_of(questionnaire, text), known)


def by_item(table: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["item"], row["reading"]): row for row in records(table)}


def by_unit(table: pd.DataFrame, unit: str) -> dict[str, Any]:
    """The row of a unit that holds the official reading of the overall result."""
    official = table if "item" not in table.columns else table[table["item"] == "mean_of_questions"]
    return first_row(official[official["unit"] == unit])


ALL_KINDS = ("overall", "factor", "question")


def test_the_example_of_the_page(project: Path) -> None:
    found = by_item(measures.satisfaction(sample_of(table_of(project, "satisfaction")), (), ALL_KINDS))
    fractions = {key: (row["numerator"], row["denominator"], row["value"]) for key, row in found.items()}
    assert fractions == {
        ("mean_of_questions", "mean_of_questions"): (22, 29, pytest.approx((8 / 12 + 0.7 + 1) / 3)),
        ("pooled", "pooled"): (22, 29, pytest.approx(22 / 29)),
        ("overall_question", "question"): (8, 12, pytest.approx(8 / 12)),
        ("a", "mean_of_questions"): (15, 22, pytest.approx((8 / 12 + 0.7) / 2)),
        ("a", "pooled"): (15, 22, pytest.approx(15 / 22)),
        ("b", "mean_of_questions"): (7, 7, 1),
        ("b", "pooled"): (7, 7, 1),
        ("a1", "question"): (8, 12, pytest.approx(8 / 12)),
        ("a2", "question"): (7, 10, pytest.approx(0.7)),
        ("b1", "question"): (7, 7, 1),
        ("overall", "question"): (8, 12, pytest.approx(8 / 12)),
    }
    assert [found["b1", "question"][name] for name in COUNTS] == [0, 3, 2]
    assert [found["a2", "question"][name] for name in COUNTS] == [2, 0, 0]
    assert (found["b1", "question"]["lower"], found["b1", "question"]["upper"]) == (pytest.approx(0.590, abs=5e-4), 1)
    a1 = found["a1", "question"]
    assert (a1["lower"], a1["upper"]) == pytest.approx((0.329, 0.891), abs=5e-4)
    assert a1["standard_error"] == pytest.approx(np.sqrt(2 / 9 / 11), rel=1e-12)
    assert a1["mean_points"] == pytest.approx((25 + 12 + 4 + 2) / 12)
    # Without weights, strata and clusters both columns say the same of what every form answers.
    for key in (("a1", "question"), ("a", "pooled"), ("mean_of_questions", "mean_of_questions")):
        row = found[key]
        weighted = [row["weighted"], row["weighted_lower"], row["weighted_upper"]]
        assert weighted == pytest.approx([row["value"], row["lower"], row["upper"]])


def test_answers_that_would_have_to_change(project: Path) -> None:
    row = first_row(measures.satisfaction_target(sample_of(table_of(project, "satisfaction")), 0.85))
    assert (row["answers_to_change"], row["verdict"]) == (3, "undecided")
    assert measures.answers_short(17 / 20, 20, 0.85) == 0
    assert measures.answers_short(84 / 100, 100, 0.85) == 1
    assert measures.answers_short(0.0, 7, 1.0) == 7


def test_answers_to_change_follow_the_weights_where_counts_would_say_none() -> None:
    text = "times | unit | a1\n60 | p | 5\n40 | p | 2\n98 | q | 5\n2 | q | 2"
    row = first_row(measures.satisfaction_target(sample_of(text, {"p": 9000, "q": 1000}), 0.75))
    assert (row["numerator"], row["denominator"], row["verdict"]) == (158, 200, "missed")
    # 158 of 200 are 79 %, but the dossiers say 0.9 · 60 % + 0.1 · 98 % = 63.8 %: 11.2 points of 200 answers.
    assert row["answers_to_change"] == np.ceil((0.75 - 0.638) * 200)


def test_the_design_example_of_the_page(project: Path) -> None:
    sample = sample_of(table_of(project, "survey-design"), {"p": 900, "q": 100})
    row = by_item(measures.satisfaction(sample, (), ("question",)))["a1", "question"]
    assert (row["value"], row["weighted"]) == pytest.approx((0.75, 0.63))
    expected = 0.81 * (1 - 20 / 900) * 0.24 / 19 + 0.01 * (1 - 20 / 100) * 0.09 / 19
    assert row["standard_error"] == pytest.approx(np.sqrt(expected), rel=1e-12)
    assert row["standard_error"] == pytest.approx(0.1002, abs=5e-5)
    facts = sample.facts
    assert (facts.weights, facts.margins, facts.strata) == ("dossiers", ("unit",), "unit")
    assert (facts.finite_population, facts.clusters, facts.df) == (True, False, 38)
    assert facts.kish_design_effect == pytest.approx(1.64)
    assert (facts.n_effective, facts.population) == pytest.approx((24.39, 1000), abs=5e-3)
    assert row["df"] == 38


def test_the_planning_example_of_the_page() -> None:
    text = "times | unit | a1\n20 | p | 5\n20 | p | 2"
    plan = survey_planning(sample_of(text, {"p": 1000}), {"p": 1000}, 0.05, 0.8)
    rows = plan.table.set_index("unit")
    for unit in ("p", "all"):
        row = rows.loc[unit]
        assert (row["population"], row["n_needed"], row["n_invite"], row["slovin"]) == (1000, 278, 348, 286)
    assert rows["n_allocated"].tolist() == [278, 278]
    # Without the finite population: a change goes beyond the dossiers of two periods.
    error = np.sqrt(0.25 / 39)
    assert plan.telling_apart == pytest.approx((1.959964 + 0.841621) * np.sqrt(2) * error, rel=1e-5)


def test_forms_are_allocated_with_a_minimum_and_units_without_forms_are_planned_for() -> None:
    text = "times | unit | a1\n20 | p | 5\n20 | q | 2"
    population = {"p": 5000, "q": 3000, "r": 12, "s": 400}
    plan = survey_planning(sample_of(text, population), population, 0.05, None)
    rows = plan.table.set_index("unit")
    assert rows["n_forms"].to_dict() == {"p": 20, "q": 20, "r": 0, "s": 0, "all": 40}
    assert rows.loc[["p", "q", "r", "s"], "n_allocated"].sum() == rows.loc["all", "n_needed"]
    assert (rows.loc["r", "n_allocated"], rows.loc["s", "n_allocated"]) == (12, 30)
    assert rows["n_invite"].isna().all()
    assert rows.loc["r", "n_needed"] <= 12


# groups and their suppression


@pytest.mark.parametrize(("n", "hidden"), [(1, True), (9, True), (10, False), (12, False)])
def test_a_small_group_is_hidden_and_says_so(n: int, hidden: bool) -> None:
    table = measures.satisfaction(sample_of(f"times | unit | a1\n{n} | p | 5\n40 | q | 4"), ("unit",), ALL_KINDS)
    small = table[table["unit"] == "p"]
    assert small["suppressed"].tolist() == [hidden] * len(small)
    assert small["n_forms"].tolist() == [n] * len(small)
    figures = small.drop(columns=["unit", "item_kind", "item", "reading", "n_forms", "suppressed"])
    assert figures.isna().to_numpy().all() == hidden
    assert not table.loc[table["unit"] == "q", "suppressed"].any()


def test_a_hidden_group_is_hidden_in_every_table() -> None:
    text = """
      times | unit | mode  | wave    | a1 | a2 | b1 | overall
      9     | p    | kiosk | 2023-Q1 | 5  | 4  | 3  | 5
      9     | p    | kiosk | 2023-Q2 | 1  | 4  | 3  | 5
      30    | q    | paper | 2023-Q1 | 4  | 2  | 3  | 5
      30    | q    | paper | 2023-Q2 | 4  | 2  | 3  | 1
    """
    whole = responses_of(SMALL, text)
    now = survey_sample(whole.where(whole.forms["wave"] == "2023-Q2"))
    for table, name in (
        (measures.satisfaction_target(now, 0.85, ("unit",)), "unit"),
        (measures.survey_unit_comparison(now), "unit"),
        (measures.mode_effect(now), "mode"),
        (measures.survey_facts(now, "unit", None, None).table.rename(columns={"group": "unit"}), "unit"),
    ):
        row = table[table[name].isin(["p", "kiosk"])].iloc[0]
        assert row["suppressed"]
        assert row.drop([name, "n_forms", "suppressed", "item", "goal", "signal"], errors="ignore").isna().all()
    assert set(measures.likert(now, ("unit",))["unit"]) == {"q"}


def test_nobody_answered() -> None:
    nothing = responses_of(SMALL, "a1 | a2").answered
    sample = survey_sample(nothing)
    assert sample.facts.n_forms == 0
    table = measures.satisfaction(sample, (), ALL_KINDS)
    assert table["n_forms"].tolist() == [0] * 11
    assert table["value"].isna().all()
    assert not table["suppressed"].any()
    assert len(measures.satisfaction(sample, ("unit",))) == 0
    assert len(measures.likert(sample, ("unit",))) == 0
    assert len(measures.mode_effect(sample)) == len(measures.survey_unit_comparison(sample)) == 0
    assert first_row(measures.satisfaction_target(sample, 0.85))["verdict"] is None
    assert first_row(measures.survey_forms(nothing, nothing))["n_forms"] == 0
    assert measures.survey_reliability(sample.responses)["reason"].tolist() == ["few_answers", "few_answers"]
    assert measures.survey_drivers(sample).reason == "too_few"
    assert measures.survey_themes(sample.responses) is None
    assert measures.respondent_quality(sample)["value"].isna().all()


@pytest.mark.parametrize("answer", ["", "no_opinion", "invalid"])
def test_forms_without_a_valid_answer(answer: str) -> None:
    table = measures.satisfaction(sample_of(f"times | a1 | b1\n12 | {answer} | {answer}"), (), ALL_KINDS)
    row = by_item(table)["a1", "question"]
    assert (row["numerator"], row["denominator"]) == (0, 0)
    assert [row[name] for name in COUNTS] == [12 * (answer == code) for code in ("", "no_opinion", "invalid")]
    assert table[["value", "lower", "weighted", "standard_error", "weighted_upper", "mean_points"]].isna().all().all()


def test_a_question_nobody_answered_is_left_out_of_the_mean() -> None:
    found = by_item(measures.satisfaction(sample_of("times | a1 | a2\n9 | 5 |\n3 | 1 |"), (), ("overall", "factor")))
    assert found["a", "mean_of_questions"]["value"] == 0.75
    assert found["mean_of_questions", "mean_of_questions"]["weighted"] == 0.75
    assert np.isnan(found["b", "pooled"]["value"])


@pytest.mark.parametrize("dossiers", [None, {"p": 400, "q": 100}])
@pytest.mark.parametrize(("answer", "share"), [("5", 1.0), ("1", 0.0)])
def test_everybody_answers_alike(answer: str, share: float, dossiers: dict[str, float] | None) -> None:
    text = f"times | unit | a1 | a2 | b1\n15 | p | {answer} | {answer} | {answer}\n15 | q | {answer} | {answer} | "
    for row in records(measures.satisfaction(sample_of(text, dossiers), (), ("overall", "factor"))):
        if row["item"] == "overall_question":
            continue
        assert (row["value"], row["weighted"], row["standard_error"]) == (share, share, 0)
        for lower, upper in ((row["lower"], row["upper"]), (row["weighted_lower"], row["weighted_upper"])):
            assert 0 <= lower <= share <= upper <= 1
            assert lower < upper


def test_points_are_turned_before_they_are_counted() -> None:
    questions = [question.model_dump() for question in SMALL.questions]
    questions[0]["reversed"] = True
    found = measures.satisfaction(
        sample_of("times | a1 | a2\n9 | 1 | 1\n3 | 4 | 4", questionnaire=small_questionnaire(questions=questions)),
        (),
        ("question",),
    )
    rows = by_item(found)
    assert (rows["a1", "question"]["numerator"], rows["a2", "question"]["numerator"]) == (9, 3)
    assert rows["a1", "question"]["mean_points"] == pytest.approx((9 * 5 + 3 * 2) / 12)
    given = measures.likert(
        sample_of("times | a1\n9 | 1\n3 | 4", questionnaire=small_questionnaire(questions=questions))
    )
    counts = given[given["question"] == "a1"].set_index("point")["n"].to_dict()
    assert counts == {1: 0, 2: 3, 3: 0, 4: 0, 5: 9}


def test_a_scale_whose_lowest_point_is_best() -> None:
    scale = SMALL.scales["five"].model_dump() | {"best": "lowest", "satisfied": (1, 2)}
    found = sample_of("times | a1\n8 | 1\n4 | 5", questionnaire=small_questionnaire(scales={"five": scale}))
    row = by_item(measures.satisfaction(found, (), ("question",)))["a1", "question"]
    assert (row["numerator"], row["denominator"], row["mean_points"]) == (8, 12, pytest.approx((8 * 5 + 4) / 12))
    given = measures.likert(found)
    assert given[given["question"] == "a1"].set_index("point")["n"].to_dict() == {5: 8, 4: 0, 3: 0, 2: 0, 1: 4}


def test_scales_of_different_length_are_never_put_together() -> None:
    three = {
        "points": [{"value": n, "vi": str(n), "en": str(n)} for n in (0, 1, 2)],
        "satisfied": (1, 2),
    }
    questions = [question.model_dump() for question in SMALL.questions]
    questions[1]["scale"] = "three"
    mixed = small_questionnaire(scales={"five": SMALL.scales["five"].model_dump(), "three": three}, questions=questions)
    found = by_item(measures.satisfaction(sample_of("times | a1 | a2 | b1\n12 | 5 | 0 | 2", questionnaire=mixed), (),
                                          ALL_KINDS))  # fmt: skip
    assert found["pooled", "pooled"]["denominator"] == 24
    assert found["mean_of_questions", "mean_of_questions"]["value"] == 0.5
    assert found["a2", "question"]["value"] == 0


def test_a_kiosk_of_three_points_without_factors_overall_and_traits() -> None:
    three = {"points": [{"value": n, "vi": str(n), "en": str(n)} for n in (0, 1, 2)], "satisfied": (1, 2)}
    words = {"vi": "x", "en": "x"}
    bare = small_questionnaire(
        scales={"three": three},
        factors=[],
        demographics=[],
        missing=[],
        questions=[{"id": "a1", "scale": "three", **words}, {"id": "a2", "scale": "three", **words}],
    )
    sample = sample_of("times | a1 | a2\n9 | 2 | 1\n3 | 1 | 0", questionnaire=bare)
    table = measures.satisfaction(sample, (), ALL_KINDS)
    assert table["item"].tolist() == ["mean_of_questions", "pooled", "a1", "a2"]
    assert table["value"].tolist() == [0.875, 0.875, 1.0, 0.75]
    assert measures.survey_drivers(sample).reason == "no_overall"
    assert len(measures.survey_reliability(sample.responses)) == 0
    checks = measures.respondent_quality(sample).set_index("check")
    assert checks["reason"].to_dict() == {
        "repeated_respondents": "no_column",
        "straight_lining": "too_few_questions",
        "speeding": "no_column",
        "invalid_answers": None,
        "identical_forms": "too_few_questions",
    }


# likert, forms, themes


def test_likert_shares_add_up(project: Path) -> None:
    text = "times | unit | weight | a1\n6 | p | 3 | 5\n6 | p | 1 | 2\n4 | p | 1 | refused\n9 | q | 1 | 4"
    given = measures.likert(sample_of(text), ("unit",))
    rows = given[given["question"] == "a1"].set_index("point")
    assert rows["n"].to_dict() == {1: 0, 2: 6, 3: 0, 4: 0, 5: 6}
    assert (rows.loc[5, "share"], rows.loc[5, "weighted_share"]) == (0.5, 0.75)
    assert set(rows["n_valid"]) == {12}
    assert set(rows["unit"]) == {"p"}
    assert given[given["question"] == "b1"]["share"].isna().all()


def test_what_became_of_those_asked() -> None:
    text = """
      times | unit | outcome      | wave    | weight | a1
      8     | p    | complete     | 2023-Q2 | 0      | 5
      2     | p    | partial      | 2023-Q2 | 1      | 5
      3     | p    | refused      | 2023-Q2 |        |
      2     | p    | no_contact   | 2023-Q2 |        |
      4     | p    | not_eligible | 2023-Q2 |        |
      5     | q    |              | 2023-Q2 | 1      | 4
    """
    responses = responses_of(SMALL, text)
    without = responses.forms.assign(source_file=["a.csv"] * 19 + ["b.csv"] * 5)
    told = type(responses)(responses.instrument, without, responses.answers)
    none = told.where(np.zeros(24, dtype=bool))
    row = first_row(measures.survey_forms(told, none))
    assert (row["n_forms"], row["n_partial"], row["n_refused"], row["n_no_contact"]) == (15, 2, 3, 2)
    assert (row["n_not_eligible"], row["n_weight_zero"], row["n_undated"]) == (4, 8, 0)
    # Forms of a file that states no outcome tell nothing of who refused.
    assert row["response_rate"] == pytest.approx(10 / 15)
    by_unit = measures.survey_forms(told, none, ("unit",)).set_index("unit")
    assert by_unit["response_rate"].isna().tolist() == [False, True]


def test_themes() -> None:
    themes = measures.survey_themes(responses_of(SMALL, "times | theme\n3 | phí\n5 | chờ lâu\n3 | biểu mẫu\n4 |"))
    assert themes is not None
    assert themes.to_numpy().tolist() == [["chờ lâu", 5, 5 / 11], ["biểu mẫu", 3, 3 / 11], ["phí", 3, 3 / 11]]


# the goal


@pytest.mark.parametrize(
    ("satisfied", "other", "verdict"),
    [(400, 30, "met"), (300, 100, "missed"), (40, 10, "undecided"), (60, 0, "met"), (12, 0, "undecided")],
)
def test_verdicts_rest_on_the_interval(satisfied: int, other: int, verdict: str) -> None:
    text = f"times | a1\n{satisfied} | 5\n" + (f"{other} | 2" if other else "")
    row = first_row(measures.satisfaction_target(sample_of(text), 0.85))
    assert row["verdict"] == verdict
    known = {"met": row["lower"] >= 0.85, "missed": row["upper"] < 0.85, "undecided": row["lower"] < 0.85}
    assert known[verdict]
    if other:
        n, share = satisfied + other, satisfied / (satisfied + other)
        error = np.sqrt(share * (1 - share) / (n - 1))
        needed = n * ((1.959964 + 0.841621) * error / (share - 0.85)) ** 2
        assert row["forms_needed"] == np.ceil(needed)
    else:
        assert np.isnan(row["forms_needed"])


@pytest.mark.parametrize(("satisfied", "verdict"), [(17, "met"), (16, "missed")])
def test_where_everybody_was_asked_there_is_no_interval_and_the_value_decides(satisfied: int, verdict: str) -> None:
    text = f"times | unit | a1\n{satisfied} | p | 5\n{20 - satisfied} | p | 2\n15 | q | 5\n15 | q | 2"
    sample = sample_of(text, {"p": 20, "q": 300})
    row = by_unit(measures.satisfaction(sample, ("unit",)), "p")
    assert (row["weighted"], row["standard_error"], row["margin"]) == (pytest.approx(satisfied / 20), 0, 0)
    assert np.isnan([row["weighted_lower"], row["weighted_upper"], row["design_effect"]]).all()
    # The plain column still speaks of a sample.
    assert row["lower"] < row["value"] < row["upper"]
    told = by_unit(measures.satisfaction_target(sample, 0.85, ("unit",)), "p")
    assert (told["verdict"], told["answers_to_change"]) == (verdict, 17 - satisfied)
    assert np.isnan([told["lower"], told["upper"], told["forms_needed"]]).all()
    other = by_unit(measures.satisfaction_target(sample, 0.85, ("unit",)), "q")
    assert other["lower"] < 0.5 < other["upper"]
    assert by_item(measures.satisfaction(sample))["mean_of_questions", "mean_of_questions"]["standard_error"] > 0


def test_a_stratum_of_which_one_form_is_missing_has_an_interval() -> None:
    text = "times | unit | a1\n18 | p | 5\n2 | p | 2\n15 | q | 5\n15 | q | 2"
    row = by_unit(measures.satisfaction(sample_of(text, {"p": 21, "q": 300}), ("unit",)), "p")
    assert row["standard_error"] == pytest.approx(np.sqrt(0.09 / 19 / 21))
    assert 0.8 < row["weighted_lower"] < 0.9 < row["weighted_upper"]


def test_units_that_were_asked_in_full_are_compared_like_others() -> None:
    # What a unit does to people goes on: 17 of 20 against 8 of 20 is a difference, 17 against 15 is none.
    for other, signal in ((8, "higher"), (15, "none")):
        text = f"times | unit | a1\n17 | p | 5\n3 | p | 2\n{other} | q | 5\n{20 - other} | q | 2"
        rows = measures.survey_unit_comparison(sample_of(text, {"p": 20, "q": 20}))
        assert by_unit(rows, "p")["signal"] == signal
        assert by_unit(rows, "p")["standard_error"] == pytest.approx(
            np.sqrt((0.85 * 0.15 + other / 20 * (1 - other / 20)) / 19)
        )


def test_a_small_unit_in_which_everybody_is_satisfied_is_not_told_from_a_satisfied_city() -> None:
    text = "times | unit | a1\n12 | p | 5\n720 | q | 5\n80 | q | 2"
    row = by_unit(measures.survey_unit_comparison(sample_of(text)), "p")
    assert (row["difference"], row["signal"]) == (pytest.approx(0.1), "none")
    assert row["p_value"] > 0.28
    assert row["diff_lower"] < 0 < row["diff_upper"]


def test_forms_needed_are_never_more_than_there_are_dossiers() -> None:
    text = "times | unit | a1\n26 | p | 5\n4 | p | 2"
    row = first_row(measures.satisfaction_target(sample_of(text, {"p": 300}), 0.85))
    endless = 30 * ((1.959964 + 0.841621) / (26 / 30 - 0.85)) ** 2 * (26 / 30 * 4 / 30 / 29)
    assert endless > 300
    assert row["forms_needed"] == np.ceil(endless / (1 + endless / 300))
    unknown = first_row(measures.satisfaction_target(sample_of(text), 0.85))
    assert unknown["forms_needed"] == np.ceil(endless)


def test_a_plan_takes_the_finite_population_once() -> None:
    text = "times | unit | field | weight | a1\n20 | p | land | 3 | 5\n20 | p | land | 1 | 2"
    plan = survey_planning(sample_of(text, {"p": 50}), {"p": 50}, 0.05, None)
    endless = survey_planning(sample_of(text), {"p": 50}, 0.05, None)
    assert plan.design_effect == pytest.approx(endless.design_effect)
    assert plan.telling_apart == pytest.approx(endless.telling_apart)


def test_a_result_equal_to_the_goal_needs_no_number_of_forms() -> None:
    row = first_row(measures.satisfaction_target(sample_of("times | a1\n17 | 5\n3 | 1"), 0.85))
    assert (row["verdict"], row["answers_to_change"]) == ("undecided", 0)
    assert np.isnan(row["forms_needed"])


def test_a_unit_has_the_same_figures_on_its_own_page_as_among_all_units(sample) -> None:
    city = cchc.open_study(data=sample.warehouse, period="2023-Q2").survey()
    for unit in ("phuong-10", "phong-y-te"):
        own = cchc.open_study(data=sample.warehouse, period="2023-Q2", unit=unit).survey()
        items = ("overall", "factor", "question")
        among = city.satisfaction("unit", items)
        among = among[among["unit"] == unit].drop(columns="unit").reset_index(drop=True)
        pd.testing.assert_frame_equal(among, own.satisfaction((), items), rtol=1e-12)
        waves = city.waves("unit")
        waves = waves[waves["unit"] == unit].drop(columns="unit").reset_index(drop=True)
        columns = ["wave", "item", "weighted", "weighted_lower", "weighted_upper"]
        pd.testing.assert_frame_equal(waves[columns], own.waves()[columns], rtol=1e-12)
        assert (
            own.target(0.85)["verdict"].tolist() == city.target(0.85, "unit").query("unit == @unit")["verdict"].tolist()
        )
