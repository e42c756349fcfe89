"""Backlog: does the unit keep up, how long would the open dossiers take, where is what is overdue, what comes next."""

import pandas as pd

from cchc_analysis.measures.indicator import column_total, indicator_table
from cchc_analysis.measures.windows import flow_window, months_of
from cchc_analysis.periods import ReportPeriod

BACKLOG_MEASURES = ("clearance_rate", "disposition_time", "disposition_time_cepej", "time_to_clear")
SOON_DAYS = 5
"""How many working days ahead `due_soon` looks."""


def backlog(
    flow: pd.DataFrame,
    period: ReportPeriod,
    working_days: int,
    calendar_days: int,
    by: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Measure whether a window keeps up with what comes in, and how long its open dossiers would take at its pace.

    `flow`: a flow count; `working_days`, `calendar_days`: length of the window up to `as_of`. With R received in the
    window, D resolved in it (withdrawn ones included, as in form II.06a) and P pending at its end:
    clearance_rate = D / R (above 1 the backlog shrinks); disposition_time = working_days · P / D;
    disposition_time_cepej = calendar_days · P / D (365 · P / D for a year); time_to_clear =
    working_days · P / (D − R), which exists only where D > R, or is 0 where nothing is pending.
    Result: indicator table; numerator and denominator are the counts above, undefined values null.
    Source: CEPEJ(2008)11, indicators of clearance rate and disposition time; docs/methods/backlog.md.
    """
    window = flow_window(flow, period)
    n = column_total(flow, by, received=window.new, resolved=window.resolved, pending=window.pending)
    shrunk = n["resolved"] - n["received"]
    quotients = {
        "clearance_rate": (n["resolved"], n["received"], 1),
        "disposition_time": (n["pending"], n["resolved"], working_days),
        "disposition_time_cepej": (n["pending"], n["resolved"], calendar_days),
        "time_to_clear": (n["pending"], shrunk, working_days),
    }
    tables = []
    for measure, (over, under, scale) in quotients.items():
        value = scale * over / under.where(under > 0)
        if measure != "clearance_rate":
            value = value.where(over > 0, 0.0)
        rows = n[list(by)].assign(numerator=over, denominator=under, value=value)
        rows = rows.assign(lower=float("nan"), upper=float("nan"))
        tables.append(indicator_table(rows, by, measure, period))
    return pd.concat(tables, ignore_index=True)


def due_soon(upcoming: pd.DataFrame, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count what becomes overdue within SOON_DAYS working days after `as_of` if it is not finished before.

    `upcoming`: result of count_due_soon. Result: one row per group with such a dossier (one row in all without `by`),
    columns `by`, `left_0` … `left_5` (working days left, 0 = due by the day of `as_of`), `n`.
    """
    days = {f"left_{left}": upcoming["days_left"] == left for left in range(SOON_DAYS + 1)}
    rows = column_total(upcoming, by, **days, n=upcoming["days_left"] <= SOON_DAYS)
    kept = rows[rows["n"] > 0] if by else rows
    return kept.reset_index(drop=True)


def overdue_pareto(pending: pd.DataFrame, by: tuple[str, ...] = ("procedure", "unit")) -> pd.DataFrame:
    """Order the groups by the overdue dossiers they hold, with the share of all overdue and the share so far.

    `pending`: result of count_pending with at least these dimensions. Result: columns `by`, `n` (overdue and not
    paused at `as_of`), `n_pending` (all open ones of the group), `share`, `cumulative`; groups without any are left
    out, equal numbers stand in the order of their names.
    """
    rows = column_total(pending, by, n=pending["state"] == "overdue", n_pending=pending["n"] > 0)
    rows = rows[rows["n"] > 0].sort_values(["n", *by], ascending=[False, *(True for _ in by)], ignore_index=True)
    total = int(rows["n"].sum())
    whole = total if total else 1
    return rows.assign(share=rows["n"] / whole, cumulative=rows["n"].cumsum() / whole)


STOPPED_DAYS = {"gross_days": "n", "net_days": "n", "dated_net_days": "n_dated", "restart_days": "n_dated"}
"""Mean of `stopped_clock` → the dossiers it is taken over."""


def stopped_clock(stops: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Set two readings of the dossiers whose clock was stopped beside each other, for those closed in the window.

    `stops`: result of count_stops. Result: columns `by`, `n`, `n_by_due` (on time by the due date in the data),
    `n_by_term` (days net of the pauses within the term: the clock goes on where it stood), `gross_days`, `net_days`
    (mean working days with and without the pauses; null where n = 0). Of the `n_dated` whose supplement has a date:
    `n_dated_by_term`, `dated_net_days` as above, and `n_by_restart`, `restart_days` where the term starts again when
    the supplement arrives (means null where n_dated = 0). For the others the days lie between 0 and the net days.
    """
    inside = months_of(period, stops, "closed_month")
    dated = ["n_dated", "n_dated_by_term", "n_by_restart"]
    sums = ["n", "n_by_due", "n_by_term", *dated, *(f"sum_{name}" for name in STOPPED_DAYS)]
    kept = stops[inside]
    rows = (
        kept.groupby(list(by), as_index=False)[sums].sum()
        if by
        else pd.DataFrame({name: [int(kept[name].sum())] for name in sums})
    )
    known = {name: rows[name].where(rows[name] > 0) for name in ("n", "n_dated")}
    means = rows.assign(**{name: rows[f"sum_{name}"] / known[over] for name, over in STOPPED_DAYS.items()})
    return means[[*by, "n", "n_by_due", "n_by_term", *dated, *STOPPED_DAYS]]
