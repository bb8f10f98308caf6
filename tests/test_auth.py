# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who a request comes from: keys, sessions, other sites, and the worlds of random readers."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pyotp
import pytest
from conftest import put
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from wazi.desk import Desk
from wazi.serve import auth, auth_local
from wazi.serve.app import create
from wazi.state import State, keys, local, people, sessions

STALL = "What does a market stall cost per day?"
PASSWORD = "a long enough phrase"
LOCAL = "http://127.0.0.1"
HERE = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    with auth.open_for(desk.settings) as opened:
        yield opened


@pytest.fixture
def app(desk: Desk, state: State) -> FastAPI:
    made = create(desk, auth.reader_of)
    auth_local.add(made, auth.add(made, desk.settings, state))

    @made.get("/office/documents")
    def documents(request: Request) -> dict[str, str]:
        return {"by": auth.require(request, "documents").reader.name}

    return made


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=LOCAL, follow_redirects=False)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def asked(client: TestClient, question: str = STALL, **headers: str) -> tuple[int, str]:
    reply = client.post("/api/ask", json={"question": question}, headers=headers)
    body = reply.json()
    return reply.status_code, body.get("outcome") or body["error"]["code"]


def sign_in(client: TestClient, state: State, name: str = "ada") -> str:
    token = sessions.begin(state, people.named(state, name).id, hours=1)
    client.cookies.set(auth.PLAIN_COOKIE, token, domain="127.0.0.1")
    return token


@pytest.fixture
def secret(desk: Desk, state: State) -> Desk:
    """A desk with a document for `tax` only, and ada who holds that label."""
    put(desk, "audit.md", "# Audit\n\nThe hidden levy costs 900 shillings per year.\n", labels=frozenset({"tax"}))
    people.add(state, "ada", role="staff", labels=["tax"])
    people.add(state, "ben")
    return desk


LEVY = "What does the hidden levy cost per year?"


def knows(client: TestClient, **headers: str) -> bool:
    """Whether anything of the hidden document comes back; the answer itself must."""
    reply = client.post("/api/ask", json={"question": LEVY}, headers=headers)
    assert reply.status_code == 200
    assert ("900" in reply.json()["text"]) == ("900" in reply.text) == ("audit.md" in reply.text)
    return "900" in reply.text


def test_without_key_or_session_one_is_anonymous(client: TestClient, secret: Desk) -> None:
    assert asked(client) == (200, "answered")
    assert not knows(client)


def test_a_key_opens_its_labels_and_no_more(client: TestClient, secret: Desk, state: State) -> None:
    opens = keys.add(state, "ada", scopes=["ask"], labels=["tax", "public"]).text
    closed = keys.add(state, "ada", scopes=["ask"]).text
    assert knows(client, **bearer(opens))
    assert not knows(client, **bearer(closed))


def test_a_wrong_key_is_refused_and_never_anonymous(client: TestClient, secret: Desk, state: State) -> None:
    issued = keys.add(state, "ada", scopes=["ask"])
    keys.revoke(state, issued.key.id)
    refused = client.post("/api/ask", json={"question": STALL}, headers=bearer(issued.text))
    assert refused.status_code == 401
    assert refused.json()["error"]["type"] == "authentication_error"
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert asked(client, **bearer("")) == (401, "invalid_api_key")


@pytest.mark.parametrize("sent", ["Basic YTpi", "Bearer public"])
def test_what_a_proxy_or_a_client_without_a_key_sends_is_anonymous(client: TestClient, secret: Desk, sent: str) -> None:
    assert asked(client, Authorization=sent) == (200, "answered")
    assert not knows(client, Authorization=sent)


