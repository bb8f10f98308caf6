# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the signals of a trained reader are worth: weights under which they are the log odds that a passage answers.

Development questions are asked of their whole corpus by the steps that answer questions, once with their answer there and once
without it. A logistic regression (Newton's steps, a small ridge, both classes of equal weight) tells what answers from what does
not; passages that hold the words of an answer without being judged count for neither. A second one tells questions with an answer
from questions without, by the odds of the best passage and the lead of the first hit, and its floor refuses a given share of those
with one. It trains no reader.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wazi import models
from wazi.errors import InputError
from wazi.evals import answer_gold, refuse, search, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.command import bar
from wazi.models import Reading, e5_weights, reader_file
from wazi.models.e5_pieces import Cutter
from wazi.models.reader import LEAD, ODDS, Reader, signals
from wazi.rerank import lead, look, settled, shortlist
from wazi.retrieve import retrieve
from wazi.tune import sets
from wazi.tune.reader import base, divided
from wazi.tune.split import DEV
from wazi.types import Hit, Scope
from wazi.understand import understand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.cli import Terminal
    from wazi.config import Settings
    from wazi.evals.answer_gold import Gold
    from wazi.tune.sets import Source

NAMES = ("relevance", "margin", "cosine", "overlap", "across")
FALSE_REFUSALS, FALSE_WITH_LEAD = 0.06, 0.08
"""Share of the answerable development questions that odds of 0 refuse, without and with the lead."""
Trial = tuple[Sequence[float], float | None, bool]
"""The odds of the passages in order, the lead, and whether the answer was there."""
STEPS, RIDGE = 40, 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, with its answer `there` or not: the signals of every passage read, and whether each answers (None: unknown)."""

    source: str
    there: bool
    values: list[list[float]] = field(default_factory=list)
    answers: list[bool | None] = field(default_factory=list)
    lead: float | None = None

    def trial(self, weights: Mapping[str, float]) -> Trial:
        """What `fit_lead` needs, by the weights that `fit` gave."""
        odds = [
            weights["bias"] + sum(weights[n] * v for n, v in zip(NAMES, value, strict=True)) for value in self.values
        ]
        return odds, self.lead, self.there


class Recorder:
    """A reader that remembers the signals of what it read."""

    def __init__(self, reader: Reader) -> None:
        self.name, self._reader = reader.name, reader
        self.seen: list[list[float]] = []

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        return self._reader.read(question, passages, parts)

    def odds(self, reading: Reading, *, cosine: float, overlap: float | None) -> float:
        named = signals(reading, cosine, overlap)
        self.seen.append([named[name] for name in NAMES])
        return reading.margin

    def answerable(self, odds: float, *, lead: float | None) -> float:
        return odds


def weigh(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """`wazi tune odds`: fit the weights on development questions and write them into the reader's file."""
    file, data = Path(options.reader), Path(options.data)
    weights = e5_weights.read(base(settings))
    reader = Reader(weights, file)
    recipe = sets.recipe(Path(options.recipe))
    parts = divided(recipe, data, Cutter(weights), training=False)
    asked: list[Asked] = []
    kept = settings.models_dir.parent / "vectors"
    with closing(CountingEmbedder(models.open_embedder(settings), kept)) as embedder:
        for source in recipe.sources:
            ids = {row.id for row in parts.rows[DEV] if row.source == source.name}
            if ids and source.task == "read" and source.close:  # else its passages answer unjudged
                asked += ask(source, ids, data, reader, settings, embedder=embedder)
    if not asked:
        raise InputError(f"{options.recipe} holds back no question whose passages were judged: give it a set to read")
    found = fit(asked)
    leading = fit_lead([one.trial(found) for one in asked])
    trained = reader_file.read(file)
    reader_file.write(replace(trained, card={**trained.card, ODDS: found, LEAD: leading}), file)
    terminal.result({"file": str(file), "questions": len(asked) // 2, "weights": found, "lead": leading})
    terminal.line(f"{file}: weights of {len(asked) // 2} questions: {found}; of the lead: {leading}")
    return 0


def ask(
    source: Source, ids: set[str], data: Path, reader: Reader, settings: Settings, *, embedder: CountingEmbedder
) -> Iterator[Asked]:
    """Both trials of the questions of a set that are named."""
    job = task.load(data / source.folder)
    golds, _ = answer_gold.load(data / source.folder, job)
    language = source.language or None
    questions = [text for text in job.questions[""] if text.id in ids]
    with tempfile.TemporaryDirectory() as scratch, bar(f"reading {source.name}", len(questions)) as done:
        desk = search.open_desk(settings, Path(scratch), embedder)
        corpus = refuse.corpus_of(search.take_in(job, desk, [""], language, bar), "", desk)
        for number, text in enumerate(questions, start=1):
            query = understand(text.text, corpus.desk, language=text.language or language)
            gold = golds[text.id]
            for there in (True, False):
                scope = search.ALL if there else Scope(corpus.labels - gold.passages)
                found = retrieve(query, scope, corpus.desk)
                hits, recorder = shortlist(found, corpus.desk)[: settings.rerank.read], Recorder(reader)
                look(query, hits, recorder)
                answers = [_answers(hit, gold) for hit in hits]
                yield Asked(source.name, there, recorder.seen, answers, lead(found, corpus.desk))
            done(number)


def _answers(hit: Hit, gold: Gold) -> bool | None:
    if hit.chunk.document in gold.passages:
        return True
    text = hit.chunk.text.casefold()
    return None if any(len(words) > 1 and words.casefold() in text for words in gold.answers) else False


def fit(asked: Sequence[Asked]) -> Mapping[str, float]:
    """Weight of each signal and a bias. Raises nothing: signals that tell nothing get the weight 0."""
    known = [
        (value, says)
        for one in asked
        for value, says in zip(one.values, one.answers, strict=True)
        if says is not None and says == one.there
    ]
    weights, bias = _regression(np.array([value for value, _ in known]), np.array([says for _, says in known], float))
    best = sorted(max(np.array(one.values) @ weights + bias) for one in asked if one.there and one.values)
    floor = best[int(FALSE_REFUSALS * len(best))]
    return dict(zip((*NAMES, "bias"), np.round([*weights, bias - floor], 5).tolist(), strict=True))


def fit_lead(trials: Sequence[Trial]) -> Mapping[str, float]:
    """What `Reader.answerable` knows; nothing where no trial has passages and a lead."""
    known = [(best(odds), ahead, there) for odds, ahead, there in trials if odds and ahead is not None]
    if not known:
        return {"weight": 0.0, "mean": 0.0, "floor": 0.0}
    values = np.array([(found, ahead) for found, ahead, _ in known])
    (own, other), _ = _regression(values, np.array([there for *_, there in known], float))
    weight, mean = (max(0.0, float(other / own)) if own > 0 else 0.0), float(values[:, 1].mean())
    told = sorted(found + weight * (ahead - mean) for found, ahead, there in known if there)
    floor = told[int(FALSE_WITH_LEAD * len(told))]
    return {"weight": round(weight, 5), "mean": round(mean, 5), "floor": round(floor, 5)}


def best(odds: Sequence[float]) -> float:
    """The best of the passages that are read before it is settled."""
    found = -np.inf
    for each in odds:
        found = max(found, each)
        if settled(found):
            break
    return float(found)


def _regression(values: NDArray[np.float64], says: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    inputs = np.column_stack([(values - mean) / deviation, np.ones(len(values))])
    counts = np.where(says == 1, 0.5 / max(says.mean(), 1e-9), 0.5 / max(1 - says.mean(), 1e-9))
    ridge = RIDGE * np.array([1.0] * values.shape[1] + [1e-9])
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (counts * (says - likely)) - ridge * weights
        curve = (inputs * (counts * likely * (1 - likely))[:, None]).T @ inputs + np.diag(ridge)
        weights = weights + np.linalg.solve(curve, slope)
    own = weights[:-1] / deviation
    return own, float(weights[-1] - own @ mean)
