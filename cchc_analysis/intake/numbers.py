"""The running numbers of dossiers: which were seen of each office and day, and which is the highest.

Kept apart from the rows and sorted, so that a number can be counted across files and yet stands beside no row.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cchc_analysis.intake.rows import Rows
from cchc_analysis.warehouse import numbers_schema, to_pandas

_RUNNING: Final = r"-\d{6}-(?P<running>\d{1,9})$"
"""The last part of a number such as H26-250311-0001; more than nine digits count nothing."""
_ORDER: Final = [("number_unit", "ascending"), ("number_on", "ascending"), ("running", "ascending")]

SEEN_SCHEMA: Final = pa.schema(
    [("number_unit", pa.string()), ("number_on", pa.timestamp("us")), ("running", pa.int64())]
)


def numbers_seen(rows: Rows) -> pa.Table:
    """Return the different running numbers in the rows of a file, rejected ones included, sorted.

    Columns of `SEEN_SCHEMA`; a code that is no number of this form has none.
    """
    keys = pa.array(rows.columns["dossier_id_key"], type=pa.string())
    digits = pc.extract_regex(keys, _RUNNING).field("running")
    table = pa.table(
        [
            pa.array(rows.columns["number_unit"], type=pa.string(), from_pandas=True),
            pa.array(rows.columns["number_on"], type=pa.timestamp("us"), from_pandas=True),
            pc.cast(pc.if_else(pc.equal(digits, ""), None, digits), pa.int64()),
        ],
        schema=SEEN_SCHEMA,
    )
    return _distinct(table.filter(pa.array(np.logical_and.reduce([column.is_valid() for column in table.columns]))))


def _distinct(table: pa.Table) -> pa.Table:
    return table.group_by(SEEN_SCHEMA.names).aggregate([]).select(SEEN_SCHEMA.names).sort_by(_ORDER)


def highest_numbers(seen: Iterable[pa.Table]) -> pd.DataFrame:
    """Return the highest running number of each office and day and how many were seen, over several files.

    A number seen twice counts once. Columns of `warehouse.numbers_schema`, sorted by office and day.

    >>> day = np.array(["2025-03-11"] * 2, dtype="datetime64[us]")
    >>> files = [pa.table([["H26"] * 2, day, runs], schema=SEEN_SCHEMA) for runs in ([1, 2], [2, 5])]
    >>> highest_numbers(files)[["highest", "n_seen"]].to_numpy().tolist()
    [[5, 3]]
    """
    every = _distinct(pa.concat_tables([SEEN_SCHEMA.empty_table(), *seen]))
    counted = every.group_by(["number_unit", "number_on"]).aggregate([("running", "max"), ("running", "count")])
    named = counted.rename_columns({"running_max": "highest", "running_count": "n_seen"})
    return to_pandas(named.select(numbers_schema().names).sort_by(_ORDER[:2]))
