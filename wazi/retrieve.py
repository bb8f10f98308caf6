# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Query -> Hits: lexical and dense candidates under the reader's filter, fused by a weighted sum of z-scores.

Every candidate gets both scores (no shared token: BM25 is 0), so that the sum compares like with like. What a language as a whole
is ahead by is taken away: a text in the language of the question shares more words and lies nearer whatever it says, and would
drown the others (`docs/adr/0013-fusion-by-language-pair.md`). Passages in a language for which the question has a vector of its
own (`Query.across`) are found and ordered by that one; `Hit.dense` is always the cosine of the question itself. Nothing is known
here about the answer: see `rerank`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wazi.desk import Desk
from wazi.languages import find, tag
from wazi.types import Hit, Query, Scope

if TYPE_CHECKING:
    from wazi.types import Vector

FEW = 20
"""Below so many candidates a language has no mean and spread of its own: all candidates' stand in."""


def retrieve(query: Query, scope: Scope, desk: Desk, *, k: int | None = None) -> list[Hit]:
    """The k best chunks (default: the setting) that the scope permits, best first; fewer if fewer are held.

    Raises StoreError when another embedder made the vectors that are held.
    """
    desk.check_embedder()
    settings = desk.settings.retrieve
    k = k or settings.k
    depth = max(k, settings.candidates)
    lexical = dict(desk.store.lexical(query.tokens, scope, depth))
    leaning = {vector.tobytes(): vector for vector in query.across.values()}.values()
    found = {i for vector in leaning for i, _ in desk.store.dense(vector, scope, depth)} | lexical.keys()
    dense = dict(desk.store.dense(query.vector, scope, depth))
    dense |= _cosines(dict.fromkeys(found - dense.keys(), query.vector), scope, desk)
    spoken = {i: tag(language) for i, language in desk.store.languages(sorted(dense), scope).items()}
    leant = _cosines({i: query.across[spoken[i]] for i in spoken if spoken[i] in query.across}, scope, desk)
    scores = fuse(lexical, {i: dense[i] for i in spoken} | leant, _weights(query, spoken, desk), spoken)
    order = sorted(scores, key=lambda i: (-scores[i], i))

    def hits(ids: Sequence[str]) -> list[Hit]:
        return [Hit(c, scores[c.id], lexical.get(c.id, 0.0), dense[c.id]) for c in desk.store.fetch(ids, scope)]

    best = _one_version(query, hits(order[:k]), scope, desk)
    # where versions shared a place, the next ones move up
    return best if len(best) == len(order[:k]) else _one_version(query, hits(order), scope, desk)[:k]


def _one_version(query: Query, hits: Sequence[Hit], scope: Scope, desk: Desk) -> list[Hit]:
    """The hits, each in the version that is in the language of the question where there is one, and no version beside it."""
    own = tag(query.language)
    found = {hit.chunk.id: hit for hit in hits}
    foreign = [hit.chunk for hit in hits if hit.chunk.parallel and tag(hit.chunk.language) != own]
    beside = {i for chunk in foreign for i in chunk.parallel} - found.keys()
    further = desk.store.fetch(sorted(beside), scope) if beside else []
    sense = _cosines({chunk.id: query.vector for chunk in further}, scope, desk)
    found |= {c.id: Hit(c, -math.inf, 0.0, sense[c.id]) for c in further if tag(c.language) == own}
    shown: list[Hit] = []
    said: set[str] = set()
    for hit in hits:
        versions = [found[i] for i in hit.chunk.parallel if i in found and tag(found[i].chunk.language) == own]
        if tag(hit.chunk.language) == own or not versions:
            best = hit
        else:
            nearest = max(versions, key=lambda version: (version.dense, version.chunk.id))
            best = replace(nearest, score=hit.score)
        if best.chunk.id not in said:
            shown.append(best)
            said |= {best.chunk.id, *best.chunk.parallel}
    return shown


def fuse(
    lexical: Mapping[str, float], dense: Mapping[str, float], weights: Mapping[str, float], languages: Mapping[str, str]
) -> dict[str, float]:
    """`weights[i]` x z(lexical) + (1 - `weights[i]`) x z(dense) for every id i of `dense`, which holds all candidates.

    BM25 is standardised among the candidates in one language: sums of other words are on other scales. Of a cosine only the
    mean of its language is taken away: the spread is that of all, or the best of a language that has nothing would look good.
    """
    ids = sorted(dense)
    members = _by_language([languages[i] for i in ids])
    words, sense = np.array([lexical.get(i, 0.0) for i in ids]), np.array([dense[i] for i in ids])
    by_words, level = _z(words), sense - (sense.mean() if ids else 0.0)
    for of in members:
        by_words[of] = _z(words[of])
        level[of] = sense[of] - sense[of].mean()
    by_sense = _scaled(level)
    share = np.array([weights[i] for i in ids])
    return dict(zip(ids, (share * by_words + (1 - share) * by_sense).tolist(), strict=True))


def _by_language(spoken: Sequence[str]) -> list[NDArray[np.intp]]:
    """The places of each language that has a mean and a spread of its own."""
    groups = np.array(spoken)
    found = (np.flatnonzero(groups == language) for language in sorted(set(spoken)))
    return [places for places in found if len(places) >= FEW]


def _z(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return _scaled(scores - scores.mean()) if len(scores) else scores


def _scaled(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.sqrt(np.mean(centred**2)) if len(centred) else 0.0
    return centred / spread if spread > 1e-12 else np.zeros_like(centred)


def _weights(query: Query, spoken: Mapping[str, str], desk: Desk) -> dict[str, float]:
    """What words count for each chunk: by the pair of the question's language and the chunk's (`spoken`)."""
    settings = desk.settings.retrieve
    own, known = tag(query.language), find(query.language)

    def weight(other: str) -> float:
        if other == own:
            measured = known.lexical_weight if known else None
            return settings.lexical_weights.get(own, settings.lexical_weight if measured is None else measured)
        if (own, other) not in desk.lexicons:
            return settings.lexical_weight_across
        # a gloss carries less sense than a text that the embedder reads itself
        return settings.lexical_weight if _glossed(own) or _glossed(other) else settings.lexical_weight_lexicon

    return {i: weight(other) for i, other in spoken.items()}


def _glossed(language: str) -> bool:
    known = find(language)
    return bool(known and known.gloss)


def _cosines(asked: Mapping[str, Vector], scope: Scope, desk: Desk) -> dict[str, float]:
    """The cosine of each chunk, by id, to the vector beside it."""
    vectors = desk.store.vectors(list(asked), scope) if asked else {}
    return {i: float(vector @ asked[i]) for i, vector in vectors.items()}
