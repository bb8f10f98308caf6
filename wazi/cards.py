# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A question -> the answer that staff have reviewed for it, if its words still stand in documents that the reader may see.

A card never shows more than its reader's rights: every quote is read from the store again. It does not write cards.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from wazi import access, parse
from wazi.cite import boxes
from wazi.types import Card, CardQuote, Claim, Query, Quote, Scope, Support

if TYPE_CHECKING:
    from wazi.desk import Desk


class Recalled(NamedTuple):
    """The id of a card, and its text with its quotes."""

    card: str
    claim: Claim


def recall(query: Query, scope: Scope, desk: Desk) -> Recalled | None:
    """The reviewed answer to the question; None where there is none, or a quote of it no longer stands."""
    day = scope.on or dt.date.today()
    card = desk.cards.find(query.text, query.language, scope.labels, on=day) if desk.cards else None
    if card is None:
        return None
    quotes = tuple(standing(card, scope, desk))
    whole = len(quotes) == len(card.quotes)
    return Recalled(card.id, Claim(card.text, Support.SUPPORTED, quotes)) if whole else None


def standing(card: Card, scope: Scope, desk: Desk) -> Iterator[Quote]:
    """The quotes of a card that read as they did when it was written, in documents that the scope permits."""
    for quote in card.quotes:
        if bound := _bound(quote, scope, desk):
            yield bound


def _bound(quote: CardQuote, scope: Scope, desk: Desk) -> Quote | None:
    record, text = desk.store.record(quote.document, scope), desk.store.text(quote.document, scope)
    if record is None or text is None or text[quote.start : quote.end] != quote.text:
        return None
    page = bisect_right(record.page_starts, quote.start) or None
    span = quote.start, quote.end
    place = boxes(record, page, span, scope, desk, locate=parse.locate)
    return Quote(quote.text, access.cited(record), page, place, *span, quote.chunk)
