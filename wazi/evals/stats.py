# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How sure a mean is: bootstrap intervals over queries (Efron, percentile method).

Seeded, so that a report can be reproduced to the digit. It knows nothing about what the numbers measure, and queries that
depend on each other (one document, many questions) make its intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def _resampled_means(values: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    size = len(values)
    step = max(1, _CELLS // size)
    parts = [
        values[random.integers(0, size, size=(min(step, resamples - done), size))].mean(axis=1)
        for done in range(0, resamples, step)
    ]
    return np.concatenate(parts)
