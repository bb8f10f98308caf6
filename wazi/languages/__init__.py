# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the house knows about languages: `languages.toml`, identify, analyse (tokens), sentences, messages.

A language is data: one table in `languages.toml`, and a catalogue in `messages/` if somebody has translated one. This
module does not know which models understand a language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

GROUPS = 4
"""Letters in a group where the language does not say: with fewer tokens nearly as good as 3."""

UNSPACED = frozenset({"Thai", "Khmr", "Laoo", "Mymr", "Tibt", "Hans", "Jpan"})
"""Scripts that put no blank between words."""

WORD_LISTS = (
    *("function_words", "titles", "references", "aliases", "articles", "first", "counters"),
    *("prefixes", "suffixes"),
)

PHRASE_LISTS = ("notations", "restricting", "referring")


@dataclass(frozen=True, slots=True)
class Weights:
    """What a token of a question counts by its kind, and what a function word counts beside a telling one."""

    exact: float = 1.0
    key: float = 1.0
    group: float = 1.0
    function: float = 0.5


STEMMED = Weights(exact=0.5, group=0.3)
"""Weights where there is a stemmer; benchmarks/lexical.py, chosen on one half of the questions."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `groups` is the size of its letter groups in `analyse`, 0 for none. `messages` says whether the house speaks it; a
    language it does not speak can still be searched. `gloss` is the language in whose words the embedder reads it, if it hardly
    knows this one. `lexical_weight` is what words count in the fusion, None for the setting. `weights` are what tokens count in
    a question. `months` are twelve names (or none) that stand in for ICU's.
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
    aliases: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    notations: tuple[str, ...] = ()
    restricting: tuple[str, ...] = ()
    referring: tuple[str, ...] = ()
    months: tuple[str, ...] | None = None
    groups: int = 0
    gloss: str = ""
    lexical_weight: float | None = None
    weights: Weights = Weights()
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
    """The language of a tag, without regard to case, also by ISO 639-3 ("kin") and other aliases; None if unknown.

    What follows the language ("fr-CA", "fr_CA", "zho_Hans") may be anything and falls back to the language alone.
    """
    parts = tag.strip().lower().replace("_", "-").split("-")
    names = _names()
    candidates = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((known()[names[candidate]] for candidate in candidates if candidate in names), None)


def tag(language: str) -> str:
    """The one tag under which a language is compared, whatever alias or region it is named with; an unknown one as it is."""
    known_as = find(language)
    return known_as.tag if known_as else language


@cache
def _names() -> Mapping[str, str]:
    """The tag of every tag and alias."""
    aliases = {alias: tag for tag, row in known().items() for alias in row.aliases}
    return MappingProxyType(aliases | {tag: tag for tag in known()})


def spoken() -> tuple[Language, ...]:
    """The languages that have a catalogue of messages."""
    return tuple(language for language in known().values() if language.messages)


def _language(tag: str, row: dict[str, Any], messages: bool) -> Language:
    lists: dict[str, Any] = {name: frozenset(row.pop(name, "").split()) for name in WORD_LISTS}
    row.setdefault("groups", 0 if "stemmer" in row else GROUPS)
    row |= {name: tuple(row.get(name, ())) for name in PHRASE_LISTS}
    if "months" in row:
        row["months"] = tuple(row["months"].split())
    weights = replace(STEMMED if "stemmer" in row else Weights(), **row.pop("weights", {}))
    return Language(tag=tag, messages=messages, weights=weights, **lists, **row)
