# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Receipts: append-only, hash-chained: what was asked by whom, what was read, which model, which outcome, at what cost.

One JSON line a receipt in `receipts.jsonl`; `hash` is the SHA-256 of the line's canonical JSON without `hash`, and
`previous` is the hash of the receipt before it. `head.json` holds the count and the last hash, so that cutting off the end
shows, also after later receipts. Question and reader stand in `private.jsonl` and in the chain as a salted hash, so that they
can be erased. Somebody who can write all files can forge a whole new chain: keep a copy of a head elsewhere to exclude that.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wazi import __version__
from wazi.audit.private import Private, canonical, commitment, found
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
    on: dt.date | None = None
    settings: str = ""
    """Digest of the settings that answers depend on."""
    prompt: str | None = None
    found: tuple[Hit, ...] = ()
    read: tuple[Hit, ...] = ()
    answer: Answer | None = None
    """None: the question was broken off before it had an answer; the receipt then says `failed`."""

    def close(self) -> None:
        """Append the receipt to the trail: durable when this returns."""
        private = {"question": self.question, "reader": self.reader.name}
        self.trail.append(self._body(), private)

    def _body(self) -> dict[str, Any]:
        answer = self.answer
        return {
            "id": self.id,
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "labels": sorted(self.reader.labels),
            "on": self.on,
            "outcome": answer.outcome.value if answer else Outcome.FAILED.value,
            "detail": self.detail,
            "read": [_read(hit) for hit in self.read],
            "quotes": [_quote(quote) for claim in (answer.claims if answer else ()) for quote in claim.quotes],
            "answer_sha256": hashlib.sha256(answer.text.encode()).hexdigest() if answer else None,
            "language": self.language,
            "prompt": self.prompt,
            "models": dict(answer.models) if answer else {},
            "settings": self.settings,
            "wazi": __version__,
            "replay_of": self.trail.replay_of,
            "meter": asdict(answer.meter) if answer else {},
        }


def _read(hit: Hit) -> dict[str, Any]:
    """A passage that was read, with what spoke for it."""
    odds = round(hit.look.odds, 3) if hit.look else None
    signals = {"words": round(hit.lexical, 3), "cosine": round(hit.dense, 4), "odds": odds}
    return {"chunk": hit.chunk.id, "document": hit.chunk.document, **signals}


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
    """The chain checked: how many receipts, whether it is whole, the number of the first broken one (1-based).

    `erased` is the number of receipts whose question and reader are no longer held.
    """

    receipts: int
    intact: bool
    first_broken: int | None
    erased: int = 0


class Trail:
    """The receipts of one home."""

    def __init__(
        self, folder: Path, *, keep_questions: bool, keep_days: float = 0, replay_of: str | None = None
    ) -> None:
        self.folder = folder
        self.file = folder / "receipts.jsonl"
        self.head = folder / "head.json"
        self.private = Private(folder / "private.jsonl")
        self.keep_questions, self.keep_days, self.replay_of = keep_questions, keep_days, replay_of
        self._erased_on: dt.date | None = None

    def open(self, reader: Reader, question: str, *, on: dt.date | None = None) -> Entry:
        """Begin a receipt; its id is the id of the answer."""
        return Entry(self, uuid.uuid4().hex, question, reader, on=on)

    def replaying(self, id: str) -> Trail:
        """The same trail; its receipts say that the question of `id` was asked again."""
        return Trail(self.folder, keep_questions=self.keep_questions, keep_days=self.keep_days, replay_of=id)

    def append(self, body: dict[str, Any], private: Mapping[str, Any] | None = None) -> str:
        """Chain `body` to the last receipt, write it, and return its hash. Raises StoreError if it cannot be written.

        `private` is written apart, before it: of a kill between the two no receipt is left that commits to nothing.
        """
        try:
            with self.held():
                self._forget()
                count, previous = self._last()
                receipt = {"n": count + 1, "previous": previous, **body}
                if private is not None:
                    id, at = str(body["id"]), str(body["at"])
                    receipt["private"] = self.private.keep(id, private, at=at, shown=self.keep_questions)
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

    def find(self, id: str) -> dict[str, Any] | None:
        """The receipt of an answer, as written. Raises ValueError for a damaged line."""
        line = found(self.file, id)
        return json.loads(line) if line else None

    def content(self, receipt: Mapping[str, Any]) -> dict[str, Any]:
        """Its question and reader; None for each that is not held. Receipts of old have them in the chain."""
        if "private" not in receipt:
            return {name: receipt.get(name) for name in ("question", "reader")}
        row = self.private.find(str(receipt["id"]))
        return (row and row["content"]) or {"question": None, "reader": None}

    def erase(self, *, before: dt.datetime | None = None, ids: Collection[str] = ()) -> int:
        """Erase question and reader of receipts, by their age or id; how many went. Raises StoreError."""
        limit = before.astimezone(dt.UTC).isoformat(timespec="milliseconds") if before else ""
        try:
            with self.held():
                return self.private.erase(lambda row: str(row["at"]) < limit or row["id"] in ids)
        except OSError as error:
            raise StoreError(f"cannot write {self.private.file}: {error.strerror}: free some space") from error

    def _forget(self) -> None:
        """Once a day erase what is kept longer than `keep_days`."""
        now = dt.datetime.now(dt.UTC)
        if self.keep_days and self._erased_on != now.date():
            limit = (now - dt.timedelta(days=self.keep_days)).isoformat(timespec="milliseconds")
            self.private.erase(lambda row: str(row["at"]) < limit)
            self._erased_on = now.date()

    def verify(self) -> Verified:
        """Check every byte of every link and the head, offline, while no receipt is being written. Raises StoreError."""
        try:
            with self.held() if os.access(self.folder, os.W_OK) else nullcontext():
                return self._verified()
        except OSError as error:
            raise StoreError(f"cannot read the audit trail {self.file}: {error.strerror}: check its rights") from error

    def _verified(self) -> Verified:
        hashes, erased = [GENESIS], 0
        private = {str(row["id"]): row for row in self.private.rows()}
        for line in self._lines():
            count = len(hashes) - 1
            try:
                receipt = json.loads(line)
                linked = receipt["n"] == count + 1 and receipt["previous"] == hashes[-1]
                if not linked or receipt["hash"] != _hash(receipt) or line != canonical(receipt) + b"\n":
                    return Verified(count, False, count + 1, erased)
                if "private" in receipt:
                    beside = private.get(str(receipt["id"]))
                    erased += beside is None
                    if beside and beside["content"] is not None and commitment(beside) != receipt["private"]:
                        return Verified(count, False, count + 1, erased)
            except DAMAGED:
                return Verified(count, False, count + 1, erased)
            hashes.append(receipt["hash"])
        count = len(hashes) - 1
        try:
            head = self._head()
            # The head is written after its receipt: a kill between the two leaves it one behind, which is not a forgery.
            whole = head in [(n, hashes[n]) for n in (count, count - 1) if n >= 0]
        except DAMAGED:
            whole = False
        return Verified(count, whole, None if whole else count + 1, erased)

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
            file.write(canonical(receipt) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft = self.head.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(canonical({"n": receipt["n"], "hash": receipt["hash"]}))
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


def _hash(receipt: dict[str, Any]) -> str:
    return hashlib.sha256(canonical({key: value for key, value in receipt.items() if key != "hash"})).hexdigest()
