"""Figures of satisfaction show the numbers they are given: read from what was drawn, never from pixels."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure

from cchc_analysis.charts import satisfaction as charts

POINTS = {1: "Rất không hài lòng", 2: "Không hài lòng", 3: "Bình thường", 4: "Hài lòng", 5: "Rất hài lòng"}


def drawn(figure: Figure) -> Figure:
    figure.canvas.draw()
    return figure


def test_shares_stand_on_their_lines_with_n_and_a_missing_one_is_not_drawn() -> None:
    rows = pd.DataFrame(
        {
            "weighted": [0.8, np.nan, 0.9], "weighted_lower": [0.7, np.nan, 0.85],
            "weighted_upper": [0.85, np.nan, 0.95],
            "value": [0.82, np.nan, 0.88], "n_forms": [1200, 4, 30],
        }
    )  # fmt: skip
    (axes,) = drawn(charts.shares(rows, ["a", "b", "c"], 0.85, "vi")).axes
    dots = next(part for part in axes.containers if isinstance(part, ErrorbarContainer))
    assert dots[0].get_xdata() == pytest.approx([0.8, 0.9])
    assert list(dots[0].get_ydata()) == [0, 2]
    assert dots[2][0].get_segments()[0][:, 0] == pytest.approx([0.7, 0.85])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a (n = 1.200)", "b (n = 4)", "c (n = 30)"]
    goal = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert goal.get_xdata()[0] == 0.85


def answers(shares: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (question, point, part, 200)
        for question, parts in shares.items()
        for point, part in zip(POINTS, parts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["question", "point", "share", "n_valid"])


def test_likert_bars_part_at_the_middle_and_add_up() -> None:
    rows = answers({"q1": [0.1, 0.1, 0.2, 0.4, 0.2], "q2": [0, 0, 0, 0, 1.0]})
    (axes,) = drawn(charts.likert(rows, ["q2", "q1"], {"q1": "Một", "q2": "Hai"}, POINTS, [4, 5], "vi")).axes
    bars = [part for part in axes.containers if isinstance(part, BarContainer)]
    assert len(bars) == 5
    first = [part.patches[1] for part in bars]
    assert sum(patch.get_width() for patch in first) == pytest.approx(1.0)
    assert first[0].get_x() == pytest.approx(-0.3)  # both dissatisfied points and half of the middle
    assert first[3].get_x() == pytest.approx(0.1)
    assert bars[4].patches[0].get_x() == pytest.approx(0.0)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Hai (n = 200)", "Một (n = 200)"]
    assert not any("-" in tick.get_text() or "−" in tick.get_text() for tick in axes.get_xticklabels())


def test_a_scale_of_three_points_has_no_middle_when_two_of_them_satisfy() -> None:
    colours = charts._point_colours([0, 1, 2], [1, 2])
    assert charts.MIDDLE not in colours.values()
    assert charts._point_colours([1, 2, 3, 4, 5], [4, 5])[3] == charts.MIDDLE
    assert charts.MIDDLE not in charts._point_colours([1, 2, 3, 4], [3, 4]).values()


def wave_rows(comparable: list[bool]) -> pd.DataFrame:
    n = len(comparable)
    values = np.linspace(0.7, 0.8, n)
    return pd.DataFrame(
        {
            "wave": [f"w{place}" for place in range(n)], "weighted": values, "weighted_lower": values - 0.02,
            "weighted_upper": values + 0.02, "comparable": comparable,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("comparable", "n_lines"), [([False, True, True], 1), ([False, True, False], 2)])
def test_a_line_breaks_where_waves_cannot_be_compared(comparable: list[bool], n_lines: int) -> None:
    rows = wave_rows(comparable)
    axes = drawn(charts.waves({"Chung": rows}, rows["wave"].tolist(), 0.85, "vi")).axes[0]
    lines = [part for part in axes.containers if isinstance(part, ErrorbarContainer)]
    assert len(lines) == n_lines
    assert sum(len(line[0].get_xdata()) for line in lines) == 3


def test_every_series_has_a_panel_of_its_own() -> None:
    series = {f"f{place}": wave_rows([False, True]) for place in range(4)}
    figure = drawn(charts.waves(series, ["w0", "w1"], None, "en"))
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title("left") for axes in shown] == ["f0", "f1", "f2", "f3"]


def test_importance_stands_above_performance() -> None:
    rows = pd.DataFrame({"importance": [0.7, 0.3], "lower": [0.6, 0.2], "upper": [0.8, 0.4], "performance": [0.8, 0.9]})
    (axes,) = drawn(charts.importance_performance(rows, ["a", "b"], 0.85, "vi")).axes
    dots = next(part for part in axes.containers if isinstance(part, ErrorbarContainer))
    assert dots[0].get_xdata() == pytest.approx([0.8, 0.9])
    assert dots[0].get_ydata() == pytest.approx([0.7, 0.3])


def test_facts_leave_out_groups_without_them() -> None:
    rows = pd.DataFrame(
        {
            "weighted": [0.8, 0.9, np.nan], "lower": [0.7, 0.8, np.nan], "upper": [0.9, 0.95, np.nan],
            "on_time": [0.9, np.nan, 0.5], "mean_days": [3.0, 4.0, 5.0],
        }
    )  # fmt: skip
    above, below = drawn(charts.beside_facts(rows, ["a", "b", "c"], "en")).axes
    points = [next(part for part in axes.containers if isinstance(part, ErrorbarContainer)) for axes in (above, below)]
    assert points[0][0].get_xdata() == pytest.approx([0.9])
    assert points[1][0].get_xdata() == pytest.approx([3.0, 4.0])
