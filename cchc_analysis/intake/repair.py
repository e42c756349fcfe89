"""Legacy text inside Unicode files: TCVN3, VNI, Windows-1258 or UTF-8 bytes that were read as Western letters."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from cchc_analysis.intake.encodings import LEGACY, Legacy, converted_note, encode_back, lenient_decode
from cchc_analysis.intake.syllables import plausibility
from cchc_analysis.intake.tables import Note

_SAMPLE_ROWS = 4000
_LEAST_GAIN = 4
"""Two words that become syllables: fewer may be chance."""


@dataclass(frozen=True)
class Reading:
    """A hypothesis about what went wrong with a text; `convert` raises `UnicodeError` where it cannot be so."""

    label: str
    convert: Callable[[str], str]


def _utf8_reading(codec: str) -> Reading:
    def convert(text: str) -> str:
        return encode_back(text, codec).decode("utf-8")

    return Reading(f"UTF-8 ({codec})", convert)


def _legacy_reading(legacy: Legacy, codec: str) -> Reading:
    def convert(text: str) -> str:
        return legacy.convert(lenient_decode(encode_back(text, codec), "cp1252"))

    return Reading(legacy.label, convert)


def _twice(reading: Reading) -> Reading:
    return Reading(f"{reading.label}, 2×", lambda text: reading.convert(reading.convert(text)))


_UTF8_READINGS = tuple(_utf8_reading(codec) for codec in ("cp1252", "cp1258"))
_LEGACY_READINGS = tuple(
    _legacy_reading(legacy, codec)
    for codec in ("cp1252", "cp1258")
    for legacy in LEGACY
    if (legacy.code, codec) != ("cp1258", "cp1258")
)
READINGS: tuple[Reading, ...] = (*_UTF8_READINGS, *_LEGACY_READINGS, _twice(_UTF8_READINGS[0]))


def repair_text(cells: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Return the cells with legacy text turned into Unicode, and a note where that was done.

    The reading that turns the most words into Vietnamese syllables wins, if it wins clearly; a cell that was
    right already keeps its text, since one sheet often holds columns from two systems.

    >>> cells = pd.DataFrame({0: ["Đơn vị", "Së T­ ph¸p", "Sở Nội vụ"]}, dtype=object)
    >>> repaired, notes = repair_text(cells)
    >>> repaired[0].tolist(), notes[0].code
    (['Đơn vị', 'Sở Tư pháp', 'Sở Nội vụ'], 'converted_text')
    """
    doubtful = {text for text in _sample(cells) if plausibility(text) < 0}
    if not doubtful:
        return cells, ()
    gains = [(_gain(doubtful, reading), -rank) for rank, reading in enumerate(READINGS)]
    gain, rank = max(gains)
    if gain < _LEAST_GAIN:
        return cells, ()
    reading = READINGS[-rank]
    changes = {name: _changes(cells[name], reading) for name in cells.columns}
    # A column whose words are syllables under both readings goes with the others, if they all agree.
    balances = [_balance(change) for change in changes.values()]
    everywhere = all(balance >= 0 for balance in balances)
    repaired = {name: _repair_column(cells[name], changes[name], everywhere=everywhere) for name in cells.columns}
    frame = pd.DataFrame(repaired, index=cells.index, columns=cells.columns, dtype=object)
    return frame, (converted_note(reading.label),)


def _sample(cells: pd.DataFrame) -> set[str]:
    step = max(1, len(cells) // _SAMPLE_ROWS)
    rows = pd.concat([cells.iloc[:_SAMPLE_ROWS], cells.iloc[_SAMPLE_ROWS::step]])
    return {text for name in rows.columns for text in _non_ascii(rows[name])}


def _non_ascii(values: Iterable[object]) -> set[str]:
    return {value for value in values if isinstance(value, str) and not value.isascii()}


def _convert(text: str, reading: Reading) -> str | None:
    try:
        return reading.convert(text)
    except UnicodeError:
        return None


def _gain(texts: set[str], reading: Reading) -> int:
    total = 0
    for text in texts:
        converted = _convert(text, reading)
        if converted is not None:
            total += max(0, plausibility(converted) - plausibility(text))
    return total


def _changes(column: pd.Series, reading: Reading) -> dict[str, tuple[str, int]]:
    """Return for each text with letters beyond ASCII its other reading, and how much likelier that is."""
    changes = {}
    for text in _non_ascii(column):
        other = _convert(text, reading)
        likelier = 0 if other == text else -1 if other is None else plausibility(other) - plausibility(text)
        changes[text] = (text if other is None else other, likelier)
    return changes


def _balance(changes: Mapping[str, tuple[str, int]]) -> int:
    """Return how many texts of a column speak for the other reading, less those that speak against it."""
    return sum((likelier > 0) - (likelier < 0) for _, likelier in changes.values())


def _repair_column(column: pd.Series, changes: Mapping[str, tuple[str, int]], *, everywhere: bool) -> pd.Series:
    # A word such as "Hoà" is a syllable under both readings: it follows the majority of its column.
    balance = _balance(changes)
    follows = balance > 0 or (balance == 0 and everywhere)
    new = {text: other for text, (other, likelier) in changes.items() if likelier > 0 or (likelier == 0 and follows)}
    if not new:
        return column
    values = [new.get(value, value) if isinstance(value, str) else value for value in column]
    return pd.Series(values, index=column.index, dtype=object)
