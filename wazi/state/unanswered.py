# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Questions that got no answer, until staff have dealt with them. It does not group them: that takes a model.

A row carries the labels that the asker held; who does not hold all of them sees it neither in the list nor in the count.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from wazi.errors import UsageError
from wazi.state.database import State
from wazi.state.tables import ROW_LABELS, UNANSWERED, label_rows, visible
from wazi.types import Outcome

MOST = 100_000
"""Rows kept; the oldest go first, so that a stranger's program cannot fill the disk."""
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question without an answer. `closed_by`: who dealt with it, None while nobody has."""

    id: str
    question: str
    language: str
    outcome: Outcome
    at: dt.datetime
    closed_by: str | None = None


def keep(
    state: State, *, question: str, language: str, outcome: Outcome, labels: Iterable[str], most: int = MOST
) -> Unanswered:
    """Keep one, of at most `most`. Raises UsageError."""
    if not question.strip() or "\0" in question or not language or len(language) > 20:
        raise UsageError("a question needs words and a language")
    made = Unanswered(uuid.uuid4().hex, question[:LONGEST_TEXT], language, outcome, dt.datetime.now(dt.UTC))
    row = {"id": made.id, "question": made.question, "language": language, "outcome": outcome.value, "at": made.at}
    marks = label_rows(made.id, labels)
    newest = sa.select(UNANSWERED.c.id).order_by(UNANSWERED.c.at.desc(), UNANSWERED.c.id).limit(most - 1)
    with state.writing() as connection:
        _erase(connection, UNANSWERED.c.id.not_in(newest.subquery().select()))
        connection.execute(sa.insert(UNANSWERED), row)
        connection.execute(sa.insert(ROW_LABELS), marks)
    return made


def waiting(state: State, labels: frozenset[str], *, limit: int = 1000) -> list[Unanswered]:
    """Those that nobody has dealt with, for staff with these labels, newest first."""
    seen = sa.select(UNANSWERED).where(_open(labels)).order_by(UNANSWERED.c.at.desc(), UNANSWERED.c.id).limit(limit)
    with state.reading() as connection:
        return [_value(row) for row in connection.execute(seen)]


def count(state: State, labels: frozenset[str]) -> int:
    """How many of them there are for staff with these labels."""
    with state.reading() as connection:
        many = sa.select(sa.func.count()).select_from(UNANSWERED).where(_open(labels))
        return int(connection.execute(many).scalar_one())


def close(state: State, id: str, labels: frozenset[str], *, by: str) -> None:
    """Somebody dealt with it. Raises UsageError for one that is not there, or not there for these labels: same words."""
    with state.writing() as connection:
        this = (UNANSWERED.c.id == id) & visible(UNANSWERED.c.id, labels)
        if not connection.execute(sa.update(UNANSWERED).where(this).values(closed_by=by)).rowcount:
            raise UsageError(f"there is no question {id[:40]!r}")


def erase(state: State, *, before: dt.datetime) -> int:
    """Retention: erase what is older, with its labels; how many went."""
    with state.writing() as connection:
        return _erase(connection, UNANSWERED.c.at < before)


def _open(labels: frozenset[str]) -> sa.ColumnElement[bool]:
    return UNANSWERED.c.closed_by.is_(None) & visible(UNANSWERED.c.id, labels)


def _erase(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> int:
    gone = sa.select(UNANSWERED.c.id).where(condition)
    connection.execute(sa.delete(ROW_LABELS).where(ROW_LABELS.c.row.in_(gone)))
    return connection.execute(sa.delete(UNANSWERED).where(condition)).rowcount


def _value(row: sa.Row[tuple[object, ...]]) -> Unanswered:
    return Unanswered(row.id, row.question, row.language, Outcome(row.outcome), row.at, row.closed_by)
