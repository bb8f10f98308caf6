# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in: what the keeper says, what a parser makes of bytes, what is held.

Offsets are Python character offsets into the stored text of a document (`Document.text`), end exclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from wazi.types.common import PUBLIC, Box, Kind, Status

if TYPE_CHECKING:
    from wazi.types.common import Vector


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
    parallel: tuple[str, ...] = ()
    """Ids of the chunks of its document that say the same, or a part of it, in other languages."""

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
    words: tuple[Word, ...] = ()
    """Those of pages that were read from a picture: where their letters stand cannot be asked of the original."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one ingested file."""

    record: Record
    status: Status
    seconds: float
