# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The page and the API, through the application itself and once over a real socket."""

import datetime as dt
import html
import json
import re
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from conftest import put
from fastapi.testclient import TestClient

from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.languages.messages import say
from wazi.serve.app import _listen, create

STALL = "What does a market stall cost per day?"


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create(desk), base_url="http://127.0.0.1") as made:
        yield made


def test_the_page_asks_without_javascript(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert '<form method="post"' in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_an_answer_links_to_its_words(client: TestClient) -> None:
    page = client.post("/", data={"question": STALL, "lang": "en"})
    assert "450 shillings per day" in page.text
    link = re.search(r'<a href="(/documents/[^"]+)"', page.text)
    assert link
    source = client.get(link.group(1).replace("&amp;", "&"))
    assert re.search(r'<mark id="quote"[^>]*>A market stall costs 450 shillings per day\.</mark>', source.text)


def test_a_text_that_is_no_longer_in_force_says_so_beside_its_words(client: TestClient, desk: Desk) -> None:
    put(desk, "old.md", "A fishing boat is registered for 900 shillings.", valid_until=dt.date(2024, 6, 30))
    page = client.post("/", data={"question": "Who registered fishing boat", "lang": "en"})
    assert "900 shillings" in page.text
    assert "it was in force until 30 June 2024 and is no longer" in page.text
    link = re.search(r'<a href="(/documents/[^"]+)"', page.text)
    assert link
    assert "no longer in force today" in client.get(link.group(1).replace("&amp;", "&")).text
    assert "no longer" not in client.post("/", data={"question": STALL, "lang": "en"}).text


def test_what_is_asked_and_held_is_escaped(client: TestClient, desk: Desk) -> None:
    put(desk, "bad.md", "# Sheds\n\nA garden shed costs <b>9</b> <script>alert(1)</script> shillings.\n")
    page = client.post("/", data={"question": "garden shed <script>alert(2)</script> costs shillings", "lang": "en"})
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    ("lang", "direction"), [("en", "ltr"), ("fr", "ltr"), ("sw", "ltr"), ("bn", "ltr"), ("ar", "rtl")]
)
def test_the_page_speaks_five_languages(client: TestClient, lang: str, direction: str) -> None:
    page = client.get("/", params={"lang": lang})
    assert f'<html lang="{lang}" dir="{direction}">' in page.text
    assert page.headers["content-language"] == lang


def test_the_browsers_language_is_taken_when_none_is_chosen(client: TestClient) -> None:
    assert '<html lang="sw"' in client.get("/", headers={"accept-language": "xx, sw-KE;q=0.8, en;q=0.5"}).text


@pytest.mark.parametrize(
    ("question", "key"),
    [("", "empty_question"), ("   ", "empty_question"), ("\u202e", "empty_question"), ("x" * 5000, "too_long")],
)
def test_a_question_that_cannot_be_asked_is_told_in_place_and_kept(client: TestClient, question: str, key: str) -> None:
    page = client.post("/", data={"question": question, "lang": "fr"})
    assert page.status_code == 400
    assert f'role="alert">{say(key, "fr", limit=2000)}</p>' in html.unescape(page.text)
    assert f">{question.strip()}" in page.text


def test_the_language_of_the_page_is_not_taken_for_that_of_the_question(client: TestClient, desk: Desk) -> None:
    put(desk, "kipeperushi.md", "Kibanda sokoni kinagharimu shilingi mia nne kwa siku.")
    for lang in ("en", "xx"):
        client.post("/", data={"question": "Kibanda sokoni kinagharimu shilingi ngapi kwa siku?", "lang": lang})
    client.post("/", data={"question": "12345 ?", "lang": "fr"})
    assert [receipt["language"] for receipt in desk.audit.receipts()] == ["sw", "sw", "fr"]


def test_an_address_that_names_a_whole_document_does_not_make_a_page_of_it(client: TestClient, desk: Desk) -> None:
    record = put(desk, "long.txt", "A long sentence of a long document. " * 30_000)
    page = client.get(f"/documents/{record.id}?start=0&end=99999999")
    assert len(page.text) < 50_000


def test_what_only_the_keeper_can_mend_is_not_told_to_readers(client: TestClient, desk: Desk) -> None:
    desk.store.note("embed", "another embedder")
    for refused in (client.post("/api/ask", json={"question": STALL, "model": "quote"}), client.get("/readyz")):
        assert refused.status_code == 503
        assert set(refused.json()["error"]) == {"message", "type", "param", "code"}
        assert "embed" not in refused.text


def test_the_api_gives_the_answer_of_the_interface(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": STALL, "model": "quote"}).json()
    assert answer["outcome"] == "answered"
    assert answer["claims"][0]["quotes"][0]["text"] == "A market stall costs 450 shillings per day."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": ""}, 400),
        ({"question": "x" * 5000}, 400),
        ({"question": "fee", "lang": "klingon"}, 400),
        ({"question": "fee", "model": "gpt-9"}, 403),
        ({"question": "fee", "on": "yesterday"}, 422),
        ({"question": "fee", "reader": "clerk"}, 422),
        ({}, 422),
        ({"question": "x" * 70_000}, 413),
    ],
)
def test_errors_have_openais_shape_and_the_right_status(client: TestClient, body: dict[str, str], status: int) -> None:
    response = client.post("/api/ask", json=body)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}
    assert "nosniff" in response.headers["x-content-type-options"]


def test_a_lone_surrogate_is_an_error_not_a_crash(client: TestClient) -> None:
    response = client.post(
        "/api/ask", content=b'{"question": "\\ud800 fee"}', headers={"content-type": "application/json"}
    )
    assert response.status_code < 500


