"""Writers of the exports, each in the form in which real offices hand them in."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter

from cchc_analysis.sample.city import OFFICES, QUARTERS
from cchc_analysis.sample.export_rows import COLUMNS, ExportRow, columns_of

WORKBOOK_NAME = "cac-phong-ban.xlsx"
FIXED = datetime(2023, 12, 15, 8, 0, 0)
"""When every workbook says it was made."""

_TITLES = (
    "ỦY BAN NHÂN DÂN THÀNH PHỐ VŨNG TÀU – DỮ LIỆU TỔNG HỢP NHÂN TẠO",
    "DANH SÁCH HỒ SƠ TIẾP NHẬN VÀ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
    "Từ ngày 15/12/2022 đến ngày 14/12/2023",
)
_SIGNATURES = (("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"), ("(Ký, ghi rõ họ tên)", "(Ký, đóng dấu)"))


@dataclass(frozen=True)
class WrittenFile:
    """One export: its name, the rows of dossiers in it, and how many other rows of each kind stand below its header."""

    name: str
    rows: tuple[ExportRow, ...]
    skipped: dict[str, int]


def _parents() -> tuple[tuple[str, int, int], ...]:
    """Return the upper level of the merged header: text, first and last column."""
    spans = (
        ("Hồ sơ", "Mã hồ sơ", "Số điện thoại"),
        ("Thủ tục hành chính", "Mã TTHC", "Lĩnh vực"),
        ("Cơ quan thực hiện", "Đơn vị tiếp nhận", "Đơn vị giải quyết"),
        ("Cách thức nộp", "Hình thức tiếp nhận", "Mức độ DVC"),
        ("Quá trình giải quyết", "Ngày nộp hồ sơ", "Hình thức trả kết quả"),
        ("Thời hạn", "Thời gian quy định", "Ngày tiếp nhận bổ sung"),
        ("Số hóa", "Số hóa thành phần hồ sơ", "Kết quả điện tử"),
        ("Nghĩa vụ tài chính", "Phí, lệ phí", "Thanh toán trực tuyến"),
    )
    return tuple((text, COLUMNS.index(first), COLUMNS.index(last)) for text, first, last in spans)


def _write_header(sheet: Any, bold: Any) -> int:
    last = len(COLUMNS) - 1
    for row, title in enumerate(_TITLES):
        sheet.merge_range(row, 0, row, last, title, bold)
    grouped: set[int] = set()
    for text, first, final in _parents():
        sheet.merge_range(3, first, 3, final, text, bold)
        grouped.update(range(first, final + 1))
    for column, label in enumerate(COLUMNS):
        if column in grouped:
            sheet.write_string(4, column, label, bold)
        else:
            sheet.merge_range(3, column, 4, column, label, bold)
        sheet.write_string(5, column, f"({column + 1})")
    return 6


def write_cells(sheet: Any, row: int, cells: Sequence[Any], dated: Any) -> None:
    """Write one row of a worksheet: instants in the format `dated`, whole numbers as numbers, all else as text."""
    for column, cell in enumerate(cells):
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell, dated)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell)
        elif cell is not None:
            sheet.write_string(row, column, cell)


def stored(workbook: bytes) -> bytes:
    """Pack a workbook again without compression.

    Compressed bytes differ between builds of zlib, and the archive's system field between systems; a stored archive
    with fixed dates is the same everywhere.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed, zipfile.ZipFile(target, "w") as plain:
        for name in packed.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            plain.writestr(entry, packed.read(name))
    return target.getvalue()


