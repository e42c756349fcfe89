"""What the command `cchc duties` prints and writes."""

from datetime import date
from pathlib import Path

import pandas as pd

from cchc_analysis import wording
from cchc_analysis.duty_calendar import duty_calendar
from cchc_analysis.errors import Language
from cchc_analysis.formats import day
from cchc_analysis.frames import csv_text, records
from cchc_analysis.periods import parse_as_of
from cchc_analysis.plan import Plan, load_plan
from cchc_analysis.reporters import report_period
from cchc_analysis.study import Study, open_study
from cchc_analysis.units import UnitRegistry

PRESSING = ("missing", "late")


def print_duties(plan: str, warehouse: str, unit: str, as_of: str, form: str, language: Language) -> str:
    """Return the states of all reports as a table for people, as CSV or as JSON.

    `form`: "table", "csv" or "json"; `as_of`: ISO date, "" = the end of the data or of the year of the plan, whichever
    comes first. The table lists what is missing or late, and what is due next; the others every report.
    """
    asked = load_plan(plan)
    study = open_study(data=warehouse, period=str(asked.year), unit=unit, as_of=as_of, language=language)
    states = study.duties(asked)
    if form == "table":
        return _for_people(study, asked, states)
    told = states.assign(unit_name=[study.unit_name(name) for name in states["unit"]])
    for name in ("before", "last_day", "submitted_at"):
        told[name] = [None if pd.isna(value) else pd.Timestamp(value).date().isoformat() for value in told[name]]
    if form == "csv":
        return csv_text(told)
    return str(told.to_json(orient="records", force_ascii=False, indent=1))


def _for_people(study: Study, plan: Plan, states: pd.DataFrame) -> str:
    language, say = study.language, wording.duties
    lines = [text for text in say.summary(states, study.as_of, language) if text]
    titles = {duty.id: duty.title.text(language) for duty in plan.duties}
    for state in PRESSING:
        found = states[states["state"] == state].sort_values("last_day", kind="stable")
        if found.empty:
            continue
        lines += ["", f"{say.SHAPES[state]} {say.state_word(state, language)} ({len(found)})"]
        for row in records(found):
            period = report_period(row["period"])
            when = row["period"] if period is None else period.title(language)
            named = (study.unit_name(row["unit"]), f"{row['duty']} {titles[row['duty']]}", when)
            told = (day(row["last_day"], language), say.state_text(state, row["days"], language))
            lines.append("  " + " | ".join((*named, *told)))
    return "\n".join([*lines, *_coming(states, titles, language)])


def _coming(states: pd.DataFrame, titles: dict[str, str], language: Language) -> list[str]:
    """Return a line for each report that is due next, with the number of offices that still have to hand it in."""
    say, coming = wording.duties, states[states["state"] == "due_next"]
    if coming.empty:
        return []
    lines = ["", f"{say.SHAPES['due_next']} {say.state_word('due_next', language)} ({len(coming)})"]
    keys = ["last_day", "duty", "period"]
    for row in records(coming.groupby(keys).agg(n=("unit", "size"), days=("days", "first")).reset_index()):
        period = report_period(row["period"])
        when = row["period"] if period is None else period.title(language)
        offices = say.offices(int(row["n"]), language)
        left = say.state_text("due_next", row["days"], language)
        what = f"{row['duty']} {titles[row['duty']]}"
        lines.append("  " + " | ".join((what, when, day(row["last_day"], language), left, offices)))
    return lines


def write_duty_calendar(plan: str, path: Path, unit: str, as_of: str, language: Language) -> str:
    """Write the days of a plan to a calendar file and return the sentence that says so."""
    asked, registry = load_plan(plan), UnitRegistry.load()
    given = parse_as_of(as_of)
    on = None if given is None else given.date()
    one = unit if unit == "all" else registry.resolve(unit, date(asked.year, 12, 31)) or registry.unit(unit).unit_id
    content = duty_calendar(asked, registry, unit=one, as_of=on, language=language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    n = content.count(b"BEGIN:VEVENT")
    if language == "vi":
        return f"Đã ghi {n} ngày hạn báo cáo vào {path}."
    return f"Wrote {n} days on which reports are due to {path}."
