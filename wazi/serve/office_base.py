# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the pages of documents and administration share: who may come in, the words, the frame around a page.

Words are in `wazi/languages/office/`; a language without a file there is spoken to in English, and the page says so in `lang`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from wazi import languages
from wazi.languages import messages
from wazi.serve import auth
from wazi.serve.auth import Caller
from wazi.serve.errors import ApiError
from wazi.serve.web_pages import CHOSEN, language_of, page
from wazi.state import State
from wazi.state.people import ADMIN, DOCUMENTS

SPOKEN = ("en", "fr")
ROUTE: dict[str, Any] = {"include_in_schema": False, "response_class": HTMLResponse}
ROOMS = (
    ("/office/questions", "questions_room", DOCUMENTS),
    ("/office/feedback", "feedback_room", DOCUMENTS),
    ("/office/cards", "cards_room", DOCUMENTS),
    ("/office/documents", "documents_heading", DOCUMENTS),
    ("/office/reader", "reader_heading", DOCUMENTS),
    ("/office/receipts", "receipts_heading", DOCUMENTS),
    ("/office/figures", "figures_heading", DOCUMENTS),
    ("/office/sources", "sources_heading", ADMIN),
    ("/office/people", "people_heading", ADMIN),
    ("/office/keys", "keys_heading", ADMIN),
    ("/office/switch", "switch_heading", ADMIN),
    ("/office/admin", "admin_heading", ADMIN),
)
"""Address, words and scope of each page in the navigation."""


def enter(request: Request, scope: str = DOCUMENTS) -> Caller:
    """The signed-in person, who may do what `scope` names. Raises ApiError 401 for everybody else and keys, 403."""
    caller = auth.require(request, scope)
    if caller.person is None:
        raise ApiError("sign in first: these pages are for people, not for keys", status=401, code="sign_in")
    return caller


def state_of(request: Request) -> State:
    """The database of this application."""
    door: auth.Door = request.app.state.door
    return door.state


def kept_of(request: Request) -> str:
    """The language chosen, which links carry on to the public's pages, also where these pages do not speak it."""
    return language_of(request, request.query_params.get(CHOSEN, ""))


def tongue_of(request: Request) -> str:
    """The language of a staff page."""
    found = kept_of(request)
    return found if found in SPOKEN else messages.FALLBACK


def say(key: str, language: str, /, **values: object) -> str:
    """A word of the staff pages, else of the house. Raises KeyError for one that neither has."""
    known = words(language)
    return known[key].format_map(values) if key in known else messages.say(key, language, **values)


@cache
def words(language: str) -> Mapping[str, str]:
    """The staff pages' words in a language of `SPOKEN`; in English those that its file lacks."""
    return {**own_words(messages.FALLBACK), **own_words(language)}


def own_words(language: str) -> dict[str, str]:
    """What the file of a language in `SPOKEN` holds."""
    file = files("wazi.languages") / "office" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def room(
    template: str, request: Request, caller: Caller, *, status: int = 200, problem: str = "", **values: Any
) -> HTMLResponse:
    """A staff page with its navigation. `problem`: what could not be done."""
    tongue, done = tongue_of(request), request.query_params.get("done", "")

    def spoken(key: str, **named: object) -> str:
        return say(key, tongue, **named)

    frame = {
        "say": spoken,
        "kept": kept_of(request),
        "offered": [found for tag in SPOKEN if (found := languages.find(tag))],
        "here": partial(_here, request.url.path),
        "rooms": [(path, key) for path, key, scope in ROOMS if scope in caller.scopes],
        "path": request.url.path,
        "caller": caller,
        "problem": problem,
        "done": words(tongue).get(done, "") if done.startswith("done_") else "",
    }
    return page(template, request, tongue, status=status, **frame | values)


def back(path: str, request: Request, done: str = "") -> RedirectResponse:
    """To a page after something was done, so that going back or loading again does it no second time."""
    said = f"&done={done}" if done else ""
    return RedirectResponse(f"{path}?{CHOSEN}={kept_of(request)}{said}", status_code=303)


def _here(path: str, tongue: languages.Language) -> str:
    return f"{path}?{CHOSEN}={tongue.tag}"


def quoted(name: str) -> str:
    """A file's name for a header."""
    return quote(name, safe="")
