# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The words and rules in the box of a table -> its rows, columns and cells.

Where all cells are ruled the rules decide (`wazi.parse.lattice`). Else columns are what white space and rules part from top to
bottom; rows are lines of text, put together where words go on on the next line; what stands above the first rule that goes
all across, or above the first figures, is the head. It does not know where on a page tables are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from wazi.parse import columns as cols
from wazi.parse.bands import FIXED_GAP, GAP, Bit, Chunk, bands, chunks, fixed_width, is_figure
from wazi.parse.columns import Column
from wazi.parse.lattice import Lattice
from wazi.parse.rules import Drawn, Rule, Rules
from wazi.parse.table_cells import Grid, GridCell, Stack, levelled, made, without_overlaps
from wazi.types import Box

LEADING = 1.4
"""Times the distance between lines that is between the head and the rows of a table without rules."""


class _Piece(NamedTuple):
    chunk: Chunk
    band: int
    first: int
    last: int


def grid(words: Sequence[Bit], drawn: Drawn, box: Box) -> Grid | None:
    """The table made of `words`; None if they are not at least two columns."""
    for found in drawn:
        lattice = Lattice(found, words, box)
        if lattice.whole():
            return _of_lattice(lattice, box)
    return _of_text(words, drawn.ruled if drawn.ruled.across else drawn.edged, box)


def _of_lattice(lattice: Lattice, box: Box) -> Grid | None:
    filled = [(place, found) for place, found in lattice.places.items() if found]
    cells = [GridCell(found, place) for place, found in filled]
    rows, columns = sorted({p[0] for p, _ in filled}), sorted({p[2] for p, _ in filled})
    placed = [
        GridCell(cell.words, (_low(rows, p[0]), _high(rows, p[1]), _low(columns, p[2]), _high(columns, p[3])))
        for cell in cells
        for p in (cell.place,)
    ]
    return made(placed, None, box)


def _low(kept: Sequence[int], index: int) -> int:
    return next(i for i, each in enumerate(kept) if each >= index)


def _high(kept: Sequence[int], index: int) -> int:
    return max(i for i, each in enumerate(kept) if each <= index)


def _of_text(words: Sequence[Bit], rules: Rules, box: Box) -> Grid | None:
    x0, y0, x1, y1 = box
    walls = [r for r in rules.down if x0 - 2 <= r.at <= x1 + 2 and r.start < y1 and r.end > y0]
    shelves = [r for r in rules.across if y0 - 3 <= r.at <= y1 + 3 and r.start < x1 and r.end > x0]
    gap = FIXED_GAP if fixed_width(words) else GAP
    lines = [chunks(band, walls, gap) for band in bands(words)]
    found = cols.columns(lines, walls, box)
    if len(found) < 2:
        return None
    blank = cols.blank(lines)
    lines = [cols.parted(line, found, blank) for line in lines]
    table = _Table(lines, found, walls, shelves, box)
    return made(table.cells(), table.head_rows, box)


