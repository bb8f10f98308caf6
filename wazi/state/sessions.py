# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who is signed in: a random token in the browser, its SHA-256 here, with an end that nothing moves and one for idleness.

It does not know cookies.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

import sqlalchemy as sa

from wazi.state import people
from wazi.state.database import State
from wazi.state.people import Person
from wazi.state.tables import SESSIONS

TOUCH = dt.timedelta(minutes=1)
"""Use is written down at most so often, so that reading a page does not mean writing."""


def begin(state: State, person: str, *, hours: float, now: dt.datetime | None = None) -> str:
    """A new session of the person with the id `person`; returns its token. Ended sessions of everybody are erased."""
    now, token = now or dt.datetime.now(dt.UTC), secrets.token_urlsafe(32)
    row = {"token": _hash(token), "person": person, "created": now, "used": now}
    with state.writing() as connection:
        connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.expires <= now))
        connection.execute(sa.insert(SESSIONS), row | {"expires": now + dt.timedelta(hours=hours)})
    return token


def whose(state: State, token: str, *, idle_minutes: float, now: dt.datetime | None = None) -> Person | None:
    """Who is signed in with this token; None when it is unknown or over, or the person may no longer come in."""
    now = now or dt.datetime.now(dt.UTC)
    this = SESSIONS.c.token == _hash(token)
    with state.reading() as connection:
        row = connection.execute(sa.select(SESSIONS).where(this)).one_or_none()
    if row is None:
        return None
    person = people.with_id(state, row.person)
    over = row.expires <= now or row.used + dt.timedelta(minutes=idle_minutes) <= now
    if over or person is None or not person.active:
        end(state, token)
        return None
    if now - row.used >= TOUCH:
        with state.writing() as connection:
            connection.execute(sa.update(SESSIONS).where(this).values(used=now))
    return person


def end(state: State, token: str) -> None:
    """Sign out; nothing happens if it was over."""
    with state.writing() as connection:
        connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.token == _hash(token)))


def end_all(state: State, person: str) -> None:
    """Sign a person out everywhere, by id."""
    with state.writing() as connection:
        connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.person == person))


def form_token(token: str) -> str:
    """What a form of this session must send back, which no other site can know."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(token: str, sent: str) -> bool:
    """Whether a form came from this session; takes the same time whatever was sent."""
    return hmac.compare_digest(form_token(token).encode(), sent.encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
