# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures are made level and upright, and every word goes back to its place on the page; no OCR engine is needed."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wazi.parse import ocr, recognise, tesseract
from wazi.parse.recognise import Picture
from wazi.parse.tesseract import Row, Spot

Pixels = NDArray[np.uint8]


class Finder:
    """An engine that finds black marks on white, a word each, and is sure of them if the widest is wider than high."""

    def __init__(self, turn: int = 0) -> None:
        self.turn = turn

    def read(self, pixels: Pixels, names: Sequence[str], *, dpi: int, seconds: float) -> list[Row]:
        y, x = np.nonzero(pixels < 100)
        box = int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1
        sure = 0.9 if box[2] - box[0] > box[3] - box[1] else 0.3
        return [Row((Spot("stall", True, box, sure),), 10.0)]

    def orientation(self, pixels: Pixels, *, dpi: int) -> tuple[int, str]:
        return self.turn, "Latn"


def page(*marks: tuple[int, int, int, int]) -> Pixels:
    image = Image.new("L", (400, 600), 255)
    for mark in marks:
        ImageDraw.Draw(image).rectangle(mark, fill=0)
    return np.asarray(image)


def text_lines(angle: float) -> Pixels:
    """Rows of short dashes, turned to the left by `angle` degrees."""
    image = Image.new("L", (800, 1000), 255)
    pen = ImageDraw.Draw(image)
    for top in range(100, 900, 30):
        for left in range(80, 720, 24):
            pen.rectangle((left, top, left + 14, top + 10), fill=0)
    return np.asarray(image.rotate(angle, fillcolor=255))


@pytest.mark.parametrize("angle", [-6, -2, 0, 3, 7])
def test_the_slant_of_lines_is_found_and_undone(angle: int) -> None:
    found = recognise.slant(text_lines(angle))
    assert found == pytest.approx(-angle, abs=0.3)
    level, _, _ = recognise.levelled(text_lines(angle), math.tan(math.radians(found)))
    assert abs(recognise.slant(level)) < 0.5


def test_what_cannot_be_told_is_left_as_it_is() -> None:
    assert recognise.slant(page((50, 50, 60, 60))) == 0.0
    assert recognise.slant(np.full((20, 20), 255, np.uint8)) == 0.0


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_word_goes_back_to_its_place_however_the_page_lies(turns: int) -> None:
    upright = page((40, 100, 140, 120))
    lying = np.rot90(upright, -turns)
    y, x = np.nonzero(lying < 100)
    reading, _ = recognise.read(Finder(90 * turns), Picture(lying, 144.0), ["eng"], seconds=1)  # type: ignore[arg-type]
    assert reading is not None
    [word] = reading.words
    assert word.box == pytest.approx((x.min() / 2, y.min() / 2, (x.max() + 1) / 2, (y.max() + 1) / 2))
    if turns in (1, 3):
        assert word.confidence == 0.9


def test_a_word_of_a_slanted_page_goes_back_to_its_place() -> None:
    slanted = text_lines(5)
    slope = math.tan(math.radians(recognise.slant(slanted)))
    level, across, down = recognise.levelled(slanted, slope)
    pose = recognise._Pose(0, slope, across, down, slanted.shape[1], slanted.shape[0])
    y, x = np.nonzero(level < 100)
    for at in range(0, len(x), len(x) // 50):
        back_x, back_y = recognise._unlevelled(x[at], y[at], pose)
        near = slanted[round(back_y) - 2 : round(back_y) + 3, round(back_x) - 2 : round(back_x) + 3]
        assert near.min() < 100


def test_a_line_has_cells_where_wide_gaps_part_it() -> None:
    spots = [
        Spot(text, True, box, 0.9) for text, box in zip("ab cd".replace(" ", ""), boxes(0, 12, 90, 102), strict=True)
    ]
    reading = recognise._reading([Row(tuple(spots), 10.0)], recognise._Pose(0, 0.0, 0, 0, 200, 50), 1.0)
    assert reading.text == "a b c d"
    [line] = reading.lines
    assert [reading.text[cell.start : cell.end] for cell in line.cells] == ["a b", "c d"]


def boxes(*lefts: int) -> list[tuple[int, int, int, int]]:
    return [(left, 0, left + 8, 10) for left in lefts]


def test_dirt_is_left_out_and_blanks_are_where_the_script_has_them() -> None:
    rows = [
        Row((Spot("~", True, (0, 0, 2, 2), 0.2),), 5.0),
        Row((Spot("税", True, (0, 10, 9, 19), 0.9), Spot("金", False, (10, 10, 19, 19), 0.9)), 10.0),
    ]
    reading = recognise._reading(rows, recognise._Pose(0, 0.0, 0, 0, 200, 50), 1.0)
    assert reading.text == "税金"
    assert all(left.end == right.start for left, right in pairwise(reading.words))


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "eng"),
        ("fr", "fra"),
        ("sw", "swa"),
        ("rw", None),
        ("zh", "chi_sim"),
        ("fa", "fas"),
        ("am", "amh"),
        ("ku", "kmr"),
    ],
)
def test_languages_have_tesseracts_names(tag: str, name: str | None) -> None:
    assert tesseract.code(tag) == name
    assert tesseract.package("chi_sim") == "tesseract-ocr-chi-sim"


def test_a_language_without_data_is_read_with_its_neighbour() -> None:
    installed = frozenset({"eng", "fra", "hin", "osd"})
    assert ocr._names(("rw", "fr"), installed) == (("fra",), ())  # which knows the letters of English too
    assert ocr._names(("sw", "en"), installed | {"swa"}) == (("swa", "eng"), ())  # which has no q and no x
    assert ocr._names(("rw", "hi"), installed) == (("eng", "hin"), ())
    assert ocr._names(("rw",), installed) == (("eng",), ())
    assert ocr._names(("ne",), installed) == (("hin",), ("tesseract-ocr-nep",))
    assert ocr._names(("am",), installed) == (("eng",), ("tesseract-ocr-amh",))
    assert ocr._names((), frozenset({"swa", "osd"})) == (("swa",), ())


def test_the_languages_of_a_text_are_those_of_its_pieces() -> None:
    french = "La présente loi entre en vigueur le jour de sa publication au Journal Officiel de la République. " * 9
    english = "This law comes into force on the day of its publication in the Official Gazette of the Republic. " * 9
    assert set(ocr._spoken([french, english])) == {"fr", "en"}
    assert ocr._spoken([french]) == ("fr",)
    assert ocr._spoken(["12 3"]) == ()


def test_pages_are_named_in_ranges() -> None:
    assert ocr.ranges([4]) == "page 4"
    assert ocr.ranges([7, 2, 1, 3]) == "pages 1-3, 7"
