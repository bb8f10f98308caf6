# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Parallel texts -> a lexicon, by IBM model 1 in both directions (Brown et al. 1993, Computational Linguistics 19(2)).

Texts are aligned already, sentence by sentence or article by article; here their words are. Probabilities of the two directions
are multiplied, which drops words that stand beside everything. It knows no grammar, no word order and no meaning.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wazi.languages import analyse
from wazi.languages.lexicon import Lexicon, Translations

ROUNDS = 5
LEAST = 2
"""Texts in which a word must stand: a word seen once goes with every word beside it."""

MOST = 8
"""Translations kept of a word."""

FLOOR = 0.02
"""Probability below which a translation is dropped."""

BACKWARD = 0.3
"""Exponent of the probability from target to source; the other direction has the rest."""

NOTHING = ""
"""The word from which comes what the source does not say."""


def learn(pairs: Sequence[tuple[str, str]], source: str, target: str) -> Lexicon:
    """The lexicon of aligned texts (source, target); empty if no word stands in two of them."""
    left = _bags([text for text, _ in pairs], source)
    right = _bags([text for _, text in pairs], target)
    forward, backward = _model(left, right), _model(right, left)
    said = _written([text for text, _ in pairs], source)
    meant = _written([text for _, text in pairs], target)
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (word, translation), probability in forward.items():
        both = probability ** (1 - BACKWARD) * backward.get((translation, word), 0.0) ** BACKWARD
        if both >= FLOOR and word in said and translation in meant:
            found[said[word]].append((meant[translation], both))
    return Lexicon(source, target, {word: _likeliest(listed) for word, listed in found.items()})


def _likeliest(found: list[tuple[str, float]]) -> Translations:
    weights: dict[str, float] = defaultdict(float)
    for word, probability in found:
        weights[word] += probability
    return tuple(sorted(weights.items(), key=lambda each: -each[1])[:MOST])


def _bags(texts: Sequence[str], language: str) -> list[Counter[str]]:
    """The keys of each text that stand in at least LEAST of the texts."""
    bags = [Counter(filter(_is_word, analyse.tokens(text, language))) for text in texts]
    spread = Counter(word for bag in bags for word in bag)
    return [Counter({word: n for word, n in bag.items() if spread[word] >= LEAST}) for bag in bags]


def _is_word(token: str) -> bool:
    """Keys only, and no numbers: they are the same in every language."""
    return token.startswith(analyse.KEY) and not any(map(str.isdigit, token))


def _written(texts: Sequence[str], language: str) -> dict[str, str]:
    """For every key, the word that most often stands for it; keys that no single word stands for are left out."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        tokens = analyse.tokens(text, language)
        for word, key in pairwise(tokens):
            if key.startswith(analyse.KEY) and not word.startswith((analyse.KEY, analyse.GROUP)):
                seen[key][word] += 1
    return {key: words.most_common(1)[0][0] for key, words in seen.items()}


def _model(sources: Sequence[Counter[str]], targets: Sequence[Counter[str]]) -> dict[tuple[str, str], float]:
    """Probability of a target word given a source word, by expectation and maximisation."""
    names: tuple[dict[str, int], dict[str, int]] = ({}, {})
    cells, places, counts = _cells(sources, targets, names)
    if not len(cells):
        return {}
    pairs, cell_pairs = np.unique(cells, return_inverse=True)
    width = max(1, len(names[1]))
    given = pairs // width
    probability = np.ones(len(pairs))
    for _ in range(ROUNDS):
        weights = probability[cell_pairs]
        expected = counts * weights / np.bincount(places, weights)[places]
        sums = np.bincount(cell_pairs, expected, minlength=len(pairs))
        probability = sums / np.bincount(given, sums)[given]
    keep = probability >= FLOOR / 4
    words = list(names[0]), list(names[1])
    return {
        (words[0][pair // width], words[1][pair % width]): float(p)
        for pair, p in zip(pairs[keep].tolist(), probability[keep].tolist(), strict=True)
    }


def _cells(
    sources: Sequence[Counter[str]], targets: Sequence[Counter[str]], names: tuple[dict[str, int], dict[str, int]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Every word of a target text beside every word of its source text: pair of words, place in the target, times.

    `names` is filled with the number of every word.
    """
    width = max(1, len({word for bag in targets for word in bag}))
    cells, places, counts = [], [], []
    place = 0
    for source, target in zip(sources, targets, strict=True):
        given = np.array([names[0].setdefault(word, len(names[0])) for word in (NOTHING, *source)], np.int64)
        for word, times in target.items():
            number = names[1].setdefault(word, len(names[1]))
            cells.append(given * width + number)
            places.append(np.full(len(given), place))
            counts.append(np.full(len(given), float(times)))
            place += 1
    if not cells:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    return np.concatenate(cells), np.concatenate(places), np.concatenate(counts)
