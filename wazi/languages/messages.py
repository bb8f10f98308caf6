# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the house says to a reader, from the catalogues in `messages/`; it does not know when it is said."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from icu4py.messageformat import MessageFormat

from wazi.languages import find, spoken

FALLBACK = "en"


def say(key: str, language: str, /, **values: object) -> str:
    """The message of a key in a language, in English where the language has no catalogue; `values` fill its braces.

    Raises KeyError for an unknown key and for a missing value: both are mistakes in the code, not of the reader.
    """
    return catalogue(language)[key].format_map(values)


def day(date: dt.date, language: str) -> str:
    """A day as people write it, by CLDR in the form of the catalogue's `locale`: 30 June 2024, 30 يونيو 2024."""
    return _day(say("locale", language)).format({"day": dt.datetime(date.year, date.month, date.day, 12)})


@lru_cache(maxsize=64)
def _day(locale: str) -> MessageFormat:
    return MessageFormat("{day, date, long}", locale)


def standing(valid_from: dt.date | None, valid_until: dt.date | None, language: str) -> str:
    """What a reader must know of a text that is not in force today; empty for one that is."""
    today = dt.date.today()
    if valid_until and valid_until < today:
        return say("older_text", language, date=day(valid_until, language))
    return say("coming_text", language, date=day(valid_from, language)) if valid_from and valid_from > today else ""


def offered() -> tuple[str, ...]:
    """The tags of the languages that have a catalogue."""
    return tuple(language.tag for language in spoken())


def language_of(language: str) -> str:
    """The tag of the language in which `say` speaks to a reader of `language`."""
    found = find(language)
    return found.tag if found and found.messages else FALLBACK


def catalogue(language: str) -> Mapping[str, str]:
    """Every message by its key, braces unfilled."""
    return _read(language_of(language))


@cache
def _read(tag: str) -> Mapping[str, str]:
    file = files("wazi.languages") / "messages" / f"{tag}.toml"
    return MappingProxyType(tomllib.loads(file.read_text(encoding="utf-8")))
