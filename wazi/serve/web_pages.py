# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Templates -> pages: the reader's language, the words of the house in it, the office's name. No page has a script.

It does not know what is asked or held.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from wazi import languages
from wazi.config import Web
from wazi.errors import WaziError
from wazi.languages import Language, messages
from wazi.serve.web_brand import Brand, brand

CHOSEN = "lang"
"""The parameter of an address that chooses the language of the page."""
FLUSH = "<!-- so far -->"
"""In a template: what is above is sent before what is below is made."""
WORDS = {401: "error_sign_in", 404: "error_not_found", 429: "error_busy", 503: "error_unavailable"}
"""The message of an error by its status; for others `error_request`."""

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {framing}"
"""The Content-Security-Policy of a page: no script from anywhere."""

RETURN = "private, no-cache"
"""Cache-Control of an answer from public documents: with `no-store`, going back to it asks to send the form once more."""

templates = Environment(
    loader=PackageLoader("wazi.serve"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def language_of(request: Request, chosen: str = "") -> str:
    """The language of the page: chosen, else the browser's first that has a catalogue, else English (RFC 4647, lookup)."""
    header = request.headers.get("accept-language", "")
    wanted = [(1.0, chosen), *_weighed(header)] if chosen else _weighed(header)
    offered = messages.offered()
    for _, tag in wanted:
        base = languages.tag(tag)
        if base in offered:
            return base
    return messages.FALLBACK


def _weighed(header: str) -> list[tuple[float, str]]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), the best first; what cannot be read is left out."""
    found = []
    for part in header.split(",")[:20]:
        tag, _, rest = part.partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest.strip() else 1.0
        except ValueError:
            continue
        if tag.strip() and weight > 0:
            found.append((weight, tag.strip()))
    return sorted(found, key=lambda pair: -pair[0])


def page(template: str, request: Request, language: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in a language."""
    html = templates.get_template(template).render(_common(request, language) | values)
    return HTMLResponse(html, status_code=status, headers=_headers(language, values))


def streamed(
    template: str, request: Request, language: str, *, meanwhile: AsyncIterator[str], **values: Any
) -> StreamingResponse:
    """A page that is sent up to `FLUSH`; then what happens `meanwhile`, until it is over; then the rest."""
    pieces = templates.get_template(template).generate(_common(request, language) | values)
    headers = _headers(language, values) | {"X-Accel-Buffering": "no"}
    return StreamingResponse(_parts(pieces, meanwhile), media_type="text/html", headers=headers)


async def _parts(pieces: Iterator[str], meanwhile: AsyncIterator[str]) -> AsyncIterator[str]:
    kept: list[str] = []
    for piece in pieces:
        kept.append(piece)
        if FLUSH in piece:
            yield "".join(kept)
            kept.clear()
            async for more in meanwhile:
                yield more
    yield "".join(kept)


def wants_page(request: Request) -> bool:
    """Whether an error should be a page rather than JSON."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(("/api", "/v1"))


def error_page(request: Request, status: int, detail: str) -> HTMLResponse:
    """An error for people, in their language; `detail` is shown where the house has no words of its own."""
    language = language_of(request, request.query_params.get(CHOSEN, ""))
    words = messages.say(WORDS.get(status, "error_request"), language)
    told = {"words": words, "detail": "" if status in WORDS else detail, "sign_in": status == 401}
    return page("error.html", request, language, status=status, **told)


def _headers(language: str, values: dict[str, Any]) -> dict[str, str]:
    framing = " ".join(values.get("framing", ())) or "'none'"
    headers = {"Content-Language": language, "Content-Security-Policy": POLICY.format(framing=framing)}
    return headers | ({"Cache-Control": RETURN} if values.get("public") else {})


def _common(request: Request, language: str) -> dict[str, Any]:
    known, name = languages.find(language), _signed_in(request)
    return {
        "say": lambda key, **named: messages.say(key, language, **named),
        "day": partial(messages.day, language=language),
        "language": language,
        "kept": language,
        "direction": known.direction if known else "ltr",
        "offered": [found for tag in messages.offered() if (found := languages.find(tag))],
        "of": languages.find,
        "here": partial(_here, request),
        "brand": _brand(request),
        "standing": lambda document: messages.standing(document.valid_from, document.valid_until, language),
        "again": False,
        "may_enter": name == "",
        "signed_in": name,
    }


def _signed_in(request: Request) -> str | None:
    """Whose session this browser has, empty without one or when it is over; None where there are no people."""
    from wazi.serve import auth  # it shows errors by this module

    if not hasattr(request.app.state, "door"):
        return None
    try:
        caller = auth.caller_of(request) if auth.session_token(request) else None
    except WaziError:  # this may be the page that tells of it
        caller = None
    return caller.reader.name if caller and caller.person is not None else ""


def _here(request: Request, tongue: Language) -> str:
    """The address of this page in another language, without the name of the server."""
    address = request.url.include_query_params(**{CHOSEN: tongue.tag})
    return f"/{address.path.lstrip('/')}?{address.query}" if request.method == "GET" else f"/?{CHOSEN}={tongue.tag}"


def _brand(request: Request) -> Brand:
    known = getattr(request.app.state, "brand", None)
    return known if isinstance(known, Brand) else brand(Web())
