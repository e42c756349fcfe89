"""Which kind of table a folder of exports is named after."""

import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from cchc_analysis.intake.vocabulary import register_texts
from cchc_analysis.schema import KINDS
from cchc_analysis.text import fold

_NUMBER: Final = re.compile(r"\A\d+ | (?:(?:nam|quy|thang|ky) )?(?:q|t)?\d+\Z")
"""A running number before a name, a period behind it: "02-thanh-toan", "thanh-toan-2023", "phan anh quy 1"."""


@cache
def _folder_names() -> dict[str, str]:
    names = {fold(name): name for name in KINDS}
    for kind, section in register_texts().items():
        names |= {fold(folder): kind for folder in section.get("folders", ())}
    return names


def kind_of_name(folder: str) -> str | None:
    """Return the kind of table a folder is named after, None for any other name.

    >>> [kind_of_name(name) for name in ("payments", "02 Thanh toán", "phan-anh-2023", "exports")]
    ['payments', 'payments', 'feedback', None]
    """
    key = fold(folder)
    while key not in _folder_names():
        shorter = _NUMBER.sub("", key, count=1)
        if shorter == key:
            return None
        key = shorter
    return _folder_names()[key]


def kind_of_folders(path: Path, name: str, given: Sequence[Path]) -> str | None:
    """Return the kind that the innermost folder with such a name stands for, None where there is no such folder.

    The folders of a file are those between it and a folder of `given`, that one included; of a file that is given
    by itself, the one it lies in. `name` is the name by which the file was found.
    """
    kinds = (kind_of_name(folder) for folder in _folders(path, name, given))
    return next((kind for kind in kinds if kind is not None), None)


def _folders(path: Path, name: str, given: Sequence[Path]) -> list[str]:
    for root in (Path(os.path.realpath(given_path)) for given_path in given):
        if root == path:
            return [path.parent.name]
        if root in path.parents:
            return [root.name, *path.relative_to(root).parts[:-1]][::-1]
    return list(Path(name).parts[:-1])[::-1]
