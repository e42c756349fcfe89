"""Axes of the house: the ticks of an axis are drawn as one line and texts, without an object for every tick.

Matplotlib makes seven objects for each tick and asks each of them where it is three times before it draws: half of the
time of a figure. Here an axis keeps where its ticks are and how large their words are. Locators, formatters, limits,
`set_xticks`, `tick_params`, `grid` and what can be asked of them (`get_xticks`, `get_xticklabels`) are matplotlib's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Bbox, BboxBase, IdentityTransform

NEAR = 1e-9
"""Part of an axis by which a tick may lie outside and is still drawn."""

POINTS_PER_INCH = 72


@dataclass(frozen=True)
class TickLook:
    """How the ticks of an axis look, as the style was when the axis was made."""

    grid_colour: str
    grid_width: float
    away: float
    """Points between the axis and the words of its ticks."""


class LeanAxis(Axis):
    """An axis without objects for its ticks, whose words stand beside the low end of the axes."""

    side: int
    """The coordinate that runs along it: 0 from left to right, 1 from bottom to top."""

    words_stand: Mapping[str, str]
    """How the words of a tick stand to its place."""

    def reset_ticks(self) -> None:
        """Forget the ticks; how they look is that of the style of now."""
        # Empty lists: matplotlib would make a tick with all its parts, and copy it for each further one.
        self.majorTicks: list[Any] = []
        self.minorTicks: list[Any] = []
        style: Any = mpl.rcParams
        name = "ytick" if self.side else "xtick"
        self._look = TickLook(
            style["grid.color"], style["grid.linewidth"], style[f"{name}.major.size"] + style[f"{name}.major.pad"]
        )
        self._words = Text(fontproperties=None, fontsize=style[f"{name}.labelsize"], color=style[f"{name}.color"])
        self._words.set(**self.words_stand)
        self._extents: dict[Any, Bbox] = {}

    def _point(self, along: float, beside: float) -> tuple[float, float]:
        return (beside, along) if self.side else (along, beside)

    def _edges(self, box: BboxBase) -> tuple[float, float]:
        """Return where a box begins and ends beside the axis, in pixels."""
        return (box.x0, box.x1) if self.side else (box.y0, box.y1)

    def _pixels(self, places: np.ndarray) -> list[float]:
        """Return where places of the axis are in the picture."""
        points = np.zeros((len(places), 2))
        points[:, self.side] = places
        moved: list[float] = self.axes.transData.transform(points)[:, self.side].tolist() if len(places) else []
        return moved

    def _anchors(self, places: np.ndarray, away: float) -> list[tuple[float, float]]:
        """Return where the words of the ticks stand, in pixels."""
        low, _ = self._edges(self.axes.bbox)
        return [self._point(along, low - away) for along in self._pixels(places)]

    def set_ticks(
        self, ticks: Any, labels: Iterable[str] | None = None, *, minor: bool = False, **look: Any
    ) -> list[Any]:
        """Set the places of the ticks, widen the axis to hold them, and write `labels` at them.

        `look`: fontsize and rotation of the words.
        """
        if minor:
            return list(super().set_ticks(ticks, labels, minor=True, **look))
        self.set_major_locator(FixedLocator(list(ticks)))
        if len(ticks):
            self.set_view_interval(min(ticks), max(ticks))
        if labels is not None:
            self.set_major_formatter(FixedFormatter(list(labels)))
        named = {"fontsize": "labelsize", "rotation": "labelrotation"}
        self.set_tick_params(**{named[name]: value for name, value in look.items()})
        return []

    def _picture(self) -> Any:
        return self.axes.get_figure(root=True)

    def _dots(self) -> float:
        """Return the pixels of a point."""
        return float(self._picture().dpi) / POINTS_PER_INCH

    def _ticks(self) -> list[tuple[float, str]]:
        """Return place and words of each tick within the limits of the axis."""
        places = np.asarray(self.get_majorticklocs(), dtype=float)
        words = self.get_major_formatter().format_ticks(places.tolist())
        low, high = sorted(self.get_view_interval())
        room = (high - low) * NEAR
        inside = (places >= low - room) & (places <= high + room)
        return [(float(at), text) for at, text, kept in zip(places, words, inside, strict=True) if kept]

    def _placed(self, asked: dict[str, Any]) -> list[tuple[str, tuple[float, float]]]:
        """Return the words of the ticks with where they stand, in pixels; none where the axis shows none."""
        if not asked.get("labelleft" if self.side else "labelbottom", True):
            return []
        ticks = [(at, text) for at, text in self._ticks() if text]
        anchors = self._anchors(np.array([at for at, _ in ticks]), self._look.away * self._dots())
        self._words.set_figure(self.axes.figure)
        self._words.set_transform(IdentityTransform())
        if "labelsize" in asked:
            self._words.set_fontsize(asked["labelsize"])
        self._words.set_rotation(asked.get("labelrotation", 0))
        return [(text, anchor) for (_, text), anchor in zip(ticks, anchors, strict=True)]

    def _boxes(self, placed: Sequence[tuple[str, tuple[float, float]]], renderer: Any) -> list[Bbox]:
        words, boxes = self._words, []
        for text, (x, y) in placed:
            key = text, words.get_fontsize(), words.get_rotation(), self._dots()
            if key not in self._extents:
                words.set_text(text)
                words.set_position((0, 0))
                self._extents[key] = words.get_window_extent(renderer)
            boxes.append(self._extents[key].translated(x, y))
        return boxes

    def get_tightbbox(self, renderer: Any = None, *, for_layout_only: bool = False) -> Bbox | None:
        """Return what the words of the ticks and of the axis cover; for a layout, the length of the latter is left
        out, since no margin would help it."""
        if not self.get_visible():
            return None
        renderer = renderer or self._picture()._get_renderer()
        boxes = self._boxes(self._placed(self.get_tick_params()), renderer)
        if self.label.get_visible() and self.label.get_text():
            self._put_label(boxes)
            own = self.label.get_window_extent(renderer)
            boxes.append(self._across(own) if for_layout_only else own)
        return Bbox.union(boxes) if boxes else None

    def _across(self, box: Bbox) -> Bbox:
        """Return a box of the axis' name that is one pixel long, at its middle."""
        low, high = self._edges(box)
        middle = (box.p0[self.side] + box.p1[self.side]) / 2
        return Bbox([self._point(middle - 0.5, low), self._point(middle + 0.5, high)])

    def _put_label(self, boxes: Sequence[Bbox]) -> None:
        """Put the name of the axis outside the words of the ticks."""
        low, _ = self._edges(self.axes.bbox)
        outside = min([low, *(self._edges(box)[0] for box in boxes)]) - self.labelpad * self._dots()
        if self.side:
            self.label.set_x(outside)
        else:
            self.label.set_y(outside)

    def draw(self, renderer: Any) -> None:
        """Draw the grid, the words of the ticks and the name of the axis."""
        if not self.get_visible():
            return
        asked = self.get_tick_params()
        if asked.get("gridOn"):
            self._draw_grid(renderer, asked)
        placed = self._placed(asked)
        self._put_label(self._boxes(placed, renderer))
        for text, anchor in placed:
            self._words.set_text(text)
            self._words.set_position(anchor)
            self._words.draw(renderer)
        self.label.draw(renderer)
        self.stale = False

    def _draw_grid(self, renderer: Any, asked: dict[str, Any]) -> None:
        """Draw the lines of the grid as one path."""
        ends = self._ends(np.array([at for at, _ in self._ticks()]))
        if not len(ends):
            return
        gc = renderer.new_gc()
        gc.set_foreground(asked.get("grid_color", self._look.grid_colour))
        gc.set_linewidth(asked.get("grid_linewidth", self._look.grid_width))
        gc.set_clip_rectangle(self.axes.bbox)
        codes = [Path.MOVETO, Path.LINETO] * (len(ends) // 2)
        renderer.draw_path(gc, Path(ends, codes), IdentityTransform())
        gc.restore()

    def _ends(self, places: np.ndarray) -> np.ndarray:
        """Return both ends of the line of the grid at each place, in pixels, one after the other."""
        edges = self._edges(self.axes.bbox)
        return np.array([self._point(along, edge) for along in self._pixels(places) for edge in edges])


class LeanXAxis(LeanAxis, XAxis):
    """The axis from left to right, its words below."""

    side = 0
    words_stand: Mapping[str, str] = {"ha": "center", "va": "top"}

    def get_ticks_position(self) -> Literal["bottom"]:
        """Return where the words of the ticks stand."""
        return "bottom"


class LeanYAxis(LeanAxis, YAxis):
    """The axis from bottom to top, its words at the left."""

    side = 1
    words_stand: Mapping[str, str] = {"ha": "right", "va": "center_baseline"}

    def get_ticks_position(self) -> Literal["left"]:
        """Return where the words of the ticks stand."""
        return "left"


class LeanAxes(Axes):
    """Axes with `LeanAxis`; only what stands free of them (texts, a legend) is asked how far it reaches."""

    name = "cchc_lean"

    def __init__(self, *place: Any, **look: Any) -> None:
        super().__init__(*place, **look)
        for spine in self.spines.values():
            if spine.get_visible():
                # Where it stands is settled when the ticks of matplotlib ask for it, and there are none.
                spine.get_spine_transform()

    def _init_axis(self) -> None:
        self.xaxis = LeanXAxis(self, clear=False)
        self.yaxis = LeanYAxis(self, clear=False)
        for spine, axis in (("bottom", self.xaxis), ("top", self.xaxis), ("left", self.yaxis), ("right", self.yaxis)):
            self.spines[spine].register_axis(axis)

    def get_default_bbox_extra_artists(self) -> list[Artist]:
        """Return what may reach beyond the axes: their texts and their legend, all else is cut at their edge."""
        legend = self.get_legend()
        free = [*self.texts, *([] if legend is None else [legend])]
        return [artist for artist in free if artist.get_visible() and artist.get_in_layout()]
