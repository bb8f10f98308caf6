# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Is the text of a page language, or did its fonts lie? Statistics of characters tell, script by script.

A PDF draws glyphs; a font may give them the wrong letters, or none. What no writer of a script does is counted: vowel signs
that have no consonant to stand on, letters parted by brackets, letters of two alphabets in one word, words without vowels,
characters that stand for nothing. It knows no words of any language, so a wrong letter in a place where a letter may stand is
not seen, and a text below `LEAST` letters is never called bad.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

LEAST = 40
"""Letters below which nothing is said: a page that holds a number or a name."""

# The rates are the middle, on a logarithmic scale, between good and bad texts of the half that they were tuned on:
# benchmarks/text_layer.py.
MISPLACED = 0.004
"""Vowel signs that stand on nothing, a letter or sign of these scripts; good texts have one typing error at most."""
LEAST_MISPLACED = 2
NOTHING = 0.02
"""Replacement and control characters, codes of fonts (`(cid:12)`) and private letters, a letter."""
MOJIBAKE = 0.01
"""Pairs of characters that UTF-8 gives when it is read as Latin-1, a letter."""
BROKEN_WORDS = 0.12
"""Words with brackets, semicolons and the like between their letters: Nepali and Hindi typed for fonts such as Preeti."""
VOWELS = 0.2
"""Vowels a letter: no language in Latin letters has fewer, text whose codes are shifted has."""

_INDIC = [(base, base + 0x7F) for base in range(0x900, 0xE00, 0x80)]
_FLOATING = [(0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF)]
_VOWEL = re.compile(r"LETTER (?:SHORT |CANDRA |VOCALIC )?(?:A|AA|I|II|U|UU|E|EE|AI|O|OO|AU|RR?|LL?)$")
_CODES = re.compile(r"\(cid:\d+\)|/g\d{1,4}(?=/|\b)")
_MOJIBAKE = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u2122]|\u00e2\u20ac")
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_TYPED = re.compile(
    r"[a-zA-Z][\[\]{}\\|;=+~^`<>@#$%&\u2020\u2021\u2026\u00a1-\u00a9\u00ab-\u00b3\u00b5\u00b6\u00b8\u00b9\u00bb-\u00bf\u0152\u02c6\u2030\u201a\u201e]+(?=[a-zA-Z])"
)
_LATIN = re.compile("[a-z\u00e6\u00f8\u0131\u0153\u0250-\u02af]")
_VOWELS_OF_LATIN = re.compile("[aeiouyw\u00e6\u00f8\u0131\u0153\u0254\u0259\u025b\u0268\u0269\u0289\u028a\u028b]")
"""With y and w, which are vowels in some languages."""


def fault(text: str) -> str | None:
    """Why `text` is not language, in words for a message; None when nothing tells. About 0.5 ms a page."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    codes = len(_CODES.findall(text))
    if codes:
        text = _CODES.sub("", text)
    nothing = codes + _nothing(text)
    letters = sum(map(str.isalpha, text))
    if letters + nothing < LEAST:
        return None
    if nothing > NOTHING * (letters + nothing):
        return "characters that stand for nothing"
    if not text.isascii():
        if len(_MOJIBAKE.findall(text)) > MOJIBAKE * letters:
            return "letters read in the wrong encoding"
        if _misplaced(text):
            return "vowel signs where none can stand"
    if _typed(text):
        return "letters typed for a font of its own"
    return "words without vowels" if _without_vowels(text, letters) else None


def _nothing(text: str) -> int:
    """Replacement, control and private characters. Those of bullets, which stand alone, do not count."""
    return len(_nowhere().findall(text))


def _misplaced(text: str) -> bool:
    wrong, signs = _patterns()
    found = len(wrong.findall(text))
    return found >= LEAST_MISPLACED and found >= MISPLACED * len(signs.findall(text))


def _typed(text: str) -> bool:
    most = BROKEN_WORDS * len(text.split())
    return len(_TYPED.findall(text)) > most and len(_TYPED.findall(_ADDRESS.sub(" ", text))) > most


def _without_vowels(text: str, letters: int) -> bool:
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFD", text).lower()
    vowels, latin = len(_VOWELS_OF_LATIN.findall(plain)), len(_LATIN.findall(plain))
    return 2 * latin > letters and vowels < VOWELS * latin


@cache
def _nowhere() -> re.Pattern[str]:
    controls = "\x00-\x08\x0e-\x1f\x7f-\x9f"
    return re.compile(f"[\ufffd\u25a1{controls}]|(?<=\\S)[\ue000-\uf8ff]|[\ue000-\uf8ff](?=\\S)")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What cannot be written in the scripts of India and its neighbours, and all characters of these."""
    kinds = dict(_kinds())
    signs = _class(kinds, "sign")
    halant, closing, vowels = _class(kinds, "halant"), _class(kinds, "closing"), _class(kinds, "vowel")
    block = "".join(f"{chr(first)}-{chr(last)}" for first, last in (*_INDIC, *_FLOATING))
    floating = signs + halant + closing + _class(kinds, "floating")
    wrong = "|".join(
        (
            f"(?<![{block}\u200c\u200d\u25cc])[{floating}]",
            f"[{signs}][{signs}{halant}]",
            f"[{halant}][{signs}{halant}{closing}{vowels}]",
            f"[{vowels}][{signs}]",
            f"[{closing}][{signs}{halant}]",
            f"(?<![{block}\u200c\u200d])\u0930\u094d(?!\u200d)",  # a Devanagari word cannot begin with the r above the line
            r"(?<!\S)\u0938\u0902(?=\s)",  # the prefix of hundreds of words, parted from all of them
        )
    )
    return re.compile(wrong), re.compile(f"[{block}]")


def _kinds() -> Iterator[tuple[str, str]]:
    """What each mark of these scripts is, by its name."""
    for first, last in _INDIC:
        for char in map(chr, range(first, last + 1)):
            name = unicodedata.name(char, "")
            if "VOWEL SIGN" in name:
                yield char, "sign"
            elif "VIRAMA" in name or "AL-LAKUNA" in name:
                yield char, "halant"
            elif name.endswith((" CANDRABINDU", " ANUSVARA", " VISARGA", " BINDI", " TIPPI")):
                yield char, "closing"
            elif _VOWEL.search(name):
                yield char, "vowel"
    for first, last in _FLOATING:
        for char in map(chr, range(first, min(last, sys.maxunicode) + 1)):
            if unicodedata.category(char) in {"Mn", "Mc"}:
                yield char, "floating"


def _class(kinds: dict[str, str], kind: str) -> str:
    return "".join(char for char, its in kinds.items() if its == kind)
