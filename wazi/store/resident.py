# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a process that answers many questions holds of the chunks in memory: ids, rights, words, and vectors in 16 bits a number.

A `Resident` belongs to one commit of the table; the next one takes over every fragment whose file is the same. Places are
Lance row addresses: the number of the fragment in the upper 32 bits, the row in it in the lower ones. It computes cosines
exactly for places it is given, or for all chunks of a narrow scope, ranks the chunks of a scope by their words, and tells Lance
which rows a scope permits.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import lance
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wazi.store import bm25
from wazi.store.rights import best, permits
from wazi.store.rows import RIGHTS_COLUMNS, matrix
from wazi.types import Scope

if TYPE_CHECKING:
    from wazi.types import Vector

Places = NDArray[np.int64]
Rights = tuple[tuple[str, ...], dt.date | None, dt.date | None]

BATCH_ROWS = 8_192
SLICE_ROWS = 512
"""Rows multiplied at a time. More would make BLAS start threads, which wait for each other: 7 times the processor time and,
on busy cores, 8 times the wall time for 16,000 rows."""

FULL_SCALE = 32_767
"""Each vector is stretched so that its largest number is this. Integers, because numpy widens them 30 times faster than half
precision; the cosine is of the integers, so no scale enters it."""

SCOPES_KEPT = 64
"""A list of permitted rows takes up to 0.13 MB a million chunks."""

NO_RUNS, CONTAINER, FEW = 12_346, 1 << 16, 4_096
"""Of the Roaring format: its mark, the numbers a container spans, and up to how many of them it lists."""

NO_CHUNK = -1
"""Code of a row that is deleted or not a chunk."""


@dataclass(frozen=True)
class Block:
    """The rows of one fragment by their offset.

    A vector of length `lengths` times its scale is the one that was given; `codes` are places in the list of rights.
    """

    file: str
    deletions: str
    vectors: NDArray[np.int16]
    lengths: NDArray[np.float32]
    scales: NDArray[np.float32]
    ids: pa.Array
    languages: pa.DictionaryArray
    codes: NDArray[np.int32]
    postings: list[tuple[Places, bm25.Postings]]


