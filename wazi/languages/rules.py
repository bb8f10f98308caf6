# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a sentence allows, forbids or ties to a condition, and what kind of answer a question needs: by phrases of its language.

The phrases are data (`rules.toml`). It counts them; it does not know which verb a "not" belongs to, and a language without a table
has none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from wazi.languages import UNSPACED, find
from wazi.languages.letters import clean_text

SIGNALS = ("negation", "may", "must", "only", "unless", "condition")
"""Kinds that say what a sentence allows."""

KINDS = (*SIGNALS, "deciding", "listing", "bare", "office", "charged", "how_long", "how_much", "free")

START = "^"
"""Stands in front of a phrase that opens a sentence, and, in a text made plain, where one begins."""

_PART = re.compile(r"[.?!,;:\n\u061f\u060c\u061b\u0964\u1361\u1362\u1367\u00bf\u00a1\u2013\u2014]+")
_MARK = re.compile(r"[^\w\s'\-^\u0300-\u036f\u0900-\u0dff\u1200-\u135f]+")
_QUICK = re.compile(r"(?<=\w)['\u2019](?=\s)")


def signals(text: str, language: str) -> Mapping[str, int]:
    """How often each of `SIGNALS` occurs in a text; nothing for a language without a table."""
    patterns = _patterns(_tag(language))
    flat = plain(text)
    return {kind: len(patterns[kind].findall(flat)) for kind in SIGNALS if kind in patterns}


def has(kind: str, text: str, language: str) -> bool:
    """Whether a phrase of this kind occurs in the text."""
    pattern = _patterns(_tag(language)).get(kind)
    return pattern is not None and pattern.search(plain(text)) is not None


def known_in(language: str) -> bool:
    """Whether the rules of this language can be read at all."""
    return bool(_patterns(_tag(language)))


def decides(question: str, language: str) -> bool:
    """Whether a question asks what somebody may, must or is entitled to: never to be answered by a bare yes or no."""
    return has("deciding", question, language)


def lists(question: str, language: str) -> bool:
    """Whether a question asks for all of several things: documents, steps, conditions."""
    return has("listing", question, language)


def limits(text: str, language: str) -> bool:
    """Whether a sentence ties something to a condition or an exception."""
    return any(has(kind, text, language) for kind in ("condition", "unless", "only"))


def is_bare(text: str, language: str) -> bool:
    """Whether a text is a yes or a no and nothing else."""
    pattern = _patterns(_tag(language)).get("bare")
    words = plain(text).replace(START, " ").split()
    return pattern is not None and len(words) <= 2 and pattern.search(f" {' '.join(words)} ") is not None


def charging(language: str) -> frozenset[str]:
    """The words that only say that something costs or is due, which two papers word differently."""
    return _words("charged", _tag(language))


def plain(text: str) -> str:
    """A text as phrases are looked for in it: small letters, blanks around every word, `^` where a part of it begins."""
    flat = clean_text(text).casefold().replace("\u2019", "'")
    flat = _MARK.sub(" ", _PART.sub(f" {START} ", _QUICK.sub(" ", flat.replace(START, " "))))
    return f" {START} {' '.join(flat.split())} "


@cache
def _words(kind: str, tag: str) -> frozenset[str]:
    return frozenset(_rows().get(tag, {}).get(kind, ()))


def _tag(language: str) -> str:
    row = find(language)
    return row.tag if row else ""


@cache
def _rows() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The data as it is written, by tag and kind."""
    return MappingProxyType(tomllib.loads((files("wazi.languages") / "rules.toml").read_text(encoding="utf-8")))


@cache
def _patterns(tag: str) -> Mapping[str, re.Pattern[str]]:
    row = find(tag)
    ends = ("", "") if row and row.script in UNSPACED else (r"(?<= )", r"(?= )")
    made = {kind: _either(phrases, ends) for kind, phrases in _rows().get(tag, {}).items()}
    return MappingProxyType(made)


def _either(phrases: Sequence[str], ends: tuple[str, str]) -> re.Pattern[str]:
    """The longest phrase first, so that "cannot" is not read as "can"."""
    told = sorted((_phrase(phrase) for phrase in phrases), key=len, reverse=True)
    return re.compile(f"{ends[0]}(?:{'|'.join(told)}){ends[1]}")


def _phrase(phrase: str) -> str:
    opens = phrase.startswith(START)
    flat = clean_text(phrase.removeprefix(START)).casefold()
    told = " ".join(re.escape(word).replace(r"\*", "[^ ^]+").replace(r"\?", "[^ ^]") for word in flat.split())
    return f"{re.escape(START)} {told}" if opens else told
