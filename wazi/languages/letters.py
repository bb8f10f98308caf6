# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which letters and digits count as the same, script by script; words and languages are not known here."""

from __future__ import annotations

import re
import unicodedata


def _characters(*ranges: tuple[int, int]) -> str:
    return "".join(chr(code) for first, last in ranges for code in range(first, last + 1))


# Vowel signs, Quranic signs and the stretching line: printed in school books and laws, hardly ever typed.
_ARABIC_SIGNS = "\u0640\u0670" + _characters((0x0610, 0x061A), (0x064B, 0x065F), (0x06D6, 0x06ED))
# Soft hyphen, joiners, direction marks, variation selectors: they shape a line, not a word.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200c\u200d\u200e\u200f\u2060\ufeff" + _characters(
    (0x202A, 0x202E), (0x2066, 0x2069), (0xFE00, 0xFE0F)
)
_APOSTROPHES = "\u2018\u2019\u02bb\u02bc\u02bd\uff07\ua78c"
_UNVOWELLED = str.maketrans(dict.fromkeys(_ARABIC_SIGNS, ""))
_DIGITS = {chr(code): str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x20000) if chr(code).isdecimal()}
_CLEAN = str.maketrans(
    dict.fromkeys(_ARABIC_SIGNS + _INVISIBLE, "")
    | dict.fromkeys(_APOSTROPHES, "'")
    | {"\u066b": ".", "\u066c": ","}
    | _DIGITS
)
_UNCLEAN = re.compile(rf"[{re.escape(_ARABIC_SIGNS + _INVISIBLE + _APOSTROPHES)}\u066b\u066c]|(?![0-9])\d")
_ARABIC = str.maketrans("أإآٱىةیکے", "ااااي" + "هيكي")
_LATIN = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ɓ": "b"}
    | {"ɗ": "d", "ɖ": "d", "ƙ": "k", "ƴ": "y", "ŋ": "n", "ɲ": "n", "ɛ": "e", "ǝ": "e", "ə": "e", "ɔ": "o", "ƒ": "f"}
    | {"ɣ": "g", "ʋ": "v", "ɩ": "i", "'": None}
)
_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]+")
_LATIN_WORD = re.compile(r"[a-z0-9'\u00aa-\u02af\u0300-\u036f\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]+")
# Amharic spells some sounds with two or three letters, as the writer likes: each row is read as the first letter's row.
_ETHIOPIC = str.maketrans(
    {
        chr(ord(row) + order): chr(ord(first) + order)
        for first, row in ("ሀሐ", "ሀኀ", "ሰሠ", "አዐ", "ጸፀ")
        for order in range(7)
    }
    | dict.fromkeys("ሃሓኃ", "ሀ")
    | dict.fromkeys("ኣዓ", "አ")
)


def bare(text: str) -> str:
    """Arabic without vowel signs and stretching lines; everything else as it is."""
    return text.translate(_UNVOWELLED)


def clean(word: str) -> str:
    """Without what is not part of the spelling (Arabic vowel signs, invisible characters); digits as ASCII digits."""
    return word if word.isascii() else word.translate(_CLEAN)


def clean_text(text: str) -> str:
    """A whole text `clean`ed; quick where nothing is to do but the two usual apostrophes."""
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    return text.translate(_CLEAN) if not text.isascii() and _UNCLEAN.search(text) else text


def unify(word: str) -> str:
    """One form for the Arabic letters that keyboards and countries write differently (alef, ya, ta marbuta, kaf)."""
    return word.translate(_ARABIC)


def fold(word: str) -> str:
    """What a hurried writer types: Latin letters without accents, hooks and apostrophes; one Ethiopic letter a sound.

    `word` is case-folded and NFKC. Other scripts come back as they are: their marks are vowels.
    """
    if word.isascii():
        return word.replace("'", "")
    if _LATIN_WORD.fullmatch(word):
        return _MARKS.sub("", unicodedata.normalize("NFD", word)).translate(_LATIN)
    return word.translate(_ETHIOPIC)
