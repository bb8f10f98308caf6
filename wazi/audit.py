# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Receipts: append-only, hash-chained: who asked, what was read, which model, which outcome, at what cost.

One JSON line a receipt in `receipts.jsonl`; `hash` is the SHA-256 of the line's canonical JSON without `hash`, and
`previous` is the hash of the receipt before it. `head.json` holds the count and the last hash, so that cutting off the end
shows. Somebody who can write both files can forge a whole new chain: keep a copy of a head elsewhere to exclude that.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wazi.errors import StoreError
from wazi.types import Answer, Hit, Outcome, Reader

GENESIS = "0" * 64
BLOCK = 65536


@dataclass(slots=True)
class Entry:
    """One receipt being written; `ask` fills it and closes it whatever happens."""

    trail: Trail
    id: str
    question: str
    reader: Reader
    language: str = "en"
    detail: str = ""
    prompt: str | None = None
    read: tuple[Hit, ...] = ()
    answer: Answer | None = None
    """None: the question was broken off before it had an answer; the receipt then says `failed`."""

    def close(self) -> None:
        """Append the receipt to the trail: durable when this returns."""
        self.trail.append(self._body())

    def _body(self) -> dict[str, Any]:
        answer = self.answer
        return {
            "id": self.id,
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "reader": self.reader.name,
            "labels": sorted(self.reader.labels),
            "question": self.question if self.trail.keep_questions else None,
            "question_sha256": hashlib.sha256(self.question.encode("utf-8", "surrogatepass")).hexdigest(),
            "outcome": answer.outcome.value if answer else Outcome.FAILED.value,
            "detail": self.detail,
            "read": [{"chunk": hit.chunk.id, "document": hit.chunk.document} for hit in self.read],
            "quotes": [_quote(quote) for claim in (answer.claims if answer else ()) for quote in claim.quotes],
            "answer_sha256": hashlib.sha256(answer.text.encode()).hexdigest() if answer else None,
            "language": self.language,
            "prompt": self.prompt,
            "models": dict(answer.models) if answer else {},
            "meter": asdict(answer.meter) if answer else {},
        }


def _quote(quote: Any) -> dict[str, Any]:
    return {
        "document": quote.document.id,
        "sha256": quote.document.sha256,
        "page": quote.page,
        "start": quote.start,
        "end": quote.end,
        "text_sha256": hashlib.sha256(quote.text.encode()).hexdigest(),
    }


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain checked: how many receipts, whether it is whole, the number of the first broken one (1-based)."""

    receipts: int
    intact: bool
    first_broken: int | None


class Trail:
    """The receipts of one home."""

    def __init__(self, folder: Path, *, keep_questions: bool) -> None:
        self.folder = folder
        self.file = folder / "receipts.jsonl"
        self.head = folder / "head.json"
        self.keep_questions = keep_questions

    def open(self, reader: Reader, question: str) -> Entry:
        """Begin a receipt; its id is the id of the answer."""
        return Entry(self, uuid.uuid4().hex, question, reader)

    def append(self, body: dict[str, Any]) -> str:
        """Chain `body` to the last receipt, write it, and return its hash. Raises StoreError if it cannot be written."""
        try:
            with self._locked():
                count, previous = self._last()
                receipt = {"n": count + 1, "previous": previous, **body}
                receipt["hash"] = _hash(receipt)
                self._write(receipt)
        except OSError as error:
            raise StoreError(f"cannot write the audit trail {self.file}: {error.strerror}: free some space") from error
        return str(receipt["hash"])

    def receipts(self) -> Iterator[dict[str, Any]]:
        """Every receipt in order, as written. Raises ValueError at a line that is not JSON."""
        if not self.file.exists():
            return
        with self.file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def verify(self) -> Verified:
        """Check every link and the head, offline."""
        count, previous = 0, GENESIS
        try:
            for receipt in self.receipts():
                linked = receipt.get("n") == count + 1 and receipt.get("previous") == previous
                if not linked or receipt.get("hash") != _hash(receipt):
                    return Verified(count, False, count + 1)
                count, previous = count + 1, receipt["hash"]
        except (ValueError, AttributeError):
            return Verified(count, False, count + 1)
        head = self._head()
        # The head is written after its receipt: a kill between the two leaves it one behind, which is not a forgery.
        whole = head is None if count == 0 else head is not None and head["n"] in (count, count - 1)
        whole = whole and (head is None or head["n"] != count or head["hash"] == previous)
        return Verified(count, whole, None if whole else count + 1)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _last(self) -> tuple[int, str]:
        """Number and hash of the last whole receipt. A torn last line was never acknowledged: it is cut off."""
        if not self.file.exists() or self.file.stat().st_size == 0:
            return 0, GENESIS
        with self.file.open("r+b") as file:
            tail = _last_lines(file)
            if not tail.endswith(b"\n"):
                keep = tail.rfind(b"\n") + 1
                file.truncate(file.seek(0, os.SEEK_END) - (len(tail) - keep))
                tail = tail[:keep]
        if not tail.strip():
            return 0, GENESIS
        last = json.loads(tail.rstrip(b"\n").rsplit(b"\n", 1)[-1])
        return int(last["n"]), str(last["hash"])

    def _write(self, receipt: dict[str, Any]) -> None:
        with self.file.open("ab") as file:
            file.write(_canonical(receipt) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft = self.head.with_suffix(".new")
        draft.write_bytes(_canonical({"n": receipt["n"], "hash": receipt["hash"]}))
        draft.replace(self.head)

    def _head(self) -> dict[str, Any] | None:
        try:
            head: dict[str, Any] = json.loads(self.head.read_bytes())
        except FileNotFoundError:
            return None
        return head


def _last_lines(file: Any) -> bytes:
    """The end of the file, far enough back to hold the last whole line."""
    size = file.seek(0, os.SEEK_END)
    taken = BLOCK
    while True:
        file.seek(max(0, size - taken))
        tail: bytes = file.read()
        if taken >= size or tail.rstrip(b"\n").count(b"\n") >= 1 + (not tail.endswith(b"\n")):
            return tail
        taken *= 4


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str).encode()


def _hash(receipt: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical({key: value for key, value in receipt.items() if key != "hash"})).hexdigest()
