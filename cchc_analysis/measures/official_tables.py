"""What the monitoring tables beside form II.06a count: progress, online procedures, fees, the catalogue by tier.

Every table has one row per group of `by` that occurs (one in all without `by`), columns `by` and the figures named in
its constant, int64. Sources: docs/methods/official-forms.md.
"""

from datetime import date

import numpy as np
import pandas as pd

from cchc_analysis.measures.catalogue import Entries
from cchc_analysis.measures.indicator import column_total
from cchc_analysis.measures.windows import flow_window, months_of
from cchc_analysis.periods import ReportPeriod

PROGRESS_FIGURES = (
    "received",
    "carried_over",
    "received_new",
    "received_online",
    "received_other",
    "received_counter",
    "received_post",
    "received_channel_not_stated",
    "resolved",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "processing",
    "processing_in_time",
    "processing_overdue",
    "paused",
    "paused_in_time",
    "paused_overdue",
    "pending",
    "pending_in_time",
    "pending_overdue",
    "pending_before",
)
"""`pending` = `processing` + `paused`; `pending_before`: pending at the end of the day before the period."""

ONLINE_FIGURES = (
    "used_procedures",
    "used_online_procedures",
    "used_full_procedures",
    "used_partial_procedures",
    "dossiers_two_channels",
    "dossiers_of_online_procedures",
    "dossiers_of_full_procedures",
    "dossiers_of_partial_procedures",
    "dossiers_of_other_procedures",
    "online_dossiers",
    "online_full_dossiers",
    "online_partial_dossiers",
)
"""Procedures with dossiers, and dossiers, received in the window online or over the counter; post is left out."""

FEE_FIGURES = (
    "used_fee_procedures",
    "online_paid_procedures",
    "dossiers_of_fee_procedures",
    "dossiers_paid_online",
)

CATALOGUE_FIGURES = (
    "procedures",
    "procedures_province",
    "procedures_city",
    "procedures_commune",
    "procedures_without_tier",
    "procedures_online",
    "procedures_full",
    "procedures_partial",
    "procedures_information",
    "procedures_not_online",
    "procedures_with_fee",
)
"""Procedures of the catalogue by tier and by level of service, each once however many units handle it."""

_LEVELS = ("full", "partial", "information")


