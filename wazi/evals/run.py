# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Run a task through the very steps that answer questions, and score what comes back, in the shape of the interface."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from wazi import __version__, models
from wazi.config import Settings
from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.evals import passages, score, search, stats, task, trec
from wazi.evals.cache import CountingEmbedder
from wazi.evals.rows import Problem, problem
from wazi.evals.score import Scores
from wazi.evals.search import Bar, Rankings
from wazi.evals.task import MIXED, Direction, Task
from wazi.types import Query

UNKNOWN = "und"
"""The language of a question that cannot be asked and does not say, and of a passage that is not there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line chooses: see `wazi evals retrieve --help`."""

    language: str | None = None
    directions: Collection[str] = ()
    limit: int | None = None
    only: Path | None = None
    cache: Path | None = None
    run: Path | None = None
    baseline: Path | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A task that has been run."""

    job: Task
    found: Mapping[str, Rankings]
    """By the name of the direction."""
    scores: Mapping[str, Scores]
    ways: Mapping[str, Direction]
    spoken: Mapping[str, Mapping[str, str]]
    """The language of every question, by version."""
    written: Mapping[str, str]
    """The language of every passage."""


def evaluate_retrieve(folder: str | Path, settings: Settings, bar: Bar, choice: Choice | None = None) -> dict[str, Any]:
    """nDCG, recall and MRR x 100 of retrieval on a BEIR folder, beside lexical and dense search alone.

    Raises InputError for a folder, run or cache that cannot be used, UsageError for a choice that cannot be met.
    """
    choice = choice or Choice()
    job = task.load(folder, limit=choice.limit, only=choice.only)
    ways = {way.name: way for way in task.directions(job, choice.directions)}
    baselines = _baselines(job, ways, choice)
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(CountingEmbedder(models.open_embedder(settings), choice.cache)) as embedder,
    ):
        desk = search.open_desk(settings, Path(scratch), embedder)
        done = _run(job, ways, desk, choice.language, bar)
        for name, found in done.found.items():
            if choice.run:
                trec.write(trec.named(choice.run, name if len(ways) > 1 else ""), found.fused)
        problems = (*job.problems, *_absent(baselines, job))
        return {
            "task": "retrieve",
            "data": job.name,
            **_summary(done, baselines),
            "problems": [asdict(each) for each in problems],
            "cost": cost(desk, embedder),
            "settings": _settings(done, desk, choice),
        }


def _run(job: Task, ways: Mapping[str, Direction], desk: Desk, language: str | None, bar: Bar) -> Done:
    """Everything that costs time."""
    corpora = dict.fromkeys(way.corpus for way in ways.values())
    tags = list(job.corpora) if MIXED in corpora else list(corpora)
    with desk.meter.step("ingest"):
        held = search.take_in(job, desk, tags, language, bar)
    found: dict[str, Rankings] = {}
    spoken: dict[str, dict[str, str]] = {}
    for corpus in corpora:
        with desk.meter.step("ingest"):
            beside = replace(desk, store=search.store_of(held, corpus, desk.models.embedder.dimension))
        asked = [way for way in ways.values() if way.corpus == corpus]
        with desk.meter.step("understand"):
            queries = search.understood(job, beside, dict.fromkeys(way.questions for way in asked), language, bar)
        spoken |= _spoken(job, queries)
        found |= {way.name: search.run(way, queries[way.questions], beside, bar) for way in asked}
    found = {name: found[name] for name in ways}
    scores = {name: score.scored(job.qrels, each.fused) for name, each in found.items()}
    return Done(job, found, scores, ways, spoken, search.written(held))


def _spoken(job: Task, queries: Mapping[str, Mapping[str, Query]]) -> dict[str, dict[str, str]]:
    return {
        tag: {
            text.id: queries[tag][text.id].language if text.id in queries[tag] else text.language or UNKNOWN
            for text in job.questions[tag]
        }
        for tag in queries
    }


def _summary(done: Done, baselines: Mapping[str, trec.Run]) -> dict[str, Any]:
    """The report over all questions, by language and by direction. Mixed directions only count where there are no others."""
    names = [name for name, way in done.ways.items() if way.corpus != MIXED] or list(done.ways)
    others = {name: _others(name, done, baselines) for name in done.ways}
    common = [kind for kind in others[names[0]] if all(kind in others[name] for name in names)]
    whole = score.report(
        score.averaged(done.scores[name] for name in names),
        {kind: score.averaged(others[name][kind] for name in names) for kind in common},
    )
    return whole | {"by_language": _by_language(done, names), "by_direction": _by_direction(done, others)}


def _others(name: str, done: Done, baselines: Mapping[str, trec.Run]) -> dict[str, Scores]:
    """What a direction is compared with: each signal alone, another system, and for a mixed one the corpus of its own."""
    judged, found, way = done.job.qrels, done.found[name], done.ways[name]
    others = {"lexical": score.scored(judged, found.lexical), "dense": score.scored(judged, found.dense)}
    if name in baselines:
        others["baseline"] = score.scored(judged, baselines[name])
    own = Direction(way.questions, way.questions).name
    if way.corpus == MIXED and own in done.scores:
        others["own_corpus"] = done.scores[own]
    return others


def _by_language(done: Done, names: list[str]) -> dict[str, dict[str, float]]:
    """Means by the language of the questions."""
    parts: dict[str, list[Scores]] = {}
    for name in names:
        spoken = done.spoken[done.ways[name].questions]
        for tag in set(spoken.values()):
            chosen = [question for question in done.job.qrels if spoken[question] == tag]
            parts.setdefault(tag, []).append(score.only(done.scores[name], chosen))
    found = {tag: score.averaged(each) for tag, each in sorted(parts.items())}
    return {tag: score.means(scores) | {"n": len(scores["ndcg@10"])} for tag, scores in found.items()}


def _by_direction(done: Done, others: Mapping[str, Mapping[str, Scores]]) -> dict[str, Any]:
    """A report for each direction; in a folder without versions the languages of question and first gold passage are one."""
    if done.job.versions:
        return {name: score.report(done.scores[name], others[name]) | _same_language(name, done) for name in done.ways}
    groups: dict[str, list[str]] = {}
    for question, gains in done.job.qrels.items():
        gold = next((done.written[passage] for passage in gains if passage in done.written), UNKNOWN)
        groups.setdefault(f"{done.spoken[''][question]}-{gold}", []).append(question)
    return {
        name: score.report(
            score.only(done.scores[""], chosen),
            {kind: score.only(scores, chosen) for kind, scores in others[""].items()},
        )
        for name, chosen in sorted(groups.items())
    }


def _same_language(name: str, done: Done) -> dict[str, Any]:
    """In a mixed index: how the version in the question's own language fares, and what it lost to the other versions."""
    way = done.ways[name]
    own = Direction(way.questions, way.questions).name
    if way.corpus != MIXED or way.questions not in done.job.corpora:
        return {}
    judged = {
        question: {search.versioned(way.questions, passage): gain for passage, gain in gains.items()}
        for question, gains in done.job.qrels.items()
    }
    ours = score.scored(judged, done.found[name].versions)
    others = {"own_corpus": done.scores[own]} if own in done.scores else {}
    return {"same_language": score.report(ours, others)}


