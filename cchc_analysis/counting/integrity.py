"""Counts of what in the dates deserves a second look: integers only, each signal beside what could have shown it."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import check_dimensions, looked_at, one_if
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.digital import with_seconds, with_sending
from cchc_analysis.counting.engines import Frame
from cchc_analysis.counting.looks import Days, counted, is_word, summed, told
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.schema import PAUSED

CLOSING_SIGNALS = ("finish_equals_due", "finish_outside_hours", "finish_on_day_off")
"""Signals of dossiers by the month they were closed in."""

RECEIPT_SIGNALS = ("due_not_recomputed", "number_date_differs", "online_typed_in", "acceptance_late")
"""Signals of dossiers by the month they were received in."""

SIGNALS = (*CLOSING_SIGNALS, *RECEIPT_SIGNALS)

EARLIEST_FINISH, LATEST_FINISH = 6 * 3600, 20 * 3600
ACCEPTANCE_SECONDS = 8 * 3600
"""Office time within which an online dossier is accepted (Nghị định 45/2020/NĐ-CP, article 11)."""

LONGEST_TERM = 366
HOURS_AROUND = 8
"""Office hours before and after the deadline that `count_deadline` looks at."""


def with_office_seconds(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add the office seconds from the first day of the calendar to each of four moments: `received_office` and so on.

    By integers, as WorkingCalendar counts. The columns of `with_sending` must be there.
    """
    moments = ("received", "closed", "due", "submitted")
    return frame.with_columns(*(_office_seconds(clock, name).alias(f"{name}_office") for name in moments))


def _office_seconds(clock: Clock, prefix: str) -> nw.Expr:
    today = nw.when(nw.col(f"{prefix}_off") == 0).then(_worked(clock, prefix)).otherwise(nw.lit(0))
    days_before = nw.col(f"{prefix}_working") - (1 - nw.col(f"{prefix}_off"))
    return days_before * clock.calendar.office_hours.seconds + today


def _worked(clock: Clock, prefix: str) -> nw.Expr:
    opens, lunch_from, lunch_to, closes = clock.calendar.office_hours.marks
    second = nw.col(f"{prefix}_second")
    return second.clip(opens, lunch_from) - opens + second.clip(lunch_to, closes) - lunch_to


def _timed(prefix: str, moment: str) -> nw.Expr:
    """Whether a moment has a clock time; midnight means that only the date is known."""
    return ~nw.col(moment).is_null() & (nw.col(moment) != nw.col(f"{prefix}_day"))


def _with_target(frame: Frame, days: Days) -> Frame:
    """Add `target_working` and `target_off`: the day on which a term of whole calendar days ends."""
    term = nw.coalesce(nw.col("committed_days"), nw.col("statutory_days"))
    whole = ~term.is_null() & (term % 1 == 0) & (term <= LONGEST_TERM)
    # 0 stands in where there is no usable term: the engines do not agree on casting a missing float.
    usable = nw.when(whole).then(term).otherwise(nw.lit(0.0)).cast(nw.Int64)
    frame = frame.with_columns(
        one_if(whole).alias("term_known"),
        usable.alias("term"),
        (nw.col("received_ordinal") + usable).cast(nw.Int64).alias("target_ordinal"),
    )
    return frame.join(days("target"), on="target_ordinal", how="left")


Signal = tuple[nw.Expr, nw.Expr]
"""Whether a dossier could have shown a signal, and, of those that could, whether it did."""


def _due_signal() -> Signal:
    """Compare the due date with receipt + term by date; a stopped clock moves it by right, so such dossiers are out."""
    paused = (nw.coalesce(nw.col("paused_days"), nw.lit(0.0)) > 0) | nw.col("status").is_in(PAUSED)
    known = (nw.col("term_known") == 1) & ~paused
    known = known & ~nw.col("due_working").is_null() & ~nw.col("target_working").is_null()
    by_working = (nw.col("due_working") == nw.col("received_working") + nw.col("term")) & (
        (nw.col("due_off") == 0) | (nw.col("term") == 0)
    )
    same_day = (nw.col("term") > 0) | (nw.col("due_day") == nw.col("received_day"))
    # A limit that ends on a day off ends on the next working day (Civil Code 2015, article 148(5)).
    by_calendar = (nw.col("due_working") == nw.col("target_working") + nw.col("target_off")) & (nw.col("due_off") == 0)
    agrees = nw.when(nw.coalesce(nw.col("day_kind"), nw.lit("working")) == "calendar").then(by_calendar)
    # Where it cannot be told whether they agree, they do not.
    return known, one_if(agrees.otherwise(by_working & same_day)) == 0


def _closing_signals() -> tuple[Signal, ...]:
    known = ~nw.col("closed_at").is_null() & ~nw.col("finished_at").is_null()
    timed = known & (nw.col("finished_at") != nw.col("closed_day"))
    second = nw.col("closed_second")
    outside = (second < EARLIEST_FINISH) | (second > LATEST_FINISH)
    return (
        (timed & _timed("due", "due_at"), nw.col("finished_at") == nw.col("due_at")),
        (timed, outside),
        (known, nw.col("closed_off") == 1),
    )


