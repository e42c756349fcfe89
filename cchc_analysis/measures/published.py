"""Published figures held against each other: rates against their numerators, parts against totals, counts against the
pace they imply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from cchc_analysis.stats.funnel import binomial_mid_p

PublishedVerdict = Literal["agrees", "cut", "contradicts"]
"""Within rounding; only if cut off instead of rounded; beyond what rounding can do."""

PACE_P = 0.001
"""Below this probability two counts of one pace are said to contradict each other."""

CHECK_KINDS = ("rate", "sum", "at_most", "carried_over", "pace")


@dataclass(frozen=True)
class PublishedCheck:
    """What a published figure says and what follows from the figures beside it.

    `published` and `computed` in the unit of the figure; `difference` = published − computed; `allowed` the most that
    rounding of all figures involved can make of it; `beyond` how far the difference goes past that (0 where it agrees).
    """

    verdict: PublishedVerdict
    published: float
    computed: float
    difference: float
    allowed: float
    beyond: float


def _check(published: Fraction, computed: Fraction, allowed: Fraction, *, cut: bool = False) -> PublishedCheck:
    difference = published - computed
    beyond = max(Fraction(0), abs(difference) - allowed)
    verdict: PublishedVerdict = "contradicts" if beyond else "agrees"
    return PublishedCheck(
        verdict="cut" if cut and beyond else verdict,
        published=float(published),
        computed=float(computed),
        difference=float(difference),
        allowed=float(allowed),
        beyond=float(beyond),
    )


def check_rate(
    numerator: int, denominator: int, published: str, units: tuple[int, int] = (1, 1), per: int = 100
) -> PublishedCheck:
    """Compare a published rate with its numerator and denominator, to the decimals it was published with.

    `published`: the number as printed, with a point, such as "99.71" (its decimals say how it was rounded); `per` 100
    for percent. `units`: what numerator and denominator were rounded to (1 = exact). Verdict "agrees" within half a
    unit of the last decimal plus what rounded counts allow; "cut" where exact counts give the printed digits only when
    cut off; else "contradicts". ValueError without a denominator. Computed in whole numbers.
    Source: docs/methods/published.md.

    >>> check_rate(4157, 4169, "99.71").verdict, check_rate(90, 4169, "2.18").verdict, check_rate(2, 3, "66.6").verdict
    ('agrees', 'contradicts', 'cut')
    """
    if denominator <= 0:
        raise ValueError(f"denominator {denominator}: a rate needs a denominator above 0.")
    said, exact = Fraction(published), per * Fraction(numerator, denominator)
    step = Fraction(1, 10 ** len(published.partition(".")[2]))
    over, under = (Fraction(unit, 2) if unit > 1 else Fraction(0) for unit in units)
    low, high = per * (numerator - over) / (denominator + under), per * (numerator + over) / (denominator - under)
    slack = high - exact if said > exact else exact - low
    return _check(said, exact, step / 2 + slack, cut=units == (1, 1) and said <= exact < said + step)


def reconcile(parts: Sequence[int], total: int, units: Sequence[int] = ()) -> PublishedCheck:
    """Compare a published total with the sum of its parts.

    `units`: what each part, and last the total, was rounded to (all exact where empty); the sum may differ from the
    total by half of all units above 1. ValueError for a wrong number of units.

    >>> reconcile([5125, 2], 5127).verdict
    'agrees'
    >>> reconcile([64_500, 2_513_000], 2_578_000, [100, 1000, 1000]).difference
    500.0
    """
    if units and len(units) != len(parts) + 1:
        raise ValueError(f"{len(units)} units for {len(parts)} parts and a total: give one for each.")
    slack = sum((Fraction(unit, 2) for unit in units if unit > 1), Fraction(0))
    return _check(Fraction(total), Fraction(sum(parts)), slack)


def carried_over_at_least(received: int, settled: int) -> int:
    """Return how many dossiers must have been open before the period: settled ones were received at some time.

    >>> carried_over_at_least(13181, 14342), carried_over_at_least(10, 4)
    (1161, 0)
    """
    return max(0, settled - received)


def check_pace(n_part: int, n_whole: int, days_part: int, days_whole: int) -> tuple[PublishedCheck, float]:
    """Compare a count of some days with the count of the longer time that holds them, at one pace.

    `days_part` of `days_whole` working days. Returns the check of n_whole against n_part · days_whole / days_part, and
    the mid-p value (two-sided, binomial) that so many of the whole fall on these days at one pace; "contradicts" below
    PACE_P: then the pace fell or rose, or the two counts do not have the same scope, which only their authors can tell.
    ValueError for days that do not fit or a part above the whole.

    >>> check, p = check_pace(864, 8106, 6, 87)
    >>> check.verdict, round(check.computed), p < 1e-9
    ('contradicts', 12528, True)
    """
    if not 0 < days_part <= days_whole or not 0 <= n_part <= n_whole:
        raise ValueError(f"{n_part} of {n_whole} in {days_part} of {days_whole} days: a part cannot exceed the whole.")
    at_pace = Fraction(n_part * days_whole, days_part)
    p = float(binomial_mid_p([n_part], [n_whole], days_part / days_whole)[0])
    allowed = Fraction(0) if p < PACE_P else abs(n_whole - at_pace)
    return _check(Fraction(n_whole), at_pace, allowed), p


def published_findings(
    figures: Mapping[str, int], units: Mapping[str, int], checks: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Apply the checks of a published table: one row each, in order.

    `figures`: name → count as published; `units`: what a figure was rounded to (1 where not named); `checks`: mappings
    with `kind` (see CHECK_KINDS) and the names of its figures. Result: columns `kind`, `about` (the figure checked),
    `verdict`, `published`, `computed`, `difference`, `beyond`. Of a carry-over `computed` is the least number carried
    over, and it agrees unless a published one is smaller.
    """
    rows = [{"kind": check["kind"], **_applied(figures, units, check)} for check in checks]
    return pd.DataFrame(rows, columns=["kind", "about", "verdict", "published", "computed", "difference", "beyond"])


def _applied(figures: Mapping[str, int], units: Mapping[str, int], check: Mapping[str, Any]) -> dict[str, Any]:
    kind = check["kind"]
    if kind == "rate":
        names = (check["numerator"], check["denominator"])
        rounded = (units.get(names[0], 1), units.get(names[1], 1))
        found = check_rate(figures[names[0]], figures[names[1]], check["published"], rounded)
        return _row(" / ".join(names), found)
    if kind == "pace":
        found, _ = check_pace(figures[check["part"]], figures[check["whole"]], check["days_part"], check["days_whole"])
        return _row(check["whole"], found)
    if kind == "carried_over":
        least = carried_over_at_least(figures[check["received"]], figures[check["settled"]])
        row = dict.fromkeys(("published", "difference"), None)
        return {"about": check["settled"], "verdict": "agrees", **row, "computed": float(least), "beyond": 0.0}
    names = (*check["parts"], check["total"])
    found = reconcile(
        [figures[name] for name in check["parts"]], figures[check["total"]], [units.get(name, 1) for name in names]
    )
    if kind == "at_most" and found.difference >= 0:
        found = _check(Fraction(found.published), Fraction(found.computed), abs(Fraction(found.difference)))
    return _row(check["total"], found)


def _row(about: str, found: PublishedCheck) -> dict[str, Any]:
    return {
        "about": about,
        "verdict": found.verdict,
        "published": found.published,
        "computed": found.computed,
        "difference": found.difference,
        "beyond": found.beyond,
    }
