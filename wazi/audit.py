# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Receipts: append-only, hash-chained: who asked, what was read, which model, which outcome, at what cost.

One JSON line a receipt in `receipts.jsonl`; `hash` is the SHA-256 of the line's canonical JSON without `hash`, and
`previous` is the hash of the receipt before it. `head.json` holds the count and the last hash, so that cutting off the end
shows, also after later receipts. Somebody who can write both files can forge a whole new chain: keep a copy of a head
elsewhere to exclude that.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wazi.errors import StoreError
from wazi.types import Answer, Hit, Outcome, Reader

GENESIS = "0" * 64
BLOCK = 65536
DAMAGED = (ValueError, KeyError, TypeError)
"""What reading a line or a head raises that was not written here."""


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
    found: tuple[Hit, ...] = ()
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
            with self.held():
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
        """Check every byte of every link and the head, offline, while no receipt is being written. Raises StoreError."""
        try:
            with self.held() if os.access(self.folder, os.W_OK) else nullcontext():
                return self._verified()
        except OSError as error:
            raise StoreError(f"cannot read the audit trail {self.file}: {error.strerror}: check its rights") from error

    def _verified(self) -> Verified:
        hashes = [GENESIS]
        for line in self._lines():
            count = len(hashes) - 1
            try:
                receipt = json.loads(line)
                linked = receipt["n"] == count + 1 and receipt["previous"] == hashes[-1]
                if not linked or receipt["hash"] != _hash(receipt) or line != _canonical(receipt) + b"\n":
                    return Verified(count, False, count + 1)
            except DAMAGED:
                return Verified(count, False, count + 1)
            hashes.append(receipt["hash"])
        count = len(hashes) - 1
        try:
            head = self._head()
            # The head is written after its receipt: a kill between the two leaves it one behind, which is not a forgery.
            whole = head in [(n, hashes[n]) for n in (count, count - 1) if n >= 0]
        except DAMAGED:
            whole = False
        return Verified(count, whole, None if whole else count + 1)

    def _lines(self) -> Iterator[bytes]:
        """The lines of the file; a torn last one was never acknowledged, and the next receipt cuts it off."""
        if self.file.exists():
            with self.file.open("rb") as lines:
                yield from (line for line in lines if line.endswith(b"\n"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody writes a receipt meanwhile: for what reads the whole trail."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _last(self) -> tuple[int, str]:
        """Number and hash of the last receipt. A head beyond the file is believed: what was cut off stays missed."""
        return max(_readable(self._last_whole), _readable(self._head), key=lambda last: last[0])

    def _last_whole(self) -> tuple[int, str]:
        """The last receipt in the file. A torn last line was never acknowledged: it is cut off."""
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
        with draft.open("wb") as file:
            file.write(_canonical({"n": receipt["n"], "hash": receipt["hash"]}))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.head)

    def _head(self) -> tuple[int, str]:
        """Number and hash in the head; those before the first receipt where there is none."""
        try:
            head = json.loads(self.head.read_bytes())
        except FileNotFoundError:
            return 0, GENESIS
        return int(head["n"]), str(head["hash"])


def _readable(read: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """What `read` finds; the beginning where it is damaged: `verify` tells, and receipts go on being written."""
    try:
        return read()
    except DAMAGED:
        return 0, GENESIS


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
