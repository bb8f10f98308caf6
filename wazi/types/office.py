# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What an office adds to its documents: what readers say about answers, and answers that its staff have reviewed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

Verdict = Literal["right", "wrong", "partly"]
Review = Literal["new", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Better:
    """Where it is told better: characters `[start:end)` of a document's stored text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's word on an answer.

    `answer` is the id of its receipt, `corrected` what it should have said, `by` who said so (None: anonymous), `at` in UTC.
    """

    id: str
    answer: str
    question: str
    language: str
    verdict: Verdict
    reason: str
    better: Better | None
    corrected: str | None
    by: str | None
    at: dt.datetime
    status: Review = "new"
    reviewed_by: str | None = None


@dataclass(frozen=True, slots=True)
class CardQuote:
    """The words a card rests on: characters `[start:end)` of a document's stored text, as they read when it was written.

    `chunk` is the passage that they were chosen from.
    """

    document: str
    start: int
    end: int
    text: str
    chunk: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A reviewed answer. It holds up to and with the day `expires`."""

    id: str
    question: str
    language: str
    text: str
    quotes: tuple[CardQuote, ...]
    reviewed_by: str
    at: dt.datetime
    expires: dt.date


class Cards(Protocol):
    """Where reviewed answers are."""

    def find(self, question: str, language: str, labels: frozenset[str], *, on: dt.date) -> Card | None:
        """The card in force on a day that answers this question and that somebody with these labels may see."""
