# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does a hyphen at the end of a line belong to the word (`non-governmental`), or does it only break it (`organi-sation`)?

The text around decides: a word found whole elsewhere was broken, two halves that are words on their own are a compound. It has
no dictionary, so a rare compound that no list below names loses its hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from wazi.parse.clean import HYPHEN_MARK

NEAR = 10
"""Pages before and after that are read for words: enough text to hold most halves, and the same wherever it is asked."""
WORD = re.compile(rf"[^\W\d_]+(?:[-\u2010{HYPHEN_MARK}][^\W\d_]+)*")
LEFT = re.compile(r"([^\W\d_]+)$")
RIGHT = re.compile(r"^([^\W\d_]+)")
BEFORE = (
    "non co vice anti semi self ex pre post sub inter multi agro agri audio socio euro sino all well ci celui celle ceux "
    "celles au par là peut sous demi mi quasi contre avant après bien arrière grand haut porte rendez franco afro anglo"
)
"""Halves that keep their hyphen, in English and French."""
AFTER = "ci là ce il elle on ils elles je tu nous vous moi toi lui leur même mêmes dessus dessous après être based"


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Words, in lower case, whole and in their halves; those broken at the end of a line are left out."""
    words: set[str] = set()
    for found in {match for text in texts for match in WORD.findall(text)}:
        if HYPHEN_MARK not in found:
            lower = found.lower().replace("\u2010", "-")
            words.add(lower)
            words.update(lower.split("-"))
    return frozenset(words)


def breaks(left: str, right: str, words: frozenset[str]) -> bool:
    """Was one word broken between the end of `left` and the start of `right`, so that the hyphen is to go?"""
    first, second = LEFT.search(left[-40:]), RIGHT.match(right[:40])
    if not first or not second or not second[1].islower():
        return False
    one, two = first[1].lower(), second[1].lower()
    if len(one) == 1 or f"{one}-{two}" in words:
        return False
    if one + two in words:
        return True
    return not (one in BEFORE.split() or two in AFTER.split() or (one in words and two in words))
