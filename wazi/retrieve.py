# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Query -> Hits: lexical and dense candidates under the reader's filter, fused by a weighted sum of z-scores.

Every candidate gets both scores (no shared token: BM25 is 0), so that the sum compares like with like. Scores are compared
within one language of documents: a text in the language of the question shares more words and lies nearer whatever it says, and
would drown the others (`docs/adr/0013-fusion-by-language-pair.md`). Nothing is known here about the answer: see `rerank`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wazi.desk import Desk
from wazi.languages import find, tag
from wazi.types import Hit, Query, Scope

FEW = 10
"""Candidates in one language that are too few for a mean and a spread of their own: all candidates' stand in."""


def retrieve(query: Query, scope: Scope, desk: Desk, *, k: int | None = None) -> list[Hit]:
    """The k best chunks (default: the setting) that the scope permits, best first; fewer if fewer are held.

    Raises StoreError when another embedder made the vectors that are held.
    """
    desk.check_embedder()
    settings = desk.settings.retrieve
    k = k or settings.k
    depth = max(k, settings.candidates)
    lexical = dict(desk.store.lexical(query.tokens, scope, depth))
    dense = dict(desk.store.dense(query.vector, scope, depth))
    dense |= _cosines([i for i in lexical if i not in dense], query, scope, desk)
    chunks = {chunk.id: chunk for chunk in desk.store.fetch(sorted(dense), scope)}
    spoken = {i: tag(chunk.language) for i, chunk in chunks.items()}
    scores = fuse(lexical, {i: dense[i] for i in chunks}, _weights(query, spoken, desk), spoken)
    best = sorted(scores, key=lambda i: (-scores[i], i))[:k]
    return [Hit(chunks[i], scores[i], lexical.get(i, 0.0), dense[i]) for i in best]


def fuse(
    lexical: Mapping[str, float], dense: Mapping[str, float], weights: Mapping[str, float], languages: Mapping[str, str]
) -> dict[str, float]:
    """`weights[i]` x z(lexical) + (1 - `weights[i]`) x z(dense) for every id i of `dense`, which holds all candidates.

    The z-scores are taken among the candidates of one language, or among all where they are fewer than FEW.
    """
    ids = sorted(dense)
    groups = np.array([languages[i] for i in ids])
    by_words = _z(np.array([lexical.get(i, 0.0) for i in ids]), groups)
    by_sense = _z(np.array([dense[i] for i in ids]), groups)
    share = np.array([weights[i] for i in ids])
    return dict(zip(ids, (share * by_words + (1 - share) * by_sense).tolist(), strict=True))


def _z(scores: NDArray[np.float64], groups: NDArray[np.str_]) -> NDArray[np.float64]:
    z = _standard(scores)
    for group in np.unique(groups):
        members = groups == group
        if np.count_nonzero(members) >= FEW:
            z[members] = _standard(scores[members])
    return z


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = scores.std() if len(scores) else 0.0
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros_like(scores)


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


def _cosines(ids: list[str], query: Query, scope: Scope, desk: Desk) -> dict[str, float]:
    vectors = desk.store.vectors(ids, scope) if ids else {}
    return {i: float(vector @ query.vector) for i, vector in vectors.items()}
