# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Measured lines of a PDF page -> the runs of rows that are tables, and those that are columns of running text.

pdfium gives a table row by row and cell by cell, so a row is a slice of the text: cells that stand beside each other and
go on in one direction. Tables and parallel columns look alike; the cells of a table are short. It does not know ruled
lines, nor rows that are drawn line by line across their cells: each of their lines is a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from wazi.types import Box

LONGEST_CELL = 60
"""Mean characters a cell. The samples' tables have 20 to 55, a notice in three columns 80, a gazette's columns 100 and more."""
SHORT_CELL = 20
"""Mean characters of the shortest cell of each row: where it is a fee or a date, the others may be twice as long."""
CELL_GAP = 1.2
"""Font sizes between two cells on one line; blanks of justified text and after list marks stay below."""
ROW_GAP = 3.0
"""Font sizes between two rows of a table, at most."""
NAME = re.compile(r"[^\W\d_a-z]\w{2,}|\d+")
"""A name or a number: what a text has in common with its translations."""

Edges = Sequence[tuple[float, float]]


class Line(NamedTuple):
    """A line of text: span in the document's text, displayed box in points, font size in points, all bold or not.

    `cells` are its parts where gaps part it, else empty.
    """

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    cells: tuple[Line, ...] = ()


class Cell:
    """Lines right below each other, and the box around them."""

    def __init__(self, line: Line) -> None:
        self.lines = [line]
        self.box = line[2:6]

    def goes_on(self, line: Line, leading: float) -> bool:
        """Does the line stand right below, in the same size?"""
        above, size = self.lines[-1], line.size
        over = line.x0 < self.box[2] and line.x1 > self.box[0]
        return over and -0.8 * size < line.y0 - above.y1 < leading + 0.35 * size and abs(size - above.size) < 0.1 * size

    def add(self, line: Line) -> None:
        """Take the line."""
        self.lines.append(line)
        self.box = _union(self.box, line[2:6])


class Row(NamedTuple):
    """Cells in the order of the text, and the box around them."""

    cells: list[Cell]
    box: Box

    @property
    def lines(self) -> list[Line]:
        """All its lines in the order of the text."""
        return [line for cell in self.cells for line in cell.lines]

    @property
    def edges(self) -> list[tuple[float, float]]:
        """Left and right of its cells, from the left."""
        return sorted((cell.box[0], cell.box[2]) for cell in self.cells)


class Run(NamedTuple):
    """Rows that stand below each other. `table` tells a table from columns of text, `translated` columns in languages.

    `head`: the first row is known to name the columns.
    """

    rows: list[Row]
    table: bool
    translated: bool
    head: bool = False


def runs(text: str, lines: Sequence[Line], leading: float) -> Iterator[Run]:
    """The runs of at least two rows of at least two cells each, in order; `leading`: points between lines of a cell."""
    found: list[Row] = []
    for row in _rows(text, _cells(text, lines, leading)):
        if found and not (len(row.cells) > 1 and _follows(text, found[-1], row)):
            yield from _run(text, found)
            found = []
        if len(row.cells) > 1:
            found.append(row)
    yield from _run(text, found)


def _run(text: str, rows: list[Row]) -> Iterator[Run]:
    if len(rows) < 2:
        return
    texts = [[text[cell.lines[0].start : cell.lines[-1].end] for cell in row.cells] for row in rows]
    lengths = [[len(words) for words in row] for row in texts]
    mean = sum(map(sum, lengths)) / sum(map(len, lengths))
    narrowest = sum(map(min, lengths)) / len(rows)
    short = mean <= LONGEST_CELL or (narrowest <= SHORT_CELL and mean <= 2 * LONGEST_CELL)
    # Names of columns and headings share nothing; short cells may share a number by chance.
    translated = sum(map(_translated, texts)) > len(texts) / (2 if short else 3)
    yield Run(rows, short and not translated, translated)


