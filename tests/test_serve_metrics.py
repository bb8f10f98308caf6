# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a keeper watches tells numbers and no words: neither the counters nor the spans."""

import asyncio
from collections.abc import Iterator

import pytest
from conftest import put
from fastapi.testclient import TestClient

from wazi import access
from wazi.converse import Reply
from wazi.desk import Desk
from wazi.errors import StoreError
from wazi.serve.app import create
from wazi.serve.counter import Asked, Counter
from wazi.serve.spans import Spans

STALL = "What does a market stall cost per day?"


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create(desk), base_url="http://127.0.0.1") as made:
        yield made


async def reply(counter: Counter, asked: Asked) -> Reply:
    return await counter.start(asked, seconds=None).reply()


def value(client: TestClient, name: str) -> float:
    """The value of one line; 0 if it is not there yet."""
    found = [line.rsplit(" ", 1)[1] for line in client.get("/metrics").text.splitlines() if line.startswith(name + " ")]
    return float(found[0]) if found else 0.0


def test_requests_and_answers_are_counted(client: TestClient) -> None:
    for _ in range(2):
        client.post("/api/ask", json={"question": STALL})
    client.post("/v1/responses", json={"model": "quote", "input": STALL})
    client.post("/api/ask", json={"question": ""})
    assert value(client, 'wazi_requests_total{method="POST",route="/api/ask",status="200"}') == 2
    assert value(client, 'wazi_requests_total{method="POST",route="/api/ask",status="400"}') == 1
    assert value(client, 'wazi_answers_total{model="fake",outcome="answered"}') == 2
    assert value(client, 'wazi_answers_total{model="quote",outcome="answered"}') == 1
    assert value(client, 'wazi_answer_seconds_count{model="fake"}') == 2
    assert value(client, 'wazi_tokens_total{direction="in"}') > 0
    assert value(client, "wazi_questions_in_hand") == 0


def test_counters_do_not_tell_what_was_asked_or_is_held(client: TestClient, desk: Desk) -> None:
    before = {line.split(" ")[0] for line in client.get("/metrics").text.splitlines()}
    put(desk, "secret.md", "The vault code is 4711.", labels=frozenset({"staff"}))
    client.get("/documents/abc?start=1")
    client.get("/v1/files/abc")
    client.get("/made-up/by/somebody")
    client.request("BREW", "/")
    text = client.get("/metrics").text
    for word in ("stall", "4711", "secret", "abc", "made-up", "BREW"):
        assert word not in text
    new = {line.split("{")[0] for line in text.splitlines()} - {line.split("{")[0] for line in before}
    assert not [name for name in new if "document" in name or "chunk" in name]


def test_spans_follow_the_conventions_without_a_word_of_content(desk: Desk) -> None:
    sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="pip install opentelemetry-sdk")
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    counter = Counter(desk, spans=Spans(desk, provider))
    reader = access.anonymous(desk.settings, "en")
    asyncio.run(reply(counter, Asked(STALL, reader)))
    desk.store.note("embed", "another embedder")
    with pytest.raises(StoreError):
        asyncio.run(reply(counter, Asked(STALL, reader)))
    spans = {span.name: span for span in kept.get_finished_spans()}
    assert spans.keys() == {"invoke_workflow wazi", "retrieval documents", "chat fake"}
    chat = spans["chat fake"]
    assert chat.attributes["gen_ai.operation.name"] == "chat"
    assert chat.attributes["gen_ai.provider.name"] == "wazi"
    assert chat.attributes["gen_ai.usage.output_tokens"] > 0
    assert spans["retrieval documents"].attributes["gen_ai.request.top_k"] == desk.settings.retrieve.k
    first = next(
        span
        for span in kept.get_finished_spans()
        if span.name.startswith("invoke") and "error.type" not in span.attributes
    )
    assert chat.parent.span_id == first.context.span_id
    assert first.start_time <= chat.start_time <= chat.end_time <= first.end_time
    assert kept.get_finished_spans()[-1].attributes["error.type"] == "StoreError"
    told = " ".join(span.to_json() for span in kept.get_finished_spans())
    for word in ("stall", "shillings", "gen_ai.system", "gen_ai.prompt", "completion_tokens", "messages"):
        assert word not in told


def test_no_spans_without_the_setting(desk: Desk) -> None:
    assert Counter(desk)._spans is None
    assert desk.settings.api.spans is False


def test_a_reader_may_be_told_from_the_request(desk: Desk) -> None:
    reader = access.anonymous(desk.settings)
    with TestClient(create(desk, lambda _: reader), base_url="http://127.0.0.1") as client:
        assert client.post("/api/ask", json={"question": STALL}).json()["outcome"] == "answered"
