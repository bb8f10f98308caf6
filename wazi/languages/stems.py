# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Word -> stem: Snowball's algorithm where the language has one, else a light rule from `languages.toml`, else the word.

The light rule takes off the longest prefix and then the longest suffix of the lists that leave `REST` letters. It knows no
grammar: `amategeko` and `itegeko` meet at `tegeko`, and some words meet that should not. Letter groups stand beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from importlib import import_module

from wazi.languages import find
from wazi.languages.letters import fold, unify

REST = 3
"""Letters that a light rule leaves at least."""


def stem(word: str, tag: str) -> str:
    """The stem of a case-folded word, as a hurried writer types it; never empty."""
    row = find(tag)
    if row and row.stemmer:
        algorithm, lock = _snowball(row.stemmer)
        with lock:
            word = algorithm(word) or word
    word = fold(unify(word)) or word
    return _light(word, tag) if row and (row.prefixes or row.suffixes) else word


def _light(word: str, tag: str) -> str:
    prefixes, suffixes = _affixes(tag)
    prefix = next((p for p in prefixes if len(word) - len(p) >= REST and word.startswith(p)), "")
    word = word.removeprefix(prefix)
    suffix = next((s for s in suffixes if len(word) - len(s) >= REST and word.endswith(s)), "")
    return word.removesuffix(suffix)


@cache
def _affixes(tag: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Prefixes and suffixes of a language, the longest first."""
    row = find(tag)
    lists = (row.prefixes, row.suffixes) if row else ((), ())
    first, last = (tuple(sorted(affixes, key=lambda affix: (-len(affix), affix))) for affixes in lists)
    return first, last


@cache
def _snowball(algorithm: str) -> tuple[Callable[[str], str], threading.Lock]:
    """The stemmer's own module, not `snowballstemmer.stemmer`: that takes other code where PyStemmer is installed.

    A stemmer keeps the word it works on in itself, hence the lock.
    """
    module = import_module(f"snowballstemmer.{algorithm}_stemmer")
    return getattr(module, f"{algorithm.title()}Stemmer")().stemWord, threading.Lock()
