"""Reports that the plan asks offices for, in part II of the report, and who has not handed them in, in part III."""

import pandas as pd

from cchc_analysis import measures
from cchc_analysis.documents.blocks import Block, Paragraph
from cchc_analysis.documents.facts import Facts
from cchc_analysis.errors import PeriodError
from cchc_analysis.frames import records
from cchc_analysis.periods import parse_period
from cchc_analysis.wording import document_body as say
from cchc_analysis.wording import in_sentence

DUE = ("on_time", "late", "missing")
"""States of a report whose day has come, or that has been handed in."""


def duty_lines(facts: Facts) -> list[Block]:
    """Return a sentence for each report of offices that fell due in the period: on time, late, missing."""
    period = facts.study.period
    states = due_reports(facts)
    own = states[[period.start <= day <= period.end for day in states["last_day"]]]
    return [Paragraph(text, "item") for text in _told(facts, own)]


def missing_lines(facts: Facts) -> list[str]:
    """Return a sentence for each report that is still missing at the end of the data, the oldest first."""
    states = due_reports(facts)
    return _told(facts, states[states["state"] == "missing"].sort_values("last_day", kind="stable"), missing_only=True)


def due_reports(facts: Facts) -> pd.DataFrame:
    """Return the reports whose day has come (see Study.duties); none where no list of reports has been taken in."""
    if not facts.study.has_register("submissions"):
        return pd.DataFrame(columns=list(measures.DUTY_COLUMNS))
    states = facts.study.duties(facts.plan)
    return states[states["state"].isin(DUE) & states["last_day"].notna()].reset_index(drop=True)


def _told(facts: Facts, states: pd.DataFrame, *, missing_only: bool = False) -> list[str]:
    titles = {duty.id: duty.title.text(facts.language) for duty in facts.plan.duties}
    told = []
    for row in records(measures.duty_summary(states)) if len(states) else []:
        own = states[(states["duty"] == row["duty"]) & (states["period"] == row["period"])]
        names = {
            state: [facts.study.unit_name(unit) for unit in own.loc[own["state"] == state, "unit"]] for state in DUE
        }
        title = f"{titles.get(row['duty'], row['duty'])} ({_period(facts, row['period'])})"
        last = own["last_day"].iloc[0]
        if missing_only:
            told.append(say.duty_missing(title, names["missing"], last, facts.language))
        else:
            told.append(say.duty(title, row, names, last, facts.study.is_whole, facts.language))
    return told


def _period(facts: Facts, label: str) -> str:
    try:
        return in_sentence(parse_period(label).title(facts.language), facts.language)
    except PeriodError:
        return label
