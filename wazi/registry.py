# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Name -> implementation, imported on first use.

A drawer lists its parts as `name: (module, attribute, extra)`. It does not know what a part does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from wazi.errors import MissingPart, SettingError


@dataclass(frozen=True, slots=True)
class Part:
    """Where an interchangeable part lives, and the extra that brings its libraries (None: the default install)."""

    module: str
    attribute: str
    extra: str | None = None


def load(drawer: str, name: str, parts: Mapping[str, Part]) -> Any:
    """Import and return the part called `name` of `drawer`.

    Raises SettingError for an unknown name and MissingPart when a library of its extra is not installed.
    """
    part = parts.get(name)
    if part is None:
        raise SettingError(f"{drawer} has no part called {name!r}: choose one of {', '.join(sorted(parts))}")
    try:
        return getattr(import_module(part.module), part.attribute)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("wazi"):
            raise
        install = f"pip install 'wazi[{part.extra}]'" if part.extra else "make setup"
        raise MissingPart(f"{drawer} {name!r} needs the library {error.name!r}: type {install}") from error
