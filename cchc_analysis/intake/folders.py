"""Which kind of table a folder of exports holds: by its name, or by a questionnaire that lies in it."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from cchc_analysis.errors import ParameterError
from cchc_analysis.intake.database_source import is_source
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.vocabulary import register_texts
from cchc_analysis.intake.yaml_texts import load_texts
from cchc_analysis.questionnaires import Questionnaire, read_questionnaire, shipped_questionnaires
from cchc_analysis.schema import KINDS
from cchc_analysis.text import fold

_NUMBER: Final = re.compile(r"\A\d+ | (?:(?:nam|quy|thang|ky) )?(?:q|t)?\d+\Z")
"""A running number before a name, a period behind it: "02-thanh-toan", "thanh-toan-2023", "phan anh quy 1"."""

_QUESTIONNAIRE_NAME: Final = re.compile(r"(?:.*\b)?questionnaire|phieu\b")


@cache
def _folder_names() -> dict[str, str]:
    names = {fold(name): name for name in KINDS}
    for kind, section in register_texts().items():
        names |= {fold(folder): kind for folder in section.get("folders", ())}
    for questionnaire in shipped_questionnaires():
        kind = questionnaire.kind.name
        names |= {fold(kind): kind, **{fold(folder): kind for folder in questionnaire.folders}}
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


@dataclass
class Folders:
    """The folders of one run: `given` are the paths that were asked for; a questionnaire is read once."""

    given: Sequence[Path]
    _found: dict[Path, Questionnaire | None] = field(default_factory=dict)

    def kind_of(self, path: Path, name: str) -> str | Questionnaire | None:
        """Return what the innermost folder that says so holds: a kind, or answers to the questionnaire that lies in it.

        The folders of a file are those between it and a folder of `given`, that one included; of a file that is given
        by itself, the one it lies in. `name` is the name by which the file was found. Raises `ParameterError` for a
        questionnaire that is damaged, and for two in one folder.
        """
        for folder in _folders(path, name, self.given):
            found = self._questionnaire_in(folder) or kind_of_name(folder.name)
            if found is not None:
                return found
        return None

    def _questionnaire_in(self, folder: Path) -> Questionnaire | None:
        if folder not in self._found:
            files = [path for path in sorted(folder.glob("*")) if is_questionnaire(path)]
            if len(files) > 1:
                listed = ", ".join(file.name for file in files)
                raise ParameterError(
                    f"The folder {folder.name!r} holds more than one questionnaire ({listed}). "
                    "Give each its own folder.",
                    f"Thư mục {folder.name!r} có nhiều phiếu khảo sát ({listed}). "
                    "Hãy để mỗi phiếu trong một thư mục riêng.",
                )
            self._found[folder] = read_questionnaire(files[0]) if files else None
        return self._found[folder]


def is_questionnaire(path: Path) -> bool:
    """Return whether a file is a questionnaire: YAML with an id and questions, or named so and no mapping file.

    >>> is_questionnaire(Path("phieu.csv"))
    False
    """
    if path.suffix.lower() not in (".yaml", ".yml") or not path.is_file() or is_source(path):
        return False
    named = _QUESTIONNAIRE_NAME.match(fold(path.stem)) is not None
    try:
        content = load_texts(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return named
    keys = set(content) if isinstance(content, dict) else set()
    return {"id", "questions"} <= keys or (named and not keys <= set(ColumnMapping.model_fields))


def _folders(path: Path, name: str, given: Sequence[Path]) -> list[Path]:
    """Return the folders of a file from the innermost on."""
    for root in (Path(os.path.realpath(given_path)) for given_path in given):
        if root == path:
            return [path.parent]
        if root in path.parents:
            return [folder for folder in path.parents if folder == root or root in folder.parents]
    return [path.parents[at] for at in range(len(Path(name).parts) - 1)]
