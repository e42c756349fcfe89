"""The headers of a survey: wordings and numbers of the questions, and what every survey may have."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from cchc_analysis.errors import MappingError
from cchc_analysis.intake.vocabulary import Vocabulary, header_keys, load_vocabulary
from cchc_analysis.intake.yaml_texts import load_yaml
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import SURVEY_COLUMNS
from cchc_analysis.text import fold

COLUMNS_FILE: Final = "columns-surveys.yaml"

_NUMBER_KEY: Final = re.compile(r"([a-z]+(?: [a-z]+)?) ?0*(\d{1,3})\Z")
_IN_BRACKETS: Final = re.compile(r"\[([^\[\]]+)\]\s*\Z")
_LEADING_NUMBER: Final = re.compile(r"\A(?:\d{1,3}|[ivx]{1,4}) (?=\D)")
_SHARED_WORDS: Final = 0.5


@dataclass(frozen=True)
class SurveyVocabulary(Vocabulary):
    """The vocabulary of one questionnaire.

    `questions` are the columns of answers, `traits` those of respondents; `numbers` maps short headers such as "cau1"
    to them, `wordings` a question to its folded wordings. `factors` are folded names that may stand in front of a
    question, `by_cells` folded headers of durations or of moments, which only the cells tell apart.
    """

    questions: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = field(default_factory=dict)
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    factors: tuple[str, ...] = ()
    by_cells: frozenset[str] = frozenset()

    def meaning(self, header: str) -> str | None:
        """Return the question a header names, else what `Vocabulary.meaning` says of it.

        >>> from cchc_analysis.questionnaires import load_questionnaire
        >>> vocabulary = survey_vocabulary(load_questionnaire("one-stop-five-factors"))
        >>> [vocabulary.meaning(text) for text in ("C.02", "Câu 2. Nơi ngồi chờ đủ chỗ", "Địa bàn", "Ý kiến khác")]
        ['access_waiting', 'access_waiting', 'stratum', 'ignored']
        """
        return self.certain(header) or super().meaning(header)

    def certain(self, header: str) -> str | None:
        """Return the question or trait that a header names, whatever stands above the header.

        "Người trả lời" above "Giới tính" does not make the bands of a trait a column about a person. A question is
        known by its wording or its number. The wording decides; a number in front of other words decides only where
        half of the words are those of the question, since another form may have another question of that number.
        """
        inner = _IN_BRACKETS.search(header)
        if inner and (found := self._of_text(inner.group(1))):
            return found
        trait = next(
            (self.canonical[key] for key in header_keys(header) if self.canonical.get(key) in self.traits), None
        )
        return self._of_text(header) or trait

    def other_wording(self, header: str) -> bool:
        """Return whether a header that names no question begins with the number of one."""
        words = fold(header).split()
        return self.certain(header) is None and any(self._of_number(words[:n]) for n in (1, 2, 3))

    def _of_text(self, header: str) -> str | None:
        for key in header_keys(header):
            found = self._of_key(key)
            if found:
                return found
        return None

    def _of_key(self, key: str) -> str | None:
        for part in self._parts(key):
            found = self.canonical.get(part)
            if found in self.questions:
                return found
            words = part.split()
            for n in (3, 2, 1):
                numbered = self._of_number(words[:n])
                if numbered:
                    found = self._with_words(numbered, words[n:])
                    if found:
                        return found
        return None

    def _parts(self, key: str) -> Iterable[str]:
        """Yield the key, and what is left of it without a number or the name of a factor in front."""
        yield key
        bare = _LEADING_NUMBER.sub("", key, count=1)
        if bare != key:
            yield bare
        for factor in self.factors:
            if bare.startswith(f"{factor} "):
                rest = bare[len(factor) + 1 :]
                yield rest
                yield _LEADING_NUMBER.sub("", rest, count=1)

    def _of_number(self, words: list[str]) -> str | None:
        found = _NUMBER_KEY.match(" ".join(words))
        return self.numbers.get(f"{found.group(1)}{found.group(2)}") if found else None

    def _with_words(self, question: str, words: list[str]) -> str | None:
        if not words:
            return question
        named = self.canonical.get(" ".join(words))
        if named in self.questions:
            return named
        for wording in self.wordings[question]:
            known = wording.split()
            shared = len(set(words) & set(known))
            if min(len(words), len(known)) > 1 and shared >= _SHARED_WORDS * max(len(set(words)), 1):
                return question
        return None


def survey_vocabulary(questionnaire: Questionnaire) -> SurveyVocabulary:
    """Return the vocabulary of a questionnaire: its own words first, then the headers that every survey may have.

    Raises `MappingError` where one wording names two columns.
    """
    canonical: dict[str, str] = {}
    for column in questionnaire.kind.columns:
        for header in (column.name, column.label):
            _add(canonical, header, column.name, questionnaire)
    for question in questionnaire.questions:
        for header in question.words():
            _add(canonical, header, question.id, questionnaire)
    for trait in questionnaire.demographics:
        for header in trait.words():
            _add(canonical, header, trait.id, questionnaire)
    dossiers, section = load_vocabulary(), _section()
    ranks: dict[str, int] = {}
    for part in ("columns", "later"):
        for name, headers in section[part].items():
            for rank, header in enumerate(headers, start=1):
                if canonical.setdefault(fold(header), name) == name and part == "later":
                    ranks[fold(header)] = rank
    for key, name in dossiers.canonical.items():
        if name in section["as_dossiers"]:
            canonical.setdefault(key, name)
    by_cells = frozenset(fold(header) for header in section["by_cells"]) - frozenset(canonical)
    own = frozenset(fold(header) for header in section["ignored"])
    ignored = own | by_cells | dossiers.ignored | frozenset(dossiers.canonical)
    questions = frozenset(question.id for question in questionnaire.questions)
    return SurveyVocabulary(
        canonical,
        dossiers.personal - frozenset(canonical),
        ignored - frozenset(canonical),
        ranks,
        questions,
        frozenset(trait.id for trait in questionnaire.demographics),
        _numbers(canonical, questions),
        {item.id: tuple(fold(word) for word in item.words()) for item in questionnaire.questions},
        tuple(fold(word) for factor in questionnaire.factors for word in (factor.vi, factor.en)),
        by_cells,
    )


def _numbers(canonical: Mapping[str, str], questions: frozenset[str]) -> dict[str, str]:
    found = ((_NUMBER_KEY.match(key), name) for key, name in canonical.items() if name in questions)
    return {f"{match.group(1)}{match.group(2)}": name for match, name in found if match}


def _add(canonical: dict[str, str], header: str, name: str, questionnaire: Questionnaire) -> None:
    other = canonical.setdefault(fold(header), name)
    if other != name:
        raise MappingError(
            f"Questionnaire {questionnaire.id!r}: {header!r} names both {other} and {name}. Word one otherwise.",
            f"Phiếu khảo sát {questionnaire.id!r}: {header!r} ứng với cả {other} và {name}. Hãy đổi lời một trong hai.",
        )


@cache
def _section() -> dict[str, Any]:
    content: dict[str, Any] = load_yaml(reference_path(COLUMNS_FILE).read_text(encoding="utf-8"))
    unknown = {*content["columns"], *content["later"], *content["as_dossiers"]} - {c.name for c in SURVEY_COLUMNS}
    if unknown:
        raise MappingError(
            f"{COLUMNS_FILE}: {', '.join(sorted(unknown))} is not a column of every survey. Correct the name.",
            f"{COLUMNS_FILE}: {', '.join(sorted(unknown))} không phải là cột của mọi khảo sát. Hãy sửa tên cột.",
        )
    return content
