"""Counts of what in the dates deserves a second look: integers only, each signal beside what could have shown it."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import Frame, beside, check_dimensions, classify, join_days, one_if
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.counting.tables import as_frame, group_counts
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

_FAR = 100_000


def _clock_second(moment: str) -> nw.Expr:
    return (nw.col(moment) - nw.col(moment).dt.truncate("1d")).dt.total_seconds()


def _office_seconds(clock: Clock, moment: str, prefix: str) -> nw.Expr:
    """Office seconds from the first day of the calendar to a moment, by integers (WorkingCalendar counts the same)."""
    today = nw.when(nw.col(f"{prefix}_off") == 0).then(_worked(clock, moment)).otherwise(nw.lit(0))
    days_before = nw.col(f"{prefix}_working") - (1 - nw.col(f"{prefix}_off"))
    return days_before * clock.calendar.office_hours.seconds + today


def _worked(clock: Clock, moment: str) -> nw.Expr:
    opens, lunch_from, lunch_to, closes = clock.calendar.office_hours.marks
    second = _clock_second(moment)
    return second.clip(opens, lunch_from) - opens + second.clip(lunch_to, closes) - lunch_to


def _timed(prefix: str, moment: str) -> nw.Expr:
    """Whether a moment has a clock time; midnight means that only the date is known."""
    return ~nw.col(moment).is_null() & (nw.col(moment) != nw.col(f"{prefix}_day"))


def _with_target(frame: Frame, clock: Clock) -> Frame:
    """Add `target_working` and `target_off`: the day on which a term of whole calendar days ends."""
    term = nw.coalesce(nw.col("committed_days"), nw.col("statutory_days"))
    whole = ~term.is_null() & (term % 1 == 0) & (term <= LONGEST_TERM)
    # 0 stands in where there is no usable term: the engines do not agree on casting a missing float.
    usable = nw.when(whole).then(term).otherwise(nw.lit(0.0)).cast(nw.Int64)
    frame = frame.with_columns(one_if(whole).alias("term_known"), usable.alias("term"))
    frame = frame.with_columns((nw.col("received_ordinal") + nw.col("term")).cast(nw.Int64).alias("target_ordinal"))
    days = clock.days("target")[["target_ordinal", "target_working", "target_off"]]
    return frame.join(beside(frame, days), on="target_ordinal", how="left")


def _due_signal(frame: Frame, clock: Clock) -> Frame:
    """Compare the due date with receipt + term by date; a stopped clock moves it by right, so such dossiers are out."""
    frame = _with_target(frame, clock)
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
    wrong = one_if(agrees.otherwise(by_working & same_day))
    return frame.with_columns(
        one_if(known).alias("of_due_not_recomputed"),
        (one_if(known) * (1 - wrong)).alias("n_due_not_recomputed"),
    )


def _closing_signals(frame: Frame) -> Frame:
    known = ~nw.col("closed_at").is_null() & ~nw.col("finished_at").is_null()
    timed = known & (nw.col("finished_at") != nw.col("closed_day"))
    with_due = timed & _timed("due", "due_at")
    second = _clock_second("closed_at")
    outside = (second < EARLIEST_FINISH) | (second > LATEST_FINISH)
    return frame.with_columns(
        one_if(with_due).alias("of_finish_equals_due"),
        one_if(with_due & (nw.col("finished_at") == nw.col("due_at"))).alias("n_finish_equals_due"),
        one_if(timed).alias("of_finish_outside_hours"),
        one_if(timed & outside).alias("n_finish_outside_hours"),
        one_if(known).alias("of_finish_on_day_off"),
        one_if(known & (nw.col("closed_off") == 1)).alias("n_finish_on_day_off"),
    )


def _receipt_signals(frame: Frame, clock: Clock) -> Frame:
    frame = join_days(frame, clock, "submitted_at", "submitted")
    numbered = ~nw.col("number_on").is_null()
    elsewhere = (nw.col("number_on") != nw.col("received_day")) & (
        nw.col("submitted_at").is_null() | (nw.col("number_on") != nw.col("submitted_day"))
    )
    online = (nw.col("channel") == "online") & _timed("received", "received_at") & _timed("submitted", "submitted_at")
    online = online & (nw.col("submitted_at") <= nw.col("received_at")) & ~nw.col("submitted_working").is_null()
    at_once = nw.col("submitted_at").dt.truncate("1m") == nw.col("received_at").dt.truncate("1m")
    in_office = (nw.col("received_off") == 0) & _in_office(clock, "received_at")
    waited = _office_seconds(clock, "received_at", "received") - _office_seconds(clock, "submitted_at", "submitted")
    return frame.with_columns(
        one_if(numbered).alias("of_number_date_differs"),
        one_if(numbered & elsewhere).alias("n_number_date_differs"),
        one_if(online).alias("of_online_typed_in"),
        one_if(online & at_once & in_office).alias("n_online_typed_in"),
        one_if(online).alias("of_acceptance_late"),
        one_if(online & (waited > ACCEPTANCE_SECONDS)).alias("n_acceptance_late"),
    )


def _in_office(clock: Clock, moment: str) -> nw.Expr:
    opens, lunch_from, lunch_to, closes = clock.calendar.office_hours.marks
    second = _clock_second(moment)
    return ((second >= opens) & (second <= lunch_from)) | ((second >= lunch_to) & (second <= closes))


def count_integrity(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers that show each signal of SIGNALS beside those that could have shown it.

    Result: columns `by`, `received_month`, `closed_month` (0 = open), `n`, and for every signal `n_<signal>` and
    `of_<signal>` (int64). Rules: docs/methods/integrity.md. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM)
    frame = _receipt_signals(_closing_signals(_due_signal(frame, clock)), clock)
    sums = {f"{part}_{signal}": f"{part}_{signal}" for signal in SIGNALS for part in ("n", "of")}
    return group_counts(frame, [*by, "received_month", "closed_month"], **sums)


def count_deadline(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count finishes by the office hours that were left to the deadline, up to HOURS_AROUND before and after.

    Only dossiers not withdrawn, finished by `as_of`, due on a later day than received, with clock times of both.
    Result: columns `by`, `closed_month`, `hours_left` (int: 0 = up to one hour left, the deadline itself included;
    −1 = up to one hour late), `comparable` (1 = finished on the due day, which has at least one office hour before and
    after the deadline), `n`, `n_equal` (finish and deadline agree to the second).
    """
    check_dimensions(by)
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM)
    frame = frame.filter(nw.col("outcome").is_in(["early", "on_time", "late"]), ~nw.col("finished_at").is_null())
    frame = frame.filter(nw.col("finished_at") != nw.col("closed_day"), _timed("due", "due_at"))
    frame = frame.filter(nw.col("due_day") > nw.col("received_day"), ~nw.col("due_working").is_null())
    worked_by_due = _worked(clock, "due_at")
    hour, office = 3600, clock.calendar.office_hours.seconds
    room = (nw.col("due_off") == 0) & (worked_by_due >= hour) & (worked_by_due <= office - hour)
    left = _office_seconds(clock, "due_at", "due") - _office_seconds(clock, "closed_at", "closed")
    # Engines differ on dividing negative numbers: the shift makes all of them positive.
    shifted = left + _FAR * hour
    frame = frame.with_columns(
        ((shifted - shifted % hour) // hour - _FAR).cast(nw.Int64).alias("hours_left"),
        one_if(room & (nw.col("closed_day") == nw.col("due_day"))).alias("comparable"),
        one_if(nw.col("finished_at") == nw.col("due_at")).alias("equal"),
    )
    frame = frame.filter(nw.col("hours_left") >= -HOURS_AROUND, nw.col("hours_left") < HOURS_AROUND)
    return group_counts(frame, [*by, "closed_month", "hours_left", "comparable"], n_equal="equal")
