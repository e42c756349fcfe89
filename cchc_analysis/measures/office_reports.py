"""What offices reported by hand for a commitment: added up, with what is missing kept apart from what is no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

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


@dataclass(frozen=True)
class Report:
    """One row of the register of evidence: for which period (None = its label cannot be read), by whom, and what.

    What was not filled in is None; `place`: the place of `period` in a list of periods that is asked about.
    """

    period: ReportPeriod | None
    unit: str
    numerator: int | None = None
    denominator: int | None = None
    answer: str | None = None
    n_counted: int | None = None
    place: int = -1

    @property
    def last_month(self) -> int:
        """Return the number of the last month of the period."""
        return -1 if self.period is None else self.period.months[-1]


def reports_in(reports: Iterable[Report], kind: ReportKind, periods: Sequence[ReportPeriod]) -> list[Report]:
    """Return the reports that report something for one of the periods, with `place`, that period's place in the list.

    Ordered by the end of their period, then by unit. A report for a part of a period is one for the period.
    """
    # Plain rows, not a table: a page adds up reports a hundred times, of a few rows each.
    bounds = [(period.months[0], period.months[-1]) for period in periods]
    inside = [
        replace(report, place=place)
        for report in reports
        if all(getattr(report, name) is not None for name in FILLED[kind])
        and (place := _place(report.period, bounds)) is not None
    ]
    return sorted(inside, key=lambda report: (report.last_month, report.unit))


def _place(period: ReportPeriod | None, bounds: Sequence[tuple[int, int]]) -> int | None:
    if period is None:
        return None
    first, last = period.months[0], period.months[-1]
    # Months follow each other: a period lies in another where its ends do.
    return next((at for at, (start, end) in enumerate(bounds) if start <= first and last <= end), None)


def add_reports(told: list[Report], kind: ReportKind, over_the_year: OverTheYear, asked: list[Asked]) -> OfficeReports:
    """Add up the reports that were asked for.

    `told`: result of `reports_in`; `asked`: the reports of the window. "sum" takes all of them, "latest" the last of
    each office; what an office did not report is in `missing` where it is due, and in no count.

    >>> told = [Report(None, "a", answer="yes", place=0), Report(None, "b", answer="no", place=0)]
    >>> sums = add_reports(told, "yes_no", "sum", [Asked(0, unit, True) for unit in ("a", "b", "c")])
    >>> sums.figure.value, sums.n_expected, sums.n_reported, [entry.unit for entry in sums.missing]
    (0.5, 3, 2, ['c'])
    """
    expected = _last_asked(asked) if over_the_year == "latest" else asked
    wanted = {(entry.place, entry.unit) for entry in asked}
    rows = [report for report in told if (report.place, report.unit) in wanted]
    made = {(report.place, report.unit) for report in rows}
    # Of several reports the last one counts.
    if over_the_year == "latest":
        rows = list({report.unit: report for report in rows}.values())
    elif kind == "yes_no":
        rows = list({(report.place, report.unit): report for report in rows}.values())
    last = max((entry.place for entry in asked), default=0)
    final = [report for report in rows if report.place == last] if over_the_year == "latest" else rows
    answers, last_answers = ([report.answer for report in some] for some in (rows, final))
    return OfficeReports(
        _figure(rows, kind),
        len(expected),
        len({report.unit for report in rows}) if over_the_year == "latest" else len(made),
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


def _figure(rows: list[Report], kind: ReportKind) -> Figure:
    if not rows:
        return Figure("evidence", exact=True)
    if kind == "count":
        n = sum(report.n_counted or 0 for report in rows)
        return Figure("evidence", float(n), n_counted=n, exact=True)
    if kind == "yes_no":
        over, under = float(sum(report.answer == "yes" for report in rows)), float(len(rows))
    else:
        over = float(sum(report.numerator or 0 for report in rows))
        under = float(sum(report.denominator or 0 for report in rows))
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
