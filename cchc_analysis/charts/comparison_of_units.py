"""The funnel of units: crude beside what their procedures let expect."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cchc_analysis import formats
from cchc_analysis.charts.style import (
    BLUE,
    GREY,
    LIGHT_BLUE,
    RED,
    count_axis,
    house_style,
    new_panels,
    share_axis,
    shorten,
)
from cchc_analysis.errors import Language
from cchc_analysis.frames import records
from cchc_analysis.wording.words import pick, word

MARKS = {
    "lower": (RED, "v"),
    "higher": (BLUE, "^"),
    "not_told_apart": (GREY, "o"),
    "too_small": ("#FFFFFF", "o"),
}
"""Verdict → colour and shape, each enough without the other; units without peers have no point to draw."""

LABELLED = 3
"""Units that get a name in a panel; more would cover each other."""


def funnel(rows: pd.DataFrame, lines: pd.DataFrame, language: Language) -> Figure:
    """Draw the shares of units with the exact limits of chance, above their differences from what is expected.

    `rows`: result of unit_comparison with a `label` column; `lines`: result of funnel_lines.
    """
    with house_style():
        figure, (above, below) = new_panels(6.8, 2)
        _limits(above, lines, float(rows["overall"].iloc[0]), language)
        _points(above, rows, "denominator", "value", "crude_verdict", language)
        share_axis(above.yaxis, language)
        above.set_ylabel(pick(language, "Tỷ lệ đúng hạn", "On-time share"))
        above.set_xlabel(pick(language, "Hồ sơ đã tính của đơn vị", "Dossiers of the unit"))
        above.set_title(pick(language, "So với một mức chung", "Against one share for all"), loc="left", fontsize=11)
        _differences(below, rows[rows["n_compared"] > 0], language)
        for axes in (above, below):
            axes.set_xlim(left=0)
            count_axis(axes.xaxis, language)
        figure.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _limits(axes: Axes, lines: pd.DataFrame, overall: float, language: Language) -> None:
    for level, label, shade in (("998", "99,8%", 0.35), ("95", "95%", 0.75)):
        written = label if language == "vi" else label.replace(",", ".")
        axes.fill_between(
            lines["n"],
            lines[f"lower_{level}"],
            lines[f"upper_{level}"],
            color=LIGHT_BLUE,
            alpha=shade,
            lw=0,
            label=pick(language, f"Dao động ngẫu nhiên {written}", f"Chance, {written}"),
        )
    axes.axhline(overall, color=GREY, lw=1.2, ls="--", label=pick(language, "Mức chung", "Overall"))


def _points(axes: Axes, rows: pd.DataFrame, x: str, y: str, verdict: str, language: Language) -> None:
    for name, (colour, marker) in MARKS.items():
        part = rows[rows[verdict] == name]
        label = word(f"verdict_{name}", language)
        axes.plot(part[x], part[y], ls="none", marker=marker, ms=6, mfc=colour, mec="#333333", mew=0.8, label=label)
    axes.margins(y=0.14)
    middle = float(rows[x].max()) / 2 if len(rows) else 0.0
    for place, row in enumerate(records(_named(rows, x, y, verdict))):
        left = row[x] > middle
        axes.annotate(
            shorten(row["label"], 34),
            (row[x], row[y]),
            xytext=(-8 if left else 8, -14 if place % 2 else 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top" if place % 2 else "center",
            fontsize=9,
        )


def _named(rows: pd.DataFrame, x: str, y: str, verdict: str) -> pd.DataFrame:
    """Return the units to write a name beside: those apart, or the lowest where these are too many to read."""
    apart = rows[rows[verdict].isin(["lower", "higher"])]
    if len(apart) > LABELLED:
        apart = apart[apart[verdict] == "lower"].sort_values(y, kind="stable").head(LABELLED)
    return apart.sort_values(x, kind="stable")


def _differences(axes: Axes, rows: pd.DataFrame, language: Language) -> None:
    """Draw what each unit's on-time share is above or below the one its procedures let expect, with intervals."""
    axes.axhline(0, color=GREY, lw=1.2, ls="--")
    known = rows[rows["difference_lower"].notna()]
    at, value = known["n_compared"], known["difference"]
    reach = np.vstack([value - known["difference_lower"], known["difference_upper"] - value]).clip(0)
    axes.errorbar(at, value, yerr=reach, fmt="none", ecolor=GREY, elinewidth=1, zorder=1)
    _points(axes, rows, "n_compared", "difference", "verdict", language)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: formats.points(y, language, 0 if _whole(axes) else 1)))
    axes.set_ylabel(pick(language, "Chênh lệch (điểm %)", "Difference (points)"))
    words = ("Hồ sơ thuộc thủ tục đơn vị khác cũng làm", "Dossiers of procedures that other units handle too")
    axes.set_xlabel(pick(language, *words))
    axes.set_title(
        pick(language, "So với mức chung của chính các thủ tục đơn vị làm", "Against what its procedures let expect"),
        loc="left",
        fontsize=11,
    )


def _whole(axes: Axes) -> bool:
    ticks = np.asarray(axes.get_yticks(), dtype=float) * 100
    return bool(np.allclose(ticks, np.round(ticks)))
