# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a local directory needs that an object store does not: one writer at a time, and bytes that survive a power cut.

Knows nothing of tables. For an address such as `s3://...` both do nothing: the object store keeps what it acknowledged,
and two writers there are told apart only when their commits collide.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from types import TracebackType

from wazi.errors import StoreError

LOCK_NAME = "writing.lock"


def local_path(uri: str) -> Path | None:
    """The directory behind an address, None when it is not a local one."""
    return None if "://" in uri else Path(uri).expanduser().absolute()


class WriterLock:
    """One writing process a directory. The kernel lets go of it however the process ends; threads wait, others are told."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._threads = threading.RLock()
        self._depth = 0
        self._descriptor = -1

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._depth == 0 and self._root is not None:
                self._descriptor = _locked(self._root)
        except BaseException:
            self._threads.release()
            raise
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._threads.release()


class Settled:
    """Flushes to the disk every file below `root` that it has not flushed before; the files must never change."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._done: set[str] = set()

    def __call__(self) -> None:
        """The new files, then the folders that name them. Raises OSError."""
        there: set[str] = set()
        for folder, _, names in os.walk(self._root) if self._root else ():
            paths = {os.path.join(folder, name) for name in names}
            fresh = paths - self._done
            for path in [*fresh, *([folder] if fresh else [])]:
                _flush(path)
            there |= paths
        self._done = there


def torn_manifest(table: Path) -> Path | None:
    """The newest manifest of a table if a power cut left it without content.

    It names a commit that was never acknowledged, since `Settled` comes before every acknowledgement: the lock held, it may
    be removed. A living writer never shows one.
    """
    manifests = sorted((table / "_versions").glob("*.manifest"))  # names count down: the first is the newest
    return manifests[0] if manifests and not any(manifests[0].read_bytes()) else None


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _locked(root: Path) -> int:
    """An open descriptor that holds the lock. Raises StoreError."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"cannot write to {root}: {error.strerror}: check the owner and the rights of the directory, "
            "or choose another with --home"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"another ingest is writing to {root}: wait for it to end, then run this again") from error
    return descriptor
