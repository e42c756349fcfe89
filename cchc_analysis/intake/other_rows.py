"""Rows below a header that are no dossiers: numbering, bands, totals, signatures, repeated headers, notes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import TypeGuard

from cchc_analysis.intake.headers import is_date_like
from cchc_analysis.text import clean_text, fold

DOSSIER = ""
BLANK = "blank"

_NUMBERING = re.compile(r"\s*(?:[A-ZĐ]|\(?[1-9]\d?\)?(?:\s*=.{1,40})?)\s*\Z")
_MARKER = re.compile(r"\s*(?:[IVXLC]{1,6}|[A-Za-zĐđ]|\d{1,3}(?:\.\d{1,2}){0,3})\s*[.)]?\s*\Z")
_NUMBER_TEXT = re.compile(r"\s*(?:-?\d[\d.,\s]*%?|#[A-Z/0]+[!?]?)\s*\Z")
_CODE = re.compile(r"(?=.*\d)\S{4,}\Z|.{0,40}\d{6}\s*-\s*\d+\s*\Z")

_TOTAL = re.compile(
    r"(?:tong|cong|tong so|tong cong|tong so ho so|cong don|cong lai)(?: (?:\d.*|ho so.*|chung.*|toan .*))?\Z"
)
_SIGNATURE = re.compile(
    r"(?:nguoi (?:lap|lam bao cao|bao cao|tong hop|kiem tra)|thu truong|ky (?:va )?ghi ro|ky ten|ky dong dau"
    r"|noi nhan|luu (?:vt|van thu|ho so)|(?:pho )?giam doc|(?:pho )?chu tich|(?:pho )?truong phong"
    r"|(?:tm|kt|tl|tuq) |(?:pho )?chanh van phong"
    r"|xac nhan cua (?:lanh dao|thu truong|don vi|co quan)|lanh dao|ke toan truong|can bo tong hop|da ky)"
)
_PLACE_AND_DATE = re.compile(r"(?:.* )?ngay (?:\d{1,2} )?thang (?:\d{1,2} )?nam(?: \d{2,4})?\Z")
NOTE = re.compile(
    r"(?:ghi chu|chu thich|nguon|luu y|cong hoa xa hoi chu nghia|doc lap tu do hanh phuc|don vi tinh|bao cao"
    r"|tu ngay .*den ngay|trang \d+|ngay in|thoi gian in|bieu (?:so|mau)|mau so)\b"
)
_MAX_SIGNATORIES = 3


@dataclass(frozen=True)
class RowShape:
    """What the header says about a row: where the code, the times, the running number and the names stand.

    `procedure_codes`: codes have a dot in them, such as 1.001193; a fraction is one that the spreadsheet has spoilt.
    """

    code: int
    times: tuple[int, ...]
    running_numbers: frozenset[int]
    headed: frozenset[int]
    header_rows: tuple[Mapping[int, str], ...]
    procedure_codes: bool = False


class RowSorter:
    """Tells row by row, from the top, what is a dossier; below a signature only full dossiers count.

    >>> shape = RowShape(1, (3,), frozenset({0}), frozenset(range(4)), ({0: "stt", 1: "ma ho so"},))
    >>> sorter = RowSorter(shape)
    >>> rows = [("(1)", "(2)", "(3)", "(4)"), (None, "SỞ TƯ PHÁP", None, None), (1.0, "H-250101-0001", "X", None)]
    >>> [sorter.sort(row) for row in rows]
    ['numbering', 'band', '']
    >>> [sorter.sort(row) for row in [("Tổng cộng", None, 20.0, None), (None, None, None, "NGƯỜI LẬP BIỂU")]]
    ['total', 'signature']
    """

    def __init__(self, shape: RowShape) -> None:
        self._shape = shape
        self._signed = False

    def sort(self, row: Sequence[object]) -> str:
        """Return `DOSSIER`, `BLANK`, or the reason why the row is none, a code of `tables.SKIP_REASONS`."""
        filled = {at: value for at, value in enumerate(row) if not is_blank(value)}
        if not filled:
            return BLANK
        if self._shape.headed.isdisjoint(filled):
            return "note"
        content = {
            at: value for at, value in filled.items() if at not in self._shape.running_numbers or is_words(value)
        }
        if not content or is_numbering(filled):
            return "numbering"
        if all(isinstance(value, str) and not fold(value) for value in filled.values()):
            return "note"
        if self._repeats_header(filled):
            return "repeated_header"
        return self._sort_sparse(filled, content)

    def _sort_sparse(self, filled: Mapping[int, object], content: Mapping[int, object]) -> str:
        has_date = any(is_date_like(filled.get(at)) for at in self._shape.times)
        if self._starts_with_total(filled) and not has_date:
            return "total"
        code = filled.get(self._shape.code)
        if is_code_like(code) or (self._shape.procedure_codes and _is_procedure_code(code)):
            return DOSSIER
        if self._is_signature(content, has_date=has_date):
            self._signed = True
            return "signature"
        if has_date:
            return DOSSIER
        return self._sort_dateless(content)

    def _sort_dateless(self, content: Mapping[int, object]) -> str:
        texts = [value for value in content.values() if is_words(value)]
        if any(NOTE.match(fold(text)) for text in texts) and len(texts) <= 3:
            return "note"
        if not texts:
            return "total"
        if all(text.strip().startswith("(") and text.strip().endswith(")") for text in texts):
            return "note"
        if len(texts) == 1:
            text = texts[0].strip()
            return "note" if len(text) > 120 or text.startswith(("*", "(*")) else "band"
        return DOSSIER

    def _is_signature(self, content: Mapping[int, object], *, has_date: bool) -> bool:
        texts = [value for value in content.values() if isinstance(value, str)]
        if len(content) > _MAX_SIGNATORIES:
            return False
        if len(content) <= 3 and any(_is_place_and_date(text, alone=len(content) == 1) for text in texts):
            return True
        if has_date and len(content) > 2:
            return False
        return self._signed or any(_SIGNATURE.match(fold(text)) for text in texts)

    def _starts_with_total(self, filled: Mapping[int, object]) -> bool:
        first = next((value for value in filled.values() if is_words(value)), "")
        return _TOTAL.match(fold(first)) is not None

    def _repeats_header(self, filled: Mapping[int, object]) -> bool:
        for header in self._shape.header_rows:
            same = sum(1 for at, value in filled.items() if isinstance(value, str) and fold(value) == header.get(at))
            if same >= 2 and same >= 0.6 * len(filled):
                return True
        return False


def is_blank(value: object) -> bool:
    """Return whether nothing can be seen in a cell."""
    return value is None or (isinstance(value, str) and (not value.strip() or not clean_text(value)))


def is_words(value: object) -> TypeGuard[str]:
    """Return whether a cell is a text other than a number or the mark of a list."""
    return isinstance(value, str) and not _MARKER.match(value) and not _NUMBER_TEXT.match(value)


def is_numbering(filled: Mapping[int, object]) -> bool:
    """Return whether a row numbers the columns: three cells or more, numbers that count on, letters."""
    if len(filled) < 3:
        return False
    numbers: list[int] = []
    for value in filled.values():
        text = f"{value:.0f}" if isinstance(value, int | float) and not isinstance(value, bool) else value
        if not isinstance(text, str) or not _NUMBERING.match(text):
            return False
        digits = re.match(r"\s*\(?(\d+)", text)
        numbers += [int(digits.group(1))] if digits else []
    return all(later == earlier + 1 for earlier, later in pairwise(numbers))


def _is_place_and_date(text: str, *, alone: bool) -> bool:
    key = fold(text)
    return _PLACE_AND_DATE.match(key) is not None and (alone or not key.startswith("ngay"))


def _is_procedure_code(value: object) -> bool:
    # "1.001193" could be meant as a date elsewhere.
    return isinstance(value, float) or (isinstance(value, str) and _CODE.match(value.strip()) is not None)


def is_code_like(value: object) -> bool:
    """Return whether a cell could be the code of a dossier rather than the name of a group.

    >>> [is_code_like(value) for value in ("H56.14-240823-0001", "000123", 2503010001.0, "Phường 1", "I", None)]
    [True, True, True, False, False, False]
    """
    if isinstance(value, bool | date | time):
        return False
    if isinstance(value, int | float):
        return value >= 1_000
    return isinstance(value, str) and _CODE.match(value.strip()) is not None and not is_date_like(value)
