# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The passages of a task in stores, and its questions asked of them, through the very steps that answer questions.

A passage is a document of its own. Where a passage has several chunks, or several language versions in one index, its best
one counts. It does not know what is relevant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wazi import languages, models
from wazi.audit import Trail
from wazi.config import Settings
from wazi.desk import Desk, Models
from wazi.embed import embed
from wazi.evals import passages
from wazi.evals.cache import CountingEmbedder
from wazi.evals.rows import Text
from wazi.evals.task import MIXED, Direction, Task
from wazi.meter import Meter
from wazi.retrieve import retrieve
from wazi.store import Scored
from wazi.store.memory import MemoryStore
from wazi.types import EVERYTHING, Holding, Passage, Query, Scope
from wazi.understand import understand

if TYPE_CHECKING:
    from wazi.models import Embedder
    from wazi.types import Vector

DEPTH = 100
"""Chunks asked for, the depth of recall@100."""

ALL = Scope(frozenset({EVERYTHING}))
VERSION = "\x1f"
"""Stands between language version and passage in an index of several versions."""

Bar = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Opens a progress bar of so many things and gives the function that hears how many are done."""


@dataclass(slots=True)
class Rankings:
    """What one direction found: scores by question and passage. `versions` keeps the language versions of passages apart."""

    fused: dict[str, dict[str, float]] = field(default_factory=dict)
    lexical: dict[str, dict[str, float]] = field(default_factory=dict)
    dense: dict[str, dict[str, float]] = field(default_factory=dict)
    versions: dict[str, dict[str, float]] = field(default_factory=dict)


class LastAnswer(MemoryStore):
    """The reference store, which answers at once what it was asked last: each signal alone then costs no second search."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self._last: dict[str, tuple[object, list[Scored]]] = {}

    def lexical(self, tokens: Sequence[str] | Mapping[str, float], scope: Scope, k: int) -> list[Scored]:
        asked = (tuple(tokens.items()) if isinstance(tokens, Mapping) else tuple(tokens), scope, k)
        return self._remember("lexical", asked, lambda: super(LastAnswer, self).lexical(tokens, scope, k))

    def dense(self, vector: Vector, scope: Scope, k: int) -> list[Scored]:
        asked = (vector.tobytes(), scope, k)
        return self._remember("dense", asked, lambda: super(LastAnswer, self).dense(vector, scope, k))

    def _remember(self, kind: str, asked: object, search: Callable[[], list[Scored]]) -> list[Scored]:
        if self._last.get(kind, (None, []))[0] != asked:
            self._last[kind] = asked, search()
        return list(self._last[kind][1])


def open_desk(settings: Settings, scratch: Path, embedder: CountingEmbedder) -> Desk:
    """A desk with an empty store in memory; its audit trail goes to `scratch`."""
    return Desk(
        settings=settings,
        store=MemoryStore(embedder.dimension),
        models=models_of(settings, embedder),
        audit=Trail(scratch, keep_questions=False),
        meter=Meter(settings.meter),
    )


def models_of(settings: Settings, embedder: Embedder) -> Models:
    """The models of the settings, with this embedder."""
    return Models(
        lambda: embedder, lambda name: models.open_generator(settings, name), lambda: models.open_reader(settings)
    )


def take_in(job: Task, desk: Desk, tags: Iterable[str], language: str | None, bar: Bar) -> dict[str, list[Passage]]:
    """Tokens and vectors of the corpora that `tags` name."""
    held = {}
    for tag in tags:
        chunks = [chunk for text in job.corpora[tag] for chunk in passages.chunks(text, desk.settings.chunk, language)]
        with bar(f"passages {tag}".strip(), len(chunks)) as done:
            held[tag] = embed(chunks, desk, done)
    return held


