# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Cells of a sheet at their rows and columns -> tables, each row with the names of its columns, and the words above them.

Blank rows part the tables of a sheet, blank columns are dropped. A row of its own above a table is a heading if it is short.
It does not know files, nor tables that stand beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from wazi.parse.writer import Slot, Writer

MAX_CELLS = 200_000
"""Cells with something in them that are read of one file: the rest is stated to be left out."""
MAX_PLACES = 20 * MAX_CELLS
"""Rows times columns up to which blank cells keep their place."""
LONGEST_HEADING = 120
NUMBER = re.compile(r"\W*\d[\d\s.,:/%-]*\W*")
YEAR = re.compile(r"(?:19|20)\d\d")

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column; all inclusive."""


class Value(NamedTuple):
    """What a cell shows."""

    text: str
    number: bool = False
    bold: bool = False


class Row(NamedTuple):
    """A row that is not blank: its number and its cells by column."""

    number: int
    cells: Mapping[int, Value]


def too_many(what: str) -> str:
    """The problem to state when cells were left out."""
    return f"cells of {what} beyond {MAX_CELLS} were left out: split the file"


def looks_like_number(text: str) -> bool:
    """Is this a number, a date or a sum of money, rather than words?"""
    return NUMBER.fullmatch(text) is not None


def write(writer: Writer, rows: Sequence[Row], merges: Sequence[Merge] = (), *, level: int = 2) -> None:
    """Write the rows of a sheet, in order; `level` is that of the headings above its tables."""
    ahead = sorted(merges)
    for table in _tables(rows):
        last = table[-1].number
        own = [merge for merge in ahead if table[0].number <= merge[0] <= last]
        _write_table(writer, table, own, level)


def _tables(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Runs of rows without a blank one between them."""
    run: list[Row] = []
    for row in rows:
        if run and row.number > run[-1].number + 1:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _write_table(writer: Writer, rows: list[Row], merges: list[Merge], level: int) -> None:
    if max(len(row.cells) for row in rows) == 1:
        for row in rows:
            writer.add(next(iter(row.cells.values())).text)
        return
    while len(rows[0].cells) == 1:
        text = next(iter(rows[0].cells.values())).text
        if len(text) <= LONGEST_HEADING:
            writer.heading(text, level)
        else:
            writer.add(text)
        rows = rows[1:]
    columns = sorted({column for row in rows for column in row.cells})
    dense = len(rows) * len(columns) <= MAX_PLACES
    head = _head(rows, merges, len(columns))
    writer.table()
    covered = _Covered(merges)
    for count, row in enumerate(rows):
        covered.enter(row.number)
        slots = covered.slots(row, columns if dense else sorted(row.cells))
        writer.row(slots, head=count < head)


def _head(rows: list[Row], merges: list[Merge], columns: int) -> int:
    """How many of the first rows name the columns for sure."""
    first = rows[0]
    texts = [value.text for value in first.cells.values()]
    words = all(map(_names, first.cells.values())) and not all(value.number for value in first.cells.values())
    if len(rows) < 2 or not words or len(set(texts)) < len(texts):
        return 0
    own = [merge for merge in merges if merge[0] == first.number]
    deep = max((merge[2] - merge[0] + 1 for merge in own), default=1)
    if any(merge[3] > merge[1] for merge in own):
        deep = max(deep, 2)
    full = len(texts) * 2 > columns or deep > 1
    numbers = any(
        value.number and column in first.cells and _names(first.cells[column])
        for row in rows[1:20]
        for column, value in row.cells.items()
    )
    bold = all(value.bold for value in first.cells.values()) and not all(v.bold for v in rows[-1].cells.values())
    return min(deep, len(rows) - 1) if full and (bold or numbers) else 0


def _names(value: Value) -> bool:
    """Can this be the name of a column?"""
    return not value.number or YEAR.fullmatch(value.text) is not None


class _Covered:
    """Which columns of the row in hand belong to a cell that begins in a row above, or to the left."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        self._ahead = list(reversed(merges))
        self._open: list[Merge] = []
        self._row = 0

    def enter(self, row: int) -> None:
        """Go on to a row; rows come in order."""
        self._row = row
        self._open = [merge for merge in self._open if merge[2] >= row]
        while self._ahead and self._ahead[-1][0] <= row:
            merge = self._ahead.pop()
            if merge[2] >= row:
                self._open.append(merge)

    def slots(self, row: Row, columns: Sequence[int]) -> list[Slot]:
        """The cells that begin in the row, at the columns that are used."""
        spans = {merge[1]: merge for merge in self._open if merge[0] == row.number}
        gone = [(merge[1], merge[3]) for merge in self._open if merge[0] < row.number]
        slots, until = [], -1
        for column in columns:
            if column <= until or any(low <= column <= high for low, high in gone):
                continue
            text = row.cells[column].text if column in row.cells else ""
            rows = width = 1
            if column in spans:
                _, _, last, until = spans[column]
                width = sum(column <= other <= until for other in columns)
                rows = last - row.number + 1
            slots.append(Slot(text, rows, width))
        return slots
