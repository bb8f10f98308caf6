# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Bytes -> Parsed (text, blocks with page, box and heading path, tables): one part a format, chosen by `wazi.parse.kinds`.

A container of documents (ZIP, a mail with attachments) is parsed to the list of what is in it; `members` gives the documents
themselves. This module does not know how a part reads its format, and it runs parts in this process:
`wazi.parse.worker.SafeParser` adds the time and memory limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wazi import registry
from wazi.parse import kinds
from wazi.parse.kinds import DOCX, HTML, MARKDOWN, PDF, PLAIN, media_type
from wazi.parse.wanted import Wanted
from wazi.registry import Part

if TYPE_CHECKING:
    from wazi.config import Parse
    from wazi.types import Box, Parsed, RawFile, Table

__all__ = ["DOCX", "HTML", "MARKDOWN", "PDF", "PLAIN", "locate", "media_type", "members", "parse"]

PARSERS = {
    "pdf": Part("wazi.parse.pdf", "parse"),
    "image": Part("wazi.parse.image", "parse"),
    "office": Part("wazi.parse.office", "parse"),
    "odt": Part("wazi.parse.odt", "parse"),
    "ods": Part("wazi.parse.odt", "parse_sheet"),
    "sheet": Part("wazi.parse.sheet", "parse"),
    "delimited": Part("wazi.parse.delimited", "parse"),
    "slides": Part("wazi.parse.slides", "parse"),
    "html": Part("wazi.parse.html", "parse"),
    "text": Part("wazi.parse.text", "parse_plain"),
    "markdown": Part("wazi.parse.text", "parse"),
    "mail": Part("wazi.parse.mail", "parse"),
    "archive": Part("wazi.parse.archive", "parse"),
    "akoma_ntoso": Part("wazi.parse.akoma_ntoso", "parse"),
}
PART_OF = {
    PDF: "pdf",
    kinds.PNG: "image",
    kinds.JPEG: "image",
    kinds.TIFF: "image",
    DOCX: "office",
    kinds.ODT: "odt",
    kinds.ODS: "ods",
    kinds.XLSX: "sheet",
    kinds.CSV: "delimited",
    kinds.TSV: "delimited",
    kinds.PPTX: "slides",
    HTML: "html",
    PLAIN: "text",
    MARKDOWN: "markdown",
    kinds.MAIL: "mail",
    kinds.ZIP: "archive",
    kinds.AKOMA_NTOSO: "akoma_ntoso",
}
PICTURED = frozenset({"pdf", "image"})
"""Parts that may read pictures of pages."""
HOLDERS = {kinds.ZIP: "archive", kinds.MAIL: "mail"}
"""Kinds of files that hold others."""
MEMBERS = {part: Part(f"wazi.parse.{part}", "members") for part in HOLDERS.values()}


def parse(raw: RawFile, settings: Parse) -> Parsed:
    """The text and blocks of a file; `problems` says what could not be read.

    Raises InputError for a file that cannot be read at all. Text beyond `settings.max_characters` is left out.
    """
    kind = PART_OF[media_type(raw)]
    part = registry.load("parse", kind, PARSERS)
    said = raw.provenance.language
    known = (Wanted((said,) if said else (), settings.seconds),) if kind in PICTURED else ()
    parsed: Parsed = part(raw.data, raw.name, *known)
    return _limit(parsed, settings.max_characters)


def readable_scans() -> str:
    """The languages in which scans can be read here; empty without OCR."""
    from wazi.parse import tesseract

    found = tesseract.data()
    return " ".join(sorted(found[1])) if found else ""


def holds_documents(raw: RawFile) -> bool:
    """Is it a ZIP file or a mail? Raises InputError for a file whose kind cannot be told or read."""
    return media_type(raw) in HOLDERS


def members(raw: RawFile) -> Iterator[RawFile]:
    """The documents in a ZIP file and the attachments of a mail, each a file of its own; nothing for other files.

    One is called `archive.zip/fees/market.pdf`, and its source has `!/` behind the archive. It has the provenance of what it
    came in. What cannot be handed out is in the problems of `parse(raw)`, and so is an archive in an archive. Raises
    InputError when the whole cannot be opened.
    """
    part = HOLDERS.get(media_type(raw))
    if part is not None:
        yield from registry.load("parse", part, MEMBERS)(raw)


def locate(data: bytes, media_type: str, page: int, start: int, end: int) -> tuple[Box, ...] | None:
    """Boxes, one a line, of `[start:end)` of the text of the 1-based `page`; offsets count from the page's start.

    None for formats without pages. Raises InputError when the page or the span does not exist.
    """
    if media_type != PDF:
        return None
    from wazi.parse import pdf

    return pdf.locate(data, page, start, end)


def _limit(parsed: Parsed, most: int) -> Parsed:
    if len(parsed.text) <= most:
        return parsed
    return replace(
        parsed,
        text=parsed.text[:most],
        blocks=tuple(replace(b, end=min(b.end, most)) for b in parsed.blocks if b.start < most),
        pages=tuple(replace(p, end=min(p.end, most)) for p in parsed.pages if p.start <= most),
        tables=tuple(cut for table in parsed.tables if (cut := _within(table, most)).cells),
        words=tuple(word for word in parsed.words if word.end <= most),
        problems=(*parsed.problems, f"text beyond {most} characters was left out: raise [parse] max_characters"),
    )


def _within(table: Table, most: int) -> Table:
    return replace(table, cells=tuple(cell for cell in table.cells if cell.end <= most))
