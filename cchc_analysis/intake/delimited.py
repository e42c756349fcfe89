"""Text files whose cells stand between commas, semicolons, tabs or bars."""

import csv
import io
import re
from collections import Counter

import numpy as np
import pandas as pd
from pandas.errors import ParserError

from cchc_analysis.errors import InputError
from cchc_analysis.intake.plain_files import read_plain
from cchc_analysis.intake.quotes import swallowed_row, text_of_formula, unwrapped_lines
from cchc_analysis.intake.tables import RawSheet
from cchc_analysis.intake.vocabulary import count_known

SEPARATORS = (",", ";", "\t", "|")
MAX_COLUMNS = 1_000
MAX_ROWS = 1_048_576
"""Rows of a sheet of Excel or LibreOffice."""

MAX_CELLS = 64 * 1024**2
"""As many as a full sheet of Excel, 1,048,576 rows, has with 64 columns."""
MAX_UNWRITTEN = MAX_CELLS // 4
"""Cells that no text file writes: they stand in what another cell spans, or in the width of a longer row."""

_SAMPLE_CHARACTERS = 65_536
_EXCEL_HINT = re.compile(r'\A"?sep=([^\r\n])"?[\r\n]', re.IGNORECASE)
_SPACE_BEFORE_QUOTE = r'{} +"[^"\r\n]+"(?=[{}\r\n])'
_UNCLOSED = re.compile(r"EOF inside string starting at row (\d+)")
_HABIT = 2
_SENTINEL = "\x00end\x00"


def read_delimited(utf8: bytes, name: str) -> RawSheet:
    """Return the cells of a text file given as UTF-8 without byte order mark; every cell is a str or None.

    The separator is the one whose cells are most often known headers, then the one that gives the most
    regular rows. The row number is the number of the record, so that a line break inside quotes does not
    count. Raises `InputError` where a quotation mark is never closed and for more than 1,000 columns.

    >>> read_delimited('Mã;"S 1, A"\\n1;\\n'.encode(), "a.csv").cells.to_numpy().tolist()
    [['Mã', 'S 1, A'], ['1', None]]
    """
    sample = utf8[: 2 * _SAMPLE_CHARACTERS].decode("utf-8", errors="ignore")[:_SAMPLE_CHARACTERS]
    if len(sample) == _SAMPLE_CHARACTERS and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    separator = find_separator(sample)
    records = _records(sample, separator)
    inside = unwrapped_lines(records) if sample.startswith('"') else None
    if inside and max(_regularity(inside, mark) for mark in SEPARATORS) > (0, 0):
        whole = unwrapped_lines(_records(utf8.decode("utf-8", errors="replace"), separator))
        return read_delimited((whole or inside).encode("utf-8"), name)
    utf8 = _without_space_before_quotes(utf8, sample, separator)
    width = max((len(record) for record in records), default=1)
    require_width(width, name)
    plain = read_plain(utf8, separator, width)
    if plain is not None:
        return RawSheet("", plain, delimited=True)
    _require_records(utf8, separator, width, name)
    try:
        cells = _read_regular(utf8, separator, width)
    except ParserError as error:
        unclosed = _UNCLOSED.search(str(error))
        if unclosed:
            raise _unclosed_quote(name, int(unclosed.group(1)) + 1) from None
        cells = _read_ragged(utf8.decode("utf-8"), separator, name)
    _refuse_swallowed_rows(cells, utf8, separator, name)
    return RawSheet("", cells.map(_text_of) if b'="' in utf8 else cells, delimited=True)


def _text_of(cell: object) -> object:
    return text_of_formula(cell) if isinstance(cell, str) else cell


def _without_space_before_quotes(utf8: bytes, sample: str, separator: str) -> bytes:
    """Return the text without the spaces between separator and quotation mark, where they stand as a habit."""
    mark = re.escape(separator)
    if separator == "\t" or len(re.findall(_SPACE_BEFORE_QUOTE.format(mark, mark), sample)) < _HABIT:
        return utf8
    return re.sub(mark.encode() + rb' +"(?!")', separator.encode() + b'"', utf8)


def find_separator(sample: str) -> str:
    """Return the character that separates the cells of a text; a comma where none does.

    What a first line `sep=;` says counts, unless it separates nothing.

    >>> find_separator("a;b;c\\n1,5;2,5;3\\n"), find_separator("sep=|\\na|b")
    (';', '|')
    """
    hint = _EXCEL_HINT.match(sample)
    if hint and _regularity(sample[hint.end() :], hint.group(1)) > (0, 0):
        return hint.group(1)
    return max(SEPARATORS, key=lambda separator: _regularity(sample, separator))


def _regularity(sample: str, separator: str) -> tuple[int, int]:
    records = _records(sample, separator)
    n_known = max((count_known(record) for record in records[:100]), default=0)
    widths = Counter(len(record) for record in records if len(record) > 1)
    n_cells = max(((width - 1) * n for width, n in widths.items()), default=0)
    return (n_known if n_known > 1 else 0, n_cells)


