"""Figures show the numbers they are given: read from what was drawn, never from pixels."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure

from cchc_analysis.charts import processing_time as charts
from cchc_analysis.charts.style import RED, STATE_HATCHES, shorten
from cchc_analysis.measures import duration_curve


def axes_of(figure: Figure) -> Axes:
    figure.canvas.draw()
    (axes,) = figure.axes
    return axes


def bars(axes: Axes) -> list[ErrorbarContainer]:
    return [drawn for drawn in axes.containers if isinstance(drawn, ErrorbarContainer)]


def shares(values: list[float], **columns: list[object]) -> pd.DataFrame:
    table = pd.DataFrame({"value": values, **columns})
    return table.assign(lower=table["value"] - 0.02, upper=(table["value"] + 0.01).clip(upper=1))


def months(values: list[float]) -> pd.DataFrame:
    return shares(values, month=[f"2023-{n:02d}" for n in range(1, len(values) + 1)])


@pytest.fixture
def monthly() -> Axes:
    official, strict = months([0.97, float("nan"), 0.98]), months([0.93, 0.92, 0.94])
    return axes_of(charts.on_time_by_month(official, strict, ["2023-03"], "vi"))


def test_months_are_drawn_for_both_rules_and_nothing_where_nothing_was_resolved(monthly: Axes) -> None:
    official, strict = bars(monthly)
    assert official[0].get_ydata() == pytest.approx([0.97, 0.98])
    assert np.asarray(official[0].get_xdata(), dtype=float) == pytest.approx([0, 2], abs=0.2)
    assert strict[0].get_ydata() == pytest.approx([0.93, 0.92, 0.94])
    whisker = official[2][0].get_segments()[0]
    assert whisker[:, 1] == pytest.approx([0.95, 0.98])


def test_month_axis_ends_with_the_months_and_shades_the_period(monthly: Axes) -> None:
    assert monthly.get_xlim() == (-0.5, 2.5)
    shaded = monthly.patches[0].get_extents().transformed(monthly.transData.inverted())
    assert (shaded.x0, shaded.x1) == pytest.approx((1.5, 2.5))
    assert [tick.get_text() for tick in monthly.get_xticklabels()] == ["1\n2023", "2", "3"]
    assert monthly.get_ylim()[1] <= 1.002
    assert monthly.get_ylabel() == "Tỷ lệ đúng hạn"
    assert monthly.get_xlabel() == "Tháng báo cáo"


@pytest.mark.parametrize("values", [[0.97, 0.98, 0.5], [0.9991, 0.9993, 0.9992], [1.0, 1.0, 1.0]])
def test_no_two_ticks_of_a_share_axis_read_the_same(values: list[float]) -> None:
    axes = axes_of(charts.on_time_by_month(months(values), months(values), [], "vi"))
    low, high = axes.get_ylim()
    written = [
        tick.get_text() for tick, at in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True) if low <= at <= high
    ]
    assert len(set(written)) == len(written)
    assert all(text.endswith("%") and "." not in text for text in written)


def test_groups_stand_in_the_order_given_with_their_counts() -> None:
    rows = shares([0.9, float("nan"), 1.0], denominator=[1103, 0, 21])
    axes = axes_of(charts.share_by_group(rows, ["Phòng Nội vụ", "Phòng Y tế", "Phường 1"], 0.95, "vi"))
    names = [tick.get_text() for tick in axes.get_yticklabels()]
    assert names == ["Phòng Nội vụ (n = 1.103)", "Phòng Y tế (không có hồ sơ)", "Phường 1 (n = 21)"]
    (points,) = bars(axes)
    assert points[0].get_xdata() == pytest.approx([0.9, 1.0])
    assert points[0].get_ydata().tolist() == [0, 2]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first group is on top
    reference = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert reference.get_xdata() == pytest.approx([0.95, 0.95])
    assert axes.get_legend().get_texts()[0].get_text() == "Mức chung"


def cohort(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["event", "duration", "n"])


def test_the_curve_hears_the_open_dossiers_and_the_dashed_line_does_not() -> None:
    counted = cohort(("closed", 0, 2), ("closed", 2, 2), ("open", 1, 4))
    closed = pd.DataFrame({"duration": [0, 2], "share": [0.5, 1.0]})
    axes = axes_of(charts.completion_curve(duration_curve(counted), closed, 5, "vi"))
    solid = next(line for line in axes.lines if line.get_label() == "Tính cả hồ sơ chưa xong")
    dashed = next(line for line in axes.lines if line.get_label() == "Chỉ hồ sơ đã xong")
    assert np.asarray(solid.get_ydata())[:3] == pytest.approx([0.25, 0.25, 1.0])
    assert np.asarray(dashed.get_ydata())[:3] == pytest.approx([0.5, 0.5, 1.0])
    assert axes.get_xlim() == (0, 5)
    assert "ngày làm việc" in axes.get_xlabel()


def procedures(used: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "procedure": [f"p{n}" for n in range(len(used))],
            "n": [100] * len(used),
            "statutory_days": [15.0] * len(used),
            "committed_days": [12.0] * len(used),
            "used_days": used,
        }
    )


def test_only_means_above_the_commitment_are_red() -> None:
    axes = axes_of(charts.law_commitment_actual(procedures([5.0, 19.4]), {"p1": "Trợ cấp"}, "vi"))
    red = [line for line in axes.lines if line.get_color() == RED]
    assert len(red) == 1
    assert red[0].get_xdata().tolist() == [19.4]
    assert red[0].get_ydata().tolist() == [1]
    assert axes.get_xlim()[0] == 0
    none = axes_of(charts.law_commitment_actual(procedures([5.0]), {}, "vi"))
    assert not [line for line in none.lines if line.get_color() == RED]


def ages(**states: list[int]) -> pd.DataFrame:
    empty = {state: [0, 0] for state in ("in_time", "without_due", "paused", "overdue")}
    table = pd.DataFrame({"age_from": [0, 31], "age_to": pd.array([5, None], dtype="Int64"), **(empty | states)})
    return table.assign(n=table[list(empty)].sum(axis=1))


def test_pending_bars_are_stacked_to_the_total_and_states_differ_in_pattern() -> None:
    axes = axes_of(charts.pending_ages(ages(in_time=[3, 1], paused=[2, 6], overdue=[0, 4]), "vi"))
    stacks = [drawn for drawn in axes.containers if isinstance(drawn, BarContainer)]
    assert [stack.get_label() for stack in stacks] == ["Trong hạn", "Tạm dừng", "Quá hạn"]
    assert [bar.get_x() + bar.get_width() for bar in stacks[-1]] == [5, 11]
    assert {text.get_text() for text in axes.texts} == {"5", "11"}
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["0–5", "≥ 31"]
    assert stacks[1][0].get_hatch() == STATE_HATCHES["paused"] != STATE_HATCHES["in_time"]
    assert axes.get_xlabel() == "Số hồ sơ"


def test_long_names_are_cut_at_a_word_and_dollars_are_no_formula() -> None:
    assert shorten("Thủ tục $x$ rất dài và còn dài nữa", 12) == r"Thủ tục \$x\$…"
