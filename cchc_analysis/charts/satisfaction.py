"""Figures of the satisfaction page: tables in, figures out, nothing computed."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cchc_analysis import formats
from cchc_analysis.charts.style import (
    BLUE,
    GREY,
    LIGHT_BLUE,
    LIGHT_GREY,
    RED,
    house_style,
    new_figure,
    new_panels,
    number_axis,
    share_axis,
    shorten,
)
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick

BELOW = ("#A61C00", "#E69138")
"""Colours of the points below the middle, the worst first."""

MIDDLE = LIGHT_GREY
ABOVE = ("#0B5394", LIGHT_BLUE)
"""Colours of the points that count as satisfied, the best first."""

ROOM_FOR_A_NUMBER = 0.075
"""Share from which a part of a bar has room for its number."""

PANELS_ACROSS = 3
NEAR = 0.2
"""Part of the width of an axis within which names of two points would cover each other."""

LEAST_APART = 0.06
"""Part of the height of an axis that names need between them."""

WAVES_UPRIGHT = 3
"""Waves whose names stand beside each other under a panel."""


def _with_n(labels: Sequence[str], counts: Sequence[int], language: Language, length: int) -> list[str]:
    return [
        f"{shorten(label, length)} (n = {formats.number(n, language)})" for label, n in zip(labels, counts, strict=True)
    ]


def _goal_words(goal: float, language: Language) -> str:
    written = formats.share(goal, language, 0)
    return pick(language, f"Mục tiêu {written}", f"Target {written}")


def _goal_line(axes: Axes, goal: float | None, language: Language) -> None:
    if goal is not None:
        label = pick(
            language, f"Mục tiêu {formats.share(goal, language, 0)}", f"Target {formats.share(goal, language, 0)}"
        )
        axes.axvline(goal, color=RED, lw=1.4, ls="--", label=label, zorder=1)


def shares(
    rows: pd.DataFrame, labels: Sequence[str], goal: float | None, language: Language, plain: bool = True
) -> Figure:
    """Draw weighted shares with intervals, unweighted ones beside, and the goal, one line per row from top to bottom.

    `rows`: result of `satisfaction` (columns weighted, weighted_lower, weighted_upper, value, n_forms); `plain`:
    whether the unweighted share says something else and is drawn.
    """
    with house_style():
        figure, axes = new_figure(1.5 + 0.36 * len(rows))
        at = np.arange(len(rows))
        _goal_line(axes, goal, language)
        known = rows["weighted"].notna().to_numpy()
        shown = rows[known]
        ends = np.vstack(
            [shown["weighted"] - shown["weighted_lower"], shown["weighted_upper"] - shown["weighted"]]
        ).astype(float)
        interval = pick(language, "Khoảng tin cậy 95%", "95% interval")
        axes.errorbar(
            shown["weighted"].astype(float),
            at[known],
            xerr=np.nan_to_num(ends).clip(0),
            fmt="o",
            ms=6,
            color=BLUE,
            elinewidth=1.6,
            capsize=3,
            label=pick(language, "Có trọng số, khoảng tin cậy 95%", "Weighted, 95% interval") if plain else interval,
        )
        if plain:
            axes.plot(
                rows["value"].astype(float),
                at,
                ls="none",
                marker="D",
                ms=5,
                mfc="white",
                mec=GREY,
                label=pick(language, "Không trọng số", "Unweighted"),
                zorder=3,
            )
        axes.set_yticks(at, _with_n(labels, rows["n_forms"].tolist(), language, 34))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        share_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Tỷ lệ hài lòng", "Share satisfied"))
        figure.legend(loc="outside upper left", ncols=3, columnspacing=1.2, handletextpad=0.4)
    return figure


def likert(
    rows: pd.DataFrame, order: Sequence[str], labels: Mapping[str, str], points: Mapping[int, str],
    satisfied: Sequence[int], language: Language,
) -> Figure:  # fmt: skip
    """Draw the answers to each question as one bar that parts at the middle of the scale.

    `rows`: columns question, point, share, n_valid; `order`: questions from top to bottom; `points`: point → label from
    the worst to the best; `satisfied`: the points right of the middle.
    """
    wide = rows.pivot_table(index="question", columns="point", values="share", aggfunc="first", observed=True)
    wide = wide.reindex(index=list(order), columns=list(points)).fillna(0.0)
    counts = rows.drop_duplicates("question").set_index("question")["n_valid"]
    colours = _point_colours(list(points), satisfied)
    middle = [point for point in points if colours[point] == MIDDLE]
    below = [point for point in points if point not in satisfied and point not in middle]
    with house_style():
        figure, axes = new_figure(1.7 + 0.34 * len(order))
        at = np.arange(len(order))
        left = -wide[below].sum(axis=1).to_numpy() - wide[middle].sum(axis=1).to_numpy() / 2
        for point in points:
            size = wide[point].to_numpy(dtype=float)
            dark = colours[point] in (ABOVE[0], BELOW[0])
            axes.barh(
                at, size, left=left, height=0.72, color=colours[point], edgecolor="white", lw=0.6, label=points[point]
            )
            for place, part, start in zip(at.tolist(), size.tolist(), left.tolist(), strict=True):
                if part >= ROOM_FOR_A_NUMBER:
                    text = formats.number(part * 100, language)
                    axes.text(
                        start + part / 2, place, text, ha="center", va="center", fontsize=9,
                        color="white" if dark else "black",
                    )  # fmt: skip
            left = left + size
        axes.axvline(0, color="#444444", lw=0.8)
        names = _with_n([labels[name] for name in order], [int(counts[name]) for name in order], language, 44)
        axes.set_yticks(at, names, fontsize=9)
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        share_axis(axes.xaxis, language)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{formats.number(abs(value) * 100, language)}%"))
        axes.set_xlabel(
            pick(
                language,
                "Tỷ lệ câu trả lời (%), chia tại giữa thang",
                "Share of answers (%), parted mid-scale",
            )
        )
        figure.legend(loc="outside upper left", ncols=3, columnspacing=1.0, handletextpad=0.4)
    return figure


def _point_colours(points: Sequence[int], satisfied: Sequence[int]) -> dict[int, str]:
    """Return a colour for each point: reds below, grey for the middle of an odd scale, blues for satisfied."""
    others = [point for point in points if point not in satisfied]
    middle = others[-1:] if len(points) % 2 and len(others) > 1 else []
    below = [point for point in others if point not in middle]
    colours = {point: BELOW[min(place, 1)] for place, point in enumerate(below)}
    colours |= dict.fromkeys(middle, MIDDLE)
    return colours | {point: ABOVE[min(place, 1)] for place, point in enumerate(reversed(list(satisfied)))}


def waves(series: Mapping[str, pd.DataFrame], names: Sequence[str], goal: float | None, language: Language) -> Figure:
    """Draw the waves of each series in a panel of its own; a line is broken where the waves cannot be compared.

    `series`: label → rows with wave, weighted, weighted_lower, weighted_upper, comparable; `names`: waves in order.
    """
    across = min(PANELS_ACROSS, len(series))
    down = -(-len(series) // across)
    with house_style():
        figure, panels = new_panels(1.0 + 2.2 * down, down, across, sharex=True, sharey=True)
        places = {name: place for place, name in enumerate(names)}
        for axes, (label, rows) in zip(panels, series.items(), strict=False):
            _wave_panel(axes, rows, places, goal, language)
            axes.set_title(shorten(label, 30), loc="left", fontsize=10)
        for axes in panels[len(series) :]:
            axes.set_visible(False)
        for axes in panels[: len(series)]:
            axes.set_xticks(range(len(names)), list(names), rotation=0 if len(names) <= WAVES_UPRIGHT else 60)
            axes.set_xlim(-0.5, len(names) - 0.5)
            axes.tick_params(axis="x", labelbottom=True, labelsize=8)
        share_axis(panels[0].yaxis, language)
        figure.supylabel(pick(language, "Tỷ lệ hài lòng (có trọng số)", "Share satisfied (weighted)"), fontsize=10)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


def _wave_panel(
    axes: Axes, rows: pd.DataFrame, places: Mapping[str, int], goal: float | None, language: Language
) -> None:
    comparable = rows["comparable"].astype(bool)
    for wave in rows.loc[~comparable, "wave"]:
        if places[wave]:
            axes.axvline(places[wave] - 0.5, color=GREY, lw=1, ls=":")
    runs = (~comparable).cumsum().to_numpy()
    known = rows["weighted"].notna().to_numpy()
    label = pick(language, "Khoảng tin cậy 95%", "95% interval")
    for _, part in rows[known].groupby(runs[known], sort=True):
        ends = np.vstack([part["weighted"] - part["weighted_lower"], part["weighted_upper"] - part["weighted"]])
        axes.errorbar(
            [places[wave] for wave in part["wave"]], part["weighted"].astype(float),
            yerr=np.nan_to_num(ends.astype(float)).clip(0), color=BLUE, marker="o", ms=5, lw=1.6, elinewidth=1.2,
            capsize=3, label=label,
        )  # fmt: skip
        label = "_"
    if goal is not None:
        axes.axhline(goal, color=RED, lw=1.2, ls="--", label=_goal_words(goal, language))


def importance_performance(rows: pd.DataFrame, labels: Sequence[str], goal: float | None, language: Language) -> Figure:
    """Draw how much each factor weighs in the overall answer against how satisfied people are with it.

    `rows`: columns importance, lower, upper, performance; intervals of importance are drawn.
    """
    with house_style():
        figure, axes = new_figure(4.4)
        importance, performance = rows["importance"].to_numpy(dtype=float), rows["performance"].to_numpy(dtype=float)
        spread = np.vstack([rows["importance"] - rows["lower"], rows["upper"] - rows["importance"]]).astype(float)
        axes.errorbar(
            performance,
            importance,
            yerr=np.nan_to_num(spread).clip(0),
            fmt="o",
            ms=7,
            color=BLUE,
            elinewidth=1.2,
            capsize=3,
        )
        highest = float(np.nanmax(np.append(rows["upper"].to_numpy(dtype=float), importance)))
        heights = _apart(importance, LEAST_APART * highest)
        for row_label, x, y, away in zip(labels, performance, heights, _sides(performance), strict=True):
            axes.annotate(
                shorten(row_label, 26), (x, y), xytext=(8 * away, 0), textcoords="offset points", va="center",
                ha="left" if away > 0 else "right", fontsize=9,
            )  # fmt: skip
        axes.axhline(1 / len(rows), color=GREY, lw=1, ls=":")
        _goal_line(axes, goal, language)
        axes.margins(x=0.3, y=0.16)
        axes.set_ylim(bottom=0)
        share_axis(axes.xaxis, language)
        share_axis(axes.yaxis, language)
        axes.set_xlabel(
            pick(language, "Tỷ lệ hài lòng với yếu tố (có trọng số)", "Share satisfied with the factor (weighted)")
        )
        axes.set_ylabel(pick(language, "Phần trong mức giải thích được", "Part of what is explained"))
        if goal is not None:
            figure.legend(loc="outside upper left")
    return figure


def _apart(heights: "np.ndarray[Any, np.dtype[np.float64]]", least: float) -> list[float]:
    """Return heights for names, moved up where two would stand closer than `least`."""
    moved = heights.astype(float).copy()
    order = np.argsort(moved, kind="stable")
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + least)
    return [float(height) for height in moved]


def _sides(places: "np.ndarray[Any, np.dtype[np.float64]]") -> list[int]:
    """Return for each place the side its name stands on, 1 right, -1 left: away from a near neighbour, else inwards."""
    middle, near = (places.min() + places.max()) / 2, NEAR * (places.max() - places.min())
    sides = []
    for index, place in enumerate(places.tolist()):
        others = [other for at, other in enumerate(places.tolist()) if at != index]
        nearest = min(others, key=lambda other: abs(other - place), default=place)
        crowded = others and abs(nearest - place) <= near
        sides.append((-1 if nearest > place else 1) if crowded else (1 if place <= middle else -1))
    return sides


def beside_facts(rows: pd.DataFrame, labels: Sequence[str], language: Language) -> Figure:
    """Draw the share satisfied of each group against its on-time share and against its mean time.

    `rows`: columns weighted, lower, upper, on_time, mean_days.
    """
    with house_style():
        figure, (above, below) = new_panels(6.6, 2)
        for axes, column in ((above, "on_time"), (below, "mean_days")):
            known = rows["weighted"].notna() & rows[column].notna()
            _facts_panel(axes, rows[known], column, [label for label, has in zip(labels, known, strict=True) if has])
            share_axis(axes.yaxis, language)
            axes.set_ylabel(pick(language, "Tỷ lệ hài lòng", "Share satisfied"))
        share_axis(above.xaxis, language)
        above.set_xlabel(pick(language, "Tỷ lệ đúng hạn (biểu II.06a)", "On-time share (form II.06a)"))
        number_axis(below.xaxis, language)
        below.set_xlabel(
            pick(language, "Ngày làm việc đã dùng, bình quân một hồ sơ", "Mean working days used per dossier")
        )
    return figure


def _facts_panel(axes: Axes, rows: pd.DataFrame, column: str, labels: Sequence[str]) -> None:
    spread = np.vstack([rows["weighted"] - rows["lower"], rows["upper"] - rows["weighted"]]).astype(float)
    axes.errorbar(
        rows[column].astype(float), rows["weighted"].astype(float), yerr=np.nan_to_num(spread).clip(0), fmt="o", ms=5,
        color=BLUE, ecolor=LIGHT_BLUE, elinewidth=1.4,
    )  # fmt: skip
    axes.margins(x=0.12)
    if not len(rows):
        return
    lowest = rows["weighted"].astype(float).argsort().to_numpy()[:3]
    middle = (float(rows[column].min()) + float(rows[column].max())) / 2
    for rank, place in enumerate(lowest.tolist()):
        x, y = float(rows[column].iloc[place]), float(rows["weighted"].iloc[place])
        # One below the other, so that names of neighbours can be told apart.
        away = (-8 if x > middle else 8, 2 - 12 * rank)
        side = "right" if x > middle else "left"
        axes.annotate(
            shorten(labels[place], 26), (x, y), xytext=away, textcoords="offset points", ha=side, va="top", fontsize=9
        )
