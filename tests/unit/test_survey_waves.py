"""Waves: which there are, why two cannot be compared, and that a change of mode is no change of satisfaction."""

from datetime import date, datetime
from pathlib import Path

import pytest
from spec.register_tables import register_rows, write_warehouse
from spec.survey_tables import form_rows, responses_of, small_questionnaire, write_survey

from cchc_analysis import open_study
from cchc_analysis.errors import ParameterError, UnitError
from cchc_analysis.frames import first_row, records
from cchc_analysis.measures import SATISFACTION_COLUMNS, Wave, break_reason, survey_sample, wave_change
from cchc_analysis.measures.survey_responses import wave_period
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.study_surveys import Survey

SMALL = small_questionnaire()
END = datetime(2023, 12, 14)


def opened(folder: Path, text: str, period: str, questionnaire: Questionnaire = SMALL) -> Survey:
    write_survey(folder, questionnaire, form_rows(questionnaire, text), END)
    return open_study(data=folder, period=period).survey()


def wave_of(text: str, label: str, questionnaire: Questionnaire = SMALL) -> Wave:
    period = wave_period(label, "accounting")
    assert period is not None
    return Wave(label, period.start, period.end, survey_sample(responses_of(questionnaire, text)))


def test_waves_up_to_the_end_of_the_period_each_with_its_first_day(tmp_path: Path) -> None:
    text = """
      times | wave    | answered_at | mode  | a1
      12    | 2022-Q4 |             | paper | 5
      14    |         | 2023-02-01  | phone | 4
      15    | 2023-Q2 | 2023-07-20  | paper | 2
      11    | 2023-Q2 | 2023-05-20  | phone | 5
      13    | 2023-Q3 |             | paper | 5
      16    | Đợt lẻ  | 2022-06-20  |       | 5
      3     |         |             | paper | 5
    """
    waves = opened(tmp_path, text, "2023-Q2").waves(items=("question",))
    a1 = waves[waves["item"] == "a1"]
    assert a1["wave"].tolist() == ["Đợt lẻ", "2022-Q4", "2023-Q1", "2023-Q2"]
    assert a1["wave_from"].tolist() == [date(2022, 6, 20), date(2022, 9, 15), date(2022, 12, 15), date(2023, 3, 15)]
    assert a1["n_forms"].tolist() == [16, 12, 14, 26]
    assert a1["modes"].tolist() == ["", "paper", "phone", "paper, phone"]
    assert a1["n_modes"].tolist() == [0, 1, 1, 2]
    assert a1["break_reason"].tolist() == ["", "modes_differ", "modes_differ", ""]
    assert a1["comparable"].tolist() == [True, False, False, True]
    assert a1["numerator"].tolist() == [16, 12, 14, 11]


def test_at_most_twelve_waves(tmp_path: Path) -> None:
    months = [f"2022-{month:02d}" for month in range(1, 13)] + [f"2023-{month:02d}" for month in range(1, 7)]
    text = "times | wave | a1\n" + "\n".join(f"10 | {month} | 5" for month in months)
    waves = opened(tmp_path, text, "2023-Q2").waves()
    assert waves["wave"].drop_duplicates().tolist() == months[-12:]


def test_one_wave_alone_and_no_wave(tmp_path: Path) -> None:
    survey = opened(tmp_path, "times | wave | a1\n12 | 2023-Q2 | 5", "2023-Q2")
    assert len(survey.wave_change()) == 0
    assert "difference_same_modes" in survey.wave_change().columns
    assert survey.waves()["comparable"].all()
    before = open_study(data=tmp_path, period="2023-Q1").survey()
    assert len(before.waves()) == 0
    assert set(SATISFACTION_COLUMNS) <= set(before.waves().columns)


# why waves cannot be compared

