# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Helpers of the parts: `Outline` keeps the path of headings, `Writer` joins pieces into a text with blocks and tables.

Pieces are separated by an empty line, rows of one table and items of one list by a line end, pages by a form feed. The names
of a table's columns are the last headings of its rows, and what stands beside several rows is repeated in each, so that every
row can be quoted by itself. They know no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from wazi.parse.clean import clean
from wazi.types import Block, BlockKind, Cell, Page, Parsed, Table

Level = tuple[float, ...]
CELL = " | "
PAGE = "\f"
LONGEST_REPEATED = 120
"""Characters of a cell beside several rows that are repeated in each of them."""
MOST_REPEATED = 64
"""Cells of one row that are repeated from above."""
MOST_COLUMNS = 16_384
MOST_DOWN = 1000
"""Cells that reach down into one row; of more, as only a trap has, the last are forgotten."""
SHORTEST_TITLE = 4
"""Letters."""
PROGRAM_TITLE = re.compile(
    r"^(?:microsoft (?:word|excel|powerpoint)\b|(?:activereports|word|new|untitled|scanned) (?:document|page)\b|untitled\b"
    r"|sans (?:titre|nom)\b|sin t[ií]tulo\b|(?:document|dokument|documento|page|slide|scan|title|powerpoint presentation)"
    r"[\s\d()]*$)|\.(?:docx?|xlsx?|pptx?|indd|pdf|qxd|wpd|rtf|odt|html?)$",
    re.I,
)


def squeeze(text: str) -> str:
    """The text with every run of blanks as one blank: how a heading stands in a path."""
    return " ".join(text.split())


def stated_title(text: str) -> str | None:
    """The title a file states, None where a program left its own words or the name of another file there."""
    title = squeeze(clean(text))
    worthless = PROGRAM_TITLE.search(title) or sum(char.isalpha() for char in title) < SHORTEST_TITLE
    return None if worthless else title


class Outline:
    """The path of headings in force; a smaller level is further out."""

    def __init__(self) -> None:
        self._open: list[tuple[Level, str]] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above what comes next, outermost first."""
        return tuple(text for _, text in self._open)

    def enter(self, text: str, level: Level) -> tuple[str, ...]:
        """Open a heading; returns the path above it. One that repeats a heading above it takes that one's place."""
        words = squeeze(text)
        for index, (outer, name) in enumerate(self._open):
            if name == words:
                del self._open[index:]
                level = outer
                break
        while self._open and not self._open[-1][0] < level:
            self._open.pop()
        above = self.path
        self._open.append((level, words))
        return above


