# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The default store: Lance tables in a directory, or by the same code at `s3://...`; no server.

Each write is one commit of one table; each read works on the newest commit, also one of another process. BM25 runs over
our tokens joined by blanks, in memory as soon as the reader may not see everything. Dense search multiplies all vectors up to
`exact_rows` rows; beyond, it scans a 5-bit copy of all of them (an IVF_RQ index of which every partition is probed) and computes
the best again exactly. It does not know what is in a record, who a reader is, or how the two rankings are fused.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import lance
from lance.dataset import LanceOperation
from lance.fragment import write_fragments

from wazi.errors import StoreError
from wazi.store import Scored, rows, upkeep
from wazi.store.disk import Settled, WriterLock, local_path, torn_manifest
from wazi.store.resident import Resident
from wazi.store.rights import check, weighted
from wazi.store.view import View
from wazi.types import EVERYTHING, Chunk, Holding, Record, Scope, Word

if TYPE_CHECKING:
    import pyarrow as pa

    from wazi.types import Vector

T = TypeVar("T")
ENGINE_ERRORS = (OSError, ValueError, RuntimeError)
"""What the engine raises, for a full disk as for a bad file."""

TIDY_COMMITS = 64
"""A commit adds a file to each table and names all files there are: after so many, they are merged on the way."""

TRIES = 5
NO_ROWS: list[dict[str, Any]] = []
NO_VALUES: list[Any] = []
NOTE = "wazi.note."
INDEX_CACHE, METADATA_CACHE = 2 << 30, 128 << 20
"""Bytes. The engine's own defaults are several times that."""


