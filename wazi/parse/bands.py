# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Words of a page with their boxes -> bands, the words that stand on one line, and their chunks between wide gaps.

It goes by where words stand alone, not by the order in which a file draws them, and knows no columns.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from wazi.parse.clean import HYPHEN_MARK
from wazi.parse.glyphs import Source
from wazi.parse.rules import Rule, Turn
from wazi.types import Box

WORD = re.compile(f"[^\\s{HYPHEN_MARK}\\0]+")
TALL = 1.9
"""Font sizes: a taller box is that of a symbol font or of upright type."""
GAP = 0.55
"""Font sizes between two words that are in two chunks; a blank is a quarter to a third."""
FIGURE_GAP = 0.3
"""The same between two figures, which are seldom of one cell."""
FIXED_GAP = 0.8
"""The same where all letters are as wide as each other: there a blank is 0.6."""
THOUSANDS = re.compile(r"\d{3}(?!\d)")
BULLET = re.compile(r"[-–•●▪◦❖*o\uf0a7\uf0b7\uf0d8\uf0fc\uf076]|\(?[a-zA-Z0-9]{1,3}[.)°º]")


class Bit(NamedTuple):
    """A word: its span in pdfium's text, its displayed box in points, its font size in points, and its letters."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    text: str


class Chunk(NamedTuple):
    """Words beside each other without a wide gap, and the box around them."""

    words: tuple[Bit, ...]
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def text(self) -> str:
        """The words with blanks between them."""
        return " ".join(word.text for word in self.words)

    @property
    def middle(self) -> float:
        """Of its width."""
        return (self.x0 + self.x1) / 2


def bits(source: Source, turn: Turn) -> list[Bit]:
    """The words of a page in pdfium's order; those in upright type are left out."""
    found = []
    for match in WORD.finditer(source.text):
        first, last = match.start(), match.end()
        a, b = source.box(first), source.box(last - 1)
        box = turn(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        size = source.size(first)
        if box[3] - box[1] > TALL * size and (tight := source.rect(first, last)):
            box = turn(*tight)
        wide, high = box[2] - box[0], box[3] - box[1]
        upright = high > TALL * size and high > wide and last - first > 1
        if wide > 0 and high > 0 and not upright:
            if not 0.6 * high < size < 1.6 * high and last - first > 2:
                size = 0.85 * high
            found.append(Bit(first, last, *box, size, _letters(match[0], source.text[last : last + 1])))
    return found


def _letters(word: str, following: str) -> str:
    return word + "-" if following == HYPHEN_MARK else word


def bands(words: Iterable[Bit]) -> list[list[Bit]]:
    """Words by line, from the top, each from the left."""
    found: list[list[Bit]] = []
    anchors: list[float] = []
    anchor = 0.0
    leaders: list[Bit] = []
    for word in sorted(words, key=lambda bit: bit.y0 + bit.y1):
        middle = (word.y0 + word.y1) / 2
        if not word.text.strip("._…"):
            leaders.append(word)
            continue
        if found and middle - anchor < 0.45 * (word.y1 - word.y0):
            found[-1].append(word)
            anchor += (middle - anchor) / len(found[-1])
            anchors[-1] = anchor
        else:
            found.append([word])
            anchor = middle
            anchors.append(anchor)
    for word in leaders:
        _lead(word, found, anchors)
    return [sorted(band, key=lambda bit: bit.x0) for band in found]


def _lead(word: Bit, found: list[list[Bit]], anchors: list[float]) -> None:
    """Dots that lead to the next column stand lower than the words before them: they go with the nearest band.

    Those that stand for a figure may be alone: they are a band then.
    """
    middle = (word.y0 + word.y1) / 2
    after = bisect_left(anchors, middle)
    near = min(
        range(max(0, after - 1), min(len(anchors), after + 1)), key=lambda i: abs(anchors[i] - middle), default=None
    )
    if near is not None and abs(anchors[near] - middle) < word.size:
        found[near].append(word)
    else:
        found.insert(after, [word])
        anchors.insert(after, middle)


def chunks(band: Sequence[Bit], walls: Sequence[Rule] = (), gap: float = GAP) -> list[Chunk]:
    """A band's words, parted at gaps wider than `gap` font sizes and at the rules that go down between them."""
    groups = [[band[0]]]
    for left, word in pairwise(band):
        wide = word.x0 - left.x1 > gap * min(left.size, word.size)
        middle = (word.y0 + word.y1) / 2
        walled = any(left.x1 - 2 <= wall.at <= word.x0 + 2 and wall.start <= middle <= wall.end for wall in walls)
        bullet = len(groups[-1]) == 1 and _is_bullet(left, word)
        figures = word.x0 - left.x1 > FIGURE_GAP * word.size and _are_figures(left.text, word.text)
        if walled or ((wide or figures) and not bullet):
            groups.append([])
        groups[-1].append(word)
    return [chunk(group) for group in groups]


def _is_bullet(left: Bit, word: Bit) -> bool:
    return word.x0 - left.x1 < 4 * word.size and bool(BULLET.fullmatch(left.text)) and not is_figure(word.text)


def _are_figures(left: str, right: str) -> bool:
    """Are these two figures, rather than the parts of one that blanks part at the thousands?"""
    if not (left[-1:].isdigit() or left[-1:] in "%)") or not any(map(str.isdigit, right)):
        return False
    return is_figure(left) and is_figure(right) and not (len(left) < 4 and THOUSANDS.match(right))


def chunk(words: Sequence[Bit]) -> Chunk:
    """Words and the box around them."""
    return Chunk(tuple(words), *around(words))


def around(words: Sequence[Bit] | Sequence[Chunk]) -> Box:
    """The box around words or chunks."""
    return (
        min(word.x0 for word in words),
        min(word.y0 for word in words),
        max(word.x1 for word in words),
        max(word.y1 for word in words),
    )


def fixed_width(words: Sequence[Bit]) -> bool:
    """Are all letters as wide as each other?"""
    widths = sorted((bit.x1 - bit.x0) / len(bit.text) / max(bit.size, 1.0) for bit in words if len(bit.text) > 1)
    if len(widths) < 4:
        return False
    middle = widths[len(widths) // 2]
    return middle > 0.57 and sum(abs(width - middle) < 0.05 * middle for width in widths) > 0.9 * len(widths)


def is_figure(text: str) -> bool:
    """Is it a number, a sign that stands for one, or a short code with one, rather than words?"""
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    return (digits > 0 and letters <= 1 + digits // 3) or text.strip("()[]*. ").upper() in _NO_FIGURE


_NO_FIGURE = {"", "X", "Z", "D", "S", "NA", "N/A", "ND", "NS", "-", "–", "—", "--", "---", "†", "‡", "#", "…"}
