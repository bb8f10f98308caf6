# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Chunks -> Passages: the tokens and the vector under which a chunk is found.

The heading path is context for the search, in front of the text, and never part of a quote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wazi.desk import Desk
from wazi.languages import analyse, lexicon
from wazi.types import Chunk, Passage


def embed(chunks: Sequence[Chunk], desk: Desk, done: Callable[[int], None] = lambda _: None) -> list[Passage]:
    """Tokens and vectors of the chunks, in their order; `done` hears after every batch how many are ready."""
    passages: list[Passage] = []
    size = desk.settings.embed.batch
    for first in range(0, len(chunks), size):
        batch = chunks[first : first + size]
        texts = [chunk.in_context for chunk in batch]
        vectors = desk.models.embedder.passages(
            [lexicon.as_read(text, chunk.language, desk.lexicons) for chunk, text in zip(batch, texts, strict=True)]
        )
        passages += [
            Passage(chunk, analyse.tokens(text, chunk.language), vector)
            for chunk, text, vector in zip(batch, texts, vectors, strict=True)
        ]
        done(len(passages))
    return passages
