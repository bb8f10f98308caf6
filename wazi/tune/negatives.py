# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Passages that do not answer a question: close ones of the same corpus, and the answering one without its fact.

Close ones are the best by BM25 (Robertson and Zaragoza 2009) over token pieces and, where there is an embedder, by sense, that do
not hold the words of an answer: what retrieval would bring. A passage loses its fact when the sentences of its answers are taken
out. It does not know meaning: a close passage may answer in other words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from wazi.languages import sentences
from wazi.tune.sets import Passage, Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.models import Embedder

SATURATION, LENGTH = 0.9, 0.4
BEST = 10
"""A negative is one of so many."""
SENSED = 1500
"""Characters of a passage that speak for its sense: about what the encoder reads at once."""
LEAST_LEFT = 60
"""Characters: less is no passage."""


class Ranked:
    """The passages of one pool, ranked for a question."""

    def __init__(
        self, passages: Sequence[Passage], ids: Callable[[str], Sequence[int]], embedder: Embedder | None = None
    ) -> None:
        self.passages, self._embedder = passages, embedder
        self._vectors = embedder.passages([passage.in_context[:SENSED] for passage in passages]) if embedder else None
        self._ids = ids
        counts = [Counter(ids(passage.text)) for passage in passages]
        self._sizes = np.array([max(1, count.total()) for count in counts], np.float32)
        found: dict[int, list[tuple[int, int]]] = {}
        for place, count in enumerate(counts):
            for piece, times in count.items():
                found.setdefault(piece, []).append((place, times))
        self._found = {piece: np.array(rows) for piece, rows in found.items()}

    def best(self, question: str, number: int) -> list[Passage]:
        """The `number` best passages, ties by their order."""
        scores = np.zeros(len(self.passages), np.float32)
        norm = SATURATION * (1 - LENGTH + LENGTH * self._sizes / self._sizes.mean())
        for piece in set(self._ids(question)):
            if piece in self._found:
                places, times = self._found[piece].T
                rarity = np.log(1 + (len(scores) - len(places) + 0.5) / (len(places) + 0.5))
                scores[places] += rarity * times / (times + norm[places])
        if self._embedder and self._vectors is not None:
            scores = _z(scores) + _z(self._vectors @ self._embedder.query(question))
        order = np.argsort(-scores, kind="stable")[:number]
        return [self.passages[place] for place in order]


def _z(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    centred: NDArray[np.float32] = scores - scores.mean()
    return centred / np.float32(max(float(scores.std()), 1e-9))


def close(row: Row, ranked: Ranked) -> list[Passage]:
    """Up to BEST passages near the question that hold no answer; for rows without a span all but their own.

    None of a set whose questions many passages answer.
    """
    if not row.close:
        return []
    words = [answer.casefold().strip() for answer in row.answers]
    return [
        passage
        for passage in ranked.best(row.question, BEST + 2)
        if passage.id != row.passage.id
        and passage.text != row.passage.text
        and not any(word and word in passage.text.casefold() for word in words)
    ][:BEST]


def without_fact(row: Row) -> str | None:
    """The passage without the sentences that hold an answer; None when too little is left or the words stand elsewhere too."""
    text = row.passage.text
    left = "".join(
        _kept(row, lambda start, end: any(start < stop and begin < end for begin, stop in row.spans))
    ).strip()
    told = any(answer.casefold().strip() in left.casefold() for answer in row.answers)
    return left if len(left) >= LEAST_LEFT and not told and left != text.strip() else None


def without_other(row: Row, random: Random) -> tuple[str, tuple[tuple[int, int], ...]] | None:
    """The passage without one sentence that holds no answer, and where the answers stand now; None for want of one.

    Were only unanswerable passages cut, the cut would give the answer away.
    """
    free = [
        (start, end)
        for start, end in sentences.split(row.passage.text, row.passage.language)
        if not any(start < stop and begin < end for begin, stop in row.spans)
    ]
    if not free:
        return None
    gone = random.choice(free)
    text = "".join(_kept(row, lambda start, end: (start, end) == gone))
    whole = row.passage.text
    size = len(whole) - len(text)
    spans = tuple((a, b) if a < gone[0] else (a - size, b - size) for a, b in row.spans)
    return text, spans


def _kept(row: Row, gone: Callable[[int, int], bool]) -> Iterator[str]:
    """The stretches of the passage that stay: a sentence goes with the blanks after it."""
    text = row.passage.text
    spans = sentences.split(text, row.passage.language)
    ends = [start for start, _ in spans[1:]] + [len(text)]
    yield text[: spans[0][0]] if spans else text
    for (start, end), stop in zip(spans, ends, strict=True):
        if not gone(start, end):
            yield text[start:stop]