def _receipt_signals(clock: Clock) -> tuple[Signal, ...]:
    numbered = ~nw.col("number_on").is_null()
    elsewhere = (nw.col("number_on") != nw.col("received_day")) & (
        nw.col("submitted_at").is_null() | (nw.col("number_on") != nw.col("submitted_day"))
    )
    online = (nw.col("channel") == "online") & _timed("received", "received_at") & _timed("submitted", "submitted_at")
    online = online & (nw.col("submitted_at") <= nw.col("received_at")) & ~nw.col("submitted_working").is_null()
    at_once = nw.col("submitted_at").dt.truncate("1m") == nw.col("received_at").dt.truncate("1m")
    in_office = (nw.col("received_off") == 0) & _in_office(clock, "received")
    waited = nw.col("received_office") - nw.col("submitted_office")
    return (numbered, elsewhere), (online, at_once & in_office), (online, waited > ACCEPTANCE_SECONDS)


def with_signals(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add `signals`: a number whose digit to the base 3 says of each of SIGNALS whether the dossier shows it.

    0 = it could not, 1 = it could and does not, 2 = it does. The columns of OFFICE_TIME must be there.
    """
    frame = _with_target(frame, days)
    marks = nw.lit(0).cast(nw.Int64)
    for place, (could, does) in enumerate((*_closing_signals(), _due_signal(), *_receipt_signals(clock))):
        marks = marks + 3**place * (one_if(could) + one_if(could & does))
    return frame.with_columns(marks.alias("signals"))


def _in_office(clock: Clock, prefix: str) -> nw.Expr:
    opens, lunch_from, lunch_to, closes = clock.calendar.office_hours.marks
    second = nw.col(f"{prefix}_second")
    return ((second >= opens) & (second <= lunch_from)) | ((second >= lunch_to) & (second <= closes))


def with_deadline(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add `deadline`: 0 for dossiers that count_deadline leaves out, else 1 + 4 (hours left + HOURS_AROUND) + 2 where
    the deadline is comparable + 1 where the finish equals it. The columns of OFFICE_TIME must be there."""
    hour, office = 3600, clock.calendar.office_hours.seconds
    # Hours begin with HOURS_AROUND before the deadline, so that no negative number is divided: engines differ on it.
    frame = frame.with_columns(
        (nw.col("due_office") - nw.col("closed_office") + HOURS_AROUND * hour).alias("seconds_left"),
        _worked(clock, "due").alias("worked_by_due"),
    )
    left, worked = nw.col("seconds_left"), nw.col("worked_by_due")
    wanted = (left >= 0) & (left < 2 * HOURS_AROUND * hour) & is_word("outcome", "early", "on_time", "late")
    wanted = wanted & ~nw.col("finished_at").is_null() & (nw.col("finished_at") != nw.col("closed_day"))
    wanted = wanted & _timed("due", "due_at") & (nw.col("due_day") > nw.col("received_day"))
    room = (nw.col("due_off") == 0) & (worked >= hour) & (worked <= office - hour)
    mark = 1 + 4 * ((left - left % hour) // hour) + 2 * one_if(room & (nw.col("closed_day") == nw.col("due_day")))
    mark = mark + one_if(nw.col("finished_at") == nw.col("due_at"))
    return frame.with_columns(nw.when(wanted).then(mark).otherwise(nw.lit(0)).cast(nw.Int64).alias("deadline"))


OFFICE_TIME = (with_seconds, with_sending, with_office_seconds)
"""The looks that signals and deadlines rest on."""


def count_integrity(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers that show each signal of SIGNALS beside those that could have shown it.

    Result: columns `by`, `received_month`, `closed_month` (0 = open), `n`, and for every signal `n_<signal>` and
    `of_<signal>` (int64). Rules: docs/methods/integrity.md. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, *OFFICE_TIME, with_signals)
    counts = counted(seen, [*by, "received_month", "closed_month", "signals"])
    table = counts.drop(columns="signals")
    for place, signal in enumerate(SIGNALS):
        digit = counts["signals"] // 3**place % 3
        table[f"n_{signal}"] = counts["n"] * (digit == 2)
        table[f"of_{signal}"] = counts["n"] * (digit > 0)
    return told(seen, summed(table, [*by, "received_month", "closed_month"]))


def count_deadline(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count finishes by the office hours that were left to the deadline, up to HOURS_AROUND before and after.

    Only dossiers not withdrawn, finished by `as_of`, due on a later day than received, with clock times of both.
    Result: columns `by`, `closed_month`, `hours_left` (int: 0 = up to one hour left, the deadline itself included;
    −1 = up to one hour late), `comparable` (1 = finished on the due day, which has at least one office hour before and
    after the deadline), `n`, `n_equal` (finish and deadline agree to the second).
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, *OFFICE_TIME, with_deadline)
    counts = counted(seen.filtered(nw.col("deadline") > 0), [*by, "closed_month", "deadline"])
    mark = counts["deadline"] - 1
    table = counts[[*by, "closed_month"]].assign(
        hours_left=mark // 4 - HOURS_AROUND, comparable=mark // 2 % 2, n=counts["n"], n_equal=counts["n"] * (mark % 2)
    )
    return told(seen, summed(table, [*by, "closed_month", "hours_left", "comparable"]))
