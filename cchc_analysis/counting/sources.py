"""Count which files the dossiers of a month stand in."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import join_days, month_number, received_by
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.counting.tables import group_counts


def count_sources(dossiers: Any, clock: Clock) -> pd.DataFrame:
    """Count the dossiers received by `as_of` by unit, file and month of receipt.

    `dossiers`: the canonical table on any engine. Result: columns `unit` ("" = not stated), `source_file`,
    `received_month`, `n`.
    """
    source = as_frame(dossiers)
    frame = join_days(received_by(source, clock), clock, "received_at", "received", source)
    frame = frame.with_columns(
        nw.coalesce(nw.col("unit"), nw.lit("")).alias("unit"),
        month_number(nw.col("received_month"), "received_month"),
    )
    return group_counts(frame, ["unit", "source_file", "received_month"])
