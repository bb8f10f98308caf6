# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens that are the same in every language and notation: articles, laws by number and year, dates, amounts.

`§12` is article 12, section 12 or `Ingingo ya 12`, and `§12(1)` its paragraph; `13/2009` is a law; for dates and amounts see
`dates` and `numbers`. They stand beside the plain words. The words that introduce them are data in `languages.toml`, those of
all languages at once, since papers quote each other. It does not know the rest of a list ("articles 3 to 7" gives `§3`) nor
numbers in words, but for the first article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from wazi.languages import UNSPACED, dates, known
from wazi.languages.letters import clean_text
from wazi.languages.numbers import amount, names_currency, plain_reference, same

ARTICLE = "§"
"""First character of an article; no word holds it."""

AROUND = 40
"""Characters looked at before and behind a number."""

FILLER = 4
"""Letters of the longest word that may stand between "article" and its number: n°, ya, cha, nke."""

_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"\d+(?:[.,'/-]\d+)*")
_NUMBERED = re.compile(r"(?<![\w/])\d+(?:/\d+)+(?![\w/])")
_YEAR = re.compile(r"[12]\d{3}")
_ARTICLE = re.compile(r"\d{1,4}|\d{1,3}(?:\.\d{1,3})+")
_LAW = re.compile(r"\d{1,4}-\d{1,4}")
_PARAGRAPH = re.compile(r"\s?\((\d{1,3}|[a-z]{1,2})\)")
LONGEST = 40
"""Characters kept of a reference with strokes: what is longer is no reference."""

_LETTER = re.compile(r"[a-z](?!\w)")
_PIECES = re.compile(r"\d+|[^\s\d.,:;()/\[\]\"=-]+")
_CUT = (",", ";", ")")
_PLACES = {
    "Y": r"(?P<Y>[12]\d{3})",
    "M": r"(?P<M>\d{1,2})",
    "D": r"(?P<D>\d{1,2})",
    "N": r"(?P<N>\d{1,4})",
    " ": r"\s*",
}


class Template(NamedTuple):
    """A notation with words around its numbers, such as `Y年M月D日`, and what its numbers mean."""

    fixed: str
    pattern: re.Pattern[str]
    tokens: Callable[[re.Match[str]], tuple[str, ...]]


def found(text: str, tag: str) -> Iterator[str]:
    """The common tokens of a text in NFKC; `tag` decides between two meanings of a month's name."""
    flat = text.lower() if text.isascii() else clean_text(text).casefold()
    if _DIGIT.search(flat):
        for match in _RUN.finditer(flat):
            yield from _of_number(match, flat, tag)
        if "/" in flat:
            yield from (plain_reference(match[0])[:LONGEST] for match in _NUMBERED.finditer(flat))
        for template in _templates(flat.isascii()):
            if template.fixed in flat:
                yield from (token for match in template.pattern.finditer(flat) for token in template.tokens(match))
    for word in _first():
        if word in flat:
            yield from _first_article(word, flat)


def _first_article(word: str, flat: str) -> Iterator[str]:
    for match in re.finditer(rf"{word}(?!\w)", flat):
        if _is_article(_PIECES.findall(flat[max(0, match.start() - AROUND) : match.start()])):
            yield f"{ARTICLE}1"


def _of_number(match: re.Match[str], flat: str, tag: str) -> tuple[str, ...]:
    """What one number says together with the words next to it."""
    run, start, end = match[0], match.start(), match.end()
    if len(run) > 7 and (day := dates.in_digits(run)):
        return day
    left, right = flat[max(0, start - AROUND) : start], flat[end : end + AROUND]
    if not any(map(_speaks, left.split()[-4:])) and not any(map(_speaks, right.split(None, 2)[:2])):
        return ()
    pieces = _PIECES.findall(left)
    before = [] if left.rstrip().endswith(_CUT) else pieces
    if _ARTICLE.fullmatch(run) and _is_article(before):
        return tuple(_article(run, right))
    if money := amount(run, left, right, before):
        return money
    if _YEAR.fullmatch(run):
        return dates.in_words(int(run), pieces, tag) or _law(run, before)
    if before and _LAW.fullmatch(run) and same(before[-1]) in _counters():
        return (plain_reference(run.replace("-", "/")),)
    return ()


