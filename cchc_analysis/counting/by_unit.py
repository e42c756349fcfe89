"""Counts of all units at once of what is otherwise counted for one unit, which has no dimension of units."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import received_by
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.counting.tables import group_counts


def count_procedures_by_unit(dossiers: Any, clock: Clock) -> pd.DataFrame:
    """Count the dossiers of each unit as count_procedures does: columns `unit` and those of count_procedures.

    Dossiers of no unit are in a row of their own, whose unit is null.
    """
    frame = received_by(as_frame(dossiers), clock)
    frame = frame.with_columns(nw.coalesce(nw.col("procedure_name"), nw.lit("")).alias("procedure_name"))
    return group_counts(frame, ["unit", "procedure", "procedure_name", "field"])


def count_filled_by_unit(dossiers: Any, columns: tuple[str, ...]) -> pd.DataFrame:
    """Count how many dossiers of each unit have a value in each column: columns `unit`, `column`, `n_filled`, `n`.

    All dossiers are looked at, as count_filled does, in the order of `columns`; those of no unit are left out.
    """
    unit = nw.coalesce(nw.col("resolving_unit"), nw.col("receiving_unit")).alias("unit")
    filled = {name: f"filled_{name}" for name in columns}
    flags = [(~nw.col(name).is_null()).cast(nw.Int64).alias(flag) for name, flag in filled.items()]
    counted = group_counts(
        as_frame(dossiers).select(unit, *flags), ["unit"], **{flag: flag for flag in filled.values()}
    )
    counted = counted[counted["unit"].notna()]
    tables = [
        pd.DataFrame({"unit": counted["unit"], "column": name, "n_filled": counted[flag], "n": counted["n"]})
        for name, flag in filled.items()
    ]
    # A stable sort keeps the columns of each unit in their order.
    return pd.concat(tables).sort_values("unit", kind="stable", ignore_index=True)
