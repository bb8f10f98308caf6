# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Words with their rows and columns -> the cells of a table.

It does not know how rows and columns were found. A first row over all columns is the name of the table and a last one may be
a note: neither is a cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from wazi.parse.bands import Bit, bands
from wazi.parse.lattice import Place
from wazi.types import Box

NOTE = re.compile(r"[*†‡§¹²³]|(?:notes?|sources?|nota|fuentes?|fonte|chanzo)\b\s*[:.]", re.I)
"""How a note below a table begins: English, French, Spanish, Portuguese, Swahili."""
MOST_HEAD = 4
"""Rows that cells of a head go down over, at most."""


class GridCell(NamedTuple):
    """The words of a cell, and the rows and columns it takes."""

    words: list[Bit]
    place: Place


class Grid(NamedTuple):
    """A table: its cells with words, row by row, how many rows and columns it has, and how many rows are its head."""

    cells: list[GridCell]
    rows: int
    columns: int
    head: int
    box: Box


class Stack(NamedTuple):
    """Words of a head below each other: the band they begin in, their first and last column."""

    words: list[Bit]
    band: int
    first: int
    last: int


def made(cells: Sequence[GridCell], head: int | None, box: Box) -> Grid | None:
    """The table that cells make, without its name and its notes; None if nothing is left.

    `head` counts rows of the name too; None: as many rows as the cells of the first row take.
    """
    kept = _without_notes(sorted(cells, key=lambda cell: (cell.place[0], cell.place[2])))
    title = _title(kept)
    kept = [
        c._replace(place=(c.place[0] - title, c.place[1] - title, *c.place[2:])) for c in kept if c.place[0] >= title
    ]
    if not kept:
        return None
    if head is None:
        head = 1 + max(cell.place[1] for cell in kept if cell.place[0] == 0)
        head = head if head <= MOST_HEAD else 1
    else:
        head = max(head - title, min(head, 1))
    rows, columns = max(c.place[1] for c in kept) + 1, max(c.place[3] for c in kept) + 1
    return Grid(kept, rows, columns, min(head, rows - 1), box)


def _title(cells: Sequence[GridCell]) -> int:
    """How many rows at the top are one cell over all columns."""
    columns = max((c.place[3] for c in cells), default=0)
    rows = 0
    for cell, following in pairwise(cells):
        over = cell.place[2:] == (0, columns) and columns > 1
        if not over or cell.place[0] != rows or following.place[0] <= cell.place[1]:
            break
        rows = cell.place[1] + 1
    return rows


def _without_notes(cells: Sequence[GridCell]) -> Sequence[GridCell]:
    columns = max((c.place[3] for c in cells), default=0)
    while len(cells) > 1 and cells[-1].place[2:] == (0, columns) and columns > 0 and _is_note(cells[-1]):
        cells = cells[:-1]
    return cells


def _is_note(cell: GridCell) -> bool:
    words = " ".join(word.text for word in cell.words)
    return bool(NOTE.match(words)) or len(bands(cell.words)) > 2


def without_overlaps(held: dict[tuple[int, int], list[Bit]]) -> dict[tuple[int, int], list[Bit]]:
    """Cells of one row, by first and last column, with those put together that take a column twice."""
    merged: list[tuple[int, int, list[Bit]]] = []
    for (first, last), words in sorted(held.items()):
        if merged and merged[-1][1] >= first:
            a, b, before = merged.pop()
            merged.append((a, max(b, last), before + words))
        else:
            merged.append((first, last, words))
    return {(a, b): words for a, b, words in merged}


def levelled(stacks: Sequence[Stack]) -> list[GridCell]:
    """Cells of a head: each is a row below those above it, and reaches up and down to the next ones."""
    levels: list[int] = []
    for index, stack in enumerate(stacks):
        above = [
            levels[i]
            for i, other in enumerate(stacks[:index])
            if other.first <= stack.last and other.last >= stack.first and other.band < stack.band
        ]
        levels.append(max(above, default=-1) + 1)
    depth = max(levels, default=-1)
    cells = []
    for index, stack in enumerate(stacks):
        below = [
            levels[i]
            for i, other in enumerate(stacks)
            if other.first <= stack.last and other.last >= stack.first and levels[i] > levels[index]
        ]
        place = levels[index], min(below, default=depth + 1) - 1, stack.first, stack.last
        cells.append(GridCell(stack.words, place))
    return cells
