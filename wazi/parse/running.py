# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which lines are no part of the text: running heads and feet, page numbers, numbers of lines, print marks in the margins.

A line repeats when its words do at the margins of many pages, or when its last or first number counts the pages, or when
all but its numbers is the same at the same place. It does not know heads that stand on one or two pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wazi.parse import reading_order
from wazi.parse.tables import Line
from wazi.types import Page

LEAST_REPEATS = 3
MARGIN = 0.12
"""Share of the page's height, at the top and at the bottom, in which running headers stand."""
LEAST_LETTERS = 20
"""Letters of a line that may repeat with other numbers: `Article 3` must not."""


def running(text: str, lines: Sequence[Sequence[Line]], pages: Sequence[Page]) -> tuple[set[int], set[int]]:
    """Lines that repeat in the margins of many pages, by their starts: the first of each, and the others.

    A bare number and a print mark have no first.
    """
    places: dict[str, list[tuple[int, Line]]] = {}
    least = max(LEAST_REPEATS, len(pages) // 20)
    others: set[int] = set()
    for page, found in zip(pages, lines, strict=True):
        others |= reading_order.line_numbers(text, found)
        low, high = page.height * MARGIN, page.height * (1 - MARGIN)
        for line in found:
            if line.y1 <= low or line.y0 >= high or reading_order.is_turned(line):
                for key in _keys(text[line.start : line.end], page.number, line):
                    places.setdefault(key, []).append((page.number, line))
    first = set()
    for numbered in places.values():
        if len({number for number, _ in numbered}) >= least:
            repeats = [line for _, line in numbered]
            words = text[repeats[0].start : repeats[0].end]
            spared = 1 if any(char.isalpha() for char in words) and not reading_order.is_turned(repeats[0]) else 0
            first |= {line.start for line in repeats[:spared]}
            others |= {line.start for line in repeats[spared:]}
    return first - others, others


def _keys(words: str, number: int, line: Line) -> Iterator[str]:
    yield words
    numbers = list(re.finditer(r"\d{1,5}", words))
    for match in {*numbers[:1], *numbers[-1:]}:
        yield f"{words[: match.start()]}<{int(match[0]) - number}>{words[match.end() :]}"
    if len(numbers) > 2 and sum(map(str.isalpha, words)) >= LEAST_LETTERS:
        yield f"{round(line.x0)} {round(line.y0)} {re.sub(r'[0-9]+', '#', words)[:LEAST_LETTERS]}"
