# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the requests of the OpenAI-compatible API share: messages, the `wazi` field, names of models.

Fields of that protocol that mean nothing here (temperature, tools a client offers, a system prompt) are taken and not followed;
one that promises what cannot be kept (JSON, several choices, pictures) is an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wazi.converse import EARLIER
from wazi.desk import QUOTE, Desk
from wazi.serve.errors import ApiError

DEFAULT = "wazi"
"""The name that stands for the model of the settings."""

HOLDINGS = "documents"
"""The id of the one vector store: all that is held."""

TEXT = ("text", "input_text", "output_text")
"""Types of the parts of a message that are text."""


class Lenient(BaseModel):
    """A request: what is not known is passed over, as that protocol's servers do."""

    model_config = ConfigDict(extra="ignore")


class Extension(BaseModel):
    """The field `wazi` of a request."""

    model_config = ConfigDict(extra="forbid")

    lang: str | None = Field(None, description="language of the question and the reply, like `sw`")
    on: dt.date | None = Field(None, description="the day the answer must hold on; default: today")


class Part(Lenient):
    """A part of a message."""

    type: str = "text"
    text: str | None = None


class Message(Lenient):
    """One message. Only those of the role `user` are read."""

    role: str | None = Field(None, description="`user`; messages of any other role are not read")
    type: str = "message"
    content: str | list[Part] | None = None


class Turns(BaseModel):
    """What one person asked: the question and what came before it, oldest first."""

    question: str
    earlier: tuple[str, ...] = ()


def turns(messages: Sequence[Message], before: Sequence[str], *, limit: int, param: str) -> Turns:
    """The last user message is the question; `before` and the other user messages are the turns before it.

    The last few turns that can be asked are kept: long conversations go on. Raises ApiError without a user message.
    """
    said = [_text(message, param) for message in messages if message.role == "user" and message.type == "message"]
    if not said:
        raise ApiError(f"{param}: there is no message of the role user: its text is the question", param=param)
    *earlier, question = [*before, *said]
    kept = [turn for turn in earlier if turn.strip() and len(turn) <= limit]
    return Turns(question=question, earlier=tuple(kept[-EARLIER:]))


def _text(message: Message, param: str) -> str:
    if not isinstance(message.content, list):
        return message.content or ""
    for part in message.content:
        if part.type not in TEXT:
            raise ApiError(f"{param}: a part of type {part.type!r} cannot be read here: send text", param=param)
    return "\n".join(part.text or "" for part in message.content)


def model(name: str | None, desk: Desk) -> str:
    """The model that a request names. Raises ApiError for one that is not offered."""
    own = desk.settings.compose.model
    if name in (None, DEFAULT):
        return own
    if name in (QUOTE, own):
        return str(name)
    raise ApiError(
        f"the model {name!r} is not offered here: see /v1/models, or use {DEFAULT!r}",
        status=404,
        code="model_not_found",
        param="model",
    )


def refuse_json(form: Any, param: str) -> None:
    """Raises ApiError when the answer shall be JSON: it is made of quotes, and they stay as they are."""
    kind = form.get("type") if isinstance(form, dict) else None
    if kind not in (None, "text"):
        raise ApiError(f"{param}: {kind!r} is not offered: answers are text, their quotes are in `wazi`", param=param)


def unasked(tool_choice: Any) -> None:
    """Raises ApiError when a tool must be called: none ever is."""
    if tool_choice == "required" or (isinstance(tool_choice, dict) and tool_choice.get("type") == "function"):
        raise ApiError("tool_choice: no tool of a client is called here: leave it out", param="tool_choice")
