# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text -> tokens: one analyser before every engine, the same for documents and for questions.

Every word gives its exact form and, marked, its key (`stems`: the stem where there is a rule, else the word without accents);
in most languages its letter groups follow, which find `abaturage` by `umuturage`. Behind all words stand the notations that are
the same everywhere (`notations`: `§12`, `@2024-03-12`, `¤RWF5000`). Each word has a key even where it equals the word: twins
only for words with accents gave those words double weight and cost 1.3 to 3 points (nDCG@10 of BM25 on XQuAD es, tr, vi).
What each part gains is in docs/languages.md. Exact forms hardly depend on the language given, so a text whose language was
mistaken is still found by its words. Of a question each token also has a weight, by its kind; of a document it has none.
Tokens are for matching only; the stored text and all offsets into it stay as they are. Stores and meaning are not known here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import chain

from icu4py import icu_version
from icu4py.breakers import WordBreaker

from wazi.languages import GROUPS, Weights, find, notations
from wazi.languages.letters import bare, clean, fold, unify
from wazi.languages.numbers import plain_number
from wazi.languages.stems import stem

VERSION = f"2-icu{icu_version}"
"""Changes whenever the same text could give other tokens; an index made by another version is made anew."""

KEY = "~"
"""First character of a key; no word holds it, so a key cannot be taken for a word."""

GROUP = "#"
"""First character of a letter group; no word holds it either."""

LONGEST = 64
"""Characters kept of a token: what is longer is encoded data, not a word."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANKED = re.compile(r"[\ud800-\udfff\u200b]|(?<=[\u0600-\u06ff])\u200c")
_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.,']\d+)*")
_INSIDE = re.compile(r"[.:·,;\"״_]+")
_DIGITS = re.compile(r"\d{2,}")


def tokens(text: str, language: str) -> tuple[str, ...]:
    """The tokens of a text in order, keys and letter groups behind their word, common notations behind all words.

    None is empty or holds a blank. An unknown language has no stemmer; everything else works for it too.
    """
    tag = _tag(language)
    text = _ready(text)
    return (*chain.from_iterable(map(_forms(tag), _words(text, tag))), *notations.found(text, tag))


def question(text: str, language: str) -> dict[str, float]:
    """The tokens of a question with what each counts: a subset of `tokens(text, language)`, weights above 0.

    A form counts as `languages.toml` says for its kind, a function word less than a telling one, a common notation 1.
    """
    tag = _tag(language)
    row = find(tag)
    weights, common = row.weights if row else Weights(), _common(tag)
    weighed: dict[str, float] = {}
    text = _ready(text)
    for part in (part for word in _words(text, tag) for part in _parts(word, tag)):
        share = weights.function if unify(part) in common else 1.0
        for token in _of_part(part, tag):
            weight = share * _kind(token, weights)
            weighed[token] = max(weight, weighed.get(token, 0.0))
    weighed |= dict.fromkeys(notations.found(text, tag), 1.0)
    return {token: weight for token, weight in weighed.items() if weight > 0}


def _kind(token: str, weights: Weights) -> float:
    if token.startswith(KEY):
        return weights.key
    return weights.group if token.startswith(GROUP) else weights.exact


def normalise(text: str) -> str:
    """The text as an embedder should read it: NFKC, blanks for Ethiopic word separators, Arabic without vowel signs.

    Accents and tones stay. On parallel texts the separators cost Amharic half of its recall, missing tones a third of
    Yoruba's.
    """
    if text.isascii():
        return text
    return bare(unicodedata.normalize("NFKC", _SURROGATE.sub(" ", text)).replace("\u1361", " "))


def content_tokens(text: str, language: str) -> frozenset[str]:
    """The keys of the telling words: a subset of `tokens(text, language)`, one token a word, no function words.

    Compare it with the keys or tokens of another text analysed in the same language.
    """
    tag = _tag(language)
    return frozenset(key for word in _words(_ready(text), tag) for key in _telling(word, tag))


def overlap(question: str, text: str, language: str) -> float:
    """Share of the question's telling words that the text contains, 0 to 1; 0 where it has none."""
    telling = content_tokens(question, language)
    return len(telling & set(tokens(text, language))) / len(telling) if telling else 0.0


def _tag(language: str) -> str:
    known = find(language)
    return known.tag if known else ""


def _ready(text: str) -> str:
    """NFKC, with blanks for what parts words unseen and without those that part thousands."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _THOUSANDS.sub("", _BLANKED.sub(" ", text)))


def _words(text: str, tag: str) -> Iterator[str]:
    """The segments of a `_ready` text between ICU's word boundaries, punctuation among them."""
    return filter(" ".__ne__, WordBreaker(text, tag or "en"))


@cache
def _forms(tag: str) -> Callable[[str], tuple[str, ...]]:
    """What makes the forms of a segment; one memory a language, since a key of one value is found faster."""

    @lru_cache(maxsize=1 << 15)
    def forms(segment: str) -> tuple[str, ...]:
        return tuple(form for part in _parts(segment, tag) for form in _of_part(part, tag))

    return forms


def _of_part(part: str, tag: str) -> Iterator[str]:
    return (form[:LONGEST] for form in (unify(part), _key(part, tag), *_groups(part, tag)))


@lru_cache(maxsize=1 << 14)
def _telling(segment: str, tag: str) -> tuple[str, ...]:
    common = _common(tag)
    return tuple(_key(part, tag)[:LONGEST] for part in _parts(segment, tag) if unify(part) not in common)


@cache
def _common(tag: str) -> frozenset[str]:
    """The function words as `_parts` and `unify` would give them."""
    language = find(tag)
    words = language.function_words if language else ()
    return frozenset(unify(part) for word in words for part in _parts(word, tag))


def _parts(segment: str, tag: str) -> list[str]:
    """The words in a segment, case-folded: none, one, or several (`l'État`, `gov.rw`)."""
    if not any(map(str.isalnum, segment)):
        return []
    word = clean(segment)
    if tag in {"tr", "az"}:
        word = word.replace("I", "ı").replace("İ", "i")
    word = unicodedata.normalize("NFKC", word.casefold())
    if _NUMBER.fullmatch(word):
        return [plain_number(word)]
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


def _key(word: str, tag: str) -> str:
    return KEY + (fold(unify(word)) or word if _has_digit(word) else stem(word, tag))


def _groups(word: str, tag: str) -> list[str]:
    """The runs of `language.groups` letters in a word; of a word that mixes digits and letters, its numbers.

    The groups of a language with a stemmer are its own: else a question in isiZulu would find French before English.
    """
    if _has_digit(word):
        return [] if _NUMBER.fullmatch(word) else [f"{KEY}{digits}" for digits in _DIGITS.findall(word)]
    language = find(tag)
    size = language.groups if language else GROUPS
    if size == 0:
        return []
    mark = f"{GROUP}{tag}:" if language and language.stemmer else GROUP
    folded = fold(unify(word))[:LONGEST]
    return [mark + folded[at : at + size] for at in range(len(folded) - size + 1)]


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))
