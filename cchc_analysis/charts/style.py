"""The look of every figure: size for A4 and phone, colours that survive colour blindness and a grey printer."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cchc_analysis import formats
from cchc_analysis.charts.canvas import HouseCanvas
from cchc_analysis.charts.lean_axes import LeanAxes
from cchc_analysis.charts.lettering import FONT
from cchc_analysis.errors import Language

BLUE, ORANGE, GREEN, RED, GREY = "#0B5394", "#B45F06", "#38761D", "#A61C00", "#666666"
LIGHT_BLUE, LIGHT_GREY = "#9FC5E8", "#D9D9D9"
STATE_COLOURS = {"in_time": LIGHT_BLUE, "paused": LIGHT_GREY, "without_due": "#B6D7A8", "overdue": RED}
STATE_HATCHES = {"in_time": "", "paused": "///", "without_due": "...", "overdue": ""}
"""Patterns over the light colours, which a grey printer makes the same."""

WIDTH_INCHES = 7.2
FONT_POINTS = 11


@cache
def _look() -> Any:
    return {
        **sns.axes_style("whitegrid"),
        "font.family": FONT,
        "font.size": FONT_POINTS,
        "axes.labelsize": FONT_POINTS,
        "xtick.labelsize": FONT_POINTS - 1,
        "ytick.labelsize": FONT_POINTS - 1,
        "legend.fontsize": FONT_POINTS - 1,
        "legend.frameon": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#444444",
        "grid.color": "#E3E3E3",
        "axes.formatter.useoffset": False,
        "svg.hashsalt": "cchc",
    }


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the style of the house; DejaVu Sans carries every Vietnamese letter and ships with matplotlib."""
    with mpl.rc_context(_look()):
        yield


def new_figure(height: float = 3.4) -> tuple[Figure, Axes]:
    """Return an empty figure of the house's width (inches) with one set of axes."""
    figure, panels = new_panels(height)
    return figure, panels[0]


def new_panels(
    height: float, down: int = 1, across: int = 1, sharex: bool = False, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return an empty figure of the house's width (inches) with panels, row by row from the upper left one."""
    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    HouseCanvas(figure)
    panels = figure.subplots(
        down, across, sharex=sharex, sharey=sharey, squeeze=False, subplot_kw={"axes_class": LeanAxes}
    )
    return figure, list(panels.ravel())


def count_axis(axis: Any, language: Language) -> None:
    """Write whole numbers with the separators of the language on an axis."""
    axis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    axis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value, language)))


def number_axis(axis: Any, language: Language) -> None:
    """Write numbers with as many decimals as tell the ticks apart."""
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value, language, _digits(value))))


ENOUGH = 1e-6
"""How near a tick must be to its rounded number to be written as that."""


def _digits(value: float) -> int:
    """Return the least decimals that write a tick exactly, four at most."""
    return next((n for n in range(4) if abs(value - round(value, n)) <= ENOUGH), 4)


def share_axis(axis: Any, language: Language) -> None:
    """Write shares as percentages with as many decimals as the ticks need."""

    def write(value: float, _: object) -> str:
        percent = value * 100
        return f"{formats.number(percent, language, _digits(percent))}%"

    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(write))


def shorten(text: str, length: int = 46) -> str:
    """Cut a long name for an axis label at a word, with an ellipsis.

    >>> shorten("Đăng ký biến động quyền sử dụng đất", 20)
    'Đăng ký biến động…'
    """
    if len(text) <= length:
        return literal(text)
    return literal(text[: length + 1].rsplit(" ", 1)[0].rstrip(",; ") + "…")


def literal(text: str) -> str:
    """Keep matplotlib from reading dollar signs of a name as a formula."""
    return text.replace("$", r"\$")
