"""Workbooks of Excel and LibreOffice, read through calamine."""

import io
import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import python_calamine

from cchc_analysis.errors import InputError
from cchc_analysis.intake.cells import NOT_CALCULATED
from cchc_analysis.intake.delimited import require_width
from cchc_analysis.intake.packages import PackageFacts, damaged
from cchc_analysis.intake.spreadsheet_xml import hidden_sheet_note
from cchc_analysis.intake.tables import Note, RawSheet

_BIFF8_GLOBALS = bytes.fromhex("0908100000060500")
_DATEMODE, _EOF = 0x0022, 0x000A


def read_workbook(content: bytes, name: str, facts: PackageFacts) -> list[RawSheet]:
    """Return the visible worksheets of an .xlsx, .xlsm, .xlsb, .xls or .ods.

    Numbers stay numbers, text stays text, an error value is the text Excel shows (`#N/A`) where `facts` tell
    it. A cell merged downwards is repeated, one merged to the right stands once. Raises `InputError` for
    encrypted and damaged workbooks.

    >>> read_workbook(b"nothing of the kind", "a.xls", PackageFacts())
    Traceback (most recent call last):
    cchc_analysis.errors.InputError: a.xls: the file is damaged or was not downloaded completely. ...
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible, notes = _visible(workbook.sheets_metadata)
        sheets = [_read_sheet(workbook, title, facts, name) for title in visible]
    except (InputError, KeyboardInterrupt, SystemExit):
        raise
    except python_calamine.PasswordError:
        raise encrypted(name) from None
    except BaseException as error:
        # A panic inside calamine arrives as an exception that is not an `Exception`.
        if isinstance(error, MemoryError | GeneratorExit):
            raise
        raise damaged(name) from None
    return [replace(sheet, notes=notes + _sheet_notes(sheet.sheet, facts)) for sheet in sheets]


def encrypted(name: str) -> InputError:
    """Return the error for a workbook that asks for a password.

    >>> str(encrypted("a.xlsx"))
    'a.xlsx: the workbook is protected by a password. Open it in Excel, remove the password, save, and try again.'
    """
    return InputError(
        f"{name}: the workbook is protected by a password. Open it in Excel, remove the password, save, and try again.",
        f"{name}: tệp được bảo vệ bằng mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi thử lại.",
    )


def _visible(sheets: Sequence[Any]) -> tuple[list[str], tuple[Note, ...]]:
    worksheets = [sheet for sheet in sheets if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
    shown = [sheet.name for sheet in worksheets if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
    notes = tuple(hidden_sheet_note(sheet.name) for sheet in worksheets if sheet.name not in shown)
    return shown, notes


def _sheet_notes(title: str, facts: PackageFacts) -> tuple[Note, ...]:
    """Return what a person who only sees the sheet would not know: formulas without result, hidden rows."""
    notes = []
    empty = [place for place, text in facts.errors.get(title, {}).items() if text == NOT_CALCULATED]
    if empty:
        row, column = min(empty)
        en = (
            f"The sheet {title!r} has {len(empty)} formulas without a stored result, the first in row {row}, "
            f"column {column}. Open the file in Excel, save it, and take it in again."
        )
        vi = (
            f"Trang tính {title!r} có {len(empty)} ô công thức chưa lưu kết quả, ô đầu tiên ở dòng {row}, "
            f"cột {column}. Hãy mở tệp bằng Excel, lưu lại rồi nạp lại."
        )
        notes.append(Note("formulas_without_result", en, vi))
    n_hidden = facts.hidden_rows.get(title, 0)
    if n_hidden:
        en = f"The sheet {title!r} has {n_hidden} hidden rows, which were read like the others."
        vi = f"Trang tính {title!r} có {n_hidden} dòng đang bị ẩn, vẫn được đọc như các dòng khác."
        notes.append(Note("hidden_rows", en, vi))
    return tuple(notes)


def _read_sheet(workbook: Any, title: str, facts: PackageFacts, name: str) -> RawSheet:
    sheet = workbook.get_sheet_by_name(title)
    require_width(sheet.total_width, name)
    rows = sheet.to_python(skip_empty_area=False) if sheet.start is not None else []
    for (row, column), text in facts.errors.get(title, {}).items():
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = text
    _repeat_downwards(rows, sheet.merged_cell_ranges or ())
    index = pd.RangeIndex(1, len(rows) + 1)
    grid = _grid(rows)
    del rows
    columns = {position: _column(grid[:, position]) for position in range(grid.shape[1])}
    frame = pd.DataFrame(columns, index=index, columns=range(len(columns)), dtype=object, copy=False)
    return RawSheet(title, frame, facts.epoch_1904)


def _grid(rows: list[list[Any]]) -> npt.NDArray[Any]:
    """Return rows of equal width as one array of cells."""
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise ValueError("calamine pads every row to the width of the sheet")
    cells = np.fromiter(chain.from_iterable(rows), dtype=object, count=len(rows) * width)
    return cells.reshape(len(rows), width)


def _column(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the cells of a column, empty ones None; equal texts are one object, as the workbook has them."""
    types = set(map(type, values))
    cells: npt.NDArray[Any] = np.empty(len(values), dtype=object)
    if types == {str}:
        texts: dict[str, str | None] = {"": None}
        cells[:] = [texts.setdefault(text, text) for text in values]
    elif timedelta in types:
        cells[:] = [str(value) if isinstance(value, timedelta) else value if value != "" else None for value in values]
    else:
        cells[:] = values
        if str in types:
            cells[[value == "" for value in values]] = None
    return cells


def _repeat_downwards(rows: list[list[Any]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    n_covered = sum(max(min(bottom, len(rows)) - top, 0) for (top, _), (bottom, _) in merged)
    if rows and n_covered > len(rows) * len(rows[0]):
        raise ValueError("cells are merged over each other, so that one place would have several contents")
    for (top, left), (bottom, _) in merged:
        if top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                if row[left] == "":
                    row[left] = rows[top][left]


def xls_epoch_1904(content: bytes) -> bool:
    """Return whether an old binary workbook counts its days from 1904.

    The records of the workbook globals are walked from their beginning ([MS-XLS] 2.4.77, Date1904).

    >>> xls_epoch_1904(b"")
    False
    """
    position = content.find(_BIFF8_GLOBALS)
    while 0 <= position <= len(content) - 6:
        kind, size = struct.unpack_from("<HH", content, position)
        if kind == _DATEMODE:
            return content[position + 4 : position + 6] == b"\x01\x00"
        if kind == _EOF:
            return False
        position += 4 + size
    return False