def test_a_forbidden_document_is_not_there(client: TestClient, desk: Desk) -> None:
    record = put(desk, "internal.md", "The market stall inspection is on 3 March.", labels=frozenset({"staff"}))
    for address in (f"/documents/{record.id}", f"/documents/{record.id}/original", "/documents/0000000000000000"):
        refused = client.get(address)
        assert refused.status_code == 404
        assert "3 March" not in refused.text
    answer = client.post("/api/ask", json={"question": "When is the market stall inspection?", "model": "quote"})
    assert "3 March" not in answer.text
    assert record.id not in answer.text


def test_an_original_that_could_carry_scripts_is_handed_over_as_a_file(client: TestClient, desk: Desk) -> None:
    page = put(desk, "page.html", "<html><body><p>The market opens at six.</p><script>alert(1)</script></body></html>")
    plain = put(desk, "notes.md", "The market opens at six.")
    assert client.get(f"/documents/{page.id}/original").headers["content-disposition"].startswith("attachment")
    shown = client.get(f"/documents/{plain.id}/original")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("query", ["start=-5&end=3", "start=99999999&end=1", "start=5&end=2", "start=x"])
def test_wild_offsets_do_no_harm(client: TestClient, desk: Desk, query: str) -> None:
    from wazi import access

    record = desk.store.records(access.holdings_of(access.keeper()))[0]
    assert client.get(f"/documents/{record.id}?{query}").status_code == (422 if query == "start=x" else 200)


def test_a_foreign_name_for_this_server_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"host": "localhost:8080"}).status_code == 200


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "embed": "fake-embedder"}


def test_the_api_describes_itself(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/ask" in described["paths"]


def test_an_unknown_page_is_a_page_for_people_and_json_for_programs(client: TestClient) -> None:
    assert "<html" in client.get("/nowhere", headers={"accept": "text/html"}).text
    assert json.loads(client.get("/nowhere").text)["error"]["code"] == "not_found"


@pytest.mark.enable_socket
def test_over_a_real_socket_many_at_once(desk: Desk) -> None:
    listener = _listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create(desk), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        statuses: list[int] = []

        def one() -> None:
            body = {"question": STALL, "model": "quote"}
            statuses.append(httpx.post(f"http://127.0.0.1:{port}/api/ask", json=body, timeout=30).status_code)

        threads = [threading.Thread(target=one) for _ in range(12)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert statuses == [200] * 12
    finally:
        server.should_exit = True
        thread.join(10)
    assert desk.audit.verify().receipts == 12
    assert desk.audit.verify().intact


@pytest.mark.enable_socket
def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match=f"port {taken.getsockname()[1]} is taken"):
            _listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.enable_socket
@pytest.mark.parametrize("host", ["256.1.1.1", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(UsageError, match=host):
        _listen(host, 0)


def test_a_turn_is_asked_after_the_turns_before(client: TestClient) -> None:
    body = {"question": "And how much is it?", "earlier": ["Where are market stalls?"], "lang": "en"}
    told = client.post("/api/ask", json=body).json()
    assert "450 shillings" in told["text"]
    assert told["understood"]["typed"] == "And how much is it?"
    assert told["understood"]["added"] == ["market", "stalls"]
    assert "understood" not in client.post("/api/ask", json={"question": STALL}).json()


def test_turns_are_bounded(client: TestClient) -> None:
    many = client.post("/api/ask", json={"question": STALL, "earlier": ["x"] * 9})
    assert many.status_code == 422
    assert "earlier" in many.json()["error"]["message"]
    long = client.post("/api/ask", json={"question": STALL, "earlier": ["x" * 2001]})
    assert long.status_code == 400


def test_the_page_carries_the_turns_and_shows_how_it_understood(client: TestClient) -> None:
    first = client.post("/", data={"question": "Where are market stalls?", "lang": "en"})
    assert '<input type="hidden" name="earlier" value="Where are market stalls?">' in first.text
    second = client.post(
        "/", data={"question": "And how <b>much</b> is it?", "lang": "en", "earlier": ["Where are market stalls?", " "]}
    )
    assert say("understood_label", "en") in second.text
    assert "market stalls › And how &lt;b&gt;much" in second.text
    assert second.text.count('name="earlier"') == 2
    assert say("new_conversation", "en") in second.text


def test_the_page_sends_no_more_turns_than_a_question_is_long(client: TestClient) -> None:
    page = client.post("/", data={"question": STALL, "lang": "en", "earlier": ["stall " * 300, "hall " * 300]})
    assert page.status_code == 200
    assert page.text.count('name="earlier"') == 2
    assert "stall stall" not in page.text


def test_the_page_asks_back(client: TestClient, desk: Desk) -> None:
    put(desk, "library.md", "# Library\n\nOpening hours of the library are posted.")
    rain = "season, weather, feast, wish, rain, sun, moon"
    put(desk, "hall.md", f"# Rental\n\nVillage hall rental hours and opening follow {rain}.")
    asked = {"question": "Opening hours?", "lang": "en", "earlier": ["Village hall rental"]}
    page = client.post("/", data=asked)
    assert say("which_reading", "en") in page.text
    assert 'name="question" value="Village hall rental › Opening hours?"' in page.text
    told = client.post("/api/ask", json=asked).json()
    assert [row["document"]["title"] for row in told["asked_back"]["readings"]] == ["Library", "Rental"]
    chosen = client.post("/", data={"question": "Village hall rental › Opening hours?", "lang": "en"})
    assert "rain, sun, moon" in chosen.text
