"""What personal data look like in a text: identity numbers, telephones, e-mails, plates, dossier codes, names."""

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

KINDS = ("identity_number", "telephone", "email", "plate", "dossier_code", "name", "hash_key")
"""What is looked for."""

_NOT_IN_NUMBER = r"(?<![\w.,+/-])"
_ENDS_NUMBER = r"(?![\w/-]|[.,]\d)"
_PATTERNS: dict[str, re.Pattern[str]] = {
    # Thông tư 59/2021/TT-BCA: three digits of the place of birth, one of sex and century, two of the year, six.
    "identity_number": re.compile(rf"{_NOT_IN_NUMBER}(?:0\d{{2}}[0-3]\d{{8}}|\d{{9}}){_ENDS_NUMBER}"),
    "telephone": re.compile(
        r"(?<![\w.,+/-])(?:\(?\+?84\)?[ .-]?|0)(?:[35789]\d[ .-]?\d{3}[ .-]?\d{4}|[35789]\d{2}[ .-]\d{3}[ .-]\d{3}"
        rf"|2\d{{1,2}}[ .-]?\d{{3,4}}[ .-]?\d{{3,4}}){_ENDS_NUMBER}"
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,24}\b"),
    "plate": re.compile(rf"(?<![\w.-])\d{{2}}[A-ZĐ][A-Z0-9]?[- ]\d{{3}}\.\d{{2}}{_ENDS_NUMBER}"),
    "dossier_code": re.compile(r"(?<![\w.-])(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,4}-\d{6}-\d{3,7}\b"),
}
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_NAME = 2
"""Words: one alone is a word of many pages."""


@dataclass(frozen=True, order=True)
class Find:
    """One piece of personal data: its kind, the file, the line or part of it, and what it looks like, masked."""

    file: str
    place: str
    kind: str
    masked: str


def masked(text: str) -> str:
    """Hide all letters and digits but the first and, of longer ones, the last.

    >>> masked("0912 345 678")
    '0*** *** **8'
    """
    last = len(text) - 1 if len(text) > len("0000") else 0
    return "".join(letter if place in (0, last) or not letter.isalnum() else "*" for place, letter in enumerate(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


@dataclass(frozen=True)
class Secrets:
    """What must not appear: names of persons, and the hash key in any spelling; `allowed` texts are no finds.

    `allowed`: exact texts that look like personal data and are public, such as the telephone of an office.
    """

    names: frozenset[str] = frozenset()
    key: bytes = b""
    allowed: frozenset[str] = frozenset()

    @cached_property
    def by_first_word(self) -> dict[str, set[tuple[str, ...]]]:
        """The words of each name of two words and more, by the first of them."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for name in self.names:
            words = tuple(_WORD.findall(_folded(name)))
            if len(words) >= _SHORTEST_NAME:
                found.setdefault(words[0], set()).add(words)
        return found

    @cached_property
    def spellings_of_key(self) -> tuple[str, ...]:
        """The key as text, hexadecimal and Base64."""
        if not self.key:
            return ()
        plain = self.key.decode("utf-8", "ignore")
        return tuple(text for text in (plain, self.key.hex(), base64.b64encode(self.key).decode()) if text)


def finds_in(text: str, secrets: Secrets) -> Iterator[tuple[str, int, str]]:
    """Yield kind, place and text of every piece of personal data in a text.

    >>> [(kind, found) for kind, _, found in finds_in("Gọi 0912 345 678, 1.234,5 hồ sơ", Secrets())]
    [('telephone', '0912 345 678')]
    """
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            if match[0] not in secrets.allowed:
                yield kind, match.start(), match[0]
    for spelling in secrets.spellings_of_key:
        if (place := text.casefold().find(spelling.casefold())) >= 0:
            yield "hash_key", place, text[place : place + len(spelling)]
    if secrets.by_first_word:
        yield from _names_in(unicodedata.normalize("NFC", text), secrets)


def _names_in(text: str, secrets: Secrets) -> Iterator[tuple[str, int, str]]:
    words = [(match.start(), match.end(), match[0].casefold()) for match in _WORD.finditer(text)]
    known = secrets.by_first_word
    for at, (start, _, word) in enumerate(words):
        for name in known.get(word, ()):
            part = words[at : at + len(name)]
            if tuple(found for _, _, found in part) == name:
                found = text[start : part[-1][1]]
                if found not in secrets.allowed:
                    yield "name", start, found


def names_of(lines: Iterable[str]) -> frozenset[str]:
    """Return the names of a list, one on each line."""
    return frozenset(line.strip() for line in lines if line.strip())
