# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Stored responses: one SQLite file in the home, readable by its owner only, each row erased after the hours of the settings.

A response is given back to the reader who asked, and only while every document it quotes is held as it was quoted and that reader
may open it: what was erased, replaced or closed since is in no stored answer either.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wazi import access
from wazi.desk import Desk
from wazi.errors import StoreError
from wazi.types import Reader

FILE = "responses.sqlite"
TABLE = "CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, owner TEXT, until REAL, status TEXT, body TEXT)"
UNFINISHED = ("queued", "in_progress")


@dataclass(frozen=True, slots=True)
class Kept:
    """A response with what led to it. `documents` maps what it quotes to the hash of the content it was quoted from."""

    response: Mapping[str, Any]
    turns: tuple[str, ...] = ()
    input: tuple[Mapping[str, Any], ...] = ()
    documents: Mapping[str, str] = field(default_factory=dict)


class Shelf:
    """The stored responses of one home."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._file = desk.settings.home / FILE
        # who keeps no questions in receipts keeps none here
        self._seconds = desk.settings.api.keep_hours * 3600 * desk.settings.audit.keep_questions
        self._most = desk.settings.api.keep
        self._lock = threading.Lock()

    @property
    def keeps(self) -> bool:
        """Whether anything is stored at all."""
        return self._seconds > 0

    def put(self, kept: Kept, reader: Reader) -> None:
        """Store a response, or the newer state of one. Raises StoreError."""
        body = json.dumps(
            {"response": kept.response, "turns": kept.turns, "input": kept.input, "documents": dict(kept.documents)}
        )
        now = time.time()
        with self._rows() as rows:
            rows.execute(
                "INSERT INTO kept VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, "
                "body = excluded.body",
                (kept.response["id"], reader.name, now + self._seconds, kept.response["status"], body),
            )
            rows.execute("DELETE FROM kept WHERE until < ?", (now,))
            rows.execute(
                "DELETE FROM kept WHERE id IN (SELECT id FROM kept ORDER BY until DESC LIMIT -1 OFFSET ?)",
                (self._most,),
            )

    def get(self, id: str, reader: Reader) -> Kept | None:
        """The response with this id, None if there is none that this reader may see (any more)."""
        if not self._file.exists():
            return None
        with self._rows() as rows:
            row = rows.execute(
                "SELECT body FROM kept WHERE id = ? AND owner = ? AND until >= ?", (id, reader.name, time.time())
            ).fetchone()
        if row is None:
            return None
        body = json.loads(row[0])
        kept = Kept(body["response"], tuple(body["turns"]), tuple(body["input"]), body["documents"])
        return kept if self._stands(kept.documents, reader) else None

    def delete(self, id: str, reader: Reader) -> bool:
        """Erase a response; whether there was one of this reader."""
        if not self._file.exists():
            return False
        with self._rows() as rows:
            return rows.execute("DELETE FROM kept WHERE id = ? AND owner = ?", (id, reader.name)).rowcount > 0

    def prune(self) -> int:
        """Erase what is past its hours, and what quotes content that is no longer held; how many went."""
        if not self._file.exists():
            return 0
        keeper = access.keeper()
        with self._rows() as rows:
            rows.execute("DELETE FROM kept WHERE until < ?", (time.time(),))
            held = [(id, json.loads(body)) for id, body in rows.execute("SELECT id, body FROM kept")]
            gone = [id for id, body in held if not self._stands(body["documents"], keeper)]
            rows.executemany("DELETE FROM kept WHERE id = ?", [(id,) for id in gone])
        return len(gone)

    def settle(self) -> None:
        """After a stop: prune, and mark what was left unfinished as failed, as nobody works on it any more."""
        if not self._file.exists():
            return
        self.prune()
        with self._rows() as rows:
            left = rows.execute("SELECT id, body FROM kept WHERE status IN (?, ?)", UNFINISHED).fetchall()
            for id, text in left:
                body = json.loads(text)
                error = {"code": "server_error", "message": "the server was restarted: ask again"}
                body["response"] |= {"status": "failed", "error": error}
                rows.execute("UPDATE kept SET status = 'failed', body = ? WHERE id = ?", (json.dumps(body), id))

    def _stands(self, documents: Mapping[str, str], reader: Reader) -> bool:
        scope = access.holdings_of(reader)
        for document, sha256 in documents.items():
            record = self._desk.store.record(document, scope)
            if record is None or record.sha256 != sha256:
                return False
        return True

    @contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises StoreError when the file cannot be used."""
        try:
            with self._lock, closing(_open(self._file)) as rows, rows:
                yield rows
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"stored responses in {self._file} cannot be used ({error}): move the file away, or set [api] keep_hours = 0"
            ) from error


def _open(file: Path) -> sqlite3.Connection:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    rows = sqlite3.connect(file, timeout=5)
    rows.execute("PRAGMA secure_delete = ON")  # an erased answer is overwritten, not only unlinked
    rows.execute(TABLE)
    return rows
