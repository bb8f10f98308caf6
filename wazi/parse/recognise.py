# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One picture of a page -> its lines and words: made level and upright, read by Tesseract, measured in points.

A picture is made level by moving its columns and its rows, so that the way back is two products. If the reading is poor, it is
tried as Tesseract's detection of orientation says. Lines are measured on the upright picture, words on the page as it is. It does
not know which languages to read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wazi.parse.tables import CELL_GAP, Line
from wazi.parse.tesseract import Engine, Row, Spot
from wazi.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

POINTS = 72
DOUBTFUL = 0.6
"""Mean confidence below which the picture may be lying on its side, or be in another script."""
SPECK = 0.5
"""Confidence below which a mark without letters and digits is dirt."""
STEEPEST, STEP = 8.0, 0.25
"""Degrees of slant that are looked for."""
LEVEL = 0.4
"""Degrees that Tesseract's own line finding takes in its stride."""
LOOKED_AT = 800
"""Pixels across in which the slant is looked for."""
EDGE = 40
"""Grey levels between paper and ink, at least."""
LEAST_EDGES = 300
SAME_SIZE = 0.25
"""Heights of lines differ with their letters: within this share of the usual height it is the same type."""


class Picture(NamedTuple):
    """Grey levels, shape (height, width), 255 is white; and pixels an inch of the page."""

    pixels: Pixels
    dpi: float


class Seen(NamedTuple):
    """A word in a reading: `text[start:end]`, its box on the page in points, its confidence, 0 to 1."""

    start: int
    end: int
    box: Box
    confidence: float


class Reading(NamedTuple):
    """The text of a page, its lines, its words, and their mean confidence by letters, 1 where there are none."""

    text: str
    lines: list[Line]
    words: list[Seen]
    confidence: float


class _Pose(NamedTuple):
    """How the picture was moved: quarter turns to the left, then by `levelled`. Width and height are those before all that."""

    turns: int
    slope: float
    across: int
    down: int
    width: int
    height: int


