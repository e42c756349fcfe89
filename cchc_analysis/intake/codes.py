"""Words of the exports to the codes of the schema, by the dictionaries in `data/reference`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from cchc_analysis.errors import InputError
from cchc_analysis.intake.cells import BOOLEAN, MISSING, NUMBER, TEXT, CellArray, by_distinct_text, cell_kinds
from cchc_analysis.intake.values import Parsed
from cchc_analysis.intake.yaml_texts import load_yaml
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import DOSSIERS, KINDS, SURVEY_COLUMNS, SURVEY_PREFIX
from cchc_analysis.text import fold

FROM_DATES: Final = "from_dates"
"""What a status word means that only says whether the dossier is late: the dates decide."""

SURVEYS: Final = SURVEY_PREFIX.rstrip("-")
"""What holds for every survey, whatever its questionnaire."""

_NOT_UNDERSTOOD: Final = "?"
_TRUTH: Final = {"true": True, "false": False}
_LEADING_NUMBER = re.compile(r"^\d{1,2} (?=\D)")


@dataclass(frozen=True)
class Dictionary:
    """Folded words to codes, per column; `lateness` and `unknown` are sets of folded words.

    `of_registers` holds for each register the words of columns that mean something of their own there.
    """

    words: Mapping[str, Mapping[str, str]]
    lateness: frozenset[str]
    unknown: frozenset[str]
    of_registers: Mapping[str, Mapping[str, Mapping[str, str]]]

    def codes(self, column: str, kind: str) -> Mapping[str, str]:
        """Return the words of a column of codes in tables of the kind.

        >>> load_dictionary().codes("status", "payments")["thanh cong"]
        'paid'
        """
        return self.of_registers.get(section_of(kind), {}).get(column) or self.words[column]

    def truths(self, column: str, kind: str) -> dict[str, str]:
        """Return the words of a column of yes and no in tables of the kind.

        >>> load_dictionary().truths("has_fee", "procedures")["mien phi"]
        'false'
        """
        return {**self.words["boolean"], **self.of_registers.get(kind, {}).get(column, {})}


def section_of(kind: str) -> str:
    """Return under which name the words of a kind stand in the dictionary: all surveys share those of `SURVEYS`.

    >>> section_of("payments"), section_of("survey-kiosk-nine-criteria")
    ('payments', 'survey')
    """
    return SURVEYS if kind.startswith(SURVEY_PREFIX) else kind


@cache
def load_dictionary() -> Dictionary:
    """Return the dictionary that ships with the package.

    Raises `InputError` where a word stands for two codes of one column, or a code is not in the schema.

    >>> load_dictionary().words["status"]["da tra ket qua"]
    'returned'
    """
    content = load_yaml(reference_path("codes.yaml").read_text(encoding="utf-8"))
    lateness = frozenset(fold(word) for word in content.pop("lateness"))
    unknown = frozenset(fold(word) for word in content.pop("unknown"))
    words = {column: _words_of("codes.yaml", DOSSIERS.name, column, codes) for column, codes in content.items()}
    registers = load_yaml(reference_path("codes-registers.yaml").read_text(encoding="utf-8"))
    of_registers = {
        kind: {column: _words_of("codes-registers.yaml", kind, column, codes) for column, codes in columns.items()}
        for kind, columns in registers.items()
    }
    return Dictionary(words, lateness, unknown, of_registers)


def _words_of(file: str, kind: str, column: str, codes: Mapping[str, list[str]]) -> dict[str, str]:
    columns = SURVEY_COLUMNS if kind == SURVEYS else KINDS[kind].columns
    known = {known.name: known.codes for known in columns}
    allowed = known.get(column) or tuple(_TRUTH)
    words: dict[str, str] = {}
    for code, spellings in codes.items():
        for key in (fold(code), *(fold(spelling) for spelling in spellings)):
            if code not in allowed or words.setdefault(key, code) != code:
                raise InputError(
                    f"{file}: {key!r} under {column}/{code} stands for another code too, or the code is unknown. "
                    f"Keep each word once, under one of {', '.join(allowed)}.",
                    f"{file}: {key!r} tại {column}/{code} đã dùng cho mã khác hoặc mã không tồn tại. "
                    f"Mỗi từ chỉ được ghi một lần, dưới một trong các mã: {', '.join(allowed)}.",
                )
    return words


def parse_category(
    cells: CellArray,
    column: str,
    *,
    kind: str = DOSSIERS.name,
    overrides: Mapping[str, str] | None = None,
    empty: frozenset[str] = frozenset(),
) -> Parsed:
    """Return codes of the schema (None where missing) for a column of words or code numbers.

    `overrides` are source words and their codes from the mapping file, which come first. In the status column,
    words about lateness yield `FROM_DATES`. A word in no list is unreadable.

    >>> found = parse_category(np.array(["Trực tuyến", "Fax", None, 1], dtype=object), "channel")
    >>> found.values.tolist(), found.unreadable.tolist()
    (['online', None, None, 'counter'], [False, True, False, False])
    """
    known = dict(load_dictionary().codes(column, kind))
    known.update({fold(word): code for word, code in (overrides or {}).items()})
    unknown = load_dictionary().unknown | empty | {""}
    lateness = load_dictionary().lateness if column == "status" else frozenset[str]()

    def convert(text: str) -> str | None:
        return _code_of(fold(text), known, unknown, lateness)

    return _convert(cells, convert)


def _code_of(key: str, known: Mapping[str, str], unknown: frozenset[str], lateness: frozenset[str]) -> str | None:
    """Return the code, None for nothing, or `_NOT_UNDERSTOOD`."""
    for candidate in (key, _LEADING_NUMBER.sub("", key)):
        if candidate in known:
            return known[candidate]
        if candidate in unknown:
            return None
        stripped = candidate
        for phrase in lateness:
            stripped = re.sub(rf"\b{phrase}\b", " ", stripped)
        stripped = " ".join(stripped.split())
        if stripped != candidate:
            return FROM_DATES if not stripped else known.get(stripped, _NOT_UNDERSTOOD)
    return _NOT_UNDERSTOOD


def _convert(cells: CellArray, convert: Callable[[str], str | None]) -> Parsed:
    kinds = cell_kinds(cells)
    values = np.full(len(cells), None, dtype=object)
    unreadable = kinds != MISSING
    texts = np.flatnonzero(kinds == TEXT)
    values[texts] = by_distinct_text(cells, texts, convert)
    for position in np.flatnonzero((kinds == NUMBER) | (kinds == BOOLEAN)):
        values[position] = convert(_number_word(cells[position]))
    understood = np.asarray(values != _NOT_UNDERSTOOD, dtype=bool)
    values[~understood] = None
    unreadable &= ~understood | ((kinds != TEXT) & (kinds != NUMBER) & (kinds != BOOLEAN))
    return Parsed(values, unreadable)


def _number_word(cell: float) -> str:
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    return str(int(cell)) if float(cell).is_integer() else repr(float(cell))


def parse_booleans(
    cells: CellArray,
    column: str,
    *,
    kind: str = DOSSIERS.name,
    overrides: Mapping[str, str] | None = None,
    empty: frozenset[str] = frozenset(),
) -> Parsed:
    """Return True, False or None (missing) for yes/no words, ticks, 1/0 and TRUE/FALSE cells.

    >>> parse_booleans(np.array(["Có", "x", 0, None, "Chưa"], dtype=object), "paid_online").values.tolist()
    [True, True, False, None, False]
    """
    known = load_dictionary().truths(column, kind)
    known.update({fold(word): str(code).lower() for word, code in (overrides or {}).items()})
    unknown = load_dictionary().unknown | empty | {""}
    found = _convert(cells, lambda text: _code_of(fold(text), known, unknown, frozenset()))
    values = np.full(len(cells), None, dtype=object)
    for word, truth in _TRUTH.items():
        values[found.values == word] = truth
    return Parsed(values, found.unreadable)
