"""What a study says of the reports of offices on a plan: evidence, reports handed in, scores, values of indices."""

from abc import ABC
from datetime import date, datetime
from typing import Any

import pandas as pd

from cchc_analysis import measures
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.plan import Commitment, Evidence, Plan
from cchc_analysis.reporters import period_label, periods_asked, report_period, reporting_units
from cchc_analysis.schema import KINDS
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import Warehouse

WHOLE_NUMBERS = ("numerator", "denominator", "n_counted", "year", "rank", "n_ranked")
"""Columns of these registers that hold counts."""


class PlanRegisters(ABC):
    """The part of a study that asks what offices reported on a plan.

    Every method returns a table with its columns and no row where nothing has been taken in. A study of one unit sees
    the reports of that unit only, and nobody sees a report dated after `as_of`.
    """

    warehouse: Warehouse
    unit: str
    as_of: datetime
    registry: UnitRegistry
    _tables: dict[Any, pd.DataFrame]

    def evidence(self) -> pd.DataFrame:
        """Return the evidence reported by hand: the columns of schema.EVIDENCE_COLUMNS, counts as whole numbers.

        One row per plan, commitment, period and unit. A row of a unit that the plan does not ask is among them.
        """
        return self._reported("evidence", "reported_at")

    def submissions(self) -> pd.DataFrame:
        """Return the reports handed in: the columns of schema.SUBMISSION_COLUMNS."""
        return self._reported("submissions", "submitted_at")

    def self_scores(self) -> pd.DataFrame:
        """Return the points that offices gave themselves: the columns of schema.SELF_SCORE_COLUMNS."""
        return self._reported("self_scores")

    def index_values(self) -> pd.DataFrame:
        """Return the published values of indices, whatever the unit: the columns of schema.INDEX_VALUE_COLUMNS."""
        return self._reported("index_values")

    def _reported(self, kind: str, moment: str = "") -> pd.DataFrame:
        key = ("reported", kind)
        if key not in self._tables:
            self._tables[key] = self._read(kind, moment)
        return self._tables[key].copy()

    def _read(self, kind: str, moment: str) -> pd.DataFrame:
        names = [column.name for column in KINDS[kind].columns]
        register = self.warehouse.register(kind)
        if register is None:
            empty = pd.DataFrame({column.name: pd.Series(dtype="object") for column in KINDS[kind].columns})
            return _typed(empty, kind)
        rows = _typed(register.rows("pandas").collect().to_pandas()[names], kind)
        if moment:
            known = rows[moment].isna() | (rows[moment].dt.date <= self.as_of.date())
            rows = rows[known]
        if self.unit != "all" and "unit" in names:
            rows = rows[rows["unit"] == self.unit]
        return rows.reset_index(drop=True)

    def duties(self, plan: Plan) -> pd.DataFrame:
        """Return every report that a duty of the plan asks for, and what has become of it by `as_of`.

        Columns of measures.DUTY_COLUMNS (see measures.duty_states), in the order of the plan, its dates and the
        official order of units; of a study of one unit the reports of that unit.
        """
        rows = [
            (duty.id, period_label(dated.period), unit, dated.before)
            for duty in plan.duties
            for dated in duty.dates
            for unit in self._offices(duty.reporters, dated.before or _end_of(dated.period, plan))
        ]
        wanted = pd.DataFrame(rows, columns=["duty", "period", "unit", "before"])
        sent = self.submissions()
        known = None if self.warehouse.register("submissions") is None else sent[sent["plan"] == plan.name]
        return measures.duty_states(wanted, known, self.as_of.date())

    def evidence_state(self, plan: Plan) -> pd.DataFrame:
        """Return for each commitment, period and office whether its evidence is reported, missing or not due yet.

        Columns of measures.EVIDENCE_STATE_COLUMNS (see measures.evidence_states); a report is due before the day that
        the plan sets for reports of the period (ReportPeriod.submit_before).
        """
        rows = [
            (entry.id, period.label, unit, _due_before(period), period.months)
            for entry, asked in _asking(plan)
            for period in periods_asked(asked.frequency, plan.year)
            for unit in self._offices(asked.reporters, period.end)
        ]
        wanted = pd.DataFrame(rows, columns=["commitment", "period", "unit", "before", "months"])
        told = self.evidence()
        told = told[told["plan"] == plan.name]
        periods = [report_period(label) for label in told["period"]]
        months = pd.Series([() if period is None else period.months for period in periods], index=told.index)
        told = told.assign(months=months)[[period is not None for period in periods]]
        known = None if self.warehouse.register("evidence") is None else told
        return measures.evidence_states(wanted, known, self.as_of.date())

    def _offices(self, reporters: tuple[str, ...], on: date) -> tuple[str, ...]:
        named = reporting_units(reporters, self.registry, on)
        return named if self.unit == "all" else tuple(unit for unit in named if unit == self.unit)


def _asking(plan: Plan) -> list[tuple[Commitment, Evidence]]:
    return [(entry, entry.evidence) for entry in plan.commitments if entry.evidence is not None]


def _due_before(period: ReportPeriod) -> date:
    return period.submit_before or period.end


def _end_of(label: str, plan: Plan) -> date:
    period = report_period(label)
    return date(plan.year, 12, 31) if period is None else period.end


def _typed(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the rows with counts as whole numbers, moments as moments, and None for a text that is missing."""
    typed = rows.copy()
    for column in KINDS[kind].columns:
        values = typed[column.name]
        if column.name in WHOLE_NUMBERS:
            typed[column.name] = values.astype("Float64").astype("Int64")
        elif column.kind == "number":
            typed[column.name] = values.astype("Float64")
        elif column.kind == "timestamp":
            typed[column.name] = values.astype("datetime64[us]")
        else:
            typed[column.name] = values.astype("object").where(values.notna(), None)
    return typed
