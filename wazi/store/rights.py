# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What every store does in the same way: is a row inside a scope, may a batch of holdings be stored, what is asked, what is best.

Knows nothing of how rows are kept or found.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wazi.errors import StoreError
from wazi.types import EVERYTHING, Holding, Scope


def permits(scope: Scope, labels: Iterable[str], valid_from: dt.date | None, valid_until: dt.date | None) -> bool:
    """Whether a row with these labels and days is inside the scope."""
    if EVERYTHING not in scope.labels and scope.labels.isdisjoint(labels):
        return False
    if scope.on is None:
        return True
    return (valid_from is None or valid_from <= scope.on) and (valid_until is None or scope.on <= valid_until)


def weighted(tokens: Sequence[str] | Mapping[str, float]) -> dict[str, float]:
    """What is asked, each token with its weight: 1 in a sequence; those of weight 0 left out. Raises StoreError."""
    asked = dict(tokens) if isinstance(tokens, Mapping) else dict.fromkeys(tokens, 1.0)
    for token, weight in asked.items():
        if not 0 <= weight < float("inf"):
            raise StoreError(f"the token {token!r} is asked with weight {weight}: give each a weight of 0 or more")
    return {token: float(weight) for token, weight in asked.items() if weight > 0}


def best(scores: NDArray[np.floating], k: int) -> NDArray[np.intp]:
    """Where the k highest scores are, and all that equal the lowest of them; in no order."""
    if k >= len(scores):
        return np.arange(len(scores))
    return np.flatnonzero(scores >= np.partition(scores, -k)[-k])


def check(holdings: Sequence[Holding], dimension: int) -> None:
    """Refuse a batch that would break the store's promises. Raises StoreError."""
    _unique("document", (holding.record.id for holding in holdings))
    _unique("chunk", (passage.chunk.id for holding in holdings for passage in holding.passages))
    for holding in holdings:
        for passage in holding.passages:
            chunk, shape = passage.chunk, np.shape(passage.vector)
            if chunk.document != holding.record.id:
                raise StoreError(
                    f"chunk {chunk.id!r} of {holding.record.id!r} names another document {chunk.document!r}"
                )
            if shape != (dimension,):
                raise StoreError(
                    f"chunk {chunk.id!r} has a vector of shape {shape}, the index holds ({dimension},): "
                    "ingest into a new home, or choose the embedder that made this one"
                )
            if not np.isfinite(passage.vector).all() or not np.any(passage.vector):
                raise StoreError(f"chunk {chunk.id!r} has a vector that is zero or not finite: check the embedder")


def _unique(kind: str, ids: Iterable[str]) -> None:
    twice = [name for name, times in Counter(ids).items() if times > 1]
    if twice:
        raise StoreError(f"{kind} {twice[0]!r} comes twice in one batch: give each {kind} once")
