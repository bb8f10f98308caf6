# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Rankings and judgements -> the numbers of a report: one value a question, its mean, its interval, its paired differences.

It does not know how a ranking was made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wazi.evals import metrics, stats

Judged = Mapping[str, int]
Found = Mapping[str, float]
Scores = dict[str, dict[str, float]]
"""Measure -> question -> value x 100."""

MEASURES: dict[str, Callable[[Judged, Found], float]] = {
    "ndcg@10": lambda judged, found: metrics.ndcg(judged, found, 10),
    "recall@1": lambda judged, found: metrics.recall(judged, found, 1),
    "recall@10": lambda judged, found: metrics.recall(judged, found, 10),
    "recall@100": lambda judged, found: metrics.recall(judged, found, 100),
    "mrr@10": lambda judged, found: metrics.mrr(judged, found, 10),
}


def scored(judged: Mapping[str, Judged], run: Mapping[str, Found]) -> Scores:
    """Every measure of every judged question; one for which nothing was found gets 0."""
    return {
        name: {question: 100 * measure(gains, run.get(question, {})) for question, gains in judged.items()}
        for name, measure in MEASURES.items()
    }


def averaged(parts: Iterable[Scores]) -> Scores:
    """One value a question: its mean over the parts in which it stands. Questions are the unit that intervals draw."""
    values: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in MEASURES}
    for part in parts:
        for name, by_question in part.items():
            for question, value in by_question.items():
                values[name][question].append(value)
    return {name: {q: sum(each) / len(each) for q, each in found.items()} for name, found in values.items()}


def only(scores: Scores, questions: Iterable[str]) -> Scores:
    """The scores of some of the questions."""
    chosen = list(questions)
    return {name: {question: found[question] for question in chosen} for name, found in scores.items()}


def intervals(scores: Scores) -> dict[str, stats.Interval]:
    """The mean of every measure with its 95 % bootstrap interval."""
    return {name: stats.interval(list(found.values())) for name, found in scores.items()}


def means(scores: Scores) -> dict[str, float]:
    """The mean of every measure."""
    return {name: sum(found.values()) / len(found) for name, found in scores.items()}


def differences(ours: Scores, theirs: Scores) -> dict[str, stats.Interval]:
    """The mean of ours - theirs over the same questions, with its 95 % paired bootstrap interval."""
    return {
        name: stats.difference(list(found.values()), [theirs[name][question] for question in found])
        for name, found in ours.items()
    }


def report(ours: Scores, others: Mapping[str, Scores]) -> dict[str, Any]:
    """`n`, `metrics` and, for each of `others`, its metrics and our difference to it."""
    return {
        "n": len(ours["ndcg@10"]),
        "metrics": intervals(ours),
        "beside": {
            name: {"metrics": intervals(theirs), "difference": differences(ours, theirs)}
            for name, theirs in others.items()
        },
    }
