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
from typing import TYPE_CHECKING

import numpy as np

from wazi.errors import MissingPart
from wazi.models import Reading, e5_weights, reader_file, reader_graph, reader_inputs
from wazi.models.e5_pieces import Cutter, Pieces
from wazi.models.reader_inputs import Batch, Embedding, Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.models.e5_weights import Weights

LONGEST_ANSWER = 40
"""Tokens of an answer at most."""

BATCH_TOKENS = 2048

ODDS = "odds"
"""Where the card of a trained reader keeps the weights of `Reader.odds`: of each signal, and a bias."""


class Reader:
    """`weights` are the encoder's, `trained` a file of `wazi tune reader`. Thread-safe. Raises MissingPart."""

    def __init__(self, weights: Weights, trained: Path, *, name: str = "reader") -> None:
        self.name = name
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

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        """One reading a passage, in their order; offsets are characters of the passage, both 0 for one without tokens.

        `parts` are stretches of each passage, such as its sentences; one without tokens of its own gets minus infinity.
        """
        asked = self._cutter.ids(question)
        cut = [self._cutter.pieces(passage) for passage in passages]
        named = parts or [()] * len(passages)
        found = [Reading(0, 0, -np.inf, 0.0, -np.inf, (-np.inf,) * len(each)) for each in named]
        pairs = [
            (row, each)
            for row, pieces in enumerate(cut)
            for each in reader_inputs.windows(asked, pieces, self._weights)
        ]
        for batch in _batches(pairs):
            inputs = self._embedding.batch([each for _, each in batch])
            begin, end, relevance = self._run(inputs)
            for place, (row, each) in enumerate(batch):
                said = begin[place], end[place], float(relevance[place])
                one = _reading(each, cut[row], said, named[row])
                found[row] = _better(found[row], one)
        return found

    def odds(self, reading: Reading, *, cosine: float, overlap: float) -> float:
        """Natural log odds that the passage answers, by the weights that were fitted when it was trained; else the margin."""
        weights = self.card.get(ODDS)
        if weights is None:
            return reading.margin
        signals = {"relevance": reading.relevance, "margin": reading.margin, "cosine": cosine, "overlap": overlap}
        return float(weights["bias"] + sum(weights[name] * value for name, value in signals.items()))

    def _run(self, batch: Batch) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        with self._running:
            results = self._request.infer([batch.embedded, batch.real, batch.passage])
            begin, end, relevance = (results[number].copy() for number in range(3))
        return begin, end, relevance


def open_reader(encoder: Path, trained: Path, *, name: str) -> Reader:
    """The reader in the file `trained` on the weights of its encoder. Raises MissingPart."""
    return Reader(e5_weights.read(encoder), trained, name=name)


def _reading(
    pair: Pair,
    pieces: Pieces,
    said: tuple[NDArray[np.float32], NDArray[np.float32], float],
    parts: Sequence[tuple[int, int]],
) -> Reading:
    """The best span of one window: begin before end, at most LONGEST_ANSWER tokens apart; and the best inside each part.

    `said` are the scores of begin and end for every token, and the relevance.
    """
    begin, end, relevance = said
    none = float(begin[0] + end[0])
    inside = slice(pair.first, len(pair.ids) - 1)
    first, last = begin[inside], end[inside]
    if not len(first):
        return Reading(0, 0, -np.inf, none, relevance, (-np.inf,) * len(parts))
    apart = np.arange(len(first))[None, :] - np.arange(len(first))[:, None]
    both = np.where((apart >= 0) & (apart < LONGEST_ANSWER), first[:, None] + last[None, :], -np.inf)
    at, to = np.unravel_index(both.argmax(), both.shape)
    start, stop = pieces.starts[pair.begin + at], pieces.ends[pair.begin + to]
    window = slice(pair.begin, pair.begin + len(first))
    starts, ends = np.asarray(pieces.starts[window]), np.asarray(pieces.ends[window])
    margins = tuple(_best_within(both, starts, ends, part) - none for part in parts)
    return Reading(start, stop, float(both[at, to]), none, relevance, margins)


def _best_within(
    both: NDArray[np.float32], starts: NDArray[np.intp], ends: NDArray[np.intp], part: tuple[int, int]
) -> float:
    """The best span of a window whose tokens lie inside a part."""
    within = np.flatnonzero((starts >= part[0]) & (ends <= part[1]))
    if not len(within):
        return -np.inf
    own = slice(within[0], within[-1] + 1)
    return float(both[own, own].max())


def _better(one: Reading, other: Reading) -> Reading:
    """Of two windows of a passage: the span that stands out more; passage and parts are as good as their better window."""
    best = max(one, other, key=lambda each: each.margin)
    parts = tuple(max(pair) for pair in zip(one.parts, other.parts, strict=True))
    return best._replace(relevance=max(one.relevance, other.relevance), parts=parts)


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
