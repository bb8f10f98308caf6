# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How well a score parts two kinds: the area under the receiver's curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def auc(scores: Sequence[float], labels: Sequence[float]) -> float:
    """The chance that a positive is scored above a negative, ties half (Mann-Whitney); .5 without both."""
    values, truth = np.asarray(scores), np.asarray(labels) > 0
    if truth.all() or not truth.any():
        return 0.5
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(truth.sum())
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * (len(values) - positives)))
