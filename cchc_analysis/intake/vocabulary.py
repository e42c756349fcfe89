"""The dictionary of headers: which words name which canonical column, and which columns are about persons."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from cchc_analysis.errors import MappingError
from cchc_analysis.intake.yaml_texts import load_yaml
from cchc_analysis.reference_data import reference_path
from cchc_analysis.schema import DOSSIERS, KINDS, Kind
from cchc_analysis.text import fold

PERSONAL = "personal"
IGNORED = "ignored"

_DOSSIERS_FILE: Final = "columns.yaml"
_REGISTERS_FILE: Final = "columns-registers.yaml"

_TRAILING_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?[\s*:]*\Z")
_FOOTNOTE = re.compile(r"(?:[\u00b9\u00b2\u00b3\u2070-\u2089*†‡§]+|(?<=[^\W\d_])\d{1,2})\s*\Z")
_WORD_IN_ONE = re.compile(r"(?<=[^\W\d_A-ZĐ])(?=[A-ZĐ])")
_LEADING_NUMBER = re.compile(r"\A\s*[(\[]?\d{1,2}[)\].:]\s*")


@dataclass(frozen=True)
class Vocabulary:
    """Folded headers: `canonical` maps them to a column, `personal` and `ignored` are never kept.

    `later` ranks headers that stand for their column only where no better one is in the table.
    """

    canonical: Mapping[str, str]
    personal: frozenset[str]
    ignored: frozenset[str]
    later: Mapping[str, int] = field(default_factory=dict)

    def meaning(self, header: str) -> str | None:
        """Return the canonical name, `PERSONAL`, `IGNORED`, or None for a header nobody knows.

        A remark in brackets or a footnote mark behind the words and a number before them are looked past, and
        "NgayTiepNhan" is "Ngay Tiep Nhan".

        >>> vocabulary = load_vocabulary()
        >>> [vocabulary.meaning(text) for text in ("Mã hồ sơ", "(3) Hạn trả (dd/mm)", "SĐT người nộp", "Xyz")]
        ['dossier_id', 'due_at', 'personal', None]
        """
        for key in header_keys(header):
            if key in self.canonical:
                return self.canonical[key]
            if key in self.ignored:
                return IGNORED
        return PERSONAL if self.is_personal(header) else None

    def certain(self, header: str) -> str | None:
        """Return what a header names whatever stands above or below it: nothing, where a table has no questions."""
        return None

    def other_wording(self, header: str) -> bool:
        """Return whether the header has the number of a question in front of other words."""
        return False

    def rank(self, header: str) -> int:
        """Return 0 for a header that names its column for certain, more for one that does so for want of a better.

        >>> vocabulary = load_vocabulary("feedback")
        >>> vocabulary.rank("Đơn vị xử lý") < vocabulary.rank("Đơn vị") < vocabulary.rank("Đơn vị tiếp nhận")
        True
        """
        key = next((key for key in header_keys(header) if key in self.canonical), "")
        return self.later.get(key, 0)

    def is_personal(self, header: str) -> bool:
        """Return whether the header names a column about a person, as a whole or by words inside it.

        >>> load_vocabulary().is_personal("Địa chỉ thường trú của chủ hồ sơ")
        True
        """
        keys = header_keys(header)
        if not self.personal or any(key in self.canonical or key in self.ignored for key in keys):
            return False
        return any(_any_of(self.personal).search(key) for key in keys)


@lru_cache(maxsize=8_192)
def header_keys(header: str) -> tuple[str, ...]:
    """Return what a header is looked up by, the most exact first; see `Vocabulary.meaning`.

    >>> header_keys("(3) Hạn trả (dd/mm)")[:2]
    ('3 han tra dd mm', 'han tra')
    """
    bare = _LEADING_NUMBER.sub("", _TRAILING_REMARK.sub("", header))
    unmarked = _FOOTNOTE.sub("", bare)
    others = (bare, unmarked, _WORD_IN_ONE.sub(" ", unmarked))
    return tuple(fold(text) for text in (header, *(other for other in others if other and other != header)))


@lru_cache(maxsize=64)
def _any_of(terms: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of any of the terms as whole words of a folded text."""
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, sorted(terms)))})(?!\S)")


def build_vocabulary(text: str) -> Vocabulary:
    """Return the vocabulary of dossiers written in YAML; the schema's own names and labels are always known.

    Raises `MappingError` where a header stands under two names or a column is not in the schema.

    >>> build_vocabulary("columns: {field: [Area]}").meaning("AREA")
    'field'
    """
    content = load_yaml(text)
    canonical = _canonical(content.get("columns", {}), DOSSIERS, _DOSSIERS_FILE)
    personal = frozenset(fold(header) for header in content.get("personal", ()))
    ignored = frozenset(fold(header) for header in content.get("ignored", ()))
    _refuse_two_meanings(canonical, personal, ignored, _DOSSIERS_FILE)
    return Vocabulary(canonical, personal, ignored)


