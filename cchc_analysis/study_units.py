"""What a study says of units over time: which unit of today carries whose tasks, and what was handed over."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from cchc_analysis import counting
from cchc_analysis.errors import CountingError, Language, UnitError
from cchc_analysis.formats import day
from cchc_analysis.frames import records
from cchc_analysis.units import UnitRegistry

if TYPE_CHECKING:
    from cchc_analysis.study import Study

CROSSWALK_COLUMNS = ("new", "old", "from_on", "n", "n_handed_over", "n_open", "n_after", "n_total")
HANDED_OVER = ("n_handed_over", "n_open", "n_after")
DISSOLVED_COLUMNS = ("unit", "ended_on", "n", "n_handed_over", "n_open", "n_after")


def crosswalk(study: "Study", on: date | None = None) -> pd.DataFrame:
    """Return which unit of a day carries the tasks of which earlier one, with the dossiers recorded under each.

    `on`: by default the day of the study's units, else the last day that is known. Columns CROSSWALK_COLUMNS, one row
    per old unit with dossiers, and one (`old` = `new`) for what stands under the new unit itself: `from_on` first day
    of the successor (None in that row); `n` dossiers received by `as_of`; `n_handed_over` those the old unit had open
    at the end of its last day, `n_open` those of them still open, `n_after` received later though recorded under the
    old unit (null while that day has not come by `as_of`, and in the row of the new unit itself); `n_total` all of the
    new unit, counted under the units of the day: the sum of `n` over its rows. A study of one unit has its rows only.
    """
    day_of = _day_of(study, on)
    key = ("crosswalk", day_of)
    if key not in study._tables:
        study._tables[key] = _crosswalk(study, day_of)
    table = study._tables[key]
    if not study.is_whole:
        table = table[(table["new"] == study.unit) | (table["old"] == study.unit)]
    return table.reset_index(drop=True)


def _day_of(study: "Study", on: date | None) -> date:
    return on or study.units_on or study.as_of.date()


def _crosswalk(study: "Study", on: date) -> pd.DataFrame:
    moved = study.registry.moved(on)
    counted = _recorded(study)
    rows = counted.assign(old=counted["unit"], new=counted["unit"].map(lambda unit: moved.get(unit, unit)))
    rows = rows[rows["new"].isin({moved[unit] for unit in rows["unit"] if unit in moved})].copy()
    total = _totals(study, moved)
    rows["n_total"] = rows["new"].map(total).astype("int64")
    _check_sums(rows)
    rows["from_on"] = [_begins(study.registry, row["old"], row["new"]) for row in records(rows)]
    return _in_order(study.registry, rows)[list(CROSSWALK_COLUMNS)]


def _recorded(study: "Study") -> pd.DataFrame:
    """Count all dossiers under the units as recorded (see counting.count_handed_over)."""
    if "handed over" not in study._tables:
        last = study.as_of.date()
        ends = {unit.unit_id: unit.valid_to for unit in study.registry.table if unit.valid_to and unit.valid_to <= last}
        counted = counting.count_handed_over(study.warehouse.recorded.dossiers(), study.clock, ends)
        # What is open when a unit ends is not known while its last day has not come.
        coming = ~counted["unit"].isin(list(ends))
        counts = {name: counted[name].astype("Int64").mask(coming) for name in HANDED_OVER}
        study._tables["handed over"] = counted.assign(**counts)
    return study._tables["handed over"]


def _totals(study: "Study", moved: Mapping[str, str]) -> dict[str, int]:
    """Count the dossiers of each unit after the rows were moved: the other side of the sum."""
    dossiers = study.warehouse.on_units(moved).dossiers()
    counted = counting.count_handed_over(dossiers, study.clock, {})
    return dict(zip(counted["unit"], counted["n"], strict=True))


def _check_sums(rows: pd.DataFrame) -> None:
    """Raise CountingError where old units and new unit do not add up."""
    sums = rows.groupby("new").agg(n=("n", "sum"), n_total=("n_total", "first"))
    for row in records(sums[sums["n"] != sums["n_total"]].reset_index()):
        raise CountingError(
            f"The units before {row['new']} have {row['n']} dossiers, the unit itself has {row['n_total']}.",
            f"Các đơn vị trước {row['new']} có {row['n']} hồ sơ, đơn vị mới có {row['n_total']} hồ sơ.",
        )


def _begins(registry: UnitRegistry, old: str, new: str) -> date | None:
    if old == new:
        return None
    end = registry.unit(old).valid_to
    return None if end is None else end + timedelta(days=1)


def _in_order(registry: UnitRegistry, rows: pd.DataFrame) -> pd.DataFrame:
    order = {unit: place for place, unit in enumerate(registry.units())}
    places = rows.assign(a=rows["new"].map(order), b=rows["old"].map(order))
    return places.sort_values(["a", "b"], kind="stable", ignore_index=True)


def dissolved_units(study: "Study", on: date | None = None) -> pd.DataFrame:
    """Return the units with dossiers that had ended by a day and whose tasks no unit of units.csv carries.

    They keep their name on every page. Columns DISSOLVED_COLUMNS: `ended_on` their last day, the counts as in
    `crosswalk`. A study of one unit has its row only.
    """
    gone = set(study.registry.dissolved(_day_of(study, on)))
    rows = _recorded(study)
    rows = rows[rows["unit"].isin(gone if study.is_whole else gone & {study.unit})]
    ends = pd.Series([study.registry.unit(unit).valid_to for unit in rows["unit"]], index=rows.index, dtype="object")
    rows = rows.assign(ended_on=ends, new="", old=rows["unit"])
    return _in_order(study.registry, rows)[list(DISSOLVED_COLUMNS)]


def names_apart(registry: UnitRegistry, units: Iterable[str], language: Language) -> dict[str, str]:
    """Return the units that share their full name with another of them, named with the day they ended or began.

    >>> names_apart(UnitRegistry.load(), ["rach-dua", "rach-dua-2025", "phuong-1"], "vi")["rach-dua"]
    'Phường Rạch Dừa (đến ngày 30/06/2025)'
    """
    named: dict[str, list[str]] = {}
    for unit in units:
        named.setdefault(registry.name(unit, language), []).append(unit)
    shared = {unit: name for name, same in named.items() if len(same) > 1 for unit in same}
    return {unit: f"{name}{_span(registry, unit, language)}" for unit, name in shared.items()}


def _span(registry: UnitRegistry, unit: str, language: Language) -> str:
    if registry.tier(unit) is None:
        return ""
    begins, ends = registry.unit(unit).valid_from, registry.unit(unit).valid_to
    words = ("từ ngày", "đến ngày") if language == "vi" else ("from", "to")
    parts = [f"{word} {day(on, language)}" for word, on in zip(words, (begins, ends), strict=True) if on is not None]
    return f" ({' '.join(parts)})" if parts else ""


def former_area(city: str, language: Language) -> str:
    """Name the area of a city that is no more.

    >>> former_area("Thành phố Vũng Tàu", "vi"), former_area("Vung Tau City", "en")
    ('Địa bàn Thành phố Vũng Tàu (cũ)', 'Area of the former Vung Tau City')
    """
    return f"Địa bàn {city} (cũ)" if language == "vi" else f"Area of the former {city}"


def refuse_moved(registry: UnitRegistry, moved: Mapping[str, str], asked: Iterable[str | None]) -> None:
    """Raise UnitError naming the successor for a unit whose rows are read under it."""
    for unit in asked:
        if unit is not None and unit in moved:
            new = moved[unit]
            raise UnitError(
                f"Unit {unit!r} is told under its successor {new!r} ({registry.name(new, 'en')}) here. "
                "Ask for that unit, or leave units_on empty.",
                f"Số liệu của đơn vị {unit!r} được quy về đơn vị mới {new!r} ({registry.name(new)}). "
                "Hãy chọn đơn vị mới, hoặc để trống units_on.",
            )
