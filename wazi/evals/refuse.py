# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does the house know what is not there? Each question once with its answer in the corpus and once without it.

The steps are those that answer questions: understand -> retrieve -> rerank, and what refuses is `rerank`. An answer is removed
as it is for a reader without the right to it: every passage is its own access label, and the scope lacks those of the
answer, so candidates, fusion and abstention are those of a corpus that never held it; only BM25's word statistics are of the
whole. It does not know whether another passage answers too: what it calls a missed refusal may be a second source.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import __version__, models
from wazi.desk import Desk
from wazi.errors import InputError, UsageError
from wazi.evals import refuse_scores, search, stats, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.refuse_scores import Trial
from wazi.evals.rows import lines, stored
from wazi.evals.run import Choice, cost
from wazi.evals.search import ALL, Bar
from wazi.evals.task import MIXED, Direction, Task
from wazi.rerank import judged
from wazi.retrieve import retrieve
from wazi.types import Hit, Passage, Query, Scope
from wazi.understand import understand

if TYPE_CHECKING:
    from wazi.config import Settings

REMOVED = "unanswerable.jsonl"
"""Names for each question what else must go with its answer; without it, what is judged relevant goes."""

Removals = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus in a store in which every passage is its own label."""

    desk: Desk
    labels: frozenset[str]


def evaluate_refuse(folder: str | Path, settings: Settings, bar: Bar, choice: Choice | None = None) -> dict[str, Any]:
    """Refusal recall, false refusals and AUC x 100 on a BEIR folder, in the shape of the interface.

    Raises InputError for a folder that cannot be used, UsageError for a choice that cannot be met.
    """
    choice = choice or Choice()
    job = task.load(folder, limit=choice.limit, only=choice.only)
    removals = _removals(Path(folder), job)
    ways = _ways(job, choice)
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(CountingEmbedder(models.open_embedder(settings), choice.cache)) as embedder,
    ):
        desk = search.open_desk(settings, Path(scratch), embedder)
        tried = _run(job, ways, removals, desk, language=choice.language, bar=bar)
        trials = [trial for each in tried.values() for trial in each]
        return {
            "task": "refuse",
            "data": job.name,
            **refuse_scores.report(trials),
            "by_language": {tag: refuse_scores.means(each) for tag, each in _grouped(trials).items()},
            "by_direction": {name: refuse_scores.means(each) for name, each in tried.items() if name},
            "problems": [asdict(each) for each in job.problems],
            "cost": cost(desk, embedder),
            "settings": _settings(desk, job, choice),
        }


def _removals(folder: Path, job: Task) -> Removals:
    """What goes out of the corpus for each question that is tried. Raises InputError."""
    file = stored(folder / REMOVED)
    if file is None:
        return {question: frozenset(gains) for question, gains in job.qrels.items()}
    found = {}
    for number, line in lines(file):
        try:
            row = json.loads(line)
            question, removed = str(row["of"]), frozenset(map(str, row["removed"]))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{file} line {number} has no `of` and `removed` ({error}): make the file again"
            ) from error
        if question in job.qrels:
            found[question] = removed | frozenset(job.qrels[question])
    if not found:
        raise InputError(f"{file} names no judged question: make the file again")
    return found


def _ways(job: Task, choice: Choice) -> list[Direction]:
    """The directions with one corpus: in a mixed index the other language versions would still answer."""
    if mixed := [name for name in choice.directions if name.endswith(f"-{MIXED}")]:
        raise UsageError(f"--direction {mixed[0]}: a mixed index still holds the other versions: choose one corpus")
    return [way for way in task.directions(job, choice.directions) if way.corpus != MIXED]


def _run(
    job: Task, ways: list[Direction], removals: Removals, desk: Desk, *, language: str | None, bar: Bar
) -> dict[str, list[Trial]]:
    corpora = {way.corpus: None for way in ways}
    with desk.meter.step("ingest"):
        held = search.take_in(job, desk, corpora, language, bar)
        stores = {tag: corpus_of(held, tag, desk) for tag in corpora}
    found: dict[str, list[Trial]] = {}
    for way in ways:
        asked = [text for text in job.questions[way.questions] if text.text.strip() and text.id in removals]
        trials = found[way.name] = []
        with bar(f"asking {way.name}".strip(), len(asked)) as done:
            for number, text in enumerate(asked, start=1):
                with desk.meter.step("understand"):
                    query = understand(text.text, stores[way.corpus].desk, language=text.language or language)
                trials.append(_tried(text.id, query, stores[way.corpus], removals[text.id]))
                done(number)
    if not any(found.values()):
        raise InputError(f"no question of {job.name} can be asked: see docs/evals.md for the layout")
    return found


def corpus_of(held: Mapping[str, list[Passage]], tag: str, desk: Desk) -> Corpus:
    labelled = [_labelled(passage) for passage in held[tag]]
    store = search.store_of({tag: labelled}, tag, desk.models.embedder.dimension)
    names = frozenset(passage.chunk.document for passage in labelled)
    return Corpus(replace(desk, store=store), names)


def _labelled(passage: Passage) -> Passage:
    return replace(passage, chunk=replace(passage.chunk, labels=frozenset({passage.chunk.document})))


def _tried(question: str, query: Query, corpus: Corpus, removed: frozenset[str]) -> Trial:
    there, margin_there = _asked(query, corpus.desk, ALL)
    _, margin_removed = _asked(query, corpus.desk, Scope(corpus.labels - removed))
    return Trial(
        question=question,
        language=query.language,
        margin_there=margin_there,
        margin_removed=margin_removed,
        kept=any(hit.chunk.document in removed for hit in there),
    )


def _asked(query: Query, desk: Desk, scope: Scope) -> tuple[list[Hit], float]:
    """The hits that compose would read, and what their evidence exceeds the floor by: `rerank` refuses below 0."""
    with desk.meter.step("retrieve"):
        hits = retrieve(query, scope, desk)
    with desk.meter.step("rerank"):
        return judged(query, hits, desk)


def _grouped(trials: list[Trial]) -> dict[str, list[Trial]]:
    return {
        tag: [each for each in trials if each.language == tag] for tag in sorted({each.language for each in trials})
    }


def _settings(desk: Desk, job: Task, choice: Choice) -> dict[str, Any]:
    return {
        "wazi": __version__,
        "embed": desk.models.embedder.version,
        "retrieve": desk.settings.retrieve.model_dump(),
        "rerank": desk.settings.rerank.model_dump(),
        "language": choice.language,
        "limit": choice.limit,
        "only": choice.only.name if choice.only else None,
        "passages": {tag: len(rows) for tag, rows in job.corpora.items()},
        "interval": f"95 %, percentile bootstrap over questions, {stats.RESAMPLES} resamples "
        f"({refuse_scores.RESAMPLES} for AUC and recall at 5 % false refusals)",
    }
