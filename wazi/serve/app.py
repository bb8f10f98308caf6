# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The application: `/api/ask`, health, and what mounts the other ways in. Errors come in OpenAI's shape with the right status.

Steps are synchronous and run in threads (`counter`); a generator answers one question at a time and the others wait, up to a
stated number. Who the reader is, is somebody else's to say (`reader_of`); without that everybody is the anonymous one.
"""

from __future__ import annotations

import datetime as dt
import errno
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import replace

import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from wazi import __version__
from wazi.config import Serve, Settings
from wazi.converse import EARLIER
from wazi.desk import QUOTE, Desk, open_desk
from wazi.errors import StoreError, UsageError
from wazi.serve import (
    auth,
    auth_local,
    auth_openid,
    errors,
    marking,
    mcp,
    metrics,
    office_cards,
    office_keeping,
    office_review,
    openai,
    openapi,
    web,
    web_receipt,
)
from wazi.serve.counter import Asked, Counter
from wazi.serve.limits import Limits
from wazi.serve.reply import Json
from wazi.state import State
from wazi.state.cards import Shelf
from wazi.types import Reader

__all__ = ["Counter", "create", "run", "with_people"]

log = logging.getLogger(__name__)

GRACE_SECONDS = 5
"""So long answers that are being given may still end when the server is told to stop."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Question(BaseModel):
    """What `/api/ask` takes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "What does a market stall cost?", "lang": "en"}]}
    )

    question: str = Field(description="the question, in any language")
    lang: str | None = Field(None, description="language of the question and the reply, like `sw`")
    on: dt.date | None = Field(None, description="the day the answer must hold on; default: today")
    model: str | None = Field(None, description="`quote` for no generator; default: the setting")
    earlier: list[str] = Field(
        [], max_length=EARLIER, description="what the same person asked before, oldest first; never the answers"
    )


def create(desk: Desk, reader_of: Callable[[Request], Reader] | None = None, *, state: State | None = None) -> FastAPI:
    """The application around an open desk. `reader_of` tells who asks (default: everybody is anonymous).

    `state` has the cards that answer first, and takes feedback and questions without an answer; without it nobody keeps them.
    """
    counter = Counter(replace(desk, cards=Shelf(state)) if state else desk, reader_of, state=state)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        counter.close()
        desk.store.close()

    app = FastAPI(title="wazi", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    api = desk.settings.api
    app.add_middleware(Limits, bytes=api.body_kib * 1024, seconds=api.body_seconds, headers=HEADERS)
    app.add_middleware(metrics.Measured, metrics=counter.metrics)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_names(desk.settings.serve))
    errors.add(app)
    _add_ask(app, counter)
    openai.add(app, counter)
    mcp.add(app, counter)
    _add_health(app, desk)
    counter.metrics.add(app)
    openapi.add(app)
    web.add(app, counter)
    web_receipt.add(app, counter)
    return app


def _add_ask(app: FastAPI, counter: Counter) -> None:
    @app.post(
        "/api/ask",
        summary="One answer with its quotes",
        tags=["ask"],
        operation_id="ask",
        responses=openapi.failures(400, 403, 422, 503, 504),
    )
    async def api_ask(question: Question, request: Request) -> Json:
        reader = await run_in_threadpool(counter.reader, request, question.lang)
        asked = Asked(question.question, reader, tuple(question.earlier), question.on, question.model)
        reply = await counter.answer(asked, request)
        return Json(marking.marked(reply, asked))


def _add_health(app: FastAPI, desk: Desk) -> None:
    @app.get("/healthz", summary="The process runs", tags=["health"], operation_id="healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(
        "/readyz",
        summary="Store and embedder are open",
        tags=["health"],
        operation_id="readyz",
        responses=openapi.failures(503),
    )
    def readyz() -> dict[str, str]:
        desk.check_embedder()  # how much is held is not told: it would show when a document comes that few may see
        return {"status": "ok", "embed": desk.models.embedder.name}


def _names(serve: Serve) -> list[str]:
    """The Host names answered to: on a local address only its own, so that no foreign page can pose as this server."""
    local = ["127.0.0.1", "localhost", "[::1]"]
    if serve.host in ("127.0.0.1", "localhost", "::1"):
        return [*local, *serve.hosts]
    return [*local, serve.host, *serve.hosts] if serve.hosts else ["*"]


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. Raises UsageError when the address is taken or cannot be used, MissingPart without embedder or reader."""
    host, port = settings.serve.host, settings.serve.port
    listener = _listen(host, port)
    with open_desk(settings) as desk, listener, _guarded(desk) as app:
        desk.models.embedder.query("ready")  # opened before the address is told: the first who ask would wait for it
        if reader := desk.models.reader:
            reader.read("ready", ["ready"])
        if settings.compose.model != QUOTE:
            desk.models.generator(settings.compose.model)  # loads in the background, so that the page is up meanwhile
        threading.Thread(target=_warm, args=(desk,), name="warm", daemon=True).start()
        say(f"wazi is at http://{host}:{listener.getsockname()[1]}  (stop with Ctrl-C)")
        if not desk.store.stats()["documents"]:
            say("nothing is held yet: type wazi ingest FOLDER")
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        with suppress(KeyboardInterrupt):  # which the server sends on after its orderly end
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _guarded(desk: Desk) -> Iterator[FastAPI]:
    with closing(auth.open_for(desk.settings)) as state:
        yield with_people(desk, state)


def with_people(desk: Desk, state: State) -> FastAPI:
    """The application with people, keys and the office's pages, as `wazi serve` runs it."""
    app = create(desk, auth.reader_of, state=state)
    door = auth.add(app, desk.settings, state)
    auth_local.add(app, door)
    auth_openid.add(app, door, desk.audit)
    office_review.add(app, desk)
    office_cards.add(app, desk)
    office_keeping.add(app, desk, door)
    return app


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
