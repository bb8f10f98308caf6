# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Wrong tries, so that guessing takes long: after a few, each one doubles the wait. It does not know what was tried.

Names are kept as hashes: people type passwords into the field for the name.
"""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa

from wazi.state.database import State
from wazi.state.tables import TRIES

FREE = 4
"""Wrong tries without a wait."""
LONGEST = dt.timedelta(minutes=15)
FORGOTTEN = dt.timedelta(days=1)


def wait(state: State, name: str, *, now: dt.datetime | None = None) -> float:
    """Seconds until `name` may be tried again; 0: now."""
    now = now or dt.datetime.now(dt.UTC)
    with state.reading() as connection:
        until = connection.execute(sa.select(TRIES.c.until).where(TRIES.c.name == _hash(name))).scalar_one_or_none()
    return 0.0 if until is None else max(0.0, (until - now).total_seconds())


def failed(state: State, name: str, *, now: dt.datetime | None = None) -> float:
    """Count a wrong try; seconds until the next one. What is older than a day is forgotten, of every name."""
    now, hashed = now or dt.datetime.now(dt.UTC), _hash(name)
    with state.writing() as connection:
        connection.execute(sa.delete(TRIES).where(TRIES.c.last < now - FORGOTTEN))
        this = sa.select(TRIES.c.failures).where(TRIES.c.name == hashed)
        failures = (connection.execute(this).scalar_one_or_none() or 0) + 1
        seconds = min(2.0 ** min(failures - FREE, 20), LONGEST.total_seconds()) if failures >= FREE else 0.0
        connection.execute(sa.delete(TRIES).where(TRIES.c.name == hashed))
        row = {"name": hashed, "failures": failures, "last": now, "until": now + dt.timedelta(seconds=seconds)}
        connection.execute(sa.insert(TRIES), row)
    return seconds


def succeeded(state: State, name: str) -> None:
    """Forget the wrong tries of a name."""
    with state.writing() as connection:
        connection.execute(sa.delete(TRIES).where(TRIES.c.name == _hash(name)))


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
