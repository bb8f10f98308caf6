# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The official `mcp` client against the running application, in both revisions, over a real socket of 127.0.0.1."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from conftest import CHARTER, put
from serving import eventually, serving

from wazi import access
from wazi.desk import Desk
from wazi.types import Reader

mcp = pytest.importorskip("mcp", reason="the extra is not installed: pip install 'wazi[mcp]'")

from test_openai import COST, STALL, stalling, stopped  # noqa: E402

pytestmark = pytest.mark.enable_socket

REVISIONS = ("2026-07-28", "legacy")
NEW, OLD = "2026-07-28", "2025-11-25"


@pytest.fixture
def at(desk: Desk) -> Iterator[str]:
    with serving(desk) as address:
        yield address


def told(at: str, talk: Callable[[Any], Awaitable[Any]], mode: str = NEW) -> Any:
    """What a client of one revision makes of a talk with the server."""

    async def run() -> Any:
        async with mcp.Client(f"{at}/mcp", mode=mode) as client:
            return await talk(client)

    return asyncio.run(run())


def call(at: str, name: str, mode: str = NEW, **arguments: Any) -> Any:
    return told(at, lambda client: client.call_tool(name, arguments), mode)


@pytest.mark.parametrize("mode", REVISIONS)
def test_three_tools_that_only_read(at: str, mode: str) -> None:
    async def talk(client: Any) -> Any:
        return client.protocol_version, await client.list_tools()

    version, listed = told(at, talk, mode)
    assert version == (NEW if mode == NEW else OLD)
    assert [tool.name for tool in listed.tools] == ["search", "get_document", "ask"]
    for tool in listed.tools:
        assert tool.title
        assert tool.annotations.read_only_hint is tool.annotations.idempotent_hint is True
        assert tool.annotations.destructive_hint is tool.annotations.open_world_hint is False
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)


@pytest.mark.parametrize("mode", REVISIONS)
def test_an_answer_with_its_quotes(at: str, desk: Desk, mode: str) -> None:
    given = call(at, "ask", mode, question=STALL, model="quote")
    answer = given.structured_content
    assert not given.is_error
    assert answer["text"] == COST
    [quote] = answer["claims"][0]["quotes"]
    held = desk.store.text(quote["document"]["id"], access.holdings_of(access.keeper()))
    assert held[quote["start"] : quote["end"]] == quote["text"] == COST
    assert answer["provenance"]["ai_generated"] is True
    assert answer["provenance"]["response"] == answer["id"]
    assert json.loads(given.content[0].text) == answer


@pytest.mark.parametrize("question", [STALL, "Zebra?"])
def test_what_the_tools_give_is_what_their_schemas_say(at: str, question: str) -> None:
    async def talk(client: Any) -> None:
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        found = (await client.call_tool("search", {"query": question})).structured_content
        document = found["passages"][0]["document"]
        part = (await client.call_tool("get_document", {"id": document})).structured_content
        answer = (await client.call_tool("ask", {"question": question})).structured_content
        for name, given in (("search", found), ("get_document", part), ("ask", answer)):
            jsonschema.validate(given, schemas[name], jsonschema.Draft202012Validator)
            assert given.keys() == schemas[name]["properties"].keys()
        assert answer["provenance"].keys() == schemas["ask"]["properties"]["provenance"]["properties"].keys()

    told(at, talk)


def test_a_search_gives_passages_at_their_places(at: str, desk: Desk) -> None:
    found = call(at, "search", query="market stall fee", k=1).structured_content["passages"]
    assert len(found) == 1
    held = desk.store.text(found[0]["document"], access.holdings_of(access.keeper()))
    assert held[found[0]["start"] : found[0]["end"]] == found[0]["text"]
    assert "450 shillings" in found[0]["text"]
    assert call(at, "search", query="market stall fee", k=1, on="1900-01-01").structured_content["passages"] == found


def test_a_long_document_is_read_in_parts(at: str, desk: Desk) -> None:
    text = "".join(f"Ward {n} has a market 🛖.\n\n" for n in range(1500))
    long = put(desk, "wards.md", text)
    whole = desk.store.text(long.id, access.holdings_of(access.keeper()))

    async def talk(client: Any) -> tuple[list[Any], list[Any]]:
        parts, start = [], 0
        while start is not None:
            parts.append((await client.call_tool("get_document", {"id": long.id, "start": start})).structured_content)
            start = parts[-1]["next"]
        uri, read = f"wazi://documents/{long.id}", []
        while uri:
            read.append((await client.read_resource(uri)).contents[0])
            following = read[-1].meta.get("wazi/next")
            uri = following and f"wazi://documents/{long.id}?start={following}"
        return parts, read

    parts, read = told(at, talk)
    assert len(parts) == 2
    assert "".join(part["text"] for part in parts) == "".join(each.text for each in read) == whole
    assert all(len(part["text"]) <= 20_000 for part in parts)
    assert {part["characters"] for part in parts} == {len(whole)}


