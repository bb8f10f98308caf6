# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Ask as another reader: what somebody with these labels would find, and why each document was or was not allowed.

Only labels that who asks holds themselves can be chosen. Passages are searched, nothing is composed and no receipt is written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fastapi import FastAPI, Query, Request, Response

from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.guard import screen_question
from wazi.rerank import shortlist
from wazi.retrieve import retrieve
from wazi.serve.office_base import ROUTE, enter, room, state_of
from wazi.serve.web_answer import Found
from wazi.state import people
from wazi.state.people import ADMIN
from wazi.store.rights import permits
from wazi.types import Reader, Record, Scope
from wazi.understand import understand

ADDRESS = "/office/reader"
CANDIDATES = 50
"""Passages under one's own labels, whose documents are explained."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reader is given a document, and why: keys of words with their values."""

    record: Record
    allowed: bool
    reasons: tuple[tuple[str, dict[str, str]], ...]


def explained(record: Record, scope: Scope) -> Verdict:
    """Why the store gives a document to readers of a scope, or does not: labels, then days. Flags are told beside it."""
    shared = sorted(record.labels & scope.labels)
    by_label = ("why_label", {"labels": ", ".join(shared)})
    no_label = ("why_no_label", {"labels": ", ".join(sorted(record.labels))})
    reasons = [by_label if shared else no_label]
    first, last, day = record.valid_from, record.valid_until, scope.on
    in_force = day is None or ((first or day) <= day <= (last or day))
    if not in_force:
        reasons.append(("why_days", {"first": str(first or "…"), "last": str(last or "…")}))
    if record.flags:
        reasons.append(("why_flag", {"flags": ", ".join(record.flags)}))
    return Verdict(record, permits(scope, tuple(record.labels), first, last), tuple(reasons))


def asked(
    question: str, labels: frozenset[str], day: dt.date, mine: Reader, desk: Desk
) -> tuple[list[Found], list[Verdict]]:
    """What a reader with `labels` finds, and every document that one's own labels find, explained. Raises UsageError."""
    if not labels <= mine.labels:
        raise UsageError("you can only ask as somebody whose labels you hold")
    scope = Scope(labels, day)
    query = understand(screen_question(question, desk.settings.understand.max_characters), desk)
    kept = shortlist(retrieve(query, scope, desk), desk)
    hits = [Found(hit.chunk, record) for hit in kept if (record := desk.store.record(hit.chunk.document, scope))]
    own = Scope(mine.labels, None)
    named = dict.fromkeys(hit.chunk.document for hit in retrieve(query, own, desk, k=CANDIDATES))
    records = [record for id in named if (record := desk.store.record(id, own))]
    return hits, [explained(record, scope) for record in records]


def add(app: FastAPI, desk: Desk) -> None:
    """Put the page into the application."""

    @app.get(ADDRESS, **ROUTE)
    def reader(
        request: Request,
        label: list[str] = Query([]),  # noqa: B008 (how a repeated parameter is declared)
        question: str = "",
        person: str = "",
        on: str = "",
    ) -> Response:
        caller = enter(request)
        chosen, problem, status = frozenset(label), "", 200
        hits: list[Found] = []
        verdicts: list[Verdict] = []
        try:
            if person:
                enter(request, ADMIN)
                chosen = _labels_of(person, request)
            if question:
                hits, verdicts = asked(question, chosen, _day(on), caller.reader, desk)
        except UsageError as error:
            problem, status = str(error), 400
        values = {"hits": hits, "verdicts": verdicts, "question": question, "chosen": chosen, "on": on}
        values |= {"labels": sorted(caller.reader.labels), "by_person": ADMIN in caller.scopes, "person": person}
        values |= {"asked": bool(question) and not problem}
        return room("office_reader.html", request, caller, status=status, problem=problem, **values)


def _labels_of(name: str, request: Request) -> frozenset[str]:
    return people.named(state_of(request), name.strip()).labels


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else dt.date.today()
    except ValueError:
        raise UsageError(f"{text[:20]!r} is no day: write it like 2026-01-31") from None
