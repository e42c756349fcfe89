"""What a notebook cell shows: headings, sentences, figures with alternative text, tables. Everything from data is
escaped."""

import base64
from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
from IPython.display import HTML
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

FIGURE_DPI = 150
PALETTE_COLOURS = 256
COMPRESSION = 6
"""Level of zlib: at 9 a figure is an eighth smaller and takes six times as long to write."""

Pixels = NDArray[np.uint8]


def html(markup: str) -> HTML:
    """Wrap finished markup for display."""
    return HTML(markup)  # type: ignore[no-untyped-call]


def paragraphs(sentences: Sequence[str], css_class: str = "") -> str:
    """Write sentences as a list when there are several, as a paragraph when there is one; text is escaped."""
    name = f' class="{escape(css_class)}"' if css_class else ""
    if len(sentences) == 1:
        return f"<p{name}>{escape(sentences[0])}</p>"
    return f"<ul{name}>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"


def answers(parts: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Write the first screen: each question with the sentences that answer it; text is escaped, empty ones are left
    out."""
    items = ""
    for lead, sentences in parts:
        said = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)
        items += f"<dt>{escape(lead)}</dt><dd>{said}</dd>" if said else ""
    return f'<dl class="answers">{items}</dl>'


def section(title: str, *sentences: str) -> str:
    """Write a second-level heading and the sentences below it; text is escaped."""
    return f"<h2>{escape(title)}</h2>" + "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def png(figure: Figure) -> bytes:
    """Draw a figure as PNG bytes that are the same on every run."""
    figure.set_dpi(FIGURE_DPI)
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return packed(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]


def packed(pixels: Pixels) -> bytes:
    """Write pixels (height, width, at least red, green and blue) as a PNG of at most PALETTE_COLOURS colours.

    A chart has few colours: a palette makes the file a third as large without a visible difference.
    """
    places, palette = _few_colours(pixels)
    picture = Image.frombytes("P", (pixels.shape[1], pixels.shape[0]), places.tobytes())
    picture.putpalette(palette.tobytes())
    written = BytesIO()
    picture.save(written, format="png", compress_level=COMPRESSION)
    return written.getvalue()


def _few_colours(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return the place of every pixel in a palette, and the palette (colours, 3).

    Each channel is cut into 32 steps; of the colours of a step the most frequent stands for all, so that the colours
    of the house stay as they are and a blend at the edge of a letter moves by 7 of 255 at most. Where there are more
    steps than places in the palette, the rare ones go to the nearest colour of it.
    """
    channels = pixels.reshape(-1, pixels.shape[2])[:, :3].astype(np.uint32)
    colour = channels[:, 0] << 16 | channels[:, 1] << 8 | channels[:, 2]
    # Most of a chart is empty paper: the runs of equal pixels are a twentieth of them.
    starts = np.flatnonzero(np.concatenate([[True], colour[1:] != colour[:-1]]))
    lengths = np.diff(np.append(starts, len(colour)))
    found, place = np.unique(colour[starts], return_inverse=True)
    frequency = np.bincount(place, weights=lengths)
    step = found >> 19 << 10 | (found >> 11 & 31) << 5 | found >> 3 & 31
    by_frequency = np.lexsort((found, -frequency))
    steps, first = np.unique(step[by_frequency], return_index=True)
    chosen, of_step = found[by_frequency][first], np.searchsorted(steps, step)
    rgb = np.column_stack([chosen >> 16, chosen >> 8 & 255, chosen & 255]).astype(np.uint8)
    if len(steps) > PALETTE_COLOURS:
        kept = np.lexsort((chosen, -np.bincount(of_step, weights=frequency)))[:PALETTE_COLOURS]
        apart = rgb[:, None, :].astype(np.int64) - rgb[kept][None, :, :]
        of_step, rgb = (apart**2).sum(axis=2).argmin(axis=1)[of_step], rgb[kept]
    return np.repeat(of_step[place].astype(np.uint8), lengths), rgb


def figure_block(figure: Figure, finding: str, description: str) -> str:
    """Write a figure with its finding as visible caption and as alternative text, followed by what the picture
    shows."""
    data = base64.b64encode(png(figure)).decode("ascii")
    width, height = (round(side * FIGURE_DPI) for side in figure.get_size_inches())
    alternative = escape(f"{finding}. {description}")
    return (
        f"<figure><figcaption><strong>{escape(finding)}</strong><br>{escape(description)}</figcaption>"
        f'<div class="picture" tabindex="0" role="group" aria-label="{escape(finding)}">'
        f'<img src="data:image/png;base64,{data}" width="{width}" height="{height}" alt="{alternative}">'
        "</div></figure>"
    )
