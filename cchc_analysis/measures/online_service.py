"""Online service: the online share in every reading of the plan, procedures used online, hours of sending, payment."""

import numpy as np
import pandas as pd

from cchc_analysis.measures.indicator import (
    Mask,
    column_total,
    indicator_table,
    share_rows,
    share_table,
    stack,
)
from cchc_analysis.measures.windows import has, months_of
from cchc_analysis.periods import ReportPeriod

ONLINE_MEASURES = (
    "resolved_online",
    "received_online",
    "resolved_online_full_service",
    "resolved_online_not_post",
    "resolved_online_or_counter",
    "resolved_online_of_all",
)
"""The readings of "online share", the two of the plan first."""

PAYMENT_MEASURES = ("fee_due_dossiers", "fee_paid_online", "fee_procedures", "fee_procedures_paid_online")
SENT = ("online", "counter")
HOUR_MEASURES = ("online_in_office_hours", "counter_in_office_hours")
POSTAL_MEASURES = ("posted_in", "posted_out", "returned_online")
HOUR_COLUMNS = ("channel", "hour", "n_working", "n_off", "n", "n_not_stated")
"""Columns of `online_by_hour`, after its grouping columns."""


def _question(over: Mask, under: Mask, not_stated: Mask) -> dict[str, Mask]:
    return {"numerator": over & under, "denominator": under, "n_not_stated": not_stated}


