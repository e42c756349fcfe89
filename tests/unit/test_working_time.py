"""The working calendar: worked examples of docs/methods/working-time.md, shapes, missing values, errors."""

from datetime import date, datetime, time, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from cchc_analysis.calendar_table import read_calendar_table
from cchc_analysis.errors import CalendarError
from cchc_analysis.periods import accounting_month, calendar_month, parse_period
from cchc_analysis.reference_data import reference_path
from cchc_analysis.working_time import OfficeHours, WorkingCalendar

VIETNAM = WorkingCalendar.vietnam()

# Worked out by hand from the public holidays and the swapped days; day 0 is the day of receipt.
DEADLINES = [
    ("2023-01-19", 3, "2023-01-31"),  # Tết 2023
    ("2023-04-27", 3, "2023-05-05"),  # Hùng Kings + 30/4 + 1/5 with days in lieu
    ("2023-08-31", 5, "2023-09-11"),
    ("2022-04-29", 1, "2022-05-04"),
    ("2024-04-26", 3, "2024-05-04"),  # a make-up Saturday is the last day
    ("2025-04-25", 1, "2025-04-26"),
    ("2025-12-31", 2, "2026-01-06"),  # 02/01/2026 swapped with 10/01/2026
    ("2026-01-09", 1, "2026-01-10"),
    ("2026-08-21", 1, "2026-08-22"),
    ("2026-08-28", 2, "2026-09-04"),
    ("2018-12-28", 3, "2019-01-04"),  # 31/12/2018 swapped with 05/01/2019
    ("2019-01-04", 1, "2019-01-05"),
]


@pytest.mark.parametrize(("received", "n_days", "due"), DEADLINES)
def test_deadline(received, n_days, due):
    assert VIETNAM.deadline(date.fromisoformat(received), n_days) == date.fromisoformat(due)
    assert VIETNAM.working_days_between(received, due) == n_days


def test_deadline_keeps_the_clock_time_and_the_type():
    assert VIETNAM.deadline(datetime(2023, 8, 31, 9, 15, 7), 5) == datetime(2023, 9, 11, 9, 15, 7)
    due = VIETNAM.deadline(pd.Timestamp("2023-08-31 09:15:07"), 5)
    assert isinstance(due, pd.Timestamp)
    assert due == pd.Timestamp("2023-09-11 09:15:07")
    assert type(VIETNAM.deadline(date(2023, 8, 31), 5)) is date
    assert VIETNAM.deadline(np.datetime64("2023-08-31"), 5) == np.datetime64("2023-09-11")


def test_receipt_on_a_day_off_is_day_0():
    saturday = datetime(2023, 6, 17, 8, 30)
    assert VIETNAM.deadline(saturday, 1) == datetime(2023, 6, 19, 8, 30)
    assert VIETNAM.deadline(saturday, 0) == saturday


def test_negative_number_counts_back():
    assert VIETNAM.deadline(date(2023, 9, 11), -5) == date(2023, 8, 31)
    assert VIETNAM.deadline(date(2023, 6, 18), -1) == date(2023, 6, 16)


def test_deadline_takes_a_number_per_row():
    texts = ["2023-01-19T10:00", None, "2023-06-15T10:30", "2023-06-15T00:00"]
    received = pd.Series(np.array(texts, dtype="datetime64[us]"), index=[5, 6, 7, 8])
    due = VIETNAM.deadline(received, pd.Series([3, 3, 1.5, None], index=[5, 6, 7, 8]))
    assert due.index.tolist() == [5, 6, 7, 8]
    assert due.dtype == "datetime64[us]"
    assert due[5] == pd.Timestamp("2023-01-31 10:00")
    assert due[7] == pd.Timestamp("2023-06-16 16:30")
    assert due.isna().tolist() == [False, True, False, True]


HOURS = [
    # received, hours, due — 07:00–11:30 and 13:30–17:00
    ("2023-06-15 10:30", 8, "2023-06-16 10:30"),
    ("2023-06-15 10:30", 1, "2023-06-15 11:30"),
    ("2023-06-15 10:30", 2, "2023-06-15 14:30"),  # lunch is jumped
    ("2023-06-15 16:00", 2, "2023-06-16 08:00"),  # over night
    ("2023-06-16 16:00", 2, "2023-06-19 08:00"),  # over the weekend
    ("2023-06-15 17:00", 0, "2023-06-15 17:00"),
    ("2023-06-15 17:01", 8, "2023-06-19 07:00"),  # after closing: Friday's opening, then one day
    ("2023-06-15 17:30", 4, "2023-06-16 11:00"),
    ("2023-06-15 06:10", 4, "2023-06-15 11:00"),  # before opening
    ("2023-06-15 12:00", 1, "2023-06-15 14:30"),  # in the lunch break
    ("2023-06-17 09:00", 4, "2023-06-19 11:00"),  # Saturday
    ("2023-06-15 14:00", 28, "2023-06-21 08:00"),  # 3 days, 3 hours to closing, 1 hour
    ("2024-05-03 16:30", 1, "2024-05-04 07:30"),  # into a make-up Saturday
    ("2023-06-15 13:30", 8, "2023-06-16 13:30"),
    ("2023-06-15 07:00", 7.5, "2023-06-15 16:30"),
    ("2023-06-15 07:00", 0.1, "2023-06-15 07:06"),
]


