"""Figures of the digitisation page: tables in, figures out, nothing computed."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cchc_analysis import formats
from cchc_analysis.charts.processing_time import _month_tick, _whiskers
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
    shorten,
)
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick

LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))


def shares_by_month(
    series: Mapping[str, pd.DataFrame],
    period_months: Sequence[str],
    language: Language,
    target: float | None = None,
    year_end: tuple[float, float, float] | None = None,
) -> Figure:
    """Draw monthly shares with 95 % intervals, one line per series (label → rows of one measure).

    `target`: a line across. `year_end`: expected share of the whole year with its interval, drawn right of the months
    in the colour of the first series.
    """
    with house_style():
        figure, axes = new_figure(3.7)
        months = next(iter(series.values()))["month"].tolist()
        place = {month: index for index, month in enumerate(months)}
        inside = [place[month] for month in period_months if month in place]
        if inside:
            axes.axvspan(min(inside) - 0.5, max(inside) + 0.5, color=LIGHT_BLUE, alpha=0.3, lw=0, zorder=0)
        for (label, rows), (colour, marker) in zip(series.items(), LOOKS, strict=False):
            known = rows[rows["value"].notna()]
            at = known["month"].map(place)
            axes.errorbar(
                at,
                known["value"],
                yerr=_whiskers(known),
                color=colour,
                marker=marker,
                ms=5,
                lw=1.6,
                elinewidth=1,
                capsize=2,
                label=label,
            )
        ticks = [_month_tick(month, index) for index, month in enumerate(months)]
        if year_end is not None:
            _year_end(axes, len(months), year_end)
            ticks.append(pick(language, "cả\nnăm", "whole\nyear"))
        if target is not None:
            axes.axhline(target, color=RED, lw=1.3, ls="--", label=pick(language, "Mục tiêu", "Target"))
        axes.set_xticks(range(len(ticks)), ticks)
        axes.set_xlim(-0.5, len(ticks) - 0.5)
        axes.set_xlabel(pick(language, "Tháng báo cáo", "Reporting month"))
        axes.set_ylabel(pick(language, "Tỷ lệ hồ sơ", "Share of dossiers"))
        share_axis(axes.yaxis, language)
        axes.set_ylim(0, 1.02)
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2, handletextpad=0.4)
    return figure


def _year_end(axes: Axes, at: int, expected: tuple[float, float, float]) -> None:
    value, lower, upper = expected
    axes.axvline(at - 0.5, color=GREY, lw=0.8, ls=":")
    ends = [[max(0.0, value - lower)], [max(0.0, upper - value)]]
    axes.errorbar([at], [value], yerr=ends, color=BLUE, marker="D", ms=6, mfc="white", elinewidth=1.6, capsize=4)


def share_readings(rows: pd.DataFrame, labels: Sequence[str], language: Language, target: float | None) -> Figure:
    """Draw one share with its interval per row, in the order given, and the target as a line."""
    with house_style():
        figure, axes = new_figure(1.2 + 0.34 * len(rows))
        at = np.arange(len(rows))
        known = rows["value"].notna().to_numpy()
        shown = rows[known]
        axes.errorbar(
            shown["value"], at[known], xerr=_whiskers(shown), fmt="o", color=BLUE, ms=6, elinewidth=1.6, capsize=3
        )
        if target is not None:
            axes.axvline(target, color=RED, lw=1.3, ls="--", label=pick(language, "Mục tiêu", "Target"))
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
        nothing = pick(language, "không có hồ sơ", "no dossiers")
        ticks = [
            f"{shorten(label, 34)} ({'n = ' + formats.number(n, language) if n else nothing})"
            for label, n in zip(labels, rows["denominator"], strict=True)
        ]
        axes.set_yticks(at, ticks)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.02)
        share_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Tỷ lệ trực tuyến (khoảng tin cậy 95%)", "Online share (95% interval)"))
    return figure
