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
from PIL import Image

FIGURE_DPI = 150
PALETTE_COLOURS = 128


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
    """Draw a figure as PNG bytes that are the same on every run.

    A chart has few colours: a palette makes the file a third as large without a visible difference.
    """
    packed = BytesIO()
    figure.set_dpi(FIGURE_DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]
    picture.quantize(PALETTE_COLOURS, dither=Image.Dither.NONE).save(packed, format="png", optimize=True)
    return packed.getvalue()


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
