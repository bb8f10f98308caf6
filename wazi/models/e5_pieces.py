# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Token ids of multilingual-e5-small together with the characters of the text that each token stands for.

The tokenizer composes and cleans a text before it cuts it, so lengths change. Words are cut one by one, as the tokenizer
does itself, and a word that is changed is measured prefix by prefix. It gives the same ids as the tokenizer for
texts whose blanks are blanks; it knows nothing of questions, windows or models.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from wazi.models.e5_tokens import BLANK, REPLACED, Tokenizer, normalise
from wazi.models.e5_weights import Weights

WORD = re.compile(r"\S+")
REMEMBERED_WORDS = 20_000


class Pieces(NamedTuple):
    """The tokens of a text: their ids, and where each begins and ends in it."""

    ids: list[int]
    starts: list[int]
    ends: list[int]


class Cutter:
    """Cuts texts into `Pieces`."""

    def __init__(self, weights: Weights, tokenizer: Tokenizer | None = None) -> None:
        self._tokenizer = tokenizer or Tokenizer(weights)
        self._pieces, self._unknown = weights.pieces, weights.unknown
        self._replacements = dict(weights.replacements)
        self._remembered = lru_cache(REMEMBERED_WORDS)(self._word)

    def ids(self, text: str) -> list[int]:
        """Token ids alone."""
        return self._tokenizer.ids(text)

    def pieces(self, text: str) -> Pieces:
        """The tokens of a text with their places, `starts[i]:ends[i]`, in order and never overlapping."""
        found = Pieces([], [], [])
        for word in WORD.finditer(text.translate(REPLACED)):
            ids, starts, ends = self._remembered(word.group())
            begin = word.start()
            found.ids.extend(ids)
            found.starts.extend(begin + start for start in starts)
            found.ends.extend(begin + end for end in ends)
        return found

    def _word(self, word: str) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        clean = normalise(word, self._replacements)
        reach = self._reach(word, clean)
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for part in clean.split(BLANK):
            if part:
                place = at - 1  # each part begins with a blank that is not in the text
                for number in self._tokenizer.ids(part.replace(BLANK, " ")):
                    size = 1 if number == self._unknown else len(self._pieces[number])
                    begin, place = max(place, at), place + size
                    ids.append(number)
                    starts.append(max(bisect_right(reach, begin) - 1, ends[-1] if ends else 0))
                    end = bisect_right(reach, place)
                    end -= reach[end - 1] == place  # a mark that is composed into it belongs to it
                    ends.append(max(end, starts[-1]))
            at += len(part) + 1
        return tuple(ids), tuple(starts), tuple(ends)

    def _reach(self, word: str, clean: str) -> list[int]:
        """How many characters of `clean` the first n characters of `word` come to, for every n; it never falls."""
        if clean == word:
            return list(range(len(word) + 1))
        reach = [0]
        for end in range(1, len(word) + 1):
            reach.append(max(reach[-1], min(len(clean), len(normalise(word[:end], self._replacements)))))
        reach[-1] = len(clean)
        return reach
