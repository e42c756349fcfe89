"""Figures of cost against size: what was measured, the bar, and what the machine cannot pass."""

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from harness import Curve, Line, Point
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

OURS, BAR, OTHER, LIMIT = "#1b5e8c", "#b3541e", "#777777", "#222222"
STYLES: dict[str, dict[str, Any]] = {
    "other": {"color": OTHER, "linestyle": (0, (5, 3)), "linewidth": 1.4},
    "bar": {"color": BAR, "linestyle": "-", "linewidth": 1.4},
    "limit": {"color": LIMIT, "linestyle": (0, (1, 1.5)), "linewidth": 1.8},
}
CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
AXIS = {
    "rows": "rows (logarithmic scale)",
    "units": "communes (logarithmic scale)",
    "pages": "pages (logarithmic scale)",
    "workers": "workers",
}
WORD = {"rows": "rows", "units": "communes", "pages": "pages", "workers": "workers"}


def finding(curve: Curve) -> str:
    """Return the title of a figure: how time and memory grew from the first point to the last.

    "100 times the rows take 96 times the time and 2.1 times the memory" says more than "time against rows".
    """
    first, last = curve.points[0], curve.points[-1]
    slower = last.seconds / first.seconds
    case = curve.case[:1].upper() + curve.case[1:]
    if curve.x == "workers":
        return f"{case}: {last.x:g} workers take {100 * slower:.0f} % of the time of {first.x:g}"
    told = f"{case}: {figures(last.x / first.x)} times the {WORD[curve.x]} take {figures(slower)} times the time"
    if first.memory_mb and last.memory_mb:
        told += f"\nand {figures(last.memory_mb / first.memory_mb)} times the memory"
    return told


def described(curve: Curve) -> str:
    """Return the words that stand for a figure: its finding, then every point of ours."""
    points = [
        f"{number(point.x)} {WORD[curve.x]}: {number(point.seconds)} s"
        + (f", {number(point.memory_mb)} MB" if point.memory_mb else "")
        for point in curve.points
    ]
    beside = [line.label for line in curve.lines]
    told = f"{finding(curve)}. {'; '.join(points)}.".replace("\n", " ")
    return told + (f" Beside it: {'; '.join(beside)}." if beside else "")


def figures(value: float) -> str:
    """Return a number with two figures, whole from ten on.

    >>> figures(96.4), figures(2.13)
    ('96', '2.1')
    """
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.2g}"


def drawn(curve: Curve) -> bytes:
    """Return a curve as SVG, time on the left, memory on the right where it was looked at; the same bytes each time."""
    has_memory = any(point.memory_mb for point in curve.points)
    settings: Any = {"svg.hashsalt": curve.name, "font.size": 10, "font.family": "DejaVu Sans", "axes.titlesize": 11}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(9.6 if has_memory else 6.0, 4.6), layout="constrained")
        panels = figure.subplots(1, 2 if has_memory else 1, squeeze=False)[0]
        figure.suptitle(finding(curve), x=0.01, ha="left", fontsize=11.5, fontweight="bold")
        draw_panel(panels[0], curve, "seconds")
        if has_memory:
            draw_panel(panels[1], curve, "memory_mb")
        named = {
            label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        named = {"ours": named.pop("ours"), **named}
        figure.legend([*named.values()], [*named], loc="outside lower left", ncols=2, frameon=False, fontsize=9)
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()


def draw_panel(axes: Axes, curve: Curve, what: str) -> None:
    """Draw seconds or MB of ours with the number at each point, and the lines beside it."""
    for line in curve.lines:
        draw_line(axes, line, what)
    points = having(curve.points, what)
    axes.plot(*between(points, what), color=OURS, linewidth=2)
    axes.plot([], [], color=OURS, marker="o", linewidth=2, label="ours")
    axes.scatter([point.x for point in points], values(points, what), color=OURS, zorder=3)
    for point, value in zip(points, values(points, what), strict=True):
        told = number(value) + (" s" if what == "seconds" else " MB")
        beside: Any = {"xytext": (0, 9), "ha": "center", "bbox": CLEAR}
        axes.annotate(told, (point.x, value), textcoords="offset points", color=OURS, **beside)
    set_scales(axes, curve, what)
    axes.set_title("time" if what == "seconds" else "peak of memory, all processes", loc="left")
    axes.set_ylabel("seconds" if what == "seconds" else "MB")
    axes.set_xlabel(AXIS[curve.x])
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)


def draw_line(axes: Axes, line: Line, what: str) -> None:
    points = having(line.points, what)
    if points:
        axes.plot(*between(points, what), label=line.label, **STYLES[line.kind])


def between(points: Sequence[Point], what: str) -> tuple[list[float], list[float]]:
    """Return many points of the straight lines between the points, which a logarithmic scale bends."""
    given = [point.x for point in points]
    x = np.unique([*given, *np.geomspace(given[0], given[-1], 100)]).tolist()
    return x, np.interp(x, given, values(points, what)).tolist()


def having(points: Sequence[Point], what: str) -> list[Point]:
    # A line of times alone has no memory: 0 would be drawn as a value.
    return [point for point in points if getattr(point, what)]


def values(points: Sequence[Point], what: str) -> list[float]:
    return [float(getattr(point, what)) for point in points]


def set_scales(axes: Axes, curve: Curve, what: str) -> None:
    """Use logarithms for sizes and their times, where a slope of one is a straight line; memory and workers from 0."""
    every = [*curve.points, *(point for line in curve.lines for point in line.points)]
    ticks = sorted({point.x for point in having(every, what)})
    axes.margins(x=0.14, y=0.16)
    if curve.x != "workers":
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(ticks, [number(tick) for tick in ticks])
    if curve.x != "workers" and what == "seconds":
        axes.set_yscale("log")
        every_value = values(having(every, what), what)
        # Over few powers of ten these alone would be too few marks.
        if max(every_value) < 100 * min(every_value):
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0, 1.15 * max(values(having(every, what), what)))
        axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def number(value: float) -> str:
    """Return a number as people write it: 100 million, 2,000, 0.31.

    >>> number(100_000_000), number(2_000), number(0.314)
    ('100 million', '2,000', '0.31')
    """
    if value >= 1_000_000:
        return f"{value / 1_000_000:,.6g} million"
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"
