# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sign in with a provider of OpenID Connect: the way there, the way back, and who may come in. It does not know tokens.

Nothing is kept of a sign-in that has begun: its state, nonce and verifier are derived from a cookie that lives ten minutes and
a key of this process. Each holds once. The session is the one of `auth`, new at every sign-in.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from wazi.config import Settings
from wazi.errors import MissingPart, SettingError, UsageError
from wazi.languages import messages
from wazi.serve import auth, auth_local
from wazi.serve.auth import Door
from wazi.serve.auth_local import signed_in
from wazi.serve.web_pages import language_of, page

if TYPE_CHECKING:
    from wazi.audit import Trail
    from wazi.serve.openid_provider import Provider
    from wazi.serve.openid_tokens import Claims
    from wazi.state import State
    from wazi.state.people import Person

log = logging.getLogger(__name__)

START, BACK, KEYS, OUT = "/sign-in/openid", "/sign-in/openid/back", "/sign-in/openid/keys", "/signed-out"
MINUTES = 10
REMEMBERED = 10_000
"""Sign-ins that came back and may not come back again; each holds only for `MINUTES`."""
NOT_IN_NAMES = re.compile(r"[^\w .@'-]+")
"""Brackets above all: receipts write the key that was used in them."""


class Stopped(Exception):
    """A sign-in ends here. `message` is what the reader is told, `reason` what the log is told."""

    def __init__(self, message: str, reason: str, *, status: int = 401, **named: str) -> None:
        super().__init__(reason)
        self.message, self.reason, self.status, self.named = message, reason, status, named


@dataclass(frozen=True, slots=True)
class _Begun:
    """A sign-in on its way."""

    cookie: str
    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """Of the verifier (RFC 7636, S256)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())


@dataclass(frozen=True, slots=True)
class _Office:
    """The provider, whom the office knows, and where what the provider changes of them is chained."""

    provider: Provider
    state: State
    trail: Trail

    @property
    def name(self) -> str:
        """How the provider stands in the trail."""
        return f"provider {self.provider.settings.issuer}"


class Ways:
    """Sign-ins on their way. Another process knows nothing of them: who comes back to it starts again."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._used: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, language: str) -> _Begun:
        """A new one, with the language of the page in which it began."""
        return self._from(f"{int(self._clock())}.{secrets.token_urlsafe(32)}.{language}")

    def come_back(self, cookie: str, state: str) -> _Begun:
        """The one that this browser began and that the answer belongs to; once. Raises Stopped."""
        begun = self._from(cookie)
        if not hmac.compare_digest(begun.state.encode(), state.encode()):
            raise Stopped("sign_in_failed", "not begun in this browser")
        if self._clock() - int(cookie.partition(".")[0]) > MINUTES * 60:
            raise Stopped("sign_in_failed", "began too long ago")
        with self._lock:
            if state in self._used:
                raise Stopped("sign_in_failed", "came back before")
            self._used[state] = None
            if len(self._used) > REMEMBERED:
                self._used.popitem(last=False)
        return begun

    def _from(self, cookie: str) -> _Begun:
        parts = (
            hmac.digest(self._key, f"{name}.{cookie}".encode(), "sha256") for name in ("state", "nonce", "verifier")
        )
        return _Begun(cookie, *map(_text, parts))


def add(app: FastAPI, door: Door, trail: Trail) -> None:
    """Put the button and its answers into the application, if the settings name a provider; whom it changes is chained to `trail`.

    Raises SettingError for settings that cannot work, MissingPart without the extra `openid`.
    """
    if not door.settings.openid.issuer:
        return
    provider, ways, site = _provider(door.settings), Ways(), _site(door.settings)
    office = _Office(provider, door.state, trail)
    app.state.openid = label = door.settings.openid.label or httpx.URL(door.settings.openid.issuer).host

    @app.get(START, include_in_schema=False)
    def start(request: Request, lang: str = "") -> Response:
        language = language_of(request, lang)
        begun = ways.begin(language)
        try:
            where = _asked(provider, begun, language)
        except Stopped as stopped:
            return _told(request, language, stopped)
        return _with_cookie(RedirectResponse(where, status_code=303), request, begun.cookie)

    @app.get(BACK, include_in_schema=False)
    def back(request: Request) -> Response:
        cookie = request.cookies.get(_cookie_name(request), "")
        language = language_of(request, cookie.rpartition(".")[2])
        try:
            reply = signed_in(request, door, _who(request, cookie, ways, office).id, language)
        except Stopped as stopped:
            reply = _told(request, language, stopped)
        return _with_cookie(reply, request, "")

    @app.get(KEYS, include_in_schema=False)
    def keys() -> dict[str, Any]:
        from wazi.serve import openid_tokens

        return openid_tokens.published(provider.keys)

    @app.get(OUT, include_in_schema=False)
    def out(request: Request, lang: str = "") -> Response:
        from wazi.serve.openid_provider import Down

        try:
            there = provider.sign_out(f"{site}/")
        except Down:
            there = None
        return page("signed_out.html", request, language_of(request, lang), provider=label, there=there)


