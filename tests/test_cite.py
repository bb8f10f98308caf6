# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A quote is a slice of the stored text, or it is not shown."""

from dataclasses import replace

import pytest
from conftest import CHARTER, put

from wazi import access
from wazi.cite import cite
from wazi.desk import Desk
from wazi.retrieve import retrieve
from wazi.testing.holdings import make_holding
from wazi.types import Box, Draft, DraftClaim, Hit, Holding, Look, Reader, Scope, Span, Support, Told, Word
from wazi.understand import understand

SCOPE = access.holdings_of(access.keeper())


def no_boxes(*_: object) -> tuple[Box, ...] | None:
    return None


@pytest.fixture
def hits(desk: Desk) -> list[Hit]:
    return retrieve(understand("market stall", desk, language="en"), SCOPE, desk)


def draft(text: str, *spans: Span, verbatim: bool = True) -> Draft:
    return Draft((DraftClaim(text, spans, verbatim),), "fake")


def test_a_quote_slices_back_to_the_stored_text(desk: Desk, hits: list[Hit]) -> None:
    text = desk.store.text(hits[0].chunk.document, SCOPE) or ""
    start = text.index("A market stall")
    end = text.index("per day.") + len("per day.")
    [claim] = cite(draft(text[start:end], Span(hits[0].chunk.id, start, end)), hits, SCOPE, desk, locate=no_boxes)
    assert claim.support is Support.SUPPORTED
    assert claim.quotes[0].text == "A market stall costs 450 shillings per day."
    assert claim.quotes[0].document.sha256 == desk.store.records(SCOPE)[0].sha256


@pytest.mark.parametrize(("odds", "marked"), [(1.5, "450 shillings"), (-0.5, None)])
def test_the_words_that_a_reader_takes_for_the_answer_are_marked(
    desk: Desk, hits: list[Hit], odds: float, marked: str | None
) -> None:
    text = desk.store.text(hits[0].chunk.document, SCOPE) or ""
    start, end = text.index("A market stall"), text.index("per day.") + len("per day.")
    at, beside = text.index("450"), text.index("per day.") + 30
    told = {(start, end): Told(odds, at, at + len("450 shillings")), (end, end + 60): Told(9.0, beside, beside + 5)}
    looked = [replace(hits[0], look=Look(9.0, told)), *hits[1:]]
    [claim] = cite(draft(text[start:end], Span(hits[0].chunk.id, start, end)), looked, SCOPE, desk, locate=no_boxes)
    answer = claim.quotes[0].answer
    assert (text[slice(*answer)] if answer else None) == marked


@pytest.mark.parametrize(("beyond", "marked"), [(0, "per day"), (30, "450 shillings")])
def test_the_words_that_a_generator_marked_go_before_the_readers_if_they_stand_in_the_quote(
    desk: Desk, hits: list[Hit], beyond: int, marked: str
) -> None:
    text = desk.store.text(hits[0].chunk.document, SCOPE) or ""
    start, end = text.index("A market stall"), text.index("per day.") + len("per day.")
    at, said, chunk = text.index("450"), text.index("per day.") + beyond, hits[0].chunk.id
    looked = [replace(hits[0], look=Look(9.0, {(start, end): Told(9.0, at, at + len("450 shillings"))})), *hits[1:]]
    pointed = DraftClaim(text[start:end], (Span(chunk, start, end),), True, Span(chunk, said, said + len("per day")))
    [claim] = cite(Draft((pointed,), "fake"), looked, SCOPE, desk, locate=no_boxes)
    answer = claim.quotes[0].answer
    assert answer
    assert text[slice(*answer)] == marked


@pytest.mark.parametrize(("before", "after"), [(-1, 0), (0, 1), (5, -100000)])
def test_a_span_outside_what_was_read_is_dropped(desk: Desk, hits: list[Hit], before: int, after: int) -> None:
    chunk = hits[0].chunk
    span = Span(chunk.id, chunk.start + before, chunk.end + after)
    assert cite(draft("x", span), hits, SCOPE, desk, locate=no_boxes) == []


def test_a_span_of_an_unread_chunk_is_dropped(desk: Desk, hits: list[Hit]) -> None:
    assert cite(draft("x", Span("unknown", 0, 5)), hits, SCOPE, desk, locate=no_boxes) == []


def test_words_that_were_replaced_since_they_were_read_are_not_quoted(desk: Desk, hits: list[Hit]) -> None:
    chunk = next(hit.chunk for hit in hits if "450" in hit.chunk.text)
    put(desk, "charter.md", "A new line in front.\n\n" + CHARTER.replace("450", "900"))
    assert cite(draft(chunk.text, Span(chunk.id, chunk.start, chunk.end)), hits, SCOPE, desk, locate=no_boxes) == []


def test_a_claim_that_says_it_is_verbatim_is_checked(desk: Desk, hits: list[Hit]) -> None:
    chunk = hits[0].chunk
    [claim] = cite(
        draft("Other words.", Span(chunk.id, chunk.start, chunk.start + 5)), hits, SCOPE, desk, locate=no_boxes
    )
    assert claim.support is Support.NOT


def test_a_document_outside_the_scope_is_not_cited(desk: Desk) -> None:
    put(desk, "internal.md", "A secret market stall.", labels=frozenset({"staff"}))
    all_hits = retrieve(understand("secret market stall", desk, language="en"), SCOPE, desk)
    secret = next(hit for hit in all_hits if "secret" in hit.chunk.text)
    span = Span(secret.chunk.id, secret.chunk.start, secret.chunk.end)
    public: Scope = access.filter_for(Reader("a", frozenset({"public"})))
    assert cite(draft(secret.chunk.text, span), all_hits, public, desk, locate=no_boxes) == []


def test_words_read_from_a_picture_are_shown_where_they_were_read(desk: Desk) -> None:
    held = make_desk_holding(desk)
    words = (
        Word(0, 1, 1, (70.0, 100.0, 80.0, 112.0), 0.9),
        Word(2, 8, 1, (84.0, 99.0, 130.0, 113.0), 0.9),
        Word(9, 14, 1, (70.0, 120.0, 110.0, 132.0), 0.4),
        Word(15, 20, 2, (70.0, 20.0, 110.0, 32.0), 0.9),
    )
    desk.store.apply([replace(held, words=words)])
    chunk = held.passages[0].chunk
    hit = Hit(chunk, 1.0, 1.0, 1.0)
    [claim] = cite(draft("x", Span(chunk.id, 0, 14)), [hit], SCOPE, desk, locate=no_boxes)
    assert claim.quotes[0].boxes == ((70.0, 99.0, 130.0, 113.0), (70.0, 120.0, 110.0, 132.0))
    desk.store.apply([held])
    [claim] = cite(draft("x", Span(chunk.id, 0, 14)), [hit], SCOPE, desk, locate=lambda *_: ((1, 2, 3, 4),))
    assert claim.quotes[0].boxes == ((1, 2, 3, 4),)


def make_desk_holding(desk: Desk) -> Holding:
    """A held document with passages on pages, with vectors of this desk's length."""
    vector = desk.models.embedder.query("x")
    return make_holding("scan", ["a market stall is dear"], vectors=[vector])
