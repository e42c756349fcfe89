"""Control charts by month: values, centre line, limits, signals."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cchc_analysis.charts.months import month_axis
from cchc_analysis.charts.style import (
    BLUE,
    GREY,
    LIGHT_BLUE,
    ORANGE,
    RED,
    house_style,
    new_panels,
    number_axis,
    share_axis,
)
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick


def month_charts(shown: Mapping[str, pd.DataFrame], language: Language) -> Figure:
    """Draw control charts above each other, on the same months.

    `shown`: results of on_time_chart and duration_chart by name, "on_time" and "duration". Months with a signal are
    orange diamonds, those outside the limits red squares; a baseline of some months is marked at the foot.
    """
    with house_style():
        figure, panels = new_panels(0.9 + 2.4 * len(shown), len(shown), sharex=True)
        months = sorted({month for chart in shown.values() for month in chart["month"]})
        for axes, (name, chart) in zip(panels, shown.items(), strict=True):
            _chart(axes, chart, months, language)
            _value_axis(axes, name, language)
        month_axis(panels[-1], months, language)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _value_axis(axes: Axes, name: str, language: Language) -> None:
    if name == "on_time":
        share_axis(axes.yaxis, language)
        axes.set_ylabel(pick(language, "Tỷ lệ đúng hạn", "On-time share"))
        return
    number_axis(axes.yaxis, language)
    axes.set_ylabel(pick(language, "Ngày làm việc bình quân", "Mean working days"))


def _chart(axes: Axes, chart: pd.DataFrame, months: list[str], language: Language) -> None:
    at = chart["month"].map({month: place for place, month in enumerate(months)}).to_numpy()
    axes.fill_between(
        at,
        chart["lower"],
        chart["upper"],
        step="mid",
        color=LIGHT_BLUE,
        alpha=0.4,
        lw=0,
        label=pick(language, "Giới hạn kiểm soát", "Control limits"),
    )
    axes.plot(at, chart["centre"], color=GREY, lw=1.2, ls="--", label=pick(language, "Đường trung tâm", "Centre line"))
    axes.plot(at, chart["value"], color=BLUE, lw=1.4, marker="o", ms=5, label=pick(language, "Từng tháng", "Months"))
    outside = chart["signals"].str.contains("outside").to_numpy(dtype=bool)
    other = (chart["signals"] != "").to_numpy(dtype=bool) & ~outside
    marks = (
        (outside, RED, "s", ("Ngoài giới hạn", "Outside limits")),
        (other, ORANGE, "D", ("Dấu hiệu khác", "Other signal")),
    )
    for marked, colour, shape, words in marks:
        # Drawn also where empty, so that the legend explains both charts.
        value = np.where(marked, chart["value"].to_numpy(dtype=float), np.nan)
        axes.plot(at, value, ls="none", marker=shape, ms=8, color=colour, label=pick(language, *words), zorder=4)
    _mark_baseline(axes, chart, at, language)


def _mark_baseline(axes: Axes, chart: pd.DataFrame, at: NDArray[np.integer[Any]], language: Language) -> None:
    """Mark the months that limits come from, where these are not all."""
    based = chart["in_baseline"].to_numpy(dtype=bool)
    if based.all() or not based.any():
        return
    label = pick(language, "Giai đoạn gốc", "Baseline")
    axes.axvspan(at[based].min() - 0.5, at[based].max() + 0.5, ymax=0.03, color=GREY, lw=0, label=label)
