"""The count tables: exact integers, narrow, one family of measures each."""

from typing import Any, Literal, overload

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import (
    DatedDossiers,
    Frame,
    check_dimensions,
    classify,
    first_that_holds,
    received_by,
)
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.rule import OFFICIAL_FORM, OnTimeRule

TimeScale = Literal["working_days", "calendar_days", "seconds"]
NO_TERM = -1.0
"""Term of a dossier whose statutory or committed time is not known."""


@overload
def as_frame(dossiers: DatedDossiers) -> DatedDossiers: ...
@overload
def as_frame(dossiers: Any) -> Frame: ...
def as_frame(dossiers: Any) -> Any:
    """Return any supported table (pandas, DuckDB relation, Spark, narwhals) as a narwhals lazy frame.

    Dossiers whose dates have been looked up stay what they are.
    """
    if isinstance(dossiers, DatedDossiers):
        return dossiers
    frame = nw.from_native(dossiers, pass_through=False)
    return frame.lazy() if isinstance(frame, nw.DataFrame) else frame


def group_counts(frame: Frame, keys: list[str], **sums: str) -> pd.DataFrame:
    """Group, count, and bring the result home as int64 counts in a fixed order of rows."""
    wanted = [nw.len().alias("n"), *(nw.col(column).sum().alias(name) for name, column in sums.items())]
    counted = frame.group_by(*keys).agg(*wanted).collect().to_pandas()
    for name in ("n", *sums):
        counted[name] = pd.to_numeric(counted[name]).astype("int64")
    return counted.sort_values(keys, kind="stable").reset_index(drop=True)


