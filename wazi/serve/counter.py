# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The desk as a server holds it: questions wait in a line, threads answer them in order, and each can be stopped.

Every way in (API, page, MCP) asks here. Steps are synchronous and run in threads, quotes in as many as there are processors. What
a generator has a part in waits in a line of its own, so that quotes never wait for it. A question whose asker is gone leaves the
line, or ends at the next word of its generation, or when its next step asks for a model.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from starlette.requests import Request

from wazi import access, ask, converse, languages
from wazi.converse import Reply
from wazi.desk import QUOTE, Desk, Models
from wazi.errors import NotPermitted, UsageError, WaziError
from wazi.guard import screen_question
from wazi.serve.errors import ApiError, Busy, Stopped, TooSlow
from wazi.serve.line import Line
from wazi.serve.metrics import Metrics
from wazi.serve.spans import Spans
from wazi.types import Answered, Event, Outcome, Reader, Step, Usage, Waiting

if TYPE_CHECKING:
    from wazi.models import Embedder
    from wazi.models import Generator as TextGenerator
    from wazi.state import State
    from wazi.types import Vector

T = TypeVar("T")

log = logging.getLogger(__name__)

NO_KEY = "public"
"""What a client sends as its key when it has none and has to send one."""

OPEN = (Outcome.NO_EVIDENCE, Outcome.SOURCES_CONFLICT, Outcome.NEEDS_A_PERSON, Outcome.LANGUAGE_UNSUPPORTED)
"""Outcomes that leave something to do for the staff."""

BEAT_SECONDS = 15.0
"""A stream that has nothing to say says so this often: proxies close silent connections after 30 or 60 seconds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it came in, with who asks it. `model` None: that of the settings."""

    question: str
    reader: Reader
    earlier: tuple[str, ...] = ()
    on: dt.date | None = None
    model: str | None = None


