# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The reference store: plain Python and numpy, exact, in one process, gone when it ends.

It says what the other stores must answer. It does not know files, indexes or approximation.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wazi.store import Scored
from wazi.store.bm25 import K1, B
from wazi.store.rights import best, check, permits, weighted
from wazi.types import Chunk, Holding, Passage, Record, Scope, Word

if TYPE_CHECKING:
    from wazi.types import Vector


class _Snapshot:
    """An unchanging view of all holdings, with the postings and the matrix made once."""

    def __init__(self, holdings: Mapping[str, Holding], dimension: int) -> None:
        self.holdings = dict(holdings)
        passages = [passage for holding in self.holdings.values() for passage in holding.passages]
        self.passages: dict[str, Passage] = {passage.chunk.id: passage for passage in passages}
        self.chunks = [passage.chunk for passage in passages]
        self.matrix = np.array([p.vector for p in passages], np.float32).reshape(len(passages), dimension)
        self.norms = np.linalg.norm(self.matrix, axis=1)
        self.lengths = np.array([len(passage.tokens) for passage in passages], np.float64)
        self._permitted: tuple[Scope, NDArray[np.bool_]] | None = None
        self.postings: dict[str, dict[int, int]] = defaultdict(dict)
        for row, passage in enumerate(passages):
            for token, times in Counter(passage.tokens).items():
                self.postings[token][row] = times

    def permitted(self, scope: Scope) -> NDArray[np.bool_]:
        held = self._permitted  # most questions come from the same few readers; another thread may replace it
        if held is None or held[0] != scope:
            allowed = [permits(scope, c.labels, c.valid_from, c.valid_until) for c in self.chunks]
            held = self._permitted = scope, np.array(allowed, bool)
        return held[1]

    def bm25(self, weights: Mapping[str, float], keep: NDArray[np.bool_]) -> NDArray[np.float64]:
        """One score a chunk: the sum over its tokens of weight x idf x saturation; 0 for those not kept.

        idf is ln(1 + (N - n + 0.5) / (n + 0.5)); saturation has the factor k1 + 1. N, n and the mean length count only the
        chunks kept: over all of them, an order of hits would tell which words documents have that the reader may not see.
        """
        scores = np.zeros(len(self.chunks))
        lengths = self.lengths[keep]
        indexed = int(np.count_nonzero(lengths))
        mean = lengths.sum() / max(indexed, 1)
        for token, weight in weights.items():
            found = {row: times for row, times in self.postings.get(token, {}).items() if keep[row]}
            if not found:
                continue
            rows, times = np.array(list(found)), np.array(list(found.values()), np.float64)
            idf = np.log1p((indexed - len(rows) + 0.5) / (len(rows) + 0.5))
            norm = K1 * (1 - B + B * self.lengths[rows] / mean)
            scores[rows] += weight * idf * times * (K1 + 1) / (times + norm)
        return scores

    def best(self, scores: NDArray[np.floating], keep: NDArray[np.bool_], k: int) -> list[Scored]:
        if k < 1:
            return []
        rows = np.flatnonzero(keep)
        rows = rows[best(scores[rows], k)]  # with all that equal the k-th, so that ties are cut by id
        found = [Scored(self.chunks[row].id, float(scores[row])) for row in rows]
        return sorted(found, key=lambda hit: (-hit.score, hit.id))[:k]


