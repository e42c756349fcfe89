"""Figures of the digitisation page: tables in, figures out, nothing computed."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cchc_analysis.charts.months import labels_with_counts, month_axis, month_line, shade_period, whiskers
from cchc_analysis.charts.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT_BLUE,
    ORANGE,
    RED,
    house_style,
    new_figure,
    share_axis,
)
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick, word

LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))


def shares_by_month(
    series: Mapping[str, pd.DataFrame],
    period_months: Sequence[str],
    language: Language,
    target: float | None = None,
    year_end: tuple[float, float, float] | None = None,
    trend: tuple[float, float, float] | None = None,
) -> Figure:
    """Draw monthly shares with 95 % intervals, one line per series (label → rows of one measure).

    `target`: a line across. `year_end`, `trend`: expected share of the whole year with its interval at the pace of the
    last months and if the trend goes on, drawn right of the months in the colour of the first series.
    """
    with house_style():
        figure, axes = new_figure(3.7)
        months = next(iter(series.values()))["month"].tolist()
        shade_period(axes, months, period_months)
        for (label, rows), (colour, marker) in zip(series.items(), LOOKS, strict=False):
            month_line(axes, rows, months, colour, marker, label)
        if year_end is not None:
            _year_end(axes, len(months), year_end, "white")
            if trend is not None:
                _year_end(axes, len(months) + 0.25, trend, BLUE)
        if target is not None:
            axes.axhline(target, color=RED, lw=1.3, ls="--", label=pick(language, "Mục tiêu", "Target"))
        month_axis(axes, months, language, [] if year_end is None else [pick(language, "cả\nnăm", "whole\nyear")])
        axes.set_ylabel(pick(language, "Tỷ lệ hồ sơ", "Share of dossiers"))
        share_axis(axes.yaxis, language)
        axes.set_ylim(0, 1.02)
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2, handletextpad=0.4)
    return figure


def _year_end(axes: Axes, at: float, expected: tuple[float, float, float], inside: str) -> None:
    value, lower, upper = expected
    axes.axvline(int(at) - 0.5, color=GREY, lw=0.8, ls=":")
    ends = [[max(0.0, value - lower)], [max(0.0, upper - value)]]
    axes.errorbar([at], [value], yerr=ends, color=BLUE, marker="D", ms=6, mfc=inside, elinewidth=1.6, capsize=4)


def sent_by_hour(rows: pd.DataFrame, office: Sequence[tuple[float, float]], language: Language) -> Figure:
    """Draw which part of the dossiers of each channel was sent in each hour of the day; office hours are shaded.

    `rows`: result of measures.hour_profile; `office`: spans of office hours in hours of the day.
    """
    with house_style():
        figure, axes = new_figure(3.2)
        for first, last in office:
            axes.axvspan(first, last, color=LIGHT_BLUE, alpha=0.3, lw=0, zorder=0)
        looks = (("online", BLUE, "-"), ("counter", ORANGE, "--"))
        for channel, colour, line in looks:
            own = rows[(rows["channel"] == channel) & rows["share"].notna()]
            if len(own):
                axes.stairs(own["share"], np.arange(25), color=colour, ls=line, lw=1.8, label=word(channel, language))
        axes.set_xlim(0, 24)
        axes.set_xticks(range(0, 25, 3))
        axes.set_xlabel(pick(language, "Giờ nộp trong ngày", "Hour of sending"))
        axes.set_ylabel(pick(language, "Tỷ lệ hồ sơ của hình thức", "Share of the channel"))
        share_axis(axes.yaxis, language)
        axes.set_ylim(bottom=0)
        axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    return figure


def share_readings(rows: pd.DataFrame, labels: Sequence[str], language: Language, target: float | None) -> Figure:
    """Draw one share with its interval per row, in the order given, and the target as a line."""
    with house_style():
        figure, axes = new_figure(1.2 + 0.34 * len(rows))
        at = np.arange(len(rows))
        known = rows["value"].notna().to_numpy()
        shown = rows[known]
        axes.errorbar(
            shown["value"], at[known], xerr=whiskers(shown), fmt="o", color=BLUE, ms=6, elinewidth=1.6, capsize=3
        )
        if target is not None:
            axes.axvline(target, color=RED, lw=1.3, ls="--", label=pick(language, "Mục tiêu", "Target"))
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
        axes.set_yticks(at, labels_with_counts(rows, labels, language, 34))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.02)
        share_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Tỷ lệ trực tuyến (khoảng tin cậy 95%)", "Online share (95% interval)"))
    return figure
