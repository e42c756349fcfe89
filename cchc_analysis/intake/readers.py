"""Files and folders to named tables: the public face of the reading half of intake."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.errors import InputError, MappingError
from cchc_analysis.intake.answers import FormWords, form_words
from cchc_analysis.intake.columns import (
    Namer,
    Naming,
    is_long,
    list_headers,
    long_table,
    missing_columns,
    name_columns,
    no_header,
    no_questions,
)
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.database_source import SOURCE_SUFFIXES
from cchc_analysis.intake.filled_rows import sorter_of, told_above
from cchc_analysis.intake.form_rows import sort_forms
from cchc_analysis.intake.headers import Header, find_header, with_cells_above
from cchc_analysis.intake.lost_letters import lost_letters_note
from cchc_analysis.intake.mapping import EVERY_ANSWER, ColumnMapping
from cchc_analysis.intake.other_rows import BLANK, DOSSIER, RowShape
from cchc_analysis.intake.repair import repair_text
from cchc_analysis.intake.survey_columns import Told, told_beside_headers
from cchc_analysis.intake.survey_sheets import lists_questions, questions_in_rows, require_answers
from cchc_analysis.intake.tables import NamedTable, Note, RawSheet
from cchc_analysis.intake.wrong_kind import refused, require_dossiers
from cchc_analysis.schema import DOSSIERS, Column, Kind
from cchc_analysis.text import fold, one_line

_LEFT_OUT_SUFFIXES = (".json", ".yaml", ".yml", ".md")
_LEFT_OUT_NAMES = ("thumbs.db", "desktop.ini")
_PLAIN_CODE = re.compile(r"(?=[^\s=]{6})[^\s=]*\d[^\s=]*\Z")
"""A code that could be nothing else: no numbering, no word; rows with it and a time are not looked at one by one."""


_USUAL_CODE = "^[!-<>-~]*[0-9][!-<>-~]*$"
"""What `_PLAIN_CODE` looks like in ASCII, for six characters or more."""


def find_files(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return the files to read with the names shown to people, sorted by name, each file once.

    Folders are searched with their subfolders; hidden files, lock files (`~$`), README files and .json, .yaml
    and .md files in them are left out but for database sources (`*.database.yaml`), while a file given by itself is
    always taken. A name is relative to the given folder, with "/", and `one_line` of it; the folder's own name goes in
    front where two folders hold the same name.
    Raises `InputError` for a path that does not exist and where there is nothing to read.

    >>> find_files([Path("no such folder")])
    Traceback (most recent call last):
    cchc_analysis.errors.InputError: no such folder: there is no such file or folder. Check the path.
    """
    found: dict[Path, tuple[str, str]] = {}
    for path in paths:
        for file, name in _files_under(path):
            found.setdefault(Path(os.path.realpath(file)), (name, f"{Path(os.path.realpath(path)).name}/{name}"))
    if not found:
        listed = ", ".join(path.name or str(path) for path in paths)
        raise InputError(
            f"{listed}: there is no file to read here. Put the exports (.xlsx, .xls, .csv …) into the folder.",
            f"{listed}: không có tệp nào để đọc. Hãy đặt các tệp kết xuất (.xlsx, .xls, .csv …) vào thư mục.",
        )
    times = Counter(name for name, _ in found.values())
    named = ((file, long if times[name] > 1 else name) for file, (name, long) in found.items())
    return sorted(named, key=lambda item: (item[1], str(item[0])))


