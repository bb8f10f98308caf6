# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How sure a mean is: bootstrap intervals over queries (Efron, percentile method).

Seeded, so that a report can be reproduced to the digit. It knows nothing about what the numbers measure, and queries that
depend on each other (one document, many questions) make its intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
_CELLS = 1 << 22
"""Drawn values held at a time (32 MiB), whatever the number of queries."""


class Interval(TypedDict):
    """A mean and its confidence interval."""

    value: float
    low: float
    high: float


def interval(
    values: Sequence[float], *, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """The mean of one value a query, and where it lies with `confidence`. Raises ValueError for no values."""
    if len(values) == 0:
        raise ValueError("no values to average: check that the queries and the judgements share ids")
    array = np.asarray(values, dtype=np.float64)
    means = _resampled_means(array, resamples, seed)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(value=float(array.mean()), low=float(low), high=float(high))


def difference(
    ours: Sequence[float],
    theirs: Sequence[float],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The mean of `ours - theirs` over the same queries in the same order; an interval without 0 is a difference.

    Raises ValueError when the lengths differ.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"a paired comparison needs the same queries: got {len(ours)} and {len(theirs)} values")
    paired = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    return interval(paired.tolist(), confidence=confidence, resamples=resamples, seed=seed)


def chance_of_loss(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How likely so low a mean of `ours - theirs` is where both are alike (0 to 1, one-sided, paired z test).

    Raises ValueError when the lengths differ or nothing is compared.
    """
    if len(ours) != len(theirs) or not ours:
        raise ValueError(f"{len(ours)} values of ours and {len(theirs)} of theirs: compare the same queries")
    gains = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    mean, error = float(gains.mean()), float(gains.std(ddof=min(1, len(gains) - 1))) / len(gains) ** 0.5
    if error == 0:
        return 0.0 if mean < 0 else 1.0
    return NormalDist().cdf(mean / error)


def beyond_chance(chances: Sequence[float], level: float) -> list[bool]:
    """Which of several findings stand, so that one or more by chance have at most the probability `level` (Holm 1979)."""
    stands = [False] * len(chances)
    for rank, at in enumerate(sorted(range(len(chances)), key=lambda one: chances[one])):
        if chances[at] > level / (len(chances) - rank):
            break
        stands[at] = True
    return stands


def _resampled_means(values: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    size = len(values)
    step = max(1, _CELLS // size)
    parts = [
        values[random.integers(0, size, size=(min(step, resamples - done), size))].mean(axis=1)
        for done in range(0, resamples, step)
    ]
    return np.concatenate(parts)
