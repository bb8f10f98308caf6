# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Days and months of the Gregorian calendar in one notation: `@2024-03-12` and `@2024-03`.

Names of months are those of ICU in every language of `languages.toml`; a name that means two months means the one of the
text's language, else none. Digits alone are read day first (12/03/2024 is in March), month first only where nothing else is
possible (03/25/2024). Two digits are no year. Years after 2400 are Buddhist ones. Other calendars are not known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

from icu4py.messageformat import MessageFormat

from wazi.languages import UNSPACED, find, known
from wazi.languages.numbers import same

DATE = "@"
"""First character of a date; no word holds it."""

FILLER = 5
"""Letters of the longest word that may stand between the parts of a date: th, of, de, ya, mwaka."""

BUDDHIST, AHEAD = 2400, 543

_YMD = re.compile(r"([12]\d{3})([./-])(\d{1,2})\2(\d{1,2})")
_DMY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2([12]\d{3})")
_FORMATS = ("MMMM", "LLLL", "MMM")


def in_digits(run: str) -> tuple[str, ...]:
    """The tokens of `2024-03-12`, `12/03/2024` or `12.3.2024`; none of anything else."""
    if match := _YMD.fullmatch(run):
        return tokens(int(match[1]), int(match[3]), int(match[4]))
    if match := _DMY.fullmatch(run):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        return tokens(year, second, first) or tokens(year, first, second)
    return ()


def in_words(year: int, before: Sequence[str], tag: str) -> tuple[str, ...]:
    """The tokens of a year behind `before`, words and digits in order: 12 March, 1 er janvier, March 12, March."""
    months = _months(tag)
    rest = _skip(list(before), months)
    if not rest:
        return ()
    if month := _month(rest[-1], months):
        rest = _skip(rest[:-1], months)
        day = int(rest[-1]) if rest and _is_day(rest[-1]) else None
        return tokens(year, month, day)
    if _is_day(rest[-1]):
        day = int(rest[-1])
        rest = _skip(rest[:-1], months, most=1)
        month = _month(rest[-1], months) if rest else None
        return tokens(year, month, day) if month else ()
    return ()


def names_month(piece: str) -> bool:
    """Does the word name a month in any language, be it one of two?"""
    return same(piece) in _meanings() or (not piece.isascii() and _month_inside(same(piece)) is not None)


def tokens(year: int, month: int, day: int | None = None) -> tuple[str, ...]:
    """`@2024-03` and, with a day, `@2024-03-12`; none if there is no such day."""
    year -= AHEAD if year >= BUDDHIST else 0
    try:
        date = dt.date(year, month, day or 1)
    except ValueError:
        return ()
    short = f"{DATE}{date:%Y-%m}"
    return (short, f"{DATE}{date:%Y-%m-%d}") if day else (short,)


def _skip(pieces: list[str], months: Mapping[str, int], most: int = 2) -> list[str]:
    while pieces and most and not pieces[-1].isdecimal() and len(pieces[-1]) <= FILLER:
        if _month(pieces[-1], months):
            break
        pieces, most = pieces[:-1], most - 1
    return pieces


def _is_day(piece: str) -> bool:
    return piece.isdecimal() and len(piece) <= 2 and 1 <= int(piece) <= 31


def _month(piece: str, months: Mapping[str, int]) -> int | None:
    word = same(piece)
    if word in months or word.isascii():
        return months.get(word)
    return _month_inside(word)


@lru_cache(maxsize=1 << 14)
def _month_inside(word: str) -> int | None:
    return next((month for name, month in _inside().items() if name in word), None)


@cache
def _months(tag: str) -> Mapping[str, int]:
    """The month of each name, the names of `tag` before those of all languages."""
    own = dict(_names(tag)) if find(tag) else {}
    return MappingProxyType({**_all(), **own})


@cache
def _all() -> Mapping[str, int]:
    """The names that mean one month wherever they are used."""
    return MappingProxyType({name: min(months) for name, months in _meanings().items() if len(months) == 1})


@cache
def _meanings() -> Mapping[str, frozenset[int]]:
    meant: dict[str, frozenset[int]] = {}
    for tag in known():
        for name, month in _names(tag):
            meant[name] = meant.get(name, frozenset()) | {month}
    return MappingProxyType(meant)


@cache
def _inside() -> Mapping[str, int]:
    """Names in scripts without blanks, which are looked for inside a run of letters."""
    rows = [row for row in known().values() if row.script in UNSPACED]
    return MappingProxyType({name: month for row in rows for name, month in _names(row.tag) if len(name) > 3})


def _names(tag: str) -> Iterator[tuple[str, int]]:
    """The names of the twelve months; of names in several words the one that is not in all of them."""
    row = find(tag)
    if row is None:
        return
    if row.months is not None:
        yield from ((same(name), at % 12 + 1) for at, name in enumerate(row.months))
        return
    for pattern in _FORMATS:
        shape = MessageFormat(f"{{day,date,{pattern}}}", f"{tag}@calendar=gregorian")
        names = [shape.format({"day": dt.datetime(2024, month, 15, 12)}).casefold() for month in range(1, 13)]
        shared = set.intersection(*(set(name.split()) for name in names))
        for month, name in enumerate(names, start=1):
            words = [word.strip(".") for word in name.split() if word not in shared]
            if len(words) == 1 and len(words[0]) > 1 and not any(map(str.isdigit, words[0])):
                yield same(words[0]), month