def _files_under(path: Path) -> Iterator[tuple[Path, str]]:
    # Not `path.is_file()`, which raises for a name that is too long.
    if os.path.isfile(path):
        yield path, one_line(path.name)
        return
    if not os.path.isdir(path):
        raise InputError(
            f"{path}: there is no such file or folder. Check the path.",
            f"{path}: không có tệp hoặc thư mục này. Hãy kiểm tra lại đường dẫn.",
        )
    for folder, folders, files in os.walk(path, onerror=_refuse_folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            file = Path(folder, name)
            # A link that leads nowhere is named as unreadable later; pipes and devices would never end.
            if not _left_out(name) and (file.is_file() or file.is_symlink()):
                yield file, one_line(file.relative_to(path).as_posix())


def _refuse_folder(error: OSError) -> None:
    raise InputError(
        f"{error.filename}: the folder cannot be opened ({error.strerror}). Check the rights.",
        f"{error.filename}: không mở được thư mục ({error.strerror}). Hãy kiểm tra quyền đọc.",
    ) from None


def _left_out(name: str) -> bool:
    lower = name.lower()
    left_out = lower.endswith(_LEFT_OUT_SUFFIXES) and not lower.endswith(SOURCE_SUFFIXES)
    return lower.startswith((".", "~$", "readme")) or left_out or lower in _LEFT_OUT_NAMES


def read_content(path: Path, name: str) -> list[RawSheet]:
    """Return the sheets of a file as they are; InputError for a file that is no table."""
    return read_sheets(_content(path, name), name)


def read_tables(
    path: Path,
    name: str,
    mapping: ColumnMapping | None = None,
    *,
    kind_given: bool = True,
) -> list[NamedTable]:
    """Return the tables of a file, one per sheet with a recognisable header, under canonical column names.

    The columns are those of the kind of table that the mapping is for, without one those of dossiers. `name` is the
    file as people know it; it stands in tables and messages. Raises `InputError` for a file that is no table or has
    no header, `MappingError` where a required column is missing, two columns would get one name, or a column that the
    mapping keeps is not in the file. Unless the kind is `kind_given`, what can be read as dossiers and yet looks like
    a register is refused.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "a.csv")
    >>> _ = file.write_text("Mã hồ sơ;Đơn vị;Ngày tiếp nhận;SĐT\\nH-1;Sở A;01/02/2025;090\\nTổng số;1;;\\n")
    >>> table = read_tables(file, "a.csv")[0]
    >>> table.cells.to_dict("index"), dict(table.skipped), table.dropped_columns
    ({2: {'dossier_id': 'H-1', 'receiving_unit': 'Sở A', 'received_at': '01/02/2025'}}, {'total': 1}, ('SĐT',))
    """
    mapping = mapping or ColumnMapping()
    kind = mapping.table
    columns = kind.columns
    namer = Namer([column.name for column in columns], mapping)
    sheets = _chosen(read_content(path, name), mapping, name)
    headed = [(sheet, header) for sheet in sheets if (header := header_of(sheet, namer, mapping, name)) is not None]
    if namer.questions:
        headed = _only_forms(sheets, headed, namer, name)
    if not headed:
        raise refused(no_header(sheets, namer, name), sheets, kind, (name, name), kind_given=kind_given)
    _require_mapped_columns(namer, [header for _, header in headed], name)
    headed, notes = _require_columns(headed, sheets, kind, namer, name, kind_given=kind_given)
    for sheet, header in headed if kind is DOSSIERS and not kind_given else ():
        named = namer.names & {namer.meaning(cell) for cell in header.cells}
        require_dossiers(header, named, _place(name, sheet.sheet))
    if mapping.questionnaire is not None:
        words = _words(mapping)
        for sheet, header in headed:
            require_answers(sheet, header, namer, words.answers, _place(name, sheet.sheet))
    tables = [_name_table(sheet, header, columns, namer, mapping, name) for sheet, header in headed]
    notes += _question_notes(namer, [header for _, header in headed])
    return [replace(tables[0], notes=tables[0].notes + notes), *tables[1:]]


def _only_forms(
    sheets: Sequence[RawSheet], headed: list[tuple[RawSheet, Header]], namer: Namer, name: str
) -> list[tuple[RawSheet, Header]]:
    """Leave out sheets in which the questions stand in rows; refuse a file that has no others."""
    for sheet, header in headed:
        if len(namer.questions & {namer.meaning(cell) for cell in header.cells}) <= 1 and is_long(sheet):
            raise long_table(_place(name, sheet.sheet))
    headers = {id(sheet): header for sheet, header in headed}
    turned = [sheet for sheet in sheets if lists_questions(sheet, headers.get(id(sheet)), namer)]
    left = [(sheet, header) for sheet, header in headed if not any(sheet is other for other in turned)]
    if turned and not left:
        raise questions_in_rows(_place(name, turned[0].sheet))
    return left


def _words(mapping: ColumnMapping) -> FormWords:
    assert mapping.questionnaire is not None
    empty = frozenset(fold(text) for text in mapping.empty)
    return form_words(mapping.questionnaire, mapping.values, empty, EVERY_ANSWER)


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{name}: the file cannot be opened ({error.strerror}). Close it in other programs and check the rights.",
            f"{name}: không mở được tệp ({error.strerror}). Hãy đóng tệp ở chương trình khác và kiểm tra quyền đọc.",
        ) from None


