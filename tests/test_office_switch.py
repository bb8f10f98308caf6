# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Answers turned off and on again: what stops, what goes on, and what is written down."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from test_state import again, socket_folder  # noqa: F401 (fixtures)

from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.serve import auth, office_switch
from wazi.serve.app import create
from wazi.state import State, open_state, people, sessions, switch


def test_the_switch_is_on_until_it_is_turned(again: Callable[[], State]) -> None:  # noqa: F811
    with again() as state:
        assert switch.off(state) is None
        made = switch.turn(state, False, reason="wrong fees", words="Closed until Monday.", by="ada")
        assert switch.off(state) == made
    with again() as state:  # another process sees it
        assert switch.off(state) == made
        assert switch.turn(state, True, reason="fees corrected", by="ben").number == 2
        assert switch.off(state) is None
        assert [(each.on, each.by, each.reason) for each in switch.log(state)] == [
            (True, "ben", "fees corrected"),
            (False, "ada", "wrong fees"),
        ]


@pytest.mark.parametrize(
    ("on", "reason", "words", "told"),
    [(False, " ", "", "no reason"), (True, "why", "", "already on"), (False, "x" * 501, "", "shorten")],
)
def test_a_turn_that_cannot_be_is_refused(tmp_path: Path, on: bool, reason: str, words: str, told: str) -> None:
    with open_state(tmp_path) as state:
        with pytest.raises(UsageError, match=told):
            switch.turn(state, on, reason=reason, words=words, by="ada")
        assert switch.log(state) == []


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    with auth.open_for(desk.settings) as opened:
        yield opened


@pytest.fixture
def client(desk: Desk, state: State) -> TestClient:
    app = create(desk, auth.reader_of)
    auth.add(app, desk.settings, state)
    office_switch.add(app, state)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


WAYS_IN = (
    ("GET", "/", None),
    ("POST", "/api/ask", {"question": "What does a market stall cost per day?"}),
    ("POST", "/v1/responses", {"input": "What does a market stall cost per day?"}),
    ("GET", "/v1/models", None),
    ("POST", "/mcp", {}),
    ("GET", "/documents/x", None),
    ("GET", "/receipts/x", None),
    ("GET", "/no-such-page", None),
)


@pytest.mark.parametrize("way", WAYS_IN)
def test_every_way_in_gives_503_with_the_offices_words(
    client: TestClient, desk: Desk, state: State, way: tuple[str, str, object]
) -> None:
    method, path, body = way
    office_switch.turn(state, desk.audit, on=False, reason="wrong fees", words="Closed until Monday.", by="ada")
    reply = client.request(method, path, json=body)
    assert reply.status_code == 503
    assert reply.json()["error"]["message"] == "Closed until Monday."
    assert reply.json()["error"]["code"] == "switched_off"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "wrong fees" not in reply.text


def test_a_page_tells_it_and_health_and_signing_in_go_on(client: TestClient, desk: Desk, state: State) -> None:
    office_switch.turn(state, desk.audit, on=False, reason="wrong fees", by="ada")
    page = client.get("/?lang=fr", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert 'lang="fr"' in page.text
    assert "wrong fees" not in page.text
    assert client.get("/healthz").status_code == client.get("/static/wazi.css").status_code == 200
    office_switch.turn(state, desk.audit, on=True, reason="fees corrected", by="ada")
    assert client.get("/").status_code == 200


def test_staff_may_open_documents_meanwhile_and_readers_may_not(client: TestClient, desk: Desk, state: State) -> None:
    from wazi import access

    document = desk.store.records(access.holdings_of(access.keeper()))[0].id
    office_switch.turn(state, desk.audit, on=False, reason="wrong fees", by="ada")
    for name, role, status in (("ada", "staff", 200), ("ben", "reader", 503)):
        token = sessions.begin(state, people.add(state, name, role=role).id, hours=1)
        client.cookies.set(auth.PLAIN_COOKIE, token, domain="127.0.0.1")
        assert client.get(f"/documents/{document}").status_code == status


def test_a_database_that_cannot_be_read_counts_as_off(client: TestClient, state: State) -> None:
    assert client.get("/").status_code == 200
    with state.writing() as connection:
        connection.exec_driver_sql("DROP TABLE switch")
    assert client.get("/").status_code == 503


def test_the_turns_stand_in_the_chain_and_the_chain_holds(desk: Desk, state: State, client: TestClient) -> None:
    client.post("/api/ask", json={"question": "What does a market stall cost per day?"})
    made = office_switch.turn(state, desk.audit, on=False, reason="wrong fees", by="ada")
    office_switch.turn(state, desk.audit, on=True, reason="fees corrected", by="ada")
    verified = desk.audit.verify()
    assert (verified.receipts, verified.intact) == (3, True)
    lines = [row for row in desk.audit.receipts() if row.get("kind") == "switch"]
    assert [(row["on"], row["by"], row["reason"]) for row in lines] == [
        (False, "ada", "wrong fees"),
        (True, "ada", "fees corrected"),
    ]
    assert client.get(f"/receipts/{made.id}").status_code == 404  # it is the keeper's
