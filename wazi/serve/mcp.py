# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`/mcp`, where programs that speak the Model Context Protocol search, read and ask; and the same over standard input and output.

Who asks, from where, and how much is settled here and in front; what is said is the library's (`mcp_server`), which the extra `mcp`
brings. Without it there is no such address.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from wazi.desk import Desk
from wazi.errors import MissingPart
from wazi.serve.counter import Counter
from wazi.serve.errors import ApiError
from wazi.types import Reader

PATH = "/mcp"
LIBRARY = "mcp"


def add(app: FastAPI, counter: Counter) -> None:
    """Put the address into the application and its manager into the application's life; nothing without the extra."""
    if find_spec(LIBRARY) is None:
        return
    around = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from wazi.serve.mcp_server import sender, server

        app.state.mcp = StreamableHTTPSessionManager(server(counter, sender), stateless=True)
        async with around(app), app.state.mcp.run():
            yield

    app.router.lifespan_context = lifespan

    @app.post(PATH, include_in_schema=False)
    async def mcp(request: Request) -> Response:
        _check_origin(request, counter.desk)
        request.state.reader = await run_in_threadpool(counter.reader, request)
        return _Handed()


def serve_stdio(desk: Desk, reader: Reader) -> None:
    """Serve one program on standard input and output until it closes them. Raises MissingPart."""
    if find_spec(LIBRARY) is None:
        raise MissingPart("`wazi mcp` needs the protocol's library: type pip install 'wazi[mcp]'")
    from wazi.serve.mcp_server import over_stdio

    counter = Counter(desk)
    try:
        asyncio.run(over_stdio(counter, reader))
    finally:
        counter.close()


class _Handed(Response):
    """A reply that the protocol's library writes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["app"].state.mcp.handle_request(scope, receive, send)


def _check_origin(request: Request, desk: Desk) -> None:
    """Raises ApiError 403 for a request from a page of another site: a browser would lend it the network it is in."""
    origin, host, public = request.headers.get("origin"), request.headers.get("host"), urlsplit(desk.settings.api.url)
    own = (None, f"http://{host}", f"https://{host}", f"{public.scheme}://{public.netloc}")
    if origin not in own:
        said = f"the page {origin!r} may not use this address: call it from a program"
        raise ApiError(said, status=403, code="cross_site")