def _provider(settings: Settings) -> Provider:
    try:
        from wazi.serve.openid_provider import Provider
    except ModuleNotFoundError as error:
        raise MissingPart("[openid] takes an extra: type `pip install 'wazi[openid]'`") from error
    return Provider(settings.openid, settings.sources, _site(settings) + BACK)


def _site(settings: Settings) -> str:
    """Where people find this server: what a request calls it is nothing to build an address of."""
    if not settings.api.url:
        raise SettingError("[openid] takes [api] url: write the address under which people find this server")
    return settings.api.url.rstrip("/")


def _asked(provider: Provider, begun: _Begun, language: str) -> str:
    from wazi.serve.openid_provider import Down

    try:
        return provider.start(state=begun.state, nonce=begun.nonce, challenge=begun.challenge, language=language)
    except Down as down:
        raise Stopped("sign_in_unavailable", str(down), status=503) from down


def _who(request: Request, cookie: str, ways: Ways, office: _Office) -> Person:
    """The person who came back. Raises Stopped."""
    from wazi.serve.openid_provider import Down
    from wazi.serve.openid_tokens import Wrong

    sent = request.query_params
    begun = ways.come_back(cookie, sent.get("state", ""))
    if "error" in sent:
        refused = sent["error"] == "access_denied"
        raise Stopped("sign_in_cancelled" if refused else "sign_in_failed", "the provider sent an error")
    try:
        told = office.provider.redeem(
            sent.get("code", ""), verifier=begun.verifier, nonce=begun.nonce, issuer=sent.get("iss")
        )
    except Down as down:
        raise Stopped("sign_in_unavailable", str(down), status=503) from down
    except Wrong as wrong:
        raise Stopped("sign_in_failed", str(wrong)) from wrong
    person = _person(office, told.subject, told.claims)
    if person is None or not person.active:  # in the same words, so that nobody learns which
        raise Stopped("sign_in_unknown", "may not come in", status=403, subject=told.subject)
    return person


def _person(office: _Office, subject: str, claims: Claims) -> Person | None:
    from wazi.state import changes, people

    state, wanted = office.state, office.provider.settings
    person = people.known(state, issuer=wanted.issuer, subject=subject)
    if person is None and wanted.create:
        person = _created(office, subject, _claim(claims, wanted.name_claim))
    if person is None or not person.active or not wanted.groups_claim:
        return person
    # groups that open nothing here are nobody's business here
    groups = _names(_claim(claims, wanted.groups_claim)) & people.groups(state).keys()
    if groups == person.groups:
        return person
    now = people.change(state, person.name, groups=groups)
    changes.of_person(office.trail, "person_changed", now, by=office.name, was=person)
    return now


def _created(office: _Office, subject: str, wished: object) -> Person | None:
    """A new reader under the name of the claim, with something added when somebody else has it."""
    from wazi.state import changes, people

    state, issuer = office.state, office.provider.settings.issuer
    mark = hashlib.sha256(f"{issuer} {subject}".encode()).hexdigest()[:8]
    name = NOT_IN_NAMES.sub(" ", wished).strip()[:80].strip() if isinstance(wished, str) else ""
    for tried in (name, f"{name or 'person'} {mark}"):
        try:
            made = people.add(state, tried, issuer=issuer, subject=subject)
        except UsageError:
            continue
        changes.of_person(office.trail, "person_added", made, by=office.name)
        return made
    return people.known(state, issuer=issuer, subject=subject)  # they came twice at once


def _claim(claims: Claims, name: str) -> object:
    """A claim by its name, else by its path with dots, else in a language (`name#fr`)."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    if found is not None:
        return found
    return next((claims[each] for each in sorted(claims) if each.partition("#")[0] == name), None)


def _names(value: object) -> set[str]:
    """The groups that a claim names: one, or a list."""
    given = [value] if isinstance(value, str) else value
    return {each for each in given if isinstance(each, str)} if isinstance(given, list) else set()


def _told(request: Request, language: str, stopped: Stopped) -> Response:
    log.warning("serve.openid.stopped: %s", stopped.reason)  # a phrase of ours: nothing that was sent is in it
    problem = messages.say(stopped.message, language, **stopped.named)
    return auth_local.form(request, language, status=stopped.status, problem=problem)


def _with_cookie(reply: Response, request: Request, value: str) -> Response:
    """The reply with the cookie of a sign-in on its way; empty: without it from now on."""
    name = _cookie_name(request)
    reply.set_cookie(
        name,
        value,
        max_age=MINUTES * 60 if value else 0,
        path="/",
        secure=name.startswith(auth.COOKIE),
        httponly=True,
        samesite="lax",  # the way back begins at the provider
    )
    return reply


def _cookie_name(request: Request) -> str:
    return f"{auth.cookie_name(request)}-openid"


def _text(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
