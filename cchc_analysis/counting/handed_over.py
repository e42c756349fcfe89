"""Count what a unit had open when it ended, for the unit that carries its tasks now."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import one_if, with_closing
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.counting.tables import group_counts


def count_handed_over(dossiers: Any, clock: Clock, ends: Mapping[str, date]) -> pd.DataFrame:
    """Count the dossiers received by `as_of` of each unit, and those that it had open at the end of its last day.

    `dossiers`: the canonical table on any engine, under the units as recorded; `ends`: unit → its last day, for the
    units that have one. Result: columns `unit`, `n`, `n_handed_over` (received by the last day, not closed by it),
    `n_open` (those of them still open at `as_of`), `n_after` (received after the last day, though recorded under the
    unit); zeros for a unit without last day.
    """
    frame = with_closing(as_frame(dossiers), clock, "finished")
    before = _on_side(ends, "received_at", before=True)
    open_then = nw.col("closed_at").is_null() | _on_side(ends, "closed_at", before=False)
    handed = before & open_then
    frame = frame.with_columns(
        one_if(handed).alias("handed_over"),
        one_if(handed & nw.col("closed_at").is_null()).alias("open"),
        one_if(_on_side(ends, "received_at", before=False)).alias("after"),
    )
    return group_counts(_known_units(frame), ["unit"], n_handed_over="handed_over", n_open="open", n_after="after")


def _known_units(frame: Frame) -> Frame:
    return frame.filter(~nw.col("unit").is_null())


def _on_side(ends: Mapping[str, date], moment: str, before: bool) -> nw.Expr:
    """Whether a moment lies on one side of the end of the unit's last day; never for a unit without one."""
    units: dict[date, list[str]] = {}
    for unit, end in ends.items():
        units.setdefault(end, []).append(unit)
    holds: nw.Expr = nw.lit(value=False)
    for end, names in sorted(units.items()):
        cut = nw.lit(datetime.combine(end + timedelta(days=1), time()))
        side = nw.col(moment) < cut if before else nw.col(moment) >= cut
        holds = holds | (nw.col("unit").is_in(sorted(names)) & side)
    return holds
