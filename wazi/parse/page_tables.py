# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A page of a PDF -> its tables, with cells as lines of text; and its lines with those of tables row by row, cell by cell.

A file may draw the cells of a row line by line across the page. Here each cell is whole, so that a row is one slice of the
text, and the first column to be read comes first: the rightmost one in scripts that are written from the right. It knows
one page: `wazi.parse.layout` lets a table go on from the page before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium

from wazi.parse import tables
from wazi.parse.bands import Bit, around, bands, bits, is_figure
from wazi.parse.find import find as grids
from wazi.parse.find import may_hold
from wazi.parse.glyphs import RIGHT_TO_LEFT, Source
from wazi.parse.lines import Turn
from wazi.parse.rules import drawn
from wazi.parse.table_cells import Grid, GridCell
from wazi.parse.tables import Line, Run
from wazi.types import Box, Cell, Table

YEAR = re.compile(r"(?:18|19|20)\d\d(?:\W\d\d(?:\d\d)?)?")
DRAWN = 0.8
"""Share of rows that a file draws from the right."""
LETTER = re.compile(r"[^\W\d_]")


class FoundCell(NamedTuple):
    """A cell: its lines, first row and column, how many rows and columns it takes, and the box around its words."""

    lines: tuple[Line, ...]
    row: int
    column: int
    rows: int
    columns: int
    box: Box
    figures: bool
    """Are there digits in it?"""


class Found(NamedTuple):
    """A table: its cells in the order in which they are read, how many rows are its head, and its box in points."""

    cells: tuple[FoundCell, ...]
    head: int
    box: Box

    def moved(self, rebased: Callable[[Line], Line]) -> Found:
        """The table with other offsets."""
        return self._replace(cells=tuple(c._replace(lines=tuple(map(rebased, c.lines))) for c in self.cells))

    @property
    def lines(self) -> list[Line]:
        """All lines, in the order in which they are read."""
        return [line for cell in self.cells for line in cell.lines]

    def table(self, page: int) -> Table:
        """As it is handed on; `page` is the 1-based number of its page."""
        cells = (Cell(c.lines[0].start, c.lines[-1].end, c.row, c.column, c.rows, c.columns, c.box) for c in self.cells)
        return Table(page, tuple(cells), self.head, self.box)

    def run(self) -> Run:
        """As rows of lines; the rows of the head are one. A head of one row is sure if it has few figures."""
        names = [cell for cell in self.cells if cell.row < self.head]
        sure = self.head > 1 or (self.head == 1 and 3 * sum(cell.figures for cell in names) < len(names))
        rows: dict[int, list[FoundCell]] = {}
        for cell in self.cells:
            rows.setdefault(max(0, cell.row - max(0, self.head - 1)), []).append(cell)
        return Run([_row(rows[index]) for index in sorted(rows)], table=True, translated=False, head=sure)


def find(source: Source, page: pdfium.PdfPage, turn: Turn, lines: Sequence[Line]) -> list[Found]:
    """The tables of a page, from the top; offsets are those of pdfium's text. `lines` are the measured ones of the page."""
    rules = drawn(page, turn)
    pieces = [piece for line in lines for piece in line.cells or (line,)]
    # To measure each word takes longer than all else, and most pages have nothing that could be a table.
    rough = [Bit(*piece[:7], source.text[piece.start : piece.end]) for piece in pieces]
    if not may_hold(rough, rules, page.get_size()):
        return []
    words = bits(source, turn)
    return [_found(grid, words, source) for grid in grids(words, rules, page.get_size())]


def placed(lines: Sequence[Line], found: Sequence[Found]) -> list[Line]:
    """The lines of a page in reading order with those of its tables in their place, one table after the other."""
    spans = sorted((line.start, line.end, index) for index, table in enumerate(found) for line in table.lines)
    result: list[Line] = []
    done: set[int] = set()
    for line in (piece for whole in lines for piece in (whole.cells if _cut(whole, spans) else (whole,))):
        inside = [span for span in spans if span[0] < line.end and span[1] > line.start]
        for index in dict.fromkeys(index for *_, index in inside):
            if index not in done:
                done.add(index)
                result += found[index].lines
        result += _left(line, inside) if inside else [line]
    for index, table in enumerate(found):
        if index not in done:
            result += table.lines
    return result


