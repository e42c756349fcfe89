"""The dictionaries of headers and words, read fast: every run of intake begins with them."""

from typing import Any

import yaml

from cchc_analysis.yaml_limits import require_small

# The parser in C gives the same content in a tenth of the time; not every build of the library has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """Return what a YAML text holds, as `yaml.safe_load` does.

    >>> load_yaml("columns: {field: [Area]}")
    {'columns': {'field': ['Area']}}
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506


def load_texts(text: str) -> Any:
    """Return what a YAML text holds, every value as the text that stands there.

    >>> load_texts("a: [2023-06-01, no, 007]")
    {'a': ['2023-06-01', 'no', '007']}
    """
    # Safer than the safe loader: it makes texts, lists and dictionaries, and nothing else.
    return yaml.load(require_small(text), Loader=yaml.BaseLoader)  # noqa: S506
