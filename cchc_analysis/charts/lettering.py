"""Letters of the house's one font: each is drawn once and kept, a label is put together from them.

Laying a label out anew and drawing it letter by letter takes milliseconds, and every page has the same letters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.font_manager import findfont, get_font
from matplotlib.ft2font import FT2Font, Kerning, LoadFlags
from numpy.typing import NDArray

FONT = "DejaVu Sans"
"""The font of every figure: it carries every Vietnamese letter and ships with matplotlib."""

HINTING = LoadFlags.FORCE_AUTOHINT
"""Stems on whole pixels: every letter starts on one, and its picture serves wherever it stands."""

SUBPIXELS = 64
"""Parts of a pixel in which the font measures."""

BLANKS = frozenset("\u00a0\u202f")
"""Blanks that do not part: Python does not call them printable."""

COMMON = (
    "0123456789 ().,:;/%+−–…=≥&-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĐÁÂÔỦỶ"
)
"""Letters that nearly every page needs."""

COMMON_POINTS = (9.0, 10.0, 11.0)

Ink = NDArray[np.uint8]


@dataclass(frozen=True)
class Letter:
    """One letter: how dark its pixels are, and where they stand around the point where it begins, in pixels."""

    place: Any
    """Place of the letter in the font."""
    ink: Ink
    left: int
    top: int
    lowest: float
    highest: float
    advance: float


@dataclass(frozen=True)
class Line:
    """One line of text: its pixels around the point where it begins, its width, height and depth below that point."""

    ink: Ink
    left: int
    top: int
    width: float
    height: float
    descent: float


class Alphabet:
    """The letters of one size (points) and resolution (pixels per inch) that have been drawn so far."""

    def __init__(self, size: float, dpi: float) -> None:
        self.size, self.dpi = size, dpi
        self._letters: dict[str, Letter] = {}
        self._kerning: dict[Any, float] = {}

    def letter(self, name: str) -> Letter:
        """Return a letter, drawn when it is asked for the first time."""
        if name not in self._letters:
            self._letters[name] = self._drawn(name)
        return self._letters[name]

    def _font(self) -> FT2Font:
        font = _font()
        font.clear()
        font.set_size(self.size, self.dpi)
        return font

    def _drawn(self, name: str) -> Letter:
        font = self._font()
        font.set_text(name, 0.0, flags=HINTING)
        font.draw_glyphs_to_bitmap(antialiased=True)
        pixels = np.asarray(font.get_image())
        rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
        ink = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy() if len(rows) else pixels[:0, :0]
        outline = font.load_char(ord(name), flags=HINTING)
        left, lowest, _, highest = (side / SUBPIXELS for side in outline.bbox)
        return Letter(
            font.get_char_index(ord(name)), ink, int(np.floor(left)), int(np.ceil(highest)), lowest, highest,
            outline.horiAdvance / SUBPIXELS,
        )  # fmt: skip

    def kerning(self, before: Letter, after: Letter) -> float:
        """Return how much nearer to each other (negative) or further apart two neighbours stand, in pixels."""
        pair = before.place, after.place
        if pair not in self._kerning:
            self._kerning[pair] = self._font().get_kerning(*pair, Kerning.DEFAULT) / SUBPIXELS
        return self._kerning[pair]

    def placed(self, text: str) -> Iterator[tuple[float, Letter]]:
        """Yield the letters of a text, each with how far right of the beginning it starts, in pixels."""
        at, before = 0.0, None
        for name in text:
            letter = self.letter(name)
            at += self.kerning(before, letter) if before is not None else 0.0
            yield at, letter
            at, before = at + letter.advance, letter


@lru_cache(maxsize=1)
def _font() -> FT2Font:
    return get_font([findfont(FONT)])


@lru_cache(maxsize=64)
def alphabet(size: float, dpi: float) -> Alphabet:
    """Return the letters of a size (points) at a resolution (pixels per inch)."""
    return Alphabet(size, dpi)


def draw_common(dpi: float) -> None:
    """Draw the common letters in the common sizes, for a process whose children then begin with them."""
    for size in COMMON_POINTS:
        for name in COMMON:
            alphabet(size, dpi).letter(name)


@lru_cache(maxsize=4096)
def is_plain(text: str) -> bool:
    """Tell whether a line is written letter by letter: Latin letters, digits and signs that the font has.

    What joins, stacks or runs from right to left is left to matplotlib, and so are letters of other fonts.

    >>> is_plain("Tỷ lệ đúng hạn ≥ 95%"), is_plain("e\u0309"), is_plain("中")
    (True, False, False)
    """
    return all(
        (name.isprintable() or name in BLANKS) and _is_latin(ord(name)) and _font().get_char_index(ord(name))
        for name in text
    )


def _is_latin(code: int) -> bool:
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x2010 <= code < 0x2028 or 0x202F <= code < 0x2300


@lru_cache(maxsize=4096)
def line(text: str, size: float, dpi: float) -> Line:
    """Draw a line of plain text (`is_plain`) of a size (points) at a resolution (pixels per inch)."""
    placed = list(alphabet(size, dpi).placed(text))
    inked = [(round(at) + letter.left, letter) for at, letter in placed if letter.ink.size]
    width = max((at + letter.advance for at, letter in placed), default=0.0)
    if not inked:
        return Line(np.zeros((0, 0), dtype=np.uint8), 0, 0, width, 0.0, 0.0)
    left, top = min(at for at, _ in inked), max(letter.top for _, letter in inked)
    right = max(at + letter.ink.shape[1] for at, letter in inked)
    bottom = min(letter.top - letter.ink.shape[0] for _, letter in inked)
    ink = np.zeros((top - bottom, right - left), dtype=np.uint8)
    for at, letter in inked:
        rows, columns = letter.ink.shape
        box = ink[top - letter.top : top - letter.top + rows, at - left : at - left + columns]
        np.maximum(box, letter.ink, out=box)
    lowest, highest = min(letter.lowest for _, letter in inked), max(letter.highest for _, letter in inked)
    return Line(ink, left, top, max(width, float(right)), highest - lowest, -lowest)


@lru_cache(maxsize=64)
def height_of_font(size: float, dpi: float) -> tuple[float, float, float]:
    """Return how far the font reaches above and below a line, and the gap between lines, in pixels."""
    font = _font()
    head: Any = font.get_sfnt_table("head")
    own: Any = font.get_sfnt_table("OS/2")
    scale = size * dpi / 72 / head["unitsPerEm"]
    return own["sTypoAscender"] * scale, -own["sTypoDescender"] * scale, own["sTypoLineGap"] * scale
