# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Where chunks live and are searched; the store applies the access filter itself.

`memory` is the reference and `lance` the default; both pass `wazi.testing.StoreConformance`.
A store knows tokens and vectors, not languages or models: analysis and fusion live above it, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from wazi.registry import Part

if TYPE_CHECKING:
    from wazi.types import Chunk, Holding, Record, Scope, Vector, Word

PARTS = {
    "memory": Part("wazi.store.memory", "MemoryStore"),
    "lance": Part("wazi.store.lance", "LanceStore"),
}


class Scored(NamedTuple):
    """A chunk id and its score: BM25 for `lexical`, cosine for `dense`; higher is better."""

    id: str
    score: float


class Store(Protocol):
    """What every store does. `scope` is always given: rows outside it are never returned or counted.

    A row is inside a scope when it shares a label with it (or the scope holds `EVERYTHING`) and, if the scope has a day,
    `valid_from <= day <= valid_until` (both ends inclusive, None is open). Chunk ids are unique in the whole store.
    The word statistics of BM25 are those of the whole index, whatever the scope: a score, unlike a row, may depend on
    rows that the reader does not see. All methods may be called from several threads.
    """

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to write for a whole run, so that a second ingest is told at its start; may be nested.

        Raises StoreError when another process is writing.
        """

    def apply(self, holdings: Sequence[Holding], *, delete: Sequence[str] = ()) -> None:
        """Replace whole documents and delete others by id: one atomic commit, durable when it returns, idempotent.

        Raises StoreError when the home is busy, full or not writable, or when a vector has the wrong length; then
        nothing has changed.
        """

    def describe(self, records: Sequence[Record]) -> None:
        """Give documents that are held new records, and their rows the labels and days of these: one atomic commit, durable
        when it returns. Text, passages and original stay; a document that is not held stays unknown.

        Raises StoreError when the home is busy, full or not writable; then nothing has changed.
        """

    def lexical(self, tokens: Sequence[str] | Mapping[str, float], scope: Scope, k: int) -> list[Scored]:
        """The k best chunks by BM25 (k1 1.2, b 0.75) over analysed tokens; only chunks that share one; best first.

        A token is any text without blanks. In a sequence each counts once, however often it is asked; in a mapping its
        share of the score is multiplied by its weight, and one of weight 0 is not asked at all. Statistics are those of
        the permitted chunks (`lance` does not keep this yet: it counts all). Until `compact`, the scores of new rows use
        statistics that are not yet those of the whole index; which rows are found does not
        change. Raises StoreError when a weight is negative or not finite.
        """

    def dense(self, vector: Vector, scope: Scope, k: int) -> list[Scored]:
        """The k nearest chunks by cosine; exactly min(k, permitted) rows; best first."""

    def fetch(self, ids: Sequence[str], scope: Scope) -> list[Chunk]:
        """The chunks in the order asked for; one that the scope does not permit, or that is gone, is left out."""

    def vectors(self, ids: Sequence[str], scope: Scope) -> Mapping[str, Vector]:
        """The vectors of the permitted chunks among `ids`."""

    def languages(self, ids: Sequence[str], scope: Scope) -> Mapping[str, str]:
        """The language of each permitted chunk among `ids`: cheaper than fetching it."""

    def warm(self) -> None:
        """Hold in memory what makes searches fast (1 KB a chunk), and keep it up to date: for a process that answers for long.

        Nothing that is found changes; cosines and vectors may then be off by 1e-4.
        """

    def records(self, scope: Scope) -> list[Record]:
        """Every permitted document, by source."""

    def record(self, document: str, scope: Scope) -> Record | None:
        """One document, None if unknown or not permitted."""

    def text(self, document: str, scope: Scope) -> str | None:
        """The stored text that all offsets refer to, None if unknown or not permitted."""

    def original(self, document: str, scope: Scope) -> bytes | None:
        """The original bytes of a document, None if unknown or not permitted."""

    def words(self, document: str, start: int, end: int, scope: Scope) -> tuple[Word, ...]:
        """The words in `[start:end)` of the text that were read from a picture, in the order of the text.

        Empty for text of other pages, and if unknown or not permitted. Boxes are exact to 0.1 points, confidences to 0.001.
        """

    def note(self, key: str, value: str | None = None) -> str | None:
        """Read a note about the whole index (analyser and embedder versions), or write it when a value is given."""

    def compact(self) -> None:
        """Bring indexes up to date and erase from the disk what was deleted or replaced; safe at any time."""

    def stats(self) -> Mapping[str, int]:
        """`documents`, `chunks` and `bytes` held."""

    def close(self) -> None:
        """Release files and locks."""
