"""Count tables of the registers beside the dossiers: payments, feedback, certified copies, the catalogue."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import (
    check_dimensions,
    first_that_holds,
    join_days,
    month_number,
    one_if,
    received_by,
)
from cchc_analysis.counting.clock import NEVER, Clock
from cchc_analysis.counting.digital import NO, UNKNOWN, YES, flag
from cchc_analysis.counting.engines import Frame, hold
from cchc_analysis.counting.looks import as_frame
from cchc_analysis.counting.moments import day_number
from cchc_analysis.counting.tables import group_counts
from cchc_analysis.errors import ParameterError

REGISTER_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "payments": ("unit",),
    "feedback": ("unit", "field", "source"),
    "e_copies": ("unit",),
    "procedures": ("unit", "field", "tier"),
    "other_register": ("unit",),
}
"""What a count of each register may be grouped by."""

WAYS = ("any", "stated", "online")
"""Which payments of a dossier are looked at: all, those whose method is stated, those paid online."""

NO_DAY = 0
"""Day number of what has no day."""


def check_register_dimensions(register: str, by: tuple[str, ...]) -> None:
    """Raise ParameterError for a dimension that the counts of a register do not have."""
    known = REGISTER_DIMENSIONS[register]
    for name in by:
        if name not in known:
            listed = ", ".join((*known, "month"))
            raise ParameterError(
                f"The register {register!r} cannot be grouped by {name!r}; known: {listed}.",
                f"Không thể phân tổ sổ {register!r} theo {name!r}; có thể dùng: {listed}.",
            )


def first_text(*names: str) -> nw.Expr:
    """Return the first of the columns that has a value, "" where none has; named after the first."""
    return nw.coalesce(*(nw.col(name) for name in names), nw.lit("")).alias(names[0])


def _whole(name: str) -> nw.Expr:
    """Return a number as an integer, 0 where it is missing; parts of a whole are dropped downwards."""
    return nw.coalesce(nw.col(name).floor(), nw.lit(0.0)).cast(nw.Int64)


def known_moment(clock: Clock, name: str) -> nw.Expr:
    """Return a moment, null where it lies after `as_of`."""
    return nw.when(nw.col(name) <= clock.as_of_end).then(nw.col(name))


def with_month(frame: Frame, clock: Clock, moment: str, prefix: str, source: Frame) -> Frame:
    """Add `{prefix}_day` and `{prefix}_month` of a moment (NEVER where there is none)."""
    frame = join_days(frame, clock, moment, prefix, source)
    return frame.with_columns(month_number(nw.col(f"{prefix}_month"), f"{prefix}_month"))


# Payments


def _with_unit(payments: Frame, dossiers: Frame) -> Frame:
    """Give a payment without unit the unit of its dossier, "" where the dossier is not in the list."""
    unit = nw.coalesce(nw.col("resolving_unit"), nw.col("receiving_unit")).alias("unit_of_dossier")
    owners = dossiers.select(nw.col("dossier_id"), unit)
    owners = owners.group_by("dossier_id").agg(nw.col("unit_of_dossier").min())
    return payments.join(owners, on="dossier_id", how="left").with_columns(first_text("unit", "unit_of_dossier"))


@dataclass(frozen=True)
class ClassifiedPayments:
    """Payments looked at once: every count of payments can start from them.

    `frame`: what was asked for by `as_of`, held by the engine in memory: columns `dossier_id`, `unit`, `method`,
    `state`, `month` and `total_amount`.
    """

    frame: Frame


def classify_payments(payments: Any, dossiers: Any, clock: Clock) -> ClassifiedPayments:
    """Return the payments asked for by `as_of` with their unit, state and month (see count_payment_forms)."""
    if isinstance(payments, ClassifiedPayments):
        return payments
    source = as_frame(payments)
    frame = _with_unit(source, as_frame(dossiers)).with_columns(first_text("method"), first_text("status"))
    first = nw.coalesce(nw.col("requested_at"), nw.col("received_at"), nw.col("paid_at"))
    frame = frame.with_columns(first.alias("first_at"), known_moment(clock, "paid_at").alias("paid_by_as_of"))
    frame = frame.filter(nw.col("first_at").is_null() | (nw.col("first_at") <= clock.as_of_end))
    status = nw.col("status")
    undated = nw.col("paid_at").is_null() & status.is_in(["paid", "refunded"])
    paid = (~nw.col("paid_by_as_of").is_null() & (status != "requested")) | undated
    back = (nw.col("refunded_at") <= clock.as_of_end) | ((status == "refunded") & nw.col("refunded_at").is_null())
    state = first_that_holds(
        (status == "failed", "failed"), (paid & back, "refunded"), (paid, "paid"), otherwise="requested"
    )
    frame = frame.with_columns(state.alias("state"))
    asked = nw.coalesce(nw.col("paid_by_as_of"), nw.col("first_at"))
    moment = nw.when(nw.col("state").is_in(["paid", "refunded"])).then(nw.col("paid_by_as_of")).otherwise(asked)
    frame = with_month(frame.with_columns(moment.alias("moment")), clock, "moment", "payment", source)
    wanted = ("dossier_id", "unit", "method", "state", "total_amount")
    return ClassifiedPayments(hold(frame.select(*wanted, nw.col("payment_month").alias("month")), source))


def count_payment_forms(payments: Any, dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count payments by month, method and state, with their amounts in dong.

    `payments`, `dossiers`: canonical tables on one engine (or what classify_payments makes of the first, for several
    counts of the same clock); a payment without unit has that of its dossier. Result:
    columns `by`, `method` ("" = not stated), `state` ("paid", "refunded", "failed", "requested" = not paid by `as_of`),
    `month` (paid and refunded: of the payment, 0 = not dated; else of the request), `n`, `amount`,
    `n_without_amount`. Raises ParameterError for an unknown dimension.

    >>> REGISTER_DIMENSIONS["payments"]
    ('unit',)
    """
    check_register_dimensions("payments", by)
    frame = classify_payments(payments, dossiers, clock).frame.with_columns(
        _whole("total_amount").alias("dong"), one_if(nw.col("total_amount").is_null()).alias("without_amount")
    )
    return group_counts(frame, [*by, "method", "state", "month"], amount="dong", n_without_amount="without_amount")


