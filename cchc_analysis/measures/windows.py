"""Which cells of the flow table belong to a window."""

from dataclasses import dataclass

import pandas as pd

from cchc_analysis.counting import NEVER
from cchc_analysis.periods import ReportPeriod

Mask = "pd.Series[bool]"


@dataclass(frozen=True)
class FlowWindow:
    """The cells of a flow table seen from one window: boolean Series aligned with the table.

    `new` received in the window; `carried_over` received before and open at its start; `resolved` closed in it;
    `pending`
    open at its end; `overdue` those of them past due and not paused; `paused` those with the clock stopped.
    """

    new: "pd.Series[bool]"
    carried_over: "pd.Series[bool]"
    resolved: "pd.Series[bool]"
    pending: "pd.Series[bool]"
    overdue: "pd.Series[bool]"
    paused: "pd.Series[bool]"
    due: "pd.Series[bool]"


def flow_window(flow: pd.DataFrame, period: ReportPeriod) -> FlowWindow:
    """Look at a flow table through the window of a period."""
    first, last = period.months[0], period.months[-1]
    received, closed = flow["received_month"], flow["closed_month"]
    due, overdue = flow["due_month"], flow["overdue_month"]
    never_closed = closed == NEVER
    pending = (received <= last) & (never_closed | (closed > last))
    paused = pending & (flow["outcome"] == "paused")
    return FlowWindow(
        new=(received >= first) & (received <= last),
        carried_over=(received < first) & (never_closed | (closed >= first)),
        resolved=(closed >= first) & (closed <= last),
        pending=pending,
        overdue=pending & ~paused & (overdue != NEVER) & (overdue <= last),
        paused=paused,
        due=(due >= first) & (due <= last),
    )


def months_of(period: ReportPeriod, table: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Mark the rows of a count table whose month lies in the period."""
    return table[column].between(period.months[0], period.months[-1])