def write_workbook(path: Path, rows: Sequence[ExportRow]) -> WrittenFile:
    """Write the departments' workbook: merged titles and header, numbering, a band each, total, signatures."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.set_properties({"title": _TITLES[1], "author": "cchc-analysis", "created": FIXED})
    sheet = workbook.add_worksheet("Hồ sơ")
    bold = workbook.add_format({"bold": True, "align": "center"})
    dated = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    at = _write_header(sheet, bold)
    departments = [office for office in OFFICES if office.export == "workbook"]
    for office in departments:
        sheet.merge_range(at, 0, at, len(COLUMNS) - 1, office.name.upper(), bold)
        at += 1
        for row in rows:
            if row.dossier.office is office:
                write_cells(sheet, at, row.cells, dated)
                at += 1
    sheet.write_string(at, 0, "TỔNG SỐ", bold)
    sheet.write_number(at, 1, len(rows))
    for line, texts in enumerate(_SIGNATURES, start=1):
        sheet.write_string(at + line, 5, texts[0])
        sheet.write_string(at + line, 16, texts[1])
    workbook.close()
    path.write_bytes(stored(target.getvalue()))
    skipped = {"numbering": 1, "band": len(departments), "total": 1, "signature": len(_SIGNATURES)}
    return WrittenFile(path.name, tuple(rows), skipped)


HTML_HEAD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel" '
    'xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8">'
    '<style>td{mso-number-format:"\\@";vertical-align:top}th{background:#d9e1f2}</style></head><body>'
)


def write_html(path: Path, rows: Sequence[ExportRow]) -> WrittenFile:
    """Write a ward's `.xls` that is an HTML table: BOM, Excel namespaces, title cells that span, a numbering row."""
    columns = columns_of("html")
    width = len(columns)
    lines = [HTML_HEAD, '<table border="1">']
    lines += [f'<tr><td colspan="{width}" align="center"><b>{escape(title)}</b></td></tr>' for title in _TITLES]
    lines.append("<tr>" + "".join(f"<th>{escape(COLUMNS[column])}</th>" for column in columns) + "</tr>")
    lines.append("<tr>" + "".join(f"<td>({column + 1})</td>" for column in range(width)) + "</tr>")
    for row in rows:
        lines.append("<tr>" + "".join(f"<td>{escape(row.text(column))}</td>" for column in columns) + "</tr>")
    lines.append("</table></body></html>")
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-8"))
    return WrittenFile(path.name, tuple(rows), {"numbering": 1})


def _delimited(rows: Iterable[ExportRow], delimiter: str, columns: Sequence[int]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([COLUMNS[column] for column in columns])
    writer.writerows([row.text(column) for column in columns] for row in rows)
    return target.getvalue()


def write_semicolon(path: Path, rows: Sequence[ExportRow]) -> WrittenFile:
    """Write a semicolon-separated file with a byte order mark, as Excel saves it under Vietnamese settings."""
    text = _delimited(rows, ";", columns_of("semicolon"))
    path.write_bytes(("\ufeff" + text).encode("utf-8"))
    return WrittenFile(path.name, tuple(rows), {})


def write_utf16(path: Path, rows: Sequence[ExportRow]) -> WrittenFile:
    """Write Excel's "Unicode text": UTF-16 with a byte order mark and tabs; no column for the resolving unit."""
    path.write_bytes(b"\xff\xfe" + _delimited(rows, "\t", columns_of("utf16")).encode("utf-16-le"))
    return WrittenFile(path.name, tuple(rows), {})


def _quarter(row: ExportRow) -> str:
    came = (row.dossier.received_at or row.dossier.submitted_at).date()
    return next(label for label, _, last in QUARTERS if came <= last)


def write_exports(folder: Path, rows: Sequence[ExportRow]) -> tuple[WrittenFile, ...]:
    """Write every export into `folder` and say what is in each.

    One workbook for the departments, one HTML table per ward for half of the wards, one semicolon-separated file per
    quarter of receipt for the others, one UTF-16 file for the commune.
    """
    groups: dict[str, list[ExportRow]] = {}
    for row in rows:
        office = row.dossier.office
        name = {
            "workbook": WORKBOOK_NAME,
            "html": f"{office.unit}.xls",
            "semicolon": f"phuong-{_quarter(row)}.csv",
            "utf16": f"{office.unit}.txt",
        }[office.export]
        groups.setdefault(name, []).append(row)
    writers = {".xlsx": write_workbook, ".xls": write_html, ".csv": write_semicolon, ".txt": write_utf16}
    return tuple(writers[Path(name).suffix](folder / name, groups[name]) for name in sorted(groups))
