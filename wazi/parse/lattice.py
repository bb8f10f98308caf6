# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A table whose cells are all ruled: the rules make a lattice, a missing piece of a rule joins two of its places.

It does not know tables whose rows are not ruled: there a place of the lattice holds many rows, which `whole` tells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from wazi.parse.bands import Bit, around, bands, chunks, is_figure
from wazi.parse.columns import columns
from wazi.parse.rules import Rule, Rules
from wazi.types import Box

SLACK = 5.0
"""Points by which rules may miss each other."""
COVERED = 0.6
"""Share of a side of a place that a rule must cover to be its border."""

WIDE = 1.5
"""Font sizes between words that are not of one cell."""
OPEN = 8.0
"""Points by which rules go on beyond the last one that crosses them, where a table has no border at its side."""

Place = tuple[int, int, int, int]
"""First and last row, first and last column."""


class Lattice:
    """The places that `rules` make inside of `box`, and the words in them."""

    def __init__(self, rules: Rules, words: Iterable[Bit], box: Box) -> None:
        x0, y0, x1, y1 = box
        self._across = [r for r in rules.across if y0 - SLACK <= r.at <= y1 + SLACK and r.start < x1 and r.end > x0]
        self._down = [r for r in rules.down if x0 - SLACK <= r.at <= x1 + SLACK and r.start < y1 and r.end > y0]
        self.ys = _places(self._across, [(r.start, r.end) for r in self._down])
        self.xs = _places(self._down, [(r.start, r.end) for r in self._across])
        self.places: dict[Place, list[Bit]] = {}
        self.outside: list[Bit] = []
        if min(len(self.xs), len(self.ys)) > 1:
            self._fill(words)

    def _fill(self, words: Iterable[Bit]) -> None:
        of = self._joined()
        for place in set(of.values()):
            self.places[place] = []
        for word in words:
            row, column = _at(self.ys, (word.y0 + word.y1) / 2), _at(self.xs, (word.x0 + word.x1) / 2)
            if 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1:
                self.places[of[row, column]].append(word)
            else:
                self.outside.append(word)

    def _joined(self) -> dict[tuple[int, int], Place]:
        """For every place of the lattice the rectangle of places that it belongs to."""
        rows, columns = len(self.ys) - 1, len(self.xs) - 1
        owner = {(r, c): (r, c) for r in range(rows) for c in range(columns)}

        def find(key: tuple[int, int]) -> tuple[int, int]:
            while owner[key] != key:
                key = owner[key]
            return key

        for r in range(rows):
            for c in range(columns):
                if c + 1 < columns and not _bordered(self._down, self.xs[c + 1], self.ys[r], self.ys[r + 1]):
                    owner[find((r, c + 1))] = find((r, c))
                if r + 1 < rows and not _bordered(self._across, self.ys[r + 1], self.xs[c], self.xs[c + 1]):
                    owner[find((r + 1, c))] = find((r, c))
        groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for key in owner:
            groups.setdefault(find(key), []).append(key)
        return {key: place for keys in groups.values() for key, place in _rectangles(keys)}

    def whole(self) -> bool:
        """Is nearly every word in a place of its own row, so that the lattice is the table?"""
        inside = sum(map(len, self.places.values()))
        if inside < 0.95 * (inside + len(self.outside)) or len(self.places) < 4:
            return False
        filled = {place: words for place, words in self.places.items() if words}
        rows, columns = {place[0] for place in filled}, {place[2] for place in filled}
        if len(rows) < 2 or len(columns) < 2:
            return False
        if any(self._open(place, words) for place, words in filled.items()):
            return False
        crowded = sum(_is_crowded(words, place) for place, words in filled.items())
        return crowded <= 0.02 * len(filled) and not any(self._is_parted(row) for row in rows)

    def _is_parted(self, row: int) -> bool:
        """Are there rows in one row of the lattice: white space across it, wider than between lines, with cells on both sides?"""
        cells = [bands(words) for place, words in self.places.items() if place[:2] == (row, row) and words]
        tight = min((pitch for cell in cells for pitch in pitches(cell)), default=0.0)
        whole = bands(word for cell in cells for line in cell for word in line)
        for above, below in pairwise(whole):
            middle = (max(w.y1 for w in above) + min(w.y0 for w in below)) / 2
            wide = min(w.y0 for w in below) - max(w.y1 for w in above) > 0.5 * below[0].size
            both = sum(cell[0][0].y0 < middle < cell[-1][0].y1 for cell in cells)
            if (
                wide
                and both > 1
                and min(w.y0 + w.y1 for w in below) - max(w.y0 + w.y1 for w in above) > 2.6 * tight > 0
            ):
                return True
        return False

    def _open(self, place: Place, words: Sequence[Bit]) -> bool:
        """Do names of rows stand below each other at a side without a border, with no rules between them?"""
        rows = place[1] - place[0] + 1
        return rows > 3 and len(bands(words)) >= max(4, 0.8 * rows)


def pitches(found: Sequence[Sequence[Bit]]) -> list[float]:
    """From the middle of each band to that of the next."""
    middles = [median(w.y0 + w.y1 for w in band) / 2 for band in found]
    return [b - a for a, b in pairwise(middles)]


def _is_crowded(words: Sequence[Bit], place: Place) -> bool:
    """Do figures stand below each other in one place, as in a column whose rows are not ruled, or beside each other?"""
    found = bands(words)
    figures = sum(is_figure("".join(bit.text for bit in band)) for band in found)
    parted = [chunks(band, gap=WIDE) for band in found]
    if place[3] > place[2] and sum(map(len, parted)) > len(parted) + 1:
        return True
    return figures > 2 or (sum(len(line) > 1 for line in parted) > 2 and len(columns(parted, (), around(words))) > 1)


def _places(found: Sequence[Rule], others: Sequence[tuple[float, float]]) -> list[float]:
    """Where rules are; where the rules that cross them begin and end there is a border, drawn or not."""
    places: list[float] = []
    for rule in found:
        if not places or rule.at - places[-1] > SLACK:
            places.append(rule.at)
    if places and others:
        first, last = min(start for start, _ in others), max(end for _, end in others)
        places = [
            *([first] if first < places[0] - OPEN else []),
            *places,
            *([last] if last > places[-1] + OPEN else []),
        ]
    return places


def _at(places: Sequence[float], value: float) -> int:
    return bisect_right(places, value) - 1


def _bordered(found: Iterable[Rule], at: float, start: float, end: float) -> bool:
    covered = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in found if abs(rule.at - at) <= SLACK)
    return covered >= COVERED * (end - start)


def _rectangles(keys: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], Place]]:
    """One rectangle if the places make one, else each place for itself."""
    rows, columns = [r for r, _ in keys], [c for _, c in keys]
    place = min(rows), max(rows), min(columns), max(columns)
    if (place[1] - place[0] + 1) * (place[3] - place[2] + 1) == len(keys):
        return [(key, place) for key in keys]
    return [((r, c), (r, r, c, c)) for r, c in keys]