def _cut(line: Line, spans: Sequence[tuple[int, int, int]]) -> bool:
    return bool(line.cells) and any(start < line.end and end > line.start for start, end, _ in spans)


def _left(line: Line, inside: Sequence[tuple[int, int, int]]) -> list[Line]:
    """A line that is in a table only in part keeps its first words or its last ones: they are measured by the share."""
    first, last = min(start for start, *_ in inside), max(end for _, end, _ in inside)
    each = (line.x1 - line.x0) / max(line.end - line.start, 1)
    left = []
    if first - line.start > 1:
        left.append(line._replace(end=first - 1, x1=line.x0 + each * (first - 1 - line.start), cells=()))
    if line.end - last > 1:
        left.append(line._replace(start=last + 1, x0=line.x1 - each * (line.end - last - 1), cells=()))
    return left


def _row(cells: Sequence[FoundCell]) -> tables.Row:
    made = []
    for cell in cells:
        own = tables.Cell(cell.lines[0])
        for line in cell.lines[1:]:
            own.add(line)
        made.append(own)
    return tables.Row(made, tables.around([line for cell in cells for line in cell.lines]))


def _found(grid: Grid, words: Sequence[Bit], source: Source) -> Found:
    after = {a.end: b.start for a, b in pairwise(words)}
    mirrored = _is_mirrored(grid)
    cells = []
    for cell in grid.cells:
        top, bottom, left, right = cell.place
        column = grid.columns - 1 - right if mirrored else left
        lines = tuple(_lines(cell, after, source))
        cells.append(
            FoundCell(lines, top, column, bottom - top + 1, right - left + 1, around(cell.words), _has_digits(cell))
        )
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    return Found(ordered, 0 if grid.head == 1 and _begins_with_data(grid) else grid.head, grid.box)


def _has_digits(cell: GridCell) -> bool:
    return any(char.isdigit() for word in cell.words for char in word.text)


def _is_mirrored(grid: Grid) -> bool:
    """Is the first column the rightmost: in most letters, or in the order in which the file draws most rows?"""
    letters = LETTER.findall("".join(word.text for cell in grid.cells for word in cell.words))
    if 2 * sum(bool(RIGHT_TO_LEFT.match(letter)) for letter in letters) > len(letters):
        return True
    rows: dict[int, list[int]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.place[0], []).append(cell.words[0].start)
    several = [starts for starts in rows.values() if len(starts) > 1]
    return sum(starts == sorted(starts, reverse=True) for starts in several) > DRAWN * len(several)


def _begins_with_data(grid: Grid) -> bool:
    """Has the first row figures, no years, in all places beside its name, as a table that goes on from another page?"""
    texts = ["".join(word.text for word in cell.words) for cell in grid.cells if cell.place[0] == 0]
    return len(texts) > 1 and all(is_figure(text) and not YEAR.fullmatch(text) for text in texts[1:])


def _lines(cell: GridCell, after: dict[int, int], source: Source) -> Iterator[Line]:
    """The words of a cell as lines: words are of one line that follow each other in the file too."""
    for band in bands(cell.words):
        in_file = sorted(band, key=lambda word: word.start)
        joined = all(after.get(a.end) == b.start for a, b in pairwise(in_file))
        group: list[Bit] = []
        for word in in_file if joined else band:
            if group and after.get(group[-1].end) != word.start:
                yield _line(group, source)
                group = []
            group.append(word)
        yield _line(group, source)


def _line(words: Sequence[Bit], source: Source) -> Line:
    start, end = words[0].start, words[-1].end
    return Line(start, end, *around(words), words[0].size, source.bold(start) and source.bold(end - 1))
