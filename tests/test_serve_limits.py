# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Oversized, slow, malformed and wrongly typed requests, over a real socket of 127.0.0.1."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import serving

from wazi.config import Api
from wazi.desk import Desk
from wazi.serve.app import create

STALL = "What does a market stall cost per day?"

POSTS = ("/api/ask", "/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/vector_stores/documents/search")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)

FIELDS = (
    "question",
    "lang",
    "on",
    "model",
    "earlier",
    "messages",
    "input",
    "stream",
    "store",
    "background",
    "previous_response_id",
    "metadata",
    "tools",
    "include",
    "text",
    "wazi",
    "n",
    "response_format",
    "tool_choice",
    "stream_options",
    "query",
    "max_num_results",
    "filters",
    "ranking_options",
    "encoding_format",
    "dimensions",
    "input_type",
    "instructions",
    "conversation",
)

RIGHT = {
    "question": STALL,
    "model": "wazi",
    "input": STALL,
    "query": STALL,
    "messages": [{"role": "user", "content": STALL}],
}


def limited(desk: Desk, **api: float) -> Desk:
    return replace(desk, settings=desk.settings.model_copy(update={"api": Api(**api)}))


def raw(at: str, request: bytes) -> bytes:
    """What comes back for these bytes."""
    host, port = at.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(request)
        reply = b""
        while piece := line.recv(65536):
            reply += piece
    return reply


@pytest.mark.enable_socket
def test_a_body_that_is_too_long_is_refused_however_it_comes(desk: Desk) -> None:
    with serving(limited(desk, body_kib=1)) as at:
        told = httpx.post(f"{at}/api/ask", json={"question": "x" * 2000})
        pieces = httpx.post(f"{at}/api/ask", content=iter([b"x" * 600] * 3))  # chunked: no length is told
        lying = raw(at, b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n")
        for reply in (told, pieces):
            assert reply.status_code == 413
            assert reply.json()["error"]["code"] == "too_large"
        assert lying.split()[1] in (b"413", b"400")
        assert httpx.post(f"{at}/api/ask", json={"question": STALL}).status_code == 200


@pytest.mark.enable_socket
def test_a_body_that_never_ends_is_not_waited_for(desk: Desk) -> None:
    with serving(limited(desk, body_seconds=0.3)) as at:
        slow = b'POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"quest'
        reply = raw(at, slow)
        assert reply.split()[1] == b"408"
        assert json.loads(reply.partition(b"\r\n\r\n")[2])["error"]["code"] == "too_slow"


@pytest.fixture(scope="module")
def fuzzed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One application for all of the examples."""
    from conftest import CHARTER, put

    from wazi import config
    from wazi.audit import Trail
    from wazi.desk import Models
    from wazi.meter import Meter
    from wazi.models.fake import FakeEmbedder, FakeGenerator
    from wazi.store.memory import MemoryStore

    overrides = {"embed": {"model": "fake-embedder"}, "compose": {"model": "fake"}}
    made = config.load(tmp_path_factory.mktemp("fuzz") / "home", overrides=overrides, environment={})
    desk = Desk(
        settings=made,
        store=MemoryStore(FakeEmbedder().dimension),
        models=Models(FakeEmbedder, lambda _: FakeGenerator()),
        audit=Trail(made.home / "audit", keep_questions=False),
        meter=Meter(made.meter),
    )
    put(desk, "charter.md", CHARTER)
    with TestClient(create(desk), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def sound(status: int, text: str, kind: str) -> None:
    """No fault of the server; a failure has the shape of errors."""
    assert status < 500, text
    if status >= 400:
        assert set(json.loads(text)["error"]) == {"message", "type", "param", "code"}
    elif kind.startswith("application/json"):
        json.loads(text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), wrong=st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=3))
def test_a_right_request_with_wrong_fields_never_breaks_the_server(
    fuzzed: TestClient, path: str, wrong: dict[str, object]
) -> None:
    names = {"/api/ask": ("question", "model")}.get(path, tuple(RIGHT))
    body = {name: RIGHT[name] for name in names} | wrong
    if path == "/api/ask":
        body["model"] = wrong.get("model", "quote")
    reply = fuzzed.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    sound(reply.status_code, reply.text, reply.headers["content-type"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(POSTS), body=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_get_a_status_and_words(fuzzed: TestClient, path: str, body: bytes) -> None:
    reply = fuzzed.post(path, content=body, headers={"content-type": "application/json"})
    sound(reply.status_code, reply.text, reply.headers["content-type"])


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b'{"input": NaN, "query": NaN, "question": NaN}',
        b"\xff\xfe",
        b"",
        b'"\\ud800"',
    ],
)
def test_bodies_made_to_break_parsers(fuzzed: TestClient, path: str, body: bytes) -> None:
    reply = fuzzed.post(path, content=body, headers={"content-type": "application/json"})
    assert 400 <= reply.status_code < 500
    sound(reply.status_code, reply.text, reply.headers["content-type"])


def test_filters_inside_filters_end_somewhere(fuzzed: TestClient) -> None:
    filters: dict[str, object] = {"type": "eq", "key": "page", "value": 1}
    for _ in range(100):
        filters = {"type": "and", "filters": [filters]}
    reply = fuzzed.post("/v1/vector_stores/documents/search", json={"query": "x", "filters": filters})
    assert reply.status_code == 400
    assert "more than 8" in reply.json()["error"]["message"]


@pytest.mark.parametrize("path", POSTS)
def test_a_wrong_method_or_type_has_its_status(fuzzed: TestClient, path: str) -> None:
    assert fuzzed.put(path, json={}).status_code == 405
    assert fuzzed.post(path, data={"question": STALL}).status_code in (400, 422)


@pytest.mark.parametrize("id", ["resp_x", "%00", "a" * 3000, "..%2f..%2fetc"])
def test_ids_that_name_nothing(fuzzed: TestClient, id: str) -> None:
    for path in (f"/v1/responses/{id}", f"/v1/files/{id}", f"/v1/vector_stores/{id}", f"/v1/models/{id}"):
        assert fuzzed.get(path).status_code == 404
