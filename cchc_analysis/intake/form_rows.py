"""Rows below the header of a survey: which are forms, and which are totals, averages, bands, numbering or notes."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from cchc_analysis.instants import BoolArray
from cchc_analysis.intake.answers import AnswerWords, FormWords
from cchc_analysis.intake.cells import by_distinct_text
from cchc_analysis.intake.columns import Naming
from cchc_analysis.intake.headers import is_date_like
from cchc_analysis.intake.other_rows import BLANK, DOSSIER, NOTE, RowShape, RowSorter, is_blank, is_numbering, is_words
from cchc_analysis.schema import INVALID_ANSWER
from cchc_analysis.text import fold

_SUMS: Final = re.compile(
    r"(?:tong|cong|tong so|tong cong|tong so phieu|tong hop|cong don)(?: (?:\d.*|phieu.*|chung.*|toan .*))?\Z"
    r"|(?:(?:diem|gia tri|muc) )?(?:trung binh|tb|binh quan)(?: chung| cong| cac.*| cau.*| diem.*)?\Z|d?tb\Z"
    r"|(?:ty|ti) le.*\Z|% .*\Z|(?:so|tong|dem) (?:luot|luong|phieu|nguoi|y kien|cau tra loi)(?: (?!so\b)[^\W\d].*)?\Z"
    r"|(?:do lech chuan|phuong sai|trung vi|yeu vi|(?:(?:diem|gia tri) )?(?:cao|thap|lon|nho) nhat)(?: .*)?\Z"
    r"|(?:average|mean|total|sum|median|max|min|maximum|minimum|std(?: dev)?|stdev|sd|count)\Z"
)
_FIRST_ROWS: Final = 3
_UNFILLED: Final = "unfilled"
_CODES: Final = ("response_id", "respondent_id", "dossier_id")
_CODE: Final = re.compile(r"\s*\S*\d\S*\s*\Z")
_BRACKETED: Final = re.compile(r"\s*(?:[([]\d{1,3}[)\]]|[A-ZĐ])\s*\Z")


class FormSorter(RowSorter):
    """Tells row by row, from the top, what is a form.

    `words` are the answers of the columns of questions by position; a code at one of the positions `codes` makes a row
    a form too.
    """

    def __init__(self, shape: RowShape, words: Mapping[int, AnswerWords], codes: Sequence[int]) -> None:
        super().__init__(shape)
        self._words = words
        self._codes = tuple(codes)

    def sort(self, row: Sequence[object]) -> str:
        """Return `DOSSIER` for a form, `BLANK`, "unfilled" for a bare running number, or why the row is none."""
        filled = {at: value for at, value in enumerate(row) if not is_blank(value)}
        if not filled:
            return BLANK
        if self._shape.headed.isdisjoint(filled):
            return "note"
        if self._repeats_header(filled):
            return "repeated_header"
        if self._is_numbering(filled):
            return "numbering"
        if all(isinstance(value, str) and not fold(value) for value in filled.values()) and not self._n_filled(filled):
            return "note"
        if self._is_sum(filled):
            return "total"
        numbered = any(at in self._shape.running_numbers and not is_words(value) for at, value in filled.items())
        content = {
            at: value for at, value in filled.items() if at not in self._shape.running_numbers or is_words(value)
        }
        if not content:
            return _UNFILLED
        return self._sort_content(filled, content, numbered=numbered)

    def _sort_content(self, filled: Mapping[int, object], content: Mapping[int, object], *, numbered: bool) -> str:
        has_date = any(is_date_like(filled.get(at)) for at in self._shape.times)
        # The name of a group or whoever signs may stand in the column of codes; a code has a digit and no space.
        if self._n_answers(filled) or any(_CODE.match(str(filled[at])) for at in self._codes if at in filled):
            return DOSSIER
        if self._is_signature(content, has_date=has_date):
            self._signed = True
            return "signature"
        texts = [value for value in content.values() if is_words(value)]
        if len(texts) <= 3 and any(NOTE.match(fold(text)) for text in texts):
            return "note"
        if has_date or numbered:
            return DOSSIER
        if self._n_filled(filled) and all(fold(str(value)) == "" for value in content.values()):
            return DOSSIER
        if not texts:
            return "total" if self._shape.running_numbers else DOSSIER
        if len(texts) == 1 and len(content) == 1 and self._words.keys().isdisjoint(content):
            return "note" if len(texts[0]) > 120 or texts[0].strip().startswith(("*", "(")) else "band"
        return DOSSIER

    def _n_filled(self, filled: Mapping[int, object]) -> int:
        return sum(1 for at, words in self._words.items() if at in filled and words.code(str(filled[at])) is not None)

    def _n_answers(self, filled: Mapping[int, object]) -> int:
        return sum(1 for at, words in self._words.items() if at in filled and is_answer(filled[at], words))

    def _is_numbering(self, filled: Mapping[int, object]) -> bool:
        # "2, 3, 4, 5" may be answers: only brackets, letters or numbers above the scale make a row of column numbers.
        if not is_numbering(filled):
            return False
        marked = any(isinstance(value, str) and _BRACKETED.match(value) for value in filled.values())
        return marked or not all(is_answer(filled[at], words) for at, words in self._words.items() if at in filled)

    def _is_sum(self, filled: Mapping[int, object]) -> bool:
        if any(is_date_like(filled.get(at)) for at in self._shape.times):
            return False
        at, first = next(((at, value) for at, value in filled.items() if is_words(value)), (-1, ""))
        if not is_sum(first):
            return False
        others = [at for at in self._words if at in filled]
        if at not in self._words or not is_answer(first, self._words[at]):
            return True
        # "Trung bình" is an answer too: a row of averages has no other answer beside it.
        rest = [other for other in others if other != at]
        return bool(rest) and not any(is_answer(filled[other], self._words[other]) for other in rest)


def is_sum(value: object) -> bool:
    """Return whether a cell says that its row is a sum, a mean or a share of the others.

    >>> [is_sum(value) for value in ("Tổng số phiếu", "Điểm trung bình", "Tỷ lệ hài lòng", "Phường 1", 5)]
    [True, True, True, False, False]
    """
    return isinstance(value, str) and _SUMS.match(fold(value)) is not None


def is_answer(value: object, words: AnswerWords) -> bool:
    """Return whether a cell is a point of the scale or a missing code."""
    if isinstance(value, bool):
        return False
    if isinstance(value, (int, float)):
        value = str(int(value)) if float(value).is_integer() else repr(float(value))
    return isinstance(value, str) and words.code(value) not in (None, INVALID_ANSWER)


def sort_forms(
    body: pd.DataFrame, naming: Naming, shape: RowShape, words: FormWords, width: int
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return per row of the body `DOSSIER` for a form, `BLANK`, or why it is none; `width` columns have a header.

    A running number without anything beside it is the end of a list that was numbered in advance; with forms below it
    it is a form that nobody has filled in.
    """
    answers = {naming.positions[name]: book for name, book in words.answers.items() if name in naming.positions}
    codes = [naming.positions[name] for name in _CODES if name in naming.positions]
    sorter = FormSorter(shape, answers, codes)
    reasons = np.full(len(body), DOSSIER, dtype=object)
    doubtful = ~_plain_forms(body, answers, width)
    reasons[doubtful] = [sorter.sort(tuple(row)) for row in body[doubtful].to_numpy(dtype=object)]
    forms = np.flatnonzero(reasons == DOSSIER)
    last = forms[-1] if len(forms) else -1
    unfilled = np.flatnonzero(reasons == _UNFILLED)
    reasons[unfilled] = np.where(unfilled < last, DOSSIER, "numbering")
    return reasons


def _plain_forms(body: pd.DataFrame, answers: Mapping[int, AnswerWords], width: int) -> BoolArray:
    """Return which rows have answers to at least half of the questions and no word of a sum beside them.

    The rows just below the header may number the columns and are looked at one by one.
    """
    n_answers = np.zeros(len(body), dtype=np.int64)
    for at, words in answers.items():
        cells = body[at].to_numpy(dtype=object)
        filled = np.flatnonzero(pd.notna(cells))
        n_answers[filled] += np.array(by_distinct_text(cells, filled, partial(is_answer, words=words)), dtype=bool)
    sums = np.zeros(len(body), dtype=bool)
    sums[:_FIRST_ROWS] = True
    for at in range(min(width, body.shape[1])):
        cells = body[at].to_numpy(dtype=object)
        texts = np.flatnonzero([isinstance(cell, str) for cell in cells])
        sums[texts] |= np.array(by_distinct_text(cells, texts, is_sum), dtype=bool)
    return np.asarray((2 * n_answers >= len(answers)) & (n_answers > 0) & ~sums)
