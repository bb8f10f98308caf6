# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The trained reader: a question and passages in, for each the stretch that answers best, and whether it answers at all.

It runs the weights of `wazi tune reader` on the vocabulary and word embeddings of multilingual-e5-small. Scores are
logits: comparable between passages of one question, not calibrated. It does not know what a language or a document is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wazi.errors import MissingPart
from wazi.models import reader_file, reader_graph, reader_inputs
from wazi.models.e5_pieces import Cutter, Pieces
from wazi.models.reader_inputs import Batch, Embedding, Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.models.e5_weights import Weights

LONGEST_ANSWER = 40
"""Tokens of an answer at most."""

BATCH_TOKENS = 2048


class Reading(NamedTuple):
    """What the reader makes of one passage: `passage[start:end]` answers best, with `score`; `no_answer` is the score of none."""

    start: int
    end: int
    score: float
    no_answer: float
    relevance: float

    @property
    def margin(self) -> float:
        """By how much the span is likelier than no answer, in logits."""
        return self.score - self.no_answer


class Reader:
    """`weights` are the encoder's, `trained` a file of `wazi tune reader`. Thread-safe. Raises MissingPart."""

    def __init__(self, weights: Weights, trained: Path) -> None:
        self._weights = weights
        made = reader_file.read(trained)
        if (made.hidden, made.layers) != (self._weights.hidden, self._weights.layers):
            raise MissingPart(f"{trained} was trained from another encoder: train anew with `wazi tune reader`")
        self._cutter = Cutter(self._weights)
        positions = made.tensors["emb.pos"]
        self._embedding = Embedding(self._weights, kinds=made.tensors["emb.type"], positions=positions)
        self._request = reader_graph.compile_graph(made).create_infer_request()
        self._running = threading.Lock()
        self.card = made.card

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """One reading a passage, in their order; offsets are characters of the passage, both 0 for one without tokens."""
        asked = self._cutter.ids(question)
        cut = [self._cutter.pieces(passage) for passage in passages]
        found = [Reading(0, 0, -np.inf, 0.0, -np.inf)] * len(passages)
        pairs = [
            (row, each)
            for row, pieces in enumerate(cut)
            for each in reader_inputs.windows(asked, pieces, self._weights)
        ]
        for batch in _batches(pairs):
            inputs = self._embedding.batch([each for _, each in batch])
            begin, end, relevance = self._run(inputs)
            for place, (row, each) in enumerate(batch):
                one = _reading(each, cut[row], begin[place], end[place], float(relevance[place]))
                found[row] = _better(found[row], one)
        return found

    def _run(self, batch: Batch) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        with self._running:
            results = self._request.infer([batch.embedded, batch.real, batch.passage])
            begin, end, relevance = (results[number].copy() for number in range(3))
        return begin, end, relevance


def _reading(
    pair: Pair, pieces: Pieces, begin: NDArray[np.float32], end: NDArray[np.float32], relevance: float
) -> Reading:
    """The best span of one window: begin before end, at most LONGEST_ANSWER tokens apart."""
    none = float(begin[0] + end[0])
    inside = slice(pair.first, len(pair.ids) - 1)
    first, last = begin[inside], end[inside]
    if not len(first):
        return Reading(0, 0, -np.inf, none, relevance)
    both = first[:, None] + last[None, :]
    apart = np.arange(len(first))[None, :] - np.arange(len(first))[:, None]
    allowed = (apart >= 0) & (apart < LONGEST_ANSWER)
    at, to = np.unravel_index(np.where(allowed, both, -np.inf).argmax(), both.shape)
    start, stop = pieces.starts[pair.begin + at], pieces.ends[pair.begin + to]
    return Reading(start, stop, float(both[at, to]), none, relevance)


def _better(one: Reading, other: Reading) -> Reading:
    """Of two windows of a passage: the span that stands out more; the passage is as relevant as its better window."""
    best = max(one, other, key=lambda each: each.margin)
    return best._replace(relevance=max(one.relevance, other.relevance))


def _batches(pairs: Sequence[tuple[int, Pair]]) -> Iterator[list[tuple[int, Pair]]]:
    """Windows of like lengths together, within BATCH_TOKENS with their padding."""
    batch: list[tuple[int, Pair]] = []
    for each in sorted(pairs, key=lambda one: len(one[1].ids)):
        if batch and len(each[1].ids) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch
