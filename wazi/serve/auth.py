# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who sends a request: a key, a signed-in person, or the anonymous reader. It does not know how people sign in.

A wrong key is refused, never taken for anonymous. A cookie counts for a request that changes something only when the browser
says that the request comes from this site. A key may call only what its scopes name; an address not listed takes `admin`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from wazi import access
from wazi.serve.counter import NO_KEY
from wazi.serve.errors import ApiError
from wazi.types import Reader

if TYPE_CHECKING:
    from fastapi import FastAPI

    from wazi.config import Settings
    from wazi.state import State

COOKIE, PLAIN_COOKIE = "__Host-wazi", "wazi"
"""The second on this computer's own addresses only, where there is no encryption."""
LOCAL = ("127.0.0.1", "localhost", "::1")
SAFE = ("GET", "HEAD", "OPTIONS")
BY_PATH = (
    ("/api/ask", "ask"),
    ("/v1/responses", "ask"),
    ("/v1/chat/completions", "ask"),
    ("/mcp", "ask"),
    ("/v1/vector_stores", "retrieve"),
    ("/v1/embeddings", "retrieve"),
    ("/v1/models", "retrieve"),
    ("/v1/files", "retrieve"),
)
"""The scope that a key needs, by the address and what is below it; for what changes documents see `_needed`."""
KEEPING = ("/v1/files", "/v1/vector_stores")
SEARCH = "/search"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request and what may be done for them. `person` is an id of `wazi.state`, None for the anonymous and keys."""

    reader: Reader
    scopes: frozenset[str]
    person: str | None = None


class Door:
    """What the application knows of keys and sessions."""

    def __init__(self, settings: Settings, state: State) -> None:
        self.settings, self.state = settings, state

    def caller(self, request: Request) -> Caller:
        """Raises ApiError 401 for a key that does not open, 403 for a cookie used from elsewhere."""
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        # the official clients insist on a key, and a proxy in front may send `Basic` of its own
        if kind.lower() == "bearer" and key.strip() != NO_KEY:
            return self._by_key(request, key.strip())
        token = session_token(request)
        return (self._by_session(request, token) if token else None) or self._anonymous()

    def _anonymous(self) -> Caller:
        return Caller(access.anonymous(self.settings), frozenset({"ask", "retrieve"}))

    def _by_key(self, request: Request, key: str) -> Caller:
        from wazi.state import keys, tries

        opened = keys.opened(self.state, key)
        if opened is None:
            name = f"key from {request.client.host if request.client else ''}"
            seconds = tries.wait(self.state, name) or tries.failed(self.state, name)
            if seconds:  # a right key is let in all the same: many may share an address
                raise slow(seconds)
            said = "this key opens nothing: it is wrong, ended or revoked; ask the office for a new one"
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise ApiError(said, status=401, code="invalid_api_key", headers=headers)
        reader = Reader(f"{opened.key.owner} (key {opened.key.id})", opened.labels)
        caller = Caller(reader, opened.scopes)
        check(caller, _needed(request))
        return caller

    def _by_session(self, request: Request, token: str) -> Caller | None:
        from wazi.state import sessions

        person = sessions.whose(self.state, token, idle_minutes=self.settings.sign_in.idle_minutes)
        if person is None:
            return None
        if request.method not in SAFE:
            same_site(request)
        return Caller(Reader(person.name, person.labels), person.scopes, person.id)


def open_for(settings: Settings) -> State:
    """The database of the settings. Raises MissingPart without the driver of PostgreSQL, StoreError."""
    from wazi.state import open_state

    return open_state(settings.home, settings.state.url.get_secret_value())


def add(app: FastAPI, settings: Settings, state: State) -> Door:
    """From now on requests of this application are known by key and session."""
    door = Door(settings, state)
    app.state.door = door
    return door


def reader_of(request: Request) -> Reader:
    """Who asks. Raises ApiError 401, 403 or 429."""
    return caller_of(request).reader


def caller_of(request: Request) -> Caller:
    """Who sends the request and what may be done for them; looked up once a request. Raises ApiError 401, 403 or 429."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        door: Door = request.app.state.door
        known = request.state.caller = door.caller(request)
    return known


def require(request: Request, scope: str) -> Caller:
    """The caller, who may do what `scope` names. Raises ApiError 401 for the anonymous, 403 for who may not."""
    caller = caller_of(request)
    if scope not in caller.scopes and caller.person is None and request.headers.get("authorization") is None:
        raise ApiError("sign in first", status=401, code="sign_in", headers={"WWW-Authenticate": "Bearer"})
    check(caller, scope)
    return caller


def check(caller: Caller, scope: str) -> None:
    """Raises ApiError 403 when `caller` may not do what `scope` names."""
    if scope not in caller.scopes:
        raise ApiError(f"this takes the right {scope!r}: ask the office for it", status=403, code="not_permitted")


def slow(seconds: float) -> ApiError:
    """Too many wrong tries."""
    whole = max(1, round(seconds))
    said = f"too many wrong tries: try again in {whole} seconds"
    return ApiError(said, status=429, code="too_many_tries", headers={"Retry-After": str(whole)})


def same_site(request: Request) -> None:
    """Raises ApiError 403 unless the browser says that the request comes from a page of this site."""
    fetched = request.headers.get("sec-fetch-site")
    if fetched in ("same-origin", "none"):
        return
    origin = request.headers.get("origin", "")
    if fetched is None and origin.partition("://")[2] == request.headers.get("host", "") and origin:
        return
    raise ApiError("this was sent from another site: open the page here and try again", status=403, code="cross_site")


def session_token(request: Request) -> str | None:
    """The token of the session, from the cookie that fits the address."""
    return request.cookies.get(cookie_name(request))


def cookie_name(request: Request) -> str:
    """The name that browsers take only with encryption, except on this computer's own addresses."""
    plain = request.url.scheme == "http" and request.url.hostname in LOCAL
    return PLAIN_COOKIE if plain else COOKIE


def _needed(request: Request) -> str:
    path = request.url.path
    if request.method not in SAFE and path.startswith(KEEPING) and not path.endswith(SEARCH):
        return "documents"
    return next((scope for start, scope in BY_PATH if path == start or path.startswith(f"{start}/")), "admin")
