"""Processing time: the official form, on-time shares, time used and time cut. Pure functions of count tables."""

import numpy as np
import pandas as pd

from cchc_analysis.counting import OFFICIAL_FORM, OnTimeRule
from cchc_analysis.errors import CountingError
from cchc_analysis.measures.indicator import column_total, share_table
from cchc_analysis.measures.windows import Cells, FlowWindow, flow_window, has
from cchc_analysis.periods import ReportPeriod

FORM_COLUMNS = (
    "received",
    "received_online",
    "received_other",
    "carried_over",
    "resolved",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "pending",
    "pending_in_time",
    "pending_overdue",
)
"""Columns 3 to 13 of form II.06a/VPCP/KSTT, in its order."""


def form_06a(flow: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the columns 3 to 13 of form II.06a for a window, and prove that they add up.

    `flow`: a flow count whose dimensions include `by`, counted with basis and grain of the rule wanted. The form puts
    withdrawn
    dossiers and those without due date into "on time", paused ones into "in time".
    Result: one row per group, columns `by`, FORM_COLUMNS and `pending_paused` (part of pending_in_time), int64.
    Raises CountingError when an identity of the form breaks, naming the group.
    Source: Thông tư 01/2020/TT-VPCP, Biểu II.06a; docs/methods/form-06a.md.
    """
    window = flow_window(flow, period)
    online = has(flow, "channel", "online")
    form = column_total(
        flow,
        by,
        received=window.new | window.carried_over,
        received_online=window.new & online,
        received_other=window.new & ~online,
        carried_over=window.carried_over,
        resolved=window.resolved,
        resolved_early=window.resolved & has(flow, "outcome", "early"),
        resolved_on_time=window.resolved & has(flow, "outcome", "on_time", "withdrawn", "without_due"),
        resolved_late=window.resolved & has(flow, "outcome", "late"),
        pending=window.pending,
        pending_in_time=window.pending & ~window.overdue,
        pending_overdue=window.overdue,
        pending_paused=window.paused,
        before=flow_window(flow, _month_before(period)).pending,
    )
    check_identities(form, by)
    return form.drop(columns="before")


def _month_before(period: ReportPeriod) -> ReportPeriod:
    """Return the last month before a period begins: what is pending at its end is carried over into the period."""
    return ReportPeriod("month", period.first_month - 1, period.window)


def check_identities(form: pd.DataFrame, by: tuple[str, ...] = ()) -> None:
    """Raise CountingError unless every identity of form II.06a holds in every row.

    (3) = (4)+(5)+(6); (7) = (8)+(9)+(10); (11) = (12)+(13); (3) = (7)+(11); (6) = (11) of the period before, when the
    column
    `before` is there.
    """
    identities = {
        "(3) = (4) + (5) + (6)": ("received", ["received_online", "received_other", "carried_over"]),
        "(7) = (8) + (9) + (10)": ("resolved", ["resolved_early", "resolved_on_time", "resolved_late"]),
        "(11) = (12) + (13)": ("pending", ["pending_in_time", "pending_overdue"]),
        "(3) = (7) + (11)": ("received", ["resolved", "pending"]),
    }
    if "before" in form:
        identities["(6) = (11) kỳ trước"] = ("carried_over", ["before"])
    for name, (total, parts) in identities.items():
        broken = form[form[total] != form[parts].sum(axis=1)]
        if len(broken):
            row = broken.iloc[0]
            where = ", ".join(f"{key}={row[key]}" for key in by) or "all"
            values = f"{row[total]} ≠ {' + '.join(str(row[part]) for part in parts)}"
            raise CountingError(
                f"Form II.06a does not add up: {name} breaks for {where} ({values}).",
                f"Biểu II.06a không cân đối: {name} sai tại {where} ({values}).",
            )


def _on_time_masks(flow: pd.DataFrame, window: FlowWindow, rule: OnTimeRule) -> tuple[Cells, Cells]:
    """Return (on time, counted) cells under the treatments and the denominator of the rule."""
    treated = {"withdrawn": rule.withdrawn, "without_due": rule.without_due}
    good = ("early", "on_time", *(outcome for outcome, way in treated.items() if way == "on_time"))
    on_time = has(flow, "outcome", *good)
    decided = on_time | has(flow, "outcome", "late")
    if rule.denominator == "finished":
        return window.resolved & on_time, window.resolved & decided
    if rule.denominator == "to_handle":
        # What the rule excludes is excluded from what there was to handle as well, so that 100 % stays possible.
        out = ~has(flow, "outcome", *(outcome for outcome in treated if outcome not in good))
        return window.resolved & on_time, (window.new | window.carried_over) & out
    closed_by_end = ~window.pending & decided
    return (
        window.due & closed_by_end & on_time,
        window.due & (closed_by_end | (window.pending & ~window.paused)),
    )


def on_time_share(
    flow: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = (), rule: OnTimeRule = OFFICIAL_FORM
) -> pd.DataFrame:
    """Compute the share of dossiers that were on time under a rule, over the rule's denominator.

    `flow` must have been counted with the basis and grain of `rule`. Denominators: "finished" dossiers closed in the
    window;
    "due" those whose due date lies in it, closed or not (what is open at its end was not on time; what is paused is
    left out);
    "to_handle" all received in it or carried into it.
    Result: indicator table (value in [0, 1], Wilson interval, null where nothing was to count).
    """
    on_time, counted = _on_time_masks(flow, flow_window(flow, period), rule)
    question = {"numerator": on_time, "denominator": counted}
    return share_table(flow, period, by, {f"on_time_of_{rule.denominator}": question}, rule.name)


def outcome_shares(flow: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute early, on time, late, without due date and withdrawn as shares of the dossiers closed in the window.

    Result: indicator table with measures `resolved_early` … `resolved_withdrawn`; the five numerators add up to the
    denominator.
    """
    window = flow_window(flow, period)
    questions = {
        f"resolved_{outcome}": {
            "numerator": window.resolved & has(flow, "outcome", outcome),
            "denominator": window.resolved,
        }
        for outcome in ("early", "on_time", "late", "without_due", "withdrawn")
    }
    return share_table(flow, period, by, questions)


AGE_BANDS = ((0, 5), (6, 10), (11, 20), (21, 30), (31, None))
"""Bands of pending age in working days, ends included; None is open-ended."""


def pending_by_age(pending: pd.DataFrame, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers pending at `as_of` by age band and state.

    `pending`: result of count_pending. Result: columns `by`, `age_from`, `age_to` (working days; age_to null =
    open-ended),
    `in_time`, `overdue`, `paused`, `without_due`, `n`; every band is there, also with 0.
    """
    tables, age = [], pending["age_days"].to_numpy()
    in_state = {state: has(pending, "state", state) for state in ("in_time", "overdue", "paused", "without_due")}
    for low, high in AGE_BANDS:
        inside = (age >= low) & (age <= (np.inf if high is None else high))
        states = {state: inside & mask for state, mask in in_state.items()}
        band = column_total(pending, by, **states, n=inside)
        tables.append(band.assign(age_from=low, age_to=pd.array([high] * len(band), dtype="Int64")))
    columns = [*by, "age_from", "age_to", "in_time", "overdue", "paused", "without_due", "n"]
    return pd.concat(tables, ignore_index=True)[columns].sort_values([*by, "age_from"], ignore_index=True)
