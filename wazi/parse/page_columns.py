# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Boxes of text on pages -> the columns of running text they stand in, and the language of each.

Columns are by page; where a page shows fewer of them than is usual in the document, its text is put in the usual ones. Text over
more than half the page's width is in no column. It does not know the columns of tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from wazi.languages import identify
from wazi.types import Box

Column = tuple[float, float]
"""Left and right."""
OVERHANG = 4.0
"""Points by which text of one column may stand out into the next."""
LEAST_LETTERS = 60
"""Letters in a column of a page from which its language is told; with fewer it is the usual one of its place."""
LEAST_PAGES = 0.1
"""Share of the pages on which a language must be told to be one of the document's."""
EVERY, MOST_READ = 4, 24
"""Of more pages than these, every fourth is read; all are where a place has more than one language."""


def page_columns(boxes: Sequence[Sequence[Box]], widths: Sequence[float]) -> list[list[Column]]:
    """The columns of each page, from the left; `boxes` of its text, `widths` in points."""
    found = [_of_page(own, width) for own, width in zip(boxes, widths, strict=True)]
    counts = Counter(len(own) for own in found if len(own) > 1)
    if not counts:
        return found
    usual = counts.most_common(1)[0][0]
    # Pages that are turned have columns of their own.
    for width in {round(width) for width in widths}:
        whole = [own for own, wide in zip(found, widths, strict=True) if len(own) == usual and round(wide) == width]
        if not whole:
            continue
        edges = [(median(own[at][0] for own in whole), median(own[at][1] for own in whole)) for at in range(usual)]
        for at, (own, wide) in enumerate(zip(found, widths, strict=True)):
            if len(own) < usual and round(wide) == width and all(_fits(column, edges) for column in own):
                found[at] = edges
    return found


def _of_page(boxes: Sequence[Box], width: float) -> list[Column]:
    found: list[Column] = []
    for x0, _, x1, _ in sorted(boxes):
        if x1 - x0 > width / 2:
            continue
        if not found or x0 >= found[-1][1] - min(OVERHANG, x1 - x0):
            found.append((x0, x1))
        else:
            found[-1] = (found[-1][0], max(found[-1][1], x1))
    return found


def _fits(column: Column, edges: Sequence[Column]) -> bool:
    return any(left - OVERHANG <= column[0] and column[1] <= right + OVERHANG for left, right in edges)


def place(box: Box, own: Sequence[Column]) -> int:
    """The number of the column that a box stands in, 0 for the leftmost and for boxes in none."""
    return sum(box[0] >= right - OVERHANG for _, right in own[:-1])


def languages(pages: Sequence[Mapping[int, str]]) -> list[dict[int, str]]:
    """The language of each column of each page, given its text; empty for pages whose columns are not in different ones.

    A column with little text has the language that is usual at its place.
    """
    sampled = [own if at % EVERY == 0 else {} for at, own in enumerate(pages)]
    told = _told(sampled if len(pages) > MOST_READ else pages)
    if any(len(set(tags)) > 1 for tags in _by_place(told).values()):
        told = _told(pages)
    counts = {at: Counter(tags) for at, tags in _by_place(told).items()}
    usual = {at: count.most_common(1)[0][0] for at, count in counts.items()}
    often = {
        tag for tag, pages in sum(counts.values(), Counter()).items() if pages >= LEAST_PAGES * sum(map(bool, told))
    }
    found = []
    for words, own in zip(pages, told, strict=True):
        tags = {at: own[at] if own.get(at) in often else usual.get(at, "") for at in words}
        if len(set(tags.values())) < len(tags):
            tags = {at: usual.get(at, "") for at in words}
        distinct = set(tags.values()) - {""}
        found.append(tags if len(distinct) == len(tags) else {})
    return found if any(len(tags) > 1 for tags in found) else [{} for _ in pages]


def _told(pages: Sequence[Mapping[int, str]]) -> list[dict[int, str]]:
    """The languages of the columns that have enough text, on pages with more than one."""
    return [
        {at: identify.language(words) for at, words in own.items() if _letters(words) >= LEAST_LETTERS}
        if len(own) > 1
        else {}
        for own in pages
    ]


def _by_place(told: Sequence[Mapping[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for own in told:
        for at, tag in own.items():
            found.setdefault(at, []).append(tag)
    return found


def _letters(words: str) -> int:
    return sum(map(str.isalpha, words))
