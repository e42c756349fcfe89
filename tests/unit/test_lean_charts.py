"""The house's own letters and axes stand where matplotlib's would, nothing is cut, the same figure gives the same
bytes."""

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray
from PIL import Image

from cchc_analysis import display
from cchc_analysis.charts import lettering, processing_time, satisfaction
from cchc_analysis.charts.canvas import HouseRenderer
from cchc_analysis.charts.lean_axes import LeanAxes
from cchc_analysis.charts.style import house_style, new_figure, new_panels, share_axis

KINDS: tuple[Any, ...] = (HouseRenderer, RendererAgg)
WORDS = ("Tỷ lệ đúng hạn (khoảng tin cậy 95%)", "1.103", "Sát hạch, thi nâng ngạch — quý I/2023", "≥ 31", "Y tế")


def font(points: float) -> FontProperties:
    return FontProperties(family=lettering.FONT, size=points)


def pixels(figure: Figure) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(display.png(figure))).convert("L"))


@pytest.mark.parametrize("points", [8, 9.5, 10, 11])
@pytest.mark.parametrize("text", WORDS)
def test_a_line_is_as_large_as_matplotlib_says(text: str, points: float) -> None:
    ours, theirs = (kind(600, 100, 150).get_text_width_height_descent(text, font(points), False) for kind in KINDS)
    # Letters begin on whole pixels: half of one each, at most.
    assert ours[0] == pytest.approx(theirs[0], abs=1 + len(text) / 2)
    assert ours[1:] == pytest.approx(theirs[1:], abs=2.5)


@pytest.mark.parametrize("angle", [0, 90])
def test_letters_stand_where_matplotlib_draws_them(angle: int) -> None:
    drawn = []
    for kind in KINDS:
        renderer = kind(400, 400, 150)
        gc = renderer.new_gc()
        gc.set_foreground("black")
        renderer.draw_text(gc, 60, 300, "Tư pháp", font(11), angle)
        ink = np.asarray(renderer.buffer_rgba())[:, :, 3]
        drawn.append([*np.flatnonzero(ink.any(axis=0))[[0, -1]], *np.flatnonzero(ink.any(axis=1))[[0, -1]]])
    assert drawn[0] == pytest.approx(drawn[1], abs=3)


def test_other_letters_and_other_fonts_are_left_to_matplotlib() -> None:
    bold = FontProperties(family=lettering.FONT, size=10, weight="bold")
    ours, theirs = (kind(600, 100, 150) for kind in KINDS)
    measured = theirs.get_text_width_height_descent("Đất đai", bold, False)
    assert ours.get_text_width_height_descent("Đất đai", bold, False) == measured
    assert not lettering.is_plain("e\u0309")
    assert lettering.is_plain("1\u00a0000")


def test_a_letter_is_drawn_once() -> None:
    assert lettering.line("Đất đai", 10, 150) is lettering.line("Đất đai", 10, 150)
    letters = lettering.alphabet(10, 150)
    assert letters.letter("Đ") is letters.letter("Đ")
    lettering.draw_common(150)
    assert all(lettering.is_plain(name) for name in lettering.COMMON)


def drawn_with(axes_class: type[Axes]) -> Axes:
    with house_style():
        figure = Figure(figsize=(7.2, 3), layout="constrained")
        axes = figure.subplots(subplot_kw={"axes_class": axes_class})
        axes.plot([0, 1, 2], [0.2, 0.55, 0.9])
        axes.set_xticks([0, 1, 2], ["1\n2023", "2", "3"])
        axes.set_xlabel("Tháng báo cáo")
        axes.set_ylabel("Tỷ lệ")
        share_axis(axes.yaxis, "vi")
        figure.canvas.draw()
    return axes


def test_lean_axes_stand_where_axes_of_matplotlib_stand() -> None:
    ours, theirs = drawn_with(LeanAxes), drawn_with(Axes)
    assert ours.get_position().bounds == pytest.approx(theirs.get_position().bounds, abs=0.005)
    assert ours.get_xlim() == theirs.get_xlim()
    assert ours.get_ylim() == theirs.get_ylim()
    for one, other in ((ours.xaxis, theirs.xaxis), (ours.yaxis, theirs.yaxis)):
        assert [t.get_text() for t in one.get_ticklabels()] == [t.get_text() for t in other.get_ticklabels()]
        box, expected = one.get_tightbbox(), other.get_tightbbox()
        assert box is not None
        assert expected is not None
        assert box.extents == pytest.approx(expected.extents, abs=3)


def test_ticks_outside_the_limits_are_not_written() -> None:
    with house_style():
        figure, axes = new_figure()
        axes.set_xticks(range(5), ["", "một", "hai", "ba", "xa tít ngoài cùng"])
        axes.set_xlim(0, 2.5)
        axes.grid(visible=False)
    figure.canvas.draw()
    box = axes.xaxis.get_tightbbox()
    assert box is not None
    assert axes.bbox.x0 < box.x0
    assert box.x1 < axes.bbox.x1 - 10


def test_only_the_lowest_of_panels_on_the_same_months_writes_them() -> None:
    with house_style():
        figure, (above, below) = new_panels(4, 2, sharex=True)
        below.set_xticks([0, 1], ["tháng 1", "tháng 2"])
    figure.canvas.draw()
    assert above.xaxis.get_tightbbox() is None
    assert below.xaxis.get_tightbbox() is not None
    assert above.get_xlim() == below.get_xlim()


def wave(n: int) -> pd.DataFrame:
    values = np.linspace(0.7, 0.8, n)
    names = [f"Khảo sát quý {place}" for place in range(n)]
    ends = {"weighted_lower": values - 0.02, "weighted_upper": values + 0.02}
    return pd.DataFrame({"wave": names, "weighted": values, **ends, "comparable": True})


def test_no_word_is_cut_at_the_edge_of_the_picture() -> None:
    rows = pd.DataFrame({"value": [0.9, 1.0], "lower": [0.8, 0.9], "upper": [0.95, 1.0], "denominator": [1103, 21]})
    names = ["Phòng Lao động, Thương binh và Xã hội", "Ủy ban nhân dân xã Long Sơn"]
    slanted = satisfaction.waves({"Chung": wave(5)}, wave(5)["wave"].tolist(), 0.85, "vi")
    for figure in (processing_time.share_by_group(rows, names, 0.95, "vi"), slanted):
        drawn = pixels(figure)
        edges = (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1])
        assert all((edge > 250).all() for edge in edges)
        assert (drawn < 100).any()


def test_a_figure_has_the_same_bytes_whatever_was_drawn_before() -> None:
    rows = wave(3)

    def one() -> bytes:
        return display.png(satisfaction.waves({"Chung": rows}, rows["wave"].tolist(), 0.85, "vi"))

    first = one()
    display.png(satisfaction.waves({"Khác": wave(2)}, wave(2)["wave"].tolist(), None, "en"))
    lettering.line.cache_clear()
    lettering.alphabet.cache_clear()
    assert one() == first
