"""Cells of questionnaires to codes: answers to points, traits of respondents to bands, weights to numbers."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cchc_analysis.intake.cells import MISSING, NUMBER, TEXT, CellArray, by_distinct_text, cell_kinds
from cchc_analysis.intake.values import Parsed
from cchc_analysis.questionnaires import Demographic, Questionnaire, Scale
from cchc_analysis.schema import INVALID_ANSWER
from cchc_analysis.text import clean_text, fold

_NOTHING: Final = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\-–—−_.…·/\\]*")
"""What people put into a cell that they leave empty; ticks and stars are something."""
_NUMBER: Final = re.compile(r"-?\d{1,6}(?:[.,]0+)?")
_NUMBER_FIRST: Final = re.compile(r"[(\[]?\s*(-?\d{1,6})(?:[.,]0+)?\s*[)\]]?\s*[-–—.:=)]*\s*(?![\d.,/])(\S.*)")
_NUMBER_LAST: Final = re.compile(r"(.*[^\W\d_])\W*?\s*[-–—:=(\[]*\s*(?<![\d.,/])(\d{1,6})(?:[.,]0+)?\s*[)\]]?")
_POINT_WORDS: Final = re.compile(
    r"\b(?:mức|muc|điểm|diem)\s*(?:độ\s*|số\s*)?[:=]?\s*(?=\d)|(?<=\d)\s*(?:điểm|diem|đ)\b", re.IGNORECASE
)
"""Words beside the number of a point: "5 điểm", "Mức 5"."""
_WRAPPED: Final = re.compile(r"'?[(\[]?\s*(.*?)\s*[)\]]?\s*\.?", re.DOTALL)
_OPTION_LETTER: Final = re.compile(r"[(\[]?[a-eA-EđĐ]\s*[.)\]]\s*(?=\S{2})")
_BOTH_LANGUAGES: Final = re.compile(r"\s*[/|()]\s*|\s+[-–—]\s+")
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
_AGE: Final = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*(?:tuổi|t|years?(?: old)?)?", re.IGNORECASE)
_OLDEST: Final = 120


def plain_words(text: str) -> str:
    """Return the text as labels are compared: composed, lower case, single spaces, no punctuation, marks kept.

    >>> plain_words("  HÀI\\u00a0LÒNG. "), plain_words("Không biết/không ý kiến")
    ('hài lòng', 'không biết không ý kiến')
    """
    return _NOT_LETTERS.sub(" ", unicodedata.normalize("NFKC", clean_text(text)).casefold()).strip()


@dataclass(frozen=True)
class AnswerWords:
    """How the answers to one question are written.

    `labels` are exact words, `bare` words without their marks where only one answer is meant, `numbers` what a number
    on the form stands for. `own` are the numbers and words of a mapping file, which come before all of them.
    """

    labels: Mapping[str, str]
    bare: Mapping[str, str]
    numbers: Mapping[int, str]
    own: Mapping[str, str] = field(default_factory=dict)
    own_numbers: Mapping[int, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()

    def code(self, text: str) -> str | None:
        """Return the code of an answer, None for a blank cell, `INVALID_ANSWER` for what is no answer.

        A label and a number that contradict each other are no answer; nor are two answers, fractions and ticks.
        """
        words = plain_words(text)
        if words in self.own:
            return self.own[words]
        if _NOTHING.fullmatch(text) or fold(text) in self.empty:
            return None
        plain = _plain(text)
        bare = _WRAPPED.fullmatch(plain)
        if bare and _NUMBER.fullmatch(bare.group(1)):
            return self._of_number(_whole(bare.group(1)))
        label = self._of_label(words) or self._of_label(plain_words(_OPTION_LETTER.sub("", plain, count=1)))
        if label is not None:
            return label
        beside = self.number_and_label(text)
        if beside is not None:
            # Behind a label the minus of a missing code cannot be told from a hyphen.
            n, code = beside
            return code if code in (self._of_number(n), self._of_number(-n)) else INVALID_ANSWER
        both = {self._of_label(plain_words(part)) for part in _BOTH_LANGUAGES.split(plain) if plain_words(part)}
        return both.pop() or INVALID_ANSWER if len(both) == 1 else INVALID_ANSWER

    @property
    def points(self) -> tuple[int, ...]:
        """Return the points of the scale, ascending."""
        return tuple(sorted(int(code) for code in set(self.numbers.values()) if code.isdigit()))

    def number_and_label(self, text: str) -> tuple[int, str] | None:
        """Return the number and the code of the label beside it, whether or not they agree; None for other texts."""
        plain = _plain(text)
        for pattern, number, rest in ((_NUMBER_FIRST, 1, 2), (_NUMBER_LAST, 2, 1)):
            found = pattern.fullmatch(plain)
            code = found and self._of_label(plain_words(found.group(rest)))
            if found and code:
                return _whole(found.group(number)), code
        return None

    def _of_number(self, number: int) -> str:
        return self.own_numbers.get(number) or self.numbers.get(number, INVALID_ANSWER)

    def _of_label(self, words: str) -> str | None:
        return self.own.get(words) or self.labels.get(words) or self.bare.get(fold(words))

    def label_code(self, words: str) -> str | None:
        """Return the code of a label, whatever numbers mean; None for other words."""
        return None if not words or words.isdigit() else self._of_label(words)

    def label_of(self, code: str) -> str | None:
        """Return words that mean the code and that no mapping file has given another meaning."""
        found = (words for words, meant in self.labels.items() if meant == code)
        return next((words for words in found if self.own.get(words, code) == code and not words.isdigit()), None)


def _plain(text: str) -> str:
    return _POINT_WORDS.sub("", unicodedata.normalize("NFKC", clean_text(text)).replace("−", "-")).strip()


def _whole(text: str) -> int:
    return int(re.split(r"[.,]", text)[0])


@dataclass(frozen=True)
class BandWords:
    """How a trait is written: folded `words` of bands, and from which number (`lowers`, ascending) each begins."""

    words: Mapping[str, str]
    lowers: tuple[tuple[int, str], ...]
    empty: frozenset[str] = frozenset()

    def code(self, text: str) -> str | None:
        """Return the band, None for nothing, `INVALID_ANSWER` for what is in no band; an exact age becomes its band."""
        key = fold(text)
        if key in self.words:
            return self.words[key]
        if key in self.empty | {""}:
            return None
        age = _AGE.fullmatch(clean_text(text))
        if age and int(age.group(1)) <= _OLDEST:
            return next((band for lower, band in self.lowers[::-1] if lower <= int(age.group(1))), INVALID_ANSWER)
        return INVALID_ANSWER


@dataclass(frozen=True)
class FormWords:
    """How a form of one questionnaire is written: its `answers` by question and `bands` by trait."""

    answers: Mapping[str, AnswerWords]
    bands: Mapping[str, BandWords]


def form_words(
    questionnaire: Questionnaire,
    values: Mapping[str, Mapping[str, str]] | None = None,
    empty: frozenset[str] = frozenset(),
    every: str = "answers",
) -> FormWords:
    """Return how the forms of a questionnaire are written; `values` are words of a mapping file and their codes.

    Those under `every` hold for all questions, those under a question come before them.

    >>> from cchc_analysis.questionnaires import load_questionnaire
    >>> words = form_words(load_questionnaire("one-stop-five-factors")).answers["overall"]
    >>> texts = ("RẤT HÀI LÒNG", "hai long", "4 - Hài lòng", "5 - Hài lòng", "4,0", "3,5", "", "99")
    >>> [words.code(text) for text in texts]
    ['5', '4', '4', 'invalid', '4', 'invalid', None, 'no_opinion']
    """
    given = values or {}
    answers = {
        question.id: _answer_words(
            questionnaire,
            questionnaire.scale_of(question.id),
            {**given.get(every, {}), **given.get(question.id, {})},
            empty,
        )
        for question in questionnaire.questions
    }
    bands = {trait.id: _band_words(trait, given.get(trait.id, {}), empty) for trait in questionnaire.demographics}
    return FormWords(answers, bands)


def _answer_words(
    questionnaire: Questionnaire, scale: Scale, own: Mapping[str, str], empty: frozenset[str]
) -> AnswerWords:
    words = [(word, str(point.value)) for point in scale.points for word in point.words()]
    words += [(word, missing.id) for missing in questionnaire.missing for word in (*missing.words(), missing.id)]
    labels = _unambiguous((plain_words(word), code) for word, code in words)
    numbers = {value: str(value) for value in scale.values}
    numbers |= {code: missing.id for missing in questionnaire.missing for code in missing.codes}
    allowed = {*numbers.values(), *labels.values(), INVALID_ANSWER}
    mapped = {plain_words(word): code for word, code in own.items() if code in allowed}
    own_numbers = {
        _whole(plain): code
        for word, code in own.items()
        if code in allowed and _NUMBER.fullmatch(plain := unicodedata.normalize("NFKC", clean_text(word)))
    }
    bare = _unambiguous((fold(label), code) for label, code in labels.items())
    bare |= {fold(word): code for word, code in mapped.items() if _NOT_LETTERS.sub("", fold(word)).isalpha()}
    return AnswerWords(labels, bare, numbers, mapped, own_numbers, empty)


def _unambiguous(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for word, code in words:
        meant.setdefault(word, set()).add(code)
    return {word: codes.pop() for word, codes in meant.items() if word and len(codes) == 1}


def _band_words(trait: Demographic, own: Mapping[str, str], empty: frozenset[str]) -> BandWords:
    words = _unambiguous((fold(word), band.id) for band in trait.bands for word in (*band.words(), band.id))
    lowers = sorted((band.lower, band.id) for band in trait.bands if band.lower is not None)
    return BandWords({**words, **{fold(word): code for word, code in own.items()}}, tuple(lowers), empty)


def parse_answers(cells: CellArray, words: AnswerWords) -> Parsed:
    """Return the code of each answer, None where blank; `INVALID_ANSWER` is marked as unreadable and kept.

    >>> from cchc_analysis.questionnaires import load_questionnaire
    >>> words = form_words(load_questionnaire("one-stop-five-factors")).answers["overall"]
    >>> found = parse_answers(np.array(["Hài lòng;Rất hài lòng", 5.0, None, 6, "x"], dtype=object), words)
    >>> found.values.tolist(), found.unreadable.tolist()
    (['invalid', '5', None, 'invalid', 'invalid'], [True, False, False, True, True])
    """
    values = _codes(cells, words.code)
    return Parsed(values, np.asarray(values == INVALID_ANSWER, dtype=bool))


def parse_bands(cells: CellArray, words: BandWords) -> Parsed:
    """Return the band of each trait, None where there is none or where it is in no band, which is unreadable."""
    values = _codes(cells, words.code)
    unreadable = np.asarray(values == INVALID_ANSWER, dtype=bool)
    values[unreadable] = None
    return Parsed(values, unreadable)


def _codes(cells: CellArray, convert: Callable[[str], str | None]) -> npt.NDArray[Any]:
    kinds = cell_kinds(cells)
    values = np.full(len(cells), None, dtype=object)
    texts = np.flatnonzero(kinds == TEXT)
    values[texts] = by_distinct_text(cells, texts, convert)
    numbers = np.flatnonzero(kinds == NUMBER)
    values[numbers] = by_distinct_text(cells, numbers, lambda number: convert(_digits(float(number))))
    values[(kinds != TEXT) & (kinds != NUMBER) & (kinds != MISSING)] = INVALID_ANSWER
    return values


def _digits(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
