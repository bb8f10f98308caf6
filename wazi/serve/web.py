# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The public's pages: ask, the source behind a quote, feedback, what this is, and the widget. They work without JavaScript.

Questions travel in the body of a form, not in addresses, so that they stay out of histories and logs; only who shares a link
to a question puts it into one. Where a generator is set, what was found is sent first and the answer when it is verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from wazi import access
from wazi.desk import QUOTE
from wazi.errors import UsageError
from wazi.serve import web_feedback, web_source
from wazi.serve.web_asked import Typed, answered, recent
from wazi.serve.web_brand import brand
from wazi.serve.web_pages import language_of, page
from wazi.serve.web_picture import Pictures

if TYPE_CHECKING:
    from wazi.serve.counter import Counter

CACHED = {"Cache-Control": "public, max-age=3600"}
"""Style, logo and the widget's script: they say nothing of anybody."""

EMPTY: dict[str, Any] = {
    **{"question": "", "problem": "", "earlier": (), "ask": None, "found": ()},
    **{"layout": "base.html", "action": "/", "target": "", "framing": ()},
}
"""The page before anything is asked."""

NUMBER = Query(alias="page")

PAGE: dict[str, Any] = {"include_in_schema": False, "response_class": HTMLResponse}


class Told(BaseModel):
    """The form of feedback. `turn` are the asker's turns, so that the answer can be shown again."""

    answer: str = ""
    helpful: str = ""
    reason: str = ""
    comment: str = ""
    better: str = ""
    lang: str = ""
    turn: list[str] = Field([])


class _Lasting(StaticFiles):
    """Files of the package, which browsers may keep for an hour."""

    def file_response(self, *args: Any, **named: Any) -> Response:
        response = super().file_response(*args, **named)
        response.headers.update(CACHED)
        return response


def add(app: FastAPI, counter: Counter) -> None:
    """Put the pages into the application. Raises SettingError for a logo that cannot be used."""
    app.state.brand = brand(counter.desk.settings.web)
    app.mount("/static", _Lasting(packages=[("wazi.serve", "static")]), name="static")
    _add_questions(app, counter)
    _add_sources(app, counter)
    _add_feedback(app, counter)
    _add_about(app, counter)


def _add_questions(app: FastAPI, counter: Counter) -> None:
    framed = EMPTY | {"layout": "widget.html", "action": "/widget", "target": "_blank"}
    framed |= {"framing": ("'self'", *counter.desk.settings.web.embed)}

    @app.get("/", **PAGE)
    def home(request: Request, question: str = "", lang: str = "") -> HTMLResponse:
        return page("ask.html", request, language_of(request, lang), **EMPTY | {"question": question})

    @app.post("/", **PAGE)
    async def asked(request: Request, form: Annotated[Typed, Form()]) -> Response:
        return await answered(request, form, counter, EMPTY)

    @app.get("/widget", **PAGE)
    def widget(request: Request, lang: str = "") -> HTMLResponse:
        return page("ask.html", request, language_of(request, lang), **framed)

    @app.post("/widget", **PAGE)
    async def asked_in_widget(request: Request, form: Annotated[Typed, Form()]) -> Response:
        return await answered(request, form, counter, framed)


def _add_sources(app: FastAPI, counter: Counter) -> None:
    desk, drawn = counter.desk, Pictures()

    @app.get("/documents/{document}", **PAGE)
    def document(
        request: Request,
        document: str,
        *,
        start: int = 0,
        end: int = 0,
        page_: Annotated[int, NUMBER] = 0,
        lang: str = "",
    ) -> HTMLResponse:
        scope = access.holdings_of(counter.reader(request))
        record, text = web_source.held(document, scope, desk)
        view = web_source.view(record, text, start, end, page_, scope=scope, desk=desk, drawn=drawn)
        return page("document.html", request, language_of(request, lang), view=view, record=record)

    @app.get("/documents/{document}/pages/{number}.png", include_in_schema=False)
    def picture(request: Request, document: str, number: int) -> Response:
        scope = access.holdings_of(counter.reader(request))
        record, _ = web_source.held(document, scope, desk)
        return web_source.png(record, number, scope, desk, drawn)

    @app.get("/documents/{document}/original", include_in_schema=False)
    def original(request: Request, document: str) -> Response:
        scope = access.holdings_of(counter.reader(request))
        record, _ = web_source.held(document, scope, desk)
        return web_source.original(record, scope, desk)


def _add_feedback(app: FastAPI, counter: Counter) -> None:
    @app.post("/feedback", **PAGE)
    def feedback(request: Request, form: Annotated[Told, Form()]) -> HTMLResponse:
        if form.helpful not in ("yes", "no"):
            raise UsageError(f"helpful is {form.helpful[:20]!r}: send yes or no")
        shown = language_of(request, form.lang)
        told = web_feedback.Told(form.answer, form.helpful == "yes", form.reason, form.comment, form.better)
        web_feedback.keep(told, counter.reader(request), counter)
        return page("thanks.html", request, shown, turns=recent(form.turn, counter))


def _add_about(app: FastAPI, counter: Counter) -> None:
    settings = counter.desk.settings

    @app.get("/about", **PAGE)
    def about(request: Request, lang: str = "") -> HTMLResponse:
        written, kept = settings.compose.model != QUOTE, settings.audit.keep_questions
        return page("about.html", request, language_of(request, lang), written=written, kept=kept)

    @app.get("/brand.css", include_in_schema=False)
    def style(request: Request) -> Response:
        return Response(request.app.state.brand.css, media_type="text/css", headers=CACHED)

    @app.get("/brand/logo", include_in_schema=False)
    def logo(request: Request) -> Response:
        if request.app.state.brand.logo is None:
            raise HTTPException(404, "there is no logo")
        data, kind = request.app.state.brand.logo
        return Response(data, media_type=kind, headers=CACHED)
