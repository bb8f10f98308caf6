# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`/v1/responses`: answers at once, as a stream, or in the background; stored ones are read, erased, cancelled and followed up.

A conversation is the asker's own turns, by `previous_response_id`. What was answered before is never read again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from wazi.converse import EARLIER, Reply
from wazi.errors import WaziError
from wazi.serve import marking, openapi
from wazi.serve.counter import Asked, Counter, Work
from wazi.serve.errors import ApiError, Stopped
from wazi.serve.openai_kept import UNFINISHED, Kept, Shelf
from wazi.serve.openai_response import SEARCH, ResponseRequest, Shaped
from wazi.serve.openai_words import HOLDINGS, model, refuse_json, turns, unasked
from wazi.serve.reply import Json, Stream
from wazi.types import Reader

ONE = "/v1/responses/{response_id}"


class Responses:
    """The responses of one server: what is stored, and what is being answered in the background."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.shelf = Shelf(counter.desk)
        self.shelf.settle()
        self._working: dict[str, Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def create(self, body: ResponseRequest, request: Request) -> Response:
        """One response. Raises ApiError and what asking raises."""
        self._check(body)
        asked = await run_in_threadpool(self._asked, body, request)
        name = body.model or model(None, self.counter.desk)
        stored = body.store is not False and self.shelf.keeps
        shaped = Shaped(body, asked, name, marking.base(request, self.counter.desk), stored=stored)
        seconds = self.counter.desk.settings.api.answer_seconds

        async def keep(state: dict[str, Any], reply: Reply | None) -> None:
            if stored:
                kept = Kept(state, (*asked.earlier, asked.question), tuple(body.items()), _documents(reply))
                await run_in_threadpool(self.shelf.put, kept, asked.reader)

        if body.background:
            work = self.counter.start(asked, seconds=None)
            await work.begun()
            state = shaped.state("in_progress")
            await keep(state, None)
            self._working[shaped.id] = work
            task = asyncio.create_task(self._later(shaped, work, keep))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return Json(state)
        if body.stream:
            work = self.counter.start(asked, seconds=seconds)
            await work.begun()
            return Stream(shaped.stream(work, keep))
        reply = await self.counter.answer(asked, request)
        state = shaped.done(reply)
        await keep(state, reply)
        return Json(state)

    async def _later(self, shaped: Shaped, work: Work, keep: Any) -> None:
        """Store what comes of an answer in the background."""
        reply = None
        try:
            reply = await work.reply()
            state = shaped.done(reply)
        except Stopped:
            state = shaped.state("cancelled")
        except WaziError as error:
            state = shaped.failed(error)
        if self._working.pop(shaped.id, None):  # else it was erased meanwhile
            await keep(state, reply)

    def kept(self, id: str, reader: Reader) -> Kept:
        """The stored response. Raises ApiError when there is none that this reader may see."""
        kept = self.shelf.get(id, reader) if self.shelf.keeps else None
        if kept is None:
            raise ApiError(f"no response is stored here under the id {id!r}", status=404, code="not_found", param="id")
        return kept

    async def erase(self, id: str, reader: Reader) -> None:
        """Erase a stored response, and stop its work. Raises ApiError when there is none of this reader."""
        if not (self.shelf.keeps and await run_in_threadpool(self.shelf.delete, id, reader)):
            raise ApiError(f"no response is stored here under the id {id!r}", status=404, code="not_found", param="id")
        if work := self._working.pop(id, None):
            work.stop()

    async def cancel(self, id: str, reader: Reader) -> dict[str, Any]:
        """Stop an answer in the background; one that is over stays as it is."""
        kept = await run_in_threadpool(self.kept, id, reader)
        if not kept.response["background"]:
            raise ApiError("only a response in the background can be cancelled: close the connection of others")
        work = self._working.get(id)
        if kept.response["status"] in UNFINISHED and work:
            work.stop()
            return dict(kept.response) | {"status": "cancelled"}
        return dict(kept.response)

    def _asked(self, body: ResponseRequest, request: Request) -> Asked:
        desk = self.counter.desk
        reader = self.counter.reader(request, body.wazi.lang)
        before: tuple[str, ...] = ()
        if body.previous_response_id:
            kept = self.shelf.get(body.previous_response_id, reader) if self.shelf.keeps else None
            if kept is None:
                said = f"no response is stored here under the id {body.previous_response_id!r}: send the turns as input"
                raise ApiError(said, code="previous_response_not_found", param="previous_response_id")
            before = kept.turns
        limit = desk.settings.understand.max_characters
        said_so_far = turns(body.messages, before, limit=limit, param="input")
        earlier = said_so_far.earlier[-EARLIER:]
        return Asked(said_so_far.question, reader, earlier, body.wazi.on, model(body.model, desk))

    def _check(self, body: ResponseRequest) -> None:
        refuse_json((body.text or {}).get("format"), "text.format")
        unasked(body.tool_choice)
        if body.conversation is not None:
            raise ApiError("conversation: not offered here: use previous_response_id", param="conversation")
        if body.background and (body.stream or body.store is False or not self.shelf.keeps):
            raise ApiError("background: needs store, and no stream: poll the response", param="background")
        for tool in body.tools or ():
            named = tool.vector_store_ids or [HOLDINGS]
            if tool.type == SEARCH and (named != [HOLDINGS] or tool.filters):
                said = f"tools: file_search here searches all of {HOLDINGS!r}, without filters: see /v1/vector_stores"
                raise ApiError(said, param="tools")


def _documents(reply: Reply | None) -> dict[str, str]:
    """What a stored response quotes or names, with the hashes of the contents."""
    if reply is None:
        return {}
    if reply.answer is None:
        records = [reading.document for reading in reply.understood.readings]
        return {record.id: record.sha256 for record in records if record}
    named = [quote.document for claim in reply.answer.claims for quote in claim.quotes]
    named += [near.document for near in reply.answer.nearest]
    return {document.id: document.sha256 for document in named}


def add(app: FastAPI, counter: Counter) -> None:
    """Put the routes into the application."""
    responses = Responses(counter)
    failures = openapi.failures

    @app.post(
        "/v1/responses",
        summary="One answer, as a response: at once, as events, or in the background",
        tags=["openai"],
        operation_id="createResponse",
        responses=failures(400, 403, 404, 503, 504),
    )
    async def create_response(body: ResponseRequest, request: Request) -> Response:
        return await responses.create(body, request)

    @app.get(
        ONE, summary="A stored response", tags=["openai"], operation_id="getResponse", responses=failures(400, 404)
    )
    def get_response(response_id: str, request: Request, stream: bool = False) -> Json:
        if stream:
            raise ApiError("stream: a stored response is read whole: leave stream out and poll", param="stream")
        return Json(dict(responses.kept(response_id, counter.reader(request)).response))

    @app.delete(
        ONE, summary="Erase a stored response", tags=["openai"], operation_id="deleteResponse", responses=failures(404)
    )
    async def delete_response(response_id: str, request: Request) -> Json:
        await responses.erase(response_id, await run_in_threadpool(counter.reader, request))
        return Json({"id": response_id, "object": "response", "deleted": True})

    @app.post(
        ONE + "/cancel",
        summary="Stop a response in the background",
        tags=["openai"],
        operation_id="cancelResponse",
        responses=failures(400, 404),
    )
    async def cancel_response(response_id: str, request: Request) -> Json:
        return Json(await responses.cancel(response_id, await run_in_threadpool(counter.reader, request)))

    @app.get(
        ONE + "/input_items",
        summary="The question of a stored response",
        tags=["openai"],
        operation_id="listInputItems",
        responses=failures(404),
    )
    def input_items(response_id: str, request: Request) -> Json:
        items = responses.kept(response_id, counter.reader(request)).input
        ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]} if items else {}
        return Json({"object": "list", "data": list(items), "has_more": False} | ends)
