# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The readers that a home has trained and let in, which of them is in use, and which was before.

`HOME/models/readers.json` is the list; `HOME/models/NAME/` has the weights, the cards and the decision of the gate. Only
`wazi.tune.gate` adds to it. It opens no model.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from wazi.errors import MissingPart, StoreError, UsageError
from wazi.models import NONE

FOLDER, LIST, WEIGHTS, DECISION = "models", "readers.json", "reader.npz", "decision.json"
FORMAT = "wazi-readers-1"
RESERVED = (NONE, LIST, "decisions")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A reader that was let in. `sha256` and `bytes` are of its weights."""

    name: str
    sha256: str
    bytes: int
    added: dt.datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One change of what is in use."""

    at: dt.datetime
    did: str
    name: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a home has: readers in the order they came; `used` are those in use one after the other, the last one now."""

    readers: tuple[Kept, ...] = ()
    used: tuple[str, ...] = ()
    log: tuple[Step, ...] = ()
    format: str = FORMAT

    @property
    def now(self) -> str:
        """The name in use, or `none`."""
        return self.used[-1] if self.used else NONE

    def find(self, name: str) -> Kept:
        """The reader called `name`. Raises UsageError."""
        for each in self.readers:
            if each.name == name:
                return each
        names = ", ".join(each.name for each in self.readers) or "none yet: type wazi tune gate"
        raise UsageError(f"no reader of this home is called {name!r}: there are {names}")


_SHELF = TypeAdapter(Shelf)


def reader(home: Path) -> Path | None:
    """The weights of the reader in use, checked against their SHA-256; None when none is. Raises MissingPart, StoreError."""
    held = shelf(home)
    return None if held.now == NONE else weights(home, held.find(held.now))


def weights(home: Path, kept: Kept) -> Path:
    """The weights of a reader, checked. Raises MissingPart."""
    file = home / FOLDER / kept.name / WEIGHTS
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise MissingPart(f"cannot read {file}: {error.strerror}: type `wazi models rollback`") from error
    if found != kept.sha256:
        raise MissingPart(f"{file} is not what the gate let in (SHA-256 {found[:16]}): type `wazi models rollback`")
    return file


def shelf(home: Path) -> Shelf:
    """What is there; empty when nothing is. Raises StoreError for a list that cannot be used."""
    file = home / FOLDER / LIST
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Shelf()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"cannot read {file}: {error}: restore it from a backup") from error
    try:
        found = _SHELF.validate_json(text)
    except ValidationError as error:
        raise StoreError(f"{file}: {error.errors()[0]['msg']}: restore it from a backup") from error
    if found.format != FORMAT:
        raise StoreError(f"{file} has the format {found.format!r}, not {FORMAT!r}: use the wazi that wrote it")
    return found


def listed(home: Path) -> list[dict[str, Any]]:
    """Every reader as JSON, with the gate's decision and whether it is in use. Raises StoreError."""
    held = shelf(home)
    found = []
    for each in held.readers:
        file = home / FOLDER / each.name / DECISION
        try:
            decision = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read {file}: {error}: restore it from a backup") from error
        about = {"name": each.name, "sha256": each.sha256, "bytes": each.bytes, "added": each.added.isoformat()}
        found.append({**about, "in_use": each.name == held.now, "decision": decision})
    return found


def check_name(home: Path, name: str) -> None:
    """Can a new reader be called so? Raises UsageError."""
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise UsageError(f"{name!r} is no name: use small letters, digits, points and dashes, like reader-2026-01")
    if any(each.name == name for each in shelf(home).readers):
        raise UsageError(f"there is already a reader called {name!r}: choose another --name")


def add(home: Path, name: str, candidate: Path, papers: Mapping[str, str]) -> Kept:
    """Copy weights and papers into the home, whole or not at all. It is not in use by that. Raises UsageError, StoreError."""
    check_name(home, name)
    folder = home / FOLDER / name
    part = folder.with_name(f".{name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        shutil.copyfile(candidate, part / WEIGHTS)
        for paper, text in papers.items():
            (part / paper).write_text(text, encoding="utf-8")
        data = (part / WEIGHTS).read_bytes()
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    except OSError as error:
        raise StoreError(f"cannot write {folder}: {error.strerror}: free some space") from error
    kept = Kept(name, hashlib.sha256(data).hexdigest(), len(data), _now())
    held = shelf(home)
    _write(home, replace(held, readers=(*held.readers, kept)))
    return kept


def use(home: Path, name: str) -> Shelf:
    """Put a reader of this home in use, or none. Raises UsageError, MissingPart."""
    held = shelf(home)
    if name != NONE:
        weights(home, held.find(name))
    if name == held.now and held.used:
        return held
    return _write(home, replace(held, used=(*held.used, name), log=(*held.log, Step(_now(), "use", name))))


def rollback(home: Path) -> Shelf:
    """Put back what was in use before, whatever the state of what is now. Raises UsageError when nothing was, MissingPart."""
    held = shelf(home)
    if not held.used:
        raise UsageError("no reader of this home is in use, so there is nothing to go back from")
    before = replace(held, used=held.used[:-1])
    if before.now != NONE:
        weights(home, held.find(before.now))
    return _write(home, replace(before, log=(*held.log, Step(_now(), "rollback", before.now))))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _write(home: Path, held: Shelf) -> Shelf:
    file = home / FOLDER / LIST
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps(asdict(held), default=str, indent=1) + "\n", encoding="utf-8")
        os.replace(part, file)
    except OSError as error:
        raise StoreError(f"cannot write {file}: {error.strerror}: free some space") from error
    return held
