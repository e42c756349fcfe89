"""Dates and times in every way that exports write them, a column at a time; nothing is guessed."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.instants import BoolArray, InstantArray, IntArray
from cchc_analysis.intake.cells import (
    CLOCK,
    MISSING,
    MOMENT,
    NUMBER,
    TEXT,
    CellArray,
    cell_kinds,
    distinct_texts,
)
from cchc_analysis.intake.date_words import EMPTY_WORDS, MONTH_NAMES, PATTERNS, plain_spelling
from cchc_analysis.intake.distinct import Distinct
from cchc_analysis.intake.plain_dates import plain_dates
from cchc_analysis.text import clean_text, fold

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_SERIAL_SENTINELS: Final = (0.0, 1.0, 2_958_465.0)
_EPOCH_1900, _EPOCH_1904 = np.datetime64("1899-12-30", "us"), np.datetime64("1904-01-01", "us")
_DAY_US: Final = 86_400_000_000
_NO_TIME: Final = np.datetime64("NaT", "us")


@dataclass(frozen=True)
class Timestamps:
    """One column of moments: wall-clock time `local` and UTC `instant`, `datetime64[us]`, NaT where missing.

    `has_offset` marks stamps that say how far they are from UTC, `unreadable` cells that hold no date. `exact` holds
    the instants of stamps with an offset; those of the others follow from their clock time in `timezone`.
    """

    local: InstantArray
    exact: InstantArray
    has_offset: BoolArray
    unreadable: BoolArray
    timezone: str

    @cached_property
    def instant(self) -> InstantArray:
        """Return the instants in UTC; those of stamps without an offset are worked out only when asked for."""
        return np.where(self.has_offset, self.exact, _in_utc(self.local, self.timezone))

    def spread(self, of: Distinct) -> "Timestamps":
        """Return the moments of all rows, where these are those of their distinct cells."""
        local, has_offset, unreadable = (of.spread(part) for part in (self.local, self.has_offset, self.unreadable))
        exact = of.spread(self.exact) if has_offset.any() else local
        return replace(self, local=local, exact=exact, has_offset=has_offset, unreadable=unreadable)


def parse_timestamps(
    cells: CellArray,
    *,
    month_first: bool = False,
    epoch_1904: bool = False,
    timezone: str = "Asia/Ho_Chi_Minh",
    empty: frozenset[str] = frozenset(),
) -> Timestamps:
    """Return the moments in a column of raw cells (text, numbers, dates).

    Formats are tried in turn on what is still unread. Day first unless `month_first`; 12/25/2025 is never
    swapped into a date. Numbers (and digit text) from 20000 to 80000 are spreadsheet serials. A stamp with an
    offset becomes wall-clock time of `timezone`, its exact instant kept; a time that the clock shows twice is
    the first of the two, one that it skips the next that exists. 01/01/1900, 00/00/0000, 01/01/0001,
    31/12/9999 and the words of `EMPTY_WORDS` and `empty` (folded) mean that there is no date.

    >>> found = parse_timestamps(np.array(["03/04/2025", "12/25/2025", 45763, "chưa trả"], dtype=object))
    >>> found.local.astype("datetime64[D]").tolist()
    [datetime.date(2025, 4, 3), None, datetime.date(2025, 4, 16), None]
    >>> found.unreadable.tolist()
    [False, True, False, False]
    """
    local: InstantArray = np.full(len(cells), _NO_TIME)
    offset = np.full(len(cells), np.nan)
    kinds = cell_kinds(cells)
    unread = kinds != MISSING
    epoch = _EPOCH_1904 if epoch_1904 else _EPOCH_1900
    for kind, parse in ((NUMBER, _parse_numbers), (MOMENT, _parse_moments)):
        positions = np.flatnonzero(kinds == kind)
        if len(positions):
            local[positions], offset[positions], unread[positions] = parse(cells[positions], epoch)
    clocks = np.flatnonzero(kinds == CLOCK)
    unread[clocks] = [cell.hour + cell.minute + cell.second > 0 for cell in cells[clocks]]
    positions = np.flatnonzero(kinds == TEXT)
    if len(positions):
        texts = pa.array(cells[positions], type=pa.string())
        local[positions] = plain_dates(texts, month_first)
        unread[positions] = np.isnat(local[positions])
        positions = positions[unread[positions]]
    if len(positions):
        texts, which = distinct_texts(cells, positions)
        parsed = _parse_texts(texts, epoch, month_first, empty)
        local[positions], offset[positions], unread[positions] = (part[which] for part in parsed)
    local, exact = _to_zone(local, offset, timezone)
    return Timestamps(local, exact, ~np.isnan(offset), unread, timezone)


_Parts = tuple[InstantArray, npt.NDArray[np.float64], BoolArray]


def _parse_numbers(cells: CellArray, epoch: np.datetime64) -> _Parts:
    numbers = cells.astype("float64")
    plausible = (numbers >= _FIRST_SERIAL) & (numbers <= _LAST_SERIAL)
    # A serial holds a time of day as a fraction of a day: the nearest second is what was typed.
    seconds = np.round(np.where(plausible, numbers, 0.0) * 86_400).astype("int64")
    local = np.where(plausible, epoch + (seconds * 1_000_000).astype("timedelta64[us]"), _NO_TIME)
    unread = ~plausible & ~np.isin(numbers, _SERIAL_SENTINELS)
    return local, np.full(len(cells), np.nan), unread


def _parse_moments(cells: CellArray, epoch: np.datetime64) -> _Parts:
    del epoch
    wall: InstantArray
    if set(map(type, cells)) == {datetime} and all(cell.tzinfo is None for cell in cells):
        offsets, wall = np.full(len(cells), np.nan), pa.array(cells, type=pa.timestamp("us")).to_numpy()
    else:
        offsets = np.array([_offset_of(cell) for cell in cells])
        wall = np.array([_naive(cell) for cell in cells], dtype="datetime64[us]")
    # Spreadsheet times are fractions of a day: a rounding residue under a millisecond is no part of the time.
    microseconds = wall.astype("int64")
    whole = (microseconds + 500_000) // 1_000_000 * 1_000_000
    local = np.where(np.abs(microseconds - whole) < 1_000, whole, microseconds).astype("datetime64[us]")
    day = local.astype("datetime64[D]")
    sentinel = (day <= np.datetime64("1900-01-01")) & (day >= np.datetime64("1899-12-30"))
    sentinel |= (day == np.datetime64("0001-01-01")) | (day == np.datetime64("9999-12-31"))
    return np.where(sentinel, _NO_TIME, local), offsets, np.zeros(len(cells), dtype=bool)


def _offset_of(cell: date) -> float:
    offset = cell.utcoffset() if isinstance(cell, datetime) else None
    return np.nan if offset is None else offset.total_seconds()


def _naive(cell: date) -> date | np.datetime64:
    if isinstance(cell, pd.Timestamp):
        return cell.tz_localize(None).to_datetime64()
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def _parse_texts(texts: pa.Array, epoch: np.datetime64, month_first: bool, empty: frozenset[str]) -> _Parts:
    local, offset, unread = _match_patterns(pc.utf8_trim_whitespace(texts), epoch, month_first)
    left = np.flatnonzero(unread)
    if len(left):
        found = texts.take(pa.array(left)).to_pylist()
        plain = pa.array([plain_spelling(text) for text in found], type=pa.string())
        local[left], offset[left], unread[left] = _match_patterns(plain, epoch, month_first)
        words = EMPTY_WORDS | empty | {""}
        # "#####" is a date that the column was too narrow to show, and no empty cell.
        unread[left] &= [fold(text) not in words or clean_text(text).startswith("##") for text in found]
    return local, offset, unread


def _match_patterns(texts: pa.Array, epoch: np.datetime64, month_first: bool) -> _Parts:
    local = np.full(len(texts), _NO_TIME)
    offset = np.full(len(texts), np.nan)
    unread = np.ones(len(texts), dtype=bool)
    for pattern, has_order in PATTERNS:
        left = np.flatnonzero(unread)
        if not len(left):
            break
        fields = pc.extract_regex(texts.take(pa.array(left)), pattern)
        matched = fields.is_valid().to_numpy(zero_copy_only=False)
        if matched.any():
            parts = _assemble(fields.filter(pa.array(matched)), month_first and has_order)
            hits = left[matched]
            local[hits], offset[hits], unread[hits] = parts
    left = np.flatnonzero(unread)
    if len(left):
        digits = pc.extract_regex(texts.take(pa.array(left)), r"^(?P<n>\d{5}(?:[.,]\d+)?)$")
        matched = digits.is_valid().to_numpy(zero_copy_only=False)
        numbers = pc.replace_substring(digits.field("n").filter(pa.array(matched)), ",", ".").to_pylist()
        hits = left[matched]
        local[hits], offset[hits], unread[hits] = _parse_numbers(
            np.array([float(number) for number in numbers], dtype=object), epoch
        )
    return local, offset, unread


def dates_within(texts: pa.Array, pattern: str) -> InstantArray:
    r"""Return the date that `pattern` (RE2, groups y, m, d) finds in each text, NaT where it finds none.

    >>> dates_within(pa.array(["h26-250311-0001", "abc"]), r"-(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})-")
    array(['2025-03-11T00:00:00.000000', 'NaT'], dtype='datetime64[us]')
    """
    fields = pc.extract_regex(texts, pattern)
    found = fields.is_valid()
    dates = np.full(len(texts), _NO_TIME)
    dates[found.to_numpy(zero_copy_only=False)] = _assemble(fields.filter(found), month_first=False)[0]
    return dates


def _assemble(fields: pa.StructArray, month_first: bool) -> _Parts:
    names = {field.name for field in fields.type}
    day, month, year = _whole(fields, "d"), _month(fields, names), _whole(fields, "y")
    if month_first:
        day, month = month, day
    is_short = pc.utf8_length(fields.field("y")).to_numpy(zero_copy_only=False) == 2
    year = np.where(is_short, np.where(year < 70, 2000, 1900) + year, year)
    clock_us, clock_ok = _clock(fields, names)
    sentinel = (day == 0) & (month == 0)
    sentinel |= (month == 1) & (((year == 1900) & (day <= 1)) | ((year == 1) & (day == 1)))
    sentinel |= (month == 12) & (((year == 9999) & (day == 31)) | ((year == 1899) & (day >= 30)))
    possible = (month >= 1) & (month <= 12) & (year >= 1)
    first = ((np.where(possible, year, 1970) - 1970) * 12 + np.where(possible, month, 1) - 1).astype("datetime64[M]")
    days_in_month = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype("int64")
    good = possible & (day >= 1) & (day <= days_in_month) & clock_ok & ~sentinel
    since_first = np.where(good, (day - 1) * _DAY_US + clock_us, 0).astype("timedelta64[us]")
    local = np.where(good, first.astype("datetime64[us]") + since_first, _NO_TIME)
    return local, _offset(fields, names), ~good & ~sentinel


def _whole(fields: pa.StructArray, name: str, width: int = 0) -> IntArray:
    """Return the digits of one field as integers (0 where empty); `width` digits from the left."""
    text = fields.field(name)
    if width:
        text = pc.utf8_slice_codeunits(pc.utf8_rpad(text, width, "0"), 0, width)
    filled = pc.if_else(pc.equal(text, ""), "0", text)
    return np.asarray(pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _month(fields: pa.StructArray, names: set[str]) -> IntArray:
    if "m" in names:
        return _whole(fields, "m")
    written = pc.utf8_lower(fields.field("b"))
    found = pc.index_in(written, pa.array(MONTH_NAMES)).to_numpy(zero_copy_only=False)
    return np.asarray(np.nan_to_num(found.astype("float64"), nan=-1.0), dtype=np.int64) + 1


def _clock(fields: pa.StructArray, names: set[str]) -> tuple[IntArray, BoolArray]:
    """Return microseconds since midnight, and whether the clock can show them."""
    n = len(fields)
    if "H" not in names:
        return np.zeros(n, dtype="int64"), np.ones(n, dtype=bool)
    hour, minute, second = (_whole(fields, name) for name in "HMS")
    # AM, SA and "sáng" are the morning; PM, CH and "chiều" the afternoon.
    half = pc.utf8_slice_codeunits(pc.utf8_lower(fields.field("ap")), 0, 1)
    is_morning, is_afternoon = (
        pc.is_in(half, pa.array(list(letters))).to_numpy(zero_copy_only=False) for letters in ("as", "pc")
    )
    possible = (hour <= 23) & (minute <= 59) & (second <= 59) & ~(is_morning & (hour > 12))
    hour = np.where(is_morning & (hour == 12), 0, np.where(is_afternoon & (hour < 12), hour + 12, hour))
    microseconds = ((hour * 60 + minute) * 60 + second) * 1_000_000 + _whole(fields, "f", width=6)
    return microseconds, possible


def _offset(fields: pa.StructArray, names: set[str]) -> npt.NDArray[np.float64]:
    if "z" not in names:
        return np.full(len(fields), np.nan)
    encoded = fields.field("z").dictionary_encode()
    seconds = np.array([_offset_seconds(text) for text in encoded.dictionary.to_pylist()], dtype="float64")
    chosen: npt.NDArray[np.float64] = seconds[encoded.indices.to_numpy(zero_copy_only=False)]
    return chosen


def _offset_seconds(text: str) -> float:
    if not text:
        return np.nan
    if text in "Zz":
        return 0.0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return float(-seconds if text[0] == "-" else seconds)


def _to_zone(wall: InstantArray, offset: npt.NDArray[np.float64], timezone: str) -> tuple[InstantArray, InstantArray]:
    """Return wall-clock times of the zone, and the instants (UTC) of the stamps that have an offset."""
    stamped = np.flatnonzero(_has_zone_rules(wall) & ~np.isnan(offset))
    if not len(stamped):
        return wall, wall
    local, exact = wall.copy(), wall.copy()
    shift = (offset[stamped] * 1_000_000).astype("int64").astype("timedelta64[us]")
    exact[stamped] = wall[stamped] - shift
    in_zone = pd.DatetimeIndex(exact[stamped]).tz_localize("UTC").tz_convert(timezone)
    local[stamped] = in_zone.tz_localize(None).to_numpy()
    return local, exact


def _has_zone_rules(wall: InstantArray) -> BoolArray:
    # Zone rules say nothing about year 1 or 9999; such dates are refused later.
    known: BoolArray = (wall >= np.datetime64("1900-01-02", "us")) & (wall < np.datetime64("2262-01-01", "us"))
    return known


def _in_utc(wall: InstantArray, timezone: str) -> InstantArray:
    """Return the instants (UTC) of what the clock on a wall of the zone shows."""
    instant, known = wall.copy(), np.flatnonzero(_has_zone_rules(wall))
    if len(known):
        first_of_two = np.ones(len(known), dtype=bool)
        zoned = pd.DatetimeIndex(wall[known]).tz_localize(timezone, ambiguous=first_of_two, nonexistent="shift_forward")
        instant[known] = zoned.tz_convert("UTC").tz_localize(None).to_numpy()
    return instant
