# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Files that staff send: streamed to the disk under a limit, then taken in one after the other by the path of `wazi ingest`.

What waits lies in the home with a note beside it (`job.json`), and is taken up again when the process ends before it is done; what
was reported as done is held. Finished jobs are remembered by the process alone.
The labels are part of where an uploaded document comes from, so that nobody replaces one that they may not see.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import queue
import shutil
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PureWindowsPath
from typing import BinaryIO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wazi import ingest
from wazi.desk import Desk
from wazi.errors import UsageError, WaziError
from wazi.serve import auth
from wazi.serve.errors import ApiError, shape
from wazi.serve.openai_kept import Shelf
from wazi.serve.reply import Json
from wazi.sources import Place
from wazi.state.people import DOCUMENTS
from wazi.types import Provenance, Receipt

log = logging.getLogger(__name__)

ADDRESS = "/office/documents/upload"
FORM = "wazi.upload"
"""Where the form stands in the scope of the request."""
BYTES = 256 * 1024 * 1024
SECONDS = 600.0
FILES = 100
JOBS = 50
"""Of finished ones the newest are remembered."""
BLOCK = 1 << 20
NOTE = "job.json"
TRIES = 2
"""A server that ends while it reads the same files takes them up so often, and no more."""


class Streamed:
    """Middleware: the body of an upload by somebody who may goes to the disk, before the limit of other requests is asked."""

    def __init__(self, app: ASGIApp, *, bytes: int = BYTES, seconds: float = SECONDS) -> None:
        self.app, self.bytes, self.seconds = app, bytes, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        mine = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == ADDRESS
        if not mine or not await run_in_threadpool(_may, Request(scope)):
            await self.app(scope, receive, send)  # which says what is wrong
            return
        with tempfile.TemporaryFile() as body:
            try:
                async with asyncio.timeout(self.seconds):
                    whole = await self._kept(receive, body)
            except TimeoutError:
                whole = False
            if not whole:
                said = f"the files together may have {self.bytes} bytes and take {self.seconds:g} seconds: send fewer"
                await Json(shape(413, said, "too_large"), status_code=413, headers={"Connection": "close"})(
                    scope, receive, send
                )
                return
            body.seek(0)
            try:
                form = await Request(scope, _from(body)).form(max_files=FILES)
            except MultiPartException as error:
                await Json(shape(400, error.message, "unusable"), status_code=400)(scope, receive, send)
                return
            await self._handed_on(scope, form, send)

    async def _kept(self, receive: Receive, body: BinaryIO) -> bool:
        """Whether all of the body came, and was not too long."""
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return False
            size += len(message.get("body", b""))
            if size > self.bytes:
                return False
            await run_in_threadpool(body.write, message.get("body", b""))
            more = message.get("more_body", False)
        return True

    async def _handed_on(self, scope: Scope, form: FormData, send: Send) -> None:
        left = [(name, value) for name, value in scope["headers"] if name not in (b"content-length", b"content-type")]
        inner = {**scope, "headers": left, FORM: form}

        async def nothing() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        try:
            await self.app(inner, nothing, send)
        finally:
            await form.close()


def _may(request: Request) -> bool:
    try:
        caller = auth.caller_of(request)
    except ApiError:
        return False
    return caller.person is not None and DOCUMENTS in caller.scopes


def _from(body: BinaryIO) -> Receive:
    async def receive() -> Message:
        block = await run_in_threadpool(body.read, BLOCK)
        return {"type": "http.request", "body": block, "more_body": len(block) == BLOCK}

    return receive


@dataclass(slots=True)
class Job:
    """One upload. `state` is waiting, reading, done or stopped; `share` of its bytes are dealt with; `problem` stopped it."""

    id: str
    by: str
    labels: frozenset[str]
    files: tuple[tuple[str, Path, int], ...]
    state: str = "waiting"
    share: float = 0.0
    problem: str = ""
    receipts: list[Receipt] = field(default_factory=list)
    tries: int = 0


