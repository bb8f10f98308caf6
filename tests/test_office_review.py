# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""From a question without an answer and a word of feedback to a reviewed answer that the next asker gets."""

import datetime as dt
import html
import re
from collections.abc import Iterator

import numpy as np
import pytest
from conftest import CHARTER, put
from staff import Client, clients
from starlette.testclient import TestClient

from wazi.desk import Desk
from wazi.serve import auth, office_cards, office_review
from wazi.serve.app import create
from wazi.state import State, cards, feedback, people, unanswered
from wazi.state.unanswered import Unanswered
from wazi.types import PUBLIC, Outcome

ANYBODY = frozenset({PUBLIC})
STALL = "What does a market stall cost per day?"
ZEBRA = "Where may zebras cross?"
FAR = (dt.date.today() + dt.timedelta(days=60)).isoformat()


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    with auth.open_for(desk.settings) as opened:
        people.add(opened, "ada", role="staff", labels=["tax"])
        people.add(opened, "ben", role="staff")
        people.add(opened, "cem")
        yield opened


@pytest.fixture
def as_(desk: Desk, state: State) -> Client:
    app = create(desk, auth.reader_of, state=state)
    auth.add(app, desk.settings, state)
    office_review.add(app, desk)
    office_cards.add(app, desk)
    return clients(app, state)


def say_no(client: TestClient, question: str) -> str:
    """Ask and say that it did not help; the number of the receipt."""
    page = client.post("/", data={"question": question, "lang": "en"}).text
    found = re.search(r"/receipts/([0-9a-f]{32})", page)
    assert found
    told = {"answer": found[1], "helpful": "no", "reason": "wrong", "comment": "it is 450"}
    assert client.post("/feedback", data=told).status_code == 200
    return found[1]


def places(page: str) -> dict[str, str]:
    """The sentences that a form offers, by their words."""
    rows = re.findall(r'name="place" value="([^"]+)"[^>]*> <span[^>]*>(.*?)</span>', page, re.DOTALL)
    return {html.unescape(words).strip(): html.unescape(value) for value, words in rows}


@pytest.mark.parametrize(("name", "status"), [("", 401), ("cem", 403), ("ben", 200)])
@pytest.mark.parametrize("path", ["/office/feedback", "/office/questions", "/office/cards", "/office/cards/new"])
def test_only_staff_come_in(as_: Client, name: str, status: int, path: str) -> None:
    assert as_(name).get(path).status_code == status


def test_staff_come_to_what_waits_and_strangers_to_the_sign_in(as_: Client) -> None:
    assert as_("ben").get("/office").headers["location"].startswith("/office/questions")
    assert 'href="/sign-in' in as_("").get("/office").text


def test_feedback_becomes_a_card_that_the_next_asker_gets(as_: Client, state: State) -> None:
    answer = say_no(as_(""), STALL)
    page = as_("ben").get("/office/feedback?lang=en").text
    for told in (STALL, "it is 450", f"/receipts/{answer}"):
        assert told in page
    found = re.search(r'href="(/office/cards/new[^"]+)"', page)
    assert found
    form = as_("ben").get(html.unescape(found[1])).text
    offered = places(form)
    words = "A market stall costs 450 shillings per day."
    (row,) = feedback.queue(state, ANYBODY)
    sent = {"question": STALL, "tongue": "en", "text": "It is 450 shillings a day.", "until": FAR, "labels": "public"}
    reply = as_("ben").post("/office/cards/new", data={**sent, "place": [offered[words]], "feedback": row.id})
    assert reply.status_code == 303
    (kept,) = feedback.queue(state, ANYBODY)
    assert (kept.status, kept.reviewed_by) == ("accepted", "ben")
    assert kept.better
    assert "It is 450 shillings a day." in as_("").post("/", data={"question": STALL, "lang": "en"}).text
    (card,) = cards.every(state, ANYBODY)
    assert card.quotes[0].text == words
    listed = as_("ben").get("/office/cards").text
    assert "It is 450 shillings a day." in listed
    assert as_("ben").post("/office/cards", data={"id": card.id}).status_code == 303
    assert "It is 450 shillings a day." not in as_("").post("/", data={"question": STALL, "lang": "en"}).text


def test_a_question_without_an_answer_waits_and_is_dealt_with_by_its_card(as_: Client, state: State) -> None:
    as_("").post("/", data={"question": ZEBRA, "lang": "en"})
    page = as_("ben").get("/office/questions?lang=en").text
    assert ZEBRA in page
    (row,) = unanswered.waiting(state, ANYBODY)
    searched = as_("ben").post(
        "/office/cards/new",
        data={"question": ZEBRA, "tongue": "en", "search": "market stall shillings", "waiting": [row.id], "until": FAR},
    )
    offered = places(searched.text)
    assert offered
    sent = {"question": ZEBRA, "tongue": "en", "until": FAR, "labels": "public", "waiting": [row.id]}
    assert (
        as_("ben").post("/office/cards/new", data={**sent, "place": [next(iter(offered.values()))]}).status_code == 303
    )
    assert unanswered.waiting(state, ANYBODY) == []
    assert next(iter(offered)) in html.unescape(as_("").post("/", data={"question": ZEBRA, "lang": "en"}).text)


