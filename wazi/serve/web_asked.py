# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A question from the form -> the page with its answer.

With a generator the page goes out in parts: what was found, how many questions are before this one, then the answer. It does not
know how a question is answered.
"""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from wazi import access
from wazi.converse import EARLIER, spoken
from wazi.desk import QUOTE
from wazi.errors import UsageError, WaziError
from wazi.languages import messages
from wazi.serve import marking, web_answer, web_feedback
from wazi.serve.counter import Asked
from wazi.serve.web_pages import language_of, page, streamed
from wazi.types import PUBLIC, Waiting

if TYPE_CHECKING:
    from wazi.converse import Reply
    from wazi.serve.counter import Counter, Work

PLACE = '<p class="place" role="status">{}</p>\n'
"""How many questions are before this one; the style sheet shows the last of them until something follows."""

BEAT = "<!-- still working -->\n"
"""Keeps a silent connection open."""


class Typed(BaseModel):
    """The form of a question. `again` is the language in which the last of `earlier` is to be answered once more."""

    question: str = ""
    lang: str = ""
    again: str = ""
    earlier: list[str] = Field([])


async def answered(request: Request, form: Typed, counter: Counter, values: dict[str, Any]) -> Response:
    """The page with the answer. A question that cannot be asked has status 400. Raises what the counter raises."""
    question, turns = form.question, list(form.earlier)
    if turns and (turns[-1] == question or (form.again and not question.strip())):
        question = turns.pop()  # the same once more is no next turn
    shown, before = language_of(request, form.again or form.lang), recent(turns, counter)
    reader = await run_in_threadpool(counter.reader, request)
    values = values | {"question": question, "earlier": before, "again": True, "public": reader.labels <= {PUBLIC}}
    # the page's language was perhaps never chosen: it holds where the turns do not tell
    asked = Asked(question, replace(reader, language=spoken(question, before, default=shown)), tuple(before))
    made = partial(_told, request, counter, asked, shown)
    try:
        if counter.desk.settings.compose.model != QUOTE:
            work = counter.start(asked, seconds=None)
            late = _Late(work, made, shown)
            try:
                found = await counter.look(partial(web_answer.found, question, before, asked.reader, counter.desk))
            except BaseException:
                work.stop()
                raise
            parts = {"found": found, "ask": late.told}
            return streamed("ask.html", request, shown, meanwhile=late.places(), **values | parts)
        told = await run_in_threadpool(made, await counter.answer(asked, request))
        return page("ask.html", request, shown, **values | {"ask": lambda: told})
    except UsageError:
        limit = counter.desk.settings.understand.max_characters
        problem = messages.say("too_long" if len(question) > limit else "empty_question", shown, limit=limit)
        return page("ask.html", request, shown, status=400, **values | {"problem": problem, "again": False})


class _Late:
    """A reply that comes while its page is being sent. The status is out by then: an error can only be told in words."""

    def __init__(self, work: Work, made: Callable[[Reply], dict[str, Any]], language: str) -> None:
        self._work, self._made, self._language = work, made, language
        self._told: dict[str, Any] = {"answer": None, "understood": None, "earlier": (), "failed": True}

    async def places(self) -> AsyncIterator[str]:
        """A line for every change of place; over when the reply is there."""
        waited = False
        async for event in self._work.events():
            if event is None:
                yield BEAT
            elif isinstance(event, Waiting):
                waited = True
                yield self._line("before_you", before=event.before)
            elif waited:
                waited = False
                yield self._line("your_turn")
        try:
            self._told = await run_in_threadpool(self._made, await self._work.reply())
        except WaziError:
            return

    def _line(self, key: str, **values: int) -> str:
        return PLACE.format(html.escape(messages.say(key, self._language, **values)))

    def told(self) -> dict[str, Any]:
        """What the page shows of it, once `places` is over."""
        return self._told


def _told(request: Request, counter: Counter, asked: Asked, shown: str, reply: Reply) -> dict[str, Any]:
    """What the page shows of a reply."""
    answer, base = reply.answer, marking.base(request, counter.desk)
    values = {"answer": answer, "understood": reply.understood, "earlier": asked.earlier, "failed": False}
    if answer is None:
        return values
    tongues = web_answer.spoken(answer, access.holdings_of(asked.reader), counter.desk)
    return values | {
        "earlier": recent([*asked.earlier, reply.understood.typed], counter),
        "tongues": tongues,
        "written": web_answer.is_written(answer),
        "mark": web_answer.mark(answer, tongues, base),
        "shared": web_answer.shared(answer.question, shown, base),
        "address": marking.address,
        "reasons": web_feedback.REASONS,
    }


def recent(turns: Sequence[str], counter: Counter) -> list[str]:
    """The last turns that are not blank, together no longer than one question may be: they go to and fro with every page."""
    left = counter.desk.settings.understand.max_characters
    kept: list[str] = []
    for turn in [turn for turn in turns if turn.strip()][: -EARLIER - 1 : -1]:
        left -= len(turn)
        if left < 0:
            break
        kept.insert(0, turn)
    return kept