def count_flow(dossiers: Any, clock: Clock, by: tuple[str, ...] = (), rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
    """Count dossiers by month of receipt, closing, due and first being overdue, channel and outcome.

    `dossiers`: the canonical table on any engine. `by`: further dimensions. Of `rule` only basis and grain matter here.
    Result: columns `by`, `channel`, `received_month`, `closed_month`, `due_month`, `overdue_month`, `outcome`, `n`.
    Raises ParameterError for an unknown dimension.
    """
    check_dimensions(by)
    months = ["received_month", "closed_month", "due_month", "overdue_month"]
    keys = [*dict.fromkeys((*by, "channel")), *months, "outcome"]
    return group_counts(classify(as_frame(dossiers), clock, rule), keys)


def with_time_used(frame: Frame, clock: Clock) -> Frame:
    """Add working and calendar days from receipt to closing, or to `as_of` while open, less the paused days."""
    as_of = clock.days("as_of")
    today = as_of.loc[as_of["as_of_day"] == clock.as_of_day].iloc[0]
    # Engines round or cut when they cast: whole days are made by subtraction, which means the same everywhere.
    paused_days = nw.coalesce(nw.col("paused_days"), nw.lit(0.0))
    paused = (paused_days - paused_days % 1).cast(nw.Int64)
    working = nw.coalesce(nw.col("closed_working"), nw.lit(int(today["as_of_working"]))) - nw.col("received_working")
    calendar = nw.coalesce(nw.col("closed_ordinal"), nw.lit(int(today["as_of_ordinal"]))) - nw.col("received_ordinal")
    frame = frame.with_columns(working.alias("working_days"), calendar.alias("calendar_days"), paused.alias("paused"))
    return frame.with_columns(*(_net(name) for name in ("working_days", "calendar_days")))


def _net(name: str) -> nw.Expr:
    # More paused days than days: the pause was noted in another unit; nothing below zero enters a mean.
    net = nw.col(name) - nw.col("paused")
    return nw.when(net < 0).then(nw.lit(0)).otherwise(net).alias(name)


def _with_seconds(frame: Frame, clock: Clock) -> Frame:
    waited = (nw.lit(clock.as_of_end) - nw.col("received_at")).dt.total_seconds()
    seconds = nw.when(nw.col("closed_at").is_null()).then(waited).otherwise(nw.col("elapsed_seconds"))
    return frame.with_columns(seconds.cast(nw.Int64).alias("seconds"))


def count_durations(
    dossiers: Any,
    clock: Clock,
    by: tuple[str, ...] = (),
    rule: OnTimeRule = OFFICIAL_FORM,
    scale: TimeScale = "working_days",
) -> pd.DataFrame:
    """Count dossiers by time used from receipt to closing; open ones by the time they have waited at `as_of`.

    Result: columns `by`, `received_month`, `closed_month` (0 = open), `event` ("closed", "withdrawn", "open"),
    `duration` (int, in `scale`; days are net of paused days), `n`. `scale="seconds"` uses the exact elapsed
    time.
    """
    check_dimensions(by)
    frame = with_time_used(classify(as_frame(dossiers), clock, rule), clock)
    if scale == "seconds":
        frame = _with_seconds(frame, clock)
    event = first_that_holds(
        (nw.col("closed_at").is_null(), "open"), (nw.col("outcome") == "withdrawn", "withdrawn"), otherwise="closed"
    )
    frame = frame.with_columns(event.alias("event"), nw.col(scale).alias("duration"))
    return group_counts(frame, [*by, "received_month", "closed_month", "event", "duration"])


def count_terms(
    dossiers: Any, clock: Clock, by: tuple[str, ...] = (), rule: OnTimeRule = OFFICIAL_FORM
) -> pd.DataFrame:
    """Count closed dossiers by procedure and term, with the working and calendar days they used.

    Result: columns `by`, `procedure`, `closed_month`, `statutory_days`, `committed_days` (NO_TERM = not known),
    `day_kind`
    ("working", "calendar", "" = not known), `n`, `sum_working_days`, `sum_calendar_days`. Withdrawn dossiers are left
    out.
    """
    check_dimensions(by)
    frame = with_time_used(classify(as_frame(dossiers), clock, rule), clock)
    frame = frame.filter(~nw.col("closed_at").is_null(), nw.col("outcome") != "withdrawn").with_columns(
        *(
            nw.coalesce(nw.col(name).cast(nw.Float64), nw.lit(NO_TERM)).alias(name)
            for name in ("statutory_days", "committed_days")
        ),
        nw.coalesce(nw.col("day_kind"), nw.lit("")).alias("day_kind"),
    )
    keys = [
        *dict.fromkeys((*by, "procedure")),
        "closed_month",
        "statutory_days",
        "committed_days",
        "day_kind",
    ]
    return group_counts(frame, keys, sum_working_days="working_days", sum_calendar_days="calendar_days")


def count_pending(
    dossiers: Any, clock: Clock, by: tuple[str, ...] = (), rule: OnTimeRule = OFFICIAL_FORM
) -> pd.DataFrame:
    """Count the dossiers open at `as_of` by age and days overdue.

    Result: columns `by`, `age_days` (working days since receipt, net of pauses), `overdue_days` (working days since
    the due
    date; 0 = not overdue), `state` ("in_time", "overdue", "paused", "without_due"), `n`.
    """
    check_dimensions(by)
    frame = with_time_used(classify(as_frame(dossiers), clock, rule), clock)
    frame = frame.filter(nw.col("closed_at").is_null())
    overdue = nw.col("overdue_month") > 0
    state = first_that_holds(
        (nw.col("outcome") == "paused", "paused"),
        (overdue, "overdue"),
        (nw.col("due_at").is_null(), "without_due"),
        otherwise="in_time",
    )
    days = nw.lit(clock.working_day_number()) - nw.col("due_working")
    frame = frame.with_columns(
        state.alias("state"),
        nw.coalesce(nw.when(overdue).then(days), nw.lit(0)).alias("overdue_days"),
        nw.col("working_days").alias("age_days"),
    )
    return group_counts(frame, [*by, "age_days", "overdue_days", "state"])


def count_procedures(dossiers: Any, clock: Clock) -> pd.DataFrame:
    """Count dossiers by procedure and the name and field written beside it.

    Result: columns `procedure`, `procedure_name`, `field`, `n`: the source of labels, since one code is often written
    with several names.
    """
    frame = received_by(as_frame(dossiers), clock)
    frame = frame.with_columns(nw.coalesce(nw.col("procedure_name"), nw.lit("")).alias("procedure_name"))
    return group_counts(frame, ["procedure", "procedure_name", "field"])


def count_filled(dossiers: Any, columns: tuple[str, ...]) -> pd.DataFrame:
    """Count how many dossiers have a value in each column: columns `column`, `n_filled`, `n` (all dossiers)."""
    filled = [(~nw.col(name).is_null()).cast(nw.Int64).sum().alias(name) for name in columns]
    row = as_frame(dossiers).select(nw.len().alias("n"), *filled).collect().to_pandas().iloc[0]
    # The sum of no rows is null on some engines and 0 on others.
    n_filled = [0 if pd.isna(row[name]) else int(row[name]) for name in columns]
    return pd.DataFrame({"column": columns, "n_filled": n_filled, "n": int(row["n"])})


def count_outside(dossiers: Any, clock: Clock) -> pd.DataFrame:
    """Count what no form counts: registered, not accepted, or received after `as_of`.

    Result: columns `reason` ("not_received", "after_as_of"), `n`.
    """
    frame = as_frame(dossiers)
    late = nw.col("received_at") > clock.as_of_end
    reason = nw.when(late).then(nw.lit("after_as_of")).otherwise(nw.lit("counted"))
    everything = group_counts(frame.with_columns(reason.alias("reason")), ["reason"])
    counted = int(group_counts(received_by(frame, clock).with_columns(nw.lit(1).alias("one")), ["one"])["n"].sum())
    after = int(everything.loc[everything["reason"] == "after_as_of", "n"].sum())
    return pd.DataFrame(
        {
            "reason": ["not_received", "after_as_of"],
            "n": [int(everything["n"].sum()) - counted - after, after],
        }
    )
