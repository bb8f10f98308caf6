# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Answers out: screen -> understand -> (a reviewed answer) -> retrieve -> rerank -> compose -> cite -> verify -> answer | refuse.

The stream of events is the implementation; `answer` collects it. Every question leaves a receipt, whatever happens.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from wazi import access, cards, conditions, conflict, parse, refuse
from wazi.audit import Entry
from wazi.cite import cite
from wazi.compose import compose
from wazi.desk import QUOTE, Desk
from wazi.errors import Refusal, WaziError
from wazi.guard import is_attack, screen_question
from wazi.rerank import rerank
from wazi.retrieve import retrieve
from wazi.types import Answer, Answered, Claim, Event, Near, Outcome, Query, Reader, Scope, Step
from wazi.understand import understand
from wazi.verify import verify

log = logging.getLogger(__name__)


def ask(
    question: str, reader: Reader, desk: Desk, *, on: dt.date | None = None, model: str | None = None
) -> Iterator[Event]:
    """Answer from the documents this reader may read, or say why not.

    `on` is the day the answer must hold on; by default today, and where nothing in force tells, a text of another day, which
    every quote then says of its document. `model` is a generator's name or `quote` (default: the setting).
    Raises UsageError for an empty or overlong question and MissingPart for a model that is not here; whatever else goes
    wrong ends as the outcome `failed`. The last event is always `Answered`.
    """
    text = screen_question(question, desk.settings.understand.max_characters)
    desk = desk.fresh()
    record = desk.audit.open(reader, text, on=on)
    record.settings = desk.settings.digest()
    record.language = reader.language or desk.settings.understand.language
    try:
        if is_attack(text):
            raise Refusal(Outcome.UNSAFE, "the question gives orders to a machine, or is encoded")
        model = model or desk.settings.compose.model
        query = yield from _understood(text, desk, record, model)
        try:
            record.answer = yield from _steps(query, access.filter_for(reader, on), desk, record, model)
        except Refusal:
            if on:
                raise
            record.answer = yield from _steps(query, access.holdings_of(reader), desk, record, model)
    except Refusal as refusal:  # raised by any step, caught only here
        record.detail = refusal.detail
        near = refuse.near(record.found, access.holdings_of(reader), desk)
        record.answer = _refused(refusal.outcome, record, desk, near)
    except WaziError as error:
        record.detail = str(error)
        raise
    except Exception as error:  # one request: whatever breaks, the reader gets an answer and the keeper a trace
        log.exception("ask.failed", extra={"answer": record.id})
        record.detail = f"{type(error).__name__}: {error}"
        record.answer = _refused(Outcome.FAILED, record, desk)
    finally:
        record.close()  # the audit trail is written whatever happens
    yield Answered(record.answer)


def _understood(question: str, desk: Desk, record: Entry, model: str) -> Generator[Event, None, Query]:
    if model != QUOTE:
        desk.models.generator(model)  # it loads while the question is understood
    yield Step("understand")
    with desk.meter.step("understand"):
        query = understand(question, desk, language=record.reader.language)
    record.language = query.language
    return query


def _steps(query: Query, scope: Scope, desk: Desk, record: Entry, model: str) -> Generator[Event, None, Answer]:
    """The question path, in order; each step is one function of one module. A scope of any day asks texts of another day."""
    step = desk.meter.step
    if reviewed := cards.recall(query, scope, desk):
        return _given(query, record, desk, Outcome.ANSWERED, [reviewed.claim], models={"card": reviewed.card})
    yield Step("retrieve")
    with step("retrieve"):
        found = retrieve(query, scope, desk)
        if scope.on is None:
            found = [hit for hit in found if not access.in_force(hit.chunk)]
    record.found = record.found or tuple(found)
    with step("rerank"):
        hits = record.read = tuple(rerank(query, found, desk))
    yield Step("compose")
    with step("compose"):
        draft = yield from compose(query, hits, desk, model=model)
    with step("cite"):
        cited = cite(draft, hits, scope, desk, locate=parse.locate)
    yield Step("verify")
    with step("verify"):
        checked = verify(cited, query.language)
        claims, opposed = conflict.settle(query, checked, lambda document: desk.store.record(document, scope))
    record.prompt, record.detail = draft.prompt, draft.note
    if not claims:
        raise Refusal(Outcome.NO_EVIDENCE, draft.note or "no claim kept a quote")
    outcome = Outcome.SOURCES_CONFLICT if opposed else conditions.outcome(query, claims)
    return _given(query, record, desk, outcome, claims, models=desk.models.names(draft.model))


def _given(
    query: Query, record: Entry, desk: Desk, outcome: Outcome, claims: Sequence[Claim], *, models: Mapping[str, str]
) -> Answer:
    text = " ".join(claim.text for claim in claims)
    return Answer(record.id, query.text, query.language, outcome, text, tuple(claims), models, desk.meter.cost())


def _refused(outcome: Outcome, record: Entry, desk: Desk, nearest: tuple[Near, ...] = ()) -> Answer:
    asked = {"id": record.id, "question": record.question, "language": record.language}
    return replace(refuse.reply(outcome, **asked, nearest=nearest), meter=desk.meter.cost())


def answer(question: str, reader: Reader, desk: Desk, *, on: dt.date | None = None, model: str | None = None) -> Answer:
    """The last event of `ask`, for those who do not follow the stream."""
    for event in ask(question, reader, desk, on=on, model=model):
        if isinstance(event, Answered):
            return event.answer
    raise AssertionError("ask always ends with Answered")
