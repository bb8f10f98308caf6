# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The words and rules of a page -> the boxes in which a table may be.

Where rules cross; between rules of one width; where bands of several chunks stand below each other in the same columns, with
the rules above and below them. Lines of running text part tables. It does not know whether what is in a box is a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from wazi.parse.bands import BULLET, Bit, Chunk, around, bands, chunks, is_figure
from wazi.parse.lattice import SLACK
from wazi.parse.rules import Drawn, Rule, Rules
from wazi.parse.table_cells import NOTE
from wazi.types import Box

PART = 1.0
"""Font sizes between two chunks that may be cells."""
LONG = 11.0
"""Font sizes: a chunk of running text is at least as wide."""
RAGGED = 0.25
"""Share of its width by which a line of a paragraph may be shorter than the next one."""
NEXT = 3.4
"""Font sizes between two rows, at most; without words between."""
HEAD = 4.5
"""Font sizes from a rule to the next one above that still belongs to the table."""


TOUCH = 2.5
"""Points between rules of one net; areas may have white between them."""
MOST_PROSE = 0.4
"""Share of chunks of running text in a table between rules."""
ACROSS = 0.8
"""Share of the width between rules that one line takes which is no cell."""
ALIKE = 4.0
"""Points by which rules of one table may differ in their ends."""
CAPTION = re.compile(
    r"(?:table|exhibit|figure|chart|tableau|tabla|cuadro|tabela|jedwali|imbonerahamwe|جدول)\s+\S*\d", re.I
)
"""How the name of a table begins: English, French, Spanish, Portuguese, Swahili, Kinyarwanda, Arabic."""
LONGEST_TEXT = 30
"""Mean letters of a cell beside the first column, where no rules tell a table from columns of text."""
SHORT_TEXT = 15
"""The same where few of them are figures: columns of text in several languages have headings of 20."""


class Band(NamedTuple):
    """A line of chunks; `prose` are those of running text."""

    cells: list[Chunk]
    prose: list[Chunk]
    y0: float
    y1: float
    size: float


def crossed(drawn: Drawn, size: tuple[float, float]) -> list[tuple[Box, bool]]:
    """The boxes around rules that cross or touch each other, if they make more than a frame; are they more than areas?"""
    boxes: list[tuple[Box, bool]] = []
    for rules, touch in ((drawn.ruled, TOUCH), (drawn.edged, SLACK)):
        for group in _groups(rules, touch):
            inner = _inner(group)
            if inner and not any(_inside(inner, box) for box, _ in boxes):
                boxes.append((inner, rules is drawn.ruled))
    return [
        each for each in boxes if each[0][2] - each[0][0] < 0.98 * size[0] or each[0][3] - each[0][1] < 0.9 * size[1]
    ]


def _inner(group: Rules) -> Box | None:
    xs, ys = _distinct(group.down), _distinct(group.across)
    if len(ys) < 2 or not xs:
        return None
    x0, x1 = min(r.start for r in group.across), max(r.end for r in group.across)
    y0, y1 = min(r.start for r in group.down), max(r.end for r in group.down)
    x0, x1, y0, y1 = min(x0, xs[0]), max(x1, xs[-1]), min(y0, ys[0]), max(y1, ys[-1])
    between = sum(x0 + SLACK < x < x1 - SLACK for x in xs)
    rows = sum(y0 + SLACK < y < y1 - SLACK for y in ys)
    return (x0 - 1, y0 - 1, x1 + 1, y1 + 1) if between and rows else None


def _distinct(rules: Sequence[Rule]) -> list[float]:
    places: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not places or at - places[-1] > SLACK:
            places.append(at)
    return places


def _groups(rules: Rules, touch: float) -> list[Rules]:
    """Rules by the net that they are in."""
    nets: list[Rules] = []
    owner: dict[int, int] = {}
    for down in rules.down:
        touched = [
            index
            for index, across in enumerate(rules.across)
            if across.start - touch <= down.at <= across.end + touch
            and down.start - touch <= across.at <= down.end + touch
        ]
        merged = Rules([], [down])
        for net in {owner[index] for index in touched if index in owner}:
            merged.across.extend(nets[net].across)
            merged.down.extend(nets[net].down)
            nets[net] = Rules([], [])
        merged.across.extend(rules.across[index] for index in touched if index not in owner)
        nets.append(merged)
        members = set(merged.across)
        owner |= {index: len(nets) - 1 for index, across in enumerate(rules.across) if across in members}
    return [net for net in nets if net.across]


