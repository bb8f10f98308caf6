# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Two sentences -> do they say the same thing with different figures? Two claims -> which of them a reader gets.

Sentences disagree when they share nearly all words but those for price and due, hold the same of the question's words, and
give different numbers of one unit (amounts, days, dates). Two documents in force that disagree are a conflict, and both are
shown; an amended or repealed text gives way to the one that amends it. What is worded otherwise, or in another language, is not
compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

from wazi.languages import analyse, dates, quantities, rules
from wazi.languages.quantities import Quantity
from wazi.types import About, Claim, Query, Quote, Record

SHARED = 0.75
"""Share of the telling words of the sentence with fewer of them that the other one has."""
SHARED_BACK = 0.5
"""The same of the sentence with more of them."""
FEWEST = 2
"""Telling words that two sentences share at least, unless all are the same: fewer do not say what the figures are for."""
LATER = (About.AMENDED_BY, About.REPEALED_BY)
EARLIER = (About.AMENDS, About.REPEALS)
_WORD = re.compile(r"[^\s.,;:()|]+")
_YEAR = re.compile(r"1[89]\d\d|2[01]\d\d")

RecordOf = Callable[[str], Record | None]


def disagree(one: str, other: str, query: Query, language: str) -> bool:
    """Whether two sentences in one language answer the question alike but for their figures."""
    here, there = _telling(one, language), _telling(other, language)
    shared = len(here & there)
    fewer, more = sorted((len(here), len(there)))
    if not shared or (shared < FEWEST and here != there) or shared < SHARED * fewer or shared < SHARED_BACK * more:
        return False
    asked = analyse.content_tokens(query.text, query.language)
    if asked & here != asked & there:
        return False
    return _differ(quantities.found(one, language), quantities.found(other, language))


def settle(query: Query, claims: Sequence[Claim], record_of: RecordOf) -> tuple[list[Claim], bool]:
    """The claims without what a later document has replaced, and whether two of those that are left are in conflict.

    Only quotes of documents that are in force are compared, and never two of one document.
    """
    quoted = [(claim, quote) for claim in claims for quote in claim.quotes if quote.document.in_force]
    pairs = [
        (one, other)
        for one, other in combinations(quoted, 2)
        if one[1].document.id != other[1].document.id and _quotes_disagree(query, one[1], other[1])
    ]
    dropped: list[Claim] = []
    open_pairs = 0
    for (claim, quote), (against, opposed) in pairs:
        earlier = _replaced(quote, opposed, record_of)
        if earlier is None:
            open_pairs += 1
        else:
            dropped.append(claim if earlier is quote else against)
    return [claim for claim in claims if claim not in dropped], open_pairs > 0


def _quotes_disagree(query: Query, one: Quote, other: Quote) -> bool:
    return disagree(one.text, other.text, query, query.language)


def _replaced(one: Quote, other: Quote, record_of: RecordOf) -> Quote | None:
    """The one of two quotes whose document the other's amends or repeals; None if the two do not speak of each other."""
    for quote, opposed in ((one, other), (other, one)):
        record, against = record_of(quote.document.id), record_of(opposed.document.id)
        if record and any(said.about in LATER and said.document == opposed.document.id for said in record.said):
            return quote
        if against and any(said.about in EARLIER and said.document == quote.document.id for said in against.said):
            return quote
    return None


def _telling(text: str, language: str) -> frozenset[str]:
    """The telling words, without numbers, their units, and the words for price and due."""
    words = analyse.content_tokens(
        " ".join(w for w in _WORD.findall(text) if not dates.names_month(w.casefold())), language
    )
    units = {unit for quantity in quantities.found(text, language) if (unit := quantity.unit).startswith(analyse.KEY)}
    return frozenset(word for word in words - units - _plain(language) if not any(map(str.isdigit, word)))


@cache
def _plain(language: str) -> frozenset[str]:
    """The words that two papers choose freely for one thing, and the names of units."""
    return analyse.content_tokens(" ".join(sorted(rules.charging(language) | quantities.unit_words())), language)


def _differ(here: Sequence[Quantity], there: Sequence[Quantity]) -> bool:
    """Different numbers of one unit, while both speak of the same years."""
    years = [{q.value for q in each if not q.unit and _YEAR.fullmatch(q.value)} for each in (here, there)]
    if years[0] != years[1]:
        return False
    for unit in {q.unit for q in here if q.unit} & {q.unit for q in there}:
        first, second = ({q.value for q in each if q.unit == unit} for each in (here, there))
        if not first & second:
            return True
    return False
