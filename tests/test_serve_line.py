# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who comes first is served first, whoever waits knows how many are before them, and a quote never waits for a generator."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from serving import eventually, serving

from wazi import access
from wazi.desk import Desk, Models
from wazi.errors import MissingPart, UsageError
from wazi.languages.messages import say
from wazi.models.fake import FakeGenerator
from wazi.serve import web_answer
from wazi.serve.app import create
from wazi.serve.counter import Asked, Counter
from wazi.serve.line import Line
from wazi.types import Usage, Waiting

STALL = "What does a market stall cost per day?"


class Held:
    """The fake generator behind a gate: each generation waits for the gate to open."""

    name, writes, marks = "fake", frozenset[str](), frozenset[str]()

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.begun = 0

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> Generator[str, None, Usage]:
        self.begun += 1
        assert self.gate.acquire(timeout=20)
        return (yield from FakeGenerator().generate(messages, schema=schema, max_tokens=max_tokens))


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.gate.release(100)


def slow(desk: Desk, generator: Held) -> Desk:
    models = Models(lambda: desk.models.embedder, lambda _: generator)
    return replace(desk, models=models)


def test_work_is_done_in_the_order_in_which_it_came_and_all_who_wait_know_their_place() -> None:
    line, gate = Line(2, "test"), threading.Semaphore(0)
    done: list[int] = []
    places: list[list[int]] = [[] for _ in range(6)]

    def work(number: int) -> Callable[[], None]:
        def at_work() -> None:
            assert gate.acquire(timeout=10)
            done.append(number)

        return at_work

    futures = [line.join(work(number), places[number].append) for number in range(6)]
    assert places == [[], [], [2], [3], [4], [5]]
    futures[3].cancel()
    assert places == [[], [], [2], [3], [4, 3], [5, 4]]
    gate.release(6)
    for number in (0, 1, 2, 4, 5):
        futures[number].result(10)
    line.close()
    assert sorted(done) == [0, 1, 2, 4, 5]
    assert done.index(5) > done.index(2)
    assert places[5][:3] == [5, 4, 3]
    assert all(one > other for told in places for one, other in itertools.pairwise(told))


def test_work_that_fails_gives_up_its_place() -> None:
    line = Line(1, "test")
    with pytest.raises(ZeroDivisionError):
        line.join(lambda: 1 / 0).result(10)
    told: list[int] = []
    assert line.join(lambda: 7, told.append).result(10) == 7
    assert told == []
    line.close()


def test_a_question_that_waits_is_told_its_place_and_one_that_is_stopped_leaves_the_line(
    desk: Desk, held: Held
) -> None:
    async def asking() -> None:
        counter = Counter(slow(desk, held))
        asked = Asked(STALL, access.anonymous(desk.settings, "en"))
        first, second, third, fourth = [counter.start(asked, seconds=None) for _ in range(4)]
        steps = fourth.events()
        assert await anext(steps) == Waiting(3)
        third.stop()
        assert await anext(steps) == Waiting(2)
        held.gate.release(3)
        for work in (first, second, fourth):
            answer = (await work.reply()).answer
            assert answer
            assert answer.outcome == "answered"
        assert held.begun == 3
        with pytest.raises(UsageError):
            counter.start(replace(asked, question=" "), seconds=None)
        counter.close()

    asyncio.run(asking())


def test_places_are_given_back_by_those_who_leave_the_line(desk: Desk, held: Held) -> None:
    async def asking() -> None:
        serve = desk.settings.serve.model_copy(update={"waiting": 3})
        narrow = replace(desk, settings=desk.settings.model_copy(update={"serve": serve}))
        counter = Counter(slow(narrow, held))
        asked = Asked(STALL, access.anonymous(desk.settings, "en"))
        works = [counter.start(asked, seconds=None) for _ in range(3)]
        works[2].stop()
        works[2] = counter.start(asked, seconds=None)
        held.gate.release(3)
        for work in works:
            await work.reply()
        assert counter.metrics.in_hand._value.get() == 0
        assert counter.metrics.stopped._value.get() == 1
        counter.close()

    asyncio.run(asking())


def test_a_page_that_cannot_be_begun_stops_its_question(
    desk: Desk, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> tuple[()]:
        raise MissingPart("gone")

    monkeypatch.setattr(web_answer, "found", broken)
    with TestClient(create(slow(desk, held)), base_url="http://127.0.0.1") as client:
        assert client.post("/", data={"question": STALL, "lang": "en"}).status_code == 503
        held.gate.release(1)
        lines = client.get("/metrics").text.splitlines()
        assert eventually(lambda: "wazi_questions_in_hand 0.0" in client.get("/metrics").text), lines
        assert "wazi_stopped_total 1.0" in client.get("/metrics").text


@contextmanager
def two_wait(address: str, held: Held) -> Iterator[None]:
    """Two questions are with the generator until the end of the block."""

    def one() -> None:
        httpx.post(f"{address}/api/ask", json={"question": STALL}, timeout=30)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for each in threads:
        each.start()
    assert eventually(lambda: held.begun == 2)
    yield
    held.gate.release(10)
    for each in threads:
        each.join()


@pytest.mark.enable_socket
def test_the_page_tells_the_place_before_the_answer_and_quotes_do_not_wait(desk: Desk, held: Held) -> None:
    with serving(slow(desk, held)) as address, two_wait(address, held):
        quote = httpx.post(f"{address}/api/ask", json={"question": STALL, "model": "quote"}, timeout=20).json()
        assert quote["outcome"] == "answered"
        form = {"question": STALL, "lang": "en"}
        with httpx.stream("POST", f"{address}/", data=form, timeout=20) as page:
            parts, text = page.iter_text(), ""
            while 'role="status"' not in text:
                text += next(parts)
            assert say("before_you", "en", before=2) in text
            assert say("found_heading", "en") in text
            assert "<blockquote" not in text
            held.gate.release(3)
            text += "".join(parts)
            assert text.index('role="status"') < text.index("<blockquote")


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": STALL}]}),
        ("/v1/responses", {"input": STALL}),
    ],
)
def test_a_stream_tells_the_place_in_a_comment(desk: Desk, held: Held, path: str, body: dict[str, Any]) -> None:
    with (
        serving(slow(desk, held)) as address,
        two_wait(address, held),
        httpx.stream("POST", address + path, json=body | {"model": "wazi", "stream": True}, timeout=20) as stream,
    ):
        lines = stream.iter_lines()
        assert any(line == ": questions before this one: 2" for line in lines)
        held.gate.release(3)
        assert any("450 shillings" in line for line in lines)


@pytest.mark.enable_socket
def test_who_leaves_the_page_leaves_the_line(desk: Desk, held: Held) -> None:
    def in_hand() -> str:
        lines = httpx.get(f"{address}/metrics").text.splitlines()
        return next(line for line in lines if line.startswith("wazi_questions_in_hand "))

    with serving(slow(desk, held)) as address, two_wait(address, held):
        with httpx.stream("POST", f"{address}/", data={"question": STALL, "lang": "en"}, timeout=20) as page:
            parts = page.iter_text()  # kept: it closes the connection when it goes
            while 'role="status"' not in next(parts):
                pass
            assert in_hand().endswith(" 3.0")
        assert eventually(lambda: in_hand().endswith(" 2.0"))
    assert held.begun == 2
