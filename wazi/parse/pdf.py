# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PDF -> Parsed through pdfium: text in pdfium's order, pages, and lines measured for `wazi.parse.layout`.

The stored text of a page is `clean()` of pdfium's page text, so `locate` can go back from an offset to pdfium's
characters without anything being stored. Pages are joined by a form feed. Scans are stated as problems: there is no OCR.
Per line only the first and the last character are measured: asking pdfium about each one is too slow.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from wazi.errors import InputError
from wazi.parse import layout
from wazi.parse.clean import HYPHEN_MARK, clean, kept
from wazi.parse.layout import Line
from wazi.parse.writer import squeeze
from wazi.types import Box, Page, Parsed

PAGE_BREAK = "\f"
SEMI_BOLD = 600
FORCE_BOLD = 1 << 18
"""Bit 19 of the font descriptor's flags (ISO 32000-1, table 123)."""

# pdfium is not thread-safe, and the server asks for boxes from several threads.
_LOCK = threading.RLock()

Turn = Callable[[float, float, float, float], Box]


def parse(data: bytes, name: str) -> Parsed:
    """Parse a PDF; pages without a text layer are named in `problems`.

    Raises InputError for an encrypted, damaged or truncated file and for one without pages.
    """
    with _LOCK, _opened(data, name) as document:
        pages: list[Page] = []
        lines: list[list[Line]] = []
        texts: list[str] = []
        scans: list[int] = []
        start = 0
        for number in range(1, len(document) + 1):
            with _text_page(document, number) as (page, text_page):
                source = _page_text(text_page)
                text = clean(source).replace(PAGE_BREAK, " ")
                lines.append(_lines(page, text_page, source, start))
                if not text.strip() and _has_image(page):
                    scans.append(number)
                width, height = page.get_size()
            pages.append(Page(number, start, start + len(text), width, height))
            texts.append(text)
            start += len(text) + 1
        title = _title(document)
    text = PAGE_BREAK.join(texts)
    problems = [_scans(scans, len(pages))] if scans else []
    if b"%%EOF" not in data[-4096:]:
        problems.append("the file ends early (no end mark): pages or text may be missing; copy it again")
    return Parsed(text, tuple(layout.blocks(text, lines, pages)), tuple(pages), title, None, tuple(problems))


def locate(data: bytes, page: int, start: int, end: int) -> tuple[Box, ...]:
    """Boxes, one a line, of `[start:end)` of the stored text of the 1-based `page`; offsets count from its start.

    Raises InputError when the page or the span does not exist.
    """
    with _LOCK, _opened(data, "the stored original") as document:
        if not 1 <= page <= len(document):
            raise InputError(f"there is no page {page}: the document has {len(document)}")
        with _text_page(document, page) as (opened, text_page):
            source = _page_text(text_page)
            places = kept(source)
            if not 0 <= start < end <= len(places):
                raise InputError(f"there is no text [{start}:{end}] on page {page}: it has {len(places)} characters")
            turn = _turn(opened)
            boxes = []
            for first, last in _spans(source, places[start], places[end - 1] + 1):
                box = _rect(text_page, _char(text_page, first), _char(text_page, last - 1) + 1)
                if box is not None:
                    boxes.append(turn(*box))
            return tuple(boxes)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise InputError(_refusal(data, name, error)) from error
    try:
        if len(document) == 0:
            raise InputError(f"{name} has no pages: check how it was made")
        yield document
    finally:
        document.close()


def _refusal(data: bytes, name: str, error: pdfium.PdfiumError) -> str:
    if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
        return f"{name} is encrypted with a password: save it without one and ingest again"
    if b"%%EOF" not in data[-4096:]:
        return f"{name} is a truncated PDF (no end mark in {len(data)} bytes): copy or download it again"
    return f"{name} is a damaged PDF ({error}): open it in a viewer, print it to a new PDF and ingest that"


@contextmanager
def _text_page(document: pdfium.PdfDocument, number: int) -> Iterator[tuple[pdfium.PdfPage, pdfium.PdfTextPage]]:
    try:
        page = document[number - 1]
        text_page = page.get_textpage()
    except pdfium.PdfiumError as error:
        raise InputError(f"page {number} is damaged ({error}): print the PDF to a new one and ingest that") from error
    try:
        yield page, text_page
    finally:
        text_page.close()
        page.close()


def _page_text(text_page: pdfium.PdfTextPage) -> str:
    """pdfium's text of a page; one Python character for each of pdfium's text indexes."""
    count = text_page.count_chars()
    if count < 1:
        return ""
    # Characters beyond U+FFFF take two units.
    buffer = (ctypes.c_ushort * (2 * count + 1))()
    units = raw.FPDFText_GetText(text_page, 0, count, buffer)
    return bytes(buffer)[: 2 * max(units - 1, 0)].decode("utf-16-le", "surrogatepass")


def _char(text_page: pdfium.PdfTextPage, text_index: int) -> int:
    """pdfium counts characters it leaves out of the text; this is the index with them."""
    return int(raw.FPDFText_GetCharIndexFromTextIndex(text_page, text_index))


def _spans(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The non-blank lines of `source[start:end]`: a line ends at a line end or after a hyphen mark."""
    while start < end:
        stop = start
        while stop < end and source[stop] not in "\n\r":
            stop += 1
            if source[stop - 1] == HYPHEN_MARK:
                break
        piece = source[start:stop]
        if piece.strip():
            yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        start = stop if stop < end and source[stop - 1] == HYPHEN_MARK and stop > start else stop + 1


def _lines(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, source: str, offset: int) -> list[Line]:
    """The lines of a page with their displayed boxes; offsets into the document's text, where the page starts at `offset`."""
    turn = _turn(page)
    ruler = _Ruler(text_page)
    exact = text_page.count_chars() == len(source)
    dropped = [index for index, place in enumerate(kept(source)) if index != place]
    stored = None if not dropped else {place: index for index, place in enumerate(kept(source))}
    found = []
    for start, end in _spans(source, 0, len(source)):
        first, last = (start, end - 1) if exact else (_char(text_page, start), _char(text_page, end - 1))
        left, right = ruler.box(first), ruler.box(last)
        box = turn(
            min(left[0], right[0]), min(left[1], right[1]), max(left[2], right[2]), max(left[3], right[3])
        )
        size, bold = ruler.style(first)
        found.append(Line(0, 0, *box, size, bold, bold and ruler.style(last)[1]))
    return found
