"""A small YAML text can stand for a huge one, by aliases of aliases: refused before anybody walks through it."""

import re

import yaml

MAX_CHARACTERS = 2_000_000
"""With every alias written out. Plans, questionnaires and mapping files have some hundred thousand."""

_ALIAS = re.compile(r"(?:^|[\s\[{,])\*\S")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlLimitError(yaml.YAMLError):
    """A YAML text whose aliases stand for more than `MAX_CHARACTERS`, or for themselves."""


def require_small(text: str) -> str:
    """Return the text unless its aliases, written out, make it huge or endless (`YamlLimitError`).

    Raises `yaml.YAMLError` for what is no YAML where the text has aliases.

    >>> require_small("a: &x 1\\nb: *x\\n")
    'a: &x 1\\nb: *x\\n'
    >>> require_small("a: &x [*x]")
    Traceback (most recent call last):
    cchc_analysis.yaml_limits.YamlLimitError: its aliases (*) stand for more than 2,000,000 characters
    """
    if _ALIAS.search(text) and _written_out(text) > MAX_CHARACTERS:
        raise YamlLimitError(f"its aliases (*) stand for more than {MAX_CHARACTERS:,} characters")
    return text


def _written_out(text: str) -> int:
    """Return how many characters the values have with every alias written out; a circle has too many."""
    sizes: dict[str, int] = {}
    begun: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.AliasEvent):
            total += sizes.get(event.anchor or "", MAX_CHARACTERS + 1)
        elif isinstance(event, yaml.ScalarEvent):
            total += 1 + len(event.value)
            if event.anchor:
                sizes[event.anchor] = 1 + len(event.value)
        elif isinstance(event, yaml.CollectionStartEvent):
            begun.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = begun.pop()
            if anchor:
                sizes[anchor] = total - before
        if total > MAX_CHARACTERS:
            break
    return total
