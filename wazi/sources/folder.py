# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Files and folders, each file with its provenance from `documents.toml` beside it; a folder may be watched by asking again.

`find` lists and judges without reading, `read` reads one file. It knows change by size, time and provenance, not by content.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, Memory, Place, Same, Seen
from wazi.sources.described import Described, described, shown, unreadable
from wazi.types import Provenance

if TYPE_CHECKING:
    from wazi.config import Sources
    from wazi.sources.book import Folder
    from wazi.sources.fetch import Fetcher

MIB = 2**20

Identity = tuple[int, int]
"""Device and inode of a folder: the same whatever the path to it."""


class FolderSource:
    """The files of a folder and of its subfolders. One whose size or time changes is read again."""

    def __init__(self, entry: Folder, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.home = entry, home
        skip = (*settings.skip, *entry.skip)
        self.settings = settings.model_copy(update={"skip": skip})

    def changes(self, memory: Memory) -> Iterator[Event]:
        """New, changed and removed files; a file written to in the last `settle` seconds is left for the next time."""
        root = os.path.abspath(os.path.expanduser(self.entry.address))
        if not os.path.isdir(root):  # an unmounted disk has lost no document
            raise InputError(f"{root} is no folder now: check the path, or mount the disk")
        if memory.seen and is_empty(root):  # where a disk is mounted stays a folder without it
            raise InputError(f"{root} is empty now: mount the disk, or remove the source if all of it is to go")
        here, unsure = set(), []
        for place in find(root, self.settings, self.entry.provenance(), home=self.home):
            here.add(place.source)
            if place.problem:
                unsure.append(place.source)
                yield Failed(place.source, place.problem)
            else:
                yield from self._judged(place, memory.seen.get(place.source))
        for seen in memory.seen.values():
            if seen.address not in here and not any(seen.address.startswith(f"{path}/") for path in unsure):
                yield Gone(seen, "the file is no longer there")

    def _judged(self, place: Place, seen: Seen | None) -> Iterator[Event]:
        try:
            status = os.stat(place.source)
        except OSError as error:
            yield Failed(place.source, unreadable(place.source, error))
            return
        now = Seen(place.source, place.source, _said(place.provenance), f"{status.st_mtime_ns} {status.st_size}")
        if seen and not seen.gone and (seen.etag, seen.modified) == (now.etag, now.modified):
            yield Same(seen)
        elif abs(time.time() - status.st_mtime) >= self.entry.settle:
            yield Changed(place, now)


def find(path: str, settings: Sources, default: Provenance, *, home: Path | None = None) -> Iterator[Place]:
    """Every file under `path`, by name, each with its provenance; the folder `home` is left out. Raises InputError."""
    closed = frozenset({_identity(os.stat(home))}) if home and home.exists() else frozenset()
    books: dict[str, Described] = {}
    for found in _walk(os.path.abspath(path), settings, closed):
        folder = os.path.dirname(found.source)
        if folder not in books:
            books[folder] = described(folder)
        values = books[folder].get(found.name, {})
        yield replace(found, provenance=replace(default, **values))


def read(place: Place, settings: Sources) -> bytes:
    """The bytes of one file. Raises InputError when it is gone or has grown too large."""
    limit = settings.max_mib * MIB
    try:
        with open(place.source, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise InputError(unreadable(place.source, error)) from error
    if len(data) > limit:
        raise InputError(too_large(place.source, len(data), settings))
    return data


def too_large(path: str, size: int, settings: Sources) -> str:
    """Why a file of `size` bytes cannot go in, in one line."""
    return f"{path} has {size / MIB:.0f} MiB, the limit is {settings.max_mib}: split it or raise [sources] max_mib"


def is_empty(path: str) -> bool:
    """Is there nothing at all in a folder? One that cannot be read is not known to be empty."""
    try:
        return not os.listdir(path)
    except OSError:
        return False


def _walk(path: str, settings: Sources, closed: frozenset[Identity]) -> Iterator[Place]:
    """The files under `path`; folders in `closed` are not entered, nor is a link back into a folder around it."""
    waiting = [(path, closed)]
    while waiting:
        path, closed = waiting.pop()
        try:
            status = os.stat(path)
            if not stat.S_ISDIR(status.st_mode):
                yield _place(path, status.st_size, _file_problem(path, status, settings))
                continue
            names = sorted(os.listdir(path), reverse=True)
        except OSError as error:
            yield _place(path, 0, unreadable(path, error))
            continue
        if _identity(status) in closed:
            continue
        inside = closed | {_identity(status)}
        kept = (name for name in names if not any(fnmatch(name, pattern) for pattern in settings.skip))
        waiting += [(os.path.join(path, name), inside) for name in kept]


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _place(path: str, size: int, problem: str | None) -> Place:
    name = shown(path)
    return Place(name, os.path.basename(name), size, Provenance(), problem)


def _file_problem(path: str, status: os.stat_result, settings: Sources) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return f"{shown(path)} is not a regular file: leave it out"
    if shown(path) != path:
        return f"{shown(path)} has a name that is not UTF-8: rename it"
    if status.st_size == 0:
        return f"{path} is empty: check how it was saved or copied"
    if status.st_size > settings.max_mib * MIB:
        return too_large(path, status.st_size, settings)
    if not os.access(path, os.R_OK):
        return f"{path} cannot be read (permission denied): type `chmod +r` on it"
    return None


def _said(provenance: Provenance) -> str:
    """A hash of what is said about a file: it goes in again when that changes."""
    labels = sorted(provenance.labels or ())
    return hashlib.sha256(repr((replace(provenance, labels=None), labels)).encode()).hexdigest()[:16]
