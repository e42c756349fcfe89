"""Working days used: mean, median, p90 of what was closed, and the Kaplan–Meier median that also hears the open
dossiers."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from cchc_analysis.errors import ParameterError
from cchc_analysis.measures.indicator import indicator_table
from cchc_analysis.measures.windows import has, months_of
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.stats.counts import (
    counted_mean,
    counted_sample,
    normal_quantile,
    quantile_interval,
    weighted_quantile,
)
from cchc_analysis.stats.durations import KaplanMeier, kaplan_meier

Cohort = Literal["closed", "received"]
_MISSING = float("nan")


def _groups(table: pd.DataFrame, by: tuple[str, ...]) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    if not by:
        return [({}, table)]
    grouped = table.groupby(list(by), sort=True, dropna=False)
    return [(dict(zip(by, key, strict=True)), rows) for key, rows in grouped]


def _summary(rows: pd.DataFrame) -> list[dict[str, Any]]:
    values, counts = counted_sample(rows["duration"].to_numpy(), rows["n"].to_numpy())
    n = int(counts.sum())
    if n == 0:
        return [
            {
                "measure": f"working_days_{name}",
                "denominator": 0,
                "value": _MISSING,
                "lower": _MISSING,
                "upper": _MISSING,
            }
            for name in ("mean", "median", "p90")
        ]
    summary = counted_mean(values, counts)
    found = [("mean", summary.mean, _normal_interval(summary.mean, summary.standard_error))]
    for name, share in (("median", 0.5), ("p90", 0.9)):
        found.append((name, weighted_quantile(values, counts, share), quantile_interval(values, counts, share)))
    return [_row(f"working_days_{name}", n, value, interval) for name, value, interval in found]


def _normal_interval(mean: float | None, error: float | None) -> tuple[float | None, float | None]:
    if mean is None or error is None:
        return None, None
    half = normal_quantile(0.95) * error
    return mean - half, mean + half


def _row(measure: str, n: int, value: float | None, interval: tuple[float | None, float | None]) -> dict[str, Any]:
    lower, upper = interval
    return {
        "measure": measure,
        "denominator": n,
        "value": _MISSING if value is None else float(value),
        "lower": _MISSING if lower is None else float(lower),
        "upper": _MISSING if upper is None else float(upper),
    }


def time_used(durations: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Summarise the working days used by the dossiers closed in the window: mean, median and 90th percentile.

    `durations`: result of count_durations; withdrawn dossiers are left out. Result: indicator table with measures
    `working_days_mean` (normal interval), `working_days_median`, `working_days_p90` (order-statistic intervals);
    `denominator` is the number of dossiers. Undefined figures are null.
    """
    closed = durations[months_of(period, durations, "closed_month") & (durations["event"] == "closed")]
    rows = [{**group, **row} for group, part in _groups(closed, by) for row in _summary(part)]
    columns = [*by, "measure", "denominator", "value", "lower", "upper"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "numerator", None)
    return indicator_table(table, by, "working_days", period)


def duration_curve(durations: pd.DataFrame) -> KaplanMeier:
    """Estimate the time to closing from a durations count, open and withdrawn dossiers censored."""
    n, closed = durations["n"].to_numpy(), has(durations, "event", "closed")
    return kaplan_meier(durations["duration"].to_numpy(), np.where(closed, n, 0), np.where(closed, 0, n))


def closed_shares(durations: pd.DataFrame) -> pd.DataFrame:
    """Return the cumulative share of closed dossiers by working days used: columns `duration`, `n`, `share`."""
    closed = durations[durations["event"] == "closed"].groupby("duration", as_index=False)["n"].sum()
    shares: pd.DataFrame = closed.assign(share=closed["n"].cumsum() / max(int(closed["n"].sum()), 1))
    return shares


def drawn_horizon(durations: pd.DataFrame, covered: float = 0.99) -> int:
    """Return the working days within which `covered` of all dossiers were closed or have waited, at least 5."""
    waited = durations.groupby("duration")["n"].sum().cumsum()
    return max(5, int(waited.index[(waited >= covered * waited.iloc[-1]).to_numpy().argmax()]))


def time_to_closing(
    durations: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = (), cohort: Cohort = "received"
) -> pd.DataFrame:
    """Estimate the median working days to closing of the dossiers received in the window, the open ones counted as
    open.

    Kaplan–Meier over receipt cohorts; dossiers still open at `as_of` and withdrawn ones are right-censored. With
    `cohort="closed"` the same dossiers that time_used counts plus everything open at `as_of` are taken.
    Result: indicator table `working_days_km_median` (log-transformed interval of R's survfit), numerator = closed,
    denominator = dossiers in the cohort. A median the data do not reach is null.
    Source: Kaplan & Meier 1958; Brookmeyer & Crowley 1982.
    """
    if cohort not in ("received", "closed"):
        raise ParameterError(f"Unknown cohort {cohort!r}.", f"Không có nhóm theo dõi {cohort!r}.")
    inside = months_of(period, durations, "received_month")
    if cohort == "closed":
        inside = months_of(period, durations, "closed_month") | (durations["event"] == "open")
    rows = []
    for group, part in _groups(durations[inside], by):
        curve = duration_curve(part)
        row = _row(
            "working_days_km_median",
            int(part["n"].sum()),
            curve.quantile(0.5),
            curve.quantile_interval(0.5, 0.95, "log"),
        )
        rows.append({**group, **row, "numerator": int(part.loc[part["event"] == "closed", "n"].sum())})
    table = pd.DataFrame(rows, columns=[*by, "measure", "numerator", "denominator", "value", "lower", "upper"])
    return indicator_table(table, by, "working_days_km_median", period)
