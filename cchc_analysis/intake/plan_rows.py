"""What rows that report on a plan say: plan, commitment or duty and period as the plan writes them, and what is odd."""

from datetime import date
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.rows import Rows
from cchc_analysis.intake.tables import Note
from cchc_analysis.plan import Duty, Evidence, Plan, load_plan, plan_names
from cchc_analysis.reporters import is_part_of_asked, period_label, report_period, reporting_units
from cchc_analysis.text import fold
from cchc_analysis.units import UnitRegistry

COUNTS: Final = ("numerator", "denominator", "n_counted")
_YEARS: Final = (1990, 2100)


@cache
def known_plans() -> dict[str, Plan]:
    """Return the plans of data/reference/plans by their names."""
    return {name: load_plan(name) for name in plan_names()}


def derive_evidence(rows: Rows, moments: object) -> None:
    """Write plan, commitment and period as the plan does; units are resolved by the end of the period."""
    _canonical_plan(rows)
    _upper(rows, "commitment")
    _canonical_periods(rows, {})


def derive_submissions(rows: Rows, moments: object) -> None:
    """Write plan, duty and period as the plan does; units are resolved by the end of the period."""
    _canonical_plan(rows)
    _upper(rows, "duty")
    others = {fold(entry.period): entry.period for plan in known_plans().values() for entry in _dates(plan)}
    _canonical_periods(rows, {key: text for key, text in others.items() if report_period(text) is None})


def derive_self_scores(rows: Rows, moments: object) -> None:
    """Write the name of the index in one way; units are resolved by the end of the year."""
    _slug(rows, "index")
    _check_year(rows)
    ends = [date(int(year), 12, 31) if not np.isnan(year) else None for year in rows.columns["year"]]
    rows.columns["units_on"] = np.array(ends, dtype="datetime64[us]")


def derive_index_values(rows: Rows, moments: object) -> None:
    """Write the name of the index in one way; a year is whole."""
    _slug(rows, "index")
    _check_year(rows)


def complete_evidence(rows: Rows) -> list[Note]:
    """Mark what only the plan can tell of a report: unknown, not asked for, incomplete, contradicting itself."""
    plans, commitments = rows.columns["plan"], rows.columns["commitment"]
    n = len(rows)
    marks = {name: np.zeros(n, dtype=bool) for name in _EVIDENCE_MARKS}
    registry = UnitRegistry.load()
    for at in range(n):
        plan = known_plans().get(plans[at])
        entry = plan.commitment(commitments[at]) if plan is not None and commitments[at] is not None else None
        marks["plan_unknown"][at] = plan is None and plans[at] is not None
        if plan is None:
            continue
        marks["period_of_another_year"][at] = _is_of_another_year(rows, plan, at)
        marks["commitment_unknown"][at] = entry is None and commitments[at] is not None
        marks["evidence_not_asked"][at] = entry is not None and entry.evidence is None
        if entry is not None and entry.evidence is not None:
            for name in _objections(rows, entry.evidence, at):
                marks[name][at] = True
            marks["unit_not_asked"][at] = _is_not_asked(rows, entry.evidence.reporters, registry, at)
            period = report_period(rows.columns["period"][at])
            frequency = entry.evidence.frequency
            marks["period_too_long"][at] = period is not None and not is_part_of_asked(period, frequency, plan.year)
    rows.marks.update(marks)
    return []


_EVIDENCE_MARKS: Final = (
    *("plan_unknown", "commitment_unknown", "evidence_not_asked", "period_of_another_year", "unit_not_asked"),
    *("share_incomplete", "denominator_zero", "answer_missing", "count_missing", "answer_contradicts"),
    "period_too_long",
)


def complete_submissions(rows: Rows) -> list[Note]:
    """Mark what only the plan can tell of a report handed in: unknown duty or period, a unit that need not report."""
    plans, duties, periods = (rows.columns[name] for name in ("plan", "duty", "period"))
    names = ("plan_unknown", "duty_unknown", "period_not_of_duty", "unit_not_asked")
    marks = {name: np.zeros(len(rows), dtype=bool) for name in names}
    registry = UnitRegistry.load()
    for at in range(len(rows)):
        plan = known_plans().get(plans[at])
        entry = _duty(plan, duties[at])
        marks["plan_unknown"][at] = plan is None and plans[at] is not None
        if plan is None:
            continue
        marks["duty_unknown"][at] = entry is None and duties[at] is not None
        if entry is not None:
            known = {period_label(dated.period) for dated in entry.dates}
            marks["period_not_of_duty"][at] = periods[at] is not None and periods[at] not in known
            marks["unit_not_asked"][at] = _is_not_asked(rows, entry.reporters, registry, at)
    rows.marks.update(marks)
    return []


def _dates(plan: Plan) -> "list[Any]":
    return [dated for duty in plan.duties for dated in duty.dates]


def _duty(plan: Plan | None, duty_id: str | None) -> Duty | None:
    return next((duty for duty in plan.duties if duty.id == duty_id), None) if plan is not None else None


