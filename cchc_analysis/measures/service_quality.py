"""Service quality: shares turned into points, groups as intervals, and sums of published scores checked.

What cannot be computed widens the interval of a score; it never counts as 0 and never as full points.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.frames import records
from cchc_analysis.measures.indicator import indicator_table, share_rows, share_table
from cchc_analysis.measures.windows import has, months_of
from cchc_analysis.periods import ReportPeriod

SPLITS = ("range", "equal")
"""What is done where the points of a group are not known by indicator: any split is possible, or equal parts."""

SCORE_STATES = ("computed", "partial", "not_stated", "nothing", "no_register", "no_data", "informs")
"""What is known of an indicator: all of it; all but dossiers that do not state it; only such dossiers; nothing to
count in the period; the register has not been taken in; no data of ours tell; shown without points."""

SCORE_COLUMNS = ("indicator", "group", "state", "register", "points", "points_lower", "points_upper", "n_not_stated")
"""Columns of scored indicators before those of an indicator table."""

PUBLISHED_VERDICTS = ("adds_up", "rounding", "differs", "not_checkable")

_EPSILON = 1e-9


def ratings(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share of good ratings at the counter among the rated dossiers closed in the window.

    `counts`: result of count_ratings. `ratings_satisfied`: satisfied or very satisfied; `ratings_very_satisfied`.
    Withdrawn dossiers are left out. Three levels at the counter are no SIPAS. Result: indicator table with
    `n_not_stated`, the dossiers closed without a rating.
    """
    closed = months_of(period, counts, "closed_month") & (counts["withdrawn"] == 0).to_numpy(dtype=bool)
    rated = closed & ~has(counts, "rating", "")
    good = {"ratings_satisfied": ("very_satisfied", "satisfied"), "ratings_very_satisfied": ("very_satisfied",)}
    questions = {
        name: {
            "numerator": rated & has(counts, "rating", *codes),
            "denominator": rated,
            "n_not_stated": closed & ~rated,
        }
        for name, codes in good.items()
    }
    return share_table(counts, period, by, questions)