def _inside(box: Box, other: Box) -> bool:
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    if wide <= 0 or high <= 0:
        return False
    area = min((box[2] - box[0]) * (box[3] - box[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return wide * high > 0.5 * max(area, 1.0)


def lines_of(words: Sequence[Bit]) -> list[Band]:
    """All bands from the top; lines of running text are bands of their own, whatever stands beside them."""
    parted = [chunks(band, gap=PART) for band in bands(words)]
    long = [[piece for piece in line if _is_long(piece)] for line in parted]
    proses = []
    for index, line in enumerate(long):
        beside = [piece for near in long[max(0, index - 4) : index + 5] for piece in near]
        proses.append([piece for piece in line if sum(_continues(piece, other) for other in beside) > 1])
    for _ in ("the first and the last long line", "the end of the last sentence"):
        proses = [own + _ends(parted[i], own, proses[max(0, i - 3) : i + 4]) for i, own in enumerate(proses)]
    found = [_band([], [piece]) for prose in proses for piece in prose]
    left = [
        word for line, prose in zip(parted, proses, strict=True) for p in line if p not in prose for word in p.words
    ]
    found += [_band(chunks(band, gap=PART), []) for band in bands(left)]
    return sorted(found, key=lambda band: band.y0 + band.y1)


def _band(cells: list[Chunk], prose: list[Chunk]) -> Band:
    _, y0, _, y1 = around(cells or prose)
    return Band(cells, prose, y0, y1, max(word.size for piece in cells or prose for word in piece.words))


def _is_long(piece: Chunk) -> bool:
    text = piece.text
    letters = sum(map(str.isalpha, text))
    return piece.text.count(" ") > 2 and piece.x1 - piece.x0 > LONG * piece.words[0].size and letters > 0.6 * len(text)


def _continues(piece: Chunk, other: Chunk) -> bool:
    """Are both lines of one paragraph?"""
    if piece is other or abs(piece.words[0].size - other.words[0].size) > 0.6:
        return False
    pitch = abs(piece.y0 - other.y0)
    upper, lower = (piece, other) if piece.y0 < other.y0 else (other, piece)
    over = min(piece.x1, other.x1) - max(piece.x0, other.x0)
    full = upper.x1 > lower.x1 - RAGGED * (lower.x1 - lower.x0)
    return (
        full and 1 < pitch < 1.6 * (piece.y1 - piece.y0) and over > 0.5 * min(piece.x1 - piece.x0, other.x1 - other.x0)
    )


def _ends(line: Sequence[Chunk], prose: Sequence[Chunk], beside: Sequence[Sequence[Chunk]]) -> list[Chunk]:
    """The chunks of a line with which a paragraph begins or ends."""
    near = [piece for own in beside for piece in own]
    return [p for p in line if p not in prose and any(_continues(p, each) and _alone(p, each, line) for each in near)]


def _alone(piece: Chunk, other: Chunk, line: Sequence[Chunk]) -> bool:
    """Does a line begin where a line of text does, with nothing else beside it in that column of text?"""
    wide = RAGGED * (other.x1 - other.x0)
    near = abs(piece.x0 - other.x0) < 2 and piece.x1 < other.x1 + wide
    return near and all(each is piece or each.x0 > other.x1 or each.x1 < other.x0 for each in line)


def framed(lines: Sequence[Band], across: Sequence[Rule]) -> list[Box]:
    """Boxes from the first to the last of at least three rules of one width that have rows between them."""
    boxes = []
    left = list(across)
    while left:
        first = left.pop(0)
        alike = [r for r in left if _are_alike(first, r)]
        if len(alike) < 2 or first.end - first.start < 100:
            continue
        left = [r for r in left if r not in alike]
        stack = [first]
        for rule in alike:
            if _rows_between(lines, stack[-1], rule):
                stack.append(rule)
            else:
                if len(stack) > 2:
                    boxes.append((first.start - 2, stack[0].at - 1, first.end + 2, stack[-1].at + 1))
                stack = [rule]
        if len(stack) > 2:
            boxes.append((first.start - 2, stack[0].at - 1, first.end + 2, stack[-1].at + 1))
    return boxes


def _are_alike(first: Rule, rule: Rule) -> bool:
    """Do both rules end at one side at least, and is the second one not beyond the first at the other?"""
    left, right = rule.start - first.start, first.end - rule.end
    wide = rule.end - rule.start > 0.5 * (first.end - first.start)
    return min(left, right) > -ALIKE and min(left, right) < ALIKE and (wide or max(left, right) < ALIKE)


def _rows_between(lines: Sequence[Band], upper: Rule, lower: Rule) -> bool:
    """Are there cells between the two, or one line, rather than running text or nothing?"""
    if lower.at - upper.at < 3 * SLACK:
        return True
    inside = [
        band._replace(cells=_between(band.cells, upper), prose=_between(band.prose, upper))
        for band in lines
        if upper.at < (band.y0 + band.y1) / 2 < lower.at
    ]
    cells, prose = sum(len(band.cells) for band in inside), sum(len(band.prose) for band in inside)
    wide = ACROSS * (upper.end - upper.start)
    if any(len(band.cells) == 1 and band.cells[0].x1 - band.cells[0].x0 > wide for band in inside):
        return False
    several = any(len(band.cells) > 1 for band in inside)
    return (several or len(inside) == 1) and prose < MOST_PROSE * (cells + prose)


def _between(pieces: Sequence[Chunk], rule: Rule) -> list[Chunk]:
    return [piece for piece in pieces if piece.x0 > rule.start - 4 and piece.x1 < rule.end + 4]


def stacks(lines: Sequence[Band], across: Sequence[Rule]) -> list[Box]:
    """Boxes around bands of several chunks that stand below each other, and the rules around them."""
    boxes = []
    for first, last in _runs(lines):
        group = [piece for band in lines[first : last + 1] for piece in band.cells]
        x0, y0, x1, y1 = around(group)
        top, bottom = _grown(lines, first, last, (x0, y0, x1, y1), across)
        top = _below_caption(lines, (x0, top, x1, bottom), across)
        bottom = _cut(lines, (x0, top, x1, bottom), across)
        box = x0 - 2, top - 1, x1 + 2, bottom + 1
        if shelved(box, across) or has_short_cells([p.text for b in lines[first : last + 1] for p in b.cells[1:]]):
            boxes.append(box)
    return boxes


def shelved(box: Box, across: Sequence[Rule]) -> bool:
    """Are there two rules at least in the box that go over most of it?"""
    wide = 0.7 * (box[2] - box[0])
    inside = [r for r in across if box[1] - 2 <= r.at <= box[3] + 2]
    return sum(min(r.end, box[2]) - max(r.start, box[0]) > wide for r in inside) > 1


def has_short_cells(texts: Sequence[str]) -> bool:
    """Are these cells beside the first column short, as those of figures are, rather than columns of text?"""
    own = [text for text in texts if not BULLET.fullmatch(text)]
    few = sum(map(is_figure, own)) < 0.2 * len(own)
    return 0 < sum(map(len, own)) < (SHORT_TEXT if few else LONGEST_TEXT) * len(own)


def _runs(lines: Sequence[Band]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    index = 0
    while index < len(lines):
        if len(lines[index].cells) < 2:
            index += 1
            continue
        last, multi = _run(lines, index)
        if multi > 2 or (multi == 2 and last == index + 1):
            runs.append((index, last))
        index = last + 1
    return runs


def _run(lines: Sequence[Band], first: int) -> tuple[int, int]:
    """The last band of the run that begins here, and how many have several chunks."""
    last, multi = first, 1
    held = list(lines[first].cells)
    below = first
    for index in range(first + 1, len(lines)):
        band = lines[index]
        x0, _, x1, _ = around(held)
        if not band.cells and not any(p.x0 < x1 and p.x1 > x0 for p in band.prose):
            continue
        if band.y0 - lines[below].y1 > NEXT * band.size or any(p.x0 < x1 and p.x1 > x0 for p in band.prose):
            break
        if len(band.cells) == 1 and _parts_tables(band.cells[0], x0, x1):
            break
        cells = [p for p in band.cells if p.x0 < x1 + 3 * band.size and p.x1 > x0 - 3 * band.size]
        if len(cells) > 1 and _aligned(held, cells):
            last, multi = index, multi + 1
            held += cells
        elif index - last > 3:
            break
        below = index
    return last, multi


def _parts_tables(piece: Chunk, x0: float, x1: float) -> bool:
    """Is it a line of text, a name or a note?"""
    if CAPTION.match(piece.text) or NOTE.match(piece.text):
        return True
    return piece.text.count(" ") > 3 and _beyond(piece, x0, x1)


def _beyond(piece: Chunk, x0: float, x1: float) -> bool:
    """Does a line go over the sides of the table?"""
    most = 3 * piece.words[0].size
    return (piece.x1 > x1 + most or piece.x0 < x0 - most) and piece.x0 < x1 and piece.x1 > x0


def _aligned(held: Sequence[Chunk], cells: Sequence[Chunk]) -> bool:
    """Do at least two of the chunks stand below earlier ones, edge below edge or middle below middle?"""
    recent = held[-60:]
    near = 0
    for piece in cells:
        for other in recent:
            if min(abs(piece.x0 - other.x0), abs(piece.x1 - other.x1), abs(piece.middle - other.middle)) < 3:
                near += 1
                break
    return near > 1 or (near > 0 and any(is_figure(p.text) for p in cells[1:]))


def _grown(lines: Sequence[Band], first: int, last: int, box: Box, across: Sequence[Rule]) -> tuple[float, float]:
    """Top and bottom with the head above and the words below, up to the rules that the table has there."""
    x0, top, x1, bottom = box
    size = lines[first].size
    mine = [
        r for r in across if r.start > x0 - 3 * size and r.end < x1 + 3 * size and r.end - r.start > 0.3 * (x1 - x0)
    ]
    for rule in sorted((r for r in mine if r.at < top + 2), reverse=True):
        if top - rule.at > HEAD * size or _prose_between(lines, rule.at, top, x0, x1):
            break
        top = rule.at
    for rule in sorted(r for r in mine if r.at > bottom - 2):
        if rule.at - bottom > NEXT * size or _prose_between(lines, bottom, rule.at, x0, x1):
            break
        if rule.end - rule.start > 0.8 * (x1 - x0):
            bottom = rule.at
    return top, bottom


def _prose_between(lines: Sequence[Band], top: float, bottom: float, x0: float, x1: float) -> bool:
    return any(
        piece.x0 < x1 and piece.x1 > x0
        for band in lines
        if top - 1 < (band.y0 + band.y1) / 2 < bottom + 1
        for piece in band.prose
    )


def _below_caption(lines: Sequence[Band], box: Box, across: Sequence[Rule]) -> float:
    """The top without the name of the table: down to the first rule after it, else to the end of its line."""
    x0, top, x1, bottom = box
    for band in lines:
        first = min((*band.cells, *band.prose), key=lambda piece: piece.x0, default=None)
        if first and top - 1 < (band.y0 + band.y1) / 2 < bottom and CAPTION.match(first.text):
            rules = [r.at for r in across if r.at > band.y1 - 3 and r.end - r.start > 0.8 * (x1 - x0)]
            near = [at for at in rules if at - band.y1 < HEAD * band.size]
            return min(near, default=band.y1)
    return top


def _cut(lines: Sequence[Band], box: Box, across: Sequence[Rule]) -> float:
    """The bottom without notes: what comes after the last rule and has no figures beside words."""
    x0, top, x1, bottom = box
    ends = [
        r.at for r in across if top + 8 < r.at < bottom + 2 and r.end - r.start > 0.8 * (x1 - x0) and r.start < x0 + 20
    ]
    if len(ends) < 1 or max(ends) > bottom - 4:
        return bottom
    end = max(ends)
    after = [band for band in lines if end < (band.y0 + band.y1) / 2 < bottom]
    figures = sum(len(band.cells) > 1 and any(is_figure(p.text) for p in band.cells[1:]) for band in after)
    return bottom if figures else end
