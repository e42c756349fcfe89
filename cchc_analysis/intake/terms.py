"""Time limits as offices write them: "15 ngày làm việc", "3,5 ngày", "8 giờ", "trong ngày", "không quy định"."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cchc_analysis.intake.cells import MISSING, NUMBER, TEXT, CellArray, by_distinct_text, cell_kinds
from cchc_analysis.text import clean_text, fold

HOURS_A_DAY: Final = 8.0

TERM_FLAGS: Final = ("term_missing", "term_not_set", "term_not_positive", "term_ambiguous", "term_kind_assumed")
"""What a time limit may need to be told about; all but the last leave it empty."""

_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)?(?:\s*/\s*\d+)?")
_IN_WORDS = re.compile(r"\([^()\d]*\)")
_NOT_SET = re.compile(r"\bkhong\b|\bchua (?:quy dinh|co)\b|\bn/a\b")
_SAME_DAY = re.compile(
    r"\btrong (?:ngay|buoi|gio)\b|\b(?:giai quyet|tra|lay|thuc hien) (?:ket qua )?ngay\b|\bngay (?:khi|sau|lap tuc)\b"
    r"|\bngay trong\b|^ngay$"
)
_UNIT = re.compile(r"^\s*(ngay lam viec|ngay cong|ngay|gio lam viec|gio|tieng|h|phut)?\b(.*)$")


@dataclass(frozen=True)
class Term:
    """One time limit: `days` (NaN where there is none), its `kind` and the flag it needs."""

    days: float
    kind: str | None = None
    flag: str | None = None


@dataclass(frozen=True)
class Terms:
    """One column of time limits: `days` (float), `kinds` ("working", "calendar", None) and `flags` (or None)."""

    days: npt.NDArray[np.float64]
    kinds: npt.NDArray[Any]
    flags: npt.NDArray[Any]


def parse_term(text: str) -> Term:
    """Return the time limit written in `text`.

    One number and a unit: working days, calendar days, or hours (8 hours are one working day). A bare number is
    taken as working days and flagged. Same-day wording is 0 working days. More than one number ("20 ngày
    (trong đó Sở: 15 ngày …)", "10-15 ngày"), months, or words that are not understood are ambiguous.

    >>> parse_term("15 ngày làm việc"), parse_term("8 giờ làm việc").days, parse_term("Ngay trong ngày").days
    (Term(days=15.0, kind='working', flag=None), 1.0, 0.0)
    >>> parse_term("Không quy định").flag, parse_term("-5").flag, parse_term("30").flag
    ('term_not_set', 'term_not_positive', 'term_kind_assumed')
    """
    plain = _IN_WORDS.sub(_keep_working_days, _without_marks(clean_text(text)))
    numbers = _NUMBER.findall(plain)
    if not numbers:
        return _wordy(plain)
    if len(numbers) > 1:
        return Term(np.nan, flag="term_ambiguous")
    before, _, after = plain.partition(numbers[0])
    unit = _UNIT.match(after)
    return _one_number(_value(numbers[0]), unit.group(1) if unit else None, before, unit.group(2) if unit else after)


def _keep_working_days(bracket: re.Match[str]) -> str:
    return bracket.group() if "lam viec" in bracket.group() else " "


def _without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _wordy(plain: str) -> Term:
    if not fold(plain):
        return Term(np.nan, flag="term_missing")
    if _NOT_SET.search(plain):
        return Term(np.nan, flag="term_not_set")
    if _SAME_DAY.search(plain) and "tiep theo" not in plain and "ke tiep" not in plain:
        return Term(0.0, "working")
    return Term(np.nan, flag="term_ambiguous")


def _value(number: str) -> float:
    whole, _, parts = number.replace("−", "-").replace(",", ".").partition("/")
    if not parts:
        return float(whole)
    return float(whole) / float(parts) if float(parts) else 0.0


def _one_number(number: float, unit: str | None, before: str, rest: str) -> Term:
    if number <= 0:
        return Term(np.nan, flag="term_not_positive")
    # "1/2" without a unit, "2.5 tháng", "%" or an unknown word: not understood rather than guessed.
    if unit is None and (before.strip() or fold(rest) or "%" in rest):
        return Term(np.nan, flag="term_ambiguous")
    if unit is None:
        return Term(number, "working", "term_kind_assumed")
    if unit.startswith("ngay"):
        is_working = unit != "ngay" or "lam viec" in rest
        return Term(number, "working" if is_working else "calendar")
    if number % 24 == 0 and "lam viec" not in unit + rest and unit != "phut":
        # "24 giờ" may be a day and a night, or three working days.
        return Term(np.nan, flag="term_ambiguous")
    hours = number / 60 if unit == "phut" else number
    return Term(hours / HOURS_A_DAY, "working")


def parse_terms(cells: CellArray, *, empty: frozenset[str] = frozenset()) -> Terms:
    """Return the time limits in a column of raw cells; a number cell is a bare number.

    >>> found = parse_terms(np.array(["07 ngày", 30, None, "3,5 ngày"], dtype=object))
    >>> found.days.tolist(), found.kinds.tolist()
    ([7.0, 30.0, nan, 3.5], ['calendar', 'working', None, 'calendar'])
    """
    kinds = cell_kinds(cells)
    found = np.full(len(cells), Term(np.nan, flag="term_ambiguous"), dtype=object)
    found[kinds == MISSING] = Term(np.nan, flag="term_missing")
    numbers = np.flatnonzero(kinds == NUMBER)
    found[numbers] = [_one_number(float(cell), None, "", "") for cell in cells[numbers]]
    texts = np.flatnonzero(kinds == TEXT)
    found[texts] = by_distinct_text(
        cells, texts, lambda text: Term(np.nan, flag="term_missing") if fold(text) in empty else parse_term(text)
    )
    return Terms(
        np.array([term.days for term in found], dtype="float64"),
        np.array([term.kind for term in found], dtype=object),
        np.array([term.flag for term in found], dtype=object),
    )