BASE = "times | mode | a1 | a2 | b1\n60 | paper | 5 | 4 | 2\n60 | paper | 1 | 3 | 4"


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (BASE, ""),
        (BASE.replace("| 5 | 4 | 2", "| 4 | 4 | 2"), "scale_changed"),
        ("times | mode | a1 | a2 | b1\n60 | paper | 5 | 4 |\n60 | paper | 1 | 3 |", "questions_differ"),
        ("times | mode | a1 | a2 | b1\n60 | phone | 5 | 4 | 2\n60 | phone | 1 | 3 | 4", "modes_differ"),
        ("times | mode | a1 | a2 | b1\n60 | phone | 5 | 4 | 2\n60 | paper | 1 | 3 | 4", ""),
        # Too few answers to say that a point is never used.
        ("times | mode | a1 | a2 | b1\n20 | paper | 4 | 4 | 2\n20 | paper | 1 | 3 | 4", ""),
    ],
)
def test_why_two_waves_cannot_be_compared(after: str, reason: str) -> None:
    pair = wave_of(BASE, "2023-Q1"), wave_of(after, "2023-Q2")
    assert break_reason(*pair) == reason
    rows = wave_change(*pair, (), ("overall",))
    row = first_row(rows[rows["item"] == "mean_of_questions"])
    assert (row["comparable"], row["break_reason"]) == (not reason, reason)
    assert (row["difference"] != row["difference"]) == bool(reason)
    if reason:
        assert row["signal"] == "none"
        assert row["before"] == row["before"]


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        ("2022-12-15", ""),
        ("2022-12-16", "questionnaire_changed"),
        ("2023-03-15", "questionnaire_changed"),
        ("2023-06-14", "questionnaire_changed"),
        ("2023-06-15", ""),
    ],
)
def test_a_questionnaire_that_changed(since: str, reason: str) -> None:
    changed = small_questionnaire(changes=[{"since": since, "vi": "x", "en": "x"}])
    assert break_reason(wave_of(BASE, "2023-Q1", changed), wave_of(BASE, "2023-Q2", changed)) == reason


def test_only_the_question_that_was_not_asked_is_not_compared() -> None:
    after = "times | mode | a1 | a2 | b1\n60 | paper | 5 | 4 |\n60 | paper | 1 | 3 |"
    rows = wave_change(wave_of(BASE, "2023-Q1"), wave_of(after, "2023-Q2"), (), ("factor", "question"))
    told = {row["item"]: row["comparable"] for row in records(rows)}
    assert told == {"a": True, "b": False, "a1": True, "a2": True, "b1": False, "overall": True}


# modes


def mixed(paper: tuple[int, int], phone: tuple[int, int]) -> str:
    """Forms with one question: satisfied and others, on paper and by phone."""
    cells = [(n, mode, answer) for mode, part in (("paper", paper), ("phone", phone))
             for n, answer in zip(part, "52", strict=True)]  # fmt: skip
    return "times | mode | a1\n" + "\n".join(f"{n} | {mode} | {answer}" for n, mode, answer in cells)


def test_the_example_of_the_page_moves_only_in_its_mode() -> None:
    pair = wave_of(mixed((48, 32), (16, 4)), "2023-Q1"), wave_of(mixed((12, 8), (64, 16)), "2023-Q2")
    row = next(row for row in records(wave_change(*pair, (), ("overall",))) if row["item"] == "mean_of_questions")
    assert (row["before"], row["after"], row["difference"]) == pytest.approx((0.64, 0.76, 0.12))
    assert row["difference_same_modes"] == pytest.approx(0, abs=1e-12)
    assert row["same_modes_lower"] < 0 < row["same_modes_upper"]
    assert row["signal"] == "none"


def test_a_change_of_mode_alone_gives_no_signal_and_a_real_one_does() -> None:
    before = wave_of(mixed((480, 320), (160, 40)), "2023-Q1")
    alone = first_row(wave_change(before, wave_of(mixed((120, 80), (640, 160)), "2023-Q2"), (), ("overall",)))
    assert alone["p_value"] < 1e-6
    assert alone["signal"] == "none"
    real = first_row(wave_change(before, wave_of(mixed((160, 40), (720, 80)), "2023-Q2"), (), ("overall",)))
    assert real["difference_same_modes"] == pytest.approx(0.15)
    assert real["signal"] == "up"
    hidden = first_row(wave_change(before, wave_of(mixed((100, 100), (600, 200)), "2023-Q2"), (), ("overall",)))
    assert hidden["difference_same_modes"] < 0 < hidden["difference"]
    assert hidden["signal"] == "down"


