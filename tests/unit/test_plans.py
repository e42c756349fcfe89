"""The plans in data/reference/plans: their words, their numbers, and what is refused in a plan file."""

from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from small_city import small_city

import cchc_analysis as cchc
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.measure_sources import PLAN_MEASURES
from cchc_analysis.plan import Plan, load_plan, plan_names, read_plan
from cchc_analysis.study_plan import check_plan
from cchc_analysis.units import UnitRegistry

REGISTRY = UnitRegistry.load()
VUNG_TAU = load_plan("vung-tau-2023")


def folded(text: str) -> str:
    return " ".join(text.split())


def test_every_sentence_quoted_stands_in_the_plan(reference: Path) -> None:
    text = folded((reference.parent / "plan-2023-vung-tau.txt").read_text(encoding="utf-8"))
    told = [*VUNG_TAU.commitments, *VUNG_TAU.duties, *VUNG_TAU.oddities]
    assert [entry.quote for entry in told if folded(entry.quote) not in text] == []
    assert all(entry.quote for entry in told)


def test_the_plan_has_38_commitments_and_12_duties_in_order() -> None:
    assert [entry.id for entry in VUNG_TAU.commitments] == [f"C{number:02d}" for number in range(1, 39)]
    assert [entry.id for entry in VUNG_TAU.duties] == [f"D{number:02d}" for number in range(1, 13)]


def test_the_hard_numbers_of_the_plan() -> None:
    # Counted by hand in the text of the plan: 100 % written out, "all" or "in full", 85 %, and 50 % twice.
    written = Counter((c.operator, c.value, c.implied) for c in VUNG_TAU.commitments if c.value is not None)
    exact = {(operator, Fraction(value), implied): n for (operator, value, implied), n in written.items()}
    assert exact == {
        ("=", Fraction(1), False): 11,
        ("=", Fraction(1), True): 3,
        (">=", Fraction(85, 100), False): 1,
        (">", Fraction(1, 2), False): 2,
    }
    implied = [entry.id for entry in VUNG_TAU.commitments if entry.implied]
    assert implied == ["C21", "C27", "C34"]


def test_numbers_of_other_documents_are_not_made_up() -> None:
    elsewhere = {entry.id: entry.value for entry in VUNG_TAU.commitments if entry.operator == "param"}
    assert elsewhere == {"C11": None, "C12": None}


def test_dated_reports_are_due_before_the_14th() -> None:
    duties = {duty.id: [(when.period, when.before) for when in duty.dates] for duty in VUNG_TAU.duties}
    assert duties["D03"] == [(f"2023-Q{n}", date(2023, 3 * n, 14)) for n in range(1, 5)]
    assert duties["D04"] == [("2023", date(2023, 12, 14))]
    assert (duties["D01"], duties["D02"]) == (
        [("2023", date(2022, 12, 31))],
        [("2023", date(2023, 1, 10))],
    )
    undated = {name for name, dates in duties.items() if all(before is None for _, before in dates)}
    assert undated == {f"D{number:02d}" for number in range(5, 13)}
    assert {period for period, _ in duties["D05"]} == {
        f"2023{part}" for part in ("-Q1", "-Q2", "-6M", "-Q3", "-Q4", "")
    }


@pytest.mark.parametrize("name", plan_names())
def test_a_plan_names_only_what_there_is(name: str) -> None:
    plan = load_plan(name)
    check_plan(plan, REGISTRY)
    assert plan.name == name
    assert all(entry.gloss is not None for entry in plan.commitments)


def test_the_plan_of_another_city_is_a_file_only() -> None:
    goals = {c.id: (c.operator, c.value, c.scale) for c in load_plan("ho-chi-minh-2026").commitments}
    shares = {name: (operator, Fraction(value)) for name, (operator, value, scale) in goals.items() if scale == "share"}
    # KH 60/KH-UBND of 13 February 2026, as the press tells it.
    half, everything = (">=", Fraction(1, 2)), ("=", Fraction(1))
    assert shares == {
        **{"H01": half, "H02": half, "H03": (">=", Fraction(8, 10)), "H04": (">=", Fraction(98, 100))},
        **{"H05": (">=", Fraction(96, 100)), "H06": everything, "H07": everything, "H08": everything},
    }
    assert (goals["H09"], goals["H10"]) == (("<=", 10, "rank"), (">=", 92, "count"))