def _canonical_plan(rows: Rows) -> None:
    known = {fold(name): name for name in known_plans()} | {fold(plan.title.vi): n for n, plan in known_plans().items()}
    texts = rows.columns["plan"]
    rows.columns["plan"] = np.array([None if t is None else known.get(fold(t), t) for t in texts], dtype=object)


def _upper(rows: Rows, column: str) -> None:
    codes = rows.columns[column]
    rows.columns[column] = np.array([None if c is None else c.replace(" ", "").upper() for c in codes], dtype=object)


def _slug(rows: Rows, column: str) -> None:
    codes = rows.columns[column]
    rows.columns[column] = np.array([None if c is None else fold(c).replace(" ", "-") for c in codes], dtype=object)


def _canonical_periods(rows: Rows, others: dict[str, str]) -> None:
    """Write each period as its label; one that cannot be read is unreadable unless it is one of `others` (folded)."""
    texts = rows.columns["period"]
    periods = [report_period(text) for text in texts]
    labels = [
        period.label if period is not None else None if text is None else others.get(fold(text))
        for period, text in zip(periods, texts, strict=True)
    ]
    odd = np.array([label is None and text is not None for label, text in zip(labels, texts, strict=True)], dtype=bool)
    rows.columns["period"] = np.array(labels, dtype=object)
    rows.unreadable["period"] |= odd
    ends = [None if period is None else period.end for period in periods]
    rows.columns["units_on"] = np.array(ends, dtype="datetime64[us]")


def _check_year(rows: Rows) -> None:
    years = rows.columns["year"]
    with np.errstate(invalid="ignore"):
        odd = ~np.isnan(years) & ((years != np.floor(years)) | (years < _YEARS[0]) | (years > _YEARS[1]))
    years[odd] = np.nan
    rows.unreadable["year"] |= odd


def _is_of_another_year(rows: Rows, plan: Plan, at: int) -> bool:
    period = report_period(rows.columns["period"][at])
    return period is not None and period.year != plan.year


def _is_not_asked(rows: Rows, reporters: tuple[str, ...], registry: UnitRegistry, at: int) -> bool:
    day = rows.columns["units_on"][at]
    unit = rows.columns["unit"][at]
    if unit is None or np.isnat(day):
        return False
    return unit not in reporting_units(reporters, registry, day.astype("datetime64[D]").item())


def _objections(rows: Rows, asked: Evidence, at: int) -> list[str]:
    """Return what is wrong with a row for what the commitment asks; what cannot be read is told by other rules."""
    value = {name: rows.columns[name][at] for name in (*COUNTS, "answer", "happened_at")}
    given = {name: not bool(missing(np.array([cell]))[0]) or _unread(rows, name, at) for name, cell in value.items()}
    found = []
    if asked.kind == "share":
        found += [] if given["numerator"] and given["denominator"] else ["share_incomplete"]
        found += ["denominator_zero"] if value["denominator"] == 0 else []
    elif asked.kind == "yes_no":
        found += [] if given["answer"] else ["answer_missing"]
    else:
        found += [] if given["n_counted"] else ["count_missing"]
    return [*found, *(["answer_contradicts"] if _contradicts(asked, value, given) else [])]


def _unread(rows: Rows, column: str, at: int) -> bool:
    return bool(rows.unreadable[column][at])


def _contradicts(asked: Evidence, value: dict[str, Any], given: dict[str, bool]) -> bool:
    """Return whether the answer says something else than the counts, or than the day on which it was done."""
    if not given["answer"]:
        return False
    done = value["answer"] == "yes"
    if asked.kind == "yes_no":
        return given["happened_at"] and not done
    if asked.kind == "count":
        return bool(value["n_counted"] == 0 if done else value["answer"] == "no" and value["n_counted"] > 0)
    return bool((value["numerator"] == value["denominator"]) != done and value["answer"] != "in_progress")


def not_whole(column: str) -> "Any":
    """Return the rule that a count has a fraction."""

    def holds(rows: Rows, calendar: object) -> BoolArray:
        counts: npt.NDArray[np.float64] = rows.columns[column]
        with np.errstate(invalid="ignore"):
            return np.asarray(~np.isnan(counts) & (counts != np.floor(counts)))

    return holds


def is_above(column: str, other: str) -> "Any":
    """Return the rule that a number is larger than another, both given."""

    def holds(rows: Rows, calendar: object) -> BoolArray:
        with np.errstate(invalid="ignore"):
            return np.asarray(rows.columns[column] > rows.columns[other])

    return holds


def has_nothing(*columns: str) -> "Any":
    """Return the rule that none of the columns has a value or something unreadable."""

    def holds(rows: Rows, calendar: object) -> BoolArray:
        nothing = np.ones(len(rows), dtype=bool)
        for name in columns:
            nothing &= missing(rows.columns[name]) & ~rows.unreadable[name]
        return nothing

    return holds
