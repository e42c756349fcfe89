"""Figures of backlog and integrity: tables in, figures out, nothing computed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cchc_analysis import formats
from cchc_analysis.charts.style import BLUE, GREY, ORANGE, RED, count_axis, house_style, literal, new_figure, shorten
from cchc_analysis.errors import Language
from cchc_analysis.frames import records
from cchc_analysis.wording.words import pick, word


def overdue_pareto(rows: pd.DataFrame, labels: Sequence[str], below: Sequence[str], language: Language) -> Figure:
    """Draw the overdue dossiers of the groups with most of them; beside each bar the share of all overdue so far.

    `labels`: one per bar; `below`: a second line under each, or nothing.
    """
    with house_style():
        figure, axes = new_figure(1.0 + (0.46 if below else 0.34) * len(rows))
        at = np.arange(len(rows))
        axes.barh(at, rows["n"], color=RED, height=0.66)
        for place, row in zip(at, records(rows), strict=True):
            so_far = formats.share(row["cumulative"], language, 0)
            text = f"{formats.number(row['n'], language)}  ({pick(language, 'lũy kế', 'so far')} {so_far})"
            axes.annotate(text, (row["n"], place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9.5)
        second = [f"\n{shorten(text, 44)}" for text in below] or [""] * len(rows)
        axes.set_yticks(at, [shorten(label, 44) + line for label, line in zip(labels, second, strict=True)])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, max(1.0, float(rows["n"].max()) * 1.6))
        count_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Hồ sơ quá hạn", "Overdue dossiers"))
    return figure


def finishes_around_deadline(hours: pd.DataFrame, first: int, last: int, language: Language) -> Figure:
    """Draw finishes by office hours left to the deadline; those equal to it to the second stand out.

    `hours`: columns `hours_left`, `n`, `n_equal`; hours `first` to `last` are drawn, the most time left first.
    """
    with house_style():
        figure, axes = new_figure(3.2)
        places = np.arange(first, last + 1)
        counted = hours.set_index("hours_left")[["n", "n_equal"]].reindex(places, fill_value=0)
        plain = counted["n"] - counted["n_equal"]
        left_to_right = -places - 0.5
        colours = [BLUE if place >= 0 else ORANGE for place in places]
        axes.bar(left_to_right, plain, width=0.9, color=colours)
        if counted["n_equal"].any():
            label = word("finish_equal", language)
            axes.bar(left_to_right, counted["n_equal"], bottom=plain, width=0.9, color=RED, hatch="//", label=label)
            axes.legend(loc="upper right")
        axes.axvline(0, color=GREY, lw=1.4, ls="--")
        axes.annotate(
            pick(language, "hạn trả", "deadline"), (0, 1), xycoords=("data", "axes fraction"), xytext=(4, 2),
            textcoords="offset points", color=GREY,
        )  # fmt: skip
        count_axis(axes.yaxis, language)
        axes.set_xticks(range(-last - 1, -first + 1, 2), [_hour_tick(hour) for hour in range(-last - 1, -first + 1, 2)])
        axes.set_xlabel(pick(language, "Giờ làm việc so với giờ hẹn trả", "Office hours from the deadline"))
        axes.set_ylabel(word("n", language))
    return figure


def _hour_tick(hour: int) -> str:
    return literal(f"+{hour}" if hour > 0 else f"−{-hour}" if hour else "0")