@pytest.mark.parametrize(("received", "hours", "due"), HOURS)
def test_deadline_in_hours(received, hours, due):
    assert VIETNAM.deadline_hours(datetime.fromisoformat(received), hours) == datetime.fromisoformat(due)


def test_fraction_of_a_day_goes_through_hours():
    received = datetime(2023, 6, 15, 14, 0)
    assert VIETNAM.deadline(received, 3.5) == VIETNAM.deadline_hours(received, 28) == datetime(2023, 6, 21, 8, 0)


def test_office_hours_can_be_set():
    seven_thirty = OfficeHours(time(7, 30), time(11, 30), time(13, 30), time(17, 30))
    calendar = WorkingCalendar.vietnam(office_hours=seven_thirty)
    assert calendar.deadline_hours(datetime(2023, 6, 15, 17, 15), 1) == datetime(2023, 6, 16, 8, 15)
    six_hours = WorkingCalendar.vietnam(office_hours=OfficeHours(time(8), time(11), time(13), time(16)))
    assert six_hours.deadline_hours(datetime(2023, 6, 15, 8), 7.5) == datetime(2023, 6, 16, 9, 30)


def test_office_hours_out_of_order_are_refused():
    with pytest.raises(CalendarError, match="13:30, 11:30"):
        OfficeHours(time(7), time(13, 30), time(11, 30), time(17))


def test_negative_hours_are_refused():
    with pytest.raises(CalendarError, match="-2 hours"):
        VIETNAM.deadline_hours(datetime(2023, 6, 15), -2)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2023-06-15 10:30", "2023-06-15 14:30", 2.0),
        ("2023-06-15 10:30", "2023-06-16 10:30", 8.0),
        ("2023-06-16 16:00", "2023-06-19 08:00", 2.0),
        ("2023-06-17 08:00", "2023-06-18 16:00", 0.0),
        ("2023-06-19 08:00", "2023-06-16 16:00", -2.0),
        ("2023-06-14 20:00", "2023-06-15 06:00", 0.0),
    ],
)
def test_working_hours_between(start, end, hours):
    assert VIETNAM.working_hours_between(start, end) == pytest.approx(hours, abs=1e-9)


@pytest.mark.parametrize(
    ("received", "n_days", "due"),
    [
        ("2023-06-01", 15, "2023-06-16"),
        ("2023-06-02", 15, "2023-06-19"),  # 17/06 is a Saturday
        ("2023-04-14", 15, "2023-05-04"),  # 29/04 lies in five days off
        ("2024-04-29", 5, "2024-05-04"),  # a make-up Saturday is a working day
        ("2023-01-10", 11, "2023-01-27"),  # Tết
    ],
)
def test_calendar_days_move_off_days_off(received, n_days, due):
    assert VIETNAM.deadline_calendar_days(date.fromisoformat(received), n_days) == date.fromisoformat(due)


def test_calendar_days_keep_the_clock_time():
    assert VIETNAM.deadline_calendar_days(datetime(2023, 6, 2, 15, 20), 15) == datetime(2023, 6, 19, 15, 20)


def test_calendar_days_between_ignores_the_clock_and_the_calendar():
    assert VIETNAM.calendar_days_between("1999-12-31T23:00", "2000-03-01T01:00") == 61
    assert VIETNAM.calendar_days_between(["2023-03-01", None], "2023-02-27").tolist() == [-2, None]


@pytest.mark.parametrize(
    ("label", "n_days"),
    # Counted from the public holidays of 2022 and 2023 by hand.
    [
        ("2023-Q1", 58),
        ("2023-Q2", 63),
        ("2023-Q3", 64),
        ("2023-Q4", 65),
        ("2023-6M", 121),
        ("2023-9M", 185),
        ("2023", 250),
    ],
)
def test_working_days_of_the_report_windows_2023(label, n_days):
    period = parse_period(label)
    assert VIETNAM.count_inclusive(period.start, period.end) == n_days