def understood(
    job: Task, desk: Desk, tags: Iterable[str], language: str | None, bar: Bar
) -> dict[str, dict[str, Query]]:
    """The questions of the versions that `tags` name, by id, without those that cannot be asked.

    They are put in the languages that the desk's store holds.
    """
    queries: dict[str, dict[str, Query]] = {}
    for tag in tags:
        asked = [text for text in job.questions[tag] if text.text.strip()]
        with bar(f"questions {tag}".strip(), len(asked)) as done:
            queries[tag] = {}
            for number, text in enumerate(asked, start=1):
                queries[tag][text.id] = understand(text.text, desk, language=text.language or language)
                done(number)
    return queries


def run(way: Direction, queries: Mapping[str, Query], desk: Desk, bar: Bar) -> Rankings:
    """Rank for every question, by both signals together and by each alone."""
    found = Rankings()
    mixed = way.corpus == MIXED
    with bar(f"asking {way.name}".strip(), len(queries)) as done:
        for number, (question, query) in enumerate(queries.items(), start=1):
            with desk.meter.step("retrieve"):
                hits = [(hit.chunk.document, hit.score) for hit in retrieve(query, ALL, desk, k=DEPTH)]
            found.fused[question] = best(hits, mixed=mixed)
            if mixed:
                found.versions[question] = best(hits)
            with desk.meter.step("beside"):
                found.lexical[question] = best(_named(desk.store.lexical(query.tokens, ALL, DEPTH), desk), mixed=mixed)
                found.dense[question] = best(_named(desk.store.dense(query.vector, ALL, DEPTH), desk), mixed=mixed)
            done(number)
    return found


def _named(scored: Sequence[tuple[str, float]], desk: Desk) -> list[tuple[str, float]]:
    """Chunk ids -> the passages they belong to."""
    chunks = desk.store.fetch([name for name, _ in scored], ALL)
    return [(chunk.document, score) for chunk, (_, score) in zip(chunks, scored, strict=True)]


def best(hits: Iterable[tuple[str, float]], *, mixed: bool = False) -> dict[str, float]:
    """The best score of every passage, to the precision in which trec_eval compares scores; `mixed`: of any version."""
    scores: dict[str, float] = {}
    for name, score in hits:
        passage = name.partition(VERSION)[2] if mixed else name
        scores[passage] = max(float(np.float32(score)), scores.get(passage, -np.inf))
    return scores


def store_of(corpora: Mapping[str, Sequence[Passage]], corpus: str, dimension: int) -> LastAnswer:
    """A store of one corpus, or of all of them with their versions in the names of their documents.

    It notes the languages that it holds, as an ingest does: questions are put in those only.
    """
    store = LastAnswer(dimension)
    if corpus == MIXED:
        every = [_versioned(passage, tag) for tag, held in corpora.items() for passage in held]
    else:
        every = list(corpora[corpus])
    by_document: dict[str, list[Passage]] = {}
    for passage in every:
        by_document.setdefault(passage.chunk.document, []).append(passage)
    store.note("languages", " ".join(sorted({languages.tag(passage.chunk.language) for passage in every})))
    store.apply([Holding(passages.record(name), "", tuple(parts)) for name, parts in by_document.items()])
    return store


def _versioned(passage: Passage, tag: str) -> Passage:
    chunk = passage.chunk
    return replace(passage, chunk=replace(chunk, id=versioned(tag, chunk.id), document=versioned(tag, chunk.document)))


def versioned(tag: str, passage: str) -> str:
    """The name of one language version of a passage in an index of several."""
    return f"{tag}{VERSION}{passage}"


def written(corpora: Mapping[str, Sequence[Passage]]) -> dict[str, str]:
    """The language of every passage, of its first version and part."""
    found: dict[str, str] = {}
    for chunk in (passage.chunk for held in corpora.values() for passage in held):
        found.setdefault(chunk.document, chunk.language)
    return found


def in_parts(texts: Iterable[Text]) -> int:
    """How many of the passages are searched in parts."""
    return sum(len(text.text) > passages.WHOLE for text in texts)
