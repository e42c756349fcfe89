"""Reads a table of days off and make-up working days, such as `data/reference/holidays.csv`."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cchc_analysis.errors import CalendarError

KINDS = ("off", "workday")
STATUSES = ("official", "projected", "to_confirm")
COLUMNS = ("date", "kind", "name_vi", "name_en", "status", "source")

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class CalendarDay:
    """One row: a day that is off, or worked, against the rule of the week."""

    day: date
    kind: str
    status: str = "official"
    name_vi: str = ""
    name_en: str = ""
    source: str = ""


def read_calendar_table(path: Path) -> tuple[CalendarDay, ...]:
    """Return the days of a CSV file, sorted by date.

    Columns `date` (2026-01-02 or 02/01/2026) and `kind` (`off` or `workday`) are needed; `status`, `name_vi`,
    `name_en` and `source` may be there; the separator is a comma or a semicolon. Raises `CalendarError`
    naming file and row for a date, kind or status that is not understood, and for a date with two kinds.

    >>> from cchc_analysis.reference_data import reference_path
    >>> read_calendar_table(reference_path("holidays.csv"))[0].name_vi
    'Tết Dương lịch'
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError(
            f"The calendar {path.name!r} cannot be read ({error}). Give a CSV file in UTF-8.",
            f"Không đọc được bảng ngày nghỉ {path.name!r} ({error}). Hãy dùng tệp CSV mã hóa UTF-8.",
        ) from error
    lines = text.splitlines()
    separator = ";" if lines and ";" in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=separator)
    _check_header(path, rows.fieldnames or ())
    days = [_calendar_day(path, number, row) for number, row in enumerate(rows, start=2)]
    _check_contradictions(path, days)
    return tuple(sorted(days, key=lambda row: row.day))


def _check_header(path: Path, header: Sequence[str]) -> None:
    missing = [name for name in COLUMNS[:2] if name not in header]
    if missing:
        raise CalendarError(
            f"{path.name}, row 1: the column {missing[0]!r} is missing. Columns are {', '.join(COLUMNS)}.",
            f"{path.name}, dòng 1: thiếu cột {missing[0]!r}. Các cột gồm {', '.join(COLUMNS)}.",
        )


def _calendar_day(path: Path, number: int, row: dict[str, str]) -> CalendarDay:
    value = {name: (row.get(name) or "").strip() for name in COLUMNS}
    day = _date(value["date"])
    if day is None:
        raise _bad_value(path, number, "date", value["date"], "2026-01-02 / 02/01/2026")
    if value["kind"] not in KINDS:
        raise _bad_value(path, number, "kind", value["kind"], ", ".join(KINDS))
    status = value["status"] or "official"
    if status not in STATUSES:
        raise _bad_value(path, number, "status", status, ", ".join(STATUSES))
    return CalendarDay(day, value["kind"], status, value["name_vi"], value["name_en"], value["source"])


def _date(text: str) -> date | None:
    day_first = _DAY_FIRST.fullmatch(text)
    try:
        if day_first:
            day, month, year = (int(part) for part in day_first.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        return None


def _bad_value(path: Path, number: int, column: str, value: str, allowed: str) -> CalendarError:
    return CalendarError(
        f"{path.name}, row {number}, column {column}: {value!r} is not understood. Write {allowed}.",
        f"{path.name}, dòng {number}, cột {column}: không hiểu {value!r}. Hãy ghi theo dạng {allowed}.",
    )


def _check_contradictions(path: Path, days: list[CalendarDay]) -> None:
    kinds: dict[date, str] = {}
    for row in days:
        if kinds.setdefault(row.day, row.kind) != row.kind:
            raise CalendarError(
                f"{path.name}: {row.day} is both a day off and a working day. Keep one of the rows.",
                f"{path.name}: ngày {row.day:%d/%m/%Y} vừa ghi là ngày nghỉ vừa ghi là ngày làm việc. "
                "Hãy giữ lại một dòng.",
            )


def years_covered(table: str, days: tuple[CalendarDay, ...]) -> range:
    """Return the years from the first to the last row; `CalendarError` where one of them has no row.

    >>> days = (CalendarDay(date(2026, 1, 1), "off"), CalendarDay(date(2027, 1, 1), "off"))
    >>> years_covered("local.csv", days)
    range(2026, 2028)
    """
    years = {row.day.year for row in days}
    if not years:
        raise CalendarError(
            f"{table} has no rows. Add the days off and make-up days of at least one year.",
            f"{table} không có dòng nào. Hãy bổ sung ngày nghỉ và ngày làm bù của ít nhất một năm.",
        )
    span = range(min(years), max(years) + 1)
    gap = [year for year in span if year not in years]
    if gap:
        raise CalendarError(
            f"{table} has no row for {gap[0]}. Add the days off and make-up days of that year.",
            f"{table} không có dòng nào của năm {gap[0]}. Hãy bổ sung ngày nghỉ và ngày làm bù của năm đó.",
        )
    return span
