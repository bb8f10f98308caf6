# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Synthetic holdings in batches, of any number of rows and in little memory, with questions about them.

Vectors: 384 numbers of length 1 around 4,000 centres of unequal size in 64 departments; a question is the vector of a chunk
with noise (cosine .82), two random chunks have about .28. Texts: 120 invented words a chunk by Zipf's law, three documents of
four in an English vocabulary and the fourth in a Kinyarwanda one (letter groups), analysed by the real analyser. A document
has 20 chunks of one department, which is its access label; a tenth and a thousandth of the documents have one label more, and
a third has days. It says nothing about relevance on real text.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wazi.languages.analyse import tokens
from wazi.types import Chunk, Holding, Passage, Record, Scope, Status

if TYPE_CHECKING:
    from wazi.types import Vector

DIMENSION, DEPARTMENTS, CENTRES = 384, 64, 4_000
CHUNKS, WORDS, VOCABULARY = 20, 120, 100_000
TENTH, THOUSANDTH = "tenth", "thousandth"
TODAY = dt.date(2026, 1, 1)
ALL, DEPARTMENT, CENTRE = 0.28, 0.12, 0.28
"""Shares of a vector, as squared lengths: common to all, to its department, to its centre; the rest is its own."""
LIKE_ITS_SOURCE = 0.82


@dataclass(frozen=True)
class Batch:
    """Documents from the number `first` on, and what a check of the store needs to know of their chunks."""

    first: int
    holdings: list[Holding]
    vectors: NDArray[np.float32]
    departments: NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """Tokens and vector made from one chunk, the department that chunk is in, and the tokens with 22 more of less weight."""

    tokens: tuple[str, ...]
    weights: dict[str, float]
    vector: Vector
    department: int
    kind: str


