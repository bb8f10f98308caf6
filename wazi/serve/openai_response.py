# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The shape of one response of `/v1/responses`, whole and as a stream of events; it does not know how it is asked for or stored."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from typing import Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from wazi.converse import Reply
from wazi.errors import WaziError
from wazi.serve import marking
from wazi.serve.counter import Asked, Work
from wazi.serve.errors import ApiError, told
from wazi.serve.openai_words import DEFAULT, HOLDINGS, Extension, Lenient, Message, Part
from wazi.serve.reply import BEAT, event, in_line
from wazi.types import Outcome, Step, Waiting

SEARCH = "file_search"
RESULTS = "file_search_call.results"
"""What a client writes under `include` to get the quotes also as results of the search."""

EXAMPLE: JsonDict = {"model": DEFAULT, "input": "What does a market stall cost per day?"}


class Tool(Lenient):
    """A tool that the client offers. Of all types only `file_search` means something: the search is then shown as an item."""

    type: str
    vector_store_ids: list[str] | None = None
    filters: Any = None


class ResponseRequest(Lenient):
    """What is read of a request; other fields of the protocol have no effect."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    input: str | list[Message] = Field(
        description="the question, or messages: the last one of the user is the question"
    )
    model: str | None = Field(None, description="`wazi` for the model of this server, or a name of /v1/models")
    instructions: str | None = Field(None, description="not followed")
    stream: bool | None = False
    background: bool | None = Field(False, description="answer later: poll the response by its id")
    store: bool | None = Field(True, description="false: nothing is kept")
    previous_response_id: str | None = Field(None, description="the response whose turns this question follows")
    conversation: Any = Field(None, description="not offered: use previous_response_id")
    metadata: dict[str, str] | None = None
    include: list[str] | None = None
    tools: list[Tool] | None = None
    tool_choice: str | dict[str, Any] | None = Field(None, description="no tool of a client is ever called")
    text: dict[str, Any] | None = Field(None, description="only the format `text`")
    wazi: Extension = Extension()

    @property
    def messages(self) -> list[Message]:
        """The input as messages."""
        return [Message(role="user", content=self.input)] if isinstance(self.input, str) else self.input

    @property
    def shows_search(self) -> bool:
        """Whether the search is to be an item of the output."""
        return any(tool.type == SEARCH for tool in self.tools or ())

    def items(self) -> list[dict[str, Any]]:
        """The input as the protocol lists it: the user's messages."""
        users = [message for message in self.messages if message.role == "user"]
        return [
            {
                "id": f"msg_{uuid.uuid4().hex}",
                "type": "message",
                "role": "user",
                "status": "completed",
                "content": [{"type": "input_text", "text": part.text or ""} for part in _parts(message)],
            }
            for message in users
        ]


def _parts(message: Message) -> list[Part]:
    return message.content if isinstance(message.content, list) else [Part(text=message.content)]


