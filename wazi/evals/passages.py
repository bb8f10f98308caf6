# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A text of a task -> the chunks it is searched by: the task decides what a passage is, and a very long one is split.

A passage of up to `WHOLE` characters is one chunk. A longer one is split as a document is, and its best part counts for the
whole (maxP, Dai and Callan 2019), so that nothing of it is cut or drowned in an average. A chunk's document is the passage.
"""

from __future__ import annotations

from wazi import chunk
from wazi.config import ChunkSettings
from wazi.evals.rows import Text
from wazi.languages import identify, sentences
from wazi.types import Block, Chunk, Document, Record, Status

WHOLE = 1_500
"""Characters of a passage that is not split: about what the encoder reads at once. docs/evals.md has the measurement."""


def chunks(text: Text, settings: ChunkSettings, language: str | None = None) -> list[Chunk]:
    """The chunks of a passage; `language` stands in where the passage does not say."""
    tag = text.language or language or identify.language(text.text or text.title)
    headings = (text.title,) if text.title else ()
    if len(text.text) <= WHOLE:
        words = text.text if text.text.strip() else text.title
        path = headings if text.text.strip() else ()
        return [Chunk(text.id, text.id, words, 0, len(words), None, path, tag)]
    document = Document(record(text.id), text.text, (Block(0, len(text.text), headings=headings),))
    return chunk.chunk(document, settings, lambda _: tag, sentences.split)


def record(passage: str) -> Record:
    """A passage as a document of its own, so that what is said about documents holds for passages."""
    return Record(passage, passage, passage, "", "application/jsonl", Status.COMPLETE)
