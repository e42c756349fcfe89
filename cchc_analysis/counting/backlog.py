"""Counts for the backlog: what falls due soon, and what the stopped clock does to closed dossiers."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import Frame, check_dimensions, classify, join_days
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.counting.tables import as_frame, group_counts, with_time_used


def count_due_soon(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers that are open, not paused and not yet overdue at `as_of` by the working days they have left.

    Result: columns `by`, `days_left` (working days after the day of `as_of` up to and including the due date; 0 = due
    on that day, or on days off right after it), `n`. Dossiers without due date are left out.
    """
    check_dimensions(by)
    frame = classify(as_frame(dossiers), clock, OFFICIAL_FORM)
    frame = frame.filter(
        nw.col("outcome") == "open", nw.col("due_day") >= clock.as_of_day, ~nw.col("due_working").is_null()
    )
    left = nw.col("due_working") - nw.lit(clock.working_day_number())
    return group_counts(frame.with_columns(left.cast(nw.Int64).alias("days_left")), [*by, "days_left"])


def count_stops(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the closed dossiers whose clock was stopped, with and without the days it stood still.

    Only dossiers with whole paused days above 0 and a term of whole working days (committed, else statutory) that were
    not withdrawn. Result: columns `by`, `closed_month`, `n`, `n_by_due` (closed by the due date in the data, compared
    by date), `n_by_term` (days net of the pauses within the term), `sum_gross_days`, `sum_net_days` (working days), and
    of those whose supplement has a date between receipt and closing: `n_dated`, `n_dated_by_term` (as `n_by_term`),
    `n_by_restart` (days from the supplement to the closing within the term), `sum_dated_net_days`, `sum_restart_days`.
    """
    check_dimensions(by)
    frame = with_time_used(classify(as_frame(dossiers), clock, OFFICIAL_FORM), clock)
    term = nw.coalesce(nw.col("committed_days"), nw.col("statutory_days"))
    frame = frame.filter(~nw.col("closed_at").is_null(), nw.col("outcome") != "withdrawn", nw.col("paused") > 0)
    frame = frame.filter(~term.is_null(), term % 1 == 0, nw.col("day_kind") == "working")
    frame = frame.with_columns(
        (nw.col("closed_working") - nw.col("received_working")).cast(nw.Int64).alias("gross_days"),
        nw.col("outcome").is_in(["early", "on_time"]).cast(nw.Int64).alias("by_due"),
        (nw.col("working_days") <= term).cast(nw.Int64).alias("by_term"),
    )
    sums = {
        "n_by_due": "by_due",
        "n_by_term": "by_term",
        "sum_gross_days": "gross_days",
        "sum_net_days": "working_days",
    }
    dated = {"n_dated": "dated", "n_dated_by_term": "dated_by_term", "n_by_restart": "by_restart"}
    days = {"sum_dated_net_days": "dated_net_days", "sum_restart_days": "restart_days"}
    return group_counts(_with_restart(frame, clock, term), [*by, "closed_month"], **sums, **dated, **days)


def _with_restart(frame: Frame, clock: Clock, term: nw.Expr) -> Frame:
    """Add the reading in which the term starts again when the supplement arrives, 0 where its date cannot be used."""
    frame = join_days(frame, clock, "supplemented_at", "supplemented")
    inside = (nw.col("supplemented_at") >= nw.col("received_at")) & (nw.col("supplemented_at") <= nw.col("closed_at"))
    usable = inside & ~nw.col("supplemented_working").is_null()
    zero, since = nw.lit(0), nw.col("closed_working") - nw.col("supplemented_working")
    frame = frame.with_columns(
        nw.when(usable).then(nw.lit(1)).otherwise(zero).cast(nw.Int64).alias("dated"),
        nw.when(usable).then(since).otherwise(zero).cast(nw.Int64).alias("restart_days"),
    )
    return frame.with_columns(
        (nw.col("dated") * nw.col("by_term")).alias("dated_by_term"),
        (nw.col("dated") * nw.col("working_days")).alias("dated_net_days"),
        (nw.col("dated") * (nw.col("restart_days") <= term).cast(nw.Int64)).alias("by_restart"),
    )
