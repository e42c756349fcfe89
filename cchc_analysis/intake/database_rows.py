"""Rows of a query on their way to the checks: set down on disk as they come, sorted, and cut into pieces.

A server may send the same rows in another order each time. Sorted, they are the same content with the same numbers.
At no time do more than `BATCH` rows stand in memory; two rows of one key always stand in one piece.
"""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from cchc_analysis.intake.parquet import ROW_NUMBERS
from cchc_analysis.intake.values import code_keys, parse_codes

BATCH: Final = 65_536
"""Rows that are in memory at a time."""

ROWS_PER_PIECE: Final = 250_000
"""About how many rows are checked at a time."""

_SORT_MEMORY: Final = "256MB"
_LONGEST_BLOCK: Final = 2**31 - 1
_SPOOLED: Final = pa.schema([("row", pa.binary())])


@dataclass(frozen=True)
class SortedRows:
    """The sorted rows of a result: how many, the SHA-256 of columns and rows, and the Parquet files of the pieces."""

    n_rows: int
    sha256: str
    pieces: tuple[Path, ...]


def set_down(batches: Iterable[list[bytes]], folder: Path, told: Callable[[int], None]) -> int:
    """Write the rows to a file of `folder` as they come; `told` hears how many there are so far; return how many."""
    n_rows = 0
    with pq.ParquetWriter(_spool(folder), _SPOOLED, compression="zstd") as writer:
        for rows in batches:
            writer.write_batch(pa.record_batch([pa.array(rows, type=pa.binary())], schema=_SPOOLED))
            n_rows += len(rows)
            told(n_rows)
    return n_rows


def sort_rows(folder: Path, names: Sequence[str], key: str | None, n_rows: int, salt: str = "") -> SortedRows:
    """Sort the rows that were set down in `folder` and write them, cell by cell, into pieces.

    `names` are the columns of the rows. The pieces are numbered files; each has the number of a row in the whole
    result (from 1) beside it. Without a `key` column there is one piece. The hash is that of `salt`, names and rows.
    """
    digest = hashlib.sha256("\n".join((salt, *names, "")).encode("utf-8"))
    n_pieces = 1 if key is None else max(1, -(-n_rows // ROWS_PER_PIECE))
    paths = tuple(folder / f"piece-{number}.parquet" for number in range(n_pieces))
    schema = pa.schema([(ROW_NUMBERS, pa.int64()), *((name, pa.string()) for name in names)])
    n_before = 0
    with ExitStack() as stack:
        writers = [stack.enter_context(pq.ParquetWriter(path, schema, compression="zstd")) for path in paths]
        for rows in _sorted(folder):
            text = b"".join(rows)
            digest.update(text)
            numbers = pa.array(np.arange(n_before + 1, n_before + len(rows) + 1))
            table = pa.table([numbers, *_cells(text, names).columns], schema=schema)
            n_before += len(rows)
            for writer, piece in zip(writers, _by_key(table, key, n_pieces), strict=True):
                writer.write_table(piece)
    return SortedRows(n_before, digest.hexdigest(), paths)


def _spool(folder: Path) -> Path:
    return folder / "rows.parquet"


def _sorted(folder: Path) -> Iterator[list[bytes]]:
    """Yield the rows in the order of their bytes; what does not fit into memory is sorted on disk."""
    target = folder / "sorted.parquet"
    settings: dict[str, Any] = {"memory_limit": _SORT_MEMORY, "temp_directory": str(folder / "sorting"), "threads": 2}
    with duckdb.connect(config=settings) as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.read_parquet(str(_spool(folder))).order("row").write_parquet(str(target), compression="zstd")
    _spool(folder).unlink()
    with pq.ParquetFile(target) as file:
        for batch in file.iter_batches(BATCH):
            yield batch.column(0).to_pylist()
    target.unlink()


def _cells(text: bytes, names: Sequence[str]) -> pa.Table:
    """Return lines of CSV as columns of text; an empty cell is null."""
    return pa_csv.read_csv(
        io.BytesIO(text),
        read_options=pa_csv.ReadOptions(
            column_names=list(names), block_size=min(len(text) + 1, _LONGEST_BLOCK), use_threads=False
        ),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _by_key(table: pa.Table, key: str | None, n_pieces: int) -> Iterator[pa.Table]:
    """Yield the rows of each piece; a piece is a sample of all rows, whichever office or month they are of."""
    if n_pieces == 1 or key is None:
        yield table
        return
    codes = table.column(key).to_numpy(zero_copy_only=False)
    keys = code_keys(parse_codes(codes.astype(object)).values).to_pylist()
    which: np.ndarray[Any, Any] = np.array([zlib.crc32((code or "").encode()) % n_pieces for code in keys])
    for number in range(n_pieces):
        yield table.filter(pa.array(which == number))
