"""Points, intervals and classes of service quality; score sheets read and refused; published sums."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import first_row, records
from cchc_analysis.measure_sources import MEASURE_SOURCES
from cchc_analysis.periods import parse_period
from cchc_analysis.score_sheets import ScoreSheet, load_score_sheet, read_score_sheet, sheet_names, sheet_on
from cchc_analysis.study import Study
from cchc_analysis.wording import service_quality as say

Q2 = parse_period("2023-Q2")
DECISION = load_score_sheet("qd-766-2022")
BOUNDS = DECISION.class_bounds()


def shares(rows: dict[str, tuple[int, int, int]], **group: str) -> pd.DataFrame:
    """Return shares as the measures give them: name → numerator, denominator, not stated."""
    told = [
        {
            **group,
            "measure": name,
            "rule": "",
            "numerator": over,
            "denominator": under,
            "value": over / under if under else None,
            "lower": None,
            "upper": None,
            "n_not_stated": missing,
        }
        for name, (over, under, missing) in rows.items()
    ]
    columns = ["measure", "rule", "numerator", "denominator", "value", "lower", "upper", "n_not_stated"]
    return pd.DataFrame(told, columns=[*group, *columns])


def example(project: Path) -> pd.DataFrame:
    text = (project / "docs" / "methods" / "service-quality.md").read_text(encoding="utf-8")
    lines = text.split("```text\n", 1)[1].split("```", 1)[0].strip().splitlines()[1:]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return shares({name: (int(a), int(b), int(c)) for name, a, b, c in cells})


def absent() -> dict[str, str]:
    return {name: kind for name, (_, _, kind, *_) in MEASURE_SOURCES.items() if kind and name in DECISION.measures}


def scored(rows: pd.DataFrame, split: str = "range", sheet: ScoreSheet = DECISION) -> pd.DataFrame:
    table = sheet.table()
    if split == "equal":
        table = measures.split_equally(table, sheet.group_points())
    return measures.score_indicators(table, rows, Q2, (), absent())


def groups_of(rows: pd.DataFrame, split: str = "range") -> dict[str, tuple[float, float]]:
    table = measures.score_groups(scored(rows, split), DECISION.group_points())
    return {row["group"]: (row["lower"], row["upper"]) for row in records(table)}


def total_of(rows: pd.DataFrame, split: str = "range") -> dict[str, Any]:
    return first_row(measures.score_total(measures.score_groups(scored(rows, split), DECISION.group_points()), BOUNDS))


# the worked example of docs/methods/service-quality.md


def test_groups_of_the_method_page(project: Path) -> None:
    found = groups_of(example(project))
    assert found["transparency"] == (0, 18)
    assert found["progress"] == pytest.approx((19.0, 19.4), abs=1e-9)
    assert found["online"] == (0, 12)
    assert found["payment"] == pytest.approx((2.94, 4.94), abs=1e-9)
    assert found["satisfaction"] == (0, 18)
    assert found["digitisation"] == pytest.approx((7.4, 17.4), abs=1e-9)


def test_total_of_the_method_page(project: Path) -> None:
    total = total_of(example(project))
    assert (total["lower"], total["upper"]) == pytest.approx((29.34, 89.74), abs=1e-9)
    assert (total["unknown"], total["lost"]) == pytest.approx((60.40, 10.26), abs=1e-9)
    assert (total["class"], total["class_lower"], total["class_upper"]) == ("", "weak", "good")


def test_an_equal_split_is_another_score(project: Path) -> None:
    assert groups_of(example(project), "equal")["online"] == pytest.approx((3.2, 11.2), abs=1e-9)
    assert total_of(example(project), "equal")["lower"] == pytest.approx(32.54, abs=1e-9)


def test_the_first_criterion_of_the_method_page() -> None:
    names = {"early": 5, "on_time": 3, "late": 2, "without_due": 1, "withdrawn": 4}
    outcomes = pd.DataFrame(
        {"measure": [f"resolved_{name}" for name in names], "numerator": list(names.values()), "denominator": 15}
    )
    share = measures.time_against_due(outcomes, Q2)
    assert share[["numerator", "denominator", "n_not_stated"]].to_numpy().tolist() == [[13, 20, 2]]
    sheet = load_score_sheet("one-stop-2018")
    first = first_row(measures.score_indicators(sheet.table(), share, Q2))
    assert first["value"] == pytest.approx(0.65)
    assert (first["points_lower"], first["points_upper"]) == pytest.approx((26 / 22, 30 / 22))


# what is not known is neither 0 nor full points


def everything(over: int, under: int, missing: int = 0) -> pd.DataFrame:
    return shares(dict.fromkeys(MEASURE_SOURCES, (over, under, missing)))


def states(rows: pd.DataFrame) -> dict[str, str]:
    return {row["indicator"]: row["state"] for row in records(scored(rows))}


def test_nothing_computable_is_the_whole_interval_and_no_class() -> None:
    total = total_of(shares({}))
    assert (total["lower"], total["upper"], total["lost"]) == (0, 100, 0)
    assert (total["class"], total["class_lower"], total["class_upper"]) == ("", "weak", "excellent")
    told = states(shares({}))
    assert (told["1.1"], told["2.1"], told["5.1"]) == ("no_data", "nothing", "no_register")


@pytest.mark.parametrize(("over", "lower"), [(0, 0.0), (100, 100.0)])
def test_all_computable_is_one_number(over: int, lower: float) -> None:
    table = DECISION.table().assign(use="score")
    table["candidates"] = [("handled_in_time",)] * len(table)
    found = measures.score_indicators(table, shares({"handled_in_time": (over, 100, 0)}), Q2)
    total = first_row(measures.score_total(measures.score_groups(found, DECISION.group_points()), BOUNDS))
    assert (total["lower"], total["upper"]) == pytest.approx((lower, lower))
    assert total["class"] == ("weak" if over == 0 else "excellent")


def test_one_missing_indicator_leaves_its_points_open(project: Path) -> None:
    rows = example(project)
    without = rows[rows["measure"] != "documents_digitised"]
    before, after = groups_of(rows)["digitisation"], groups_of(without)["digitisation"]
    assert after == pytest.approx((before[0] - 2.8, before[1] + 1.2))


def test_a_flag_that_nobody_stated_is_not_a_no() -> None:
    told = scored(shares({"documents_digitised": (0, 0, 50)}))
    row = first_row(told[told["indicator"] == "4.2"])
    assert (row["state"], row["points_lower"], row["points_upper"]) == ("not_stated", 0, 4)
    assert pd.isna(row["value"])


def test_a_partial_denominator_widens_the_score_by_what_is_not_stated() -> None:
    row = first_row(scored(shares({"documents_digitised": (30, 60, 40)})).set_index("indicator").loc[["4.2"]])
    assert (row["state"], row["value"], row["n_not_stated"]) == ("partial", 0.5, 40)
    assert (row["points_lower"], row["points_upper"]) == pytest.approx((4 * 0.3, 4 * 0.7))


def test_the_first_measure_with_something_to_count_is_taken() -> None:
    both = scored(shares({"result_electronic": (1, 4, 0), "result_digitised": (3, 4, 0)})).set_index("indicator")
    assert both.loc["4.1", "measure"] == "result_electronic"
    stated = scored(shares({"result_electronic": (0, 0, 4), "result_digitised": (3, 4, 0)})).set_index("indicator")
    assert stated.loc["4.1", "measure"] == "result_digitised"


def test_ratings_at_the_counter_are_shown_and_never_scored() -> None:
    row = first_row(scored(shares({"ratings_satisfied": (99, 100, 0)})).set_index("indicator").loc[["5.3"]])
    assert (row["state"], row["value"]) == ("informs", 0.99)
    assert (row["points_lower"], row["points_upper"]) == (0, 6)


@pytest.mark.parametrize(("over", "points"), [(0, 0), (40, 1), (80, 2), (100, 2)])
def test_full_points_from_the_threshold_on(over: int, points: float) -> None:
    row = scored(shares({"documents_reused": (over, 100, 0)})).set_index("indicator").loc["4.3"]
    assert row["points_lower"] == pytest.approx(points)
    assert row["points_upper"] == pytest.approx(points)


def test_unknown_points_of_known_shares_are_bounded_by_the_worst_and_the_best() -> None:
    known = {
        "procedures_offered_online": (40, 100, 0),
        "procedures_with_online_dossiers": (25, 100, 0),
        "received_online": (40, 100, 0),
    }
    table = measures.score_indicators(DECISION.table(), shares(known), Q2)
    online = measures.score_groups(table, DECISION.group_points()).set_index("group").loc["online"]
    # 40/80 = 0.5, 25 %, 40/50 = 0.8 of the twelve points, however they are split.
    assert (online["lower"], online["upper"]) == pytest.approx((12 * 0.25, 12 * 0.8))


@pytest.mark.parametrize("rows", [shares({}), everything(3, 7, 2), everything(7, 7), everything(0, 7)])
@pytest.mark.parametrize("split", measures.SPLITS)
def test_computed_open_and_lost_make_up_the_points(rows: pd.DataFrame, split: str) -> None:
    table = measures.score_groups(scored(rows, split), DECISION.group_points())
    assert (table["lower"] + table["unknown"] + table["lost"]).tolist() == pytest.approx(table["points"].tolist())
    assert (table[["lower", "unknown", "lost"]] >= -1e-9).all(axis=None)
    reasons = measures.open_points(scored(rows, split), table)
    assert sum(reasons.values()) == pytest.approx(table["unknown"].sum())
    if split == "equal":
        assert "split" not in reasons


def test_units_are_scored_apart() -> None:
    rows = pd.concat(
        [shares({"handled_in_time": (9, 10, 0)}, unit="a"), shares({"handled_in_time": (1, 2, 0)}, unit="b")]
    )
    found = measures.score_indicators(DECISION.table(), rows, Q2, ("unit",))
    table = measures.score_groups(found, DECISION.group_points(), ("unit",))
    progress = table[table["group"] == "progress"].set_index("unit")["lower"]
    assert progress.to_dict() == pytest.approx({"a": 18, "b": 10})
    assert measures.score_total(table, BOUNDS, ("unit",))["unit"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("points", "name"),
    [(100, "excellent"), (90, "excellent"), (89.99, "good"), (70, "fair"), (50, "average"), (0, "weak")],
)
def test_a_class_begins_at_its_lower_bound(points: float, name: str) -> None:
    assert measures.score_class(points, BOUNDS) == name


# published sums; sources: docs/methods/service-quality.md


def checked(parts: str, stated: str | None, out_of: int = 100, percent: str | None = None) -> dict[str, Any]:
    entry = {
        "parts": tuple(Decimal(part) for part in parts.split()),
        "stated": None if stated is None else Decimal(stated),
        "out_of": Decimal(out_of),
        "stated_percent": None if percent is None else Decimal(percent),
    }
    return first_row(measures.published_sums([entry]))


def test_bac_ninh_gives_no_total_to_check() -> None:
    found = checked("15.82 19.45 8.53 10 17.86 21.17", None)
    assert (found["parts_sum"], found["verdict"]) == (92.83, "not_checkable")


def test_son_la_does_not_add_up() -> None:
    found = checked("15.3 16.39 14.31 17.88 19.75", "86.94")
    assert (found["parts_sum"], found["difference"], found["verdict"]) == (83.63, 3.31, "differs")


def test_hcmc_percentages_follow_from_the_points() -> None:
    assert checked("", "11.0", 18, "61.11")["verdict"] == "adds_up"
    cut = checked("", "17.94", 18, "99.66")
    assert (round(cut["percent"], 2), cut["percent_difference"], cut["verdict"]) == (99.67, -0.01, "rounding")
    assert checked("", "17.94", 18, "99.50")["verdict"] == "differs"


@pytest.mark.parametrize(("stated", "verdict"), [("6.00", "adds_up"), ("6.01", "rounding"), ("6.03", "differs")])
def test_rounding_is_half_a_unit_for_every_number_given(stated: str, verdict: str) -> None:
    assert checked("1.00 2.00 3.00", stated)["verdict"] == verdict


def test_the_sheet_carries_these_publications() -> None:
    table = measures.published_sums(entry.model_dump() for entry in DECISION.published)
    assert table["verdict"].tolist() == ["not_checkable", "differs", "not_checkable", "adds_up", "rounding"]


# the sheets


def test_the_six_groups_and_nine_criteria() -> None:
    assert [int(group.points) for group in DECISION.groups] == [18, 20, 12, 10, 18, 22]
    one_stop = load_score_sheet("one-stop-2018")
    assert [int(entry.points or 0) for entry in one_stop.indicators] == [2] * 9
    assert list(one_stop.class_bounds().values()) == [15, 12, 9, 6, 0]


@pytest.mark.parametrize(
    ("kind", "day", "there"),
    [
        ("service_quality", date(2022, 6, 22), False),
        ("service_quality", date(2022, 6, 23), True),
        ("one_stop", date(2019, 1, 5), False),
        ("one_stop", date(2025, 6, 30), True),
        ("one_stop", date(2025, 7, 1), False),
    ],
)
def test_a_sheet_is_in_force_between_its_days(kind: Any, day: date, there: bool) -> None:
    assert (sheet_on(kind, day) is not None) is there


@pytest.mark.parametrize("name", sheet_names())
def test_every_measure_of_a_sheet_is_one_a_study_knows(name: str) -> None:
    assert set(load_score_sheet(name).measures) <= set(MEASURE_SOURCES)
    assert [name for name, (method, *_) in MEASURE_SOURCES.items() if not callable(getattr(Study, method, None))] == []


def test_only_what_was_seen_in_the_decision_is_confirmed() -> None:
    confirmed = {entry.code for entry in DECISION.indicators if entry.confirmed}
    assert confirmed == {"1.2", "2.1", "5.3"}
    assert not DECISION.classes_confirmed


def changed(change: Callable[[dict[str, Any]], object], folder: Path) -> Path:
    path = folder / "sai.yaml"
    content = DECISION.model_dump(mode="json")
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda sheet: sheet.update(total=99), "the groups add up to 100, total says 99"),
        (lambda sheet: sheet["indicators"][0].update(points=7), "indicators of group transparency have 19 points"),
        (lambda sheet: sheet["indicators"][5].update(points=12), "indicators of group online have 12 points"),
        (lambda sheet: sheet["indicators"][0].update(group="none"), "indicators of group transparency have 12"),
        (
            lambda sheet: sheet["indicators"].append({**sheet["indicators"][0], "group": "x", "code": "9"}),
            "indicator 9",
        ),
        (lambda sheet: sheet["indicators"][1].update(code="1.1"), "the code 1.1 is given twice"),
        (lambda sheet: sheet["indicators"][0].update(needs=None), "indicators.0: needs must say"),
        (lambda sheet: sheet["indicators"][0].update(use="maybe"), "indicators.0.use"),
        (lambda sheet: sheet["indicators"][0].update(weight=3), "indicators.0.weight"),
        (lambda sheet: sheet["groups"][0].pop("source"), "groups.0.source: Field required"),
        (lambda sheet: sheet["classes"].reverse(), "classes must fall from the best down to 0"),
        (lambda sheet: sheet.update(valid_to="2022-01-01"), "valid_to lies before valid_from"),
    ],
)
def test_a_wrong_sheet_names_file_key_and_reason(change: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        read_score_sheet(changed(change, tmp_path))
    assert said in caught.value.en
    assert caught.value.en.startswith("sai.yaml: ")
    assert "docs/methods/service-quality.md" in caught.value.message("vi")


def test_a_file_that_is_no_yaml_and_a_name_that_is_no_sheet(tmp_path: Path) -> None:
    path = tmp_path / "sai.yaml"
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(ParameterError, match="cannot be read as YAML"):
        read_score_sheet(path)
    with pytest.raises(ParameterError, match="qd-766-2022"):
        load_score_sheet("qd-1")


def test_two_sheets_for_one_day_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cchc_analysis.score_sheets.sheet_names", lambda: ["cu", "moi"])
    monkeypatch.setattr("cchc_analysis.score_sheets.load_score_sheet", lambda name: DECISION)
    with pytest.raises(ParameterError, match="more than one score sheet is in force: cu, moi"):
        sheet_on("service_quality", date(2023, 6, 14))


# sentences


@pytest.mark.parametrize(
    ("ends", "told"),
    [((3, 3, 6), "3"), ((0, 0, 6), "0"), ((0, 6, 6), "chưa tính được"), ((1.234, 2, 6), "1,23–2"), ((0, 5, 6), "0–5")],
)
def test_a_span_never_writes_what_is_not_known_as_a_number(ends: tuple[float, float, float], told: str) -> None:
    assert say.span(*ends, "vi") == told


def test_the_parts_of_the_first_sentence_add_up(project: Path) -> None:
    first, second = say.total_sentences(total_of(example(project)), {"weak": "Yếu", "good": "Tốt"}, "vi")
    assert "tính được 29,34 điểm, mất 10,26 điểm, còn 60,40 điểm chưa tính được" in first
    assert second == "Xếp loại: chưa xác định (từ Yếu đến Tốt)."


# through a study


def test_the_sample_is_scored_as_its_shares_say(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023-Q3")
    told = study.service_quality().set_index("indicator")
    share = measures.single_row(study.digitisation(), measure="documents_digitised")
    received = share["denominator"] + share["n_not_stated"]
    assert told.loc["4.2", "points_lower"] == pytest.approx(4 * share["numerator"] / received)
    by_unit = study.service_quality("unit")
    one = cchc.open_study(data=sample.warehouse, period="2023-Q3", unit="phuong-1").service_quality()
    own = by_unit[by_unit["unit"] == "phuong-1"].set_index("indicator")
    columns = ["points_lower", "points_upper"]
    pd.testing.assert_frame_equal(own[columns], one.set_index("indicator")[columns])


def test_handled_in_time_is_what_the_form_counts_less_what_has_no_due_date(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023-Q3")
    row = first_row(study.handled_in_time())
    form = first_row(study.form_06a())
    assert row["denominator"] + row["n_not_stated"] == form["received"]
    late = form["resolved_late"] + form["pending_overdue"]
    assert row["denominator"] - row["numerator"] == late
    parts = study.handled_in_time("unit")
    assert parts[["numerator", "denominator", "n_not_stated"]].sum().tolist() == [
        row["numerator"],
        row["denominator"],
        row["n_not_stated"],
    ]


def test_an_unknown_split_or_measure_is_refused(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023-Q2")
    with pytest.raises(ParameterError, match="range or equal"):
        study.service_quality(split="thirds")
    strange = DECISION.indicators[4].model_copy(update={"measures": ("luck",)})
    with pytest.raises(ParameterError, match="unknown measure 'luck'"):
        study.scores(DECISION.model_copy(update={"indicators": (strange,)}))


def test_before_the_decision_nothing_is_scored_and_the_page_says_so(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period="2023-Q2")
    object.__setattr__(study, "period", parse_period("2022-Q1"))
    assert study.service_quality().empty
    assert "Không có bảng chấm điểm" in cchc.service_quality.summary(study).data
    assert "Không có bảng chấm điểm" in cchc.service_quality.groups(study).data


def test_a_register_that_is_there_is_scored(sample, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = shares({"feedback_on_time": (8, 10, 0), "feedback_satisfied": (3, 4, 6)})
    monkeypatch.setattr(Study, "has_register", lambda study, kind: kind == "feedback")
    monkeypatch.setattr(Study, "feedback", lambda study, by=(): answered)
    study = cchc.open_study(data=sample.warehouse, period="2023-Q2")
    told = study.service_quality().set_index("indicator")
    assert told.loc["5.1", ["state", "points_lower"]].tolist() == ["computed", pytest.approx(4.8)]
    assert told.loc["5.2", ["points_lower", "points_upper"]].tolist() == pytest.approx([6 * 0.3, 6 * 0.9])
    assert told.loc["3.4", ["state", "register"]].tolist() == ["no_register", "procedures"]
