# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""People, their roles and labels, their keys and sessions, for administrators.

An administrator gives no label that they do not hold, and changes nobody who holds more: else the right to keep people would
open every document. Nobody shuts themselves out. Every change is chained to the receipts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response

from wazi.audit import Trail
from wazi.errors import NotPermitted, UsageError
from wazi.serve.auth import Caller
from wazi.serve.office_base import ROUTE, back, enter, room, state_of
from wazi.state import State, changes, keys, people, sessions
from wazi.state.people import ADMIN, ROLES, SCOPES, Person

PEOPLE, KEYS = "/office/people", "/office/keys"
Text = Annotated[str, Form()]


def add(app: FastAPI, trail: Trail) -> None:
    """Put the pages into the application."""
    _add_people(app, trail)
    _add_ends(app, trail)
    _add_keys(app, trail)


def _add_people(app: FastAPI, trail: Trail) -> None:
    def shown(request: Request, *, status: int = 200, problem: str = "") -> Response:
        caller = enter(request, ADMIN)
        every = people.everybody(state_of(request))
        values = {"people": every, "roles": tuple(ROLES), "mine": caller.reader.labels}
        return room("office_people.html", request, caller, status=status, problem=problem, **values)

    @app.get(PEOPLE, **ROUTE)
    def everybody(request: Request) -> Response:
        return shown(request)

    @app.post(PEOPLE, **ROUTE)
    def added(request: Request, name: Text = "", role: Text = "", labels: Text = "", groups: Text = "") -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        try:
            _give(caller, state, _lines(labels), _lines(groups))
            made = people.add(state, name.strip(), role=role, labels=_lines(labels), groups=_lines(groups))
        except UsageError as error:
            return shown(request, status=400, problem=str(error))
        changes.of_person(trail, "person_added", made, by=caller.reader.name)
        return back(PEOPLE, request, "done_saved")

    @app.post(PEOPLE + "/change", **ROUTE)
    def changed(
        request: Request, *, name: Text = "", role: Text = "", labels: Text = "", groups: Text = "", active: Text = ""
    ) -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        try:
            person = _within(caller, state, name)
            _give(caller, state, _lines(labels), _lines(groups))
            if person.id == caller.person and (role != person.role or not active):
                raise UsageError("you cannot take your own rights away: ask another administrator")
            now = people.change(
                state, name, role=role, labels=_lines(labels), groups=_lines(groups), active=bool(active)
            )
        except UsageError as error:
            return shown(request, status=400, problem=str(error))
        changes.of_person(trail, "person_changed", now, by=caller.reader.name, was=person)
        return back(PEOPLE, request, "done_saved")


def _add_ends(app: FastAPI, trail: Trail) -> None:
    @app.post(PEOPLE + "/sign-out", **ROUTE)
    def ended(request: Request, name: Text = "") -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        person = _within(caller, state, name)
        sessions.end_all(state, person.id)
        changes.of_person(trail, "person_signed_out", person, by=caller.reader.name)
        return back(PEOPLE, request, "done_ended")

    @app.post(PEOPLE + "/remove", **ROUTE)
    def removed(request: Request, name: Text = "") -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        person = _within(caller, state, name)
        if person.id == caller.person:
            raise UsageError("you cannot remove yourself: ask another administrator")
        people.remove(state, name)
        changes.of_person(trail, "person_removed", person, by=caller.reader.name)
        return back(PEOPLE, request, "done_removed")


def _add_keys(app: FastAPI, trail: Trail) -> None:
    def shown(request: Request, *, status: int = 200, problem: str = "", new: str = "") -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        values = {"keys": keys.every(state), "people": people.everybody(state), "scopes": SCOPES, "new": new}
        return room("office_keys.html", request, caller, status=status, problem=problem, **values)

    @app.get(KEYS, **ROUTE)
    def every(request: Request) -> Response:
        return shown(request)

    @app.post(KEYS, **ROUTE)
    def added(
        request: Request,
        *,
        scope: Annotated[list[str] | None, Form()] = None,
        owner: Text = "",
        labels: Text = "",
        days: Annotated[int, Form()] = 90,
        note: Text = "",
    ) -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        try:
            _within(caller, state, owner)
            issued = keys.add(state, owner, scopes=scope or (), labels=_lines(labels), days=days, note=note)
        except UsageError as error:
            return shown(request, status=400, problem=str(error))
        changes.of_key(trail, "key_added", issued.key, by=caller.reader.name)
        return shown(request, new=issued.text)

    @app.post(KEYS + "/revoke", **ROUTE)
    def revoked(request: Request, id: Text = "") -> Response:
        caller = enter(request, ADMIN)
        changes.of_key(trail, "key_revoked", keys.revoke(state_of(request), id), by=caller.reader.name)
        return back(KEYS, request, "done_revoked")


def _within(caller: Caller, state: State, name: str) -> Person:
    """The person, who holds no label that the caller lacks. Raises UsageError for an unknown name, NotPermitted."""
    person = people.named(state, name)
    if not person.labels <= caller.reader.labels:
        raise NotPermitted(f"{name!r} holds labels that you do not hold: type `wazi people` on the server")
    return person


def _give(caller: Caller, state: State, labels: Iterable[str], groups: Iterable[str]) -> None:
    """Raises UsageError when these give a label that the caller lacks."""
    through = people.groups(state)
    given = set(labels).union(*(through.get(each, frozenset()) for each in groups))
    if more := given - caller.reader.labels:
        raise UsageError(f"you do not hold {', '.join(sorted(more))[:80]!r}: you can only give labels that you hold")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
