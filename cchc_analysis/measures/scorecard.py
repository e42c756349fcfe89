"""How far a plan is kept: from figures, trends and forecasts to one status per commitment, with its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from cchc_analysis.measures.target import Target
from cchc_analysis.measures.year_end import YearEnd
from cchc_analysis.stats.proportions import newcombe_difference

Status = Literal["met", "on_track", "at_risk", "missed", "not_measurable", "no_data"]
Basis = Literal["dossiers", "register", "survey", "evidence", "index", ""]
STATUSES: tuple[Status, ...] = ("met", "on_track", "at_risk", "missed", "not_measurable", "no_data")
"""What can become of a commitment, in the order in which it is told."""

REASONS: dict[str, tuple[Status, ...]] = {
    "reached": ("met",),
    "not_reached": ("missed",),
    "secured": ("met",),
    "impossible": ("missed",),
    "likely": ("on_track",),
    "unlikely": ("at_risk",),
    "unlikely_at_pace": ("at_risk",),
    "unlikely_on_trend": ("at_risk",),
    "no_pace": ("at_risk",),
    "holds": ("on_track",),
    "short": ("at_risk",),
    "above": ("met", "on_track"),
    "below": ("missed", "at_risk"),
    "undecided": ("at_risk",),
    "risen": ("met",),
    "unchanged": ("on_track",),
    "fallen": ("at_risk", "missed"),
    "no_base": ("no_data",),
    "reports_missing": ("at_risk",),
    "in_progress": ("on_track", "missed"),
    "reported_no": ("at_risk", "missed"),
    "number_elsewhere": ("not_measurable",),
    "no_number": ("not_measurable",),
    "words": ("not_measurable",),
    "other_year": ("not_measurable",),
    "no_figure": ("no_data",),
    "nothing_counted": ("no_data",),
    "too_few": ("no_data",),
    "not_due": ("no_data",),
    "no_report": ("no_data",),
    "not_reporter": ("no_data",),
}
"""Reason → the statuses it can stand beside; docs/methods/scorecard.md says each in words."""

ENOUGH_CHANCE = 0.8
"""A commitment is on track where the chance of reaching it by the end of the year is at least this."""

VOLUME_MARGIN = 2
"""A goal is secured, or out of reach, before the end of the year only where that also holds with this many times the
volume that is expected for the rest of the year."""

SCORECARD_COLUMNS = (
    *("commitment", "status", "reason", "basis", "value", "numerator", "denominator", "lower", "upper", "n_counted"),
    *("operator", "goal", "verdict", "window_start", "window_end"),
    *("trend", "trend_difference", "trend_lower", "trend_upper", "base"),
    *("year_end_value", "year_end_lower", "year_end_upper", "chance", "chance_trend", "n_expected", "n_reported"),
)
"""Columns of a scorecard, one row per commitment in the order of the plan.

