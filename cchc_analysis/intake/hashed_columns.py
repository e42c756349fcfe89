"""Keyed hashes of whole columns of codes, worked out by other threads while the rows are looked at."""

from concurrent.futures import Executor, Future
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cchc_analysis.intake.privacy import HashKey, hash_codes, inner_and_outer

_MANY: Final = 20_000
"""Fewer codes are hashed before a database has begun."""
_HASHES: Final = """
    SELECT left(sha256($outer::BLOB || unhex(sha256($inner::BLOB || encode(code)))), 32) AS hash FROM codes
"""
"""RFC 2104 in the words of DuckDB, which lets other threads go on, as `hashlib` does not for texts this short."""


HashesToCome = list["Future[pa.Array]"]
"""The hashes of a column, piece by piece in the order of its rows."""


def begin_hashes(codes: npt.NDArray[Any], key: HashKey, threads: Executor, n_piece: int) -> HashesToCome:
    """Begin to hash the codes (text, None where there is none), `n_piece` rows at a time.

    The hashes are those of `privacy.hash_codes`.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as threads:
    ...     codes = np.array(["h26-250311-0001", None, "h26-250311-0001"], dtype=object)
    ...     begun = begin_hashes(codes, HashKey(b"0123456789abcdef"), threads, 2)
    >>> pieces = [piece.result() for piece in begun]
    >>> [len(piece) for piece in pieces], pieces[0][0].as_py()[:8], pieces[0][1].as_py(), pieces[0][0] == pieces[1][0]
    ([2, 1], '72504c4c', None, True)
    """
    texts = pa.array(codes, type=pa.string())
    pieces = (texts.slice(first, n_piece) for first in range(0, len(texts), n_piece))
    return [threads.submit(hash_column, piece, key) for piece in pieces]


def hash_column(codes: pa.Array, key: HashKey) -> pa.Array:
    """Return `privacy.hash_codes` of a column of texts.

    >>> hash_column(pa.array([None, "a"]), HashKey(b"0123456789abcdef")).null_count
    1
    """
    if codes.null_count == len(codes):
        return pa.nulls(len(codes), pa.string())
    if len(codes) < _MANY:
        return pa.array(hash_codes(codes.to_pylist(), key), type=pa.string())
    inner, outer = inner_and_outer(key)
    # A database of its own, with the thread that asks and no other: several columns are hashed at the same time.
    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        database.execute("SET enable_progress_bar = false")
        database.register("codes", pa.table({"code": codes}))
        hashes = database.sql(_HASHES, params={"inner": inner, "outer": outer}).to_arrow_table()
    return hashes.column(0).cast(pa.string()).combine_chunks()


def joined(hashes: "list[pa.Array]", positions: npt.NDArray[np.intp], n_rows: int) -> pa.Array:
    """Return the pieces as one column, the rows at `positions` of its `n_rows`.

    >>> joined([pa.array(["a", "b"]), pa.array(["c"])], np.array([0, 2]), 3).to_pylist()
    ['a', 'c']
    """
    whole = pa.concat_arrays([pa.array([], type=pa.string()), *hashes])
    return whole if len(positions) == n_rows else whole.take(pa.array(positions))