def test_pages_are_named_where_there_are_some() -> None:
    from dataclasses import replace

    from wazi.serve.mcp_tools import _pages
    from wazi.types import Record, Status

    bare = Record("d", "t", "s", "0", "application/pdf", Status.COMPLETE)
    paged = replace(bare, pages=3, page_starts=(0, 100, 200))
    for span, pages in (((0, 100), [1]), ((0, 101), [1, 2]), ((100, 300), [2, 3]), ((150, 160), [2]), ((99, 100), [1])):
        assert [page.page for page in _pages(paged, *span)] == pages, span
    assert _pages(bare, 0, 10) == []


def test_documents_are_listed_a_page_at_a_time(at: str, desk: Desk) -> None:
    for n in range(120):
        put(desk, f"note{n}.md", f"Note {n} says something.")

    async def talk(client: Any) -> list[str]:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        assert second.next_cursor is None
        with pytest.raises(mcp.MCPError, match="begin again"):
            await client.list_resources(cursor="nothing")
        return [each.uri for each in (*first.resources, *second.resources)]

    listed = told(at, talk)
    assert len(listed) == len(set(listed)) == 121


@pytest.mark.parametrize("mode", REVISIONS)
def test_what_is_wrong_with_a_call_is_told_to_the_caller(at: str, desk: Desk, mode: str) -> None:
    [held] = desk.store.records(access.holdings_of(access.keeper()))
    calls = (
        ("ask", {}, "question"),
        ("ask", {"question": " "}, "empty"),
        ("ask", {"question": STALL, "lang": "klingon"}, "klingon"),
        ("ask", {"question": STALL, "reader": "keeper"}, "reader"),
        ("ask", {"question": STALL, "model": "gpt-9"}, "gpt-9"),
        ("ask", {"question": STALL, "on": "yesterday"}, "on"),
        ("ask", {"question": "x" * 2001}, "at most 2000"),
        ("search", {"query": STALL, "k": 51}, "k"),
        ("get_document", {"id": "nothing"}, "there is no document 'nothing' here"),
        ("get_document", {"id": "nothing", "characters": 20_001}, "characters"),
    )
    for name, arguments, said in calls:
        given = raw(at, "tools/call", {"name": name, "arguments": arguments}, mode)["result"]
        assert given["isError"] is True, arguments
        assert said in given["content"][0]["text"], arguments
    half = raw(at, "tools/call", {"name": "ask", "arguments": {"question": "half \ud800 a pair"}}, mode)
    assert half.get("error", {}).get("code") == -32700 or half["result"]["isError"] is True
    unknown = raw(at, "tools/call", {"name": "erase", "arguments": {}}, mode)["error"]
    assert unknown["code"] == -32602
    for uri in ("wazi://documents/nothing", "file:///etc/passwd", held.id, f"wazi://documents/{held.id}?start=x"):
        assert raw(at, "resources/read", {"uri": uri}, mode)["error"]["code"] == -32602
    assert raw(at, "prompts/list", {}, mode)["error"]["code"] == -32601


def sent(at: str, body: Any, mode: str = NEW, *, seconds: float = 60, **headers: str) -> httpx.Response:
    """A request as the revision frames it, without a client that would mend it."""
    framed = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    if mode == NEW and isinstance(body, dict):
        about = {"protocolVersion": NEW, "clientCapabilities": {}}
        meta = {f"io.modelcontextprotocol/{name}": value for name, value in about.items()}
        body = body | {"params": {**body.get("params", {}), "_meta": meta}}
        named = body["params"].get("name") or body["params"].get("uri")
        framed |= {"MCP-Protocol-Version": NEW, "Mcp-Method": str(body.get("method", ""))}
        framed |= {"Mcp-Name": named} if named else {}
    elif mode != NEW:
        framed["MCP-Protocol-Version"] = OLD
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(f"{at}/mcp", content=content, headers=framed | headers, timeout=seconds)


