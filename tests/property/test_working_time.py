"""Laws of working time that hold for every date, against a loop that looks at one day after the other."""

from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.calendar_table import read_calendar_table
from cchc_analysis.reference_data import reference_path
from cchc_analysis.working_time import WorkingCalendar

VIETNAM = WorkingCalendar.vietnam()
KINDS = {row.day: row.kind for row in read_calendar_table(reference_path("holidays.csv"))}
DAYS = st.dates(date(2018, 2, 1), date(2027, 6, 30))
INSTANTS = st.datetimes(datetime(2018, 2, 1), datetime(2027, 6, 30)).map(lambda at: at.replace(microsecond=0))


def is_worked(day):
    return KINDS.get(day, "workday" if day.weekday() < 5 else "off") == "workday"


def loop_count(start, end):
    if end < start:
        return -loop_count(end, start)
    return sum(is_worked(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def loop_deadline(day, n_days):
    while n_days:
        day += timedelta(days=1)
        n_days -= is_worked(day)
    return day


def loop_hours(at, minutes):
    """Walk minute by minute; a minute counts when it is in office hours of a working day."""
    opens = {*range(7 * 60, 11 * 60 + 30), *range(13 * 60 + 30, 17 * 60)}
    while minutes:
        minutes -= is_worked(at.date()) and at.hour * 60 + at.minute in opens
        at += timedelta(minutes=1)
    return at


@given(DAYS, st.integers(0, 90))
def test_deadline_is_that_many_working_days_later(day, n_days):
    due = VIETNAM.deadline(day, n_days)
    assert VIETNAM.working_days_between(day, due) == n_days
    assert due == loop_deadline(day, n_days)
    assert n_days == 0 or is_worked(due)


@settings(max_examples=50)
@given(st.lists(st.tuples(DAYS, st.integers(-400, 400)), min_size=1, max_size=20))
def test_count_agrees_with_a_day_loop(pairs):
    pairs = [(day, min(max(day + timedelta(days=n), date(2018, 1, 1)), date(2027, 12, 31))) for day, n in pairs]
    start, end = (np.array(column, dtype="datetime64[D]") for column in zip(*pairs, strict=True))
    assert VIETNAM.working_days_between(start, end).tolist() == [loop_count(*pair) for pair in pairs]
    inclusive = [loop_count(low, high) + is_worked(low) for low, high in map(sorted, pairs)]
    signed = [-n if end < start else n for n, (start, end) in zip(inclusive, pairs, strict=True)]
    assert VIETNAM.count_inclusive(start, end).tolist() == signed


@given(DAYS, DAYS, DAYS)
def test_counts_add_up(a, b, c):
    between = VIETNAM.working_days_between
    assert between(a, b) + between(b, c) == between(a, c)


@settings(max_examples=40)
@given(INSTANTS.map(lambda at: at.replace(second=0)), st.integers(1, 7 * 60 + 59))
def test_hours_within_a_day_agree_with_a_minute_loop(received_at, minutes):
    assert VIETNAM.deadline_hours(received_at, minutes / 60) == loop_hours(received_at, minutes)


@given(INSTANTS, st.integers(0, 400))
def test_office_hours_until_the_deadline_in_hours_are_the_limit(received_at, quarter_hours):
    due = VIETNAM.deadline_hours(received_at, quarter_hours / 4)
    worked = VIETNAM.working_hours_between(received_at, due)
    assert abs(worked - quarter_hours / 4) < 1e-6


@given(INSTANTS, st.integers(0, 60))
def test_calendar_days_never_end_early_nor_on_a_day_off(received_at, n_days):
    due = VIETNAM.deadline_calendar_days(received_at, n_days)
    earliest = received_at + timedelta(days=n_days)
    assert is_worked(due.date())
    assert due >= earliest
    assert due.time() == received_at.time()
    assert loop_count(earliest.date(), due.date()) == (0 if is_worked(earliest.date()) else 1)
