# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`/v1/chat/completions`: the last user message is the question, the user messages before it are its earlier turns.

A stream shows only what is verified: its words come when the answer is done, comments keep it open until then. Citations are
`annotations` of the message; everything else about the answer is in the field `wazi`, in a stream on the last choice.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict
from starlette.concurrency import run_in_threadpool

from wazi.converse import Reply
from wazi.errors import WaziError
from wazi.serve import marking, openapi
from wazi.serve.counter import Asked, Counter, Work
from wazi.serve.errors import ApiError, shape, told
from wazi.serve.openai_words import DEFAULT, Extension, Lenient, Message, model, refuse_json, turns, unasked
from wazi.serve.reply import BEAT, Json, Stream, event, in_line
from wazi.types import Answer, Outcome, Waiting

EXAMPLE: JsonDict = {
    "model": DEFAULT,
    "messages": [{"role": "user", "content": "What does a market stall cost per day?"}],
}


class StreamOptions(Lenient):
    """What a stream tells beside its words."""

    include_usage: bool = False


class ChatRequest(Lenient):
    """What is read of a request; other fields of the protocol have no effect."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    model: str = Field(description="`wazi` for the model of this server, or a name of /v1/models")
    messages: list[Message] = Field(min_length=1, description="a system prompt is not followed; answers are not read")
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(1, description="only 1")
    response_format: dict[str, Any] | None = Field(None, description="only of type `text`")
    tool_choice: str | dict[str, Any] | None = Field(None, description="no tool is ever called")
    wazi: Extension = Extension()


class Completion:
    """The replies to one request, in the protocol's shape."""

    def __init__(self, asked: Asked, name: str, base: str) -> None:
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self._asked, self._base = asked, base
        self._head = {"id": self.id, "created": int(time.time()), "model": name}

    def whole(self, reply: Reply) -> dict[str, Any]:
        """The reply in one piece. Raises ApiError when something went wrong on the way."""
        _check(reply)
        message = {
            "role": "assistant",
            "content": marking.text_of(reply),
            "refusal": None,
            "annotations": self._annotations(reply),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _reason(reply.answer)}
        more = {"usage": _usage(reply.answer), "wazi": marking.marked(reply, self._asked, id=self.id)}
        return self._head | {"object": "chat.completion", "choices": [choice]} | more

    async def stream(self, work: Work, *, usage: bool) -> AsyncIterator[bytes]:
        """The same as events."""
        yield self._chunk({"role": "assistant", "content": "", "refusal": None})
        async for passed in work.events():
            if passed is None:
                yield BEAT
            elif isinstance(passed, Waiting):
                yield in_line(passed.before)
        try:
            reply = await work.reply()
            whole = self.whole(reply)
        except WaziError as error:
            failed = told(error)
            yield event(shape(failed.status, str(failed), failed.code))
            return
        for piece in marking.pieces(reply):
            yield self._chunk({"content": piece})
        choice, extension = whole["choices"][0], {"wazi": whole["wazi"]}
        noted = {"annotations": choice["message"]["annotations"]}
        yield self._chunk(noted, finish=choice["finish_reason"], more=extension)
        if usage:
            yield event(self._head | {"object": "chat.completion.chunk", "choices": [], "usage": whole["usage"]})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, more: dict[str, Any] | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(self._head | {"object": "chat.completion.chunk", "choices": [choice]} | (more or {}))

    def _annotations(self, reply: Reply) -> list[dict[str, Any]]:
        language = reply.understood.language
        return [
            {"type": "url_citation", "url_citation": marking.cited(citation, self._base, language)}
            for citation in marking.citations(reply.answer)
        ]


def add(app: FastAPI, counter: Counter) -> None:
    """Put the route into the application."""

    @app.post(
        "/v1/chat/completions",
        summary="One answer, as a chat completion; with `stream` as events",
        tags=["openai"],
        operation_id="createChatCompletion",
        responses=openapi.failures(400, 403, 404, 503, 504),
    )
    async def create_chat_completion(body: ChatRequest, request: Request) -> Response:
        asked = await run_in_threadpool(_asked, body, request, counter)
        completion = Completion(asked, body.model, marking.base(request, counter.desk))
        if not body.stream:
            return Json(completion.whole(await counter.answer(asked, request)))
        work = counter.start(asked, seconds=counter.desk.settings.api.answer_seconds)
        await work.begun()
        usage = body.stream_options is not None and body.stream_options.include_usage
        return Stream(completion.stream(work, usage=usage))


def _asked(body: ChatRequest, request: Request, counter: Counter) -> Asked:
    if body.n not in (None, 1):
        raise ApiError(f"n: {body.n} choices are not offered, only 1", param="n")
    refuse_json(body.response_format, "response_format")
    unasked(body.tool_choice)
    limit = counter.desk.settings.understand.max_characters
    said = turns(body.messages, (), limit=limit, param="messages")
    reader = counter.reader(request, body.wazi.lang)
    return Asked(said.question, reader, said.earlier, body.wazi.on, model(body.model, counter.desk))


def _check(reply: Reply) -> None:
    if reply.answer and reply.answer.outcome is Outcome.FAILED:
        raise ApiError(reply.answer.text, status=500, code="failed")


def _reason(answer: Answer | None) -> str:
    return "content_filter" if answer and answer.outcome is Outcome.UNSAFE else "stop"


def _usage(answer: Answer | None) -> dict[str, int]:
    """Tokens of the generator; none without one."""
    tokens = (answer.meter.tokens_in, answer.meter.tokens_out) if answer else (0, 0)
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
