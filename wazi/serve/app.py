# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The application: `/api/ask`, health, and the pages of `web`. Errors come in OpenAI's shape with the right status.

Every reader here is the anonymous one of the settings: signing in is not part of this release. Steps are synchronous and run in
the server's threads; a generator answers one question at a time and the others wait, up to a stated number.
"""

from __future__ import annotations

import datetime as dt
import errno
import logging
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from wazi import __version__, access, converse, languages, wire
from wazi.config import Serve, Settings
from wazi.converse import EARLIER, Reply
from wazi.desk import QUOTE, Desk, open_desk
from wazi.errors import NotPermitted, StoreError, UsageError, WaziError
from wazi.serve import web

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""Bytes of a request: the longest question in the widest script fits many times."""

STATUS: dict[type[WaziError], int] = {UsageError: 400, NotPermitted: 403}
"""What the reader can mend; every other error is the keeper's: 503."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Question(BaseModel):
    """What `/api/ask` takes."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="the question, in any language")
    lang: str | None = Field(None, description="language of the question and the reply, like `sw`")
    on: dt.date | None = Field(None, description="the day the answer must hold on; default: today")
    model: str | None = Field(None, description="`quote` for no generator; default: the setting")
    earlier: list[str] = Field(
        [], max_length=EARLIER, description="what the same person asked before, oldest first; never the answers"
    )


class Busy(WaziError):
    """Too many questions wait for the model."""


class Counter:
    """The desk as the server holds it, with the number of questions that may wait."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._places = threading.BoundedSemaphore(desk.settings.serve.waiting)

    def ask(
        self,
        question: str,
        *,
        lang: str | None,
        on: dt.date | None = None,
        model: str | None = None,
        earlier: Sequence[str] = (),
    ) -> Reply:
        """One reply to the anonymous reader. Raises UsageError, NotPermitted, MissingPart, Busy."""
        if lang is not None and languages.find(lang) is None:
            raise UsageError(f"lang {lang!r} is not a language known here")
        if model not in (None, QUOTE, self.desk.settings.compose.model):
            raise NotPermitted(f"model {model!r} is not offered here: leave it out, or use 'quote'")
        if not self._places.acquire(blocking=False):
            raise Busy("too many questions are waiting: try again in a minute")
        try:
            reader = access.anonymous(self.desk.settings, lang)
            return converse.converse(question, earlier, reader, self.desk, on=on, model=model)
        finally:
            self._places.release()


def create(desk: Desk) -> FastAPI:
    """The application around an open desk."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.store.close()

    app = FastAPI(title="wazi", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    counter = Counter(desk)
    app.middleware("http")(_limits)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_names(desk.settings.serve))
    app.add_exception_handler(WaziError, _wazi_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)

    @app.post("/api/ask", summary="One answer with its quotes")
    def api_ask(question: Question) -> JSONResponse:
        reply = counter.ask(
            question.question, lang=question.lang, on=question.on, model=question.model, earlier=question.earlier
        )
        alone = reply.answer if not question.earlier else None
        return JSONResponse(wire.answer(alone) if alone else converse.shown(reply))

    @app.get("/healthz", summary="The process runs")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="Store and embedder are open")
    def readyz() -> dict[str, str]:
        desk.check_embedder()  # how much is held is not told: it would show when a document comes that few may see
        return {"status": "ok", "embed": desk.models.embedder.name}

    web.add(app, counter)
    return app


def _names(serve: Serve) -> list[str]:
    """The Host names answered to: on a local address only its own, so that no foreign page can pose as this server."""
    local = ["127.0.0.1", "localhost", "[::1]"]
    if serve.host in ("127.0.0.1", "localhost", "::1"):
        return [*local, *serve.hosts]
    return [*local, serve.host, *serve.hosts] if serve.hosts else ["*"]


async def _limits(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse large bodies before they are read; send the same protective headers with everything."""
    length = request.headers.get("content-length", "0" if request.method in ("GET", "HEAD") else "")
    if not length.isdecimal():
        return _error(411, "send the length of the body: a Content-Length header is missing", "length_required")
    if int(length) > MAX_BODY:
        return _error(413, f"the request has {length} bytes: at most {MAX_BODY} are read", "too_large")
    response = await call(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _error(status: int, message: str, code: str) -> JSONResponse:
    kind = "invalid_request_error" if status < 500 else "server_error"
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return JSONResponse(body, status_code=status, headers=HEADERS)


async def _wazi_error(request: Request, error: Exception) -> Response:
    status = STATUS.get(type(error), 503)  # type: ignore[arg-type]  # registered for it
    message = str(error)
    if status == 503 and not isinstance(error, Busy):  # places and commands are the keeper's, not the reader's
        log.error("serve.unavailable", exc_info=error)
        message = "no answers can be given at the moment: the reason is in the log of this server"
    if web.wants_page(request):
        return web.error_page(request, status, message)
    return _error(status, message, type(error).__name__)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if web.wants_page(request):
        return web.error_page(request, error.status_code, str(error.detail))
    return _error(error.status_code, str(error.detail), "http")


async def _validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return _error(422, f"{place}: {first['msg']}", "validation")


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. Raises UsageError when the address is taken or cannot be used, MissingPart without the embedder."""
    host, port = settings.serve.host, settings.serve.port
    listener = _listen(host, port)
    with open_desk(settings) as desk, listener:
        desk.models.embedder.query("ready")
        if settings.compose.model != QUOTE:
            desk.models.generator(settings.compose.model)  # loads in the background, so that the page is up meanwhile
        threading.Thread(target=_warm, args=(desk,), name="warm", daemon=True).start()
        say(f"wazi is at http://{host}:{listener.getsockname()[1]}  (stop with Ctrl-C)")
        if not desk.store.stats()["documents"]:
            say("nothing is held yet: type wazi ingest FOLDER")
        config = uvicorn.Config(create(desk), log_level="warning", access_log=False, server_header=False)
        with suppress(KeyboardInterrupt):  # which the server sends on after its orderly end
            uvicorn.Server(config).run(sockets=[listener])


def _warm(desk: Desk) -> None:
    """Questions are answered meanwhile, from the disk; if this fails, they go on being answered so."""
    try:
        desk.store.warm()
    except StoreError as error:
        log.warning("serve.cold", exc_info=error)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken: choose another with --port") from error
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror or error}: see --host and --port") from error
    return listener
