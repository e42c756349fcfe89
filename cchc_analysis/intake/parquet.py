"""Parquet files: the column names stand as row 1, the values below."""

import io
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cchc_analysis.intake.delimited import require_width
from cchc_analysis.intake.packages import damaged
from cchc_analysis.intake.tables import RawSheet

ROW_NUMBERS: Final = "cchc:row"
"""The first column of rows from a database: their numbers in the whole result, whose header is row 0."""


def read_parquet(content: bytes, name: str) -> RawSheet:
    """Return the cells of a Parquet file with its column names as the first row.

    A time with a zone becomes ISO text with its offset; decimals and nested values become text. Raises
    `InputError` for a damaged file.

    >>> buffer = io.BytesIO()
    >>> pq.write_table(pa.table({"Mã hồ sơ": ["000123"], "Số ngày": [None]}), buffer)
    >>> read_parquet(buffer.getvalue(), "a.parquet").cells.to_numpy().tolist()
    [['Mã hồ sơ', 'Số ngày'], ['000123', None]]
    """
    try:
        table = pq.read_table(io.BytesIO(content))
        require_width(table.num_columns, name)
        index: Any = pd.RangeIndex(1, table.num_rows + 2)
        numbered = table.column_names[:1] == [ROW_NUMBERS]
        if numbered:
            index = pd.Index(np.concatenate([[0], table.column(0).to_numpy()]), dtype="int64")
            table = table.drop_columns([ROW_NUMBERS])
        columns = {
            position: np.concatenate([np.array([header], dtype=object), _values(table.column(position))])
            for position, header in enumerate(table.column_names)
        }
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        raise damaged(name) from None
    cells = pd.DataFrame(columns, index=index, columns=range(table.num_columns), dtype=object)
    # What people typed into a database is text, as in a delimited file: "#N/A" is no failed formula.
    return RawSheet("", cells, delimited=numbered)


def _values(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    values = np.empty(len(column), dtype=object)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        values[:] = column.to_numpy()
        values[values == ""] = None
        return values
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    for position, value in enumerate(column.to_pylist()):
        values[position] = _cell(value)
    return values


def _cell(value: Any) -> Any:
    if isinstance(value, float) and np.isnan(value):
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") or None
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value) if isinstance(value, Decimal | timedelta) else value