def read(engine: Engine, picture: Picture, names: Sequence[str], *, seconds: float) -> tuple[Reading | None, str]:
    """The reading, None when it took too long; and the script (ISO 15924) of a picture that was hard to read, else empty."""
    best = _posed(engine, picture, 0, names, seconds)
    if best is None or best.confidence >= DOUBTFUL or not best.words:
        return best, ""
    told = engine.orientation(picture.pixels, dpi=round(picture.dpi))
    degrees, script = told or (0, "")
    if degrees:
        turned = _posed(engine, picture, degrees // 90, names, seconds)
        if turned and turned.confidence > best.confidence:
            best = turned
    return best, script if best.confidence < DOUBTFUL else ""


def _posed(engine: Engine, picture: Picture, turns: int, names: Sequence[str], seconds: float) -> Reading | None:
    pixels = np.rot90(picture.pixels, turns)
    slope = math.tan(math.radians(slant(pixels)))
    level, across, down = levelled(pixels, slope)
    pose = _Pose(turns, slope, across, down, picture.pixels.shape[1], picture.pixels.shape[0])
    rows = engine.read(level, names, dpi=round(picture.dpi), seconds=seconds)
    return None if rows is None else _reading(rows, pose, POINTS / picture.dpi)


def slant(pixels: Pixels) -> float:
    """Degrees by which lines of text fall to the right; 0 when they are level or cannot be told."""
    every = max(1, pixels.shape[1] // LOOKED_AT)
    small = pixels[::every, ::every].astype(np.int16)
    y, x = np.nonzero(small[:-1] - small[1:] > EDGE)  # the upper edges of letters
    if len(y) < LEAST_EDGES:
        return 0.0
    angles = np.arange(-STEEPEST, STEEPEST + STEP, STEP)
    scores = [_evenness(y, x, math.tan(math.radians(angle))) for angle in angles]
    best = int(np.argmax(scores))
    found = float(angles[best])
    return found if abs(found) > LEVEL and scores[best] > 1.05 * scores[len(angles) // 2] else 0.0


def _evenness(y: NDArray[np.intp], x: NDArray[np.intp], slope: float) -> float:
    """How much the edges gather in rows."""
    rows = np.rint(y - x * slope).astype(np.intp)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float(counts @ counts)


def levelled(pixels: Pixels, slope: float) -> tuple[Pixels, int, int]:
    """The picture turned so that lines falling by `slope` are level, and the pixels added at its left and its top.

    Columns are moved up or down, then rows to a side: for few degrees that is a rotation. What comes in is of the colour of paper.
    """
    if not slope:
        return np.ascontiguousarray(pixels), 0, 0
    paper = np.uint8(np.median(pixels[::8, ::8]))
    upright, down = _moved(pixels.T, -slope, paper)
    level, across = _moved(upright.T, slope, paper)
    return level, across, down


def _moved(pixels: Pixels, slope: float, paper: np.uint8) -> tuple[Pixels, int]:
    """Each row moved to the right by `slope` a row below the first, and the pixels added at the left."""
    rows, width = pixels.shape
    shift = np.rint(np.arange(rows) * slope).astype(np.intp)
    added = max(0, -int(shift[-1]))
    moved = np.full((rows, width + abs(int(shift[-1]))), paper, dtype=np.uint8)
    for row, by in enumerate(shift + added):
        moved[row, by : by + width] = pixels[row]
    return moved, added


def _reading(rows: Sequence[Row], pose: _Pose, scale: float) -> Reading:
    usual = median([row.height for row in rows]) if rows else 0.0
    text = ""
    lines: list[Line] = []
    words: list[Seen] = []
    for row in rows:
        spots = [spot for spot in row.spots if spot.confidence >= SPECK or any(map(str.isalnum, spot.text))]
        if not spots:
            continue
        height = usual if abs(row.height - usual) < SAME_SIZE * usual else row.height
        size = round(height * scale, 1)
        placed: list[Line] = []
        for spot in spots:
            if placed and spot.blank:
                text += " "
            start, text = len(text), text + spot.text
            x0, y0, x1, y1 = (value * scale for value in spot.box)
            placed.append(Line(start, len(text), x0, y0, x1, y1, size, bold=False))
            words.append(Seen(start, len(text), _back(spot, pose, scale), spot.confidence))
        lines.append(_line(placed))
        text += "\n"
    letters = sum(word.end - word.start for word in words)
    sure = sum(word.confidence * (word.end - word.start) for word in words) / letters if letters else 1.0
    return Reading(text.rstrip("\n"), lines, words, sure)


def _line(words: Sequence[Line]) -> Line:
    """The line of words, with its cells where wide gaps part them."""
    runs = [[words[0]]]
    for word in words[1:]:
        gap = max(word.x0 - runs[-1][-1].x1, runs[-1][-1].x0 - word.x1)
        if gap > 2 * CELL_GAP * word.size:
            runs.append([])
        runs[-1].append(word)
    cells = tuple(_around(run) for run in runs)
    return _around(words)._replace(cells=cells if len(cells) > 1 else ())


def _around(words: Sequence[Line]) -> Line:
    return Line(
        words[0].start,
        words[-1].end,
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
        words[0].size,
        bold=False,
    )


def _back(spot: Spot, pose: _Pose, scale: float) -> Box:
    """The box of a word on the page as it was shown, in points."""
    left, top, right, bottom = spot.box
    middle = _unlevelled((left + right) / 2, (top + bottom) / 2, pose)
    wide, high = (right - left) / 2, (bottom - top) / 2
    corners = [_unturned(middle[0] + x, middle[1] + y, pose) for x, y in ((-wide, -high), (wide, high))]
    (xa, ya), (xb, yb) = corners
    return min(xa, xb) * scale, min(ya, yb) * scale, max(xa, xb) * scale, max(ya, yb) * scale


def _unlevelled(x: float, y: float, pose: _Pose) -> tuple[float, float]:
    x -= pose.across + y * pose.slope
    return x, y - pose.down + x * pose.slope


def _unturned(x: float, y: float, pose: _Pose) -> tuple[float, float]:
    turned = {
        0: (x, y),
        1: (pose.width - y, x),
        2: (pose.width - x, pose.height - y),
        3: (y, pose.height - x),
    }
    return turned[pose.turns % 4]