def online_shares(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the online share in every reading, side by side.

    `counts`: result of count_online. Resolved = closed in the window, withdrawn ones included as in form II.06a;
    received = received in it. Denominators: dossiers whose channel is stated; `_full_service`: those of fully online
    procedures among them; `_not_post`: all but public post, channel not stated included; `_or_counter`: sent online or
    over the counter; `_of_all`: every dossier, not stated taken as not online (the way of form II.06a).
    Result: indicator table of ONLINE_MEASURES with `n_not_stated`, the dossiers whose channel is missing (for
    `_full_service`: channel or level of service).
    """
    online, post, counter = (has(counts, "channel", way) for way in ("online", "post", "counter"))
    resolved, received = (months_of(period, counts, column) for column in ("closed_month", "received_month"))
    stated, full = ~has(counts, "channel", ""), has(counts, "service_level", "full")
    unstated = has(counts, "service_level", "") | (full & ~stated)
    readings = {
        "resolved_online": (resolved & stated, resolved & ~stated),
        "received_online": (received & stated, received & ~stated),
        "resolved_online_full_service": (resolved & stated & full, resolved & unstated),
        "resolved_online_not_post": (resolved & ~post, resolved & ~stated),
        "resolved_online_or_counter": (resolved & (online | counter), resolved & ~stated),
        "resolved_online_of_all": (resolved, resolved & ~stated),
    }
    questions = {name: _question(online, under, missing) for name, (under, missing) in readings.items()}
    return share_table(counts, period, by, questions)


def sending_hours(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share sent in office hours of a working day, online and over the counter, of dossiers received in the
    window whose hour of sending is known.

    Result: indicator table of HOUR_MEASURES with `n_not_stated`, the dossiers whose hour is not known.
    """
    received, office = months_of(period, counts, "received_month"), has(counts, "sent_in", "office")
    known = ~has(counts, "sent_in", "")
    sent = {f"{channel}_in_office_hours": received & has(counts, "channel", channel) for channel in SENT}
    questions = {name: _question(office, mask & known, mask & ~known) for name, mask in sent.items()}
    return share_table(counts, period, by, questions)


def online_procedures(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share of procedures with an online dossier among those with dossiers received in the window.

    `counts`: result of count_online with the dimension `procedure`. Only dossiers whose channel is stated count; no
    interval, since the procedures are all there are. Result: indicator table, measure `procedures_with_online`.
    """
    inside = counts[months_of(period, counts, "received_month") & ~has(counts, "channel", "")]
    used = inside.assign(online=has(inside, "channel", "online").astype("int64"))
    return _procedure_shares(used, "online", period, by, "procedures_with_online")


def _procedure_shares(
    rows: pd.DataFrame, mark: str, period: ReportPeriod, by: tuple[str, ...], measure: str
) -> pd.DataFrame:
    """Share of procedures in which the mark is 1 at least once, among the procedures of the rows."""
    keys = list(dict.fromkeys((*by, "procedure")))
    once = rows.groupby(keys, as_index=False)[mark].max().assign(n=1)
    groups = column_total(once, by, numerator=once[mark] == 1, denominator=once["n"] == 1)
    shares = share_rows(groups, by, "numerator", "denominator").assign(lower=np.nan, upper=np.nan)
    return indicator_table(shares, by, measure, period).assign(n_not_stated=0)


def cashless(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute how many dossiers and procedures have a fee and how many of them were paid online.

    `counts`: result of count_payments; the dossiers received in the window. `fee_due_dossiers`: with a fee, of those
    whose fee is stated; `fee_paid_online`: paid online, of those with a fee whose way of payment is stated;
    `fee_procedures`: procedures with a fee in at least one dossier, of those whose fee is stated;
    `fee_procedures_paid_online`: with at least one online payment, of the procedures with a fee. No interval for
    procedures. Result: indicator table with `n_not_stated`.
    """
    received = months_of(period, counts, "received_month")
    fee, paid = counts["fee"].to_numpy(), counts["paid_online"].to_numpy()
    due = received & (fee == 1)
    stated = counts[received & (fee >= 0)]
    with_fee = counts[due].assign(paid=(paid[due] == 1).astype("int64"))
    dossiers = {
        "fee_due_dossiers": _question(fee == 1, received & (fee >= 0), received & (fee < 0)),
        "fee_paid_online": _question(paid == 1, due & (paid >= 0), due & (paid < 0)),
    }
    return stack(
        [
            share_table(counts, period, by, dossiers),
            _procedure_shares(stated, "fee", period, by, "fee_procedures"),
            _procedure_shares(with_fee, "paid", period, by, "fee_procedures_paid_online"),
        ]
    )


def counter_at_full_service(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Order the groups by the dossiers of fully online procedures that were still handed in at the counter.

    `counts`: result of count_online with these dimensions. Result: columns `by`, `n` (handed in at the counter),
    `n_received` (dossiers of fully online procedures received in the window, channel stated), the most first, equal
    ones in the order of their names; groups without any are left out.
    """
    full = months_of(period, counts, "received_month") & (counts["service_level"] == "full")
    stated = full & (counts["channel"] != "")
    rows = column_total(counts, by, n=full & (counts["channel"] == "counter"), n_received=stated)
    order = ["n", *by]
    return rows[rows["n"] > 0].sort_values(order, ascending=[False, *(True for _ in by)], ignore_index=True)


def postal_shares(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the shares of dossiers that came in by public post, and of results that went out by post or online.

    `counts`: result of count_ways. `posted_in`: by post / received in the window, channel stated. `posted_out`,
    `returned_online`: result handed over by post, online / closed in the window, way of return stated, withdrawn ones
    left out (they have no result). Result: indicator table of POSTAL_MEASURES with `n_not_stated`.
    """
    received = months_of(period, counts, "received_month")
    resolved = months_of(period, counts, "closed_month") & (counts["withdrawn"] == 0).to_numpy(dtype=bool)
    ways = {
        "posted_in": (received, "channel", "post"),
        "posted_out": (resolved, "return_channel", "post"),
        "returned_online": (resolved, "return_channel", "online"),
    }
    questions = {}
    for name, (base, column, way) in ways.items():
        silent = has(counts, column, "")
        questions[name] = _question(has(counts, column, way), base & ~silent, base & silent)
    return share_table(counts, period, by, questions)


def online_by_hour(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers received in the window by the hour in which they were sent, online and over the counter.

    `counts`: result of count_hours. Result: columns `by` and HOUR_COLUMNS, 24 rows for each group and channel that
    occurs: `hour` (0 to 23), `n_working` (sent on a working day), `n_off` (on a day off), `n` (both, and days outside
    the calendar), `n_not_stated` (dossiers of the group and channel whose hour is not known, the same in all its rows).
    """
    inside = counts[months_of(period, counts, "received_month") & counts["channel"].isin(["online", "counter"])]
    inside, keys = inside.reset_index(drop=True), (*by, "channel")
    unknown = column_total(inside, keys, n_not_stated=inside["hour"] < 0)
    hours = pd.DataFrame({"hour": np.arange(24, dtype=np.int64)})
    known = inside["hour"] >= 0
    sums = column_total(
        inside,
        (*keys, "hour"),
        n_working=known & (inside["day_off"] == 0),
        n_off=known & (inside["day_off"] == 1),
        n=known,
    )
    table = unknown.merge(hours, how="cross").merge(sums, on=[*keys, "hour"], how="left")
    numbers = ["n_working", "n_off", "n"]
    table[numbers] = table[numbers].fillna(0).astype("int64")
    return table[[*by, *HOUR_COLUMNS]]


def hour_profile(hours: pd.DataFrame) -> pd.DataFrame:
    """Add `share`, the part of the channel's dossiers with a known hour that was sent in each hour.

    `hours`: result of online_by_hour without groups. `share` is null where a channel has no dossier with a known hour.
    """
    known = hours.groupby("channel")["n"].transform("sum")
    return hours.assign(share=hours["n"] / known.where(known > 0))
