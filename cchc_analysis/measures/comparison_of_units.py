"""Units compared fairly: against the same share for all, and against what their own procedures let expect."""

from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.counting import OFFICIAL_FORM, OnTimeRule
from cchc_analysis.frames import records
from cchc_analysis.measures.indicator import indicator_table
from cchc_analysis.measures.processing_time import on_time_share
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.stats.comparison import benjamini_hochberg
from cchc_analysis.stats.funnel import OverDispersion, binomial_mid_p, funnel_limits, over_dispersion
from cchc_analysis.stats.standardised import ObservedExpected, observed_expected

FALSE_SHARE = 0.05
"""Share of false findings among the units called lower or higher (Benjamini and Hochberg)."""

VERDICTS = ("lower", "higher", "not_told_apart", "too_small", "no_peers")
"""What can be said of a unit; `no_peers` where no other unit handles any of its procedures."""

COMPARISON_COLUMNS = (
    "overall",
    "p_value",
    "q_value",
    "crude_verdict",
    "n_compared",
    "late_compared",
    "expected_late",
    "expected_value",
    "difference",
    "difference_lower",
    "difference_upper",
    "late_ratio",
    "late_ratio_lower",
    "late_ratio_upper",
    "adjusted_p_value",
    "adjusted_q_value",
    "verdict",
)
"""What `unit_comparison` adds to the indicator columns."""


def unit_comparison(flow: pd.DataFrame, period: ReportPeriod, rule: OnTimeRule = OFFICIAL_FORM) -> pd.DataFrame:
    """Compare the on-time share of each unit with the share of all, crude and given its procedures.

    `flow`: a flow count with the dimensions unit and procedure, counted with basis and grain of `rule`. Crude: exact
    mid-p value against the share of all units. Adjusted: dossiers of procedures that at least two units handled, late
    ones observed against expected from the share of each procedure over all units (indirect standardisation,
    Poisson-binomial mid-p value, `late_ratio` with interval). q-values after Benjamini and Hochberg; `verdict` rests on
    the adjusted ones, `crude_verdict` on the others: lower or higher on-time share, not_told_apart, too_small (not even
    "none late" could be told from what was expected), no_peers. Of the dossiers compared, `expected_value` is
    the on-time share to expect and `difference` what the observed one has more or less, with its interval.
    Result: indicator table by unit with COMPARISON_COLUMNS, units without dossiers to count left out.
    Source: docs/methods/comparison-of-units.md.
    """
    cells = on_time_share(flow, period, ("unit", "procedure"), rule)
    cells = cells[cells["denominator"] > 0].assign(late=lambda rows: rows["denominator"] - rows["numerator"])
    shares = on_time_share(flow, period, ("unit",), rule)
    shares = shares[shares["denominator"] > 0].reset_index(drop=True)
    crude = _crude(shares)
    adjusted = _adjusted(crude["unit"].tolist(), _with_expected_share(cells))
    together = pd.concat([crude, adjusted], axis=1)
    table = indicator_table(together, ("unit",), f"on_time_of_{rule.denominator}", period, rule.name)
    return table.assign(**{name: together[name] for name in COMPARISON_COLUMNS})


def _crude(shares: pd.DataFrame) -> pd.DataFrame:
    """Add the share of all units, p-value, q-value and verdict of each against it."""
    total = int(shares["denominator"].sum())
    overall = float(shares["numerator"].sum() / total) if total else np.nan
    if not total:
        return shares.assign(overall=overall, p_value=np.nan, q_value=np.nan, crude_verdict="")
    p_values = binomial_mid_p(shares["numerator"], shares["denominator"], overall)
    rows = shares.assign(overall=overall, p_value=p_values, q_value=benjamini_hochberg(p_values))
    none_late = overall ** rows["denominator"].to_numpy(dtype=float)
    verdicts = [
        _verdict(q_value, value < overall, too_small)
        for q_value, value, too_small in zip(
            rows["q_value"], rows["value"], (none_late > FALSE_SHARE) & (overall < 1), strict=True
        )
    ]
    return rows.assign(crude_verdict=verdicts)


