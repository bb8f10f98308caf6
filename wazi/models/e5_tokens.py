# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text to the token ids of multilingual-e5-small: its normalisation, then the likeliest pieces of each word.

The vocabulary is a unigram model of SentencePiece. No piece spans two words, so each word is cut by itself and words
seen before are not cut again. It does not know about the 512 tokens a model can read, nor about the two ends of a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

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


class Tokenizer:
    """Cuts text as the model was trained on it."""

    def __init__(self, weights: Weights) -> None:
        self._ids = {piece: number for number, piece in enumerate(weights.pieces) if number != weights.unknown}
        self._scores: list[float] = weights.scores.tolist()
        self._unknown, self._unknown_score = weights.unknown, min(self._scores) - UNKNOWN_PENALTY
        self._replacements = dict(weights.replacements)
        self._longest = max(map(len, weights.pieces))
        self._remembered = lru_cache(REMEMBERED_WORDS)(self._cut)

    def ids(self, text: str) -> list[int]:
        """Token ids of a text, without the two that mark its ends."""
        words = normalise(text, self._replacements).split(BLANK)
        if not words[0]:
            del words[0]
        found: list[int] = []
        for word in words:
            cut = self._remembered if len(word) <= LONGEST_REMEMBERED else self._cut
            found.extend(cut(BLANK + word))
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        """The pieces with the highest sum of scores (Viterbi); a character of no piece is one unknown."""
        best = [0.0]
        steps: list[tuple[int, int]] = [(0, 0)]  # by end: where the last piece begins, its id
        for end in range(1, len(word) + 1):
            top, step = best[-1] + self._unknown_score, (end - 1, self._unknown)
            for begin in range(max(0, end - self._longest), end):
                number = self._ids.get(word[begin:end])
                if number is not None and (score := best[begin] + self._scores[number]) > top:
                    top, step = score, (begin, number)
            best.append(top)
            steps.append(step)
        ids = []
        end = len(word)
        while end:
            end, piece = steps[end]
            ids.append(piece)
        return tuple(reversed(ids))


def normalise(text: str, replacements: Mapping[int, str]) -> str:
    """The text as the vocabulary writes it: composed, cleaned, single blanks as U+2581.

    Composed first (NFKC): the file's map knows single characters, not sequences. What UTF-8 cannot hold becomes "?".
    """
    composed = unicodedata.normalize("NFKC", text.translate(REPLACED))
    clean = composed.encode("utf-8", errors="replace").decode().translate(replacements)
    return BLANKS.sub(" ", clean).replace(" ", BLANK)
