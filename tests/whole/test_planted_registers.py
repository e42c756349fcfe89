"""What was planted in the registers of the synthetic city comes out of intake, counting and measures together."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import cchc_analysis as cchc
from cchc_analysis.frames import records

PERIODS = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2023")
REGISTERS = ("payments", "feedback", "e_copies", "procedures", "other_register")
COUNTS = ("read", "accepted", "rejected", "duplicates", "skipped", "reasons")
FLAGS = {
    "payments": {"total_not_sum": 6, "paid_before_requested": 5},
    "feedback": {"due_before_received": 2},
    "e_copies": {},
    "procedures": {"committed_above_statutory": 1, "offered_not_eligible": 1, "term_not_set": 2},
    "other_register": {},
}
"""Contradictions planted in rows that intake has to let in."""


@pytest.fixture(scope="module", params=PERIODS)
def period(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def study(sample, period: str) -> cchc.Study:
    return cchc.open_study(data=sample.warehouse, period=period)


def planted(sample, kind: str, period: str) -> dict[str, Any]:
    facts: dict[str, Any] = sample.truth["registers"][kind]["planted"][period]
    return facts


def shares(table: Any, by: str = "") -> dict[Any, tuple[int, int]]:
    """Return measure, or group and measure → numerator and denominator."""
    return {
        (row[by], row["measure"]) if by else row["measure"]: (row["numerator"], row["denominator"])
        for row in records(table)
    }


# Intake


@pytest.mark.parametrize("kind", REGISTERS)
def test_intake_accounts_for_every_row_of_a_register(sample, kind: str) -> None:
    intake = json.loads((sample.warehouse / "registers" / kind / "intake.json").read_text("utf-8"))
    truth = sample.truth["registers"][kind]
    assert {name: intake["total"][name] for name in COUNTS} == {name: truth["total"][name] for name in COUNTS}
    found = {Path(entry["file"]).name: {name: entry[name] for name in COUNTS} for entry in intake["files"]}
    assert found == {name: {key: account[key] for key in COUNTS} for name, account in truth["files"].items()}
    assert intake["flags"] == FLAGS[kind]
    assert intake["synthetic"] is True


def test_nobody_is_in_the_warehouse(sample) -> None:
    whole = cchc.open_warehouse(sample.warehouse)
    person = re.compile(r"Người nộp|Người dân|Người yêu cầu|Công dân|Cán bộ|giả lập|\b0900\d{6}\b")
    for kind in REGISTERS:
        register = whole.register(kind)
        assert register is not None
        assert not person.search(register.rows("pandas").collect().to_pandas().to_csv()), kind


# Columns of the dossiers


def test_electronic_results_reuse_and_post(sample, study: cchc.Study, period: str) -> None:
    found = shares(study.digitisation()) | shares(study.postal())
    for name, (yes, stated) in sample.truth["columns"][period].items():
        assert found[name] == (yes, stated), name


# Payments


def test_payments_by_method(sample, study: cchc.Study, period: str) -> None:
    facts = planted(sample, "payments", period)
    rows = {row["method"] or "not_stated": row for row in records(study.payments_by_method())}
    assert {name: [row["n"], row["amount"]] for name, row in rows.items()} == facts["methods"]
    assert sum(row["n_refunded"] for row in rows.values()) == facts["refunded"]
    assert sum(row["n_failed"] for row in rows.values()) == facts["failed"]


def test_shares_of_payments(sample, study: cchc.Study, period: str) -> None:
    facts = planted(sample, "payments", period)
    stated = {name: numbers for name, numbers in facts["methods"].items() if name != "not_stated"}
    n, amount = (sum(numbers[at] for numbers in stated.values()) for at in (0, 1))
    table = study.payment_forms()
    assert shares(table) == {
        "payments_online": (stated["online"][0], n),
        "payments_cashless": (n - stated["cash"][0], n),
        "amount_online": (stated["online"][1], amount),
        "dossiers_paid_online": (facts["dossiers_paid_online"], facts["dossiers_stated"]),
        "payments_agree": (facts["agreeing"], facts["compared"]),
    }
    beside = {row["measure"]: row for row in records(table)}
    assert beside["payments_online"]["n_not_stated"] == facts["methods"]["not_stated"][0]
    assert beside["dossiers_paid_online"]["n_not_stated"] == facts["dossiers"] - facts["dossiers_stated"]


def test_payments_have_the_unit_of_their_dossier(sample, study: cchc.Study, period: str) -> None:
    """The online payments name no unit; those of dossiers whose rows intake rejects stay without one."""
    found = shares(study.payment_forms("unit"), "unit")
    online = {unit: list(numbers) for (unit, name), numbers in found.items() if name == "payments_online"}
    assert online == planted(sample, "payments", period)["units"]


# Feedback


@pytest.mark.parametrize("source", ["all", "portal", "hotline"])
def test_feedback_by_source(sample, study: cchc.Study, period: str, source: str) -> None:
    facts = planted(sample, "feedback", period)[source]
    table = study.feedback(source=None if source == "all" else source)
    assert shares(table) == {
        "feedback_answered": (facts["answered"], facts["received"]),
        "feedback_on_time": (facts["on_time"], facts["due"]),
        "feedback_satisfied": (facts["satisfied"], facts["rated"]),
    }
    row = records(table)[0]
    assert row["n_not_accepted"] == facts["not_accepted"]
    assert row["n_without_due"] == facts["without_due"]


def test_the_hotline_answers_better_than_the_portal(sample) -> None:
    year = cchc.open_study(data=sample.warehouse, period="2023")
    found = {(row["source"], row["measure"]): row["value"] for row in records(year.feedback("source"))}
    assert found["hotline", "feedback_on_time"] > found["portal", "feedback_on_time"] + 0.05


# Certified copies


def test_certified_copies(sample, study: cchc.Study, period: str) -> None:
    facts = planted(sample, "e_copies", period)
    electronic, paper = facts["electronic"], facts["paper"]
    assert {row["form"]: (row["n"], row["copies"]) for row in records(study.copies_by_form())} == {
        form: (numbers["certified"], numbers["copies"]) for form, numbers in facts.items()
    }
    assert shares(study.copies()) == {
        "copies_electronic": (electronic["certified"], electronic["certified"] + paper["certified"]),
        "copies_certified": (
            electronic["received_and_certified"] + paper["received_and_certified"],
            electronic["received"] + paper["received"],
        ),
    }


# The catalogue


def test_the_catalogue(sample, study: cchc.Study, period: str) -> None:
    facts = planted(sample, "procedures", period)
    assert shares(study.catalogue()) == {
        "procedures_offered_online": (facts["offered"], facts["eligible"]),
        "procedures_integrated": (facts["integrated"], facts["eligible"]),
        "procedures_with_dossiers": (facts["offered_with_dossiers"], facts["offered_anywhere"]),
        "procedures_with_online_dossiers": (facts["offered_with_online_dossiers"], facts["offered_anywhere"]),
        "procedures_payable_online": (facts["payable"], facts["has_fee"]),
        "procedures_published": (facts["published"], facts["decided"]),
    }
    lacking = records(study.not_offered())
    assert {row["procedure"] for row in lacking} == {*facts["not_offered"], *facts["not_integrated"]}
    assert {row["procedure"] for row in lacking if row["offered_online"] == 0} == set(facts["not_offered"])
    assert shares(study.dossiers_in_catalogue()) == {
        "dossiers_in_catalogue": (facts["dossiers_in_catalogue"], facts["dossiers"])
    }


# The second register


def test_matching_by_ward(sample, study: cchc.Study, period: str) -> None:
    facts = planted(sample, "other_register", period)
    states = ("matched", "conflicting", "only_here", "only_there")
    found = {row["unit"]: {name: row[f"n_{name}"] for name in states} for row in records(study.matching("unit"))}
    assert found == {ward: {name: numbers[name] for name in states} for ward, numbers in facts.items()}
    controlled = shares(study.matching())["dossiers_controlled"]
    both = sum(numbers["matched"] + numbers["conflicting"] for numbers in facts.values())
    assert controlled == (both, both + sum(numbers["only_there"] for numbers in facts.values()))


def test_conflicts_by_ward(sample, study: cchc.Study, period: str) -> None:
    facts = planted(sample, "other_register", period)
    found = shares(study.matching_conflicts("unit"), "unit")
    for ward, numbers in facts.items():
        both = numbers["matched"] + numbers["conflicting"]
        for kind in ("received_on", "unit", "closed_only_here", "closed_only_there", "finished_on"):
            assert found[ward, f"conflict_{kind}"] == (numbers["conflicts"].get(kind, 0), both), (ward, kind)


def test_a_ward_without_a_second_register_is_not_compared(sample) -> None:
    ward = cchc.open_study(data=sample.warehouse, period="2023", unit="phuong-1")
    table = ward.matching()
    assert table.empty or records(table)[0]["denominator"] == 0


def test_the_example_of_the_method_page(sample) -> None:
    """docs/methods/sample.md: (2046 + 36) / (2046 + 36 + 38) = 98.2 % of the paper register of Phường 3."""
    ward = cchc.open_study(data=sample.warehouse, period="2023", unit="phuong-3")
    (row,) = records(ward.matching())
    assert (row["numerator"], row["denominator"]) == (2046 + 36, 2046 + 36 + 38)
    assert row["value"] == pytest.approx(0.982, abs=0.0005)


# Where dossiers and registers meet


def test_procedures_of_the_catalogue_without_dossiers_are_named(sample, study: cchc.Study) -> None:
    listed = sample.warehouse / "registers" / "procedures"
    assert listed.is_dir()
    seen = set(study.procedures()["procedure"])
    unseen = set(study.listed_procedures()["procedure"]) - seen
    assert unseen, "the catalogue of the sample has procedures without dossiers"
    left_out = study.excluded_procedures().set_index("procedure")
    assert set(left_out.loc[sorted(unseen), "reason"]) == {"no_dossiers"}
    assert set(left_out.loc[sorted(unseen), "n"]) == {0}
    labels = study.procedure_labels()
    assert all(labels[code] != code for code in unseen)


def test_a_term_that_starts_again_is_told_beside_the_extension(sample) -> None:
    whole_year = cchc.open_study(data=sample.warehouse, period="2023")
    row = records(whole_year.stopped_clock())[0]
    assert 0 < row["n_dated"] <= row["n"]
    assert row["restart_days"] <= row["dated_net_days"], "what came before the supplement no longer counts"
    assert row["n_by_restart"] >= row["n_dated_by_term"]
    said = cchc.processing_time.reduction(whole_year).data
    assert "tính lại từ đầu khi nhận bổ sung" in said


def test_the_accounts_of_the_registers_stand_on_the_page_of_data_quality(sample, study: cchc.Study) -> None:
    shown = cchc.data_quality.registers(study).data
    for kind in REGISTERS:
        for name in sample.truth["registers"][kind]["files"]:
            assert f"{kind}/{name}" in shown
