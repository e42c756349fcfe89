"""The administrative units: their names and the ways people write them, their parents and successors, by date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from cchc_analysis.errors import Language, UnitError
from cchc_analysis.reference_data import reference_path
from cchc_analysis.text import fold_name
from cchc_analysis.unit_table import Unit, checked_units, read_units

__all__ = ["Unit", "UnitRegistry"]

# "P." stands for both; a generated key that two units of the same time share is dropped.
_SHORT_FORMS = (("phuong ", "p "), ("phong ", "p "), ("phong ", ""))


@dataclass(frozen=True)
class UnitRegistry:
    """The units in official order, found by id or by any usual way of writing their names.

    Raises `UnitError` for an id given twice, an unknown parent or successor, a circle of them, a unit that ends
    before it begins, and for a name or alias that two units share at the same time.

    >>> registry = UnitRegistry.load()
    >>> registry.resolve("UBND P. 01"), registry.name("phuong-1"), registry.resolve("Phường 99")
    ('phuong-1', 'Phường 1', None)
    """

    table: tuple[Unit, ...]
    _by_id: Mapping[str, Unit] = field(init=False, repr=False, compare=False)
    _by_key: Mapping[str, tuple[Unit, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = checked_units(self.table)
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_key", _units_by_key(by_id))

    @classmethod
    def load(cls, path: str | Path | None = None) -> "UnitRegistry":
        """Return the registry of a CSV table with the columns of `data/reference/units.csv`, by default that one.

        >>> len(UnitRegistry.load().units(date(2025, 7, 1)))
        5
        """
        return cls(read_units(Path(path))) if path else _shipped()

    def resolve(self, name: str | None, on: date | None = None) -> str | None:
        """Return the id of the unit of that name or id, None for a name that is not known.

        Case, diacritics, punctuation, "UBND", "P.", "TP.", leading zeros and the name of the parent behind it do not
        matter. Where an old and a new unit share the name, the one that existed on the day `on` is meant, without `on`
        the older one.

        >>> registry = UnitRegistry.load()
        >>> registry.resolve("P. Rạch Dừa"), registry.resolve("P. Rạch Dừa", on=date(2025, 7, 1))
        ('rach-dua', 'rach-dua-2025')
        """
        if not isinstance(name, str):
            return None
        if name in self._by_id:
            return name
        candidates = self._by_key.get(fold_name(name), ())
        existing = [unit for unit in candidates if on is not None and unit.is_valid(on)]
        return next((unit.unit_id for unit in (*existing, *candidates)), None)

    def resolve_many(
        self, names: "pd.Series[str]", on: "date | pd.Series[pd.Timestamp] | None" = None
    ) -> "pd.Series[str]":
        """Return the ids of a Series of names, None where a name is not known; `on` is one day or one per row.

        >>> UnitRegistry.load().resolve_many(pd.Series(["P.5", "Thắng Nhì", "Nơi khác"])).to_list()
        ['phuong-5', 'thang-nhi', None]
        """
        one_day = None if isinstance(on, pd.Series) else on
        ids = {name: self.resolve(name, one_day) for name in names.dropna().unique()}
        found = [ids.get(name) for name in names]
        if isinstance(on, pd.Series):
            # Only names shared by an old and a new unit depend on the day.
            shared = {name for name in ids if len(self._by_key.get(fold_name(name), ())) > 1}
            for row, (name, day) in enumerate(zip(names, on, strict=True)):
                if name in shared and not pd.isna(day):
                    found[row] = self.resolve(name, day.date())
        return pd.Series(found, index=names.index, dtype="object")

    def unit(self, unit_id: str) -> Unit:
        """Return the unit of that id; `UnitError` naming the known ids where there is none.

        >>> UnitRegistry.load().unit("long-son").tier
        'commune'
        """
        try:
            return self._by_id[unit_id]
        except KeyError:
            known = ", ".join(self._by_id)
            raise UnitError(
                f"There is no unit {unit_id!r} in units.csv. Use one of: {known}.",
                f"Không có đơn vị {unit_id!r} trong units.csv. Hãy dùng một trong các mã: {known}.",
            ) from None

    def name(self, unit_id: str, language: Language = "vi") -> str:
        """Return the full name; a text that is no known id is its own name, so that other places work.

        >>> UnitRegistry.load().name("phuong-1", "en"), UnitRegistry.load().name("Sở Y tế")
        ('Ward 1', 'Sở Y tế')
        """
        unit = self._by_id.get(unit_id)
        if unit is None:
            return unit_id
        return unit.name_en if language == "en" and unit.name_en else unit.name

    def tier(self, unit_id: str) -> str | None:
        """Return the tier (`city`, `department`, `ward`, `commune`, …), None for an unknown unit.

        >>> UnitRegistry.load().tier("thang-tam")
        'ward'
        """
        unit = self._by_id.get(unit_id)
        return unit.tier if unit else None

    def parent(self, unit_id: str) -> str | None:
        """Return the id of the unit above, None for an unknown unit or one without a unit above.

        >>> UnitRegistry.load().parent("phuong-1")
        'vung-tau'
        """
        unit = self._by_id.get(unit_id)
        return (unit.parent_id or None) if unit else None

    def units(self, on: date | None = None) -> tuple[str, ...]:
        """Return the ids of the units that existed on the day, or of all, in official order.

        >>> UnitRegistry.load().units(date(2023, 1, 1))[0]
        'vung-tau'
        """
        return tuple(unit.unit_id for unit in self.table if on is None or unit.is_valid(on))

    def children(self, unit_id: str, on: date | None = None) -> tuple[str, ...]:
        """Return the ids of the units directly under it on the day, or ever, in official order.

        >>> len(UnitRegistry.load().children("vung-tau", date(2023, 6, 14)))
        29
        """
        below = (unit for unit in self.table if unit.parent_id == unit_id)
        return tuple(unit.unit_id for unit in below if on is None or unit.is_valid(on))

    def successor(self, unit_id: str, on: date) -> str | None:
        """Return the unit that carries the unit's tasks on the day: itself while it exists, None where nobody does.

        >>> UnitRegistry.load().successor("phuong-8", date(2025, 7, 1))
        'tam-thang-2025'
        """
        unit: Unit | None = self.unit(unit_id)
        while unit is not None and not unit.is_valid(on):
            later = unit.valid_to is not None and unit.valid_to < on
            unit = self._by_id[unit.successor_id] if later and unit.successor_id else None
        return unit.unit_id if unit else None

    def moved(self, on: date) -> dict[str, str]:
        """Return unit → successor of every unit whose tasks another one carries on the day.

        Units that exist on the day, that begin later, or that ended without successor are not in it.

        >>> moved = UnitRegistry.load().moved(date(2026, 1, 1))
        >>> len(moved), moved["long-son"], "phong-noi-vu" in moved
        (17, 'long-son-2025', False)
        """
        carried = ((unit_id, self.successor(unit_id, on)) for unit_id in self._by_id)
        return {unit_id: new for unit_id, new in carried if new is not None and new != unit_id}

    def dissolved(self, on: date) -> tuple[str, ...]:
        """Return the units that had ended by the day and whose tasks no unit carries, in official order.

        >>> UnitRegistry.load().dissolved(date(2026, 1, 1))[:2], UnitRegistry.load().dissolved(date(2023, 1, 1))
        (('vung-tau', 'van-phong-hdnd-ubnd'), ())
        """
        ended = (unit for unit in self.table if unit.valid_to is not None and unit.valid_to < on)
        return tuple(unit.unit_id for unit in ended if self.successor(unit.unit_id, on) is None)


def _units_by_key(by_id: Mapping[str, Unit]) -> dict[str, tuple[Unit, ...]]:
    """Return the units of each key, the older first: what the table says, then what can be derived from it."""
    by_key: dict[str, list[Unit]] = {}
    for unit in by_id.values():
        for text in (unit.unit_id, unit.name, unit.short_name, *unit.aliases):
            _add_stated(by_key, fold_name(text), text, unit)
    derived: dict[str, list[Unit]] = {}
    for unit in by_id.values():
        for key in _derived_keys(unit, by_id):
            known = derived.setdefault(key, [])
            if unit not in known:
                known.append(unit)
    for key, units in derived.items():
        clear = [unit for unit in units if not any(unit.overlaps(other) for other in units if other is not unit)]
        stated = by_key.setdefault(key, [])
        stated += [unit for unit in clear if not any(unit.overlaps(other) for other in stated)]
    ordered = {key: sorted(units, key=lambda unit: unit.valid_from or date.min) for key, units in by_key.items()}
    return {key: tuple(units) for key, units in ordered.items() if units}


def _add_stated(by_key: dict[str, list[Unit]], key: str, text: str, unit: Unit) -> None:
    known = by_key.setdefault(key, []) if key else []
    if unit in known:
        return
    rival = next((other for other in known if unit.overlaps(other)), None)
    if rival:
        raise UnitError(
            f"The name {text!r} means both {rival.unit_id!r} and {unit.unit_id!r} at the same time. Change one.",
            f"Tên {text!r} trùng giữa {rival.unit_id!r} và {unit.unit_id!r} trong cùng thời gian. Hãy sửa một tên.",
        )
    known.append(unit)


def _derived_keys(unit: Unit, by_id: Mapping[str, Unit]) -> set[str]:
    keys = {fold_name(text) for text in (unit.name, unit.short_name, *unit.aliases)}
    keys |= {short + key.removeprefix(long) for key in keys for long, short in _SHORT_FORMS if key.startswith(long)}
    if unit.parent_id:
        parent = by_id[unit.parent_id]
        endings = {fold_name(text) for text in (parent.name, parent.short_name, *parent.aliases)}
        keys |= {f"{key} {ending}" for key in keys for ending in endings if not key.endswith(ending)}
    return {key for key in keys if key}


@cache
def _shipped() -> UnitRegistry:
    """Read the registry of the project once in a process: every study that is opened asks for it."""
    return UnitRegistry(read_units(reference_path("units.csv")))
