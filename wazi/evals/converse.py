# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does a turn of a conversation find its passages? As we understand it, beside the turn alone and all turns together.

The steps are those that answer: converse -> understand -> retrieve. Where the house would ask back, the reading it takes for
likelier is scored. Where a folder has questions that people made stand alone, these are a further comparison. It does not know
what an asker would have chosen, and it never reads what was answered in a conversation.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import __version__, access, converse, models
from wazi.converse import Understood
from wazi.desk import Desk
from wazi.evals import converse_data, converse_scores, search
from wazi.evals.cache import CountingEmbedder
from wazi.evals.converse_data import Talks, Turn
from wazi.evals.converse_scores import Scores
from wazi.evals.run import cost
from wazi.evals.search import ALL, Bar
from wazi.evals.stats import RESAMPLES
from wazi.evals.task import Task
from wazi.languages import turns
from wazi.retrieve import retrieve
from wazi.understand import TURN_SENSE, TURN_WORDS, understand

if TYPE_CHECKING:
    from wazi.config import Settings

DEPTH = 100
"""Chunks asked for, so that five passages are found where passages have several."""

OTHERS = ("last_turn", "all_turns", "rewritten")
"""The turn as typed, all turns one behind the other, and the question as a person made it stand alone."""


@dataclass(frozen=True, slots=True)
class ConverseChoice:
    """What the command line chooses: see `wazi evals converse --help`."""

    half: str | None = None
    language: str | None = None
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A folder asked: how every turn was understood, and what each way of asking found."""

    read: Mapping[str, Understood]
    found: Mapping[str, Mapping[str, Mapping[str, float]]]


def evaluate_converse(
    folder: str | Path, settings: Settings, bar: Bar, choice: ConverseChoice | None = None
) -> dict[str, Any]:
    """Recall and nDCG at 5 x 100 of conversations, in the shape of the interface.

    Raises InputError for a folder that cannot be used, UsageError for a choice that cannot be met.
    """
    choice = choice or ConverseChoice()
    talks = converse_data.load(folder, half=choice.half)
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(CountingEmbedder(models.open_embedder(settings), choice.cache)) as embedder,
    ):
        desk = _desk(talks, search.open_desk(settings, Path(scratch), embedder), choice.language, bar)
        asked = _run(talks, desk, choice.language, bar)
        return {
            "task": "converse",
            "data": talks.name,
            **_summary(talks, asked),
            "problems": [asdict(each) for each in talks.problems],
            "cost": cost(desk, embedder),
            "settings": _settings(talks, desk, choice),
        }


def _desk(talks: Talks, desk: Desk, language: str | None, bar: Bar) -> Desk:
    """A desk whose store holds the passages."""
    job = Task(talks.name, {"": talks.corpus}, {"": ()}, {})
    with desk.meter.step("ingest"):
        held = search.take_in(job, desk, [""], language, bar)
        return replace(desk, store=search.store_of(held, "", desk.models.embedder.dimension))


def _run(talks: Talks, desk: Desk, language: str | None, bar: Bar) -> _Asked:
    read: dict[str, Understood] = {}
    found: dict[str, dict[str, dict[str, float]]] = {name: {} for name in ("ours", "other_reading", *OTHERS)}
    with bar("turns", len(talks.turns)) as done:
        for number, turn in enumerate(talks.turns, start=1):
            with desk.meter.step("converse"):
                reader = access.keeper(turn.language or language)
                understood = converse.understood(turn.text, turn.earlier[-converse.EARLIER :], reader, desk)
            read[turn.id] = understood
            for name, text in _questions(turn, understood).items():
                found[name][turn.id] = _ranked(text, understood.language, desk, name)
            done(number)
    return _Asked(read, found)


def _questions(turn: Turn, understood: Understood) -> dict[str, str]:
    """What is asked, by the name of the way of asking."""
    texts = {
        "ours": understood.question,
        "last_turn": turn.text,
        "all_turns": " ".join((*turn.earlier, turn.text)),
    }
    if len(understood.readings) > 1:
        texts["other_reading"] = understood.readings[1].question
    return texts | ({"rewritten": turn.rewrite} if turn.rewrite else {})


def _ranked(text: str, language: str, desk: Desk, name: str) -> dict[str, float]:
    beside = "" if name == "ours" else "beside "
    with desk.meter.step(f"{beside}understand"):
        query = understand(text, desk, language=language)
    with desk.meter.step(f"{beside}retrieve"):
        hits = retrieve(query, ALL, desk, k=DEPTH)
    return search.best((hit.chunk.document, hit.score) for hit in hits)


def _summary(talks: Talks, asked: _Asked) -> dict[str, Any]:
    """The report over all turns, over those with earlier turns, and by domain, number of the turn and language."""
    scores = {name: converse_scores.scored(talks.turns, run) for name, run in asked.found.items()}
    ours, others = scores["ours"], {name: scores[name] for name in OTHERS}
    later = [turn for turn in talks.turns if turn.earlier]

    def each(parts: Mapping[str, list[Turn]]) -> dict[str, Any]:
        return {name: converse_scores.report(part, ours, others) for name, part in parts.items()}

    return {
        **converse_scores.report(talks.turns, ours, others),
        "later_turns": converse_scores.report(later, ours, others) if later else None,
        "readings": _readings(later, asked.read, scores),
        "by_domain": each(converse_scores.parts(talks.turns, lambda turn: turn.domain)),
        "by_turn": dict(sorted(each(converse_scores.parts(talks.turns, converse_scores.number)).items())),
        "by_language": each(converse_scores.parts(talks.turns, lambda turn: asked.read[turn.id].language)),
    }


def _readings(later: list[Turn], read: Mapping[str, Understood], scores: Mapping[str, Scores]) -> dict[str, Any]:
    """How later turns were understood; of those asked back, how often each reading found more (nDCG)."""
    told = {"as_typed": 0, "with_earlier_words": 0, "asked_back": 0}
    ours, other = scores["ours"]["ndcg@5"], scores["other_reading"]["ndcg@5"]
    for turn in later:
        understood = read[turn.id]
        kind = "asked_back" if len(understood.readings) > 1 else "with_earlier_words"
        told[kind if kind == "asked_back" or understood.readings[0].added else "as_typed"] += 1
    asked = [turn.id for turn in later if turn.id in other]
    return told | {
        "first_found_more": sum(ours[name] > other[name] for name in asked),
        "second_found_more": sum(ours[name] < other[name] for name in asked),
    }


def _settings(talks: Talks, desk: Desk, choice: ConverseChoice) -> dict[str, Any]:
    return {
        "wazi": __version__,
        "embed": desk.models.embedder.version,
        "retrieve": desk.settings.retrieve.model_dump(),
        "half": choice.half,
        "language": choice.language,
        "depth": DEPTH,
        "passages": len(talks.corpus),
        "earlier_turns": converse.EARLIER,
        "short": converse.SHORT,
        "clear": converse.CLEAR,
        "before": turns.BEFORE,
        "turn_words": TURN_WORDS,
        "turn_sense": TURN_SENSE,
        "interval": f"95 %, percentile bootstrap over conversations, {RESAMPLES} resamples",
    }
