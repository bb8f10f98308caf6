# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The limit up to which words are held in memory: beyond it, and on both ways over it, the same chunks are found."""

from pathlib import Path

import pytest

from wazi.store.lance import LanceStore
from wazi.testing import ANYBODY, DIMENSION, ids, make_holding

HR = frozenset({"hr"})


def opened(home: Path, limit: int) -> LanceStore:
    return LanceStore(str(home), words_in_memory=limit, exact_rows=9, dimension=DIMENSION)


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("limit", [0, 99])
def test_beyond_the_limit_the_same_chunks_are_found(tmp_path: Path, limit: int, warm: bool) -> None:
    store = opened(tmp_path, limit)
    store.apply([make_holding("open", ["maji safi", "ada ya maji"]), make_holding("shut", ["maji"], labels=HR)])
    if warm:
        store.warm()
    assert {*ids(store.lexical(["maji"], ANYBODY, 9))} == {"open:0", "open:1"}
    assert ids(store.lexical(["ada", "maji"], ANYBODY, 1)) == ["open:1"]
    assert store.lexical([" ", ""], ANYBODY, 9) == []


def test_a_warm_store_grows_past_the_limit_and_comes_back(tmp_path: Path) -> None:
    store, names = opened(tmp_path, 7), [f"d{number}" for number in range(4)]
    for number, name in enumerate(names):  # three rows each
        store.warm()
        store.apply([make_holding(name, ["maji moto", "moto"])])
        assert len(store.lexical(["moto"], ANYBODY, 99)) == 2 * (number + 1)
    store.apply([], delete=names[1:])
    store.compact()
    assert ids(store.lexical(["moto"], ANYBODY, 99)) == ["d0:1", "d0:0"]
    assert store.lexical(["maji"], ANYBODY, 0) == []


def test_another_limit_after_a_restart(tmp_path: Path) -> None:
    opened(tmp_path, 99).apply([make_holding("a", ["maji"])])
    for limit in (0, 99):
        store = opened(tmp_path, limit)
        assert ids(store.lexical(["maji"], ANYBODY, 9)) == ["a:0"]
        store.warm()
        assert ids(store.lexical(["maji"], ANYBODY, 9)) == ["a:0"]
