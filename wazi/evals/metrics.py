# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Ranking metrics of one question, with trec_eval's meaning, on plain dicts.

`judged` maps a document to its relevance (0 or less: not relevant), `found` maps a document to its score. A question to which
nothing is relevant, or for which nothing was found, gets 0. Equal scores are ordered by document id, the greater first, as
trec_eval does. This module does not average: see `stats`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg(judged: Mapping[str, int], found: Mapping[str, float], k: int) -> float:
    """Normalised discounted cumulative gain of the first k, gain = relevance, in 0..1 (Jarvelin and Kekalainen 2002)."""
    best = sorted((relevance for relevance in judged.values() if relevance > 0), reverse=True)[:k]
    return _discounted(_gains(judged, found, k)) / _discounted(best) if best else 0.0


def recall(judged: Mapping[str, int], found: Mapping[str, float], k: int) -> float:
    """Share of the relevant documents that are among the first k, in 0..1."""
    relevant = sum(relevance > 0 for relevance in judged.values())
    return sum(gain > 0 for gain in _gains(judged, found, k)) / relevant if relevant else 0.0


def mrr(judged: Mapping[str, int], found: Mapping[str, float], k: int) -> float:
    """One over the rank of the first relevant document among the first k, 0 if there is none."""
    return next((1 / rank for rank, gain in enumerate(_gains(judged, found, k), start=1) if gain > 0), 0.0)


def ranking(found: Mapping[str, float], k: int) -> list[str]:
    """The first k documents, best first."""
    return [document for document, _ in sorted(found.items(), key=lambda item: (item[1], item[0]), reverse=True)[:k]]


def _gains(judged: Mapping[str, int], found: Mapping[str, float], k: int) -> list[int]:
    return [max(0, judged.get(document, 0)) for document in ranking(found, k)]


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
