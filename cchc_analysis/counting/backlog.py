"""Counts for the backlog: what falls due soon, and what the stopped clock does to closed dossiers."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import check_dimensions, join_calendar, looked_at, one_if
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame
from cchc_analysis.counting.looks import Days, counted, is_word, summed, told
from cchc_analysis.counting.rule import OFFICIAL_FORM
from cchc_analysis.counting.tables import DUE_AHEAD, with_due_state, with_time_used


def count_due_soon(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers that are open, not paused and not yet overdue at `as_of` by the working days they have left.

    Result: columns `by`, `days_left` (working days after the day of `as_of` up to and including the due date; 0 = due
    on that day, or on days off right after it), `n`. Dossiers without due date are left out.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_due_state)
    seen = seen.filtered(is_word("outcome", "open"), nw.col("due_state") == DUE_AHEAD, ~nw.col("due_working").is_null())
    left = nw.col("due_working") - nw.lit(clock.working_day_number())
    seen = seen.of(seen.frame.with_columns(left.cast(nw.Int64).alias("days_left")))
    return told(seen, counted(seen, [*by, "days_left"]))


BY_DUE, BY_TERM, DATED, BY_RESTART = 1, 2, 4, 8
"""What the number in `stopped` is the sum of, after 1 for a clock that was stopped at all; 0 = never stopped."""


def with_stops(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add `stopped` (see BY_DUE) and `restart_days`, 0 where the date of the supplement cannot be used."""
    frame = join_calendar(frame, "supplemented_at", "supplemented", days("supplemented"))
    term = nw.coalesce(nw.col("committed_days"), nw.col("statutory_days"))
    known = ~term.is_null() & (term % 1 == 0) & (nw.col("day_kind") == "working")
    wanted = ~is_word("outcome", "open", "paused", "withdrawn") & (nw.col("paused") > 0) & known
    inside = (nw.col("supplemented_at") >= nw.col("received_at")) & (nw.col("supplemented_at") <= nw.col("closed_at"))
    usable = inside & ~nw.col("supplemented_working").is_null()
    since = nw.col("closed_working") - nw.col("supplemented_working")
    mark = (
        1
        + BY_DUE * one_if(is_word("outcome", "early", "on_time"))
        + BY_TERM * one_if(nw.col("working_days") <= term)
        + DATED * one_if(usable)
        + BY_RESTART * one_if(usable & (since <= term))
    )
    stopped = nw.when(wanted).then(mark).otherwise(nw.lit(0))
    restart = nw.when(wanted & usable).then(since).otherwise(nw.lit(0))
    return frame.with_columns(
        stopped.cast(nw.Int64).alias("stopped"), nw.coalesce(restart, nw.lit(0)).cast(nw.Int64).alias("restart_days")
    )


def count_stops(dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the closed dossiers whose clock was stopped, with and without the days it stood still.

    Only dossiers with whole paused days above 0 and a term of whole working days (committed, else statutory) that were
    not withdrawn. Result: columns `by`, `closed_month`, `n`, `n_by_due` (closed by the due date in the data, compared
    by date), `n_by_term` (days net of the pauses within the term), `sum_gross_days`, `sum_net_days` (working days), and
    of those whose supplement has a date between receipt and closing: `n_dated`, `n_dated_by_term` (as `n_by_term`),
    `n_by_restart` (days from the supplement to the closing within the term), `sum_dated_net_days`, `sum_restart_days`.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, OFFICIAL_FORM.basis, with_time_used, with_stops)
    sums = {"sum_gross_days": "gross_days", "sum_net_days": "working_days", "sum_restart_days": "restart_days"}
    counts = counted(seen.filtered(nw.col("stopped") > 0), [*by, "closed_month", "stopped"], **sums)
    marks, n, net = counts["stopped"] - 1, counts["n"], counts["sum_net_days"]
    by_due, by_term, dated, by_restart = (
        (marks & bit > 0).astype("int64") for bit in (BY_DUE, BY_TERM, DATED, BY_RESTART)
    )
    table = counts[[*by, "closed_month", "n"]].assign(
        n_by_due=n * by_due,
        n_by_term=n * by_term,
        sum_gross_days=counts["sum_gross_days"],
        sum_net_days=net,
        n_dated=n * dated,
        n_dated_by_term=n * dated * by_term,
        n_by_restart=n * by_restart,
        sum_dated_net_days=net * dated,
        sum_restart_days=counts["sum_restart_days"],
    )
    return told(seen, summed(table, [*by, "closed_month"]))
