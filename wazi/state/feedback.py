# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What readers say about answers, until staff have judged it. It does not know how an answer is shown.

A row carries the labels that the reader held when answering was done for them: question and correction may tell what the
documents say, so only staff who hold all of these labels see it, in lists and in counts.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import get_args

import sqlalchemy as sa

from wazi.errors import StoreError, UsageError
from wazi.state.database import State
from wazi.state.tables import FEEDBACK, ROW_LABELS, label_rows, visible
from wazi.types import Better, Feedback
from wazi.types.office import Review, Verdict

VERDICTS: tuple[str, ...] = get_args(Verdict)
STATUSES: tuple[str, ...] = get_args(Review)
LONGEST_TEXT = 4000
MOST = 100_000
"""Rows kept; more are refused until some are erased, so that a stranger's program cannot fill the disk."""
PLACE = ("better_document", "better_start", "better_end")


def keep(
    state: State,
    *,
    answer: str,
    question: str,
    language: str,
    verdict: Verdict,
    labels: Iterable[str],
    reason: str = "",
    better: Better | None = None,
    corrected: str | None = None,
    by: str | None = None,
    most: int = MOST,
) -> Feedback:
    """Keep one word of feedback, seen by staff who hold all `labels`, of at most `most`. Raises UsageError, StoreError."""
    made = Feedback(
        *(uuid.uuid4().hex, answer, question, language, verdict, reason, better, corrected, by),
        at=dt.datetime.now(dt.UTC),
    )
    _check(made)
    row = {
        **{name: getattr(made, name) for name in ("id", "answer", "question", "language", "verdict", "reason")},
        **{name: getattr(made, name) for name in ("corrected", "by", "at", "status", "reviewed_by")},
        "better_document": better.document if better else None,
        "better_start": better.start if better else None,
        "better_end": better.end if better else None,
    }
    marks = label_rows(made.id, labels)
    with state.writing() as connection:
        if connection.execute(sa.select(sa.func.count()).select_from(FEEDBACK)).scalar_one() >= most:
            raise StoreError(f"{most} words of feedback are kept: erase old ones before others can come")
        connection.execute(sa.insert(FEEDBACK), row)
        connection.execute(sa.insert(ROW_LABELS), marks)
    return made


def queue(
    state: State, labels: frozenset[str], *, status: str | None = None, limit: int = 1000, after: int = 0
) -> list[Feedback]:
    """What staff with these labels see, oldest first, from the row number `after`; `status` None: all."""
    seen = sa.select(FEEDBACK).where(_seen(labels, status)).order_by(FEEDBACK.c.at, FEEDBACK.c.id)
    with state.reading() as connection:
        return [_value(row) for row in connection.execute(seen.limit(limit).offset(after))]


def count(state: State, labels: frozenset[str], *, status: str | None = None) -> int:
    """How many of them there are for staff with these labels."""
    with state.reading() as connection:
        many = sa.select(sa.func.count()).select_from(FEEDBACK).where(_seen(labels, status))
        return int(connection.execute(many).scalar_one())


def verdicts(state: State, labels: frozenset[str], *, since: dt.datetime) -> list[tuple[dt.datetime, str]]:
    """Time and verdict of what staff with these labels see, from `since` on."""
    wanted = sa.select(FEEDBACK.c.at, FEEDBACK.c.verdict).where(_seen(labels, None) & (FEEDBACK.c.at >= since))
    with state.reading() as connection:
        return [(row.at, row.verdict) for row in connection.execute(wanted)]


def review(
    state: State,
    id: str,
    labels: frozenset[str],
    *,
    status: str,
    by: str,
    better: Better | None = None,
) -> Feedback:
    """Judge one, and say where it is told better. Raises UsageError for one that is not there, or not for these labels."""
    if status not in STATUSES:
        raise UsageError(f"{status[:40]!r} is no status: choose one of {', '.join(STATUSES)}")
    this = (FEEDBACK.c.id == id) & visible(FEEDBACK.c.id, labels)
    place = {} if better is None else dict(zip(PLACE, (better.document, better.start, better.end), strict=True))
    with state.writing() as connection:
        done = connection.execute(sa.update(FEEDBACK).where(this).values(status=status, reviewed_by=by, **place))
        if not done.rowcount:
            raise UsageError(f"there is no feedback {id[:40]!r}")
        return _value(connection.execute(sa.select(FEEDBACK).where(this)).one())


def erase(state: State, *, before: dt.datetime) -> int:
    """Retention: erase what is older, with its labels; how many went."""
    old = FEEDBACK.c.at < before
    with state.writing() as connection:
        connection.execute(sa.delete(ROW_LABELS).where(ROW_LABELS.c.row.in_(sa.select(FEEDBACK.c.id).where(old))))
        return connection.execute(sa.delete(FEEDBACK).where(old)).rowcount


def _seen(labels: frozenset[str], status: str | None) -> sa.ColumnElement[bool]:
    seen = visible(FEEDBACK.c.id, labels)
    return seen if status is None else seen & (FEEDBACK.c.status == status)


def _check(made: Feedback) -> None:
    if made.verdict not in VERDICTS:
        raise UsageError(f"{made.verdict[:40]!r} is no verdict: choose one of {', '.join(VERDICTS)}")
    for name in ("question", "reason", "corrected"):
        if len(getattr(made, name) or "") > LONGEST_TEXT:
            raise UsageError(f"the {name} has more than {LONGEST_TEXT} characters: shorten it")
        if "\0" in (getattr(made, name) or ""):
            raise UsageError(f"the {name} holds a zero character: remove it")
    if not made.question.strip():
        raise UsageError("feedback without its question is of no use: send the question")
    if not made.answer or len(made.answer) > 32 or not made.answer.isalnum():
        raise UsageError(f"{made.answer[:40]!r} is no number of a receipt: copy it from the answer")
    if not made.language or len(made.language) > 20:
        raise UsageError(f"{made.language[:40]!r} is no language")
    if made.better and not 0 <= made.better.start < made.better.end < 2**31:
        raise UsageError(f"[{made.better.start}:{made.better.end}] is no place in a text: start must come before end")


def _value(row: sa.Row[tuple[object, ...]]) -> Feedback:
    better = Better(row.better_document, row.better_start, row.better_end) if row.better_document else None
    return Feedback(
        *(
            row.id,
            row.answer,
            row.question,
            row.language,
            row.verdict,
            row.reason,
            better,
            row.corrected,
            row.by,
            row.at,
        ),
        *(row.status, row.reviewed_by),
    )
