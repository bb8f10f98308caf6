# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Reviewed answers that go before composed ones until they expire. It does not know how a question is understood.

A card answers the question it was written for, in its language, up to case, width, spaces and closing marks; and one with the
same words in another order or inflection. It carries labels like feedback: a reader gets it who holds all of them. Whoever
shows it also asks the store for each quote, because the rights on a document may have changed since.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from wazi.errors import UsageError
from wazi.languages import analyse
from wazi.state.database import FILE, State, open_state
from wazi.state.tables import CARDS, ROW_LABELS, label_rows, visible
from wazi.types import Card, CardQuote

LONGEST_TEXT = 4000
MOST = 4000
"""Cards of a language that are compared word by word: the newest."""


def add(
    state: State,
    *,
    question: str,
    language: str,
    text: str,
    quotes: Sequence[CardQuote],
    reviewed_by: str,
    expires: dt.date,
    labels: Iterable[str],
) -> Card:
    """A new card, instead of those for the same question, language and labels. Raises UsageError."""
    made = Card(
        *(uuid.uuid4().hex, question, language, text, tuple(quotes), reviewed_by, dt.datetime.now(dt.UTC), expires)
    )
    _check(made)
    marks = label_rows(made.id, labels)
    same = frozenset(row["label"] for row in marks)
    row = {
        **{"id": made.id, "asked": question, "key": key(question), "language": language, "text": text},
        **{"quotes": [asdict(quote) for quote in quotes], "reviewed_by": reviewed_by},
        **{"at": made.at, "expires": expires},
    }
    with state.writing() as connection:
        for old in connection.execute(sa.select(CARDS.c.id).where(_for(question, language))).scalars().all():
            held = connection.execute(sa.select(ROW_LABELS.c.label).where(ROW_LABELS.c.row == old)).scalars()
            if frozenset(held) == same:
                _erase(connection, old)
        connection.execute(sa.insert(CARDS), row)
        connection.execute(sa.insert(ROW_LABELS), marks)
    return made


def find(
    state: State, question: str, language: str, labels: frozenset[str], *, on: dt.date | None = None
) -> Card | None:
    """The newest card in force for this question that a reader with these labels may see."""
    held = (CARDS.c.expires >= (on or dt.date.today())) & visible(CARDS.c.id, labels)
    newest = sa.select(CARDS).where(held).order_by(CARDS.c.at.desc())
    with state.reading() as connection:
        row = connection.execute(newest.where(_for(question, language)).limit(1)).one_or_none()
        if row:
            return _value(row)
        words = _words(question, language)
        like = (each for each in connection.execute(newest.where(CARDS.c.language == language).limit(MOST)) if words)
        return next((_value(each) for each in like if _words(each.asked, language) == words), None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cards of a state, for a desk."""

    state: State

    def find(self, question: str, language: str, labels: frozenset[str], *, on: dt.date) -> Card | None:
        """The newest card in force for this question that a reader with these labels may see."""
        return find(self.state, question, language, labels, on=on)


def every(state: State, labels: frozenset[str]) -> list[Card]:
    """All cards that somebody with these labels may see, the next to expire first."""
    seen = sa.select(CARDS).where(visible(CARDS.c.id, labels)).order_by(CARDS.c.expires, CARDS.c.id)
    with state.reading() as connection:
        return [_value(row) for row in connection.execute(seen)]


def remove(state: State, id: str, labels: frozenset[str]) -> None:
    """Take a card back. Raises UsageError for one that is not there, or not there for somebody with these labels."""
    with state.writing() as connection:
        this = (CARDS.c.id == id) & visible(CARDS.c.id, labels)
        if connection.execute(sa.select(CARDS.c.id).where(this)).one_or_none() is None:
            raise UsageError(f"there is no card {id[:40]!r}")
        _erase(connection, id)


def key(question: str) -> str:
    """What two ways to type one question have in common."""
    folded = " ".join(unicodedata.normalize("NFKC", question).casefold().split()).rstrip("?!.؟۔।፧ ")
    return hashlib.sha256(folded.encode()).hexdigest()


@contextmanager
def shelf(home: Path, url: str = "") -> Iterator[Shelf | None]:
    """The cards of a home, None where no office has kept anything yet. Raises StoreError, MissingPart."""
    if not url and not (home / FILE).exists():
        yield None
        return
    with closing(open_state(home, url)) as state:
        yield Shelf(state)


@lru_cache(maxsize=MOST)
def _words(question: str, language: str) -> tuple[str, ...]:
    """All words of a question, analysed, in no order: with a word more or less, like a "not", it is another question."""
    return tuple(sorted(analyse.tokens(question, language)))


def _for(question: str, language: str) -> sa.ColumnElement[bool]:
    return (CARDS.c.key == key(question)) & (CARDS.c.language == language)


def _erase(connection: sa.Connection, id: str) -> None:
    connection.execute(sa.delete(ROW_LABELS).where(ROW_LABELS.c.row == id))
    connection.execute(sa.delete(CARDS).where(CARDS.c.id == id))


def _check(made: Card) -> None:
    for name, text in (("question", made.question), ("text", made.text)):
        if not text.strip() or len(text) > LONGEST_TEXT or "\0" in text:
            raise UsageError(f"the {name} of a card has 1 to {LONGEST_TEXT} characters, not {len(text)}: correct it")
    if not made.language or len(made.language) > 20:
        raise UsageError(f"{made.language[:40]!r} is no language")
    if not made.quotes:
        raise UsageError("a card rests on at least one quote: give one")
    for quote in made.quotes:
        if quote.start < 0 or quote.end - quote.start != len(quote.text) or not quote.text:
            raise UsageError(
                f"the quote [{quote.start}:{quote.end}] has {len(quote.text)} characters: correct its place"
            )
    if made.expires < dt.date.today():
        raise UsageError(f"the card would have expired on {made.expires}: choose a later day")


def _value(row: sa.Row[tuple[object, ...]]) -> Card:
    quotes = tuple(CardQuote(**quote) for quote in row.quotes)
    return Card(row.id, row.asked, row.language, row.text, quotes, row.reviewed_by, row.at, row.expires)
