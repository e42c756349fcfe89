"""What the rules of registers look for: functions of the typed rows and the calendar, one truth value per row."""

import numpy as np

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.cells import missing
from cchc_analysis.intake.predicates import Predicate, earlier, has_status, is_marked, no_end
from cchc_analysis.intake.rows import Rows
from cchc_analysis.working_time import WorkingCalendar


def is_left_out(column: str) -> Predicate:
    """Return the rule that the cell is empty in a file that has the column; a file without it is told of once."""

    def holds(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
        nothing = missing(rows.columns[column]) & ~rows.unreadable[column]
        return nothing if rows.present(column) else np.zeros(len(rows), dtype=bool)

    return holds


def is_before(column: str, other: str) -> Predicate:
    """Return the rule that the moment lies before another, compared by date where either has no clock time."""
    return lambda rows, calendar: earlier(rows.columns[column], rows.columns[other])


def is_on_earlier_day(column: str, other: str) -> Predicate:
    """Return the rule that the day of a moment lies before the day of another, whatever the clock times."""

    def holds(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
        first, second = (rows.columns[name].astype("datetime64[D]") for name in (column, other))
        return np.asarray(first < second)

    return holds


def status_without(date_column: str, *codes: str) -> Predicate:
    """Return the rule that the status is one of the codes and nothing stands where its date should."""

    def holds(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
        nothing = missing(rows.columns[date_column]) & ~rows.unreadable[date_column]
        return has_status(rows, *codes) & nothing

    return holds


def status_despite(date_column: str, *codes: str) -> Predicate:
    """Return the rule that the status is one of the codes although the date says otherwise."""
    return lambda rows, calendar: has_status(rows, *codes) & ~missing(rows.columns[date_column])


def total_is_no_sum(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where fee and charge are both given and do not add up to the total, by half a dong or more."""
    fee, charge, total = (rows.columns[name] for name in ("fee_amount", "charge_amount", "total_amount"))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(fee + charge - total) >= 0.5)


def yes_without(column: str, other: str) -> Predicate:
    """Return the rule that one column says yes where the other says no; where either is silent it does not hold."""
    return lambda rows, calendar: _says(rows, column, yes=True) & _says(rows, other, yes=False)


def _says(rows: Rows, column: str, *, yes: bool) -> BoolArray:
    return np.asarray([value is yes for value in rows.columns[column]], dtype=bool)


def committed_above_statutory(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the cut limit is longer than the statutory one, both in days of one kind."""
    longer = rows.columns["committed_days"] > rows.columns["statutory_days"]
    return np.asarray(longer & ~is_marked("term_kinds_differ")(rows, calendar))


def ended_without_date(rows: Rows, calendar: WorkingCalendar) -> BoolArray:
    """Return where the status says finished or withdrawn and no date bears it out, in a file with such dates."""
    has_dates = rows.present("finished_at") or rows.present("returned_at")
    return has_status(rows, "finished", "returned", "withdrawn") & no_end(rows) & has_dates
