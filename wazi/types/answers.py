# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Answers out: a question understood, what was found, what was made of it, and what it cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from wazi.types.common import Box, Outcome, Support
from wazi.types.documents import Chunk

if TYPE_CHECKING:
    from wazi.types.common import Vector


@dataclass(frozen=True, slots=True)
class Query:
    """A question understood: its language, its analysed tokens with their weights, and its vector.

    `across` holds, by the language of passages, the vector that is nearer to those than `vector`, where there is one.
    """

    text: str
    language: str
    tokens: Mapping[str, float]
    vector: Vector
    across: Mapping[str, Vector] = field(default_factory=dict)


class Told(NamedTuple):
    """Natural log odds that an answer stands in a sentence, and where: offsets into its document."""

    odds: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader made of a chunk: natural log odds that it answers, and what it tells in each of its sentences.

    Sentences are named by their start and end in the document.
    """

    odds: float
    sentences: Mapping[tuple[int, int], Told] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found. `score` orders; `lexical` is BM25 (0: no shared token), `dense` the cosine; `look` if it was read."""

    chunk: Chunk
    score: float
    lexical: float
    dense: float
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a chunk: offsets into the text of the chunk's document."""

    chunk: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One sentence of a draft and the places it points at. `verbatim`: its text is the quote itself.

    `answer` are the words in one of the spans that the model takes for the answer.
    """

    text: str
    spans: tuple[Span, ...]
    verbatim: bool
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one generation."""

    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What compose made: claims in order, and the model that made them (`quote` for no generator)."""

    claims: tuple[DraftClaim, ...]
    model: str
    prompt: str | None = None
    """Versioned name of the prompt, None without a generator."""
    note: str = ""
    """Why the quote stands in for the model, empty if it does not."""


@dataclass(frozen=True, slots=True)
class Cited:
    """The document as an answer names it."""

    id: str
    title: str
    source: str
    sha256: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    in_force: bool = True
    """Whether it is in force on the day of the answer."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words: `documents text ID` sliced `[start:end]` equals `text`."""

    text: str
    document: Cited
    page: int | None
    boxes: tuple[Box, ...] | None
    start: int
    end: int
    chunk: str
    answer: tuple[int, int] | None = None
    """The words inside it that a reader, or the generator, takes for the answer: start and end in the document."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with its quotes."""

    text: str
    support: Support
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A passage that was found near a question that it does not answer: its document, page, innermost heading and place."""

    document: Cited
    page: int | None
    heading: str
    start: int
    end: int
    chunk: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer cost. `steps` maps a step's name to its seconds, tokens and joules."""

    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    joules: float = 0.0
    joules_method: str = "none"
    gco2e: float = 0.0
    usd: float = 0.0
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer, in the shape the interface promises."""

    id: str
    question: str
    language: str
    outcome: Outcome
    text: str
    claims: tuple[Claim, ...] = ()
    models: Mapping[str, str | None] = field(default_factory=dict)
    meter: Cost = field(default_factory=Cost)
    nearest: tuple[Near, ...] = ()
    """With `no_evidence`: the nearest passages, one a document, which do not answer."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Event: so many others are answered before the question is begun."""

    before: int


@dataclass(frozen=True, slots=True)
class Step:
    """Event: the named step has begun."""

    name: str


@dataclass(frozen=True, slots=True)
class Composing:
    """Event: a claim is written, not yet verified; a page may show it as provisional."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Event: the last one."""

    answer: Answer


Event = Waiting | Step | Composing | Answered
