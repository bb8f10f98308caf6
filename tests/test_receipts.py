# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Receipts as they are shown, written for programs and asked again, by who may see them."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import CHARTER, put

from wazi import ask
from wazi.access import keeper
from wazi.audit import Trail
from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.receipts import show
from wazi.receipts_ld import described
from wazi.replay import replay
from wazi.types import EVERYTHING, PUBLIC, Answer, Reader, Scope

QUESTION = "What does a market stall cost per day?"
CITIZEN = Reader("citizen", frozenset({PUBLIC}), "en")


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Desk:
    return replace(desk, audit=Trail(tmp_path / "audit", keep_questions=True))


@pytest.fixture
def given(office: Desk) -> Answer:
    answer = ask.answer(QUESTION, CITIZEN, office, model="quote")
    assert answer.claims
    return answer


def test_a_receipt_shows_the_words_that_were_quoted_and_that_they_still_stand_there(
    office: Desk, given: Answer
) -> None:
    shown = show(given.id, CITIZEN, office)
    (first, *_) = shown.quotes
    quote = given.claims[0].quotes[0]
    assert (shown.question, shown.reader) == (QUESTION, "citizen")
    assert (first.state, first.words, first.document) == ("same", quote.text, quote.document.id)
    text = office.store.text(first.document, Scope(frozenset({EVERYTHING}), None))
    assert text
    assert first.before + first.words + first.after in text
    assert shown.read >= 1


def test_in_json_a_quote_has_its_selectors_and_the_answer_its_origin(office: Desk, given: Answer) -> None:
    told = described(show(given.id, CITIZEN, office))
    (first, *_) = told["annotations"]
    selectors = {each["type"]: each for each in first["target"]["selector"]}
    quote = given.claims[0].quotes[0]
    assert (selectors["TextPositionSelector"]["start"], selectors["TextPositionSelector"]["end"]) == (
        quote.start,
        quote.end,
    )
    assert selectors["TextQuoteSelector"]["exact"] == quote.text
    ids = {each["@id"] for each in told["provenance"]}
    named = [
        each["@id"]
        for row in told["provenance"]
        for key in ("prov:used", "prov:wasAssociatedWith")
        for each in row.get(key, [])
    ]
    assert named
    assert set(named) <= ids | {f"urn:wazi:document:{id}" for id, _ in show(given.id, CITIZEN, office).documents}
    assert told["receipt"]["hash"]


def test_who_lacks_a_label_of_the_asker_is_told_that_there_is_no_receipt(office: Desk, given: Answer) -> None:
    clerk = Reader("clerk", frozenset({PUBLIC, "tax"}), "en")
    secret = ask.answer(QUESTION, clerk, office, model="quote")
    kept = ask.answer(QUESTION, keeper("en"), office, model="quote")
    assert show(given.id, clerk, office).question == QUESTION
    assert show(secret.id, keeper(), office).reader == "clerk"
    for hidden in (secret.id, kept.id):
        with pytest.raises(UsageError) as refused:
            show(hidden, CITIZEN, office)
        with pytest.raises(UsageError) as absent:
            show("0" * 32, CITIZEN, office)
        assert str(refused.value).replace(hidden, "") == str(absent.value).replace("0" * 32, "")


def test_a_line_of_another_kind_is_no_receipt_of_an_answer(office: Desk) -> None:
    office.audit.append({"id": "turn", "kind": "switch", "labels": [EVERYTHING], "on": False})
    with pytest.raises(UsageError, match="no receipt"):
        show("turn", keeper(), office)
    assert office.audit.verify().intact


def test_a_document_that_was_changed_or_removed_is_said(office: Desk, given: Answer) -> None:
    document = given.claims[0].quotes[0].document.id
    put(office, "charter.md", CHARTER.replace("450", "475"))
    shown = show(given.id, CITIZEN, office)
    assert {quote.state for quote in shown.quotes if quote.document == document} == {"changed"}
    assert not any(quote.words for quote in shown.quotes if quote.state == "changed")
    office.store.apply([], delete=[document])
    assert show(given.id, CITIZEN, office).quotes[0].state == "gone"


def test_asked_again_nothing_has_changed(office: Desk, given: Answer) -> None:
    made = replay(show(given.id, CITIZEN, office), office)
    assert (made.same, made.changes) == (True, ())
    again = office.audit.find(made.replay)
    assert again
    assert again["replay_of"] == given.id
    assert office.audit.verify().intact


def test_asked_again_of_another_document_the_change_is_named(office: Desk, given: Answer) -> None:
    put(office, "charter.md", CHARTER.replace("450", "475"))
    made = replay(show(given.id, CITIZEN, office), office)
    assert not made.same
    assert {"text", "quotes"} <= {change.what for change in made.changes}
    assert any(change.what.startswith("document ") for change in made.changes)
    assert "475" in made.answer.text


def test_a_question_that_is_not_kept_cannot_be_asked_again(office: Desk, given: Answer) -> None:
    office.audit.erase(ids={given.id})
    shown = show(given.id, CITIZEN, office)
    assert (shown.question, shown.reader) == (None, None)
    with pytest.raises(UsageError, match="erased"):
        replay(shown, office)
