# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The forms of a reply: one JSON value, or a stream of server-sent events. Nothing here knows what is said."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi.responses import JSONResponse, StreamingResponse

BEAT = b": still working\n\n"
"""A comment, which every client passes over: it keeps a silent connection open."""


def in_line(before: int) -> bytes:
    """A comment with how many questions are answered before this one."""
    return f": questions before this one: {before}\n\n".encode()


class Json(JSONResponse):
    """JSON in UTF-8; half of a surrogate pair, which UTF-8 cannot hold, goes out as the escape it came in as."""

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return packed(content)


class Stream(StreamingResponse):
    """Server-sent events that no proxy should gather up."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, headers={"X-Accel-Buffering": "no"})


LINES = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""Ends of lines for some clients, which read a stream line by line."""


def packed(content: Any) -> bytes:
    """A value as JSON on one line."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(LINES).encode("utf-8", "backslashreplace")


def event(content: Any, name: str | None = None) -> bytes:
    """One event of a stream."""
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + packed(content) + b"\n\n"
