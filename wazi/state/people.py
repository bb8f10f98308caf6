# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who may come in: people with a role, groups and labels. It does not know how they prove who they are.

A person holds `public`, the labels given to them and the labels of their groups. A role says what may be done, labels say
with which documents: an administrator without the label of a document does not see it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from wazi.errors import UsageError
from wazi.state.database import State
from wazi.state.tables import GROUP_LABELS, PEOPLE, PERSON_GROUPS, PERSON_LABELS, check_labels
from wazi.types import PUBLIC

ASK, RETRIEVE, DOCUMENTS, ADMIN = "ask", "retrieve", "documents", "admin"
SCOPES = (ASK, RETRIEVE, DOCUMENTS, ADMIN)
"""What can be allowed: to ask, to search without an answer, to keep documents and feedback, to keep people and settings."""
ROLES = {
    "reader": frozenset({ASK, RETRIEVE}),
    "staff": frozenset({ASK, RETRIEVE, DOCUMENTS}),
    "admin": frozenset({ASK, RETRIEVE, DOCUMENTS, ADMIN}),
}
LONGEST_NAME = 100
TAKEN = ("anonymous", "keeper")
"""Names of readers that receipts must not confuse with a person."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known here. `own` are the labels given to them, `labels` all they hold; issuer and subject name them elsewhere."""

    id: str
    name: str
    role: str
    active: bool
    created: dt.datetime
    own: frozenset[str]
    groups: frozenset[str]
    labels: frozenset[str]
    issuer: str | None = None
    subject: str | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What the role allows."""
        return ROLES[self.role]


def add(
    state: State,
    name: str,
    *,
    role: str = "reader",
    labels: Iterable[str] = (),
    groups: Iterable[str] = (),
    issuer: str | None = None,
    subject: str | None = None,
) -> Person:
    """A new person. Raises UsageError for a name that is taken, and for what cannot be a name, a role or a label."""
    _check_name(name)
    if name in TAKEN:
        raise UsageError(f"{name!r} cannot be a name: it stands for somebody else; choose another")
    row = {
        "id": uuid.uuid4().hex,
        "name": name,
        "issuer": issuer,
        "subject": subject,
        "role": _role(role),
        "active": True,
        "created": dt.datetime.now(dt.UTC),
        "totp_step": 0,
    }
    with state.writing() as connection:
        try:
            connection.execute(sa.insert(PEOPLE), row)
        except IntegrityError as error:
            raise UsageError(f"there is a person called {name!r}: choose another name") from error
        _put(connection, str(row["id"]), labels=labels, groups=groups)
        return _one(connection, PEOPLE.c.id == row["id"])


def change(
    state: State,
    name: str,
    *,
    role: str | None = None,
    active: bool | None = None,
    labels: Iterable[str] | None = None,
    groups: Iterable[str] | None = None,
) -> Person:
    """The same person with what is given replaced. Raises UsageError for an unknown name."""
    given = ({} if role is None else {"role": _role(role)}) | ({} if active is None else {"active": active})
    with state.writing() as connection:
        person = _one(connection, PEOPLE.c.name == name, name)
        if given:
            connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person.id).values(**given))
        _put(connection, person.id, labels=labels, groups=groups)
        return _one(connection, PEOPLE.c.id == person.id)


def link(state: State, name: str, *, issuer: str, subject: str) -> Person:
    """From now on the person is who `issuer` calls `subject`. Raises UsageError for an unknown name, and when somebody else is."""
    with state.writing() as connection:
        person = _one(connection, PEOPLE.c.name == name, name)
        try:
            connection.execute(sa.update(PEOPLE).where(PEOPLE.c.id == person.id).values(issuer=issuer, subject=subject))
        except IntegrityError as error:
            raise UsageError("somebody else is known by this identifier: type `wazi people` for the list") from error
        return _one(connection, PEOPLE.c.id == person.id)


def remove(state: State, name: str) -> None:
    """Forget a person with their keys and sessions. Raises UsageError for an unknown name."""
    with state.writing() as connection:
        person = _one(connection, PEOPLE.c.name == name, name)
        connection.execute(sa.delete(PEOPLE).where(PEOPLE.c.id == person.id))


def named(state: State, name: str) -> Person:
    """The person called so. Raises UsageError for an unknown name."""
    with state.reading() as connection:
        return _one(connection, PEOPLE.c.name == name, name)


def known(state: State, *, issuer: str, subject: str) -> Person | None:
    """The person whom `issuer` calls `subject`: both together, never one alone."""
    with state.reading() as connection:
        return next(iter(_rows(connection, (PEOPLE.c.issuer == issuer) & (PEOPLE.c.subject == subject))), None)


def with_id(state: State, id: str) -> Person | None:
    """The person with this id."""
    with state.reading() as connection:
        return next(iter(_rows(connection, PEOPLE.c.id == id)), None)


def everybody(state: State) -> list[Person]:
    """All people, by name."""
    with state.reading() as connection:
        return _rows(connection, sa.true())


def set_group(state: State, name: str, labels: Iterable[str]) -> frozenset[str]:
    """Give everybody in a group these labels, instead of those it had; none: the group opens nothing. Raises UsageError."""
    _check_name(name)
    checked = check_labels(labels)
    with state.writing() as connection:
        connection.execute(sa.delete(GROUP_LABELS).where(GROUP_LABELS.c.name == name))
        if checked:
            connection.execute(sa.insert(GROUP_LABELS), [{"name": name, "label": each} for each in sorted(checked)])
    return checked


def groups(state: State) -> dict[str, frozenset[str]]:
    """The labels of each group that opens something."""
    found: dict[str, frozenset[str]] = {}
    with state.reading() as connection:
        for name, label in connection.execute(sa.select(GROUP_LABELS.c.name, GROUP_LABELS.c.label)):
            found[name] = found.get(name, frozenset()) | {label}
    return dict(sorted(found.items()))


def _role(role: str) -> str:
    if role not in ROLES:
        raise UsageError(f"{role[:40]!r} is no role: choose one of {', '.join(ROLES)}")
    return role


def _check_name(name: str) -> None:
    if not name or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"{name[:40]!r} cannot be a name: use 1 to {LONGEST_NAME} printable characters")


def _put(connection: sa.Connection, person: str, *, labels: Iterable[str] | None, groups: Iterable[str] | None) -> None:
    if labels is not None:
        connection.execute(sa.delete(PERSON_LABELS).where(PERSON_LABELS.c.person == person))
        if rows := [{"person": person, "label": each} for each in sorted(check_labels(labels))]:
            connection.execute(sa.insert(PERSON_LABELS), rows)
    if groups is not None:
        connection.execute(sa.delete(PERSON_GROUPS).where(PERSON_GROUPS.c.person == person))
        named = sorted(set(groups))
        for name in named:
            _check_name(name)
        if named:
            connection.execute(sa.insert(PERSON_GROUPS), [{"person": person, "name": each} for each in named])


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool], name: str = "") -> Person:
    found = _rows(connection, condition)
    if not found:
        raise UsageError(f"there is no person called {name!r}: type `wazi people` for the list")
    return found[0]


def _rows(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Person]:
    own, member, held = PERSON_LABELS, PERSON_GROUPS, GROUP_LABELS
    ids = sa.select(PEOPLE.c.id).where(condition)
    given = _sets(connection, sa.select(own.c.person, own.c.label).where(own.c.person.in_(ids)))
    groups = _sets(connection, sa.select(member.c.person, member.c.name).where(member.c.person.in_(ids)))
    through = _sets(
        connection,
        sa.select(member.c.person, held.c.label)
        .join_from(member, held, member.c.name == held.c.name)
        .where(member.c.person.in_(ids)),
    )
    none: frozenset[str] = frozenset()
    return [
        Person(
            *(row.id, row.name, row.role, row.active, row.created),
            own=given.get(row.id, none),
            groups=groups.get(row.id, none),
            labels=given.get(row.id, none) | through.get(row.id, none) | {PUBLIC},
            issuer=row.issuer,
            subject=row.subject,
        )
        for row in connection.execute(sa.select(PEOPLE).where(condition).order_by(PEOPLE.c.name))
    ]


def _sets(connection: sa.Connection, pairs: sa.Select[Any]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in connection.execute(pairs):
        found.setdefault(row[0], set()).add(row[1])
    return {person: frozenset(values) for person, values in found.items()}
