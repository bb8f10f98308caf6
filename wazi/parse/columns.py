# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Bands of a table -> its columns: what white space, and rules that go down, part from top to bottom.

A gutter may be crossed by some bands, as heads and names of groups do. What stands alone inside of a gutter, in two bands or
more, is a narrow column. It does not know rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from wazi.parse.bands import FIGURE_GAP, Chunk, chunk, is_figure
from wazi.parse.rules import Rule
from wazi.types import Box

CROSSED = 0.25
"""Share of the bands of two chunks and more that may go across a gutter."""
GUTTER = 0.9
"""Font sizes that the gap at a gutter has in the middle band of those that show it."""
WALL = 0.5
"""Share of the height of the table that a rule must go down to part columns by itself."""


WALLED = 0.7
"""Share of the gutters in which there is a rule, from which on those without one part nothing."""


class Column(NamedTuple):
    """Left and right of a column, in points."""

    x0: float
    x1: float

    @property
    def middle(self) -> float:
        """Between them."""
        return (self.x0 + self.x1) / 2


def columns(lines: Sequence[Sequence[Chunk]], walls: Sequence[Rule], box: Box) -> list[Column]:
    """The columns from the left."""
    multi = [line for line in lines if len(line) > 1]
    if not multi:
        return []
    gutters = _gutters(multi, _walls(walls, box))
    return _columns(lines, multi, gutters)


def _walls(walls: Sequence[Rule], box: Box) -> list[float]:
    height = box[3] - box[1]
    found: dict[float, float] = {}
    for wall in walls:
        covered = min(wall.end, box[3]) - max(wall.start, box[1])
        key = next((at for at in found if abs(at - wall.at) < 3), wall.at)
        found[key] = found.get(key, 0.0) + covered
    return [at for at, covered in found.items() if covered >= WALL * height]


def _gutters(multi: Sequence[Sequence[Chunk]], walls: Sequence[float]) -> list[tuple[float, float]]:
    edges = sorted({round(x, 1) for line in multi for c in line for x in (c.x0, c.x1)})
    most = int(CROSSED * len(multi))
    found: list[tuple[float, float]] = []
    for left, right in pairwise(edges):
        middle = (left + right) / 2
        crossing = sum(any(c.x0 < middle < c.x1 for c in line) for line in multi)
        if crossing > most or not _parts(multi, middle):
            continue
        if found and found[-1][1] >= left - 0.01:
            found[-1] = (found[-1][0], right)
        else:
            found.append((left, right))
    walled = [gutter for gutter in found if any(gutter[0] - 2 <= at <= gutter[1] + 2 for at in walls)]
    if len(walled) >= WALLED * len(found):
        found = walled
    for at in walls:
        if not any(a - 2 <= at <= b + 2 for a, b in found) and edges[0] < at < edges[-1]:
            found.append((at - 0.1, at + 0.1))
    return sorted(found)


def _parts(multi: Sequence[Sequence[Chunk]], middle: float) -> bool:
    """Do bands have words on both sides of it, with wide gaps?"""
    gaps = []
    for line in multi:
        lefts = [c for c in line if c.x1 <= middle]
        rights = [c for c in line if c.x0 >= middle]
        if lefts and rights and len(lefts) + len(rights) == len(line):
            gap = (rights[0].x0 - lefts[-1].x1) / max(rights[0].words[0].size, 1.0)
            gaps.append(gap if gap < FIGURE_GAP or not _are_figures(lefts[-1], rights[0]) else max(gap, GUTTER))
    return bool(gaps) and (len(gaps) > 1 or len(multi) < 4) and median(gaps) >= GUTTER * 0.7


def _are_figures(left: Chunk, right: Chunk) -> bool:
    return is_figure(left.text) and is_figure(right.text)


def _columns(
    lines: Sequence[Sequence[Chunk]], multi: Sequence[Sequence[Chunk]], gutters: Sequence[tuple[float, float]]
) -> list[Column]:
    x0, x1 = min(line[0].x0 for line in multi), max(line[-1].x1 for line in multi)
    bounds = [x0, *(x for gutter in gutters for x in gutter), x1]
    solid = [(bounds[i], bounds[i + 1]) for i in range(0, len(bounds), 2)]
    held: list[list[Chunk]] = [[] for _ in solid]
    floating: list[list[Chunk]] = [[] for _ in gutters]
    for line in multi:
        for piece in line:
            if any(piece.x0 < a + 0.5 and piece.x1 > b - 0.5 for a, b in gutters):
                continue
            inside = [i for i, (a, b) in enumerate(solid) if a - 0.1 <= piece.middle <= b + 0.1]
            between = [i for i, (a, b) in enumerate(gutters) if a < piece.middle < b]
            if inside:
                held[inside[0]].append(piece)
            elif between:
                floating[between[0]].append(piece)
    found = []
    for index, pieces in enumerate(held):
        if pieces:
            found.append(Column(min(c.x0 for c in pieces), max(c.x1 for c in pieces)))
        if index < len(floating) and len(floating[index]) > 1:
            alone = [c for c in floating[index] if _is_alone(c, solid[index], solid[index + 1])]
            if len(alone) > 1:
                found.append(Column(min(c.x0 for c in alone), max(c.x1 for c in alone)))
    return [Column(max(c.x0, left), min(c.x1, right)) for c, left, right in _bounded(found)]


def _is_alone(piece: Chunk, left: tuple[float, float], right: tuple[float, float]) -> bool:
    return piece.x0 > left[1] - 0.5 and piece.x1 < right[0] + 0.5


def _bounded(found: Sequence[Column]) -> list[tuple[Column, float, float]]:
    """Each column with the places half-way to its neighbours, where they overlap."""
    result = []
    for index, column in enumerate(found):
        left = found[index - 1] if index else None
        right = found[index + 1] if index + 1 < len(found) else None
        low = (left.x1 + column.x0) / 2 if left and left.x1 > column.x0 else column.x0
        high = (column.x1 + right.x0) / 2 if right and right.x0 < column.x1 else column.x1
        result.append((column, low, high))
    return result


def nearest(found: Sequence[Column], piece: Chunk) -> int:
    """The column that a chunk is most in, else the one whose edge is nearest."""

    def distance(index: int) -> tuple[float, float]:
        column = found[index]
        over = min(column.x1, piece.x1) - max(column.x0, piece.x0)
        return -over, abs(column.middle - piece.middle)

    return min(range(len(found)), key=distance)


def parted(line: Sequence[Chunk], found: Sequence[Column], blank: float) -> list[Chunk]:
    """The chunks of a band, parted where a gap wider than `blank` font sizes lies between two columns."""
    result: list[Chunk] = []
    for piece in line:
        groups = [[piece.words[0]]]
        for left, word in pairwise(piece.words):
            between = any(a.x1 - 1 <= (left.x1 + word.x0) / 2 <= b.x0 + 1 for a, b in pairwise(found))
            if between and (word.x0 - left.x1 > blank * word.size or (is_figure(left.text) and is_figure(word.text))):
                groups.append([])
            groups[-1].append(word)
        result += [chunk(group) for group in groups]
    return result


def blank(lines: Sequence[Sequence[Chunk]]) -> float:
    """The gap between words of a chunk that is as wide as a blank gets, in font sizes."""
    gaps = [(b.x0 - a.x1) / max(b.size, 1.0) for line in lines for c in line for a, b in pairwise(c.words)]
    return max(1.3 * median(gaps), 0.3) if gaps else 0.3
