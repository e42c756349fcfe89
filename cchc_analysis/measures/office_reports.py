"""What offices reported by hand for a commitment: added up, with what is missing kept apart from what is no."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import pandas as pd

from cchc_analysis.measures.scorecard import (
    Figure,
    Goal,
    Judgement,
    Trend,
    judge_number,
    judge_trend,
    without_number,
)
from cchc_analysis.periods import ReportPeriod

ReportKind = Literal["share", "yes_no", "count"]
OverTheYear = Literal["sum", "latest"]
"""How the reports of several periods become one figure: added up, or the last one of each office."""

FILLED = {"share": ("numerator", "denominator"), "yes_no": ("answer",), "count": ("n_counted",)}
"""Kind of report → the columns without which a row reports nothing."""


@dataclass(frozen=True)
class Asked:
    """One report that an office has to make: for which period (place in the list of periods), and whether it is due."""

    place: int
    unit: str
    due: bool


@dataclass(frozen=True)
class OfficeReports:
    """The reports of a window: what they add up to, how many were asked for and came, and which due ones did not.

    `figure`: for "share" numerators and denominators summed, for "yes_no" the offices that said yes of those that
    answered, for "count" the sum; `n_no`, `n_in_progress` answers; `missing` the reports that are due and have not
    come; `n_ahead` reports not due and not made. `final`, `n_final_no`, `n_final_in_progress`: the same of what cannot
    change any more once the year is over: all of them where periods are added up, else the reports of the last period.
    """

    figure: Figure
    n_expected: int
    n_reported: int
    missing: tuple[Asked, ...] = ()
    n_no: int = 0
    n_in_progress: int = 0
    n_ahead: int = 0
    final: Figure = field(default_factory=Figure)
    n_final_no: int = 0
    n_final_in_progress: int = 0


def reports_in(rows: pd.DataFrame, kind: ReportKind, periods: Sequence[ReportPeriod]) -> pd.DataFrame:
    """Return the rows that report something for one of the periods, with `place`, that period's place in the list.

    `rows`: columns `period` (ReportPeriod or None where its label cannot be read), `unit` and those of FILLED. A report
    for a part of a period is one for the period.
    """
    filled = [~pd.isna(rows[name].to_numpy(dtype=object)) for name in FILLED[kind]]
    told = rows["period"].tolist()
    places = [_place(period, periods) if all(known) else None for period, *known in zip(told, *filled, strict=True)]
    units = rows["unit"].tolist()
    # A page adds up reports a hundred times, of a few rows each: they are put in order before a table is made.
    inside = [at for at, place in enumerate(places) if place is not None]
    inside.sort(key=lambda at: (told[at].months[-1], units[at]))
    return (
        rows.iloc[inside]
        .assign(
            place=pd.array([places[at] for at in inside], dtype="int64"),
            last_month=pd.array([told[at].months[-1] for at in inside], dtype="int64"),
        )
        .reset_index(drop=True)
    )


def _place(period: ReportPeriod | None, periods: Sequence[ReportPeriod]) -> int | None:
    if period is None:
        return None
    first, last = period.months[0], period.months[-1]
    # Months follow each other: a period lies in another where its ends do.
    inside = (at for at, whole in enumerate(periods) if whole.months[0] <= first and last <= whole.months[-1])
    return next(inside, None)


def add_reports(told: pd.DataFrame, kind: ReportKind, over_the_year: OverTheYear, asked: list[Asked]) -> OfficeReports:
    """Add up the reports that were asked for.

    `told`: result of `reports_in`; `asked`: the reports of the window. "sum" takes all of them, "latest" the last of
    each office; what an office did not report is in `missing` where it is due, and in no count.

    >>> rows = pd.DataFrame({"place": [0, 0], "unit": ["a", "b"], "answer": ["yes", "no"], "last_month": [1, 1]})
    >>> sums = add_reports(rows, "yes_no", "sum", [Asked(0, unit, True) for unit in ("a", "b", "c")])
    >>> sums.figure.value, sums.n_expected, sums.n_reported, [entry.unit for entry in sums.missing]
    (0.5, 3, 2, ['c'])
    """
    expected = _last_asked(asked) if over_the_year == "latest" else asked
    if not len(told):
        nothing = Figure("evidence", exact=True)
        owed = tuple(_owed(asked, over_the_year))
        n_ahead = sum(not entry.due for entry in asked)
        return OfficeReports(nothing, len(expected), 0, owed, n_ahead=n_ahead, final=nothing)
    wanted = {(entry.place, entry.unit) for entry in asked}
    inside = [key in wanted for key in zip(told["place"], told["unit"], strict=True)]
    rows = told[pd.Series(inside, index=told.index, dtype=bool)]
    made = set(zip(rows["place"], rows["unit"], strict=True))
    keys = ["unit"] if over_the_year == "latest" else ["place", "unit"]
    if over_the_year == "latest" or kind == "yes_no":
        rows = rows.drop_duplicates(keys, keep="last")
    answers = rows["answer"].tolist() if kind == "yes_no" else []
    last = max((entry.place for entry in asked), default=0)
    final = rows[rows["place"] == last] if over_the_year == "latest" else rows
    last_answers = final["answer"].tolist() if kind == "yes_no" else []
    return OfficeReports(
        _figure(rows, kind),
        len(expected),
        rows["unit"].nunique() if over_the_year == "latest" else len(made),
        tuple(entry for entry in _owed(asked, over_the_year) if (entry.place, entry.unit) not in made),
        answers.count("no"),
        answers.count("in_progress"),
        sum(not entry.due and (entry.place, entry.unit) not in made for entry in asked),
        _figure(final, kind),
        last_answers.count("no"),
        last_answers.count("in_progress"),
    )


def _last_asked(asked: list[Asked]) -> list[Asked]:
    """Return one report of each office, the last that was asked for."""
    return list({entry.unit: entry for entry in sorted(asked, key=lambda entry: entry.place)}.values())


def _owed(asked: list[Asked], over_the_year: OverTheYear) -> list[Asked]:
    """Return the reports that are due; where the last one counts, only that one."""
    due = [entry for entry in asked if entry.due]
    return _last_asked(due) if over_the_year == "latest" else due


def _figure(rows: pd.DataFrame, kind: ReportKind) -> Figure:
    if not len(rows):
        return Figure("evidence", exact=True)
    if kind == "count":
        n = int(rows["n_counted"].sum())
        return Figure("evidence", float(n), n_counted=n, exact=True)
    if kind == "yes_no":
        over, under = float((rows["answer"] == "yes").sum()), float(len(rows))
    else:
        over, under = (float(rows[name].sum()) for name in ("numerator", "denominator"))
    return Figure("evidence", over / under if under else None, over, under, exact=True)


@dataclass(frozen=True)
class ReportedPromise:
    """What a commitment told by offices asks for, and what has been reported of its year.

    `operator`, `direction` and `goal` as in the plan; `number`: the count to reach where the goal is no share;
    `elapsed`: the part of the year that is over.
    """

    kind: ReportKind
    operator: str
    goal: Goal | None
    over_the_year: OverTheYear
    direction: str = "up"
    number: float | None = None
    elapsed: float = 1.0


def judge_reports(promise: ReportedPromise, year: OfficeReports, trend: Trend, over: bool) -> Judgement:
    """Judge a commitment by what offices have reported of the year.

    Met: everything is reported and reached; missed: reported as not done, or short, where that can no longer change;
    what is missing makes it at risk, never missed.
    """
    if promise.operator in ("param", "none") or (promise.operator == "count" and promise.number is None):
        return without_number(promise.operator)
    if not year.n_reported:
        return Judgement("no_data", "no_report" if year.missing else "not_due")
    if promise.number is not None:
        value = year.figure.value
        if value is None:
            return Judgement("no_data", "nothing_counted")
        return judge_number(promise.operator, promise.number, value, promise.elapsed, over)
    if promise.operator == "trend":
        return judge_trend(trend, promise.direction, over)
    if promise.kind == "yes_no" and (promise.goal is None or promise.goal.share == 1):
        return _judge_answers(promise, year, over)
    return _judge_sums(promise, year, over)


def _judge_answers(promise: ReportedPromise, year: OfficeReports, over: bool) -> Judgement:
    """Judge yes and no of offices: all must say yes."""
    if year.n_final_no if over else year.n_no:
        final = over or promise.over_the_year == "sum"
        return Judgement("missed" if final else "at_risk", "reported_no")
    if year.n_final_in_progress and over:
        return Judgement("missed", "in_progress")
    if year.missing:
        return Judgement("at_risk", "reports_missing")
    if year.n_in_progress:
        return Judgement("on_track", "in_progress")
    return Judgement("met", "reached") if over or not year.n_ahead else Judgement("on_track", "holds")


def _judge_sums(promise: ReportedPromise, year: OfficeReports, over: bool) -> Judgement:
    """Judge counts summed over offices, held against the goal."""
    goal, counts = promise.goal or Goal("=", Fraction(1)), year.figure.counts
    if counts is None or not counts[1]:
        return Judgement("no_data", "nothing_counted")
    reached, everything = _is_reached(goal, year.figure), goal.target.share == 1
    if not reached and everything and promise.over_the_year == "sum":
        return Judgement("missed", "not_reached" if over else "impossible")
    if over and year.missing:
        # Of a target of everything one report of the last period that is short decides; an older one may be mended.
        short = everything and bool(year.final.denominator) and not _is_reached(goal, year.final)
        return Judgement("missed", "not_reached") if short else Judgement("at_risk", "reports_missing")
    if year.missing and reached:
        return Judgement("at_risk", "reports_missing")
    if over or (not year.n_ahead and not year.missing):
        return Judgement("met", "reached") if reached else Judgement("missed", "not_reached")
    return Judgement("on_track", "holds") if reached else Judgement("at_risk", "short")


def _is_reached(goal: Goal, figure: Figure) -> bool:
    return figure.counts is not None and goal.target.is_reached(*goal.counted(*figure.counts))
