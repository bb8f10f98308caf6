# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sign in with a password and a code, and sign out. It does not know where the words of the form are translated.

A session is a cookie that scripts cannot read and other sites cannot send along; it is new at every sign-in.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from wazi.errors import NotPermitted
from wazi.serve import auth
from wazi.serve.auth import Door
from wazi.serve.web_pages import language_of, page


def add(app: FastAPI, door: Door) -> None:
    """Put the form and its answers into the application."""

    @app.get("/sign-in", include_in_schema=False, response_class=HTMLResponse)
    def form(request: Request, lang: str = "") -> HTMLResponse:
        return page("sign_in.html", request, language_of(request, lang), problem="")

    @app.post("/sign-in", include_in_schema=False, response_class=HTMLResponse)
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        lang: Annotated[str, Form()] = "",
    ) -> Response:
        from wazi.state import local

        auth.same_site(request)  # else another site could sign somebody in as somebody else
        try:
            person = local.check(door.state, name, password, code)
        except local.Wait as wait:
            reply = page("sign_in.html", request, language_of(request, lang), status=429, problem=str(wait))
            reply.headers["Retry-After"] = str(wait.seconds)
            return reply
        except NotPermitted as wrong:
            return page("sign_in.html", request, language_of(request, lang), status=401, problem=str(wrong))
        return signed_in(request, door, person.id)

    @app.post("/sign-out", include_in_schema=False)
    def sign_out(request: Request) -> Response:
        from wazi.state import sessions

        auth.same_site(request)
        if token := auth.session_token(request):
            sessions.end(door.state, token)
        reply = RedirectResponse("/", status_code=303)
        reply.delete_cookie(auth.cookie_name(request), path="/")
        return reply


def signed_in(request: Request, door: Door, person: str) -> Response:
    """On to the first page with a new session; the one before, if any, is over."""
    from wazi.state import sessions

    if before := auth.session_token(request):
        sessions.end(door.state, before)
    hours = door.settings.sign_in.hours
    name = auth.cookie_name(request)
    reply = RedirectResponse("/", status_code=303)
    reply.set_cookie(
        name,
        sessions.begin(door.state, person, hours=hours),
        max_age=int(hours * 3600),
        path="/",
        secure=name == auth.COOKIE,
        httponly=True,
        samesite="lax",
    )
    return reply
