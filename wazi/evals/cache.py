# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""An embedder that keeps what it has computed, by content, so that a second run of an evaluation embeds nothing.

One SQLite file for all embedders: the key is the sha256 of the embedder's version, of what the text is (passage or query) and
of the text. Every row carries a checksum and is checked when it is read; a damaged row is computed again. What was computed
is on the disk batch by batch, so that a run that is stopped goes on where it was. It knows neither tasks nor settings.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wazi.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.models import Embedder
    from wazi.types import Vector

FILE = "vectors.sqlite"
BATCH = 32
"""Texts computed before they are written: what a kill can cost."""

_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, checksum INTEGER, vector BLOB)"
_READ = "SELECT checksum, vector FROM vectors WHERE key = ?"
_WRITE = "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)"


class Counts(NamedTuple):
    """Vectors of one kind, passages or queries."""

    vectors_computed: int
    vectors_cached: int


class CountingEmbedder:
    """An embedder that says how many vectors it computed and how many it had; with a `folder`, it keeps them there.

    Thread-safe. Several processes may share a folder. Raises InputError when the folder cannot be used.
    """

    def __init__(self, inner: Embedder, folder: Path | None) -> None:
        self.name, self.version, self.dimension = inner.name, inner.version, inner.dimension
        self.counts = {kind: Counts(0, 0) for kind in ("passage", "query")}
        self._inner = inner
        self._file = folder / FILE if folder else None
        self._lock = threading.Lock()
        self._rows = _open(self._file) if self._file else None

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), rows of length 1."""
        return self._vectors("passage", texts, self._inner.passages)

    def query(self, text: str) -> Vector:
        """Vector of a question, shape (dimension,), length 1."""
        vector: Vector = self._vectors("query", [text], lambda found: self._inner.query(found[0])[None])[0]
        return vector

    def close(self) -> None:
        """Release the file."""
        if self._rows:
            self._rows.close()

    def _vectors(
        self, kind: str, texts: Sequence[str], compute: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        keys = [self._key(kind, text) for text in texts]
        missing = []
        for row, key in enumerate(keys):
            held = self._read(key)
            if held is None:
                missing.append(row)
            else:
                vectors[row] = held
        for first in range(0, len(missing), BATCH):
            rows = missing[first : first + BATCH]
            vectors[rows] = compute([texts[row] for row in rows])
            self._write([(keys[row], vectors[row]) for row in rows])
        with self._lock:
            computed, kept = self.counts[kind]
            self.counts[kind] = Counts(computed + len(missing), kept + len(texts) - len(missing))
        return vectors

    def _key(self, kind: str, text: str) -> bytes:
        parts = "\0".join((self.name, self.version, kind, text))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).digest()

    def _read(self, key: bytes) -> NDArray[np.float32] | None:
        if self._rows is None:
            return None
        try:
            with self._lock:
                found = self._rows.execute(_READ, (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        if found is None or len(found[1]) != 4 * self.dimension or zlib.crc32(found[1]) != found[0]:
            return None
        return np.frombuffer(found[1], "<f4")

    def _write(self, rows: Sequence[tuple[bytes, NDArray[np.float32]]]) -> None:
        if self._rows is None:
            return
        packed = [(key, vector.astype("<f4").tobytes()) for key, vector in rows]
        try:
            with self._lock, self._rows:
                self._rows.executemany(_WRITE, [(key, zlib.crc32(data), data) for key, data in packed])
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> InputError:
        return InputError(f"cannot use the vectors kept in {self._file}: {error}: delete it or type --no-cache")


def _open(file: Path) -> sqlite3.Connection:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = sqlite3.connect(file, timeout=60, check_same_thread=False)
        # A power cut may cost the last rows, never the file: they are only computed again.
        rows.execute("PRAGMA journal_mode=WAL")
        rows.execute("PRAGMA synchronous=NORMAL")
        with rows:
            rows.execute(_TABLE)
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"cannot keep vectors in {file}: {error}: choose another --cache or type --no-cache"
        ) from error
    return rows
