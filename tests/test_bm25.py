# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Words in memory: the same scores as the reference store, for any rows kept and any division into lists."""

import numpy as np
import pyarrow as pa
import pytest

from wazi.store import bm25
from wazi.store.memory import MemoryStore
from wazi.testing import DIMENSION, make_holding
from wazi.types import Scope


def held(texts: list[str | None], vocabulary: dict[str, int]) -> list[bm25.Postings]:
    half = len(texts) // 2
    return [bm25.posted(pa.array(part, pa.string()), vocabulary) for part in (texts[:half], texts[half:])]


def ranked(lists: list[bm25.Postings], kept: np.ndarray, asked: dict[int, float]) -> list[float]:
    """The scores of all rows, one after the other."""
    ends = np.cumsum([len(each.lengths) for each in lists])[:-1]
    counted = bm25.counted(lists, np.split(kept, ends))
    return [float(score) for part in bm25.scores(lists, counted, asked) for score in part]


def test_scores_are_those_of_the_reference_store_over_the_rows_kept() -> None:
    rng = np.random.default_rng(3)
    words = [f"w{n}" for n in range(30)]
    texts: list[str | None] = [" ".join(rng.choice(words, size=rng.integers(1, 25))) for _ in range(60)]
    labels = [frozenset({"a"}) if n % 3 else frozenset({"b"}) for n in range(60)]
    store = MemoryStore(DIMENSION)
    store.apply([make_holding(f"d{n}", [text or ""], labels=labels[n]) for n, text in enumerate(texts)])
    asked = {"w1": 1.0, "w2": 0.5, "w29": 3.0, "nowhere": 1.0}
    vocabulary: dict[str, int] = {}
    lists = held(texts, vocabulary)
    numbers = {vocabulary[word]: weight for word, weight in asked.items() if word in vocabulary}
    scores = ranked(lists, np.array(["a" in each for each in labels]), numbers)
    expected = dict(store.lexical(asked, Scope(frozenset({"a"})), 100))
    assert {f"d{n}:0": pytest.approx(score, rel=1e-5) for n, score in enumerate(scores) if score} == expected


def test_rows_without_words_count_for_nothing_and_find_nothing() -> None:
    vocabulary: dict[str, int] = {}
    lists = held(["a a b", None, None, "b"], vocabulary)
    assert bm25.counted(lists, [np.ones(2, bool)] * 2).indexed == 2
    assert np.flatnonzero(ranked(lists, np.ones(4, bool), {vocabulary["a"]: 1.0})).tolist() == [0]


def test_nothing_kept_finds_nothing() -> None:
    vocabulary: dict[str, int] = {}
    lists = held(["a", "a b"], vocabulary)
    assert ranked(lists, np.zeros(2, bool), {vocabulary["a"]: 1.0}) == [0, 0]


def test_a_word_repeated_beyond_what_is_counted_counts_as_that_often() -> None:
    postings = bm25.posted(pa.array([" ".join(["x"] * 300), "x"]), {})
    assert postings.times.tolist() == [bm25.MOST_TIMES, 1]
    assert postings.lengths.tolist() == [300, 1]
