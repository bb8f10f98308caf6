# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The words by which papers speak of themselves, per language, and where they stand in a text. It draws no conclusion."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from wazi.languages import tag

Lists = tuple[str, ...]
Named = tuple[tuple[str, str], ...]
"""Pairs of a phrase and what it stands for."""

_STRAIGHT = {ord(mark): "'" for mark in "\u2018\u2019\u02bc\u201b"}
_BLANKS = {ord(mark): " " for mark in "\n\r\t\f\v\u00a0\u2028\u2029\u202f\u2009"}
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One file of `words/`: see `en.toml` for what each list holds."""

    in_force: Lists = ()
    in_force_label: Lists = ()
    on_publication: Lists = ()
    gazette: Lists = ()
    until: Lists = ()
    itself: Lists = ()
    between: Lists = ()
    not_itself: Lists = ()
    amends: Lists = ()
    repeals: Lists = ()
    amending: Lists = ()
    repealing: Lists = ()
    basis: Lists = ()
    part: Lists = ()
    cited_as: Lists = ()
    draft: Lists = ()
    unless: Lists = ()
    kinds: Named = ()
    jurisdictions: Named = ()


@cache
def known() -> Mapping[str, Words]:
    """Every language that has a file, by its tag."""
    folder = files(__package__) / "words"
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda file: file.name)
    read = {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8")) for entry in entries}
    return MappingProxyType({name: _words(values) for name, values in read.items()})


def of(languages: Iterable[str]) -> tuple[Words, ...]:
    """The words of these languages; English ones where none of them has a file."""
    found = dict.fromkeys(tag(language) for language in languages if tag(language) in known())
    return tuple(known()[name] for name in found) or (known()[FALLBACK],)


def flat(text: str) -> str:
    """The text as phrases are looked for in it: lower case, straight apostrophes, blanks for line ends; no place moves."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a capital whose small form has two characters
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_BLANKS | _STRAIGHT)


def places(phrases: Iterable[str], flat: str) -> Iterator[tuple[int, int]]:
    """Where one of the phrases begins a word of a flat text, as (start, end), phrase by phrase."""
    for phrase in phrases:
        at = flat.find(phrase)
        while at >= 0:
            if at == 0 or not (flat[at - 1].isalnum() or flat[at - 1] == "_"):
                yield at, at + len(phrase)
            at = flat.find(phrase, at + 1)


@cache
def whole(phrase: str) -> re.Pattern[str]:
    """The phrase as whole words."""
    return re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")


def _words(values: Mapping[str, object]) -> Words:
    def lists(name: str) -> Lists:
        found = values.get(name, ())
        assert isinstance(found, list | tuple)
        return tuple(found)

    def named(name: str) -> Named:
        found = values.get(name, {})
        assert isinstance(found, dict)
        return tuple((phrase, meaning) for meaning, phrases in found.items() for phrase in phrases)

    plain = {name: lists(name) for name in Words.__slots__ if name not in ("kinds", "jurisdictions")}
    return Words(**plain, kinds=named("kinds"), jurisdictions=named("jurisdictions"))
