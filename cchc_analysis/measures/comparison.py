"""Change against another period: shares with an interval, time split into mix and true effect."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.counting import OFFICIAL_FORM, OnTimeRule
from cchc_analysis.frames import records
from cchc_analysis.measures.processing_time import on_time_share
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.stats.change import StratumEffect, mean_change, mix_and_true_effect
from cchc_analysis.stats.comparison import benjamini_hochberg
from cchc_analysis.stats.counts import counted_mean, counted_sample
from cchc_analysis.stats.proportion_tests import fisher_exact_p
from cchc_analysis.stats.proportions import newcombe_difference


def on_time_change(
    flow: pd.DataFrame,
    period: ReportPeriod,
    base: ReportPeriod,
    by: tuple[str, ...] = (),
    rule: OnTimeRule = OFFICIAL_FORM,
) -> pd.DataFrame:
    """Compare the on-time share of a window with that of a base window, with Newcombe's interval of the difference.

    Result: columns `by`, `value`, `denominator`, `base_value`, `base_denominator`, `difference`, `lower`, `upper`,
    `beyond_noise`
    (True where the interval excludes zero). Null where one of the windows has nothing to count.
    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.
    """
    return share_change(on_time_share(flow, period, by, rule), on_time_share(flow, base, by, rule), by)


def share_change(now: pd.DataFrame, before: pd.DataFrame, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compare the shares of a window with those of a base window, group by group, with Newcombe's interval.

    `now`, `before`: indicator tables of one measure over the same counts, one row per group. Result: columns `by`,
    `numerator`, `denominator`, `value`, `base_numerator`, `base_denominator`, `base_value`, `difference`, `lower`,
    `upper`, `beyond_noise` (True where the interval excludes zero). Null where one of the windows has nothing to count.
    Source: Newcombe 1998, Statistics in Medicine 17:873, method 10.
    """
    counts = ["numerator", "denominator", "value"]
    base = before[[*by, *counts]].rename(columns={name: f"base_{name}" for name in counts})
    both = now[[*by, *counts]].merge(base, on=list(by), how="left") if by else now[counts].join(base)
    ends = [
        newcombe_difference(row["numerator"], row["denominator"], row["base_numerator"], row["base_denominator"])
        if row["denominator"] and not pd.isna(row["base_denominator"]) and row["base_denominator"]
        else (np.nan, np.nan)
        for row in records(both)
    ]
    lower, upper = np.array(ends, dtype=float).reshape(-1, 2).T
    both = both.assign(difference=both["value"] - both["base_value"], lower=lower, upper=upper)
    return both.assign(beyond_noise=(both["lower"] > 0) | (both["upper"] < 0))


FALSE_FINDINGS = 0.05
"""Largest expected part of the groups called different that are so by chance."""


def apart_from_others(shares: pd.DataFrame) -> pd.DataFrame:
    """Tell which groups have another share than all other groups together, however many are compared.

    `shares`: one row per group with `numerator` and `denominator`. Result: the same rows with `p_value` (Fisher's exact
    test of the group against the sum of the others, adjusted after Benjamini and Hochberg; null where there is nothing
    to compare) and `side` ("below", "above", or "" where the adjusted p-value is above FALSE_FINDINGS).
    """
    over, under = shares["numerator"].astype("int64"), shares["denominator"].astype("int64")
    rest_over, rest_under = over.sum() - over, under.sum() - under
    tests = [fisher_exact_p(*map(int, row)) for row in zip(over, under, rest_over, rest_under, strict=True)]
    p_values = np.array([np.nan if p is None else min(p, 1.0) for p in tests], dtype=float)
    compared = ~np.isnan(p_values)
    p_values[compared] = benjamini_hochberg(p_values[compared])
    # Cross products: exact, and no division by an empty group.
    sign = (over * rest_under - rest_over * under).to_numpy()
    found = p_values <= FALSE_FINDINGS
    side = np.select([found & (sign < 0), found & (sign > 0)], ["below", "above"], "")
    return shares.assign(p_value=p_values, side=side)


def _sample(durations: pd.DataFrame, period: ReportPeriod) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    inside = durations[months_of(period, durations, "closed_month") & (durations["event"] == "closed")]
    return counted_sample(inside["duration"].to_numpy(), inside["n"].to_numpy())


def _strata(terms: pd.DataFrame, period: ReportPeriod, strata: tuple[str, ...]) -> dict[Hashable, tuple[float, float]]:
    inside = terms[months_of(period, terms, "closed_month")]
    totals = inside.groupby(list(strata))[["sum_working_days", "n"]].sum()
    return {key: (days, n) for key, days, n in zip(totals.index, totals["sum_working_days"], totals["n"], strict=True)}


@dataclass(frozen=True)
class TimeChange:
    """Change of the mean working days between two windows; undefined figures are None.

    `difference` = `mix_effect` + `true_effect` + `turnover_effect` (strata found in one window only); `lower` and
    `upper` are
    Welch's 95 % interval of the difference, `beyond_noise` says that it excludes zero.
    """

    n: int
    mean: float | None
    base_n: int
    base_mean: float | None
    difference: float | None
    lower: float | None
    upper: float | None
    beyond_noise: bool
    mix_effect: float | None
    true_effect: float | None
    turnover_effect: float | None
    drivers: tuple[StratumEffect, ...]


def time_change(
    durations: pd.DataFrame,
    terms: pd.DataFrame,
    period: ReportPeriod,
    base: ReportPeriod,
    strata: tuple[str, ...] = ("procedure",),
) -> TimeChange:
    """Split the change in mean working days between two windows into what the mix did and what really changed.

    `durations`, `terms`: counts over the same dossiers; `strata`: grouping columns of `terms`. Withdrawn dossiers are
    left out.
    Source: Kitagawa 1955, JASA 50:1168; docs/methods/change.md.
    """
    now, before = _sample(durations, period), _sample(durations, base)
    crude = mean_change(before, now)
    split = mix_and_true_effect(_strata(terms, base, strata), _strata(terms, period, strata))
    summary, base_summary = counted_mean(*now), counted_mean(*before)
    return TimeChange(
        n=summary.n,
        mean=summary.mean,
        base_n=base_summary.n,
        base_mean=base_summary.mean,
        difference=crude.difference,
        lower=crude.lower,
        upper=crude.upper,
        beyond_noise=crude.lower is not None and crude.upper is not None and (crude.lower > 0 or crude.upper < 0),
        mix_effect=split.mix_effect if split else None,
        true_effect=split.true_effect if split else None,
        turnover_effect=split.entered_left_effect if split else None,
        drivers=split.strata if split else (),
    )
