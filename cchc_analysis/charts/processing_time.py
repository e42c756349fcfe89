"""Figures of the processing-time page: tables in, figures out, nothing computed."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cchc_analysis import formats
from cchc_analysis.charts.months import labels_with_counts, month_axis, month_line, shade_period, whiskers
from cchc_analysis.charts.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT_BLUE,
    ORANGE,
    RED,
    STATE_COLOURS,
    STATE_HATCHES,
    count_axis,
    house_style,
    literal,
    new_figure,
    share_axis,
    shorten,
)
from cchc_analysis.errors import Language
from cchc_analysis.frames import records
from cchc_analysis.stats.durations import KaplanMeier
from cchc_analysis.wording.words import pick, word


def on_time_by_month(
    official: pd.DataFrame, strict: pd.DataFrame, period_months: Sequence[str], language: Language
) -> Figure:
    """Draw the monthly on-time share under both rules with 95 % intervals; the months of the period are shaded."""
    with house_style():
        figure, axes = new_figure(3.6)
        months = official["month"].tolist()
        shade_period(axes, months, period_months)
        month_line(axes, official, months, BLUE, "o", word("official_form", language), -0.08)
        month_line(axes, strict, months, ORANGE, "s", word("strict", language), 0.08)
        month_axis(axes, months, language)
        axes.set_ylabel(pick(language, "Tỷ lệ đúng hạn", "On-time share"))
        share_axis(axes.yaxis, language)
        axes.set_ylim(top=min(1.002, axes.get_ylim()[1]))
        axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    return figure


def share_by_group(rows: pd.DataFrame, labels: Sequence[str], reference: float | None, language: Language) -> Figure:
    """Draw one share with its interval per group, in the order given, and the overall share as a line.

    Groups with nothing to count are named with "no dossiers" instead of a point.
    """
    with house_style():
        figure, axes = new_figure(1.1 + 0.29 * len(rows))
        at = np.arange(len(rows))
        known = rows["value"].notna().to_numpy()
        axes.errorbar(
            rows["value"][known],
            at[known],
            xerr=whiskers(rows[known]),
            fmt="o",
            color=BLUE,
            ms=5,
            elinewidth=1.4,
            capsize=2,
        )
        if reference is not None and not formats.is_missing(reference):
            axes.axvline(reference, color=GREY, lw=1.2, ls="--", label=pick(language, "Mức chung", "Overall"))
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
        axes.set_yticks(at, labels_with_counts(rows, labels, language, 38))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        share_axis(axes.xaxis, language)
        axes.set_xlim(right=min(1.004, max(axes.get_xlim()[1], 1.0)))
        axes.set_xlabel(pick(language, "Tỷ lệ đúng hạn (khoảng tin cậy 95%)", "On-time share (95% interval)"))
        axes.grid(visible=True, axis="y", lw=0.5)
    return figure


def completion_curve(curve: KaplanMeier, closed_only: pd.DataFrame, horizon: int, language: Language) -> Figure:
    """Draw the share done within x working days: open dossiers censored (with band) and closed ones only.

    `closed_only`: columns `duration`, `share` (cumulative). `horizon`: last day drawn.
    """
    with house_style():
        figure, axes = new_figure(3.5)
        days = np.arange(horizon + 1)
        done = 1 - np.array([curve.survival_at(float(x)) for x in days], dtype=float)  # None past the data becomes nan
        band = np.array([_band(curve, float(x)) for x in days])
        axes.fill_between(days, 1 - band[:, 1], 1 - band[:, 0], step="post", color=LIGHT_BLUE, alpha=0.6, lw=0)
        axes.step(
            days,
            done,
            where="post",
            color=BLUE,
            lw=2,
            label=pick(language, "Tính cả hồ sơ chưa xong", "Open dossiers included"),
        )
        if len(closed_only):
            share = closed_only.set_index("duration")["share"].reindex(days, method="ffill").fillna(0.0)
            axes.step(
                days,
                share,
                where="post",
                color=ORANGE,
                lw=1.6,
                ls="--",
                label=pick(language, "Chỉ hồ sơ đã xong", "Closed dossiers only"),
            )
        axes.axhline(0.5, color=GREY, lw=0.8, ls=":")
        axes.set_xlim(0, horizon)
        axes.set_ylim(0, 1.01)
        share_axis(axes.yaxis, language)
        count_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Số ngày làm việc kể từ khi tiếp nhận", "Working days since receipt"))
        axes.set_ylabel(pick(language, "Tỷ lệ hồ sơ đã xong", "Share of dossiers done"))
        axes.legend(loc="lower right")
    return figure


def _band(curve: KaplanMeier, day: float) -> tuple[float, float]:
    lower, upper = curve.survival_interval_at(day)
    survival = curve.survival_at(day)
    known = np.nan if survival is None else survival
    return (known if lower is None else lower, known if upper is None else upper)


def law_commitment_actual(rows: pd.DataFrame, labels: Mapping[str, str], language: Language) -> Figure:
    """Draw law, commitment and actual mean time of each procedure on one line per procedure."""
    with house_style():
        figure, axes = new_figure(1.3 + 0.36 * len(rows))
        at = np.arange(len(rows))
        axes.hlines(at, rows["used_days"], rows["statutory_days"], color="#CCCCCC", lw=2, zorder=1)
        marks = (
            ("statutory_days", "|", GREY, 13),
            ("committed_days", "D", GREEN, 5.5),
            ("used_days", "o", BLUE, 7),
        )
        for column, marker, colour, size in marks:
            axes.plot(
                rows[column],
                at,
                ls="none",
                marker=marker,
                ms=size,
                mew=2,
                color=colour,
                label=word(column, language),
                zorder=3,
            )
        over = rows["used_days"] > rows["committed_days"]
        if over.any():
            axes.plot(
                rows["used_days"][over],
                at[over.to_numpy()],
                ls="none",
                marker="o",
                ms=7,
                color=RED,
                zorder=4,
                label=pick(language, "Thực tế vượt cam kết", "Actual above commitment"),
            )
        names = [
            f"{shorten(labels.get(row['procedure'], row['procedure']), 36)} (n = {formats.number(row['n'], language)})"
            for row in records(rows)
        ]
        axes.set_yticks(at, names)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(left=0)
        count_axis(axes.xaxis, language)
        axes.set_xlabel(pick(language, "Ngày làm việc, bình quân một hồ sơ", "Working days, mean per dossier"))
        figure.legend(loc="outside upper center", ncols=4, columnspacing=1.2, handletextpad=0.4)
    return figure


def pending_ages(rows: pd.DataFrame, language: Language) -> Figure:
    """Draw the pending dossiers by age band, stacked by state; bands without dossiers stay on the axis."""
    with house_style():
        figure, axes = new_figure(2.9)
        at = np.arange(len(rows))
        left = np.zeros(len(rows))
        for state in ("in_time", "without_due", "paused", "overdue"):
            values = rows[state].to_numpy(dtype=float)
            if values.any():
                axes.barh(
                    at,
                    values,
                    left=left,
                    color=STATE_COLOURS[state],
                    hatch=STATE_HATCHES[state],
                    edgecolor="white",
                    linewidth=0,
                    label=word(state, language),
                    height=0.7,
                )
            left += values
        _totals_beside(axes, at, rows["n"], language)
        axes.set_yticks(at, [age_label(row["age_from"], row["age_to"]) for row in records(rows)])
        axes.invert_yaxis()
        count_axis(axes.xaxis, language)
        axes.set_xlim(left=0, right=max(1.0, float(rows["n"].max()) * 1.12))
        axes.set_ylabel(word("age", language))
        axes.set_xlabel(word("n", language))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2)
    return figure


def _totals_beside(axes: Axes, at: np.ndarray, totals: "pd.Series[int]", language: Language) -> None:
    for place, total in zip(at, totals, strict=True):
        axes.annotate(
            formats.number(total, language),
            (float(total), float(place)),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )


def age_label(low: int, high: object) -> str:
    """Write an age band.

    >>> age_label(6, 10), age_label(31, pd.NA)
    ('6–10', '≥ 31')
    """
    return literal(f"≥ {low}" if formats.is_missing(high) else f"{low}–{high}")
