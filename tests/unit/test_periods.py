"""Reporting periods: windows, labels in many spellings, neighbours, warnings, months."""

from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from cchc_analysis.errors import PeriodError
from cchc_analysis.periods import (
    ReportPeriod,
    accounting_month,
    calendar_month,
    month_label,
    month_window,
    parse_as_of,
    parse_period,
)


def days(start, end):
    return date.fromisoformat(start), date.fromisoformat(end)


# NĐ 09/2019/NĐ-CP, article 12: month 15th–14th; quarter, half, nine months and year are made of such months.
WINDOWS = [
    ("2023-05", "2023-04-15", "2023-05-14"),
    ("2023-01", "2022-12-15", "2023-01-14"),
    ("2023-Q1", "2022-12-15", "2023-03-14"),
    ("2023-Q2", "2023-03-15", "2023-06-14"),
    ("2023-Q3", "2023-06-15", "2023-09-14"),
    ("2023-Q4", "2023-09-15", "2023-12-14"),
    ("2023-6M", "2022-12-15", "2023-06-14"),
    ("2023-H2", "2023-06-15", "2023-12-14"),
    ("2023-9M", "2022-12-15", "2023-09-14"),
    ("2023", "2022-12-15", "2023-12-14"),
    ("2023-02-calendar", "2023-02-01", "2023-02-28"),
    ("2024-02-calendar", "2024-02-01", "2024-02-29"),
    ("2023-12-calendar", "2023-12-01", "2023-12-31"),
    ("2023-Q2-calendar", "2023-04-01", "2023-06-30"),
    ("2023-6M-calendar", "2023-01-01", "2023-06-30"),
    ("2023-calendar", "2023-01-01", "2023-12-31"),
]


@pytest.mark.parametrize(("label", "start", "end"), WINDOWS)
def test_window(label, start, end):
    period = parse_period(label)
    assert (period.start, period.end) == days(start, end)
    assert period.label == label
    assert parse_period(period.label) == period


@pytest.mark.parametrize("label", [label for label, *_ in WINDOWS])
def test_months_cover_the_window_without_gap(label):
    period = parse_period(label)
    windows = [month_window(number, period.window) for number in period.months]
    assert (windows[0][0], windows[-1][1]) == (period.start, period.end)
    for (_, end), (start, _) in pairwise(windows):
        assert start == end + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2023-q2", "2023-Q2"),
        ("2023Q2", "2023-Q2"),
        (" Quý II/2023 ", "2023-Q2"),
        ("Quý\u00a0IV năm 2023", "2023-Q4"),
        ("Quy\u0301 III/2023", "2023-Q3"),
        ("quy 2/2023", "2023-Q2"),
        ("Quý 1-2023", "2023-Q1"),
        ("Tháng 5/2023", "2023-05"),
        ("tháng 5 năm 2023", "2023-05"),
        ("thang 05.2023", "2023-05"),
        ("T5/2023", "2023-05"),
        ("05/2023", "2023-05"),
        ("5/2023", "2023-05"),
        ("2023-5", "2023-05"),
        ("12/2024", "2024-12"),
        ("T3-25", "2025-03"),
        ("6 tháng đầu năm 2023", "2023-6M"),
        ("6 tháng năm 2023", "2023-6M"),
        ("6 tháng cuối năm 2023", "2023-H2"),
        ("2023-H1", "2023-6M"),
        ("9 tháng đầu năm 2023", "2023-9M"),
        ("9 tháng năm 2023", "2023-9M"),
        ("9 tháng 2023", "2023-9M"),
        ("Tháng 9/2023", "2023-09"),
        ("Năm 2023", "2023"),
        ("Cả năm 2023", "2023"),
        (2023, "2023"),
        ("2023-Q2-Calendar", "2023-Q2-calendar"),
        ("Quý II/2023 - calendar", "2023-Q2-calendar"),
        ("2023-Q2-accounting", "2023-Q2"),
    ],
)
def test_spellings(text, label):
    assert parse_period(text).label == label


@pytest.mark.parametrize(
    "text",
    [
        *("", "2023-13", "13/2025", "2023-00", "Tháng 13/2023", "2023-Q5", "2023-Q0", "Quý V/2023", "2023-7M"),
        *(
            "2023-H3",
            "05/23",
            "Q2",
            "23",
            "0000",
            "2023-05-01",
            "01/05/2023",
            "3025",
            "quarter 2",
            "calendar",
        ),
    ],
)
def test_what_is_no_period_is_refused_with_the_accepted_forms(text):
    with pytest.raises(PeriodError, match="2023-05, 2023-Q2, 2023-6M, 2023-H2, 2023-9M, 2023") as caught:
        parse_period(text)
    assert repr(text) in caught.value.en
    assert "không phải là kỳ báo cáo" in caught.value.vi


