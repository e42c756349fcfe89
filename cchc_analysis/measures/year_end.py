"""Where a share will stand at the end of the year, at the pace of the last months and along their trend, and what a
target asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cchc_analysis.measures.target import Target
from cchc_analysis.stats.forecast import (
    ENOUGH_POINTS,
    beta_binomial_chance,
    beta_binomial_interval,
    excess_dispersion,
    logistic_trend,
    trend_chance,
    trend_forecast,
)

PACE_MONTHS = 3
"""Whole months whose pace is carried on."""

Month = tuple[int, int, int]
"""Numerator, denominator, and volume of a whole month: how many such dossiers there were, counted or not yet.

The volume is larger than the denominator in months in which a duty began, or only some units had it.
"""

Outlook = Literal["no_target", "unknown", "over", "secured", "reachable", "impossible"]


TrendRefusal = Literal["", "few_months", "no_line", "nothing_left"]
"""Why there is no trend: fewer than ENOUGH_POINTS months with dossiers; one month parts those that count from those
that do not, so that no line fits; no months or dossiers left."""


@dataclass(frozen=True)
class TrendOutlook:
    """The share of the whole year if the trend of its months goes on.

    `value` with `lower` and `upper` (level of `year_end`); `odds_ratio`: by what the odds of a dossier change from one
    month to the next; `difference` = this value − the value at the pace; `n_months` fitted. `contrast` names the
    scenario that alone reaches the target ("trend", "pace"); "" where both or neither do, or there is no target.
    `chance`: that of reaching the target along the trend; None where it is not open (see YearEnd.chance).
    """

    value: float
    lower: float
    upper: float
    odds_ratio: float
    difference: float
    n_months: int
    contrast: Literal["", "trend", "pace"] = ""
    chance: float | None = None


@dataclass(frozen=True)
class YearEnd:
    """A share so far and expected for the whole year.

    `numerator` of `denominator` were counted in the whole months of the year; `pace_numerator` of `pace_denominator`
    in the last `pace_months` of them; `n_rest` dossiers are expected in the `months_left`. `value` with `lower` and
    `upper` is the expected share of the year (None where there is no pace). `needed` of the rest reach the target,
    `more_than_pace` of them beyond what the pace brings; None unless `outlook` is "secured" or "reachable".
    `best` is the share if every further dossier counted. `chance` is that of reaching the target at the pace, None
    unless `outlook` is "secured" (1), "reachable" or "impossible" (0). `trend` is the second scenario, None for the
    reason in `trend_refused`: the two differ wherever the share rises or falls, and neither is shown without the other.
    """

    numerator: int
    denominator: int
    months_left: int
    pace_months: int
    pace_numerator: int
    pace_denominator: int
    n_rest: int
    value: float | None
    lower: float | None
    upper: float | None
    best: float | None
    outlook: Outlook
    needed: int | None
    more_than_pace: int | None
    trend: TrendOutlook | None = None
    trend_refused: TrendRefusal = ""
    chance: float | None = None


def year_end(monthly: Sequence[Month], n_left: int, target: Target | None = None, level: float = 0.95) -> YearEnd:
    """Carry the pace of the last three whole months on to the end of the year.

    `monthly`: the whole months of the year so far in order; `n_left`: months of the year after them. The rest has the
    mean volume of the last three months (those before the first dossier are left out) and their share; its count is
    beta-binomial, with the excess dispersion of those months.
    The interval holds only while the pace lasts: a change of pace is outside it. Beside it stands a second scenario in
    which the logistic trend of all whole months goes on (see stats.logistic_trend, stats.trend_forecast), with the same
    volume. Source: docs/methods/year-end.md.

    >>> half = year_end([(40, 100, 100), (50, 100, 100), (60, 100, 100)], 3)
    >>> half.n_rest, half.value
    (300, 0.5)
    """
    numerator, denominator = sum(month[0] for month in monthly), sum(month[1] for month in monthly)
    first = next((place for place, month in enumerate(monthly) if month[2]), len(monthly))
    paced = list(monthly[first:])[-PACE_MONTHS:]
    x, n, volume = (sum(month[place] for month in paced) for place in range(3))
    n_rest = (2 * volume * n_left + len(paced)) // (2 * len(paced)) if paced else 0
    total = denominator + n_rest
    known = n > 0
    rest = _Rest(x, n, n_rest, _dispersion(paced))
    low, high = rest.interval(level) if known else (0, 0)
    outlook, needed = _outlook(numerator, denominator, n_left, n_rest, n, target)
    expected = n_rest * x / n if known else 0.0
    pace = (numerator + expected) / total if known else None
    trend, refused = _trend(monthly, n_left, n_rest, pace, target, level)
    chance = {"secured": 1.0, "impossible": 0.0}.get(outlook)
    return YearEnd(
        numerator=numerator,
        denominator=denominator,
        months_left=n_left,
        pace_months=len(paced),
        pace_numerator=x,
        pace_denominator=n,
        n_rest=n_rest,
        value=pace,
        lower=(numerator + min(low, expected)) / total if known else None,
        upper=(numerator + max(high, expected)) / total if known else None,
        best=(numerator + n_rest) / total if known else None,
        outlook=outlook,
        needed=needed,
        more_than_pace=None if needed is None else max(0, needed - round(expected)),
        trend=trend,
        trend_refused=refused,
        chance=rest.chance(needed) if outlook == "reachable" and needed is not None else chance,
    )


@dataclass(frozen=True)
class _Rest:
    """The dossiers to come: how many, and the past ones whose share they are expected to have."""

    numerator: int
    denominator: int
    n_rest: int
    dispersion: float

    def interval(self, level: float) -> tuple[int, int]:
        return beta_binomial_interval(self.numerator, self.denominator, self.n_rest, level, self.dispersion)

    def chance(self, needed: int) -> float:
        return beta_binomial_chance(self.numerator, self.denominator, self.n_rest, needed, self.dispersion)


def _trend(
    monthly: Sequence[Month], n_left: int, n_rest: int, pace: float | None, target: Target | None, level: float
) -> tuple[TrendOutlook | None, TrendRefusal]:
    """Carry the trend of the months on over the rest of the year, in equal parts for each month left."""
    over, under = (np.array([month[place] for month in monthly], dtype=np.int64) for place in (0, 1))
    if not n_left or not n_rest:
        return None, "nothing_left"
    if pace is None or int((under > 0).sum()) < ENOUGH_POINTS:
        return None, "few_months"
    fitted = logistic_trend(over, under)
    if fitted is None:
        return None, "no_line"
    steps, volumes = np.arange(n_left) + len(monthly), np.full(n_left, n_rest / n_left)
    rest = trend_forecast(fitted, steps, volumes, level)
    done, total = int(over.sum()), int(under.sum()) + n_rest
    value = (done + rest.expected) / total
    outlook = TrendOutlook(
        value=value,
        lower=(done + rest.lower) / total,
        upper=(done + min(rest.upper, n_rest)) / total,
        odds_ratio=float(np.exp(fitted.slope)),
        difference=value - pace,
        n_months=fitted.n_points,
        contrast=_contrast(target, value, pace, total),
        chance=None if target is None else trend_chance(fitted, steps, volumes, target.least(total) - done),
    )
    return outlook, ""


def _contrast(target: Target | None, trend: float, pace: float, total: int) -> Literal["", "trend", "pace"]:
    if target is None:
        return ""
    by_trend, by_pace = (target.is_reached(round(value * total), total) for value in (trend, pace))
    return "" if by_trend == by_pace else "trend" if by_trend else "pace"


def _dispersion(paced: Sequence[Month]) -> float:
    over, under = (np.array([month[place] for month in paced], dtype=np.int64) for place in (0, 1))
    return excess_dispersion(over, under)


def _outlook(
    numerator: int, denominator: int, n_left: int, n_rest: int, n_paced: int, target: Target | None
) -> tuple[Outlook, int | None]:
    if target is None:
        return "no_target", None
    if n_paced == 0:
        return "unknown", None
    if n_left == 0:
        return "over", None
    needed = max(0, target.least(denominator + n_rest) - numerator)
    if needed > n_rest:
        return "impossible", None
    return ("reachable" if needed else "secured"), needed
