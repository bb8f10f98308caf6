# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics against trec_eval (through ir_measures) on random runs; intervals against what is known about means."""

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from wazi.evals import metrics, score, stats

DOCUMENTS = st.sampled_from([f"d{number}" for number in range(12)])
JUDGED = st.dictionaries(DOCUMENTS, st.integers(-1, 3), min_size=1)
QUESTIONS = st.sampled_from([f"q{number}" for number in range(5)])
FOUND = st.dictionaries(DOCUMENTS, st.integers(-4, 4).map(float), min_size=1)


@settings(deadline=None, max_examples=150)
@given(JUDGED, FOUND, st.sampled_from([1, 3, 10]))
def test_metrics_agree_with_trec_eval_ties_and_negatives_included(
    judged: dict[str, int], found: dict[str, float], k: int
) -> None:
    values = ir_measures.pytrec_eval.iter_calc([nDCG @ k, R @ k, RR], {"q": judged}, {"q": found})
    theirs = {value.measure: value.value for value in values}
    assert metrics.ndcg(judged, found, k) == pytest.approx(theirs[nDCG @ k], abs=1e-6)
    assert metrics.recall(judged, found, k) == pytest.approx(theirs[R @ k], abs=1e-6)
    assert metrics.mrr(judged, found, len(found)) == pytest.approx(theirs[RR], abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(QUESTIONS, JUDGED, min_size=1), st.dictionaries(QUESTIONS, FOUND, min_size=1))
def test_means_over_a_whole_run_agree_with_trec_eval(
    judged: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> None:
    """Graded judgements, ties, questions that nothing was found for, and found ones that nobody judged."""
    judged = {question: gains for question, gains in judged.items() if max(gains.values()) > 0}
    run = {question: found for question, found in run.items() if question in judged}
    if not run:
        return
    names = {nDCG @ 10: "ndcg@10", R @ 1: "recall@1", R @ 10: "recall@10", R @ 100: "recall@100", RR: "mrr@10"}
    theirs = dict.fromkeys(names.values(), 0.0)
    for found in ir_measures.pytrec_eval.iter_calc(list(names), judged, run):
        beyond_ten = found.measure == RR and found.value < 0.1
        theirs[names[found.measure]] += 0.0 if beyond_ten else 100 * found.value / len(judged)
    assert score.means(score.scored(judged, run)) == pytest.approx(theirs, abs=1e-4)


def test_reciprocal_rank_is_cut_at_k() -> None:
    found = {"a": 3.0, "b": 2.0, "c": 1.0}
    assert metrics.mrr({"c": 1}, found, 3) == pytest.approx(1 / 3)
    assert metrics.mrr({"c": 1}, found, 2) == 0.0


def test_nothing_found_and_nothing_relevant_are_zero() -> None:
    for measure in (metrics.ndcg, metrics.recall, metrics.mrr):
        assert measure({"a": 1}, {}, 10) == 0.0
        assert measure({"a": 0}, {"a": 1.0}, 10) == 0.0


def test_an_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    values = np.random.default_rng(7).random(400).tolist()
    few, many = stats.interval(values[:25]), stats.interval(values)
    assert many["value"] == pytest.approx(np.mean(values))
    assert few["low"] < few["value"] < few["high"]
    assert many["high"] - many["low"] < few["high"] - few["low"]
    standard_error = float(np.std(values) / 20)
    assert many["high"] - many["low"] == pytest.approx(2 * 1.96 * standard_error, rel=0.1)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.0, 1.0, 0.5, 0.25, 1.0]
    assert stats.interval(values, seed=3) == stats.interval(values, seed=3)
    assert stats.interval([0.4] * 9) == pytest.approx({"value": 0.4, "low": 0.4, "high": 0.4})


def test_a_paired_difference_sees_what_two_intervals_hide() -> None:
    noise = np.random.default_rng(1).random(60)
    ours, theirs = (noise + 0.05).tolist(), noise.tolist()
    assert stats.interval(ours)["low"] < stats.interval(theirs)["high"]
    assert stats.difference(ours, theirs)["low"] == pytest.approx(0.05)


def test_wrong_use_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        stats.interval([])
    with pytest.raises(ValueError, match="got 2 and 1"):
        stats.difference([1.0, 2.0], [1.0])


def test_a_loss_is_as_likely_by_chance_as_simulation_says() -> None:
    random = np.random.default_rng(1)
    losses = [stats.chance_of_loss(list(random.normal(0, 1, 60)), [0.0] * 60) for _ in range(2000)]
    assert 0.015 < sum(p <= 0.025 for p in losses) / 2000 < 0.037
    assert stats.chance_of_loss([1.0, 1.0], [2.0, 2.0]) == 0
    assert stats.chance_of_loss([2.0], [2.0]) == 1
    with pytest.raises(ValueError, match="same queries"):
        stats.chance_of_loss([1.0], [])


def test_many_findings_at_once_by_holm() -> None:
    assert stats.beyond_chance([0.01, 0.04, 0.03, 0.005], 0.05) == [True, False, False, True]
    assert stats.beyond_chance([0.04], 0.05) == [True]
    assert stats.beyond_chance([], 0.05) == []
    random = np.random.default_rng(2)
    wrong = sum(any(stats.beyond_chance(list(random.uniform(0, 1, 72)), 0.025)) for _ in range(2000))
    assert wrong / 2000 < 0.04
