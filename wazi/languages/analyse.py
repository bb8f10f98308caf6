# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text -> tokens: one analyser before every engine, the same for documents and for questions.

A word gives its exact form, then its twins: a folded form where it differs (so that `ecole` finds `école`, while who types
the accent is still served better) and, where the language has a stemmer, its stem marked with `STEM`. Exact and folded
forms depend little on the language given, so a text whose language was mistaken is still found by its words.
Tokens are for matching only; the stored text and all offsets into it stay as they are. This module knows nothing of
weights, stores and meaning.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib import import_module

from icu4py import icu_version
from icu4py.breakers import WordBreaker

from wazi.languages import find
from wazi.languages.letters import clean, fold, unify

VERSION = f"1-icu{icu_version}"
"""Changes whenever the same text could give other tokens; an index made by another version is made anew."""

STEM = "~"
"""First character of a stem; a word never holds it, so a stem cannot be taken for a word."""

LONGEST = 64
"""Characters kept of a token: what is longer is encoded data, not a word."""

_BLANKED = re.compile(r"[\ud800-\udfff\u200b]|(?<=[\u0600-\u06ff])\u200c")
_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_NUMBERED = re.compile(r"(?<![\w/])\d+(?:/\d+)+(?![\w/])")
_NUMBER = re.compile(r"\d+(?:[.,']\d+)*")
_GROUPED = re.compile(r"([1-9]\d{0,2})([.,'])(\d{3}(?:\2\d{3})*)(?:[.,](\d+))?")
_INSIDE = re.compile(r"[.:·,;\"״_]+")
_DIGITS = re.compile(r"\d{2,}")


def tokens(text: str, language: str) -> tuple[str, ...]:
    """The tokens of a text in order, twins behind their word; none is empty or holds a blank.

    An unknown language has no stems; everything else works for it too.
    """
    tag = _tag(language)
    found = [token for word in _words(text, tag) for token in _forms(word, tag)]
    if "/" in text:
        found += (_plain_reference(match[0]) for match in _NUMBERED.finditer(unicodedata.normalize("NFKC", text)))
    return tuple(found)


def content_tokens(text: str, language: str) -> frozenset[str]:
    """One token for each telling word: its stem, or its folded form where the language has no stemmer.

    A subset of `tokens(text, language)`, without the function words of the language: compare it with the tokens of
    another text analysed in the same language.
    """
    tag = _tag(language)
    return frozenset(key for word in _words(text, tag) for key in _telling(word, tag))


def _tag(language: str) -> str:
    known = find(language)
    return known.tag if known else ""


def _words(text: str, tag: str) -> Iterator[str]:
    """The segments between ICU's word boundaries, blanks and punctuation among them."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _THOUSANDS.sub("", _BLANKED.sub(" ", text)))
    return iter(WordBreaker(text, tag or "en"))


@lru_cache(maxsize=1 << 16)
def _forms(segment: str, tag: str) -> tuple[str, ...]:
    return tuple(form[:LONGEST] for part in _parts(segment, tag) for form in _twins(part, tag))


@lru_cache(maxsize=1 << 14)
def _telling(segment: str, tag: str) -> tuple[str, ...]:
    language = find(tag)
    common = language.function_words if language else frozenset[str]()
    parts = (part for part in _parts(segment, tag) if part not in common and unify(part) not in common)
    return tuple(_twins(part, tag)[-1][:LONGEST] for part in parts)


def _parts(segment: str, tag: str) -> list[str]:
    """The words in a segment, case-folded: none, one, or several (`l'État`, `gov.rw`)."""
    if not any(map(str.isalnum, segment)):
        return []
    word = clean(segment)
    if tag in {"tr", "az"}:
        word = word.replace("I", "ı").replace("İ", "i")
    word = unicodedata.normalize("NFKC", word.casefold())
    if _NUMBER.fullmatch(word):
        return [_plain_number(word)]
    parts = [part.strip("'") for part in _INSIDE.split(word)]
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return ["".join(parts)]
    return [piece for part in parts for piece in _around_apostrophes(part, tag) if any(map(str.isalnum, piece))]


def _around_apostrophes(word: str, tag: str) -> list[str]:
    language = find(tag)
    if "'" not in word or (language and language.apostrophe == "letter"):
        return [word]
    pieces = word.split("'")
    return [piece for piece in pieces if len(piece) > 1] or pieces


def _twins(word: str, tag: str) -> list[str]:
    """The exact form, the folded one if it differs, digits inside the word, the stem: always in this order."""
    exact = unify(word)
    forms = list(dict.fromkeys((exact, fold(exact))))
    if any(map(str.isdigit, word)):
        return forms if _NUMBER.fullmatch(word) else [*_DIGITS.findall(word), *forms]
    stem = _stem(word, tag)
    return [*forms, STEM + fold(unify(stem))] if stem else forms


def _plain_number(number: str) -> str:
    """`1,200.00`, `1.200` and `01200` as `1200`; `12,5` as `12.5`; a clause such as `12.3.1` stays."""
    if grouped := _GROUPED.fullmatch(number):
        first, separator, rest, decimals = grouped.groups()
        number = first + rest.replace(separator, "") + (f".{decimals}" if decimals else "")
    number = number.replace(",", ".").replace("'", "")
    whole, _, decimals = number.partition(".")
    if decimals.strip("0") == "":
        return whole.lstrip("0") or "0"
    return number


def _plain_reference(reference: str) -> str:
    return "/".join(part.lstrip("0") or "0" for part in clean(reference).split("/"))


def _stem(word: str, tag: str) -> str | None:
    language = find(tag)
    if language is None or language.stemmer is None:
        return None
    stem, lock = _stemmer(language.stemmer)
    with lock:
        return stem(word)


@cache
def _stemmer(algorithm: str) -> tuple[Callable[[str], str], threading.Lock]:
    """The stemmer's own module, not `snowballstemmer.stemmer`: that takes other code where PyStemmer is installed.

    A stemmer keeps the word it works on in itself, hence the lock.
    """
    module = import_module(f"snowballstemmer.{algorithm}_stemmer")
    return getattr(module, f"{algorithm.title()}Stemmer")().stemWord, threading.Lock()
