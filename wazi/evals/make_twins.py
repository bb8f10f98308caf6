# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which texts hold the words of another one: near-duplicates by overlap of words, without comparing all with all.

It compares words as they are written: a paraphrase or a translation is no twin.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from wazi.evals.make_headings import normal
from wazi.languages import find

LARGEST = 4
"""Times the words of a text that a twin may have: a long text holds the words of any short one."""


class Twins:
    """The words of every text by its id, and where each word occurs."""

    def __init__(self, words: Mapping[str, frozenset[str]]) -> None:
        self._words = words
        self._holders: dict[str, list[str]] = defaultdict(list)
        for name, own in words.items():
            for word in own:
                self._holders[word].append(name)

    def of(self, name: str, share: float) -> set[str]:
        """The ids of other texts that hold at least `share` of the words of the text `name`.

        Such a text lacks fewer than 1 - share of them, so it must hold one of the rarest (prefix filter of set joins).
        """
        words = self._words[name]
        least = math.ceil(share * len(words))
        rarest = sorted(words, key=lambda word: (len(self._holders[word]), word))[: len(words) - least + 1]
        near = {other for word in rarest for other in self._holders[word]} - {name}
        return {
            other
            for other in near
            if len(self._words[other]) <= LARGEST * len(words) and len(words & self._words[other]) >= least
        }


def telling(text: str, language: str | None) -> frozenset[str]:
    """The words of a text without function words; all of them where nothing else is left."""
    words = frozenset(normal(text).split())
    known = find(language or "")
    return (words - known.function_words if known else words) or words
