# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A question and a passage as the one sequence that the reader sees: `<s> question </s></s> passage </s>`.

A passage that is too long is read in windows that overlap. The same code makes the rows for training, so that what is
learned is what is asked later. It knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wazi.models import e5_weights
from wazi.models.e5_pieces import Pieces
from wazi.models.e5_weights import BLOCK_WEIGHTS, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 256
"""Tokens read at a time, question and marks included: training saw no more."""

STRIDE = 96
"""Tokens of the passage that two neighbouring windows share."""

LONGEST_QUESTION = 80
"""Tokens; what is longer loses its beginning, as the request comes after the situation."""

MARKS = 4
LENGTH_STEP = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """One window: `ids[first:-1]` are the tokens `begin` and following of the passage."""

    ids: list[int]
    first: int
    begin: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length. `real` and `passage` are 1 where there is a token, and a token of the passage."""

    embedded: NDArray[np.float32]
    real: NDArray[np.float32]
    passage: NDArray[np.float32]


def pair(question: Sequence[int], passage: Sequence[int], weights: Weights, *, begin: int = 0) -> Pair:
    """The whole of both, the question cut to its last LONGEST_QUESTION tokens."""
    asked = question[-LONGEST_QUESTION:]
    start, end = weights.start, weights.end
    return Pair([start, *asked, end, end, *passage, end], len(asked) + 3, begin)


def windows(question: Sequence[int], passage: Pieces, weights: Weights) -> Iterator[Pair]:
    """One window, or as many as a long passage takes."""
    room = WINDOW - MARKS - len(question[-LONGEST_QUESTION:])
    begin = 0
    while True:
        yield pair(question, passage.ids[begin : begin + room], weights, begin=begin)
        if begin + room >= len(passage.ids):
            return
        begin += room - STRIDE


class Embedding:
    """Looks up what goes into the first layer: word (kept in 4 bits), place, and question or passage."""

    def __init__(
        self,
        weights: Weights,
        *,
        kinds: NDArray[np.float32] | None = None,
        positions: NDArray[np.float32] | None = None,
    ) -> None:
        """`kinds`, shape (2, hidden), and `positions` are the trained ones; without them they are the encoder's."""
        self._words = weights.tensors["emb.word"].reshape(-1, weights.hidden // BLOCK_WEIGHTS)
        known = weights.tensors["emb.type"].reshape(-1, weights.hidden)
        self._places = weights.tensors["emb.pos"].reshape(-1, weights.hidden) if positions is None else positions
        self._kinds = np.stack([known[0], known[0]]) if kinds is None else kinds
        self._end = weights.end

    def batch(self, pairs: Sequence[Pair]) -> Batch:
        """What the graph reads, padded to the longest."""
        ids, real, passage = self.padded(pairs)
        embedded = self.words(ids)
        embedded += self._places[: ids.shape[1]] + self._kinds[passage.astype(np.int64)]
        return Batch(embedded, real, passage)

    def padded(
        self, pairs: Sequence[Pair], *, step: int = LENGTH_STEP
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """Token ids, `real` and `passage`, each (pairs, tokens); lengths are rounded up to `step` so that few occur."""
        longest = -(-max(len(each.ids) for each in pairs) // step) * step
        ids = np.full((len(pairs), longest), self._end)
        real, passage = np.zeros(ids.shape, np.float32), np.zeros(ids.shape, np.float32)
        for row, each in enumerate(pairs):
            size = len(each.ids)
            ids[row, :size] = each.ids
            real[row, :size] = 1
            passage[row, each.first : size - 1] = 1
        return ids, real, passage

    def words(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Word embeddings in full, shape (*ids.shape, hidden)."""
        return e5_weights.dequantise(self._words[ids]).reshape(*ids.shape, -1)
