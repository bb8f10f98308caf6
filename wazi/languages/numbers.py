# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers and amounts of money in one notation, whatever marks their thousands and decimals.

The words and signs of currencies are data (`currencies.toml`); one that several countries use (franc, shilling, pound,
rupee, dollar) names none of them and is not there. Numbers in words are not known.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from wazi.languages.letters import fold, unify

AMOUNT = "¤"
"""First character of an amount; no word holds it."""

_GROUPED = re.compile(r"([1-9]\d{0,2})([.,'])(\d{3}(?:\2\d{3})*)(?:[.,](\d+))?")
_VALUE = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?|\d{1,15}(?:[.,]\d{1,2})?")
_MORE_THOUSANDS = re.compile(r"(?: \d{3})+(?!\d|[.,/-]\d)")
_THOUSANDS_BEFORE = re.compile(r"\d $")
_TAKEN = re.compile(r"\d\s?[^\s\d.,:;()]+[\s.]*$")
_WORDS = re.compile(r"[^\s\d.,:;()/\[\]\"=-]+")
_WORD = re.compile(rf"[\s/=-]{{0,4}}({_WORDS.pattern})")
LONGEST_NAME = 3
"""Words in the longest name of a currency."""


def plain_number(number: str) -> str:
    """`1,200.00`, `1.200` and `01200` as `1200`; `12,5` as `12.5`; a clause such as `12.3.1` stays."""
    if grouped := _GROUPED.fullmatch(number):
        first, separator, rest, decimals = grouped.groups()
        number = first + rest.replace(separator, "") + (f".{decimals}" if decimals else "")
    number = number.replace(",", ".").replace("'", "")
    whole, _, decimals = number.partition(".")
    if decimals.strip("0") == "":
        return whole.lstrip("0") or "0"
    return number


def plain_reference(reference: str) -> str:
    """`03/2019` as `3/2019`."""
    return "/".join(part.lstrip("0") or "0" for part in reference.split("/"))


def amount(run: str, left: str, right: str, before: Sequence[str]) -> tuple[str, ...]:
    """`¤RWF5000` for a number next to a currency; the plain number too where the words do not have it.

    `left` and `right` are the text around the number, `before` the words of `left`. A currency between two numbers belongs
    to the first.
    """
    code = _currency_before(before) if before else None
    if code and _TAKEN.search(left):
        code = None
    more = _MORE_THOUSANDS.match(right) if right[:1] == " " and run.isdecimal() and len(run) <= 3 else None
    if code is None:
        code = _currency_behind(right[more.end() :] if more else right)
    if code is None or not _VALUE.fullmatch(run) or (len(run) == 3 and _THOUSANDS_BEFORE.search(left)):
        return ()
    value = plain_number(run + more[0].replace(" ", "")) if more else plain_number(run)
    glued = right[:1].isalpha() or left[-1:].isalpha()
    return (f"{AMOUNT}{code}{value}", value, f"~{value}") if more or glued else (f"{AMOUNT}{code}{value}",)


def names_currency(word: str) -> bool:
    """Does the word begin or end the name of a currency?"""
    return same(word) in _starts() or same(word) in _ends()


def _currency_before(before: Sequence[str]) -> str | None:
    codes, last = _currencies(), same(before[-1])
    if last not in _ends():
        return None
    names = (" ".join(map(same, before[-size:])) for size in range(min(LONGEST_NAME, len(before)), 0, -1))
    return next((code for name in names if (code := codes.get(name))), None)


def _currency_behind(right: str) -> str | None:
    first = _WORD.match(right)
    if first is None or same(first[1]) not in _starts():
        return None
    words = [same(word) for word in _WORDS.findall(right)[:LONGEST_NAME]]
    names = (" ".join(words[:size]) for size in range(len(words), 0, -1))
    return next((code for name in names if (code := _currencies().get(name))), None)


@cache
def _starts() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _currencies())


@cache
def _ends() -> frozenset[str]:
    return frozenset(name.split()[-1] for name in _currencies())


@lru_cache(maxsize=1 << 14)
def same(word: str) -> str:
    """The word as the lists are compared: without accents, case and its apostrophe."""
    return fold(unify(word))


@cache
def _currencies() -> Mapping[str, str]:
    rows = tomllib.loads((files("wazi.languages") / "currencies.toml").read_text(encoding="utf-8"))
    return MappingProxyType({same(word.casefold()): code for code, words in rows.items() for word in [code, *words]})
