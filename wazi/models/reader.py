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
from wazi.models import Reading, Stretch, e5_weights, reader_file, reader_graph, reader_inputs
from wazi.models.e5_graph import processor
from wazi.models.e5_pieces import Cutter, Pieces
from wazi.models.reader_graph import Precision, suited
from wazi.models.reader_inputs import Batch, Embedding, Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.models.e5_weights import Weights

LONGEST_ANSWER = 40
"""Tokens of an answer at most."""

BATCH_TOKENS = 2048

NOWHERE = Stretch(-np.inf, 0, 0)

LOWEST = -20.0
"""Logits: no signal is lower."""

ODDS = "odds"
"""Where the card of a trained reader keeps the weights of `Reader.odds`: of each signal, and a bias."""

LEAD = "lead"
"""Where it keeps what `Reader.answerable` knows: the weight of the lead, its mean, and the floor."""


class Reader:
    """`weights` are the encoder's, `trained` a file of `wazi tune reader`. Thread-safe. Raises MissingPart.

    `precision` is that of its products; without one, bfloat16 where the processor has it.
    """

    def __init__(
        self, weights: Weights, trained: Path, *, name: str = "reader", precision: Precision | None = None
    ) -> None:
        self.name = name
        self._weights = weights
        made = reader_file.read(trained)
        if (made.hidden, made.layers) != (self._weights.hidden, self._weights.layers):
            raise MissingPart(f"{trained} was trained from another encoder: train anew with `wazi tune reader`")
        self._cutter = Cutter(self._weights)
        positions = made.tensors["emb.pos"]
        self._embedding = Embedding(self._weights, kinds=made.tensors["emb.type"], positions=positions)
        self._request = reader_graph.compile_graph(made, precision or suited(processor())).create_infer_request()
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
        found = [Reading(0, 0, -np.inf, 0.0, -np.inf, _nowhere(each)) for each in named]
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

    def odds(self, reading: Reading, *, cosine: float, overlap: float | None) -> float:
        """Natural log odds that the passage answers, by the weights that were fitted for this reader; else the margin.

        0 is the floor that was chosen with them. `overlap` is None where question and passage are in different languages.
        """
        weights = self.card.get(ODDS)
        if weights is None:
            return reading.margin
        return float(weights["bias"] + sum(weights[n] * v for n, v in signals(reading, cosine, overlap).items()))

    def answerable(self, odds: float, *, lead: float | None) -> float:
        """Natural log odds that a question is answered at all, 0 the floor: from the odds of its best passage and the lead.

        The lead is how far the fused score of the first hit exceeds the mean of the five behind it: a question that is answered has
        one passage that stands out. None where there are too few to tell.
        """
        told = self.card.get(LEAD)
        if told is None:
            return odds
        ahead = 0.0 if lead is None else lead - float(told["mean"])
        return odds + float(told["weight"]) * ahead - float(told["floor"])

    def _run(self, batch: Batch) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        with self._running:
            results = self._request.infer([batch.embedded, batch.real, batch.passage])
            begin, end, relevance = (results[number].copy() for number in range(3))
        return begin, end, relevance


def signals(reading: Reading, cosine: float, overlap: float | None) -> dict[str, float]:
    """What `Reader.odds` weighs, by name; what a passage without tokens has none of counts as very low."""
    return {
        "relevance": max(reading.relevance, LOWEST),
        "margin": max(reading.margin, LOWEST),
        "cosine": cosine,
        "overlap": overlap or 0.0,
        "across": float(overlap is None),
    }


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
    told = slice(pair.first, len(pair.ids) - 1)
    first, last = begin[told], end[told]
    if not len(first):
        return Reading(0, 0, -np.inf, none, relevance, _nowhere(parts))
    apart = np.arange(len(first))[None, :] - np.arange(len(first))[:, None]
    both = np.where((apart >= 0) & (apart < LONGEST_ANSWER), first[:, None] + last[None, :], -np.inf)
    begins = np.asarray(pieces.starts[pair.begin : pair.begin + len(first)])
    ends = np.asarray(pieces.ends[pair.begin : pair.begin + len(first)])
    inside = [np.flatnonzero((begins >= start) & (ends <= stop)) for start, stop in parts]
    stretches = tuple(_best(both, own, begins, ends, none) for own in inside)
    whole = _best(both, np.arange(len(first)), begins, ends, none)
    return Reading(whole.start, whole.end, whole.margin + none, none, relevance, stretches)


def _best(
    both: NDArray[np.float32], own: NDArray[np.intp], begins: NDArray[np.intp], ends: NDArray[np.intp], none: float
) -> Stretch:
    """The best span whose tokens are among `own`, which follow each other."""
    if not len(own):
        return NOWHERE
    scores = both[own[0] : own[-1] + 1, own[0] : own[-1] + 1]
    at, to = np.unravel_index(scores.argmax(), scores.shape)
    return Stretch(float(scores[at, to]) - none, int(begins[own[0] + at]), int(ends[own[0] + to]))


def _nowhere(parts: Sequence[tuple[int, int]]) -> tuple[Stretch, ...]:
    return (NOWHERE,) * len(parts)


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
