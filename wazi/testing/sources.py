# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What every source must do, as pytest tests of a class that a source's own tests subclass; and servers on 127.0.0.1.

A subclass gives the fixture `world`: what stands behind the source, which the suite changes. Knows no source's insides.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Protocol

from wazi import sources
from wazi.config import Sources
from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Mark, Memory, Same, Seen, Source

SETTINGS = Sources(private=("127.0.0.1",))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server got it: the target with its query, and the headers in lower case."""

    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Server:
    """A server on 127.0.0.1 that answers with a function; `asked` is every request in order, `sent` the bytes of bodies."""

    def __init__(self, respond: Callable[[Asked], Answer]) -> None:
        self.respond = respond
        self.asked: list[Asked] = []
        self.sent = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                outer.handle(self)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        asked = Asked(request.path, {name.lower(): value for name, value in request.headers.items()})
        self.asked.append(asked)
        answer = self.respond(asked)
        request.send_response(answer.status)
        for name, value in answer.headers.items():
            request.send_header(name, value)
        if answer.status != 304:
            request.send_header("Content-Length", str(len(answer.body)))
        request.end_headers()
        if answer.status != 304:
            request.wfile.write(answer.body)
            self.sent += len(answer.body)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()


def page(body: bytes, media_type: str = "text/html; charset=utf-8", *, etag: bool = True) -> Answer:
    """An answer that carries a document."""
    tag = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"'} if etag else {}
    return Answer(200, body, {"Content-Type": media_type, **tag})


def conditional(answer: Answer, asked: Asked) -> Answer:
    """The answer, or 304 when the one who asks has it already."""
    tag = answer.headers.get("ETag")
    return Answer(304, headers={"ETag": tag}) if tag and asked.headers.get("if-none-match") == tag else answer


def remember(events: Iterable[Event], memory: Memory) -> Memory:
    """What is known after a run in which everything was stored."""
    seen, mark = dict(memory.seen), memory.mark
    for event in events:
        if isinstance(event, Changed | Same):
            seen[event.seen.address] = event.seen
        elif isinstance(event, Gone):
            seen.pop(event.seen.address, None)
        elif isinstance(event, Mark):
            mark = event.text
    return Memory(seen, mark)


class World(Protocol):
    """What stands behind a source in the suite: documents by a short name (`a`, `b`, `c`)."""

    settings: Sources

    def source(self) -> Source:
        """The source over this world, made anew."""

    def put(self, name: str, text: str) -> None:
        """Publish a text under a name, or a new version of it."""

    def remove(self, name: str) -> None:
        """Take it away, as one does there."""

    def vanish(self) -> None:
        """The whole source is out of reach: a disk not mounted, a server that is down."""


class SourceConformance:
    """What every source must do. A subclass gives the fixture `world`, empty."""

    def filled(self, world: World) -> World:
        """Three documents."""
        for name in "abc":
            world.put(name, f"The office says {name}.")
        return world

    def run(self, world: World, memory: Memory) -> list[Event]:
        """One run, in which no address may come twice and nothing may fail."""
        events = list(world.source().changes(memory))
        told = [_address(event) for event in events if not isinstance(event, Mark)]
        assert len(told) == len(set(told))
        assert not [event for event in events if isinstance(event, Failed)]
        return events

    def texts(self, world: World, events: Iterable[Event]) -> list[str]:
        """The words that would go in."""
        places = [event.place for event in events if isinstance(event, Changed)]
        return sorted(sources.read(place, world.settings).data.decode().strip() for place in places)

    def test_everything_is_new_once(self, world: World) -> None:
        events = self.run(self.filled(world), Memory())
        wanted = ["The office says a.", "The office says b.", "The office says c."]
        assert [wanted[number] in text for number, text in enumerate(self.texts(world, events))] == [True] * 3
        again = self.run(world, remember(events, Memory()))
        assert self.texts(world, again) == []
        assert not [event for event in again if isinstance(event, Gone)]
        documents = {event.seen.document for event in events if isinstance(event, Changed)}
        assert documents == {event.seen.document for event in again if isinstance(event, Same)} - {None}

    def test_a_document_is_remembered_under_the_name_it_goes_in_by(self, world: World) -> None:
        for event in self.run(self.filled(world), Memory()):
            if isinstance(event, Changed):
                assert event.seen.document == event.place.source
                assert event.place.problem is None

    def test_only_what_changed_comes_again(self, world: World) -> None:
        memory = remember(self.run(self.filled(world), Memory()), Memory())
        world.put("b", "The office says something else.")
        (text,) = self.texts(world, self.run(world, memory))
        assert "something else" in text

    def test_what_was_removed_is_gone_and_nothing_else(self, world: World) -> None:
        memory = remember(self.run(self.filled(world), Memory()), Memory())
        world.remove("b")
        events = self.run(world, memory)
        (gone,) = [event for event in events if isinstance(event, Gone)]
        assert gone.reason
        assert gone.seen.document in {seen.document for seen in memory.seen.values()}
        assert self.texts(world, events) == []
        assert sum(isinstance(event, Same) and event.seen.document is not None for event in events) == 2

    def test_what_comes_back_is_taken_in_again(self, world: World) -> None:
        memory = remember(self.run(self.filled(world), Memory()), Memory())
        world.remove("b")
        (gone,) = [event for event in self.run(world, memory) if isinstance(event, Gone)]
        kept = {**memory.seen, gone.seen.address: _as_gone(gone)}
        world.put("b", "The office says b again.")
        (text,) = self.texts(world, self.run(world, Memory(kept, memory.mark)))
        assert "again" in text

    def test_what_was_left_off_is_told_again(self, world: World) -> None:
        """A kill after the first document: the others come the next time, the first does not."""
        begun = Memory()
        for event in self.filled(world).source().changes(Memory()):
            begun = remember([event], begun)
            if isinstance(event, Changed):
                break
        assert len(self.texts(world, self.run(world, begun))) == 2

    def test_a_source_out_of_reach_says_so_and_loses_nothing(self, world: World) -> None:
        memory = remember(self.run(self.filled(world), Memory()), Memory())
        world.vanish()
        told: list[Event] = []
        reason = ""
        try:
            told.extend(world.source().changes(memory))
        except InputError as error:
            reason = str(error)
        assert reason
        assert "\n" not in reason
        assert not [event for event in told if isinstance(event, Gone)]


def _address(event: Event) -> str:
    if isinstance(event, LeftOut | Failed):
        return event.address
    assert not isinstance(event, Mark)
    return event.seen.address


def _as_gone(event: Gone) -> Seen:
    return replace(event.seen, gone=event.reason)
