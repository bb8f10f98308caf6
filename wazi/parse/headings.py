# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which groups of lines are headings, and how far out: by type, by the words that number the parts of a law, by capitals.

The units of laws are known in the languages of `UNITS`; a heading of another language is told by its type alone. A table of
contents has the words of headings and no text below them: its entries are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from wazi.parse.tables import Line

UNITS = (
    r"title|part|book|titre|partie|livre|título|parte|interuro|sehemu",
    r"chapter|chapitre|capítulo|umutwe|sura|باب|অধ্যায়",
    r"section|schedule|annex|appendix|annexe|sección|seção|icyiciro|umugereka|jedwali|kiambatisho|فصل|পরিচ্ছেদ",
    r"article|artículo|artigo|ingingo|ibara|kifungu|مادة|المادة|ধারা|অনুচ্ছেদ",
)
"""Words that number the parts of laws, outermost first: English, French, Spanish, Portuguese, Kinyarwanda, Swahili, Arabic,
Bengali."""
NUMERALS = (
    "one first un une premier premiere mbere kwanza uno primero primera primeiro",
    "two second deux deuxieme kabiri pili dos segundo segunda",
    "three third trois troisieme gatatu tatu tres tercero terceira",
    "four fourth quatre quatrieme kane nne cuatro cuarto quarto",
    "five fifth cinq cinquieme gatanu tano cinco quinto",
    "six sixth sixieme gatandatu sita seis sexto",
    "seven seventh sept septieme karindwi saba siete septimo setimo",
    "eight eighth huit huitieme munani nane ocho octavo oitavo",
    "nine ninth neuf neuvieme cyenda tisa nueve noveno nono",
    "ten tenth dix dixieme cumi kumi diez decimo",
)
"""Numbers from one to ten as words of the same languages, without accents."""
VALUES = {word: value for value, words in enumerate(NUMERALS, start=1) for word in words.split()}
NUMBERED = re.compile(
    "(?:" + "|".join(f"({words})" for words in UNITS) + r")"
    r"\s*(?:[-–—.]\s*)?(?:(?:ya|wa|cya|ka)\s+)?(?P<number>\d+|[IVXLC]+\b|[০-৯]+|"
    + "|".join(sorted((rf"{word}\b" for word in VALUES), key=len, reverse=True))
    .replace("ieme", "i[eè]me")
    .replace("iere", "i[eè]re")
    + ")",
    re.I,
)
ACT = re.compile(
    r"(?:\w+[ ]){0,3}(?:LAW|ORDER|DECREE|ACT|LOI|ARR[ÊE]T[ÉE]|D[ÉE]CRET|ITEGEKO|ITEKA|SHERIA|LEY|LEI|DECRETO)\b"
    r"[^.;]{0,60}?N\s?[°ºOo]\.?\s*0*(?P<number>\d+(?:/\d+)?)"
)
"""The title of a law in capitals with its number: what stands below begins anew."""
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}

Level = tuple[float, float, float]
OUTERMOST: Level = (-1e9, 0.0, 0.0)
ARTICLE = float(len(UNITS))
NO_UNIT = 9.0
LARGER = 1.12
LONGEST_HEADING = 220
MOST_LINES = 5
LONGEST_ACT = 600
LEAST_LISTED = 4
"""Headings of articles after each other, without text between, that are a table of contents."""

SHORT = 80
"""Characters below which a text without an end may be the rest of an entry in a table of contents."""


class Measures(NamedTuple):
    """The style most of the document's characters have, and the gap in points between lines of a paragraph."""

    size: float
    bold: bool
    gap: float


class Group(NamedTuple):
    """Lines that belong together: their text, the level if it is a heading, the column of the page (0: leftmost)."""

    lines: list[Line]
    text: str
    level: Level | None
    column: int