class Slot(NamedTuple):
    """What stands in a cell, and how many rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1


class _Placed(NamedTuple):
    """A slot at its first column. `rows` is how many rows it still covers; `new`: it begins in this row."""

    column: int
    slot: Slot
    rows: int
    new: bool = True


class _Grid:
    """A table under way: where its cells stand."""

    def __init__(self, page: int | None) -> None:
        self.page = page
        self.cells: list[Cell] = []
        self.rows = self.head = 0
        self._down: list[_Placed] = []

    def place(self, slots: Sequence[Slot]) -> list[_Placed]:
        """The slots of the next row at their columns, between those that reach down from the rows above."""
        waiting, placed, column = self._down, [], 0
        for slot in slots:
            while waiting and waiting[0].column <= column:
                placed.append(waiting[0])
                column = max(column, waiting[0].column + waiting[0].slot.columns)
                waiting = waiting[1:]
            width = min(max(slot.columns, 1), MOST_COLUMNS)
            placed.append(_Placed(column, slot._replace(columns=width), max(slot.rows, 1)))
            column += width
        placed += waiting
        self._down = [_Placed(p.column, p.slot, p.rows - 1, new=False) for p in placed if p.rows > 1][:MOST_DOWN]
        return placed


class Writer:
    """Collects pieces in reading order and knows the offset of each."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._outline = Outline()
        self._columns: tuple[str, ...] = ()
        self._grids: list[_Grid] = []
        self._pages: list[Page] = []
        self._fresh = True

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def page(self, width: float, height: float) -> None:
        """Begin the next page, of that size in points. What stood above on another page is no heading here."""
        if self._pages:
            self._end_page()
            self._parts.append(PAGE)
            self._length += len(PAGE)
        self._pages.append(Page(len(self._pages) + 1, self._length, self._length, width, height))
        self._outline = Outline()
        self._fresh = True

    def heading(self, text: str, level: int) -> None:
        """Add a heading of level 0 (the title) and deeper; blank ones are ignored."""
        text = clean(text).strip()
        if text:
            self._add(text, BlockKind.HEADING, self._outline.enter(text, (level,)), "\n\n")

    def add(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, *, joined: bool = False) -> None:
        """Add a piece; `joined` puts it on the line after the last piece, as rows of one table are."""
        text = clean(text).strip()
        if text:
            self._add(text, kind, self._outline.path, "\n" if joined else "\n\n")

    def table(self) -> None:
        """Begin a table: the rows that follow are its own."""
        self._grids.append(_Grid(self._pages[-1].number if self._pages else None))
        self._columns = ()

    def row(self, cells: Sequence[str | Slot], *, head: bool = False) -> None:
        """Add a row of the table. A `head` above all others only names the columns; without one the first row does as well,
        unless it has numbers. Blank rows are ignored.
        """
        grid = self._grids[-1]
        placed = grid.place([Slot(cell) if isinstance(cell, str) else cell for cell in cells])
        words = _words(placed)
        joined = CELL.join(words)
        text = joined.rstrip(" |").strip()
        if not text:
            return
        first, head = not grid.rows, head and grid.head == grid.rows
        kind = BlockKind.HEADING if head else BlockKind.TABLE_ROW
        self._add(text, kind, (*self._outline.path, *self._columns), "\n\n" if first else "\n")
        self._note(grid, placed, words, self._length - len(text) - (len(joined) - len(joined.lstrip())))
        grid.rows += 1
        if head or (first and not any(char.isdigit() for char in text)):
            grid.head += 1
            self._columns = (*self._columns, squeeze(text))

    def parsed(self, *, title: str | None = None, language: str | None = None, problems: Sequence[str] = ()) -> Parsed:
        """What was collected."""
        if self._pages:
            self._end_page()
        tables = tuple(Table(grid.page, tuple(grid.cells), grid.head) for grid in self._grids if grid.cells)
        return Parsed(
            "".join(self._parts),
            tuple(self._blocks),
            tuple(self._pages),
            title=title,
            language=language,
            problems=tuple(problems),
            tables=tables,
        )

    def _note(self, grid: _Grid, placed: Sequence[_Placed], words: Sequence[str], at: int) -> None:
        """Remember the cells that begin in a row whose text, before it was trimmed, begins at `at`."""
        low, high = self._length - len("".join(self._parts[-1:])), self._length
        for each, text in zip(placed, words, strict=True):
            if each.new:
                start, end = (min(max(place, low), high) for place in (at, at + len(text)))
                size = each.slot.rows, each.slot.columns
                grid.cells.append(Cell(start, end, grid.rows, each.column, *size))
            at += len(text) + len(CELL)

    def _end_page(self) -> None:
        last = self._pages[-1]
        self._pages[-1] = Page(last.number, last.start, self._length, last.width, last.height)

    def _add(self, text: str, kind: BlockKind, path: tuple[str, ...], gap: str) -> None:
        if not self._fresh:
            self._parts.append(gap)
            self._length += len(gap)
        self._fresh = False
        page = self._pages[-1].number if self._pages else None
        self._blocks.append(Block(self._length, self._length + len(text), kind, page, path))
        self._parts.append(text)
        self._length += len(text)


def _words(placed: Sequence[_Placed]) -> list[str]:
    """The text of each cell of a row; that of a cell from above is repeated while it is short."""
    words, repeated = [], 0
    for each in placed:
        text = squeeze(clean(each.slot.text))
        if not each.new:
            repeated += 1
            text = text if len(text) <= LONGEST_REPEATED and repeated <= MOST_REPEATED else ""
        words.append(text)
    return words