def _records(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return list(reader)
    except csv.Error:  # a field beyond the limit of the csv module: this separator does not separate
        return []


def require_width(width: int, name: str) -> None:
    """Raise `InputError` for a table wider than any export.

    >>> require_width(1_000, "a.csv")
    """
    if width > MAX_COLUMNS:
        raise InputError(
            f"{name}: the table has {width:,} columns, which no export has. "
            "Delete what stands far to the right of the table, save, and try again.",
            f"{name}: bảng có {width} cột, không tệp kết xuất nào có nhiều cột như vậy. "
            "Hãy xóa các ô thừa nằm xa bên phải bảng, lưu lại rồi thử lại.",
        )


def require_area(n_rows: int, width: int, name: str) -> None:
    """Raise `InputError` for a table whose grid, empty cells included, is larger than any export.

    >>> require_area(1_048_576, 64, "a.xlsx")
    """
    if n_rows * width > MAX_CELLS:
        raise too_large(n_rows, width, name)


def require_filled(n_rows: int, width: int, n_written: int, name: str) -> None:
    """Raise `InputError` for a grid that is too large, or of which far more is padded than the file has written.

    >>> require_filled(1_048_576, 64, 60_000_000, "a.csv")
    """
    require_area(n_rows, width, name)
    if n_rows * width - n_written > MAX_UNWRITTEN:
        raise too_large(n_rows, width, name)


def _require_records(utf8: bytes, separator: str, width: int, name: str) -> None:
    # The first line may be longer than the sample, and every row is made as wide as it is.
    width = max(width, utf8[: utf8.find(b"\n")].count(separator.encode()) + 1)
    n_lines, n_separators = utf8.count(b"\n") + utf8.count(b"\r") + 1, utf8.count(separator.encode())
    if n_lines * width <= MAX_CELLS and n_lines * (width - 1) - n_separators <= MAX_UNWRITTEN:
        return
    # Lines may be more than records, where cells hold line breaks: only then are the records themselves counted.
    n_records = n_cells = 0
    try:
        for record in csv.reader(io.StringIO(utf8.decode("utf-8", errors="replace"), newline=""), delimiter=separator):
            n_records, n_cells = n_records + 1, n_cells + len(record)
    except csv.Error:
        n_records, n_cells = n_lines, n_separators + n_lines
    require_filled(n_records, width, n_cells, name)


def too_large(n_rows: int, width: int, name: str) -> InputError:
    """Return the error for a table that reaches further than any export.

    >>> too_large(1_048_576, 1_000, "a.xlsx").vi
    'a.xlsx: bảng trải trên 1048576 dòng và 1000 cột, không tệp kết xuất nào lớn như vậy. ...'
    """
    return InputError(
        f"{name}: the table reaches over {n_rows:,} rows and {width:,} columns, which no export does. "
        "Delete what stands far below or to the right of the table, save, and try again.",
        f"{name}: bảng trải trên {n_rows} dòng và {width} cột, không tệp kết xuất nào lớn như vậy. "
        "Hãy xóa các ô thừa nằm xa bên dưới hoặc bên phải bảng, lưu lại rồi thử lại.",
    )


def _read_regular(utf8: bytes, separator: str, width: int) -> pd.DataFrame:
    frame = pd.read_csv(
        io.BytesIO(utf8),
        sep=separator,
        header=None,
        names=list(range(width)),
        index_col=False,
        dtype=object,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        engine="c",
        encoding="utf-8",
        encoding_errors="replace",
    )
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return empty_to_none(frame)


def empty_to_none(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with None for every empty text, and object columns.

    >>> empty_to_none(pd.DataFrame({0: ["NA", ""]}, dtype=object))[0].tolist()
    ['NA', None]
    """
    columns: dict[object, np.ndarray] = {}
    for name in frame.columns:
        values = frame[name].to_numpy(dtype=object, copy=True)
        values[values == ""] = None
        columns[name] = values
    return pd.DataFrame(columns, index=frame.index, columns=frame.columns, dtype=object)


def _read_ragged(text: str, separator: str, name: str) -> pd.DataFrame:
    records = _records(f"{text.rstrip()}\n{_SENTINEL}\n", separator)
    if not records or records[-1] != [_SENTINEL]:
        raise _unclosed_quote(name, max(len(records), 1))
    records.pop()
    width = max((len(record) for record in records), default=1)
    require_width(width, name)
    require_filled(len(records), width, sum(map(len, records)), name)
    filled = [[cell or None for cell in record] + [None] * (width - len(record)) for record in records]
    return pd.DataFrame(filled, index=pd.RangeIndex(1, len(filled) + 1), columns=range(width), dtype=object)


def _refuse_swallowed_rows(cells: pd.DataFrame, utf8: bytes, separator: str, name: str) -> None:
    # A stray quotation mark closed by the next one, rows later, would swallow the rows between them.
    if b'"' not in utf8 or utf8.count(b"\n") - utf8.endswith(b"\n") < len(cells):
        return
    row = swallowed_row(cells, utf8[: 2 * _SAMPLE_CHARACTERS].decode("utf-8", errors="ignore"), separator)
    if row is not None:
        raise _unclosed_quote(name, row)


def _unclosed_quote(name: str, row: int) -> InputError:
    return InputError(
        f"{name}, row {row}: a quotation mark opens a cell and is never closed, so the rows after it run together. "
        "Mend that row, or export the file as .xlsx.",
        f"{name}, dòng {row}: có dấu ngoặc kép mở ô nhưng không đóng nên các dòng sau bị dính vào nhau. "
        "Hãy sửa dòng đó hoặc kết xuất lại tệp ở dạng .xlsx.",
    )