def signal_of(row: dict[str, object]) -> str:
    """What docs/methods/satisfaction.md says of a row, from its columns alone."""
    columns = {
        "same_modes": ("same_modes_p_adjusted", "difference_same_modes"),
        "plain": ("p_adjusted", "difference"),
    }
    if not row["comparable"] or row["signal_basis"] not in columns:
        return "none"
    p_value, difference = (float(str(row[name])) for name in columns[str(row["signal_basis"])])
    return ("up" if difference > 0 else "down") if p_value <= 0.05 and difference else "none"


@pytest.mark.parametrize(
    ("before", "after", "basis"),
    [
        (mixed((480, 320), (160, 40)), mixed((160, 40), (720, 80)), "same_modes"),
        (mixed((480, 320), (160, 40)), mixed((120, 80), (640, 160)), "same_modes"),
        (mixed((48, 32), (5, 4)), mixed((5, 4), (640, 160)), "plain"),
        ("times | a1\n40 | 5\n60 | 2", "times | a1\n70 | 5\n30 | 2", "plain"),
        ("times | mode | a1\n60 | paper | 5\n60 | paper | 2", "times | mode | a1\n60 | phone | 5\n6 | phone | 2", ""),
    ],
)
def test_the_signal_follows_from_the_columns_of_its_row(before: str, after: str, basis: str) -> None:
    rows = records(wave_change(wave_of(before, "2023-Q1"), wave_of(after, "2023-Q2"), (), ("overall", "question")))
    official = next(row for row in rows if row["item"] == "mean_of_questions")
    assert official["signal_basis"] == basis
    assert [row["signal"] for row in rows] == [signal_of(row) for row in rows]


def test_modes_with_few_forms_are_no_bridge() -> None:
    pair = wave_of(mixed((48, 32), (5, 4)), "2023-Q1"), wave_of(mixed((5, 4), (64, 16)), "2023-Q2")
    row = first_row(wave_change(*pair, (), ("overall",)))
    assert row["difference_same_modes"] != row["difference_same_modes"]


# factors, units


def test_factors_are_adjusted_after_holm_and_units_after_benjamini_and_hochberg(tmp_path: Path) -> None:
    text = """
      times | unit | wave    | a1 | a2 | b1
      60    | p    | 2023-Q1 | 5  | 2  | 4
      60    | p    | 2023-Q1 | 2  | 5  | 2
      90    | p    | 2023-Q2 | 5  | 5  | 4
      30    | p    | 2023-Q2 | 2  | 2  | 2
      40    | q    | 2023-Q1 | 5  | 2  | 4
      40    | q    | 2023-Q1 | 2  | 5  | 2
      41    | q    | 2023-Q2 | 5  | 2  | 4
      39    | q    | 2023-Q2 | 2  | 5  | 2
      9     | r    | 2023-Q1 | 5  | 5  | 5
      30    | r    | 2023-Q2 | 5  | 5  | 5
      30    | s    | 2023-Q2 | 5  | 5  | 5
    """
    survey = opened(tmp_path, text, "2023-Q2")
    factors = survey.wave_change(items=("factor",))
    for reading in ("mean_of_questions", "pooled"):
        part = factors[factors["reading"] == reading]
        assert set(part["adjustment"]) == {"holm"}
        smallest = part["p_value"].min()
        assert part.loc[part["p_value"].idxmin(), "p_adjusted"] == pytest.approx(2 * smallest)
    units = survey.wave_change("unit", ("overall",))
    units = units[units["item"] == "mean_of_questions"].set_index("unit")
    assert units.index.tolist() == ["p", "q", "r"]
    assert units["suppressed"].tolist() == [False, False, True]
    assert units["adjustment"].unique().tolist() == ["benjamini_hochberg"]
    assert units["signal"].tolist() == ["up", "none", "none"]
    assert units.loc["p", "p_adjusted"] == pytest.approx(2 * units.loc["p", "p_value"])
    assert units.loc["r", ["before", "after", "difference", "p_value"]].isna().all()


# the study


DOSSIER_TEXT = """
  id  | received_at | due_at | finished_at | resolving_unit | field
  {}
"""


