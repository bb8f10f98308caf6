# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""BM25 over the words of chunks in memory, which counts only the chunks that a reader may see.

Over all of them, the order of hits would tell which words documents have that the reader may not see. The score of a chunk is the
sum over the tokens asked of weight x idf x saturation. idf is ln(1 + (N - n + 0.5) / (n + 0.5)), saturation has the factor k1 + 1;
N, n and the mean length are those of the chunks kept. It does not know who may see what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1, B = 1.2, 0.75
"""Saturation and length weight, the values of Lucene and Lance."""

ROWS = 1 << 16
"""Of one list of postings at most, so that a row takes two bytes."""

MOST_TIMES = 255
"""A token that a chunk repeats more often counts as this often: a chunk has 4,000 characters at most."""


@dataclass(frozen=True)
class Postings:
    """Which of up to `ROWS` rows hold which words.

    `words` are numbers of the vocabulary, ascending; the rows of the n-th, ascending, and how often each holds it are at
    `starts[n]:starts[n + 1]`. `lengths` are the tokens of every row, 0 for one that has none.
    """

    words: NDArray[np.int32]
    starts: NDArray[np.int64]
    rows: NDArray[np.uint16]
    times: NDArray[np.uint8]
    lengths: NDArray[np.float32]

    def of(self, word: int) -> slice:
        """Where the rows of a word are; empty for one that no row holds."""
        at = int(np.searchsorted(self.words, np.int32(word)))  # of the same type, or the whole array is widened first
        if at == len(self.words) or self.words[at] != word:
            return slice(0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


class Counted(NamedTuple):
    """What a reader's chunks are together: how many have words, and for each list what dampens each row, infinite if not kept."""

    indexed: int
    dampings: list[NDArray[np.float32]]


def posted(tokens: pa.Array, vocabulary: dict[str, int]) -> Postings:
    """The words of up to `ROWS` rows from their tokens, joined by blanks; the vocabulary grows."""
    split = pc.split_pattern(tokens, " ")
    coded = split.flatten().dictionary_encode()
    rows, words = pc.list_parent_indices(split).to_numpy(), coded.indices.to_numpy()
    numbers = [vocabulary.setdefault(word, len(vocabulary)) for word in coded.dictionary.to_pylist()]
    rank = np.argsort(numbers)
    place = np.empty(len(rank), np.uint64)
    place[rank] = np.arange(len(rank))
    keys, times = np.unique(place[words] * ROWS + rows.astype(np.uint64), return_counts=True)
    starts = np.searchsorted(keys, np.arange(len(rank) + 1, dtype=np.uint64) * ROWS)
    return Postings(
        np.array(numbers, np.int32)[rank],
        starts,
        (keys % ROWS).astype(np.uint16),
        np.minimum(times, MOST_TIMES).astype(np.uint8),
        np.bincount(rows, minlength=len(tokens)).astype(np.float32),
    )


def counted(lists: Sequence[Postings], kept: Sequence[NDArray[np.bool_]]) -> Counted:
    """Of the rows that are kept."""
    lengths = [postings.lengths[own] for postings, own in zip(lists, kept, strict=True)]
    indexed = sum(int(np.count_nonzero(each)) for each in lengths)
    mean = sum(float(each.sum(dtype=float)) for each in lengths) / max(indexed, 1) or 1.0
    dampings = [
        np.where(own, np.float32(K1) * (1 - B + B / mean * postings.lengths), np.inf).astype(np.float32)
        for postings, own in zip(lists, kept, strict=True)
    ]
    return Counted(indexed, dampings)


def scores(lists: Sequence[Postings], of: Counted, asked: Mapping[int, float]) -> Iterator[NDArray[np.float32]]:
    """For each list one score a row, 0 where nothing that was asked is held or the row is not kept.

    `asked` are numbers of the vocabulary with their weights.
    """
    found: list[list[tuple[int, NDArray[np.uint16], NDArray[np.float32]]]] = []
    holding = dict.fromkeys(asked, 0)
    for postings, dampings in zip(lists, of.dampings, strict=True):
        found.append([])
        for word in asked:
            at = postings.of(word)
            rows, times = postings.rows[at], postings.times[at].astype(np.float32)
            saturated = times / (times + dampings[rows])
            holding[word] += int(np.count_nonzero(saturated))
            found[-1].append((word, rows, saturated))
    each = {
        word: np.float32(weight * (K1 + 1) * np.log1p((of.indexed - holding[word] + 0.5) / (holding[word] + 0.5)))
        for word, weight in asked.items()
    }
    for postings, held in zip(lists, found, strict=True):
        made = np.zeros(len(postings.lengths), np.float32)
        for word, rows, saturated in held:
            made[rows] += each[word] * saturated
        yield made
