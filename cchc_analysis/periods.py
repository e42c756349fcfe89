"""Reporting periods: which days a label such as `2023-Q2` means, and what stands beside it."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from cchc_analysis.errors import Language, PeriodError

Kind = Literal["month", "quarter", "half", "nine_months", "year", "range"]
Window = Literal["accounting", "calendar"]

ACCEPTED_FORMS = "2023-05, 2023-Q2, 2023-6M, 2023-H2, 2023-9M, 2023, 2022-11..2023-05"
"""How a period is written; `-calendar` after any of them asks for calendar months."""

_N_MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "nine_months": 9, "year": 12, "range": 1}
_FIRST_MONTHS: dict[Kind, range] = {
    "month": range(12),
    "quarter": range(0, 12, 3),
    "half": range(0, 12, 6),
    "nine_months": range(1),
    "year": range(1),
    "range": range(12),
}
_ROMAN = ("I", "II", "III", "IV")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def accounting_month(day: date) -> int:
    """Return the number (year · 12 + month − 1) of the accounting month of a day.

    An accounting month runs from the 15th of the month before to the 14th (NĐ 09/2019/NĐ-CP, article 12).

    >>> month_label(accounting_month(date(2022, 12, 15))), month_label(accounting_month(date(2023, 1, 14)))
    ('2023-01', '2023-01')
    """
    return calendar_month(day) + (day.day >= 15)


def calendar_month(day: date) -> int:
    """Return the number (year · 12 + month − 1) of the calendar month of a day.

    >>> calendar_month(date(2023, 5, 31))
    24280
    """
    return day.year * 12 + day.month - 1


def month_window(number: int, window: Window = "accounting") -> tuple[date, date]:
    """Return the first and the last day of a month, both included.

    >>> month_window(calendar_month(date(2023, 1, 1)))
    (datetime.date(2022, 12, 15), datetime.date(2023, 1, 14))
    """
    if window == "accounting":
        return _day_of_month(number - 1, 15), _day_of_month(number, 14)
    return _day_of_month(number, 1), _day_of_month(number + 1, 1) - timedelta(days=1)


def month_label(number: int) -> str:
    """Return a month number as `2023-05`.

    >>> month_label(24280)
    '2023-05'
    """
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _day_of_month(number: int, day: int) -> date:
    return date(number // 12, number % 12 + 1, day)


@dataclass(frozen=True)
class ReportPeriod:
    """A reporting period: consecutive months, accounting (15th to 14th) or calendar.

    `first_month` is the number (year · 12 + month − 1) of its first month; `n_months` is the length of a range and 0
    for
    every other kind, whose length is known. Raises `PeriodError` where a period of this kind cannot begin with that
    month or a range has no month.

    >>> period = ReportPeriod("quarter", calendar_month(date(2023, 4, 1)))
    >>> period.label, period.start, period.end
    ('2023-Q2', datetime.date(2023, 3, 15), datetime.date(2023, 6, 14))
    """

    kind: Kind
    first_month: int
    window: Window = "accounting"
    n_months: int = 0

    def __post_init__(self) -> None:
        if (self.kind == "range") != (self.n_months > 0):
            raise PeriodError(
                "A range of months ends before it begins. Write the earlier month first, such as 2022-11..2023-05.",
                "Khoảng tháng kết thúc trước khi bắt đầu. Hãy ghi tháng trước ở đầu, ví dụ 2022-11..2023-05.",
            )
        if self.first_month % 12 not in _FIRST_MONTHS[self.kind]:
            raise PeriodError(
                f"A {self.kind} cannot begin with {month_label(self.first_month)}. Use one of {ACCEPTED_FORMS}.",
                f"Kỳ báo cáo không thể bắt đầu từ tháng {month_label(self.first_month)}. "
                f"Hãy ghi theo một trong các dạng: {ACCEPTED_FORMS}.",
            )

    @property
    def year(self) -> int:
        """Return the year the period is named after."""
        return self.first_month // 12

    @property
    def months(self) -> tuple[int, ...]:
        """Return the numbers (year · 12 + month − 1) of its months."""
        return tuple(range(self.first_month, self.first_month + (self.n_months or _N_MONTHS[self.kind])))

    @property
    def start(self) -> date:
        """Return the first day."""
        return month_window(self.months[0], self.window)[0]

    @property
    def end(self) -> date:
        """Return the last day, which belongs to the period."""
        return month_window(self.months[-1], self.window)[1]

    @property
    def label(self) -> str:
        """Return the one label that `parse_period` turns back into this period."""
        part = self.first_month % 12
        label = {
            "month": month_label(self.first_month),
            "quarter": f"{self.year}-Q{part // 3 + 1}",
            "half": f"{self.year}-H2" if part else f"{self.year}-6M",
            "nine_months": f"{self.year}-9M",
            "year": f"{self.year}",
            "range": f"{month_label(self.first_month)}..{month_label(self.months[-1])}",
        }[self.kind]
        return label if self.window == "accounting" else f"{label}-calendar"

    @property
    def submit_before(self) -> date | None:
        """Return the day before which the plan wants the report: the 14th of the last month.

        Plan 2023 of Vũng Tàu, part III.1: quarter reports before the 14th of the last month of the quarter, year
        report before 14/12. None for calendar windows and ranges, for which the plan sets no day.
        """
        if self.window == "calendar" or self.kind == "range":
            return None
        return _day_of_month(self.months[-1], 14)

    def previous(self) -> "ReportPeriod":
        """Return the period to compare with: the one before for months, quarters and ranges, else that of the last
        year.

        >>> parse_period("2023-Q1").previous().label, parse_period("2023-6M").previous().label
        ('2022-Q4', '2022-6M')
        """
        step = len(self.months) if self.kind in ("month", "quarter", "range") else 12
        return replace(self, first_month=self.first_month - step)

    def a_year_ago(self) -> "ReportPeriod":
        """Return the same period of the year before.

        >>> parse_period("2023-Q2").a_year_ago().label
        '2022-Q2'
        """
        return replace(self, first_month=self.first_month - 12)

    def contains(self, day: date) -> bool:
        """Return whether the day, or the day of the instant, lies in the period.

        >>> parse_period("2023-Q2").contains(date(2023, 6, 14))
        True
        """
        on = day.date() if isinstance(day, datetime) else day
        return self.start <= on <= self.end

    def is_open(self, as_of: date) -> bool:
        """Return whether the period has not ended by `as_of`: on its last day it is still open.

        >>> parse_period("2023-Q2").is_open(date(2023, 6, 14)), parse_period("2023-Q2").is_open(date(2023, 6, 15))
        (True, False)
        """
        return (as_of.date() if isinstance(as_of, datetime) else as_of) <= self.end

    def title(self, language: Language = "vi") -> str:
        """Return the name of the period as a document writes it.

        >>> parse_period("2023-Q2").title(), parse_period("2023-Q2").title("en")
        ('Quý II/2023', 'Q2 2023')
        """
        vi, en = _titles(self)
        if self.window == "calendar":
            vi, en = f"{vi} (theo tháng dương lịch)", f"{en} (calendar months)"
        return vi if language == "vi" else en

    def dates_text(self, language: Language = "vi") -> str:
        """Return the first and the last day in words that no reader takes for the other order.

        >>> parse_period("2023-Q2").dates_text(), parse_period("2023-Q2").dates_text("en")
        ('15/03/2023 – 14/06/2023', '15 March 2023 – 14 June 2023')
        """
        return f"{_day_text(self.start, language)} – {_day_text(self.end, language)}"

    def warnings(self, language: Language = "vi") -> tuple[str, ...]:
        """Return what a reader must know: a report due before the window closes rests on incomplete data.

        >>> len(parse_period("2023-Q2").warnings()), len(parse_period("2023-Q2-calendar").warnings())
        (1, 0)
        """
        if self.submit_before is None or self.submit_before > self.end:
            return ()
        due, end = _day_text(self.submit_before, language), _day_text(self.end, language)
        if language == "en":
            return (f"The plan wants this report before {due}, but the period ends on {end}: data will be incomplete.",)
        return (
            f"Kế hoạch yêu cầu gửi báo cáo trước ngày {due}, trong khi kỳ số liệu kết thúc ngày {end}: "
            "số liệu tại thời điểm gửi báo cáo chưa đầy đủ.",
        )


def _day_text(day: date, language: Language) -> str:
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def _titles(period: ReportPeriod) -> tuple[str, str]:
    year, part = period.year, period.first_month % 12
    titles: dict[Kind, tuple[str, str]] = {
        "month": (f"Tháng {part + 1}/{year}", f"{_MONTHS_EN[part]} {year}"),
        "quarter": (f"Quý {_ROMAN[part // 3]}/{year}", f"Q{part // 3 + 1} {year}"),
        "half": (f"6 tháng {'cuối' if part else 'đầu'} năm {year}", f"{'Second' if part else 'First'} half of {year}"),
        "nine_months": (f"9 tháng năm {year}", f"First nine months of {year}"),
        "year": (f"Năm {year}", f"Year {year}"),
        "range": _range_titles(period),
    }
    return titles[period.kind]


def _range_titles(period: ReportPeriod) -> tuple[str, str]:
    first, last = period.months[0], period.months[-1]
    vi = [f"{number % 12 + 1}/{number // 12}" for number in (first, last)]
    en = [f"{_MONTHS_EN[number % 12]} {number // 12}" for number in (first, last)]
    return f"Tháng {vi[0]} đến tháng {vi[1]}", f"{en[0]} to {en[1]}"


_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_ANY_YEAR = r"(?P<year>(?:19|20|21)\d\d|\d\d)"
_OF = r"\s*(?:[-/.]|\s|n[aă]m)\s*(?:n[aă]m\s*)?"
_FORMS: tuple[tuple[Kind, str], ...] = (
    ("year", rf"(?:c[aả]\s+)?(?:n[aă]m\s*)?{_YEAR}"),
    ("month", rf"{_YEAR}[-/](?P<part>\d{{1,2}})"),
    ("month", rf"(?P<part>\d{{1,2}})\s*[-/.]\s*{_YEAR}"),
    ("month", rf"(?:th[aá]ng|t)\s*(?P<part>\d{{1,2}}){_OF}{_ANY_YEAR}"),
    ("quarter", rf"{_YEAR}-?q(?P<part>\d)"),
    ("quarter", rf"(?:qu[yý]|q)\s*(?P<part>\d|iv|i{{1,3}}){_OF}{_ANY_YEAR}"),
    ("half", rf"{_YEAR}-?(?P<part>6m|h1|h2)"),
    ("half", rf"6\s*th[aá]ng(?P<part>\s+[dđ][aầ]u|\s+cu[oố]i)?{_OF}{_YEAR}"),
    ("nine_months", rf"{_YEAR}-?9m"),
    ("nine_months", rf"9\s*th[aá]ng(?:\s+[dđ][aầ]u)?{_OF}{_YEAR}"),
)
_MONTH = r"(?:19|20|21)\d\d-\d{1,2}"
_RANGE = re.compile(rf"(?P<first>{_MONTH})\s*\.\.\s*(?P<last>{_MONTH})")
_WINDOW_SUFFIX = re.compile(r"(.*\S)\s*-\s*(calendar|accounting)", re.DOTALL)


def parse_period(text: str | int, window: Window | None = None) -> ReportPeriod:
    """Return the period that a label means, in accounting months unless calendar months are asked for.

    Accepted: `2023-05`, `2023-Q2`, `2023-6M`, `2023-H2`, `2023-9M`, `2023`, a range of months such as
    `2022-11..2023-05`, each also with `-calendar` behind it;
    and what people type: "Tháng 5/2023", "T5/2023", "05/2023", "T5-23", "Quý II/2023", "6 tháng đầu năm
    2023", "9 tháng 2023", "Năm 2023", with or without diacritics. `window` says the same as the suffix.
    Raises `PeriodError`, naming the accepted forms, for anything else.

    >>> parse_period("Quý II/2023").label, parse_period("2023-05", window="calendar").label
    ('2023-Q2', '2023-05-calendar')
    """
    words = " ".join(unicodedata.normalize("NFC", str(text)).lower().split())
    suffix = _WINDOW_SUFFIX.fullmatch(words)
    if suffix:
        words, asked = suffix.group(1), suffix.group(2)
        if window not in (None, asked):
            raise _not_a_period(text)
        window = "calendar" if asked == "calendar" else "accounting"
    months = _RANGE.fullmatch(words)
    if months:
        first, last = (_range_end(months, end) for end in ("first", "last"))
        if first is not None and last is not None:
            return ReportPeriod("range", first, window or "accounting", last - first + 1)
        raise _not_a_period(text)
    for kind, pattern in _FORMS:
        found = re.fullmatch(pattern, words)
        if found:
            first_month = _first_month(kind, found)
            if first_month is not None:
                return ReportPeriod(kind, first_month, window or "accounting")
    raise _not_a_period(text)


def _range_end(months: "re.Match[str]", end: str) -> int | None:
    year, month = (int(part) for part in months[end].split("-"))
    return year * 12 + month - 1 if 1 <= month <= 12 else None


def _first_month(kind: Kind, found: "re.Match[str]") -> int | None:
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    part = (found.groupdict().get("part") or "").strip()
    n_months = _N_MONTHS[kind]
    if kind == "half":
        index = 1 if part == "h2" or part.startswith("cu") else 0
    elif kind in ("month", "quarter"):
        roman = part.upper()
        index = (_ROMAN.index(roman) + 1 if roman in _ROMAN else int(part)) - 1
    else:
        index = 0
    return year * 12 + index * n_months if 0 <= index * n_months < 12 else None


def _not_a_period(text: object) -> PeriodError:
    return PeriodError(
        f"{str(text)!r} is not a reporting period. Write one of {ACCEPTED_FORMS}; add -calendar for calendar months.",
        f"{str(text)!r} không phải là kỳ báo cáo. Hãy ghi theo một trong các dạng {ACCEPTED_FORMS}; "
        "thêm -calendar nếu tính theo tháng dương lịch.",
    )


_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[\sT]+(\d{1,2}:\d{2}(?::\d{2})?))?")


def parse_as_of(text: str | date | None) -> datetime | None:
    """Return the instant up to which data are known; None for an empty text.

    Accepted: `2023-06-14`, `2023-06-14 17:00`, `14/06/2023`, `14/06/2023 17:00`; a time zone is dropped, keeping
    the clock time. Raises `PeriodError` for anything else.

    >>> parse_as_of("14/06/2023"), parse_as_of("")
    (datetime.datetime(2023, 6, 14, 0, 0), None)
    """
    if isinstance(text, datetime):
        return text.replace(tzinfo=None)
    if isinstance(text, date):
        return datetime.combine(text, time())
    words = " ".join((text or "").split())
    if not words:
        return None
    day_first = _DAY_FIRST.fullmatch(words)
    if day_first:
        day, month, year, clock = day_first.groups()
        words = f"{year}-{int(month):02d}-{int(day):02d}T{(clock or '0:00').zfill(5)}"
    try:
        return datetime.fromisoformat(words).replace(tzinfo=None)
    except ValueError:
        raise PeriodError(
            f"{text!r} is not a date. Write 2023-06-14, 2023-06-14 17:00 or 14/06/2023.",
            f"{text!r} không phải là ngày. Hãy ghi 2023-06-14, 2023-06-14 17:00 hoặc 14/06/2023.",
        ) from None