def dossiers(n_by_unit: dict[tuple[str, str], int]) -> str:
    lines, number = [], 0
    for (unit, field), n in n_by_unit.items():
        for place in range(n):
            number += 1
            late = "2023-05-20" if place % 4 == 0 else "2023-05-10"
            lines.append(f"{number} | 2023-05-02 | 2023-05-12 | {late} | {unit} | {field}")
    return DOSSIER_TEXT.format("\n".join(lines))


FORMS = """
  times | unit | field | wave    | a1 | b1 | overall
  30    | p    | land  | 2023-Q2 | 5  | 4  | 5
  10    | p    | civil | 2023-Q2 | 2  | 2  | 2
  20    | q    | land  | 2023-Q2 | 5  | 5  | 5
  20    | q    | civil | 2023-Q2 | 1  | 5  | 4
"""


def with_dossiers(folder: Path) -> Path:
    numbers = {("p", "land"): 60, ("p", "civil"): 60, ("q", "land"): 30, ("q", "civil"): 10, ("r", "land"): 20}
    write_warehouse(folder, {"dossiers": register_rows("dossiers", dossiers(numbers))}, END)
    return write_survey(folder, SMALL, form_rows(SMALL, FORMS), END)


def test_forms_are_weighted_to_the_dossiers_of_the_study(tmp_path: Path) -> None:
    survey = open_study(data=with_dossiers(tmp_path), period="2023-Q2").survey()
    facts = survey.design()
    assert (facts.weights, facts.margins) == ("dossiers", ("unit", "field"))
    assert facts.cells_without_forms == ("r",)
    assert (facts.population, facts.converged) == (pytest.approx(160), True)
    weights = survey.sample().responses.forms.assign(w=survey.sample().weights)
    assert weights.groupby("unit")["w"].sum().tolist() == pytest.approx([120, 40])
    assert weights.groupby("field")["w"].sum().to_dict() == pytest.approx({"land": 90, "civil": 70})
    plan = survey.planning().table.set_index("unit")
    assert plan["population"].to_dict() == {"p": 120, "q": 40, "r": 20, "all": 180}
    assert plan.loc["r", "n_forms"] == 0


def test_satisfaction_beside_the_facts(tmp_path: Path) -> None:
    survey = open_study(data=with_dossiers(tmp_path), period="2023-Q2").survey()
    found = survey.facts("unit")
    rows = found.table.set_index("group")
    assert found.reason is None
    assert rows["n_finished"].to_dict() == {"p": 120, "q": 40}
    assert rows["on_time"].to_dict() == pytest.approx({"p": 0.75, "q": 29 / 40})
    assert rows["mean_days"].notna().all()
    assert found.association["reason"].tolist() == ["too_few", "too_few"]
    with pytest.raises(ParameterError):
        survey.facts("mode")


def test_one_unit_looks_at_its_forms_and_is_compared_with_the_rest(tmp_path: Path) -> None:
    data = with_dossiers(tmp_path)
    city = open_study(data=data, period="2023-Q2").survey()
    own = open_study(data=data, period="2023-Q2", unit="p").survey()
    assert own.forms()["n_forms"].tolist() == [40]
    assert own.design().margins == ("unit", "field")
    assert own.design().strata is None
    assert own.design().finite_population
    # Its forms have the weights they have among all units: raked to both margins, land and civil 3 : 1 of p's forms.
    weighted = own.satisfaction(items=("question",)).set_index("item").loc["a1", "weighted"]
    rows = city.satisfaction("unit", ("question",)).set_index(["unit", "item"])
    assert weighted == pytest.approx(rows.loc[("p", "a1"), "weighted"])
    forms = city.sample().responses.forms.assign(w=city.sample().weights)
    of_p = forms[forms["unit"] == "p"].groupby("field")["w"].sum()
    assert weighted == pytest.approx(of_p["land"] / of_p.sum())
    row = first_row(own.unit_comparison())
    assert row == first_row(city.unit_comparison())
    assert row["unit"] == "p"


