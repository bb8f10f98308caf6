# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Kept vectors: the same as computed ones, checked when read, there after a stop."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wazi.errors import InputError
from wazi.evals.cache import BATCH, FILE, CountingEmbedder
from wazi.models.fake import FakeEmbedder

TEXTS = ["The office opens at eight.", "Ofisi inafunguliwa saa mbili.", ""]


class Stopping(FakeEmbedder):
    """Computes one batch, then is interrupted."""

    def __init__(self) -> None:
        self.batches = 0

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches += 1
        if self.batches > 1:
            raise KeyboardInterrupt
        return super().passages(texts)


def test_a_kept_vector_is_the_computed_one(tmp_path: Path) -> None:
    first = CountingEmbedder(FakeEmbedder(), tmp_path)
    computed, question = first.passages(TEXTS), first.query(TEXTS[0])
    first.close()
    again = CountingEmbedder(FakeEmbedder(), tmp_path)
    assert np.array_equal(again.passages(TEXTS), computed)
    assert np.array_equal(again.query(TEXTS[0]), question)
    assert again.counts == {"passage": (0, 3), "query": (0, 1)}
    assert first.counts == {"passage": (3, 0), "query": (1, 0)}
    assert np.array_equal(computed, FakeEmbedder().passages(TEXTS))


def test_a_passage_a_question_and_another_version_are_kept_apart(tmp_path: Path) -> None:
    CountingEmbedder(FakeEmbedder(), tmp_path).passages(TEXTS)
    asked = CountingEmbedder(FakeEmbedder(), tmp_path)
    asked.query(TEXTS[0])
    newer = FakeEmbedder()
    newer.version = "2"
    changed = CountingEmbedder(newer, tmp_path)
    changed.passages(TEXTS)
    assert asked.counts["query"].vectors_computed == 1
    assert changed.counts["passage"].vectors_computed == 3


def test_a_damaged_vector_is_computed_again(tmp_path: Path) -> None:
    first = CountingEmbedder(FakeEmbedder(), tmp_path)
    computed = first.passages(TEXTS)
    first.close()
    with sqlite3.connect(tmp_path / FILE) as rows:
        rows.execute("UPDATE vectors SET vector = zeroblob(length(vector)) WHERE rowid = 1")
        rows.execute("UPDATE vectors SET vector = x'00' WHERE rowid = 2")
    again = CountingEmbedder(FakeEmbedder(), tmp_path)
    assert np.array_equal(again.passages(TEXTS), computed)
    assert again.counts["passage"] == (2, 1)
    assert CountingEmbedder(FakeEmbedder(), tmp_path).passages(TEXTS).shape == (3, 384)


def test_what_was_computed_before_a_stop_is_kept(tmp_path: Path) -> None:
    texts = [f"Room {number}" for number in range(BATCH + 5)]
    with pytest.raises(KeyboardInterrupt):
        CountingEmbedder(Stopping(), tmp_path).passages(texts)
    after = CountingEmbedder(FakeEmbedder(), tmp_path)
    after.passages(texts)
    assert after.counts["passage"] == (5, BATCH)


def test_without_a_folder_nothing_is_kept() -> None:
    embedder = CountingEmbedder(FakeEmbedder(), None)
    embedder.passages(TEXTS)
    embedder.passages(TEXTS)
    assert embedder.counts["passage"] == (6, 0)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="--no-cache"):
        CountingEmbedder(FakeEmbedder(), tmp_path / "file")
    (tmp_path / FILE).write_bytes(b"not a database at all, but text that is long enough to be one" * 20)
    with pytest.raises(InputError, match="--no-cache"):
        CountingEmbedder(FakeEmbedder(), tmp_path)
