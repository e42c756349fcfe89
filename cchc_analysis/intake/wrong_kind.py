"""A table that is not of the kind it was taken for: which kind it looks like instead."""

from collections.abc import Sequence
from typing import Final, TypeVar

from cchc_analysis.errors import InputError
from cchc_analysis.intake.columns import Namer
from cchc_analysis.intake.headers import Header, find_header
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.survey_tables import is_survey, shipped_kinds
from cchc_analysis.intake.tables import REJECTED_HEADERS, RawSheet
from cchc_analysis.schema import REGISTERS, Kind

_STEPS: Final = frozenset({"due_at", "finished_at", "returned_at"})
"""What only a list of dossiers tells of its rows."""

_FEW_QUESTIONS: Final = 3
"""A table with fewer columns under the wordings of a questionnaire is not taken for its forms."""

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
            raise _is_register(kind, place)


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
