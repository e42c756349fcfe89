"""The dates that nearly all exports write, such as 12/07/2023 16:09:00, read from their bytes; the others are left."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cchc_analysis.instants import BoolArray, InstantArray

_FIRST_YEAR, _LAST_YEAR = 1901, 2199
"""Outside these years stand the dates that mean that there is none: see `dates`."""
_ROWS_AT_ONCE: Final = 16_384
"""So many texts stay in the cache of a processor while their letters are looked at column by column."""
_MONTHS, _DAYS = 13, 32
_NO_DAY: Final = -(10**9)
_SECOND_US, _DAY_US = 1_000_000, 86_400_000_000
_NO_TIME: Final = np.datetime64("NaT", "us")

Letters = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]


def _days_since_1970() -> Whole:
    """Return the number of each possible day, at ((year - 1901) * 13 + month) * 32 + day; `_NO_DAY` elsewhere."""
    table = np.full((_LAST_YEAR - _FIRST_YEAR + 1) * _MONTHS * _DAYS, _NO_DAY, dtype=np.int64)
    days = np.arange(np.datetime64(f"{_FIRST_YEAR}-01-01"), np.datetime64(f"{_LAST_YEAR + 1}-01-01"))
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    table[((year - _FIRST_YEAR) * _MONTHS + month) * _DAYS + day] = days.astype(np.int64)
    return table


_DAY_NUMBER: Final = _days_since_1970()


def plain_dates(texts: pa.Array, month_first: bool = False) -> InstantArray:
    """Return the moments of texts written dd/mm/yyyy or yyyy-mm-dd, alone or with hh:mm or hh:mm:ss; NaT for others.

    Two digits everywhere, one blank or T before the time, `/`, `-` or `.` in the date: about such a text there is no
    doubt. With `month_first` 03/04/2025 is the fourth of March. `texts` has no nulls.

    >>> plain_dates(pa.array(["12/07/2023 16:09:00", "2023-07-12", "12/7/2023", "31/04/2023"])).tolist()
    [datetime.datetime(2023, 7, 12, 16, 9), datetime.datetime(2023, 7, 12, 0, 0), None, None]
    """
    local: InstantArray = np.full(len(texts), _NO_TIME)
    if not len(texts) or not isinstance(texts, pa.StringArray) or texts.buffers()[2] is None:
        return local
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)
    widths = np.diff(ends)
    for width in (19, 16, 10):
        places = np.flatnonzero(widths == width)
        for first in range(0, len(places), _ROWS_AT_ONCE):
            chosen = places[first : first + _ROWS_AT_ONCE]
            block = letters[ends[chosen][:, None] + np.arange(width, dtype=np.int32)]
            local[chosen] = _moments(np.ascontiguousarray(block.T), month_first)
    return local


def _moments(letters: Letters, month_first: bool) -> InstantArray:
    """Return the moments of texts of one length, given letter by letter (one row each)."""
    found = _of_layout(letters, (0, 3, 6), month_first=month_first)
    open_texts = np.flatnonzero(np.isnat(found))
    if len(open_texts):
        found[open_texts] = _of_layout(letters[:, open_texts], (8, 5, 0), month_first=False)
    return found


def _of_layout(letters: Letters, starts: tuple[int, int, int], *, month_first: bool) -> InstantArray:
    """Return the moments where day, month and year begin at `starts`, NaT where the text is written otherwise."""
    day_at, month_at, year_at = starts
    marks = [at for at in range(10) if at not in _digits_of(starts)]
    good = np.logical_and.reduce([_is_one_of(letters[at], "/-.") for at in marks])
    day, month, year = _number(letters, day_at, 2), _number(letters, month_at, 2), _number(letters, year_at, 4)
    if month_first:
        day, month = month, day
    good &= (day >= 0) & (month >= 1) & (month <= 12) & (day <= 31) & (year >= _FIRST_YEAR) & (year <= _LAST_YEAR)
    place = np.where(good, ((year - _FIRST_YEAR) * _MONTHS + month) * _DAYS + day, 0)
    number = _DAY_NUMBER[place]
    seconds, has_clock = _seconds(letters)
    good &= has_clock & (number != _NO_DAY)
    moments: InstantArray = np.where(good, number * _DAY_US + seconds * _SECOND_US, 0).astype("datetime64[us]")
    moments[~good] = _NO_TIME
    return moments


def _digits_of(starts: tuple[int, int, int]) -> set[int]:
    day_at, month_at, year_at = starts
    return {*range(day_at, day_at + 2), *range(month_at, month_at + 2), *range(year_at, year_at + 4)}


def _seconds(letters: Letters) -> tuple[Whole, BoolArray]:
    """Return the seconds since midnight, 0 where only a date is written, and whether a clock can show them."""
    n = letters.shape[1]
    if len(letters) == 10:
        return np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
    hour, minute = _number(letters, 11, 2), _number(letters, 14, 2)
    good = _is_one_of(letters[10], " T") & _is_one_of(letters[13], ":")
    good &= (hour >= 0) & (hour <= 23) & (minute >= 0) & (minute <= 59)
    second = np.zeros(n, dtype=np.int64)
    if len(letters) == 19:
        second = _number(letters, 17, 2)
        good &= _is_one_of(letters[16], ":") & (second >= 0) & (second <= 59)
    return (hour * 60 + minute) * 60 + second, good


def _is_one_of(letters: Letters, allowed: str) -> BoolArray:
    found: BoolArray = np.logical_or.reduce([letters == ord(letter) for letter in allowed])
    return found


def _number(letters: Letters, first: int, n_digits: int) -> Whole:
    """Return the number in the digits from `first` on, a negative one where one of them is no digit."""
    value: npt.NDArray[Any] = np.zeros(letters.shape[1], dtype=np.int64)
    odd = np.zeros(letters.shape[1], dtype=bool)
    for at in range(first, first + n_digits):
        digit = letters[at] - np.uint8(ord("0"))
        odd |= digit > 9
        value = value * 10 + digit
    value[odd] = -1
    return value