def test_missing_in_missing_out():
    assert VIETNAM.working_days_between(None, date(2023, 1, 3)) is None
    assert VIETNAM.is_working_day(pd.NaT) is None
    assert VIETNAM.deadline(None, 3) is None
    assert VIETNAM.deadline(pd.NaT, 3) is pd.NaT
    assert VIETNAM.deadline(date(2023, 1, 3), None) is None
    assert VIETNAM.deadline_hours(None, 3) is None
    assert VIETNAM.deadline_calendar_days(date(2023, 1, 3), float("nan")) is None
    counts = VIETNAM.working_days_between(np.array(["2023-01-19", "NaT"], dtype="datetime64[D]"), date(2023, 1, 31))
    assert counts.tolist() == [3, None]
    hours = VIETNAM.working_hours_between(pd.Series([pd.NaT, pd.Timestamp("2023-06-15 08:00")]), "2023-06-15T09:00")
    assert hours.isna().tolist() == [True, False]
    series = VIETNAM.is_working_day(pd.Series(pd.to_datetime(["2023-01-19", None])))
    assert series.dtype == "boolean"
    assert series.tolist() == [True, pd.NA]


def test_series_of_python_dates_and_of_zoned_times():
    dates = pd.Series([date(2023, 1, 19), None], dtype="object")
    assert VIETNAM.working_days_between(dates, date(2023, 1, 31)).tolist() == [3, pd.NA]
    # 23:30 in Hồ Chí Minh City is still the same day, though UTC has 16:30 and Tokyo the next day.
    zoned = pd.Series(pd.to_datetime(["2023-01-19 23:30"])).dt.tz_localize("Asia/Ho_Chi_Minh")
    assert VIETNAM.working_days_between(zoned, date(2023, 1, 31)).tolist() == [3]
    moment = datetime(2023, 1, 20, 0, 30, tzinfo=timezone(timedelta(hours=7)))
    assert VIETNAM.is_working_day(moment) is False


def test_rows_are_not_matched_by_accident():
    one, other = pd.Series([date(2023, 1, 19)], index=[0]), pd.Series([date(2023, 1, 31)], index=[1])
    with pytest.raises(CalendarError, match="different rows"):
        VIETNAM.working_days_between(one, other)


def test_date_outside_names_date_range_and_the_way_out():
    with pytest.raises(CalendarError) as caught:
        VIETNAM.working_days_between(pd.Series([date(2023, 1, 3), date(2031, 5, 6)]), date(2023, 1, 3))
    assert "2031-05-06" in caught.value.en
    assert "2018-01-01 to 2027-12-31" in caught.value.en
    assert "data/reference/holidays.csv, columns date, kind" in caught.value.en
    assert "06/05/2031 nằm ngoài lịch làm việc 01/01/2018 – 31/12/2027" in caught.value.vi
    with pytest.raises(CalendarError, match="longer range"):
        WorkingCalendar.weekdays(date(2011, 1, 1), date(2011, 12, 31)).is_working_day(date(2012, 1, 1))


def test_deadline_outside_names_the_receipt():
    with pytest.raises(CalendarError, match="counted from 2027-12-30"):
        VIETNAM.deadline([date(2023, 1, 3), date(2027, 12, 30)], 10)
    with pytest.raises(CalendarError, match="2018-01-02"):
        VIETNAM.deadline(date(2018, 1, 2), -5)


def test_covers():
    texts = ["1025-03-01", "2018-01-01T00:00", "2027-12-31T23:59", "2028-01-01", None]
    given = pd.Series(np.array(texts, dtype="datetime64[us]"))
    assert VIETNAM.covers(given).tolist() == [False, True, True, False, pd.NA]


def test_culture_day_is_a_switch():
    assert not VIETNAM.is_working_day(date(2026, 11, 24))
    assert WorkingCalendar.vietnam(include_to_confirm=False).is_working_day(date(2026, 11, 24))


def test_calendar_cannot_be_changed():
    assert WorkingCalendar.vietnam() == VIETNAM
    frame = VIETNAM.as_frame()
    frame["working_day_number"] = 0
    assert VIETNAM.as_frame()["working_day_number"].iloc[-1] == 2501
    with pytest.raises(AttributeError):
        VIETNAM.first = date(2000, 1, 1)  # type: ignore[misc]


