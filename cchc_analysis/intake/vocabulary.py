"""The dictionary of headers: which words name which canonical column, and which columns are about persons."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import yaml

from cchc_analysis.errors import MappingError
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import DOSSIER_COLUMNS
from cchc_analysis.text import fold

PERSONAL = "personal"
IGNORED = "ignored"

_TRAILING_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?[\s*:]*\Z")
_FOOTNOTE = re.compile(r"(?:[\u00b9\u00b2\u00b3\u2070-\u2089*†‡§]+|(?<=[^\W\d_])\d{1,2})\s*\Z")
_WORD_IN_ONE = re.compile(r"(?<=[^\W\d_A-ZĐ])(?=[A-ZĐ])")
_LEADING_NUMBER = re.compile(r"\A\s*[(\[]?\d{1,2}[)\].:]\s*")


@dataclass(frozen=True)
class Vocabulary:
    """Folded headers: `canonical` maps them to a column, `personal` and `ignored` are never kept."""

    canonical: Mapping[str, str]
    personal: frozenset[str]
    ignored: frozenset[str]

    def meaning(self, header: str) -> str | None:
        """Return the canonical name, `PERSONAL`, `IGNORED`, or None for a header nobody knows.

        A remark in brackets or a footnote mark behind the words and a number before them are looked past, and
        "NgayTiepNhan" is "Ngay Tiep Nhan".

        >>> vocabulary = load_vocabulary()
        >>> [vocabulary.meaning(text) for text in ("Mã hồ sơ", "(3) Hạn trả (dd/mm)", "SĐT người nộp", "Xyz")]
        ['dossier_id', 'due_at', 'personal', None]
        """
        for key in _keys(header):
            if key in self.canonical:
                return self.canonical[key]
            if key in self.ignored:
                return IGNORED
        return PERSONAL if self.is_personal(header) else None

    def is_personal(self, header: str) -> bool:
        """Return whether the header names a column about a person, as a whole or by words inside it.

        >>> load_vocabulary().is_personal("Địa chỉ thường trú của chủ hồ sơ")
        True
        """
        keys = list(_keys(header))
        if any(key in self.canonical or key in self.ignored for key in keys):
            return False
        return any(f" {term} " in f" {key} " for key in keys for term in self.personal)


def _keys(header: str) -> Iterable[str]:
    yield fold(header)
    bare = _LEADING_NUMBER.sub("", _TRAILING_REMARK.sub("", header))
    unmarked = _FOOTNOTE.sub("", bare)
    for other in (bare, unmarked, _WORD_IN_ONE.sub(" ", unmarked)):
        if other and other != header:
            yield fold(other)


def build_vocabulary(text: str) -> Vocabulary:
    """Return the vocabulary written in YAML; the schema's own names and labels are always known.

    Raises `MappingError` where a header stands under two names or a column is not in the schema.

    >>> build_vocabulary("columns: {field: [Area]}").meaning("AREA")
    'field'
    """
    content = yaml.safe_load(text)
    canonical: dict[str, str] = {}
    for column in DOSSIER_COLUMNS:
        for header in (column.name, column.label):
            _add(canonical, header, column.name)
    names = {column.name for column in DOSSIER_COLUMNS}
    for name, headers in content.get("columns", {}).items():
        if name not in names:
            raise MappingError(
                f"columns.yaml: {name!r} is not a column of the schema. Correct the name or delete the entry.",
                f"columns.yaml: {name!r} không phải là cột trong lược đồ. Hãy sửa tên cột hoặc xóa mục này.",
            )
        for header in headers:
            _add(canonical, header, name)
    personal = frozenset(fold(header) for header in content.get("personal", ()))
    ignored = frozenset(fold(header) for header in content.get("ignored", ()))
    _refuse_two_meanings(canonical, personal, ignored)
    return Vocabulary(canonical, personal, ignored)


def _add(canonical: dict[str, str], header: str, name: str) -> None:
    known = canonical.setdefault(fold(header), name)
    if known != name:
        raise _two_meanings(header, known, name)


def _refuse_two_meanings(canonical: Mapping[str, str], personal: frozenset[str], ignored: frozenset[str]) -> None:
    for key in sorted(personal | ignored):
        if key in canonical:
            raise _two_meanings(key, canonical[key], PERSONAL if key in personal else IGNORED)


def _two_meanings(header: str, first: str, second: str) -> MappingError:
    return MappingError(
        f"columns.yaml: the header {header!r} stands under both {first} and {second}. Delete one of the two.",
        f"columns.yaml: tiêu đề {header!r} nằm ở cả {first} và {second}. Hãy xóa một trong hai.",
    )


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary of `data/reference/columns.yaml`.

    >>> load_vocabulary().meaning("TG quy định")
    'statutory_days'
    """
    return build_vocabulary(reference_path("columns.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8_192)
def meaning_of(header: str) -> str | None:
    """Return what the header means in the shipped vocabulary; see `Vocabulary.meaning`.

    >>> meaning_of("Chủ hồ sơ")
    'personal'
    """
    return load_vocabulary().meaning(header)


def count_known(headers: Iterable[object]) -> int:
    """Return how many of the cells are known headers.

    >>> count_known(["STT", "Mã hồ sơ", 5, None, "Sở Tư pháp"])
    2
    """
    return sum(
        1 for header in headers if isinstance(header, str) and len(header) < 200 and meaning_of(header) is not None
    )
