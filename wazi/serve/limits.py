# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a request may cost before anything looks at it: bytes of its body, seconds until all of it is here.

The body is read whole and handed on, so that a client that sends one byte a minute holds a connection but no thread. The same
protective headers go out with every response. It does not know what is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wazi.serve.errors import shape
from wazi.serve.reply import Json

CLOSE = {"Connection": "close"}
"""What was not read stays in the line: it must not be taken for the next request."""


class Limits:
    """Middleware: refuses a body of more than `bytes` with 413, and one that takes longer than `seconds` with 408."""

    def __init__(self, app: ASGIApp, *, bytes: int, seconds: float, headers: Mapping[str, str]) -> None:
        self.app, self.bytes, self.seconds, self.headers = app, bytes, seconds, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        reply = self._headed(send)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 18 or int(length) > self.bytes:
            said = f"the request has {length.decode('latin-1')} bytes: at most {self.bytes} are read"
            await self._refuse(413, said, "too_large")(scope, receive, reply)
            return
        try:
            async with asyncio.timeout(self.seconds):
                messages = await self._read(receive)
        except TimeoutError:
            said = f"the request was not complete after {self.seconds:g} seconds: send it again, faster"
            await self._refuse(408, said, "too_slow")(scope, receive, reply)
            return
        if messages is None:
            said = f"the request has more than {self.bytes} bytes: no more are read"
            await self._refuse(413, said, "too_large")(scope, receive, reply)
            return
        await self.app(scope, _again(messages, receive), reply)

    async def _read(self, receive: Receive) -> list[Message] | None:
        """The messages that carry the body, None when it is too long."""
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.bytes:
                return None
            if message["type"] != "http.request" or not message.get("more_body", False):
                return messages

    def _headed(self, send: Send) -> Send:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return headed

    def _refuse(self, status: int, message: str, code: str) -> Response:
        return Json(shape(status, message, code), status_code=status, headers=CLOSE)


def _again(messages: list[Message], receive: Receive) -> Receive:
    """The messages once more, then whatever comes."""
    waiting = iter(messages)

    async def again() -> Message:
        return next(waiting, None) or await receive()

    return again
