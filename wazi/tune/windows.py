# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Rows as token windows with their targets, kept in one file, and the order in which training sees them.

Every pass over the rows draws anew which rows get a negative and where a long passage is cut. All of it follows from the seed, so a
run that is resumed sees what the interrupted one would have seen. It knows nothing of PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from wazi.models import reader_inputs
from wazi.models.e5_pieces import Cutter, Pieces
from wazi.models.e5_weights import Weights
from wazi.models.reader_inputs import LONGEST_QUESTION, MARKS, Pair
from wazi.tune import negatives
from wazi.tune.negatives import Ranked
from wazi.tune.sets import Row

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 208
"""Tokens of a training window: shorter than what is read later, for more of them an hour."""

CLOSE, WITHOUT_FACT, SHORTENED = SHARES = 0.5, 0.35, 0.3
"""Shares of rows with a span that get a close negative, get their passage without the fact, or lose another sentence."""

REACH = 40
"""Batches among which windows of like lengths are put together."""


@dataclass(frozen=True, slots=True)
class Window:
    """One training window. `begin` and `end` are tokens of `pair.ids`, 0 for "not here"; `span` says whether they count."""

    pair: Pair
    begin: int
    end: int
    span: bool
    relevant: bool


class Maker:
    """Makes the windows of rows."""

    def __init__(self, cutter: Cutter, weights: Weights) -> None:
        self._cutter, self._weights = cutter, weights
        self._cut: dict[str, Pieces] = {}

    def rows(self, rows: Sequence[Row], ranked: Mapping[str, Ranked], random: Random) -> Iterator[Window]:
        """All windows of one pass over the rows, in their order; `ranked` are the pools that negatives come from."""
        for row in rows:
            question = self._cutter.ids(row.question)
            for passage in row.wrong:
                yield self._window(question, passage.text, None, random, span=bool(row.spans), relevant=False)
            if not row.spans:
                yield self._window(question, row.passage.text, None, random, span=False, relevant=True)
                yield from self._close(question, row, ranked, random)
                continue
            other = negatives.without_other(row, random) if random.random() < SHORTENED else None
            text, spans = other or (row.passage.text, row.spans)
            yield self._window(question, text, spans[0], random, span=True, relevant=True)
            drawn = random.random()
            if drawn < CLOSE:
                yield from self._close(question, row, ranked, random)
            elif drawn < CLOSE + WITHOUT_FACT:
                left = negatives.without_fact(row)
                if left:
                    yield self._window(question, left, None, random, span=True, relevant=False)

    def _close(
        self, question: Sequence[int], row: Row, ranked: Mapping[str, Ranked], random: Random
    ) -> Iterator[Window]:
        found = negatives.close(row, ranked[row.passage.pool])
        if found:
            text = random.choice(found).text
            yield self._window(question, text, None, random, span=bool(row.spans), relevant=False)

    def _window(
        self,
        question: Sequence[int],
        text: str,
        place: tuple[int, int] | None,
        random: Random,
        *,
        span: bool,
        relevant: bool,
    ) -> Window:
        pieces = self._pieces(text)
        room = LONGEST - MARKS - len(question[-LONGEST_QUESTION:])
        begin, end = _tokens(pieces, place) if place else (0, 0)
        at = 0
        if len(pieces.ids) > room:
            lowest, highest = max(0, end - room + 1), min(begin, len(pieces.ids) - room)
            at = random.randint(lowest, max(lowest, highest)) if place else random.randint(0, len(pieces.ids) - room)
        pair = reader_inputs.pair(question, pieces.ids[at : at + room], self._weights, begin=at)
        shift = pair.first - at
        if not place or begin + shift < pair.first or end + shift >= len(pair.ids) - 1:  # longer than a window
            return Window(pair, 0, 0, span and not place, relevant)
        return Window(pair, begin + shift, end + shift, span, relevant)

    def _pieces(self, text: str) -> Pieces:
        if text not in self._cut:
            self._cut[text] = self._cutter.pieces(text)
        return self._cut[text]


def _tokens(pieces: Pieces, place: tuple[int, int]) -> tuple[int, int]:
    """The first and the last token of the characters `place`."""
    begin = next((at for at, end in enumerate(pieces.ends) if end > place[0]), len(pieces.ids) - 1)
    last = next((at for at in range(len(pieces.ids) - 1, -1, -1) if pieces.starts[at] < place[1]), begin)
    return begin, max(begin, last)


def save(windows: Sequence[Window], file: Path) -> None:
    """Write windows so that `load` gives them back."""
    ids = [np.array(each.pair.ids, np.int32) for each in windows]
    numbers = [(len(w.pair.ids), w.pair.first, w.pair.begin, w.begin, w.end, w.span, w.relevant) for w in windows]
    temporary = file.with_suffix(".part.npz")
    np.savez(temporary, ids=np.concatenate(ids), numbers=np.array(numbers, np.int32))
    temporary.replace(file)


def load(file: Path) -> list[Window]:
    """The windows of a file."""
    with np.load(file) as stored:
        ids, numbers = stored["ids"], stored["numbers"]
    ends = np.cumsum(numbers[:, 0])
    found = []
    for stop, (size, first, at, begin, end, span, relevant) in zip(ends.tolist(), numbers.tolist(), strict=True):
        pair = Pair(ids[stop - size : stop].tolist(), first, at)
        found.append(Window(pair, begin, end, bool(span), bool(relevant)))
    return found


def batches(sizes: Sequence[int], tokens: int, random: Random) -> list[list[int]]:
    """Window numbers in batches of at most `tokens` with their padding, like lengths together, in a random order."""
    order = list(range(len(sizes)))
    random.shuffle(order)
    reach = max(1, REACH * tokens * len(sizes) // max(1, sum(sizes)))
    made: list[list[int]] = []
    for start in range(0, len(order), reach):
        batch: list[int] = []
        for number in sorted(order[start : start + reach], key=sizes.__getitem__):
            if batch and sizes[number] * (len(batch) + 1) > tokens:
                made.append(batch)
                batch = []
            batch.append(number)
        made.append(batch)
    random.shuffle(made)
    return made


def targets(windows: Sequence[Window]) -> dict[str, NDArray[np.float32]]:
    """The targets of a batch, each of shape (len(windows),)."""
    return {
        name: np.array([getattr(each, name) for each in windows], np.float32)
        for name in ("begin", "end", "span", "relevant")
    }
