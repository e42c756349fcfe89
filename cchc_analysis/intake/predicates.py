"""What the rules look for: functions of the typed rows and the calendar that return one truth value per row."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from cchc_analysis.instants import BoolArray, InstantArray
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.rows import Rows
from cchc_analysis.schema import NOT_COUNTED
from cchc_analysis.working_time import WorkingCalendar

Predicate = Callable[[Rows, WorkingCalendar], BoolArray]


def clock_time_known(moments: InstantArray) -> BoolArray:
    """Return where a moment has a clock time; midnight means that only the date is known.

    >>> clock_time_known(np.array(["2025-03-10T00:00", "2025-03-10T09:30"], dtype="datetime64[us]"))
    array([False,  True])
    """
    return np.asarray(~missing(moments) & (moments != moments.astype("datetime64[D]")))


def earlier(first: InstantArray, second: InstantArray) -> BoolArray:
    """Return where `first` is earlier than `second`, compared by date where either has no clock time.

    >>> day, morning = np.array(["2025-03-10"], "datetime64[us]"), np.array(["2025-03-10T09:30"], "datetime64[us]")
    >>> earlier(day, morning), earlier(day, morning + np.timedelta64(1, "D"))
    (array([False]), array([ True]))
    """
    if missing(first).all() or missing(second).all():
        return np.zeros(len(first), dtype=bool)
    both_clocks = clock_time_known(first) & clock_time_known(second)
    by_date = first.astype("datetime64[D]") < second.astype("datetime64[D]")
    return np.asarray(np.where(both_clocks, first < second, by_date), dtype=bool)


def has_status(rows: Rows, *codes: str) -> BoolArray:
    """Return where the status is one of the codes."""
    return np.asarray(pd.Series(rows.columns["status"], dtype=object).isin(codes), dtype=bool)


def is_missing(column: str) -> Predicate:
    """Return the rule that the column holds nothing at all."""
    return lambda rows, calendar: missing(rows.columns[column]) & ~rows.unreadable[column]


def has_no_value(column: str) -> Predicate:
    """Return the rule that the column holds nothing, or something that is no value of it."""
    return lambda rows, calendar: missing(rows.columns[column])


def is_unreadable(column: str) -> Predicate:
    """Return the rule that the cell holds something which is no value of the column."""
    return lambda rows, calendar: rows.unreadable[column]


def is_marked(mark: str) -> Predicate:
    """Return the rule that the parser has left this mark."""
    return lambda rows, calendar: rows.marks.get(mark, np.zeros(len(rows), dtype=bool))


def is_outside_calendar(column: str) -> Predicate:
    """Return the rule that the date is not in the calendar."""

    return lambda rows, calendar: lies_outside(rows.columns[column], *days_of(calendar))


def days_of(calendar: WorkingCalendar) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day of the calendar."""
    return np.datetime64(calendar.first, "D"), np.datetime64(calendar.last, "D")


def lies_outside(moments: InstantArray, first: np.datetime64, last: np.datetime64) -> BoolArray:
    """Return where a moment lies before the day `first` or after the day `last`.

    >>> moments = np.array(["2025-03-10T09:30", "NaT"], dtype="datetime64[us]")
    >>> lies_outside(moments, np.datetime64("2025-03-11"), np.datetime64("2025-12-31")).tolist()
    [True, False]
    """
    days = moments.astype("datetime64[D]")
    return np.asarray(~missing(days) & ~((days >= first) & (days <= last)))


def is_before_receipt(column: str) -> Predicate:
    """Return the rule that the moment lies before the receipt."""
    return lambda rows, calendar: earlier(rows.columns[column], rows.columns["received_at"])


