# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The ruled lines of a PDF page: what is drawn as a line, as a thin rectangle or as the edge of a coloured one.

Rules that go on in one line are one. It does not know what a rule is for, sees no curves, no pictures and nothing white.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from wazi.types import Box

THIN = 3.0
"""Points: a rectangle that is thinner is a rule, not an area."""
SHORTEST = 4.0
NEAR = 1.5
"""Points between the places of rules that are one, and between the ends of parts of one."""
MOST = 6000
"""Pieces read on one page: a map has more, a table hardly."""
AREAS = 600
"""Coloured areas looked at."""
PADDING = 12.0
"""Points between the side of a cell and what is in it, at most."""
DEEPEST = 4
WHITE = 250


class Rule(NamedTuple):
    """A rule at `at` from `start` to `end`, in points of the displayed page: at y from x to x, or at x from y to y."""

    at: float
    start: float
    end: float


class Rules(NamedTuple):
    """Rules that go across a page and those that go down, each from the top left."""

    across: list[Rule]
    down: list[Rule]


class Drawn(NamedTuple):
    """The rules of a page: those `ruled`, and those together with the edges of coloured areas (`edged`)."""

    ruled: Rules
    edged: Rules


Turn = Callable[[float, float, float, float], Box]
Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def drawn(page: pdfium.PdfPage, turn: Turn) -> Drawn:
    """The rules of the page; `turn` gives displayed boxes of the page's own."""
    ruled, edges = Rules([], []), Rules([], [])
    areas: list[Box] = []
    found = _pieces(page.raw, SAME, 0, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
    for box in islice(found, MOST):
        place = turn(*box)
        if min(place[2] - place[0], place[3] - place[1]) <= THIN:
            _sort(place, ruled)
        else:
            areas.append(place)
    for area in _outermost(areas):
        for edge in _edges(area):
            _sort(edge, edges)
    return Drawn(
        Rules(joined(ruled.across), joined(ruled.down)),
        Rules(joined(ruled.across + edges.across), joined(ruled.down + edges.down)),
    )


def _outermost(areas: Sequence[Box]) -> Iterator[Box]:
    """Areas without the shades behind single lines of a cell: those stand inside of the cell's own, with a margin."""
    for x0, y0, x1, y1 in areas[:AREAS]:
        if not any(
            a < x0 - 1 and c > x1 + 1 and a > x0 - PADDING and c < x1 + PADDING and b < y0 + 1 and d > y1 - 1
            for a, b, c, d in areas[:AREAS]
        ):
            yield x0, y0, x1, y1


def _sort(place: Box, found: Rules) -> None:
    x0, y0, x1, y1 = place
    if y1 - y0 <= THIN and x1 - x0 >= SHORTEST:
        found.across.append(Rule((y0 + y1) / 2, x0, x1))
    elif x1 - x0 <= THIN and y1 - y0 >= SHORTEST:
        found.down.append(Rule((x0 + x1) / 2, y0, y1))


def joined(found: Iterable[Rule]) -> list[Rule]:
    """Rules in order of their place, with those put together that go on in one line."""
    lanes: list[list[Rule]] = []
    for rule in sorted(found):
        if lanes and rule.at - lanes[-1][0].at <= NEAR:
            lanes[-1].append(rule)
        else:
            lanes.append([rule])
    return [rule for lane in lanes for rule in _lane(lane)]


def _lane(lane: Sequence[Rule]) -> Iterator[Rule]:
    start = end = -math.inf
    for rule in sorted(lane, key=lambda each: each.start):
        if rule.start - end > NEAR:
            if end > start:
                yield Rule(lane[0].at, start, end)
            start = rule.start
        end = max(end, rule.end)
    if end > start:
        yield Rule(lane[0].at, start, end)


def _edges(box: Box) -> Iterator[Box]:
    x0, y0, x1, y1 = box
    yield x0, y0, x1, y0
    yield x0, y1, x1, y1
    yield x0, y0, x0, y1
    yield x1, y0, x1, y1


def _pieces(
    holder: object, matrix: Matrix, depth: int, count: Callable[..., int], get: Callable[..., object]
) -> Iterator[Box]:
    """Boxes (left, bottom, right, top) of straight strokes and of rectangles, those of nested forms too."""
    for index in range(count(holder)):
        item = get(holder, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            yield from _path(item, _times(_matrix(item), matrix))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            inner = _times(_matrix(item), matrix)
            yield from _pieces(item, inner, depth + 1, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)


def _path(item: object, matrix: Matrix) -> Iterator[Box]:
    fill, stroke = ctypes.c_int(), raw.FPDF_BOOL()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    filled = bool(fill.value) and not _is_white(item, raw.FPDFPageObj_GetFillColor)
    stroked = bool(stroke.value) and not _is_white(item, raw.FPDFPageObj_GetStrokeColor)
    if not filled and not stroked:
        return
    for points in _subpaths(item, matrix):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = min(xs), min(ys), max(xs), max(ys)
        straight = all(abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5 for a, b in pairwise(points))
        if not straight:
            continue
        if box[2] - box[0] <= THIN or box[3] - box[1] <= THIN or (filled and len(points) in (4, 5)):
            yield box
        elif stroked:
            for (ax, ay), (bx, by) in pairwise(points):
                yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _subpaths(item: object, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """The corners of each part of a path, without those that have curves."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for index in range(min(int(raw.FPDFPath_CountSegments(item)), MOST)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(_moved(x.value, y.value, matrix))
        if raw.FPDFPathSegment_GetClose(segment) and points[0] != points[-1]:
            points.append(points[0])
    if len(points) > 1 and not curved:
        yield points


def _is_white(item: object, colour: Callable[..., int]) -> bool:
    parts = [ctypes.c_uint() for _ in range(4)]
    known = colour(item, *parts)
    return bool(known) and (min(part.value for part in parts[:3]) >= WHITE or parts[3].value == 0)


def _matrix(item: object) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
