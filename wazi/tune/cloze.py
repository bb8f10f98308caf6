# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Questions from bare text, without a model: a sentence with a gap, and the passage around it, where the missing words stand.

Words that come twice in a passage are mostly what it is about (recurring span selection, Ram et al. 2021). The sentence
leaves the passage, so that the gap has to be filled from elsewhere. It needs words between blanks or marks, not a language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from wazi.languages import sentences

GAP = "?"
LONGEST = 4
"""Words of a gap at most."""
RARE, EDGE = 0.02, 0.1
"""Shares of passages that hold a word, at most: one word of a gap is rare, and it neither begins nor ends with a common one."""
LEAST_WORDS, LEAST_ASKED, MOST_ASKED = 30, 5, 40
"""Words of a passage, and of the sentence with the gap."""

_WORD = re.compile(r"\w+(?:[-'’.,]\w+)*")

Gap = tuple[str, str, tuple[int, int]]
"""The sentence with its gap, what is left of the passage, and where the missing words stand there."""


def known(texts: Iterable[str]) -> dict[str, float]:
    """The share of passages that each word is in."""
    held = [{word.casefold() for word in _WORD.findall(text)} for text in texts]
    return {word: count / len(held) for word, count in Counter(word for own in held for word in own).items()}


def gaps(text: str, language: str, shares: dict[str, float], random: Random) -> Iterator[Gap]:
    """Gaps of a passage in sentences of their own, drawn among those it can have. `shares` are those of `known`."""
    words = [(match.start(), match.end(), match[0].casefold()) for match in _WORD.finditer(text)]
    if len(words) < LEAST_WORDS:
        return
    spans = sentences.split(text, language)
    of = _sentence_of([start for start, _, _ in words], spans)
    found = list(_twice(words, of, shares))
    random.shuffle(found)
    used: set[int] = set()
    for (first, last), (again, until) in found:
        if of[first] in used:
            continue
        begin, end = spans[of[first]]
        stop = spans[of[first] + 1][0] if of[first] + 1 < len(spans) else len(text)
        asked = text[begin : words[first][0]] + GAP + text[words[last][1] : end]
        if not LEAST_ASKED <= len(_WORD.findall(asked)) <= MOST_ASKED:
            continue
        left = text[:begin] + text[stop:]
        moved = stop - begin if words[again][0] >= stop else 0
        used.add(of[first])
        yield " ".join(asked.split()), left, (words[again][0] - moved, words[until][1] - moved)


def _twice(
    words: Sequence[tuple[int, int, str]], of: Sequence[int], shares: dict[str, float]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Stretches of telling words that come exactly twice, in two sentences: the longest there are, either way round."""
    taken: set[int] = set()
    for size in range(LONGEST, 0, -1):
        places: dict[tuple[str, ...], list[int]] = {}
        for at in range(len(words) - size + 1):
            if of[at] == of[at + size - 1] >= 0:
                places.setdefault(tuple(word for _, _, word in words[at : at + size]), []).append(at)
        for gram, where in places.items():
            told = [shares.get(word, 0.0) for word in gram]
            if len(where) != 2 or of[where[0]] == of[where[1]] or min(told) > RARE or max(told[0], told[-1]) > EDGE:
                continue
            own = {at + step for at in where for step in range(size)}
            if own & taken:
                continue
            taken |= own
            one, two = ((at, at + size - 1) for at in where)
            yield one, two
            yield two, one


def _sentence_of(starts: Sequence[int], spans: Sequence[tuple[int, int]]) -> list[int]:
    """The sentence of every word, -1 outside of all."""
    of, at = [], 0
    for start in starts:
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        of.append(at if at < len(spans) and spans[at][0] <= start else -1)
    return of