def build_register_vocabulary(kind: Kind, section: Mapping[str, Any], dossiers: Vocabulary) -> Vocabulary:
    """Return the vocabulary of a register: its own headers, those that `as_dossiers` takes over, and what is dropped.

    What the register keeps wins over what lists of dossiers ignore; what only dossiers keep is known and dropped. The
    headers under `later` are ranked in the order in which they stand there. Raises `MappingError` as
    `build_vocabulary` does.

    >>> section = {"as_dossiers": ["dossier_id"], "columns": {"paid_at": ["Ngày nộp tiền"]}}
    >>> vocabulary = build_register_vocabulary(KINDS["payments"], section, load_vocabulary())
    >>> [vocabulary.meaning(text) for text in ("Mã HS", "Ngày nộp tiền", "Ngày hẹn trả", "Phí (VNĐ)")]
    ['dossier_id', 'paid_at', 'ignored', 'fee_amount']
    """
    later = section.get("later", {})
    listed = {name: [*section.get("columns", {}).get(name, ()), *later.get(name, ())] for name in _names(section)}
    canonical = _canonical(listed, kind, _REGISTERS_FILE)
    for key, name in dossiers.canonical.items():
        if name in section.get("as_dossiers", ()):
            _add(canonical, key, name, _REGISTERS_FILE)
    own = frozenset(fold(header) for header in section.get("ignored", ()))
    _refuse_two_meanings(canonical, dossiers.personal, own, _REGISTERS_FILE)
    ignored = (own | dossiers.ignored | frozenset(dossiers.canonical)) - frozenset(canonical)
    ranks = {fold(header): rank for headers in later.values() for rank, header in enumerate(headers, start=1)}
    return Vocabulary(canonical, dossiers.personal, ignored, ranks)


def _names(section: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys((*section.get("columns", {}), *section.get("later", {}))))


def _canonical(listed: Mapping[str, Iterable[str]], kind: Kind, file: str) -> dict[str, str]:
    canonical: dict[str, str] = {}
    for column in kind.columns:
        for header in (column.name, column.label):
            _add(canonical, header, column.name, file)
    names = {column.name for column in kind.columns}
    for name, headers in listed.items():
        if name not in names:
            raise MappingError(
                f"{file}: {name!r} is not a column of the schema. Correct the name or delete the entry.",
                f"{file}: {name!r} không phải là cột trong lược đồ. Hãy sửa tên cột hoặc xóa mục này.",
            )
        for header in headers:
            _add(canonical, header, name, file)
    return canonical


def _add(canonical: dict[str, str], header: str, name: str, file: str) -> None:
    known = canonical.setdefault(fold(header), name)
    if known != name:
        raise _two_meanings(header, known, name, file)


def _refuse_two_meanings(
    canonical: Mapping[str, str], personal: frozenset[str], ignored: frozenset[str], file: str
) -> None:
    for key in sorted(personal | ignored):
        if key in canonical:
            raise _two_meanings(key, canonical[key], PERSONAL if key in personal else IGNORED, file)


def _two_meanings(header: str, first: str, second: str, file: str) -> MappingError:
    return MappingError(
        f"{file}: the header {header!r} stands under both {first} and {second}. Delete one of the two.",
        f"{file}: tiêu đề {header!r} nằm ở cả {first} và {second}. Hãy xóa một trong hai.",
    )


@cache
def register_texts() -> dict[str, Any]:
    """Return what `data/reference/columns-registers.yaml` says of each register.

    >>> "thanh-toan" in register_texts()["payments"]["folders"]
    True
    """
    content: dict[str, Any] = load_yaml(reference_path(_REGISTERS_FILE).read_text(encoding="utf-8"))
    return content


@cache
def load_vocabulary(kind: str = DOSSIERS.name) -> Vocabulary:
    """Return the shipped vocabulary of a kind of table.

    >>> load_vocabulary().meaning("TG quy định"), load_vocabulary("payments").meaning("Tổng tiền")
    ('statutory_days', 'total_amount')
    """
    if kind == DOSSIERS.name:
        return build_vocabulary(reference_path(_DOSSIERS_FILE).read_text(encoding="utf-8"))
    return build_register_vocabulary(KINDS[kind], register_texts()[kind], load_vocabulary())


@lru_cache(maxsize=32_768)
def meaning_of(header: str, kind: str = DOSSIERS.name) -> str | None:
    """Return what the header means in the shipped vocabulary of a kind; see `Vocabulary.meaning`.

    >>> meaning_of("Chủ hồ sơ"), meaning_of("Ngày thu"), meaning_of("Ngày thu", "payments")
    ('personal', 'ignored', 'paid_at')
    """
    return load_vocabulary(kind).meaning(header)


def count_known(headers: Iterable[object]) -> int:
    """Return how many of the cells are headers that are known in some kind of table.

    >>> count_known(["STT", "Mã hồ sơ", 5, None, "Sở Tư pháp", "Số chứng thực"])
    3
    """
    return sum(1 for header in headers if isinstance(header, str) and len(header) < 200 and _is_known(header))


@lru_cache(maxsize=8_192)
def _is_known(header: str) -> bool:
    return any(load_vocabulary(kind).meaning(header) is not None for kind in KINDS)
