"""The count tables as an analyst would make them who loads the columns and writes pandas, nothing clever."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.working_time import WorkingCalendar

LAST = pd.Timestamp("2023-12-14")
FLAGS = ["documents_digitised", "documents_reused", "reused_from_store", "reused_from_results"]
FLAGS += ["result_digitised", "result_electronic"]
U, P = ["unit", "field"], ["unit", "field", "procedure"]


def plain_tables(path: Path, columns: tuple[str, ...], starts: tuple[datetime, ...]) -> dict[str, pd.DataFrame]:
    """Make all tables but three that need office hours and terms (integrity, deadline, stops), and due soon."""
    rows = with_columns(pd.read_parquet(path, columns=list(columns)), starts)
    months = ["received_month", "closed_month", "due_month", "overdue_month", "outcome"]
    closed = rows[~rows["is_open"] & ~rows["withdrawn"]]
    waiting = rows[rows["is_open"]]
    online = ["channel", "service_level", "received_month", "closed_month", "sent_in"]
    digital = ["received_month", "closed_month", "withdrawn"]
    return {
        "count_flow": count(rows, [*U, "channel", *months]),
        "flow by procedure": count(rows, [*P, "channel", *months]),
        "flow by minute": count(rows, [*U, "channel", *months[:-1], "outcome_by_minute"]),
        "count_durations": count(rows, [*U, "received_month", "closed_month", "event", "duration"]),
        "terms": terms(closed),
        "pending": count(waiting, [*U, "duration", "overdue_month"]),
        "pending by procedure": count(waiting, [*P, "duration", "overdue_month"]),
        "count_digitisation": count(rows, [*U, *digital, *FLAGS]),
        "digitisation since": count(rows, [*U, *digital, "starts_reached", *FLAGS]),
        "online": count(rows, [*U, *online]),
        "online by procedure": count(rows, [*P, *online]),
        "count_ways": count(rows, [*U, "channel", "return_channel", *digital]),
        "hours": count(rows, [*U, "channel", "received_month", "hour"]),
        "count_payments": count(rows, [*P, "received_month", "fee", "paid_online"]),
        "count_ratings": count(rows, [*U, "closed_month", "withdrawn", "rating"]),
    }


def count(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return rows.groupby(keys, as_index=False, dropna=False).size().rename(columns={"size": "n"})


def terms(closed: pd.DataFrame) -> pd.DataFrame:
    keys = [*P, "closed_month", "statutory_days", "committed_days", "day_kind"]
    return closed.groupby(keys, as_index=False, dropna=False).agg(n=("duration", "size"), days=("duration", "sum"))


def with_columns(rows: pd.DataFrame, starts: tuple[datetime, ...]) -> pd.DataFrame:
    """Add months, days used, outcome, hours of sending."""
    holidays = days_off()
    rows["unit"] = rows["resolving_unit"].fillna(rows["receiving_unit"])
    rows["procedure"] = rows["procedure_code"].fillna(rows["procedure_name"])
    closed = rows["finished_at"].fillna(rows["returned_at"])
    day = {"received": rows["received_at"].dt.normalize(), "closed": closed.dt.normalize()}
    day["due"] = rows["due_at"].dt.normalize()
    rows["is_open"], rows["withdrawn"] = closed.isna(), rows["status"].eq("withdrawn") & closed.notna()
    for name in ("received", "closed"):
        rows[f"{name}_month"] = months(day[name])
    rows["due_month"] = months(day["due"].where(day["due"] <= LAST))
    rows["overdue_month"] = months((day["due"] + pd.Timedelta(days=1)).where(day["due"] < LAST))
    end = day["closed"].fillna(LAST).to_numpy(dtype="datetime64[D]")
    used = np.busday_count(day["received"].to_numpy(dtype="datetime64[D]") + 1, end + 1, holidays=holidays)
    rows["duration"] = np.maximum(used - rows["paused_days"].fillna(0).astype("int64"), 0)
    rows["event"] = np.select([rows["is_open"], rows["withdrawn"]], ["open", "withdrawn"], "closed")
    rows["outcome"] = outcome(rows, day["closed"], day["due"])
    minute = {name: at.dt.floor("min") for name, at in (("closed", closed), ("due", rows["due_at"]))}
    rows["outcome_by_minute"] = outcome(rows, minute["closed"], minute["due"])
    sent = rows["submitted_at"]
    rows["hour"] = sent.dt.hour
    free = ~np.is_busday(sent.to_numpy(dtype="datetime64[D]"), holidays=holidays)
    at = sent.dt.hour * 60 + sent.dt.minute
    in_hours = at.between(450, 689) | at.between(810, 1019)
    rows["sent_in"] = np.where(in_hours & ~free, "office", "other")
    rows["fee"] = np.select([rows["fee_due"].isna(), rows["fee_due"] > 0], [-1, 1], 0)
    rows["starts_reached"] = sum((rows["received_at"] >= start).astype(int) for start in starts)
    return rows


def outcome(rows: pd.DataFrame, closed: "pd.Series[Any]", due: "pd.Series[Any]") -> Any:
    stopped = rows["is_open"] & rows["status"].eq("supplement")
    cases = [stopped, rows["is_open"], rows["withdrawn"], due.isna(), closed > due, closed < due]
    return np.select(cases, ["paused", "open", "withdrawn", "without_due", "late", "early"], "on_time")


def months(days: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the accounting month of days, which begins on the 15th; 0 where there is none."""
    number = days.dt.year * 12 + days.dt.month - 1 + (days.dt.day >= 15)
    whole: pd.Series[Any] = number.fillna(0).astype("int64")
    return whole


def days_off() -> "np.ndarray[Any, Any]":
    frame = WorkingCalendar.vietnam().as_frame()
    days = frame["day"].to_numpy(dtype="datetime64[D]")
    found: np.ndarray[Any, Any] = days[~frame["is_working_day"].to_numpy(dtype=bool) & np.is_busday(days)]
    return found
