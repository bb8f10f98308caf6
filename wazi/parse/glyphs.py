# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""pdfium's text of one page, before cleaning, and measures of its characters by their index in that text.

Two things pdfium gets wrong are put right here, each one character for one: marks that only look like hyphens, and the
letters of a right-to-left ligature, which it turns round although they are in logical order. It knows no lines or columns.
Asking pdfium about every character is slow: callers ask about the first and the last of a line.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_left
from collections.abc import Iterator

import pypdfium2 as pdfium
from pypdfium2 import raw

from wazi.parse.clean import HYPHEN_MARK
from wazi.types import Box

SEMI_BOLD = 600
FORCE_BOLD = 1 << 18
"""Bit 19 of the font descriptor's flags (ISO 32000-1, table 123)."""
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]+")


class Source:
    """A page's text as pdfium gives it (`text`), and where its characters stand."""

    def __init__(self, text_page: pdfium.PdfTextPage) -> None:
        self._text_page = text_page
        self._page = text_page.raw
        self._rect = raw.FS_RECTF()
        self._rect_ref = ctypes.byref(self._rect)
        self._matrix = raw.FS_MATRIX()
        self._matrix_ref = ctypes.byref(self._matrix)
        self._bold: dict[int, bool] = {}
        count = text_page.count_chars()
        self.text = self._read(count)
        # pdfium counts UTF-16 units, and in its own indexes also the characters that it leaves out of the text.
        wide = bool(self.text) and max(self.text) > "\uffff"
        self._wide = [index for index, char in enumerate(self.text) if char > "\uffff"] if wide else []
        self._complete = len(self.text) + len(self._wide) == count
        if HYPHEN_MARK in self.text:
            self.text = self._without_false_marks()
        if RIGHT_TO_LEFT.search(self.text):
            self.text = self._ligatures_in_order()

    def _read(self, count: int) -> str:
        if count < 1:
            return ""
        buffer = (ctypes.c_ushort * (count + 1))()
        units = raw.FPDFText_GetText(self._page, 0, count, buffer)
        return bytes(buffer)[: 2 * max(units - 1, 0)].decode("utf-16-le", "surrogatepass")

    def _without_false_marks(self) -> str:
        """The mark of a hyphen also stands for a character without any meaning: only pdfium tells which."""
        letters = list(self.text)
        for match in re.finditer(HYPHEN_MARK, self.text):
            if raw.FPDFText_IsHyphen(self._page, self._char(match.start())) != 1:
                letters[match.start()] = "\0"
        return "".join(letters)

    def _ligatures_in_order(self) -> str:
        """pdfium turns round what it takes for letters in visual order, and with them those that share one glyph."""
        letters = list(self.text)
        for run in RIGHT_TO_LEFT.finditer(self.text):
            for start, end in self._glyphs(run.start(), run.end()):
                letters[start:end] = letters[start:end][::-1]
        return "".join(letters)

    def _glyphs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of `text[start:end]` whose characters share one glyph: they have the same box."""
        begin, held = start, self.box(start)
        for index in range(start + 1, end):
            if (box := self.box(index)) != held:
                yield begin, index
                begin, held = index, box
        yield begin, end

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

    def marked_content(self, index: int) -> int:
        """The id by which the tags of a PDF point at this character's text, -1 without one."""
        item = raw.FPDFText_GetTextObject(self._page, self._char(index))
        return int(raw.FPDFPageObj_GetMarkedContentID(item)) if item else -1

    def is_artifact(self, index: int) -> bool:
        """Does a tagged PDF mark this character as no part of the text, as a running head?"""
        item = raw.FPDFText_GetTextObject(self._page, self._char(index))
        marks = range(max(0, raw.FPDFPageObj_CountMarks(item))) if item else ()
        return any(_name(raw.FPDFPageObj_GetMark(item, number)) == "Artifact" for number in marks)


def _name(mark: raw.FPDF_PAGEOBJECTMARK) -> str:
    buffer = (ctypes.c_ushort * 64)()
    size = ctypes.c_ulong()
    raw.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), size)
    return bytes(buffer)[: max(0, min(size.value, ctypes.sizeof(buffer)) - 2)].decode("utf-16-le", "replace")


def _is_bold(font: raw.FPDF_FONT) -> bool:
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = buffer.value.lower()
    if b"bold" in name or b"black" in name or b"heavy" in name:
        return True
    return bool(raw.FPDFFont_GetFlags(font) & FORCE_BOLD) or raw.FPDFFont_GetWeight(font) >= SEMI_BOLD
