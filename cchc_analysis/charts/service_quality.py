"""Figure of the service-quality page: points of groups in, figure out, nothing computed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cchc_analysis import formats
from cchc_analysis.charts.style import BLUE, GREY, ORANGE, house_style, new_figure, number_axis, shorten
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick

ROOM_FOR_A_NUMBER = 1.4
"""Points a part must span for its number to be written into it."""


def points_by_group(rows: pd.DataFrame, labels: Sequence[str], language: Language) -> Figure:
    """Draw the points of each group as one bar: computed, lost, and not computed (hatched).

    `rows`: result of score_groups, one row per bar from top to bottom.
    """
    looks = (
        ("lower", pick(language, "Tính được", "Computed"), BLUE, "", "white"),
        ("lost", pick(language, "Mất", "Lost"), ORANGE, "", "white"),
        ("unknown", pick(language, "Chưa tính được", "Not computed"), "white", "////", "black"),
    )
    with house_style():
        figure, axes = new_figure(1.3 + 0.46 * len(rows))
        at, left = np.arange(len(rows)), np.zeros(len(rows))
        for column, label, colour, hatch, ink in looks:
            width = rows[column].to_numpy(dtype=float)
            axes.barh(at, width, left=left, height=0.66, color=colour, hatch=hatch, edgecolor=GREY, lw=0.8, label=label)
            for place, size, start in zip(at.tolist(), width.tolist(), left.tolist(), strict=True):
                if size >= ROOM_FOR_A_NUMBER:
                    box = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
                    text = formats.number(size, language, 0 if round(size, 1) == round(size) else 1)
                    axes.text(start + size / 2, place, text, color=ink, ha="center", va="center", bbox=box)
            left += width
        axes.set_yticks(at, [shorten(label, 34) for label in labels])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0, float(rows["points"].max()) * 1.01)
        axes.grid(visible=False, axis="y")
        number_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Điểm", "Points"))
        figure.legend(loc="outside upper left", ncols=3, columnspacing=1.2, handletextpad=0.4)
    return figure
