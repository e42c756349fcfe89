"""What a count sees of a dossier: columns added by looks, equal rows counted by integers, codes told as words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import narwhals as nw
import numpy as np
import pandas as pd

from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame, as_lazy, beside
from cchc_analysis.counting.rule import Basis
from cchc_analysis.errors import CountingError

Days = Callable[[str], Frame]
"""Gives the calendar on the engine, its columns beginning with a prefix (see DAYS_LOOKED_UP)."""

Look = Callable[[Frame, Clock, Days], Frame]
"""Adds columns to a frame of dossiers, under a clock."""

DAYS_LOOKED_UP: Final[dict[str, tuple[str, ...]]] = {
    "received": ("day", "working", "ordinal", "off", "month"),
    "closed": ("day", "working", "ordinal", "off", "month"),
    "due": ("day", "working", "off", "month", "month_after"),
    "submitted": ("day", "working", "off"),
    "supplemented": ("day", "working"),
    "target": ("ordinal", "working", "off"),
}
"""Moment → what of its day is looked at (see Clock.days)."""

Words = tuple[str | None, ...]
"""The words that codes 0, 1, … of a column stand for, in the order in which a count tells them."""

OUTCOMES: Final[Words] = ("early", "late", "on_time", "open", "paused", "withdrawn", "without_due")
EVENTS: Final[Words] = ("closed", "open", "withdrawn")
STATES: Final[Words] = ("in_time", "overdue", "paused", "without_due")
OFFICE_HOURS, OTHER_HOURS, HOUR_UNKNOWN = "office", "other", ""
"""When a dossier was sent in: office hours of a working day, any other time, or not known."""

HOURS_SENT: Final[Words] = (HOUR_UNKNOWN, OFFICE_HOURS, OTHER_HOURS)

_WORDS: Final[dict[str, Words]] = {
    "outcome": OUTCOMES,
    "outcome_by_minute": OUTCOMES,
    "event": EVENTS,
    "state": STATES,
    "sent_in": HOURS_SENT,
}

_WIDEST: Final = 2**62
"""Different keys that fit into one integer."""


class Span(NamedTuple):
    """The integers of a column: from `low` to `high`, with or without gaps; those above 0 count from after `base`."""

    low: int
    high: int
    gaps: bool = False
    base: int = 0


@dataclass(frozen=True)
class DatedDossiers:
    """Dossiers looked at once under a clock and a basis: every count can start from them.

    `frame`: one narrow row per dossier, held by the engine. `source`: the table it was made from. `words`: of the
    columns that hold codes. `spans`: of the columns of integers; none where nothing has been held. `names`: dossiers by
    unit, procedure and the name and field written beside it; None where nothing has been held.
    """

    frame: Frame
    clock: Clock
    basis: Basis
    source: Frame
    words: Mapping[str, Words] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    names: pd.DataFrame | None = None

    def check(self, clock: Clock, basis: Basis) -> "DatedDossiers":
        """Return the dossiers; raises CountingError where they were dated by another clock or basis."""
        if (self.clock, self.basis) != (clock, basis):
            raise CountingError(
                f"The dossiers were dated for {self.clock.as_of} and {self.basis}, not {clock.as_of} and {basis}.",
                f"Hồ sơ đã được xác định mốc thời gian theo {self.clock.as_of} và {self.basis}, "
                f"không phải {clock.as_of} và {basis}.",
            )
        return self

    def filtered(self, *conditions: nw.Expr) -> "DatedDossiers":
        """Return the dossiers for which all conditions hold."""
        return self.of(self.frame.filter(*conditions))

    def of(self, frame: Frame) -> "DatedDossiers":
        """Return the same look at other rows, or at the same ones with more columns."""
        return DatedDossiers(frame, self.clock, self.basis, self.source, self.words, self.spans, self.names)


def as_frame(dossiers: Any) -> Frame:
    """Return any supported table as a narwhals lazy frame; dossiers looked at before, as they were before."""
    return dossiers.source if isinstance(dossiers, DatedDossiers) else as_lazy(dossiers)


BEFORE_BASE: Final = -1
"""What stands for a month that is not after the month from which months are counted."""


def days_beside(source: Frame, clock: Clock, base: int = 0) -> Days:
    """Put the calendar on the engine of `source` once, for the moments of DAYS_LOOKED_UP.

    Its months count from after the month `base`: 1 is the month after it, BEFORE_BASE what is not after it.
    """
    table = clock.days("any")
    for name in ("any_month", "any_month_after"):
        table[name] = np.where(table[name] > base, table[name] - base, BEFORE_BASE)
    # Engines look at every query again after a new table: all tables come before the first query.
    calendar = beside(source, table)

    def days(prefix: str) -> Frame:
        return calendar.select(*(nw.col(f"any_{name}").alias(f"{prefix}_{name}") for name in DAYS_LOOKED_UP[prefix]))

    return days


def code_of(words: Words, *cases: tuple[nw.Expr, str], otherwise: str) -> nw.Expr:
    """Return the code in `words` of the first condition that holds; a condition that is null does not hold."""
    code = nw.lit(words.index(otherwise))
    for condition, word in reversed(cases):
        code = nw.when(condition).then(nw.lit(words.index(word))).otherwise(code)
    return code.cast(nw.Int64)


def is_word(column: str, *words: str) -> nw.Expr:
    """Whether the code of a column stands for one of these words."""
    codes = [_WORDS[column].index(word) for word in words]
    return nw.col(column).is_in(codes) if len(codes) > 1 else nw.col(column) == codes[0]


def counted(
    dossiers: DatedDossiers, keys: list[str], spans: Mapping[str, Span] | None = None, /, **sums: str
) -> pd.DataFrame:
    """Count equal rows by keys: columns `keys`, `n` and `sums` (name → summed column), in the order of the keys.

    `spans`: of keys that were made for this count. Keys whose spans are known are counted as one integer, which spares
    the engine the comparison of many columns; the numbers are the same. Columns of codes are still codes (see `told`).
    """
    known = {**dossiers.spans, **(spans or {})} if dossiers.spans else {}
    packs = _packs([key for key in keys if key in known], known)
    plain = [key for key in keys if key not in known]
    packed = [_packed(pack, known).alias(f"pack_{place}") for place, pack in enumerate(packs)]
    names = [f"pack_{place}" for place in range(len(packs))] + plain
    frame = dossiers.frame.select(*packed, *plain, *dict.fromkeys(sums.values())) if packs else dossiers.frame
    wanted = [nw.len().alias("n"), *(nw.col(column).sum().alias(name) for name, column in sums.items())]
    found = frame.group_by(*names).agg(*wanted).collect().to_pandas()
    in_one = len(packs) == 1 and not plain
    if in_one:
        # One integer ascends as all keys do: what follows finds its rows in order.
        order = np.argsort(found["pack_0"].to_numpy(dtype=np.int64))
        found = pd.DataFrame({name: found[name].to_numpy()[order] for name in found.columns})
    columns: dict[str, Any] = {}
    for place, pack in enumerate(packs):
        columns |= _unpacked(found[f"pack_{place}"].to_numpy(dtype=np.int64), pack, known)
    columns |= {key: found[key] for key in plain}
    columns |= {name: pd.to_numeric(found[name]).astype("int64") for name in ("n", *sums)}
    table = pd.DataFrame({name: columns[name] for name in (*keys, "n", *sums)})
    return table if in_one else _in_order(table, keys)


def _in_order(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    whole = [key for key in keys if pd.api.types.is_integer_dtype(table[key])]
    table = table.astype(dict.fromkeys(whole, "int64"))
    return table.sort_values(keys, kind="stable").reset_index(drop=True) if keys else table


def _packs(keys: list[str], spans: Mapping[str, Span]) -> list[list[str]]:
    """Share out keys so that each pack fits into one integer."""
    packs: list[list[str]] = []
    room = 0
    for key in keys:
        size = _size(spans[key])
        if room < size:
            packs.append([])
            room = _WIDEST
        packs[-1].append(key)
        room //= size
    return packs


def _size(span: Span) -> int:
    return span.high - span.low + 1 + span.gaps


def _packed(pack: list[str], spans: Mapping[str, Span]) -> nw.Expr:
    """Return one integer for the keys, ascending as they ascend, gaps last."""
    key = nw.lit(0).cast(nw.Int64)
    for place, name in enumerate(pack):
        span = spans[name]
        value = nw.coalesce(nw.col(name), nw.lit(span.high + 1)) if span.gaps else nw.col(name)
        number = value.cast(nw.Int64) - span.low
        key = number if place == 0 else key * _size(span) + number
    return key


def _unpacked(key: "np.ndarray[Any, Any]", pack: list[str], spans: Mapping[str, Span]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in reversed(pack):
        span = spans[name]
        # Twice as quick as divmod, and keys are never negative.
        rest = key // _size(span)
        value = key - rest * _size(span) + span.low
        key = rest
        if span.base:
            value = np.where(value > 0, value + span.base, value)
        elif span.gaps and bool((value > span.high).any()):
            value = np.where(value > span.high, np.nan, value)
        columns[name] = value
    return columns


def summed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add up the rows of a table that agree in its first columns `keys`, by which it is sorted, and drop the rest.

    Columns that are not keys must be integers.
    """
    values = [name for name in table.columns if name not in keys]
    if not len(table) or not keys:
        return table if not len(table) else table[values].sum().to_frame().T.astype("int64")
    changes = np.zeros(len(table), dtype=bool)
    changes[0] = True
    for key in keys:
        column = table[key].to_numpy()
        # A gap differs from itself.
        differs = (column[1:] != column[:-1]) & ~(pd.isna(column[1:]) & pd.isna(column[:-1]))
        changes[1:] |= differs.astype(bool)
    starts = np.flatnonzero(changes)
    added = {name: np.add.reduceat(table[name].to_numpy(dtype=np.int64), starts) for name in values}
    return table[keys].take(starts).reset_index(drop=True).assign(**added)


def told(dossiers: DatedDossiers, counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts with words in the place of codes."""
    words = {**_WORDS, **dossiers.words}
    told_columns = {}
    for name in counts.columns:
        if name in words:
            every = pd.Series(list(words[name]), dtype="str")
            told_columns[name] = every.take(counts[name].to_numpy(dtype=np.int64)).reset_index(drop=True)
    return counts.assign(**told_columns)
