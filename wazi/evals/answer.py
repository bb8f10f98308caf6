# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Ask every question of a folder as a reader does, and look at what the answer shows, cites and says.

It is `wazi.ask` itself, over a store in memory in which every passage is a document with its own access label: given the gold
passages, the reader holds theirs only. Passages are embedded with the vectors that are kept; questions never are, and sentences
are remembered as at a counter, so that seconds and joules of an answer are those of a reader's. Whether another passage
answers as well is not known.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import __version__, models
from wazi.ask import answer
from wazi.desk import QUOTE, Desk
from wazi.errors import InputError
from wazi.evals import answer_gold, answer_scores, passages, search, stats, task
from wazi.evals.answer_gold import Gold
from wazi.evals.answer_scores import Trial
from wazi.evals.cache import CountingEmbedder
from wazi.evals.rows import Problem, Text, problem
from wazi.evals.run import Choice, cost
from wazi.evals.search import ALL, Bar
from wazi.evals.task import Task
from wazi.languages import tag
from wazi.store.memory import MemoryStore
from wazi.types import EVERYTHING, Holding, Outcome, Passage, Reader

if TYPE_CHECKING:
    from wazi.config import Settings


@dataclass(frozen=True, slots=True)
class AnswerChoice(Choice):
    """What the command line chooses: see `wazi evals answer --help`."""

    model: str = QUOTE
    given_gold: bool = False


def evaluate_answer(
    folder: str | Path, settings: Settings, bar: Bar, choice: AnswerChoice | None = None
) -> dict[str, Any]:
    """What answers show, cite and say, with their cost, in the shape of the interface.

    Raises InputError for a folder that cannot be used, UsageError for a choice that cannot be met, MissingPart for a model
    that is not here.
    """
    choice = choice or AnswerChoice()
    job = task.load(folder, limit=choice.limit, only=choice.only)
    if job.versions:
        raise InputError(f"{job.name} has several language versions: answers are read from one corpus.jsonl")
    golds, noticed = answer_gold.load(Path(folder), job)
    job = replace(job, corpora={"": _searched(job, golds, choice)})
    inner = models.open_embedder(settings)
    with tempfile.TemporaryDirectory() as scratch, closing(CountingEmbedder(inner, choice.cache)) as embedder:
        desk = search.open_desk(settings, Path(scratch), embedder)
        with desk.meter.step("ingest"):
            held = search.take_in(job, desk, [""], choice.language, bar)[""]
            store = _store(held, job.corpora[""], embedder.dimension)
        asking = replace(desk, store=store, models=search.models_of(settings, inner))
        with desk.meter.step("answer"):
            trials = _run(job, golds, asking, choice, bar)
        if choice.run:
            _write(choice.run, trials, golds)
        problems = (*job.problems, *noticed, *_broken(trials))
        return {
            "task": "answer",
            "data": job.name,
            **answer_scores.report(trials),
            "by_language": _by_language(trials),
            "problems": [asdict(each) for each in problems],
            "cost": {**cost(desk, embedder), "answer": answer_scores.cost(trials)},
            "settings": _settings(asking, job, choice),
        }


def _searched(job: Task, golds: Mapping[str, Gold], choice: AnswerChoice) -> tuple[Text, ...]:
    """The passages that are held: all of them, or those that answer some question. Raises InputError."""
    if not choice.given_gold:
        return job.corpora[""]
    wanted = frozenset().union(*(gold.passages for gold in golds.values()))
    kept = tuple(text for text in job.corpora[""] if text.id in wanted)
    if not kept:
        raise InputError(f"{job.name} has none of its relevant passages: see docs/evals.md for the layout")
    return kept


def _store(held: Sequence[Passage], texts: Sequence[Text], dimension: int) -> MemoryStore:
    """Every passage a document, its text stored, under a label of its own."""
    store = MemoryStore(dimension)
    parts: dict[str, list[Passage]] = {}
    for passage in held:
        chunk = replace(passage.chunk, labels=frozenset({passage.chunk.document}))
        parts.setdefault(chunk.document, []).append(replace(passage, chunk=chunk))
    store.apply([_holding(text, parts[text.id]) for text in texts])
    store.note("languages", " ".join(sorted({tag(passage.chunk.language) for passage in held})))
    return store


def _holding(text: Text, parts: Sequence[Passage]) -> Holding:
    record = replace(passages.record(text.id), labels=frozenset({text.id}))
    return Holding(record, text.text if text.text.strip() else text.title, tuple(parts))


def _run(job: Task, golds: Mapping[str, Gold], desk: Desk, choice: AnswerChoice, bar: Bar) -> list[Trial]:
    stored = {text.id: desk.store.text(text.id, ALL) or "" for text in job.corpora[""]}
    trials = []
    with bar("asking", len(job.questions[""])) as done:
        for number, text in enumerate(job.questions[""], start=1):
            gold, language = golds[text.id], text.language or choice.language
            said = None
            if text.text.strip() and len(text.text) <= desk.settings.understand.max_characters:
                said = answer(text.text, _reader(gold, language, choice), desk, model=choice.model)
            trials.append(answer_scores.tried(text.id, language or "und", said, gold, stored))
            done(number)
    return trials


def _reader(gold: Gold, language: str | None, choice: AnswerChoice) -> Reader:
    labels = gold.passages if choice.given_gold else gold.pool or frozenset({EVERYTHING})
    return Reader("evals", labels, language)


def _broken(trials: Sequence[Trial]) -> list[Problem]:
    failed = [trial.question for trial in trials if trial.outcome == Outcome.FAILED]
    unasked = [trial.question for trial in trials if trial.outcome == answer_scores.NOT_ASKED]
    return [
        *problem("answers that failed", failed, "show nothing and score 0"),
        *problem("questions that are empty or too long", unasked, "cannot be asked and score 0"),
    ]


def _by_language(trials: Sequence[Trial]) -> dict[str, Any]:
    spoken = sorted({trial.language for trial in trials})
    return {name: answer_scores.report([trial for trial in trials if trial.language == name]) for name in spoken}


def _write(file: Path, trials: Sequence[Trial], golds: Mapping[str, Gold]) -> None:
    """One line of JSON a question: the answer, its scores and its gold; whole or not at all. Raises InputError."""
    part = file.with_name(file.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as out:
            for trial in trials:
                row = {**asdict(trial), "gold": {**asdict(golds[trial.question]), "pool": None}}
                out.write(json.dumps(row, ensure_ascii=False, default=sorted) + "\n")
        os.replace(part, file)
    except OSError as error:
        raise InputError(f"cannot write the answers to {file}: {error.strerror}: choose another --run") from error


def _settings(desk: Desk, job: Task, choice: AnswerChoice) -> dict[str, Any]:
    settings = desk.settings
    return {
        "wazi": __version__,
        "model": choice.model,
        "given": "gold" if choice.given_gold else "pool",
        "embed": desk.models.embedder.version,
        "retrieve": settings.retrieve.model_dump(),
        "rerank": settings.rerank.model_dump(),
        "sentences": settings.compose.sentences,
        "language": choice.language,
        "limit": choice.limit,
        "only": choice.only.name if choice.only else None,
        "passages": len(job.corpora[""]),
        "passages_in_parts": search.in_parts(job.corpora[""]),
        "interval": f"95 %, percentile bootstrap over questions, {stats.RESAMPLES} resamples",
    }
