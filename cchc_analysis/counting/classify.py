"""Classify every dossier once, in operations that mean the same on every engine.

Only filter, left join on the calendar, integer arithmetic and comparison are asked of the engine; no quantile, no
weekday, no median (their meaning differs between engines, see docs/adr/0002-engines-only-count.md).
"""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from cchc_analysis.counting.clock import NEVER, Clock
from cchc_analysis.counting.rule import Basis, OnTimeRule
from cchc_analysis.errors import CountingError, ParameterError
from cchc_analysis.schema import NOT_COUNTED, PAUSED, SOURCE_COLUMNS

Frame = nw.LazyFrame[Any]

DIMENSIONS = ("unit", "field", "procedure", "channel", "service_level")
"""What a count may be grouped by."""


NOT_HELD = ("dossier_id", "dossier_id_other", *SOURCE_COLUMNS, "received_month_after", "closed_month_after")
"""Columns that no count looks at."""


@dataclass(frozen=True)
class DatedDossiers:
    """Dossiers whose dates have been looked up once under a clock and a basis: every count can start from them.

    `frame`: what `with_dates` returns, held by the engine in memory.
    """

    frame: Frame
    clock: Clock
    basis: Basis


def beside(frame: Frame, days: pd.DataFrame) -> Frame:
    """Put the calendar on the engine of `frame`, so that the two can be joined."""
    native: Any = nw.to_native(frame)
    if isinstance(native, pd.DataFrame):
        calendar: Frame = nw.from_native(days).lazy()
    elif hasattr(native, "sparkSession"):
        calendar = nw.from_native(native.sparkSession.createDataFrame(days))
    else:
        # A DuckDB relation can only be joined with one of its own connection: query() stays inside it.
        calendar = nw.from_native(native.query("cchc_calendar", "SELECT * FROM days"))
    return calendar


def join_days(frame: Frame, clock: Clock, moment: str, prefix: str, source: Frame | None = None) -> Frame:
    """Join the calendar to the day of a moment: columns `{prefix}_day`, `{prefix}_working`, … (see Clock.days).

    `source`: the table `frame` was made from; naming it spares the engine from planning the whole frame once more.
    """
    frame = frame.with_columns(nw.col(moment).dt.truncate("1d").alias(f"{prefix}_day"))
    calendar = beside(frame if source is None else source, clock.days(prefix))
    return frame.join(calendar, on=f"{prefix}_day", how="left")


def first_that_holds(*cases: tuple[nw.Expr, str], otherwise: str) -> nw.Expr:
    """Return the word of the first condition that holds; a condition that is null does not hold."""
    word = nw.lit(otherwise)
    for condition, name in reversed(cases):
        word = nw.when(condition).then(nw.lit(name)).otherwise(word)
    return word


