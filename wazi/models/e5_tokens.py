# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text to the token ids of multilingual-e5-small: its normalisation, then the likeliest pieces of each word.

The vocabulary is a unigram model of SentencePiece. No piece spans two words, so each word is cut by itself and words
seen before are not cut again. A long text is read in sections, so that besides its ids it takes no memory that grows with
it. It does not know about the 512 tokens a model can read, nor about the two ends of a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import inf

from wazi.models.e5_weights import Weights

BLANK = "\u2581"
BLANKS = re.compile(" {2,}")

REPLACED = {0: " ", 0x1361: " "}
"""A NUL has no piece, and the vocabulary does not know the Ethiopic word space."""

UNKNOWN_PENALTY = 10.0
"""Below the score of the rarest piece, as SentencePiece has it."""

REMEMBERED_WORDS = 50_000
LONGEST_REMEMBERED = 24
"""Characters. What is longer is a sentence in a script without blanks, and does not come again."""


SECTION = 20_000
"""Characters normalised at a time."""

SECTION_ENDS = re.compile(r"(?<=\w) (?=\w)")
"""Where a text may be cut without a change of its tokens: a blank between two words."""


class Tokenizer:
    """Cuts text as the model was trained on it."""

    def __init__(self, weights: Weights) -> None:
        scores: list[float] = weights.scores.tolist()
        pieces = enumerate(weights.pieces)
        self._pieces = {piece: (scores[number], number) for number, piece in pieces if number != weights.unknown}
        self._unknown, self._unknown_score = weights.unknown, min(scores) - UNKNOWN_PENALTY
        self._replacements = dict(weights.replacements)
        # Most pairs of characters begin short pieces only: texts in 29 languages were cut a fifth to two fifths faster.
        self._longest: dict[str, int] = {}
        for piece in self._pieces:
            self._longest[piece[:2]] = max(self._longest.get(piece[:2], 0), len(piece))
        self._remembered = lru_cache(REMEMBERED_WORDS)(self._cut)

    def ids(self, text: str) -> list[int]:
        """Token ids of a text, without the two that mark its ends."""
        found: list[int] = []
        for section in sections(text):
            words = normalise(section, self._replacements).split(BLANK)
            if not words[0]:
                del words[0]
            for word in words:
                cut = self._remembered if len(word) <= LONGEST_REMEMBERED else self._cut
                found.extend(cut(BLANK + word))
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        """The pieces with the highest sum of scores (Viterbi); a character of no piece is one unknown."""
        size = len(word)
        best = [0.0] + [-inf] * size
        steps: list[tuple[int, int]] = [(0, 0)] * (size + 1)  # by end: where the last piece begins, its id
        for begin in range(size):
            so_far = best[begin]
            if so_far + self._unknown_score > best[begin + 1]:
                best[begin + 1], steps[begin + 1] = so_far + self._unknown_score, (begin, self._unknown)
            reach = self._longest.get(word[begin : begin + 2], 1)
            for end in range(begin + 1, min(size, begin + reach) + 1):
                piece = self._pieces.get(word[begin:end])
                if piece is not None and so_far + piece[0] > best[end]:
                    best[end], steps[end] = so_far + piece[0], (begin, piece[1])
        ids = []
        end = size
        while end:
            end, number = steps[end]
            ids.append(number)
        return tuple(reversed(ids))


def sections(text: str) -> Iterator[str]:
    """The text in order, cut where that changes no token; inside a word only if nothing else is found in two sections."""
    begin = 0
    while len(text) - begin > 2 * SECTION:
        blank = SECTION_ENDS.search(text, begin + SECTION, begin + 2 * SECTION)
        end, after = blank.span() if blank else (begin + SECTION, begin + SECTION)
        yield text[begin:end]
        begin = after
    yield text[begin:]


def normalise(text: str, replacements: Mapping[int, str]) -> str:
    """The text as the vocabulary writes it: composed, cleaned, single blanks as U+2581.

    Composed first (NFKC): the file's map knows single characters, not sequences. What UTF-8 cannot hold becomes "?".
    """
    composed = unicodedata.normalize("NFKC", text.translate(REPLACED))
    clean = composed.encode("utf-8", errors="replace").decode().translate(replacements)
    return BLANKS.sub(" ", clean).replace(" ", BLANK)
