"""The paper that figures are drawn on: matplotlib's own, but letters are taken from those already drawn."""

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties

from cchc_analysis.charts import lettering

UPRIGHT = 90
"""Degrees of a text that runs from bottom to top."""


class HouseRenderer(RendererAgg):
    """Draws as `RendererAgg`; plain text of the house's font, level or upright, is put together from kept letters."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return width, height and depth below the line of a text in pixels."""
        if ismath or not _is_ours(s, prop):
            measured: tuple[float, float, float] = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
            return measured
        line = lettering.line(s, prop.get_size_in_points(), self.dpi)
        return line.width, line.height, line.descent

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float, ismath: Any = False,
        mtext: Any = None,
    ) -> None:  # fmt: skip
        """Draw a text that begins at a point, counted in pixels from the upper left corner."""
        if ismath or angle not in (0, UPRIGHT) or not _is_ours(s, prop):
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        line = lettering.line(s, prop.get_size_in_points(), self.dpi)
        if not line.ink.size:
            return
        # Whole pixels: the letters were fitted to them, between two they would be blurred.
        left, base = round(x), round(y)
        if angle == UPRIGHT:
            self._renderer.draw_text_image(
                np.ascontiguousarray(np.rot90(line.ink)), left - line.top, base - line.left, 0, gc
            )
            return
        below = base - line.top + line.ink.shape[0]
        self._renderer.draw_text_image(line.ink, left + line.left, below, 0, gc)

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float | None, float | None, float | None]:
        # Matplotlib asks a renderer for the height of its font before it reads it from the file again for every text.
        if prop.get_family() != [lettering.FONT]:
            return None, None, None
        return lettering.height_of_font(prop.get_size_in_points(), self.dpi)


def _is_ours(text: str, prop: FontProperties) -> bool:
    plain = prop.get_weight() in ("normal", 400) and prop.get_style() == "normal"
    return plain and prop.get_family() == [lettering.FONT] and lettering.is_plain(text)


class HouseCanvas(FigureCanvasAgg):
    """Canvas of a figure, drawn by `HouseRenderer`."""

    def get_renderer(self) -> HouseRenderer:
        """Return what draws in the size and resolution the figure has now."""
        width, height = self.get_width_height(physical=True)
        now = getattr(self, "renderer", None)
        if now is None or (now.width, now.height, now.dpi) != (width, height, self.figure.dpi):
            now = self.renderer = HouseRenderer(width, height, self.figure.dpi)  # type: ignore[no-untyped-call]
        renderer: HouseRenderer = now
        return renderer