def one_if(condition: nw.Expr) -> nw.Expr:
    """Return 1 where a condition holds, else 0; a condition that is null does not hold."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)


def _closed_at(basis: Basis) -> nw.Expr:
    finished, returned = nw.col("finished_at"), nw.col("returned_at")
    if basis == "finished":
        return nw.coalesce(finished, returned)
    # A withdrawn dossier has nothing to hand over: its end is the end of processing.
    return nw.when(nw.col("status") == "withdrawn").then(nw.coalesce(returned, finished)).otherwise(returned)


def received_by(dossiers: Frame | DatedDossiers, clock: Clock) -> Frame:
    """Keep the dossiers that count and were received by `as_of`, with their grouping dimensions named.

    Adds `unit` (the resolving unit, or the receiving one where none is given), `procedure` (its code, or its name where
    it has none) and replaces missing `field`, `channel`, `service_level` by the empty string.
    """
    if isinstance(dossiers, DatedDossiers):
        return _checked(dossiers, clock, dossiers.basis)
    known = dossiers.filter(
        ~nw.col("status").is_in(NOT_COUNTED),
        ~nw.col("received_at").is_null(),
        nw.col("received_at") <= clock.as_of_end,
    )
    return known.with_columns(
        nw.coalesce(nw.col("resolving_unit"), nw.col("receiving_unit")).alias("unit"),
        nw.coalesce(nw.col("procedure_code"), nw.col("procedure_name"), nw.lit("")).alias("procedure"),
        *(nw.coalesce(nw.col(name), nw.lit("")).alias(name) for name in ("field", "channel", "service_level")),
    )


def _late(rule: OnTimeRule) -> tuple[nw.Expr, nw.Expr]:
    """Return (closed before due, closed after due) at the grain of the rule; both null where either is missing."""
    before = nw.col("closed_day") < nw.col("due_day")
    after = nw.col("closed_day") > nw.col("due_day")
    if rule.grain == "date":
        return before, after
    # Midnight means "only the date is known": comparing it by the minute would invent lateness.
    timed = (nw.col("closed_at") != nw.col("closed_day")) & (nw.col("due_at") != nw.col("due_day"))
    closed, due = nw.col("closed_at").dt.truncate("1m"), nw.col("due_at").dt.truncate("1m")
    return (
        nw.when(timed).then(closed < due).otherwise(before),
        nw.when(timed).then(closed > due).otherwise(after),
    )


def _overdue_month(clock: Clock, rule: OnTimeRule) -> nw.Expr:
    """First month at whose end the dossier, if still open, is overdue; NEVER where that lies after `as_of`."""
    by_date = nw.when(nw.col("due_day") < clock.as_of_day).then(nw.col("due_month_after")).otherwise(nw.lit(NEVER))
    if rule.grain == "date":
        return by_date
    timed = nw.col("due_at") != nw.col("due_day")
    by_minute = nw.when(nw.col("due_at") < clock.as_of_end).then(nw.col("due_month")).otherwise(nw.lit(NEVER))
    return nw.when(timed).then(by_minute).otherwise(by_date)


def with_closing(dossiers: Frame, clock: Clock, basis: Basis) -> Frame:
    """Return one row per counted dossier with its `closed_at`, null where it was not closed by `as_of`."""
    frame = received_by(dossiers, clock)
    frame = frame.with_columns(_closed_at(basis).alias("closed_at"))
    known = nw.col("closed_at") <= clock.as_of_end
    return frame.with_columns(nw.when(known).then(nw.col("closed_at")).alias("closed_at"))


def with_dates(dossiers: Frame, clock: Clock, basis: Basis) -> Frame:
    """Return one row per counted dossier with its `closed_at` and the calendar columns of receipt, closing and due.

    Closings after `as_of` have not happened: their `closed_at` is null.
    """
    frame = with_closing(dossiers, clock, basis)
    for moment, prefix in (("received_at", "received"), ("closed_at", "closed"), ("due_at", "due")):
        frame = join_days(frame, clock, moment, prefix, dossiers)
    return frame


def date_dossiers(dossiers: Frame, clock: Clock, basis: Basis = "finished") -> DatedDossiers:
    """Look up the dates of all dossiers once and hold the result in memory, for counts that ask in turn.

    A count of the result equals the count of `dossiers` under the same clock and a rule of the same basis.
    """
    frame = with_dates(dossiers, clock, basis)
    kept = [name for name in frame.collect_schema().names() if name not in NOT_HELD]
    return DatedDossiers(hold(frame.select(*kept)), clock, basis)


def hold(frame: Frame) -> Frame:
    """Let the engine compute a frame now and keep its rows, instead of computing it anew for every count."""
    native: Any = nw.to_native(frame)
    if isinstance(native, pd.DataFrame):
        return frame
    if hasattr(native, "sparkSession"):
        cached: Frame = nw.from_native(native.cache())
        return cached
    rows = frame.collect(backend="pyarrow").to_native()
    # Names of units and fields repeat: a dictionary takes a fraction of the memory and reads as text all the same.
    columns = [column.dictionary_encode() if pa.types.is_string(column.type) else column for column in rows.columns]
    held = pa.table(columns, names=rows.column_names)  # noqa: F841 (DuckDB reads it by its name)
    kept: Frame = nw.from_native(native.query("cchc_dossiers", "SELECT * FROM held"))
    return kept


def _checked(dated: DatedDossiers, clock: Clock, basis: Basis) -> Frame:
    if (dated.clock, dated.basis) != (clock, basis):
        raise CountingError(
            f"The dossiers were dated for {dated.clock.as_of} and {dated.basis}, not {clock.as_of} and {basis}.",
            f"Hồ sơ đã được xác định mốc thời gian theo {dated.clock.as_of} và {dated.basis}, "
            f"không phải {clock.as_of} và {basis}.",
        )
    return dated.frame


def classify(dossiers: Frame | DatedDossiers, clock: Clock, rule: OnTimeRule) -> Frame:
    """Return one row per counted dossier with its months and its outcome under the basis and grain of `rule`.

    Adds `received_month`, `closed_month`, `due_month`, `overdue_month` (int; NEVER = not by `as_of`), `outcome`
    ("early", "on_time", "late", "without_due", "withdrawn", "open", "paused"), and the joined calendar columns of
    receipt, closing and due (`*_working`, `*_ordinal`). Closings after `as_of` have not happened. A dossier that is
    paused in the data is taken as paused while it is open. Raises CountingError for dossiers dated by another clock or
    basis.
    """
    if isinstance(dossiers, DatedDossiers):
        frame = _checked(dossiers, clock, rule.basis)
    else:
        frame = with_dates(dossiers, clock, rule.basis)
    before, after = _late(rule)
    is_open = nw.col("closed_at").is_null()
    outcome = first_that_holds(
        (is_open & nw.col("status").is_in(PAUSED), "paused"),
        (is_open, "open"),
        (nw.col("status") == "withdrawn", "withdrawn"),
        (nw.col("due_at").is_null(), "without_due"),
        (after, "late"),
        (before, "early"),
        otherwise="on_time",
    )
    due_month = nw.when(nw.col("due_day") <= clock.as_of_day).then(nw.col("due_month"))
    months = {
        "received_month": nw.col("received_month"),
        "closed_month": nw.col("closed_month"),
        "overdue_month": _overdue_month(clock, rule),
    }
    frame = frame.with_columns(
        outcome.alias("outcome"), *(month_number(expression, name) for name, expression in months.items())
    )
    return frame.with_columns(month_number(due_month, "due_month"))


def month_number(expression: nw.Expr, name: str) -> nw.Expr:
    """Return a month as an integer under a name, NEVER where there is none."""
    # Left joins turn integers into floats on pandas; group keys must be integers on every engine.
    return nw.coalesce(expression, nw.lit(NEVER)).cast(nw.Int64).alias(name)


def check_dimensions(by: tuple[str, ...]) -> None:
    """Raise ParameterError for a dimension that no count has."""
    for name in by:
        if name not in DIMENSIONS:
            raise ParameterError(
                f"Cannot group by {name!r}; known: {', '.join((*DIMENSIONS, 'month'))}.",
                f"Không thể phân tổ theo {name!r}; có thể dùng: {', '.join((*DIMENSIONS, 'month'))}.",
            )
