# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does the quote support the claim? Its numbers with their units, dates, names and what it allows must be those of its quotes.

A sentence that fails is dropped and its quotes stand in its place, word for word. What is allowed ("may", "must", "not", "only",
"unless", "if") is compared with the part of the quote that the sentence repeats, by phrases of the language (`rules.toml`); with
a quote in another language only what the sentence adds is noticed. Numbers in words and the meaning of other words are not
compared, and nothing is reckoned: a sum that a sentence works out stands in no quote and is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from wazi.languages import analyse, dates, identify, quantities, rules, sentences
from wazi.languages.quantities import Quantity
from wazi.types import Claim, Quote, Support

REACH = 4
"""Words around the part of a quote that a sentence repeats in which its "not" and "must" may stand."""
ENTIRE = 0.8
"""Share of the telling words of both from which a text repeats a sentence as a whole."""
LIMITING = ("negation", "only", "unless", "condition")
"""What a sentence must not leave out of the part that it repeats."""
_NUMBER = re.compile(r"\d+(?:[.,:/\-\u2013]\d+)*")
_WORD = re.compile(r"[^\W\d_][\w'’\-]*")
_PIECE = re.compile(r"\S+")


def verify(claims: Sequence[Claim], language: str = "") -> list[Claim]:
    """Claims that a reader may see, in order: supported ones as they are, failed ones replaced by their quotes.

    `language` is that of the claims; without it what they allow is not compared.
    """
    shown: list[Claim] = []
    for claim in claims:
        if claim.support is Support.SUPPORTED or not unsupported(claim, language):
            shown.append(Claim(claim.text, Support.SUPPORTED, claim.quotes))
        else:
            shown += [Claim(quote.text, Support.SUPPORTED, (quote,)) for quote in claim.quotes]
    return _once(shown)


def unsupported(claim: Claim, language: str = "") -> list[str]:
    """The numbers, dates, names and words of permission in the claim that its quotes do not bear out."""
    quoted = " ".join(_plain(quote.text) for quote in claim.quotes)
    spoken = identify.language(quoted, default=language or "en") if language else ""
    text = _plain(claim.text)
    wrong = [*_numbers(text, quoted, language, spoken), *_names_missing(text, quoted)]
    return wrong if wrong or not language else list(_rules_broken(text, quoted, language, spoken))


def _numbers(text: str, quoted: str, language: str, spoken: str) -> Iterator[str]:
    """Numbers and dates that the quote does not have, has with another unit, or has in another order."""
    held = {_digits(number) for number in _NUMBER.findall(quoted)}
    days = _days(quoted, spoken)
    same_days = _days(text, language)
    loose = {part for day in same_days & days for part in re.findall(r"\d+", day)}
    for number in _NUMBER.findall(text):
        if _digits(number) not in held and not set(_digits(number).split(".")) <= {each.lstrip("0") for each in loose}:
            yield number
    yield from same_days - days
    yield from _wrong_units(quantities.found(text, language), quantities.found(quoted, spoken), days)


def _days(text: str, language: str) -> set[str]:
    """The full dates of a text, and months with their year where it gives no day."""
    return {token for token in analyse.tokens(text, language) if token.startswith(dates.DATE)}


def _wrong_units(said: Sequence[Quantity], held: Sequence[Quantity], days: Collection[str]) -> Iterator[str]:
    units: dict[str, set[str]] = {}
    for each in held:
        units.setdefault(each.value, set()).add(each.unit)
    for each in said:
        there = units.get(each.value)
        if there and _listed(each.unit) and each.unit not in there and all(map(_listed, there)):
            yield f"{each.value} {each.unit}"
        in_full = any(day.endswith(each.value) for day in days)
        if each.unit == quantities.DAY_OF_YEAR and not there and not in_full:
            yield each.value
    figures = [each.value for each in said if each.value in units]
    order = iter([each.value for each in held])
    if not all(figure in order for figure in figures):
        yield " ".join(figures)


def _listed(unit: str) -> bool:
    return bool(unit) and not unit.startswith(analyse.KEY)


def _names_missing(text: str, quoted: str) -> list[str]:
    words = {word.casefold() for word in _WORD.findall(quoted)}
    return [
        name for name in _names(text) if name.casefold() not in words and not dates.names_month(name.casefold())
    ] + [
        word
        for word in (found.casefold() for found in _WORD.findall(text))
        if dates.names_month(word) and word not in words and not _NUMBER.search(quoted)
    ]


def _rules_broken(text: str, quoted: str, language: str, spoken: str) -> Iterator[str]:
    """Kinds of words that the claim adds to its quote or leaves out of the part that it repeats."""
    if not rules.known_in(language) or not rules.known_in(spoken):
        return
    said, whole = rules.signals(text, language), rules.signals(quoted, spoken)
    yield from (kind for kind in rules.SIGNALS if said[kind] and not whole[kind])
    if language == spoken:
        yield from _turned(said, *_repeated(text, quoted, language))


def _turned(said: Mapping[str, int], part: str, entire: bool, language: str) -> Iterator[str]:
    """What a sentence says otherwise than the part of the quote that it repeats; `entire`: it repeats a sentence as a whole."""
    there = rules.signals(part, language)
    yield from (kind for kind in LIMITING if there[kind] and not said[kind])
    if entire:
        yield from (kind for kind in rules.SIGNALS if said[kind] != there[kind])
    elif said["negation"] and not there["negation"]:
        yield "negation"
    elif said["may"] > 0 and there["must"] > 0 and not (said["must"] or there["may"]):
        yield "may"
    elif said["must"] > 0 and there["may"] > 0 and not (said["may"] or there["must"]):
        yield "must"


def _repeated(text: str, quoted: str, language: str) -> tuple[str, bool, str]:
    """The sentence of a quote that the text repeats (True) or, of one that says more, the part with the same words (False)."""
    telling = analyse.content_tokens(text, language)
    spans = sentences.split(quoted, language) or [(0, len(quoted))]
    parts = [(quoted[start:end], analyse.content_tokens(quoted[start:end], language)) for start, end in spans]
    best, held = max(parts, key=lambda part: len(part[1] & telling) - 0.1 * len(part[1] - telling))
    if len(held & telling) >= ENTIRE * len(held):
        return best, len(held & telling) >= ENTIRE * len(telling), language
    words = list(_PIECE.finditer(best))
    shared = [at for at, word in enumerate(words) if analyse.content_tokens(word[0], language) & telling]
    if not shared:
        return best, False, language
    first, last = max(0, shared[0] - REACH), min(len(words) - 1, shared[-1] + REACH)
    return best[words[first].start() : words[last].end()], False, language


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
