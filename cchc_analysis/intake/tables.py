"""What reading a file yields: sheets as they were found, and tables whose columns have been named."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

EMPTY = "empty"
"""Why a row of a database is no dossier that has no value in any column that is kept."""

SKIP_REASONS = ("numbering", "band", "total", "signature", "repeated_header", "note", "unfilled", EMPTY)
"""Why a row below the header is no dossier; the keys of `NamedTable.skipped`."""

REJECTED_HEADERS = ("Tệp nguồn", "Trang tính", "Dòng", "Cột", "Giá trị", "Lý do")
"""Headers, in the workbook of rejected rows, of the columns that say where a row comes from and what is wrong with it;
ignored when it is fed again."""


@dataclass(frozen=True)
class Note:
    """Something the reader should be told about a file; not an error.

    >>> Note("hidden_sheet", "Sheet 'Old' is hidden.", "Trang tính 'Old' bị ẩn.").code
    'hidden_sheet'
    """

    code: str
    en: str
    vi: str


@dataclass(frozen=True)
class RawSheet:
    """One sheet of a workbook, one table of a page or one text file, cell by cell.

    `sheet` is "" for text files. `cells` has object columns 0..k-1 and as index the row numbers a person
    sees (1-based); a cell is None (empty), str, float, int, bool, datetime, date or time.
    `delimited` says that only separators mark the columns, so that a row with more cells than the header
    is out of step.

    >>> RawSheet("", pd.DataFrame({0: ["Mã hồ sơ"]}, index=[1], dtype=object)).delimited
    False
    """

    sheet: str
    cells: pd.DataFrame
    epoch_1904: bool = False
    notes: tuple[Note, ...] = ()
    delimited: bool = False


@dataclass(frozen=True)
class NamedTable:
    """The rows below one header, under canonical column names, with nothing lost on the way.

    `file` is the name shown to people; `cells` holds raw values under names of `schema.DOSSIER_COLUMNS` in
    schema order, indexed by source row. `rows_read` counts every non-blank row below the header block and
    equals `len(cells) + sum(skipped.values())`; `skipped` maps a code of `SKIP_REASONS` to a count.
    `dropped_columns` are the source headers that were not kept, in source order; `header_row` is the last
    row of the header block. `ragged_rows` (all in `cells`) hold filled cells beyond the header.
    `source_headers` maps each canonical name found in the file to the header it stood under; `delimited` is that
    of the sheet.

    >>> table = NamedTable("a.csv", "", pd.DataFrame(index=[2, 3]), False, 3, {"total": 1}, (), 1)
    >>> table.rows_read == len(table.cells) + sum(table.skipped.values())
    True
    """

    file: str
    sheet: str
    cells: pd.DataFrame
    epoch_1904: bool
    rows_read: int
    skipped: Mapping[str, int]
    dropped_columns: tuple[str, ...]
    header_row: int
    notes: tuple[Note, ...] = ()
    ragged_rows: tuple[int, ...] = ()
    source_headers: Mapping[str, str] = field(default_factory=dict)
    delimited: bool = False
