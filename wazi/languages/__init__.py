# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the house knows about languages: `languages.toml`, identify, analyse (tokens), sentences, messages.

A language is data: one table in `languages.toml`, and a catalogue in `messages/` if somebody has translated one. This
module does not know which models understand a language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

GROUPS = 4
"""Letters in a group where the language does not say: on Kinyarwanda and Swahili as good as 3, with fewer tokens."""


WORD_LISTS = ("function_words", "titles", "references")


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `groups` is the size of its letter groups in `analyse`, 0 for none. `messages` says whether the house speaks it; a
    language it does not speak can still be searched.
    """

    tag: str
    english: str
    own: str
    script: str
    direction: Literal["ltr", "rtl"] = "ltr"
    stemmer: str | None = None
    apostrophe: Literal["break", "letter"] = "break"
    function_words: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    groups: int = 0
    messages: bool = False


@cache
def known() -> Mapping[str, Language]:
    """Every language of `languages.toml` by its tag, in the order of the file."""
    home = files(__name__)
    rows = tomllib.loads((home / "languages.toml").read_text(encoding="utf-8"))
    spoken = {entry.name.removesuffix(".toml") for entry in (home / "messages").iterdir()}
    return MappingProxyType({tag: _language(tag, row, tag in spoken) for tag, row in rows.items()})


@lru_cache(maxsize=1024)
def find(tag: str) -> Language | None:
    """The language of a tag, without regard to case; "fr-CA" and "fr_CA" fall back to "fr"; None if unknown."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    candidates = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((known()[candidate] for candidate in candidates if candidate in known()), None)


def spoken() -> tuple[Language, ...]:
    """The languages that have a catalogue of messages."""
    return tuple(language for language in known().values() if language.messages)


def _language(tag: str, row: dict[str, Any], messages: bool) -> Language:
    lists: dict[str, Any] = {name: frozenset(row.pop(name, "").split()) for name in WORD_LISTS}
    row.setdefault("groups", 0 if "stemmer" in row else GROUPS)
    return Language(tag=tag, messages=messages, **lists, **row)
