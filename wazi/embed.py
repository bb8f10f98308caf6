# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Chunks -> Passages: the tokens and the vector under which a chunk is found.

The heading path is context for the search, in front of the text, and never part of a quote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from wazi.desk import Desk
from wazi.languages import analyse, lexicon
from wazi.types import Chunk, Passage

if TYPE_CHECKING:
    from wazi.types import Vector


def embed(
    chunks: Sequence[Chunk],
    desk: Desk,
    done: Callable[[int], None] = lambda _: None,
    *,
    held: Mapping[str, Vector] = MappingProxyType({}),
) -> list[Passage]:
    """Tokens and vectors of the chunks, in their order; `done` hears after every batch how many are ready.

    `held` are vectors by id of chunk that need not be made again.
    """
    vectors = [held.get(chunk.id) for chunk in chunks]
    new = [place for place, vector in enumerate(vectors) if vector is None]
    size = desk.settings.embed.batch
    for first in range(0, len(new), size):
        batch = new[first : first + size]
        texts = [lexicon.as_read(chunks[i].in_context, chunks[i].language, desk.lexicons) for i in batch]
        for place, vector in zip(batch, desk.models.embedder.passages(texts), strict=True):
            vectors[place] = vector
        done(len(chunks) - len(new) + first + len(batch))
    return [
        Passage(chunk, analyse.tokens(chunk.in_context, chunk.language), vector)
        for chunk, vector in zip(chunks, vectors, strict=True)
        if vector is not None
    ]
