"""The indicator table: one row per figure, with everything needed to explain it."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.errors import CountingError
from cchc_analysis.frames import first_row
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.stats.proportions import wilson_interval

INDICATOR_COLUMNS = (
    "measure",
    "period",
    "window_from",
    "window_to",
    "rule",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "suppressed",
)
"""Columns every indicator table ends with, after its grouping columns.

`numerator` and `denominator` are counts or sums of days; a measure that is no quotient has the number of dossiers it
rests on
as denominator and no numerator. `value`, `lower`, `upper` are null where undefined; `suppressed` is True where hidden.
"""


def column_total(counts: pd.DataFrame, by: tuple[str, ...], **masks: "pd.Series[bool]") -> pd.DataFrame:
    """Sum `n` over each mask, for every group of `by` that occurs at all.

    Result: one row per group (one row in all when `by` is empty), columns `by` and the names of the masks, int64.
    """
    n = counts["n"].to_numpy(dtype=np.int64)
    columns = {name: np.where(mask.to_numpy(dtype=bool), n, 0) for name, mask in masks.items()}
    if not by:
        return pd.DataFrame({name: [int(column.sum())] for name, column in columns.items()}, dtype="int64")
    parts = pd.DataFrame({**{name: counts[name] for name in by}, **columns})
    return parts.groupby(list(by), as_index=False, sort=True, dropna=False)[list(masks)].sum()


def share_rows(
    groups: pd.DataFrame, by: tuple[str, ...], numerator: str, denominator: str, level: float = 0.95
) -> pd.DataFrame:
    """Turn two count columns into shares with Wilson intervals; a share of nothing is null.

    Result: columns `by`, `numerator`, `denominator`, `value`, `lower`, `upper`.
    """
    over, under = groups[numerator].to_numpy(dtype=np.int64), groups[denominator].to_numpy(dtype=np.int64)
    if np.any(over > under):
        raise CountingError(
            f"{numerator} is larger than {denominator} in a group; the counts contradict themselves.",
            f"{numerator} lớn hơn {denominator} trong một nhóm; số đếm mâu thuẫn.",
        )
    lower, upper = wilson_interval(over, under, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(under > 0, over / np.where(under > 0, under, 1), np.nan)
    figures = {"numerator": over, "denominator": under, "value": value, "lower": lower, "upper": upper}
    return pd.DataFrame({**{name: groups[name] for name in by}, **figures})


def indicator_table(
    rows: pd.DataFrame, by: tuple[str, ...], measure: str, period: ReportPeriod, rule: str = ""
) -> pd.DataFrame:
    """Complete rows of figures to an indicator table: columns `by` then INDICATOR_COLUMNS."""
    # Made in one go: a page has hundreds of these tables, and adding columns one by one takes three times as long.
    fixed = {
        "measure": rows["measure"].array if "measure" in rows else measure,
        "period": period.label,
        "window_from": period.start,
        "window_to": period.end,
        "rule": rule,
        "suppressed": False,
    }
    columns = {name: fixed[name] if name in fixed else rows[name].array for name in (*by, *INDICATOR_COLUMNS)}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def whole_population(table: pd.DataFrame) -> pd.DataFrame:
    """Return an indicator table without its intervals: what is counted in full has no sampling error."""
    return table.assign(lower=np.nan, upper=np.nan)


def single_row(table: pd.DataFrame, **where: object) -> Mapping[str, Any]:
    """Return the one row of an indicator table that has these values.

    Raises CountingError when there is none or more than one.
    """
    found = table
    for column, value in where.items():
        found = found[found[column] == value]
    if len(found) != 1:
        raise CountingError(
            f"Expected one row with {where}, found {len(found)}.",
            f"Cần đúng một dòng có {where}, tìm thấy {len(found)}.",
        )
    return first_row(found)


def stack(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put indicator tables under each other."""
    return pd.concat(list(tables), ignore_index=True)
