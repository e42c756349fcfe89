"""Figures of the scorecard: statuses by section, and small lines for the cells of its table; nothing computed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cchc_analysis import formats
from cchc_analysis.charts.style import BLUE, GREY, LIGHT_BLUE, ORANGE, RED, count_axis, house_style, new_figure, shorten
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick

LOOKS: dict[str, tuple[str, str, str]] = {
    "met": ("#274E13", "", "white"),
    "on_track": (LIGHT_BLUE, "", "black"),
    "at_risk": ("#F6B26B", "\\\\\\\\", "black"),
    "missed": (RED, "xxx", "white"),
    "not_measurable": ("#D9D9D9", "", "black"),
    "no_data": ("white", "....", "black"),
}
"""Status → colour, pattern that a grey printer keeps, colour of the number in it."""

SPARK_INCHES = (0.9, 0.26)
SPARK_BOX = (0.02, 0.08, 0.96, 0.84)
"""Left, bottom, width and height of what is drawn, as parts of the picture."""


def statuses_by_section(
    counts: Mapping[str, Sequence[int]], labels: Sequence[str], names: Mapping[str, str], language: Language
) -> Figure:
    """Draw how many commitments of each section stand in each status, as one bar per section with its numbers.

    `counts`: status → number in each section, in the order of `labels`; `names`: status → its words in the legend.
    """
    with house_style():
        figure, axes = new_figure(1.5 + 0.44 * len(labels))
        at, left = np.arange(len(labels)), np.zeros(len(labels))
        for status, (colour, hatch, ink) in LOOKS.items():
            n = np.asarray(counts[status], dtype=float)
            if not n.any():
                continue
            axes.barh(at, n, left=left, height=0.7, color=colour, hatch=hatch, ec=GREY, lw=0.8, label=names[status])
            for place, size, start in zip(at.tolist(), n.tolist(), left.tolist(), strict=True):
                if size:
                    box = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
                    text = formats.number(size, language)
                    axes.text(start + size / 2, place, text, color=ink, ha="center", va="center", bbox=box)
            left += n
        axes.set_yticks(at, [shorten(label, 42) for label in labels])
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_xlim(0, max(1.0, float(left.max()) if len(left) else 1.0) * 1.02)
        axes.grid(visible=False, axis="y")
        count_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Số cam kết", "Commitments"))
        figure.legend(loc="outside upper left", ncols=3, columnspacing=1.2, handletextpad=0.4)
    return figure


def sparkline(values: Sequence[float | None], goal: float | None = None) -> Figure:
    """Draw a figure's quarters as a line of the size of a word, gaps left open; the goal is a dashed line.

    At least one value is known. A page has one for every row of its table: lines without axes, whose ticks nobody would
    see, take a tenth of the time.
    """
    drawn = np.array([np.nan if value is None else value for value in values], dtype=float)
    known = np.flatnonzero(~np.isnan(drawn))
    figure = Figure(figsize=SPARK_INCHES, layout=None)
    left, bottom, width, height = SPARK_BOX
    low, high = _reach([*drawn[known].tolist(), *([] if goal is None else [goal])])

    def line(x: Sequence[float], y: Sequence[float], **look: Any) -> None:
        # As parts of the figure, from (0, 0) to (1, 1), where axes would have placed them.
        at = left + width * (np.asarray(x, dtype=float) + 0.3) / (len(drawn) - 0.4)
        up = bottom + height * (np.asarray(y, dtype=float) - low) / (high - low)
        figure.add_artist(Line2D(at, up, transform=figure.transFigure, **look))

    line(range(len(drawn)), drawn.tolist(), color=BLUE, lw=1.3)
    line([float(known[-1])], [float(drawn[known[-1]])], color=BLUE, marker="o", ms=3.4)
    if goal is not None:
        line([-0.3, len(drawn) - 0.7], [goal, goal], color=ORANGE, lw=0.9, ls="--")
    return figure


def _reach(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: those of the values, never the same, and a fifth of what lies between them more."""
    low, high = float(min(values)), float(max(values))
    if high - low <= 1e-15 * max(abs(low), abs(high)):
        room = 0.05 * max(abs(low), abs(high)) or 0.05
        low, high = low - room, high + room
    return low - 0.2 * (high - low), high + 0.2 * (high - low)
