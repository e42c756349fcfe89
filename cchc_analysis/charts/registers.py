"""Figures of the registers: tables in, figures out, nothing computed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cchc_analysis.charts.style import LIGHT_BLUE, LIGHT_GREY, ORANGE, RED, count_axis, house_style, new_figure, shorten
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick, word

STATES = (
    ("matched", LIGHT_BLUE, ""),
    ("conflicting", ORANGE, "///"),
    ("only_there", RED, ""),
    ("only_here", LIGHT_GREY, "..."),
)
"""State of a dossier → colour and pattern, from left to right."""


def matching(rows: pd.DataFrame, labels: Sequence[str], language: Language) -> Figure:
    """Draw how the dossiers of each unit match, one bar per unit, parts as long as their counts."""
    with house_style():
        figure, axes = new_figure(1.5 + 0.38 * len(rows))
        at = np.arange(len(rows))
        left = np.zeros(len(rows))
        for state, colour, hatch in STATES:
            n = rows[f"n_{state}"].to_numpy(dtype=float)
            axes.barh(
                at, n, left=left, height=0.62, color=colour, hatch=hatch, edgecolor="#666666", lw=0.4,
                label=word(f"match_{state}", language),
            )  # fmt: skip
            left += n
        axes.set_yticks(at, [shorten(label, 30) for label in labels])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        count_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Số hồ sơ", "Dossiers"))
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2, handletextpad=0.4)
    return figure
