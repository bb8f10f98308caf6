# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Query -> Hits: lexical and dense candidates under the reader's filter, fused by a weighted sum of z-scores.

Every candidate gets both scores (no shared token: BM25 is 0), so that the sum compares like with like. Score fusion beat rank
fusion in our check (`docs/adr/0006-score-fusion.md`). Nothing is known here about the answer: see `rerank`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wazi.desk import Desk
from wazi.types import Hit, Query, Scope


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
    weight = settings.lexical_weights.get(query.language, settings.lexical_weight)
    scores = fuse(lexical, dense, weight)
    best = sorted(scores, key=lambda i: (-scores[i], i))[:k]
    chunks = desk.store.fetch(best, scope)
    return [Hit(chunk, scores[chunk.id], lexical.get(chunk.id, 0.0), dense[chunk.id]) for chunk in chunks]


def fuse(lexical: Mapping[str, float], dense: Mapping[str, float], weight: float) -> dict[str, float]:
    """`weight` x z(lexical) + (1 - weight) x z(dense) for every id of `dense`, which holds all candidates."""
    if not dense:
        return {}
    ids = sorted(dense)
    by_words = _z(np.array([lexical.get(i, 0.0) for i in ids]))
    by_sense = _z(np.array([dense[i] for i in ids]))
    return dict(zip(ids, (weight * by_words + (1 - weight) * by_sense).tolist(), strict=True))


def _z(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = scores.std()
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros_like(scores)


def _cosines(ids: list[str], query: Query, scope: Scope, desk: Desk) -> dict[str, float]:
    vectors = desk.store.vectors(ids, scope) if ids else {}
    return {i: float(vector @ query.vector) for i, vector in vectors.items()}
