"""What figures along reporting months and figures of shares have in common."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from cchc_analysis import formats
from cchc_analysis.charts.style import LIGHT_BLUE, shorten
from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick


def whiskers(rows: pd.DataFrame) -> np.ndarray:
    """Return how far `lower` and `upper` lie from `value`, the shape (2, rows) that error bars take."""
    return np.vstack([rows["value"] - rows["lower"], rows["upper"] - rows["value"]]).clip(0)


def month_tick(month: str, index: int) -> str:
    """Write a month of an axis; the first one and each January carry the year.

    >>> month_tick("2023-01", 4), month_tick("2023-02", 5)
    ('1\\n2023', '2')
    """
    year, number = month.split("-")[:2]
    return f"{int(number)}\n{year}" if index == 0 or number == "01" else f"{int(number)}"


def shade_period(axes: Axes, months: Sequence[str], period_months: Sequence[str]) -> None:
    """Shade the months of the period among those of the axis."""
    inside = [place for place, month in enumerate(months) if month in set(period_months)]
    if inside:
        axes.axvspan(min(inside) - 0.5, max(inside) + 0.5, color=LIGHT_BLUE, alpha=0.3, lw=0, zorder=0)


def month_line(
    axes: Axes, rows: pd.DataFrame, months: Sequence[str], colour: str, marker: str, label: str, shift: float = 0.0
) -> None:
    """Draw the known shares of a series month by month with their intervals."""
    known = rows[rows["value"].notna()]
    at = known["month"].map({month: place for place, month in enumerate(months)}) + shift
    axes.errorbar(
        at,
        known["value"],
        yerr=whiskers(known),
        color=colour,
        marker=marker,
        ms=5,
        lw=1.6,
        elinewidth=1,
        capsize=2,
        label=label,
    )


def month_axis(axes: Axes, months: Sequence[str], language: Language, further: Sequence[str] = ()) -> None:
    """Write the months, and `further` places right of them, on the axis."""
    ticks = [*(month_tick(month, place) for place, month in enumerate(months)), *further]
    axes.set_xticks(range(len(ticks)), ticks)
    axes.set_xlim(-0.5, len(ticks) - 0.5)
    axes.set_xlabel(pick(language, "Tháng báo cáo", "Reporting month"))


def labels_with_counts(rows: pd.DataFrame, labels: Sequence[str], language: Language, length: int) -> list[str]:
    """Write each label with its number of dossiers, or that there are none."""
    nothing = pick(language, "không có hồ sơ", "no dossiers")
    return [
        f"{shorten(label, length)} ({'n = ' + formats.number(n, language) if n else nothing})"
        for label, n in zip(labels, rows["denominator"], strict=True)
    ]