def handled_in_time(
    form: pd.DataFrame, outcomes: pd.DataFrame, pending: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Compute the share of the dossiers to handle that were resolved in time or are still in time.

    `form`, `outcomes`, `pending`: results of form_06a, outcome_shares and pending_by_age for the same groups. Dossiers
    without a due date, which form II.06a takes as in time, are in neither number and counted in `n_not_stated`.
    Result: indicator table, measure `handled_in_time`.
    """
    resolved = outcomes.loc[outcomes["measure"] == "resolved_without_due", [*by, "numerator"]]
    parts = pd.concat(
        [
            resolved.rename(columns={"numerator": "n_not_stated"}),
            pending.rename(columns={"without_due": "n_not_stated"}),
        ]
    )[[*by, "n_not_stated"]]
    if by:
        without = parts.groupby(list(by), as_index=False, dropna=False)["n_not_stated"].sum()
        groups = form.merge(without, on=list(by), how="left")
    else:
        groups = form.assign(n_not_stated=int(parts["n_not_stated"].sum()))
    missing = groups["n_not_stated"].fillna(0).astype("int64")
    good = groups["resolved_early"] + groups["resolved_on_time"] + groups["pending_in_time"]
    groups = groups.assign(over=good - missing, under=groups["received"] - missing)
    table = indicator_table(share_rows(groups, by, "over", "under"), by, "handled_in_time", period)
    return table.assign(n_not_stated=missing.to_numpy())


def time_against_due(outcomes: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the points of closed dossiers against their due date: early 2, on the day 1, late 0, out of 2 each.

    `outcomes`: result of outcome_shares. Withdrawn dossiers are left out; those without a due date are in
    `n_not_stated`, in points as well (2 each). No interval: points are no count of successes. Result: indicator table,
    measure `time_against_due`. Source: Thông tư 01/2018/TT-VPCP, Điều 13, chỉ số 1.
    """
    wide = outcomes[list(by)].drop_duplicates() if by else pd.DataFrame(index=[0])
    for name in ("early", "on_time", "late", "without_due"):
        own = outcomes.loc[outcomes["measure"] == f"resolved_{name}", [*by, "numerator"]]
        own = own.rename(columns={"numerator": name})
        wide = wide.merge(own, on=list(by)) if by else wide.assign(**{name: own[name].to_numpy()})
    over = 2 * wide["early"] + wide["on_time"]
    under = 2 * (wide["early"] + wide["on_time"] + wide["late"])
    value = over.where(under > 0) / under.where(under > 0)
    rows = wide.assign(numerator=over, denominator=under, value=value, lower=np.nan, upper=np.nan)
    table = indicator_table(rows, by, "time_against_due", period)
    return table.assign(n_not_stated=(2 * wide["without_due"]).to_numpy())


def split_equally(indicators: pd.DataFrame, group_points: Mapping[str, float]) -> pd.DataFrame:
    """Give the indicators of unknown points equal parts of what their group leaves: an assumption, never a fact.

    `indicators`: columns `indicator`, `group`, `points` (null = not known) at least. Result: the same with every
    `points` filled.

    >>> known = pd.DataFrame({"indicator": ["a", "b", "c"], "group": "g", "points": [6.0, None, None]})
    >>> split_equally(known, {"g": 10})["points"].tolist()
    [6.0, 2.0, 2.0]
    """
    left = indicators["group"].map(dict(group_points)) - indicators.groupby("group")["points"].transform("sum")
    n_unknown = indicators["points"].isna().groupby(indicators["group"]).transform("sum")
    return indicators.assign(points=indicators["points"].fillna(left / n_unknown.clip(lower=1)))


def _range(over: int, under: int, not_stated: int, full_at: float) -> tuple[float, float]:
    """Least and greatest part of the points: what is not stated counted as "no", then as "yes"."""
    everything = under + not_stated
    if not everything:
        return 0.0, 1.0
    return min(1.0, over / everything / full_at), min(1.0, (over + not_stated) / everything / full_at)


def _told(indicator: Mapping[str, Any], shares: Mapping[str, Mapping[str, Any]], absent: Mapping[str, str]) -> Any:
    """Return (state, the share taken or None, least and greatest part of the points) of one indicator."""
    candidates = indicator["candidates"]
    present = [name for name in candidates if name not in absent]
    known = [shares[name] for name in present if name in shares]
    counted = [share for share in known if share["denominator"]] or [s for s in known if s["n_not_stated"]]
    if not counted:
        return ("no_data" if not candidates else "nothing" if present else "no_register"), None, (0.0, 1.0)
    share = counted[0]
    over, under, missing = (int(share[name]) for name in ("numerator", "denominator", "n_not_stated"))
    if not under:
        return "not_stated", share, (0.0, 1.0)
    if indicator["use"] == "inform":
        return "informs", share, (0.0, 1.0)
    return ("partial" if missing else "computed"), share, _range(over, under, missing, indicator["full_at"])


def score_indicators(
    indicators: pd.DataFrame,
    shares: pd.DataFrame,
    period: ReportPeriod,
    by: tuple[str, ...] = (),
    absent: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Turn shares into points: points = points of the indicator × min(1, share / share of full points).

    `indicators`: columns `indicator`, `group`, `points` (null = not known), `full_at`, `use` ("score" or "inform"),
    `candidates` (measure names; the first with something to count is taken). `shares`: indicator tables under each
    other, with `by` and `n_not_stated`. `absent`: measure → register that is not there.
    Result: one row per group and indicator: `by`, SCORE_COLUMNS, INDICATOR_COLUMNS. `points_lower` takes everything not
    known as lost, `points_upper` as won; dossiers that do not state their flag are such; both null where the points of
    the indicator are not known. `achieved_lower` and `achieved_upper` are the same as parts of the points.
    """
    rows, missing = [], dict(absent or {})
    for group in _groups(shares, by):
        here = {row["measure"]: row for row in records(_of(shares, group))}
        for indicator in records(indicators):
            state, share, ends = _told(indicator, here, missing)
            known = share or {}
            rows.append(
                {
                    **group,
                    **{name: indicator[name] for name in ("indicator", "group", "points")},
                    "state": state,
                    "register": next((missing[name] for name in indicator["candidates"] if name in missing), "")
                    if state == "no_register"
                    else "",
                    "achieved_lower": ends[0],
                    "achieved_upper": ends[1],
                    "points_lower": indicator["points"] * ends[0],
                    "points_upper": indicator["points"] * ends[1],
                    "n_not_stated": known.get("n_not_stated"),
                    "measure": known.get("measure", ""),
                    **{name: known.get(name) for name in ("numerator", "denominator", "value", "lower", "upper")},
                    "rule": known.get("rule", ""),
                }
            )
    return _completed(rows, by, period)


def _groups(shares: pd.DataFrame, by: tuple[str, ...]) -> list[dict[str, Any]]:
    if not by:
        return [{}]
    return records(shares[list(by)].drop_duplicates().sort_values(list(by), ignore_index=True))


def _of(shares: pd.DataFrame, group: Mapping[str, Any]) -> pd.DataFrame:
    for name, value in group.items():
        shares = shares[shares[name] == value]
    return shares


def _completed(rows: list[dict[str, Any]], by: tuple[str, ...], period: ReportPeriod) -> pd.DataFrame:
    ends = ("achieved_lower", "achieved_upper")
    names = [*by, *SCORE_COLUMNS, *ends, "measure", "rule", "numerator", "denominator", "value", "lower", "upper"]
    table = pd.DataFrame(rows, columns=names)
    kinds = {
        **dict.fromkeys(("points", "points_lower", "points_upper", *ends, "value", "lower", "upper"), "float64"),
        **dict.fromkeys(("numerator", "denominator", "n_not_stated"), "Int64"),
    }
    table = table.astype(kinds)
    return table[[*by, *SCORE_COLUMNS, *ends]].join(indicator_table(table, (), "", period).assign(rule=table["rule"]))


def score_groups(scored: pd.DataFrame, group_points: Mapping[str, float], by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Add the points of indicators to those of their groups, as intervals.

    `scored`: result of score_indicators. Where the points of some indicators are not known, what the group leaves for
    them may be split in any way: it is worth at least its points × the least part reached by one of them, at most × the
    greatest. Result: one row per group of indicators: `by`, `group`, `points`, `lower` (computed), `upper`, `lost`
    = points − upper, `unknown` = upper − lower; lower + unknown + lost = points.
    """
    rows = []
    for key in _groups(scored, by):
        here = _of(scored, key)
        for name, points in group_points.items():
            lower, upper = _group_ends(here[here["group"] == name], points)
            rows.append({**key, "group": name, "points": points, "lower": lower, "upper": upper})
    table = pd.DataFrame(rows, columns=[*by, "group", "points", "lower", "upper"])
    return table.assign(lost=table["points"] - table["upper"], unknown=table["upper"] - table["lower"])


def _group_ends(own: pd.DataFrame, points: float) -> tuple[float, float]:
    lower, upper = float(own["points_lower"].sum()), float(own["points_upper"].sum())
    open_ones = own[own["points"].isna()]
    if len(open_ones):
        left = points - float(own["points"].sum())
        lower += left * float(open_ones["achieved_lower"].min())
        upper += left * float(open_ones["achieved_upper"].max())
    return lower, upper


def open_points(scored: pd.DataFrame, groups: pd.DataFrame) -> dict[str, float]:
    """Say why points of a score are open: reason → points; they add up to the `unknown` of the groups.

    Reasons: a state of SCORE_STATES, or "split" for what a group leaves to indicators whose own points are not known.
    `scored`, `groups`: results of score_indicators and score_groups without `by`.
    """
    known = scored[scored["points"].notna()]
    gap = (known["points_upper"] - known["points_lower"]).groupby(known["state"]).sum()
    reasons = {state: float(gap[state]) for state in SCORE_STATES if state in gap and gap[state] > _EPSILON}
    split = float(groups["unknown"].sum()) - sum(reasons.values())
    return reasons | ({"split": split} if split > _EPSILON else {})


def score_class(points: float, bounds: Mapping[str, float]) -> str:
    """Return the class of a score: the first whose lower bound it reaches (`bounds` from the best down to 0).

    >>> score_class(90, {"excellent": 90, "good": 80, "other": 0}), score_class(89.99, {"excellent": 90, "other": 0})
    ('excellent', 'other')
    """
    return next(name for name, lower in bounds.items() if points >= lower - _EPSILON)


def score_total(groups: pd.DataFrame, bounds: Mapping[str, float], by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Add groups to a total with its class, which is given only where both ends of the interval have the same.

    `groups`: result of score_groups; `bounds`: class → lower bound, the best first. Result: `by`, `points`, `lower`,
    `upper`, `lost`, `unknown`, `class` ("" = not decided), `class_lower`, `class_upper`.
    """
    names = ["points", "lower", "upper", "lost", "unknown"]
    total = groups.groupby(list(by), as_index=False)[names].sum() if by else groups[names].sum().to_frame().T
    ends = {
        f"class_{end}": [score_class(points, bounds) for points in total[end].tolist()] for end in ("lower", "upper")
    }
    decided = [a if a == b else "" for a, b in zip(ends["class_lower"], ends["class_upper"], strict=True)]
    return total.assign(**{"class": decided}, **ends)


def published_sums(published: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Check published scores: do the parts add up to the stated total, does the percentage follow from the points?

    `published`: mappings with `parts` (decimals), `stated` (total or None), `out_of`, `stated_percent` (or None).
    Result: one row each: `parts_sum`, `difference` (stated − sum), `percent` (100 × stated / out_of),
    `percent_difference` (stated − computed), null where there is nothing to compare; `verdict`: "adds_up", "rounding"
    (not equal, but within half a unit of the second decimal of every number given), "differs", "not_checkable".
    """
    return pd.DataFrame([_checked(entry) for entry in published], columns=[*_PUBLISHED_COLUMNS])


_PUBLISHED_COLUMNS = ("parts_sum", "difference", "percent", "percent_difference", "verdict")


def _half_unit(number: Decimal) -> Decimal:
    """Half a unit of the second decimal, the place published points are rounded to, or of a finer one."""
    places = -int(number.as_tuple().exponent)
    return Decimal(5) * Decimal(10) ** -(max(2, places) + 1)


def _checked(entry: Mapping[str, Any]) -> dict[str, Any]:
    parts, stated, percent = entry["parts"], entry["stated"], entry["stated_percent"]
    total = sum(parts, Decimal(0)) if parts else None
    exact = None if stated is None else 100 * stated / entry["out_of"]
    gaps: list[tuple[Decimal, Decimal]] = []
    if total is not None and stated is not None:
        gaps.append((stated - total, sum(map(_half_unit, parts), _half_unit(stated))))
    if exact is not None and percent is not None:
        # The points behind the percentage were rounded as well.
        slack = 100 * _half_unit(stated) / entry["out_of"] + _half_unit(percent)
        gaps.append((percent - round(exact, 2), slack))
    if not gaps:
        verdict = "not_checkable"
    elif all(gap == 0 for gap, _ in gaps):
        verdict = "adds_up"
    else:
        verdict = "rounding" if all(abs(gap) <= slack for gap, slack in gaps) else "differs"
    return {
        "parts_sum": None if total is None else float(total),
        "difference": None if total is None or stated is None else float(stated - total),
        "percent": None if exact is None else float(exact),
        "percent_difference": None if exact is None or percent is None else float(percent - round(exact, 2)),
        "verdict": verdict,
    }
