# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The tables as the queries see them, and the rule which rows a reader may see. It does not create them: `wazi.migrations` does.

Moments are aware and in UTC on both databases. `row_labels` holds the labels that a reader must hold, all of them, to see
a row of feedback, a card or an unanswered question; a row without any is shown to nobody but the keeper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from wazi.errors import UsageError
from wazi.types import EVERYTHING

LONGEST_LABEL = 200


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """An aware moment; SQLite forgets the zone, so UTC is put back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """To UTC."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _table(name: str, text: str = "", moments: str = "", **others: sa.types.TypeEngine[Any]) -> sa.TableClause:
    columns: list[sa.ColumnClause[Any]] = [sa.column(each, sa.Text()) for each in text.split()]
    columns += [sa.column(each, Moment()) for each in moments.split()]
    columns += [sa.column(each, kind) for each, kind in others.items()]
    return sa.table(name, *columns)


PEOPLE = _table(
    "people", "id name issuer subject role password totp", "created", active=sa.Boolean(), totp_step=sa.BigInteger()
)
PERSON_LABELS = _table("person_labels", "person label")
PERSON_GROUPS = _table("person_groups", "person name")
GROUP_LABELS = _table("group_labels", "name label")
KEYS = _table("keys", "id secret owner note", "created expires revoked", scopes=sa.JSON(), labels=sa.JSON())
SESSIONS = _table("sessions", "token person", "created used expires")
TRIES = _table("tries", "name", "last until", failures=sa.Integer())
FEEDBACK = _table(
    "feedback",
    "id answer question language verdict reason better_document corrected by status reviewed_by",
    "at",
    better_start=sa.Integer(),
    better_end=sa.Integer(),
)
CARDS = _table("cards", "id asked key language text reviewed_by", "at", quotes=sa.JSON(), expires=sa.Date())
UNANSWERED = _table("unanswered", "id question language outcome closed_by", "at")
ROW_LABELS = _table("row_labels", "row label")


def visible(row: sa.ColumnElement[object], labels: frozenset[str]) -> sa.ColumnElement[bool]:
    """The condition that a reader with these labels holds every label of the row, which has at least one."""
    if EVERYTHING in labels:
        return sa.true()
    of_row = sa.select(ROW_LABELS.c.label).where(ROW_LABELS.c.row == row)
    return of_row.exists() & ~of_row.where(ROW_LABELS.c.label.not_in(sorted(labels))).exists()


def label_rows(row: str, labels: Iterable[str]) -> list[dict[str, str]]:
    """What goes into `row_labels`. Raises UsageError for a row that nobody could be given."""
    checked = check_labels(labels)
    if not checked:
        raise UsageError("no label was given: say who may see it, like 'public'")
    return [{"row": row, "label": label} for label in sorted(checked)]


def check_labels(labels: Iterable[str]) -> frozenset[str]:
    """The labels, as people, groups, keys and rows may carry them. Raises UsageError."""
    found = frozenset(labels)
    for label in sorted(found):
        if label == EVERYTHING:
            raise UsageError(f"the label {EVERYTHING!r} is the keeper's alone: name the labels")
        if not label or label != label.strip() or len(label) > LONGEST_LABEL or not label.isprintable():
            raise UsageError(f"{label[:40]!r} cannot be a label: use 1 to {LONGEST_LABEL} printable characters")
    return found
