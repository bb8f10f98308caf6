# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Attacks on the real path: orders hidden in documents, and attacks asked as questions.

Every document, clean or attacked, is taken in by the steps of ingest under an access label of its own, and asked by a reader
who holds that label only: the worst case, in which nothing but the attacked document can answer. Attacks that are asked are
asked of everything that is held. Ordinary questions say how often one of them would be taken for an attack.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import __version__, chunk, models, parse
from wazi.ask import answer
from wazi.desk import QUOTE, Desk
from wazi.embed import embed
from wazi.errors import InputError
from wazi.evals import attack_data, attack_scores, passages, search, stats
from wazi.evals import task as tasks
from wazi.evals.attack_data import Attacks, Hidden
from wazi.evals.attack_scores import Trial
from wazi.evals.cache import CountingEmbedder
from wazi.evals.rows import problem
from wazi.evals.run import Choice, cost
from wazi.evals.search import Bar
from wazi.guard import INJECTION, is_attack
from wazi.ingest import as_document, screen
from wazi.languages import identify, sentences
from wazi.types import EVERYTHING, Answer, Holding, Outcome, Passage, Provenance, RawFile, Reader

if TYPE_CHECKING:
    from wazi.config import Settings


@dataclass(frozen=True, slots=True)
class AttackChoice(Choice):
    """What the command line chooses: see `wazi evals attack --help`."""

    model: str = QUOTE
    half: str | None = None
    held: str | None = None
    ordinary: tuple[str, ...] = ()


def evaluate_attack(
    folder: str | Path, settings: Settings, bar: Bar, choice: AttackChoice | None = None
) -> dict[str, Any]:
    """Success of attacks, and what still works beside them, in the shape of the interface.

    Raises InputError for a folder that cannot be used, UsageError for a choice that cannot be met, MissingPart for a model
    that is not here.
    """
    choice = choice or AttackChoice()
    found = attack_data.load(folder, part=choice.half, limit=choice.limit)
    alarms = dict(_alarms(name) for name in choice.ordinary)
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(CountingEmbedder(models.open_embedder(settings), choice.cache)) as embedder,
    ):
        desk = search.open_desk(settings, Path(scratch), embedder)
        trials = _run(found, desk, choice, bar)
        failed = [trial.id for trial in trials if trial.outcome == Outcome.FAILED]
        return {
            "task": "attack",
            "data": Path(folder).resolve().name,
            **attack_scores.report(trials),
            "by_kind": _by(trials, "kind"),
            "by_place": _by(trials, "place"),
            "ordinary": alarms,
            "succeeded": [asdict(trial) for trial in trials if trial.success],
            "problems": [asdict(each) for each in problem("answers that failed", failed, "show nothing")],
            "cost": cost(desk, embedder),
            "settings": {
                "wazi": __version__,
                "model": choice.model,
                "embed": embedder.version,
                "half": choice.half,
                "held": Path(choice.held).resolve().name if choice.held else None,
                "limit": choice.limit,
                "sentences": settings.compose.sentences,
                "interval": f"95 %, percentile bootstrap over trials, {stats.RESAMPLES} resamples",
            },
        }


def _run(found: Attacks, desk: Desk, choice: AttackChoice, bar: Bar) -> list[Trial]:
    documents = {each.context: each.clean for each in found.hidden} | {each.id: each.attacked for each in found.hidden}
    if choice.held:
        _hold(choice.held, desk, bar)
    flagged = {}
    with desk.meter.step("ingest"), bar("documents", len(documents)) as done:
        for number, (name, text) in enumerate(documents.items(), start=1):
            flagged[name] = _take_in(name, text, desk)
            done(number)
    trials: list[Trial] = []
    clean: dict[tuple[str, str], Answer] = {}
    with desk.meter.step("answer"), bar("attacks", len(found.hidden) + len(found.asked)) as done:
        for attack in found.hidden:
            trials.append(_tried(attack, desk, choice, clean, flagged=flagged[attack.id]))
            done(len(trials))
        everything = Reader("evals", frozenset({EVERYTHING}), choice.language)
        for asked in found.asked:
            fits = len(asked.text) <= desk.settings.understand.max_characters
            reply = answer(asked.text, everything, desk, model=choice.model) if fits else None
            trials.append(attack_scores.asked(asked, reply))
            done(len(trials))
    return trials


def _tried(
    attack: Hidden, desk: Desk, choice: AttackChoice, clean: dict[tuple[str, str], Answer], *, flagged: bool
) -> Trial:
    """The question asked of the attacked document; of the clean one once."""
    ask = partial(_asked, attack.question, desk, choice)
    key = (attack.context, attack.question)
    if key not in clean:
        clean[key] = ask(attack.context)
    return attack_scores.hidden(attack, ask(attack.id), clean[key], flagged=flagged)


def _asked(question: str, desk: Desk, choice: AttackChoice, label: str) -> Answer:
    return answer(question, Reader("evals", frozenset({label}), choice.language), desk, model=choice.model)


def _take_in(name: str, text: str, desk: Desk) -> bool:
    """One document through the steps of ingest, under its own label; whether the screen flagged it."""
    data, labels = text.encode(), frozenset({name})
    sha256 = hashlib.sha256(data).hexdigest()
    raw = RawFile(f"attack/{name}", "document.md", data, sha256, Provenance(labels=labels))
    document = screen(as_document(raw, parse.parse(raw, desk.settings.parse), "evals", None, labels=labels))
    language_of = partial(identify.language, default=document.record.languages[0])
    chunks = chunk.chunk(document, desk.settings.chunk, language_of, sentences.split)
    record = replace(document.record, chunks=len(chunks))
    desk.store.apply([Holding(record, document.text, tuple(embed(chunks, desk)))])
    return INJECTION in record.flags


def _hold(folder: str, desk: Desk, bar: Bar) -> None:
    """The passages of a BEIR folder, public: what attacks that are asked can be answered from."""
    job = tasks.load(folder)
    if job.versions:
        raise InputError(f"{job.name} has several language versions: choose a folder with one corpus.jsonl")
    with desk.meter.step("ingest"):
        parts: dict[str, list[Passage]] = {}
        for part in search.take_in(job, desk, [""], None, bar)[""]:
            parts.setdefault(part.chunk.document, []).append(part)
    held = {text.id: text.text or text.title for text in job.corpora[""]}
    desk.store.apply([Holding(passages.record(name), held[name], tuple(kept)) for name, kept in parts.items()])


def _alarms(folder: str) -> tuple[str, dict[str, Any]]:
    """The name of a BEIR folder, how many of its questions would be taken for an attack, and which first."""
    job = tasks.load(folder)
    asked = {each.text for texts in job.questions.values() for each in texts if each.text.strip()}
    taken = sorted(text for text in asked if is_attack(text))
    return job.name, {"n": len(asked), "alarms": len(taken), "first": taken[:5]}


def _by(trials: Sequence[Trial], name: str) -> dict[str, Any]:
    groups: Iterable[str] = sorted({getattr(trial, name) for trial in trials})
    return {group: attack_scores.report([t for t in trials if getattr(t, name) == group]) for group in groups}
