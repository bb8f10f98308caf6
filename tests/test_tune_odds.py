# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a reader's signals are worth: weights that tell answers from others, and a floor at a known share of refusals."""

import numpy as np

from wazi.tune.odds import FALSE_REFUSALS, NAMES, Asked, fit

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
