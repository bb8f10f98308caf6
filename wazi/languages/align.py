# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Parallel texts -> a lexicon, by IBM model 1 in both directions (Brown et al. 1993, Computational Linguistics 19(2)).

Texts are aligned already, sentence by sentence or article by article; here their words are. A word of the one text is looked for
at about the same place of the other (Dyer et al. 2013, NAACL: their prior, with the mean place of a word in a text).
Probabilities of the two directions are multiplied, which drops words that stand beside everything. It knows no grammar and
no meaning.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wazi.languages import analyse, sentences
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

FROM_NOTHING = 0.08
"""Prior probability that a word comes from it (the value of fast_align)."""

NEARNESS = 4.0
"""How fast the prior falls with the distance of two places, each 0 to 1 (the value of fast_align)."""


class Standing(NamedTuple):
    """A word in a text: how often, and where in the mean (0: at the beginning, 1: at the end)."""

    times: int
    place: float


Bag = Mapping[str, Standing]


def learn(pairs: Sequence[tuple[str, str]], source: str, target: str) -> tuple[Lexicon, Lexicon]:
    """The lexicons of aligned texts (source, target), there and back; empty if no word stands in two of their sentences."""
    parts = [part for one, other in pairs for part in _sentences(one, other, source, target)]
    ones, others = [one for one, _ in parts], [other for _, other in parts]
    left, right = _bags(ones, source), _bags(others, target)
    forward, backward = _model(left, right), _model(right, left)
    said, meant = _written(ones, source), _written(others, target)
    return (
        Lexicon(source, target, _both(forward, backward, said, meant)),
        Lexicon(target, source, _both(backward, forward, meant, said)),
    )


def _both(
    forward: Mapping[tuple[str, str], float],
    backward: Mapping[tuple[str, str], float],
    said: Mapping[str, str],
    meant: Mapping[str, str],
) -> dict[str, Translations]:
    """The translations of every word that both directions bear out, as words and not as keys."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (word, translation), probability in forward.items():
        both = probability ** (1 - BACKWARD) * backward.get((translation, word), 0.0) ** BACKWARD
        if both >= FLOOR and word in said and translation in meant:
            found[said[word]].append((meant[translation], both))
    return {word: _likeliest(listed) for word, listed in found.items()}


def _likeliest(found: list[tuple[str, float]]) -> Translations:
    weights: dict[str, float] = defaultdict(float)
    for word, probability in found:
        weights[word] += probability
    return tuple(sorted(weights.items(), key=lambda each: -each[1])[:MOST])


def _sentences(one: str, other: str, source: str, target: str) -> Iterator[tuple[str, str]]:
    """Sentence by sentence where both texts have equally many, else as they are."""
    here, there = sentences.split(one, source), sentences.split(other, target)
    if len(here) != len(there):
        here, there = [(0, len(one))], [(0, len(other))]
    for (start, end), (first, last) in zip(here, there, strict=True):
        yield one[start:end], other[first:last]


def _bags(texts: Sequence[str], language: str) -> list[Bag]:
    """The keys of each text that stand in at least LEAST of the texts."""
    lines = [list(filter(_is_word, analyse.tokens(text, language))) for text in texts]
    spread = Counter(word for line in lines for word in set(line))
    return [_bag(line, spread) for line in lines]


def _bag(line: Sequence[str], spread: Mapping[str, int]) -> Bag:
    places: dict[str, list[float]] = defaultdict(list)
    for at, word in enumerate(line):
        if spread[word] >= LEAST:
            places[word].append((at + 0.5) / len(line))
    return {word: Standing(len(at), sum(at) / len(at)) for word, at in places.items()}


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


def _model(sources: Sequence[Bag], targets: Sequence[Bag]) -> dict[tuple[str, str], float]:
    """Probability of a target word given a source word, by expectation and maximisation."""
    names: tuple[dict[str, int], dict[str, int]] = ({}, {})
    cells = _cells(sources, targets, names)
    if not len(cells.pairs):
        return {}
    pairs, cell_pairs = np.unique(cells.pairs, return_inverse=True)
    width = max(1, len(names[1]))
    given = pairs // width
    probability = np.ones(len(pairs))
    for _ in range(ROUNDS):
        weights = probability[cell_pairs] * cells.priors
        expected = cells.times * weights / np.bincount(cells.places, weights)[cells.places]
        sums = np.bincount(cell_pairs, expected, minlength=len(pairs))
        probability = sums / np.bincount(given, sums)[given]
    keep = probability >= FLOOR / 4
    words = list(names[0]), list(names[1])
    return {
        (words[0][pair // width], words[1][pair % width]): float(p)
        for pair, p in zip(pairs[keep].tolist(), probability[keep].tolist(), strict=True)
    }


class Cells(NamedTuple):
    """Every word of a target text beside every word of its source text, one row each."""

    pairs: NDArray[np.int64]
    """The number of the source word x the number of target words + the number of the target word."""
    places: NDArray[np.int64]
    """The same for all rows of one word of one target text."""
    times: NDArray[np.float64]
    priors: NDArray[np.float64]


def _cells(sources: Sequence[Bag], targets: Sequence[Bag], names: tuple[dict[str, int], dict[str, int]]) -> Cells:
    """`names` is filled with the number of every word."""
    width = max(1, len({word for bag in targets for word in bag}))
    pairs, places, times, priors = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)], [np.empty(0)]
    place = 0
    for source, target in zip(sources, targets, strict=True):
        given = np.array([names[0].setdefault(word, len(names[0])) for word in (NOTHING, *source)], np.int64)
        standing = np.array([at.place for at in source.values()])
        for word, at in target.items():
            number = names[1].setdefault(word, len(names[1]))
            near = np.exp(-NEARNESS * np.abs(standing - at.place))
            pairs.append(given * width + number)
            places.append(np.full(len(given), place))
            times.append(np.full(len(given), float(at.times)))
            priors.append(np.append(FROM_NOTHING, (1 - FROM_NOTHING) * near / max(near.sum(), 1e-12)))
            place += 1
    return Cells(np.concatenate(pairs), np.concatenate(places), np.concatenate(times), np.concatenate(priors))
