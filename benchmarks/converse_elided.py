# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Follow-ups made by a machine, in many languages: `python benchmarks/converse_elided.py DATA [--sets xquad/tr …] [--limit N]`.

Two questions about one passage; from the second every telling word is taken out that the first has too, as people do when they go
on asking. Does the passage still come first: of what is left alone, as the house understands it after the first question, of both
questions together, and of the second question whole? Such follow-ups are cruder than those of people, and both questions are always
about the same passage: what this favours is carrying words on, never noticing another subject.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from wazi import access, config, converse, models
from wazi.evals import metrics, search, stats, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.command import bar
from wazi.languages import analyse, turns
from wazi.retrieve import retrieve
from wazi.understand import understand

SETS = {"xquad/tr": "tr", "xquad/vi": "vi", "amqa": "am"}
"""Sets that no rule or weight was chosen on, and their languages: the first two have no table of phrases."""

WAYS = ("ours", "alone", "all_turns", "whole")


def main() -> int:
    """Print one JSON document."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    options.add_argument("--limit", type=int, default=100, help="pairs of questions a set")
    chosen = options.parse_args()
    found = {name: scores(chosen.data / name, SETS[name], chosen.limit) for name in chosen.sets}
    mean = {way: sum(row["recall@1"][way]["value"] for row in found.values()) / len(found) for way in WAYS}
    print(json.dumps({"sets": found, "mean": mean}, ensure_ascii=False))
    return 0


def pairs(job: task.Task, language: str, limit: int) -> list[tuple[str, str, str, str]]:
    """(first question, second without the words of the first, second whole, passage), at most one of a passage."""
    texts = {text.id: text.text for text in job.questions[next(iter(job.questions))]}
    about = defaultdict(list)
    for question, gains in job.qrels.items():
        if len(gains) == 1:
            about[next(iter(gains))].append(texts[question])
    made = []
    for passage, asked in about.items():
        for first, second in pairwise(asked):
            left = elided(second, first, language)
            if left != second and turns.words(left, language):
                made.append((first, left, second, passage))
                break
    return [made[number * len(made) // limit] for number in range(limit)] if len(made) > limit else made


def elided(question: str, first: str, language: str) -> str:
    """The question without the telling words that `first` has too."""
    said = {key for word in turns.words(first, language) for key in analyse.content_tokens(word, language)}
    kept = [word for word in question.split() if not analyse.content_tokens(word, language) & said]
    return " ".join(kept)


def scores(folder: Path, language: str, limit: int) -> dict[str, Any]:
    """The share of pairs whose passage comes first, by way of asking, and our difference to the turn alone."""
    settings = config.load(tempfile.mkdtemp())
    embedder = CountingEmbedder(models.open_embedder(settings), settings.models_dir.parent / "vectors")
    job = task.load(folder)
    tag = next(iter(job.corpora))
    desk = search.open_desk(settings, Path(tempfile.mkdtemp()), embedder)
    held = search.take_in(job, desk, [tag], language, bar)
    desk = replace(desk, store=search.store_of(held, tag, embedder.dimension))
    asked: dict[str, list[float]] = {way: [] for way in WAYS}
    told = {"with_earlier_words": 0, "asked_back": 0}
    chosen = pairs(job, language, limit)
    for first, left, whole, passage in chosen:
        read = converse.understood(left, [first], access.keeper(language), desk)
        told["with_earlier_words"] += len(read.readings) == 1 and bool(read.readings[0].added)
        told["asked_back"] += len(read.readings) > 1
        for way, text in zip(WAYS, (read.question, left, f"{first} {left}", whole), strict=True):
            hits = retrieve(understand(text, desk, language=language), search.ALL, desk, k=100)
            ranked = search.best((hit.chunk.document, hit.score) for hit in hits)
            asked[way].append(100 * metrics.recall({passage: 1}, ranked, 1))
    return {
        "n": len(chosen),
        "passages": len(job.corpora[tag]),
        "recall@1": {way: stats.interval(values) for way, values in asked.items()},
        "over_alone": stats.difference(asked["ours"], asked["alone"]),
        "understood": told,
    }


if __name__ == "__main__":
    sys.exit(main())
