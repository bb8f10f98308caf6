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
    vectors = {place: held[chunk.id] for place, chunk in enumerate(chunks) if chunk.id in held}
    new = [place for place in range(len(chunks)) if place not in vectors]
    size = desk.settings.embed.batch
    for first in range(0, len(new), size):
        batch = new[first : first + size]
        texts = [lexicon.as_read(chunks[i].in_context, chunks[i].language, desk.lexicons) for i in batch]
        vectors.update(zip(batch, desk.models.embedder.passages(texts), strict=True))
        done(len(vectors))
    return [
        Passage(chunk, analyse.tokens(chunk.in_context, chunk.language), vectors[place])
        for place, chunk in enumerate(chunks)
    ]
