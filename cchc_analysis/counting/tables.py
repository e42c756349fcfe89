"""The count tables: exact integers, narrow, one family of measures each."""

from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import check_dimensions, looked_at, of_grain, received_by
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame
from cchc_analysis.counting.looks import (
    EVENTS,
    STATES,
    DatedDossiers,
    Days,
    Span,
    as_frame,
    code_of,
    counted,
    is_word,
    told,
)
from cchc_analysis.counting.moments import seconds_until
from cchc_analysis.counting.rule import OFFICIAL_FORM, OnTimeRule

TimeScale = Literal["working_days", "calendar_days", "seconds"]
NO_TERM = -1.0
"""Term of a dossier whose statutory or committed time is not known."""


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
    seen = looked_at(dossiers, clock, rule.basis)
    outcome, overdue = of_grain(rule)
    keys = [*dict.fromkeys((*by, "channel")), "received_month", "closed_month", "due_month", overdue, outcome]
    return told(seen, counted(seen, keys)).rename(columns={overdue: "overdue_month", outcome: "outcome"})


def with_time_used(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add working and calendar days from receipt to closing, or to `as_of` while open, less the paused days.

    Adds `working_days`, `calendar_days`, `gross_days` (working days with the pauses) and `paused` (whole days).
    """
    as_of = clock.days("as_of")
    today = as_of.loc[as_of["as_of_day"] == clock.as_of_day].iloc[0]
    # Engines round or cut when they cast: whole days are made by subtraction, which means the same everywhere.
    paused_days = nw.coalesce(nw.col("paused_days"), nw.lit(0.0))
    paused = (paused_days - paused_days % 1).cast(nw.Int64)
    working = nw.coalesce(nw.col("closed_working"), nw.lit(int(today["as_of_working"]))) - nw.col("received_working")
    calendar = nw.coalesce(nw.col("closed_ordinal"), nw.lit(int(today["as_of_ordinal"]))) - nw.col("received_ordinal")
    return frame.with_columns(
        _net(working, paused).alias("working_days"),
        _net(calendar, paused).alias("calendar_days"),
        working.alias("gross_days"),
        paused.alias("paused"),
    )


def _net(days: nw.Expr, paused: nw.Expr) -> nw.Expr:
    # More paused days than days: the pause was noted in another unit; nothing below zero enters a mean.
    net = days - paused
    return nw.when(net < 0).then(nw.lit(0)).otherwise(net)


def _with_seconds(frame: Frame, clock: Clock, days: Days) -> Frame:
    waited = seconds_until(clock.as_of_end, nw.col("received_at"))
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
    if scale == "seconds":
        # Seconds are asked for alone: nobody holds them.
        rows = dossiers.check(clock, rule.basis).source if isinstance(dossiers, DatedDossiers) else dossiers
        seen = looked_at(rows, clock, rule.basis, _with_seconds)
    else:
        seen = looked_at(dossiers, clock, rule.basis, with_time_used)
    event = code_of(
        EVENTS, (is_word("outcome", "open", "paused"), "open"), (is_word("outcome", "withdrawn"), "withdrawn"),
        otherwise="closed",
    )  # fmt: skip
    seen = seen.of(seen.frame.with_columns(event.alias("event")))
    counts = counted(seen, [*by, "received_month", "closed_month", "event", scale], {"event": _span(EVENTS)})
    return told(seen, counts).rename(columns={scale: "duration"})


def _span(words: tuple[str | None, ...]) -> Span:
    return Span(0, len(words) - 1)


def with_terms(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add `statutory_term`, `committed_term` (NO_TERM = not known) and `term_kind` ("" = not known)."""
    return frame.with_columns(
        *(
            nw.coalesce(nw.col(f"{name}_days").cast(nw.Float64), nw.lit(NO_TERM)).alias(f"{name}_term")
            for name in ("statutory", "committed")
        ),
        nw.coalesce(nw.col("day_kind"), nw.lit("")).alias("term_kind"),
    )


_TERMS = {"statutory_term": "statutory_days", "committed_term": "committed_days", "term_kind": "day_kind"}


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
    seen = looked_at(dossiers, clock, rule.basis, with_time_used, with_terms)
    seen = seen.filtered(~is_word("outcome", "open", "paused", "withdrawn"))
    keys = [*dict.fromkeys((*by, "procedure")), "closed_month", *_TERMS]
    sums = {"sum_working_days": "working_days", "sum_calendar_days": "calendar_days"}
    return told(seen, counted(seen, keys, **sums)).rename(columns=_TERMS)


NO_DUE, DUE_BEFORE, DUE_AHEAD = 0, 1, 2
"""Codes of `due_state`: no due date, due before the day of `as_of`, due on it or later."""


def with_due_state(frame: Frame, clock: Clock, days: Days) -> Frame:
    """Add `due_state`, see NO_DUE."""
    ahead = nw.when(nw.col("due_day") >= clock.as_of_day).then(nw.lit(DUE_AHEAD)).otherwise(nw.lit(DUE_BEFORE))
    state = nw.when(nw.col("due_at").is_null()).then(nw.lit(NO_DUE)).otherwise(ahead)
    return frame.with_columns(state.cast(nw.Int64).alias("due_state"))


def count_pending(
    dossiers: Any, clock: Clock, by: tuple[str, ...] = (), rule: OnTimeRule = OFFICIAL_FORM
) -> pd.DataFrame:
    """Count the dossiers open at `as_of` by age and days overdue.

    Result: columns `by`, `age_days` (working days since receipt, net of pauses), `overdue_days` (working days since
    the due
    date; 0 = not overdue), `state` ("in_time", "overdue", "paused", "without_due"), `n`.
    """
    check_dimensions(by)
    seen = looked_at(dossiers, clock, rule.basis, with_time_used, with_due_state)
    _, overdue_month = of_grain(rule)
    seen = seen.filtered(is_word("outcome", "open", "paused"))
    overdue = nw.col(overdue_month) > 0
    state = code_of(
        STATES,
        (is_word("outcome", "paused"), "paused"),
        (overdue, "overdue"),
        (nw.col("due_state") == NO_DUE, "without_due"),
        otherwise="in_time",
    )
    days = nw.lit(clock.working_day_number()) - nw.col("due_working")
    seen = seen.of(
        seen.frame.with_columns(
            state.alias("state"),
            nw.coalesce(nw.when(overdue).then(days), nw.lit(0)).cast(nw.Int64).alias("overdue_days"),
        )
    )
    counts = counted(seen, [*by, "working_days", "overdue_days", "state"], {"state": _span(STATES)})
    return told(seen, counts).rename(columns={"working_days": "age_days"})


def count_procedures(dossiers: Any, clock: Clock) -> pd.DataFrame:
    """Count dossiers by procedure and the name and field written beside it.

    Result: columns `procedure`, `procedure_name`, `field`, `n`: the source of labels, since one code is often written
    with several names.
    """
    keys = ["procedure", "procedure_name", "field"]
    if isinstance(dossiers, DatedDossiers) and dossiers.names is not None:
        dossiers.check(clock, dossiers.basis)
        found: pd.DataFrame = dossiers.names.groupby(keys, as_index=False, sort=True)[["n"]].sum()
        return found
    return group_counts(named_procedures(as_frame(dossiers), clock), keys)


def named_procedures(dossiers: Frame, clock: Clock) -> Frame:
    """Return the dossiers that count with `procedure_name`, "" where there is none."""
    frame = received_by(dossiers, clock)
    return frame.with_columns(nw.coalesce(nw.col("procedure_name"), nw.lit("")).alias("procedure_name"))


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
