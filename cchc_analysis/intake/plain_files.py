"""Text files in which nothing is awkward, read in one go: no quotation mark, every row as wide as the others."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

_AWKWARD: Final = (b'"', b"\x00", b"\x1a")
_SAMPLE: Final = 4_096
_FEW_VALUES: Final = 0.5


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
    if any(mark in utf8 for mark in _AWKWARD) or utf8.count(b"\r") != utf8.count(b"\r\n") or width < 2:
        return None
    names = [str(number) for number in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(utf8),
            read_options=pa_csv.ReadOptions(column_names=names),
            parse_options=pa_csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = {number: _as_objects(table.column(number)) for number in range(width)}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, table.num_rows + 1), dtype=object, copy=False)


def _as_objects(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return the texts as Python objects, an empty one None; equal texts of a column of few are one object."""
    sample = column.slice(0, _SAMPLE)
    if pc.count_distinct(sample).as_py() > _FEW_VALUES * len(sample):
        values = np.asarray(column.to_numpy(), dtype=object)
        if pc.any(pc.equal(column, "")).as_py():
            values[pc.equal(column, "").to_numpy()] = None
        return values
    encoded = column.combine_chunks().dictionary_encode()
    texts = np.array([text or None for text in encoded.dictionary.to_pylist()], dtype=object)
    chosen: npt.NDArray[Any] = texts[encoded.indices.to_numpy()]
    return chosen
