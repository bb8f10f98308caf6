# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text -> sentence spans: ICU's sentence breaks, mended for the way laws and office papers are written.

A blank line, a list item or a table row always ends a sentence; a line break alone (a wrapped line of a PDF) never does. No
sentence ends after `Art.`, `Hon.`, an initial or a clause number. Abbreviations of all languages count in every language,
since papers quote each other. It does not know headings or pages: blocks do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from icu4py.breakers import SentenceBreaker

from wazi.languages import find, known

_ASTRAL = re.compile(r"[\ud800-\udfff\U00010000-\U0010ffff]")
_MARKER = (
    r"(?:[-*+\u2022\u2023\u25aa\u25cf\u25e6\u2013\u2014\uf0b7]|\(?(?!0)[a-zA-Z0-9]{1,3}[.)]|\([ivxlcIVXLC]{1,6}\)"
    r"|\d{1,3}(?:\.\d{1,3})+\.?)"
)
_LIST_ITEM = re.compile(rf"\s*{_MARKER}\s+\S")
_MARKER_ALONE = re.compile(rf"\s*{_MARKER}\s*")
_PAGE_ENDS = ("\f", "\v", "\u2029")
_LINE_END = re.compile(r"[\n\r\x1c-\x1e\x85\u2028]")
_LAST_WORD = re.compile(r"([^\s(\[\"'\u00ab\u201c\u2018]+)\.\s*$")
_NUMBER_NEXT = re.compile(r"\s*[(\[]?\s*(?:\d|[IVXLC]+\b|[a-zA-Z]\b|n[o\u00b0\u00ba])")
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def split(text: str, language: str) -> list[tuple[int, int]]:
    """The sentences of a text as (start, end) offsets, in order, without the blanks around them.

    Every character that is not blank is in exactly one of them.
    """
    row = find(language)
    locale = row.tag if row else "en"
    cuts = [0, *_paragraph_ends(text), len(text)]
    plain = _ASTRAL.sub(_stand_in, text)  # ICU counts UTF-16 units; with one unit a character its offsets are ours
    spans: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        inner = [start, *(start + at for at in _sentence_ends(plain[start:end], locale)), end]
        spans += (_trimmed(text, a, b) for a, b in pairwise(inner))
    return [(start, end) for start, end in spans if start < end]


def _stand_in(astral: re.Match[str]) -> str:
    if not astral[0].isalpha():
        return "\u25a1"
    return "A" if astral[0].isupper() else "a"


def _paragraph_ends(text: str) -> Iterator[int]:
    """Where a line starts something new: after a blank line, with a list item, around a table row, on a new page."""
    at, ended = 0, False
    for line in text.splitlines(keepends=True):
        blank, row = not line.strip(), "|" in line or "\t" in line.strip()
        if at and (ended or blank or row or _LIST_ITEM.match(line)):
            yield at
        ended = blank or row or line.endswith(_PAGE_ENDS)
        at += len(line)


def _sentence_ends(paragraph: str, locale: str) -> Iterator[int]:
    """Where ICU ends a sentence inside a paragraph and we agree."""
    flat = _LINE_END.sub(" ", paragraph)
    begin = 0
    for _, end in SentenceBreaker(flat, locale).segments():
        if end < len(flat) and not _goes_on(flat[begin:end], flat[end : end + 12]):
            yield end
            begin = end


def _goes_on(sentence: str, following: str) -> bool:
    if _MARKER_ALONE.fullmatch(sentence):
        return True
    match = _LAST_WORD.search(sentence)
    if match is None:
        return False
    word = match[1]
    titles, references = _abbreviations()
    if _INITIAL.fullmatch(word) and word[-1].isupper():
        return True
    lowered = word.casefold()
    return lowered in titles or (lowered in references and _NUMBER_NEXT.match(following) is not None)


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str]]:
    rows = known().values()
    titles = frozenset(word for row in rows for word in row.titles)
    return titles, frozenset(word for row in rows for word in row.references)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