def level(words: str, lines: Sequence[Line], below: str, body: Measures) -> Level | None:
    """How far out a heading is (smaller is further), None for text: larger type, then the unit of law, then capitals."""
    if len(words) <= LONGEST_ACT and ACT.match(words) and _is_in_capitals(words):
        return OUTERMOST
    if len(words) > LONGEST_HEADING or len(lines) > MOST_LINES or words[-1] in ",;" or words[0].islower():
        return None
    size, bold = lines[0].size, all(line.bold for line in lines)
    larger = size >= LARGER * body.size
    unit = _unit(words)
    telling = larger or (bold and not body.bold and size >= 0.9 * body.size)
    # Without a telling style: a numbered unit that is followed by text, as it is not in a table of contents.
    listed = not below or _unit(below) == unit or (unit == ARTICLE and _unit(below) != NO_UNIT)
    if not telling and (unit == NO_UNIT or listed or len(words) > 120 or words[-1] == "."):
        return None
    letters = sum(char.isalpha() for char in words)
    if letters < 3 or letters < sum(char.isdigit() for char in words):
        return None
    return (-size if larger else -body.size, unit, 0.0 if words.isupper() else 1.0)


def _is_in_capitals(words: str) -> bool:
    """The small letter of `No` is allowed."""
    return sum(map(str.isupper, words)) >= 0.9 * sum(map(str.isalpha, words))


def _unit(words: str) -> float:
    """The rank of the word that numbers this part of a law."""
    match = NUMBERED.match(words)
    return float(next(rank for rank, word in enumerate(match.groups(), start=1) if word)) if match else NO_UNIT


def unit_number(words: str) -> tuple[float, int | str] | None:
    """The unit of law and its number that words begin with: (4.0, 12) for `Article 12`, (0.0, "3/2010") for a law's title."""
    if (act := ACT.match(words)) and _is_in_capitals(words):
        return (OUTERMOST[1], act["number"])
    match = NUMBERED.match(words)
    return (_unit(words), _value(match["number"])) if match else None


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    plain = number.lower().replace("è", "e").replace("ú", "u")
    if plain in VALUES:
        return VALUES[plain]
    values = [ROMAN[letter] for letter in number.upper()]
    return sum(-value if value < after else value for value, after in pairwise([*values, 0]))


def ranked(pages: Sequence[list[Group]]) -> list[list[Group]]:
    """Units of law by the order of their first headings: parts hold chapters in one law, chapters hold parts in another.

    Articles are always the innermost: a gazette may begin with a short law that has nothing else.
    """
    order: dict[float, float] = {}
    for groups in pages:
        for group in groups:
            if group.level and group.level is not OUTERMOST and group.level[1] < ARTICLE:
                order.setdefault(group.level[1], float(len(order)))
    order |= {ARTICLE: ARTICLE, NO_UNIT: NO_UNIT, OUTERMOST[1]: OUTERMOST[1]}
    return [
        [g._replace(level=(g.level[0], order[g.level[1]], g.level[2])) if g.level else g for g in groups]
        for groups in pages
    ]


def without_contents(pages: Sequence[list[Group]]) -> list[list[Group]]:
    """The groups with the entries of tables of contents as text: headings of articles with nothing below them."""
    entries: set[int] = set()
    for column in {group.column for groups in pages for group in groups}:
        run: list[Group] = []
        for group in (group for groups in pages for group in groups if group.column == column):
            if _unit(group.text) != NO_UNIT and (group.level or run):
                run.append(group)
                continue
            if run and not group.level and len(group.text) < SHORT and group.text[-1] not in ".;:":
                continue  # the rest of an entry
            entries |= _listed(run, to_the_end=bool(group.level))
            run = []
        entries |= _listed(run, to_the_end=True)
    return [[g._replace(level=None) if g.lines[0].start in entries else g for g in groups] for groups in pages]


def _listed(run: Sequence[Group], *, to_the_end: bool) -> set[int]:
    """The entries among headings that follow each other; the last ones may be those of the text that begins there."""
    articles = [at for at, group in enumerate(run) if _unit(group.text) == ARTICLE]
    if len(articles) < LEAST_LISTED:
        return set()
    last = articles[-1] if to_the_end else articles[-2]
    return {group.lines[0].start for group in run[: last + 1]}
