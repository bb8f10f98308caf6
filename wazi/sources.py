# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Where documents come from: files and folders, each with its provenance from `documents.toml` beside it.

`find` lists and judges without reading, `read` reads one file. Addresses need the web source, which is not here yet.
It does not know formats: what a file holds is decided by `wazi.parse`.

    ["by-law-12.docx"]          # a file in the same folder as this documents.toml
    title = "By-law No. 12"
    language = "en"
    labels = ["public"]
    valid_from = 2024-01-01
    valid_until = 2026-12-31
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from wazi.config import Sources
from wazi.errors import InputError
from wazi.types import EVERYTHING, Provenance, RawFile

PROVENANCE_FILE = "documents.toml"
MIB = 2**20
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.I)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Described = dict[str, dict[str, Any]]
Identity = tuple[int, int]
"""Device and inode of a folder: the same whatever the path to it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file that was found. `problem` says why it cannot go in, None if it can; `size` is in bytes."""

    source: str
    name: str
    size: int
    provenance: Provenance
    problem: str | None = None


def find(paths: Sequence[str], settings: Sources, default: Provenance, *, home: Path | None = None) -> list[Place]:
    """Every file under the paths, in the order of the paths and by name within a folder, each once.

    The folder `home` is left out: receipts are no documents. What cannot go in is listed with its problem. Raises
    InputError for an address and for a bad `documents.toml`: access labels stand there, so nothing goes in on a guess.
    """
    places: dict[str, Place] = {}
    books: dict[str, Described] = {}
    closed = frozenset({_identity(os.stat(home))}) if home and home.exists() else frozenset()
    for path in paths:
        if not path.strip():
            raise InputError("an empty path names no file or folder: for the current folder type .")
        if ADDRESS.match(path):
            raise InputError(
                f"{path} is an address: this release reads files and folders; download it and name the file"
            )
        for found in _walk(os.path.abspath(path), settings, closed):
            folder = os.path.dirname(found.source)
            if folder not in books:
                books[folder] = _described(folder)
            values = books[folder].get(found.name, {})
            places.setdefault(found.source, replace(found, provenance=replace(default, **values)))
    return list(places.values())


def read(place: Place, settings: Sources) -> RawFile:
    """Read one file. Raises InputError with the place's problem, or when the file is gone or has grown too large."""
    if place.problem:
        raise InputError(place.problem)
    limit = settings.max_mib * MIB
    try:
        with open(place.source, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise InputError(_unreadable(place.source, error)) from error
    if len(data) > limit:
        raise InputError(_too_large(place.source, len(data), settings))
    return RawFile(place.source, place.name, data, hashlib.sha256(data).hexdigest(), place.provenance)


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
            yield _place(path, 0, _unreadable(path, error))
            continue
        if _identity(status) in closed:
            continue
        inside = closed | {_identity(status)}
        kept = (name for name in names if not any(fnmatch(name, pattern) for pattern in settings.skip))
        waiting += [(os.path.join(path, name), inside) for name in kept]


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _place(path: str, size: int, problem: str | None) -> Place:
    shown = _shown(path)
    return Place(shown, os.path.basename(shown), size, Provenance(), problem)


def _shown(path: str) -> str:
    """The path as valid Unicode: names of files may hold any bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _file_problem(path: str, status: os.stat_result, settings: Sources) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return f"{_shown(path)} is not a regular file: leave it out"
    if _shown(path) != path:
        return f"{_shown(path)} has a name that is not UTF-8: rename it"
    if status.st_size == 0:
        return f"{path} is empty: check how it was saved or copied"
    if status.st_size > settings.max_mib * MIB:
        return _too_large(path, status.st_size, settings)
    if not os.access(path, os.R_OK):
        return f"{path} cannot be read (permission denied): type `chmod +r` on it"
    return None


def _too_large(path: str, size: int, settings: Sources) -> str:
    return f"{path} has {size / MIB:.0f} MiB, the limit is {settings.max_mib}: split it or raise [sources] max_mib"


def _unreadable(path: str, error: OSError) -> str:
    reason = (error.strerror or type(error).__name__).lower()
    return f"{_shown(path)} cannot be read ({reason}): check the path and its permissions"


def _described(folder: str) -> Described:
    """What the folder's `documents.toml` says, by file name; nothing if there is none."""
    book = os.path.join(folder, PROVENANCE_FILE)
    try:
        with open(book, "rb") as file:
            tables = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        if isinstance(error, NotADirectoryError):
            return {}
        raise InputError(_unreadable(book, error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{book} is not valid TOML ({error}): correct it") from error
    return {name: _values(book, name, table) for name, table in tables.items()}


def _values(book: str, name: str, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise InputError(f'{book}: {name} stands outside a table: write ["file name"] above it')
    place = os.path.join(os.path.dirname(book), name)
    if os.path.basename(name) != name or not os.path.exists(place) or os.path.isdir(place):
        raise InputError(
            f"{book}: there is no file {name!r} beside it: correct the name or remove its table; "
            "files of a subfolder are described by a documents.toml in that subfolder"
        )
    for key, value in table.items():
        if key not in KEYS:
            raise InputError(f"{book}: {name}: unknown key {key!r}: choose among {', '.join(KEYS)}")
        meaning, accepts = KEYS[key]
        if not accepts(value):
            raise InputError(f"{book}: {name}: {key} = {value!r} is not {meaning}: correct it")
    values = {key: frozenset(value) if key == "labels" else value for key, value in table.items()}
    if values.get("valid_from", dt.date.min) > values.get("valid_until", dt.date.max):
        raise InputError(f"{book}: {name}: valid_until = {values['valid_until']} is before valid_from: correct it")
    return values


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and LANGUAGE.fullmatch(value) is not None


def _is_labels(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(label) and label != EVERYTHING for label in value)


def _is_day(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


KEYS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "title": ("a text", _is_text),
    "language": ('a language tag such as "sw"', _is_language),
    "labels": (f'a list of one or more labels such as ["public"], without "{EVERYTHING}"', _is_labels),
    "valid_from": ("a date such as 2026-01-31 without quotes", _is_day),
    "valid_until": ("a date such as 2026-01-31 without quotes", _is_day),
}
