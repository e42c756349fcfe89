"""A table that is not of the kind it was taken for: which kind it looks like instead."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, TypeVar

from cchc_analysis.errors import InputError
from cchc_analysis.intake.answers import plain_words
from cchc_analysis.intake.columns import Namer
from cchc_analysis.intake.headers import Header, find_header
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.survey_tables import is_survey, shipped_kinds, shipped_questionnaire
from cchc_analysis.intake.tables import REJECTED_HEADERS, RawSheet
from cchc_analysis.questionnaires import shipped_questionnaires
from cchc_analysis.schema import REGISTERS, Kind
from cchc_analysis.text import fold

_STEPS: Final = frozenset({"due_at", "finished_at", "returned_at"})
"""What only a list of dossiers tells of its rows."""

_FEW_QUESTIONS: Final = 3
"""A table with fewer columns under the wordings of a questionnaire is not taken for its forms."""

_QUESTION: Final = re.compile(r"(?:cau|cau hoi|c|q|question|tieu chi|tc|chi so)(?: so)? ?\d{1,3}\b")
_SEARCHED_ROWS: Final = 200
_LONGEST_HEADER: Final = 300

Refusal = TypeVar("Refusal", bound=InputError)


def other_kind(sheets: Sequence[RawSheet], kind: Kind) -> Kind | None:
    """Return the kind other than `kind` all of whose required columns a sheet has, None where there is none.

    Of several the one that names the most columns.

    >>> import pandas as pd
    >>> from cchc_analysis.schema import KINDS
    >>> cells = pd.DataFrame([["Mã phản ánh", "Đơn vị xử lý", "Ngày tiếp nhận"]], dtype=object)
    >>> other_kind([RawSheet("", cells)], KINDS["dossiers"]).name
    'feedback'
    """
    kinds = {other.name: other for other in shipped_kinds()}
    n_named = {name: max((_n_named(sheet, other) for sheet in sheets), default=0) for name, other in kinds.items()}
    n_named[kind.name] = 0
    best = max(n_named, key=lambda name: n_named[name])
    return kinds[best] if n_named[best] else None


def _n_named(sheet: RawSheet, kind: Kind) -> int:
    """Return how many columns of the kind the header names, 0 where a required one or enough questions are missing."""
    namer = _namer(kind)
    header = find_header(sheet.cells, namer.score)
    if header is None:
        return 0
    named = {namer.meaning(cell) for cell in header.cells} & namer.names
    if is_survey(kind.name) and len(named & namer.questions) < _FEW_QUESTIONS:
        return 0
    return len(named) if named >= {column.name for column in kind.columns if column.required} else 0


def require_dossiers(header: Header, named: frozenset[str], place: tuple[str, str]) -> None:
    """Refuse a table that can be read as dossiers and yet is a register: a list of payments names dossiers too.

    `named` are the columns of dossiers in the header. Refused are a workbook of rejected rows of a register, and a
    table without any step of a dossier that has every required column of a register, and more of its columns.
    Raises `InputError`.
    """
    texts = {cell.text for cell in header.cells}
    for kind in REGISTERS:
        if texts == {*REJECTED_HEADERS, *(column.label for column in kind.columns)}:
            raise _is_register(kind, place)
    if named & _STEPS:
        return
    for kind in REGISTERS:
        namer = _namer(kind)
        certain = {namer.meaning(cell) for cell in header.cells if namer.is_certain(cell)} & namer.names
        required = {column.name for column in kind.columns if column.required}
        if certain >= required and len(certain) > len(named):
            raise _is_register(kind, place)
    for kind in (kind for kind in shipped_kinds() if is_survey(kind.name)):
        namer = _namer(kind)
        questions = {namer.meaning(cell) for cell in header.cells} & namer.questions
        if len(questions) >= _FEW_QUESTIONS:
            raise _is_survey(kind, place)


def refused(
    error: InputError, sheets: Sequence[RawSheet], kind: Kind, place: tuple[str, str], *, kind_given: bool
) -> InputError:
    """Return the error for sheets that are no table of the kind: what they look like instead comes first.

    A survey among dossiers whose kind nobody has given is told by that alone: its first rows, which the error would
    repeat, are answers of people.
    """
    other = other_kind(sheets, kind)
    if not kind_given and not is_survey(kind.name):
        if other is not None and is_survey(other.name):
            return _is_survey(other, place)
        if other is None and any(looks_like_answers(sheet) for sheet in sheets):
            return _is_survey(None, place)
    return with_hint(error, other, place[0])


def looks_like_answers(sheet: RawSheet) -> bool:
    """Return whether a sheet looks like answers to some questionnaire: numbered questions, or columns of labels.

    >>> import pandas as pd
    >>> looks_like_answers(RawSheet("", pd.DataFrame([["STT", "Câu 1. Vệ sinh", "Câu 2. Thái độ"]], dtype=object)))
    True
    """
    first = sheet.cells.head(_SEARCHED_ROWS)
    for row in first.to_numpy():
        texts = [fold(cell) for cell in row if isinstance(cell, str) and len(cell) < _LONGEST_HEADER]
        if len({found.group() for text in texts if (found := _QUESTION.match(text))}) > 1:
            return True
    n_columns = 0
    for position in range(first.shape[1]):
        texts = [plain_words(cell) for cell in first[position] if isinstance(cell, str)]
        n_labels = sum(text in _labels() for text in texts)
        n_columns += n_labels > 0 and 2 * n_labels >= len(texts)
    return n_columns > 1


@cache
def _labels() -> frozenset[str]:
    return frozenset(
        plain_words(word)
        for questionnaire in shipped_questionnaires()
        for scale in questionnaire.scales.values()
        for point in scale.points
        for word in point.words()
    )


def _is_survey(kind: Kind | None, place: tuple[str, str]) -> InputError:
    """Return the error for answers to a shipped questionnaire, or to one that nobody knows, among the dossiers."""
    if kind is None:
        listed = ", ".join(questionnaire.id for questionnaire in shipped_questionnaires())
        return InputError(
            f"{place[0]}: this looks like the answers to a survey, not like a list of dossiers. Put it into a folder "
            "of its own with the YAML file of its questionnaire, or take it in by itself with --kind survey "
            f"--questionnaire (a YAML file, or one of: {listed}); if these are dossiers, with --kind dossiers.",
            f"{place[1]}: tệp này giống phiếu trả lời khảo sát, không giống danh sách hồ sơ. Hãy đặt tệp vào một thư "
            "mục riêng cùng tệp YAML của phiếu khảo sát, hoặc nạp riêng với --kind survey --questionnaire (tệp YAML, "
            f"hoặc một trong: {listed}); nếu đúng là hồ sơ, hãy nạp với --kind dossiers.",
        )
    folder = next(iter(shipped_questionnaire(kind.name).folders), kind.name)
    return InputError(
        f"{place[0]}: this looks like the answers to a survey, '{kind.en}', not like a list of dossiers. Put it into a "
        f"folder of its own named {folder}, or take it in by itself with --kind {kind.name}; if these are dossiers, "
        "with --kind dossiers.",
        f"{place[1]}: tệp này giống phiếu trả lời khảo sát '{kind.vi}', không giống danh sách hồ sơ. Hãy đặt tệp vào "
        f"một thư mục riêng tên {folder}, hoặc nạp riêng với --kind {kind.name}; nếu đúng là hồ sơ, hãy nạp với "
        "--kind dossiers.",
    )


def _is_register(kind: Kind, place: tuple[str, str]) -> InputError:
    return InputError(
        f"{place[0]}: this looks like '{kind.en}', not like a list of dossiers. Take it in with --kind {kind.name} or "
        f"put it into a folder named {kind.name}; if these are dossiers, with --kind dossiers.",
        f"{place[1]}: bảng này giống '{kind.vi}', không giống danh sách hồ sơ. Hãy nạp với --kind {kind.name} hoặc đặt "
        f"tệp vào thư mục tên {kind.name}; nếu đúng là hồ sơ, hãy nạp với --kind dossiers.",
    )


def _namer(kind: Kind) -> Namer:
    return Namer([column.name for column in kind.columns], ColumnMapping.model_validate({"kind": kind.name}))


def with_hint(error: Refusal, kind: Kind | None, name: str) -> Refusal:
    """Return the error with a sentence in front of it that names the kind the file looks like, where it does.

    >>> from cchc_analysis.schema import KINDS
    >>> with_hint(InputError("a.csv: no.", "a.csv: không."), KINDS["payments"], "a.csv").en.splitlines()
    ["a.csv: this looks like 'Payments of fees and charges'; take it in with --kind payments.", 'a.csv: no.']
    """
    if kind is None:
        return error
    return type(error)(
        f"{name}: this looks like '{kind.en}'; take it in with --kind {kind.name}.\n{error.en}",
        f"{name}: tệp này giống '{kind.vi}'; hãy nạp với --kind {kind.name}.\n{error.vi}",
    )
