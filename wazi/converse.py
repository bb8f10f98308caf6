# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A turn of a conversation -> the question that is asked, as typed or with words of the asker's earlier turns in front -> answer.

Nothing is kept between turns: the earlier ones come with the question. They are the asker's own words only: what was answered is
neither passed in nor searched, so it can never become evidence. Where two readings lead to different documents and neither
is clearly better supported, the asker is asked back. What a pronoun stands for is not known here, only which words came before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wazi import access, ask, wire
from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.guard import screen_question
from wazi.languages import find, identify, turns
from wazi.rerank import margin, shortlist
from wazi.retrieve import retrieve
from wazi.types import Answer, Reader, Record, Scope
from wazi.understand import understand

EARLIER = 8
"""Turns that are looked at; more are refused."""

SHORT = 3
"""Telling words up to which a question that shares none with the turns before may still belong to them."""

CLEAR = 0.01
"""By so much more evidence (`rerank.margin`) one reading is clearly better than the other (ADR 20)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a turn. `added` are the words of earlier turns in front of `question`: none for the turn as typed."""

    question: str
    added: tuple[str, ...] = ()
    document: Record | None = None
    """The best document under this reading, only where the asker has to choose."""


@dataclass(frozen=True, slots=True)
class Understood:
    """How a turn was understood. With two `readings` the asker has to choose one; the likelier is first."""

    typed: str
    language: str
    readings: tuple[Reading, ...]

    @property
    def question(self) -> str:
        """What is to be asked: the text of the (likelier) reading."""
        return self.readings[0].question


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with how its question was understood; no answer where the asker has to choose a reading first."""

    understood: Understood
    answer: Answer | None


def converse(
    question: str,
    earlier: Sequence[str],
    reader: Reader,
    desk: Desk,
    *,
    on: dt.date | None = None,
    model: str | None = None,
) -> Reply:
    """Answer `question` after the asker's `earlier` turns, oldest first, or ask back.

    Raises UsageError for an empty or overlong turn or too many of them, and what `ask` raises.
    """
    read = understood(question, earlier, reader, desk, on=on)
    if len(read.readings) > 1:
        record = desk.audit.open(reader, read.typed)
        record.language, record.detail = read.language, "asked back: two readings lead to different documents"
        record.close()
        return Reply(read, None)
    known = replace(reader, language=read.language) if earlier else reader
    return Reply(read, ask.answer(read.question, known, desk, on=on, model=model))


def shown(reply: Reply) -> dict[str, Any]:
    """A reply as JSON: the Answer with `understood`, or the readings to choose from."""
    read = reply.understood
    told = {"typed": read.typed, "question": read.question, "added": list(read.readings[0].added)}
    if reply.answer:
        return wire.answer(reply.answer) | {"understood": told}
    readings = [
        {"question": each.question, "added": list(each.added), "document": _named(each.document)}
        for each in read.readings
    ]
    return {"question": read.typed, "language": read.language, "asked_back": {"readings": readings}}


def _named(document: Record | None) -> dict[str, str] | None:
    return {"id": document.id, "title": document.title} if document else None


def understood(
    question: str, earlier: Sequence[str], reader: Reader, desk: Desk, *, on: dt.date | None = None
) -> Understood:
    """Read `question` after the asker's `earlier` turns, oldest first. Only documents that the reader may read decide.

    Raises UsageError for an empty or overlong turn or too many of them.
    """
    limit = desk.settings.understand.max_characters
    if len(earlier) > EARLIER:
        raise UsageError(f"{len(earlier)} earlier turns: at most the last {EARLIER} can be sent")
    typed, before = screen_question(question, limit), [screen_question(turn, limit) for turn in earlier]
    language = reader.language or spoken(typed, before, default=desk.settings.understand.language)
    readings = tuple(each for each in read(typed, before, language) if len(each.question) <= limit) or (Reading(typed),)
    if len(readings) > 1:
        readings = _chosen(readings, language, access.filter_for(reader, on), desk)
    return Understood(typed, language, readings)


def read(question: str, earlier: Sequence[str], language: str) -> tuple[Reading, ...]:
    """The readings of a turn, by its words alone: one, or as typed and with the words of earlier turns where it may be either."""
    typed = Reading(question)
    words = turns.topic(earlier, language)
    own = {word.casefold() for word in turns.words(question, language)}
    added = tuple(word for word in words if word.casefold() not in own)
    if not added or turns.leaves(question, language):
        return (typed,)
    after = Reading(turns.joined(added, question), added)
    if turns.leans(question, language):
        return (after,)
    return (typed, after) if len(own) <= SHORT and len(added) == len(words) else (typed,)


def spoken(question: str, earlier: Sequence[str], *, default: str) -> str:
    """The language of a turn: a short one hardly tells, and is in that of the turns before if it is in their script."""
    found = identify.language(question, default=default)
    if not earlier:
        return found
    before = identify.language(" ".join(earlier), default=default)
    one, other = find(found), find(before)
    if one and other and one.script == other.script and len(turns.words(question, before)) <= SHORT:
        return before
    return identify.language(question, default=before)


def _chosen(readings: tuple[Reading, ...], language: str, scope: Scope, desk: Desk) -> tuple[Reading, ...]:
    """The reading with clearly more evidence, or the only one with enough; the first if both lead to one document; else both."""
    found = []
    for reading in readings:
        query = understand(reading.question, desk, language=language)
        kept = shortlist(retrieve(query, scope, desk), desk)
        best = desk.store.record(kept[0].chunk.document, scope) if kept else None
        found.append((margin(query, kept, desk), replace(reading, document=best)))
    (alone, typed), (together, after) = found
    if typed.document is None or after.document is None or typed.document.id == after.document.id:
        return readings[:1]
    if abs(alone - together) >= CLEAR or (alone < 0) != (together < 0):
        return (readings[0] if alone > together else readings[1],)
    return (typed, after) if alone >= 0 else readings[:1]