class Resident:
    """The chunks of one version of the table."""

    def __init__(self, dimension: int, *, words: bool = True) -> None:
        """Without `words` none are held: reading them takes many times as long as everything else (ADR 25)."""
        self._dimension = dimension
        self.words = words
        self._blocks: dict[int, Block] = {}
        self._known: dict[Rights, int] = {}
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._permitted: dict[Scope, NDArray[np.bool_]] = {}
        self._allowed: dict[Scope, bytes] = {}
        self._vocabulary: dict[str, int] = {}
        self._counts_of_words: dict[Scope, bm25.Counted] = {}
        self.version = -1

    def following(self, table: lance.LanceDataset, *, words: bool) -> Resident:
        """The same for another version of the table; only what is new is read."""
        after = Resident(self._dimension, words=words)
        before = self if words == self.words else Resident(self._dimension)
        after._known = dict(before._known)
        after._vocabulary = before._vocabulary  # which only grows: one thread at a time makes a new version
        for fragment in table.get_fragments():
            held = before._blocks.get(fragment.fragment_id)
            after._blocks[fragment.fragment_id] = after._block(fragment, held)
        codes = [block.codes[block.codes != NO_CHUNK] for block in after._blocks.values()]
        every = np.concatenate([*codes, np.zeros(0, np.int32)])
        after._counts = np.bincount(every, minlength=len(after._known))
        after.version = table.version
        return after

    def count(self, scope: Scope) -> int:
        """How many chunks the scope permits."""
        return int(self._counts[self._inside(scope)[:-1]].sum())

    def places(self, scope: Scope) -> Places:
        """Where the chunks are that the scope permits."""
        inside = self._inside(scope)
        found = [(n << 32) + np.flatnonzero(inside[block.codes]) for n, block in self._blocks.items()]
        return np.concatenate([*found, np.zeros(0, np.int64)])

    def allowed(self, scope: Scope) -> bytes:
        """The rows that the scope permits, as Lance takes them to search among them only."""
        found = self._allowed.get(scope)
        if found is None:
            if len(self._allowed) >= SCOPES_KEPT:
                self._allowed = {}
            inside = self._inside(scope)
            found = self._allowed[scope] = row_list({n: inside[block.codes] for n, block in self._blocks.items()})
        return found

    def lexical(self, weights: Mapping[str, float], scope: Scope, k: int) -> tuple[Places, NDArray[np.float32]]:
        """The places of the best k chunks of the scope by weighted BM25, and all that equal the k-th; their scores."""
        asked = {self._vocabulary[token]: weight for token, weight in weights.items() if token in self._vocabulary}
        lists = [held for block in self._blocks.values() for held in block.postings]
        counted = self._counted(lists, scope)
        places, scores = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for (rows, _), made in zip(lists, bm25.scores([each for _, each in lists], counted, asked), strict=True):
            found = np.flatnonzero(made)
            found = found[best(made[found], k)]
            places.append(rows[found])
            scores.append(made[found])
        every, said = np.concatenate(places), np.concatenate(scores)
        kept = best(said, k)
        return every[kept], said[kept]

    def _counted(self, lists: Sequence[tuple[Places, bm25.Postings]], scope: Scope) -> bm25.Counted:
        found = self._counts_of_words.get(scope)
        if found is None:
            if len(self._counts_of_words) >= SCOPES_KEPT:
                self._counts_of_words = {}
            kept = [self.permitted(places, scope) for places, _ in lists]
            found = self._counts_of_words[scope] = bm25.counted([each for _, each in lists], kept)
        return found

    def permitted(self, places: Places, scope: Scope) -> NDArray[np.bool_]:
        """Which of the places the scope permits."""
        inside, kept = self._inside(scope), np.zeros(len(places), np.bool_)
        for block, of, rows in self._by_block(places):
            kept[of] = inside[block.codes[rows]]
        return kept

    def cosines(self, places: Places, vector: Vector) -> NDArray[np.float32]:
        """The cosine of each chunk with the vector."""
        scores = np.empty(len(places), np.float32)
        asked = np.asarray(vector, np.float32) / (np.linalg.norm(vector) or 1.0)
        for block, of, rows in self._by_block(places):
            for first in range(0, len(rows), SLICE_ROWS):
                part = slice(first, first + SLICE_ROWS)
                widened = block.vectors[rows[part]].astype(np.float32)
                scores[of[part]] = widened @ asked / block.lengths[rows[part]]
        return scores

    def vectors(self, places: Places) -> NDArray[np.float32]:
        """The vector of each chunk."""
        made = np.empty((len(places), self._dimension), np.float32)
        for block, of, rows in self._by_block(places):
            made[of] = block.vectors[rows] * block.scales[rows, None]
        return made

    def ids(self, places: Places) -> list[str]:
        """The id of each chunk."""
        return self._texts(places, "ids")

    def languages(self, places: Places) -> list[str]:
        """The language of each chunk."""
        return self._texts(places, "languages")

    def _texts(self, places: Places, column: str) -> list[str]:
        texts: list[str] = [""] * len(places)
        for block, of, rows in self._by_block(places):
            held = getattr(block, column).take(pa.array(rows)).to_pylist()
            for n, text in zip(of.tolist(), held, strict=True):
                texts[n] = text
        return texts

    def _by_block(self, places: Places) -> list[tuple[Block, NDArray[np.intp], NDArray[np.int64]]]:
        """The blocks the places are in, which of the places they are, and the rows."""
        numbers = places >> 32
        each = [(n, np.flatnonzero(numbers == n)) for n in np.unique(numbers).tolist()]
        return [(self._blocks[n], of, places[of] & 0xFFFFFFFF) for n, of in each]

    def _inside(self, scope: Scope) -> NDArray[np.bool_]:
        """For each code whether the scope permits it; the last place, where `NO_CHUNK` points, is false."""
        found = self._permitted.get(scope)
        if found is None:
            if len(self._permitted) >= SCOPES_KEPT:
                self._permitted = {}
            found = self._permitted[scope] = np.array([permits(scope, *r) for r in self._known] + [False], np.bool_)
        return found

    def _block(self, fragment: lance.LanceFragment, held: Block | None) -> Block:
        file = ",".join(data.path for data in fragment.metadata.files)
        deletions = str(fragment.metadata.deletion_file)
        if held is None or held.file != file:
            return self._read(fragment, file, deletions)
        if held.deletions == deletions:
            return held
        left = fragment.scanner(columns=[], with_row_address=True).to_table()["_rowaddr"].to_numpy() & 0xFFFFFFFF
        codes = np.full_like(held.codes, NO_CHUNK)
        codes[left] = held.codes[left]
        return replace(held, deletions=deletions, codes=codes)

    def _read(self, fragment: lance.LanceFragment, file: str, deletions: str) -> Block:
        size = fragment.physical_rows
        vectors = np.zeros((size, self._dimension), np.int16)
        lengths, scales, codes = np.ones(size, np.float32), np.ones(size, np.float32), np.full(size, NO_CHUNK, np.int32)
        names: list[str | None] = [None] * size
        spoken: list[str | None] = [None] * size
        postings = []
        scan = fragment.scanner(
            columns=["id", "language", "vector", *(["tokens"] if self.words else []), *RIGHTS_COLUMNS],
            filter="kind = 'chunk'",
            with_row_address=True,
            batch_size=BATCH_ROWS,
        )
        for batch in scan.to_batches():
            rows = batch["_rowaddr"].to_numpy() & 0xFFFFFFFF
            exact = matrix(batch["vector"])
            scales[rows] = np.abs(exact).max(axis=1) / FULL_SCALE
            stretched = np.rint(exact / scales[rows, None])
            vectors[rows], lengths[rows] = stretched, np.linalg.norm(stretched, axis=1)
            codes[rows] = self._codes(batch.select(RIGHTS_COLUMNS))
            if self.words:
                at = (fragment.fragment_id << 32) + rows.astype(np.int64)
                postings.append((at, bm25.posted(batch["tokens"], self._vocabulary)))
            for row, name, tag in zip(rows.tolist(), *(batch[c].to_pylist() for c in ("id", "language")), strict=True):
                names[row], spoken[row] = name, tag
        ids, languages = pa.array(names, pa.string()), pa.array(spoken, pa.string()).dictionary_encode()
        return Block(file, deletions, vectors, lengths, scales, ids, languages, codes, postings)

    def _codes(self, rights: pa.RecordBatch) -> list[int]:
        columns: Mapping[str, Sequence[Any]] = rights.to_pydict()
        rows = zip(*(columns[name] for name in RIGHTS_COLUMNS), strict=True)
        return [self._known.setdefault((tuple(labels), *days), len(self._known)) for labels, *days in rows]


