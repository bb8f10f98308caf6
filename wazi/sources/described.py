# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the keeper says about files: the `documents.toml` beside them, held to rules. It reads no document.

["by-law-12.docx"]          # a file in the same folder as this documents.toml
title = "By-law No. 12"
language = "en"
labels = ["public"]
valid_from = 2024-01-01
valid_until = 2026-12-31
address = "https://county.example/by-law-12.docx"
licence = "CC-BY-4.0"
publisher = "County of Example"
jurisdiction = "KE"
kind = "regulation"
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from collections.abc import Callable
from typing import Any

from wazi.errors import InputError
from wazi.types import EVERYTHING, Kind

PROVENANCE_FILE = "documents.toml"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Described = dict[str, dict[str, Any]]


def described(folder: str) -> Described:
    """What the folder's `documents.toml` says, by file name; nothing if there is none. Raises InputError."""
    book = os.path.join(folder, PROVENANCE_FILE)
    try:
        with open(book, "rb") as file:
            tables = tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InputError(unreadable(book, error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{book} is not valid TOML ({error}): correct it") from error
    return {name: _values(book, name, table) for name, table in tables.items()}


def unreadable(path: str, error: OSError) -> str:
    """Why a path cannot be read, in one line."""
    reason = (error.strerror or type(error).__name__).lower()
    return f"{shown(path)} cannot be read ({reason}): check the path and its permissions"


def shown(path: str) -> str:
    """The path as valid Unicode: names of files may hold any bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


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
    values = {key: READ.get(key, lambda value: value)(value) for key, value in table.items()}
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


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and re.match(r"https?://[^/\s]+", value) is not None


def _is_kind(value: Any) -> bool:
    return isinstance(value, str) and value in {kind.value for kind in Kind}


KEYS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "title": ("a text", _is_text),
    "language": ('a language tag such as "sw"', _is_language),
    "labels": (f'a list of one or more labels such as ["public"], without "{EVERYTHING}"', _is_labels),
    "valid_from": ("a date such as 2026-01-31 without quotes", _is_day),
    "valid_until": ("a date such as 2026-01-31 without quotes", _is_day),
    "address": ('an address such as "https://county.example/by-law-12.pdf"', _is_address),
    "licence": ('a text such as "CC-BY-4.0"', _is_text),
    "publisher": ("a text", _is_text),
    "jurisdiction": ('a text such as "KE"', _is_text),
    "kind": (f"one of {', '.join(kind.value for kind in Kind)}", _is_kind),
}
READ: dict[str, Callable[[Any], Any]] = {"labels": frozenset, "kind": Kind}
"""How a value becomes that of a Provenance, where it does not stay as it is."""