class Intake:
    """Takes uploads in, one at a time, in a thread of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._folder = desk, desk.settings.home / "uploads"
        self._jobs: deque[Job] = deque(maxlen=JOBS)
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in _left(self._folder):
            self._jobs.appendleft(job)
            self._waiting.put(job)
        threading.Thread(target=self._work, name="intake", daemon=True).start()

    def jobs(self, labels: frozenset[str]) -> list[Job]:
        """Those of which somebody holds all labels, newest first."""
        return [job for job in self._jobs if job.labels <= labels]

    def add(self, files: Sequence[tuple[str, BinaryIO]], labels: frozenset[str], by: str) -> Job:
        """Keep the files and queue them. Raises UsageError without files, labels or a usable name."""
        if not files:
            raise UsageError("no file was chosen: choose one or several")
        if not labels:
            raise UsageError("no label was chosen: say who may read it")
        id = uuid.uuid4().hex
        folder = self._folder / id
        folder.mkdir(parents=True, mode=0o700)
        kept = []
        for number, (given, file) in enumerate(files):
            path = folder / str(number)
            with path.open("wb") as target:
                shutil.copyfileobj(file, target, BLOCK)
            kept.append((_name(given), path, path.stat().st_size))
        job = Job(id, by, labels, tuple(kept))
        _note(job, folder)
        self._jobs.appendleft(job)
        self._waiting.put(job)
        return job

    def _work(self) -> None:
        while True:
            job = self._waiting.get()
            job.state = "reading"
            try:
                job.tries += 1
                if job.tries > TRIES:
                    raise UsageError(f"the server ended {TRIES} times while it was read: send the files one by one")
                _note(job, self._folder / job.id)
                self._take(job)
                job.state = "done"
            except (WaziError, OSError) as error:
                log.error("office.upload", exc_info=error)
                job.state, job.problem = "stopped", str(error)
            finally:
                shutil.rmtree(self._folder / job.id, ignore_errors=True)

    def _take(self, job: Job) -> None:
        size = sum(each for _, _, each in job.files)

        def told(progress: ingest.Progress) -> None:
            job.share = min(1.0, progress.bytes / max(1, progress.all_bytes))

        for receipt in ingest.take_in(_places(job), self._desk, progress=told, files=len(job.files), size=size):
            job.receipts.append(receipt)
        Shelf(self._desk).prune()


def _note(job: Job, folder: Path) -> None:
    """Write down what waits; without the note the files were not all here yet."""
    files = [(name, path.name, size) for name, path, size in job.files]
    said = {"by": job.by, "labels": sorted(job.labels), "files": files, "tries": job.tries}
    half = folder / f"{NOTE}.half"
    half.write_text(json.dumps(said), encoding="utf-8")
    half.replace(folder / NOTE)


def _left(folder: Path) -> list[Job]:
    """What a process that ended has left, as it came; what is not whole was never reported as received and goes."""
    found = []
    for each in folder.iterdir() if folder.is_dir() else ():
        try:
            said = json.loads((each / NOTE).read_text(encoding="utf-8"))
            files = tuple((name, each / file, size) for name, file, size in said["files"])
            job = Job(each.name, said["by"], frozenset(said["labels"]), files, tries=said["tries"])
            if any(path.stat().st_size != size for _, path, size in files):
                raise ValueError(each)
            found.append((files[0][1].stat().st_mtime_ns, job))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            shutil.rmtree(each, ignore_errors=True)
    return [job for _, job in sorted(found, key=lambda pair: pair[0])]


def _places(job: Job) -> Iterator[Place]:
    """One after the other, so that one file at a time is in memory."""
    for name, path, size in job.files:
        yield Place(source_of(name, job.labels), name, size, Provenance(labels=job.labels), data=path.read_bytes())


def source_of(name: str, labels: frozenset[str]) -> str:
    """What names an uploaded document for ever: the same name under the same labels is its next version."""
    mark = hashlib.sha256("\n".join(sorted(labels)).encode()).hexdigest()[:12]
    return f"upload:{mark}/{name}"


def _name(given: str) -> str:
    """The last part of a name that a browser sent. Raises UsageError for one that cannot be shown."""
    name = PureWindowsPath(PurePath(given).name).name.strip()
    if not name or not name.isprintable() or len(name) > 200:
        raise UsageError(f"{given[:40]!r} cannot be the name of a document: rename the file")
    return name
