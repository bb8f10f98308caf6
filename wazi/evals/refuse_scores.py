# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Trials of refusal -> rates, AUC, risk at coverage, with intervals over questions. All shares x 100.

A question's two trials stay together in every resample. It does not know how a trial was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wazi.evals import stats
from wazi.evals.stats import Interval

Margins = NDArray[np.float64]

ALLOWED = (0.05, 0.08)
"""Shares of false refusals at which refusal recall is compared: the bars of the suite."""
RESAMPLES = 1000
COVERAGES = tuple(tenth / 10 for tenth in range(1, 11))


@dataclass(frozen=True, slots=True)
class Trial:
    """One question, once with its answer in the corpus (`there`) and once without it (`removed`).

    Margins are what the evidence exceeds the floor by, negative where it was refused; minus infinity without any passage.
    """

    question: str
    language: str
    margin_there: float
    margin_removed: float
    kept: bool
    """Was something that answers among the passages kept to be read?"""


def report(trials: Sequence[Trial]) -> dict[str, Any]:
    """`n`, `metrics` with intervals, and the risk of an answer at each coverage."""
    there, removed = _margins(trials)
    metrics = {name: stats.interval(values) for name, values in _rates(trials).items()}
    metrics["auc"] = _resampled(there, removed, auc)
    for allowed in ALLOWED:
        name = f"refusal_recall_at_{round(100 * allowed)}_false"
        metrics[name] = _resampled(there, removed, partial(recall_at, allowed=allowed))
    return {"n": len(trials), "metrics": metrics, "risk_coverage": risk_coverage(trials)}


def means(trials: Sequence[Trial]) -> dict[str, float]:
    """The rates without intervals, AUC and `n`."""
    rates = {name: sum(values) / len(values) for name, values in _rates(trials).items()}
    return {**rates, "auc": auc(*_margins(trials)), "n": len(trials)}


def auc(there: Margins, removed: Margins) -> float:
    """How often a question with its answer has the greater margin than one without, ties half."""
    ordered = np.sort(removed)
    below = np.searchsorted(ordered, there, "left")
    upto = np.searchsorted(ordered, there, "right")
    return float(100 * (below + upto).mean() / (2 * len(removed)))


def recall_at(there: Margins, removed: Margins, *, allowed: float) -> float:
    """Share refused of the removed, at the highest floor that refuses at most a share `allowed` of those that are there.

    The floor is chosen on these same questions: what a perfectly tuned floor could reach, not what was reached.
    """
    floor = np.sort(there)[int(allowed * len(there))]
    return float(100 * (removed < floor).mean())


def risk_coverage(trials: Sequence[Trial]) -> list[Mapping[str, float]]:
    """Of the trials answered first, in the order of their margins: the share whose answer was not among what was kept."""
    rows = [(each.margin_there, not each.kept) for each in trials] + [(each.margin_removed, True) for each in trials]
    wrong = [bad for _, bad in sorted(rows, key=lambda row: (-row[0], row[1]))]
    counts = [(share, max(1, round(share * len(wrong)))) for share in COVERAGES]
    return [{"coverage": 100 * share, "risk": 100 * sum(wrong[:count]) / count} for share, count in counts]


def _rates(trials: Sequence[Trial]) -> dict[str, list[float]]:
    return {
        "refusal_recall": [100.0 * (each.margin_removed < 0) for each in trials],
        "false_refusal": [100.0 * (each.margin_there < 0) for each in trials],
        "answer_kept": [100.0 * each.kept for each in trials],
    }


def _margins(trials: Sequence[Trial]) -> tuple[Margins, Margins]:
    return np.array([each.margin_there for each in trials]), np.array([each.margin_removed for each in trials])


def _resampled(there: Margins, removed: Margins, measure: Callable[[Margins, Margins], float]) -> Interval:
    random = np.random.default_rng(0)
    drawn = (random.integers(0, len(there), len(there)) for _ in range(RESAMPLES))
    low, high = np.quantile([measure(there[rows], removed[rows]) for rows in drawn], [0.025, 0.975])
    return Interval(value=measure(there, removed), low=float(low), high=float(high))