def test_guessing_keys_gets_slow_and_a_right_key_still_opens(client: TestClient, secret: Desk, state: State) -> None:
    right = keys.add(state, "ada", scopes=["ask"]).text
    wrong = [client.post("/api/ask", json={"question": STALL}, headers=bearer(f"wazi_{n}")) for n in range(6)]
    assert [reply.status_code for reply in wrong] == [401, 401, 401, 429, 429, 429]
    assert int(wrong[-1].headers["retry-after"]) >= 1
    assert asked(client, **bearer(right)) == (200, "answered")


def test_a_key_calls_only_what_its_scopes_name(client: TestClient, secret: Desk, state: State) -> None:
    retrieve = keys.add(state, "ada", scopes=["retrieve"]).text
    documents = keys.add(state, "ada", scopes=["documents"]).text
    assert asked(client, **bearer(retrieve)) == (403, "not_permitted")
    assert client.get("/office/documents", headers=bearer(retrieve)).status_code == 403
    unlisted = client.get("/office/documents", headers=bearer(documents))
    assert unlisted.status_code == 403, "an address that is not listed takes admin"


def test_a_session_carries_the_labels_of_its_person(client: TestClient, secret: Desk, state: State) -> None:
    sign_in(client, state)
    assert knows(client, **HERE)
    people.change(state, "ada", labels=[])
    assert not knows(client, **HERE)


@pytest.mark.parametrize(
    "headers", [ELSEWHERE, {"Sec-Fetch-Site": "same-site"}, {}, {"Origin": "null"}, {"Origin": "http://evil.example"}]
)
def test_a_session_is_not_used_by_other_sites(
    client: TestClient, secret: Desk, state: State, headers: dict[str, str]
) -> None:
    sign_in(client, state)
    assert asked(client, LEVY, **headers) == (403, "cross_site")
    assert knows(client, Origin=LOCAL)


def test_office_pages_take_the_right_role(client: TestClient, secret: Desk, state: State) -> None:
    assert client.get("/office/documents").status_code == 401
    sign_in(client, state, "ben")
    assert client.get("/office/documents").status_code == 403
    sign_in(client, state, "ada")
    assert client.get("/office/documents").json() == {"by": "ada"}


def test_signing_in_and_out(client: TestClient, secret: Desk, state: State) -> None:
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    assert 'autocomplete="one-time-code"' in client.get("/sign-in").text
    form = {"name": "ada", "password": PASSWORD, "code": totp.now()}
    assert client.post("/sign-in", data=form, headers=ELSEWHERE).status_code == 403
    wrong = client.post("/sign-in", data=form | {"password": "wrong"}, headers=HERE)
    assert (wrong.status_code, "code is wrong" in wrong.text, "set-cookie" in wrong.headers) == (401, True, False)
    right = client.post("/sign-in", data=form, headers=HERE)
    assert (right.status_code, right.headers["location"]) == (303, "/office?lang=en"), "staff go to the office"
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert knows(client, **HERE)
    token = client.cookies[auth.PLAIN_COOKIE]
    page = client.get("/?lang=sw").text
    assert "Umeingia kama " in page, "who is no staff sees it too, and can go"
    assert 'action="/sign-out?lang=sw"' in page
    assert "/sign-in?" not in page
    assert client.post("/sign-out", headers=ELSEWHERE).status_code == 403
    assert client.post("/sign-out", headers=HERE).status_code == 303
    client.cookies.set(auth.PLAIN_COOKIE, token, domain="127.0.0.1")
    assert not knows(client, **HERE)


def test_signing_in_makes_a_new_session_and_ends_the_old_one(client: TestClient, secret: Desk, state: State) -> None:
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    old = sign_in(client, state, "ben")
    right = client.post("/sign-in", data={"name": "ada", "password": PASSWORD, "code": totp.now()}, headers=HERE)
    assert f"{auth.PLAIN_COOKIE}={old}" not in right.headers["set-cookie"]
    assert sessions.whose(state, old, idle_minutes=30) is None


