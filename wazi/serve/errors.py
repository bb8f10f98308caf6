# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Errors over HTTP: one shape (OpenAI's), the right status, and words that say what to do. Not for what a page shows.

What only the keeper can mend goes to the log; the reader is told that it is not theirs to mend, and no more.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from wazi.errors import NotPermitted, UsageError, WaziError
from wazi.serve import web_pages
from wazi.serve.reply import Json

log = logging.getLogger(__name__)

WAIT_SECONDS = 5
"""What a client is told to wait when there is no place."""

KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
"""The `type` of an error by its status; other statuses below 500 are `invalid_request_error`."""

OPENAI = ("/v1/",)
"""Where a body of the wrong shape has status 400, as that protocol's clients expect; elsewhere 422."""

UNAVAILABLE = "no answers can be given at the moment: the reason is in the log of this server"


class ApiError(WaziError):
    """An error with its status. `param` names the field of the request, `code` is for programs."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str = "invalid_value",
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param, self.headers = status, code, param, dict(headers or {})


class Busy(ApiError):
    """Too many questions wait for the model."""

    def __init__(self) -> None:
        said = "too many questions are waiting: try again in a minute"
        super().__init__(said, status=503, code="busy", headers={"Retry-After": str(WAIT_SECONDS)})


class TooSlow(ApiError):
    """The answer took longer than the limit; asking again at once would only take as long."""

    def __init__(self, seconds: float) -> None:
        said = f"the answer took longer than {seconds:g} seconds: ask /v1/responses with background true, and poll"
        super().__init__(said, status=504, code="timeout", headers={"X-Should-Retry": "false"})


class Stopped(ApiError):
    """Nobody waits for this answer any more: a receipt says so, and there is nobody to read it."""

    def __init__(self) -> None:
        super().__init__("nobody waited for the answer any more", status=503, code="stopped")


def shape(status: int, message: str, code: str, param: str | None = None) -> dict[str, Any]:
    """The body of an error."""
    kind = KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def told(error: WaziError) -> ApiError:
    """The error as a reader may be told it; what is the keeper's is logged."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, NotPermitted):
        return ApiError(str(error), status=403, code="not_permitted")
    if isinstance(error, UsageError):
        return ApiError(str(error), code="unusable")
    log.error("serve.unavailable", exc_info=error)  # places and commands are the keeper's, not the reader's
    return ApiError(UNAVAILABLE, status=503, code="unavailable")


def add(app: FastAPI) -> None:
    """Put the shape of errors into the application."""
    app.add_exception_handler(WaziError, _wazi_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _unexpected)


def _reply(request: Request, error: ApiError) -> Response:
    if web_pages.wants_page(request):
        page = web_pages.error_page(request, error.status, str(error))
        page.headers.update(error.headers)
        return page
    body = shape(error.status, str(error), error.code, error.param)
    return Json(body, status_code=error.status, headers=error.headers)


async def _wazi_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, WaziError)
    return _reply(request, told(error))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return _reply(request, ApiError(str(error.detail), status=error.status_code, code=code, headers=error.headers))


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    status = 400 if request.url.path.startswith(OPENAI) else 422
    said = f"{place}: {first['msg']}" if place else str(first["msg"])
    return _reply(request, ApiError(said, status=status, code="validation", param=place or None))


async def _unexpected(request: Request, _: Exception) -> Response:
    """A mistake in the code: the server logs it with its trace."""
    return _reply(request, ApiError(UNAVAILABLE, status=500, code="failed"))
