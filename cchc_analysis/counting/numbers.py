"""Gaps in the running numbers of dossiers: how many numbers of a day nobody has seen."""

from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis.counting.classify import join_days
from cchc_analysis.counting.clock import Clock
from cchc_analysis.counting.engines import Frame
from cchc_analysis.counting.looks import as_frame

FAR_ABOVE = 10
"""A running number this many times above what was seen does not count the dossiers of the day."""

ENOUGH_STEPS, RISING_TENTHS = 10, 9
"""Steps from day to day before a series is called rising, and how many in ten of them go up then."""

AT_HOME_TENTHS = 9
"""How many in ten dossiers of an office code the receiving unit must have for the code to be its own."""

SERIES = ("daily", "not_daily", "shared")
"""What the numbers of an office are: begun anew every day, not so, or given to several receiving units."""


def count_number_gaps(numbers: Any, dossiers: Any, clock: Clock) -> pd.DataFrame:
    """Count the running numbers up to the highest of each day that were not seen, by receiving unit and month.

    `numbers`: what Warehouse.numbers returns; `dossiers`: all dossiers of the warehouse, which say whose office code it
    is: that of the receiving unit with most of its dossiers (the first by name on a tie; "" where none was accepted).
    Only days up to `as_of`. Result: columns `unit`, `number_month` (of the day in the number), `series` (see SERIES),
    `n_offices`, `n_days`, `n_gap_days`, `n_missing` = Σ (highest − seen), `n_numbers` = Σ highest, `n_odd_days` (days
    left out of the sums since their highest number lies more than FAR_ABOVE times above both the usual highest and what
    was seen that day: a slip of the pen).
    Rules: docs/methods/integrity.md.
    """
    days = _office_days(as_frame(numbers), clock)
    days["n_missing"] = (days["highest"] - days["n_seen"]).clip(lower=0)
    usual = days.groupby("number_unit")["highest"].transform("median")
    odd = (days["highest"] > FAR_ABOVE * usual) & (days["highest"] > FAR_ABOVE * days["n_seen"])
    days = days.assign(odd=odd.astype("int64"), kept=(~odd).astype("int64")).merge(
        _offices(days, as_frame(dossiers)), on="number_unit", how="left"
    )
    days = days.assign(
        gap=days["kept"] * (days["n_missing"] > 0),
        missing=days["kept"] * days["n_missing"],
        numbers=days["kept"] * days["highest"],
    )
    counted = days.groupby(["unit", "number_month", "series"], as_index=False, sort=True).agg(
        n_offices=("number_unit", "nunique"),
        n_days=("kept", "sum"),
        n_gap_days=("gap", "sum"),
        n_missing=("missing", "sum"),
        n_numbers=("numbers", "sum"),
        n_odd_days=("odd", "sum"),
    )
    counts = [name for name in counted.columns if name not in ("unit", "series")]
    return counted.astype(dict.fromkeys(counts, "int64"))


def _office_days(numbers: Frame, clock: Clock) -> pd.DataFrame:
    """Bring home one row per office and day up to `as_of`, in order."""
    known = numbers.filter(nw.col("number_on") <= clock.as_of_day, ~nw.col("number_unit").is_null())
    frame = join_days(known, clock, "number_on", "number", numbers).filter(~nw.col("number_month").is_null())
    columns = ("number_unit", "number_on", "number_month", "highest", "n_seen")
    days = frame.select(*columns).collect().to_pandas().sort_values(["number_unit", "number_on"], ignore_index=True)
    return days.astype({"number_unit": "str", **dict.fromkeys(columns[2:], "int64")})


def _offices(days: pd.DataFrame, dossiers: Frame) -> pd.DataFrame:
    """Return for each office code the unit it belongs to and what its series is: `number_unit`, `unit`, `series`."""
    middle = days.groupby("number_unit", as_index=False)[["highest", "n_seen"]].median()
    far = middle["highest"] > FAR_ABOVE * middle["n_seen"]
    step = days.groupby("number_unit")["highest"].diff()
    steps = days.assign(step=step.notna(), up=step > 0).groupby("number_unit", as_index=False)[["step", "up"]].sum()
    rising = (steps["step"] >= ENOUGH_STEPS) & (10 * steps["up"] >= RISING_TENTHS * steps["step"])
    homes = middle[["number_unit"]].merge(_homes(dossiers), on="number_unit", how="left")
    shared = 10 * homes["n_home"].fillna(0) < AT_HOME_TENTHS * homes["n_all"].fillna(0)
    series = shared.map({True: "shared", False: "daily"}).mask(far | rising, "not_daily")
    return homes[["number_unit"]].assign(unit=homes["unit"].fillna(""), series=series)


def _homes(dossiers: Frame) -> pd.DataFrame:
    """Return the receiving unit with most dossiers of each office code: `number_unit`, `unit`, `n_home`, `n_all`."""
    known = dossiers.filter(~nw.col("number_unit").is_null(), ~nw.col("receiving_unit").is_null())
    grouped = known.group_by("number_unit", "receiving_unit").agg(nw.len().alias("n_home"))
    found = grouped.collect().to_pandas().rename(columns={"receiving_unit": "unit"})
    found = found.astype({"number_unit": "str", "unit": "str", "n_home": "int64"})
    found = found.sort_values(["number_unit", "n_home", "unit"], ascending=[True, False, True], ignore_index=True)
    total = found.groupby("number_unit")["n_home"].transform("sum")
    return found.assign(n_all=total).drop_duplicates("number_unit", ignore_index=True)
