# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PDF -> Parsed through pdfium: text in pdfium's order, pages, and lines measured for `wazi.parse.layout`.

The stored text of a page is `clean()` of pdfium's page text, so `locate` can go back from an offset to pdfium's
characters without anything being stored. Pages are joined by a form feed. Scans are stated as problems: there is no OCR.
Per line only the first and the last character are measured: asking pdfium about each one is too slow.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pypdfium2 as pdfium
from pypdfium2 import raw

from wazi.errors import InputError
from wazi.parse import layout, tables
from wazi.parse.clean import HYPHEN_MARK, clean, dropped, kept
from wazi.parse.tables import Line
from wazi.parse.writer import stated_title
from wazi.types import Box, Page, Parsed

PAGE_BREAK = "\f"
SEMI_BOLD = 600
FORCE_BOLD = 1 << 18
"""Bit 19 of the font descriptor's flags (ISO 32000-1, table 123)."""

VISUAL_LINE = re.compile(f"[^\n\r{HYPHEN_MARK}]*{HYPHEN_MARK}|[^\n\r{HYPHEN_MARK}]+")
WORD_START = re.compile(r"(?<=\s)\S")
BLANKS = re.compile(r"\s+")
WIDE = 0.62
"""Font sizes a character: lines that are wider may have gaps in them."""
MARK = re.compile(r"[-–•●▪◦*\uf0a7\uf0b7\uf0d8\uf0fc]|\(?\w{1,5}[.)°]|\d+(?:\.\d+)+\.?")
"""What may stand before an item of a list, with a gap after it."""
LETTERS_AS_PATHS = 50

# pdfium is not thread-safe, and the server asks for boxes from several threads.
_LOCK = threading.RLock()

Turn = Callable[[float, float, float, float], Box]
Measured = tuple[int, int, Box, Box]
"""A part of a page's text, before cleaning, with the boxes of its first and last characters."""


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
                source = _Source(text_page)
                text = clean(source.text).replace(PAGE_BREAK, " ")
                lines.append(_lines(source, _turn(page), start))
                if not text.strip() and _has_picture(page):
                    scans.append(number)
                width, height = page.get_size()
            pages.append(Page(number, start, start + len(text), width, height))
            texts.append(text)
            start += len(text) + 1
        title = stated_title(document.get_metadata_value("Title"))
    text = PAGE_BREAK.join(texts)
    if not text.strip():
        text, pages = "", [replace(page, start=0, end=0) for page in pages]
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
            source = _Source(text_page)
            places = kept(source.text)
            if not 0 <= start < end <= len(places):
                raise InputError(f"there is no text [{start}:{end}] on page {page}: it has {len(places)} characters")
            turn = _turn(opened)
            boxes = []
            for first, last, _, _ in _visual_lines(source, places[start], places[end - 1] + 1):
                box = source.rect(first, last)
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


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The non-blank lines of `text[start:end]`: a line ends at a line end or after a hyphen mark."""
    for match in VISUAL_LINE.finditer(text, start, end):
        piece = match[0]
        if words := piece.strip():
            first = match.start() + len(piece) - len(piece.lstrip())
            yield first, first + len(words)


class _Source:
    """pdfium's text of a page, before cleaning, and measures of its characters by their index in `text`."""

    def __init__(self, text_page: pdfium.PdfTextPage) -> None:
        self._text_page = text_page
        self._page = text_page.raw
        count = text_page.count_chars()
        self.text = self._read(count)
        # pdfium counts UTF-16 units, and in its own indexes also the characters that it leaves out of the text.
        wide = bool(self.text) and max(self.text) > "\uffff"
        self._wide = [index for index, char in enumerate(self.text) if char > "\uffff"] if wide else []
        self._complete = len(self.text) + len(self._wide) == count
        self._rect = raw.FS_RECTF()
        self._rect_ref = ctypes.byref(self._rect)
        self._matrix = raw.FS_MATRIX()
        self._matrix_ref = ctypes.byref(self._matrix)
        self._bold: dict[int, bool] = {}

    def _read(self, count: int) -> str:
        if count < 1:
            return ""
        buffer = (ctypes.c_ushort * (count + 1))()
        units = raw.FPDFText_GetText(self._page, 0, count, buffer)
        text = bytes(buffer)[: 2 * max(units - 1, 0)].decode("utf-16-le", "surrogatepass")
        if HYPHEN_MARK not in text:
            return text
        # The same mark stands for a character without any meaning: only pdfium tells which.
        self.text, self._wide, self._complete = text, [], len(text) == count
        marks = [match.start() for match in re.finditer(HYPHEN_MARK, text)]
        letters = list(text)
        for index in marks:
            if raw.FPDFText_IsHyphen(self._page, self._char(index)) != 1:
                letters[index] = "\0"
        return "".join(letters)

    def _char(self, index: int) -> int:
        unit = index + bisect_left(self._wide, index) if self._wide else index
        return unit if self._complete else int(raw.FPDFText_GetCharIndexFromTextIndex(self._page, unit))

    def box(self, index: int) -> Box:
        """Left, bottom, right, top in the page's own coordinates: the font's full height, so lines compare."""
        raw.FPDFText_GetLooseCharBox(self._page, self._char(index), self._rect_ref)
        rect = self._rect
        return rect.left, rect.bottom, rect.right, rect.top

    def rect(self, start: int, end: int) -> Box | None:
        """The tight box around characters of one line, in the page's own coordinates; None if they leave no mark."""
        first = self._char(start)
        count = self._text_page.count_rects(first, self._char(end - 1) + 1 - first)
        rects = [self._text_page.get_rect(index) for index in range(count)]
        if not rects:
            return None
        lefts, bottoms, rights, tops = zip(*rects, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)

    def size(self, index: int) -> float:
        """Font size in points as displayed: the size in the file is often 1, scaled by the text matrix."""
        char = self._char(index)
        size = float(raw.FPDFText_GetFontSize(self._page, char))
        if raw.FPDFText_GetMatrix(self._page, char, self._matrix_ref):
            size *= math.hypot(self._matrix.c, self._matrix.d)
        return round(size * 2) / 2

    def bold(self, index: int) -> bool:
        """By the font's name, flags or weight; asked once a font."""
        font = raw.FPDFTextObj_GetFont(raw.FPDFText_GetTextObject(self._page, self._char(index)))
        if not font:
            return False
        address = ctypes.addressof(font.contents)
        if address not in self._bold:
            self._bold[address] = _is_bold(font)
        return self._bold[address]


