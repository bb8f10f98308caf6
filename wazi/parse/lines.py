# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""pdfium's characters of a page -> its lines, measured, with their cells where wide gaps part them.

Offsets are into pdfium's text, boxes are of the page as it is shown. Per line only the first and the last character are
measured, and on lines that may have cells those beside blanks. It does not know the order in which lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import pypdfium2 as pdfium

from wazi.parse import tables
from wazi.parse.clean import HYPHEN_MARK
from wazi.parse.glyphs import Source
from wazi.parse.tables import Line
from wazi.types import Box

VISUAL_LINE = re.compile(f"[^\n\r{HYPHEN_MARK}]*{HYPHEN_MARK}|[^\n\r{HYPHEN_MARK}]+")
WORD_START = re.compile(r"(?<=\s)\S")
BLANKS = re.compile(r"\s+")
WIDE = 0.62
"""Font sizes a character: lines that are wider may have gaps in them."""
MARK = re.compile(r"[-–•●▪◦*\uf0a7\uf0b7\uf0d8\uf0fc]|\(?\w{1,5}[.)°º]|\d+(?:\.\d+)+\.?")
"""What may stand before an item of a list, with a gap after it."""
SAMPLED = 8
"""Lines of a page in which a gutter is looked for; more only where half of these have it."""
LEAST = 4
NUMBER = re.compile(r"\d{1,2} ")
"""How a line of a transcript begins that is numbered."""

Turn = Callable[[float, float, float, float], Box]
Measured = tuple[int, int, Box, Box]
"""A part of a page's text, before cleaning, with the boxes of its first and last characters."""


def measured(source: Source, turn: Turn) -> list[Line]:
    """The lines of a page in pdfium's order."""

    def line(start: int, end: int, left: Box, right: Box) -> Line:
        box = turn(min(left[0], right[0]), min(left[1], right[1]), max(left[2], right[2]), max(left[3], right[3]))
        size = max(source.size(start), source.size(end - 1))  # a raised letter tells nothing
        return Line(start, end, *box, size, source.bold(start) and source.bold(end - 1))

    parts = list(visual(source, 0, len(source.text)))
    found = [line(*each) for each in parts]
    columns = tables.starts(found)
    gutter = _has_gutter(source, parts, found)
    numbered = [bool(NUMBER.match(source.text, start)) for start, *_ in parts]
    counted = sum(numbered) >= SAMPLED
    for index, ((start, end, left, right), whole) in enumerate(zip(parts, found, strict=True)):
        wide = gutter or (counted and numbered[index]) or whole.x1 - whole.x0 > WIDE * whole.size * (end - start)
        if wide or any(whole.x0 + whole.size < x < whole.x1 - whole.size for x in columns):
            spans = _cells(source, (start, end, left, right), whole.size)
            if len(spans) > 1:
                found[index] = whole._replace(cells=tuple(line(*each) for each in spans))
    return found


def _has_gutter(source: Source, parts: Sequence[Measured], lines: Sequence[Line]) -> bool:
    """Do many long lines have a wide gap at the same place, as columns that are drawn line by line across the page do?"""
    if len(lines) < LEAST:
        return False
    right = max(line.x1 for line in lines)
    left = min(line.x0 for line in lines)
    long = [(part, line) for part, line in zip(parts, lines, strict=True) if line.x1 - line.x0 > 0.7 * (right - left)]
    if 2 * len(long) < len(lines):
        return False
    sample = long[:: max(1, len(long) // SAMPLED)][:SAMPLED]
    ends = [{round(cell[3][2] / 12) for cell in _cells(source, part, line.size)[:-1]} for part, line in sample]
    nearby = [{place + step for place in found for step in (-1, 0, 1)} for found in ends]
    return any(2 * sum(place in found for found in nearby) >= len(sample) for place in set().union(*ends))


def _cells(source: Source, line: Measured, size: float) -> list[Measured]:
    """The parts of a line between gaps that are too wide for blanks; a mark stays with its item."""
    text, box, (start, end, left, last) = source.text, source.box, line
    across = 0 if abs(last[0] - left[0]) > abs(last[1] - left[1]) else 1  # 1: on a page that is shown turned
    spans, gaps = [], []
    begin, first = start, left
    for blanks in BLANKS.finditer(text, start, end):
        above, below = box(blanks.start() - 1), box(blanks.end())
        gaps.append(max(below[across] - above[across + 2], above[across] - below[across + 2]))
        if gaps[-1] > tables.CELL_GAP * size and not MARK.fullmatch(text, begin, blanks.start()):
            spans.append((begin, blanks.start(), first, above))
            begin, first = blanks.end(), below
    # Wide blanks that are all alike are those of justified text.
    justified = len(gaps) > 1 and max(gaps) - min(gaps) < 0.2 * size
    return [line] if justified else [*spans, (begin, end, first, last)]


def visual(source: Source, start: int, end: int) -> Iterator[Measured]:
    """The non-blank lines of `[start:end)` of pdfium's text, with the boxes of their first and last characters.

    A line ends at a line end or after a hyphen mark. Those are parted that pdfium put on one line though they stand apart,
    as a footer and a page number.
    """
    for first, last in _spans(source.text, start, end):
        left, right = source.box(first), source.box(last - 1)
        if not _apart(left, right):
            yield first, last, left, right
            continue
        begin = above = first
        for match in WORD_START.finditer(source.text, first, last):
            if _apart(source.box(above), source.box(match.start())):
                stop = begin + len(source.text[begin : match.start()].rstrip())
                yield begin, stop, source.box(begin), source.box(stop - 1)
                begin = match.start()
            above = match.start()
        yield begin, last, source.box(begin), right


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in VISUAL_LINE.finditer(text, start, end):
        piece = match[0]
        if words := piece.strip():
            first = match.start() + len(piece) - len(piece.lstrip())
            yield first, first + len(words)


def _apart(a: Box, b: Box) -> bool:
    """Do two characters share neither a line nor, in turned text, a column?"""
    return (a[1] >= b[3] or b[1] >= a[3]) and (a[0] >= b[2] or b[0] >= a[2])


def turning(page: pdfium.PdfPage) -> Turn:
    """Turns a box (left, bottom, right, top) of the page's own coordinates into the displayed page's, origin top left."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    if rotation == 90:
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if rotation == 180:
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if rotation == 270:
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)
