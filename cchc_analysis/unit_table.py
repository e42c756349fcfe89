"""Reads and checks the table of administrative units."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cchc_analysis.errors import UnitError
from cchc_analysis.text import clean_text

COLUMNS = (
    "unit_id",
    "name",
    "short_name",
    "name_en",
    "tier",
    "parent_id",
    "valid_from",
    "valid_to",
    "successor_id",
    "aliases",
)
_NEEDED = ("unit_id", "name", "tier")


@dataclass(frozen=True)
class Unit:
    """One administrative unit as it existed from `valid_from` to `valid_to`, both included; None is unbounded."""

    unit_id: str
    name: str
    short_name: str
    name_en: str
    tier: str
    parent_id: str | None
    valid_from: date | None
    valid_to: date | None
    successor_id: str | None
    aliases: tuple[str, ...]

    def is_valid(self, on: date) -> bool:
        """Return whether the unit existed on that day.

        >>> Unit("a", "A", "A", "", "ward", None, None, date(2025, 6, 30), None, ()).is_valid(date(2025, 7, 1))
        False
        """
        day = on.date() if isinstance(on, datetime) else on
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "Unit") -> bool:
        """Return whether the two units existed at the same time.

        >>> old = Unit("a", "A", "A", "", "ward", None, None, date(2025, 6, 30), None, ())
        >>> old.overlaps(Unit("b", "A", "A", "", "ward", None, date(2025, 7, 1), None, None, ()))
        False
        """
        starts = [unit.valid_from for unit in (self, other) if unit.valid_from]
        ends = [unit.valid_to for unit in (self, other) if unit.valid_to]
        return not starts or not ends or max(starts) <= min(ends)


def read_units(path: Path) -> tuple[Unit, ...]:
    """Return the units of a CSV file in the order of the file.

    Columns `unit_id`, `name` and `tier` are needed; aliases are separated by `|`, dates are written 2025-07-01.
    Raises `UnitError` naming file, row and column.

    >>> from cchc_analysis.reference_data import reference_path
    >>> read_units(reference_path("units.csv"))[0].name
    'Thành phố Vũng Tàu'
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnitError(
            f"The units table {path.name!r} cannot be read ({error}). Give a CSV file in UTF-8.",
            f"Không đọc được bảng đơn vị {path.name!r} ({error}). Hãy dùng tệp CSV mã hóa UTF-8.",
        ) from error
    rows = csv.DictReader(lines)
    missing = [column for column in _NEEDED if column not in (rows.fieldnames or ())]
    if missing:
        raise UnitError(
            f"{path.name}, row 1: the column {missing[0]!r} is missing. The columns are {', '.join(COLUMNS)}.",
            f"{path.name}, dòng 1: thiếu cột {missing[0]!r}. Các cột gồm {', '.join(COLUMNS)}.",
        )
    return tuple(_unit(path, number, row) for number, row in enumerate(rows, start=2))


def _unit(path: Path, number: int, row: Mapping[str, str]) -> Unit:
    value = {column: clean_text(row.get(column) or "") for column in COLUMNS}
    empty = [column for column in _NEEDED if not value[column]]
    if empty:
        raise UnitError(
            f"{path.name}, row {number}: the column {empty[0]!r} is empty. Fill it in or delete the row.",
            f"{path.name}, dòng {number}: cột {empty[0]!r} để trống. Hãy điền giá trị hoặc xóa dòng này.",
        )
    return Unit(
        unit_id=value["unit_id"],
        name=value["name"],
        short_name=value["short_name"] or value["name"],
        name_en=value["name_en"],
        tier=value["tier"],
        parent_id=value["parent_id"] or None,
        valid_from=_date(path, number, "valid_from", value["valid_from"]),
        valid_to=_date(path, number, "valid_to", value["valid_to"]),
        successor_id=value["successor_id"] or None,
        aliases=tuple(alias.strip() for alias in value["aliases"].split("|") if alias.strip()),
    )


def _date(path: Path, number: int, column: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnitError(
            f"{path.name}, row {number}, column {column}: {text!r} is not a date. Write it as 2025-07-01.",
            f"{path.name}, dòng {number}, cột {column}: {text!r} không phải là ngày. Hãy ghi dạng 2025-07-01.",
        ) from None


def checked_units(units: Iterable[Unit]) -> dict[str, Unit]:
    """Return the units by id; `UnitError` for an id given twice, an unknown or circular link, or reversed dates.

    >>> list(checked_units([Unit("a", "A", "A", "", "ward", None, None, None, None, ())]))
    ['a']
    """
    by_id: dict[str, Unit] = {}
    for unit in units:
        if unit.unit_id in by_id:
            raise UnitError(
                f"The unit {unit.unit_id!r} stands twice in the units table. Give each unit its own unit_id.",
                f"Đơn vị {unit.unit_id!r} xuất hiện hai lần trong bảng đơn vị. Hãy đặt mỗi đơn vị một mã unit_id.",
            )
        by_id[unit.unit_id] = unit
    _check_links(by_id)
    return by_id


def _check_links(by_id: Mapping[str, Unit]) -> None:
    for unit in by_id.values():
        for column, other in (("parent_id", unit.parent_id), ("successor_id", unit.successor_id)):
            if other is not None and other not in by_id:
                raise UnitError(
                    f"Unit {unit.unit_id!r}: {column} {other!r} is not in the units table. Add it or correct the id.",
                    f"Đơn vị {unit.unit_id!r}: {column} {other!r} không có trong bảng đơn vị. "
                    "Hãy bổ sung đơn vị này hoặc sửa lại mã.",
                )
        _check_chain(unit, by_id)
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            raise UnitError(
                f"Unit {unit.unit_id!r} ends on {unit.valid_to}, before it begins. Correct valid_from or valid_to.",
                f"Đơn vị {unit.unit_id!r} kết thúc ngày {unit.valid_to:%d/%m/%Y}, trước ngày bắt đầu. "
                "Hãy sửa valid_from hoặc valid_to.",
            )


def _check_chain(unit: Unit, by_id: Mapping[str, Unit]) -> None:
    for column in ("parent_id", "successor_id"):
        seen = {unit.unit_id}
        other = getattr(unit, column)
        while other is not None:
            if other in seen:
                raise UnitError(
                    f"Unit {unit.unit_id!r} leads back to itself through {column}. Break the circle.",
                    f"Đơn vị {unit.unit_id!r} quay vòng về chính nó qua cột {column}. Hãy sửa lại cột này.",
                )
            seen.add(other)
            other = getattr(by_id[other], column)
