"""How large a grid a zipped workbook would unfold to, found out before any program lays it out."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

from lxml import etree

from cchc_analysis.errors import InputError
from cchc_analysis.intake.delimited import MAX_ROWS, require_area, require_width, too_large
from cchc_analysis.intake.markup import iterate_xml

MAX_TEXT = 1024**3
"""Characters of all cells together, a text that several cells share counted for each: ten times the largest export."""

_CHUNK = 1 << 20
_OVERLAP = 4_096
_AHEAD = 64
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SMALL = rb' r="(?:[A-Z]|A[A-Z]|B[A-L])\d{1,6}"'
"""A place in the first 64 columns and 999,999 rows: so many are no more than a full sheet of 64 columns."""
_NOT_SMALL = re.compile(rb"<(?:c(?!" + _SMALL + rb')|row(?! r="\d{1,6}"))[\s/>]')
_USUAL = re.compile(rb'<(?:c r="([A-Z]{1,7})|row r=")(\d{1,10})"')
_UNUSUAL = re.compile(rb'<(?:c(?! r="[A-Z]{1,7}\d{1,10}")|row(?! r="\d{1,10}"))[\s/>]')
_PREFIXED = re.compile(rb"<[^\s<>/]+:(?:c|row)[\s/>]")
_ENTRY_END = re.compile(rb"</(?:\w+:)?si\s*>")
_ROW, _LAST_CELL, _NUMBER_BYTES = 0, 11, 4
"""Kinds of records of an .xlsb: 0 begins a row, 1 to 11 are cells."""
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def require_sheet(archive: zipfile.ZipFile, part: str, shared: str, name: str) -> None:
    """Raise `InputError` where the sheet of an .xlsx would unfold to more cells or characters than any export has.

    `part` and `shared` name the sheet and the texts it shares with others. Cells as they are usually written, each with
    its place in double quotation marks, in at most 64 columns, are searched through; any others are parsed.
    """
    seen = _looked_through(archive, part)
    if seen is not None and seen.is_large:
        seen = _looked_through(archive, part, with_places=True)
    if seen is None:
        seen = _parsed(archive, part, name)
    require_width(seen.width, name)
    if seen.height > MAX_ROWS:
        raise too_large(seen.height, seen.width, name)
    require_area(seen.height, seen.width, name)
    if seen.n_shared and shared in archive.namelist():
        _require_texts(archive, part, shared, seen.n_shared, name)


@dataclass
class _Seen:
    """What is known of a sheet: whether it may be large, how far it reaches, how many cells hold a shared text."""

    is_large: bool = False
    height: int = 0
    width: int = 0
    n_shared: int = 0


def _looked_through(archive: zipfile.ZipFile, part: str, with_places: bool = False) -> _Seen | None:
    """Return what a search finds, None where the sheet is written in another way than usual and must be parsed."""
    seen, tail = _Seen(), b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            # What stands at the very end is cut in two: it is looked at again with the next piece.
            end = len(window) - _AHEAD if len(chunk) == _CHUNK else len(window)
            if _has(_PREFIXED if b":c" in window or b":row" in window else None, window, end) or (
                not tail and not window.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<w"))
            ):
                return None
            if _has(_UNUSUAL if with_places else _NOT_SMALL, window, end):
                return None if with_places else _Seen(is_large=True)
            if with_places:
                places = _USUAL.findall(window)
                seen.height = max([seen.height, *(int(row) for _, row in places)])
                seen.width = max(
                    [seen.width, *(_number(letters.decode()) for letters in {first for first, _ in places})]
                )
            seen.n_shared += chunk.count(b't="s"')
            tail = window[-_OVERLAP:]
    return seen


def _has(pattern: re.Pattern[bytes] | None, window: bytes, end: int) -> bool:
    found = pattern.search(window) if pattern else None
    return found is not None and found.start() < end


def _parsed(archive: zipfile.ZipFile, part: str, name: str) -> _Seen:
    """Return how far a sheet reaches by the places of its cells; one without a place follows the one before it."""
    seen, row, column = _Seen(), 0, 0
    with archive.open(part) as stream:
        for element in iterate_xml(stream, ("{*}row", "{*}c")):
            place = element.get("r", "")
            if element.tag.endswith("row"):
                row, column = _row(place) if place else row + 1, 0
                continue
            found = _PLACE.fullmatch(place)
            if place and not found:
                raise ValueError("a place that no sheet has: a program may count it round to another one")
            row, column = (int(found[2]), _number(found[1])) if found else (row, column + 1)
            seen.n_shared += element.get("t") == "s"
            seen.height, seen.width = max(seen.height, row), max(seen.width, column)
            require_width(seen.width, name)
    return seen


def _row(number: str) -> int:
    if not re.fullmatch("[0-9]{1,7}", number):
        raise ValueError("a row that no sheet has")
    return int(number)


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _require_texts(archive: zipfile.ZipFile, part: str, shared: str, n_shared: int, name: str) -> None:
    content = archive.read(shared)
    if n_shared * len(content) <= MAX_TEXT:
        return
    ends = [0, *(found.end() for found in _ENTRY_END.finditer(content)), len(content)]
    lengths = [after - before for before, after in pairwise(ends)]
    if n_shared * max(lengths) <= MAX_TEXT:
        return
    total = 0
    with archive.open(part) as stream:
        for element in iterate_xml(stream, ("{*}c",), "end"):
            if element.get("t") == "s":
                index = element.findtext("{*}v", "").strip()
                total += lengths[int(index)] if index.isdecimal() and int(index) < len(lengths) else 0
            if total > MAX_TEXT:
                raise too_much_text(name)


def require_opendocument(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `InputError` where what an .ods repeats would unfold to more cells or characters than any export has.

    Empty cells and rows at the end, which are written as repeated too, count for nothing.
    """
    with archive.open("content.xml") as stream:
        for height, width, n_characters in _tables(stream):
            require_width(width, name)
            require_area(height, width, name)
            if n_characters > MAX_TEXT:
                raise too_much_text(name)


