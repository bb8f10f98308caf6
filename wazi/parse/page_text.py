# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A page's text as it is stored, made of pieces of pdfium's, and the way back from each stored character.

The pieces follow the reading order. Between two of them a hyphen that broke a word is left out, and the line end before a
raised letter. Everything else is `clean()` of pdfium's characters. Nothing has to be kept for the way back: the pieces
of a page follow from the page and its neighbours' words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from wazi.parse.clean import HYPHEN_MARK, clean, dropped, kept
from wazi.parse.hyphens import breaks
from wazi.parse.page_tables import Found
from wazi.parse.tables import Line

PAGE_BREAK = "\f"
HYPHENS = f"-\u00ad\u2010{HYPHEN_MARK}"


class Piece(NamedTuple):
    """Characters `[start:end)` of pdfium's text, and what is written after them."""

    start: int
    end: int
    joint: str = ""


class Layered(NamedTuple):
    """A page before its text is put together: pdfium's text and its lines in reading order, with offsets into it."""

    text: str
    lines: list[Line]
    tables: tuple[Found, ...] = ()


class PageText:
    """The stored text of a page (`text`) and where its characters come from."""

    def __init__(self, page: Layered, words: Callable[[], frozenset[str]]) -> None:
        self._source = page.text
        self._pieces = list(_pieces(page, words))
        parts = [_stored(page.text[piece.start : piece.end]) + piece.joint for piece in self._pieces]
        self._starts = [0]
        for part in parts:
            self._starts.append(self._starts[-1] + len(part))
        self.text = "".join(parts)
        self._by_source = sorted(range(len(self._pieces)), key=lambda index: self._pieces[index].start)
        self._sources = [self._pieces[index].start for index in self._by_source]
        self._gone = dropped(page.text)

    def rebased(self, line: Line, offset: int) -> Line:
        """The line with offsets into the document's text, in which this page starts at `offset`."""
        cells = tuple(self.rebased(cell, offset) for cell in line.cells)
        start = self._place(line.start)
        return line._replace(start=offset + start, end=offset + self._place(line.end - 1) + 1, cells=cells)

    def _place(self, index: int) -> int:
        """Where pdfium's character `index` is stored; one that is left out stands at its neighbour's."""
        if not self._pieces:
            return index
        at = self._by_source[max(0, bisect_left(self._sources, index + 1) - 1)]
        piece = self._pieces[at]
        index = min(index, piece.end - 1)
        gone = bisect_left(self._gone, index) - bisect_left(self._gone, piece.start)
        return self._starts[at] + index - piece.start - gone

    def sources(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of pdfium's text that `[start:end)` of the stored text was made of, in order."""
        for at, piece in enumerate(self._pieces):
            first, last = max(start, self._starts[at]), min(end, self._starts[at + 1])
            if first < last:
                places = kept(self._source[piece.start : piece.end])
                inside = places[first - self._starts[at] : last - self._starts[at]]
                if inside:
                    yield piece.start + inside[0], piece.start + inside[-1] + 1


def _stored(text: str) -> str:
    return clean(text).replace(PAGE_BREAK, " ")


def _pieces(page: Layered, words: Callable[[], frozenset[str]]) -> Iterator[Piece]:
    """Pieces in reading order. pdfium's own blanks and line ends go with the line they follow."""
    text, lines = page.text, page.lines
    stops = dict(pairwise([*sorted(line.start for line in lines), len(text)]))
    if not lines:
        yield Piece(0, len(text))
        return
    lead = min(line.start for line in lines)
    if lead:
        yield Piece(0, lead)
    for above, line in pairwise(lines):
        yield _joined(text, above, line, stops[above.start], words)
    yield Piece(lines[-1].start, stops[lines[-1].start])


def _joined(text: str, above: Line, line: Line, stop: int, words: Callable[[], frozenset[str]]) -> Piece:
    """The piece of `above`, ended as `line` after it demands."""
    in_order = line.start == stop
    broken = text[above.end - 1] in HYPHENS and text[above.end - 2 : above.end - 1].isalpha()
    if broken and _right_below(above, line):
        gone = breaks(text[above.start : above.end - 1], text[line.start : line.end], words())
        return Piece(above.start, above.end - gone)
    if on_one_line(above, line) and text[above.end : stop].strip(" ") != "":
        return Piece(above.start, above.end, "" if raised(above, line) else " ")
    if not in_order:
        return Piece(above.start, above.end, "\n")
    return Piece(above.start, stop, "" if not broken or "\n" in text[above.end : stop] else "\n")


def _right_below(above: Line, line: Line) -> bool:
    return line.x0 < above.x1 and line.x1 > above.x0 and -0.8 * line.size < line.y0 - above.y1 < 1.5 * line.size


def on_one_line(left: Line, right: Line) -> bool:
    """Does a line go on with `right`, as it does after a raised letter, though pdfium ended it?"""
    shared = min(left.y1, right.y1) - max(left.y0, right.y0)
    lower = min(left.y1 - left.y0, right.y1 - right.y0)
    gap = right.x0 - left.x1
    return shared > 0.3 * lower and -0.3 * lower < gap < 0.4 * max(left.size, right.size)


def raised(left: Line, right: Line) -> bool:
    """Is there no blank between the two?"""
    return right.x0 - left.x1 < 0.12 * max(left.size, right.size)


def whole(lines: Sequence[Line], tables: Sequence[Found] = ()) -> list[Line]:
    """The lines with those put together that go on behind a raised letter; its type does not count. Those of tables stay."""
    cells = {line.start for table in tables for line in table.lines}
    found: list[Line] = []
    held: Line | None = None
    for line in lines:
        free = found and line.start not in cells and found[-1].start not in cells
        if free and held and not line.cells and not found[-1].cells and on_one_line(held, line):
            first = found[-1]
            box = (min(first.x0, line.x0), min(first.y0, line.y0), max(first.x1, line.x1), max(first.y1, line.y1))
            found[-1] = Line(first.start, line.end, *box, max(first.size, line.size), first.bold and line.bold)
        else:
            found.append(line)
        held = line
    return found
