"""The indicator table: one row per figure, with everything needed to explain it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


Mask: TypeAlias = "NDArray[np.bool_] | pd.Series[bool]"
"""Which rows of a count table are meant."""


@dataclass(frozen=True)
class _Groups:
    """The groups of a count table: which one each row is in, and the keys of the groups, sorted."""

    place: NDArray[np.int64]
    keys: dict[str, Any]
    size: int

    def total(self, n: NDArray[np.int64], mask: Mask) -> NDArray[np.int64]:
        """Add up `n` where the mask is true, group by group."""
        chosen = np.asarray(mask, dtype=bool)
        if not self.keys:
            return np.array([n[chosen].sum()], dtype=np.int64)
        # Not bincount, which adds floats: sums of dong must be exact.
        sums = np.zeros(self.size, dtype=np.int64)
        np.add.at(sums, self.place[chosen], n[chosen])
        return sums


def _groups_of(counts: pd.DataFrame, by: tuple[str, ...]) -> _Groups:
    """Find the groups of `by`, the order of groupby with sort=True and dropna=False; one group where `by` is empty."""
    place = np.zeros(len(counts), dtype=np.int64)
    if not by:
        return _Groups(place, {}, 1)
    # On the small tables of a page this takes a fifth of the time of a groupby, and one serves many sums.
    found = [pd.factorize(counts[name], sort=True, use_na_sentinel=False) for name in by]
    for codes, values in found:
        place = place * max(1, len(values)) + codes
    groups, place = np.unique(place, return_inverse=True)
    keys, left = {}, groups
    for name, (_, values) in reversed(list(zip(by, found, strict=True))):
        left, own = np.divmod(left, max(1, len(values)))
        keys[name] = values.take(own)
    return _Groups(place.astype(np.int64), {name: keys[name] for name in by}, len(groups))


def column_total(counts: pd.DataFrame, by: tuple[str, ...], **masks: Mask) -> pd.DataFrame:
    """Sum `n` over each mask, for every group of `by` that occurs at all.

    Result: one row per group (one row in all when `by` is empty), columns `by` and the names of the masks, int64.
    """
    n, groups = counts["n"].to_numpy(dtype=np.int64), _groups_of(counts, by)
    return pd.DataFrame({**groups.keys, **{name: groups.total(n, mask) for name, mask in masks.items()}})


def share_table(
    counts: pd.DataFrame,
    period: ReportPeriod,
    by: tuple[str, ...],
    questions: Mapping[str, Mapping[str, Mask]],
    rule: str = "",
) -> pd.DataFrame:
    """Answer several questions of one count table: the indicator tables of all of them under each other.

    `questions`: measure → masks `numerator` and `denominator` and, under the same names for all, further ones such as
    `n_not_stated`, which become columns of whole numbers after INDICATOR_COLUMNS. Shares have Wilson intervals; a
    share of nothing is null. Raises CountingError where a numerator is larger than its denominator.
    """
    n, groups = counts["n"].to_numpy(dtype=np.int64), _groups_of(counts, by)
    names = list(next(iter(questions.values())))
    sums = {
        name: np.concatenate([groups.total(n, masks[name]) for masks in questions.values()])
        for name in dict.fromkeys(("numerator", "denominator", *names))
    }
    keys = {name: values.take(np.tile(np.arange(groups.size), len(questions))) for name, values in groups.keys.items()}
    measures = pd.array([name for name in questions for _ in range(groups.size)], dtype="str")
    figures = _shares(sums.pop("numerator"), sums.pop("denominator"))
    return pd.DataFrame(_completed({**keys, "measure": measures, **figures}, by, period, rule) | sums)


def share_rows(
    groups: pd.DataFrame, by: tuple[str, ...], numerator: str, denominator: str, level: float = 0.95
) -> pd.DataFrame:
    """Turn two count columns into shares with Wilson intervals; a share of nothing is null.

    Result: columns `by`, `numerator`, `denominator`, `value`, `lower`, `upper`.
    """
    over, under = groups[numerator].to_numpy(dtype=np.int64), groups[denominator].to_numpy(dtype=np.int64)
    figures = _shares(over, under, level, (numerator, denominator))
    return pd.DataFrame({**{name: groups[name] for name in by}, **figures})


def _shares(
    over: NDArray[np.int64],
    under: NDArray[np.int64],
    level: float = 0.95,
    names: tuple[str, str] = ("numerator", "denominator"),
) -> dict[str, NDArray[Any]]:
    """Return the columns of shares: counts, value, ends of the interval."""
    if np.any(over > under):
        raise CountingError(
            f"{names[0]} is larger than {names[1]} in a group; the counts contradict themselves.",
            f"{names[0]} lớn hơn {names[1]} trong một nhóm; số đếm mâu thuẫn.",
        )
    lower, upper = wilson_interval(over, under, level)
    value = np.where(under > 0, over / np.where(under > 0, under, 1), np.nan)
    return {"numerator": over, "denominator": under, "value": value, "lower": lower, "upper": upper}


def indicator_table(
    rows: pd.DataFrame, by: tuple[str, ...], measure: str, period: ReportPeriod, rule: str = ""
) -> pd.DataFrame:
    """Complete rows of figures to an indicator table: columns `by` then INDICATOR_COLUMNS."""
    given = {str(name): rows[name].array for name in rows.columns}
    return pd.DataFrame(_completed({"measure": measure, **given}, by, period, rule), index=pd.RangeIndex(len(rows)))


def _completed(figures: Mapping[str, Any], by: tuple[str, ...], period: ReportPeriod, rule: str) -> dict[str, Any]:
    """Return the columns of an indicator table, in their order."""
    fixed = {
        "period": period.label,
        "window_from": period.start,
        "window_to": period.end,
        "rule": rule,
        "suppressed": False,
    }
    # Made in one go: a page has hundreds of these tables, and adding columns one by one takes three times as long.
    return {name: fixed[name] if name in fixed else figures[name] for name in (*by, *INDICATOR_COLUMNS)}


def whole_population(table: pd.DataFrame) -> pd.DataFrame:
    """Return an indicator table without its intervals: what is counted in full has no sampling error."""
    return table.assign(lower=np.nan, upper=np.nan)


def single_row(table: pd.DataFrame, **where: object) -> Mapping[str, Any]:
    """Return the one row of an indicator table that has these values.

    Raises CountingError when there is none or more than one.
    """
    # One row of many columns: the values are compared where they are, without a table in between.
    columns = [(table[name].tolist(), value) for name, value in where.items()]
    found = [place for place in range(len(table)) if all(values[place] == value for values, value in columns)]
    if len(found) != 1:
        raise CountingError(
            f"Expected one row with {where}, found {len(found)}.",
            f"Cần đúng một dòng có {where}, tìm thấy {len(found)}.",
        )
    return first_row(table.iloc[found])


def stack(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put indicator tables under each other."""
    return pd.concat(list(tables), ignore_index=True)