`value`, `numerator`, `denominator`, `lower`, `upper`: the figure of the period (null = none); of offices that reported
yes or no, the share that said yes; `n_counted`: how many were counted where the figure is no share. `goal`: the number
to reach (share, rank or count), null where there is none. `verdict` of the period's own figure: "met", "missed",
"undecided" (within chance), "undefined" (nothing counted), "" (no goal, or not the year of the plan). `trend`: "up",
"down", "flat" (within noise), "unknown" against the period `base`; `year_end_…`, `chance`, `chance_trend`: the year at
the pace of the last months and the chances of the goal. `n_expected`, `n_reported`: reports of offices in the window.
"""

SERIES_COLUMNS = ("commitment", "period", "value", "numerator", "denominator")


@dataclass(frozen=True)
class Goal:
    """What a commitment asks for: an operator ("=", ">=", ">", "<=") and a share, exact."""

    operator: str
    share: Fraction

    @property
    def target(self) -> Target:
        """The goal as a target of the counts of `counted`: at most a share is at least the rest of the others."""
        if self.operator == "<=":
            return Target(">=", 1 - self.share)
        operator: Any = self.operator
        return Target(operator, self.share)

    def counted(self, numerator: int, denominator: int) -> tuple[int, int]:
        """Return the counts that `target` is about: those that count, or for "<=" those that do not."""
        return (denominator - numerator if self.operator == "<=" else numerator), denominator

    def holds(self, value: float) -> bool:
        """Tell whether a share that is no count (such as of days) reaches the goal.

        >>> Goal(">", Fraction(1, 2)).holds(0.5), Goal("<=", Fraction(1, 2)).holds(0.5)
        (False, True)
        """
        goal = float(self.share)
        return {"<=": value <= goal, ">": value > goal}.get(self.operator, value >= goal)


@dataclass(frozen=True)
class Figure:
    """The figure of one window and what it rests on; None where it has no such number.

    `exact`: everything was counted or reported and no interval belongs to it; `suppressed`: too few to be shown.
    """

    basis: Basis = ""
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    lower: float | None = None
    upper: float | None = None
    n_counted: int | None = None
    exact: bool = False
    suppressed: bool = False

    @property
    def counts(self) -> tuple[int, int] | None:
        """Numerator and denominator where both are whole numbers."""
        if self.numerator is None or self.denominator is None:
            return None
        whole = self.numerator == int(self.numerator) and self.denominator == int(self.denominator)
        return (int(self.numerator), int(self.denominator)) if whole else None


@dataclass(frozen=True)
class Trend:
    """How a figure moved against that of the period `base`; "flat" where the interval of the difference has 0 in it."""

    trend: Literal["up", "down", "flat", "unknown"] = "unknown"
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    base: str = ""


@dataclass(frozen=True)
class Judgement:
    """Status and reason of a commitment. ValueError for a reason that cannot stand beside the status."""

    status: Status
    reason: str

    def __post_init__(self) -> None:
        if self.status not in REASONS.get(self.reason, ()):
            raise ValueError(f"The reason {self.reason!r} does not go with the status {self.status!r}.")


def verdict_of(goal: Goal | None, figure: Figure) -> str:
    """Hold the figure of a period against a goal.

    A share of counts as Target.verdict does (beyond chance on one side, or "undecided"); an exact share by its value.

    >>> half = Goal(">", Fraction(1, 2))
    >>> verdict_of(half, Figure(value=0.6, numerator=60, denominator=100)), verdict_of(None, Figure())
    ('met', '')
    """
    if goal is None:
        return ""
    if figure.value is None:
        return "undefined" if figure.denominator == 0 else ""
    if not figure.exact and figure.counts is not None:
        return goal.target.verdict(*goal.counted(*figure.counts))
    return "met" if _reaches(goal, figure) else "missed"


def _reaches(goal: Goal, figure: Figure) -> bool:
    """Tell whether a figure itself reaches a goal: counts in whole numbers, anything else by its value."""
    if figure.counts is not None:
        return goal.target.is_reached(*goal.counted(*figure.counts))
    return figure.value is not None and goal.holds(figure.value)


def trend_of(now: Figure, before: Figure, base: str) -> Trend:
    """Compare two figures; shares of counts by Newcombe's interval, exact ones by their difference alone.

    >>> trend_of(Figure(value=0.6, numerator=60, denominator=100), Figure(value=0.4, numerator=40, denominator=100),
    ...     "2023-Q1").trend
    'up'
    """
    if now.value is None or before.value is None:
        return Trend(base=base)
    difference = now.value - before.value
    if now.exact or now.counts is None or before.counts is None:
        return Trend(_sign(difference, difference), difference, base=base)
    lower, upper = newcombe_difference(*now.counts, *before.counts)
    return Trend(_sign(lower, upper), difference, lower, upper, base)


def _sign(lower: float, upper: float) -> Literal["up", "down", "flat"]:
    # Differences of shares of exact counts: what is smaller than this is the rounding of the machine.
    return "up" if lower > 1e-12 else "down" if upper < -1e-12 else "flat"


def judge_share(goal: Goal, so_far: Figure, end: YearEnd, over: bool) -> Judgement:
    """Judge a share with a goal: by the counts of the year where it is over, else by the chance of reaching the goal.

    `so_far`: the year up to now; `end`: measures.year_end of the same counts with the target `goal.target`, its months
    counted as `goal.counted` does.
    """
    if so_far.counts is None or so_far.counts[1] == 0:
        return Judgement("no_data", "nothing_counted")
    counts = goal.counted(*so_far.counts)
    if over:
        return _ended(goal.target.is_reached(*counts))
    if goal.target.share == 1 and counts[0] < counts[1]:
        return Judgement("missed", "impossible")
    if end.chance is None:
        return Judgement("at_risk", "no_pace")
    return _settled(goal, end) or _by_chance(end.chance, None if end.trend is None else end.trend.chance)


def _settled(goal: Goal, end: YearEnd) -> Judgement | None:
    """Return met or missed where that holds whatever comes, even with VOLUME_MARGIN times the volume expected."""
    most = VOLUME_MARGIN * end.n_rest
    needed = goal.target.least(end.denominator + most) - end.numerator
    if needed > most:
        return Judgement("missed", "impossible")
    return Judgement("met", "secured") if needed <= 0 else None


def _ended(is_reached: bool) -> Judgement:
    return Judgement("met", "reached") if is_reached else Judgement("missed", "not_reached")


def _by_chance(pace: float, trend: float | None) -> Judgement:
    at_pace, along = pace >= ENOUGH_CHANCE, trend is None or trend >= ENOUGH_CHANCE
    if at_pace and along:
        return Judgement("on_track", "likely")
    if at_pace:
        return Judgement("at_risk", "unlikely_on_trend")
    return Judgement("at_risk", "unlikely_at_pace" if trend is not None and along else "unlikely")


def judge_state(goal: Goal, figure: Figure, over: bool) -> Judgement:
    """Judge a share that holds at a moment, such as of procedures: reached or not as things stand."""
    if figure.value is None:
        return Judgement("no_data", "nothing_counted")
    if over:
        return _ended(_reaches(goal, figure))
    return Judgement("on_track", "holds") if _reaches(goal, figure) else Judgement("at_risk", "short")


def judge_survey(goal: Goal, figure: Figure, last_in: bool) -> Judgement:
    """Judge the result of a survey by its 95 % interval; before the last wave of the year is in, by the side it is on.

    Wholly on one side of the goal = met or missed with the last wave, on track or at risk before; across the goal = at
    risk with the last wave ("undecided"), before it by the side of the figure itself.
    """
    if figure.value is None:
        return Judgement("no_data", "too_few" if figure.suppressed else "nothing_counted")
    low, high = (figure.value if end is None else end for end in (figure.lower, figure.upper))
    if goal.holds(low) == goal.holds(high):
        above = goal.holds(low)
        if last_in:
            return Judgement("met", "above") if above else Judgement("missed", "below")
        return Judgement("on_track", "above") if above else Judgement("at_risk", "below")
    if last_in:
        return Judgement("at_risk", "undecided")
    return Judgement("on_track", "above") if goal.holds(figure.value) else Judgement("at_risk", "below")


def judge_trend(trend: Trend, direction: str, over: bool) -> Judgement:
    """Judge a commitment that sets a direction only, by the change of the period against its base."""
    if trend.trend == "unknown":
        return Judgement("no_data", "no_base")
    if trend.trend == "flat":
        return Judgement("on_track", "unchanged")
    if trend.trend == direction:
        return Judgement("met", "risen")
    return Judgement("missed" if over else "at_risk", "fallen")


def judge_done(n: int, over: bool) -> Judgement:
    """Judge something that is done once it has been counted, such as a survey with forms."""
    if n:
        return Judgement("met", "reached")
    return Judgement("missed", "not_reached") if over else Judgement("no_data", "nothing_counted")


def judge_number(operator: str, goal: float, value: float, elapsed: float, over: bool) -> Judgement:
    """Judge a running count or a rank against a number: counts by the part `elapsed` of the year, ranks as they stand.

    Counts only grow: at least so many is met as soon as it is reached, at most so many is missed as soon as exceeded.

    >>> judge_number(">=", 92, 50, 0.5, False), judge_number(">=", 92, 92, 0.5, False)
    (Judgement(status='on_track', reason='holds'), Judgement(status='met', reason='reached'))
    """
    if operator == "<=":
        if value > goal:
            return Judgement("missed", "not_reached")
        return Judgement("met", "reached") if over else Judgement("on_track", "holds")
    reached = value > goal if operator == ">" else value >= goal
    if reached or over:
        return _ended(reached)
    return Judgement("on_track", "holds") if value >= goal * elapsed else Judgement("at_risk", "short")


def without_number(operator: str) -> Judgement:
    """Return why a commitment without a number to reach cannot be judged."""
    reasons = {"param": "number_elsewhere", "none": "words"}
    return Judgement("not_measurable", reasons.get(operator, "no_number"))


@dataclass(frozen=True)
class CommitmentRow:
    """Everything a scorecard says of one commitment; `scorecard_table` writes it out."""

    commitment: str
    operator: str
    judgement: Judgement
    figure: Figure = Figure()
    goal: float | None = None
    verdict: str = ""
    window: tuple[date, date] | None = None
    trend: Trend = Trend()
    end: YearEnd | None = None
    n_expected: int | None = None
    n_reported: int | None = None

    def cells(self) -> Mapping[str, Any]:
        """Return the row by the names of SCORECARD_COLUMNS."""
        figure, trend, start_end = self.figure, self.trend, self.window or (None, None)
        end = _year_end_cells(self.end, self.operator)
        return {
            "commitment": self.commitment,
            "status": self.judgement.status,
            "reason": self.judgement.reason,
            **{name: getattr(figure, name) for name in ("basis", "value", "numerator", "denominator")},
            **{name: getattr(figure, name) for name in ("lower", "upper", "n_counted")},
            **{"operator": self.operator, "goal": self.goal, "verdict": self.verdict},
            **{"window_start": start_end[0], "window_end": start_end[1]},
            **{"trend": trend.trend, "trend_difference": trend.difference},
            **{"trend_lower": trend.lower, "trend_upper": trend.upper, "base": trend.base},
            **end,
            **{"n_expected": self.n_expected, "n_reported": self.n_reported},
        }


def _year_end_cells(end: YearEnd | None, operator: str) -> dict[str, float | None]:
    """Return the end of the year; of "at most" the months were counted the other way round and are turned back."""
    names = ("year_end_value", "year_end_lower", "year_end_upper")
    if end is None:
        return dict.fromkeys((*names, "chance", "chance_trend"))
    values: tuple[float | None, ...] = (end.value, end.lower, end.upper)
    if operator == "<=":
        values = tuple(None if v is None else 1 - v for v in (end.value, end.upper, end.lower))
    chances = {"chance": end.chance, "chance_trend": None if end.trend is None else end.trend.chance}
    return {**dict(zip(names, values, strict=True)), **chances}


def scorecard_table(rows: Iterable[CommitmentRow]) -> pd.DataFrame:
    """Write the rows of a scorecard as a table (columns SCORECARD_COLUMNS).

    >>> row = CommitmentRow("C38", "none", without_number("none"))
    >>> scorecard_table([row])[["commitment", "status", "reason"]].to_dict("records")
    [{'commitment': 'C38', 'status': 'not_measurable', 'reason': 'words'}]
    """
    table = pd.DataFrame([row.cells() for row in rows], columns=list(SCORECARD_COLUMNS))
    words = ("commitment", "status", "reason", "basis", "operator", "verdict", "trend", "base")
    whole, dates = ("n_counted", "n_expected", "n_reported"), ("window_start", "window_end")
    kinds: dict[str, str] = {
        name: "str" if name in words else "Int64" if name in whole else "object" if name in dates else "float64"
        for name in SCORECARD_COLUMNS
    }
    return table.astype(kinds)


def without_goal(row: CommitmentRow) -> CommitmentRow:
    """Return a row as it stands in a year that is not the plan's: the figure is shown and not judged."""
    return replace(row, judgement=Judgement("not_measurable", "other_year"), verdict="", end=None)
