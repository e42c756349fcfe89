"""Files of any kind to sheets of cells: what a file is, is decided by its content, never by its name."""

import codecs
import gzip
import io
import zlib

from cchc_analysis.errors import InputError
from cchc_analysis.intake.delimited import read_delimited
from cchc_analysis.intake.encodings import Decoded, decode, is_plain_utf8
from cchc_analysis.intake.html_tables import looks_like_html, read_html, unpack_mhtml
from cchc_analysis.intake.packages import (
    SUSPECT_RATIO,
    SUSPECT_UNPACKED,
    PackageFacts,
    damaged,
    open_package,
    read_facts,
)
from cchc_analysis.intake.parquet import read_parquet
from cchc_analysis.intake.spreadsheet_xml import looks_like_spreadsheet_xml, read_spreadsheet_xml
from cchc_analysis.intake.tables import RawSheet
from cchc_analysis.intake.workbooks import encrypted, read_workbook, xls_epoch_1904

_MAX_UNPACKED = 2 * 1024**3
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_START = 65_536
_NOTHING = b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"

# First bytes of files that people put into the folder by mistake: (English, Vietnamese).
_NOT_TABLES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "tài liệu PDF"),
    (b"{\\rtf", "a text document (RTF)", "văn bản RTF"),
    (b"\x89PNG", "a picture (PNG)", "tệp ảnh PNG"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "tệp ảnh JPEG"),
    (b"GIF8", "a picture (GIF)", "tệp ảnh GIF"),
    (b"II*\x00", "a picture (TIFF)", "tệp ảnh TIFF"),
    (b"MM\x00*", "a picture (TIFF)", "tệp ảnh TIFF"),
    (b"Rar!", "a RAR archive", "tệp nén RAR"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "tệp nén 7-Zip"),
    (b"SQLite format 3", "a SQLite database", "cơ sở dữ liệu SQLite"),
    (b"\x7fELF", "a program", "tệp chương trình"),
)


def read_sheets(content: bytes, name: str) -> list[RawSheet]:
    """Return the sheets of a file given by its bytes; `name` is used in messages only.

    Reads .xlsx, .xlsm, .xlsb, .ods, .xls, Excel 2003 XML, HTML tables and MHTML under any name, delimited
    text in any encoding of `encodings`, Parquet, and gzip of these. Raises `InputError` for everything else,
    saying what the file is and what to do.

    >>> read_sheets("Mã hồ sơ;Đơn vị\\n1;A\\n".encode("utf-16"), "a.xls")[0].cells.to_numpy().tolist()
    [['Mã hồ sơ', 'Đơn vị'], ['1', 'A']]
    >>> read_sheets(b"%PDF-1.7", "a.xlsx")
    Traceback (most recent call last):
    cchc_analysis.errors.InputError: a.xlsx: this is a PDF document, not a table. Export the list as .xlsx or .csv.
    """
    if content.startswith(_GZIP):
        content = _gunzip(content, name)
    if not content[:_START].strip(_NOTHING) and not content.strip(_NOTHING):
        raise _empty(name)
    if content.startswith(_ZIP):
        return _read_zip(content, name)
    if content.startswith(_OLE):
        return _read_ole(content, name)
    if content.startswith(_PARQUET):
        return [read_parquet(content, name)]
    for magic, en, vi in _NOT_TABLES:
        if content.startswith(magic):
            raise _not_a_table(name, en, vi)
    return _read_text(content, name)


def _gunzip(content: bytes, name: str) -> bytes:
    limit = min(_MAX_UNPACKED, max(SUSPECT_UNPACKED, SUSPECT_RATIO * len(content)))
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise damaged(name) from None
    if len(unpacked) > limit or unpacked.startswith(_GZIP):
        raise _not_a_table(name, "a compressed file too large to unpack", "tệp nén quá lớn, không giải nén được")
    return unpacked


def _read_zip(content: bytes, name: str) -> list[RawSheet]:
    with open_package(content, name) as archive:
        parts = set(archive.namelist())
        if parts & {"xl/workbook.xml", "xl/workbook.bin"} or {"content.xml", "mimetype"} <= parts:
            facts = read_facts(archive, name)
            return read_workbook(content, name, facts)
        if "word/document.xml" in parts:
            raise _not_a_table(name, "a Word document", "văn bản Word")
        if "ppt/presentation.xml" in parts:
            raise _not_a_table(name, "a PowerPoint presentation", "tệp trình chiếu PowerPoint")
    raise InputError(
        f"{name}: this is a ZIP archive without a workbook. Unpack it and use the files inside.",
        f"{name}: đây là tệp nén ZIP, không phải bảng tính. Hãy giải nén và dùng các tệp bên trong.",
    )


def _read_ole(content: bytes, name: str) -> list[RawSheet]:
    def has_stream(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has_stream("EncryptedPackage"):
        raise encrypted(name)
    if not has_stream("Workbook") and not has_stream("Book"):
        if has_stream("WordDocument"):
            raise _not_a_table(name, "a Word document", "văn bản Word")
        raise _not_a_table(name, "an Office file without a workbook", "tệp Office không chứa bảng tính")
    return read_workbook(content, name, PackageFacts(xls_epoch_1904(content)))


def _read_text(content: bytes, name: str) -> list[RawSheet]:
    page = unpack_mhtml(content)
    if page is None and is_plain_utf8(content):
        plain = content.removeprefix(codecs.BOM_UTF8)
        start = plain[: 4 * _START].decode("utf-8", errors="ignore")[:_START]
        if not (_is_binary(start) or looks_like_spreadsheet_xml(start) or looks_like_html(start)):
            # The text as a whole is never needed: it would take twice the memory of the file.
            return [read_delimited(plain, name)]
    decoded = decode(page or content)
    if _is_binary(decoded.text[:_START]):
        raise _not_a_table(name, "a binary file of an unknown kind", "tệp nhị phân không rõ định dạng")
    text = decoded.text
    if looks_like_spreadsheet_xml(text):
        sheets = read_spreadsheet_xml(text, name)
    elif looks_like_html(text):
        sheets = read_html(text, name)
    else:
        sheets = [read_delimited(_utf8(content, decoded), name)]
    return [
        RawSheet(sheet.sheet, sheet.cells, sheet.epoch_1904, sheet.notes + decoded.notes, sheet.delimited)
        for sheet in sheets
    ]


def _utf8(content: bytes, decoded: Decoded) -> bytes:
    plain = decoded.encoding == "UTF-8" and not decoded.notes
    return content if plain else decoded.text.encode("utf-8", errors="replace")


def _is_binary(text: str) -> bool:
    controls = sum(1 for letter in text if letter < " " and letter not in "\t\n\r\v\f\x1a")
    return controls > max(2, len(text) // 200)


def _empty(name: str) -> InputError:
    return InputError(
        f"{name}: the file is empty. Export it again.",
        f"{name}: tệp rỗng, không có dữ liệu. Hãy kết xuất lại tệp.",
    )


def _not_a_table(name: str, en: str, vi: str) -> InputError:
    return InputError(
        f"{name}: this is {en}, not a table. Export the list as .xlsx or .csv.",
        f"{name}: đây là {vi}, không phải bảng dữ liệu. Hãy kết xuất danh sách ở dạng .xlsx hoặc .csv.",
    )