class Stop:
    """A switch that ends one question."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self.waits: Future[Any] | None = None
        """The question while it waits in line: it leaves the line."""

    def set(self) -> None:
        """End the question at its next word or step; one that has not begun never does."""
        self._set.set()
        if self.waits:
            self.waits.cancel()

    def check(self) -> None:
        """Raises Stopped when it is set."""
        if self._set.is_set():
            raise Stopped


class _Stoppable(Models):
    """The models of the desk, for one question."""

    def __init__(self, models: Models, stop: Stop) -> None:
        super().__init__(
            lambda: models.embedder, lambda name: _Interrupted(models.generator(name), stop), lambda: models.reader
        )
        self._models, self._stop = models, stop

    @property
    def embedder(self) -> Embedder:
        self._stop.check()
        return super().embedder

    def sense(self, sentences: Sequence[str]) -> Vector:
        self._stop.check()
        return self._models.sense(sentences)

    def question(self, text: str) -> Vector:
        self._stop.check()
        return self._models.question(text)


class _Interrupted:
    """A generator that ends at the next word once the switch is set."""

    def __init__(self, inner: TextGenerator, stop: Stop) -> None:
        self.name, self.writes, self.marks = inner.name, inner.writes, inner.marks
        self._inner, self._stop = inner, stop

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> Generator[str, None, Usage]:
        """As the inner one. Raises Stopped."""
        self._stop.check()
        pieces = self._inner.generate(messages, schema=schema, max_tokens=max_tokens)
        try:
            while True:
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    usage: Usage = end.value
                    return usage
                self._stop.check()
                yield piece
        finally:
            pieces.close()


class Work:
    """One question being answered in a thread: its events as they come, then its reply. Lives in the server's event loop."""

    def __init__(self, stop: Stop, seconds: float | None) -> None:
        self._stop = stop
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._first: Event | None = None
        self._done: asyncio.Future[Reply] = self._loop.create_future()
        self._timer = self._loop.call_later(seconds, self.stop, TooSlow(seconds)) if seconds else None

    def stop(self, error: Exception | None = None) -> None:
        """End it with `error` (default: Stopped); harmless when it is over."""
        self._stop.set()
        self._settle(error or Stopped())

    async def begun(self) -> None:
        """Wait until the question is in line or begun. Raises what is wrong with it."""
        self._first = await self._events.get()
        if self._first is None:
            self._events.put_nowait(None)
            await self.reply()

    async def events(self) -> AsyncIterator[Event | None]:
        """The events; None whenever nothing came for a while. Stops the work when it is not read to the end."""
        try:
            if self._first:
                yield self._first
            while True:
                try:
                    event = await asyncio.wait_for(self._events.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield None
                    continue
                if event is None:
                    return
                yield event
        finally:
            self.stop()

    async def reply(self) -> Reply:
        """What came of it. Raises what `converse` raises, Stopped and TooSlow."""
        return await asyncio.shield(self._done)

    def put(self, event: Event) -> None:
        """From the thread: one more event."""
        self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    def finish(self, done: Future[Reply]) -> None:
        """From the thread: it is over."""
        outcome = Stopped() if done.cancelled() else done.exception() or done.result()
        self._loop.call_soon_threadsafe(self._settle, outcome)

    def _settle(self, outcome: BaseException | Reply) -> None:
        if self._timer:
            self._timer.cancel()
        if self._done.done():
            return
        if isinstance(outcome, Reply):
            self._done.set_result(outcome)
        else:
            self._done.set_exception(outcome)
            self._done.exception()  # looked at: whoever has gone never asks, and that is no mistake
        self._events.put_nowait(None)


class Counter:
    """Where questions are asked, whatever way they came in."""

    def __init__(
        self,
        desk: Desk,
        reader_of: Callable[[Request], Reader] | None = None,
        spans: Spans | None = None,
        *,
        state: State | None = None,
    ) -> None:
        self.desk, self.state = desk, state
        self.metrics = Metrics()
        self._spans = spans or (Spans(desk) if desk.settings.api.spans else None)
        waiting = desk.settings.serve.waiting
        self._places = threading.BoundedSemaphore(waiting)
        self._running: WeakSet[Stop] = WeakSet()
        settings = desk.settings.compose
        # an endpoint sees to its own line; a model on this computer writes one answer while the next is looked up
        self._quoting = Line(os.cpu_count() or 1, "quote")
        self._writing = Line(waiting if settings.url else 2, "write")
        self._reader_of = reader_of or self._anonymous

    def reader(self, request: Request, lang: str | None = None) -> Reader:
        """Who asks, and in which language a reply is wanted. Raises UsageError for an unknown one, and what `reader_of` raises."""
        if lang is not None and languages.find(lang) is None:
            raise UsageError(f"lang {lang!r} is not a language known here")
        reader = self._reader_of(request)
        return replace(reader, language=lang) if lang else reader

    def _anonymous(self, request: Request) -> Reader:
        """Where no keys are given out, nobody has one. Raises ApiError for one: its holder would take public answers for all."""
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and key.strip() != NO_KEY:
            said = f"this server gives out no keys: send {NO_KEY!r} as the key"
            raise ApiError(said, status=401, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})
        return access.anonymous(self.desk.settings)

    def start(self, asked: Asked, *, seconds: float | None) -> Work:
        """Begin to answer when its turn comes, for at most `seconds` from now.

        Raises UsageError for no question, NotPermitted and Busy; what else is wrong comes later.
        """
        self._check(asked)
        self._take()
        stop = Stop()
        self._running.add(stop)
        work = Work(stop, seconds)
        model = asked.model or self.desk.settings.compose.model
        line = self._quoting if model == QUOTE else self._writing
        run = partial(self._run, asked, stop, work.put)
        stop.waits = line.join(run, lambda before: work.put(Waiting(before)))
        stop.waits.add_done_callback(self._over)
        stop.waits.add_done_callback(work.finish)
        return work

    async def look(self, work: Callable[[], T]) -> T:
        """Do what takes no longer than a quote, in the line of quotes."""
        return await asyncio.wrap_future(self._quoting.join(work))

    async def answer(self, asked: Asked, request: Request) -> Reply:
        """The reply to somebody who waits for it: stopped when they hang up (Stopped) or it takes too long (TooSlow)."""
        work = self.start(asked, seconds=self.desk.settings.api.answer_seconds)
        gone = asyncio.create_task(_hung_up(request, work))
        try:
            return await work.reply()
        finally:
            gone.cancel()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place among those who wait, for work that is not a question. Raises Busy."""
        self._take()
        try:
            yield
        finally:
            self._leave()

    def close(self) -> None:
        """Stop what runs and wait for it."""
        for stop in list(self._running):
            stop.set()
        self._quoting.close()
        self._writing.close()

    def _check(self, asked: Asked) -> None:
        screen_question(asked.question, self.desk.settings.understand.max_characters)
        if asked.model not in (None, QUOTE, self.desk.settings.compose.model):
            raise NotPermitted(f"model {asked.model!r} is not offered here: leave it out, or use 'quote'")

    def _take(self) -> None:
        if not self._places.acquire(blocking=False):
            raise Busy
        self.metrics.in_hand.inc()

    def _over(self, done: Future[Reply]) -> None:
        self._leave()
        self.metrics.stopped.inc(done.cancelled())

    def _leave(self) -> None:
        self._places.release()
        self.metrics.in_hand.dec()

    def _run(self, asked: Asked, stop: Stop, put: Callable[[Event], None]) -> Reply:
        """Answer; what came of it is counted and noted."""
        began, marks = time.time_ns(), list[tuple[str, int]]()
        steps = follow(asked, replace(self.desk, models=_Stoppable(self.desk.models, stop)))
        outcome: Reply | BaseException = Stopped()
        try:
            while True:
                try:
                    event = next(steps)
                except StopIteration as end:
                    reply: Reply = end.value
                    outcome = reply
                    break
                if isinstance(event, Step):
                    marks.append((event.name, time.time_ns()))
                put(event)
        except WaziError as error:
            outcome = error
            self.metrics.stopped.inc(isinstance(error, Stopped))
            raise
        finally:
            if self._spans:
                self._spans.question(outcome, began, time.time_ns(), marks)
        self.metrics.answered(reply)
        self._note(asked, reply)
        return reply

    def _note(self, asked: Asked, reply: Reply) -> None:
        """Keep a question that got no answer for the staff, where questions are kept."""
        answer = reply.answer
        if (
            answer is None
            or answer.outcome not in OPEN
            or not self.state
            or not self.desk.settings.audit.keep_questions
        ):
            return
        from wazi.state import unanswered

        try:
            unanswered.keep(
                self.state,
                question=reply.understood.question,
                language=answer.language,
                outcome=answer.outcome,
                labels=asked.reader.labels,
            )
        except WaziError as error:  # the asker has an answer, and the keeper a trace
            log.warning("serve.unanswered", exc_info=error)


def follow(asked: Asked, desk: Desk) -> Generator[Event, None, Reply]:
    """`converse.converse` with the events on the way."""
    question, earlier, reader, on = asked.question, asked.earlier, asked.reader, asked.on
    read = converse.understood(question, earlier, reader, desk, on=on)
    if len(read.readings) > 1:
        return converse.converse(question, earlier, reader, desk, on=on, model=asked.model)
    known = replace(reader, language=read.language) if earlier else reader
    answer = None
    for event in ask.ask(read.question, known, desk, on=on, model=asked.model):
        yield event
        answer = event.answer if isinstance(event, Answered) else answer
    return Reply(read, answer)


async def _hung_up(request: Request, work: Work) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    work.stop()
