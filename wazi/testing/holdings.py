# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Small holdings made from a few words, and what tests of a store need to talk about them. Knows no store."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wazi.errors import StoreError
from wazi.types import EVERYTHING, PUBLIC, BlockKind, Chunk, Holding, Passage, Record, Scope, Status

if TYPE_CHECKING:
    from wazi.store import Store
    from wazi.types import Vector

DIMENSION = 24
KEEPER = Scope(frozenset({EVERYTHING}))
ANYBODY = Scope(frozenset({PUBLIC}))


def unit_vector(seed: int) -> Vector:
    """A direction drawn from a seed: float32, shape (DIMENSION,), length 1."""
    drawn = np.random.default_rng(seed).normal(size=DIMENSION)
    return np.asarray(drawn / np.linalg.norm(drawn), np.float32)


def make_holding(
    document: str,
    passages: Sequence[str],
    *,
    labels: frozenset[str] = frozenset({PUBLIC}),
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    vectors: Sequence[Vector] | None = None,
) -> Holding:
    """A whole document of which each passage is one chunk `document:number`; its tokens are the words between blanks."""
    text, held = "\n".join(passages), []
    start = 0
    for number, words in enumerate(passages):
        chunk = Chunk(
            id=f"{document}:{number}",
            document=document,
            text=words,
            start=start,
            end=start + len(words),
            page=number + 1,
            headings=("Part one", document),
            language="sw",
            kind=BlockKind.TABLE_ROW if number else BlockKind.PARAGRAPH,
            labels=labels,
            valid_from=valid_from,
            valid_until=valid_until,
            parallel=(f"{document}:0",) if number else (),
        )
        seed = int.from_bytes(hashlib.sha256(f"{chunk.id} {words}".encode()).digest()[:4], "big")
        vector = vectors[number] if vectors is not None else unit_vector(seed)
        held.append(Passage(chunk, tuple(words.split(" ")), vector))
        start += len(words) + 1
    original = f"original of {document}: {text}".encode()
    record = Record(
        id=document,
        title=f"Title of {document}",
        source=f"/county/{document}.md",
        sha256=hashlib.sha256(original).hexdigest(),
        media_type="text/markdown",
        status=Status.COMPLETE,
        pages=len(passages),
        page_starts=tuple(passage.chunk.start for passage in held),
        chunks=len(held),
        bytes=len(original),
        languages=("sw", "en"),
        labels=labels,
        valid_from=valid_from,
        valid_until=valid_until,
        versions=2,
        fingerprint="f" * 8,
        flags=("injection",),
    )
    return Holding(record, text, tuple(held), original)


def ids(hits: Sequence[tuple[str, float]]) -> list[str]:
    """The chunk ids of hits, best first."""
    return [name for name, _ in hits]


def held_of(store: Store, document: str, scope: Scope) -> tuple[Record | None, str | None, bytes | None]:
    """What a reader gets of a document."""
    return store.record(document, scope), store.text(document, scope), store.original(document, scope)


def refusal(work: Callable[..., object], *given: object, **named: object) -> str:
    """The message of the StoreError that the work must end with."""
    try:
        work(*given, **named)
    except StoreError as error:
        return str(error)
    raise AssertionError("no StoreError was raised")


def bm25_by_hand(passages: Mapping[str, Sequence[str]], query: Sequence[str] | Mapping[str, float]) -> dict[str, float]:
    """BM25 as its formula says, one sum at a time: an independent check of what a store answers."""
    weight = query if isinstance(query, Mapping) else dict.fromkeys(query, 1.0)
    mean = sum(map(len, passages.values())) / len(passages)
    scores: dict[str, float] = {}
    for name, tokens in passages.items():
        total, times = 0.0, Counter(tokens)
        for word in set(query) & set(tokens):
            holders = sum(word in others for others in passages.values())
            idf = math.log(1 + (len(passages) - holders + 0.5) / (holders + 0.5))
            total += weight[word] * idf * times[word] * 2.2 / (times[word] + 1.2 * (0.25 + 0.75 * len(tokens) / mean))
        if total:
            scores[name] = total
    return scores
