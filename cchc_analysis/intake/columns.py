"""Giving the columns of a table their canonical names, by mapping file first and by dictionary second."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cchc_analysis.errors import InputError, MappingError
from cchc_analysis.intake.headers import SEARCHED_ROWS, Header, HeaderCell
from cchc_analysis.intake.mapping import IGNORE, ColumnMapping
from cchc_analysis.intake.tables import RawSheet
from cchc_analysis.intake.vocabulary import IGNORED, PERSONAL, meaning_of
from cchc_analysis.schema import Column
from cchc_analysis.text import clean_text, fold

_POSITION = re.compile(r"#\s*(\d{1,4})\Z")
_MAX_LISTED = 40
_LONG_QUESTION = {"cau hoi", "ma cau hoi", "noi dung cau hoi", "question", "question id", "tieu chi"}
_LONG_ANSWER = {"tra loi", "cau tra loi", "phuong an tra loi", "answer", "diem", "muc danh gia", "dap an"}


@dataclass(frozen=True)
class Naming:
    """Which position (0-based) holds each canonical column, under which header, and what was left out."""

    positions: Mapping[str, int]
    headers: Mapping[str, str]
    dropped: tuple[str, ...]
    running_numbers: frozenset[int]


class Namer:
    """Names header cells for the kind of table that a mapping is for, and by that mapping.

    >>> namer = Namer(("dossier_id", "field"), ColumnMapping(columns={"Case": "dossier_id"}))
    >>> [namer.meaning(HeaderCell(0, (text,), (1,))) for text in ("CASE", "Lĩnh vực", "Chủ hồ sơ")]
    ['dossier_id', 'field', 'personal']
    """

    def __init__(self, names: Sequence[str], mapping: ColumnMapping) -> None:
        self.names = frozenset(names)
        self.kind: str = mapping.kind
        self.vocabulary = mapping.vocabulary
        self.questions = frozenset(column.name for column in mapping.table.columns if column.kind == "answer")
        self._own_meanings: dict[str, str | None] = {}
        self.constants = frozenset(mapping.constants)
        self._by_position: dict[int, str] = {}
        self._by_header: dict[str, str] = {}
        for source, name in mapping.columns.items():
            position = _POSITION.match(source.strip())
            if position:
                self._by_position[int(position.group(1)) - 1] = name
            else:
                self._by_header[fold(source)] = name

    def mapped(self, cell: HeaderCell) -> str | None:
        """Return what the mapping file says about the column, or None.

        >>> Namer(("field",), ColumnMapping(columns={"#2": "field"})).mapped(HeaderCell(1, ("x",), (1,)))
        'field'
        """
        if cell.position in self._by_position:
            return self._by_position[cell.position]
        if not self._by_header:
            return None
        found = (self._by_header.get(fold(text)) for text in cell.readings())
        return next((name for name in found if name), None)

    def meaning(self, cell: HeaderCell) -> str | None:
        """Return the canonical name of the column, `IGNORED`, `PERSONAL`, or None where nobody knows it.

        >>> Namer((), ColumnMapping()).meaning(HeaderCell(0, ("Chủ hồ sơ", "Đơn vị"), (2, 1)))
        'personal'
        """
        mapped = self.mapped(cell)
        if mapped is not None:
            return IGNORED if mapped == IGNORE else mapped
        if self.questions:
            # "Công chức" above "Công chức tiếp nhận lịch sự" is a factor, and the column about no person.
            found = next((name for text in cell.readings() if (name := self._certain(text))), None)
            if found in self.names:
                return found
        for text in cell.readings():
            if self._knows(text):
                return self._meaning(text)
        return None

    def best(self, cells: Sequence[HeaderCell]) -> list[HeaderCell]:
        """Return those of the cells for one column whose header says it best; see `Vocabulary.rank`.

        >>> namer = Namer(("status",), ColumnMapping(kind="payments"))
        >>> cells = [HeaderCell(at, (text,), (1,)) for at, text in enumerate(["Trạng thái", "Trạng thái thanh toán"])]
        >>> [cell.text for cell in namer.best(cells)]
        ['Trạng thái thanh toán']
        """
        ranks = [self._rank(cell) for cell in cells]
        return [cell for cell, rank in zip(cells, ranks, strict=True) if rank == min(ranks)]

    def is_certain(self, cell: HeaderCell) -> bool:
        """Return whether the header names its column for certain, not only for want of a better one.

        >>> namer = Namer(("status",), ColumnMapping(kind="payments"))
        >>> [namer.is_certain(HeaderCell(0, (text,), (1,))) for text in ("Trạng thái thanh toán", "Trạng thái", "?")]
        [True, False, False]
        """
        return any(self._knows(text) for text in cell.readings()) and self._rank(cell) == 0

    def _rank(self, cell: HeaderCell) -> int:
        return self.vocabulary.rank(next(text for text in cell.readings() if self._knows(text)))

    def _knows(self, text: str) -> bool:
        known = self._meaning(text)
        return known in self.names or known in (IGNORED, PERSONAL)

    def _meaning(self, text: str) -> str | None:
        if not self.questions:
            return meaning_of(text, self.kind)
        if text not in self._own_meanings:
            self._own_meanings[text] = self.vocabulary.meaning(text)
        return self._own_meanings[text]

    def _certain(self, text: str) -> str | None:
        known = self._meaning(text)
        return known if known is not None and self.vocabulary.certain(text) == known else None

    def complete(self, header: Header, n_columns: int) -> Header:
        """Return the header with a cell "#n" for each column that the mapping names by position and has no text.

        >>> namer = Namer(("field",), ColumnMapping(columns={"#2": "field"}))
        >>> [cell.text for cell in namer.complete(Header(0, 0, (HeaderCell(0, ("a",), (1,)),)), 2).cells]
        ['a', '#2']
        """
        present = {cell.position for cell in header.cells}
        extra = [
            HeaderCell(at, (f"#{at + 1}",), (1,)) for at in self._by_position if at < n_columns and at not in present
        ]
        cells = sorted((*header.cells, *extra), key=lambda cell: cell.position)
        return Header(header.first, header.last, tuple(cells))

    def score(self, header: Header) -> tuple[int, int]:
        """Return how many distinct canonical columns a header names, and how many of its cells are known.

        >>> cells = tuple(HeaderCell(at, (text,), (1,)) for at, text in enumerate(["STT", "Mã hồ sơ", "?"]))
        >>> Namer(("dossier_id",), ColumnMapping()).score(Header(0, 0, cells))
        (1, 2)
        """
        meanings = [self.meaning(cell) for cell in header.cells]
        named = {name for name in meanings if name in self.names}
        return len(named), sum(1 for name in meanings if name is not None)

    def unused(self, headers: Iterable[Header]) -> list[str]:
        """Return the columns the mapping file keeps that no header has.

        >>> Namer((), ColumnMapping(columns={"Mã X": "field", "Y": "ignore"})).unused([])
        ['ma x']
        """
        cells = [cell for header in headers for cell in header.cells]
        texts = {fold(text) for cell in cells for text in cell.readings()}
        positions = {cell.position for cell in cells}
        missing = [text for text, name in self._by_header.items() if name != IGNORE and text not in texts]
        wanted = (at for at, name in self._by_position.items() if name != IGNORE and at not in positions)
        return missing + [f"#{at + 1}" for at in wanted]


def name_columns(header: Header, namer: Namer, place: tuple[str, str]) -> Naming:
    """Return which column is which; `place` is the file and sheet as (English, Vietnamese) for messages.

    What the mapping file says wins over the dictionary; a constant wins over a column. Raises `MappingError`
    where two columns would get one name, or where the mapping keeps a column about persons.

    >>> cells = tuple(HeaderCell(at, (text,), (1,)) for at, text in enumerate(["Mã hồ sơ", "Email", "Gì đó"]))
    >>> name_columns(Header(0, 0, cells), Namer(("dossier_id",), ColumnMapping()), ("a", "a")).dropped
    ('Email', 'Gì đó')
    """
    claims: dict[str, list[HeaderCell]] = {}
    for cell in header.cells:
        name = namer.meaning(cell)
        if name in namer.names and name not in namer.constants:
            _refuse_personal(cell, namer, place)
            claims.setdefault(name, []).append(cell)
    kept = {name: _only_claim(name, cells, namer, place) for name, cells in claims.items()}
    dropped = tuple(cell.text for cell in header.cells if cell not in kept.values())
    ignored = frozenset(cell.position for cell in header.cells if namer.meaning(cell) == IGNORED)
    positions = {name: cell.position for name, cell in kept.items()}
    headers = {name: cell.text for name, cell in kept.items()}
    return Naming(positions, headers, dropped, ignored & _running_numbers(header))


def _running_numbers(header: Header) -> frozenset[int]:
    keys = {"stt", "tt", "so tt", "so thu tu", "no"}
    return frozenset(cell.position for cell in header.cells if fold(cell.texts[-1]) in keys)


def _refuse_personal(cell: HeaderCell, namer: Namer, place: tuple[str, str]) -> None:
    if namer.mapped(cell) is None or not namer.vocabulary.is_personal(cell.text):
        return
    raise MappingError(
        f"{place[0]}: the mapping file keeps column {cell.position + 1} ({cell.text!r}), which is about a person. "
        "Such columns are never kept: set it to `ignore`.",
        f"{place[1]}: tệp ánh xạ giữ lại cột {cell.position + 1} ({cell.text!r}) là thông tin cá nhân. "
        "Loại cột này không bao giờ được lưu: hãy ghi `ignore`.",
    )


def _only_claim(name: str, cells: list[HeaderCell], namer: Namer, place: tuple[str, str]) -> HeaderCell:
    claims = [cell for cell in cells if namer.mapped(cell) == name] or namer.best(cells)
    if len(claims) == 1:
        return claims[0]
    en = ", ".join(f"column {cell.position + 1} ({cell.text!r})" for cell in claims)
    vi = ", ".join(f"cột {cell.position + 1} ({cell.text!r})" for cell in claims)
    by_text = len({fold(cell.text) for cell in claims}) == len(claims)
    keys = [cell.text if by_text else f"#{cell.position + 1}" for cell in claims]
    lines = "\n".join(f"  {quoted(key)}: {name if at == 0 else IGNORE}" for at, key in enumerate(keys))
    raise MappingError(
        f"{place[0]}: {en} all mean {name}. Write in a mapping file which one counts, for example:\ncolumns:\n{lines}",
        f"{place[1]}: {vi} cùng ứng với {name}. Hãy ghi trong tệp ánh xạ cột nào được dùng, ví dụ:\ncolumns:\n{lines}",
    )


def quoted(text: str) -> str:
    """Return a text as a YAML scalar.

    >>> print(quoted('Ngày "hẹn"'))
    "Ngày \\"hẹn\\""
    """
    return json.dumps(text, ensure_ascii=False)


def missing_columns(missing: Sequence[Column], header: Header, namer: Namer, place: tuple[str, str]) -> MappingError:
    """Return the error for a table without a required column, with a mapping file ready to be completed.

    >>> header = Header(0, 0, (HeaderCell(0, ("Mã",), (1,)),))
    >>> namer = Namer((), ColumnMapping())
    >>> print(missing_columns([Column("field", "text", "Lĩnh vực")], header, namer, ("a", "a")))
    a: missing Lĩnh vực (field). Columns seen: 'Mã'. If one of them is what is missing, name it in a mapping file:
    columns:
      "Mã": ignore
    """
    names = ", ".join(f"{column.label} ({column.name})" for column in missing)
    seen = list_headers(header)
    lines = "\n".join(
        f"  {quoted(cell.text)}: {known if (known := namer.meaning(cell)) in namer.names else IGNORE}"
        for cell in header.cells[:_MAX_LISTED]
    )
    return MappingError(
        f"{place[0]}: missing {names}. Columns seen: {seen}. "
        f"If one of them is what is missing, name it in a mapping file:\ncolumns:\n{lines}",
        f"{place[1]}: thiếu cột {names}. Các cột trong tệp: {seen}. "
        f"Nếu một trong các cột này chính là cột còn thiếu, hãy khai báo trong tệp ánh xạ:\ncolumns:\n{lines}",
    )


def is_long(sheet: RawSheet) -> bool:
    """Return whether a sheet has a column of questions and one of answers, one row for each answer.

    >>> import pandas as pd
    >>> is_long(RawSheet("", pd.DataFrame([["Mã phiếu", "Câu hỏi", "Trả lời"]], dtype=object)))
    True
    """
    for row in sheet.cells.head(SEARCHED_ROWS).to_numpy():
        texts = {fold(value) for value in row if isinstance(value, str)}
        if texts & _LONG_QUESTION and texts & _LONG_ANSWER:
            return True
    return False


def long_table(place: tuple[str, str]) -> InputError:
    """Return the error for a table with one row for each answer."""
    return InputError(
        f"{place[0]}: the table has one row for each answer. One row for each form is needed, with a column for "
        "each question: turn the table round (a pivot table in the spreadsheet does it), save, and try again.",
        f"{place[1]}: bảng ghi mỗi câu trả lời một dòng. Cần mỗi phiếu một dòng, mỗi câu hỏi một cột: hãy chuyển "
        "bảng (dùng bảng tổng hợp Pivot trong bảng tính), lưu lại rồi nạp lại.",
    )


def no_questions(header: Header, namer: Namer, place: tuple[str, str]) -> MappingError:
    """Return the error for a table of answers without any question, with a mapping file ready to be completed.

    >>> namer = Namer((), ColumnMapping(kind="survey-kiosk-nine-criteria"))
    >>> str(no_questions(Header(0, 0, (HeaderCell(0, ("Câu 1",), (1,)),)), namer, ("a", "a"))).splitlines()[0][:53]
    "a: no column is a question of 'survey-kiosk-nine-crit"
    """
    seen, known = list_headers(header), ", ".join(sorted(namer.questions))
    lines = "\n".join(
        f"  {quoted(cell.text)}: {meaning if (meaning := namer.meaning(cell)) in namer.names else IGNORE}"
        for cell in header.cells[:_MAX_LISTED]
    )
    return MappingError(
        f"{place[0]}: no column is a question of {namer.kind!r}. Columns seen: {seen}. Name the questions in a mapping "
        f"file (known names: {known}), or add their headers to the questionnaire under `also`:\ncolumns:\n{lines}",
        f"{place[1]}: không có cột nào là câu hỏi của {namer.kind!r}. Các cột trong tệp: {seen}. Hãy khai báo câu hỏi "
        f"trong tệp ánh xạ (tên có thể dùng: {known}), hoặc ghi tiêu đề vào mục `also` của phiếu:\ncolumns:\n{lines}",
    )


def no_header(sheets: Sequence[RawSheet], namer: Namer, name: str) -> InputError:
    """Return the error for a file in which no row names columns, with its first rows and a mapping file to complete.

    >>> import pandas as pd
    >>> empty = pd.DataFrame({0: [None, "\u200b"]}, dtype=object)
    >>> str(no_header([RawSheet("", empty)], Namer((), ColumnMapping()), "a.csv"))
    'a.csv: there is nothing in the file but empty cells. Export it again.'
    """
    rows = [
        [str(value)[:40] for value in row if value is not None and clean_text(str(value))][:8]
        for sheet in sheets
        for row in sheet.cells.head(40).to_numpy()
    ]
    seen = [row for row in rows if row][:3]
    if not seen:
        return _nothing_seen(sheets, name)
    listed = "; ".join(" | ".join(row) for row in seen)
    lines = "\n".join(f"  {quoted(text)}: {IGNORE}" for text in max(seen, key=len))
    lost = next((note for sheet in sheets for note in sheet.notes if note.code == "lost_letters"), None)
    en, vi = (f" {lost.en}", f" {lost.vi}") if lost else ("", "")
    return MappingError(
        f"{name}: no row was recognised as a header.{en} The first rows are: {listed}. Name the columns in a mapping "
        f"file (known names: {', '.join(sorted(namer.names))}), for example:\nheader_row: 1\ncolumns:\n{lines}",
        f"{name}: không nhận ra dòng tiêu đề.{vi} Các dòng đầu là: {listed}. Hãy đặt tên cột trong tệp ánh xạ "
        f"(tên có thể dùng: {', '.join(sorted(namer.names))}), ví dụ:\nheader_row: 1\ncolumns:\n{lines}",
    )


def _nothing_seen(sheets: Sequence[RawSheet], name: str) -> InputError:
    hidden = dict.fromkeys(note for sheet in sheets for note in sheet.notes if note.code == "hidden_sheet")
    if hidden:
        return InputError(
            f"{name}: the sheets that can be seen are empty. {' '.join(note.en for note in hidden)} "
            "Unhide the sheet that holds the list, save, and try again.",
            f"{name}: các trang tính đang hiện đều trống. {' '.join(note.vi for note in hidden)} "
            "Hãy bỏ ẩn trang tính chứa danh sách, lưu lại rồi thử lại.",
        )
    return InputError(
        f"{name}: there is nothing in the file but empty cells. Export it again.",
        f"{name}: tệp chỉ có ô trống, không có dữ liệu. Hãy kết xuất lại tệp.",
    )


def list_headers(header: Header) -> str:
    """Return the headers as people see them, for a message.

    >>> list_headers(Header(0, 0, (HeaderCell(0, ("Mã",), (1,)), HeaderCell(2, ("Ngày",), (1,)))))
    "'Mã', 'Ngày'"
    """
    listed = ", ".join(repr(cell.text[:60]) for cell in header.cells[:_MAX_LISTED])
    return listed + (", …" if len(header.cells) > _MAX_LISTED else "")