def due_before_receipt(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the due date lies before the date of receipt, whatever the clock times."""
    due, received = (rows.columns[name].astype("datetime64[D]") for name in ("due_at", "received_at"))
    return np.asarray(due < received)


def received_missing(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where there is no receipt, unless the status says that the dossier was never received."""
    never_received = has_status(rows, *NOT_COUNTED)
    return missing(rows.columns["received_at"]) & ~rows.unreadable["received_at"] & ~never_received


def has_end(rows: Rows) -> BoolArray:
    """Return where processing has ended or the result was handed over."""
    return ~missing(rows.columns["finished_at"]) | ~missing(rows.columns["returned_at"])


def no_end(rows: Rows) -> BoolArray:
    """Return where nothing at all stands in the columns of finish and return."""
    return ~has_end(rows) & ~rows.unreadable["finished_at"] & ~rows.unreadable["returned_at"]


def finished_without_date(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the status says finished or withdrawn and no date bears it out: it would stay open for ever."""
    return has_status(rows, "finished", "returned", "withdrawn") & no_end(rows)


def open_with_end(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the status says open and a date says finished."""
    return has_status(rows, "accepted", "processing") & has_end(rows)


def number_date_differs(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """The number is given on receipt; that of an online dossier may be given when it is submitted."""
    number_on = rows.columns["number_on"]
    received, submitted = (rows.columns[name].astype("datetime64[D]") for name in ("received_at", "submitted_at"))
    known = ~missing(number_on) & ~missing(received)
    return np.asarray(known & (number_on != received) & (missing(submitted) | (number_on != submitted)))


def received_on_day_off(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the day of receipt is no working day."""
    received = inside(rows.columns["received_at"], calendar)
    off = np.zeros(len(rows), dtype=bool)
    known = ~missing(received)
    off[known] = ~np.asarray(calendar.is_working_day(received[known]), dtype=bool)
    return off


def inside(moments: InstantArray, calendar: WorkingCalendar, margin_days: int = 0) -> InstantArray:
    """Return the moments that lie in the calendar, with so many days to spare at its end; NaT for the others."""
    last = np.datetime64(calendar.last, "D") - margin_days
    inside = (moments >= np.datetime64(calendar.first, "D")) & (moments.astype("datetime64[D]") <= last)
    return np.where(inside, moments, np.datetime64("NaT", "us"))


def finished_at_due_second(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where finish and due date agree to the second."""
    finished, due = rows.columns["finished_at"], rows.columns["due_at"]
    return np.asarray(clock_time_known(finished) & (finished == due))


def finished_outside_hours(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the finish has a clock time before 06:00 or after 20:00."""
    finished = rows.columns["finished_at"]
    clock = finished - finished.astype("datetime64[D]")
    usual = (clock >= np.timedelta64(6, "h")) & (clock <= np.timedelta64(20, "h"))
    return np.asarray(clock_time_known(finished) & ~usual)


def committed_missing(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where no limit stands in the column of cut limits; beside a statutory limit that means: not cut."""
    is_empty = is_marked("term_missing:committed_days")(rows, calendar)
    return np.asarray(is_empty & np.isnan(rows.columns["statutory_days"]))


def due_not_as_recomputed(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Compare dates with receipt + term; a paused dossier has a later due date by right."""
    columns = rows.columns
    is_committed = ~np.isnan(columns["committed_days"])
    terms = np.where(is_committed, columns["committed_days"], columns["statutory_days"])
    paused = np.nan_to_num(columns["paused_days"].astype("float64")) > 0
    wanted = ~missing(columns["due_at"]) & (terms <= 366) & ~paused
    wanted[wanted] = ~missing(inside(columns["received_at"][wanted], calendar, margin_days=900))
    received, term = columns["received_at"][wanted], terms[wanted]
    due = columns["due_at"][wanted].astype("datetime64[D]")
    working = np.asarray(calendar.deadline(received, term)).astype("datetime64[D]")
    elapsed = np.asarray(calendar.deadline_calendar_days(received, np.ceil(term))).astype("datetime64[D]")
    is_calendar = columns["day_kind"][wanted] == "calendar"
    committed_assumed, statutory_assumed = (
        is_marked(f"term_kind_assumed:{name}")(rows, calendar)[wanted] for name in ("committed_days", "statutory_days")
    )
    assumed = np.where(is_committed[wanted], committed_assumed, statutory_assumed)
    agrees = np.where(is_calendar, due == elapsed, (due == working) | (assumed & (due == elapsed)))
    differs = np.zeros(len(rows), dtype=bool)
    differs[wanted] = ~agrees
    return differs


def information_online(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where a procedure that only informs was submitted online."""
    return np.asarray((rows.columns["service_level"] == "information") & (rows.columns["channel"] == "online"))


def submitted_after_receipt(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the submission lies after the receipt."""
    return earlier(rows.columns["received_at"], rows.columns["submitted_at"])


def returned_before_finished(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the hand-over lies before the finish."""
    return earlier(rows.columns["returned_at"], rows.columns["finished_at"])
