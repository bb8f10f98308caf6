# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""While the switch is off: every way in gives 503 with the office's words; the office, signing in and health go on.

It stands in front of all routes, so that a new way in is off with the others. A document or a receipt may then be opened by
staff only. A database that cannot be read counts as off. An answer under way ends as it would have.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from wazi.audit import Trail
from wazi.errors import StoreError
from wazi.languages import messages
from wazi.serve import auth, web_pages
from wazi.serve.errors import ApiError, shape
from wazi.serve.reply import Json
from wazi.serve.web_pages import CHOSEN, language_of, page
from wazi.state import State, switch
from wazi.state.people import DOCUMENTS
from wazi.state.switch import Turn
from wazi.types import EVERYTHING

log = logging.getLogger(__name__)

GOES_ON = (
    *("/office", "/sign-in", "/sign-out", "/signed-out", "/static", "/brand", "/brand.css"),
    *("/healthz", "/readyz", "/metrics"),
)
STAFF = ("/documents", "/receipts")
WAIT_SECONDS = 300
"""What a program is told to wait."""


def add(app: FastAPI, state: State) -> None:
    """Put it behind the limits and the check of the host's name, and before everything that answers."""
    app.user_middleware.append(Middleware(Switched, state=state))


class Switched:
    """Lets requests through, or answers them itself while the switch is off."""

    def __init__(self, app: ASGIApp, *, state: State) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and not _below(scope["path"], GOES_ON):
            stopped = await run_in_threadpool(self._stopped, Request(scope, receive))
            if stopped is not None:
                await stopped(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _stopped(self, request: Request) -> Response | None:
        try:
            turned = switch.off(self.state)
        except StoreError as error:
            log.error("switch.unreadable", exc_info=error)
            return _reply(request, "")
        if turned is None or (_below(request.url.path, STAFF) and _is_staff(request)):
            return None
        return _reply(request, turned.words)


def turn(state: State, trail: Trail, *, on: bool, reason: str, by: str, words: str = "") -> Turn:
    """Turn the switch and chain that to the receipts. Raises UsageError, StoreError.

    The line in the trail has the shape of a receipt under a label that only the keeper holds, and no question.
    """
    made = switch.turn(state, on, reason=reason, by=by, words=words)
    trail.append(_line(made))
    return made


def _line(made: Turn) -> dict[str, Any]:
    return {
        **{"id": made.id, "at": made.at.astimezone(dt.UTC).isoformat(timespec="milliseconds"), "kind": "switch"},
        **{"on": made.on, "reason": made.reason, "words": made.words, "by": made.by},
        **{"labels": [EVERYTHING], "outcome": "switched_on" if made.on else "switched_off"},
        **{"read": [], "quotes": [], "models": {}, "meter": {}},
    }


def _below(path: str, starts: tuple[str, ...]) -> bool:
    return any(path == start or path.startswith(f"{start}/") for start in starts)


def _is_staff(request: Request) -> bool:
    try:
        return DOCUMENTS in auth.caller_of(request).scopes
    except ApiError:
        return False


def _reply(request: Request, words: str) -> Response:
    language = language_of(request, request.query_params.get(CHOSEN, ""))
    said = words or messages.say("error_unavailable", language)
    headers = {"Retry-After": str(WAIT_SECONDS), "Cache-Control": "no-store"}
    if web_pages.wants_page(request):
        made: Response = page("error.html", request, language, status=503, words=said, detail="", sign_in=True)
        made.headers.update(headers)
        return made
    return Json(shape(503, said, "switched_off"), status_code=503, headers=headers)
