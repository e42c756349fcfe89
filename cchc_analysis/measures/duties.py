"""What a plan asks offices to hand in by a day: what came on time, late or not at all, and what is due next."""

from datetime import date, timedelta
from typing import Any, Final, Literal

import pandas as pd

from cchc_analysis.frames import records

DutyState = Literal["on_time", "late", "missing", "due_next", "due_later", "no_date", "unknown"]
EvidenceState = Literal["reported", "missing", "not_due", "unknown"]

DUTY_STATES: Final[tuple[DutyState, ...]] = (
    *("missing", "late", "due_next", "due_later", "on_time", "no_date", "unknown"),
)
"""What can become of one report of one office, the most pressing first.

"no_date": the plan sets no day; "unknown": the day is over and nobody has taken in what was handed in.
"""

_COUNTED: Final = ("n_wanted", *(f"n_{state}" for state in DUTY_STATES))

DUTY_COLUMNS: Final = ("duty", "period", "unit", "before", "last_day", "submitted_at", "document", "state", "days")
"""Columns of `duty_states`.

`before`: the day before which the report is wanted; `last_day`: the last one on time, the day before it. `days` counts
calendar days after `last_day` where the report is late or missing, and the days left where it is still due; null else.
"""

EVIDENCE_STATE_COLUMNS: Final = (
    *("commitment", "period", "unit", "before", "last_day", "state", "reported_at", "document", "days"),
)
"""Columns of `evidence_states`; `days` counts calendar days after `last_day` where the report is missing, else null."""


def last_day_on_time(before: date) -> date:
    """Return the last day on which a report wanted before a day is on time: the day before it.

    "Trước ngày 14/6" asks for the report by the end of 13/6; on 14/6 it is late. The day is a date of the plan, not the
    end of a term, so that it does not move where it is a day off.

    >>> last_day_on_time(date(2023, 6, 14))
    datetime.date(2023, 6, 13)
    """
    return before - timedelta(days=1)


def duty_states(occurrences: pd.DataFrame, submissions: pd.DataFrame | None, as_of: date) -> pd.DataFrame:
    """Return what has become of every report by the end of the day `as_of`.

    `occurrences`: `duty, period, unit, before` (a date, None where the plan sets no day), one row per report that an
    office has to hand in; `submissions`: `duty, period, unit, submitted_at, document`, each report at most once; what
    was handed in after `as_of` is not known yet, and what no office was asked for is left out; None where nobody keeps
    such a list: a report whose day is over is "unknown" then, not missing. Result: DUTY_COLUMNS in the order of
    `occurrences`. Of the reports of a duty that are still open those of the next day are "due_next", the later ones
    "due_later".

    >>> wanted = pd.DataFrame([("D02", "2023-Q1", unit, date(2023, 3, 14)) for unit in ("a", "b")],
    ...     columns=["duty", "period", "unit", "before"])
    >>> came = pd.DataFrame([("D02", "2023-Q1", "a", pd.Timestamp("2023-03-14"), "12/BC")],
    ...     columns=["duty", "period", "unit", "submitted_at", "document"])
    >>> duty_states(wanted, came, date(2023, 3, 20))[["unit", "state", "days"]].to_numpy().tolist()
    [['a', 'late', 1], ['b', 'missing', 7]]
    """
    keys = ["duty", "period", "unit"]
    sent = _nothing_sent() if submissions is None or submissions.empty else submissions
    known = sent[sent["submitted_at"].dt.date <= as_of]
    rows = occurrences.merge(known[[*keys, "submitted_at", "document"]], on=keys, how="left")
    last = [None if pd.isna(day) else last_day_on_time(day) for day in rows["before"]]
    open_days = [
        (duty, day)
        for duty, day, sent in zip(rows["duty"], last, rows["submitted_at"], strict=True)
        if day is not None and day >= as_of and pd.isna(sent)
    ]
    nearest = {duty: min(day for name, day in open_days if name == duty) for duty, _ in open_days}
    told = [
        _state(day, None if pd.isna(sent) else sent.date(), as_of, nearest.get(duty), known=submissions is not None)
        for duty, day, sent in zip(rows["duty"], last, rows["submitted_at"], strict=True)
    ]
    return rows.assign(
        before=pd.Series([None if pd.isna(day) else day for day in rows["before"]], dtype="object"),
        last_day=pd.Series(last, dtype="object"),
        document=rows["document"].astype("object").where(rows["document"].notna(), None),
        state=pd.Series([state for state, _ in told], dtype="object"),
        days=pd.Series([days for _, days in told], dtype="Int64"),
    )[list(DUTY_COLUMNS)]