@functools.cache
def vocabulary(language: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Invented words by frequency, the frequent ones shorter, each with its tokens in the language."""
    rng = np.random.default_rng(len(language) + ord(language[0]))
    onsets = ["b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v", "z", "mb", "nd", "ny", "sh", "rw"]
    syllables = np.array([onset + vowel for onset in onsets for vowel in "aeiou"])
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        length = 1 + int(np.log10(1 + len(words)) / 1.7) + int(rng.integers(0, 2))
        skewed = (len(syllables) * rng.random(length) ** 2).astype(int)
        words["".join(syllables[skewed])] = None
    return list(words), [tokens(word, language) for word in words]


@functools.cache
def centres() -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
    """The centres with their common and departmental parts, the department of each, and how often each is drawn."""
    rng = np.random.default_rng(1)
    owners = rng.integers(0, DEPARTMENTS, CENTRES)
    made = np.sqrt(ALL) * directions(1, rng) + np.sqrt(DEPARTMENT) * directions(DEPARTMENTS, rng)[owners]
    often = (1 + rng.permutation(CENTRES)) ** -0.5
    return np.asarray(made + np.sqrt(CENTRE) * directions(CENTRES, rng), np.float32), owners, often / often.sum()


def directions(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Random vectors of length 1."""
    drawn = rng.standard_normal((count, DIMENSION), np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def language(document: int) -> str:
    return "rw" if document % 4 == 3 else "en"


def ranks(document: int) -> NDArray[np.int64]:
    """The words of a document's chunks as places in the vocabulary: Zipf's law, the same at every call."""
    drawn = np.random.default_rng([2, document]).random((CHUNKS, WORDS))
    return (VOCABULARY**drawn).astype(np.int64) - 1


def labels(document: int, department: int) -> frozenset[str]:
    draw = np.random.default_rng([3, document]).random()
    more = ([TENTH] if draw < 0.1 else []) + ([THOUSANDTH] if draw < 0.001 else [])
    return frozenset({f"dept{department}", *more})


def days(document: int) -> dict[str, dt.date]:
    """The validity of a document: a third has one, of which half have ended by `TODAY`."""
    if document % 3:
        return {}
    return {"valid_from": dt.date(2025, 1, 1), "valid_until": dt.date(2025 + document % 2, 6, 30)}


def batch(first: int, count: int) -> Batch:
    """Documents `first` to `first + count - 1`, the same at every call."""
    rng = np.random.default_rng([4, first])
    points, owners, often = centres()
    departments = owners[rng.choice(CENTRES, count, p=often)]
    rows = np.empty((count, CHUNKS), np.int64)
    for n, department in enumerate(departments):
        mine = np.flatnonzero(owners == department)
        rows[n] = rng.choice(mine, CHUNKS, p=often[mine] / often[mine].sum())
    own = np.sqrt(1 - ALL - DEPARTMENT - CENTRE) * directions(count * CHUNKS, rng)
    drawn = points[rows.ravel()] + own
    vectors = np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)
    held = [
        holding(first + n, int(department), vectors[n * CHUNKS : (n + 1) * CHUNKS])
        for n, department in enumerate(departments)
    ]
    return Batch(first, held, vectors, np.repeat(departments, CHUNKS))


def batches(rows: int, documents: int = 250) -> Iterator[Batch]:
    """All documents of a store of so many rows, some at a time."""
    last = rows // CHUNKS
    for first in range(0, last, documents):
        yield batch(first, min(documents, last - first))


def holding(document: int, department: int, vectors: NDArray[np.float32]) -> Holding:
    """One document with its chunks."""
    words, forms = vocabulary(language(document))
    name, rights = f"d{document}", labels(document, department)
    known: dict[str, Any] = {"labels": rights, **days(document)}
    passages, start = [], 0
    for n, row in enumerate(ranks(document)):
        text = " ".join([words[rank] for rank in row])
        end = start + len(text)
        chunk = Chunk(f"{name}:{n}", name, text, start, end, 1, ("Part", name), language(document), **known)
        passages.append(Passage(chunk, tuple(form for rank in row for form in forms[rank]), vectors[n]))
        start = end + 1
    text = "\n".join(passage.chunk.text for passage in passages)
    record = Record(name, name, f"/{name}", name, "text/plain", Status.COMPLETE, chunks=CHUNKS, **known)
    return Holding(record, text, tuple(passages))


def questions(rows: NDArray[np.float32], departments: NDArray[np.int64], count: int, seed: int) -> list[Question]:
    """Questions about chunks: four middling words of one chunk, and in every second question two very common ones more."""
    rng = np.random.default_rng(seed)
    made = []
    for n, row in enumerate(rng.integers(0, len(rows), count)):
        document, tongue = int(row) // CHUNKS, language(int(row) // CHUNKS)
        words, forms = vocabulary(tongue)
        there = ranks(document)[int(row) % CHUNKS]
        middling = rng.permutation(np.unique(there[(there >= 300) & (there < 30_000)]))[:4].tolist()
        asked = [*middling, *(rng.permutation(20)[:2].tolist() if n % 2 else [])]
        vector = LIKE_ITS_SOURCE * rows[row] + np.sqrt(1 - LIKE_ITS_SOURCE**2) * directions(1, rng)[0]
        found = tokens(" ".join(words[rank] for rank in asked), tongue)
        more = [forms[rank][0] for rank in rng.permutation(np.arange(300, 30_000))[:22]]
        weights = {
            token: round(float(weight), 1) for token, weight in zip(more, rng.uniform(0.1, 0.9, 22), strict=True)
        }
        made.append(
            Question(
                found,
                weights | dict.fromkeys(found[:8], 1.0),
                np.asarray(vector / np.linalg.norm(vector), np.float32),
                int(departments[row]),
                f"{tongue} {6 if n % 2 else 4}w",
            )
        )
    return made


def scopes(questions: list[Question], everything: str) -> dict[str, list[Scope]]:
    """By name, the scope each question is asked in; `foreign` is another department than the one it points at."""
    others = [(question.department + 1 + n % (DEPARTMENTS - 1)) % DEPARTMENTS for n, question in enumerate(questions)]
    return {
        "none": [Scope(frozenset({everything}))] * len(questions),
        "tenth": [Scope(frozenset({TENTH}))] * len(questions),
        "thousandth": [Scope(frozenset({THOUSANDTH}))] * len(questions),
        "foreign": [Scope(frozenset({f"dept{other}"})) for other in others],
        "foreign_today": [Scope(frozenset({f"dept{other}"}), TODAY) for other in others],
    }
