# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The whole home in one file: a gzipped tar of everything that is held, with a manifest in front.

Models are not in it: they are weights anyone can fetch again. A store at an `s3://` address is not in it either, and says so.
Only its owner may read the file, as it holds every document whatever its labels.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

from wazi import __version__
from wazi.config import Settings
from wazi.desk import open_store, trail_of
from wazi.errors import InputError, StoreError, UsageError

MANIFEST = "wazi-backup.json"
FORMAT = 1
LEFT_OUT = {"lock", ".lock"}
DATABASE = ".sqlite"
BESIDE = re.compile(r"\.sqlite-(wal|shm|journal)$")
"""What SQLite keeps beside a database: in the copy of it that is backed up."""
WAIT_SECONDS = 10
BLOCK = 1 << 20
DAMAGED = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, KeyError, TypeError, ValueError)
"""What reading a file raises that is not a whole backup."""


def backup(settings: Settings, file: str) -> dict[str, Any]:
    """Write the home to `file` while no ingest runs; the old file stays until the new one is whole."""
    if settings.store.uri:
        raise UsageError(
            f"the store is at {settings.store.uri}: back it up where it is; a backup holds a local home only"
        )
    if not settings.home.is_dir():
        raise UsageError(f"there is no home at {settings.home}: nothing was backed up; check --home")
    target = Path(file).absolute()
    store = open_store(settings)
    try:
        with store.writing(), trail_of(settings).held():
            counts = dict(store.stats())
            _write(settings.home, target, {"format": FORMAT, "wazi": __version__, **counts})
    except OSError as error:
        raise StoreError(f"cannot write the backup {target}: {error.strerror}: choose another place") from error
    finally:
        store.close()
    return _summary(counts, target)


def _write(home: Path, target: Path, manifest: dict[str, Any]) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
        draft = Path(file.name)
    try:
        with tarfile.open(draft, "w:gz", compresslevel=1) as archive:
            body = json.dumps(manifest).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
            for path in sorted(home.rglob("*")):
                name = path.relative_to(home).as_posix()
                if not path.is_file() or path.name in LEFT_OUT or path in (draft, target) or BESIDE.search(path.name):
                    continue
                if path.suffix == DATABASE:
                    _add_database(archive, path, name)
                else:
                    archive.add(path, name, recursive=False)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _add_database(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """A whole copy, also of a database that a running server writes to: its file alone may lack what stands in its log."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / path.name
        try:
            with (
                closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as source,
                closing(sqlite3.connect(copy)) as whole,
            ):
                source.backup(whole)
        except sqlite3.Error as error:
            raise StoreError(f"cannot read the database {path} ({error}): nothing was backed up") from error
        copy.chmod(0o600)
        archive.add(copy, name, recursive=False)


def restore(settings: Settings, file: str) -> dict[str, Any]:
    """Unpack a backup into a home that is empty or does not exist yet: it appears whole or not at all."""
    source, home = Path(file), settings.home
    try:
        if home.exists() and any(home.iterdir()):
            raise UsageError(f"the home {home} is not empty: restore into a new one with --home DIR")
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".restore-") as scratch:
            manifest = _read(source, Path(scratch))
            if home.exists():
                home.rmdir()
            (Path(scratch) / "home").rename(home)
    except DAMAGED as error:
        raise InputError(f"{source} is not a whole wazi backup: {error}: take another copy of it") from error
    except OSError as error:
        raise StoreError(f"cannot restore {source} to {home}: {error.strerror or error}") from error
    return _summary(manifest, source)


def _read(source: Path, scratch: Path) -> dict[str, Any]:
    with tarfile.open(source, "r:gz") as archive:
        first = archive.next()
        if first is None or first.name != MANIFEST:
            raise InputError(f"{source} has no {MANIFEST} in front: it is not a wazi backup")
        body = archive.extractfile(first)
        manifest: dict[str, Any] = json.load(body) if body else {}
        if manifest["format"] > FORMAT:
            made_by = manifest.get("wazi", "of another version")
            raise InputError(f"{source} was made by wazi {made_by}, newer than this one: install that version")
        counts = {name: int(manifest[name]) for name in ("documents", "chunks")}
        (scratch / "home").mkdir(mode=0o700)
        archive.extractall(scratch / "home", filter="data")
    with gzip.open(
        source
    ) as whole:  # the tar ends before the checksum of the gzip, which only reading to the end checks
        while whole.read(BLOCK):
            pass
    (scratch / "home" / MANIFEST).unlink(missing_ok=True)
    return counts


def _summary(counts: dict[str, Any], file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {
        "documents": counts["documents"],
        "chunks": counts["chunks"],
        "bytes": file.stat().st_size,
        "sha256": digest,
    }
