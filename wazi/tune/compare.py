# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Two readers on the same held-back questions, one value a question, language by language, with what they cost.

`reading` is the F1 of the best span with the gold answer, `answering` whether a passage that answers is not refused, `refusal` the
share of passages refused that do not answer (a close one, and the right one without its fact), `telling` whether the right passage
stands above those. All 0 to 100. Refused is what answering would refuse (`Reader.answerable`), for a passage that leads others no
more and no less than is usual: nothing is searched here. It does not decide.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wazi.evals import answer_text
from wazi.evals.make_twins import telling
from wazi.languages import analyse, sentences
from wazi.models import Embedder, PassageReader, Reading
from wazi.tune import negatives
from wazi.tune.negatives import Ranked
from wazi.tune.sets import Row

MEASURES = ("reading", "answering", "refusal", "telling")

Values = dict[str, dict[str, list[float]]]
"""By measure and language, one a question."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one reader does: values, processor seconds a pair, and MiB of its weights."""

    values: Values
    seconds: float
    mib: float


@dataclass(frozen=True, slots=True)
class Near:
    """How near a passage is to its question: cosine, and the share of telling words, None across languages."""

    cosine: float
    overlap: float | None


class SameWords:
    """No model: the sentence that holds most of the words of the question; what a first trained reader has to beat."""

    name = "none"
    _ENOUGH = 0.5

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        """One reading a passage; its margin is the share of common words less a half. `parts` are not read."""
        asked = telling(question, None)
        return [self._best(asked, passage) for passage in passages]

    def odds(self, reading: Reading, *, cosine: float, overlap: float | None) -> float:
        """The margin."""
        return reading.margin

    def answerable(self, odds: float, *, lead: float | None) -> float:
        return odds

    def _best(self, asked: frozenset[str], passage: str) -> Reading:
        spans = sentences.split(passage, "en") or [(0, len(passage))]
        shares = [len(asked & telling(passage[start:end], None)) / max(1, len(asked)) for start, end in spans]
        best = max(range(len(spans)), key=shares.__getitem__)
        return Reading(*spans[best], shares[best], self._ENOUGH, shares[best])


def compare(
    readers: Sequence[PassageReader],
    rows: Sequence[Row],
    ranked: Mapping[str, Ranked],
    mib: Sequence[float],
    embedder: Embedder,
) -> list[Figures]:
    """The figures of each reader, in turns question by question, so that both meet the same load of the machine.

    The embedder says how near question and passages are, which readers weigh.
    """
    values: list[Values] = [{measure: defaultdict(list) for measure in MEASURES} for _ in readers]
    seconds, pairs = [0.0] * len(readers), 0
    for turn, row in enumerate(rows):
        passages = [row.passage.text, *_silent(row, ranked)]
        pairs += len(passages)
        near = [
            Near(float(cosine), _overlap(row, passage))
            for cosine, passage in zip(
                embedder.passages(passages) @ embedder.query(row.question), passages, strict=True
            )
        ]
        for number in sorted(range(len(readers)), key=lambda each: (each + turn) % len(readers)):
            began = time.process_time()
            found = readers[number].read(row.question, passages)
            seconds[number] += time.process_time() - began
            for measure, value in _judged(row, found, readers[number], near).items():
                values[number][measure][row.language].append(value)
    return [
        Figures({name: dict(cells) for name, cells in own.items()}, spent / max(1, pairs), size)
        for own, spent, size in zip(values, seconds, mib, strict=True)
    ]


def _silent(row: Row, ranked: Mapping[str, Ranked]) -> list[str]:
    """Passages that do not answer: the closest of the pool, and the right one without its fact."""
    close = negatives.close(row, ranked[row.passage.pool])
    left = negatives.without_fact(row)
    return [*(each.text for each in close[:1]), *([left] if left else [])]


def _overlap(row: Row, passage: str) -> float | None:
    """Share of the question's telling words in the passage, None across languages: as `wazi.rerank.shared`."""
    same = row.language == row.passage.language
    return analyse.overlap(row.question, passage, row.language) if same else None


def _judged(row: Row, found: Sequence[Reading], reader: PassageReader, near: Sequence[Near]) -> dict[str, float]:
    odds = [reader.odds(each, cosine=own.cosine, overlap=own.overlap) for each, own in zip(found, near, strict=True)]
    answered = [reader.answerable(each, lead=None) > 0 for each in odds]
    said = re.sub(r"\s+", " ", row.passage.text[found[0].start : found[0].end])
    values: dict[str, Any] = {
        "reading": answer_text.best(answer_text.f1, said, row.answers, row.passage.language),
        "answering": answered[0],
    }
    if len(found) > 1:
        values["refusal"] = answered[1:].count(False) / len(answered[1:])
        values["telling"] = odds[0] > max(odds[1:])
    return {name: 100.0 * value for name, value in values.items()}
