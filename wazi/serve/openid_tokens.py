# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Signed tokens of OpenID Connect: whether one is genuine, for us and in time; and the one that proves who we are.

OpenID Connect Core 1.0 (3.1.3.7 and 5.3), RFC 7523. It does not know where keys and tokens come from. A token whose kind of
signature is not in `ACCEPTED` is refused, whatever the provider says of itself: so are `none` and those with a shared secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwe, jwk, jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from wazi.errors import SettingError

Claims = Mapping[str, Any]

ACCEPTED = {"PS256": "RSA", "RS256": "RSA", "ES256": "EC", "ES256K": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
"""Kinds of signature and the type of key that each takes."""
SHORTEST_RSA = 2048
LONGEST_SUBJECT = 255
"""Characters, by OpenID Connect Core 1.0, 2."""
ASSERTION_SECONDS = 60
DECRYPTING = jwe.JWERegistry(algorithms=["RSA-OAEP-256", "ECDH-ES", "A256GCM", "A128GCM"], strict_check_header=False)
"""Strict, it would refuse the claims that RFC 7519 (5.3) allows in the header."""


class Wrong(Exception):
    """A token, or an answer of the provider, that proves nothing. The reason is for the log, never for the reader."""


class UnknownKey(Wrong):
    """Signed with a key that is not among those known: they may have been changed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say. `acr`: one of these ways to prove who one is, unless empty."""

    issuer: str
    client_id: str
    nonce: str
    acr: tuple[str, ...] = ()
    clock_seconds: int = 0


def public_keys(document: object) -> list[Key]:
    """The keys of a JWK set that may sign; others and those that cannot be read are left out. Raises Wrong for no set."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise Wrong("no key set")
    found = []
    for entry in entries:
        if isinstance(entry, dict) and entry.get("kty") in ACCEPTED.values() and entry.get("use", "sig") == "sig":
            try:
                found.append(jwk.import_key(entry))
            except (JoseError, ValueError, TypeError):
                continue
    return found


def verified(text: str, keys: Iterable[Key]) -> Claims:
    """What a signed token says. Raises UnknownKey, Wrong."""
    try:
        header = jws.extract_compact(text.encode()).headers()
    except (JoseError, ValueError) as error:
        raise Wrong("not a signed token") from error
    kind, name = header.get("alg"), header.get("kid")
    if not isinstance(kind, str) or kind not in ACCEPTED:
        raise Wrong("this kind of signature is not accepted")
    fitting = [key for key in keys if _fits(key, kind, name)]
    if not fitting:
        raise UnknownKey("the key of the signature is not known")
    if len(fitting) > 1:
        raise Wrong("several keys could have signed")
    try:
        return jwt.decode(text, fitting[0], algorithms=[kind]).claims
    except (JoseError, ValueError) as error:
        raise Wrong("the signature is wrong") from error


def _fits(key: Key, kind: str, name: object) -> bool:
    if key.key_type != ACCEPTED[kind] or key.alg not in (None, kind) or (name is not None and key.kid != name):
        return False
    return not isinstance(key, jwk.RSAKey) or key.raw_value.key_size >= SHORTEST_RSA


def check_id_token(claims: Claims, expected: Expected, *, now: float, access_token: str) -> str:
    """The subject of a genuine ID token, checked to be for us, for this sign-in and in time. Raises Wrong."""
    if claims.get("iss") != expected.issuer:
        raise Wrong("the issuer is another")
    check_audience(claims, expected.client_id)
    _check_times(claims, now, expected.clock_seconds)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise Wrong("the nonce is another")
    if expected.acr and claims.get("acr") not in expected.acr:
        raise Wrong("proved in a way that is not accepted")
    if "at_hash" in claims and claims["at_hash"] not in _hashes(access_token):
        raise Wrong("the access token is another")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Wrong("no subject")
    return subject


def check_audience(claims: Claims, client_id: str) -> None:
    """Raises Wrong for a token that is for others, or for us among others without saying that we asked for it."""
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    if client_id not in audience:
        raise Wrong("for another client")
    if claims.get("azp", None if len(audience) > 1 else client_id) != client_id:
        raise Wrong("asked for by another client")


def _check_times(claims: Claims, now: float, clock_seconds: int) -> None:
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if expires <= now - clock_seconds:
        raise Wrong("expired")
    if issued > now + clock_seconds or ("nbf" in claims and _moment(claims, "nbf") > now + clock_seconds):
        raise Wrong("from the future")


def _moment(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"no {name}")
    return value


def _hashes(access_token: str) -> list[str]:
    """The left half of a hash of the token: SHA-256, or SHA-512 with Ed25519 (OpenID Connect Core 1.0, 3.1.3.6)."""
    halves = [kind(access_token.encode()).digest() for kind in (hashlib.sha256, hashlib.sha512)]
    return [base64.urlsafe_b64encode(half[: len(half) // 2]).rstrip(b"=").decode() for half in halves]


def opened(text: str, keys: Iterable[Key]) -> str:
    """What was encrypted for one of our keys; a text that is not encrypted stays as it is. Raises Wrong."""
    if text.count(".") != 4:
        return text
    for key in keys:
        try:
            plain = jwe.decrypt_compact(text, key, registry=DECRYPTING).plaintext
            return (plain or b"").decode("ascii")
        except (JoseError, ValueError):
            continue
    raise Wrong("encrypted for another key")


def own_keys(path: Path) -> list[Key]:
    """Our private keys, the one that signs first: PEM, a JWK or a JWK set. Raises SettingError."""
    try:
        text = path.read_text(encoding="utf-8")
        entries = _entries(text)
        found = [jwk.import_key(entry) for entry in entries] if entries is not None else [_from_pem(text)]
    except (OSError, JoseError, ValueError, TypeError, KeyError) as error:
        raise SettingError(
            f"[openid] key_file: no key can be read from {path}: make one as docs/auth.md says"
        ) from error
    for key in found:
        if key.key_type not in ACCEPTED.values() or not key.is_private:
            raise SettingError(
                f"[openid] key_file: {path} has a key that is not private: make one as docs/auth.md says"
            )
        key.ensure_kid()
    return found


def _entries(text: str) -> list[dict[str, Any]] | None:
    if not text.lstrip().startswith("{"):
        return None
    whole = json.loads(text)
    entries: list[dict[str, Any]] = whole.get("keys", [whole])
    if not entries:
        raise ValueError("no key")
    return entries


def _from_pem(text: str) -> Key:
    for kind in ("RSA", "EC"):
        try:
            return jwk.import_key(text, kind)
        except JoseError:
            continue
    return jwk.import_key(text, "OKP")


def published(keys: Iterable[Key]) -> dict[str, Any]:
    """The public halves of our keys, as the provider fetches them."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}


def assertion(key: Key, client_id: str, audience: str, *, kind: str, now: float) -> str:
    """A token that proves to `audience`, once and for a minute, that we are `client_id` (RFC 7523)."""
    said = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "iat": int(now),
        "exp": int(now) + ASSERTION_SECONDS,
    }
    return jwt.encode({"alg": kind, "kid": key.kid}, said, key, algorithms=[kind])


def signing(key: Key, offered: Iterable[str]) -> str:
    """The kind of signature that our key makes and the provider takes; PS256 before RS256. Raises Wrong."""
    able = [kind for kind in ACCEPTED if key.key_type == ACCEPTED[kind]]
    if isinstance(key, jwk.ECKey):
        able = ["ES256K" if key.curve_name == "secp256k1" else "ES256"]
    taken = set(offered)
    for kind in able:
        if kind in taken:
            return kind
    raise Wrong("the provider takes no signature that our key makes")