def test_a_question_that_nobody_need_answer_is_closed(as_: Client, state: State) -> None:
    as_("").post("/", data={"question": ZEBRA, "lang": "en"})
    (row,) = unanswered.waiting(state, ANYBODY)
    assert as_("ben").post("/office/questions", data={"id": [row.id]}).status_code == 303
    assert unanswered.count(state, ANYBODY) == 0


def test_what_was_asked_with_more_rights_is_not_there_for_others(as_: Client, state: State) -> None:
    say_no(as_("ada"), STALL)
    as_("ada").post("/", data={"question": ZEBRA, "lang": "en"})
    for path in ("/office/feedback?lang=en", "/office/questions?lang=en"):
        theirs, mine = as_("ben").get(path).text, as_("ada").get(path).text
        assert STALL not in theirs
        assert ZEBRA not in theirs
        assert STALL in mine or ZEBRA in mine
    (row,) = feedback.queue(state, frozenset({PUBLIC, "tax"}))
    reply = as_("ben").post("/office/feedback", data={"id": row.id, "status": "accepted"})
    absent = as_("ben").post("/office/feedback", data={"id": "0" * 32, "status": "accepted"})
    assert reply.status_code == absent.status_code == 400


def test_a_card_rests_on_nothing_that_its_writer_may_not_see(as_: Client, desk: Desk, state: State) -> None:
    hidden = put(desk, "levy.md", "The hidden levy is 900.", labels=frozenset({"tax"}))
    sent = {"question": "What is the levy?", "tongue": "en", "until": FAR, "labels": "public"}
    place = f"{hidden.id}:0:23:x"
    assert as_("ben").post("/office/cards/new", data={**sent, "place": [place]}).status_code == 400
    assert as_("ben").post("/office/cards/new", data={**sent, "labels": "tax", "place": [place]}).status_code == 400
    assert as_("ada").post("/office/cards/new", data={**sent, "place": [place]}).status_code == 400, (
        "not for the public"
    )
    assert as_("ada").post("/office/cards/new", data={**sent, "labels": "tax", "place": [place]}).status_code == 303
    assert "900" not in as_("").post("/", data={"question": "What is the levy?", "lang": "en"}).text
    assert "900" in as_("ada").post("/", data={"question": "What is the levy?", "lang": "en"}).text
    assert "900" in as_("ada").get("/office/cards").text
    assert "900" not in as_("ben").get("/office/cards").text


def test_a_card_whose_document_was_closed_is_shown_to_nobody_who_may_not_see_it(
    as_: Client, desk: Desk, state: State
) -> None:
    offered = places(as_("ben").get("/office/cards/new", params={"question": STALL, "tongue": "en"}).text)
    place = next(value for words, value in offered.items() if "450" in words)
    sent = {"question": STALL, "tongue": "en", "text": "Mine", "until": FAR, "labels": "public", "place": [place]}
    as_("ben").post("/office/cards/new", data=sent)
    put(desk, "charter.md", CHARTER, labels=frozenset({"tax"}))
    assert "450" not in as_("ben").get("/office/cards").text
    assert "450" in as_("ada").get("/office/cards").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"place": []},
        {"place": ["x"]},
        {"place": ["a:b:c:d"]},
        {"until": "soon"},
        {"until": "2020-01-01"},
        {"question": " "},
    ],
)
def test_a_form_that_cannot_be_used_is_shown_again_with_what_is_wrong(
    as_: Client, desk: Desk, state: State, wrong: dict[str, object]
) -> None:
    offered = places(as_("ben").get("/office/cards/new", params={"question": STALL, "tongue": "en"}).text)
    sent = {"question": STALL, "tongue": "en", "text": "My words", "until": FAR, "labels": "public"}
    reply = as_("ben").post("/office/cards/new", data={**sent, "place": list(offered.values())[:1], **wrong})
    assert reply.status_code == 400
    assert 'role="alert"' in reply.text
    assert "My words" in reply.text
    assert cards.every(state, ANYBODY) == []


def test_a_card_whose_document_changed_is_marked(as_: Client, desk: Desk, state: State) -> None:
    offered = places(as_("ben").get("/office/cards/new", params={"question": STALL, "tongue": "en"}).text)
    place = next(value for words, value in offered.items() if "450" in words)
    sent = {"question": STALL, "tongue": "en", "until": FAR, "labels": "public", "place": [place]}
    as_("ben").post("/office/cards/new", data=sent)
    assert "Not used" not in as_("ben").get("/office/cards?lang=en").text
    put(desk, "charter.md", CHARTER.replace("450", "475"))
    assert "Not used" in as_("ben").get("/office/cards?lang=en").text


def test_near_questions_stand_together_the_largest_group_first() -> None:
    rows = [Unanswered(str(n), f"q{n}", "en", Outcome.NO_EVIDENCE, dt.datetime.now(dt.UTC)) for n in range(4)]
    one, other = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    near = np.array([0.95, np.sqrt(1 - 0.95**2)])
    groups = office_review.topics(rows, [other, one, near, one])
    assert [[row.id for row in group] for group in groups] == [["1", "2", "3"], ["0"]]
    assert office_review.topics([], []) == []
