# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""People who prove who they are here: a password (argon2id) and a six-digit code (TOTP, RFC 6238). It does not know forms.

Wrong name, wrong password and wrong code are told in the same words after the same work; after a few wrong tries of a name
there is a wait that doubles, during which the right ones are refused too. A code holds once.
"""

from __future__ import annotations

import datetime as dt
import hmac
from functools import cache

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wazi.errors import NotPermitted, UsageError
from wazi.state import people, sessions, tries
from wazi.state.database import State
from wazi.state.people import Person
from wazi.state.tables import PEOPLE

SHORTEST, LONGEST = 12, 1000
STEP_SECONDS = 30
DRIFT = 1
"""Steps that a clock may be off."""
WRONG = "name, password or code is wrong: try again, or ask the office for a new password"


class Wait(NotPermitted):
    """Too many wrong tries: `seconds` until the next one."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds))
        super().__init__(f"too many wrong tries: try again in {self.seconds} seconds")


def enrol(state: State, name: str, password: str) -> str:
    """Give a person a password and a new second factor, and sign them out everywhere; returns the `otpauth` address.

    Raises UsageError for an unknown name and for a password of the wrong length.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"the password has {len(password)} characters: use {SHORTEST} to {LONGEST}")
    person, secret = people.named(state, name), pyotp.random_base32()
    kept = {"password": PasswordHasher().hash(password), "totp": secret, "totp_step": 0}
    with state.writing() as connection:
        connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person.id).values(**kept))
    sessions.end_all(state, person.id)
    tries.succeeded(state, _tried(name))
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="wazi")


def check(state: State, name: str, password: str, code: str, *, now: dt.datetime | None = None) -> Person:
    """Who this is. Raises Wait after too many wrong tries, NotPermitted when anything is wrong."""
    now = now or dt.datetime.now(dt.UTC)
    if seconds := tries.wait(state, _tried(name), now=now):
        raise Wait(seconds)
    with state.reading() as connection:
        columns = sa.select(PEOPLE.c.id, PEOPLE.c.password, PEOPLE.c.totp, PEOPLE.c.active)
        row = connection.execute(columns.where(PEOPLE.c.name == name)).one_or_none()
    right = _is_password(row.password if row and row.password else _nobody(), password[: LONGEST + 1])
    step = _step(row.totp, code, now) if row and row.totp else None
    if row and row.active and right and step is not None and _use(state, row.id, step):
        tries.succeeded(state, _tried(name))
        person = people.with_id(state, row.id)
        if person is not None:
            return person
    tries.failed(state, _tried(name), now=now)
    raise NotPermitted(WRONG)


def _tried(name: str) -> str:
    return f"sign-in {name}"


@cache
def _nobody() -> str:
    """The hash that an unknown name is checked against, so that the time does not tell who is known."""
    return PasswordHasher().hash("a password that nobody has")


def _is_password(kept: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _step(secret: str, code: str, now: dt.datetime) -> int | None:
    """The step of time whose code this is."""
    here, totp = int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.replace(" ", "").encode()):
            found = step
    return found


def _use(state: State, person: str, step: int) -> bool:
    """Whether no code of this step or a later one was used before; from now on it was."""
    unused = (PEOPLE.c.id == person) & (PEOPLE.c.totp_step < step)
    with state.writing() as connection:
        return connection.execute(sa.update(PEOPLE).where(unused).values(totp_step=step)).rowcount == 1