def _lines(source: _Source, turn: Turn, offset: int) -> list[Line]:
    """The lines of a page with their displayed boxes; `offset` is where the page starts in the document's text."""
    gone = dropped(source.text)

    def line(start: int, end: int, left: Box, right: Box) -> Line:
        box = turn(min(left[0], right[0]), min(left[1], right[1]), max(left[2], right[2]), max(left[3], right[3]))
        where = offset + start - bisect_left(gone, start), offset + end - bisect_left(gone, end)
        return Line(*where, *box, source.size(start), source.bold(start) and source.bold(end - 1))

    measured = list(_visual_lines(source, 0, len(source.text)))
    found = [line(*each) for each in measured]
    columns = tables.starts(found)
    for index, ((start, end, left, right), whole) in enumerate(zip(measured, found, strict=True)):
        wide = whole.x1 - whole.x0 > WIDE * whole.size * (end - start)
        if wide or any(whole.x0 + whole.size < x < whole.x1 - whole.size for x in columns):
            spans = _cells(source, (start, end, left, right), whole.size)
            if len(spans) > 1:
                found[index] = whole._replace(cells=tuple(line(*each) for each in spans))
    return found


def _cells(source: _Source, line: Measured, size: float) -> list[Measured]:
    """The parts of a line between gaps that are too wide for blanks; a mark stays with its item."""
    text, box, (start, end, left, last) = source.text, source.box, line
    across = 0 if abs(last[0] - left[0]) > abs(last[1] - left[1]) else 1  # 1: on a page that is shown turned
    spans, gaps = [], []
    begin, first = start, left
    for blanks in BLANKS.finditer(text, start, end):
        above, below = box(blanks.start() - 1), box(blanks.end())
        gaps.append(max(below[across] - above[across + 2], above[across] - below[across + 2]))
        if gaps[-1] > tables.CELL_GAP * size and not MARK.fullmatch(text, begin, blanks.start()):
            spans.append((begin, blanks.start(), first, above))
            begin, first = blanks.end(), below
    # Wide blanks that are all alike are those of justified text.
    justified = len(gaps) > 1 and max(gaps) - min(gaps) < 0.2 * size
    return [line] if justified else [*spans, (begin, end, first, last)]


def _visual_lines(source: _Source, start: int, end: int) -> Iterator[Measured]:
    """`_spans` with the boxes of their first and last characters.

    Those are parted that pdfium put on one line though they stand apart, as a footer and a page number.
    """
    for first, last in _spans(source.text, start, end):
        left, right = source.box(first), source.box(last - 1)
        if not _apart(left, right):
            yield first, last, left, right
            continue
        begin = above = first
        for match in WORD_START.finditer(source.text, first, last):
            if _apart(source.box(above), source.box(match.start())):
                stop = begin + len(source.text[begin : match.start()].rstrip())
                yield begin, stop, source.box(begin), source.box(stop - 1)
                begin = match.start()
            above = match.start()
        yield begin, last, source.box(begin), right


def _apart(a: Box, b: Box) -> bool:
    """Do two characters share neither a line nor, in turned text, a column?"""
    return (a[1] >= b[3] or b[1] >= a[3]) and (a[0] >= b[2] or b[0] >= a[2])


def _is_bold(font: raw.FPDF_FONT) -> bool:
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = buffer.value.lower()
    if b"bold" in name or b"black" in name or b"heavy" in name:
        return True
    return bool(raw.FPDFFont_GetFlags(font) & FORCE_BOLD) or raw.FPDFFont_GetWeight(font) >= SEMI_BOLD


def _turn(page: pdfium.PdfPage) -> Turn:
    """Turns a box (left, bottom, right, top) of the page's own coordinates into the displayed page's, origin top left."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    if rotation == 90:
        return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if rotation == 180:
        return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if rotation == 270:
        return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
    return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def _has_picture(page: pdfium.PdfPage) -> bool:
    """Is something drawn on a page without text: an image, or so many paths that they may be letters?"""
    kinds = [item.type for item in page.get_objects(max_depth=3)]
    return raw.FPDF_PAGEOBJ_IMAGE in kinds or len(kinds) >= LETTERS_AS_PATHS


def _scans(numbers: list[int], pages: int) -> str:
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    named = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    return f"page{'s' if len(numbers) > 1 else ''} {named} of {pages}: no text layer (a scan): OCR is not installed"