def _verdict(q_value: float, is_lower: bool, too_small: bool) -> str:
    if q_value <= FALSE_SHARE:
        return "lower" if is_lower else "higher"
    return "too_small" if too_small else "not_told_apart"


def _with_expected_share(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the procedures that at least two units handled, with the late share of each over all units."""
    of_procedure = cells.groupby("procedure")[["late", "denominator"]].transform("sum")
    n_units = cells.groupby("procedure")["unit"].transform("nunique")
    return cells.assign(late_share=of_procedure["late"] / of_procedure["denominator"])[n_units >= 2]


def _adjusted(units: list[str], cells: pd.DataFrame) -> pd.DataFrame:
    parts = dict(list(cells.groupby("unit")))
    found = [_against_expected(parts.get(unit)) for unit in units]
    p_values = np.array([np.nan if one is None or one.p_value is None else one.p_value for one in found])
    known = ~np.isnan(p_values)
    q_values = np.full(len(units), np.nan)
    q_values[known] = benjamini_hochberg(p_values[known])
    rows = [_figures(one, q) for one, q in zip(found, q_values, strict=True)]
    names = COMPARISON_COLUMNS[COMPARISON_COLUMNS.index("n_compared") :]
    return pd.DataFrame(rows, columns=list(names)).assign(adjusted_p_value=p_values, adjusted_q_value=q_values)


def _against_expected(cells: pd.DataFrame | None) -> ObservedExpected | None:
    if cells is None:
        return None
    return observed_expected(int(cells["late"].sum()), cells["denominator"], cells["late_share"])


def _figures(found: ObservedExpected | None, q_value: float) -> dict[str, Any]:
    if found is None:
        return {"n_compared": 0, "late_compared": 0, "verdict": "no_peers"}
    gap = (found.observed - found.expected) / found.n
    return {
        "n_compared": found.n,
        "late_compared": found.observed,
        "expected_late": found.expected,
        "expected_value": 1 - found.expected / found.n,
        "difference": -gap,
        "difference_lower": _difference(found, found.upper),
        "difference_upper": _difference(found, found.lower),
        "late_ratio": found.ratio,
        "late_ratio_lower": found.lower,
        "late_ratio_upper": found.upper,
        "verdict": _verdict(q_value, gap > 0, found.expected > 0 and found.p_of_none > FALSE_SHARE),
    }


def _difference(found: ObservedExpected, ratio: float | None) -> float:
    """Return the difference in on-time share that a ratio of observed to expected late dossiers means."""
    return np.nan if ratio is None else (1 - ratio) * found.expected / found.n


def unit_spread(comparison: pd.DataFrame) -> OverDispersion | None:
    """Measure how much wider units spread around the share of all than chance lets them (see stats.over_dispersion).

    `comparison`: result of unit_comparison; None without units.
    """
    if not len(comparison):
        return None
    overall = float(comparison["overall"].iloc[0])
    return over_dispersion(comparison["numerator"], comparison["denominator"], overall)


FUNNEL_POINTS = 120
"""Sizes at which the limits of a funnel are drawn."""


def funnel_lines(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the exact limits of the funnel around the share of all, from the smallest unit to the largest.

    `comparison`: result of unit_comparison. Result: columns `n`, `lower_95`, `upper_95`, `lower_998`, `upper_998`.
    """
    columns = ["n", "lower_95", "upper_95", "lower_998", "upper_998"]
    if not len(comparison):
        return pd.DataFrame({name: [] for name in columns})
    smallest, largest = int(comparison["denominator"].min()), int(comparison["denominator"].max())
    sizes = np.unique(np.geomspace(max(1, smallest * 0.8), largest * 1.15 + 1, FUNNEL_POINTS).astype(np.int64))
    target = float(comparison["overall"].iloc[0])
    limits = [*funnel_limits(sizes, target, 0.95), *funnel_limits(sizes, target, 0.998)]
    return pd.DataFrame(dict(zip(columns, [sizes, *limits], strict=True)))


def verdict_counts(comparison: pd.DataFrame, column: str = "verdict") -> dict[str, int]:
    """Count the units of each verdict; every verdict is there, also with 0."""
    seen = [row[column] for row in records(comparison)]
    return {verdict: seen.count(verdict) for verdict in VERDICTS}
