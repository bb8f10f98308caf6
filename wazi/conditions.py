# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Questions about what somebody may, must or is entitled to: the rule with its conditions, and the office that decides.

Such a question never gets a bare yes or no, and where the rule has conditions the outcome says that a person decides: whether they
are met is not known here. Conditions are sentences with the words of their language for "if", "unless" and "only", and
the items of a list in front of or behind them. The office is a sentence of the same document that names one; none is made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wazi.evidence import ANNOUNCES, Ranked, Sentence, items_of, joined
from wazi.languages import analyse, rules
from wazi.types import Claim, Outcome, Query

MOST = 6
"""Sentences and lists that are added to a rule."""
CHARACTERS = 1200
"""Of all that is added."""
BELOW = 4.0
"""How far below the best a condition of another passage may score (sums of z-scores)."""
ON_TOPIC = 0.5
"""Of the question's telling words that the best one has, those that a condition of another passage needs."""
OPEN_ENDS = (*ANNOUNCES, ";", ",")
"""Ends of a list behind which the document goes on."""


def with_conditions(
    query: Query, shown: Sequence[Sentence], ranked: Sequence[Ranked], offered: Sequence[Sentence]
) -> list[Sentence]:
    """What is shown, its conditions, exceptions and lists, and at the end the sentence that names an office."""
    if not shown:
        return []
    chosen, left = list(shown), CHARACTERS
    for sentence in dict.fromkeys(_conditions(query, shown, ranked, offered)):
        if len(chosen) - len(shown) < MOST and len(sentence.text) <= left and sentence not in chosen:
            chosen.append(sentence)
            left -= len(sentence.text)
    office = _office(chosen, offered)
    return joined([*chosen, office] if office else chosen)


def outcome(query: Query, claims: Sequence[Claim]) -> Outcome:
    """How a question ends whose claims are shown: a person decides what has conditions; a list that breaks off is a part."""
    quotes = [quote for claim in claims for quote in claim.quotes]
    decides = rules.decides(query.text, query.language)
    if decides and any(rules.limits(quote.text, query.language) for quote in quotes):
        return Outcome.NEEDS_A_PERSON
    open_ends = OPEN_ENDS if rules.lists(query.text, query.language) else ANNOUNCES
    if any(quote.text.rstrip().endswith(open_ends) for quote in quotes):
        return Outcome.ANSWERED_PARTLY
    return Outcome.ANSWERED


def _conditions(
    query: Query, shown: Sequence[Sentence], ranked: Sequence[Ranked], offered: Sequence[Sentence]
) -> Iterator[Sentence]:
    """Those of the passages that are shown in their order, then those of others by their score."""
    held = {sentence.span.chunk for sentence in shown}
    topic = _words(query.text, query.language)
    for sentence in offered:
        if sentence.span.chunk in held and _limits(sentence) and topic & _near(sentence):
            yield sentence
            yield from items_of(query, sentence, offered)
    top = ranked[0][1] if ranked else 0.0
    enough = ON_TOPIC * len(topic & _near(shown[0]))
    for sentence, score in ranked:
        near = sentence.span.chunk not in held and score >= top - BELOW
        if near and len(topic & _near(sentence)) >= enough and _limits(sentence):
            yield sentence
            yield from items_of(query, sentence, offered)


def _limits(sentence: Sentence) -> bool:
    language = sentence.hit.chunk.language
    return rules.limits(sentence.text, language) or rules.has("must", sentence.text, language)


def _near(sentence: Sentence) -> frozenset[str]:
    """The words of a sentence and of the headings it stands under."""
    chunk = sentence.hit.chunk
    return _words(" ".join((*chunk.headings, sentence.text)), chunk.language)


def _words(text: str, language: str) -> frozenset[str]:
    return analyse.content_tokens(text, language)


def _office(chosen: Sequence[Sentence], offered: Sequence[Sentence]) -> Sentence | None:
    """The first sentence of the same document that names an office, if none of those shown does."""
    document = chosen[0].hit.chunk.document
    if any(rules.has("office", sentence.text, sentence.hit.chunk.language) for sentence in chosen):
        return None
    own = (sentence for sentence in offered if sentence.hit.chunk.document == document)
    return next((each for each in own if rules.has("office", each.text, each.hit.chunk.language)), None)
