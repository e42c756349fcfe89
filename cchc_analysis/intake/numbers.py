"""The running numbers of dossiers: which were seen of each office and day, and which is the highest.

Kept apart from the rows and sorted, so that a number can be counted across files and yet stands beside no row.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.instants import IntArray
from cchc_analysis.intake.dossier_numbers import NO_RUNNING, numbers_in, running_numbers
from cchc_analysis.intake.rows import Rows
from cchc_analysis.warehouse import numbers_schema, to_pandas

_RUNS: Final = 1_000_000_000
"""More than any running number."""

SEEN_SCHEMA: Final = pa.schema(
    [("number_unit", pa.string()), ("number_on", pa.timestamp("us")), ("running", pa.int64())]
)


def numbers_seen(rows: Rows) -> pa.Table:
    """Return the different running numbers in the rows of a file, rejected ones included, sorted.

    Columns of `SEEN_SCHEMA`; a code that is no number of this form has none.
    """
    keys = pa.array(rows.columns["dossier_id_key"], type=pa.string())
    found, running = numbers_in(keys), running_numbers(keys)
    said = np.array([unit is not None for unit in found.units], dtype=bool)
    wanted = said[found.places] & (running != NO_RUNNING)
    units = pa.array(found.units, type=pa.string())
    return _distinct(units, found.dates, found.places[wanted], running[wanted])


def _distinct(units: pa.Array, days: npt.NDArray[Any], places: IntArray, running: IntArray) -> pa.Table:
    """Return the different rows (office, day, running number), sorted; `places` says where office and day stand."""
    ranks, offices = _ranked(units, days)
    found = np.sort(ranks[places] * _RUNS + running)
    found = found[np.concatenate([np.ones(min(len(found), 1), dtype=bool), found[1:] != found[:-1]])]
    at = pa.array(found // _RUNS)
    columns = [offices.column("number_unit").take(at), offices.column("number_on").take(at), pa.array(found % _RUNS)]
    return pa.table(columns, schema=SEEN_SCHEMA).combine_chunks()


def _ranked(units: pa.Array, days: npt.NDArray[Any]) -> tuple[IntArray, pa.Table]:
    """Return for every pair of office and day its rank among the different ones, and these in their order."""
    pairs = pa.table([units, pa.array(days, type=pa.timestamp("us"))], schema=pa.schema(list(SEEN_SCHEMA)[:2]))
    order = [("number_unit", "ascending"), ("number_on", "ascending")]
    distinct = pairs.group_by(pairs.column_names).aggregate([]).select(pairs.column_names).sort_by(order)
    ranked = distinct.append_column("rank", pa.array(np.arange(distinct.num_rows)))
    # A join would not keep the order of the rows, and leaves out those without an office.
    rank_of = {(row["number_unit"], row["number_on"]): row["rank"] for row in ranked.to_pylist()}
    ranks = [rank_of[row["number_unit"], row["number_on"]] for row in pairs.to_pylist()]
    return np.array(ranks, dtype=np.int64), distinct


def highest_numbers(seen: Iterable[pa.Table]) -> pd.DataFrame:
    """Return the highest running number of each office and day and how many were seen, over several files.

    A number seen twice counts once. Columns of `warehouse.numbers_schema`, sorted by office and day.

    >>> day = np.array(["2025-03-11"] * 2, dtype="datetime64[us]")
    >>> files = [pa.table([["H26"] * 2, day, runs], schema=SEEN_SCHEMA) for runs in ([1, 2], [2, 5])]
    >>> highest_numbers(files)[["highest", "n_seen"]].to_numpy().tolist()
    [[5, 3]]
    """
    every = pa.concat_tables([SEEN_SCHEMA.empty_table(), *seen]).combine_chunks()
    offices, at = _offices(every)
    whole = _distinct(offices.column(0), offices.column(1).to_numpy(), at, every.column("running").to_numpy())
    offices, at = _offices(whole)
    counts = np.bincount(at, minlength=offices.num_rows)
    # Sorted: the last running number of an office and day is its highest.
    highest = whole.column("running").to_numpy()[np.cumsum(counts) - 1] if len(counts) else np.empty(0, dtype=np.int64)
    named = pa.table([*offices.columns, pa.array(highest), pa.array(counts)], schema=numbers_schema())
    return to_pandas(named)


def _offices(seen: pa.Table) -> tuple[pa.Table, IntArray]:
    """Return the rows where office or day begin to be others than in the row before, and to which each row belongs."""
    units = seen.column("number_unit").combine_chunks()
    days = seen.column("number_on").to_numpy()
    same_unit = pc.equal(units.slice(1), units.slice(0, max(len(units) - 1, 0))).to_numpy(zero_copy_only=False)
    starts = np.concatenate([np.ones(min(len(days), 1), dtype=bool), ~(same_unit & (days[1:] == days[:-1]))])
    return seen.select(["number_unit", "number_on"]).take(pa.array(np.flatnonzero(starts))), np.cumsum(starts) - 1
