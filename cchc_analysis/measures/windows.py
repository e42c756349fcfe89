"""Which cells of the flow table belong to a window."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cchc_analysis.counting import NEVER
from cchc_analysis.periods import ReportPeriod

Cells = NDArray[np.bool_]
"""True for the rows of a count table that are meant, in their order."""


@dataclass(frozen=True)
class FlowWindow:
    """The cells of a flow table seen from one window: one truth value per row of the table.

    `new` received in the window; `carried_over` received before and open at its start; `resolved` closed in it;
    `pending`
    open at its end; `overdue` those of them past due and not paused; `paused` those with the clock stopped.
    """

    new: Cells
    carried_over: Cells
    resolved: Cells
    pending: Cells
    overdue: Cells
    paused: Cells
    due: Cells


def flow_window(flow: pd.DataFrame, period: ReportPeriod) -> FlowWindow:
    """Look at a flow table through the window of a period."""
    first, last = period.months[0], period.months[-1]
    # Arrays, not Series: a page looks through dozens of windows at tables of some hundred rows.
    received, closed = flow["received_month"].to_numpy(), flow["closed_month"].to_numpy()
    due, overdue = flow["due_month"].to_numpy(), flow["overdue_month"].to_numpy()
    never_closed = closed == NEVER
    pending = (received <= last) & (never_closed | (closed > last))
    paused = pending & has(flow, "outcome", "paused")
    return FlowWindow(
        new=(received >= first) & (received <= last),
        carried_over=(received < first) & (never_closed | (closed >= first)),
        resolved=(closed >= first) & (closed <= last),
        pending=pending,
        overdue=pending & ~paused & (overdue != NEVER) & (overdue <= last),
        paused=paused,
        due=(due >= first) & (due <= last),
    )


def has(table: pd.DataFrame, column: str, *words: str) -> Cells:
    """Mark the rows whose column holds one of the words, "" = not stated."""
    values = table[column]
    if len(words) == 1:
        return (values == words[0]).to_numpy(dtype=bool)
    return values.isin(words).to_numpy(dtype=bool)


def months_of(period: ReportPeriod, table: pd.DataFrame, column: str) -> Cells:
    """Mark the rows of a count table whose month lies in the period."""
    month = table[column].to_numpy()
    return np.asarray((month >= period.months[0]) & (month <= period.months[-1]))