def progress_counts(flow: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count what was received, resolved, is being handled and is paused: PROGRESS_FIGURES.

    `flow`: result of count_flow with the dimensions `by`. The outcomes are those of form II.06a (withdrawn and without
    due date on time), but paused dossiers stand apart, overdue where their due date has passed.
    """
    window = flow_window(flow, period)
    channel, outcome = flow["channel"], flow["outcome"]
    before = ReportPeriod("month", period.first_month - 1, period.window)
    late_by_now = flow["overdue_month"].between(1, period.months[-1])
    processing = window.pending & ~window.paused
    return column_total(
        flow,
        by,
        received=window.new | window.carried_over,
        carried_over=window.carried_over,
        received_new=window.new,
        received_online=window.new & (channel == "online"),
        received_other=window.new & (channel != "online"),
        received_counter=window.new & (channel == "counter"),
        received_post=window.new & (channel == "post"),
        received_channel_not_stated=window.new & (channel == ""),
        resolved=window.resolved,
        resolved_early=window.resolved & (outcome == "early"),
        resolved_on_time=window.resolved & outcome.isin(["on_time", "withdrawn", "without_due"]),
        resolved_late=window.resolved & (outcome == "late"),
        processing=processing,
        processing_in_time=processing & ~window.overdue,
        processing_overdue=processing & window.overdue,
        paused=window.paused,
        paused_in_time=window.paused & ~late_by_now,
        paused_overdue=window.paused & late_by_now,
        pending=window.pending,
        pending_in_time=window.pending & ~window.overdue,
        pending_overdue=window.overdue,
        pending_before=flow_window(flow, before).pending,
    )


def _level_of(seen: pd.DataFrame) -> "pd.Series[str]":
    """Return the level of each procedure: the highest that one of its dossiers or entries states, "" for none."""
    places = seen["service_level"].map({name: place for place, name in enumerate(_LEVELS)}).fillna(len(_LEVELS))
    best: pd.Series[int] = places.groupby(seen["procedure"]).min().astype("int64")
    return best.map(dict(enumerate((*_LEVELS, ""))))


def online_counts(sent: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count procedures and dossiers of the window by level of online service: ONLINE_FIGURES.

    `sent`: result of count_online with the dimensions `by` and `procedure`. A procedure has the highest level that one
    of its dossiers states; dossiers that name no procedure are in no procedure and of no level.
    """
    level = sent["procedure"].map(_level_of(sent)).where(sent["procedure"] != "", "")
    two = months_of(period, sent, "received_month") & sent["channel"].isin(["online", "counter"])
    rows, online = sent.assign(level=level)[two], sent.loc[two, "channel"] == "online"
    of = {"online": rows["level"].isin(["full", "partial"]), **{name: rows["level"] == name for name in _LEVELS[:2]}}
    dossiers = column_total(
        rows,
        by,
        dossiers_two_channels=rows["n"] > 0,
        dossiers_of_other_procedures=~of["online"],
        **{f"dossiers_of_{name}_procedures": mask for name, mask in of.items()},
        online_dossiers=of["online"] & online,
        online_full_dossiers=of["full"] & online,
        online_partial_dossiers=of["partial"] & online,
    )
    named = rows["procedure"] != ""
    used = {"used_procedures": named, **{f"used_{name}_procedures": named & mask for name, mask in of.items()}}
    return _joined(_groups(sent, by), by, [dossiers, _procedures_once(rows, by, used)], ONLINE_FIGURES)


def _procedures_once(rows: pd.DataFrame, by: tuple[str, ...], masks: "dict[str, pd.Series[bool]]") -> pd.DataFrame:
    """Count the procedures of each group that have a row under each mask, a procedure once."""
    marks = rows[[*by, "procedure"]].assign(**{name: mask.astype("int64") for name, mask in masks.items()})
    once = marks.groupby([*by, "procedure"], as_index=False)[list(masks)].max().assign(n=1)
    return column_total(once, by, **{name: once[name] == 1 for name in masks})


def _groups(counts: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Return the groups that occur at all, so that one without anything in the window is there with 0."""
    return counts[list(by)].drop_duplicates().sort_values(list(by), ignore_index=True) if by else pd.DataFrame()


def _joined(
    groups: pd.DataFrame, by: tuple[str, ...], tables: list[pd.DataFrame], figures: tuple[str, ...]
) -> pd.DataFrame:
    if not by:
        return pd.concat(tables, axis=1)[list(figures)]
    for table in tables:
        groups = groups.merge(table, on=list(by), how="left")
    groups[list(figures)] = groups[list(figures)].fillna(0).astype("int64")
    return groups[[*by, *figures]]


def fee_counts(payments: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count procedures with a fee and their dossiers received in the window, and those paid online: FEE_FIGURES.

    `payments`: result of count_payments with the dimensions `by`. A procedure has a fee where one of its dossiers of
    the window states one.
    """
    rows = payments[months_of(period, payments, "received_month") & (payments["procedure"] != "")]
    with_fee = set(rows.loc[rows["fee"] == 1, "procedure"])
    of_fee, online = rows["procedure"].isin(with_fee), rows["paid_online"] == 1
    dossiers = column_total(rows, by, dossiers_of_fee_procedures=of_fee, dossiers_paid_online=of_fee & online)
    procedures = {"used_fee_procedures": of_fee, "online_paid_procedures": of_fee & online}
    return _joined(_groups(payments, by), by, [dossiers, _procedures_once(rows, by, procedures)], FEE_FIGURES)


def paid_procedure_counts(agreement: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the procedures with a payment in the register for a dossier received in the window: `paid_procedures`.

    `agreement`: result of count_payment_agreement with the dimensions `by` and `procedure`.
    """
    named = months_of(period, agreement, "received_month") & (agreement["procedure"] != "")
    rows = agreement[named]
    once = _procedures_once(rows, by, {"paid_procedures": rows["n"] > 0})
    return _joined(_groups(agreement, by), by, [once], ("paid_procedures",))


def catalogue_counts(entries: Entries, on: date, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the procedures of the catalogue that hold on a day by tier and level of service: CATALOGUE_FIGURES.

    `by`: () or ("unit",), which needs entries with units. A procedure is of the tier of its first entry; it is online
    where its highest level is full or partial and no entry of the group says that it is not offered.
    """
    held = entries.valid(on)
    keys = list(dict.fromkeys((*by, "procedure")))
    once = held.groupby(keys, as_index=False).agg(
        tier=("tier", "first"), fee=("has_fee", "max"), offered=("offered_online", "min"), n=("n", "size")
    )
    once["n"] = 1
    level = once["procedure"].map(_level_of(held)) if len(once) else pd.Series(dtype="str")
    online = level.isin(["full", "partial"]) & (once["offered"] != 0)
    return column_total(
        once,
        by,
        procedures=once["n"] == 1,
        **{f"procedures_{tier}": once["tier"] == tier for tier in ("province", "city", "commune")},
        procedures_without_tier=once["tier"] == "",
        procedures_online=online,
        procedures_full=online & (level == "full"),
        procedures_partial=online & (level == "partial"),
        procedures_information=level == "information",
        procedures_not_online=~online & (level != "information"),
        procedures_with_fee=once["fee"] == 1,
    )


def untold(table: pd.DataFrame, figures: tuple[str, ...], where: "pd.Series[bool]") -> pd.DataFrame:
    """Return the table with these figures null in the rows in which nothing was stated.

    >>> untold(pd.DataFrame({"n": [0, 2]}), ("n",), pd.Series([True, False]))["n"].tolist()
    [<NA>, 2]
    """
    blank = np.asarray(where, dtype=bool)
    return table.assign(**{name: table[name].astype("Int64").mask(blank) for name in figures})
