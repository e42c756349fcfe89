"""Integrity: what in the dates deserves a second look, and a stated test for finishes crowded before the deadline."""

from typing import Any

import numpy as np
import pandas as pd

from cchc_analysis.counting import CLOSING_SIGNALS, SIGNALS
from cchc_analysis.frames import records
from cchc_analysis.measures.comparison import FALSE_FINDINGS
from cchc_analysis.measures.indicator import column_total, indicator_table, share_rows
from cchc_analysis.measures.windows import months_of
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.stats.comparison import benjamini_hochberg
from cchc_analysis.stats.proportion_tests import sign_test_greater


def integrity(counts: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Turn the counts of signals into shares of the dossiers that could have shown them.

    `counts`: result of count_integrity. Signals of the end count dossiers closed in the window, the others dossiers
    received in it. Result: indicator table, measures SIGNALS, value in [0, 1] with Wilson interval, null where no
    dossier carries what the signal needs. Rules: docs/methods/integrity.md.
    """
    tables = []
    for signal in SIGNALS:
        month = "closed_month" if signal in CLOSING_SIGNALS else "received_month"
        inside = counts[months_of(period, counts, month)]
        groups = _sums(inside, by, numerator=f"n_{signal}", denominator=f"of_{signal}")
        rows = share_rows(groups, by, "numerator", "denominator")
        tables.append(indicator_table(rows, by, signal, period))
    return pd.concat(tables, ignore_index=True)


NUMBER_GAPS = "number_gaps"
"""Measure of `number_gaps`."""


def number_gaps(gaps: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Compute the share of running numbers that nobody has seen, of the days in the window.

    `gaps`: result of count_number_gaps; `by`: () or ("unit",). Only series that begin anew every day are judged.
    Result: indicator table, measure NUMBER_GAPS, numerator = numbers up to the highest of their day that were not seen,
    denominator = Σ highest; no interval, since the numbers are all there are; null where no series could be judged.
    Further columns: `n_days`, `n_gap_days` (days judged, and those with a gap), `n_not_judged` (office codes whose
    series is not judged). Rules: docs/methods/integrity.md.

    >>> from cchc_analysis.periods import parse_period
    >>> gaps = pd.DataFrame({"unit": ["w"], "number_month": [2023 * 12 + 4], "series": ["daily"], "n_offices": [1],
    ...                      "n_days": [20], "n_gap_days": [2], "n_missing": [3], "n_numbers": [150]})
    >>> number_gaps(gaps, parse_period("2023-05"))[["numerator", "denominator", "value"]].to_dict("records")
    [{'numerator': 3, 'denominator': 150, 'value': 0.02}]
    """
    inside = gaps[months_of(period, gaps, "number_month")]
    judged = inside["series"] == "daily"
    parts = inside[list(by)].assign(
        **{name: inside[name].where(judged, 0) for name in ("n_missing", "n_numbers", "n_days", "n_gap_days")}
    )
    offices = inside.assign(n=inside["n_offices"].where(~judged, 0)).groupby("unit")["n"].max()
    names = {"numerator": "n_missing", "denominator": "n_numbers", "n_days": "n_days", "n_gap_days": "n_gap_days"}
    groups = _sums(parts, by, **names)
    groups["n_not_judged"] = groups["unit"].map(offices) if by else int(offices.sum())
    rows = share_rows(groups, by, "numerator", "denominator").assign(lower=np.nan, upper=np.nan)
    further = groups[["n_days", "n_gap_days", "n_not_judged"]]
    return pd.concat([indicator_table(rows, by, NUMBER_GAPS, period), further], axis="columns")


def _sums(counts: pd.DataFrame, by: tuple[str, ...], **columns: str) -> pd.DataFrame:
    if not by:
        return pd.DataFrame({name: [int(counts[column].sum())] for name, column in columns.items()})
    parts = counts[list(by)].assign(**{name: counts[column] for name, column in columns.items()})
    return parts.groupby(list(by), as_index=False, sort=True)[list(columns)].sum()


def deadline_test(margins: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Test whether more dossiers were finished in the hour before the deadline than in the hour after it.

    `margins`: result of count_deadline; only its comparable rows, closed in the window, are used: the due day of a
    dossier that was not due on the day of receipt, with an office hour on both sides. Without any pull to the deadline
    a finish falls before or after it like the toss of a coin: exact one-sided binomial test of p = 1/2, adjusted over
    the groups after Benjamini and Hochberg. The deadline to the second counts as before.
    Result: columns `by`, `n_before`, `n_after`, `n_equal`, `p_value`, `adjusted` (null where nothing was to compare),
    `crowded` (adjusted below FALSE_FINDINGS). Source: McCrary 2008, Journal of Econometrics 142:698 (idea of the
    test); docs/methods/integrity.md.
    """
    inside = margins[months_of(period, margins, "closed_month") & (margins["comparable"] == 1)]
    before, after = inside["hours_left"] == 0, inside["hours_left"] == -1
    rows = column_total(inside, by, n_before=before, n_after=after)
    equal = _sums(inside, by, n_equal="n_equal")
    rows = rows.merge(equal, on=list(by)) if by else rows.assign(n_equal=equal["n_equal"])
    tests: list[Any] = [sign_test_greater(row["n_before"], row["n_after"]) for row in records(rows)]
    p_values = np.array([np.nan if p is None else p for p in tests], dtype=float)
    known = ~np.isnan(p_values)
    adjusted = np.full(len(p_values), np.nan)
    adjusted[known] = benjamini_hochberg(p_values[known])
    with np.errstate(invalid="ignore"):
        return rows.assign(p_value=p_values, adjusted=adjusted, crowded=known & (adjusted < FALSE_FINDINGS))


def hours_to_deadline(margins: pd.DataFrame, period: ReportPeriod, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Count the finishes of the window by the office hours left: columns `by`, `hours_left`, `n`, `n_equal`."""
    inside = margins[months_of(period, margins, "closed_month")]
    hours: pd.DataFrame = inside.groupby([*by, "hours_left"], as_index=False)[["n", "n_equal"]].sum()
    return hours
