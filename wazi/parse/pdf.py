# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PDF -> Parsed through pdfium: text in reading order, pages, and lines measured for `wazi.parse.layout`.

The stored text of a page is made from pdfium's page text by rules that need only the page and its neighbours
(`wazi.parse.page_text`), so `locate` can go back from an offset to pdfium's characters without anything being stored. Pages
are joined by a form feed. Pages without text, and those whose text is no language, are read by OCR where it is installed; their
words come with their boxes, and `locate` does not know them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial

import pypdfium2 as pdfium
from pypdfium2 import raw

from wazi.errors import InputError
from wazi.parse import hyphens, layout, legible, ocr, page_tables, reading_order, rendered, tagged
from wazi.parse.glyphs import Source
from wazi.parse.lines import Turn, measured, turning, visual
from wazi.parse.ocr import Reading
from wazi.parse.page_tables import Found
from wazi.parse.page_text import PAGE_BREAK, Layered, PageText, whole
from wazi.parse.tables import Line
from wazi.parse.tagged import Tag
from wazi.parse.wanted import Wanted
from wazi.parse.writer import stated_title
from wazi.types import Box, Page, Parsed, Word

TRIED = 8
"""Pages without a tagged heading after which the tags are read no further: it takes as long as the text."""

# pdfium is not thread-safe, and the server asks for boxes from several threads.
_LOCK = threading.RLock()


def parse(data: bytes, name: str, wanted: Wanted | None = None) -> Parsed:
    """Parse a PDF; pages that fail, and those that could not be read well from their picture, are named in `problems`.

    Raises InputError for an encrypted, damaged or truncated file and for one without pages.
    """
    with _LOCK, _opened(data, name) as document:
        read = _Reading(document)
        for number in range(1, len(document) + 1):
            read.page(number)
        read.pictures(wanted or Wanted())
        title = stated_title(document.get_metadata_value("Title"))
    text, pages, lines, tags, found, words = read.together()
    if not text.strip():
        text, pages = "", [replace(page, start=0, end=0) for page in pages]
    problems = [*read.failed]
    if b"%%EOF" not in data[-4096:]:
        problems.append("the file ends early (no end mark): pages or text may be missing; copy it again")
    blocks = tuple(layout.blocks(text, lines, pages, tags, found))
    tables = tuple(table.table(page.number) for page, own in zip(pages, found, strict=True) for table in own)
    return Parsed(text, blocks, tuple(pages), title, None, tuple(problems), tables, words)


