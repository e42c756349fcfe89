"""Count tables of digitisation, online submission and payment: flags as −1 (not stated), 0 (no), 1 (yes)."""

from datetime import datetime
from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import check_dimensions, join_calendar, looked_at, one_if
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame
from cchc_analysis.counting.looks import (
    HOUR_UNKNOWN,
    HOURS_SENT,
    OFFICE_HOURS,
    OTHER_HOURS,
    DatedDossiers,
    Days,
    Span,
    code_of,
    counted,
    is_word,
    told,
)
from cchc_analysis.counting.moments import second_of_day
from cchc_analysis.counting.rule import OFFICIAL_FORM

__all__ = ["HOUR_UNKNOWN", "OFFICE_HOURS", "OTHER_HOURS"]

UNKNOWN, NO, YES = -1, 0, 1
"""What a flag of a count says."""

DIGITISATION_FLAGS = (
    "documents_digitised",
    "documents_reused",
    "reused_from_store",
    "reused_from_results",
    "result_digitised",
    "result_electronic",
)
"""Columns of dossiers that say what of them is digital."""


def flag(name: str) -> nw.Expr:
    """Return a yes/no column as 1 or 0, UNKNOWN where it is not stated."""
    return nw.coalesce(nw.col(name).cast(nw.Int64), nw.lit(UNKNOWN)).alias(name)


def with_flags(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Turn yes and no into 1 and 0, UNKNOWN where nothing is stated, and add `fee` (whether one was due)."""
    due = (nw.col("fee_due") > 0).cast(nw.Int64)
    fee = nw.when(nw.col("fee_due").is_null()).then(nw.lit(UNKNOWN)).otherwise(due)
    return frame.with_columns(*map(flag, (*DIGITISATION_FLAGS, "paid_online")), fee.cast(nw.Int64).alias("fee"))


def with_ways(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Replace missing `return_channel` and `rating` by the empty string."""
    return frame.with_columns(
        *(nw.coalesce(nw.col(name), nw.lit("")).alias(name) for name in ("return_channel", "rating"))
    )


def with_seconds(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add the seconds since midnight of four moments: `received_second`, `closed_second`, `due_second` and
    `submitted_second`."""
    # Columns of their own: asked for in many conditions, each would be worked out many times.
    moments = ("received", "closed", "due", "submitted")
    return frame.with_columns(*(second_of_day(nw.col(f"{name}_at")).alias(f"{name}_second") for name in moments))


def with_sending(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add when a dossier was sent in: `sent_in` (code of HOURS_SENT), `hour`, `day_off` (see count_hours).

    The columns of `with_seconds` must be there; the calendar columns of the sending (`submitted_day`, …) are added too.
    """
    frame = join_calendar(frame, "submitted_at", "submitted", days("submitted"))
    # Marks are whole minutes: seconds do not change the side on which a moment lies.
    opens, lunch_from, lunch_to, closes = (mark // 60 * 60 for mark in clock.calendar.office_hours.marks)
    sent, second, off = nw.col("submitted_at"), nw.col("submitted_second"), nw.col("submitted_off")
    in_hours = ((second >= opens) & (second < lunch_from)) | ((second >= lunch_to) & (second < closes))
    # Midnight means that only the date is known; a day outside the calendar is neither worked nor free.
    timed = sent != nw.col("submitted_day")
    unknown = sent.is_null() | ~timed | off.is_null()
    band = code_of(HOURS_SENT, (unknown, HOUR_UNKNOWN), (in_hours & (off == 0), OFFICE_HOURS), otherwise=OTHER_HOURS)
    # Integers are divided after the rest is taken off: engines differ on what becomes of it.
    hour = nw.when(timed).then((second - second % 3600) // 3600)
    return frame.with_columns(
        band.alias("sent_in"),
        nw.coalesce(hour, nw.lit(UNKNOWN)).cast(nw.Int64).alias("hour"),
        nw.coalesce(nw.when(timed).then(off), nw.lit(UNKNOWN)).cast(nw.Int64).alias("day_off"),
    )


def with_withdrawn(seen: DatedDossiers) -> DatedDossiers:
    """Add `withdrawn`, 1 where the outcome says so, else 0."""
    return seen.of(seen.frame.with_columns(one_if(is_word("outcome", "withdrawn")).alias("withdrawn")))


WITHDRAWN = {"withdrawn": Span(0, 1)}
"""The span of what `with_withdrawn` adds."""


def _reached(starts: tuple[datetime, ...]) -> nw.Expr:
    """Count the starts on or before the receipt."""
    reached = nw.lit(0)
    for start in starts:
        reached = reached + one_if(nw.col("received_at") >= nw.lit(start))
    return reached.cast(nw.Int64).alias("starts_reached")


def count_digitisation(
    dossiers: Any, clock: Clock, by: tuple[str, ...] = (), starts: tuple[datetime, ...] = ()
) -> pd.DataFrame:
    """Count dossiers by month of receipt and closing and by what of them was digitised.

    `starts`: days from which digitising was a duty somewhere, ascending. Result: columns `by`, `received_month`,
    `closed_month` (0 = open), `withdrawn` (0 or 1), `starts_reached` (how many of `starts` are not after the receipt),
    DIGITISATION_FLAGS (−1 not stated, 0 no, 1 yes), `n`.
    Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    seen = with_withdrawn(looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_flags))
    seen = seen.of(seen.frame.with_columns(_reached(starts)))
    keys = [*by, "received_month", "closed_month", "withdrawn", "starts_reached", *DIGITISATION_FLAGS]
    return told(seen, counted(seen, keys, {**WITHDRAWN, "starts_reached": Span(0, len(starts))}))


def count_online(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by channel, level of service, months of receipt and closing, and hours in which they were sent.

    Result: columns `by`, `channel`, `service_level` (both "" = not stated), `received_month`, `closed_month`,
    `sent_in` ("office" = office hours of a working day, "other", "" = not known), `n`. Raises ParameterError for an
    unknown dimension.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_seconds, with_sending)
    keys = [*dict.fromkeys((*by, "channel", "service_level")), "received_month", "closed_month", "sent_in"]
    return told(seen, counted(seen, keys))


def count_ways(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by the ways in which they came in and their results went out.

    Result: columns `by`, `channel` and `return_channel` ("counter", "online", "post", "" = not stated),
    `received_month`, `closed_month` (0 = open), `withdrawn` (0 or 1), `n`. Raises ParameterError for an unknown
    dimension.
    """
    check_dimensions(by)
    seen = with_withdrawn(looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_ways))
    keys = [*dict.fromkeys((*by, "channel")), "return_channel", "received_month", "closed_month", "withdrawn"]
    return told(seen, counted(seen, keys, WITHDRAWN))


def count_hours(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by channel and the hour in which they were sent, on working days and on days off.

    Result: columns `by`, `channel` ("" = not stated), `received_month`, `hour` (0 to 23; −1 = not known, 00:00 sharp
    meaning that only the date is), `day_off` (0 working day, 1 day off, −1 where no hour is known or the day lies
    outside the calendar), `n`. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_seconds, with_sending)
    keys = [*dict.fromkeys((*by, "channel")), "received_month", "hour", "day_off"]
    return told(seen, counted(seen, keys))


def count_payments(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by procedure, month of receipt, whether a fee was due and whether it was paid online.

    Result: columns `by`, `procedure`, `received_month`, `fee` and `paid_online` (−1 not stated, 0 no, 1 yes), `n`.
    Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_flags)
    keys = [*dict.fromkeys((*by, "procedure")), "received_month", "fee", "paid_online"]
    return told(seen, counted(seen, keys))