def _baselines(job: Task, ways: Mapping[str, Direction], choice: Choice) -> dict[str, trec.Run]:
    """The runs to compare with, read before anything is computed."""
    ids = [*job.qrels, *(text.id for rows in job.corpora.values() for text in rows)]
    if choice.run:
        trec.check(choice.run, ids)
    if not choice.baseline:
        return {}
    files = {name: trec.named(choice.baseline, name if len(ways) > 1 else "") for name in ways}
    runs: dict[str, trec.Run] = {name: trec.read(file) for name, file in files.items()}
    for name, run in runs.items():
        if not run.keys() & job.qrels.keys():
            raise UsageError(f"--baseline {files[name]} ranks none of the questions of {job.name}: give a run on them")
    return runs


def _absent(baselines: Mapping[str, trec.Run], job: Task) -> list[Problem]:
    problems: list[Problem] = []
    for name, run in baselines.items():
        lost = [question for question in job.qrels if question not in run]
        problems += problem(
            f"questions that the baseline {name}".strip() + " does not rank", lost, "score 0 for the baseline"
        )
    return problems


def cost(desk: Desk, embedder: CountingEmbedder) -> dict[str, Any]:
    """`seconds` are those of the whole run; a step that asked for vectors says how many it computed and how many it had."""
    spent = desk.meter.cost()
    vectors = {"ingest": embedder.counts["passage"], "understand": embedder.counts["query"]}
    return {
        "seconds": spent.seconds,
        "joules": spent.joules,
        "joules_method": spent.joules_method,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "steps": {
            name: {**row, **(vectors[name]._asdict() if name in vectors else {})} for name, row in spent.steps.items()
        },
    }


def _settings(done: Done, desk: Desk, choice: Choice) -> dict[str, Any]:
    held = {tag for way in done.ways.values() for tag in ([*done.job.corpora] if way.corpus == MIXED else [way.corpus])}
    return {
        "wazi": __version__,
        "embed": desk.models.embedder.version,
        "retrieve": desk.settings.retrieve.model_dump(),
        "language": choice.language,
        "limit": choice.limit,
        "only": choice.only.name if choice.only else None,
        "depth": search.DEPTH,
        "passages": sum(len(done.job.corpora[tag]) for tag in held),
        "passages_in_parts": sum(search.in_parts(done.job.corpora[tag]) for tag in held),
        "parts_over_characters": passages.WHOLE,
        "part_characters": desk.settings.chunk.characters,
        "interval": f"95 %, percentile bootstrap over questions, {stats.RESAMPLES} resamples",
    }