class LanceStore:
    """Chunks, documents and original files below `uri`; `dimension` is the length of the vectors.

    Up to `exact_rows` rows dense search needs no index; up to `words_in_memory` words weigh by what the reader may see.
    """

    def __init__(self, uri: str, *, exact_rows: int, words_in_memory: int, dimension: int) -> None:
        self._root = local_path(uri)
        self._uri = str(self._root) if self._root else uri.rstrip("/")
        self._exact_rows = exact_rows
        self._dimension = dimension
        self._words_in_memory = words_in_memory
        self._writer = WriterLock(self._root)
        self._settle = Settled(self._root)
        self._commits = 0
        self._opening, self._warming = threading.Lock(), threading.Lock()
        self._open: dict[str, View] = {}
        self._resident: Resident | None = None
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
            new = rows.passages_table(holdings, self._dimension) if holdings else None
            self._replace(table, rows.one_of("document", gone), new)

    def describe(self, records: Sequence[Record]) -> None:
        told = {record.id: record for record in records}
        if not told:
            return
        with self._writer, self._told("written"):
            table = self._ready()
            where = rows.one_of("document", told)
            held = table.scanner(filter=where).to_table()
            if held.num_rows:
                self._replace(table, where, rows.described(held, told))

    def lexical(self, tokens: Sequence[str] | Mapping[str, float], scope: Scope, k: int) -> list[Scored]:
        weights = weighted(tokens)
        return self._read("passages", [], lambda view: self._counting(view, scope).lexical(weights, scope, k))

    def dense(self, vector: Vector, scope: Scope, k: int) -> list[Scored]:
        return self._read("passages", [], lambda view: view.dense(vector, scope, k, self._exact_rows))

    def fetch(self, ids: Sequence[str], scope: Scope) -> list[Chunk]:
        held = self._read("passages", NO_ROWS, lambda view: view.chunks(ids, scope, rows.CHUNK_COLUMNS))
        found = {row["id"]: rows.chunk(row) for row in held}
        return [found[name] for name in ids if name in found]

    def vectors(self, ids: Sequence[str], scope: Scope) -> dict[str, Vector]:
        return self._read("passages", {}, lambda view: view.vectors(ids, scope))

    def languages(self, ids: Sequence[str], scope: Scope) -> dict[str, str]:
        return self._read("passages", {}, lambda view: view.languages(ids, scope))

    def warm(self) -> None:
        with self._told("read"):
            self._warm()

    def records(self, scope: Scope) -> list[Record]:
        held = self._read("passages", NO_ROWS, lambda view: view.documents(None, scope, "record"))
        return sorted(map(rows.record, held), key=lambda record: (record.source, record.id))

    def record(self, document: str, scope: Scope) -> Record | None:
        found = self._read("passages", NO_ROWS, lambda view: view.documents(document, scope, "record"))
        return rows.record(found[0]) if found else None

    def text(self, document: str, scope: Scope) -> str | None:
        found = self._read("passages", NO_ROWS, lambda view: view.documents(document, scope, "body"))
        return str(found[0]["body"]) if found else None

    def original(self, document: str, scope: Scope) -> bytes | None:
        found = self._read("passages", NO_ROWS, lambda view: view.documents(document, scope, "sha256"))
        if not found or found[0]["sha256"] is None:  # held without its original
            return None
        where = rows.one_of("sha256", [found[0]["sha256"]])
        data = self._read("originals", NO_VALUES, lambda view: _column(view.table, "data", where))
        return bytes(data[0]) if data else None

    def words(self, document: str, start: int, end: int, scope: Scope) -> tuple[Word, ...]:
        found = self._read("passages", NO_ROWS, lambda view: view.documents(document, scope, "words"))
        return rows.words(found[0].get("words"), start, end) if found else ()

    def note(self, key: str, value: str | None = None) -> str | None:
        if value is not None:
            with self._writer, self._told("written"):
                table = self._ready()
                if table.config().get(NOTE + key) != value:
                    table.update_config({NOTE + key: value})
                    self._settle()
        found: str | None = self._read("passages", None, lambda view: view.table.config().get(NOTE + key))
        return found

    def compact(self) -> None:
        with self._writer, self._told("compacted"):
            if self._handle("passages") is None:
                return
            self._drop_originals()
            self._tidy()
            self._ready().optimize.optimize_indices(num_indices_to_merge=1)
            upkeep.index(self._ready(), self._exact_rows)
            self._clean("passages")
            self._settle()

    def stats(self) -> Mapping[str, int]:
        documents = self._read("passages", 0, lambda view: view.table.count_rows("kind = 'document'"))
        chunks = self._read("passages", 0, lambda view: view.table.count_rows("kind = 'chunk'"))
        held = sum(
            self._read(name, 0, lambda view: upkeep.held_bytes(view.table)) for name in ("passages", "originals")
        )
        return {"documents": documents, "chunks": chunks, "bytes": held}

    def close(self) -> None:
        self._open.clear()

    # reading

    def _read(self, name: str, nothing: T, work: Callable[[View], T]) -> T:
        """Work on the newest commit; `nothing` before the first. A writer may erase a commit under a reader: try again."""
        with self._told("read"):
            for left in reversed(range(TRIES)):
                try:
                    view = self._latest(name)
                    return nothing if view is None else work(view)
                except ENGINE_ERRORS:
                    if left == 0:
                        raise
                    self._open.pop(name, None)
        raise AssertionError("the last try returns or raises")

    def _latest(self, name: str) -> View | None:
        view = self._open.get(name)
        if view is None or view.table.latest_version != view.table.version:
            with self._opening:
                table = self._handle(name)
                if table is None:
                    return None
                view = self._open[name] = View(table)
        # asked at every read: a commit may come in the moment in which a warm-up ends
        if name == "passages" and self._resident and view.resident is None and not self._warming.locked():
            threading.Thread(target=self._warm_again, daemon=True).start()
        return view

    def _counting(self, view: View, scope: Scope) -> View:
        """A view that counts words as the scope needs: only a reader who sees everything may have those of all chunks."""
        if view.resident or EVERYTHING in scope.labels or not self._holds_words(view.table):
            return view
        return self._warm() or view

    def _holds_words(self, table: lance.LanceDataset) -> bool:
        return bool(table.count_rows() <= self._words_in_memory)

    def _warm(self) -> View | None:
        """Take the newest commit into memory; None before the first."""
        with self._warming:
            while (table := self._handle("passages")) is not None:
                if self._resident is None or self._resident.version != table.version:
                    before = self._resident or Resident(self._dimension)
                    self._resident = before.following(table, words=self._holds_words(table))
                view = self._open["passages"] = View(table, self._resident)
                if table.latest_version == table.version:
                    return view
            self._resident = Resident(self._dimension)
            return None

    def _warm_again(self) -> None:
        """Beside the questions, which are answered from the disk until it is done."""
        with suppress(StoreError):  # a question meets the same failure and says so
            self.warm()

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
        if name == "passages":
            if missing := [field for field in rows.schema(self._dimension) if field.name not in table.schema.names]:
                table.add_columns(missing)  # a home of an earlier release: nulls, without rewriting a row
            upkeep.index_words(table)
        return table

    def _replace(self, table: lance.LanceDataset, where: str, new: pa.Table | None) -> None:
        """One commit: the rows that match go, the new ones come."""
        removed, updated = upkeep.without(table, where)
        fragments = write_fragments(new, table) if new is not None else []
        if not (removed or updated or fragments):
            return
        self._settle()  # data before the commit that names it
        change = LanceOperation.Update(removed_fragment_ids=removed, updated_fragments=updated, new_fragments=fragments)
        lance.LanceDataset.commit(table, change, read_version=table.version)
        self._commits += 1
        self._settle()

    def _keep_originals(self, holdings: Sequence[Holding]) -> None:
        files = {held.record.sha256: held.original for held in holdings if held.original is not None}
        if not files:
            return
        table = self._ready("originals")
        there = set(_column(table, "sha256", rows.one_of("sha256", files)))
        missing = {name: data for name, data in files.items() if name not in there}
        if missing:
            table.insert(rows.originals_table(missing))

    def _drop_originals(self) -> None:
        """Delete the files that no document refers to any more."""
        table = self._handle("originals")
        if table is None:
            return
        kept = set(_column(self._ready(), "sha256", "kind = 'document' AND sha256 IS NOT NULL"))
        loose = [name for name in _column(table, "sha256", None) if name not in kept]
        if loose:
            table.delete(rows.one_of("sha256", loose))

    def _tidy(self) -> None:
        self._erase("passages", upkeep.PASSAGES_SHAPE)
        self._erase("originals", upkeep.ORIGINALS_SHAPE)
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


def _column(table: lance.LanceDataset, name: str, where: str | None) -> list[Any]:
    """The values of a column in the rows that match."""
    found: list[Any] = table.scanner(columns=[name], filter=where).to_table()[name].to_pylist()
    return found
