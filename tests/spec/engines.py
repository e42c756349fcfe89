"""Text tables as dossiers on every engine, and a slow, obvious reference engine in plain Python."""

from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from cchc_analysis.counting import Clock
from cchc_analysis.schema import NOT_COUNTED, PAUSED
from cchc_analysis.warehouse import dossiers_schema

DEFAULTS = {"receiving_unit": "u", "status": "derived"}


def _cell(name: str, text: str) -> Any:
    text = text.strip()
    if text == "":
        return None
    kind = dossiers_schema().field(name).type
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(text)
    if pa.types.is_floating(kind):
        return float(text)
    if pa.types.is_integer(kind):
        return int(text)
    if pa.types.is_boolean(kind):
        return text == "true"
    return text


def table_rows(text: str) -> list[dict[str, Any]]:
    """Read `a | b` lines into rows of the canonical table; columns that are not given are missing."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    header = ["dossier_id" if name.strip() == "id" else name.strip() for name in lines[0].split("|")]
    rows = []
    for line in lines[1:]:
        row = dict.fromkeys(dossiers_schema().names)
        row |= {name: _cell(name, text) for name, text in zip(header, line.split("|"), strict=True)}
        row["receiving_unit"] = row["receiving_unit"] or "u"
        done = row["returned_at"] or row["finished_at"]
        row["status"] = row["status"] or ("returned" if done else "processing")
        end = row["finished_at"] or row["returned_at"]
        if row["received_at"] and end:
            row["elapsed_seconds"] = int((end - row["received_at"]).total_seconds())
        rows.append(row)
    return rows


def on_engine(rows: list[dict[str, Any]], engine: str) -> Any:
    """Put rows on an engine with the types of the warehouse."""
    table = pa.Table.from_pylist(rows, schema=dossiers_schema())
    if engine == "duckdb":
        return duckdb.connect().from_arrow(table)
    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return table.to_pandas(types_mapper=types.get)


ENGINES = ("duckdb", "pandas")


class SlowReference:
    """Answers for one dossier at a time, day by day, from the definitions in words."""

    def __init__(self, clock: Clock, basis: str, grain: str) -> None:
        self.clock, self.basis, self.grain = clock, basis, grain

    def month(self, day: date) -> int:
        if self.clock.window == "accounting" and day.day >= 15:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        return day.year * 12 + day.month - 1

    def is_counted(self, row: dict[str, Any]) -> bool:
        received = row["received_at"]
        return row["status"] not in NOT_COUNTED and received is not None and received <= self.clock.as_of_end

    def closed_at(self, row: dict[str, Any]) -> datetime | None:
        finished, returned = row["finished_at"], row["returned_at"]
        closed = finished or returned
        if self.basis == "returned":
            closed = (returned or finished) if row["status"] == "withdrawn" else returned
        return closed if closed is not None and closed <= self.clock.as_of_end else None

    def _timed(self, *stamps: datetime) -> bool:
        return self.grain == "minute" and all(stamp.time() != datetime.min.time() for stamp in stamps)

    def outcome(self, row: dict[str, Any]) -> str:
        closed, due = self.closed_at(row), row["due_at"]
        if closed is None:
            return "paused" if row["status"] in PAUSED else "open"
        if row["status"] == "withdrawn":
            return "withdrawn"
        if due is None:
            return "without_due"
        a, b = closed.date(), due.date()
        if self._timed(closed, due):
            a, b = closed.replace(second=0, microsecond=0), due.replace(second=0, microsecond=0)
        return "early" if a < b else "on_time" if a == b else "late"

    def overdue_month(self, row: dict[str, Any]) -> int:
        due = row["due_at"]
        if due is None:
            return 0
        if self._timed(due):
            return self.month(due.date()) if due < self.clock.as_of_end else 0
        return self.month(due.date() + timedelta(days=1)) if due.date() < self.clock.as_of.date() else 0

    def flow_key(self, row: dict[str, Any]) -> tuple[Any, ...]:
        closed, due = self.closed_at(row), row["due_at"]
        return (
            row["resolving_unit"] or row["receiving_unit"],
            row["channel"] or "",
            self.month(row["received_at"].date()),
            0 if closed is None else self.month(closed.date()),
            0 if due is None or due.date() > self.clock.as_of.date() else self.month(due.date()),
            self.overdue_month(row),
            self.outcome(row),
        )

    def working_days(self, row: dict[str, Any]) -> int:
        closed = self.closed_at(row)
        day, end, n = row["received_at"].date(), (closed or self.clock.as_of).date(), 0
        while day < end:
            day += timedelta(days=1)
            n += bool(self.clock.calendar.is_working_day(day))
        return max(0, n - int(row["paused_days"] or 0))
