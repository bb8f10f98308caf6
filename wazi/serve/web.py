# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The pages: ask, and the words of a source around a quote. Server-rendered; they work without JavaScript.

Questions travel in the body of a form, not in addresses, so that they stay out of histories and logs.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote as url_quote

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from wazi import access, languages
from wazi.converse import EARLIER, spoken
from wazi.errors import UsageError
from wazi.languages import messages
from wazi.types import Quote, Record, Scope

if TYPE_CHECKING:
    from wazi.serve.app import Counter

AROUND = 1500
"""Characters shown before and after a quote in documents without pages."""

LONGEST = 20_000
"""Characters of a quote that a page shows: an address that names a whole document must not make a page of it."""

INLINE = {"application/pdf", "text/plain", "image/png", "image/jpeg"}
"""Originals a browser may show itself; anything else is handed over as a file, since it could carry scripts."""

EMPTY: dict[str, Any] = {"question": "", "answer": None, "problem": "", "earlier": (), "understood": None}
"""The page before anything is asked."""

pages = Environment(loader=PackageLoader("wazi.serve"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def add(app: FastAPI, counter: Counter) -> None:
    """Put the pages into the application."""
    app.mount("/static", StaticFiles(packages=[("wazi.serve", "static")]), name="static")
    options = {"include_in_schema": False, "response_class": HTMLResponse}

    @app.get("/", **options)  # type: ignore[arg-type]  # a plain dict of keyword arguments
    def home(request: Request, lang: str = "") -> HTMLResponse:
        return _page("ask.html", _language(request, lang), **EMPTY)

    @app.post("/", **options)  # type: ignore[arg-type]
    def asked(
        request: Request,
        question: Annotated[str, Form()] = "",
        lang: Annotated[str, Form()] = "",
        earlier: Annotated[list[str] | None, Form()] = None,
    ) -> HTMLResponse:
        shown, before = _language(request, lang), _recent(earlier or [], counter)
        values = EMPTY | {"question": question, "earlier": before}
        try:  # the page's language was perhaps never chosen: it holds where the asker's turns do not tell
            reply = counter.ask(question, lang=spoken(question, before, default=shown), earlier=before)
        except UsageError:
            return _page("ask.html", shown, status=400, **values | {"problem": _problem(question, counter, shown)})
        values |= {"answer": reply.answer, "understood": reply.understood, "link": _link}
        if reply.answer:
            values["earlier"] = _recent([*before, reply.understood.typed], counter)
        return _page("ask.html", shown, **values)

    @app.get("/documents/{document}", **options)  # type: ignore[arg-type]
    def document(request: Request, document: str, start: int = 0, end: int = 0, lang: str = "") -> HTMLResponse:
        scope = access.holdings_of(access.anonymous(counter.desk.settings))
        record = counter.desk.store.record(document, scope)
        text = counter.desk.store.text(document, scope)
        if record is None or text is None:
            raise HTTPException(404, "there is no such document here")
        return _page("document.html", _language(request, lang), **_passage(record, text, start, end))

    @app.get("/documents/{document}/original", include_in_schema=False)
    def original(document: str) -> Response:
        scope: Scope = access.holdings_of(access.anonymous(counter.desk.settings))
        record = counter.desk.store.record(document, scope)
        data = counter.desk.store.original(document, scope)
        if record is None or data is None:
            raise HTTPException(404, "there is no such document here")
        return _original(record, data)


def wants_page(request: Request) -> bool:
    """Whether an error should be a page rather than JSON."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(("/api", "/v1"))


def error_page(request: Request, status: int, detail: str) -> HTMLResponse:
    """An error for people."""
    return _page("error.html", _language(request, ""), status=status, detail=detail)


def _page(template: str, language: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    known = languages.find(language)
    html = pages.get_template(template).render(
        say=lambda key, **named: messages.say(key, language, **named),
        language=language,
        direction=known.direction if known else "ltr",
        offered=[found for tag in messages.offered() if (found := languages.find(tag))],
        of=languages.find,
        standing=lambda document: messages.standing(document.valid_from, document.valid_until, language),
        **values,
    )
    return HTMLResponse(html, status_code=status, headers={"Content-Language": language})


def _language(request: Request, chosen: str) -> str:
    """The language of the page: chosen, else the browser's first that has a catalogue, else English."""
    offered = messages.offered()
    header = request.headers.get("accept-language", "")
    wanted = [chosen, *(part.partition(";")[0].strip() for part in header.split(","))]
    for tag in wanted:
        base = tag.lower().partition("-")[0]
        if base in offered:
            return base
    return "en"


def _problem(question: str, counter: Counter, language: str) -> str:
    limit = counter.desk.settings.understand.max_characters
    if len(question) > limit:
        return messages.say("too_long", language, limit=limit)
    return messages.say("empty_question", language)


def _recent(turns: list[str], counter: Counter) -> list[str]:
    """The last turns that are not blank, together no longer than one question may be: they go to and fro with every page."""
    left = counter.desk.settings.understand.max_characters
    kept: list[str] = []
    for turn in [turn for turn in turns if turn.strip()][: -EARLIER - 1 : -1]:
        left -= len(turn)
        if left < 0:
            break
        kept.insert(0, turn)
    return kept


def _link(quote: Quote, language: str) -> str:
    return f"/documents/{quote.document.id}?start={quote.start}&end={quote.end}&lang={language}#quote"


def _passage(record: Record, text: str, start: int, end: int) -> dict[str, Any]:
    """The page of the quote, or the text around it, cut into before, quote and after."""
    start = min(max(start, 0), len(text))
    end = min(max(end, start), start + LONGEST, len(text))
    page = sum(first <= start for first in record.page_starts) or None
    if page:
        low = record.page_starts[page - 1]
        high = record.page_starts[page] if page < len(record.page_starts) else len(text)
    else:
        low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    address = f"/documents/{record.id}/original" + (f"#page={page}" if page else "")
    return {
        "record": record,
        "page": page,
        "before": text[low:start],
        "quoted": text[start:end],
        "after": text[end : max(high, end)],
        "cut_before": low > 0 and not page,
        "cut_after": high < len(text) and not page,
        "original": address,
    }


def _original(record: Record, data: bytes) -> Response:
    """Markdown goes out as plain text: every browser shows it."""
    media = "text/plain" if record.media_type == "text/markdown" else record.media_type
    kind = "inline" if media in INLINE else "attachment"
    name = url_quote(PurePath(record.source).name)
    headers = {"Content-Disposition": f"{kind}; filename*=UTF-8''{name}"}
    if media == "application/pdf":  # a browser's own PDF viewer is an embedded object
        headers["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    return Response(data, media_type=media + charset, headers=headers)
