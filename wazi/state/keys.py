# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Keys for programs: each belongs to a person, opens at most what that person may, and ends.

A key reads `wazi_ID_SECRET`. Only the SHA-256 of the secret is kept: 256 random bits need no slow hash. It does not know
how a key is sent.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from wazi.errors import UsageError
from wazi.state import people
from wazi.state.database import State
from wazi.state.people import SCOPES
from wazi.state.tables import KEYS, PEOPLE, check_labels
from wazi.types import PUBLIC

LONGEST_DAYS = 3660
_WHOLE = re.compile(r"wazi_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key: all but its secret. `revoked` is the moment, None while it holds."""

    id: str
    owner: str
    note: str
    scopes: frozenset[str]
    labels: frozenset[str]
    created: dt.datetime
    expires: dt.datetime
    revoked: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key with the only copy of what its holder sends."""

    key: Key
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a valid key opens now: of its own labels and scopes those that its owner still has."""

    key: Key
    labels: frozenset[str]
    scopes: frozenset[str]


def add(
    state: State,
    owner: str,
    *,
    scopes: Iterable[str],
    labels: Iterable[str] = (PUBLIC,),
    days: int = 90,
    note: str = "",
) -> Issued:
    """A new key of the person called `owner`. Raises UsageError for more than the owner may, or an unknown name."""
    person = people.named(state, owner)
    asked, opened = frozenset(scopes), check_labels(labels)
    if not asked or not asked <= set(SCOPES):
        given = ", ".join(sorted(asked)) or "nothing"
        raise UsageError(f"a key needs scopes, not {given[:60]!r}: choose among {', '.join(SCOPES)}")
    if more := asked - person.scopes:
        raise UsageError(f"{owner!r} may not {', '.join(sorted(more))} as {person.role}: change the role or the scopes")
    if more := opened - person.labels:
        raise UsageError(
            f"{owner!r} does not hold {', '.join(sorted(more))[:80]!r}: a key opens no more than its owner may"
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise UsageError(f"a key cannot last {days} days: choose 1 to {LONGEST_DAYS}")
    id, secret, now = secrets.token_hex(8), secrets.token_urlsafe(32), dt.datetime.now(dt.UTC)
    row = {
        **{"id": id, "secret": _hash(secret), "owner": person.id, "note": note[:200]},
        **{"scopes": sorted(asked), "labels": sorted(opened)},
        **{"created": now, "expires": now + dt.timedelta(days=days), "revoked": None},
    }
    with state.writing() as connection:
        connection.execute(sa.insert(KEYS), row)
        return Issued(_rows(connection, KEYS.c.id == id)[0][0], f"wazi_{id}_{secret}")


def every(state: State, owner: str | None = None) -> list[Key]:
    """All keys, or those of one person, newest first; ended and revoked ones too."""
    with state.reading() as connection:
        return [key for key, _ in _rows(connection, sa.true() if owner is None else PEOPLE.c.name == owner)]


def revoke(state: State, id: str) -> Key:
    """End a key for good. Raises UsageError for an unknown id."""
    with state.writing() as connection:
        changed = sa.update(KEYS).where((KEYS.c.id == id) & KEYS.c.revoked.is_(None))
        connection.execute(changed.values(revoked=dt.datetime.now(dt.UTC)))
        found = _rows(connection, KEYS.c.id == id)
    if not found:
        raise UsageError(f"there is no key {id[:40]!r}: type `wazi keys` for the list")
    return found[0][0]


def opened(state: State, text: str, *, now: dt.datetime | None = None) -> Opened | None:
    """What the key `text` opens; None if it is wrong, ended or revoked, or its owner may no longer come in."""
    whole = _WHOLE.fullmatch(text)
    id, secret = whole.groups() if whole else ("", "")
    with state.reading() as connection:
        found = _rows(connection, KEYS.c.id == id)
    kept = found[0][1] if found else _hash("no key")
    right = hmac.compare_digest(kept, _hash(secret))  # also for an unknown id, so that time does not tell one
    if not found or not right:
        return None
    key = found[0][0]
    owner = people.named(state, key.owner)
    if key.revoked or key.expires <= (now or dt.datetime.now(dt.UTC)) or not owner.active:
        return None
    return Opened(key, key.labels & owner.labels, key.scopes & owner.scopes)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _rows(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[tuple[Key, str]]:
    """Keys, each with the hash of its secret."""
    joined = sa.select(KEYS, PEOPLE.c.name.label("owner_name")).join_from(KEYS, PEOPLE, KEYS.c.owner == PEOPLE.c.id)
    return [
        (
            Key(
                *(row.id, row.owner_name, row.note, frozenset(row.scopes), frozenset(row.labels)),
                *(row.created, row.expires, row.revoked),
            ),
            row.secret,
        )
        for row in connection.execute(joined.where(condition).order_by(KEYS.c.created.desc(), KEYS.c.id))
    ]