class Shaped:
    """One response in its states."""

    def __init__(self, body: ResponseRequest, asked: Asked, name: str, base: str, *, stored: bool) -> None:
        self.stored = stored
        self.id = f"resp_{uuid.uuid4().hex}"
        self._body, self._asked, self._name, self._base = body, asked, name, base
        self._created = int(time.time())

    def state(self, status: str, **more: Any) -> dict[str, Any]:
        """The response without output, or with what `more` says."""
        body = self._body
        return {
            "id": self.id,
            "object": "response",
            "created_at": self._created,
            "status": status,
            "background": bool(body.background),
            "error": None,
            "incomplete_details": None,
            "instructions": body.instructions,
            "metadata": body.metadata or {},
            "model": self._name,
            "output": [],
            "parallel_tool_calls": False,
            "previous_response_id": body.previous_response_id,
            "store": self.stored,
            "temperature": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [{"type": SEARCH, "vector_store_ids": [HOLDINGS]}] if body.shows_search else [],
            "top_p": None,
            "truncation": "disabled",
            "usage": None,
        } | more

    def done(self, reply: Reply) -> dict[str, Any]:
        """The response with its output; failed when something went wrong on the way."""
        answer = reply.answer
        if answer and answer.outcome is Outcome.FAILED:
            return self.failed(ApiError(answer.text, status=500))
        output = [self._search(reply), self._message(reply)] if self._body.shows_search else [self._message(reply)]
        tokens = (answer.meter.tokens_in, answer.meter.tokens_out) if answer else (0, 0)
        usage = {
            "input_tokens": tokens[0],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": tokens[1],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": sum(tokens),
        }
        extension = marking.marked(reply, self._asked, id=self.id)
        return self.state("completed", completed_at=int(time.time()), output=output, usage=usage, wazi=extension)

    def failed(self, error: WaziError) -> dict[str, Any]:
        """The response that never came to an answer."""
        return self.state("failed", error={"code": "server_error", "message": str(told(error))})

    def _message(self, reply: Reply) -> dict[str, Any]:
        language = reply.understood.language
        annotations = [
            {"type": "url_citation"} | marking.cited(citation, self._base, language)
            for citation in marking.citations(reply.answer)
        ]
        text = {"type": "output_text", "text": marking.text_of(reply), "annotations": annotations, "logprobs": []}
        return {
            "id": f"msg_{self.id[5:]}",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [text],
        }

    def _search(self, reply: Reply | None = None) -> dict[str, Any]:
        item = {"id": f"fs_{self.id[5:]}", "type": "file_search_call", "status": "in_progress", "queries": []}
        if reply is None:
            return item
        found = None
        if RESULTS in (self._body.include or ()):
            quotes = [citation.quote for citation in marking.citations(reply.answer)]
            found = [
                {"file_id": quote.document.id, "filename": quote.document.title, "text": quote.text} for quote in quotes
            ]
        return item | {"status": "completed", "queries": [reply.understood.question], "results": found}

    async def stream(
        self, work: Work, keep: Callable[[dict[str, Any], Reply | None], Awaitable[None]]
    ) -> AsyncIterator[bytes]:
        """The events of a response, in order. `keep` gets its last state before the client does."""
        numbers = count()

        def said(kind: str, **more: Any) -> bytes:
            return event({"type": kind, "sequence_number": next(numbers)} | more, kind)

        yield said("response.created", response=self.state("in_progress"))
        yield said("response.in_progress", response=self.state("in_progress"))
        search = {"output_index": 0, "item_id": self._search()["id"]}
        if self._body.shows_search:
            yield said("response.output_item.added", output_index=0, item=self._search())
            yield said("response.file_search_call.in_progress", **search)
        async for passed in work.events():
            if passed is None:
                yield BEAT
            elif isinstance(passed, Waiting):
                yield in_line(passed.before)
            elif self._body.shows_search and passed == Step("retrieve"):
                yield said("response.file_search_call.searching", **search)
        reply = None
        try:
            reply = await work.reply()
            final = self.done(reply)
        except WaziError as error:
            final = self.failed(error)
        await keep(final, reply)
        for index, item in enumerate(final["output"]):
            for kind, more in _item_events(item, marking.pieces(reply) if reply else []):
                yield said(kind, output_index=index, **more)
        yield said(f"response.{final['status']}", response=final)


def _item_events(item: dict[str, Any], pieces: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """How an item of the output comes about, after the fact: its words are shown when they are verified, not before."""
    if item["type"] == "file_search_call":
        yield "response.file_search_call.completed", {"item_id": item["id"]}
        yield "response.output_item.done", {"item": item}
        return
    part = item["content"][0]
    place = {"item_id": item["id"], "content_index": 0}
    yield "response.output_item.added", {"item": item | {"status": "in_progress", "content": []}}
    yield "response.content_part.added", place | {"part": part | {"text": "", "annotations": []}}
    for piece in pieces:
        yield "response.output_text.delta", place | {"delta": piece, "logprobs": []}
    for index, annotation in enumerate(part["annotations"]):
        told_of = {"annotation_index": index, "annotation": annotation}
        yield "response.output_text.annotation.added", place | told_of
    yield "response.output_text.done", place | {"text": part["text"], "logprobs": []}
    yield "response.content_part.done", place | {"part": part}
    yield "response.output_item.done", {"item": item}