def _chosen(sheets: list[RawSheet], mapping: ColumnMapping, name: str) -> list[RawSheet]:
    repaired = []
    for sheet in sheets:
        if mapping.sheets is None or sheet.sheet in mapping.sheets:
            cells, notes = repair_text(sheet.cells)
            repaired.append(replace(sheet, cells=cells, notes=sheet.notes + notes + lost_letters_note(cells)))
    known = {sheet.sheet for sheet in sheets}
    unknown = [title for title in mapping.sheets or () if title not in known]
    if unknown:
        asked, seen = ", ".join(map(repr, unknown)), ", ".join(repr(title) for title in sorted(known))
        raise MappingError(
            f"{name}: the mapping file asks for the sheet {asked}, but the file has {seen}. Correct `sheets`.",
            f"{name}: tệp ánh xạ yêu cầu trang tính {asked} nhưng tệp chỉ có {seen}. Hãy sửa mục `sheets`.",
        )
    return repaired


def header_of(sheet: RawSheet, namer: Namer, mapping: ColumnMapping, name: str) -> Header | None:
    """Return the header of a sheet, where the mapping says it is or where most columns are known; None for none."""
    row = mapping.header_row
    if row and row not in sheet.cells.index:
        en, vi = _place(name, sheet.sheet)
        raise MappingError(
            f"{en}: the mapping file says that the header is in row {row}, but there are {len(sheet.cells)} rows. "
            "Correct `header_row`.",
            f"{vi}: tệp ánh xạ ghi tiêu đề ở dòng {row} nhưng chỉ có {len(sheet.cells)} dòng. Hãy sửa `header_row`.",
        )
    header = find_header(sheet.cells, namer.score, row)
    if header is None:
        return None
    if namer.questions and row is None:
        header = with_cells_above(sheet.cells, header, lambda cell: namer.meaning(cell) is not None)
    return namer.complete(header, sheet.cells.shape[1])


def _place(name: str, sheet: str) -> tuple[str, str]:
    return (f"{name}, sheet {sheet!r}", f"{name}, trang tính {sheet!r}") if sheet else (name, name)


def _require_mapped_columns(namer: Namer, headers: Sequence[Header], name: str) -> None:
    unused = namer.unused(headers)
    if unused:
        asked = ", ".join(map(repr, unused))
        seen = "; ".join(list_headers(header) for header in headers)
        raise MappingError(
            f"{name}: the mapping file names the column {asked}, which is not there. Columns seen: {seen}. "
            "Correct `columns` in the mapping file.",
            f"{name}: tệp ánh xạ nêu cột {asked} nhưng tệp không có. Các cột trong tệp: {seen}. "
            "Hãy sửa mục `columns` trong tệp ánh xạ.",
        )


