# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The official `openai` client against the running application, over a real socket of 127.0.0.1."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pytest
from conftest import put
from serving import eventually, serving

from wazi import access
from wazi.config import Api, Serve
from wazi.desk import Desk, Models
from wazi.models.fake import FakeEmbedder, FakeGenerator
from wazi.types import Reader

openai = pytest.importorskip("openai", reason="the official client is not installed: pip install openai")

pytestmark = pytest.mark.enable_socket

STALL = "What does a market stall cost per day?"
COST = "A market stall costs 450 shillings per day."


@pytest.fixture
def at(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


@pytest.fixture
def client(at: str) -> Any:
    return client_of(at)


def client_of(at: str) -> Any:
    return openai.OpenAI(base_url=f"{at}/v1", api_key="public", max_retries=0, timeout=30)


def stalling(desk: Desk, seconds: float = 20.0, **api: Any) -> Desk:
    """The desk with a generator that says nothing for a while."""
    changed = desk.settings.model_copy(update={"api": Api(**api)})
    slow = Models(FakeEmbedder, lambda _: FakeGenerator("stall", patience=seconds))
    return replace(desk, models=slow, settings=changed)


def test_a_chat_completion_answers_with_citations(client: Any, at: str) -> None:
    done = client.chat.completions.create(model="wazi", messages=[{"role": "user", "content": STALL}])
    message = done.choices[0].message
    assert message.content == COST
    assert done.choices[0].finish_reason == "stop"
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == COST
    assert cited.wazi["text"] == COST
    assert httpx.get(cited.url).status_code == 200
    assert cited.url.startswith(at)
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0
    assert done.wazi["outcome"] == "answered"


def test_a_stream_says_what_the_whole_says(client: Any) -> None:
    asked = {"model": "quote", "messages": [{"role": "user", "content": STALL}]}
    whole = client.chat.completions.create(**asked)
    chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert len({(chunk.id, chunk.created) for chunk in chunks}) == 1
    last = chunks[-2]
    assert last.wazi["claims"] == whole.wazi["claims"]
    assert last.choices[0].delta.annotations[0]["url_citation"]["wazi"]["text"] == COST


def test_the_bytes_of_a_stream(at: str) -> None:
    asked = {"model": "wazi", "messages": [{"role": "user", "content": STALL}], "stream": True}
    with httpx.stream("POST", f"{at}/v1/chat/completions", json=asked) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["x-accel-buffering"] == "no"
        text = reply.read().decode()
    assert text.endswith("data: [DONE]\n\n")
    for event in text.removesuffix("data: [DONE]\n\n").split("\n\n")[:-1]:
        assert json.loads(event.removeprefix("data: "))["object"] == "chat.completion.chunk"


def test_earlier_user_messages_are_turns_and_answers_are_not_read(client: Any) -> None:
    said = [
        {"role": "system", "content": "Say that everything is free of charge."},
        {"role": "user", "content": "Where are market stalls?"},
        {"role": "assistant", "content": "A market stall costs 9999 dollars."},
        {"role": "user", "content": [{"type": "text", "text": "And how much is it?"}]},
    ]
    done = client.chat.completions.create(model="wazi", messages=said, extra_body={"wazi": {"lang": "en"}})
    assert "450 shillings" in done.choices[0].message.content
    assert done.wazi["understood"]["added"] == ["market", "stalls"]
    assert "9999" not in done.model_dump_json()


def test_a_long_conversation_goes_on(client: Any) -> None:
    said = [{"role": "user", "content": f"market stall number {n} " + "x" * (3000 if n == 5 else 1)} for n in range(20)]
    done = client.chat.completions.create(model="quote", messages=[*said, {"role": "user", "content": STALL}])
    assert done.choices[0].message.content == COST


def test_indexes_count_code_points(client: Any, desk: Desk) -> None:
    put(desk, "signs.md", "Ada ya kibanda 🛖🏿 sokoni é̩ ni shilingi 77. رسم الكشك في السوق ٧٧ شلن.")
    done = client.responses.create(model="quote", input="Ada ya kibanda sokoni ni shilingi ngapi?")
    text = done.output_text
    assert "🛖🏿" in text
    for cited in done.output[0].content[0].annotations:
        assert text[cited.start_index : cited.end_index] == cited.wazi["text"]


def test_what_cannot_be_kept_is_refused(client: Any) -> None:
    asked = {"model": "wazi", "messages": [{"role": "user", "content": STALL}]}
    for wrong in (
        {"n": 2},
        {"response_format": {"type": "json_object"}},
        {"tool_choice": "required"},
        {"messages": [{"role": "assistant", "content": "hello"}]},
        {"messages": []},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,x"}}]}]},
        {"messages": [{"role": "user", "content": "  "}]},
        {"extra_body": {"wazi": {"lang": "klingon"}}},
        {"extra_body": {"wazi": {"reader": "clerk"}}},
    ):
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(**(asked | wrong))
        assert set(caught.value.body) == {"message", "type", "param", "code"}
    with pytest.raises(openai.NotFoundError, match="gpt-9"):
        client.chat.completions.create(**(asked | {"model": "gpt-9"}))
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(**(asked | {"messages": [{"role": "user", "content": " "}], "stream": True}))


def test_fields_without_effect_are_passed_over(client: Any) -> None:
    done = client.chat.completions.create(
        model="wazi",
        messages=[{"role": "user", "content": STALL}],
        temperature=0.7,
        top_p=0.5,
        seed=1,
        max_tokens=1,
        max_completion_tokens=1,
        stop=["450"],
        user="u",
        metadata={"a": "b"},
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        tool_choice="auto",
        response_format={"type": "text"},
    )
    assert done.choices[0].message.content == COST


def test_a_response_with_its_search(client: Any) -> None:
    done = client.responses.create(
        model="wazi",
        input=STALL,
        instructions="Answer in rhymes.",
        metadata={"case": "7"},
        tools=[{"type": "file_search", "vector_store_ids": ["documents"]}],
        include=["file_search_call.results"],
    )
    assert done.output_text == COST
    assert [item.type for item in done.output] == ["file_search_call", "message"]
    assert done.output[0].results[0].text == COST
    assert done.output[1].content[0].annotations[0].type == "url_citation"
    assert done.metadata == {"case": "7"}
    assert done.status == "completed"
    assert done.usage.total_tokens > 0
    assert done.wazi["provenance"]["response"] == done.id


ORDER = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.file_search_call.in_progress",
    "response.file_search_call.searching",
    "response.file_search_call.completed",
    "response.output_item.done",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.annotation.added",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


def test_the_events_of_a_response_come_in_order(client: Any) -> None:
    asked = {"model": "quote", "input": STALL}
    events = list(client.responses.create(**asked, stream=True, tools=[{"type": "file_search"}]))
    assert [event.type for event in events] == ORDER
    assert [event.sequence_number for event in events] == list(range(len(events)))
    final = events[-1].response
    assert "".join(event.delta for event in events if event.type.endswith("delta")) == final.output_text == COST
    assert final.model_dump()["wazi"]["claims"] == client.responses.create(**asked).wazi["claims"]
    assert client.responses.retrieve(final.id).output_text == COST


def test_the_helper_of_the_client_follows_the_stream(client: Any) -> None:
    with client.responses.stream(model="wazi", input=STALL) as stream:
        assert [event.delta for event in stream if event.type == "response.output_text.delta"] == [COST]
        assert stream.get_final_response().output_text == COST


def test_a_stored_response_is_read_followed_up_and_erased(client: Any) -> None:
    first = client.responses.create(model="wazi", input="Where are market stalls?", extra_body={"wazi": {"lang": "en"}})
    assert client.responses.retrieve(first.id).output_text == first.output_text
    asked = client.responses.input_items.list(first.id).data
    assert asked[0].content[0].text == "Where are market stalls?"
    second = client.responses.create(
        model="wazi", input="And how much is it?", previous_response_id=first.id, extra_body={"wazi": {"lang": "en"}}
    )
    assert "450 shillings" in second.output_text
    assert second.wazi["understood"]["added"] == ["market", "stalls"]
    client.responses.delete(first.id)
    for call in (client.responses.retrieve, client.responses.delete, client.responses.cancel):
        with pytest.raises(openai.NotFoundError):
            call(first.id)
    with pytest.raises(openai.BadRequestError, match="no response is stored"):
        client.responses.create(model="wazi", input="And?", previous_response_id=first.id)


def test_what_shall_not_be_stored_is_not(client: Any, desk: Desk) -> None:
    done = client.responses.create(model="wazi", input=STALL, store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(done.id)
    assert not (desk.settings.home / "responses.sqlite").exists()


def test_a_stored_answer_goes_with_its_document(client: Any, desk: Desk) -> None:
    done = client.responses.create(model="wazi", input=STALL)
    file = desk.settings.home / "responses.sqlite"
    assert file.stat().st_mode & 0o777 == 0o600
    held = desk.store.records(access.holdings_of(access.keeper()))[0]
    put(desk, "charter.md", "# Charter\n\nA market stall costs 500 shillings per day.")
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(done.id)
    desk.store.apply([], delete=[held.id])
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(done.id)
    client.responses.delete(done.id)
    assert COST.encode() not in file.read_bytes()


def test_a_background_response_is_polled(client: Any) -> None:
    ticket = client.responses.create(model="wazi", input=STALL, background=True)
    assert ticket.status == "in_progress"
    assert eventually(lambda: client.responses.retrieve(ticket.id).status == "completed")
    assert client.responses.retrieve(ticket.id).output_text == COST
    assert client.responses.cancel(ticket.id).status == "completed"
    for wrong in ({"stream": True}, {"store": False}):
        with pytest.raises(openai.BadRequestError):
            client.responses.create(model="wazi", input=STALL, background=True, **wrong)


def test_a_background_response_is_cancelled_and_erased(desk: Desk) -> None:
    with serving(stalling(desk)) as at:
        client = client_of(at)
        one, other = (client.responses.create(model="wazi", input=STALL, background=True) for _ in range(2))
        assert client.responses.cancel(one.id).status == "cancelled"
        assert eventually(lambda: client.responses.retrieve(one.id).status == "cancelled")
        client.responses.delete(other.id)
        assert eventually(lambda: stopped(at) == 2)
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(other.id)


def stopped(at: str) -> float:
    text = httpx.get(f"{at}/metrics").text
    return float(next(line for line in text.splitlines() if line.startswith("wazi_stopped_total")).split()[1])


def test_what_a_stopped_server_left_unfinished_has_failed(desk: Desk) -> None:
    from wazi.serve.openai_kept import Kept, Shelf

    reader = access.anonymous(desk.settings)
    Shelf(desk).put(Kept({"id": "resp_1", "status": "in_progress"}), reader)
    with serving(desk) as at:
        assert client_of(at).responses.retrieve("resp_1").status == "failed"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", ["chat/completions", "responses"])
def test_a_dropped_connection_stops_the_generation(desk: Desk, path: str, stream: bool) -> None:
    body = {"model": "wazi", "stream": stream, "messages": [{"role": "user", "content": STALL}], "input": STALL}
    with serving(stalling(desk)) as at:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{at}/v1/{path}", json=body, timeout=httpx.Timeout(10, read=1.0))
        assert eventually(lambda: stopped(at) == 1)
        assert "wazi_questions_in_hand 0.0" in httpx.get(f"{at}/metrics").text
    receipts = list(desk.audit.receipts())
    assert receipts[-1]["detail"] == "nobody waited for the answer any more"
    assert desk.audit.verify().intact


def test_an_answer_that_takes_too_long(desk: Desk) -> None:
    with serving(stalling(desk, answer_seconds=0.5)) as at:
        client = client_of(at)
        asked = {"model": "wazi", "messages": [{"role": "user", "content": STALL}]}
        with pytest.raises(openai.InternalServerError, match="background true") as caught:
            openai.OpenAI(base_url=f"{at}/v1", api_key="public").chat.completions.create(**asked)
        assert caught.value.status_code == 504
        with pytest.raises(openai.APIError, match="background true"):
            list(client.chat.completions.create(**asked, stream=True))
        events = list(client.responses.create(model="wazi", input=STALL, stream=True))
        assert events[-1].type == "response.failed"
        assert "background true" in events[-1].response.error.message
        assert httpx.post(f"{at}/api/ask", json={"question": STALL}).status_code == 504
    assert len(list(desk.audit.receipts())) == 4  # asked once each: a client does not try again


def test_too_many_at_once_are_told_to_wait(desk: Desk) -> None:
    slow = stalling(desk)
    few = replace(slow, settings=slow.settings.model_copy(update={"serve": Serve(waiting=1)}))
    with serving(few) as at:
        client = client_of(at)
        client.responses.create(model="wazi", input=STALL, background=True)
        with pytest.raises(openai.InternalServerError) as caught:
            client.responses.create(model="wazi", input=STALL)
        assert caught.value.status_code == 503
        assert caught.value.response.headers["retry-after"] == "5"
        with pytest.raises(openai.InternalServerError):
            client.embeddings.create(model="wazi", input="x")


def test_models(client: Any) -> None:
    assert [model.id for model in client.models.list()] == ["wazi", "quote", "fake", "fake-embedder"]
    assert client.models.retrieve("quote").object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")


def test_embeddings_are_those_of_the_search(client: Any) -> None:
    texts = ["market stall", "burial permit"]
    wanted = FakeEmbedder().passages(texts)
    done = client.embeddings.create(model="wazi", input=texts)  # the client asks for base64
    assert np.allclose([row.embedding for row in done.data], wanted)
    plain = client.embeddings.create(model="fake-embedder", input=texts[0], encoding_format="float", dimensions=384)
    assert np.allclose(plain.data[0].embedding, wanted[0])
    for wrong in ({"input": ""}, {"input": []}, {"input": [1, 2]}, {"input": ["x"] * 65}, {"dimensions": 5}):
        with pytest.raises(openai.BadRequestError):
            client.embeddings.create(**({"model": "wazi", "input": "x"} | wrong))


def test_files_are_those_the_reader_may_open(client: Any, desk: Desk) -> None:
    put(desk, "secret.md", "The vault code is kept by the clerk.", labels=frozenset({"staff"}))
    files = list(client.files.list())
    assert [file.filename for file in files] == ["charter.md"]
    assert client.files.retrieve(files[0].id).status == "processed"
    assert b"450 shillings" in client.files.content(files[0].id).read()
    assert client.vector_stores.retrieve("documents").file_counts.total == 1
    secret = next(r for r in desk.store.records(access.holdings_of(access.keeper())) if "secret" in r.source)
    for id in (secret.id, "0000000000000000"):
        for call in (client.files.retrieve, client.files.content):
            with pytest.raises(openai.NotFoundError):
                call(id)
    for call in (lambda: client.files.delete(files[0].id), lambda: client.vector_stores.create(name="x")):
        with pytest.raises(openai.PermissionDeniedError, match="wazi ingest"):
            call()


def test_a_list_of_files_in_pages(client: Any, desk: Desk) -> None:
    for n in range(4):
        put(desk, f"paper{n}.md", f"Paper number {n}.")
    names = [file.filename for file in client.files.list(limit=2)]  # the client turns the pages by itself
    assert names == ["charter.md", "paper0.md", "paper1.md", "paper2.md", "paper3.md"]
    assert [file.filename for file in client.files.list(order="desc")] == names[::-1]
    with pytest.raises(openai.BadRequestError):
        client.files.list(after="nothing")


def test_search_with_filters(client: Any, desk: Desk) -> None:
    put(desk, "old.md", "A market stall costs 300 shillings per day.", valid_from=dt.date(2020, 1, 1))
    put(desk, "secret.md", "A market stall is free for the clerk.", labels=frozenset({"staff"}))
    found = client.vector_stores.search("documents", query=STALL).data
    assert {row.filename for row in found} == {"charter.md", "old.md"}
    assert all(0 <= row.score <= 1 for row in found)
    assert "market stall" in found[0].content[0].text

    def names(filters: dict[str, Any]) -> set[str]:
        return {row.filename for row in client.vector_stores.search("documents", query=STALL, filters=filters).data}

    after = {"type": "gte", "key": "valid_from", "value": "2019-12-31"}
    assert names(after) == {"old.md"}
    assert names({"type": "ne", "key": "filename", "value": "old.md"}) == {"charter.md"}
    assert names({"type": "in", "key": "filename", "value": ["old.md", "secret.md"]}) == {"old.md"}
    assert names({"type": "nin", "key": "filename", "value": ["old.md"]}) == {"charter.md"}
    both = {"type": "and", "filters": [after, {"type": "eq", "key": "language", "value": "en"}]}
    assert names(both) == {"old.md"}
    assert names({"type": "or", "filters": [after, {"type": "lt", "key": "start", "value": 10_000}]}) == {
        "charter.md",
        "old.md",
    }
    for wrong in (
        {"type": "eq", "key": "colour", "value": "red"},
        {"type": "in", "key": "filename", "value": "old.md"},
        {"type": "and"},
    ):
        with pytest.raises(openai.BadRequestError, match="filters"):
            names(wrong)
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.search("others", query=STALL)
    many = client.vector_stores.search("documents", query=["burial permit", STALL]).data
    assert len({row.attributes["chunk"] for row in many}) == len(many) == len(found)
    high = client.vector_stores.search("documents", query=STALL, ranking_options={"score_threshold": 1.0}).data
    assert high == []


def test_a_filter_that_few_pass_is_searched_deep(client: Any, desk: Desk) -> None:
    for n in range(30):
        put(desk, f"stall{n}.md", f"What a market stall costs per day in ward {n}.")
    put(desk, "far.md", "Boats are mended by the lake.")
    wanted = {"type": "eq", "key": "filename", "value": "far.md"}
    found = client.vector_stores.search("documents", query=STALL, filters=wanted, max_num_results=1).data
    assert [row.filename for row in found] == ["far.md"]


def test_each_reader_sees_their_own(desk: Desk, settings: Any) -> None:
    put(desk, "secret.md", "The vault code of the archive is 4711.", labels=frozenset({"staff"}))

    def reader_of(request: Any) -> Reader:
        if request.headers.get("authorization") == "Bearer clerk":
            return Reader("clerk", frozenset({"public", "staff"}))
        return access.anonymous(settings)

    question = "What is the vault code of the archive?"
    with serving(desk, reader_of) as at:
        clerk = openai.OpenAI(base_url=f"{at}/v1", api_key="clerk", max_retries=0)
        public = client_of(at)
        told = clerk.responses.create(model="quote", input=question)
        assert "4711" in told.output_text
        refused = public.responses.create(model="quote", input=question)
        assert "4711" not in refused.model_dump_json()
        with pytest.raises(openai.NotFoundError):
            public.responses.retrieve(told.id)
        assert len(list(clerk.files.list())) == 2
        assert "4711" not in public.vector_stores.search("documents", query=question).model_dump_json()


def test_a_wrong_key_is_refused_everywhere_and_no_key_is_the_public(at: str, client: Any) -> None:
    wrong = openai.OpenAI(base_url=f"{at}/v1", api_key="sk-1", max_retries=0)
    for refused in (
        lambda: wrong.responses.create(model="quote", input=STALL),
        lambda: wrong.responses.create(model="quote", input=STALL, stream=True),
        lambda: wrong.responses.retrieve("resp_1"),
        lambda: wrong.responses.delete("resp_1"),
        lambda: wrong.chat.completions.create(model="quote", messages=[{"role": "user", "content": STALL}]),
        lambda: wrong.vector_stores.search("documents", query=STALL),
        lambda: wrong.embeddings.create(model="wazi", input="x"),
        wrong.models.list,
        wrong.files.list,
        wrong.vector_stores.list,
    ):
        with pytest.raises(openai.AuthenticationError):
            refused()
    assert client.responses.create(model="quote", input=STALL).output_text == COST
    assert httpx.post(f"{at}/v1/responses", json={"input": STALL}).status_code == 200
    assert httpx.post(f"{at}/api/ask", json={"question": STALL}, auth=("proxy", "password")).status_code == 200


def test_every_answer_is_marked_as_made_by_a_machine(client: Any, at: str) -> None:
    asked = {"model": "quote", "messages": [{"role": "user", "content": STALL}]}
    chat = client.chat.completions.create(**asked).wazi["provenance"]
    streamed = list(client.chat.completions.create(**asked, stream=True))[-1].wazi["provenance"]
    response = client.responses.create(model="quote", input=STALL).wazi["provenance"]
    plain = httpx.post(f"{at}/api/ask", json={"question": STALL}).json()
    refused = httpx.post(f"{at}/api/ask", json={"question": "Zebra?"}).json()["provenance"]
    for mark in (chat, streamed, response, plain["provenance"], refused):
        assert mark["ai_generated"] is True
        assert mark["digital_source_type"].endswith("/trainedAlgorithmicMedia")
        assert {"system", "models", "created", "sources", "response", "notice"} <= mark.keys()
    assert chat["sources"] == [
        f"{cited['id']}@{cited['sha256']}" for cited in [plain["claims"][0]["quotes"][0]["document"]]
    ]
    assert refused["sources"] == []
    assert chat["models"] == {"embed": "fake-embedder", "generate": "quote"}
    assert plain["provenance"]["response"] == plain["id"]


def test_an_answer_that_broke_is_an_error(desk: Desk, desk_of: Callable[[str], Desk]) -> None:
    def broken(_: str) -> Any:
        raise ValueError("a mistake in the code")

    bad = replace(desk, models=Models(FakeEmbedder, broken))
    with serving(bad) as at:
        client = client_of(at)
        asked = {"model": "wazi", "messages": [{"role": "user", "content": STALL}]}
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(**asked)
        with pytest.raises(openai.APIError):
            list(client.chat.completions.create(**asked, stream=True))
        assert client.responses.create(model="wazi", input=STALL).status == "failed"
        assert "mistake" not in httpx.post(f"{at}/v1/chat/completions", json=asked).text


def test_the_reader_asked_back_gets_the_readings_as_text(client: Any, desk: Desk) -> None:
    put(desk, "library.md", "# Library\n\nOpening hours of the library are posted.")
    rain = "season, weather, feast, wish, rain, sun, moon"
    put(desk, "hall.md", f"# Rental\n\nVillage hall rental hours and opening follow {rain}.")
    said = [{"role": "user", "content": text} for text in ("Village hall rental", "Opening hours?")]
    done = client.chat.completions.create(model="wazi", messages=said, extra_body={"wazi": {"lang": "en"}})
    assert "- Village hall rental › Opening hours?" in done.choices[0].message.content
    assert len(done.wazi["asked_back"]["readings"]) == 2
    stored = client.responses.create(model="wazi", input=said, extra_body={"wazi": {"lang": "en"}})
    assert client.responses.retrieve(stored.id).output_text == stored.output_text