class MemoryStore:
    """A store in this process's memory. Reads work on a snapshot, so a reader never sees half a write."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._holdings: dict[str, Holding] = {}
        self._notes: dict[str, str] = {}
        self._made: _Snapshot | None = None
        self._lock = threading.RLock()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._lock:
            yield

    def apply(self, holdings: Sequence[Holding], *, delete: Sequence[str] = ()) -> None:
        check(holdings, self._dimension)
        with self._lock:
            gone = {*delete, *(holding.record.id for holding in holdings)}
            kept = {name: holding for name, holding in self._holdings.items() if name not in gone}
            self._holdings = kept | {holding.record.id: holding for holding in holdings}
            self._made = None

    def describe(self, records: Sequence[Record]) -> None:
        with self._lock:
            told = {record.id: record for record in records if record.id in self._holdings}
            self._holdings |= {name: _described(self._holdings[name], record) for name, record in told.items()}
            self._made = None

    def lexical(self, tokens: Sequence[str] | Mapping[str, float], scope: Scope, k: int) -> list[Scored]:
        weights = weighted(tokens)
        now = self._snapshot()
        scores = now.bm25(weights, now.permitted(scope))
        return now.best(scores, scores > 0, k)

    def dense(self, vector: Vector, scope: Scope, k: int) -> list[Scored]:
        now = self._snapshot()
        length = float(np.linalg.norm(vector)) or 1.0
        return now.best(now.matrix @ vector / (now.norms * length), now.permitted(scope), k)

    def fetch(self, ids: Sequence[str], scope: Scope) -> list[Chunk]:
        return [passage.chunk for passage in self._passages(ids, scope)]

    def vectors(self, ids: Sequence[str], scope: Scope) -> dict[str, Vector]:
        return {passage.chunk.id: passage.vector for passage in self._passages(ids, scope)}

    def languages(self, ids: Sequence[str], scope: Scope) -> dict[str, str]:
        return {passage.chunk.id: passage.chunk.language for passage in self._passages(ids, scope)}

    def warm(self) -> None:
        """Nothing to do: all of it is in memory."""

    def records(self, scope: Scope) -> list[Record]:
        held = [holding.record for holding in self._snapshot().holdings.values()]
        return sorted((r for r in held if _readable(r, scope)), key=lambda record: (record.source, record.id))

    def record(self, document: str, scope: Scope) -> Record | None:
        holding = self._holding(document, scope)
        return holding.record if holding else None

    def text(self, document: str, scope: Scope) -> str | None:
        holding = self._holding(document, scope)
        return holding.text if holding else None

    def original(self, document: str, scope: Scope) -> bytes | None:
        holding = self._holding(document, scope)
        return holding.original if holding else None

    def words(self, document: str, start: int, end: int, scope: Scope) -> tuple[Word, ...]:
        holding = self._holding(document, scope)
        return tuple(word for word in (holding.words if holding else ()) if start < word.end and word.start < end)

    def note(self, key: str, value: str | None = None) -> str | None:
        if value is not None:
            self._notes[key] = value
        return self._notes.get(key)

    def compact(self) -> None:
        """Nothing to do: what is replaced is gone at once."""

    def stats(self) -> Mapping[str, int]:
        now = self._snapshot()
        held = sum(len(h.text.encode()) + len(h.original or b"") for h in now.holdings.values())
        return {"documents": len(now.holdings), "chunks": len(now.chunks), "bytes": held + now.matrix.nbytes}

    def close(self) -> None:
        """Nothing to release."""

    def _snapshot(self) -> _Snapshot:
        with self._lock:
            if self._made is None:
                self._made = _Snapshot(self._holdings, self._dimension)
            return self._made

    def _passages(self, ids: Sequence[str], scope: Scope) -> list[Passage]:
        held = self._snapshot().passages
        found = [held[name] for name in ids if name in held]
        return [p for p in found if permits(scope, p.chunk.labels, p.chunk.valid_from, p.chunk.valid_until)]

    def _holding(self, document: str, scope: Scope) -> Holding | None:
        holding = self._snapshot().holdings.get(document)
        return holding if holding and _readable(holding.record, scope) else None


def _described(holding: Holding, record: Record) -> Holding:
    first, last = record.valid_from, record.valid_until
    chunks = [
        replace(each.chunk, labels=record.labels, valid_from=first, valid_until=last) for each in holding.passages
    ]
    passages = (replace(each, chunk=chunk) for each, chunk in zip(holding.passages, chunks, strict=True))
    return replace(holding, record=record, passages=tuple(passages))


def _readable(record: Record, scope: Scope) -> bool:
    return permits(scope, record.labels, record.valid_from, record.valid_until)
