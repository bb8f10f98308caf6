# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a reader's signals are worth: weights that tell answers from others, and a floor at a known share of refusals."""

from collections.abc import Mapping

import numpy as np

from wazi.tune.odds import FALSE_REFUSALS, FALSE_WITH_LEAD, NAMES, Asked, Trial, best, fit, fit_lead

RANDOM = np.random.default_rng(3)


def asked(number: int, *, telling: str) -> list[Asked]:
    """Questions with one passage each, of which one signal tells whether it answers."""
    made = []
    for _ in range(number):
        for there in (True, False):
            values = RANDOM.normal(size=len(NAMES))
            values[NAMES.index(telling)] += 3 * there
            made.append(Asked("toy", there, [values.tolist()], [there]))
    return made


def odds(found: dict[str, float], values: list[float]) -> float:
    return found["bias"] + sum(found[name] * value for name, value in zip(NAMES, values, strict=True))


def test_the_signal_that_tells_gets_the_weight() -> None:
    found = dict(fit(asked(400, telling="margin")))
    assert found["margin"] > 1
    assert all(abs(found[name]) < 0.3 for name in NAMES if name != "margin")


def test_zero_refuses_the_share_of_answerable_questions_that_was_asked_for() -> None:
    questions = asked(500, telling="relevance")
    found = dict(fit(questions))
    there = [odds(found, one.values[0]) for one in questions if one.there]
    gone = [odds(found, one.values[0]) for one in questions if not one.there]
    assert np.mean(np.array(there) < -1e-3) <= FALSE_REFUSALS + 0.01
    assert np.mean(np.array(there) < 1e-3) >= FALSE_REFUSALS - 0.01
    assert np.mean(np.array(gone) < 0) > 0.8


def test_passages_that_may_answer_unjudged_count_for_neither() -> None:
    questions = asked(300, telling="cosine")
    before = fit(questions)
    misleading = Asked("toy", False, [[0.0, 0.0, 50.0, 0.0, 0.0]], [None])
    assert fit([*questions, misleading]) == before


def answerable(told: Mapping[str, float], trial: Trial) -> float:
    odds, lead, _ = trial
    return best(odds) + told["weight"] * ((lead or 0.0) - told["mean"]) - told["floor"]


def test_a_lead_that_tells_gets_a_weight_and_the_floor_refuses_the_share_asked_for() -> None:
    trials: list[Trial] = [
        ([float(RANDOM.normal() + there)], float(RANDOM.normal(2) + 2 * there), there)
        for _ in range(500)
        for there in (True, False)
    ]
    told = fit_lead(trials)
    refused = [np.mean([answerable(told, one) < 0 for one in trials if one[2] is there]) for there in (True, False)]
    without = sorted(best(odds) for odds, _, there in trials if there)[int(FALSE_WITH_LEAD * 500)]
    assert abs(refused[0] - FALSE_WITH_LEAD) < 0.01
    assert refused[1] > 0.2 + np.mean([best(odds) < without for odds, _, there in trials if not there])


def test_a_lead_that_misleads_counts_for_nothing() -> None:
    trials: list[Trial] = [([float(2 * there)], float(-there), there) for _ in range(50) for there in (True, False)]
    assert fit_lead(trials)["weight"] == 0
    backwards: list[Trial] = [([float(-there)], float(-there), there) for _ in range(50) for there in (True, False)]
    assert fit_lead(backwards)["weight"] == 0, "odds and lead that both mislead do not make a weight together"
    assert fit_lead([([1.0], None, True)]) == {"weight": 0.0, "mean": 0.0, "floor": 0.0}


def test_the_best_passage_is_the_best_of_those_that_are_read() -> None:
    assert best([-1.0, 0.2, 3.0, 9.0]) == 3.0
    assert best([-5.0, 9.0]) == -5.0
