"""The scorecard of the sample: the table of docs/scorecard-sample-2023-Q2.md, and the same figures added up again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cchc_analysis as cchc
from cchc_analysis.frames import records
from cchc_analysis.plan import load_plan
from cchc_analysis.reporters import reporting_units
from cchc_analysis.sample.evidence import Report, draw_evidence
from cchc_analysis.units import UnitRegistry

PLAN = load_plan("vung-tau-2023")
REGISTRY = UnitRegistry.load()
PERIOD, END = "2023-Q2", date(2023, 6, 14)
COLUMNS = (
    *("commitment", "status", "reason", "basis", "numerator", "denominator", "value", "goal", "verdict", "trend"),
    *("n_expected", "n_reported"),
)


@pytest.fixture(scope="module")
def study(sample) -> cchc.Study:
    return cchc.open_study(data=sample.warehouse, period=PERIOD)


@pytest.fixture(scope="module")
def rows(study: cchc.Study) -> dict[str, dict[str, Any]]:
    return {row["commitment"]: row for row in records(study.scorecard(PLAN))}


def documented(project: Path) -> Iterator[dict[str, str]]:
    text = (project / "docs" / "scorecard-sample-2023-Q2.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("| C"):
            yield dict(zip(COLUMNS, (cell.strip() for cell in line.strip("|").split("|")), strict=True))


def written(row: dict[str, Any]) -> dict[str, str]:
    """Write a row as the document does."""
    digits = {"value": 4 if not pd.isna(row["denominator"]) else 0, "goal": 2}
    cells = {}
    for name in COLUMNS:
        value = row[name]
        number = not isinstance(value, str) and not pd.isna(value)
        cells[name] = f"{value:.{digits.get(name, 0)}f}" if number else value if isinstance(value, str) else ""
    return {name: cell or "–" for name, cell in cells.items()}


def test_the_document_says_what_the_program_says(rows, project: Path) -> None:
    told = list(documented(project))
    assert [row["commitment"] for row in told] == [entry.id for entry in PLAN.commitments]
    assert [written(rows[row["commitment"]]) for row in told] == told


def counts(rows: dict[str, dict[str, Any]], name: str) -> tuple[int, int]:
    return int(rows[name]["numerator"]), int(rows[name]["denominator"])


def test_dossiers_and_registers_are_what_was_planted(rows, sample) -> None:
    registers = {kind: table["planted"] for kind, table in sample.truth["registers"].items()}
    feedback = registers["feedback"][PERIOD]
    assert counts(rows, "C15") == (feedback["all"]["on_time"], feedback["all"]["due"])
    assert counts(rows, "C34") == (feedback["hotline"]["on_time"], feedback["hotline"]["due"])
    assert counts(rows, "C16") == tuple(sample.truth["columns"][PERIOD]["posted_in"])
    catalogue = registers["procedures"][PERIOD]
    assert counts(rows, "C27") == (catalogue["integrated"], catalogue["eligible"])
    assert counts(rows, "C17") == (catalogue["published"], catalogue["decided"])
    seconds = registers["other_register"][PERIOD].values()
    controlled = sum(unit["matched"] + unit["conflicting"] for unit in seconds)
    assert counts(rows, "C28") == (controlled, controlled + sum(unit["only_there"] for unit in seconds))


def test_what_came_in_online_is_that_of_the_flow(rows, sample) -> None:
    cells = sample.truth["flow_cells"]
    online, other = (cells.index(name) for name in ("received_online", "received_counter_post"))
    # "vung-tau" is the whole city.
    city = sample.truth["flow"][PERIOD]["vung-tau"]
    assert counts(rows, "C10") == (city[online], city[online] + city[other])


def known() -> list[Report]:
    """Return the reports that had come by the end of the quarter, of the offices that are asked, without the broken."""
    asked = {entry.id: entry.evidence.reporters for entry in PLAN.commitments if entry.evidence is not None}
    return [
        report
        for report in draw_evidence(PLAN, REGISTRY)
        if report.commitment in asked
        and report.unit in reporting_units(asked[report.commitment], REGISTRY, END)
        and not report.fault
        and report.reported_on is not None
        and report.reported_on <= END
    ]


@pytest.mark.parametrize("name", [c.id for c in PLAN.commitments if c.evidence is not None and c.measure is None])
def test_reports_add_up_to_what_the_offices_wrote(rows, name: str) -> None:
    row, entry = rows[name], PLAN.commitment(name)
    assert entry is not None
    assert entry.evidence is not None
    assert row["basis"] == "evidence"
    told = [report for report in known() if report.commitment == name]
    if entry.evidence.frequency == "quarter":
        told = [report for report in told if report.period == PERIOD]
    newest = {report.unit: report for report in sorted(told, key=lambda report: report.period)}
    asked = reporting_units(entry.evidence.reporters, REGISTRY, END)
    assert (row["n_expected"], row["n_reported"]) == (len(asked), len(newest))
    if entry.evidence.kind == "count":
        assert row["n_counted"] == sum(int(report.n_counted) for report in newest.values())
    elif entry.evidence.kind == "share":
        sums = [sum(int(getattr(report, part)) for report in newest.values()) for part in ("numerator", "denominator")]
        assert [row["numerator"], row["denominator"]] == sums
    elif newest:
        said = [report.answer for report in newest.values()]
        assert counts(rows, name) == (said.count("yes"), len(said))


def test_a_ward_has_its_own_scorecard(sample) -> None:
    study = cchc.open_study(data=sample.warehouse, period=PERIOD, unit="phuong-2")
    rows = {row["commitment"]: row for row in records(study.scorecard(PLAN))}
    assert len(rows) == 38
    # Phường 2 says no to C06, and C01 is asked of the Division of Justice.
    assert (rows["C06"]["status"], rows["C06"]["reason"]) == ("at_risk", "reported_no")
    assert (rows["C01"]["reason"], rows["C09"]["basis"]) == ("not_reporter", "dossiers")
    assert rows["C09"]["denominator"] < 15_055


def test_the_quarters_are_those_of_their_own_studies(sample, study: cchc.Study) -> None:
    series = study.scorecard_series(PLAN)
    first = cchc.open_study(data=sample.warehouse, period="2023-Q1").scorecard(PLAN)
    own = {row["commitment"]: row for row in records(first)}
    found = {row["commitment"]: row for row in records(series[series["period"] == "2023-Q1"])}
    # Resolved in a quarter is the same whenever it is looked at.
    for name in ("C09", "C10", "C16", "C28", "C30"):
        assert (found[name]["numerator"], found[name]["denominator"]) == counts(own, name)
    assert sorted(set(series["period"])) == ["2022-Q4", "2023-Q1", "2023-Q2"]