def raw(at: str, method: str, params: dict[str, Any], mode: str = NEW) -> Any:
    reply = sent(at, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, mode)
    data = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
    return json.loads(data[-1] if data else reply.text)


LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def test_malformed_requests_have_the_right_status(at: str) -> None:
    assert sent(at, LIST).status_code == 200
    assert sent(at, b"{").status_code == 400
    assert sent(at, b"[]", **{"MCP-Protocol-Version": NEW}).status_code == 400
    assert sent(at, b"[" * 60_000, OLD).status_code == 400
    assert sent(at, LIST, **{"MCP-Protocol-Version": "1999-01-01"}).status_code == 400
    assert sent(at, LIST, **{"Mcp-Method": "tools/call"}).json()["error"]["code"] == -32020
    assert sent(at, LIST | {"method": "no/such"}).status_code == 404
    assert sent(at, LIST, **{"Content-Type": "text/plain"}).status_code == 400
    assert sent(at, LIST, **{"Accept": "text/html"}).status_code == 406
    assert sent(at, b"x" * 70_000).status_code == 413
    assert httpx.get(f"{at}/mcp").status_code == httpx.delete(f"{at}/mcp").status_code == 405


def test_foreign_pages_and_names_are_refused(at: str) -> None:
    assert sent(at, LIST, Origin=at).status_code == 200
    for origin in (
        "https://evil.example",
        "null",
        "http://[",
        at.replace("127.0.0.1", "localhost"),
        "http://127.0.0.1:1",
    ):
        assert sent(at, LIST, Origin=origin).status_code == 403, origin
    assert sent(at, LIST, Host="evil.example").status_code == 400


def test_a_page_of_the_public_address_may_call(desk: Desk) -> None:
    from dataclasses import replace

    from wazi.config import Api

    public = replace(desk, settings=desk.settings.model_copy(update={"api": Api(url="https://ask.example.org")}))
    with serving(public) as at:
        assert sent(at, LIST, Origin="https://ask.example.org").status_code == 200
        assert sent(at, LIST, Origin="https://ask.example.org.evil.example").status_code == 403


@pytest.mark.parametrize("mode", REVISIONS)
def test_a_dropped_connection_stops_the_generation(desk: Desk, mode: str) -> None:
    body = LIST | {"method": "tools/call", "params": {"name": "ask", "arguments": {"question": STALL}}}
    with serving(stalling(desk)) as at:
        with pytest.raises(httpx.ReadTimeout):
            sent(at, body, mode, seconds=2)
        assert eventually(lambda: stopped(at) == 1)
        assert sent(at, LIST, mode).status_code == 200


def test_an_answer_that_takes_too_long_and_one_too_many_are_errors_in_words(desk: Desk) -> None:
    from dataclasses import replace

    from wazi.config import Serve

    slow = stalling(desk, answer_seconds=0.5)
    narrow = replace(slow, settings=slow.settings.model_copy(update={"serve": Serve(waiting=1)}))
    with serving(narrow) as at:

        async def talk(client: Any) -> list[Any]:
            return await asyncio.gather(*(client.call_tool("ask", {"question": STALL}) for _ in range(2)))

        said = sorted(given.content[0].text for given in told(at, talk))
        assert "longer than 0.5 seconds" in said[0]
        assert "too many questions are waiting" in said[1]


@pytest.mark.parametrize("mode", REVISIONS)
def test_a_mistake_in_the_code_is_not_told(desk: Desk, mode: str) -> None:
    from dataclasses import replace

    class Broken:
        def record(self, *_: Any) -> Any:
            raise KeyError("the secret place")

        def close(self) -> None: ...

    with serving(replace(desk, store=Broken())) as at:  # type: ignore[arg-type]
        given = raw(at, "tools/call", {"name": "get_document", "arguments": {"id": "x"}}, mode)
        assert given["error"]["code"] == -32603
        assert "secret" not in json.dumps(given)


def clerk_or_public(desk: Desk) -> Callable[[Any], Reader]:
    def reader_of(request: Any) -> Reader:
        if request.headers.get("authorization") == "Bearer clerk":
            return Reader("clerk", frozenset({"public", "staff"}))
        return access.anonymous(desk.settings)

    return reader_of


SECRET = "# Vault\n\nThe vault code of the archive is 4711. It is kept."
VARYING = {"id", "created", "response", "meter"}


