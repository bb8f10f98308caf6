# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Passages keep their order, their context and their batches."""

import numpy as np

from wazi.desk import Desk
from wazi.embed import embed
from wazi.types import Chunk


def chunk(number: int, headings: tuple[str, ...] = ()) -> Chunk:
    text = f"Paragraph {number} of the by-law."
    return Chunk(f"c{number}", "d", text, 0, len(text), None, headings, "en")


def test_order_and_length(desk: Desk) -> None:
    chunks = [chunk(number) for number in range(70)]
    heard: list[int] = []
    passages = embed(chunks, desk, heard.append)
    assert [passage.chunk for passage in passages] == chunks
    assert heard == [32, 64, 70]
    alone = embed([chunks[50]], desk)[0]
    assert np.allclose(alone.vector, passages[50].vector)


def test_headings_are_searched_but_not_part_of_the_text(desk: Desk) -> None:
    plain, headed = embed([chunk(1), chunk(1, ("Markets", "Fees"))], desk)
    assert "fees" in headed.tokens
    assert "fees" not in plain.tokens
    assert headed.chunk.text == plain.chunk.text
    assert not np.allclose(plain.vector, headed.vector)


def test_a_vector_that_is_held_is_not_made_again(desk: Desk) -> None:
    kept = np.full(desk.models.embedder.dimension, 0.5, np.float32)
    counted: list[int] = []
    passages = embed([chunk(1), chunk(2)], desk, counted.append, held={chunk(1).id: kept})
    assert passages[0].vector is kept
    assert not np.allclose(passages[1].vector, kept)
    assert counted == [2]
