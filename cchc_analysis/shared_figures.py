"""The figures of a plan, of all units at once: what a unit's page holds against it is looked up, not measured again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.measure_sources import MeasureSource
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.plan import Plan
from cchc_analysis.study_parts import StudyParts
from cchc_analysis.study_together import NOBODY, study_of

if TYPE_CHECKING:
    from cchc_analysis.study import Study

NUMBERS = ("numerator", "denominator", "value", "lower", "upper")
TYPES = {**dict.fromkeys(("unit", "measure", "period"), "str"), **dict.fromkeys(NUMBERS, "float64")}
BY_TIER = ("catalogue",)
"""Methods that tell something of a unit without a row: what holds for its tier."""


def figure_of_unit(
    study: "Study", plan: Plan, source: MeasureSource, starts: bool, row: str
) -> dict[str, float] | None:
    """Return numerator, denominator, value, lower and upper of a share in the period, told with those of all units.

    `starts`: only dossiers received since their unit had the duty to digitise. None where units do not share, where so
    few are asked for that it does not pay, or where the unit must be measured alone.
    """
    parts = study.parts
    if parts is None or not parts.is_for_many or study.is_whole or study.period not in periods_of(study, plan):
        return None
    key = ("figures", plan.name, source.method, source.arguments, starts)
    if key not in study._kept:
        study._kept[key] = _rows_of_unit(study, parts, plan, source, starts)
    told: dict[tuple[str, str], dict[str, float]] = study._kept[key]
    return told.get((row, study.period.label))


def _rows_of_unit(
    study: "Study", parts: StudyParts, plan: Plan, source: MeasureSource, starts: bool
) -> dict[tuple[str, str], dict[str, float]]:
    periods = periods_of(study, plan)
    # The periods are among the key: another period of the same year asks for other months.
    names = ",".join(period.label for period in periods)
    key = f"figures of {plan.name}: {source.method} {source.arguments} {starts} {names}"
    units = [study.unit] if source.method in BY_TIER else [NOBODY, study.unit]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for unit in units:
        rows = parts.piece(key, unit, lambda: _of_all(study, parts, plan, source, starts))
        for row in records(rows):
            found[row["measure"], row["period"]] = {name: row[name] for name in NUMBERS}
    return found


def _of_all(study: "Study", parts: StudyParts, plan: Plan, source: MeasureSource, starts: bool) -> pd.DataFrame:
    """Measure all units, and nobody, in every period."""
    whole, nobody = (study_of(study, parts, unit) for unit in ("all", NOBODY))
    arguments: dict[str, Any] = dict(source.arguments) | ({"starts": plan.starts} if starts else {})
    tables = []
    for period in periods_of(study, plan):
        told = getattr(replace(whole, period=period), source.method)(("unit",), **arguments)
        tables.append(told[["unit", "measure", "period", *NUMBERS]])
        none = getattr(replace(nobody, period=period), source.method)((), **arguments)
        tables.append(none.assign(unit=NOBODY)[["unit", "measure", "period", *NUMBERS]])
    filled = [table for table in tables if len(table)]
    rows = pd.concat(filled, ignore_index=True) if filled else tables[0]
    typed: pd.DataFrame = rows.astype(TYPES)
    return typed


def periods_of(study: "Study", plan: Plan) -> tuple[ReportPeriod, ...]:
    """Return the periods whose figures a page of the plan tells: the study's and the one before, the year up to its
    end, the quarters of the plan's year and of the year before, the months of the year that have ended."""
    asked = study._kept.get("period asked", study.period)
    key = ("periods of the plan", plan.name, asked)
    if key not in study._kept:
        study._kept[key] = tuple(dict.fromkeys(_periods(study, plan, asked)))
    periods: tuple[ReportPeriod, ...] = study._kept[key]
    return periods


def _periods(study: "Study", plan: Plan, asked: ReportPeriod) -> Iterator[ReportPeriod]:
    window, last = asked.window, asked.months[-1]
    first = last // 12 * 12
    yield from (asked, asked.previous())
    so_far = ReportPeriod("range", first, window, last - first + 1)
    yield asked if asked.months == so_far.months else so_far
    quarters = (
        ReportPeriod("quarter", number, window) for number in range((plan.year - 1) * 12, plan.year * 12 + 12, 3)
    )
    yield from (quarter for quarter in quarters if quarter.months[0] <= last)
    months = (ReportPeriod("month", number, window) for number in range(plan.year * 12, plan.year * 12 + 12))
    yield from (month for month in months if month.months[0] <= last and month.end <= study.as_of.date())
