"""Workbooks in the XML of Excel 2003 (SpreadsheetML), which some systems still export under the name .xls."""

import re
from collections.abc import Iterator
from datetime import datetime

import pandas as pd
from lxml import etree

from cchc_analysis.errors import InputError
from cchc_analysis.intake.delimited import MAX_ROWS, MAX_UNWRITTEN, require_filled, require_width, too_large
from cchc_analysis.intake.markup import parse_xml
from cchc_analysis.intake.tables import Note, RawSheet

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_NAMESPACE}}}"
_X = "{urn:schemas-microsoft-com:office:excel}"

_END = re.compile(r"</(?:\w+:)?Workbook\s*>[\s\x00\x1a]*\Z")
"""Whatever is broken inside, a workbook that was written to its end has this."""

Cell = str | float | bool | datetime | None


def looks_like_spreadsheet_xml(text: str) -> bool:
    """Return whether the text is a SpreadsheetML workbook.

    >>> looks_like_spreadsheet_xml('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">')
    True
    """
    head = text[:4_000]
    return _NAMESPACE in head and "Workbook" in head and "<html" not in head.lower()


def read_spreadsheet_xml(text: str, name: str) -> list[RawSheet]:
    """Return the visible sheets of a SpreadsheetML workbook; no entity and nothing outside the file is read.

    Raises `InputError` where the XML is too damaged to hold a sheet.

    >>> page = ('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    ...     'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
    ...     '<Row ss:Index="2"><Cell><Data ss:Type="Number">2</Data></Cell></Row></Table></Worksheet></Workbook>')
    >>> read_spreadsheet_xml(page, "a.xls")[0].cells.to_dict("index")
    {1: {0: None}, 2: {0: 2.0}}
    """
    content = text.encode("utf-8", errors="replace")
    try:
        root = parse_xml(content, recover=True, encoding="utf-8")
    except (etree.LxmlError, ValueError):
        root = None
    if root is not None and _END.search(text[-500:]) is None:
        raise _damaged(name)
    worksheets = [] if root is None else list(root.iter(f"{_SS}Worksheet"))
    if root is None or not worksheets:
        raise _damaged(name)
    epoch_1904 = root.find(f".//{_X}Date1904") is not None
    return _visible_sheets(worksheets, epoch_1904, name)


def _damaged(name: str) -> InputError:
    return InputError(
        f"{name}: the Excel XML file is damaged. Export it again, or open it in Excel and save it as .xlsx.",
        f"{name}: tệp Excel XML bị hỏng. Hãy kết xuất lại hoặc mở bằng Excel và lưu thành .xlsx.",
    )


def _visible_sheets(worksheets: list[etree._Element], epoch_1904: bool, name: str) -> list[RawSheet]:
    notes: list[Note] = []
    sheets: list[RawSheet] = []
    for worksheet in worksheets:
        title = worksheet.get(f"{_SS}Name", "")
        visibility = worksheet.findtext(f".//{_X}Visible", default="")
        if "Hidden" in visibility:
            notes.append(hidden_sheet_note(title))
            continue
        rows = dict(_rows(worksheet, name))
        sheets.append(RawSheet(title, _frame(rows, name), epoch_1904))
    return [RawSheet(sheet.sheet, sheet.cells, epoch_1904, tuple(notes)) for sheet in sheets]


def hidden_sheet_note(title: str) -> Note:
    """Return the note that a hidden sheet was not read.

    >>> hidden_sheet_note("Cũ").en
    "The sheet 'Cũ' is hidden and was left out."
    """
    en = f"The sheet {title!r} is hidden and was left out."
    return Note("hidden_sheet", en, f"Trang tính {title!r} đang bị ẩn nên không được đọc.")


def _frame(rows: dict[int, dict[int, Cell]], name: str) -> pd.DataFrame:
    width = max((max(cells) for cells in rows.values() if cells), default=0)
    height = max(rows, default=0)
    require_width(width, name)
    if height > MAX_ROWS:
        raise _damaged(name)
    require_filled(height, width, sum(map(len, rows.values())), name)
    grid = [[rows.get(row, {}).get(column) for column in range(1, width + 1)] for row in range(1, height + 1)]
    return pd.DataFrame(grid, index=pd.RangeIndex(1, height + 1), columns=range(width), dtype=object)


def _rows(worksheet: etree._Element, name: str) -> Iterator[tuple[int, dict[int, Cell]]]:
    number = n_hanging = 0
    # Per column the cell that hangs down and its last row: written out, a few cells could fill gigabytes.
    hanging: dict[int, tuple[Cell, int]] = {}
    for row in worksheet.iter(f"{_SS}Row"):
        number = _integer(row.get(f"{_SS}Index"), number + 1)
        cells: dict[int, Cell] = {}
        merged: dict[int, tuple[Cell, int]] = {}
        column = 0
        for cell in row.iter(f"{_SS}Cell"):
            column = _integer(cell.get(f"{_SS}Index"), column + 1)
            cells[column] = _value(cell)
            below = _integer(cell.get(f"{_SS}MergeDown"), 0)
            if below:
                merged[column] = (cells[column], number + below)
            column += _integer(cell.get(f"{_SS}MergeAcross"), 0)
        hanging = {column: held for column, held in hanging.items() if held[1] >= number}
        n_hanging += len(hanging)
        if n_hanging > MAX_UNWRITTEN:
            raise too_large(number, max(hanging), name)
        yield number, {column: value for column, (value, _) in hanging.items()} | cells
        hanging |= merged


def _integer(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 8 else default


def _value(cell: etree._Element) -> Cell:
    element = cell.find(f"{_SS}Data")
    if element is None:
        return None
    text = "".join(element.itertext())
    try:
        match element.get(f"{_SS}Type"):
            case "Number":
                return float(text)
            case "DateTime":
                return datetime.fromisoformat(text)
            case "Boolean":
                return text.strip() == "1"
    except ValueError:
        return text
    return text or None
