# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The numbers that Word writes before paragraphs by itself: `numbering.xml` and what was counted so far -> "12.", "(a)".

Bullets have none. It does not know numerals of languages other than letters and Roman: they become Arabic digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from wazi.parse import tree

LEVELS = 9
PLACE = re.compile(r"%([1-9])")
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
LARGEST_ROMAN = 4999
MOST_LETTERS = 40


@dataclass(slots=True)
class _Level:
    """How one level of a list is numbered."""

    start: int = 1
    kind: str = "decimal"
    pattern: str = ""


@dataclass(slots=True)
class _List:
    """Levels of a list, and the numbers in force. Lists of one abstract definition go on counting together."""

    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


class Numbering:
    """Counts the numbered paragraphs of one document."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        abstract = {}
        for each in tree.children(root, "abstractNum"):
            abstract[tree.attribute(each, "abstractNumId")] = _List(_levels(each))
        for each in tree.children(root, "num"):
            known = abstract.get(_value(each, "abstractNumId"))
            if known is None:
                continue
            own = _overridden(each, known)
            self._lists[tree.attribute(each, "numId")] = own

    def next(self, list_id: str, level: int) -> str:
        """What stands before the next paragraph of a list at a level from 0; empty for bullets and unknown lists."""
        numbered = self._lists.get(list_id)
        if numbered is None or not 0 <= level < LEVELS or level not in numbered.levels:
            return ""
        counts, rule = numbered.counts, numbered.levels[level]
        before = counts[level]
        counts[level] = rule.start if before is None else before + 1
        counts[level + 1 :] = [None] * (LEVELS - level - 1)
        if rule.kind in {"bullet", "none"}:
            return ""
        return PLACE.sub(lambda match: _written(numbered, int(match[1]) - 1), rule.pattern)


def _written(numbered: _List, level: int) -> str:
    rule = numbered.levels.get(level, _Level())
    count = numbered.counts[level]
    return _numeral(rule.start if count is None else count, rule.kind)


def _numeral(count: int, kind: str) -> str:
    if kind in {"lowerLetter", "upperLetter"} and 0 < count <= 26 * MOST_LETTERS:
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif kind in {"lowerRoman", "upperRoman"} and 0 < count <= LARGEST_ROMAN:
        text = ""
        for value, letters in ROMAN:
            text += letters * (count // value)
            count %= value
    elif kind == "decimalZero":
        return f"{count:02}"
    else:
        return str(count)
    return text.upper() if kind.startswith("upper") else text


def _levels(abstract: etree._Element) -> dict[int, _Level]:
    return {tree.number(each, "ilvl", -1): _level(each) for each in tree.children(abstract, "lvl")}


def _level(element: etree._Element) -> _Level:
    start = _value(element, "start")
    return _Level(
        int(start) if start.isdecimal() else 1, _value(element, "numFmt") or "decimal", _value(element, "lvlText")
    )


def _overridden(element: etree._Element, known: _List) -> _List:
    """The list itself, or one that counts anew from where the overrides say."""
    overrides = list(tree.children(element, "lvlOverride"))
    if not overrides:
        return known
    levels = dict(known.levels)
    for each in overrides:
        level = tree.number(each, "ilvl", -1)
        if (whole := tree.child(each, "lvl")) is not None:
            levels[level] = _level(whole)
        elif (start := _value(each, "startOverride")).isdecimal() and level in levels:
            levels[level] = _Level(int(start), levels[level].kind, levels[level].pattern)
    return _List(levels)


def _value(element: etree._Element, name: str) -> str:
    found = tree.child(element, name)
    return "" if found is None else tree.attribute(found, "val")
