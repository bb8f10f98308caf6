# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Numbers of a text with what they count or measure, days of the year, and ranges such as "up to 100 square metres".

Units are data (`units.toml`). A number whose unit nobody has listed has the word behind it as its unit, marked `~`. Numbers
in words ("three") are not known, nor what a number is compared with.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from wazi.languages import analyse, dates, find
from wazi.languages.letters import clean_text
from wazi.languages.numbers import plain_number

DAY_OF_YEAR = "date"
"""The unit of "31 March"; its value is month and day."""

_TOKEN = re.compile(
    r"\d+(?:[.,'/:\-\u2013]\d+)*|[^\W\d_][\w'\u0300-\u036f\u0900-\u0dff\u1200-\u135f]*²?|[%£$€₹৳₦٪\-\u2013|;,.()]"
)
_DIGIT = re.compile(r"\d")
_GROUPS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_PERCENT = re.compile(r"\b(?:per|pour|por) (?:cent|ciento|cento)\b")
_CHAIN = re.compile(r"\d+(?:[-\u2013]\d+)")
UNBOUNDED = float("inf")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in plain notation and its unit, empty where nothing tells; `at` is its place among the words."""

    value: str
    unit: str
    at: int


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers of one unit from `low` to `high`, both included."""

    low: float
    high: float
    unit: str


def found(text: str, language: str) -> list[Quantity]:
    """The numbers of a text in order; parts of `12/3/2024` are one value."""
    words = _tokens(text)
    return [_quantity(words, at, language) for at, word in enumerate(words) if _DIGIT.match(word)]


def ranges(text: str, language: str) -> list[Range]:
    """The ranges of a text: 6 to 20 employees, up to 100 square metres, more than 5."""
    words = _tokens(text)
    numbers = [_quantity(words, at, language) for at, word in enumerate(words) if _DIGIT.match(word)]
    made: list[Range] = []
    taken: set[int] = set()
    for one, other in pairwise(numbers):
        unit = other.unit if not one.unit or one.unit.startswith("~") else one.unit
        joined = " ".join(words[one.at + 1 : other.at]) in _either("to")
        if joined and unit == (other.unit or unit) and one.value.isdecimal() and other.value.isdecimal():
            made.append(Range(float(one.value), float(other.value), unit))
            taken |= {one.at, other.at}
    return made + [single for number in numbers if number.at not in taken for single in _open_range(words, number)]


def inside(asked: Quantity, among: Sequence[Range]) -> bool | None:
    """Whether an asked number lies in one of the ranges of its unit; None where no range has its unit."""
    fitting = [each for each in among if each.unit == asked.unit]
    if not fitting or not asked.unit or not _is_number(asked.value):
        return None
    return any(each.low <= float(asked.value) <= each.high for each in fitting)


def _open_range(words: Sequence[str], number: Quantity) -> list[Range]:
    if not _is_number(number.value):
        return []
    before = " " + " ".join(words[max(0, number.at - 3) : number.at])
    behind = " ".join(words[number.at + 1 : number.at + 6])
    value = float(number.value)
    # what is at least, or over, begins there: a number right on an open border is in both
    if any(before.endswith(" " + phrase) for phrase in _either("up_to")) or _names(behind, "behind_up_to"):
        return [Range(-UNBOUNDED, value, number.unit)]
    if any(before.endswith(" " + phrase) for phrase in _either("more_than")) or _names(behind, "behind_more_than"):
        strict = any(before.endswith(word) for word in (" more than", " over", " above", " exceeding"))
        return [Range(value + (1e-9 if strict else 0.0), UNBOUNDED, number.unit)]
    return []


def _names(behind: str, kind: str) -> bool:
    return any(f" {phrase} " in f" {behind} " for phrase in _either(kind))


def _is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdecimal()


def _quantity(words: Sequence[str], at: int, language: str) -> Quantity:
    value = plain_number(words[at]) if not set("/:-\u2013") & set(words[at]) else words[at].replace("\u2013", "-")
    near = [word for word in words[max(0, at - 3) : at + 4] if dates.names_month(word)]
    if near and value.isdecimal() and int(value) <= 31 and (day := _day(words, at, language)):
        return Quantity(day, DAY_OF_YEAR, at)
    return Quantity(value, _unit(words, at, language), at)


def _day(words: Sequence[str], at: int, language: str) -> str:
    """Month and day of a number next to the name of a month, in a year that has every day."""
    for near in (words[at : at + 3], [*words[max(0, at - 1) : at], words[at]], words[at : at + 4]):
        pieces = [word for word in near if word[0].isalnum() and (word == words[at] or not word.isdecimal())]
        full = [token for token in dates.in_words(2000, pieces, language) if token.count("-") == 2]
        if full:
            return full[0].removeprefix(f"{dates.DATE}2000-")
    return ""


def _unit(words: Sequence[str], at: int, language: str) -> str:
    row = find(language)
    units, between, square, first = _units()
    behind = [word for word in words[at + 1 : at + 4] if word not in between or word in square]
    squared = bool(square & set(words[at + 1 : at + 4]) or square & set(words[max(0, at - 2) : at]))
    behind = [word for word in behind if word not in square]
    ahead = words[at - 1] if at else ""
    order = [ahead, *behind[:1]] if row and row.tag in first else [*behind[:1], ahead]
    unit = next((units[word] for word in order if word in units), "")
    if unit == "metre" and squared:
        return "square_metre"
    if unit or not behind or not behind[0][0].isalpha():
        return unit
    key = analyse.content_tokens(behind[0], language)
    return next(iter(key), "")


def _tokens(text: str) -> list[str]:
    words: list[str] = []
    flat = _PERCENT.sub("percent", _GROUPS.sub("", clean_text(text).casefold().replace("\u2019", "'")))
    for match in _TOKEN.finditer(flat):
        word = match[0]
        if _CHAIN.fullmatch(word) and len(word) < 9:  # 6-20: two numbers, not one reference
            low, dash, high = re.split(r"([-\u2013])", word)
            words += [low, dash, high]
        else:
            words.append(word)
    return words


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("wazi.languages") / "units.toml").read_text(encoding="utf-8"))


@cache
def _units() -> tuple[Mapping[str, str], frozenset[str], frozenset[str], frozenset[str]]:
    data = _data()
    units = {clean_text(word): unit for unit, words in data["units"].items() for word in words.split()}
    lists = (frozenset(data[name][key].split()) for name, key in (("between", "words"), ("square", "words")))
    return units, *lists, frozenset(data["before"]["languages"].split())  # type: ignore[return-value]


@cache
def _either(kind: str) -> tuple[str, ...]:
    return tuple(clean_text(phrase) for phrase in _data()["ranges"][kind])


def units_in(text: str) -> frozenset[str]:
    """The units that a text names, with a number or without."""
    units = _units()[0]
    return frozenset(units[word] for word in _tokens(text) if word in units)


@cache
def unit_words() -> frozenset[str]:
    """Every word that names a unit."""
    return frozenset(word for words in _data()["units"].values() for word in words.split())
