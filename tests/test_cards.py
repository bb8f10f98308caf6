# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Reviewed answers in the question path: whom they answer, and when they do not stand any more."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import CHARTER, put

from wazi import ask
from wazi.access import keeper
from wazi.desk import Desk
from wazi.state import State, cards, open_state
from wazi.types import PUBLIC, Card, CardQuote, Outcome, Reader

QUESTION = "How long do I wait for a burial permit?"
WORDS = "A market stall costs 450 shillings per day."
TEXT = "Ask for prices at the market; a stall is 450 shillings."
CITIZEN = Reader("citizen", frozenset({PUBLIC}), "en")
FAR = dt.date.today() + dt.timedelta(days=90)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(open_state(tmp_path / "office")) as opened:
        yield opened


@pytest.fixture
def office(desk: Desk, state: State) -> Desk:
    return replace(desk, cards=cards.Shelf(state))


def written(
    state: State, desk: Desk, *, question: str = QUESTION, labels: frozenset[str] = frozenset({PUBLIC})
) -> Card:
    (record,) = [each for each in desk.store.records(ask.access.holdings_of(keeper())) if "charter" in each.source]
    text = desk.store.text(record.id, ask.access.holdings_of(keeper())) or ""
    at = text.index(WORDS)
    quote = CardQuote(record.id, at, at + len(WORDS), WORDS)
    about = {"question": question, "language": "en", "text": TEXT, "reviewed_by": "amina"}
    return cards.add(state, **about, quotes=[quote], expires=FAR, labels=labels)


def test_a_card_answers_before_any_passage_is_looked_for(office: Desk, state: State) -> None:
    card = written(state, office)
    given = ask.answer(QUESTION, CITIZEN, office)
    assert (given.outcome, given.text, given.models) == (Outcome.ANSWERED, TEXT, {"card": card.id})
    (quote,) = given.claims[0].quotes
    text = office.store.text(quote.document.id, ask.access.holdings_of(CITIZEN)) or ""
    assert text[quote.start : quote.end] == quote.text == WORDS
    receipt = office.audit.find(given.id)
    assert receipt
    assert receipt["models"] == {"card": card.id}
    assert receipt["read"] == []


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("how long do i wait for a burial permit", True),
        ("For a burial permit, how long do I wait?", True),
        ("How long do I wait for burial permits?", False),
        ("How long do I not wait for a burial permit?", False),
        ("Where do I wait for a burial permit?", False),
        ("How long do I wait for a building permit?", False),
    ],
)
def test_it_answers_the_same_words_and_not_one_more_or_less(
    office: Desk, state: State, asked: str, known: bool
) -> None:
    written(state, office)
    assert ("card" in ask.answer(asked, CITIZEN, office).models) == known


def test_a_card_whose_words_are_gone_is_not_used(office: Desk, state: State) -> None:
    written(state, office)
    put(office, "charter.md", CHARTER.replace("450", "475"))
    assert "card" not in ask.answer(QUESTION, CITIZEN, office).models


def test_a_card_of_a_document_that_the_reader_may_not_see_is_not_used(office: Desk, state: State) -> None:
    written(state, office)
    put(office, "charter.md", CHARTER, labels=frozenset({"staff"}))
    assert "card" not in ask.answer(QUESTION, CITIZEN, office).models
    clerk = Reader("clerk", frozenset({PUBLIC, "staff"}), "en")
    assert "card" in ask.answer(QUESTION, clerk, office).models


def test_a_card_for_staff_is_not_the_publics(office: Desk, state: State) -> None:
    written(state, office, labels=frozenset({"staff"}))
    assert "card" not in ask.answer(QUESTION, CITIZEN, office).models


def test_after_its_last_day_it_is_asked_of_the_documents_again(office: Desk, state: State) -> None:
    written(state, office)
    later = ask.answer(QUESTION, CITIZEN, office, on=FAR + dt.timedelta(days=1))
    assert "card" not in later.models
    assert "card" in ask.answer(QUESTION, CITIZEN, office, on=FAR).models


def test_the_shell_uses_the_cards_of_its_home(office: Desk, state: State, tmp_path: Path) -> None:
    with cards.shelf(tmp_path / "nothing") as none:
        assert none is None
    assert not (tmp_path / "nothing").exists()
    written(state, office)
    with cards.shelf(tmp_path / "office") as held:
        assert held
        assert held.find(QUESTION, "en", frozenset({PUBLIC}), on=FAR)
