"""The rows of all checked files of a kind together, held so that many of them fit: each text stands once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cchc_analysis.instants import InstantArray
from cchc_analysis.intake.as_of import newest_event
from cchc_analysis.intake.kinds import IntakeKind
from cchc_analysis.intake.parts import PartFacts, part_file
from cchc_analysis.warehouse import table_schema, to_pandas

Positions = npt.NDArray[np.intp]

_NEVER: Final = np.datetime64("1970-01-01", "us")
_HASH_DIGITS: Final = 32
_PLACE: Final = ("part", "source_sheet", "source_row")


@dataclass(frozen=True)
class AllRows:
    """The rows of several parts, one part after the other; `table` holds texts as distinct ones and their places.

    `part` is the number of the part of each row, `ages` the moment by which a row, or its whole file, is newer than
    another, `events` the columns of moments that tell how far the data go.
    """

    table: pa.Table
    part: npt.NDArray[np.int64]
    ages: InstantArray
    events: Mapping[str, InstantArray]
    n_parts: int

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def slices(self) -> list[slice]:
        """Return where the rows of each part stand."""
        ends = np.cumsum(np.bincount(self.part, minlength=self.n_parts)).tolist()
        return [slice(first, last) for first, last in zip([0, *ends[:-1]], ends, strict=True)]

    def frame(self, positions: Positions | None = None) -> pd.DataFrame:
        """Return the rows at the positions (all without them) as pandas, with `part` and `file_as_of`."""
        chosen = np.arange(len(self)) if positions is None else positions
        rows = to_pandas(plain(self.table.take(pa.array(chosen))))
        rows["part"], rows["file_as_of"] = self.part[chosen], self.ages[chosen]
        return rows.set_index(pd.Index(chosen))

    def places(self, positions: Positions) -> pd.DataFrame:
        """Return part, sheet and row number of the rows at the positions."""
        chosen = to_pandas(plain(self.table.select(list(_PLACE[1:])).take(pa.array(positions))))
        return chosen.assign(part=self.part[positions])[list(_PLACE)]

    def shared(self, kind: IntakeKind) -> Positions:
        """Return the rows that may have the key of another one: all of them, but of dossiers those that do."""
        if len(kind.key) > 1 or kind.questionnaire is not None:
            return np.arange(len(self))
        keys = self.table.column(kind.key[0])
        hashes = [_first_half(chunk) for chunk in keys.chunks]
        if any(found is None for found in hashes):
            return np.arange(len(self))
        numbers = np.concatenate([np.empty(0, dtype=np.uint64), *(found for found in hashes if found is not None)])
        in_order = np.sort(numbers)
        twice = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
        return np.flatnonzero(np.isin(numbers, twice)) if len(twice) else np.empty(0, dtype=np.intp)

    def sorted(self, positions: Positions, names: Sequence[str]) -> pa.Table:
        """Return the rows at the positions in the order of the columns, rows without a value last."""
        keys = plain(self.table.select(list(names)).take(pa.array(positions)))
        order = pa.array(positions).take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in names]))
        # Of an export half of the columns or more are empty, or the same in every row.
        columns = [
            column.slice(0, len(order)) if _is_constant(column) else column.take(order) for column in self.table.columns
        ]
        return pa.table(columns, schema=self.table.schema)


def _is_constant(column: pa.ChunkedArray) -> bool:
    """Return whether no row of the column holds anything, or every row the only text that there is."""
    if not column.null_count:
        return pa.types.is_dictionary(column.type) and all(len(chunk.dictionary) == 1 for chunk in column.chunks)
    return bool(column.null_count == len(column))


def _first_half(hashes: pa.Array) -> "npt.NDArray[np.uint64] | None":
    """Return the first 16 digits of hashes as one number each; None for codes that are no hashes."""
    ends = np.frombuffer(hashes.buffers()[1], dtype=np.int32)[hashes.offset : hashes.offset + len(hashes) + 1]
    if hashes.null_count or not len(hashes) or (np.diff(ends) != _HASH_DIGITS).any():
        return None if len(hashes) else np.empty(0, dtype=np.uint64)
    letters = np.frombuffer(hashes.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
    halves = letters.reshape(-1, 4, 8).copy().view(np.uint64)[:, :2, 0]
    # Eight digits fill a word with four bits a letter to spare: both words are mixed into one.
    mixed: npt.NDArray[np.uint64] = halves[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ halves[:, 1]
    return mixed


def plain(table: pa.Table) -> pa.Table:
    """Return the table with every text spelt out, in one piece.

    >>> plain(pa.table({"a": pa.array(["x", "x"]).dictionary_encode()})).column("a").type
    DataType(string)
    """
    columns = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names).combine_chunks()


def read_rows(folder: Path, facts: Sequence[PartFacts], kind: IntakeKind) -> AllRows:
    """Return the rows of the parts below `folder`."""
    schema = table_schema(kind.kind)
    hashed = {column.name for column in kind.kind.columns if column.hashed}
    few = [field.name for field in schema if pa.types.is_string(field.type) and field.name not in hashed]
    tables = [_read_part(part_file(folder, part.key, "rows"), few) for part in facts]
    types = {name: pa.dictionary(pa.int32(), pa.string()) for name in few}
    empty = pa.schema([(field.name, types.get(field.name, field.type)) for field in schema]).empty_table()
    # In one piece: rows are taken out of many pieces one by one.
    table = pa.concat_tables([empty, *tables]).unify_dictionaries().combine_chunks()
    part = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    moments = {name: _moments(table, name) for name in dict.fromkeys((*kind.kind.events, *kind.ages))}
    ends = np.cumsum([0, *(table.num_rows for table in tables)])
    newest = [
        newest_event({name: moments[name][first:last] for name in kind.ages}) for first, last in pairwise(ends.tolist())
    ]
    known = [_NEVER if age is None else age.to_datetime64() for age in newest]
    ages: Any = np.array(known, dtype="datetime64[us]")[part]
    if kind.row_age is not None:
        ages = _moments(table, kind.row_age)
        ages = np.where(np.isnat(ages), _NEVER, ages)
    return AllRows(table, part, ages, {name: moments[name] for name in kind.kind.events}, len(tables))


def _read_part(path: Path, few: Sequence[str]) -> pa.Table:
    # Not `read_table`, which cuts into small pieces, as a data set of many files, what is put together right after.
    with pq.ParquetFile(path, read_dictionary=list(few)) as file:
        return file.read()


def _moments(table: pa.Table, name: str) -> InstantArray:
    return np.asarray(table.column(name).to_numpy(), dtype="datetime64[us]")
