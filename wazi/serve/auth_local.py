# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sign in with a password and a code, and sign out. It does not know other ways to sign in, but shows the button of one.

A session is a cookie that scripts cannot read and other sites cannot send along; it is new at every sign-in.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from wazi.errors import NotPermitted
from wazi.languages import messages
from wazi.serve import auth
from wazi.serve.auth import Door
from wazi.serve.web_pages import CHOSEN, language_of, page

FORM = "/sign-in"


def add(app: FastAPI, door: Door) -> None:
    """Put the form and its answers into the application."""

    @app.get(FORM, include_in_schema=False, response_class=HTMLResponse)
    def sign_in_page(request: Request, lang: str = "") -> HTMLResponse:
        return form(request, language_of(request, lang))

    @app.post(FORM, include_in_schema=False, response_class=HTMLResponse)
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        lang: Annotated[str, Form()] = "",
    ) -> Response:
        from wazi.state import local

        auth.same_site(request)  # else another site could sign somebody in as somebody else
        language = language_of(request, lang)
        try:
            person = local.check(door.state, name, password, code)
        except local.Wait as wait:
            problem = messages.say("sign_in_wait", language, seconds=wait.seconds)
            reply = form(request, language, status=429, problem=problem)
            reply.headers["Retry-After"] = str(wait.seconds)
            return reply
        except NotPermitted:
            return form(request, language, status=401, problem=messages.say("sign_in_wrong", language))
        return signed_in(request, door, person.id, language)

    @app.post("/sign-out", include_in_schema=False)
    def sign_out(request: Request, lang: str = "") -> Response:
        from wazi.state import sessions

        auth.same_site(request)
        if token := auth.session_token(request):
            sessions.end(door.state, token)
        # who signed in elsewhere may still be signed in there, and is told so
        path = "/signed-out" if _elsewhere(request) else "/"
        reply = RedirectResponse(f"{path}?{CHOSEN}={language_of(request, lang)}", status_code=303)
        reply.delete_cookie(auth.cookie_name(request), path="/")
        return reply


def form(request: Request, language: str, *, status: int = 200, problem: str = "") -> HTMLResponse:
    """The page to sign in, with what went wrong before."""
    return page(
        *("sign_in.html", request, language),
        status=status,
        problem=problem,
        provider=_elsewhere(request),
        may_enter=False,
        here=lambda tongue: f"{FORM}?{CHOSEN}={tongue.tag}",  # never back to an address with a code in it
    )


def _elsewhere(request: Request) -> str:
    """The name of the provider of OpenID Connect; empty without one."""
    return str(getattr(request.app.state, "openid", ""))


def signed_in(request: Request, door: Door, person: str, language: str) -> Response:
    """On to the first page in `language`, staff to the office, with a new session; the one before, if any, is over."""
    from wazi.state import people, sessions

    if before := auth.session_token(request):
        sessions.end(door.state, before)
    hours = door.settings.sign_in.hours
    name = auth.cookie_name(request)
    known = people.with_id(door.state, person)
    staff = known is not None and people.DOCUMENTS in known.scopes
    reply = RedirectResponse(f"{'/office' if staff else '/'}?{CHOSEN}={language}", status_code=303)
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
