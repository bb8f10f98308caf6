# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Blocks of language versions side by side -> the same `parallel` number for what says the same.

First the numbered units of each language are matched (article 12 with article 12 on the same page or the next), in order, so
that a number that occurs twice is matched once. Within an article the blocks are parted where all languages have the same
item, or a new paragraph at the same height; what lies between two such places has one number. Parts that differ much in length
share the number of the part before. It reads no meaning.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from wazi.types import Block, BlockKind

MARKER = re.compile(r"\(?(\d{1,3}|[a-z]|[ivx]{1,5})[.)°º]", re.I)
SAME_HEIGHT = 4.0
"""Points between the tops of two blocks that begin beside each other."""
NEAR_PAGES = 1
MOST_RATIO = 2.5
"""Between the lengths of two versions of a part; of the gazettes' articles as a whole it is below 2."""
LONG = 150
"""Characters from which that ratio tells something."""


class Version(NamedTuple):
    """A block (its place in the list of blocks), its words, and the numbered unit that they begin with, None without one."""

    at: int
    block: Block
    words: str
    unit: Hashable | None


Stream = Sequence[Version]
Cut = tuple[int, ...]
"""For each language, how many of its blocks stand before the place."""


def numbers(streams: Sequence[Stream]) -> dict[int, int]:
    """The `parallel` number of blocks by their place in the list of blocks; `streams` are the blocks of each language."""
    found: dict[int, int] = {}
    number = 0
    ends = tuple(len(stream) for stream in streams)
    cuts = [*_cuts(streams, _unit_matches), ends]
    start: Cut = (0,) * len(streams)
    for stop in cuts:
        for part in _parts([stream[a:b] for stream, a, b in zip(streams, start, stop, strict=True)]):
            if sum(map(bool, part)) > 1:
                number += 1
                found |= {version.at: number for own in part for version in own}
        start = stop
    return found


def _parts(unit: Sequence[Stream]) -> list[list[Stream]]:
    """A unit parted where all languages begin something; parts whose lengths tell that this went wrong are joined."""
    ends = tuple(len(stream) for stream in unit)
    start: Cut = (0,) * len(unit)
    parts: list[list[Stream]] = []
    for stop in [*_cuts(unit, _part_matches), ends]:
        part: list[Stream] = [stream[a:b] for stream, a, b in zip(unit, start, stop, strict=True)]
        if parts and not (_alike(parts[-1]) and _alike(part)):
            parts[-1] = [[*above, *own] for above, own in zip(parts[-1], part, strict=True)]
        else:
            parts.append(part)
        start = stop
    return parts


def _alike(part: Sequence[Stream]) -> bool:
    lengths = [sum(len(version.words) for version in own) for own in part]
    return max(lengths) < LONG or max(lengths) < MOST_RATIO * min(lengths)


class _Matches(NamedTuple):
    """Which of two blocks in two languages may begin the same."""

    units: bool

    def key(self, version: Version) -> Hashable | None:
        """What both must have, None for a block that matches by its height."""
        if self.units:
            return version.unit if version.block.kind is BlockKind.HEADING else None
        if version.unit is not None:
            return version.unit
        match = MARKER.match(version.words)
        return match[1].lower() if match else None

    def agree(self, one: Version, two: Version) -> bool:
        """May the two begin the same?"""
        first, second = self.key(one), self.key(two)
        if first != second or abs((one.block.page or 0) - (two.block.page or 0)) > NEAR_PAGES:
            return False
        if first is not None:
            return True
        continued = one.words[0].islower() or two.words[0].islower()
        same = one.block.page == two.block.page and one.block.kind == two.block.kind
        return not self.units and same and not continued and _distance(one, two) < SAME_HEIGHT


_unit_matches = _Matches(units=True)
_part_matches = _Matches(units=False)


def _cuts(streams: Sequence[Stream], matches: _Matches) -> list[Cut]:
    """The places at which all languages begin the same, in order, the very start left out."""
    partners = [_matched(streams[0], stream, matches) for stream in streams[1:]]
    found = []
    for index in range(len(streams[0])):
        others = [found_in.get(index) for found_in in partners]
        if all(other is not None for other in others):
            cut = (index, *(other for other in others if other is not None))
            if any(cut):
                found.append(cut)
    return found


def _matched(first: Stream, second: Stream, matches: _Matches) -> dict[int, int]:
    """For blocks of the first language, the one in the second that begins the same; both in the same order."""
    candidates: dict[Hashable | None, list[int]] = {}
    for index, version in enumerate(second):
        candidates.setdefault(matches.key(version), []).append(index)
    pairs = []
    for index, version in enumerate(first):
        if matches.units and matches.key(version) is None:
            continue
        able = [at for at in candidates.get(matches.key(version), ()) if matches.agree(version, second[at])]
        if able:
            pairs.append((index, min(able, key=lambda at: _distance(version, second[at]))))
    return dict(_ascending(pairs))


def _distance(one: Version, two: Version) -> float:
    """Points between the tops of two blocks; a page counts more than any."""
    if not one.block.box or not two.block.box:
        return 0.0
    pages = abs((one.block.page or 0) - (two.block.page or 0))
    return 1e4 * pages + abs(one.block.box[1] - two.block.box[1])


def _ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs that ascends in both (patience sorting)."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for at, (_, value) in enumerate(pairs):
        rank = bisect_left(tails, value)
        before.append(places[rank - 1] if rank else -1)
        tails[rank : rank + 1] = [value]
        places[rank : rank + 1] = [at]
    found = []
    at = places[-1] if places else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