def test_a_cookie_over_the_network_takes_encryption(app: FastAPI, secret: Desk, state: State) -> None:
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    there = TestClient(app, base_url="https://127.0.0.1", follow_redirects=False)
    form = {"name": "ada", "password": PASSWORD, "code": totp.now()}
    cookie = there.post("/sign-in", data=form, headers=HERE).headers["set-cookie"]
    assert cookie.startswith(f"{auth.COOKIE}=")
    assert "; Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_many_wrong_passwords_are_told_to_wait(client: TestClient, secret: Desk, state: State) -> None:
    form = {"name": "nobody", "password": "x", "code": "1"}
    statuses = [client.post("/sign-in", data=form, headers=HERE).status_code for _ in range(8)]
    assert statuses[:4] == [401] * 4
    assert 429 in statuses[4:], "the wait doubles: a slow machine may outlast the first ones"


NAMES = ["tax", "land", "health", "police"]
FEES = ["fishing", "hunting", "burial", "wedding", "parking", "trading"]


@pytest.mark.parametrize("seed", range(6))
def test_a_readers_answers_do_not_differ_by_documents_they_may_not_see(
    seed: int, desk_of: Callable[[str], Desk], state: State
) -> None:
    """Two homes that differ only in what the reader may not see, asked over HTTP with a key of the reader."""
    chance = random.Random(seed)
    held = frozenset(chance.sample(NAMES, 2))
    people.add(state, "ada", labels=held)
    key = keys.add(state, "ada", scopes=["ask", "retrieve"], labels=[*held, "public"]).text
    worlds = []
    labelled = [(fee, frozenset(chance.sample([*NAMES, "public"], chance.choice([1, 1, 2])))) for fee in FEES]
    seen = [pair for pair in labelled if pair[1] & (held | {"public"})]
    for filled in (labelled, seen):
        desk = replace(desk_of("point"), settings=desk_of("point").settings)
        for fee, labels in filled:
            put(desk, f"{fee}.md", f"# {fee}\n\nThe {fee} permit costs {len(fee)}00 shillings.\n", labels=labels)
        made = create(desk, auth.reader_of)
        auth.add(made, desk.settings, state)
        worlds.append(_world(TestClient(made, base_url=LOCAL), key))
    assert worlds[0] == worlds[1]
    assert len(seen) < len(FEES) or seed, "the first home hides something"


def _world(client: TestClient, key: str) -> list[object]:
    """What a reader is told of every fee, and of what is held, without ids, times and costs."""
    told: list[object] = []
    for fee in FEES:
        body = client.post(
            "/api/ask", json={"question": f"What does the {fee} permit cost?"}, headers=bearer(key)
        ).json()
        quotes = [quote["text"] for claim in body["claims"] for quote in claim["quotes"]]
        told.append((body["outcome"], body["text"], quotes))
    for path in ("/v1/files", "/v1/models", "/readyz", "/v1/vector_stores"):
        reply = client.get(path, headers=bearer(key))
        told.append((path, reply.status_code, re.sub(r'"created(_at)?": ?\d+', "", reply.text)))
    return told


def test_the_page_offers_to_sign_in_unless_somebody_is(app: FastAPI, state: State) -> None:
    """A cookie is not enough: its session may be over, or never have been."""
    person = people.add(state, "wanjiru")
    secret = pyotp.parse_uri(local.enrol(state, person.name, PASSWORD)).secret
    link = 'href="/sign-in?lang=en"'
    with TestClient(app, base_url=LOCAL) as client:
        assert link in client.get("/?lang=en").text
        form = {"name": person.name, "password": PASSWORD, "code": pyotp.TOTP(secret).now()}
        assert client.post("/sign-in", data=form, headers=HERE).status_code == 200
        assert link not in client.get("/?lang=en").text
        sessions.end_all(state, person.id)
        assert client.cookies
        assert link in client.get("/?lang=en").text
        assert link in client.get("/office/documents?lang=en", headers={"Accept": "text/html"}).text
