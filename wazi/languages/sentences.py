# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text -> sentence spans: ICU's sentence breaks, mended for the way laws and office papers are written.

A blank line, a list item, a table row or a line left half empty before a capital (a heading) ends a sentence; another line break (a
wrapped line of a PDF) does not. No sentence ends after `Art.`, `Hon.`, an initial or a clause number, and the mark of a footnote
stays with the sentence before it. Abbreviations of all languages count in every language, since papers quote each other. It
does not know pages: blocks do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, zip_longest

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
_BREAKS_OFF = (",", ";", "-", "\u2010", "\u00ad")
_LINE_END = re.compile(r"[\n\r\x1c-\x1e\x85\u2028]")
_LAST_WORD = re.compile(r"([^\s(\[\"'\u00ab\u201c\u2018]+)\.\s*$")
_NUMBER_NEXT = re.compile(r"\s*[(\[]?\s*(?:\d|[IVXLC]+\b|[a-zA-Z]\b|n[o\u00b0\u00ba])")
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LETTER_ALONE = re.compile(
    r"(?:.*\.)?[\u1260\u1208\u12a8\u12e8]?[\u0900-\u0dff\u1200-\u137f][\u0900-\u0903\u093a-\u094f]*"
)
"""In India and Ethiopia a letter (in Amharic with a preposition) and a point abbreviate; sentences end in signs of their own."""
_TYPED_STOP = re.compile(r"(?<=[\u1200-\u135f\u1380-\u139f])(?:\u1361\u1361|::)")
"""The Ethiopic full stop, typed as two word separators or two colons."""
_FOOTNOTES = re.compile(r"(?<=[.!?\u0964\u061f\u3002])[ \u00a0]?(?:\[\d{1,3}\])+")
LEFT_EMPTY = 0.6
"""Of the longest line: a line no longer than this, with its next word, was ended on purpose."""


def split(text: str, language: str) -> list[tuple[int, int]]:
    """The sentences of a text as (start, end) offsets, in order, without the blanks around them.

    Every character that is not blank is in exactly one of them.
    """
    row = find(language)
    locale = row.tag if row else "en"
    cuts = [0, *_paragraph_ends(text), len(text)]
    plain = _plain(text)
    spans: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        inner = [start, *(start + at for at in _sentence_ends(plain[start:end], locale)), end]
        spans += (_trimmed(text, a, b) for a, b in pairwise(inner))
    return [(start, end) for start, end in spans if start < end]


def _plain(text: str) -> str:
    """A text of the same length that ICU breaks rightly; its offsets are ours, as no character has two UTF-16 units."""
    text = _ASTRAL.sub(_stand_in, text)
    text = _TYPED_STOP.sub("\u1361\u1362", text)
    return _FOOTNOTES.sub(lambda mark: ")" * len(mark[0]), text)  # closing brackets end with their sentence


def _stand_in(astral: re.Match[str]) -> str:
    if not astral[0].isalpha():
        return "\u25a1"
    return "A" if astral[0].isupper() else "a"


def _paragraph_ends(text: str) -> Iterator[int]:
    """Where a line starts something new: after a blank line, with a list item, around a table row, on a new page."""
    lines = text.splitlines(keepends=True)
    width = LEFT_EMPTY * max((len(line.strip()) for line in lines), default=0)
    at, ended = 0, False
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        blank, row = not line.strip(), "|" in line or "\t" in line.strip()
        if at and (ended or blank or row or _LIST_ITEM.match(line)):
            yield at
        ended = blank or row or line.endswith(_PAGE_ENDS) or _left_empty(line.strip(), following.split(), width)
        at += len(line)


def _left_empty(line: str, following: Sequence[str], width: float) -> bool:
    """Whether a line was ended on purpose: the next one begins with a capital, whose word would have had room in it."""
    capital = bool(following) and following[0][0].isupper()
    return capital and line[-1:] not in _BREAKS_OFF and len(line) + 1 + len(following[0]) <= width


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
    if (_INITIAL.fullmatch(word) and word[-1].isupper()) or _LETTER_ALONE.fullmatch(word):
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