def _tables(stream: IO[bytes]) -> Iterator[tuple[int, int, int]]:
    """Return after each row how far its table has come, and how many characters there are."""
    row = column = width = row_end = n_row = n_characters = 0
    tags = tuple(f"{_TABLE}{tag}" for tag in ("table", "table-row", "table-cell", "covered-table-cell"))
    for element in iterate_xml(stream, tags, "end"):
        kind = element.tag.removeprefix(_TABLE)
        if kind.endswith("cell"):
            column += _repeated(element, "number-columns-repeated")
            length = _length(element)
            if length or len(element) or any(name.endswith("}value-type") for name in element.attrib):
                row_end = column
                n_row += length * _repeated(element, "number-columns-repeated")
        elif kind == "table-row":
            times = min(_repeated(element, "number-rows-repeated"), MAX_ROWS)
            row += times
            n_characters += n_row * times
            width = max(width, row_end)
            if row_end:
                yield min(row, MAX_ROWS), width, n_characters
            column = row_end = n_row = 0
        else:
            row = column = width = row_end = n_row = 0


def _repeated(element: "etree._Element", attribute: str) -> int:
    written = element.get(f"{_TABLE}{attribute}", "1")
    return max(int(written), 1) if written.isdecimal() and len(written) < 11 else 1


def _length(element: "etree._Element") -> int:
    spaces = 0
    for blank in element.iter(f"{_TEXT}s"):
        written = blank.get(f"{_TEXT}c", "1")
        # No person types a million blanks; what counts them need not be written out to be refused.
        spaces += 1 if not written.isdecimal() else int(written) if len(written) < 7 else MAX_TEXT + 1
    return spaces + sum(len(text) for text in element.itertext())


def too_much_text(name: str) -> InputError:
    """Return the error for cells whose texts together are longer than those of any export.

    >>> too_much_text("a.xlsx").vi
    'a.xlsx: nội dung các ô của bảng dài quá một tỷ ký tự, không tệp kết xuất nào lớn như vậy. ...'
    """
    return InputError(
        f"{name}: the texts of the table are longer than a billion characters, which no export has. "
        "Open it in Excel, keep only the list of dossiers, and save it under a new name.",
        f"{name}: nội dung các ô của bảng dài quá một tỷ ký tự, không tệp kết xuất nào lớn như vậy. "
        "Hãy mở bằng Excel, chỉ giữ lại danh sách hồ sơ và lưu thành tệp mới.",
    )


def require_binary_sheets(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `InputError` where a sheet of an .xlsb would unfold to more cells than any export has.

    Records are walked from their beginning ([MS-XLSB] 2.1.4): kind and size in groups of seven bits, then the content.
    Raises `ValueError` where one is cut off.
    """
    for part in archive.namelist():
        if part.startswith("xl/worksheets/") and part.endswith(".bin"):
            height = width = 0
            for kind, number in _records(archive.read(part)):
                if kind == _ROW:
                    # A row beyond the last one ends the sheet for every reader.
                    height = max(height, min(number + 1, MAX_ROWS))
                else:
                    width = max(width, number + 1)
            require_width(width, name)
            require_area(height, width, name)


def _records(content: bytes) -> Iterator[tuple[int, int]]:
    """Return the kind and the first number of the records of rows and cells."""
    position = 0
    while position < len(content):
        kind, position = _seven_bits(content, position, 2)
        size, position = _seven_bits(content, position, 4)
        if kind <= _LAST_CELL and size >= _NUMBER_BYTES:
            yield kind, int.from_bytes(content[position : position + _NUMBER_BYTES], "little")
        position += size


def _seven_bits(content: bytes, position: int, longest: int) -> tuple[int, int]:
    number = 0
    for place in range(longest):
        if position >= len(content):
            raise ValueError("a record is cut off")
        byte = content[position]
        position += 1
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            break
    return number, position
