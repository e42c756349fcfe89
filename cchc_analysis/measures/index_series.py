"""Series of published indices: broken where the method changed, with no difference across a break."""

from typing import Any

import pandas as pd

from cchc_analysis.frames import records

VALUE_COLUMNS = (
    "index",
    "dimension",
    "place",
    "year",
    "value",
    "out_of",
    "rank",
    "n_ranked",
    "method",
    "source",
    "confidence",
    "origin",
)
"""What is known of one value: `origin` "published" (shipped with its source) or "register" (taken in)."""

INDEX_SERIES_COLUMNS = (
    *VALUE_COLUMNS,
    "other_value",
    "segment",
    "break_before",
    "break_reason",
    "previous_year",
    "difference",
    "rank_difference",
)
TREND_COLUMNS = (
    "index",
    "dimension",
    "place",
    "year",
    "value",
    "rank",
    "origin",
    "previous_year",
    "previous_value",
    "previous_rank",
    "trend",
    "basis",
    "reason",
)
KEY = ("index", "dimension", "place")
_NUMBERS = ("value", "out_of", "rank", "n_ranked", "other_value", "previous_year", "difference", "rank_difference")


def index_series(values: pd.DataFrame) -> pd.DataFrame:
    """Return the values in series, with breaks and differences: columns INDEX_SERIES_COLUMNS, by key and year.

    `values`: columns VALUE_COLUMNS; of two values of one year the one taken in is kept and the published one stands in
    `other_value` where they differ. `break_before`: the name of the method (or the number of points) is another than in
    the row before; `segment` counts up there. `difference`, `rank_difference`: against the row before (`previous_year`)
    inside the same segment, null across a break: what was measured differently has no difference. A lower rank is
    better, so a negative `rank_difference` is a gain.

    >>> rows = [("sipas", "", "viet-nam", year, value, "", method)
    ...         for year, value, method in [(2020, 85.5, "a"), (2021, 87.2, "a"), (2022, 80.1, "b")]]
    >>> values = pd.DataFrame(rows, columns=["index", "dimension", "place", "year", "value", "source", "method"])
    >>> index_series(values)[["year", "segment", "break_before", "difference"]].round(1).values.tolist()
    [[2020, 0, False, nan], [2021, 0, False, 1.7], [2022, 1, True, nan]]
    """
    known = values.reindex(columns=list(VALUE_COLUMNS))
    words = {name: known[name].astype(object).where(known[name].notna(), "") for name in (*KEY, "method", "origin")}
    known = known.assign(**words).astype(dict.fromkeys(("value", "out_of", "rank", "n_ranked", "year"), "float64"))
    rows: list[dict[str, Any]] = []
    ordered = known.sort_values([*KEY, "year", "origin"], kind="stable")
    for _, own in ordered.groupby(list(KEY), sort=True):
        rows += _in_series([row for row in records(own) if row["year"] == row["year"]])
    table = pd.DataFrame(rows, columns=list(INDEX_SERIES_COLUMNS)).astype(dict.fromkeys(_NUMBERS, "float64"))
    return table.astype({"year": "int64", "segment": "int64", "break_before": "bool"})


def _in_series(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the values of one key, sorted by year, into a series."""
    rows: list[dict[str, Any]] = []
    for value in values:
        if rows and rows[-1]["year"] == value["year"]:
            # "published" sorts before "register": what an office took in itself comes second and stays.
            other = rows.pop()["value"]
            value = {**value, "other_value": other if _differ(other, value["value"]) else None}
        rows.append(_after(rows[-1] if rows else None, value))
    return rows


def _after(before: dict[str, Any] | None, value: dict[str, Any]) -> dict[str, Any]:
    row = {"other_value": None, **value, "year": int(value["year"])}
    if before is None:
        fresh = {"segment": 0, "break_before": False, "break_reason": "", "previous_year": None}
        return {**row, **fresh, "difference": None, "rank_difference": None}
    reason = _break(before, value)
    same = not reason
    return {
        **row,
        "segment": before["segment"] + (not same),
        "break_before": not same,
        "break_reason": reason,
        "previous_year": before["year"] if same else None,
        "difference": _minus(value["value"], before["value"]) if same else None,
        "rank_difference": _minus(value["rank"], before["rank"]) if same else None,
    }


def _break(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Return why two values cannot be compared: "method", "scale", or "" where they can."""
    if before["method"] != now["method"]:
        return "method"
    return "scale" if _differ(before["out_of"], now["out_of"]) else ""


def _known(value: Any) -> bool:
    return value is not None and bool(value == value)


def _differ(first: Any, second: Any) -> bool:
    return _known(first) and _known(second) and float(first) != float(second)


def _minus(first: Any, second: Any) -> float | None:
    # Published values have two decimals or three; their difference is to have no more.
    return round(float(first) - float(second), 6) if _known(first) and _known(second) else None


def index_trends(series: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return whether each index rose into a year: columns TREND_COLUMNS, one row per series.

    `trend`: "up", "down", "flat", or "unknown" with the `reason`: "no_value" (nothing for the year), "first" (nothing
    before it), "break" (measured in another way before), "nothing_in_common" (a value here and a rank there).
    `basis`: "value", or "rank" (where a lower one is up). Published values carry no interval, so any change counts.

    >>> values = pd.DataFrame({"index": "papi", "place": "x", "year": [2023, 2024], "rank": [9, 7]})
    >>> index_trends(index_series(values), 2024)[["trend", "basis", "previous_rank"]].values.tolist()
    [['up', 'rank', 9.0]]
    """
    rows = []
    for key, own in series.groupby(list(KEY), sort=True):
        found = [row for row in records(own) if row["year"] <= year]
        now = found[-1] if found and found[-1]["year"] == year else None
        rows.append({**dict(zip(KEY, key, strict=True)), "year": year, **_trend(now, found)})
    numbers = ("value", "rank", "previous_year", "previous_value", "previous_rank")
    return pd.DataFrame(rows, columns=list(TREND_COLUMNS)).astype(dict.fromkeys(numbers, "float64"))


def _trend(now: dict[str, Any] | None, found: list[dict[str, Any]]) -> dict[str, Any]:
    if now is None:
        return {"trend": "unknown", "basis": "", "reason": "no_value"}
    own = {"value": now["value"], "rank": now["rank"], "origin": now["origin"], "trend": "unknown", "basis": ""}
    if now["break_before"]:
        return {**own, "reason": "break"}
    if len(found) == 1:
        return {**own, "reason": "first"}
    before = found[-2]
    own |= {"previous_year": before["year"], "previous_value": before["value"], "previous_rank": before["rank"]}
    for basis, change in (("value", now["difference"]), ("rank", now["rank_difference"])):
        if _known(change):
            better = change if basis == "value" else -change
            told = "flat" if better == 0 else "up" if better > 0 else "down"
            return {**own, "trend": told, "basis": basis, "reason": ""}
    return {**own, "reason": "nothing_in_common"}
