# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A question in a conversation -> whether it needs the one before, and the telling words that a later one may need.

A question that was made to stand alone is written with those words in front: `stall licence › How much is it?`. The phrases are
data of each language (`turns.toml`). Only the asker's turns are looked at: it does not know what a pronoun stands for, nor what was
answered.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from icu4py.breakers import WordBreaker

from wazi.languages import UNSPACED, analyse, find, letters

KINDS = ("pointing", "idle", "continuing", "leaving", "filler")
CLOSES = "… "
"""Stands in front of a phrase that closes a question."""

MARK = " › "
"""Stands between the words of earlier turns and the question, as it does between headings."""

BEFORE = 3
"""Telling words in front of a pointing word; behind more of them it points at one of these."""

TOPIC = 8
"""Words of earlier turns that a question is given, the latest first."""

LONGEST = 64
"""Characters of such a word: what is longer is encoded data, not a word."""

_MARKS = r"[\s\W_]*"


@dataclass(frozen=True, slots=True)
class Turns:
    """The patterns of one language; None where it has no such phrases. `filler` are tokens of the analyser."""

    pointing: re.Pattern[str] | None
    idle: re.Pattern[str] | None
    continuing: re.Pattern[str] | None
    leaving: re.Pattern[str] | None
    filler: frozenset[str] = frozenset()


def leans(question: str, language: str) -> bool:
    """Whether a question can hardly be understood without the one before."""
    if not words(question, language):
        return True
    row = _row(language)
    text = _folded(question)
    if row.continuing and row.continuing.search(text):
        return True
    plain = row.idle.sub(" ", text) if row.idle else text
    found = row.pointing.search(plain) if row.pointing else None
    return found is not None and len(words(plain[: found.start()], language)) <= BEFORE


def leaves(question: str, language: str) -> bool:
    """Whether a question says of itself that it begins another subject."""
    row = _row(language)
    return row.leaving is not None and row.leaving.search(_folded(question)) is not None


def words(text: str, language: str) -> tuple[str, ...]:
    """The telling words of a text as they are written, each once, in their order."""
    found: dict[frozenset[str], str] = {}
    filler = _row(language).filler
    for word in _segments(text, language):
        if key := analyse.content_tokens(word, language) - filler:
            found.setdefault(key, word)
    return tuple(found.values())


def topic(earlier: Iterable[str], language: str) -> tuple[str, ...]:
    """The words that stand for what the turns were about at their end: those of the last one that stands alone, and since."""
    kept: tuple[str, ...] = ()
    for turn in earlier:
        own = [word for word in words(turn, language) if len(word) <= LONGEST]
        before = kept if leans(turn, language) and not leaves(turn, language) else ()
        once: dict[str, str] = {}
        for word in (*own, *before):
            once.setdefault(word.casefold(), word)
        kept = tuple(once.values())[:TOPIC]
    return kept


def joined(words_before: Iterable[str], question: str) -> str:
    """The question with the words of earlier turns in front; as it is if there are none."""
    told = " ".join(words_before)
    return f"{told}{MARK}{question}" if told else question


def parted(text: str) -> tuple[str, str]:
    """The words of earlier turns (empty if there are none) and the question."""
    before, _, question = text.rpartition(MARK)
    return (before, question) if before.strip() and question.strip() else ("", text)


def _segments(text: str, language: str) -> Iterator[str]:
    row = find(language)
    return iter(WordBreaker(text, row.tag if row else "en"))


def _folded(text: str) -> str:
    return " ".join(letters.clean(unicodedata.normalize("NFC", text)).casefold().split())


def _row(language: str) -> Turns:
    known = find(language)
    return _turns().get(known.tag if known else "", Turns(None, None, None, None))


@cache
def _turns() -> Mapping[str, Turns]:
    return {tag: _compiled(tag, row) for tag, row in phrases().items()}


@cache
def phrases() -> Mapping[str, Mapping[str, Any]]:
    """The data as it is written, by tag and kind."""
    found: Mapping[str, Mapping[str, Any]] = tomllib.loads(
        (files("wazi.languages") / "turns.toml").read_text(encoding="utf-8")
    )
    return found


def _compiled(tag: str, row: Mapping[str, Any]) -> Turns:
    known = find(tag)
    edges = ("", "") if known and known.script in UNSPACED else (r"(?<!\w)", r"(?!\w)")
    opening = [phrase for phrase in row.get("continuing", ()) if not phrase.startswith(CLOSES)]
    closing = [phrase.removeprefix(CLOSES) for phrase in row.get("continuing", ()) if phrase.startswith(CLOSES)]
    ends = [f"^{_MARKS}{part}" for part in _either(opening, edges)]
    ends += [f"{part}{_MARKS}$" for part in _either(closing, edges)]
    return Turns(
        pointing=_pattern(_either(row.get("pointing", ()), edges)),
        idle=_pattern(_either(row.get("idle", ()), edges)),
        continuing=_pattern(ends),
        leaving=_pattern(_either(row.get("leaving", ()), edges)),
        filler=analyse.content_tokens(row.get("filler", ""), tag),
    )


def _pattern(parts: Iterable[str]) -> re.Pattern[str] | None:
    told = "|".join(parts)
    return re.compile(told) if told else None


def _either(listed: Iterable[str], edges: tuple[str, str]) -> list[str]:
    """One alternative of all phrases, the longest first; none for no phrases."""
    told = "|".join(_phrase(phrase, edges) for phrase in sorted(listed, key=len, reverse=True))
    return [f"(?:{told})"] if told else []


def _phrase(phrase: str, edges: tuple[str, str]) -> str:
    """`*` alone is a word, at an end of a word letters; what ends in a mark needs no end of a word behind it."""
    parts = [r"\w+" if word == "*" else re.escape(word).replace(r"\*", r"\w+") for word in _folded(phrase).split()]
    return edges[0] + r"\s".join(parts) + (edges[1] if phrase[-1].isalnum() or phrase[-1] == "*" else "")
