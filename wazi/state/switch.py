# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The switch that stops all answers: its log, whose last row is how it stands. It does not know who may turn it, nor what stops.

Without a row it is on. Rows are only added.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from wazi.errors import UsageError
from wazi.state.database import State
from wazi.state.tables import Moment

LONGEST_TEXT = 500
SWITCH = sa.table(
    "switch",
    *(sa.column(each, sa.Text()) for each in ("id", "reason", "words", "by")),
    sa.column("number", sa.Integer()),
    sa.column("on", sa.Boolean()),
    sa.column("at", Moment()),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One change. `reason` is for the log, `words` are what the public is told while it is off (empty: the house's own)."""

    id: str
    number: int
    on: bool
    reason: str
    words: str
    by: str
    at: dt.datetime


def turn(state: State, on: bool, *, reason: str, by: str, words: str = "") -> Turn:
    """Turn it. Raises UsageError without a reason, for a text that is too long, and when it stands so already."""
    reason, words = " ".join(reason.split()), " ".join(words.split())
    if not reason:
        raise UsageError("no reason was given: write why, it stays in the log")
    for text in (reason, words):
        if len(text) > LONGEST_TEXT or not text.isprintable():
            raise UsageError(f"{text[:40]!r} has unprintable or more than {LONGEST_TEXT} characters: shorten it")
    with state.writing() as connection:
        last = _last(connection)
        if (last is None or last.on) == on:
            raise UsageError(f"answers are already {'on' if on else 'off'}: nothing was changed")
        number = last.number + 1 if last else 1
        made = Turn(uuid.uuid4().hex, number, on, reason, words, by, dt.datetime.now(dt.UTC))
        connection.execute(sa.insert(SWITCH), asdict(made))
    return made


def off(state: State) -> Turn | None:
    """The change by which it was turned off; None while it is on."""
    with state.reading() as connection:
        last = _last(connection)
    return None if last is None or last.on else last


def log(state: State) -> list[Turn]:
    """Every change, newest first."""
    with state.reading() as connection:
        rows = connection.execute(sa.select(SWITCH).order_by(SWITCH.c.number.desc()))
        return [_value(row) for row in rows]


def _last(connection: sa.Connection) -> Turn | None:
    row = connection.execute(sa.select(SWITCH).order_by(SWITCH.c.number.desc()).limit(1)).one_or_none()
    return _value(row) if row else None


def _value(row: sa.Row[tuple[object, ...]]) -> Turn:
    return Turn(row.id, row.number, row.on, row.reason, row.words, row.by, row.at)
