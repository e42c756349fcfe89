"""What lies inside a zipped workbook and calamine does not tell: guards, the date system, error cells."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from cchc_analysis.errors import InputError
from cchc_analysis.intake.cells import NOT_CALCULATED
from cchc_analysis.intake.markup import parse_xml
from cchc_analysis.intake.package_extents import require_binary_sheets, require_opendocument, require_sheet

_MAX_UNPACKED = 2 * 1024**3
SUSPECT_UNPACKED = 200 * 1024**2
SUSPECT_RATIO = 200
_CHUNK = 1 << 20
_OVERLAP = 4_096

_MAIN = "{*}"
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d+)"[^>]*>'
    rb"(?:<f[^>]{0,200}/>|<f[^>]{0,200}>[^<]{0,2000}</f>)?<v>([^<]*)</v>"
)
_EMPTY_FORMULA = re.compile(
    rb"<c\b([^>]*)>(?:<f[^>]{0,200}/>|<f(?:\s[^>]{0,200})?>[^<]{0,2000}</f>)(?:<v\s*/>|<v></v>)?\s*</c>"
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_HIDDEN_ROW = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"')

# RuntimeError (with NotImplementedError): zipfile on encrypted parts and unknown compression.
_BROKEN = (etree.LxmlError, zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, ValueError, RuntimeError)


@dataclass(frozen=True)
class PackageFacts:
    """The date system of a workbook, and per sheet the error values by (row, column), both 1-based.

    A formula without a stored result counts as the error `NOT_CALCULATED`. `hidden_rows` counts per sheet.
    """

    epoch_1904: bool = False
    errors: Mapping[str, Mapping[tuple[int, int], str]] = field(default_factory=dict)
    hidden_rows: Mapping[str, int] = field(default_factory=dict)


def damaged(name: str) -> InputError:
    """Return the error for a workbook that is cut short or broken.

    >>> damaged("a.xlsx").vi
    'a.xlsx: tệp bị hỏng hoặc tải về chưa hết nên không mở được. Hãy kết xuất hoặc tải lại tệp.'
    """
    return InputError(
        f"{name}: the file is damaged or was not downloaded completely. Export or download it again.",
        f"{name}: tệp bị hỏng hoặc tải về chưa hết nên không mở được. Hãy kết xuất hoặc tải lại tệp.",
    )


def open_package(content: bytes, name: str) -> zipfile.ZipFile:
    """Return the zip archive, unless it is damaged or would unpack to an absurd size (`InputError`).

    >>> open_package(b"PK\\x03\\x04", "a.xlsx")
    Traceback (most recent call last):
    cchc_analysis.errors.InputError: a.xlsx: the file is damaged or was not downloaded completely. ...
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        sizes = [(entry.file_size, entry.compress_size) for entry in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        raise damaged(name) from None
    unpacked, packed = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    if unpacked > _MAX_UNPACKED or (unpacked > SUSPECT_UNPACKED and unpacked > SUSPECT_RATIO * max(packed, 1)):
        raise InputError(
            f"{name}: the file claims to unpack to {unpacked:,} bytes, far more than any export. "
            "Open it in Excel, keep only the list of dossiers, and save it under a new name.",
            f"{name}: tệp khai báo dung lượng giải nén {unpacked} byte, lớn bất thường so với tệp kết xuất. "
            "Hãy mở bằng Excel, chỉ giữ lại danh sách hồ sơ và lưu thành tệp mới.",
        )
    return archive


def read_facts(archive: zipfile.ZipFile, name: str) -> PackageFacts:
    """Return what the parts of an .xlsx or .xlsm say; nothing is known of other kinds of workbook.

    Raises `InputError` where an .xlsx, .xlsm, .xlsb or .ods would unfold to more than any export: read as a grid it
    would need gigabytes.

    >>> read_facts(zipfile.ZipFile(io.BytesIO(), "w"), "a.ods")
    PackageFacts(epoch_1904=False, errors={}, hidden_rows={})
    """
    try:
        if "content.xml" in archive.namelist():
            require_opendocument(archive, name)
        if "xl/workbook.bin" in archive.namelist():
            require_binary_sheets(archive, name)
        if "xl/workbook.xml" not in archive.namelist():
            return PackageFacts()
        workbook = _parse(archive.read("xl/workbook.xml"))
        properties = workbook.find(f"{_MAIN}workbookPr")
        epoch_1904 = properties is not None and properties.get("date1904", "0").lower() in ("1", "true", "on")
        parts = [(sheet, part) for sheet, part in _sheet_parts(archive, workbook) if part in archive.namelist()]
        for _, part in parts:
            require_sheet(archive, part, _shared_texts(archive), name)
        scans = {sheet: _scan(archive, part) for sheet, part in parts}
    except _BROKEN:
        raise damaged(name) from None
    errors = {sheet: found for sheet, (found, _) in scans.items()}
    return PackageFacts(epoch_1904, errors, {sheet: len(hidden) for sheet, (_, hidden) in scans.items()})


def _parse(content: bytes) -> etree._Element:
    root = parse_xml(content)
    if root is None:
        raise ValueError("no XML")
    return root


def _sheet_parts(archive: zipfile.ZipFile, workbook: etree._Element) -> Iterator[tuple[str, str]]:
    relations = _parse(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        yield sheet.get("name", ""), _part(targets.get(sheet.get(_REL_ID), ""))


def _shared_texts(archive: zipfile.ZipFile) -> str:
    relations = _parse(archive.read("xl/_rels/workbook.xml.rels"))
    targets = (each.get("Target", "") for each in relations if each.get("Type", "").endswith("/sharedStrings"))
    return next((_part(target) for target in targets), "xl/sharedStrings.xml")


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _scan(archive: zipfile.ZipFile, part: str) -> tuple[dict[tuple[int, int], str], set[bytes]]:
    """Return the cells of a sheet without a value to use, and the numbers of its hidden rows."""
    errors: dict[tuple[int, int], str] = {}
    hidden: set[bytes] = set()
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if b't="e"' in window:
                for letters, row, value in _ERROR_CELL.findall(window):
                    errors[int(row), column_number(letters.decode())] = value.decode("utf-8", "replace")
            if b"<f" in window:
                for attributes in _EMPTY_FORMULA.findall(window):
                    place = _PLACE.search(attributes)
                    if place and b't="str"' not in attributes and b't="e"' not in attributes:
                        errors[int(place[2]), column_number(place[1].decode())] = NOT_CALCULATED
            if b'hidden="' in window:
                hidden.update(_HIDDEN_ROW.findall(window))
            tail = window[-_OVERLAP:]
    return errors, hidden


def column_number(letters: str) -> int:
    """Return the 1-based number of a spreadsheet column.

    >>> column_number("A"), column_number("AB"), column_number("ALL")
    (1, 28, 1000)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
