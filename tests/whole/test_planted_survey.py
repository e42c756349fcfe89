"""What was planted in the surveys of the synthetic city comes out of intake, counting and measures together."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cchc_analysis as cchc
from cchc_analysis.frames import records

SURVEY, KIOSK = "one-stop-five-factors", "kiosk-nine-criteria"
WAVES = ("2023-Q1", "2023-Q2", "2023-Q3")
CITY, HIDDEN, SHOWN = "vung-tau", "phong-noi-vu", "phong-y-te"
COUNTS = ("read", "accepted", "rejected", "duplicates", "skipped", "reasons")
PERSONS = re.compile(r"Người dân 0|NTL-0|\b0900\d{6}\b|Cán bộ \d|giả lập số|PKS-2023|000\.\d\d\.22\.H06")
FACTORS = ("access", "procedures", "officials", "results", "feedback")


@pytest.fixture(scope="module")
def planted(sample) -> dict[str, Any]:
    facts: dict[str, Any] = sample.truth["surveys"][SURVEY]["planted"]
    return facts


@pytest.fixture(scope="module")
def surveys(sample) -> dict[str, Any]:
    """The survey as each quarter sees it, and as the year does."""
    return {
        label: cchc.open_study(data=sample.warehouse, period=label).survey(SURVEY)
        for label in (*WAVES, "2023-Q4", "2023")
    }


@pytest.fixture(scope="module", params=WAVES)
def wave(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def points(counted: pd.DataFrame) -> dict[tuple[str, ...], Counter[str]]:
    """Return what was answered, by all columns in front of the answer."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for *group, answer, n in counted.itertuples(index=False):
        found.setdefault(tuple(group), Counter())["" if pd.isna(answer) else str(answer)] += int(n)
    return found


def summed(answers: Counter[str], satisfied: str, valid: str) -> list[int]:
    """Return satisfied answers, points, blanks, missing codes, invalid answers."""
    known = sum(answers[point] for point in valid)
    missing = answers.total() - known - answers[""] - answers["invalid"]
    return [sum(answers[point] for point in satisfied), known, answers[""], missing, answers["invalid"]]


# Intake


@pytest.mark.parametrize("name", [SURVEY, KIOSK])
def test_intake_accounts_for_every_row(sample, name: str) -> None:
    intake = json.loads((sample.warehouse / "registers" / f"survey-{name}" / "intake.json").read_text("utf-8"))
    truth = sample.truth["surveys"][name]
    assert {key: intake["total"][key] for key in COUNTS} == {key: truth["total"][key] for key in COUNTS}
    found = {Path(entry["file"]).name: {key: entry[key] for key in COUNTS} for entry in intake["files"]}
    assert found == {file: {key: account[key] for key in COUNTS} for file, account in truth["files"].items()}
    assert intake["questionnaire"]["id"] == name
    assert intake["synthetic"] is True


def test_intake_lists_what_is_odd_and_lets_it_in(sample, planted: dict[str, Any]) -> None:
    flags = json.loads((sample.warehouse / "registers" / f"survey-{SURVEY}" / "intake.json").read_text("utf-8"))[
        "flags"
    ]
    assert flags == {
        "answer_invalid": sum(sum(planted[label]["invalid"].values()) for label in WAVES),
        # Both forms of whoever answers twice.
        "respondent_repeated": 2 * sum(planted[label]["answered_twice"] for label in WAVES),
        "weight_zero": planted["2023-Q3"]["weight_zero"],
    }


def test_nobody_is_in_the_warehouse(sample) -> None:
    """Names, telephones, opinions, numbers of people and dossiers: in no table and no account."""
    whole = cchc.open_warehouse(sample.warehouse)
    for name in (SURVEY, KIOSK):
        register = whole.register(f"survey-{name}")
        assert register is not None
        table = register.rows("pandas").collect().to_pandas()
        assert len(table) == sample.truth["surveys"][name]["total"]["accepted"]
        assert not PERSONS.search(table.to_csv()), name
        folder = sample.warehouse / "registers" / f"survey-{name}"
        assert not PERSONS.search((folder / "intake.json").read_text("utf-8")), name
        for path in folder.rglob("*.csv"):
            assert not PERSONS.search(path.read_text("utf-8")), path.name


def test_waves_come_from_the_label_or_from_the_day(sample, planted: dict[str, Any]) -> None:
    register = cchc.open_warehouse(sample.warehouse).register(f"survey-{SURVEY}")
    assert register is not None
    table = register.rows("pandas").collect().to_pandas()
    asked = table["wave"].value_counts().to_dict()
    assert asked == {label: sum(planted[label]["outcomes"].values()) for label in WAVES}