def test_the_plan_of_another_city_gets_its_scorecard_from_the_file_alone(tmp_path: Path) -> None:
    study = cchc.open_study(data=small_city(tmp_path), period="2023-Q2")
    # The figures are there; of a year that is not the plan's they are not judged.
    rows = {row["commitment"]: row for row in records(study.scorecard(load_plan("ho-chi-minh-2026")))}
    assert list(rows) == [f"H{number:02d}" for number in range(1, 11)]
    assert {row["status"] for row in rows.values()} == {"not_measurable"}
    # 240 dossiers closed; every second one of the second ward was late.
    assert (rows["H04"]["numerator"], rows["H04"]["denominator"]) == (200, 240)
    this_year = load_plan("ho-chi-minh-2026").model_copy(update={"year": 2023})
    judged = {row["commitment"]: row for row in records(study.scorecard(this_year))}
    # 40 of 240 late: 98 % would take 2,000 dossiers in all, 240 and 1,440 (twice those expected) are less.
    assert (judged["H04"]["status"], judged["H04"]["reason"], judged["H04"]["goal"]) == ("missed", "impossible", 0.98)
    assert (judged["H05"]["reason"], judged["H10"]["reason"], judged["H02"]["reason"]) == (
        *("no_figure", "no_report", "not_due"),
    )


# what is refused

CONTENT = {
    "title": {"vi": "Kế hoạch thử", "en": "A plan"},
    "year": 2023,
    "commitments": [
        {
            "id": "C01",
            "quote": "…",
            "section": "I",
            "owners": ["phong-noi-vu"],
            "operator": ">",
            "value": 0.5,
            "measure": "received_online",
            "source": {"vi": "Kế hoạch", "en": "The plan"},
        }
    ],
}
ASKED = {
    "kind": "yes_no",
    "reporters": ["wards"],
    "question": {"vi": "Đã làm chưa?", "en": "Is it done?"},
}


def written(tmp_path: Path, **changes: object) -> Path:
    first = {**CONTENT["commitments"][0], **changes}  # type: ignore[index]
    path = tmp_path / "thu.yaml"
    path.write_text(yaml.safe_dump({**CONTENT, "commitments": [first]}, allow_unicode=True), encoding="utf-8")
    return path


def made(tmp_path: Path, **changes: object) -> Plan:
    return read_plan(written(tmp_path, **changes))


def test_a_plan_of_ones_own_goes_by_the_name_of_its_file(tmp_path: Path) -> None:
    assert made(tmp_path).name == "thu"
    check_plan(made(tmp_path), REGISTRY)


@pytest.mark.parametrize(
    ("changes", "message", "known"),
    [
        ({"measure": "luck"}, r"Plan thu, C01: there is no measure 'luck'", "received_online, "),
        ({"owners": ["phong-noi-vi"]}, r"Plan thu, C01: there is no unit 'phong-noi-vi'", "phong-noi-vu, "),
        ({"evidence": {**ASKED, "reporters": ["phuong-6"]}}, r"Plan thu, C01: there is no unit 'phuong-6'", "wards"),
    ],
)
def test_what_is_not_known_is_named_with_what_is(tmp_path: Path, changes, message: str, known: str) -> None:
    with pytest.raises(ParameterError, match=message) as refused:
        check_plan(made(tmp_path, **changes), REGISTRY)
    assert known in str(refused.value)


def test_an_office_outside_the_table_of_units_can_own_a_commitment(tmp_path: Path) -> None:
    check_plan(made(tmp_path, owners=["UBND Thành phố Hồ Chí Minh", "wards"]), REGISTRY)


def test_a_receiver_that_looks_like_a_unit_must_be_one(tmp_path: Path) -> None:
    duty = {
        "id": "D01",
        "title": {"vi": "Báo cáo", "en": "Report"},
        "reporters": ["wards"],
        "receiver": "phong-xyz",
        "section": "III",
        "dates": [{"period": "2023", "before": None}],
        "source": {"vi": "Kế hoạch", "en": "The plan"},
    }
    path = tmp_path / "thu.yaml"
    path.write_text(yaml.safe_dump({**CONTENT, "duties": [duty]}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ParameterError, match="D01: there is no unit 'phong-xyz'"):
        check_plan(read_plan(path), REGISTRY)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": 85}, "value is a share in"),
        ({"measure": None}, "needs must say what would tell"),
        ({"operator": "~"}, "operator"),
        ({"id": "first"}, "id"),
        ({"evidence": {**ASKED, "kind": "share"}}, "a share needs numerator and denominator"),
        ({"evidence": {**ASKED, "over_the_year": "mean"}}, "over_the_year"),
    ],
)
def test_a_wrong_entry_is_refused_by_its_key(tmp_path: Path, changes, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        made(tmp_path, **changes)


def test_an_id_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thu.yaml"
    twice = {**CONTENT, "commitments": CONTENT["commitments"] * 2}  # type: ignore[operator]
    path.write_text(yaml.safe_dump(twice, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ParameterError, match="C01 is given twice"):
        read_plan(path)


def test_every_measure_that_a_plan_may_name_is_documented(project: Path) -> None:
    page = (project / "docs" / "methods" / "plan.md").read_text(encoding="utf-8")
    assert [name for name in PLAN_MEASURES if f"`{name}`" not in page] == []


def test_an_unknown_plan_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="vung-tau-2023"):
        cchc.load_plan("vung-tau-2024")
