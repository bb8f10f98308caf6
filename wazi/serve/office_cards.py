# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Reviewed answers ("cards"): written on sentences that a search finds, listed with whether they still stand, taken back.

A card can only rest on words that its writer may see, and is for readers who hold the labels that are named. It is not known
here how a question finds its card (`wazi.state.cards`, `wazi.cards`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from pydantic import BaseModel, Field

from wazi import access, languages
from wazi.cards import standing
from wazi.desk import Desk
from wazi.errors import NotPermitted, UsageError
from wazi.guard import screen_question
from wazi.rerank import cut
from wazi.retrieve import retrieve
from wazi.serve.auth import Caller
from wazi.serve.office_base import ROUTE, back, enter, room, state_of, tongue_of
from wazi.state import State, cards, feedback, unanswered
from wazi.types import PUBLIC, Better, CardQuote, Hit, Record, Scope
from wazi.understand import understand

CARDS = "/office/cards"
FOUND = 6
"""Passages of a search whose sentences are offered."""
DAYS = 180
"""After so many days a card is read again, if nothing else is said."""


class Written(BaseModel):
    """The form of a card. `place` are quotes, `feedback` and `waiting` what it deals with."""

    question: str = ""
    tongue: str = ""
    text: str = ""
    until: str = ""
    labels: str = PUBLIC
    place: list[str] = Field([])
    feedback: str = ""
    waiting: list[str] = Field([])
    search: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A passage whose sentences may be quoted: `value` names each in the form."""

    hit: Hit
    record: Record
    sentences: list[tuple[str, str]] = field(default_factory=list)


def add(app: FastAPI, desk: Desk) -> None:
    """Put the pages into the application."""

    @app.get(CARDS, **ROUTE)
    def every(request: Request) -> Response:
        caller = enter(request)
        scope, store = access.filter_for(caller.reader), desk.store
        held = cards.every(state_of(request), caller.reader.labels)
        seen = [
            card for card in held if all(store.record(each.document, Scope(scope.labels, None)) for each in card.quotes)
        ]
        rows = [(card, len(list(standing(card, scope, desk))) == len(card.quotes)) for card in seen]
        return room("office_cards.html", request, caller, rows=rows, today=dt.date.today())

    @app.post(CARDS, **ROUTE)
    def removed(request: Request, id: Annotated[str, Form()] = "") -> Response:
        caller = enter(request)
        cards.remove(state_of(request), id, caller.reader.labels)
        return back(CARDS, request, "done_removed")

    @app.get(CARDS + "/new", **ROUTE)
    def begun(request: Request, form: Annotated[Written, Query()]) -> Response:
        return _desk_for(form, request, enter(request), desk)

    @app.post(CARDS + "/new", **ROUTE)
    def written(request: Request, form: Annotated[Written, Form()]) -> Response:
        caller = enter(request)
        if form.search.strip():
            return _desk_for(form, request, caller, desk)
        try:
            _keep(form, caller, state_of(request), desk)
        except (UsageError, NotPermitted) as error:
            return _desk_for(form, request, caller, desk, problem=str(error))
        return back(CARDS, request, "done_saved")


def _desk_for(form: Written, request: Request, caller: Caller, desk: Desk, *, problem: str = "") -> Response:
    """The form with what was filled in, and sentences that may be quoted."""
    tongue = form.tongue or tongue_of(request)
    wanted = form.search.strip() or form.question.strip()
    offered = list(_search(wanted, tongue, caller, desk)) if wanted else []
    chosen = [(each, quote.text) for each in form.place if (quote := _quote(each, caller, desk))]
    until = form.until or (dt.date.today() + dt.timedelta(days=DAYS)).isoformat()
    values: Mapping[str, Any] = {
        "form": form.model_copy(update={"until": until, "tongue": tongue}),
        "passages": offered,
        "chosen": chosen,
        "tongues": [each for each in languages.known().values() if each.tag == tongue or each.messages],
    }
    return room("office_card.html", request, caller, status=400 if problem else 200, problem=problem, **values)


def _search(wanted: str, tongue: str, caller: Caller, desk: Desk) -> Iterator[Offered]:
    scope = access.filter_for(caller.reader)
    text = screen_question(wanted, desk.settings.understand.max_characters)
    for hit in retrieve(understand(text, desk, language=tongue), scope, desk, k=FOUND):
        record, chunk = desk.store.record(hit.chunk.document, scope), hit.chunk
        if record:
            spans = [(chunk.start + start, chunk.start + end) for start, end in cut(chunk)]
            named = [
                (f"{record.id}:{a}:{b}:{chunk.id}", chunk.text[a - chunk.start : b - chunk.start]) for a, b in spans
            ]
            yield Offered(hit, record, named)


def _quote(place: str, caller: Caller, desk: Desk) -> CardQuote | None:
    """The words at `document:start:end:passage`, None where the person may not see any."""
    parts = place.split(":")
    if len(parts) != 4 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None
    text = desk.store.text(parts[0], access.holdings_of(caller.reader)) or ""
    start, end = int(parts[1]), int(parts[2])
    words = text[start:end]
    return CardQuote(parts[0], start, end, words, parts[3]) if len(words) == end - start > 0 else None


def _keep(form: Written, caller: Caller, state: State, desk: Desk) -> None:
    """Write the card, and deal with what it answers. Raises UsageError, NotPermitted."""
    labels = {line.strip() for line in form.labels.splitlines() if line.strip()}
    if more := labels - caller.reader.labels:
        raise NotPermitted(f"you do not hold {', '.join(sorted(more))[:80]!r}: name labels that you hold")
    quotes = [quote for each in form.place if (quote := _quote(each, caller, desk))]
    if len(quotes) < len(form.place):
        raise UsageError("a passage that was chosen has changed: search and choose again")
    open_to = Scope(frozenset(labels), None)
    if any(desk.store.record(quote.document, open_to) is None for quote in quotes):
        raise NotPermitted("a document that was chosen is not open to these labels: name one of its own")
    try:
        until = dt.date.fromisoformat(form.until)
    except ValueError as error:
        raise UsageError(f"{form.until[:40]!r} is no day: write it like {dt.date.today()}") from error
    cards.add(
        state,
        question=form.question.strip(),
        language=form.tongue,
        text=form.text.strip() or " ".join(quote.text for quote in quotes),
        quotes=quotes,
        reviewed_by=caller.reader.name,
        expires=until,
        labels=labels,
    )
    _settle(form, quotes, caller, state)


def _settle(form: Written, quotes: Sequence[CardQuote], caller: Caller, state: State) -> None:
    seen, by = caller.reader.labels, caller.reader.name
    if form.feedback:
        better = Better(quotes[0].document, quotes[0].start, quotes[0].end)
        feedback.review(state, form.feedback, seen, status="accepted", by=by, better=better)
    for each in filter(None, form.waiting):
        unanswered.close(state, each, seen, by=by)
