"""What the studies of one run have in common, and where a study of one unit finds its part of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import pandas as pd

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class SharedFor:
    """What two studies must agree on to share: data and their state, cut of months, moment, language, units of a day.

    Nothing that is shared depends on the unit or, unless its key says so, on the period.
    """

    folder: str
    state: str
    window: str
    as_of: datetime
    language: str
    units_on: date | None


class StudyParts(ABC):
    """What has been counted once for all units of a run. Every answer is that of a study which counts for itself."""

    @property
    @abstractmethod
    def shared_for(self) -> SharedFor:
        """Of which studies these are the parts."""

    @abstractmethod
    def table(self, key: Hashable, unit: str) -> pd.DataFrame | None:
        """Return the table that a study of the unit keeps under a key, None where it must be made."""

    @property
    @abstractmethod
    def is_for_many(self) -> bool:
        """Whether so many units are asked for that measuring all of them together pays."""

    @abstractmethod
    def piece(self, key: str, unit: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return the rows of a unit, of a table with a column `unit` that the first process which needs it makes.

        They come without that column and with their types; none where the table has none of the unit.
        """

    @abstractmethod
    def common(self, key: str, make: Callable[[], Kept]) -> Kept:
        """Return a value that is the same for all units; the first process that needs it makes it."""


class SharedTables(dict[Any, pd.DataFrame]):
    """The tables that a study keeps, where those that the run shares are found as if they had been kept already.

    >>> SharedTables(None, "phuong-1").get("span") is None
    True
    """

    def __init__(self, parts: StudyParts | None, unit: str) -> None:
        super().__init__()
        self._parts, self._unit = parts, unit

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        found = None if self._parts is None else self._parts.table(key, self._unit)
        if found is None:
            return False
        self[key] = found
        return True


_SHARED: dict[SharedFor, StudyParts] = {}


def shared_parts(wanted: SharedFor) -> StudyParts | None:
    """Return what this process shares among studies that agree in `wanted`, None where it shares nothing of them."""
    return _SHARED.get(wanted)


def share(parts: StudyParts) -> None:
    """Let every study that this process opens from now on, and that agrees with these parts, take its tables there."""
    _SHARED[parts.shared_for] = parts


def stop_sharing() -> None:
    """Forget all that this process shares: studies opened from now on count for themselves."""
    _SHARED.clear()


@contextmanager
def sharing(parts: StudyParts) -> Iterator[None]:
    """Share for as long as a block runs."""
    before = dict(_SHARED)
    share(parts)
    try:
        yield
    finally:
        _SHARED.clear()
        _SHARED.update(before)