def test_the_survey_that_is_asked_about_first_has_five_points(tmp_path: Path) -> None:
    three = {"points": [{"value": n, "vi": str(n), "en": str(n)} for n in (0, 1, 2)], "satisfied": (1, 2)}
    questions = [{"id": "a1", "scale": "three", "vi": "x", "en": "x"}]
    kiosk = small_questionnaire(id="a-kiosk", scales={"three": three}, questions=questions, factors=[])
    write_survey(tmp_path, kiosk, form_rows(kiosk, "times | wave | a1\n12 | 2023-Q2 | 2"), END)
    write_survey(tmp_path, SMALL, form_rows(SMALL, FORMS), END)
    study = open_study(data=tmp_path, period="2023-Q2")
    assert study.surveys() == ("a-kiosk", "small")
    assert study.survey().questionnaire.id == "small"
    assert study.survey("a-kiosk").satisfaction()["value"].tolist() == [1.0, 1.0]
    with pytest.raises(ParameterError, match="a-kiosk, small"):
        study.survey("other")


def test_a_survey_without_dossiers_says_so(tmp_path: Path) -> None:
    survey = opened(tmp_path, FORMS, "2023-Q2")
    facts = survey.design()
    assert (facts.weights, facts.margins, facts.finite_population) == ("none", (), False)
    assert survey.facts().reason == "no_dossiers"
    assert survey.facts("field").table["on_time"].isna().all()
    whole = survey.planning().table.set_index("unit").loc["all"]
    assert whole[["population", "n_needed", "slovin", "n_invite", "n_allocated"]].isna().all()


def test_a_dimension_that_is_not_there_is_refused(tmp_path: Path) -> None:
    survey = opened(tmp_path, FORMS, "2023-Q2")
    with pytest.raises(ParameterError, match="gender"):
        survey.satisfaction("age_group")
    with pytest.raises(ParameterError, match="overall, factor, question"):
        survey.satisfaction((), ("everything",))


def test_a_unit_is_found_where_only_surveys_were_taken_in(tmp_path: Path) -> None:
    write_survey(tmp_path, SMALL, form_rows(SMALL, FORMS), END)
    own = open_study(data=tmp_path, period="2023-Q2", unit="q").survey()
    assert own.forms()["n_forms"].tolist() == [40]
    assert first_row(own.unit_comparison())["unit"] == "q"
    with pytest.raises(UnitError, match="p, q"):
        open_study(data=tmp_path, period="2023-Q2", unit="z")


@pytest.mark.parametrize("lines", ["", "1 | p | 2023-Q2 | 5 | 4 | 3", "12 | | 2023-Q2 | | no_opinion | invalid"])
@pytest.mark.parametrize("dossiers_too", [False, True])
def test_every_table_of_next_to_nothing(tmp_path: Path, lines: str, dossiers_too: bool) -> None:
    """No form, one form, only blanks: every method answers, in its columns, without a number that is not there."""
    if dossiers_too:
        write_warehouse(tmp_path, {"dossiers": register_rows("dossiers", dossiers({("p", "land"): 30}))}, END)
    write_survey(tmp_path, SMALL, form_rows(SMALL, "times | unit | wave | a1 | b1 | overall\n" + lines), END)
    survey = open_study(data=tmp_path, period="2023-Q2").survey()
    n = {"": 0, "1": 1}.get(lines[:1] if lines[:2] != "12" else "12", 12)
    assert first_row(survey.forms())["n_forms"] == n
    assert first_row(survey.satisfaction())["suppressed"] == (n == 1)
    for table in (
        survey.satisfaction("unit", ("overall", "factor", "question")),
        survey.likert("mode"),
        survey.waves("unit", ("overall", "factor")),
        survey.wave_change(),
        survey.mode_effect(),
        survey.unit_comparison(),
        survey.target(0.85, "gender"),
        survey.reliability(),
        survey.items(),
        survey.respondent_quality(),
        survey.planning().table,
        survey.facts().table,
        survey.facts("field").association,
        survey.answer_counts(("unit", "gender")),
    ):
        shares = [name for name in ("value", "weighted", "difference", "alpha", "p_value", "rho") if name in table]
        assert table[shares].isna().all().all()
    assert survey.drivers().reason == "too_few"
    assert survey.themes() is None
    assert survey.design().n_forms == n
    assert survey.planning().telling_apart is None
    assert survey.facts().reason == (None if dossiers_too and n == 1 else "no_dossiers")