class _Table:
    """Bands of chunks in known columns, on their way to cells."""

    def __init__(
        self,
        lines: Sequence[Sequence[Chunk]],
        columns: Sequence[Column],
        walls: Sequence[Rule],
        shelves: Sequence[Rule],
        box: Box,
    ) -> None:
        self.columns, self.walls, self.box = columns, walls, box
        self.lines = lines
        self.middles = [median((c.y0 + c.y1) / 2 for c in line) for line in lines]
        self.shelves = [s for s in shelves if not self._underlines(s)]
        self.ruled = [self._ruled(index) for index in range(len(lines) - 1)]
        self.head = self._head()
        self.head_rows = 0
        self.pieces = [
            [_Piece(c, index, *self._range(line, c, index)) for c in line] for index, line in enumerate(lines)
        ]

    def _underlines(self, shelf: Rule) -> bool:
        for line in self.lines:
            for piece in line:
                height = piece.y1 - piece.y0
                if piece.y1 - 0.35 * height < shelf.at < piece.y1 + 0.15 * height and (
                    abs(shelf.start - piece.x0) < 2 and abs(shelf.end - piece.x1) < 2
                ):
                    return True
        return False

    def _ruled(self, index: int) -> list[bool]:
        """By column: is there a rule between this band and the next?"""
        top, bottom = self.middles[index], self.middles[index + 1]
        between = [s for s in self.shelves if top < s.at < bottom]
        return [
            any(
                s.start - 2 <= column.middle <= s.end + 2 and s.end - s.start > 0.6 * (column.x1 - column.x0)
                for s in between
            )
            for column in self.columns
        ]

    def _all_across(self, index: int) -> bool:
        return sum(self.ruled[index]) >= max(2, 0.8 * len(self.columns))

    def _head(self) -> int:
        """How many bands are the head."""
        stops = [index for index in range(len(self.ruled)) if self._all_across(index)]
        stops = [index for index in stops if self.ruled[index][0]] or stops
        if stops and not self._has_data(0, stops[0] + 1):
            return stops[0] + 1
        for index, line in enumerate(self.lines[:12]):
            rest = [c for c in line if c.x0 > self.columns[0].x1]
            figures = sum(is_figure(c.text) for c in rest)
            if rest and figures >= 0.5 * len(rest) and not self._is_years(index):
                return min(index, self._first_lines())
        return min(self._first_lines(), len(self.lines) - 1) or 1

    def _first_lines(self) -> int:
        """How many bands there are before the first white space that is wider than between lines."""
        pitches = [b - a for a, b in pairwise(self.middles)]
        least = min((p for p in pitches if p > 0.75 * self._height(0)), default=0.0)
        wide = (i for i, p in enumerate(pitches) if p > LEADING * least and not any(self.ruled[i]))
        first = next(wide, None)
        if first is None:
            return len(self.lines)
        return first + 1

    def _is_years(self, index: int) -> bool:
        texts = [c.text for c in self.lines[index] if is_figure(c.text)]
        return bool(texts) and all(_is_year(text) for text in texts) and not self._is_yearly(index)

    def _is_yearly(self, index: int) -> bool:
        """Do years stand below these too?"""
        following = self.lines[index + 1] if index + 1 < len(self.lines) else []
        return any(_is_year(c.text) for c in following)

    def _has_data(self, first: int, stop: int) -> bool:
        """Have at least two of these bands figures in one column?"""
        seen: dict[int, int] = {}
        for index in range(first, stop):
            for piece in self.lines[index]:
                column = cols.nearest(self.columns, piece)
                if column > 0 and is_figure(piece.text):
                    seen[column] = seen.get(column, 0) + 1
        return any(count > 1 for count in seen.values())

    def _range(self, line: Sequence[Chunk], piece: Chunk, index: int) -> tuple[int, int]:
        """First and last column of a chunk."""
        over = [i for i, c in enumerate(self.columns) if _covers(piece, c)]
        first, last = (over[0], over[-1]) if over else (cols.nearest(self.columns, piece),) * 2
        alone = len(line) == 1 and index >= self.head
        if alone and self._is_in_the_middle(piece):
            return 0, len(self.columns) - 1
        crossed = sum(piece.x0 < c.x1 - 0.5 and piece.x1 > c.x0 + 0.5 for c in self.columns)
        centred = alone and piece.x0 > self.columns[0].x1 and (crossed != 1 or not over)
        if index >= self.head and not centred:
            if first < last and first == 0 and alone:
                return (0, 0)  # words before a group of rows run over the columns beside them
            return (first, last)
        if index < self.head and (walled := self._between_walls(line, piece)):
            return walled
        if index < self.head and (ruled := self._over_rule(line, piece)):
            return min(first, ruled[0]), max(last, ruled[1])
        if centred or last > first or not over or self._is_apart(index, piece, first):
            return self._centred(line, piece, first, last)
        return first, last

    def _is_in_the_middle(self, piece: Chunk) -> bool:
        """Does a line stand in the middle of the table, as the name of a group of rows, and not of a column?"""
        size = piece.words[0].size
        middle = (self.columns[0].x0 + self.columns[-1].x1) / 2
        if abs(piece.middle - middle) > size or piece.x0 < self.columns[0].x0 + 2 * size or is_figure(piece.text):
            return False
        own = self.columns[cols.nearest(self.columns, piece)]
        return min(abs(piece.x0 - own.x0), abs(piece.x1 - own.x1)) > 2

    def _is_apart(self, index: int, piece: Chunk, column: int) -> bool:
        """Does a word of the head stand above no word of its column, but above two columns and more?"""
        below = [c for line in self.lines[index + 1 : self.head] for c in line]
        own = [c for c in below if cols.nearest(self.columns, c) == column]
        if not own or len({cols.nearest(self.columns, c) for c in below}) < 3:
            return False
        first = own[0]
        return min(abs(first.x0 - piece.x0), abs(first.x1 - piece.x1), abs(first.middle - piece.middle)) > 5

    def _between_walls(self, line: Sequence[Chunk], piece: Chunk) -> tuple[int, int] | None:
        """The columns between the rules beside this chunk, if no other one is there."""
        at = (piece.y0 + piece.y1) / 2
        walls = sorted(w.at for w in self.walls if w.start - 1 <= at <= w.end + 1)
        if len(walls) < 2:
            return None
        left = max((x for x in walls if x <= piece.middle), default=self.box[0] - 9)
        right = min((x for x in walls if x > piece.middle), default=self.box[2] + 9)
        if any(c is not piece and left < c.middle < right for c in line):
            return None
        inside = [i for i, c in enumerate(self.columns) if left < c.middle < right]
        return (inside[0], inside[-1]) if inside else None

    def _over_rule(self, line: Sequence[Chunk], piece: Chunk) -> tuple[int, int] | None:
        """The columns above which a rule goes on below this chunk, if it ends inside of the table."""
        height = piece.y1 - piece.y0
        for shelf in self.shelves:
            if not (piece.y1 - 0.4 * height < shelf.at < piece.y1 + 0.9 * height):
                continue
            if shelf.start > piece.x0 + 2 or shelf.end < piece.x1 - 2:
                continue
            if any(c is not piece and shelf.start < c.middle < shelf.end for c in line):
                continue
            under = [i for i, c in enumerate(self.columns) if shelf.start - 2 <= c.middle <= shelf.end + 2]
            if under and len(under) < len(self.columns):
                return under[0], under[-1]
        return None

    def _centred(self, line: Sequence[Chunk], piece: Chunk, first: int, last: int) -> tuple[int, int]:
        """The widest run of columns around the chunk whose middle is its own, up to the chunks beside it."""
        low = max((cols.nearest(self.columns, c) + 1 for c in line if c.x1 <= piece.x0), default=0)
        high = min((cols.nearest(self.columns, c) - 1 for c in line if c.x0 >= piece.x1), default=len(self.columns) - 1)
        low, high = min(low, first), max(high, last)
        best, off = (first, last), 1e9
        for a in range(low, first + 1):
            for b in range(last, high + 1):
                away = abs((self.columns[a].x0 + self.columns[b].x1) / 2 - piece.middle)
                if away < off - 1:
                    best, off = (a, b), away
        return best

    def cells(self) -> list[GridCell]:
        """Head and body, with rows counted from the top."""
        head = self._head_cells()
        self.head_rows = max((cell.place[1] for cell in head), default=-1) + 1
        return [*head, *self._body_cells(self.head_rows)]

    def _head_cells(self) -> list[GridCell]:
        stacks: list[list[_Piece]] = []
        for piece in (p for pieces in self.pieces[: self.head] for p in pieces):
            above = [s for s in stacks if s[0].first <= piece.last and s[0].last >= piece.first]
            last = max(above, key=lambda s: s[-1].band, default=None)
            alike = last is not None and (last[0].first, last[0].last) == (piece.first, piece.last)
            if last and alike and self._stacked(last[-1], piece):
                last.append(piece)
            else:
                stacks.append([piece])
        return levelled(
            [Stack([w for p in own for w in p.chunk.words], own[0].band, own[0].first, own[0].last) for own in stacks]
        )

    def _stacked(self, above: _Piece, piece: _Piece) -> bool:
        if any(any(self.ruled[i][piece.first : piece.last + 1]) for i in range(above.band, piece.band)):
            return False
        return above.band == piece.band or piece.chunk.y0 - above.chunk.y1 < 0.9 * (piece.chunk.y1 - piece.chunk.y0)

    def _body_cells(self, first_row: int) -> list[GridCell]:
        cells = []
        groups = self._rows()
        for row, group in enumerate(groups):
            held: dict[tuple[int, int], list[Bit]] = {}
            for index in group:
                for piece in self.pieces[index]:
                    held.setdefault((piece.first, piece.last), []).extend(piece.chunk.words)
            for (first, last), words in without_overlaps(held).items():
                cells.append(GridCell(words, (first_row + row, first_row + row, first, last)))
        return self._reaching(cells, groups, first_row)

    def _reaching(self, cells: Sequence[GridCell], groups: Sequence[Sequence[int]], first_row: int) -> list[GridCell]:
        """Cells with the rows below and above them from which no rule parts them, where rules part the cells beside them."""
        filled = {(cell.place[0], k) for cell in cells for k in range(cell.place[2], cell.place[3] + 1)}
        found = []
        for words, (row, _, first, last) in cells:
            ends = [row, row]
            for side, step in ((0, -1), (1, 1)):
                while self._is_open(groups, ends[side] + min(step, 0) - first_row, first, last) and not any(
                    (ends[side] + step, k) in filled for k in range(first, last + 1)
                ):
                    ends[side] += step
            found.append(GridCell(words, (ends[0], ends[1], first, last)))
        return found

    def _is_open(self, groups: Sequence[Sequence[int]], row: int, first: int, last: int) -> bool:
        """Do rules part the rows `row` and `row + 1` of the body, but not in these columns?"""
        if not 0 <= row < len(groups) - 1:
            return False
        ruled = [any(here) for here in zip(*self.ruled[groups[row][-1] : groups[row + 1][0]], strict=True)]
        return any(ruled) and not any(ruled[first : last + 1])

    def _rows(self) -> list[list[int]]:
        """The bands of each row of the body."""
        slabs: list[list[int]] = []
        for index in range(self.head, len(self.lines)):
            if slabs and not (index > 0 and any(self.ruled[index - 1])):
                slabs[-1].append(index)
            else:
                slabs.append([index])
        walled = len(slabs) > (2 if self.walls else 3)
        rows: list[list[int]] = []
        for slab in slabs:
            if len(slab) > 1 and walled and not self._has_rows(slab):
                rows.append(slab)
            else:
                rows += self._split(slab)
        return rows

    def _has_rows(self, slab: Sequence[int]) -> bool:
        return self._has_data(slab[0], slab[-1] + 1)

    def _split(self, slab: Sequence[int]) -> list[list[int]]:
        if spaced := self._spaced(slab):
            return spaced
        rows: list[list[int]] = []
        pitches = [b - a for a, b in pairwise(self.middles[self.head :])]
        tight = 1.25 * min(pitches, default=0.0)
        for index in slab:
            if rows and self._goes_on(rows[-1], index, tight):
                rows[-1].append(index)
            else:
                rows.append([index])
        return rows

    def _spaced(self, slab: Sequence[int]) -> list[list[int]]:
        """Rows that white space parts, as where cells have several lines each; nothing if it parts groups of rows."""
        pitches = [self.middles[b] - self.middles[a] for a, b in pairwise(slab)]
        tight = 1.25 * min((p for p in pitches if p > 0.75 * self._height(slab[0])), default=0.0)
        wide = sum(pitch > tight for pitch in pitches)
        if wide < 2 or wide < 0.2 * len(pitches) or wide == len(pitches):
            return []
        groups = [[slab[0]]]
        for pitch, index in zip(pitches, slab[1:], strict=True):
            if pitch > tight:
                groups.append([])
            groups[-1].append(index)
        rest = [index for group in groups for index in group[1:]]
        going_on = sum(self._looks_continued(index) for index in rest)
        data = sum(self._has_rows(group) for group in groups)
        return groups if 2 * going_on >= len(rest) and data <= 0.1 * len(groups) else []

    def _looks_continued(self, index: int) -> bool:
        pieces = self.pieces[index]
        lower = any(p.chunk.text[:1].islower() for p in pieces)
        return lower or all(p.first > 0 for p in pieces) or len({p.first for p in pieces}) < len(self.columns) / 2

    def _goes_on(self, row: Sequence[int], index: int, tight: float) -> bool:
        """Is the band a further line of the row's cells?"""
        apart = self.middles[index] - self.middles[row[-1]]
        if apart < 0.75 * self._height(index) and not self._columns_of(index) & self._columns_of(row[-1]):
            return True
        if apart > tight:
            return False
        above = [p for i in row for p in self.pieces[i]]
        here = self.pieces[index]
        before, now = {p.first for p in above}, {p.first for p in here}
        figures = any(is_figure(p.chunk.text) for p in here if p.first > 0)
        label = next((p for p in here if p.first == 0), None)
        lower = label is not None and label.chunk.text[:1].islower()
        if before == {0} and len(row) < 4 and lower and len(now) > 1:
            return True
        if figures:
            return False
        if label is None:
            return now <= before
        return lower or (len(now) > 1 and now <= before and self._indented(above, label))

    def _columns_of(self, index: int) -> set[int]:
        return {i for p in self.pieces[index] for i in range(p.first, p.last + 1)}

    def _height(self, index: int) -> float:
        return median(c.y1 - c.y0 for c in self.lines[index])

    def _indented(self, above: Sequence[_Piece], label: _Piece) -> bool:
        return label.chunk.x0 > min(p.chunk.x0 for p in above if p.first == 0) + 2


def _covers(piece: Chunk, column: Column) -> bool:
    """Does a chunk take a column, rather than reach over its side?"""
    over = min(column.x1, piece.x1) - max(column.x0, piece.x0)
    return over > 0.5 * min(column.x1 - column.x0, piece.x1 - piece.x0)


def _is_year(text: str) -> bool:
    return len(text) in (4, 7) and text[:2] in ("18", "19", "20") and text[:4].isdigit()
