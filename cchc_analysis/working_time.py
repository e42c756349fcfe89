"""The working calendar: which days count, how many lie between two dates, and when a time limit ends."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from cchc_analysis.calendar_table import read_calendar_table, years_covered
from cchc_analysis.day_table import DayTable
from cchc_analysis.errors import CalendarError
from cchc_analysis.instants import (
    FloatArray,
    InstantArray,
    Instants,
    Numbers,
    instants_back,
    numbers_back,
    to_instants,
    to_numbers,
)
from cchc_analysis.office_hours import OfficeHours
from cchc_analysis.reference_data import reference_path

__all__ = ["HOURS_PER_DAY", "MONDAY_TO_FRIDAY", "OfficeHours", "WorkingCalendar"]

HOURS_PER_DAY = 8
"""Hours in a working day of a time limit: 16 hours are 2 working days, 3.5 days are 28 hours."""

MONDAY_TO_FRIDAY = "1111100"
VIETNAM_TABLE = "data/reference/holidays.csv"

_USUAL_HOURS = OfficeHours()
_NO_DAY = np.datetime64("NaT", "D")
_NO_INSTANT = np.datetime64("NaT", "us")
_MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days from `first` to `last` are worked, and everything that is counted from it.

    A day is worked when `weekmask` (seven characters from Monday, 1 = worked) says so or it is one of
    `workdays` (make-up days), and it is not one of `holidays`; a day in both is a `CalendarError`. `table` is
    the file to extend when dates run out. Methods take one date, an array or a Series and answer in kind; a
    missing date gives a missing answer; a date outside the calendar is a `CalendarError` that names it.

    >>> swap = WorkingCalendar(date(2024, 4, 1), date(2024, 5, 31), holidays=(date(2024, 4, 29),),
    ...                        workdays=(date(2024, 5, 4),))
    >>> swap.working_days_between(date(2024, 4, 26), date(2024, 5, 5))
    5
    """

    first: date
    last: date
    weekmask: str = MONDAY_TO_FRIDAY
    holidays: tuple[date, ...] = field(default=(), repr=False)
    workdays: tuple[date, ...] = field(default=(), repr=False)
    office_hours: OfficeHours = _USUAL_HOURS
    table: str = ""
    _days: DayTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = DayTable.build(self.first, self.last, self.weekmask, self.holidays, self.workdays, self.table)
        object.__setattr__(self, "_days", days)

    @classmethod
    def vietnam(cls, include_to_confirm: bool = True, office_hours: OfficeHours = _USUAL_HOURS) -> "WorkingCalendar":
        """Return the calendar of Vietnamese public bodies, from `data/reference/holidays.csv`.

        Saturdays and Sundays are off, make-up Saturdays are worked. With `include_to_confirm=False` the days
        off whose legal state is not confirmed (24 November from 2026) are worked.

        >>> WorkingCalendar.vietnam().deadline(date(2023, 1, 19), 3)
        datetime.date(2023, 1, 31)
        """
        path = reference_path("holidays.csv")
        return cls._from_table(path, None, None, include_to_confirm, office_hours, VIETNAM_TABLE)

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        first: date | None = None,
        last: date | None = None,
        *,
        include_to_confirm: bool = True,
        office_hours: OfficeHours = _USUAL_HOURS,
    ) -> "WorkingCalendar":
        """Return a calendar, Monday to Friday, from a table with the columns of `holidays.csv`.

        It runs from `first` to `last`, by default over the whole years of the table. Raises `CalendarError`
        for a table that contradicts itself or, by default range, has no row for a year in between.

        >>> WorkingCalendar.from_csv(reference_path("holidays.csv")).last
        datetime.date(2027, 12, 31)
        """
        return cls._from_table(Path(path), first, last, include_to_confirm, office_hours, Path(path).name)

    @classmethod
    def _from_table(
        cls,
        path: Path,
        first: date | None,
        last: date | None,
        include_to_confirm: bool,
        office_hours: OfficeHours,
        table: str,
    ) -> "WorkingCalendar":
        rows = read_calendar_table(path)
        if first is None or last is None:
            years = years_covered(table, rows)
            first, last = first or date(years[0], 1, 1), last or date(years[-1], 12, 31)
        rows = tuple(row for row in rows if include_to_confirm or row.status != "to_confirm")
        holidays = tuple(row.day for row in rows if row.kind == "off")
        workdays = tuple(row.day for row in rows if row.kind == "workday")
        return cls(first, last, MONDAY_TO_FRIDAY, holidays, workdays, office_hours, table)

    @classmethod
    def weekdays(cls, first: date, last: date, office_hours: OfficeHours = _USUAL_HOURS) -> "WorkingCalendar":
        """Return the calendar in which every Monday to Friday from `first` to `last` is worked.

        >>> WorkingCalendar.weekdays(date(2011, 1, 1), date(2012, 12, 31)).count_inclusive(
        ...     date(2011, 1, 1), date(2011, 1, 31))
        21
        """
        return cls(first, last, office_hours=office_hours)

    def covers(self, day: Instants) -> Numbers:
        """Return whether the date lies in the calendar; a missing date gives a missing answer.

        >>> WorkingCalendar.vietnam().covers([date(2023, 1, 2), date(2099, 1, 1)])
        array([ True, False])
        """
        days = to_instants(day).astype("datetime64[D]")
        inside = (days >= np.datetime64(self.first, "D")) & (days <= np.datetime64(self.last, "D"))
        return numbers_back(inside, np.isnat(days), [day])

    def is_working_day(self, day: Instants) -> Numbers:
        """Return whether the day is worked.

        >>> WorkingCalendar.vietnam().is_working_day([date(2024, 4, 29), date(2024, 5, 4)])
        array([False,  True])
        """
        days = to_instants(day).astype("datetime64[D]")
        return numbers_back(self._days.working[self._days.row(days)], np.isnat(days), [day])

    def working_days_between(self, start: Instants, end: Instants) -> Numbers:
        """Return the number of working days after the day of `start`, up to and including the day of `end`.

        The day of receipt is day 0 (Civil Code 2015, article 147(2)). Where `end` is earlier the number is
        negative and of the same size as from `end` to `start`. Clock times do not matter.

        >>> calendar = WorkingCalendar.vietnam()
        >>> calendar.working_days_between(date(2024, 4, 25), date(2024, 5, 6))
        5
        >>> calendar.working_days_between(date(2025, 3, 14), date(2025, 3, 10))
        -4
        """
        first, last = to_instants(start).astype("datetime64[D]"), to_instants(end).astype("datetime64[D]")
        n_days = self._days.number[self._days.row(last)] - self._days.number[self._days.row(first)]
        return numbers_back(n_days, np.isnat(first) | np.isnat(last), [start, end])

    def count_inclusive(self, start: Instants, end: Instants) -> Numbers:
        """Return the number of working days from `start` to `end`, both included, as NETWORKDAYS does.

        Negative where `end` is earlier than `start`.

        >>> WorkingCalendar.vietnam().count_inclusive(date(2024, 4, 25), date(2024, 5, 6))
        6
        """
        first, last = to_instants(start).astype("datetime64[D]"), to_instants(end).astype("datetime64[D]")
        backwards = last < first
        low = self._days.row(np.where(backwards, last, first))
        high = self._days.row(np.where(backwards, first, last))
        n_days = self._days.number[high] - self._days.number[low] + self._days.working[low]
        signed = np.where(backwards, -n_days, n_days)
        return numbers_back(signed, np.isnat(first) | np.isnat(last), [start, end])

    def deadline(self, received_at: Instants, n_working_days: Numbers) -> Instants:
        """Return the same clock time `n_working_days` working days after the receipt.

        The day of receipt is day 0, also when it is not a working day: counting starts with the next working
        day. A negative number counts back. A fraction of a day counts as hours (`deadline_hours`, 8 hours a
        day). A date gives a date, a date-time a date-time.

        >>> WorkingCalendar.vietnam().deadline(date(2025, 12, 31), 2)
        datetime.date(2026, 1, 6)
        """
        instants, n_days = np.broadcast_arrays(to_instants(received_at), to_numbers(n_working_days))
        n_days = np.where(np.isnat(instants), np.nan, n_days)
        whole = np.floor(n_days) == n_days
        due = self._add_working_days(instants, np.where(whole, n_days, np.nan))
        if np.any(~whole & ~np.isnan(n_days)):
            hours = np.where(whole, np.nan, n_days * HOURS_PER_DAY)
            due = np.where(whole, due, self._add_hours(instants, hours))
        return instants_back(due, [received_at, n_working_days])

    def deadline_hours(self, received_at: Instants, hours: Numbers) -> Instants:
        """Return the instant by which so many office hours have passed since the receipt.

        Whole days of 8 hours keep the clock time; the rest runs through the office hours and jumps the lunch
        break. A receipt before opening counts from opening, in the lunch break from its end, after closing or
        on a day off from the opening of the next working day. Raises `CalendarError` for negative hours.

        >>> from datetime import datetime
        >>> WorkingCalendar.vietnam().deadline_hours(datetime(2023, 6, 15, 10, 30), 12)
        datetime.datetime(2023, 6, 16, 16, 30)
        """
        instants, wanted = np.broadcast_arrays(to_instants(received_at), to_numbers(hours))
        wanted = np.where(np.isnat(instants), np.nan, wanted)
        if np.any(wanted < 0):
            raise CalendarError(
                f"A time limit of {np.nanmin(wanted):g} hours is negative. Give 0 hours or more.",
                f"Thời hạn {np.nanmin(wanted):g} giờ là số âm. Hãy ghi từ 0 giờ trở lên.",
            )
        return instants_back(self._add_hours(instants, wanted), [received_at, hours])

    def deadline_calendar_days(self, received_at: Instants, n_days: Numbers) -> Instants:
        """Return the same clock time `n_days` calendar days after the receipt, moved to a working day.

        The day of receipt is not counted; a limit that ends on a day off ends on the next working day (Civil
        Code 2015, articles 147(2) and 148(5)).

        >>> WorkingCalendar.vietnam().deadline_calendar_days(date(2023, 4, 14), 15)
        datetime.date(2023, 5, 4)
        """
        instants, n_days = np.broadcast_arrays(to_instants(received_at), to_numbers(n_days))
        missing = np.isnat(instants) | np.isnan(n_days)
        steps = np.where(missing, 0, np.round(n_days * _MICROSECONDS_PER_DAY)).astype("timedelta64[us]")
        due = np.where(missing, _NO_INSTANT, instants + steps)
        days = due.astype("datetime64[D]")
        row = self._days.row(days)
        off = ~missing & ~self._days.working[row]
        moved = self._days.working_day(self._days.number[row], np.where(off, days, _NO_DAY))
        return instants_back(np.where(off, moved + (due - days), due), [received_at, n_days])

    def calendar_days_between(self, start: Instants, end: Instants) -> Numbers:
        """Return the calendar days from the day of `start` to the day of `end`, negative if reversed.

        >>> WorkingCalendar.vietnam().calendar_days_between(date(2024, 2, 28), date(2024, 3, 1))
        2
        """
        first, last = to_instants(start).astype("datetime64[D]"), to_instants(end).astype("datetime64[D]")
        missing = np.isnat(first) | np.isnat(last)
        n_days = np.where(missing, 0, (last - first).astype(np.int64))
        return numbers_back(n_days, missing, [start, end])

    def working_hours_between(self, start: Instants, end: Instants) -> Numbers:
        """Return the office hours from `start` to `end`, negative if reversed.

        >>> WorkingCalendar.vietnam().working_hours_between("2023-06-15T10:30", "2023-06-16T16:30")
        12.0
        """
        first, last = to_instants(start), to_instants(end)
        hours = (self._seconds_worked(last) - self._seconds_worked(first)) / 3600
        return numbers_back(hours, np.isnat(first) | np.isnat(last), [start, end])

    def as_frame(self) -> pd.DataFrame:
        """Return one row per day: what an engine joins on to count working days and to name the month.

        Columns `day` (datetime64[us], midnight), `working_day_number` (int64, working days up to and including
        the day, so that the working days from a to b are number(b) − number(a)), `is_working_day` (bool),
        `accounting_month` and `calendar_month` (int64, year · 12 + month − 1; an accounting month runs from
        the 15th of the month before to the 14th, NĐ 09/2019/NĐ-CP article 12).

        >>> WorkingCalendar.vietnam().as_frame().tail(1).to_dict("records")[0]["working_day_number"]
        2501
        """
        return self._days.frame()

    def _add_working_days(self, instants: InstantArray, n_days: FloatArray) -> InstantArray:
        """Return the instants moved by whole working days; NaT where the number is missing."""
        days = np.where(np.isnan(n_days), _NO_DAY, instants.astype("datetime64[D]"))
        steps = np.where(np.isnat(days), 0, n_days).astype(np.int64)
        row = self._days.row(days)
        # Counting back from a day off, the first step is the working day before it, which has its number.
        index = self._days.number[row] - 1 + steps + ((steps < 0) & ~self._days.working[row])
        moved = self._days.working_day(index, np.where(steps == 0, _NO_DAY, days))
        clock = instants - instants.astype("datetime64[D]")
        return np.asarray(np.where(steps == 0, days, moved) + clock)

    def _add_hours(self, instants: InstantArray, hours: FloatArray) -> InstantArray:
        """Return the instants moved by office hours; NaT where the number is missing."""
        office = self.office_hours
        days = np.where(np.isnan(hours), _NO_DAY, instants.astype("datetime64[D]"))
        row = self._days.row(days)
        clock, next_day = office.start_of_count(_clock_seconds(instants), self._days.working[row])
        whole = np.floor(np.nan_to_num(hours) / HOURS_PER_DAY)
        rest = (np.nan_to_num(hours) - whole * HOURS_PER_DAY) * 3600
        worked = np.where(rest > 0, office.worked(clock) + rest, 0)
        nights = np.maximum(np.ceil(worked / office.seconds) - 1, 0)
        clock = np.where(rest > 0, office.clock(worked - nights * office.seconds), clock)
        index = self._days.number[row] - 1 + next_day + (whole + nights).astype(np.int64)
        due_on = self._days.working_day(index, days)
        return np.asarray(due_on + np.round(clock * 1e6).astype("timedelta64[us]"))

    def _seconds_worked(self, instants: InstantArray) -> FloatArray:
        """Return the office seconds from the first day of the calendar to each instant."""
        row = self._days.row(instants.astype("datetime64[D]"))
        today = np.where(self._days.working[row], self.office_hours.worked(_clock_seconds(instants)), 0)
        days_before = self._days.number[row] - self._days.working[row]
        return np.asarray(today + days_before * float(self.office_hours.seconds))


def _clock_seconds(instants: InstantArray) -> FloatArray:
    """Return the seconds since midnight; 0 for a missing instant."""
    clock = (instants - instants.astype("datetime64[D]")) / np.timedelta64(1, "s")
    return np.asarray(np.nan_to_num(clock), dtype=np.float64)
