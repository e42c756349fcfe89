"""What was planted in the synthetic city comes out of exports, intake, counting and measures together."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

import cchc_analysis as cchc
from cchc_analysis import measures
from cchc_analysis.frames import first_row, records

PERIODS = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2023")


def study(sample, period: str, unit: str = "all") -> cchc.Study:
    return opened(sample.warehouse, period, unit)


@cache
def opened(warehouse: Path, period: str, unit: str) -> cchc.Study:
    """Open a study once: it keeps what it has counted, and nobody changes it."""
    return cchc.open_study(data=warehouse, period=period, unit=unit)


def test_intake_accounts_for_every_planted_fault(sample) -> None:
    intake = json.loads((sample.warehouse / "intake.json").read_text("utf-8"))
    truth = sample.truth["total"]
    for name in ("read", "accepted", "rejected", "duplicates", "skipped", "reasons"):
        assert intake["total"][name] == truth[name], name
    assert {entry["file"]: entry["rejected"] for entry in intake["files"]} == {
        name: account["rejected"] for name, account in sample.truth["files"].items()
    }


@pytest.mark.parametrize("period", PERIODS)
def test_form_06a_of_every_unit_and_of_the_city_is_exact(sample, period: str) -> None:
    whole = study(sample, period)
    found = {row.pop("unit"): row for row in records(whole.form_06a("unit"))}
    found["vung-tau"] = first_row(whole.form_06a())
    for unit, cells in sample.truth["flow"][period].items():
        expected = dict(zip(sample.truth["flow_cells"], cells, strict=True))
        row = found.get(unit, dict.fromkeys(measures.FORM_COLUMNS, 0) | {"pending_paused": 0})
        assert {
            "received_online": row["received_online"],
            "received_counter_post": row["received_other"],
            "carried_over": row["carried_over"],
            "resolved_early": row["resolved_early"],
            "resolved_on_time": row["resolved_on_time"],
            "resolved_late": row["resolved_late"],
            "pending_in_time": row["pending_in_time"],
            "pending_overdue": row["pending_overdue"],
            "pending_paused": row["pending_paused"],
        } == {name: value for name, value in expected.items() if not name.startswith("resolved_wi")}, unit


def test_a_unit_page_counts_what_the_city_counts_for_the_unit(sample) -> None:
    by_unit = {row.pop("unit"): row for row in records(study(sample, "2023-Q2").form_06a("unit"))}
    assert first_row(study(sample, "2023-Q2", "phuong-1").form_06a()) == by_unit["phuong-1"]


def test_the_slow_procedure_is_found_and_measured(sample) -> None:
    truth = sample.truth["planted"]["slow_procedure"]
    for period in PERIODS:
        times = study(sample, period, truth["unit"]).procedure_times()
        row = first_row(times[times["procedure"] == truth["procedure_code"]])
        expected = truth["by_finish"][period]
        assert row["n"] == expected["n"]
        assert row["used_days"] == pytest.approx(expected["mean"], rel=1e-12)
        # It is the slowest against its commitment of all procedures of the city.
        everywhere = study(sample, period).procedure_times()
        worst = everywhere.loc[everywhere["over_commitment_days"].idxmax()]
        assert worst["procedure"] == truth["procedure_code"]


def test_finishes_put_on_the_very_second_of_the_deadline_are_found_where_they_were_planted(sample) -> None:
    truth = sample.truth["planted"]["bunching"]
    findings = cchc.open_warehouse(sample.warehouse).findings()
    found = findings[findings["rule"] == "finished_at_due_second"].groupby("unit").size().to_dict()
    assert found == {truth["unit"]: truth["by_finish"]["2023"]["n_set_equal_to_due"]}


def test_the_real_drop_is_called_a_true_effect(sample) -> None:
    truth = sample.truth["planted"]["real_drop"]
    change = study(sample, "2023-Q4", truth["unit"]).time_change()
    q3, q4 = (truth["by_finish"][period]["all"] for period in ("2023-Q3", "2023-Q4"))
    assert change.difference == pytest.approx(q4["mean"] - q3["mean"], rel=1e-9)
    assert change.difference == pytest.approx(change.mix_effect + change.true_effect + change.turnover_effect, abs=1e-9)
    year = study(sample, "2023-Q3", truth["unit"])
    against_q2 = year.time_change()
    assert against_q2.true_effect < -0.5
    assert against_q2.beyond_noise
    assert abs(against_q2.mix_effect) < abs(against_q2.true_effect) / 3


def test_the_mix_change_that_looks_like_a_drop_is_not_called_one(sample) -> None:
    truth = sample.truth["planted"]["apparent_drop"]
    change = study(sample, "2023-Q3", truth["unit"]).time_change()
    q2, q3 = (truth["by_finish"][period]["all"] for period in ("2023-Q2", "2023-Q3"))
    assert change.difference == pytest.approx(q3["mean"] - q2["mean"], rel=1e-9)
    assert change.beyond_noise
    assert change.difference < -0.8
    assert abs(change.true_effect) < 0.15 * abs(change.difference)


def test_as_of_in_the_middle_of_a_period_knows_nothing_later(sample) -> None:
    early = cchc.open_study(data=sample.warehouse, period="2023-Q2", as_of="2023-05-10")
    assert early.as_of == datetime(2023, 5, 10)
    form = first_row(early.form_06a())
    whole = first_row(study(sample, "2023-Q2").form_06a())
    assert form["resolved"] < whole["resolved"]
    assert form["received"] < whole["received"]
    assert form["carried_over"] == whole["carried_over"]
