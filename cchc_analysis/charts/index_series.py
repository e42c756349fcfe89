"""Figure of published indices: series in, one panel each out, the line broken where the method changed."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cchc_analysis import formats
from cchc_analysis.charts.style import BLUE, GREY, RED, house_style, literal, new_panels, number_axis
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick

PANEL_INCHES = 2.5


def index_series(panels: Sequence[tuple[str, pd.DataFrame]], language: Language) -> Figure:
    """Draw series of index values, one panel under the other.

    `panels`: title and rows of measures.index_series of one series, with a value each. A new segment begins a new line;
    between two segments a dashed mark and words say that the method changed. Values from memory are hollow.
    """
    with house_style():
        figure, axes = new_panels(0.4 + PANEL_INCHES * len(panels), len(panels))
        for place, (title, rows) in enumerate(panels):
            _panel(axes[place], title, rows, language)
        axes[-1].set_xlabel(pick(language, "Năm", "Year"))
    return figure


def _panel(axes: Axes, title: str, rows: pd.DataFrame, language: Language) -> None:
    axes.set_title(literal(title), loc="left", fontsize="medium", wrap=True)
    for _, own in rows.groupby("segment", sort=True):
        axes.plot(own["year"], own["value"], color=BLUE, lw=1.8)
        sure = own["confidence"] != "from_memory"
        for kind, fill in ((own[sure], BLUE), (own[~sure], "white")):
            axes.plot(kind["year"], kind["value"], color=BLUE, marker="o", ms=5.5, ls="", markerfacecolor=fill)
        for year, value in zip(own["year"], own["value"], strict=True):
            text = formats.number(value, language, 2)
            axes.annotate(text, (year, value), xytext=(0, 7), textcoords="offset points", ha="center", fontsize="small")
    low, high = float(rows["value"].min()), float(rows["value"].max())
    room = (high - low) or max(1.0, abs(high)) * 0.1
    axes.set_ylim(low - 0.2 * room, high + 0.55 * room)
    broken = rows[rows["break_before"]]
    for year, reason in zip(broken["year"], broken["break_reason"], strict=True):
        _mark(axes, float(year) - 0.5, str(reason), language)
    axes.set_xlim(rows["year"].min() - 0.5, rows["year"].max() + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(visible=False, axis="x")
    number_axis(axes.yaxis, language)


BREAKS = {"method": ("đổi cách tính", "method changed"), "scale": ("đổi thang điểm", "scale changed")}


def _mark(axes: Axes, at: float, reason: str, language: Language) -> None:
    """Mark a break: a dashed line, and beside it that what follows was measured in another way."""
    axes.axvline(at, color=GREY, ls="--", lw=1.2)
    words = pick(language, *BREAKS[reason])
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    axes.annotate(
        words, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(0, -3), textcoords="offset points", ha="center",
        va="top", color=RED, fontsize="small", bbox=box,
    )  # fmt: skip
