"""Control charts by month: which months differ from a stable process, and which only vary."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cchc_analysis.counting import OFFICIAL_FORM, OnTimeRule
from cchc_analysis.errors import ParameterError
from cchc_analysis.measures.processing_time import on_time_share
from cchc_analysis.measures.windows import has, months_of
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.stats.control import share_chart, xmr_chart
from cchc_analysis.stats.counts import counted_mean
from cchc_analysis.stats.signals import chart_signals

CHART_COLUMNS = (
    "month",
    "measure",
    "rule",
    "numerator",
    "denominator",
    "value",
    "chart",
    "centre",
    "sigma",
    "lower",
    "upper",
    "in_baseline",
    "signals",
)
"""Columns of a control chart: one row per month that has something to count.

`chart` is "p", "p_prime" or "xmr"; `lower`, `upper` lie 3 `sigma` from `centre`, within what is possible; `signals`
names the rules the month belongs to, joined by commas.
"""

BASELINE_MONTHS = 2
"""Months that limits need at least; with fewer than ENOUGH_MONTHS they are called provisional."""

ENOUGH_MONTHS = 12


def on_time_chart(
    flow: pd.DataFrame,
    months: Sequence[ReportPeriod],
    baseline: Sequence[ReportPeriod] = (),
    rule: OnTimeRule = OFFICIAL_FORM,
) -> pd.DataFrame:
    """Draw up the control chart of the on-time share: a p chart, or Laney's p′ where months vary more than chance.

    `flow`: counted with basis and grain of `rule`; `months` in order; `baseline`: the months that centre and limits
    come from, empty = all. Months without anything to count are left out.
    Result: CHART_COLUMNS, shares in [0, 1]; no limits where the baseline has fewer than two months to count.
    Raises ParameterError when no month of the baseline is among the months.
    Source: docs/methods/control-charts.md.
    """
    tables = [on_time_share(flow, month, (), rule).assign(month=month.label) for month in months]
    return chart_of_shares(pd.concat(tables, ignore_index=True), months, baseline)


def chart_of_shares(
    shares: pd.DataFrame, months: Sequence[ReportPeriod], baseline: Sequence[ReportPeriod] = ()
) -> pd.DataFrame:
    """Draw up the chart of `on_time_chart` from the shares of the months.

    `shares`: an indicator table with one row per `month`, others than those of `months` are left out.
    """
    shown = {month.label for month in months}
    shares = _counted(shares[[label in shown for label in shares["month"]]])
    based = _based(shares, months, baseline)
    if based.sum() < BASELINE_MONTHS:
        return _without_limits(shares, based, "p")
    found = share_chart(shares["numerator"], shares["denominator"], based)
    rows = shares.assign(chart=found.kind, centre=found.centre, sigma=found.sigma, lower=found.lower, upper=found.upper)
    return _with_signals(rows, based)


def duration_chart(
    durations: pd.DataFrame, months: Sequence[ReportPeriod], baseline: Sequence[ReportPeriod] = ()
) -> pd.DataFrame:
    """Draw up the XmR chart of the mean working days of the dossiers closed in each month.

    `durations`: result of count_durations; withdrawn dossiers are left out; other arguments, result and error as in
    on_time_chart, values in working days. Limits: mean of the monthly means ± 2.66 mean absolute steps, not below 0.
    """
    means = _counted(_monthly_means(durations, months))
    based = _based(means, months, baseline)
    if based.sum() < BASELINE_MONTHS:
        return _without_limits(means, based, "xmr")
    found = xmr_chart(means["value"], based)
    sigma = (found.upper - found.centre) / 3
    rows = means.assign(chart="xmr", centre=found.centre, sigma=sigma, lower=max(found.lower, 0.0), upper=found.upper)
    return _with_signals(rows, based)


def signal_runs(chart: pd.DataFrame) -> pd.DataFrame:
    """List the signals of a control chart: columns `rule`, `side`, `from_month`, `to_month`, `n_months`, by month."""
    columns = ["rule", "side", "from_month", "to_month", "n_months"]
    known = chart["sigma"].notna().all() and len(chart) > 0
    found = chart_signals(chart["value"], float(chart["centre"].iloc[0]), chart["sigma"]) if known else ()
    month = chart["month"].tolist()
    rows = [(one.rule, one.side, month[one.first], month[one.last], one.last - one.first + 1) for one in found]
    return pd.DataFrame(rows, columns=columns).sort_values("from_month", kind="stable", ignore_index=True)


def _monthly_means(durations: pd.DataFrame, months: Sequence[ReportPeriod]) -> pd.DataFrame:
    """Return the mean working days of what was closed in each month, as time_used has it: one row per month."""
    closed, days, n = has(durations, "event", "closed"), durations["duration"].to_numpy(), durations["n"].to_numpy()
    inside = [closed & months_of(month, durations, "closed_month") for month in months]
    means = [counted_mean(days[rows], n[rows]) for rows in inside]
    return pd.DataFrame(
        {
            "month": pd.array([month.label for month in months], dtype="str"),
            "measure": "working_days_mean",
            "rule": "",
            "numerator": pd.Series([None] * len(months), dtype=object),
            "denominator": np.array([mean.n for mean in means], dtype=np.int64),
            "value": np.array([np.nan if mean.mean is None else mean.mean for mean in means], dtype=np.float64),
        }
    )


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the months that have something to count."""
    full = rows[rows["denominator"] > 0]
    columns = ["month", "measure", "rule", "numerator", "denominator", "value"]
    return full[columns].reset_index(drop=True) if len(full) else pd.DataFrame({name: [] for name in columns})


def _based(
    rows: pd.DataFrame, months: Sequence[ReportPeriod], baseline: Sequence[ReportPeriod]
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    wanted = {month.label for month in baseline}
    shown = [month.label for month in months]
    if wanted and not wanted & set(shown):
        raise ParameterError(
            f"No month of the baseline is on the chart, which shows {shown[0]} to {shown[-1]}. "
            "Choose months among them, or leave the baseline empty.",
            f"Không có tháng nào của giai đoạn gốc nằm trong biểu đồ (từ {shown[0]} đến {shown[-1]}). "
            "Hãy chọn các tháng trong khoảng đó hoặc để trống giai đoạn gốc.",
        )
    return np.array([not wanted or label in wanted for label in rows["month"]], dtype=bool)


def _without_limits(
    rows: pd.DataFrame, based: "np.ndarray[tuple[int], np.dtype[np.bool_]]", chart: str
) -> pd.DataFrame:
    limits = dict.fromkeys(("centre", "sigma", "lower", "upper"), np.nan)
    return rows.assign(chart=chart, **limits, in_baseline=based, signals="")[list(CHART_COLUMNS)]


def _with_signals(rows: pd.DataFrame, based: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> pd.DataFrame:
    chart = rows.assign(in_baseline=based, signals="")
    marks: dict[str, list[str]] = {label: [] for label in chart["month"]}
    for rule, first, last in signal_runs(chart)[["rule", "from_month", "to_month"]].itertuples(index=False):
        for label in chart.loc[chart["month"].between(first, last), "month"]:
            marks[label] += [rule] if rule not in marks[label] else []
    return chart.assign(signals=chart["month"].map(lambda label: ",".join(marks[label])))[list(CHART_COLUMNS)]
