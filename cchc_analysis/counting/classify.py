"""Classify every dossier once, in operations that mean the same on every engine.

Only filter, left join on the calendar, integer arithmetic and comparison are asked of the engine; no quantile, no
weekday, no median (their meaning differs between engines, see docs/adr/0002-engines-only-count.md).
"""

from typing import Any

import narwhals as nw

from cchc_analysis.counting.clock import NEVER, Clock
from cchc_analysis.counting.engines import Frame, beside
from cchc_analysis.counting.looks import OUTCOMES, DatedDossiers, Days, Look, as_frame, code_of, days_beside
from cchc_analysis.counting.rule import Basis, Grain, OnTimeRule
from cchc_analysis.errors import ParameterError
from cchc_analysis.schema import NOT_COUNTED, PAUSED

DIMENSIONS = ("unit", "field", "procedure", "channel", "service_level")
"""What a count may be grouped by."""


def join_days(frame: Frame, clock: Clock, moment: str, prefix: str, source: Frame | None = None) -> Frame:
    """Join the calendar to the day of a moment: columns `{prefix}_day`, `{prefix}_working`, … (see Clock.days).

    `source`: the table `frame` was made from; naming it spares the engine from planning the whole frame once more.
    """
    return join_calendar(frame, moment, prefix, beside(frame if source is None else source, clock.days(prefix)))


def join_calendar(frame: Frame, moment: str, prefix: str, calendar: Frame) -> Frame:
    """Join a calendar that lies on the engine (see join_days)."""
    frame = frame.with_columns(nw.col(moment).dt.truncate("1d").alias(f"{prefix}_day"))
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


def received_by(dossiers: Frame, clock: Clock) -> Frame:
    """Keep the dossiers that count and were received by `as_of`, with their grouping dimensions named.

    Adds `unit` (the resolving unit, or the receiving one where none is given), `procedure` (its code, or its name where
    it has none) and replaces missing `field`, `channel`, `service_level` by the empty string.
    """
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


def with_closing(dossiers: Frame, clock: Clock, basis: Basis) -> Frame:
    """Return one row per counted dossier with its `closed_at`, null where it was not closed by `as_of`."""
    frame = received_by(dossiers, clock)
    closed = _closed_at(basis)
    return frame.with_columns(nw.when(closed <= clock.as_of_end).then(closed).alias("closed_at"))


def with_dates(dossiers: Frame, clock: Clock, basis: Basis, days: Days) -> Frame:
    """Return one row per counted dossier with its `closed_at` and the calendar columns of receipt, closing and due.

    Closings after `as_of` have not happened: their `closed_at` is null.
    """
    frame = with_closing(dossiers, clock, basis)
    for moment, prefix in (("received_at", "received"), ("closed_at", "closed"), ("due_at", "due")):
        frame = join_calendar(frame, moment, prefix, days(prefix))
    return frame


def looked_at(dossiers: Any, clock: Clock, basis: Basis, *looks: Look) -> DatedDossiers:
    """Return the dossiers with the columns of `with_outcomes` and of these looks; held ones have those of all.

    Raises CountingError for dossiers dated by another clock or basis.
    """
    if isinstance(dossiers, DatedDossiers):
        return dossiers.check(clock, basis)
    source = as_frame(dossiers)
    days = days_beside(source, clock)
    return DatedDossiers(with_looks(source, clock, basis, days, *looks), clock, basis, source)


def with_looks(dossiers: Frame, clock: Clock, basis: Basis, days: Days, *looks: Look) -> Frame:
    """Return one row per counted dossier with the columns of `with_dates`, `with_outcomes` and of these looks."""
    frame = with_dates(dossiers, clock, basis, days)
    for look in (with_outcomes, *looks):
        frame = look(frame, clock, days)
    return frame


def _late(grain: Grain) -> tuple[nw.Expr, nw.Expr]:
    """Return (closed before due, closed after due) at a grain; both null where either is missing."""
    before = nw.col("closed_day") < nw.col("due_day")
    after = nw.col("closed_day") > nw.col("due_day")
    if grain == "date":
        return before, after
    # Midnight means "only the date is known": comparing it by the minute would invent lateness.
    timed = (nw.col("closed_at") != nw.col("closed_day")) & (nw.col("due_at") != nw.col("due_day"))
    closed, due = nw.col("closed_at").dt.truncate("1m"), nw.col("due_at").dt.truncate("1m")
    return (
        nw.when(timed).then(closed < due).otherwise(before),
        nw.when(timed).then(closed > due).otherwise(after),
    )


def _overdue_month(clock: Clock, grain: Grain) -> nw.Expr:
    """First month at whose end the dossier, if still open, is overdue; NEVER where that lies after `as_of`."""
    by_date = nw.when(nw.col("due_day") < clock.as_of_day).then(nw.col("due_month_after")).otherwise(nw.lit(NEVER))
    if grain == "date":
        return by_date
    timed = nw.col("due_at") != nw.col("due_day")
    by_minute = nw.when(nw.col("due_at") < clock.as_of_end).then(nw.col("due_month")).otherwise(nw.lit(NEVER))
    return nw.when(timed).then(by_minute).otherwise(by_date)


def _outcome(grain: Grain) -> nw.Expr:
    before, after = _late(grain)
    is_open = nw.col("closed_at").is_null()
    return code_of(
        OUTCOMES,
        (is_open & nw.col("status").is_in(PAUSED), "paused"),
        (is_open, "open"),
        (nw.col("status") == "withdrawn", "withdrawn"),
        (nw.col("due_at").is_null(), "without_due"),
        (after, "late"),
        (before, "early"),
        otherwise="on_time",
    )


def of_grain(rule: OnTimeRule) -> tuple[str, str]:
    """Return the columns that say outcome and first overdue month at the grain of a rule.

    >>> of_grain(OnTimeRule("r", grain="minute"))
    ('outcome_by_minute', 'overdue_month_by_minute')
    """
    tail = "_by_minute" if rule.grain == "minute" else ""
    return f"outcome{tail}", f"overdue_month{tail}"


def with_outcomes(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add the months and the outcome of each dossier, at both grains.

    Adds `received_month`, `closed_month`, `due_month`, `overdue_month`, `overdue_month_by_minute` (int; NEVER = not by
    `as_of`) and `outcome`, `outcome_by_minute` (codes of OUTCOMES). Closings after `as_of` have not happened. A dossier
    that is paused in the data is taken as paused while it is open.
    """
    # Each month is read before it is replaced.
    due = nw.when(nw.col("due_day") <= clock.as_of_day).then(nw.col("due_month"))
    return frame.with_columns(
        _outcome("date").alias("outcome"),
        _outcome("minute").alias("outcome_by_minute"),
        month_number(nw.col("received_month"), "received_month"),
        month_number(nw.col("closed_month"), "closed_month"),
        month_number(_overdue_month(clock, "date"), "overdue_month"),
        month_number(_overdue_month(clock, "minute"), "overdue_month_by_minute"),
        month_number(due, "due_month"),
    )


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
