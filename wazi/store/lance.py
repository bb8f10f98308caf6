# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The default store: Lance tables in a directory, or by the same code at `s3://...`; no server.

Each write is one commit of one table; each read works on the newest commit, also one of another process. BM25 runs over
our tokens joined by blanks. Dense search multiplies all vectors up to `exact_rows` rows; beyond, it scans an 8-bit copy of all
of them (an IVF_SQ index of which every partition is probed) and computes the best again exactly.
It does not know what is in a record, who a reader is, or how the two rankings are fused.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import lance
import numpy as np
from lance.dataset import LanceOperation
from lance.fragment import write_fragments
from lance.query import MatchQuery

from wazi.errors import StoreError
from wazi.store import Scored, rows
from wazi.store.disk import Settled, WriterLock, local_path, torn_manifest
from wazi.store.rights import check, permits
from wazi.types import Chunk, Holding, Record, Scope

if TYPE_CHECKING:
    from wazi.types import Vector

T = TypeVar("T")
Rows = list[dict[str, Any]]

ENGINE_ERRORS = (OSError, ValueError, RuntimeError)
"""What the engine raises, for a full disk as for a bad file."""

OUR_TOKENS: dict[str, Any] = {
    "base_tokenizer": "whitespace",
    "lower_case": False,
    "stem": False,
    "remove_stop_words": False,
    "ascii_folding": False,
    "max_token_length": None,
    "with_position": False,
}
SCALAR_INDEXES: dict[str, Any] = {"id": "BTREE", "document": "BTREE", "labels": "LABEL_LIST"}
SCALAR_ROWS = 5_000
"""From here on the scalar indexes pay for themselves."""

TIDY_COMMITS = 64
"""A commit adds a file to each table and names all files there are: after so many, they are merged on the way."""

PASSAGES_SHAPE: dict[str, Any] = {"target_rows_per_fragment": 32_768, "batch_size": 1024}
ORIGINALS_SHAPE: dict[str, Any] = {"target_rows_per_fragment": 64, "batch_size": 4}
"""Rows a file and rows in memory while merging: an erased row costs a rewrite of its file; an original may be 100 MB."""

EVERY_PARTITION = 1 << 20
"""Probes. Stopping as soon as k rows are found costs recall under every scope that does not lie where the question points:
when this was chosen, .41 to .56 of the true 50 with at least 20 probes at 200,000 rows, against 1.00 with all partitions in
about the same time. `benchmarks/store_speed.py --rows 300000` measures what is."""

REFINE = 4
"""Candidates of the 8-bit scan, per row asked for, that are computed again exactly."""

PARTITION_ROWS = 16_384
"""All partitions are scanned, so few large ones train faster and answer as fast."""

TRIES = 5
NO_ROWS: Rows = []
NOTE = "wazi.note."
INDEX_CACHE, METADATA_CACHE = 2 << 30, 128 << 20
"""Bytes. The engine's own defaults are several times that."""


