# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A heading as a question: its number apart from its words, and whether a person would ask it.

Words that stand before numbers ("Article", "Ingingo ya") are learned from the headings of each document, so no language has
to be known for that; general headings ("Introduction") are a list in `make_generic.toml`. It does not know sections.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wazi.languages import analyse, find

QUESTION_MARKS = "?\u037e\u055e\u061f\u1367\u2047\ua60f\uff1f"
"""Latin, Greek, Armenian, Arabic, Ethiopic, double, Vai and full-width. The Greek mark is often typed as a semicolon."""

FEWEST_LETTERS, MOST_CHARACTERS = 8, 200
TELLING = 2
"""Words that are not function words which a question needs."""

_ROMAN = r"[IVXLC]+(?![^\W\d_])"
_NUMBER = rf"(?:\d+(?:[.\-/]\d+)*(?:[a-zA-Z](?![^\W\d_]))?|{_ROMAN}|[A-Z](?=\s*[.:)\u2013\u2014-]))"
_LABELLED = re.compile(rf"([^\W\d_]+)(?:\s+[^\W\d_]{{1,4}}(?=\s))?[\s.\-]*({_NUMBER})[\s.:)\u2013\u2014\-]*(.*)", re.S)
_IN_WORDS = re.compile(r"([^\W\d_]+)(?:\s+[^\W\d_]+){1,2}\s*[:\u2013\u2014]\s*(.+)", re.S)
_NUMBERED = re.compile(rf"\(?({_NUMBER}|[a-z])[.):\u2013\u2014]+\s*(\D.*)|\(?(\d+(?:[.\-/]\d+)*)\)?\s+(\D.*)", re.S)
_REFERENCE = re.compile(r"(?<!\S)\d{1,3}[A-Za-z]?(?![\w.,/%-])")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_ENDS_OPEN = tuple(",:;-\u2013\u2014/(&\u00ab\u201c")
_PAIRS = ("()", "[]", "\u00ab\u00bb", "\u201c\u201d")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@dataclass(frozen=True, slots=True)
class Heading:
    """The words of a heading and its number as text, "" without one; a Roman number keeps an R before it."""

    words: str
    number: str


def labels(headings: Iterable[str]) -> frozenset[str]:
    """The words that stand before a number in at least two headings with different numbers."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for heading in headings:
        if found := _LABELLED.match(heading):
            numbers[found[1].casefold()].add(found[2])
    return frozenset(word for word, seen in numbers.items() if len(seen) > 1)


def read(heading: str, known: frozenset[str]) -> Heading:
    """Words and number of a heading; an ordinal in words after a label ("Article premier:") is taken for the first."""
    if (found := _LABELLED.match(heading)) and found[1].casefold() in known:
        return Heading(_bare(found[3]), _value(found[2]))
    if (found := _IN_WORDS.match(heading)) and found[1].casefold() in known:
        return Heading(_bare(found[2]), "1")
    if found := _NUMBERED.match(heading):
        return Heading(_bare(found[2] or found[4]), _value(found[1] or found[3]))
    return Heading(_bare(heading), "")


def is_question(words: str) -> bool:
    """Does it end with a question mark of any script?"""
    end = words.rstrip(" \"'\u00bb\u201d)")[-1:]
    return bool(_GREEK.search(words)) if end == ";" else bool(end) and end in QUESTION_MARKS


def unfit(words: str, language: str) -> str | None:
    """Why nobody would ask this, None if it will do."""
    letters = sum(map(str.isalpha, words))
    if len(words) > MOST_CHARACTERS:
        return "heading too long"
    if normal(words) in _listed("general") or len(analyse.content_tokens(words, language)) < TELLING:
        return "heading too short or general"
    if letters < FEWEST_LETTERS or 2 * letters < len(words.replace(" ", "")):
        return "heading too short or general"
    if _broken(words, language):
        return "heading cut off"
    if not is_question(words) and (_REFERENCE.search(words) or _points(words)):
        return "heading points at a text it does not name"  # "Amendment of section 9", "Purpose of this Law"
    return None


def normal(words: str) -> str:
    """Letters and digits of any script only, case folded, words parted by one blank: what makes two headings the same."""
    return " ".join(words.casefold().translate(_BLANKS).split())


class _Blanks(dict[int, str]):
    """A blank for every character that is no part of a word; vowel signs of Indic scripts are part of one."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
        return self[code]


_BLANKS = _Blanks()


def _broken(words: str, language: str) -> bool:
    if (
        words[0].islower()
        or words.endswith(_ENDS_OPEN)
        or any(words.count(pair[0]) != words.count(pair[1]) for pair in _PAIRS)
    ):
        return True
    known = find(language)
    last = normal(words).rpartition(" ")[2]
    return bool(known and last in known.function_words) and not is_question(words)


def _bare(words: str) -> str:
    stripped = " ".join(words.split()).lstrip(".:)\u2013\u2014- ")
    return stripped if stripped.endswith(_ENDS_OPEN) else stripped.rstrip(". ")


def _value(number: str) -> str:
    if not number.isascii() or not number.isalpha() or not number.isupper():
        return "".join(str(int(each)) if each.isdecimal() else each for each in list(number)).lower()
    values = [_ROMAN_VALUES.get(letter, 0) for letter in number]
    after = [*values[1:], 0]
    return f"R{sum(-value if value < following else value for value, following in zip(values, after, strict=True))}"


def _points(words: str) -> bool:
    return any(f" {phrase} " in f" {normal(words)} " for phrase in _listed("pointing"))


@cache
def _listed(table: str) -> frozenset[str]:
    tables = tomllib.loads((files("wazi.evals") / "make_generic.toml").read_text(encoding="utf-8"))
    return frozenset(normal(phrase) for phrases in tables[table].values() for phrase in phrases)
