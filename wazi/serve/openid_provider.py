# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The conversation with a provider of OpenID Connect: where it is, its keys, a code for tokens, what it tells of a person.

Addresses come from its discovery document and are kept for an hour, as are its keys; a key that is not known is looked for
once more at once. No token is kept. It does not know browsers, nor who may come in. Other machines are reached through
`sources.reach`: the provider's own name is open, any other private address only by `[sources] private`.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
from joserfc.jwk import Key

from wazi.config import OpenId, Sources
from wazi.errors import InputError, SettingError
from wazi.serve import openid_tokens as tokens
from wazi.serve.openid_tokens import ACCEPTED, Claims, Expected, UnknownKey, Wrong
from wazi.sources.reach import Door

KEPT_SECONDS = 3600.0
DOWN_SECONDS = 5.0
"""So long a provider that did not answer is not asked again: waiting people would take every thread."""
SECONDS = 8.0
"""For one request, at most."""
LARGEST = 256 * 1024
"""Bytes of one answer, at most."""
AT_ONCE = 8
"""People whose sign-in may wait for the provider at the same time."""
LOCAL = ("127.0.0.1", "localhost", "::1")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Down(Exception):
    """The provider does not answer, or not as one does, or too many wait for it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider tells of a person: claims of the ID token and of userinfo together."""

    subject: str
    claims: Claims


@dataclass(frozen=True, slots=True)
class _Kept:
    document: Mapping[str, Any]
    until: float


