"""Self-scoring: the index as data, totals, checks, comparison; the worked example of docs/methods/self-scoring.md."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis import measures, self_scoring
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.measures import self_scores
from cchc_analysis.reference_data import reference_path
from cchc_analysis.self_scoring import IndexSheet, load_index_sheets
from cchc_analysis.units import UnitRegistry

END_OF_2023 = date(2023, 12, 31)
COMMUNE = "qd-2926-2023-commune.yaml"


SEVEN_PARTS = [{"code": f"2.1.{n}"} for n in range(1, 8)]


def shipped() -> dict[str, Any]:
    return dict(yaml.safe_load(reference_path("indices", COMMUNE).read_text("utf-8")))


def small_index() -> IndexSheet:
    """The index of the worked example: one field of two criteria."""
    criteria = [
        {"code": "1.1", "points": 2, "step": 0.5},
        {"code": "1.2", "points": 3, "measure": "received_online", "full_at": 0.5},
    ]
    field = {
        **{"code": "1", "vi": "Lĩnh vực", "en": "Field", "n_criteria": 2, "n_sub_criteria": 0},
        **{"points": 5, "confirmed": True, "source": "ví dụ", "criteria": criteria},
    }
    return IndexSheet.model_validate(
        {
            **{"index": "small", "title": {"vi": "Bộ nhỏ", "en": "Small"}, "tiers": ["ward"]},
            **{"valid_from": date(2023, 1, 1), "valid_to": None, "dates_confirmed": True},
            **{"source": "ví dụ", "confirmed": True, "total": 5, "fields": [field]},
        }
    )


def scoring(sheet: IndexSheet) -> measures.Scoring:
    return measures.Scoring(sheet.table(), sheet.to_score(), {f.code: f.measures for f in sheet.fields if f.measures})


def register(*rows: tuple[str, str, float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "criterion", "self_score", "verified_score"]).astype(
        {"self_score": "float64", "verified_score": "float64"}
    )


SMALL = scoring(small_index())

EXAMPLE = register(
    *[("a", "1.1", 1.5, 1.5), ("a", "1.2", 3, 2), ("a", "TC", 4.5, None)],
    *[("b", "1.1", 2.25, None), ("b", "1.2", 1, None), ("b", "Tổng điểm", 3.5, None)],
    *[("c", "1.2", 2, None), ("c", "1", 2, None)],
)
"""The table of the worked example (office d hands in nothing); a is verified."""


@pytest.fixture(scope="module")
def offices() -> dict[str, measures.Scoring]:
    return {unit: scoring(small_index()) for unit in "abcd"}


def only(table: pd.DataFrame, **where: object) -> dict[str, Any]:
    found = [row for row in records(table) if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1, found
    return found[0]


# The index as data


def test_the_shipped_index_has_what_its_source_prints():
    wards, city = load_index_sheets("qd-2926-2023", END_OF_2023)
    # Quoted of Decision 2926/QĐ-UBND at ongdinh.khoaichau.hungyen.gov.vn: criteria/sub-criteria by field.
    printed = "7/13 3/6 10/4 4/3 7/2 3/4 9/75 4/34"
    assert " ".join(f"{field.n_criteria}/{field.n_sub_criteria}" for field in wards.fields) == printed
    assert (wards.n_criteria, wards.n_sub_criteria, wards.total, wards.survey_points) == (47, 141, 100, 35)
    assert len(wards.to_score()) == 47
    assert city.fields == ()
    assert city.to_fill_in is not None


def test_no_points_are_invented():
    wards, city = load_index_sheets("qd-2926-2023", END_OF_2023)
    assert [field.points for field in wards.fields] == [None] * 7 + [35]
    assert not any(field.confirmed for field in wards.fields)
    assert city.total is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["fields"][0].update(n_criteria=8), "add up to 48"),
        (lambda d: d["fields"][6].update(n_sub_criteria=74), "add up to 140"),
        (lambda d: d["fields"][0].update(points=70), "add up to 105 points"),
        (lambda d: d["fields"][0].update(criteria=[{"code": "1.8"}]), "1.8 is none of the 7 criteria"),
        (lambda d: d["fields"][0].update(criteria=[{"code": "2.1"}]), "2.1 is none"),
        (lambda d: d["fields"][0].update(criteria=[{"code": "1.1.1"}]), "1.1.1 is part of 1.1"),
        (lambda d: d["fields"][7].update(criteria=[{"code": "8.1", "points": 36}]), "parts of 8 have 36 points"),
        (lambda d: d["fields"][0].update(criteria=[{"code": "1.1"}, {"code": "1.1"}]), "1.1 is given twice"),
        (lambda d: d.update(valid_to=date(2022, 1, 1)), "valid_to lies before valid_from"),
        (lambda d: d.update(fields=[]), "to_fill_in"),
        (
            lambda d: d["fields"][1].update(n_sub_criteria=0, criteria=[{"code": "2.1"}, {"code": "2.1.1"}]),
            "describes 1",
        ),
    ],
)
def test_an_index_that_does_not_hold_together_is_refused_with_file_and_reason(tmp_path: Path, change, said: str):
    content = shipped()
    change(content)
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(ParameterError, match=said) as refused:
        load_index_sheets(path, END_OF_2023)
    assert "own.yaml" in refused.value.message("vi")


def test_a_copy_of_an_office_takes_the_place_of_the_shipped_sheet(tmp_path: Path):
    content = shipped()
    content["fields"][1]["points"] = 7
    content["fields"][1]["criteria"] = [
        {"code": "2.1", "points": 4, "name": {"vi": "Ban hành văn bản", "en": "Texts issued"}},
        {"code": "2.2", "points": 2},
        {"code": "2.3", "points": 1},
        {"code": "2.1.1", "points": 2.5},
        {"code": "2.1.2", "points": 1.5},
    ]
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    own, city = load_index_sheets(path, END_OF_2023)
    assert own.named("2.1", "vi") == "Ban hành văn bản"
    assert own.table().set_index("criterion").loc[["2", "2.1", "2.1.2"], "points"].tolist() == [7, 4, 1.5]
    # Where sub-criteria are described, these are scored; the criterion itself is their sum.
    assert [code for code in own.to_score() if code.startswith("2.")] == ["2.1.1", "2.1.2", "2.2", "2.3"]
    assert city.tiers == ("city",)


def test_an_index_is_dated_and_an_unknown_one_is_refused_with_those_known():
    assert load_index_sheets("qd-2926-2023", date(2025, 12, 31)) == ()
    with pytest.raises(ParameterError, match="qd-2926-2023"):
        load_index_sheets("qd-1", END_OF_2023)


def test_the_code_of_the_total_is_the_same_in_both_rooms():
    assert self_scoring.TOTAL == self_scores.TOTAL
    assert measures.criterion_code(self_scoring.TOTAL_CODE) == measures.TOTAL


def test_eighteen_offices_have_to_score_themselves_in_2023():
    tiers = {tier for sheet in load_index_sheets("qd-2926-2023", END_OF_2023) for tier in sheet.tiers}
    registry = UnitRegistry.load()
    scoring_units = [unit for unit in registry.units(END_OF_2023) if registry.tier(unit) in tiers]
    assert len(scoring_units) == 1 + 17


# The worked example


def test_states_and_totals_of_the_worked_example(offices: dict[str, measures.Scoring]):
    states = measures.self_scoring_states(EXAMPLE, offices)
    assert states["state"].tolist() == ["scored", "scored", "partial", "missing"]
    assert states["self_total"].tolist()[:3] == [4.5, 3.25, 2]
    assert states["stated_total"].tolist()[:2] == [4.5, 3.5]
    assert states["n_missing"].tolist() == [0, 0, 1, 2]
    assert only(states, unit="a")["difference"] == pytest.approx(-1.0, abs=1e-12)
    assert pd.isna(only(states, unit="b")["difference"])
    assert pd.isna(only(states, unit="d")["self_total"])
    done = measures.self_scoring_done(states)
    assert (done["numerator"], done["denominator"], done["n_reported"]) == (2, 4, 3)


def test_findings_of_the_worked_example(offices: dict[str, measures.Scoring]):
    found = measures.self_scoring_findings(EXAMPLE, offices)
    told = [(row["unit"], row["criterion"], row["kind"]) for row in records(found)]
    assert told == [
        ("b", "1.1", "above_maximum"),
        ("b", "1.1", "step_not_allowed"),
        ("b", "total", "sum_differs"),
        ("c", "1.1", "criterion_missing"),
    ]
    assert only(found, kind="above_maximum")["difference"] == pytest.approx(0.25, abs=1e-12)
    assert only(found, kind="sum_differs")["difference"] == pytest.approx(0.25, abs=1e-12)


def test_points_by_the_figures_of_the_worked_example(offices: dict[str, measures.Scoring]):
    values = {"a": 0.45, "b": 0.6, "c": 0.1, "d": 0.3}
    shares = pd.DataFrame(
        [
            {"unit": unit, "measure": "received_online", "numerator": value * 100, "denominator": 100, "value": value}
            for unit, value in values.items()
        ]
    ).assign(lower=None, upper=None)
    rows = measures.self_against_measures(EXAMPLE, offices, shares)
    assert rows["unit"].tolist() == ["a", "b", "c"]
    assert rows["expected"].tolist() == pytest.approx([2.7, 3.0, 0.6], abs=1e-9)
    assert rows["difference"].tolist() == pytest.approx([0.3, -2.0, 1.4], abs=1e-9)


def test_a_measure_without_figures_gives_no_points(offices: dict[str, measures.Scoring]):
    nothing = pd.DataFrame(columns=["unit", "measure", "numerator", "denominator", "value", "lower", "upper"])
    rows = measures.self_against_measures(EXAMPLE, offices, nothing)
    assert rows[["value", "expected", "difference"]].isna().all().all()


# Checks


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("x", "1.1", -0.5, None), ("x", "1.2", 1, None)], [("1.1", "negative", "self")]),
        ([("x", "1.1", 1, None), ("x", "1.2", 1, None), ("x", "9.1", 1, None)], [("9.1", "unknown_criterion", "self")]),
        # Parts of a criterion that the index does not describe further are no error.
        ([("x", "1.1", 1, None), ("x", "1.2.1", 1, None), ("x", "1.2.2", 2, None)], []),
        ([("x", "1.1", 1, None), ("x", "1.2.1", 2, None), ("x", "1.2.2", 2, None)], [("1.2", "above_maximum", "self")]),
        ([("x", "1.1", 1, 1), ("x", "1.2", 1, 4)], [("1.2", "above_maximum", "verified")]),
        # A sum larger than its parts says nothing while a part is missing; a smaller one cannot be right.
        ([("x", "1.1", 1, None), ("x", "1", 3, None)], [("1.2", "criterion_missing", "self")]),
        (
            [("x", "1.1", 1, None), ("x", "1", 0.5, None)],
            [("1", "sum_differs", "self"), ("1.2", "criterion_missing", "self")],
        ),
        ([("x", "1.1", 0, None), ("x", "1.2", 0, None)], []),
    ],
)
def test_a_check_finds_what_does_not_hold_and_nothing_else(rows, told):
    found = measures.self_scoring_findings(register(*rows), {"x": scoring(small_index())})
    assert [(row["criterion"], row["kind"], row["who"]) for row in records(found)] == told


def test_a_score_has_to_be_one_of_those_allowed():
    content = small_index().model_dump()
    content["fields"][0]["criteria"][1]["allowed"] = (0, 1.5, 3)
    offices = {"x": scoring(IndexSheet.model_validate(content))}
    found = measures.self_scoring_findings(register(("x", "1.1", 2, None), ("x", "1.2", 2, None)), offices)
    assert [(row["criterion"], row["kind"]) for row in records(found)] == [("1.2", "step_not_allowed")]


def test_scores_that_make_up_the_maximum_in_tenths_are_not_above_it():
    content = small_index().model_dump()
    content["fields"][0].update(
        n_criteria=10, points=1, criteria=[{"code": f"1.{n}", "points": 0.1} for n in range(1, 11)]
    )
    content["total"] = 1
    offices = {"x": scoring(IndexSheet.model_validate(content))}
    rows = [("x", f"1.{n}", 0.1, None) for n in range(1, 11)]
    states = measures.self_scoring_states(register(*rows, ("x", "TC", 1.0, None)), offices)
    assert len(measures.self_scoring_findings(register(*rows, ("x", "TC", 1.0, None)), offices)) == 0
    assert states["self_total"].tolist() == [1.0]


def test_a_sheet_of_unknown_structure_is_scored_but_not_known_to_be_complete():
    city = next(sheet for sheet in load_index_sheets("qd-2926-2023", END_OF_2023) if sheet.tiers == ("city",))
    offices = {unit: scoring(city) for unit in ("full", "total", "none")}
    rows = register(("full", "1", 9, None), ("full", "I.2", 4, None), ("total", "TC", 80, None))
    states = measures.self_scoring_states(rows, offices)
    assert states["state"].tolist() == ["scored", "partial", "missing"]
    assert not states["structure_known"].any()
    assert states["n_missing"].isna().all()
    assert states["self_total"].tolist()[:2] == [13, 80]
    assert len(measures.self_scoring_findings(rows, offices)) == 0


def test_a_total_of_verified_scores_stands_for_all_criteria(offices: dict[str, measures.Scoring]):
    rows = register(("a", "1.1", 2, None), ("a", "1.2", 3, None), ("a", "TC", 5, 4))
    row = records(measures.self_scoring_states(rows, {"a": offices["a"]}))[0]
    assert (row["self_total"], row["verified_total"], row["difference"]) == (5, 4, -1)
    assert len(measures.self_against_verified(rows, {"a": offices["a"]})) == 0


def test_fields_show_what_was_stated_for_them(offices: dict[str, measures.Scoring]):
    row = only(measures.self_scoring_fields(EXAMPLE, offices), unit="c")
    assert (row["self_score"], row["stated"], row["n_scored"], row["n_to_score"]) == (2, 2, 1, 2)
    assert measures.self_scoring_fields(EXAMPLE, offices)["unit"].tolist() == ["a", "b", "c"]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["1.1", "1.2"]), st.integers(0, 12)), unique_by=lambda cell: cell[0]))
def test_order_of_rows_and_stated_sums_never_change_a_total(cells: list[tuple[str, int]]):
    rows = [("x", code, quarters / 4, None) for code, quarters in cells]
    offices = {"x": SMALL}
    plain = measures.self_scoring_states(register(*rows), offices)
    total = plain["self_total"].tolist()[0]
    summed = [("x", "1", total, None), ("x", "TC", total, None)] if rows else []
    turned = measures.self_scoring_states(register(*summed, *reversed(rows)), offices)
    assert turned["self_total"].equals(plain["self_total"])
    assert turned["n_missing"].tolist() == plain["n_missing"].tolist()
    assert not rows or total == sum(quarters for _, quarters in cells) / 4
