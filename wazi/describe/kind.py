# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What sort of paper it is and whose law it is, guessed from the words of its title and first lines; never more than a guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wazi.describe import words
from wazi.types import About, Kind, Said

HEAD_CHARACTERS = 150
FIRST_PAGES = 6000


def read(text: str, title: str, languages: Sequence[str]) -> Iterator[Said]:
    """At most one kind and one jurisdiction, each with the place of its words: (0, 0) for words of the title."""
    spoken = words.of([*languages, words.FALLBACK])
    kinds = [pair for known in spoken for pair in known.kinds]
    head = words.flat(text[:HEAD_CHARACTERS])
    if found := _first(kinds, words.flat(title)):
        yield Said(About.KIND, Kind(found[0]).value, 0, 0)
    elif found := _first(kinds, head):
        yield Said(About.KIND, Kind(found[0]).value, found[1], found[2])
    lands = [pair for known in spoken for pair in known.jurisdictions]
    if found := _first(lands, words.flat(text[:FIRST_PAGES])):
        yield Said(About.JURISDICTION, *found)


def _first(pairs: Sequence[tuple[str, str]], flat: str) -> tuple[str, int, int] | None:
    """What the first phrase in the text means, with its place; of two at one place the longer."""
    found = [
        (match.start(), -len(phrase), meaning)
        for phrase, meaning in pairs
        if phrase in flat and (match := words.whole(phrase).search(flat))
    ]
    if not found:
        return None
    start, length, meaning = min(found)
    return meaning, start, start - length
