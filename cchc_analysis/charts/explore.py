"""The figure of the exploring notebook: groups with intervals, or a series of months."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cchc_analysis.charts.months import labels_with_counts, month_axis, month_line, shade_period, whiskers
from cchc_analysis.charts.style import BLUE, GREY, house_style, new_figure, number_axis, share_axis
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick


def groups(rows: pd.DataFrame, overall: float | None, name: str, is_share: bool, language: Language) -> Figure:
    """Draw one figure per group, the lowest below, with its interval, and a line at the whole.

    `rows`: an indicator table with a `label` column, in the order to draw from top to bottom; `name`: what the axis is.
    """
    with house_style():
        figure, axes = new_figure(1.3 + 0.3 * len(rows))
        at = np.arange(len(rows))
        known = rows["value"].notna().to_numpy()
        shown = rows[known]
        ends = np.nan_to_num(whiskers(shown).astype(float))
        axes.errorbar(shown["value"].astype(float), at[known], xerr=ends, fmt="o", ms=6, color=BLUE, capsize=3)
        if overall is not None and len(rows) > 1:
            axes.axvline(overall, color=GREY, lw=1.2, ls="--", label=pick(language, "Chung", "Overall"), zorder=1)
            figure.legend(loc="outside upper left")
        axes.set_yticks(at, labels_with_counts(rows, rows["label"].tolist(), language, 38))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        _value_axis(axes.xaxis, is_share, language)
        axes.set_xlabel(name)
    return figure


def months(rows: pd.DataFrame, period_months: Sequence[str], name: str, is_share: bool, language: Language) -> Figure:
    """Draw a figure month by month with its intervals; the months of the period are shaded.

    `rows`: an indicator table with a `month` column in order of time.
    """
    with house_style():
        figure, axes = new_figure()
        labels = rows["month"].tolist()
        shade_period(axes, labels, period_months)
        _series(axes, rows, labels)
        month_axis(axes, labels, language)
        _value_axis(axes.yaxis, is_share, language)
        axes.set_title(name, loc="left", fontsize=11)
    return figure


def _series(axes: Axes, rows: pd.DataFrame, labels: Sequence[str]) -> None:
    # A figure without interval, such as one of all procedures, still has its point.
    plain = rows.assign(lower=rows["lower"].fillna(rows["value"]), upper=rows["upper"].fillna(rows["value"]))
    month_line(axes, plain, labels, BLUE, "o", "")


def _value_axis(axis: object, is_share: bool, language: Language) -> None:
    (share_axis if is_share else number_axis)(axis, language)