def test_labels_of_a_messy_table(reference):
    rows = (reference / "08_bad_inputs" / "71_periods.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    found, refused = [], []
    for row in rows:
        text = row.split(",")[0]
        try:
            found.append(parse_period(text).label)
        except PeriodError:
            refused.append(text)
    assert refused == ["13/2025"]
    assert found == [
        *("2025-01", "2025-02", "2025-03", "2025-04", "2025-Q2", "2025-05", "2025-05", "2025-07", "2024-12")
    ]


def test_window_option():
    assert parse_period("2023-Q2", window="calendar").label == "2023-Q2-calendar"
    assert parse_period("2023-Q2-calendar", window="calendar").window == "calendar"
    assert parse_period("2023-Q2", window="accounting").window == "accounting"
    with pytest.raises(PeriodError):
        parse_period("2023-Q2-calendar", window="accounting")


@pytest.mark.parametrize(
    ("label", "previous", "a_year_ago"),
    [
        ("2023-Q2", "2023-Q1", "2022-Q2"),
        ("2023-Q1", "2022-Q4", "2022-Q1"),
        ("2023-05", "2023-04", "2022-05"),
        ("2023-01", "2022-12", "2022-01"),
        ("2023-6M", "2022-6M", "2022-6M"),
        ("2023-H2", "2022-H2", "2022-H2"),
        ("2023-9M", "2022-9M", "2022-9M"),
        ("2023", "2022", "2022"),
        ("2023-Q1-calendar", "2022-Q4-calendar", "2022-Q1-calendar"),
    ],
)
def test_neighbours(label, previous, a_year_ago):
    period = parse_period(label)
    assert period.previous().label == previous
    assert period.a_year_ago().label == a_year_ago


@pytest.mark.parametrize(
    ("label", "day"),
    # Plan 2023 of Vũng Tàu, part III.1: before 14/3, 14/6, 14/9 and, for the year, 14/12.
    [
        ("2023-Q1", date(2023, 3, 14)),
        ("2023-Q2", date(2023, 6, 14)),
        ("2023-Q3", date(2023, 9, 14)),
        ("2023", date(2023, 12, 14)),
        ("2023-6M", date(2023, 6, 14)),
        ("2023-9M", date(2023, 9, 14)),
        ("2023-05", date(2023, 5, 14)),
        ("2023-Q2-calendar", None),
    ],
)
def test_submit_before(label, day):
    assert parse_period(label).submit_before == day


def test_a_report_due_inside_its_window_is_warned_of():
    (vi,) = parse_period("2023-Q2").warnings()
    (en,) = parse_period("2023-Q2").warnings("en")
    assert "trước ngày 14/06/2023" in vi
    assert "chưa đầy đủ" in vi
    assert "before 14 June 2023" in en
    assert parse_period("2023-Q2-calendar").warnings() == ()


@pytest.mark.parametrize(
    ("label", "vi", "en"),
    [
        ("2023-Q2", "Quý II/2023", "Q2 2023"),
        ("2023-Q4", "Quý IV/2023", "Q4 2023"),
        ("2023-6M", "6 tháng đầu năm 2023", "First half of 2023"),
        ("2023-H2", "6 tháng cuối năm 2023", "Second half of 2023"),
        ("2023-9M", "9 tháng năm 2023", "First nine months of 2023"),
        ("2023", "Năm 2023", "Year 2023"),
        ("2023-05", "Tháng 5/2023", "May 2023"),
        ("2023-12", "Tháng 12/2023", "December 2023"),
        ("2023-05-calendar", "Tháng 5/2023 (theo tháng dương lịch)", "May 2023 (calendar months)"),
    ],
)
def test_titles_are_understood_again(label, vi, en):
    period = parse_period(label)
    assert (period.title(), period.title("en")) == (vi, en)
    assert parse_period(vi.split(" (")[0], window=period.window) == period


def test_dates_text():
    assert parse_period("2023-Q2").dates_text() == "15/03/2023 – 14/06/2023"
    assert parse_period("2023-Q2").dates_text("en") == "15 March 2023 – 14 June 2023"


def test_contains_and_is_open_look_at_the_day():
    period = parse_period("2023-Q2")
    inside = (date(2023, 3, 15), datetime(2023, 6, 14, 23, 59))
    outside = (date(2023, 3, 14), datetime(2023, 6, 15))
    assert all(period.contains(day) for day in inside)
    assert not any(period.contains(day) for day in outside)
    assert period.is_open(datetime(2023, 6, 14, 23, 59))
    assert period.is_open(date(2023, 1, 1))
    assert not period.is_open(datetime(2023, 6, 15))


def test_a_period_cannot_begin_anywhere():
    with pytest.raises(PeriodError, match="quarter cannot begin with 2023-02"):
        ReportPeriod("quarter", calendar_month(date(2023, 2, 1)))
    with pytest.raises(PeriodError, match="year cannot begin"):
        ReportPeriod("year", calendar_month(date(2023, 7, 1)))


def test_periods_are_values():
    assert len({parse_period("2023-Q2"), parse_period("Quý II/2023"), parse_period("2023-Q2-calendar")}) == 2


def test_every_day_lies_in_its_month():
    for day in (date(2022, 11, 20) + timedelta(days=n) for n in range(800)):
        for number, window in ((accounting_month(day), "accounting"), (calendar_month(day), "calendar")):
            start, end = month_window(number, window)
            assert start <= day <= end
            assert parse_period(month_label(number), window=window).contains(day)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-06-14", datetime(2023, 6, 14)),
        ("2023-06-14T17:05:09", datetime(2023, 6, 14, 17, 5, 9)),
        ("2023-06-14 17:05", datetime(2023, 6, 14, 17, 5)),
        ("2023-06-14T17:05+07:00", datetime(2023, 6, 14, 17, 5)),
        ("14/06/2023", datetime(2023, 6, 14)),
        ("1/6/2023 7:30", datetime(2023, 6, 1, 7, 30)),
        ("01-06-2023 07:30:15", datetime(2023, 6, 1, 7, 30, 15)),
        (date(2023, 6, 14), datetime(2023, 6, 14)),
        (datetime(2023, 6, 14, 5, tzinfo=timezone(timedelta(hours=7))), datetime(2023, 6, 14, 5)),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_as_of(text, instant):
    assert parse_as_of(text) == instant


@pytest.mark.parametrize("text", ["30/02/2023", "06/14/2023", "today", "2023-06", "14/06/23", "2023-06-14 25:00"])
def test_as_of_that_is_no_date_is_refused(text):
    with pytest.raises(PeriodError, match="2023-06-14 17:00 or 14/06/2023") as caught:
        parse_as_of(text)
    assert text in caught.value.vi