class Provider:
    """One provider as the settings name it. Raises SettingError for settings that cannot work."""

    def __init__(
        self, settings: OpenId, sources: Sources, redirect_uri: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings, self.redirect_uri, self._clock = settings, redirect_uri, clock
        self.keys = tokens.own_keys(Path(settings.key_file).expanduser()) if settings.key_file else []
        self._secret = _secret(settings)
        _check(settings, bool(self._secret), bool(self.keys))
        own = httpx.URL(settings.issuer).host
        door = Door(sources.model_copy(update={"private": (*sources.private, own)}))
        self._client = httpx.Client(transport=door, timeout=SECONDS, headers={"User-Agent": "wazi"})
        self._kept: dict[str, _Kept] = {}
        self._down_until = 0.0
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def start(self, *, state: str, nonce: str, challenge: str, language: str) -> str:
        """The address to which the browser goes to sign in. Raises Down."""
        wanted = self.settings
        with self._place():
            where = self._where("authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": wanted.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(dict.fromkeys(("openid", *wanted.scopes))),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        if wanted.acr_values:
            asked["acr_values"] = " ".join(wanted.acr_values)
        if wanted.claims:
            asked["claims"] = json.dumps({"userinfo": {name: {"essential": True} for name in wanted.claims}})
        return _with(where, asked)

    def _check_issuer(self, sent: str | None) -> None:
        """Raises Wrong for an answer from another issuer, and for one that does not say from which but should (RFC 9207)."""
        due = self._discovered().get("authorization_response_iss_parameter_supported") is True
        if (sent is None and due) or (sent is not None and sent != self.settings.issuer):
            raise Wrong("the answer is from another issuer")

    def redeem(self, code: str, *, verifier: str, nonce: str, issuer: str | None) -> Told:
        """Who signed in; `issuer` is what the answer with the code said of it. Raises Wrong, Down."""
        with self._place():
            self._check_issuer(issuer)
            sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
            answer = self._redeemed({**sent, "code_verifier": verifier})
            id_token, access_token = answer.get("id_token"), answer.get("access_token")
            if not isinstance(id_token, str) or not isinstance(access_token, str):
                raise Wrong("no tokens for the code")
            wanted = self.settings
            expected = Expected(wanted.issuer, wanted.client_id, nonce, wanted.acr_values, wanted.clock_seconds)
            claims = self._verified(id_token)
            subject = tokens.check_id_token(claims, expected, now=self._clock(), access_token=access_token)
            return Told(subject, {**claims, **self._userinfo(access_token, subject)})

    def sign_out(self, back: str) -> str | None:
        """The address at which the browser signs out there and comes `back`; None when the provider has none. Raises Down."""
        with self._place():
            if "end_session_endpoint" not in self._discovered():
                return None
            where = self._where("end_session_endpoint")
        return _with(where, {"client_id": self.settings.client_id, "post_logout_redirect_uri": back})

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Down("too many sign-ins at once")
        try:
            yield
        finally:
            self._places.release()

    def _redeemed(self, form: dict[str, str]) -> Mapping[str, Any]:
        proved, headers = self._proof()
        reply = self._send("POST", self._where("token_endpoint"), data={**form, **proved}, headers=headers)
        if reply.status_code >= 500:
            raise Down("the token endpoint failed")
        if reply.status_code != 200:
            raise Wrong("the code was not taken")
        return _object(reply)

    def _proof(self) -> tuple[dict[str, str], dict[str, str]]:
        """What proves who we are: fields of the form, and headers."""
        found, client = self._discovered(), self.settings.client_id
        if self.keys:
            unsaid = ["PS256"] if self.settings.profile == "esignet" else [kind for kind in ACCEPTED if kind != "PS256"]
            kinds = _texts(found.get("token_endpoint_auth_signing_alg_values_supported")) or unsaid
            kind = tokens.signing(self.keys[0], kinds)
            said = tokens.assertion(self.keys[0], client, self._where("token_endpoint"), kind=kind, now=self._clock())
            return {"client_id": client, "client_assertion_type": ASSERTED, "client_assertion": said}, {}
        methods = _texts(found.get("token_endpoint_auth_methods_supported")) or ["client_secret_basic"]
        if "client_secret_basic" in methods:
            pair = f"{quote_plus(client)}:{quote_plus(self._secret)}"
            return {}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        return {"client_id": client, "client_secret": self._secret}, {}

    def _userinfo(self, access_token: str, subject: str) -> Claims:
        if "userinfo_endpoint" not in self._discovered():
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        reply = self._send("GET", self._where("userinfo_endpoint"), headers=headers)
        if reply.status_code != 200:
            raise Wrong("userinfo was refused")
        if reply.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/jwt":
            claims = self._verified(tokens.opened(reply.text.strip(), self.keys))
            if claims.get("iss", self.settings.issuer) != self.settings.issuer:
                raise Wrong("userinfo is from another issuer")
            if "aud" in claims:
                tokens.check_audience(claims, self.settings.client_id)
        elif self.settings.profile == "esignet":
            raise Wrong("userinfo is not signed")
        else:
            claims = _object(reply)
        if claims.get("sub") != subject:
            raise Wrong("userinfo is about somebody else")
        return claims

    def _verified(self, text: str) -> Claims:
        try:
            return tokens.verified(text, self._provider_keys())
        except UnknownKey:  # they change their keys when they like: once more, with new ones
            return tokens.verified(text, self._provider_keys(again=True))

    def _provider_keys(self, *, again: bool = False) -> list[Key]:
        return tokens.public_keys(self._document(self._where("jwks_uri"), again=again))

    def _discovered(self) -> Mapping[str, Any]:
        below = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._document(self.settings.discovery or below)
        if found.get("issuer") != self.settings.issuer:
            raise Down("the discovery document is of another issuer")
        if missing := [name for name in NEEDED if name not in found]:
            raise Down(f"the discovery document has no {missing[0]}")
        return found

    def _where(self, name: str) -> str:
        address = self._discovered()[name]
        if not isinstance(address, str) or not _is_safe(address):
            raise Down(f"{name} is not an address with encryption")
        return address

    def _document(self, address: str, *, again: bool = False) -> Mapping[str, Any]:
        """A document of the provider, kept for an hour."""
        with self._lock:
            now, kept = self._clock(), self._kept.get(address)
            if kept is not None and now < kept.until and not again:
                return kept.document
            if now < self._down_until:
                raise Down("the provider did not answer a moment ago")
            try:
                reply = self._send("GET", address)
                if reply.status_code != 200:
                    raise Down(f"status {reply.status_code}")
                document = _object(reply)
            except (Down, Wrong) as error:
                self._down_until = self._clock() + DOWN_SECONDS
                raise Down("a document of the provider cannot be had") from error
            self._kept[address] = _Kept(document, now + KEPT_SECONDS)
            return document

    def _send(self, method: str, address: str, **given: Any) -> httpx.Response:
        """One request, without following another address. Raises Down."""
        until = time.monotonic() + SECONDS
        try:
            with self._client.stream(method, address, **given) as reply:
                body = bytearray()
                for piece in reply.iter_bytes():
                    body += piece
                    if len(body) > LARGEST or time.monotonic() > until:
                        raise Down("the answer is too large or too slow")
        except (httpx.HTTPError, InputError) as error:
            raise Down("the provider does not answer") from error
        headers = {"content-type": reply.headers.get("content-type", "")}
        return httpx.Response(reply.status_code, headers=headers, content=bytes(body))


def _check(settings: OpenId, secret: bool, key: bool) -> None:
    if not _is_safe(settings.issuer):
        raise SettingError(f"[openid] issuer = {settings.issuer!r}: write an address that begins with https://")
    if settings.discovery and not _is_safe(settings.discovery):
        raise SettingError(f"[openid] discovery = {settings.discovery!r}: write an address that begins with https://")
    if not settings.client_id:
        raise SettingError("[openid] client_id is empty: write what the provider calls this server")
    if secret == key:
        raise SettingError("[openid] takes either a client secret or key_file: see docs/auth.md")
    if settings.profile == "esignet" and not key:
        raise SettingError("[openid] profile = 'esignet' takes key_file: make a key as docs/auth.md says")


def _secret(settings: OpenId) -> str:
    if not settings.client_secret_file:
        return settings.client_secret.get_secret_value()
    try:
        return Path(settings.client_secret_file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"[openid] client_secret_file cannot be read: {error}") from error


def _is_safe(address: str) -> bool:
    """With encryption, or on this computer; without a name and password, and without a fragment."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return False
    encrypted = url.scheme == "https" or (url.scheme == "http" and url.host in LOCAL)
    return encrypted and bool(url.host) and not url.userinfo and not url.fragment


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _object(reply: httpx.Response) -> Mapping[str, Any]:
    try:
        found = reply.json()
    except ValueError as error:
        raise Wrong("not JSON") from error
    if not isinstance(found, dict):
        raise Wrong("not an object")
    return found


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
