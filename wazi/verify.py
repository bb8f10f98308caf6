# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does the quote support the claim? Numbers, dates and names of a written sentence must occur in its quotes.

A sentence that fails is dropped and its quotes stand in its place, word for word. This catches invented facts, not a wrong
reading of right words: whether the quote entails the claim is not known here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from wazi.types import Claim, Quote, Support

_NUMBER = re.compile(r"\d+(?:[.,:/\-\u2013]\d+)*")
_WORD = re.compile(r"[^\W\d_][\w'’\-]*")


def verify(claims: Sequence[Claim]) -> list[Claim]:
    """Claims that a reader may see, in order: supported ones as they are, failed ones replaced by their quotes."""
    shown: list[Claim] = []
    for claim in claims:
        if claim.support is Support.SUPPORTED or not unsupported(claim):
            shown.append(Claim(claim.text, Support.SUPPORTED, claim.quotes))
        else:
            shown += [Claim(quote.text, Support.SUPPORTED, (quote,)) for quote in claim.quotes]
    return _once(shown)


def unsupported(claim: Claim) -> list[str]:
    """The numbers, dates and names of the claim that none of its quotes contains."""
    quoted = " ".join(_plain(quote.text) for quote in claim.quotes)
    numbers = {_digits(number) for number in _NUMBER.findall(quoted)}
    words = {word.casefold() for word in _WORD.findall(quoted)}
    text = _plain(claim.text)
    missing = [number for number in _NUMBER.findall(text) if _digits(number) not in numbers]
    return missing + [name for name in _names(text) if name.casefold() not in words]


def _names(text: str) -> list[str]:
    """Capitalised words; the first word of a sentence counts only if it is written in capitals throughout.

    Scripts without capitals have none: there only numbers and dates are checked.
    """
    names = []
    for match in _WORD.finditer(text):
        word = match.group()
        first = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in ".!?:\"'«“(["
        if word[0].isupper() and (not first or (len(word) > 1 and word.isupper())):
            names.append(word)
    return names


def _plain(text: str) -> str:
    """NFKC, with the decimal digits of every script as ASCII."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)


def _digits(number: str) -> str:
    """1,200 and 1200 are one number; so are 3/7/2024 and 03-07-2024."""
    parts = re.split(r"[.,:/\-\u2013]", number)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(part.lstrip("0") or "0" for part in parts)


def _once(claims: Sequence[Claim]) -> list[Claim]:
    seen: set[tuple[str, tuple[Quote, ...]]] = set()
    kept = []
    for claim in claims:
        key = (claim.text, claim.quotes)
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept
