# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What sources remember between runs, in one SQLite file of the home; and the log of their runs, one JSON line a run.

Each note is durable when the call returns. It does not know what the notes mean.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from types import TracebackType
from typing import Any

from wazi.errors import StoreError
from wazi.sources import Memory, Seen

FILE = "sources.sqlite"
LOG = "sources.jsonl"
COLUMNS = tuple(field.name for field in fields(Seen))
LINKS = COLUMNS.index("links")
LAST_RUN, MARK = "last_run", "mark"


class Notes:
    """The notes of all sources of one home. Raises StoreError when they cannot be read or written."""

    def __init__(self, home: Path) -> None:
        self.file = home / FILE
        with self._told():
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._base = sqlite3.connect(self.file, isolation_level=None, timeout=30)
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute("PRAGMA secure_delete = ON")  # a forgotten address leaves no free page
            columns = ", ".join(f'"{name}"' for name in COLUMNS)
            self._base.execute(f"CREATE TABLE IF NOT EXISTS seen (source, {columns}, PRIMARY KEY (source, address))")
            self._base.execute("CREATE TABLE IF NOT EXISTS notes (source, key, value, PRIMARY KEY (source, key))")

    def __enter__(self) -> Notes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def recall(self, source: str) -> Memory:
        """Everything that a source remembers."""
        with self._told():
            columns = ", ".join(f'"{name}"' for name in COLUMNS)
            rows = self._base.execute(f"SELECT {columns} FROM seen WHERE source = ?", (source,)).fetchall()
        seen = (
            Seen(**{**dict(zip(COLUMNS, row, strict=True)), "links": tuple(json.loads(row[LINKS]))}) for row in rows
        )
        return Memory({each.address: each for each in seen}, self.note(source, MARK))

    def keep(self, source: str, seen: Seen) -> None:
        """Remember one address, in place of what was known of it."""
        row = list(astuple(seen))
        row[LINKS] = json.dumps(seen.links)
        with self._told():
            marks = ", ".join("?" for _ in range(len(COLUMNS) + 1))
            self._base.execute(f"INSERT OR REPLACE INTO seen VALUES ({marks})", (source, *row))

    def forget(self, source: str, address: str | None = None) -> None:
        """Forget one address, or all that is known of a source."""
        with self._told():
            if address is not None:
                self._base.execute("DELETE FROM seen WHERE source = ? AND address = ?", (source, address))
                return
            self._base.execute("DELETE FROM seen WHERE source = ?", (source,))
            self._base.execute("DELETE FROM notes WHERE source = ?", (source,))

    def renew(self, source: str) -> None:
        """Forget versions and mark, not addresses: everything is to be had again."""
        with self._told():
            self._base.execute("DELETE FROM notes WHERE source = ? AND key = ?", (source, MARK))
            self._base.execute(
                "UPDATE seen SET etag = NULL, modified = NULL, sha256 = NULL, fetched = NULL WHERE source = ?",
                (source,),
            )

    def note(self, source: str, key: str, value: str | None = None) -> str | None:
        """Read a note about a source, or write it when a value is given."""
        with self._told():
            if value is not None:
                self._base.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (source, key, value))
                return value
            row = self._base.execute("SELECT value FROM notes WHERE source = ? AND key = ?", (source, key)).fetchone()
        return str(row[0]) if row else None

    def documents(self, sources: Iterable[str]) -> set[str]:
        """What came from any of these sources and is still there."""
        with self._told():
            query = "SELECT DISTINCT document FROM seen WHERE source = ? AND document IS NOT NULL AND gone IS NULL"
            return {str(row[0]) for source in sources for row in self._base.execute(query, (source,))}

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"cannot use {self.file} ({error}): check its rights and the space on the disk") from error


def write_log(home: Path, run: dict[str, Any]) -> None:
    """Append one run to the log: durable when it returns."""
    line = json.dumps(run, ensure_ascii=False).encode() + b"\n"
    try:
        with (home / LOG).open("ab") as out:
            out.write(line)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise StoreError(f"cannot write {home / LOG} ({error}): free some space") from error


def read_log(home: Path, source: str | None = None) -> list[dict[str, Any]]:
    """The runs in order, of one source or of all; a line that a kill tore off is left out."""
    try:
        lines = (home / LOG).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    runs = []
    for line in lines:
        try:
            run = json.loads(line)
        except ValueError:
            continue
        if source is None or run.get("source") == source:
            runs.append(run)
    return runs