def without(value: Any) -> Any:
    """A reply without what differs from call to call; ids of documents stay."""
    if isinstance(value, dict):
        return {
            name: without(inner)
            for name, inner in value.items()
            if name not in VARYING or "source" in value or "characters" in value
        }
    return [without(inner) for inner in value] if isinstance(value, list) else value


def world(at: str, hidden: str) -> list[Any]:
    """Everything that the anonymous reader can ask for."""

    async def talk(client: Any) -> list[Any]:
        seen: list[Any] = []
        for question in ("What is the vault code of the archive?", STALL):
            for name, key in (("search", "query"), ("ask", "question")):
                seen.append(without((await client.call_tool(name, {key: question})).structured_content))
        for id in (hidden, "0" * len(hidden)):
            refused = await client.call_tool("get_document", {"id": id})
            seen.append((refused.is_error, refused.content[0].text.replace(id, "ID")))
            with pytest.raises(mcp.MCPError) as caught:
                await client.read_resource(f"wazi://documents/{id}")
            seen.append((caught.value.error.code, caught.value.error.message))
        assert seen[-1] == seen[-3]
        assert seen[-2] == seen[-4]
        seen.append([each.model_dump(mode="json") for each in (await client.list_resources()).resources])
        with pytest.raises(mcp.MCPError) as caught:
            await client.list_resources(cursor=hidden)
        return [*seen, caught.value.error.message]

    seen: list[Any] = told(at, talk)
    return seen


@pytest.mark.parametrize("labels", [frozenset({"staff"}), frozenset()])
def test_a_hidden_document_changes_nothing(desk_of: Callable[[str], Desk], labels: frozenset[str]) -> None:
    with_it, other = desk_of("point"), desk_of("point")
    for each in (with_it, other):
        put(each, "charter.md", CHARTER)
    hidden = put(with_it, "secret.md", SECRET, labels=labels).id
    with serving(with_it, clerk_or_public(with_it)) as at:
        mine = world(at, hidden)
        reply = sent(at, LIST | {"method": "resources/list"}, Authorization="Bearer clerk")
        assert (hidden in reply.text) == bool(labels)
    with serving(other, clerk_or_public(other)) as at:
        assert world(at, hidden) == mine
    assert "4711" not in json.dumps(mine)


def test_who_may_see_it_sees_it(desk: Desk) -> None:
    hidden = put(desk, "secret.md", SECRET, labels=frozenset({"staff"})).id
    body = {**LIST, "method": "tools/call", "params": {"name": "get_document", "arguments": {"id": hidden}}}
    with serving(desk, clerk_or_public(desk)) as at:
        for mode in (NEW, OLD):
            assert "4711" in sent(at, body, mode, Authorization="Bearer clerk").text
            assert "4711" not in sent(at, body, mode).text


def test_keys_of_the_office(desk: Desk) -> None:
    from fastapi.testclient import TestClient

    from wazi.serve import auth
    from wazi.serve.app import create
    from wazi.state import keys, people

    with auth.open_for(desk.settings) as state:
        app = create(desk, auth.reader_of)
        auth.add(app, desk.settings, state)
        people.add(state, "ada")
        framed = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": OLD}
        right, wrong = (keys.add(state, "ada", scopes=[scope]).text for scope in ("ask", "retrieve"))
        with TestClient(app, base_url="http://127.0.0.1") as client:

            def status(key: str) -> int:
                return client.post("/mcp", json=LIST, headers=framed | {"Authorization": f"Bearer {key}"}).status_code

            assert [status(key) for key in (right, wrong, "sk-1", "public")] == [200, 403, 401, 200]
            assert (
                client.post("/mcp", json=LIST, headers=framed | {"Authorization": "Bearer x"})
                .headers["www-authenticate"]
                .startswith("Bearer")
            )


def test_nothing_is_kept_between_requests(at: str) -> None:
    begin = {"protocolVersion": OLD, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    reply = sent(at, LIST | {"method": "initialize", "params": begin}, OLD)
    assert reply.status_code == 200
    assert "mcp-session-id" not in reply.headers
    found = raw(at, "server/discover", {})["result"]
    assert found["supportedVersions"] == [NEW]
    assert found["capabilities"].keys() == {"tools", "resources"}
    assert (found["ttlMs"], found["cacheScope"]) == (3_600_000, "public")
    listed = raw(at, "resources/list", {})["result"]
    assert (listed["ttlMs"], listed["cacheScope"]) == (0, "private")
