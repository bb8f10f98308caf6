# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The values that flow through the house, frozen; nothing else.

    ingest:  Source -> RawFile -> Document -> [Chunk] -> [Passage] -> Receipt
    ask:     str, Reader -> Query -> [Hit] -> Draft -> Answer(claims, quotes, support, outcome, cost)

Offsets are always Python character offsets into the stored text of a document (`Document.text`), end exclusive.
Boxes are (x0, y0, x1, y1) in PDF points with the origin at the top left of the page.
This module knows nothing about how a value is made, stored or shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

Box = tuple[float, float, float, float]

PUBLIC = "public"
"""The access label that every reader holds."""

EVERYTHING = "*"
"""The label of the keeper of the home (the command line without `--as`): no access filter at all."""


class Outcome(StrEnum):
    """How an answer ended: a closed list."""

    ANSWERED = "answered"
    ANSWERED_PARTLY = "answered_partly"
    NO_EVIDENCE = "no_evidence"
    SOURCES_CONFLICT = "sources_conflict"
    OUT_OF_SCOPE = "out_of_scope"
    UNSAFE = "unsafe"
    LANGUAGE_UNSUPPORTED = "language_unsupported"
    NEEDS_A_PERSON = "needs_a_person"
    FAILED = "failed"


class Status(StrEnum):
    """What became of one file: `partial` means that something in it could not be read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    UNCHANGED = "unchanged"


class Support(StrEnum):
    """Does the quote support the claim?"""

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT = "not"


class Kind(StrEnum):
    """What sort of paper a document is: a closed list."""

    ACT = "act"
    REGULATION = "regulation"
    CIRCULAR = "circular"
    FORM = "form"
    GUIDE = "guide"
    FAQ = "faq"
    NOTICE = "notice"
    JUDGMENT = "judgment"
    REPORT = "report"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: a name, the access labels held and the language chosen (None: not chosen)."""

    name: str
    labels: frozenset[str]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a store may return: rows that share a label with `labels` and are in force on `on` (None: any day)."""

    labels: frozenset[str]
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the keeper says about a file, from the command line or from `documents.toml` beside it."""

    title: str | None = None
    language: str | None = None
    labels: frozenset[str] | None = None
    """None: not said. A document then keeps the labels it is held under, and a new one is public."""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    address: str | None = None
    """Where it was published, when `source` is a copy of that."""
    fetched: dt.datetime | None = None
    """When it was read from there; with a time zone."""
    licence: str | None = None
    publisher: str | None = None
    jurisdiction: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file as fetched. `source` names it for ever (an absolute path or an address); `sha256` is of `data`."""

    source: str
    name: str
    data: bytes
    sha256: str
    provenance: Provenance = field(default_factory=Provenance)


class BlockKind(StrEnum):
    """What a block of text is on its page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text that belongs together: `text[start:end]`, on one page (1-based; None without pages).

    `headings` is the path of headings above it, outermost first (a heading does not contain itself). Blocks with the same
    `parallel` number are language versions of one article or paragraph (None: of nothing).
    """

    start: int
    end: int
    kind: BlockKind = BlockKind.PARAGRAPH
    page: int | None = None
    headings: tuple[str, ...] = ()
    box: Box | None = None
    parallel: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was read from a picture: `text[start:end]`, its box on the page, and how sure the reading is, 0 to 1."""

    start: int
    end: int
    page: int
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: `text[start:end]` (empty: nothing in it), its first row and column (from 0), its spans, its box."""

    start: int
    end: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table on one page. `head` is how many of its first rows name the columns."""

    page: int | None
    cells: tuple[Cell, ...]
    head: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its 1-based number, its span in the text, its size in points."""

    number: int
    start: int
    end: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser makes of bytes. `problems` non-empty means that the conversion is partial.

    `pages` is empty for formats without pages. `title` is the document's own, None if it has none. `words` are those of the
    pages that were read from a picture, in the order of the text.
    """

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    title: str | None = None
    language: str | None = None
    problems: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    words: tuple[Word, ...] = ()