def _nothing_sent() -> pd.DataFrame:
    empty = pd.DataFrame({name: pd.Series(dtype="object") for name in ("duty", "period", "unit", "document")})
    return empty.assign(submitted_at=pd.Series(dtype="datetime64[us]"))


def _state(
    last: date | None, sent: date | None, as_of: date, nearest: date | None, *, known: bool
) -> tuple[DutyState, int | None]:
    if last is None:
        return "no_date", None
    if sent is not None:
        return ("on_time", None) if sent <= last else ("late", (sent - last).days)
    if last < as_of:
        return ("missing", (as_of - last).days) if known else ("unknown", None)
    return ("due_next" if last == nearest else "due_later"), (last - as_of).days


def duty_summary(states: pd.DataFrame, by: tuple[str, ...] = ("duty", "period")) -> pd.DataFrame:
    """Return how many reports are in each state, and the share on time of those that were due.

    `states`: result of `duty_states`. Columns `by`, `n_wanted`, `n_` and each of DUTY_STATES, `numerator` (on time),
    `denominator` (on time, late or missing) and `value` = numerator / denominator, null where nothing was due yet. A
    report handed in before its day counts as on time at once.

    >>> states = pd.DataFrame({"duty": "D02", "period": "2023-Q1", "state": ["on_time", "late", "missing"]})
    >>> duty_summary(states)[["n_wanted", "numerator", "denominator"]].to_numpy().tolist()
    [[3, 1, 3]]
    """
    marks = states[list(by)].assign(**{f"n_{state}": states["state"] == state for state in DUTY_STATES}, n_wanted=1)
    sums = marks.groupby(list(by), sort=False, dropna=False).sum().reset_index()
    rows = sums[[*by, *_COUNTED]].astype(dict.fromkeys(_COUNTED, "int64"))
    denominator = rows["n_on_time"] + rows["n_late"] + rows["n_missing"]
    value = (rows["n_on_time"] / denominator.where(denominator > 0)).astype("Float64")
    return rows.assign(numerator=rows["n_on_time"], denominator=denominator, value=value)


def evidence_states(asked: pd.DataFrame, reports: pd.DataFrame | None, as_of: date) -> pd.DataFrame:
    """Return which evidence has been reported by the end of the day `as_of`, which is missing, which is not due yet.

    `asked`: `commitment, period, unit, before` (a date), one row per report an office has to make, with `months`, the
    months of the period as numbers; `reports`: `commitment, unit, months, reported_at, document`, None where nobody
    keeps such a list. A report for a part of the period is one for the period. Result: EVIDENCE_STATE_COLUMNS in the
    order of `asked`.

    >>> asked = pd.DataFrame({"commitment": "C05", "period": "2023-Q1", "unit": ["a", "b"]})
    >>> asked = asked.assign(before=[date(2023, 3, 14)] * 2, months=[(1, 2, 3)] * 2)
    >>> told = pd.DataFrame({"commitment": ["C05"], "unit": "a", "months": [(1, 2, 3)], "reported_at": pd.NaT})
    >>> evidence_states(asked, told.assign(document="5/BC"), date(2023, 3, 20))["state"].tolist()
    ['reported', 'missing']
    """
    told = pd.DataFrame(columns=["commitment", "unit", "months"]) if reports is None else reports
    overdue: EvidenceState = "unknown" if reports is None else "missing"
    by_office: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in records(told):
        by_office.setdefault((row["commitment"], row["unit"]), []).append(row)
    rows = []
    for wanted in records(asked):
        last = last_day_on_time(wanted["before"])
        mine = by_office.get((wanted["commitment"], wanted["unit"]), [])
        inside = [row for row in mine if set(row["months"]) <= set(wanted["months"])]
        newest = max(inside, key=lambda row: max(row["months"]), default=None)
        late = (as_of - last).days
        state: EvidenceState = "reported" if newest is not None else overdue if late > 0 else "not_due"
        rows.append(
            (
                *(wanted["commitment"], wanted["period"], wanted["unit"], wanted["before"], last, state),
                pd.NaT if newest is None else newest["reported_at"],
                None if newest is None or pd.isna(newest["document"]) else newest["document"],
                late if state == "missing" else None,
            )
        )
    table = pd.DataFrame(rows, columns=list(EVIDENCE_STATE_COLUMNS), dtype="object")
    return table.astype({"reported_at": "datetime64[us]", "days": "Int64"})