def _require_columns(
    headed: list[tuple[RawSheet, Header]],
    sheets: Sequence[RawSheet],
    kind: Kind,
    namer: Namer,
    name: str,
    *,
    kind_given: bool,
) -> tuple[list[tuple[RawSheet, Header]], tuple[Note, ...]]:
    """Leave out sheets that are another kind of table; a sheet that lacks one required column is an error."""
    required = [column for column in kind.columns if column.required and column.name not in namer.constants]
    complete: list[tuple[RawSheet, Header]] = []
    lacking: list[tuple[RawSheet, Header, list[Column]]] = []
    for sheet, header in headed:
        named = {namer.meaning(cell) for cell in header.cells}
        missing = [column for column in required if column.name not in named]
        if namer.questions and not (named | namer.constants) & namer.questions:
            missing = [column for column in kind.columns if column.name in namer.questions]
        if missing:
            lacking.append((sheet, header, missing))
        else:
            complete.append((sheet, header))
    for sheet, header, missing in lacking:
        if not complete or (len(missing) == 1 and not namer.questions):
            unnamed = no_questions(header, namer, _place(name, sheet.sheet)) if namer.questions else None
            error = unnamed or missing_columns(missing, header, namer, _place(name, sheet.sheet))
            raise refused(error, [sheet], kind, (name, name), kind_given=kind_given)
    kept = {id(sheet) for sheet, _ in complete}
    others = [sheet for sheet in sheets if id(sheet) not in kept and sheet.cells.notna().any(axis=None)]
    return complete, tuple(_other_sheet_note(sheet.sheet, kind) for sheet in others)


def _question_notes(namer: Namer, headers: Sequence[Header]) -> tuple[Note, ...]:
    """Return a note on columns with the number of a question and other words, which are not taken for it."""
    cells = [cell for header in headers for cell in header.cells]
    other = [cell.text for cell in cells if namer.meaning(cell) is None and namer.vocabulary.other_wording(cell.text)]
    if not other:
        return ()
    listed = "; ".join(repr(text[:80]) for text in dict.fromkeys(other))
    return (
        Note(
            "question_worded_otherwise",
            f"Columns with the number of a question but other words were left out: {listed}. If they are the questions "
            "of the questionnaire, name them in a mapping file.",
            f"Các cột có số thứ tự câu hỏi nhưng lời khác không được đọc: {listed}. Nếu đúng là câu hỏi của phiếu, hãy "
            "khai báo trong tệp ánh xạ.",
        ),
    )


def _other_sheet_note(title: str, kind: Kind) -> Note:
    listed = ("a dossier list", "danh sách hồ sơ") if kind is DOSSIERS else (f"'{kind.en}'", f"'{kind.vi}'")
    en = f"The sheet {title!r} has no header of {listed[0]} and was left out."
    vi = f"Trang tính {title!r} không có tiêu đề của {listed[1]} nên không được đọc."
    return Note("no_header_sheet", en, vi)


def _name_table(
    sheet: RawSheet,
    header: Header,
    columns: tuple[Column, ...],
    namer: Namer,
    mapping: ColumnMapping,
    name: str,
) -> NamedTable:
    naming = name_columns(header, namer, _place(name, sheet.sheet))
    told = Told(naming, {}, ())
    if namer.questions:
        told = told_beside_headers(sheet, header, naming, namer, mapping)
        naming = told.naming
    elif mapping.table.beside:
        told = replace(told, constants=told_above(sheet, header, naming, mapping.table))
    body = sheet.cells.iloc[header.last + 1 :]
    reasons = _sort_rows(body, sheet, header, naming, mapping)
    is_dossier = reasons == DOSSIER
    counts = Counter(str(reason) for reason in reasons[~is_dossier & (reasons != BLANK)])
    constants = {**told.constants, **mapping.constants}
    cells = _canonical(body[is_dossier] if not is_dossier.all() else body, naming, columns, constants)
    beyond = body[is_dossier].iloc[:, header.width :] if sheet.delimited else body.iloc[:0]
    ragged = beyond.index[beyond.notna().any(axis=1)] if beyond.shape[1] else []
    return NamedTable(
        file=name,
        sheet=one_line(sheet.sheet),
        cells=cells,
        epoch_1904=sheet.epoch_1904,
        rows_read=len(cells) + counts.total(),
        skipped=dict(sorted(counts.items())),
        dropped_columns=naming.dropped,
        header_row=0 if header.last < 0 else int(sheet.cells.index[header.last]),
        notes=sheet.notes + told.notes,
        ragged_rows=tuple(int(row) for row in ragged),
        source_headers=naming.headers,
        delimited=sheet.delimited,
    )