@lru_cache(maxsize=1 << 16)
def _speaks(word: str) -> bool:
    """Can this word, with the points and signs on it, make a notation of the number next to it? Most cannot."""
    return any(
        _names_article(piece) or same(piece) in _counters() or names_currency(piece) or dates.names_month(piece)
        for piece in _PIECES.findall(word)
    )


def _article(number: str, right: str) -> Iterator[str]:
    yield f"{ARTICLE}{number.lstrip('0') or '0'}"
    if letter := _LETTER.match(right):
        number, right = number + letter[0], right[1:]
        yield f"{ARTICLE}{number}"
    if paragraph := _PARAGRAPH.match(right):
        yield f"{ARTICLE}{number}({paragraph[1]})"


def _is_article(before: Sequence[str]) -> bool:
    """Does "article" end these words, one short word behind it left out?"""
    return bool(before) and (
        _names_article(before[-1])
        or (len(before) > 1 and len(before[-1]) <= FILLER and not before[-1].isdecimal() and _names_article(before[-2]))
    )


def _names_article(piece: str) -> bool:
    first, apostrophe, rest = piece.partition("'")
    word = same(rest if apostrophe and len(first) <= 2 else piece)
    return word in _articles() or (not word.isascii() and word.endswith(_joined_articles()))


def _law(year: str, before: Sequence[str]) -> tuple[str, ...]:
    """`13/2009` for "No. 13 of 2009" and "Na. 13 ya mwaka 2009"."""
    rest = list(before)
    for _ in range(2):
        if rest and not rest[-1].isdecimal() and len(rest[-1]) <= dates.FILLER:
            rest.pop()
    numbered = len(rest) > 1 and len(rest) < len(before) and rest[-1].isdecimal() and len(rest[-1]) <= 4
    return (plain_reference(f"{rest[-1]}/{year}"),) if numbered and same(rest[-2]) in _counters() else ()


@cache
def _articles() -> frozenset[str]:
    return frozenset(same(word) for row in known().values() for word in row.articles)


@cache
def _joined_articles() -> tuple[str, ...]:
    """Those of scripts without blanks, where other words may stand right before them."""
    rows = [row for row in known().values() if row.script in UNSPACED]
    return tuple(same(word) for row in rows for word in row.articles) or ("\0",)


@cache
def _counters() -> frozenset[str]:
    return frozenset(same(word) for row in known().values() for word in row.counters)


@cache
def _first() -> tuple[str, ...]:
    """The words for "one" or "first", each with the blank before it."""
    return tuple(sorted({f" {word}" for row in known().values() for word in row.first}))


@cache
def _templates(ascii_only: bool) -> tuple[Template, ...]:
    texts = sorted({text for row in known().values() for text in row.notations})
    return tuple(_template(text) for text in texts if text.isascii() or not ascii_only)


def _template(text: str) -> Template:
    parts = re.split("([YMDN ])", text)
    pattern = "".join(_PLACES.get(part) or re.escape(part) for part in parts)
    fixed = max((part for part in parts if part not in _PLACES), key=len)
    return Template(fixed, re.compile(rf"(?<!\d){pattern}(?!\d)"), _meaning(text))


def _meaning(text: str) -> Callable[[re.Match[str]], tuple[str, ...]]:
    if "M" in text:
        return lambda match: dates.tokens(*(int(match[place]) for place in "YMD" if place in text))
    if "Y" in text:
        return lambda match: (plain_reference(f"{match['N']}/{match['Y']}"),)
    return lambda match: (f"{ARTICLE}{match['N'].lstrip('0') or '0'}",)
