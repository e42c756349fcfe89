"""Texts, codes, numbers and yes/no, parsed a column at a time without losing a digit."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.cells import MISSING, NUMBER, TEXT, CellArray, by_distinct_text, cell_kinds, cell_text
from cchc_analysis.text import clean_text, fold

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_LARGEST_EXACT: Final = 1e15

_CURRENCY = re.compile(r"\s*(?:đồng|đ|vnđ|vnd|₫)\.?$", re.IGNORECASE)
_DAYS_UNIT = re.compile(r"\s*ngày(?: làm việc)?\.?$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?: \d{3})+(?:,\d+)?")
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d+")
_ONE_COMMA_THREE_DIGITS = re.compile(r"[1-9]\d{0,2},\d{3}")
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Parsed:
    """One column of values (None or NaN where missing); `unreadable` marks cells whose content is no such value."""

    values: npt.NDArray[Any]
    unreadable: BoolArray


def stored_text(text: str) -> str | None:
    """Return the text as it is stored, None where nothing visible is left.

    >>> stored_text("  Sở\\u00a0Tư pháp "), stored_text("NA"), stored_text("\\u200b")
    ('Sở Tư pháp', 'NA', None)
    """
    return text if _PLAIN.fullmatch(text) else clean_text(text) or None


def parse_texts(cells: CellArray, *, empty: frozenset[str] = frozenset()) -> Parsed:
    """Return names and other free text; numbers and dates become the text a person would see.

    Only an empty cell is missing: "NA", "null" and "-" are names. `empty` holds further folded texts that the
    mapping declares to be empty.

    >>> parse_texts(np.array(["NA", " Xã  Na", None, 5.0], dtype=object)).values.tolist()
    ['NA', 'Xã Na', None, '5']
    """
    kinds = cell_kinds(cells)
    values = np.full(len(cells), None, dtype=object)
    positions = np.flatnonzero(kinds == TEXT)
    values[positions] = by_distinct_text(cells, positions, stored_text)
    for position in np.flatnonzero((kinds != TEXT) & (kinds != MISSING)):
        values[position] = cell_text(cells[position])
    return Parsed(_without(values, empty), np.zeros(len(cells), dtype=bool))


def parse_codes(cells: CellArray, *, empty: frozenset[str] = frozenset()) -> Parsed:
    """Return codes as text, exactly as typed; a number is readable only while no digit can have been lost.

    Whole numbers under 10^15 become their digits. Fractions (1.00161 was 1.001610), larger numbers, dates and
    TRUE/FALSE cells are unreadable: the spreadsheet has already changed them.

    >>> found = parse_codes(np.array(["000123", 2000815.0, 1.00161, 2.5e18], dtype=object))
    >>> found.values.tolist(), found.unreadable.tolist()
    (['000123', '2000815', None, None], [False, False, True, True])
    """
    kinds = cell_kinds(cells)
    values = np.full(len(cells), None, dtype=object)
    unreadable = (kinds != TEXT) & (kinds != MISSING)
    positions = np.flatnonzero(kinds == TEXT)
    values[positions] = _stored_codes(cells[positions])
    for position in np.flatnonzero(kinds == NUMBER):
        number = float(cells[position])
        if number.is_integer() and 0 <= number < _LARGEST_EXACT:
            values[position], unreadable[position] = str(int(number)), False
    return Parsed(_without(values, empty), unreadable)


def _without(values: npt.NDArray[Any], empty: frozenset[str]) -> npt.NDArray[Any]:
    if empty:
        declared = {text: fold(text) in empty for text in set(values) if text is not None}
        values[[declared.get(text, False) for text in values]] = None
    return values


def _stored_codes(texts: CellArray) -> npt.NDArray[Any]:
    """Return `stored_text` of each text; all but a few codes are plain and need no work."""
    codes = pa.array(texts, type=pa.string())
    if _has_only(codes, "!", "~"):
        return texts
    plain = pc.match_substring_regex(codes, f"^{_PLAIN.pattern}$")
    stored = texts.copy()
    odd = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    stored[odd] = [stored_text(text) for text in texts[odd]]
    return stored


def _has_only(texts: pa.Array, first: str, last: str) -> bool:
    """Return whether every letter of the texts, none of which may be sliced, lies from `first` to `last` (ASCII)."""
    content = texts.buffers()[2] if isinstance(texts, pa.StringArray) and texts.offset == 0 else None
    if content is None:
        return False
    letters = np.frombuffer(content, dtype=np.uint8)[: texts.buffers()[1] and _end(texts)]
    return bool(len(letters)) and bool(letters.min() >= ord(first) and letters.max() <= ord(last))


def _end(texts: pa.Array) -> int:
    return int(np.frombuffer(texts.buffers()[1], dtype=np.int32)[len(texts)])


def code_key(code: str) -> str:
    """Return what makes two dossier codes the same code.

    Case, spaces, the kind of hyphen and the apostrophe with which spreadsheets mark text do not matter.

    >>> code_key("H26\\u2011250311\\u20110001 ") == code_key("h26-250311- 0001")
    True
    """
    return _HYPHENS.sub("-", code.replace(" ", "")).lstrip("'").casefold()


def code_keys(codes: npt.NDArray[Any]) -> pa.Array:
    """Return `code_key` of each code as an Arrow array, null where there is no code.

    >>> code_keys(np.array(["H26-1", None], dtype=object)).to_pylist()
    ['h26-1', None]
    """
    texts = pa.array(codes, type=pa.string())
    if _has_only(texts, "(", "~"):
        return pc.ascii_lower(texts)
    ascii_keys = pc.ascii_lower(pc.utf8_ltrim(pc.replace_substring(texts, " ", ""), "'"))
    odd = pc.fill_null(pc.invert(pc.string_is_ascii(texts)), False)
    if not pc.any(odd).as_py():
        return ascii_keys
    return pc.replace_with_mask(ascii_keys, odd, pa.array([code_key(text) for text in texts.filter(odd).to_pylist()]))


def parse_numbers(cells: CellArray, *, money: bool = False, empty: frozenset[str] = frozenset()) -> Parsed:
    """Return non-negative numbers (`float64`, NaN where missing) written in the Vietnamese way or plainly.

    Dots or spaces before groups of exactly three digits are thousands ("1.234" is 1234), a comma is the decimal
    sign ("98,6"). "1,234" could be either: for `money` it is 1234, since a đồng has no thousandths; otherwise
    it is unreadable. A percentage is no number of things. "-" and the like mean that there is none.

    >>> found = parse_numbers(np.array(["1.234,5", "1 234", "98,6", "5%", "1,234", 7], dtype=object))
    >>> found.values.tolist(), found.unreadable.tolist()
    ([1234.5, 1234.0, 98.6, nan, nan, 7.0], [False, False, False, True, True, False])
    """
    kinds = cell_kinds(cells)
    values = np.full(len(cells), np.nan)
    unreadable = (kinds != MISSING) & (kinds != NUMBER)
    numbers = np.flatnonzero(kinds == NUMBER)
    values[numbers] = cells[numbers].astype("float64")
    texts = np.flatnonzero(kinds == TEXT)
    values[texts] = by_distinct_text(cells, texts, lambda text: _number_of(text, money))
    blank = by_distinct_text(cells, texts, lambda text: fold(text) in empty | {""} and "%" not in text)
    unreadable[texts] = np.isnan(values[texts]) & ~np.array(blank, dtype=bool)
    bad = (values < 0) | np.isinf(values)
    values[bad] = np.nan
    return Parsed(values, unreadable | bad)


def _number_of(text: str, money: bool) -> float:
    plain = clean_text(text)
    plain = (_CURRENCY if money else _DAYS_UNIT).sub("", plain)
    if _GROUPED.fullmatch(plain):
        return float(plain.replace(".", "").replace(" ", "").replace(",", "."))
    if _GROUPED_BY_COMMA.fullmatch(plain) or (money and _ONE_COMMA_THREE_DIGITS.fullmatch(plain)):
        return float(plain.replace(",", ""))
    if _PLAIN_NUMBER.fullmatch(plain) and not _ONE_COMMA_THREE_DIGITS.fullmatch(plain):
        return float(plain.replace(",", "."))
    if re.fullmatch(r"-\d+(?:[.,]\d+)?", plain):
        return float(plain.replace(",", "."))
    return float("nan")
