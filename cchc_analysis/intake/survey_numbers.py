"""Numbers of forms: weights, whose signs of thousands the column tells, and durations in seconds."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.cells import CLOCK, NUMBER, TEXT, CellArray, by_distinct_text, cell_kinds
from cchc_analysis.intake.values import Parsed, parse_numbers
from cchc_analysis.text import clean_text

_SECONDS: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:giây|s|sec|seconds?)\.?", re.IGNORECASE)
_MINUTES: Final = re.compile(
    r"(\d{1,3})\s*(?:phút|p|min(?:utes?)?|')\.?\s*(?:(\d{1,2})\s*(?:giây|s|sec|seconds?|\")?\.?)?", re.IGNORECASE
)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")
_DECIMAL: Final = re.compile(r"\d+[.,]\d+")
_THREE_DIGITS: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_WHOLE: Final = re.compile(r"\d+")
_DOTS_GROUP: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_COMMAS_GROUP: Final = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}")
_LARGE_WEIGHT: Final = 100
_BOTH_HABITS: Final = "both"


def parse_weights(cells: CellArray, *, empty: frozenset[str] = frozenset()) -> tuple[Parsed, BoolArray]:
    """Return weights (NaN where missing or unreadable) and which cells hold a negative one, which counts as none.

    A single dot or comma is the decimal sign, also before three digits ("1.125"). It marks thousands in a column that
    shows so ("1.234,5", "1,234.5"), and in one in which every number with a sign has three digits behind it and a
    whole number of 100 or more stands too. A column that shows both habits leaves numbers with three digits behind
    one sign unreadable.

    >>> found, negative = parse_weights(np.array(["2,5", "1.125", 0, "-1,5", "5%"], dtype=object))
    >>> found.values.tolist(), found.unreadable.tolist(), negative.tolist()
    ([2.5, 1.125, 0.0, nan, nan], [False, False, False, False, True], [False, False, False, True, False])
    """
    kinds = cell_kinds(cells)
    texts = np.flatnonzero(kinds == TEXT)
    signs = _thousands([clean_text(text).lstrip("-−– ") for text in dict.fromkeys(cells[texts])])
    parsed = parse_numbers(cells, money=signs == ",", empty=empty)
    if signs == _BOTH_HABITS:
        open_texts = by_distinct_text(cells, texts, lambda text: _THREE_DIGITS.fullmatch(clean_text(text)) is not None)
        undecided = texts[np.array(open_texts, dtype=bool)]
        parsed.values[undecided], parsed.unreadable[undecided] = np.nan, True
    else:
        convert = partial(_single_sign, thousands=signs)
        decimal = np.array(by_distinct_text(cells, texts, convert), dtype="float64")
        known = ~np.isnan(decimal)
        parsed.values[texts[known]], parsed.unreadable[texts[known]] = decimal[known], False
    negative = np.zeros(len(cells), dtype=bool)
    negative[texts] = by_distinct_text(
        cells, texts, lambda text: _decimal(text.lstrip("-−– ")) > 0 and text[:1] in "-−–"
    )
    numbers = np.flatnonzero(kinds == NUMBER)
    negative[numbers] = cells[numbers].astype("float64") < 0
    return Parsed(parsed.values, parsed.unreadable & ~negative), negative


def _thousands(texts: Sequence[str]) -> str:
    """Return the sign that marks thousands in the column, "" for none, `_BOTH_HABITS` where it shows both."""
    shown = {sign for sign, group in ((".", _DOTS_GROUP), (",", _COMMAS_GROUP)) if any(map(group.fullmatch, texts))}
    if shown:
        return shown.pop() if len(shown) == 1 else _BOTH_HABITS
    separated = [text for text in texts if _DECIMAL.fullmatch(text)]
    whole = [int(text) for text in texts if _WHOLE.fullmatch(text)]
    if not separated or max(whole, default=0) < _LARGE_WEIGHT or not all(map(_THREE_DIGITS.fullmatch, separated)):
        return ""
    signs = {"," if "," in text else "." for text in separated}
    return signs.pop() if len(signs) == 1 else _BOTH_HABITS


def _single_sign(text: str, thousands: str) -> float:
    """Return a number with one sign at most; the sign of thousands goes before three digits."""
    plain = clean_text(text)
    if thousands and thousands in plain:
        return float(plain.replace(thousands, "")) if _THREE_DIGITS.fullmatch(plain) else float("nan")
    return _decimal(plain)


def _decimal(text: str) -> float:
    plain = clean_text(text)
    if _DECIMAL.fullmatch(plain) or _WHOLE.fullmatch(plain):
        return float(plain.replace(",", "."))
    return float("nan")


def parse_seconds(cells: CellArray, *, empty: frozenset[str] = frozenset()) -> Parsed:
    """Return durations in seconds: with or without the word, in minutes where they say so, or as hours:minutes:seconds.

    "3:20" could be minutes or hours and is unreadable.

    >>> parse_seconds(np.array(["95 giây", 120, "2 phút 5 giây", "00:01:30", "3:20"], dtype=object)).values.tolist()
    [95.0, 120.0, 125.0, 90.0, nan]
    """
    bare, kinds = cells.copy(), cell_kinds(cells)
    texts = np.flatnonzero(kinds == TEXT)
    bare[texts] = by_distinct_text(cells, texts, _without_unit)
    for at in np.flatnonzero(kinds == CLOCK):
        if cells[at].hour == 0 or cells[at].second:
            bare[at] = float(cells[at].hour * 3600 + cells[at].minute * 60 + cells[at].second)
    return parse_numbers(bare, empty=empty)


def _without_unit(text: str) -> str | float:
    plain = clean_text(text)
    if found := _SECONDS.fullmatch(plain):
        return found.group(1)
    if (found := _CLOCK.fullmatch(plain)) or (found := _MINUTES.fullmatch(plain)):
        *hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return float(sum(hours) * 3600 + minutes * 60 + seconds)
    return text
