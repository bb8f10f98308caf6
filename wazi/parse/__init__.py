# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Bytes -> Parsed (text, blocks with page, box and heading path): pdf, office (DOCX), html, text (Markdown and plain).

The content decides what a file is; its extension only tells Markdown from plain text. This module does not know how a
part reads its format, and it runs parts in this process: `wazi.parse.worker.SafeParser` adds the time and memory limits.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from wazi import registry
from wazi.errors import InputError
from wazi.parse.clean import bom_encoding, is_text
from wazi.registry import Part

if TYPE_CHECKING:
    from wazi.config import Parse
    from wazi.types import Box, Parsed, RawFile

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

PARSERS = {
    "pdf": Part("wazi.parse.pdf", "parse"),
    "office": Part("wazi.parse.office", "parse"),
    "html": Part("wazi.parse.html", "parse"),
    "text": Part("wazi.parse.text", "parse_plain"),
    "markdown": Part("wazi.parse.text", "parse"),
}
PART_OF = {PDF: "pdf", DOCX: "office", HTML: "html", PLAIN: "text", MARKDOWN: "markdown"}

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFUSED = {
    b"\x89PNG\r\n\x1a\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"{\\rtf": "an RTF file",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}
HTML_START = re.compile(
    rb"\A(?:\s|\xef\xbb\xbf|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
HTML_TAG = re.compile(rb"<(?:p|div|h[1-6]|table|ul|ol|br|span|a)\b[^>]*>", re.I)
READS = "wazi reads PDF, DOCX, HTML, Markdown and plain text"


def media_type(raw: RawFile) -> str:
    """The media type of a file, by its content first and its extension second.

    Raises InputError for an empty file, a binary file and a format that cannot be read.
    """
    data, name = raw.data, raw.name
    if not data.strip(b"\x00\t\n\r "):
        raise InputError(f"{name} is empty: check how it was saved or copied")
    # A PDF may be preceded by junk; readers accept the header anywhere in the first 1024 bytes.
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(OLE):
        raise InputError(_ole_reason(data, name))
    if data.startswith(b"PK"):
        return _zip_type(data, name)
    for magic, what in REFUSED.items():
        if data.startswith(magic):
            raise InputError(f"{name} is {what}: {READS}; convert it and ingest again")
    return _text_type(data, name)


def parse(raw: RawFile, settings: Parse) -> Parsed:
    """The text and blocks of a file; `problems` says what could not be read.

    Raises InputError for a file that cannot be read at all. Text beyond `settings.max_characters` is left out.
    """
    part = registry.load("parse", PART_OF[media_type(raw)], PARSERS)
    parsed: Parsed = part(raw.data, raw.name)
    return _limit(parsed, settings.max_characters)


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
    blocks = tuple(replace(b, end=min(b.end, most)) for b in parsed.blocks if b.start < most)
    pages = tuple(replace(p, end=min(p.end, most)) for p in parsed.pages if p.start <= most)
    problem = f"text beyond {most} characters was left out: raise [parse] max_characters"
    return replace(parsed, text=parsed.text[:most], blocks=blocks, pages=pages, problems=(*parsed.problems, problem))


def _ole_reason(data: bytes, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"{name} is encrypted with a password: save it without one and ingest again"
    return f"{name} is an old Office file (.doc, .xls or .ppt): save it as .docx or PDF and ingest again"


def _zip_type(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise InputError(f"{name} is a damaged or truncated zip container ({error}): copy it again") from error
    if "word/document.xml" in members:
        return DOCX
    raise InputError(f"{name} is a zip container but not a DOCX: {READS}; convert or unpack it and ingest again")


def _text_type(data: bytes, name: str) -> str:
    if not is_text(data):
        raise InputError(f"{name} is binary, not text: {READS}; check the file and its extension")
    suffix = PurePath(name).suffix.lower()
    if bom_encoding(data) == "utf-16":
        data = data[:65536].decode("utf-16", "ignore").encode("utf-8", "ignore")
    if HTML_START.match(data[:65536]):
        return HTML
    if suffix in {".html", ".htm", ".xhtml"} and HTML_TAG.search(data):
        return HTML
    return MARKDOWN if suffix in {".md", ".markdown"} else PLAIN
