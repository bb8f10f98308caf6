# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Ranked sentences -> those that are shown, neighbours as one quote.

The best one, then what it needs to be read rightly (the rule of which it is the exception, the condition behind it, the list that
it announces), then the next best of its passage, then one of another passage that says something else. What a sentence is
worth to the question is decided before; what it means is not known here: how sentences open is data of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wazi.languages import analyse, openings
from wazi.types import Hit, Span

SAME_PASSAGE = 4.0
"""How far below the best a further sentence of its passage may score (sums of z-scores)."""
OTHER_PASSAGE = 0.5
"""How far below the best one of another passage may score."""
SAID_BEFORE = 0.7
"""Share of the shorter sentence's tokens in the longer one from which the two say the same."""
ANNOUNCES = (":", "\uff1a", "\u2014")
"""Ends of a sentence whose point is in the next one."""
_FIGURE = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or table row of a hit, and where it stands."""

    text: str
    span: Span
    hit: Hit


Ranked = tuple[Sentence, float]
"""A sentence and its score, a sum of z-scores."""


def choose(ranked: Sequence[Ranked], offered: Sequence[Sentence], most: int) -> list[Sentence]:
    """At most `most` of the sentences, neighbours joined into one; the best first, none if none is ranked.

    `ranked` is best first; `offered` is all that may be shown, in the order of the text within a hit.
    """
    if not ranked:
        return []
    chosen = [ranked[0][0]]
    while len(chosen) < most:
        further = _needed(chosen, offered) or _next_best(chosen, ranked)
        if further is None:
            break
        chosen.append(further)
    return _joined(chosen)


def _needed(chosen: Sequence[Sentence], offered: Sequence[Sentence]) -> Sentence | None:
    """The first neighbour, not shown yet, without which one that is shown misleads."""
    around = ((each, _neighbours(each, offered)) for each in chosen)
    wanted = (found for each, (before, after) in around for found in _wanted(each, before, after))
    return next((found for found in wanted if found not in chosen), None)


def _wanted(sentence: Sentence, before: Sentence | None, after: Sentence | None) -> Iterator[Sentence]:
    language = sentence.hit.chunk.language
    if before and openings.leans(sentence.text, language):
        yield before
    if after and (sentence.text.endswith(ANNOUNCES) or openings.restricts(after.text, language)):
        yield after


def _neighbours(sentence: Sentence, offered: Sequence[Sentence]) -> tuple[Sentence | None, Sentence | None]:
    before = next((each for each in offered if _adjacent(each, sentence)), None)
    return before, next((each for each in offered if _adjacent(sentence, each)), None)


def _adjacent(one: Sentence, other: Sentence) -> bool:
    """Whether nothing but blanks stands between the end of one and the start of the other, in one passage."""
    if one.span.chunk != other.span.chunk or one.span.end > other.span.start:
        return False
    return not _slice(one.hit, one.span.end, other.span.start).strip()


def _next_best(chosen: Sequence[Sentence], ranked: Sequence[Ranked]) -> Sentence | None:
    best, top = ranked[0]
    further = [(sentence, score) for sentence, score in ranked if sentence not in chosen]
    here = [one for one, score in further if one.span.chunk == best.span.chunk and score >= top - SAME_PASSAGE]
    there = [one for one, score in further if one.span.chunk != best.span.chunk and score >= top - OTHER_PASSAGE]
    return next((one for one in (*here, *there) if not any(_says_again(one, shown) for shown in chosen)), None)


def _says_again(one: Sentence, other: Sentence) -> bool:
    """Near-duplicates: two papers with one definition. Another figure is another statement, and may be a conflict."""
    if not set(_FIGURE.findall(one.text)) <= set(_FIGURE.findall(other.text)):
        return False
    here, there = (set(analyse.tokens(each.text, each.hit.chunk.language)) for each in (one, other))
    return len(here & there) >= SAID_BEFORE * max(1, min(len(here), len(there)))


def _joined(chosen: Sequence[Sentence]) -> list[Sentence]:
    """Neighbours as one sentence each, in the place of the better one."""
    joined: list[Sentence] = []
    for sentence in sorted(chosen, key=lambda one: (one.span.chunk, one.span.start)):
        if joined and _adjacent(joined[-1], sentence):
            joined[-1] = _union(joined[-1], sentence)
        else:
            joined.append(sentence)
    return sorted(joined, key=lambda one: next(at for at, each in enumerate(chosen) if _within(each, one)))


def _union(one: Sentence, other: Sentence) -> Sentence:
    start, end = min(one.span.start, other.span.start), max(one.span.end, other.span.end)
    return Sentence(_slice(one.hit, start, end), Span(one.span.chunk, start, end), one.hit)


def _within(one: Sentence, other: Sentence) -> bool:
    same = one.span.chunk == other.span.chunk
    return same and other.span.start <= one.span.start and one.span.end <= other.span.end


def _slice(hit: Hit, start: int, end: int) -> str:
    """The passage's text between two offsets of its document."""
    return hit.chunk.text[start - hit.chunk.start : end - hit.chunk.start]
