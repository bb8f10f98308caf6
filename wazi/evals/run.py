# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Run a task through the very steps that answer questions, and score what comes back."""

from __future__ import annotations

import resource
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wazi import models
from wazi.audit import Trail
from wazi.config import Settings
from wazi.desk import Desk, Models
from wazi.embed import embed
from wazi.evals import metrics, stats, task
from wazi.languages import identify
from wazi.meter import Meter
from wazi.retrieve import retrieve
from wazi.store.memory import MemoryStore
from wazi.types import EVERYTHING, Chunk, Holding, Record, Scope, Status
from wazi.understand import understand

MEASURES: dict[str, Callable[[Mapping[str, int], Mapping[str, float]], float]] = {
    "ndcg@10": lambda gains, run: metrics.ndcg(gains, run, 10),
    "recall@10": lambda gains, run: metrics.recall(gains, run, 10),
    "mrr@10": lambda gains, run: metrics.mrr(gains, run, 10),
}
ALL = Scope(frozenset({EVERYTHING}))


def evaluate_retrieve(
    folder: str | Path, settings: Settings, *, language: str | None = None, progress: Callable[[str], None]
) -> dict[str, Any]:
    """nDCG@10, recall@10 and MRR@10 x 100 of lexical + dense retrieval on a BEIR folder, in the shape of the interface.

    `language` stands for passages and questions whose files do not say; without it each is identified.
    """
    job = task.load(folder)
    with tempfile.TemporaryDirectory() as scratch:
        desk = _desk(settings, Path(scratch))
        progress(f"{job.name}: {len(job.corpus)} passages, {len(job.queries)} questions")
        with desk.meter.step("ingest"):
            _take_in(job, desk, language, progress)
        runs: dict[str, dict[str, float]] = {}
        spoken: dict[str, str] = {}
        with desk.meter.step("retrieve"):
            for question in job.queries:
                query = understand(question.text, desk, language=question.language or language)
                spoken[question.id] = query.language
                runs[question.id] = {hit.chunk.id: hit.score for hit in retrieve(query, ALL, desk, k=10)}
        return _report(job, runs, spoken, desk)


def _desk(settings: Settings, scratch: Path) -> Desk:
    return Desk(
        settings=settings,
        store=MemoryStore(models.dimension(settings)),
        models=Models(lambda: models.open_embedder(settings), lambda name: models.open_generator(settings, name)),
        audit=Trail(scratch, keep_questions=False),
        meter=Meter(settings.meter),
    )


def _take_in(job: task.Task, desk: Desk, language: str | None, progress: Callable[[str], None]) -> None:
    """Every passage of the corpus as one chunk: the task decides what a passage is."""
    chunks = [
        Chunk(
            id=text.id,
            document=job.name,
            text=text.text,
            start=0,
            end=len(text.text),
            page=None,
            headings=(text.title,) if text.title else (),
            language=text.language or language or identify.language(text.text),
        )
        for text in job.corpus
    ]
    passages = embed(
        chunks, desk, lambda done: progress(f"  embedded {done}/{len(chunks)}") if done % 320 == 0 else None
    )
    record = Record(job.name, job.name, job.name, "", "application/jsonl", Status.COMPLETE, chunks=len(chunks))
    desk.store.apply([Holding(record, "", tuple(passages))])


def _report(job: task.Task, runs: dict[str, dict[str, float]], spoken: dict[str, str], desk: Desk) -> dict[str, Any]:
    scores = {
        name: {query.id: 100 * measure(job.qrels[query.id], runs[query.id]) for query in job.queries}
        for name, measure in MEASURES.items()
    }
    by_language: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, values in scores.items():
        for query, value in values.items():
            by_language[spoken[query]][name].append(value)
    cost = desk.meter.cost()
    return {
        "task": "retrieve",
        "data": job.name,
        "n": len(job.queries),
        "metrics": {name: stats.interval(list(values.values())) for name, values in scores.items()},
        "by_language": {
            tag: {name: sum(values) / len(values) for name, values in measured.items()}
            | {"n": len(measured["ndcg@10"])}
            for tag, measured in sorted(by_language.items())
        },
        "cost": {
            "seconds": cost.seconds,
            "joules": cost.joules,
            "joules_method": cost.joules_method,
            "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "steps": cost.steps,
        },
        "settings": {
            "embed": desk.models.embedder.version,
            "retrieve": desk.settings.retrieve.model_dump(),
        },
    }
