"""Count tables of digitisation, online submission and payment: flags as −1 (not stated), 0 (no), 1 (yes)."""

from datetime import datetime
from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import Frame, check_dimensions, classify, first_that_holds, join_days
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.counting.tables import as_frame, group_counts

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

OFFICE_HOURS, OTHER_HOURS, HOUR_UNKNOWN = "office", "other", ""
"""When a dossier was sent in: office hours of a working day, any other time, or not known."""


def flag(name: str) -> nw.Expr:
    """Return a yes/no column as 1 or 0, UNKNOWN where it is not stated."""
    return nw.coalesce(nw.col(name).cast(nw.Int64), nw.lit(UNKNOWN)).alias(name)


def _reached(starts: tuple[datetime, ...]) -> nw.Expr:
    """Count the starts on or before the receipt."""
    reached = nw.lit(0)
    for start in starts:
        reached = reached + (nw.col("received_at") >= nw.lit(start)).cast(nw.Int64)
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
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM).with_columns(
        *map(flag, DIGITISATION_FLAGS),
        (nw.col("outcome") == "withdrawn").cast(nw.Int64).alias("withdrawn"),
        _reached(starts),
    )
    return group_counts(
        frame, [*by, "received_month", "closed_month", "withdrawn", "starts_reached", *DIGITISATION_FLAGS]
    )


def _with_hours(frame: Frame, clock: Clock) -> Frame:
    """Add `sent_in`, the hour band of the submission."""
    opens, lunch_from, lunch_to, closes = (mark // 60 for mark in clock.calendar.office_hours.marks)
    frame = join_days(frame, clock, "submitted_at", "submitted")
    minute = nw.col("submitted_at").dt.hour() * 60 + nw.col("submitted_at").dt.minute()
    frame = frame.with_columns(minute.alias("submitted_minute"))
    at = nw.col("submitted_minute")
    in_hours = ((at >= opens) & (at < lunch_from)) | ((at >= lunch_to) & (at < closes))
    # Midnight means that only the date is known; a day outside the calendar is neither worked nor free.
    unknown = (
        nw.col("submitted_at").is_null()
        | (nw.col("submitted_at") == nw.col("submitted_day"))
        | nw.col("submitted_off").is_null()
    )
    office = in_hours & (nw.col("submitted_off") == 0)
    band = first_that_holds((unknown, HOUR_UNKNOWN), (office, OFFICE_HOURS), otherwise=OTHER_HOURS)
    return frame.with_columns(band.alias("sent_in"))


def count_online(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by channel, level of service, months of receipt and closing, and hours in which they were sent.

    Result: columns `by`, `channel`, `service_level` (both "" = not stated), `received_month`, `closed_month`,
    `sent_in` ("office" = office hours of a working day, "other", "" = not known), `n`. Raises ParameterError for an
    unknown dimension.
    """
    check_dimensions(by)
    frame = _with_hours(classify(as_frame(dossiers), clock, OFFICIAL_FORM), clock)
    keys = [*dict.fromkeys((*by, "channel", "service_level")), "received_month", "closed_month", "sent_in"]
    return group_counts(frame, keys)


def count_ways(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by the ways in which they came in and their results went out.

    Result: columns `by`, `channel` and `return_channel` ("counter", "online", "post", "" = not stated),
    `received_month`, `closed_month` (0 = open), `withdrawn` (0 or 1), `n`. Raises ParameterError for an unknown
    dimension.
    """
    check_dimensions(by)
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM).with_columns(
        nw.coalesce(nw.col("return_channel"), nw.lit("")).alias("return_channel"),
        (nw.col("outcome") == "withdrawn").cast(nw.Int64).alias("withdrawn"),
    )
    keys = [*dict.fromkeys((*by, "channel")), "return_channel", "received_month", "closed_month", "withdrawn"]
    return group_counts(frame, keys)


def count_hours(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by channel and the hour in which they were sent, on working days and on days off.

    Result: columns `by`, `channel` ("" = not stated), `received_month`, `hour` (0 to 23; −1 = not known, 00:00 sharp
    meaning that only the date is), `day_off` (0 working day, 1 day off, −1 where no hour is known or the day lies
    outside the calendar), `n`. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    frame = join_days(classify(as_frame(dossiers), clock, OFFICIAL_FORM), clock, "submitted_at", "submitted")
    hour = nw.when(nw.col("submitted_at") != nw.col("submitted_day")).then(nw.col("submitted_at").dt.hour())
    frame = frame.with_columns(nw.coalesce(hour, nw.lit(UNKNOWN)).cast(nw.Int64).alias("hour"))
    day_off = nw.when(nw.col("hour") >= 0).then(nw.col("submitted_off"))
    frame = frame.with_columns(nw.coalesce(day_off, nw.lit(UNKNOWN)).cast(nw.Int64).alias("day_off"))
    return group_counts(frame, [*dict.fromkeys((*by, "channel")), "received_month", "hour", "day_off"])


def count_payments(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by procedure, month of receipt, whether a fee was due and whether it was paid online.

    Result: columns `by`, `procedure`, `received_month`, `fee` and `paid_online` (−1 not stated, 0 no, 1 yes), `n`.
    Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM)
    due = nw.when(nw.col("fee_due").is_null()).then(nw.lit(UNKNOWN)).otherwise((nw.col("fee_due") > 0).cast(nw.Int64))
    frame = frame.with_columns(
        due.cast(nw.Int64).alias("fee"),
        flag("paid_online"),
    )
    return group_counts(frame, [*dict.fromkeys((*by, "procedure")), "received_month", "fee", "paid_online"])