# Counts


def test_every_answer_of_every_wave_unit_and_question(surveys: dict[str, Any], planted: dict[str, Any]) -> None:
    found = points(surveys["2023"].answer_counts(("wave", "unit")))
    expected = {
        (label, unit, question): numbers
        for label in WAVES
        for unit, counts in planted[label]["answers"].items()
        if unit != CITY
        for question, numbers in zip(planted["questions"], counts, strict=True)
    }
    assert {group: summed(answers, "45", "12345") for group, answers in found.items()} == expected


def test_satisfied_and_valid_answers_of_the_city(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    table = {row["item"]: row for row in records(surveys[wave].satisfaction(items=("question",)))}
    for question, numbers in zip(planted["questions"], planted[wave]["answers"][CITY], strict=True):
        row = table[question]
        names = ("numerator", "denominator", "n_blank", "n_no_opinion", "n_invalid")
        assert [row[name] for name in names] == numbers, question
        assert row["n_forms"] == planted[wave]["n_forms"]
        assert row["value"] == pytest.approx(numbers[0] / numbers[1], abs=1e-12)


def test_satisfied_and_valid_answers_of_every_unit(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    table = {(row["unit"], row["item"]): row for row in records(surveys[wave].satisfaction("unit", ("question",)))}
    units = planted[wave]["answers"].keys() - {CITY}
    assert {unit for unit, _ in table} == units
    for unit in units:
        for question, (satisfied, valid, *_) in zip(planted["questions"], planted[wave]["answers"][unit], strict=True):
            row = table[unit, question]
            if unit == HIDDEN:
                assert row["suppressed"]
                assert pd.isna(row["numerator"])
                assert pd.isna(row["value"])
            else:
                assert (row["numerator"], row["denominator"]) == (satisfied, valid), (unit, question)


def test_unweighted_results_by_factor(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    rows = records(surveys[wave].satisfaction(items=("overall", "factor")))
    found = {row["item"]: row["value"] for row in rows if row["reading"] == "mean_of_questions"}
    assert found == pytest.approx(planted[wave]["unweighted"], abs=1e-8)


def test_forms_and_what_became_of_those_asked(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    (row,) = records(surveys[wave].forms())
    facts = planted[wave]
    assert row["n_forms"] == facts["n_forms"]
    assert row["n_refused"] == facts["outcomes"]["refused"]
    assert row["n_no_contact"] == facts["outcomes"]["no_contact"]
    assert row["n_weight_zero"] == facts["weight_zero"]
    assert (row["n_undated"], row["n_not_eligible"]) == (0, 0)
    modes = {item["mode"]: item["n_forms"] for item in records(surveys[wave].forms("mode"))}
    assert modes == facts["modes"]
    units = {item["unit"]: item["n_forms"] for item in records(surveys[wave].forms("unit"))}
    assert units == {unit: n for unit, n in facts["forms"].items() if unit != CITY}


def test_a_quarter_without_a_wave_has_no_forms(surveys: dict[str, Any]) -> None:
    (row,) = records(surveys["2023-Q4"].forms())
    assert row["n_forms"] == 0


def test_themes(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    found = {row["theme"]: row["n"] for row in records(surveys[wave].themes())}
    assert found == planted[wave]["themes"]


def test_doubtful_forms(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    found = {row["check"]: row for row in records(surveys[wave].respondent_quality())}
    facts = planted[wave]
    assert found["repeated_respondents"]["n_forms"] in (facts["answered_twice"], 2 * facts["answered_twice"])
    assert found["straight_lining"]["n_forms"] == facts["straight_lines"]
    assert found["speeding"]["n_forms"] == facts["speeders"]
    assert found["invalid_answers"]["n_forms"] == sum(facts["invalid"].values())
    if facts["planted_straight_lines"]:
        assert found["straight_lining"]["difference"] < 0, "the batch has the best point everywhere"


def test_kiosks_are_counted_apart(sample) -> None:
    facts = sample.truth["surveys"][KIOSK]["planted"]
    for label in (*WAVES, "2023-Q4", "2023"):
        study = cchc.open_study(data=sample.warehouse, period=label)
        assert set(study.surveys()) == {SURVEY, KIOSK}
        assert study.survey().questionnaire.id == SURVEY, "five points before three"
        found = points(study.survey(KIOSK).answer_counts(("unit",)))
        assert {group: summed(answers, "12", "012") for group, answers in found.items()} == {
            (unit, question): numbers
            for unit, counts in facts[label]["answers"].items()
            if unit != CITY
            for question, numbers in zip(facts["questions"], counts, strict=True)
        }


# Where the survey meets the dossiers


def test_forms_find_their_dossiers_and_their_lateness(sample, planted: dict[str, Any], wave: str) -> None:
    whole = cchc.open_warehouse(sample.warehouse)
    register = whole.register(f"survey-{SURVEY}")
    assert register is not None
    forms = register.rows("pandas").collect().to_pandas()
    forms = forms[(forms["wave"] == wave) & ~forms["outcome"].isin(["refused", "no_contact"])]
    dossiers = whole.dossiers("pandas").select("dossier_id", "finished_at", "due_at").collect().to_pandas()
    joined = forms.merge(dossiers, on="dossier_id", how="left", validate="many_to_one")
    assert len(joined) == planted[wave]["n_forms"]
    assert joined["finished_at"].notna().all(), "every form names a dossier of the warehouse"
    late = joined["finished_at"].dt.floor("D") > joined["due_at"].dt.floor("D")
    answers = joined["results_in_time"].astype("object")
    for name, chosen in (("late", late), ("not_late", ~late)):
        given = Counter(answers[chosen].dropna())
        found = [given["4"] + given["5"], sum(given[point] for point in "12345")]
        assert found == planted[wave]["in_time_by_lateness"][name]
    satisfied = {name: yes / n for name, (yes, n) in planted[wave]["in_time_by_lateness"].items()}
    assert satisfied["late"] < satisfied["not_late"] - 0.25


def test_weights_are_those_of_the_dossiers(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    design = surveys[wave].design()
    assert design.weights == ("file_and_dossiers" if wave == "2023-Q3" else "dossiers")
    assert set(design.margins) == {"unit", "field"}
    # Withdrawn dossiers are resolved, but nobody is asked about them.
    assert design.population == pytest.approx(sum(planted[wave]["population"].values()), rel=0.01)
    assert design.kish_design_effect > 1.2
    assert design.n_effective < 0.85 * planted[wave]["n_forms"]


def test_weighted_is_nearer_to_the_city_than_unweighted(
    surveys: dict[str, Any], planted: dict[str, Any], wave: str
) -> None:
    """Large wards with low satisfaction have too few forms: what is not weighted is too good by nearly three points."""
    row = records(surveys[wave].satisfaction())[0]
    true = planted[wave]["expected"]["as_asked"]["mean_of_questions"]
    assert row["value"] - true > 0.02
    assert abs(row["weighted"] - true) < 0.6 * abs(row["value"] - true)
    assert abs(row["weighted"] - true) < 3.3 * row["standard_error"]
    assert not row["lower"] <= true <= row["upper"]


def test_undersampled_wards_are_told_apart(surveys: dict[str, Any], planted: dict[str, Any], wave: str) -> None:
    table = {row["unit"]: row for row in records(surveys[wave].unit_comparison())}
    assert all(table[unit]["signal"] == "lower" for unit in planted["effects"]["undersampled"])
    true = planted[wave]["expected"]["units"]
    for unit, row in table.items():
        if row["signal"] == "higher":
            assert true[unit] > planted[wave]["expected"]["alone"]["mean_of_questions"], unit


# Small units


def test_nine_forms_are_hidden_and_twelve_decide_nothing(surveys: dict[str, Any], wave: str) -> None:
    survey = surveys[wave]
    target = {row["unit"]: row for row in records(survey.target(0.85, "unit"))}
    assert (target[HIDDEN]["n_forms"], target[SHOWN]["n_forms"]) == (9, 12)
    assert target[HIDDEN]["suppressed"]
    assert not target[SHOWN]["suppressed"]
    assert target[SHOWN]["verdict"] == "undecided"
    for name in ("numerator", "denominator", "weighted", "lower", "upper", "verdict", "answers_to_change"):
        assert pd.isna(target[HIDDEN][name]), name
    for table in (survey.unit_comparison(), survey.facts().table):
        rows = {row.get("unit", row.get("group")): row for row in records(table)}
        assert rows[HIDDEN]["suppressed"]
        assert pd.isna(rows[HIDDEN]["weighted"])
        assert pd.notna(rows[SHOWN]["weighted"])


def test_over_the_year_the_small_unit_is_shown(surveys: dict[str, Any]) -> None:
    target = {row["unit"]: row for row in records(surveys["2023"].target(0.85, "unit"))}
    assert target[HIDDEN]["n_forms"] == 27
    assert not target[HIDDEN]["suppressed"]


# Change, calls, drivers


def changes(survey: Any) -> dict[str, dict[str, Any]]:
    rows = records(survey.wave_change(items=("overall", "factor")))
    return {row["item"]: row for row in rows if row["reading"] == "mean_of_questions"}


def test_the_rise_of_officials_is_found_and_no_other(surveys: dict[str, Any], planted: dict[str, Any]) -> None:
    found = changes(surveys["2023-Q2"])
    assert {name: found[name]["signal"] for name in FACTORS} == dict.fromkeys(FACTORS, "none") | {"officials": "up"}
    rise = planted["effects"]["officials_rise"]
    officials = found["officials"]
    assert (officials["from_wave"], officials["to_wave"], officials["sample"]) == ("2023-Q1", "2023-Q2", "independent")
    assert officials["lower"] < officials["difference"] < officials["upper"]
    assert abs(officials["difference_same_modes"] - rise) < 2 * officials["standard_error"]
    assert officials["comparable"]


def test_a_third_wave_without_a_change_shows_none(surveys: dict[str, Any]) -> None:
    found = changes(surveys["2023-Q3"])
    assert {found[name]["signal"] for name in FACTORS} == {"none"}


@pytest.mark.parametrize("label", ["2023-Q2", "2023-Q3"])
def test_more_calls_look_like_a_rise_until_modes_are_equal(
    surveys: dict[str, Any], planted: dict[str, Any], label: str
) -> None:
    """The share of calls grows by 20 and by 15 points; a call adds six: 1.2 and 0.9 points of nothing."""
    percent = planted["effects"]["phone_percent"]
    before = WAVES[WAVES.index(label) - 1]
    expected = (percent[label] - percent[before]) / 100 * planted["effects"]["phone"]
    found = changes(surveys[label])["mean_of_questions"]
    assert found["difference"] - found["difference_same_modes"] == pytest.approx(expected, abs=0.006)


def test_calls_are_answered_more_kindly(surveys: dict[str, Any], planted: dict[str, Any]) -> None:
    size = planted["effects"]["phone"]
    for label, against in (("2023-Q2", "paper"), ("2023-Q3", "phone")):
        rows = {row["mode"]: row for row in records(surveys[label].mode_effect())}
        assert pd.isna(rows[against]["difference"]), "the way most forms came is what the others are held against"
        other = rows["phone" if against == "paper" else "paper"]
        effect = other["difference"] if against == "paper" else -other["difference"]
        assert effect == pytest.approx(size, abs=0.03)
        assert other["p_adjusted"] < 0.01
        assert {mode: row["n_forms"] for mode, row in rows.items()} == planted[label]["modes"]


def test_officials_and_results_drive_the_overall_answer(
    surveys: dict[str, Any], planted: dict[str, Any], wave: str
) -> None:
    drivers = surveys[wave].drivers()
    assert drivers.reason is None
    table = {row["factor"]: row for row in records(drivers.table)}
    order = sorted(table, key=lambda name: -table[name]["importance"])
    assert order[:2] == planted["effects"]["drivers"][:2] == ["officials", "results"]
    assert sum(row["importance"] for row in table.values()) == pytest.approx(1, abs=1e-9)
    assert table["officials"]["rank_lower"] == 1
    assert all(table[name]["rank_lower"] >= 2 for name in ("access", "feedback"))


def test_answers_of_a_factor_go_together(surveys: dict[str, Any], wave: str) -> None:
    alphas = {row["factor"]: row["alpha"] for row in records(surveys[wave].reliability())}
    assert alphas.keys() == set(FACTORS)
    assert all(0.65 < alpha < 0.92 for alpha in alphas.values())


def test_the_example_of_the_method_page(surveys: dict[str, Any], planted: dict[str, Any]) -> None:
    """docs/methods/sample.md: 81.5 % in truth, 84.8 % unweighted, a sixth of the dossiers, a sixteenth of the forms."""
    facts = planted["2023-Q2"]
    row = records(surveys["2023-Q2"].satisfaction())[0]
    assert facts["expected"]["as_asked"]["mean_of_questions"] == pytest.approx(0.815, abs=0.0005)
    assert row["value"] == pytest.approx(0.848, abs=0.0005)
    wards = planted["effects"]["undersampled"]
    assert sum(facts["population"][ward] for ward in wards) / sum(facts["population"].values()) == pytest.approx(
        1 / 6, abs=0.002
    )
    assert sum(facts["forms"][ward] for ward in wards) / facts["n_forms"] == pytest.approx(1 / 16, abs=0.003)
