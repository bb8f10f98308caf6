# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Short answers compared word by word, in the two ways that published figures use.

`squad` is the script of SQuAD 1.1 (Rajpurkar et al. 2016), by which XQuAD and TyDi QA are published: it knows English articles and
ASCII punctuation, whatever the language. Without it the rules of MLQA hold (Lewis et al. 2020): punctuation of every script,
the language's own articles, and every character a word where a script writes no blanks. Meaning is not compared.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

ARTICLES = {
    "de": "ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des",
    "en": "a|an|the",
    "es": "un|una|unos|unas|el|la|los|las",
    "fr": "le|la|les|du|des|au|aux|un|une",
    "vi": "của|là|cái|chiếc|những",
}
"""Words that do not count; the French ones are FQuAD's (d'Hoffschmidt et al. 2020)."""

_WITHOUT_BLANKS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"
)
"""Thai, Lao, Burmese, Khmer, kana and Han."""


def words(text: str, language: str, *, squad: bool = False) -> list[str]:
    """The words that count, in order, in small letters."""
    kept = text.lower()
    if squad:
        bare = "".join(char for char in kept if char not in string.punctuation)
        return _without_articles(bare, "en").split()
    bare = "".join(char for char in kept if not _is_punctuation(char))
    return _WITHOUT_BLANKS.sub(r" \1 ", _without_articles(bare, language)).split()


def exact_match(said: Sequence[str], gold: Sequence[str]) -> float:
    """1 if the words are the same in the same order, else 0."""
    return float(list(said) == list(gold))


def f1(said: Sequence[str], gold: Sequence[str]) -> float:
    """Harmonic mean of the shares of common words, repeats counted, 0 to 1."""
    common = sum((Counter(said) & Counter(gold)).values())
    return 2 * common / (len(said) + len(gold)) if common else 0.0


def best(
    measure: Callable[[Sequence[str], Sequence[str]], float],
    said: str,
    golds: Sequence[str],
    language: str,
    *,
    squad: bool = False,
) -> float:
    """The measure beside the gold answer that it is nearest to, 0 without one."""
    ours = words(said, language, squad=squad)
    return max((measure(ours, words(gold, language, squad=squad)) for gold in golds), default=0.0)


def _is_punctuation(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char).startswith("P")


def _without_articles(text: str, language: str) -> str:
    articles = ARTICLES.get(language.partition("-")[0])
    return re.sub(rf"\b(?:{articles})\b", " ", text) if articles else text
