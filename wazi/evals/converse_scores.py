# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Rankings of the turns of conversations -> means, intervals, paired differences. All shares x 100.

Turns of one conversation depend on each other, so the unit that intervals draw is the conversation (cluster bootstrap, Field and
Welsh 2007). It does not know how a ranking was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from wazi.evals import metrics
from wazi.evals.converse_data import Turn
from wazi.evals.stats import RESAMPLES, Interval

Found = Mapping[str, float]
Scores = Mapping[str, Mapping[str, float]]
"""Measure -> turn -> value x 100."""

MEASURES: dict[str, Callable[[Mapping[str, int], Found], float]] = {
    "recall@5": lambda judged, found: metrics.recall(judged, found, 5),
    "ndcg@5": lambda judged, found: metrics.ndcg(judged, found, 5),
}
NUMBERS = ((1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 5, "4-5"), (6, 10**9, "6 and later"))
"""Numbers of turns that are reported together."""


def scored(turns: Iterable[Turn], run: Mapping[str, Found]) -> Scores:
    """Every measure of every turn that `run` ranks."""
    ranked = [turn for turn in turns if turn.id in run]
    return {
        name: {turn.id: 100 * measure(turn.gains, run[turn.id]) for turn in ranked}
        for name, measure in MEASURES.items()
    }


def report(turns: Sequence[Turn], ours: Scores, others: Mapping[str, Scores]) -> dict[str, Any]:
    """`n`, `conversations`, our metrics and, for each of `others`, its metrics and our difference to it.

    One that ranks only some of the turns is compared on these, and says how many there are.
    """
    told = {
        "n": len(turns),
        "conversations": len({turn.conversation for turn in turns}),
        "metrics": {name: interval(turns, ours[name]) for name in MEASURES},
    }
    beside = {}
    for kind, theirs in others.items():
        if shared := [turn for turn in turns if turn.id in theirs["recall@5"]]:
            gaps = {name: {t.id: ours[name][t.id] - theirs[name][t.id] for t in shared} for name in MEASURES}
            beside[kind] = {
                "n": len(shared),
                "metrics": {name: interval(shared, theirs[name]) for name in MEASURES},
                "difference": {name: interval(shared, gaps[name]) for name in MEASURES},
            }
    return told | {"beside": beside}


def interval(turns: Sequence[Turn], values: Mapping[str, float], *, seed: int = 0) -> Interval:
    """The mean over turns, and where it lies with 95 % when conversations are drawn anew."""
    names = list(dict.fromkeys(turn.conversation for turn in turns))
    place = {name: number for number, name in enumerate(names)}
    sums, counts = np.zeros(len(names)), np.zeros(len(names))
    for turn in turns:
        sums[place[turn.conversation]] += values[turn.id]
        counts[place[turn.conversation]] += 1
    drawn = np.random.default_rng(seed).integers(0, len(names), size=(RESAMPLES, len(names)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [0.025, 0.975])
    return Interval(value=float(sums.sum() / counts.sum()), low=float(low), high=float(high))


def parts(turns: Sequence[Turn], key: Callable[[Turn], str]) -> dict[str, list[Turn]]:
    """The turns by what `key` says of them, in their order."""
    found: dict[str, list[Turn]] = {}
    for turn in turns:
        found.setdefault(key(turn), []).append(turn)
    return found


def number(turn: Turn) -> str:
    """Which turns of its conversation it is reported with."""
    count = len(turn.earlier) + 1
    return next(name for first, last, name in NUMBERS if first <= count <= last)