class About(StrEnum):
    """What a document says about itself or another."""

    KIND = "kind"
    JURISDICTION = "jurisdiction"
    NAME = "name"
    """What others call it by: its number, such as `12/2019`, or the name under which it may be cited."""
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    AMENDS = "amends"
    REPEALS = "repeals"
    AMENDED_BY = "amended_by"
    REPEALED_BY = "repealed_by"


@dataclass(frozen=True, slots=True)
class Said:
    """What the words `text[start:end]` say: `value` is an ISO date, a kind, a country, a name, or that of another document.

    `document` is the id of that other one, None while it is not known which of those held it is. If `amended_by` or
    `repealed_by` has one, the words stand in the other document.
    """

    about: About
    value: str
    start: int
    end: int
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A content that a document had from the moment `taken` on: the hash of its original, nothing of its words."""

    sha256: str
    taken: dt.datetime


@dataclass(frozen=True, slots=True)
class Record:
    """What is held about a document, without its text. `sha256` is of the original file."""

    id: str
    title: str
    source: str
    sha256: str
    media_type: str
    status: Status
    reason: str | None = None
    pages: int = 0
    page_starts: tuple[int, ...] = ()
    """Offset in the text at which each page begins; empty for formats without pages."""
    chunks: int = 0
    bytes: int = 0
    languages: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset({PUBLIC})
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    versions: int = 1
    fingerprint: str = ""
    """Hash of everything that decides the stored rows: bytes, provenance, parser, chunker, analyser, embedder."""
    flags: tuple[str, ...] = ()
    """What the screen noticed, for example `injection`."""
    address: str | None = None
    fetched: dt.datetime | None = None
    licence: str | None = None
    publisher: str | None = None
    jurisdiction: str | None = None
    kind: Kind | None = None
    given: tuple[str, ...] = ()
    """Names of the fields that the files' keeper decided, in `documents.toml` or by an option: the text does not change them."""
    kept: tuple[str, ...] = ()
    """Names of the fields set by hand: they hold over every later ingest."""
    said: tuple[Said, ...] = ()
    """What its text says, and what others say about it, with the place: the evidence of every field that nobody gave."""
    history: tuple[Version, ...] = ()
    """Its contents in order, the last one is held; empty for a document of an earlier release."""
    personal: Mapping[str, int] = field(default_factory=dict)
    """How many of each kind of personal data were found; never which."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: its record, its text and its blocks in reading order."""

    record: Record
    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage that is searched and quoted: `document text[start:end] == text`, on one page."""

    id: str
    document: str
    text: str
    start: int
    end: int
    page: int | None
    headings: tuple[str, ...]
    language: str
    kind: BlockKind = BlockKind.PARAGRAPH
    labels: frozenset[str] = frozenset({PUBLIC})
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    @property
    def in_context(self) -> str:
        """The text under its heading path: what is searched, never what is quoted."""
        return "\n".join((" › ".join(self.headings), self.text)) if self.headings else self.text


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk ready for the store: its tokens (analysed) and its vector (float32, length 1)."""

    chunk: Chunk
    tokens: tuple[str, ...]
    vector: Vector


@dataclass(frozen=True, slots=True)
class Holding:
    """A whole document as a store takes it: all or nothing. A failed one has no text and no passages."""

    record: Record
    text: str = ""
    passages: tuple[Passage, ...] = ()
    original: bytes | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one ingested file."""

    record: Record
    status: Status
    seconds: float


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found. `score` orders; `lexical` is BM25 (0: no shared token), `dense` the cosine."""

    chunk: Chunk
    score: float
    lexical: float
    dense: float


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a chunk: offsets into the text of the chunk's document."""

    chunk: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One sentence of a draft and the places it points at. `verbatim`: its text is the quote itself."""

    text: str
    spans: tuple[Span, ...]
    verbatim: bool


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


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with its quotes."""

    text: str
    support: Support
    quotes: tuple[Quote, ...]


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


Event = Step | Composing | Answered
