# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Ranked sentences -> those that are shown, neighbours as one quote.

The best one, then what it needs to be read rightly (the other half of a row that a page break cuts, the rule of which it is
the exception, the condition behind it, the list that it announces), then one of another document that says the same with other
figures, then the next best of its passage, then one of another passage that says something else. Who asks for documents or steps
gets the whole list. What a sentence is worth to the question is decided before; what it means is not known here: how sentences
open is data of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wazi.conflict import disagree
from wazi.languages import analyse, openings, rules
from wazi.types import BlockKind, Hit, Query, Span

SAME_PASSAGE = 4.0
"""How far below the best a further sentence of its passage may score (sums of z-scores)."""
OTHER_PASSAGE = 0.5
"""How far below the best one of another passage may score."""
SAID_BEFORE = 0.7
"""Share of the shorter sentence's tokens in the longer one from which the two say the same."""
ANNOUNCES = (":", "\uff1a", "\u2014")
"""Ends of a sentence whose point is in the next one."""
LIST_CHARACTERS = 900
"""A list that was asked for is shown whole up to this length; one that was not, up to half of it."""
_FIGURE = re.compile(r"\d+")
_ITEM = re.compile(r"\s*(?:[-*+\u2022\u2023\u25aa\u25cf\u25e6\u2013\u2014\uf0b7]|\(?\w{1,3}[.)]|\([ivxlc]{1,6}\))\s+\S")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or table row of a hit, and where it stands."""

    text: str
    span: Span
    hit: Hit


Ranked = tuple[Sentence, float]
"""A sentence and its score, a sum of z-scores."""


def choose(query: Query, ranked: Sequence[Ranked], offered: Sequence[Sentence], most: int) -> list[Sentence]:
    """At most `most` of the sentences, neighbours joined into one; the best first, none if none is ranked.

    `ranked` is best first; `offered` is all that may be shown, in the order of the text within a hit. A list counts as one, and
    a sentence of another document that contradicts the best one is shown beyond `most`.
    """
    if not ranked:
        return []
    best = ranked[0][0]
    chosen = [best]
    listed = items_of(query, best, offered) or _list_beside(query, best, offered)
    while not listed and len(chosen) < most:
        further = _needed(chosen, offered) or _next_best(chosen, ranked)
        if further is None:
            break
        chosen.append(further)
    return joined([best, *listed, *chosen[1:], *_against(query, best, ranked)])


def items_of(query: Query, sentence: Sentence, offered: Sequence[Sentence]) -> list[Sentence]:
    """The list that the sentence belongs to or announces, with what announces it; none where it is not asked for, or too long."""
    here = [each for each in offered if each.span.chunk == sentence.span.chunk]
    lists = rules.lists(query.text, query.language) or rules.decides(query.text, query.language)
    if sentence not in here or not (lists or sentence.text.endswith(ANNOUNCES)):
        return []
    first = last = here.index(sentence)
    while first > 0 and _in_list(here, first) and not here[first].text.endswith(ANNOUNCES):
        first -= 1
    if not _in_list(here, first) and not here[first].text.endswith(ANNOUNCES):
        first += 1
    while last + 1 < len(here) and _in_list(here, last + 1):
        last += 1
    found = here[first : last + 1]
    length = sum(len(each.text) for each in found)
    if len(found) < 2 or length > (LIST_CHARACTERS if lists else LIST_CHARACTERS // 2):
        return []
    return found


def _list_beside(query: Query, sentence: Sentence, offered: Sequence[Sentence]) -> list[Sentence]:
    """The first list of the sentence's passage, for who asks for one."""
    if not rules.lists(query.text, query.language):
        return []
    here = [each for each in offered if each.span.chunk == sentence.span.chunk and each.text.endswith(ANNOUNCES)]
    return next((found for each in here if (found := items_of(query, each, offered))), [])


def _in_list(here: Sequence[Sentence], at: int) -> bool:
    """Whether a sentence is an item, or goes on in the paragraph of one."""
    while at > 0 and not _ITEM.match(here[at].text):
        between = _slice(here[at].hit, here[at - 1].span.end, here[at].span.start)
        if "\n" in between or between.strip():
            return False
        at -= 1
    return _ITEM.match(here[at].text) is not None


def _against(query: Query, best: Sentence, ranked: Sequence[Ranked]) -> list[Sentence]:
    """The best sentence of another document in the same language that says the same with other figures."""
    chunk = best.hit.chunk
    for sentence, _ in ranked:
        other = sentence.hit.chunk
        apart = other.document != chunk.document and other.language == chunk.language
        if apart and disagree(best.text, sentence.text, query, chunk.language):
            return [sentence]
    return []


def _needed(chosen: Sequence[Sentence], offered: Sequence[Sentence]) -> Sentence | None:
    """The first neighbour, not shown yet, without which one that is shown misleads."""
    halves = (other for each in chosen for other in offered if _halves(each, other) or _halves(other, each))
    if half := next((other for other in halves if other not in chosen), None):
        return half
    around = ((each, _neighbours(each, offered)) for each in chosen)
    wanted = (found for each, (before, after) in around for found in _wanted(each, before, after))
    return next((found for found in wanted if found not in chosen), None)


def _halves(one: Sentence, other: Sentence) -> bool:
    """Whether a page break cuts one row of a table into these two: the other's innermost heading is then the row's name."""
    above, below = one.hit.chunk, other.hit.chunk
    if {above.kind, below.kind} != {BlockKind.TABLE_ROW} or above.document != below.document:
        return False
    *path, name = below.headings or ("",)
    follows = (below.page or 0) == (above.page or 0) + 1 and tuple(path) == above.headings
    return follows and bool(name) and " ".join(one.text.split()).startswith(name)


def _wanted(sentence: Sentence, before: Sentence | None, after: Sentence | None) -> Iterator[Sentence]:
    language = sentence.hit.chunk.language
    if before and openings.leans(sentence.text, language):
        yield before
    if after and (_leaves_open(sentence.text, language) or openings.restricts(after.text, language)):
        yield after


def _leaves_open(text: str, language: str) -> bool:
    return text.endswith(ANNOUNCES) or rules.is_bare(text, language)


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


def joined(chosen: Sequence[Sentence]) -> list[Sentence]:
    """Neighbours as one sentence each, in the place of the better one."""
    whole: list[Sentence] = []
    for sentence in sorted(dict.fromkeys(chosen), key=lambda one: (one.span.chunk, one.span.start)):
        if whole and _within(sentence, whole[-1]):
            continue
        if whole and _adjacent(whole[-1], sentence):
            whole[-1] = _union(whole[-1], sentence)
        else:
            whole.append(sentence)
    return sorted(whole, key=lambda one: next(at for at, each in enumerate(chosen) if _within(each, one)))


def _union(one: Sentence, other: Sentence) -> Sentence:
    start, end = min(one.span.start, other.span.start), max(one.span.end, other.span.end)
    return Sentence(_slice(one.hit, start, end), Span(one.span.chunk, start, end), one.hit)


def _within(one: Sentence, other: Sentence) -> bool:
    same = one.span.chunk == other.span.chunk
    return same and other.span.start <= one.span.start and one.span.end <= other.span.end


def _slice(hit: Hit, start: int, end: int) -> str:
    """The passage's text between two offsets of its document."""
    return hit.chunk.text[start - hit.chunk.start : end - hit.chunk.start]