class LanceStore:
    """Chunks, documents and original files below `uri`; `dimension` is the length of the vectors."""

    def __init__(self, uri: str, *, exact_rows: int, dimension: int) -> None:
        self._root = local_path(uri)
        self._uri = str(self._root) if self._root else uri.rstrip("/")
        self._exact_rows = exact_rows
        self._dimension = dimension
        self._writer = WriterLock(self._root)
        self._settle = Settled(self._root)
        self._commits = 0
        self._opening = threading.Lock()
        self._open: dict[str, lance.LanceDataset] = {}
        self._session = lance.Session(INDEX_CACHE, METADATA_CACHE)  # type: ignore[attr-defined]  # not in its __all__

    def writing(self) -> AbstractContextManager[None]:
        return self._writer

    def apply(self, holdings: Sequence[Holding], *, delete: Sequence[str] = ()) -> None:
        check(holdings, self._dimension)
        gone = sorted({*delete, *(holding.record.id for holding in holdings)})
        if not gone:
            return
        with self._writer, self._told("written"):
            if self._commits >= TIDY_COMMITS:
                self._tidy()
            table = self._ready()
            self._keep_originals(holdings)
            removed, updated = _without(table, rows.one_of("document", gone))
            new = write_fragments(rows.passages_table(holdings, self._dimension), table) if holdings else []
            if removed or updated or new:
                self._settle()  # data before the commit that names it
                change = LanceOperation.Update(
                    removed_fragment_ids=removed, updated_fragments=updated, new_fragments=new
                )
                lance.LanceDataset.commit(table, change, read_version=table.version)
                self._commits += 1
                self._settle()

    def lexical(self, tokens: Sequence[str], scope: Scope, k: int) -> list[Scored]:
        asked = " ".join(dict.fromkeys(tokens))
        if k < 1 or not asked.strip():
            return []
        query = MatchQuery(asked, "tokens")
        options: dict[str, Any] = {"columns": ["id", "_score"], "full_text_query": query, "limit": k}
        found = self._search(scope, lambda table, where: _scan(table, where, prefilter=bool(where), **options))
        return _ranked(found, [row["_score"] for row in found])

    def dense(self, vector: Vector, scope: Scope, k: int) -> list[Scored]:
        if k < 1:
            return []
        found = self._search(scope, lambda table, where: self._nearest(table, where, vector, k))
        return _ranked(found, [1.0 - row["_distance"] for row in found])

    def fetch(self, ids: Sequence[str], scope: Scope) -> list[Chunk]:
        found = {row["id"]: rows.chunk(row) for row in self._chunks(ids, scope, rows.CHUNK_COLUMNS)}
        return [found[name] for name in ids if name in found]

    def vectors(self, ids: Sequence[str], scope: Scope) -> dict[str, Vector]:
        found = self._chunks(ids, scope, ["id", "vector", *rows.RIGHTS_COLUMNS])
        return {row["id"]: np.array(row["vector"], np.float32) for row in found}

    def records(self, scope: Scope) -> list[Record]:
        found = [rows.record(row) for row in self._documents(None, scope, "record")]
        return sorted(found, key=lambda record: (record.source, record.id))

    def record(self, document: str, scope: Scope) -> Record | None:
        found = self._documents(document, scope, "record")
        return rows.record(found[0]) if found else None

    def text(self, document: str, scope: Scope) -> str | None:
        found = self._documents(document, scope, "body")
        return str(found[0]["body"]) if found else None

    def original(self, document: str, scope: Scope) -> bytes | None:
        found = self._documents(document, scope, "sha256")
        if not found:
            return None
        where = rows.one_of("sha256", [found[0]["sha256"]])
        data = self._read("originals", NO_ROWS, lambda table: _scan(table, where, columns=["data"], limit=1))
        return bytes(data[0]["data"]) if data else None

    def note(self, key: str, value: str | None = None) -> str | None:
        if value is not None:
            with self._writer, self._told("written"):
                table = self._ready()
                if table.config().get(NOTE + key) != value:
                    table.update_config({NOTE + key: value})
                    self._settle()
        found: str | None = self._read("passages", None, lambda table: table.config().get(NOTE + key))
        return found

    def compact(self) -> None:
        with self._writer, self._told("compacted"):
            if self._handle("passages") is None:
                return
            self._drop_originals()
            self._tidy()
            self._index()
            self._clean("passages")
            self._settle()

    def stats(self) -> Mapping[str, int]:
        documents = self._read("passages", 0, lambda table: table.count_rows("kind = 'document'"))
        chunks = self._read("passages", 0, lambda table: table.count_rows("kind = 'chunk'"))
        held = sum(self._read(name, 0, _bytes) for name in ("passages", "originals"))
        return {"documents": documents, "chunks": chunks, "bytes": held}

    def close(self) -> None:
        self._open.clear()

    # reading

    def _search(self, scope: Scope, search: Callable[[lance.LanceDataset, str | None], Rows]) -> Rows:
        where = rows.inside(scope)
        return self._read("passages", NO_ROWS, lambda table: search(table, where))

    def _nearest(self, table: lance.LanceDataset, where: str | None, vector: Vector, k: int) -> Rows:
        options: dict[str, Any] = {"column": "vector", "q": np.asarray(vector, np.float32), "k": k, "metric": "cosine"}

        def scan(**more: Any) -> Rows:
            nearest = options | more
            return _scan(table, where, columns=["id", "_distance"], nearest=nearest, prefilter=bool(where))

        if table.count_rows() > self._exact_rows:
            found = scan(minimum_nprobes=EVERY_PARTITION, refine_factor=REFINE)
            if len(found) == k:
                return found
        return scan(use_index=False)

    def _chunks(self, ids: Sequence[str], scope: Scope, columns: list[str]) -> Rows:
        if not ids:
            return []
        return self._permitted(f"kind = 'chunk' AND {rows.one_of('id', dict.fromkeys(ids))}", scope, columns)

    def _documents(self, document: str | None, scope: Scope, column: str) -> Rows:
        where = "kind = 'document'" + (f" AND {rows.one_of('document', [document])}" if document is not None else "")
        return self._permitted(where, scope, [column, *rows.RIGHTS_COLUMNS])

    def _permitted(self, where: str, scope: Scope, columns: list[str]) -> Rows:
        """Filtered by the engine, and again here: the second lock."""
        both = " AND ".join(clause for clause in (where, rows.inside(scope)) if clause)
        found = self._read("passages", NO_ROWS, lambda table: _scan(table, both, columns=columns))
        return [row for row in found if permits(scope, row["labels"], row["valid_from"], row["valid_until"])]

    def _read(self, name: str, nothing: T, work: Callable[[lance.LanceDataset], T]) -> T:
        """Work on the newest commit; `nothing` before the first. A writer may erase a commit under a reader: try again."""
        with self._told("read"):
            for left in reversed(range(TRIES)):
                try:
                    table = self._latest(name)
                    return nothing if table is None else work(table)
                except ENGINE_ERRORS:
                    if left == 0:
                        raise
                    self._open.pop(name, None)
        raise AssertionError("the last try returns or raises")

    def _latest(self, name: str) -> lance.LanceDataset | None:
        held = self._open.get(name)
        if held is not None and held.latest_version == held.version:
            return held
        with self._opening:
            table = self._handle(name)
            if table is not None:
                self._open[name] = table
            return table

    def _handle(self, name: str) -> lance.LanceDataset | None:
        """A handle of its own, None if there is no such table: writers may not share one with readers."""
        place = f"{self._uri}/{name}.lance"
        try:
            table = lance.dataset(place, session=self._session)
        except ENGINE_ERRORS as error:
            if isinstance(error, ValueError) and "not found" in str(error).lower():
                return None
            torn = torn_manifest(self._root / f"{name}.lance") if self._root else None
            if torn is None:
                raise
            with self._writer:
                torn.unlink(missing_ok=True)
            table = lance.dataset(place, session=self._session)
        if name == "passages":
            self._check_dimension(table)
        return table

    def _check_dimension(self, table: lance.LanceDataset) -> None:
        held = table.schema.field("vector").type.list_size
        if held != self._dimension:
            raise StoreError(
                f"the index at {self._uri} holds vectors of {held} numbers and the embedder makes {self._dimension}: "
                "set [embed] model back, or ingest into a new --home"
            )

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Engine errors as one line."""
        try:
            yield
        except ENGINE_ERRORS as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise StoreError(
                f"the index at {self._uri} could not be {doing}: {reason}: "
                "check free space and rights (`wazi doctor`), then run this again; what was held before is intact"
            ) from error

    # writing, always under the lock

    def _ready(self, name: str = "passages") -> lance.LanceDataset:
        """A handle to write with; the table is made first if it is not there, `passages` with its index of words."""
        table = self._handle(name)
        if table is None:
            columns = rows.schema(self._dimension) if name == "passages" else rows.ORIGINALS
            table = lance.write_dataset(columns.empty_table(), f"{self._uri}/{name}.lance", mode="create")
        if name == "passages" and "tokens_idx" not in _indexes(table):
            # on the empty table: it carries the tokenizer, without which new rows would be split by the engine's own
            table.create_scalar_index("tokens", "INVERTED", **OUR_TOKENS)
        return table

    def _keep_originals(self, holdings: Sequence[Holding]) -> None:
        files = {held.record.sha256: held.original for held in holdings if held.original is not None}
        if not files:
            return
        table = self._ready("originals")
        there = {row["sha256"] for row in _scan(table, rows.one_of("sha256", files), columns=["sha256"])}
        missing = {name: data for name, data in files.items() if name not in there}
        if missing:
            table.insert(rows.originals_table(missing))

    def _drop_originals(self) -> None:
        """Delete the files that no document refers to any more."""
        table = self._handle("originals")
        if table is None:
            return
        documents = _scan(self._ready(), "kind = 'document'", columns=["sha256"])
        kept = {row["sha256"] for row in documents}
        loose = [row["sha256"] for row in _scan(table, None, columns=["sha256"]) if row["sha256"] not in kept]
        if loose:
            table.delete(rows.one_of("sha256", loose))

    def _tidy(self) -> None:
        self._erase("passages", PASSAGES_SHAPE)
        self._erase("originals", ORIGINALS_SHAPE)
        self._commits = 0

    def _erase(self, name: str, shape: Mapping[str, Any]) -> None:
        """Merge small files, rewrite every file that holds a deleted row, and drop what older commits named."""
        table = self._handle(name)
        if table is not None:
            table.optimize.compact_files(materialize_deletions=True, materialize_deletions_threshold=0.0, **shape)
            self._clean(name)

    def _clean(self, name: str) -> None:
        table = self._handle(name)
        if table is not None:
            self._settle()  # the new commit is on the disk before the files of the old one go
            # the lock makes sure that an unfinished write belongs to a dead process
            table.cleanup_old_versions(dt.timedelta(0), delete_unverified=self._root is not None)

    def _index(self) -> None:
        """Bring every index up to date, and make those that the size now asks for."""
        self._ready().optimize.optimize_indices(num_indices_to_merge=1)
        table = self._ready()
        count = table.count_rows()
        if count >= SCALAR_ROWS:
            for column in SCALAR_INDEXES.keys() - {name.removesuffix("_idx") for name in _indexes(table)}:
                table.create_scalar_index(column, SCALAR_INDEXES[column])
        if count > self._exact_rows and "vector_idx" not in _indexes(table):
            partitions = 1 + count // PARTITION_ROWS
            table.create_index("vector", "IVF_SQ", metric="cosine", num_partitions=partitions, sample_rate=64)


def _scan(table: lance.LanceDataset, where: str | None, **options: Any) -> Rows:
    found: Rows = table.scanner(filter=where, **options).to_table().to_pylist()
    return found


def _ranked(found: Sequence[Mapping[str, Any]], scores: Sequence[float]) -> list[Scored]:
    hits = [Scored(row["id"], float(score)) for row, score in zip(found, scores, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))


def _without(table: lance.LanceDataset, where: str) -> tuple[list[int], list[Any]]:
    """Mark the rows as deleted, uncommitted: fragments that end up empty, and the others as changed."""
    addresses = table.scanner(columns=[], filter=where, with_row_address=True).to_table()["_rowaddr"]
    removed: list[int] = []
    updated: list[Any] = []
    for number in sorted({address >> 32 for address in addresses.to_pylist()}):
        fragment = table.get_fragment(number)
        changed = fragment.delete(where) if fragment else None
        if changed is None:
            removed.append(number)
        else:
            updated.append(changed)
    return removed, updated


def _indexes(table: lance.LanceDataset) -> set[str]:
    return {index.name for index in table.describe_indices()}


def _bytes(table: lance.LanceDataset) -> int:
    files = (file for fragment in table.get_fragments() for file in fragment.metadata.files)
    return sum(file.file_size_bytes or 0 for file in files)
