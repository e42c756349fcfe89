"""Which procedures drive a change of the mean time: every stratum of the split with its counts, and the rest."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cchc_analysis.measures.comparison import TimeChange
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod

EFFECTS = ("mix_effect", "true_effect", "turnover_effect", "contribution")
_TOTALS = ("base_n", "base_days", "n", "days")


def _totals(terms: pd.DataFrame, period: ReportPeriod, strata: tuple[str, ...]) -> pd.DataFrame:
    inside = terms[months_of(period, terms, "closed_month")]
    sums = inside.groupby(list(strata), as_index=False)[["n", "sum_working_days"]].sum()
    return sums.rename(columns={"sum_working_days": "days"})


def _key(stratum: Hashable) -> tuple[Any, ...]:
    return stratum if isinstance(stratum, tuple) else (stratum,)


def change_drivers(
    change: TimeChange,
    terms: pd.DataFrame,
    period: ReportPeriod,
    base: ReportPeriod,
    strata: tuple[str, ...] = ("procedure",),
) -> pd.DataFrame:
    """List what each stratum contributes to a change of the mean working days, the largest contribution first.

    `change`: result of time_change over the same `terms`, windows and `strata`. Result: columns `strata`, `base_n`,
    `base_days`, `n`, `days` (dossiers and working days used before and now), `base_mean`, `mean` (null where there are
    no dossiers), `mix_effect`, `true_effect`, `turnover_effect`, `contribution` (their sum, working days per dossier).
    The contributions add up to `change.difference`. Empty where the change is undefined.
    """
    before = _totals(terms, base, strata).rename(columns={"n": "base_n", "days": "base_days"})
    both = before.merge(_totals(terms, period, strata), on=list(strata), how="outer")
    both = both.assign(**{name: both[name].fillna(0).astype("int64") for name in _TOTALS})
    effects = pd.DataFrame(
        [(*_key(item.stratum), item.mix_effect, item.true_effect, item.entered_left_effect) for item in change.drivers],
        columns=[*strata, *EFFECTS[:3]],
    )
    rows = both.merge(effects.astype(both[list(strata)].dtypes.to_dict()), on=list(strata), how="inner")
    rows = rows.assign(
        base_mean=rows["base_days"] / rows["base_n"].where(rows["base_n"] > 0),
        mean=rows["days"] / rows["n"].where(rows["n"] > 0),
        contribution=rows[list(EFFECTS[:3])].sum(axis=1),
    )
    rows = rows.assign(size=rows["contribution"].abs())
    ordered = rows.sort_values(["size", *strata], ascending=[False, *(True for _ in strata)], ignore_index=True)
    return ordered[[*strata, *_TOTALS, "base_mean", "mean", *EFFECTS]]


def summed_drivers(drivers: pd.DataFrame) -> Mapping[str, Any]:
    """Add up rows of change_drivers: counts, days and effects; the means are those of all their dossiers."""
    sums = {name: drivers[name].sum() for name in (*_TOTALS, *EFFECTS)}
    return {
        **sums,
        "base_mean": sums["base_days"] / sums["base_n"] if sums["base_n"] else None,
        "mean": sums["days"] / sums["n"] if sums["n"] else None,
    }