def test_as_frame_agrees_with_the_methods():
    frame = VIETNAM.as_frame().set_index("day")
    assert frame.dtypes.astype(str).tolist() == ["int64", "bool", "int64", "int64"]
    assert frame.index.dtype == "datetime64[us]"
    assert len(frame) == 3652
    number = frame["working_day_number"]
    assert number["2024-05-06"] - number["2024-04-25"] == VIETNAM.working_days_between("2024-04-25", "2024-05-06") == 5
    days = [day.date() for day in frame.index]
    assert frame["accounting_month"].tolist() == [accounting_month(day) for day in days]
    assert frame["calendar_month"].tolist() == [calendar_month(day) for day in days]


def test_table_is_complete_and_sourced():
    rows = read_calendar_table(reference_path("holidays.csv"))
    assert all(row.name_vi and row.name_en and row.source for row in rows)
    assert {row.status for row in rows if row.day.year == 2027 and row.day.month != 11} == {"projected"}
    assert {row.day for row in rows if row.status == "to_confirm"} == {date(2026, 11, 24), date(2027, 11, 24)}
    assert sum(row.kind == "workday" for row in rows) == 6
    assert [row.source for row in rows if row.day in (date(2026, 1, 2), date(2026, 1, 10))] == [
        "VB 12729/VPCP-KGVX"
    ] * 2


def write(path, text, encoding="utf-8-sig"):
    path.write_text(text, encoding=encoding)
    return path


def test_local_table(tmp_path):
    path = write(tmp_path / "local.csv", "date;kind\n02/09/2030;off\n2030-09-07;workday\n")
    calendar = WorkingCalendar.from_csv(path)
    assert (calendar.first, calendar.last) == (date(2030, 1, 1), date(2030, 12, 31))
    assert calendar.working_days_between(date(2030, 9, 1), date(2030, 9, 8)) == 5
    wider = WorkingCalendar.from_csv(path, date(2029, 1, 1), date(2031, 12, 31))
    assert wider.is_working_day(date(2029, 9, 3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,kind\n2030-09-02,off\n", "row 1: the column 'date' is missing"),
        ("date,kind\n2030-09-02,off\n2030-02-30,off\n", "row 3, column date: '2030-02-30'"),
        ("date,kind\n2030-09-02,holiday\n", "row 2, column kind: 'holiday'"),
        ("date,kind,status\n2030-09-02,off,sure\n", "row 2, column status: 'sure'"),
        ("date,kind\n2030-09-02,off\n02/09/2030,workday\n", "2030-09-02 is both"),
        ("date,kind\n2030-09-02,off\n2032-09-02,off\n", "no row for 2031"),
        ("date,kind\n", "no rows"),
    ],
)
def test_bad_tables_are_refused(tmp_path, text, message):
    with pytest.raises(CalendarError, match=message) as caught:
        WorkingCalendar.from_csv(write(tmp_path / "bad.csv", text))
    assert "bad.csv" in caught.value.vi


def test_table_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(CalendarError, match=r"bad\.csv"):
        WorkingCalendar.from_csv(tmp_path / "bad.csv")
    with pytest.raises(CalendarError, match=r"none\.csv"):
        WorkingCalendar.from_csv(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({"last": date(2019, 1, 1)}, "before it begins"),
        ({"weekmask": "11111"}, "week mask"),
        ({"weekmask": "1111122"}, "week mask"),
        ({"holidays": (date(2020, 5, 1),), "workdays": (date(2020, 5, 1),)}, "2020-05-01"),
    ],
)
def test_contradictory_definitions_are_refused(definition, message):
    with pytest.raises(CalendarError, match=message):
        WorkingCalendar(**{"first": date(2020, 1, 1), "last": date(2020, 12, 31), **definition})


def test_text_that_is_no_date_is_refused():
    with pytest.raises(CalendarError, match="'yesterday'"):
        VIETNAM.is_working_day("yesterday")


def test_calendar_without_working_days():
    never = WorkingCalendar(date(2020, 1, 1), date(2020, 1, 31), weekmask="0000000")
    assert never.working_days_between(date(2020, 1, 1), date(2020, 1, 31)) == 0
    with pytest.raises(CalendarError, match="2020-01-01"):
        never.deadline(date(2020, 1, 1), 1)


def test_a_million_pairs_are_counted_as_one_by_one():
    seconds = np.random.default_rng(20230315).integers(0, 3000 * 86_400, 1_000_000)
    start = pd.Series(np.datetime64("2018-01-01", "s") + seconds.astype("timedelta64[s]"))
    end = start + pd.Timedelta(days=30)
    counts = VIETNAM.working_days_between(start, end)
    assert len(counts) == 1_000_000
    for place in range(0, 1_000_000, 9973):
        assert counts[place] == VIETNAM.working_days_between(start[place].date(), end[place].date())
