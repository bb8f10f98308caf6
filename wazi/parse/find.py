# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The words and rules of a page -> its tables.

The boxes come from `wazi.parse.regions`, rows and columns from `wazi.parse.grid`; here is told what is a table and what is a
chart, a frame, or one text in several languages. It does not know what a table says, nor those of other pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wazi.parse.bands import Bit
from wazi.parse.grid import grid
from wazi.parse.lattice import Lattice
from wazi.parse.regions import crossed, framed, has_short_cells, lines_of, shelved, stacks
from wazi.parse.rules import Drawn
from wazi.parse.table_cells import Grid
from wazi.parse.tables import NAME
from wazi.types import Box

FILLED = 0.5
"""Share of the places of a table without rules that have words."""
MOST_WORDS = 4.0
"""Mean words of a cell, in the same case."""
LANGUAGES = 4
"""Columns that one text in several languages has, at most."""


def find(words: Sequence[Bit], drawn: Drawn, size: tuple[float, float]) -> list[Grid]:
    """The tables of a page of `size` points, from the top."""
    found: list[Grid] = []
    left = list(words)
    boxes = crossed(drawn, size)
    lines = lines_of(left)
    wholes = [] if all(drawings for _, drawings in boxes) else stacks(lines, drawn.ruled.across)
    for box, drawings in boxes:
        inside, outside = _split(left, box)
        if not drawings and any(_goes_beyond(whole, box, inside) for whole in wholes):
            continue  # the shade behind a head, or behind some rows
        if not drawings and not Lattice(drawn.edged, inside, box).whole():
            continue  # bars of a chart
        if inside and (table := grid(inside, drawn, box)) and _is_table(table):
            found.append(table)
            left = outside
    seen = len(words)
    for places in (framed, stacks):
        if len(left) < seen:
            lines, seen = lines_of(left), len(left)
        for box in places(lines, drawn.ruled.across):
            inside, outside = _split(left, box)
            if inside and (table := grid(inside, drawn, box)) and _is_table(table, shelved(box, drawn.ruled.across)):
                found.append(table)
                left = outside
    return sorted(found, key=lambda table: (table.box[1], table.box[0]))


def may_hold(pieces: Sequence[Bit], drawn: Drawn, size: tuple[float, float]) -> bool:
    """Could there be a table on the page? `pieces` are whole lines, or their parts where wide gaps part them."""
    lines = lines_of(pieces)
    return bool(crossed(drawn, size) or framed(lines, drawn.ruled.across) or stacks(lines, drawn.ruled.across))


def _goes_beyond(whole: Box, box: Box, inside: Sequence[Bit]) -> bool:
    """Does a table without rules take in most of a box of shades, and rows above or below?"""
    if min(whole[2], box[2]) - max(whole[0], box[0]) < 0.8 * (box[2] - box[0]) or not inside:
        return False
    if not whole[1] < (box[1] + box[3]) / 2 < whole[3]:
        return False
    return max(box[1] - whole[1], whole[3] - box[3]) > max(word.size for word in inside)


def _split(words: Iterable[Bit], box: Box) -> tuple[list[Bit], list[Bit]]:
    inside: list[Bit] = []
    outside: list[Bit] = []
    for word in words:
        x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
        (inside if box[0] <= x <= box[2] and box[1] <= y <= box[3] else outside).append(word)
    return inside, outside


def _is_table(table: Grid, ruled: bool = True) -> bool:
    """Has it at least two rows and columns, and enough cells filled? Without rules around it, names of rows or columns too?"""
    if table.rows < 2 or table.columns < 2:
        return False
    beside = {cell.place[0] for cell in table.cells if cell.place[2] > 0}
    if len(beside) < 2 or len(table.cells) < 4:
        return False
    if _is_translated(table):
        return False
    if ruled:
        return True
    filled = len(table.cells) / (table.rows * table.columns)
    texts = [" ".join(word.text for word in cell.words) for cell in table.cells if cell.place[2] > 0]
    short = has_short_cells(texts)
    wordy = sum(len(cell.words) for cell in table.cells) > MOST_WORDS * len(table.cells)
    across = sum(cell.place[3] > cell.place[2] and cell.place[0] >= table.head for cell in table.cells)
    if wordy or across > 0.15 * len(table.cells):
        return False
    return len(beside) > 2 and filled > FILLED and short and (_named(table, 0) or _named(table, 2))


def _is_translated(table: Grid) -> bool:
    """Are the cells of most rows the same in several languages: words around one name or number?"""
    if table.columns > LANGUAGES:
        return False
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.place[0], []).append(" ".join(word.text for word in cell.words))
    full = [cells for cells in rows.values() if len(cells) == table.columns]
    same = sum(
        bool(set.intersection(*(set(NAME.findall(text)) for text in cells)))
        and all(sum(map(str.isalpha, text)) > 5 for text in cells)
        for cells in full
    )
    return same > (0.5 if table.columns == 2 else 0.3) * len(full)


def _named(table: Grid, side: int) -> bool:
    """Do most cells of the first row (0) or column (2) begin with letters?"""
    names = [cell for cell in table.cells if cell.place[side] == 0]
    lettered = sum(any(map(str.isalpha, cell.words[0].text)) for cell in names)
    return 2 * lettered >= len(names) > 0