def row_list(fragments: Mapping[int, NDArray[np.bool_]]) -> bytes:
    """Rows by fragment in the format of Lance's `RowAddrTreeMap`: their number, then number, size and bitmap of each.

    A bitmap is in the portable format of Roaring (github.com/RoaringBitmap/RoaringFormatSpec), without run containers.
    """
    held = [(number, _roaring(kept)) for number, kept in sorted(fragments.items()) if kept.any()]
    return struct.pack("<I", len(held)) + b"".join(struct.pack("<II", n, len(b)) + b for n, b in held)


def _roaring(kept: NDArray[np.bool_]) -> bytes:
    parts = [(key, kept[key * CONTAINER : (key + 1) * CONTAINER]) for key in range(-(-len(kept) // CONTAINER))]
    held = [(key, part, int(np.count_nonzero(part))) for key, part in parts if part.any()]
    bodies = [_container(part, count) for _, part, count in held]
    at = 8 + 8 * len(held)
    starts = [at + sum(map(len, bodies[:n])) for n in range(len(bodies))]
    head = struct.pack("<II", NO_RUNS, len(held)) + b"".join(struct.pack("<HH", key, n - 1) for key, _, n in held)
    return head + struct.pack(f"<{len(starts)}I", *starts) + b"".join(bodies)


def _container(part: NDArray[np.bool_], count: int) -> bytes:
    """The numbers themselves if they are few, else a bit each."""
    if count <= FEW:
        return np.flatnonzero(part).astype("<u2").tobytes()
    return np.packbits(part, bitorder="little").tobytes().ljust(CONTAINER // 8, b"\0")
