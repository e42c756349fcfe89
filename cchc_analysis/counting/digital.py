"""Count tables of digitisation, online submission and payment: flags as −1 (not stated), 0 (no), 1 (yes)."""

from datetime import datetime
from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import Frame, check_dimensions, classify, join_days, received_by
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.counting.tables import _count, as_frame

UNKNOWN, NO, YES = -1, 0, 1
"""What a flag of a count says."""

OFFICE_HOURS, OTHER_HOURS, HOUR_UNKNOWN = "office", "other", ""
"""When a dossier was sent in: office hours of a working day, any other time, or not known."""


def _flag(name: str) -> nw.Expr:
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
    `documents_digitised`, `documents_reused`, `result_digitised` (−1 not stated, 0 no, 1 yes), `n`.
    Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    flags = ("documents_digitised", "documents_reused", "result_digitised")
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM).with_columns(
        *map(_flag, flags),
        (nw.col("outcome") == "withdrawn").cast(nw.Int64).alias("withdrawn"),
        _reached(starts),
    )
    return _count(frame, [*by, "received_month", "closed_month", "withdrawn", "starts_reached", *flags])


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
    band = (
        nw.when(unknown)
        .then(nw.lit(HOUR_UNKNOWN))
        .otherwise(nw.when(office).then(nw.lit(OFFICE_HOURS)).otherwise(nw.lit(OTHER_HOURS)))
    )
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
    return _count(frame, keys)


def count_payments(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by procedure, month of receipt, whether a fee was due and whether it was paid online.

    Result: columns `by`, `procedure`, `received_month`, `fee` and `paid_online` (−1 not stated, 0 no, 1 yes), `n`.
    Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    frame = join_days(received_by(as_frame(dossiers), clock), clock, "received_at", "received")
    due = nw.when(nw.col("fee_due").is_null()).then(nw.lit(UNKNOWN)).otherwise((nw.col("fee_due") > 0).cast(nw.Int64))
    frame = frame.with_columns(
        due.cast(nw.Int64).alias("fee"),
        _flag("paid_online"),
        nw.coalesce(nw.col("received_month"), nw.lit(0)).cast(nw.Int64).alias("received_month"),
    )
    return _count(frame, [*dict.fromkeys((*by, "procedure")), "received_month", "fee", "paid_online"])
