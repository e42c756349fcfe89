"""Text files in which nothing is awkward, read in one go: no quotation mark, every row as wide as the others."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

_AWKWARD: Final = (b'"', b"\x00", b"\x1a")
_FEW_VALUES: Final = 0.5
_START_BYTES: Final = 500_000
"""So much of a file tells which of its columns have few values."""
_BLOCK_BYTES: Final = 4_000_000
_TEXT, _CODED = pa.string(), pa.dictionary(pa.int32(), pa.string())


def is_utf8(content: bytes) -> bool:
    """Return whether the bytes are valid UTF-8.

    >>> is_utf8("Sở".encode()), is_utf8(b"S\\xeb")
    (True, False)
    """
    ends = np.array([0, len(content)], dtype=np.int64)
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(content)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def read_plain(utf8: bytes, separator: str, width: int) -> pd.DataFrame | None:
    """Return the cells of a text, empty ones None, or None where a more careful reader must look at it.

    That is so for text with quotation marks, lone carriage returns or rows that are not all `width` cells wide.

    >>> read_plain(b"a;b\\n1;\\n", ";", 2).to_numpy().tolist(), read_plain(b"a;b\\n1\\n", ";", 2)
    ([['a', 'b'], ['1', None]], None)
    """
    # Looking for a first carriage return is quick; counting them, where there are none, is not.
    lone_returns = b"\r" in utf8 and utf8.count(b"\r") != utf8.count(b"\r\n")
    if lone_returns or any(mark in utf8 for mark in _AWKWARD) or width < 2:
        return None
    try:
        start = _table(utf8[: utf8.rfind(b"\n", 0, _START_BYTES) + 1], separator, [_TEXT] * width)
        few = [pc.count_distinct(column).as_py() <= _FEW_VALUES * len(column) for column in start.columns]
        table = _table(utf8, separator, [_CODED if is_few else _TEXT for is_few in few])
    except pa.ArrowInvalid:
        return None
    columns = {number: _as_objects(table.column(number)) for number in range(width)}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, table.num_rows + 1), dtype=object, copy=False)


def _table(utf8: bytes, separator: str, types: Sequence[pa.DataType]) -> pa.Table:
    """Return the cells as columns of the types; raises `pa.ArrowInvalid` for rows that are not as wide."""
    names = [str(number) for number in range(len(types))]
    if not utf8:
        return pa.table([pa.array([], type=type) for type in types], names=names)
    return pa_csv.read_csv(
        pa.BufferReader(utf8),
        read_options=pa_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
        parse_options=pa_csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)), strings_can_be_null=False
        ),
    )


def _as_objects(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return the texts as Python objects, an empty one None; equal texts of a column of few are one object."""
    if not pa.types.is_dictionary(column.type):
        values = np.asarray(column.to_numpy(), dtype=object)
        is_empty = pc.equal(column, "")
        if pc.any(is_empty).as_py():
            values[is_empty.to_numpy()] = None
        return values
    encoded = column.unify_dictionaries().combine_chunks()
    texts = np.array([text or None for text in encoded.dictionary.to_pylist()], dtype=object)
    chosen: npt.NDArray[Any] = texts[encoded.indices.to_numpy()]
    return chosen