def count_paying_dossiers(payments: Any, dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count dossiers by the months in which they paid, so that each can be counted once in any window.

    Result: columns `by`, `way` (see WAYS), `month`, `earlier_month` (the last month before it in which the same dossier
    paid in that way, 0 = none), `n`. A dossier with a payment between months a and b is one row with a ≤ month ≤ b and
    earlier_month < a. `unit` is that of the dossier's payments, the first in alphabetical order where they differ.
    Raises ParameterError for an unknown dimension.
    """
    check_register_dimensions("payments", by)
    frame = classify_payments(payments, dossiers, clock).frame
    paid = frame.filter(nw.col("state") == "paid", nw.col("month") != NEVER)
    of_way = {
        "any": paid,
        "stated": paid.filter(nw.col("method") != ""),
        "online": paid.filter(nw.col("method") == "online"),
    }
    owners = paid.group_by("dossier_id").agg(nw.col("unit").min())
    keys = [*by, "month", "earlier_month"]
    tables = [group_counts(_months_paid(rows, owners), keys).assign(way=way) for way, rows in of_way.items()]
    return pd.concat(tables, ignore_index=True)[[*by, "way", "month", "earlier_month", "n"]]


def _months_paid(paid: Frame, owners: Frame) -> Frame:
    """Return one row per dossier and month with the month before in which it paid."""
    months = paid.group_by("dossier_id", "month").agg(nw.len().alias("n_payments"))
    before = months.select(nw.col("dossier_id"), nw.col("month").alias("earlier_month"))
    earlier = months.join(before, on="dossier_id", how="inner").filter(nw.col("earlier_month") < nw.col("month"))
    last = earlier.group_by("dossier_id", "month").agg(nw.col("earlier_month").max())
    rows = months.join(last, on=["dossier_id", "month"], how="left").join(owners, on="dossier_id", how="left")
    return rows.with_columns(month_number(nw.col("earlier_month"), "earlier_month"))


def count_payment_agreement(payments: Any, dossiers: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the dossiers that have a payment in the register by what both lists say of paying online.

    `by`: dimensions of dossiers. Result: columns `by`, `received_month`, `paid_online` (the flag of the dossier list:
    −1 not stated, 0 no, 1 yes), `in_register` (1 = at least one online payment, 0 = none, −1 = none, but the method of
    one is not stated), `n`. Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    source = as_frame(dossiers)
    paid = classify_payments(payments, source, clock).frame.filter(nw.col("state") == "paid")
    marks = paid.select(
        nw.col("dossier_id"),
        one_if(nw.col("method") == "online").alias("n_online"),
        one_if(nw.col("method") == "").alias("n_unstated"),
    )
    per_dossier = marks.group_by("dossier_id").agg(nw.col("n_online").max(), nw.col("n_unstated").max())
    frame = received_by(source, clock).join(per_dossier, on="dossier_id", how="inner")
    frame = with_month(frame, clock, "received_at", "received", source)
    unknown = nw.when(nw.col("n_unstated") == 1).then(nw.lit(UNKNOWN)).otherwise(nw.lit(NO))
    told = nw.when(nw.col("n_online") == 1).then(nw.lit(YES)).otherwise(unknown)
    frame = frame.with_columns(flag("paid_online"), told.cast(nw.Int64).alias("in_register"))
    return group_counts(frame, [*by, "received_month", "paid_online", "in_register"])


# Feedback


def _last_whole_day(clock: Clock) -> datetime:
    """Return the last day that is over by `as_of`: what was due on it has been answered or not."""
    day = clock.as_of_day
    return day if clock.as_of == day else day - timedelta(days=1)


def count_feedback(feedback: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count messages by the months of receipt, answer and due day, by state, answer and rating.

    Result: columns `by`, `received_month`, `answered_month` (0 = not by `as_of`, or not dated), `due_month` (0 = no due
    date, or its day is not over), `state` ("answered", "open", "not_accepted"), `answer` ("on_time" = on the due day or
    before, "late", "undated" = answered on a day not stated, "without_due"; an open message is "late" once its due day
    is over and "open" before), `rating` ("" = none), `n`. Raises ParameterError for an unknown dimension.
    """
    check_register_dimensions("feedback", by)
    source = as_frame(feedback)
    frame = source.filter(nw.col("received_at") <= clock.as_of_end)
    said = (first_text("status") == "answered") & nw.col("answered_at").is_null()
    frame = frame.with_columns(
        *(first_text(name) for name in ("unit", "field", "source", "rating")),
        one_if(said).alias("undated"),
        known_moment(clock, "answered_at").alias("answered_at"),
    )
    for moment, prefix in (("received_at", "received"), ("answered_at", "answered"), ("due_at", "due")):
        frame = with_month(frame, clock, moment, prefix, source)
    over = nw.col("due_day") <= _last_whole_day(clock)
    dated = ~nw.col("answered_at").is_null()
    state = first_that_holds(
        (first_text("status") == "not_accepted", "not_accepted"),
        (dated | (nw.col("undated") == 1), "answered"),
        otherwise="open",
    )
    answer = first_that_holds(
        (nw.col("due_at").is_null(), "without_due"),
        (dated & (nw.col("answered_day") <= nw.col("due_day")), "on_time"),
        (dated, "late"),
        (nw.col("undated") == 1, "undated"),
        (over, "late"),
        otherwise="open",
    )
    due = nw.when(over).then(nw.col("due_month"))
    frame = frame.with_columns(state.alias("state"), answer.alias("answer"), month_number(due, "due_month"))
    return group_counts(frame, [*by, "received_month", "answered_month", "due_month", "state", "answer", "rating"])


# Certified copies


def count_copies(copies: Any, clock: Clock, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count requests for certified copies by form, months of request and certification, and state.

    Result: columns `by`, `form` ("electronic", "paper", "" = not stated), `received_month`, `certified_month` (0 = not
    by `as_of`, or not dated), `state` ("certified", "refused", "requested"), `n`, `copies` (their number of copies),
    `n_without_number` (requests that do not say how many). Raises ParameterError for an unknown dimension.
    """
    check_register_dimensions("e_copies", by)
    source = as_frame(copies)
    frame = source.filter(nw.col("received_at") <= clock.as_of_end)
    said = (first_text("status") == "certified") & nw.col("certified_at").is_null()
    frame = frame.with_columns(
        first_text("unit"),
        first_text("form"),
        one_if(said).alias("undated"),
        known_moment(clock, "certified_at").alias("certified_at"),
        _whole("n_copies").alias("n_whole"),
        one_if(nw.col("n_copies").is_null()).alias("without_number"),
    )
    done = ~nw.col("certified_at").is_null() | (nw.col("undated") == 1)
    state = first_that_holds((first_text("status") == "refused", "refused"), (done, "certified"), otherwise="requested")
    frame = frame.with_columns(state.alias("state"))
    for moment, prefix in (("received_at", "received"), ("certified_at", "certified")):
        frame = with_month(frame, clock, moment, prefix, source)
    keys = [*by, "form", "received_month", "certified_month", "state"]
    return group_counts(frame, keys, copies="n_whole", n_without_number="without_number")


# The catalogue of procedures


def _day_number(moment: str, name: str) -> nw.Expr:
    """Return the day of a moment as `date.toordinal()` numbers it, NO_DAY where there is none."""
    return nw.coalesce(day_number(nw.col(moment)), nw.lit(NO_DAY)).cast(nw.Int64).alias(name)


CATALOGUE_FLAGS = ("has_fee", "payable_online", "eligible_online", "offered_online", "integrated")
CATALOGUE_DAYS = {
    "decided_on": "decided_at",
    "published_on": "published_at",
    "valid_from_on": "valid_from",
    "valid_to_on": "valid_to",
}


def count_catalogue(procedures: Any) -> pd.DataFrame:
    """Count the entries of the catalogue that are equal in all that a measure looks at.

    Result: columns `procedure` (its code), `procedure_name`, `field`, `unit` ("" = every unit of the tier), `tier`,
    `service_level`, CATALOGUE_FLAGS (−1 not stated, 0 no, 1 yes), the days CATALOGUE_DAYS (int as `date.toordinal()`
    gives it, NO_DAY = none), `n`. A catalogue is short, and which entries hold depends on the day asked about: so the
    measures look at it entry by entry.
    """
    frame = as_frame(procedures).with_columns(
        *(first_text(name) for name in ("procedure_name", "field", "unit", "tier", "service_level")),
        first_text("procedure_code").alias("procedure"),
        *map(flag, CATALOGUE_FLAGS),
        *(_day_number(moment, name) for name, moment in CATALOGUE_DAYS.items()),
    )
    words = ["procedure", "procedure_name", "field", "unit", "tier", "service_level"]
    return group_counts(frame, [*words, *CATALOGUE_FLAGS, *CATALOGUE_DAYS])