def _canonical(
    body: pd.DataFrame, naming: Naming, columns: tuple[Column, ...], constants: Mapping[str, Any]
) -> pd.DataFrame:
    named: dict[str, np.ndarray] = {}
    for column in columns:
        if column.name in constants:
            named[column.name] = np.full(len(body), constants[column.name], dtype=object)
        elif column.name in naming.positions:
            named[column.name] = body[naming.positions[column.name]].to_numpy(dtype=object)
    return pd.DataFrame(named, index=body.index, columns=list(named), dtype=object)


def _sort_rows(
    body: pd.DataFrame, sheet: RawSheet, header: Header, naming: Naming, mapping: ColumnMapping
) -> np.ndarray:
    """Return per row "" for a dossier, "blank", or why it is none; only doubtful rows are looked at one by one."""
    columns = mapping.table.columns
    times = tuple(
        naming.positions[column.name]
        for column in columns
        if column.kind == "timestamp" and column.name in naming.positions
    )
    named = [naming.positions[column.name] for column in columns if column.name in naming.positions]
    code = next((naming.positions[c.name] for c in columns if c.required and c.name in naming.positions), named[0])
    block = sheet.cells.iloc[max(header.first, 0) : header.last + 1].to_numpy()
    header_rows = tuple({at: fold(value) for at, value in enumerate(row) if isinstance(value, str)} for row in block)
    headed = frozenset(cell.position for cell in header.cells)
    procedure_codes = columns[0].name == "procedure_code"
    shape = RowShape(code, times, naming.running_numbers, headed, header_rows, procedure_codes)
    if mapping.questionnaire is not None:
        return sort_forms(body, naming, shape, _words(mapping), header.width)
    sorter = sorter_of(mapping.table, naming, shape, mapping.constants)
    reasons = np.full(len(body), DOSSIER, dtype=object)
    doubtful = np.full(len(body), True) if mapping.table.filled_in else _doubtful(body, code, times)
    reasons[doubtful] = [sorter.sort(tuple(row)) for row in body[doubtful].to_numpy(dtype=object)]
    return reasons


def _doubtful(body: pd.DataFrame, code: int, times: tuple[int, ...]) -> np.ndarray:
    codes = body[code].to_numpy(dtype=object)
    has_code = _is_usual(codes)
    is_plain = _PLAIN_CODE.match
    for position in np.flatnonzero(~has_code):
        has_code[position] = isinstance(codes[position], str) and is_plain(codes[position]) is not None
    has_time = body[list(times)].notna().any(axis=1).to_numpy(dtype=bool)
    doubtful: np.ndarray = ~(has_code & has_time)
    return doubtful


def _is_usual(codes: np.ndarray) -> np.ndarray:
    """Return which codes are plain ones in letters, digits and signs of ASCII; nothing is known of the others."""
    try:
        texts = pa.array(codes, type=pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return np.zeros(len(codes), dtype=bool)
    long_enough = pc.greater_equal(pc.binary_length(texts), 6)
    usual: np.ndarray = pc.fill_null(
        pc.and_(pc.match_substring_regex(texts, _USUAL_CODE), long_enough), False
    ).to_numpy(zero_copy_only=False)
    return usual.copy()