class _Reading:
    """The pages read so far. Their texts are put together at the end: a hyphen is judged by the pages around it."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._headed = False
        self._tagged = bool(raw.FPDFCatalog_IsTagged(document.raw))
        self._pages: list[Layered] = []
        self._sizes: list[tuple[float, float]] = []
        self._tags: list[dict[int, Tag]] = []
        self._texts: list[str] = []
        self._scans: list[int] = []
        self._faults: dict[int, str] = {}
        self._read: dict[int, Reading] = {}
        self.failed: list[str] = []

    def page(self, number: int) -> None:
        """Read one page; one that fails is noted and empty."""
        layered, tags, text = Layered("", []), {}, ""
        try:
            with _text_page(self._document, number) as (page, text_page):
                source = Source(text_page)
                text = source.text
                layered = _layered(source, page)
                if self._tagged:
                    tags = tagged.tags(page, source, layered.lines)
                    self._headed = self._headed or any(tag.level for tag in tags.values())
                    self._tagged = self._headed or number < TRIED
                if not layered.lines and rendered.has_picture(page):
                    self._scans.append(number)
                elif fault := legible.fault(text):
                    self._faults[number] = fault
        except InputError as error:
            self.failed.append(str(error))
        self._texts.append(text)
        self._pages.append(layered)
        self._sizes.append(_size(self._document, number))
        self._tags.append(tags)

    def pictures(self, wanted: Wanted) -> None:
        """Read the pages that have no text, or none that is language, from their pictures; say which could not be."""
        numbers = sorted([*self._scans, *self._faults])
        if not numbers:
            return
        if lacking := ocr.missing():
            self.failed += self._unread(self._scans, self._faults, lacking)
            return
        good = [text for at, text in enumerate(self._texts, 1) if at not in self._faults]
        read = ocr.read(numbers, self._picture, wanted, "\n".join(good))
        for number, reading in read.pages.items():
            if number in self._faults and not ocr.is_language(reading):
                continue
            self._read[number] = reading
            self._pages[number - 1], self._tags[number - 1] = Layered(reading.text, reading.lines), {}
        self.failed += read.problems
        bad = {number: fault for number, fault in self._faults.items() if number not in self._read}
        self.failed += self._unread([], bad, "its picture could not be read either")

    def _unread(self, scans: list[int], faults: dict[int, str], why: str) -> Iterator[str]:
        if scans:
            yield f"{ocr.ranges(scans)} of {len(self._pages)}: no text layer (a scan): {why}"
        for fault in sorted(set(faults.values())):
            numbers = [number for number in faults if faults[number] == fault]
            yield f"{ocr.ranges(numbers)} of {len(self._pages)}: the text layer is no language ({fault}): {why}"

    def _picture(self, number: int) -> ocr.Picture | None:
        try:
            return rendered.picture(self._document, number)
        except InputError as error:
            self.failed.append(str(error))
            return None

    def together(self) -> tuple[str, list[Page], list[list[Line]], dict[int, Tag], list[list[Found]], tuple[Word, ...]]:
        """The text, its pages, the lines of each page, their tags and the tables, and the words that were read from pictures, all
        with offsets into that text.
        """
        drawn = cache(lambda index: hyphens.vocabulary([self._texts[index]]))  # as `locate` sees the pages
        seen = cache(lambda index: hyphens.vocabulary([self._pages[index].text]))
        texts, pages, lines, found = [], [], [], []
        words: list[Word] = []
        tags: dict[int, Tag] = {}
        start = 0
        for index, (page, size) in enumerate(zip(self._pages, self._sizes, strict=True)):
            reading = self._read.get(index + 1)
            known = seen if reading else drawn
            stored = PageText(page, partial(_near, index, len(self._pages), known))
            words += ocr.placed(reading, stored, start, index + 1) if reading else ()
            text = stored.text
            rebased = [stored.rebased(line, start) for line in page.lines]
            tags |= {
                new.start: self._tags[index][old.start]
                for old, new in zip(page.lines, rebased, strict=True)
                if old.start in self._tags[index]
            }
            pages.append(Page(index + 1, start, start + len(text), *size))
            found.append([table.moved(partial(stored.rebased, offset=start)) for table in page.tables])
            lines.append(whole(rebased, found[-1]))
            texts.append(text)
            start += len(text) + 1
        return PAGE_BREAK.join(texts), pages, lines, tags, found, tuple(words)


def _layered(source: Source, page: pdfium.PdfPage) -> Layered:
    turn = turning(page)
    lines = measured(source, turn)
    found = page_tables.find(source, page, turn, lines)
    ordered = reading_order.ordered(source.text, lines, page.get_height())
    return Layered(source.text, page_tables.placed(ordered, found), tuple(found))


def _near(index: int, pages: int, words: Callable[[int], frozenset[str]]) -> frozenset[str]:
    """The words of a page and its neighbours."""
    nearby = range(max(0, index - hyphens.NEAR), min(pages, index + hyphens.NEAR + 1))
    return frozenset().union(*map(words, nearby))


def locate(data: bytes, page: int, start: int, end: int) -> tuple[Box, ...]:
    """Boxes, one a line, of `[start:end)` of the stored text of the 1-based `page`; offsets count from its start.

    Raises InputError when the page or the span does not exist.
    """
    with _LOCK, _opened(data, "the stored original") as document:
        if not 1 <= page <= len(document):
            raise InputError(f"there is no page {page}: the document has {len(document)}")
        with _text_page(document, page) as (opened, text_page):
            source = Source(text_page)
            stored = PageText(
                _layered(source, opened), lambda: _near(page - 1, len(document), lambda at: _words(document, at + 1))
            )
            if not 0 <= start < end <= len(stored.text):
                raise InputError(
                    f"there is no text [{start}:{end}] on page {page}: it has {len(stored.text)} characters"
                )
            return tuple(_boxes(source, turning(opened), stored.sources(start, end)))


def _boxes(source: Source, turn: Turn, spans: Iterable[tuple[int, int]]) -> Iterator[Box]:
    for begin, stop in spans:
        for first, last, _, _ in visual(source, begin, stop):
            box = source.rect(first, last)
            if box is not None:
                yield turn(*box)


def _words(document: pdfium.PdfDocument, number: int) -> frozenset[str]:
    try:
        with _text_page(document, number) as (_, text_page):
            return hyphens.vocabulary([Source(text_page).text])
    except InputError:
        return frozenset()


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise InputError(_refusal(data, name, error)) from error
    try:
        yield document
    finally:
        document.close()


def _refusal(data: bytes, name: str, error: pdfium.PdfiumError) -> str:
    # The library says the same of a file without pages, with whatever went wrong the last time.
    if handle := raw.FPDF_LoadMemDocument64(data, len(data), None):
        raw.FPDF_CloseDocument(handle)
        return f"{name} has no pages: check how it was made"
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


def _size(document: pdfium.PdfDocument, number: int) -> tuple[float, float]:
    """Width and height in points as shown, zeros for a page that has none."""
    try:
        width, height = document.get_page_size(number - 1)
    except pdfium.PdfiumError:
        return 0.0, 0.0
    return width, height