def _translated(cells: Sequence[str]) -> bool:
    """Is there a name or a number that all cells share? So it is with one text in several languages."""
    shared = set.intersection(*(set(NAME.findall(words)) for words in cells))
    return bool(shared) and all(any(char.isalpha() for char in words) for words in cells)


def _cells(text: str, lines: Sequence[Line], leading: float) -> Iterator[Cell]:
    cell: Cell | None = None
    for line in lines:
        for index, piece in enumerate(line.cells or (line,)):
            if (
                cell
                and _adjacent(text, cell.lines[-1], piece)
                and cell.goes_on(piece, leading)
                and (index or not line.cells or _begins(cell, line))
            ):
                cell.add(piece)
                continue
            if cell:
                yield cell
            cell = Cell(piece)
    if cell:
        yield cell


def _begins(cell: Cell, line: Line) -> bool:
    """Does the cell end with the first part of this line, with the other cells of its row beside it?"""
    (x0, _, x1, _), following = cell.box, line.cells[1]
    return x1 <= following.x0 or x0 >= following.x1


def _rows(text: str, cells: Iterable[Cell]) -> Iterator[Row]:
    row: Row | None = None
    for cell in cells:
        if row and _adjacent(text, row.cells[-1].lines[-1], cell.lines[0]) and _beside(row, cell):
            row = Row([*row.cells, cell], _union(row.box, cell.box))
            continue
        if row:
            yield row
        row = Row([cell], cell.box)
    if row:
        yield row


def _adjacent(text: str, above: Line, line: Line) -> bool:
    """Is there nothing between, as a running header that is in no line?"""
    return not text[above.end : line.start].strip()


def _beside(row: Row, cell: Cell) -> bool:
    """Does the cell stand next to all others, on the side to which they go on?"""
    (left, top, right, bottom), (x0, y0, x1, y1) = row.box, cell.box
    if min(bottom, y1) - max(top, y0) < 0.3 * min(bottom - top, y1 - y0):
        return False
    if len(row.cells) == 1:
        return x0 >= right or x1 <= left
    rightwards = row.cells[1].box[0] > row.cells[0].box[0]
    return x0 >= right if rightwards else x1 <= left


def _follows(text: str, above: Row, row: Row) -> bool:
    size = row.cells[0].lines[0].size
    near = -0.8 * size < row.box[1] - above.box[3] < ROW_GAP * size
    adjacent = _adjacent(text, above.cells[-1].lines[-1], row.cells[0].lines[0])
    numbers = all(any(char.isdigit() for char in text[r.lines[-1].start : r.lines[-1].end]) for r in (above, row))
    return near and adjacent and aligned(above.edges, row.edges, 0.2 * size, numbers=numbers)


def aligned(above: Edges, row: Edges, most: float, *, numbers: bool) -> bool:
    """Are columns of two rows the same, up to `most` points? Or do three of each stand below each other?

    The outer edges prove nothing, those of justified text agree too; at the right those of `numbers` do.
    """
    pairs = [(a, b) for a, one in enumerate(above) for b, two in enumerate(row) if one[0] < two[1] and two[0] < one[1]]
    if min(len({a for a, _ in pairs}), len({b for _, b in pairs})) > 2:
        return True
    for a, b in pairs:
        left, right = abs(above[a][0] - row[b][0]), abs(above[a][1] - row[b][1])
        inner = a < len(above) - 1 and b < len(row) - 1
        if (left < most and a > 0 and b > 0) or (right < most and (inner or numbers)):
            return True
    return False


def starts(lines: Sequence[Line]) -> set[float]:
    """Where lines begin that stand beside the line before them: a page without any has no columns."""
    return {b.x0 for a, b in pairwise(lines) if b.y0 < a.y1 - 0.5 * b.size and (b.x0 >= a.x1 or b.x1 <= a.x0)}


def around(lines: Sequence[Line]) -> Box:
    """The box around lines."""
    return (
        min(line.x0 for line in lines),
        min(line.y0 for line in lines),
        max(line.x1 for line in lines),
        max(line.y1 for line in lines),
    )


def _union(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
