"""Figures as PNG: no colour of the house moves, no other one moves visibly, the same pixels give the same bytes."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cchc_analysis import display
from cchc_analysis.charts.style import BLUE, ORANGE, RED

Pixels = NDArray[np.uint8]


def unpacked(written: bytes) -> Pixels:
    return np.asarray(Image.open(BytesIO(written)).convert("RGB"))


def rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def test_flat_colours_come_back_as_they_were() -> None:
    pixels = np.full((40, 60, 4), 255, dtype=np.uint8)
    for place, colour in enumerate((BLUE, ORANGE, RED)):
        pixels[10 * place : 10 * place + 8, 5:30, :3] = rgb(colour)

    assert np.array_equal(unpacked(display.packed(pixels)), pixels[:, :, :3])


def test_a_blend_moves_by_less_than_a_step_and_the_most_frequent_colour_of_its_step_stands_for_it() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)
    pixels = np.concatenate([ramp, np.full((5, 256, 3), 253, dtype=np.uint8)])

    found = unpacked(display.packed(pixels))

    assert np.abs(found.astype(int) - pixels).max() <= 7
    assert (found[0, 248:] == 253).all(), "248 to 255 are one step, and 253 is what most of its pixels are"


def test_of_more_steps_than_the_palette_has_places_the_rare_ones_go_to_a_near_colour() -> None:
    drawn = np.random.Generator(np.random.PCG64(7)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    picture = Image.open(BytesIO(display.packed(np.concatenate([drawn, np.full((64, 64, 3), 200, dtype=np.uint8)]))))

    colours = picture.convert("RGB").getcolors()

    assert picture.mode == "P"
    assert colours is not None
    assert len(colours) <= display.PALETTE_COLOURS
    assert (np.asarray(picture.convert("RGB"))[64:] == 200).all()


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1, 4), (3, 1, 4)])
def test_the_smallest_pictures_are_pictures(shape: tuple[int, int, int]) -> None:
    pixels = np.full(shape, 17, dtype=np.uint8)

    assert np.array_equal(unpacked(display.packed(pixels)), pixels[:, :, :3])
    assert display.packed(pixels) == display.packed(pixels.copy())
