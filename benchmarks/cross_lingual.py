# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does a lexicon learned from parallel texts find the article in another language? Official gazettes in three languages, as JSON.

    python benchmarks/cross_lingual.py DATA [--folds 5] [--direction rw-en …]
    python benchmarks/cross_lingual.py DATA --learn FOLDER       learn from everything and write the lexicons

No article is asked about with a lexicon that has seen its gazette: gazettes are divided into folds by a hash of their name, and
the questions and passages of a fold are read with lexicons learned from the gazettes of all other folds (and, for Kinyarwanda and
English, from pairs of questions of another data set's training split). The steps are the house's own: understand, embed, retrieve.
`--learn` uses all gazettes: what it writes must not be scored on them, so this is the only honest measure of it.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from wazi import config, models
from wazi.evals import score, search, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.command import bar
from wazi.evals.task import MIXED, Task
from wazi.languages import align, lexicon
from wazi.languages.lexicon import Lexicon

Pairs = dict[tuple[str, str], list[tuple[str, str]]]

TAGS = ("en", "fr", "rw")
ITEM = re.compile(r"(?<!\S)(\d{1,2})[°º]\s")
"""The number of an item of a list, the same in every language."""

REMARKS = """{source} -> {target}, learned by `benchmarks/cross_lingual.py --learn` (IBM model 1) from {pairs} parallel texts:
articles and headings of 33 issues of the Official Gazette of Rwanda (official texts, no copyright){also}.
A word, then its translations with their probabilities. For finding texts, not for translating."""
ALSO = ", and\nquestions of the training split of AfriQA (Masakhane, CC BY 4.0, https://github.com/masakhane-io/afriqa)"


def main() -> None:
    """Read, measure or learn, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path, help="the folder that holds rwanda_gazette and afriqa")
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--direction", action="append", metavar="YY-XX")
    options.add_argument("--limit", type=int)
    options.add_argument("--learn", type=Path, metavar="FOLDER")
    options.add_argument("--cache", type=Path)
    chosen = options.parse_args()
    if chosen.learn:
        result = write_all(chosen.data, chosen.learn)
    else:
        result = measure(chosen.data, chosen.folds, chosen.direction or (), chosen.limit, chosen.cache)
    json.dump(result, sys.stdout, ensure_ascii=False)


def write_all(data: Path, folder: Path) -> dict[str, Any]:
    """Lexicons of every pair from everything."""
    job = task.load(data / "rwanda_gazette")
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for pair, texts in _pairs(job, data, frozenset()).items():
        also = ALSO if "fr" not in pair else ""
        for learned in align.learn(texts, *pair):
            name = f"{learned.source}-{learned.target}"
            remarks = REMARKS.format(source=learned.source, target=learned.target, pairs=len(texts), also=also)
            lexicon.write(learned, folder / f"{name}.tsv", remarks)
            made[name] = len(learned.words)
    return {"words": made}


def _learned(pairs: Pairs) -> dict[tuple[str, str], Lexicon]:
    both = (align.learn(texts, *pair) for pair, texts in pairs.items())
    return {(each.source, each.target): each for made in both for each in made}


def measure(data: Path, folds: int, directions: list[str], limit: int | None, cache: Path | None) -> dict[str, Any]:
    """Scores of every direction over all folds."""
    whole = task.load(data / "rwanda_gazette")
    job = task.load(data / "rwanda_gazette", limit=limit)
    ways = {way.name: way for way in task.directions(job, directions)}
    settings = config.load()
    held: dict[str, list[Any]] = {tag: [] for tag in TAGS}
    corpora = list(dict.fromkeys(way.corpus for way in ways.values()))
    queries: dict[str, dict[str, dict[str, Any]]] = {corpus: {tag: {} for tag in TAGS} for corpus in corpora}
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(
            CountingEmbedder(models.open_embedder(settings), cache or settings.models_dir.parent / "vectors")
        ) as embedder,
    ):
        desk = search.open_desk(settings, Path(scratch), embedder)
        for fold in range(folds):
            own = frozenset(name for name in _gazettes(whole) if _fold(name, folds) == fold)
            learned = _learned(_pairs(whole, data, own))
            reading = replace(desk, lexicons=learned)
            part = _only(job, own)
            for tag, passages in search.take_in(part, reading, TAGS, None, bar).items():
                held[tag] += passages
            for corpus in corpora:
                reading.store.note("languages", corpus if corpus in TAGS else " ".join(TAGS))
                for tag, asked in search.understood(part, reading, TAGS, None, bar).items():
                    queries[corpus][tag] |= asked
        found = {}
        for corpus in corpora:
            # only which pairs have a lexicon matters from here on
            beside = replace(desk, lexicons=learned, store=search.store_of(held, corpus, embedder.dimension))
            for way in (way for way in ways.values() if way.corpus == corpus):
                found[way.name] = search.run(way, queries[corpus][way.questions], beside, bar)
    scores = {name: score.scored(job.qrels, each.fused) for name, each in found.items()}
    report = {
        name: score.report(
            scores[name],
            {"lexical": score.scored(job.qrels, each.lexical), "dense": score.scored(job.qrels, each.dense)}
            | _lost(name, ways, scores),
        )
        for name, each in found.items()
    }
    return {"task": "retrieve", "data": job.name, "folds": folds, "n": len(job.qrels), "by_direction": report}


def _lost(name: str, ways: Any, scores: dict[str, score.Scores]) -> dict[str, score.Scores]:
    """For a mixed index: the corpus of the question's own language alone."""
    way = ways[name]
    own = f"{way.questions}-{way.questions}"
    return {"own_corpus": scores[own]} if way.corpus == MIXED and own in scores else {}


def _pairs(job: Task, data: Path, without: frozenset[str]) -> Pairs:
    """Parallel texts of every two languages from all gazettes but those of `without`."""
    articles = {tag: {row.id: row.text for row in job.corpora[tag] if _gazette(row.id) not in without} for tag in TAGS}
    headings = {
        tag: {row.id: row.text for row in job.questions[tag] if _gazette(row.id) not in without} for tag in TAGS
    }
    found = {}
    for source, target in combinations(TAGS, 2):
        texts = [
            pair for name, text in articles[source].items() for pair in _items(text, articles[target].get(name, ""))
        ]
        texts += [(text, headings[target][name]) for name, text in headings[source].items()]
        if {source, target} == {"rw", "en"}:
            texts += [(row[source], row[target]) for row in _questions(data / "afriqa" / "question_pairs.jsonl.gz")]
        found[source, target] = texts
    return found


def _items(one: str, other: str) -> Iterator[tuple[str, str]]:
    """Items with the same number if both texts have the same, else the whole texts."""
    here, there = _by_number(one), _by_number(other)
    if here.keys() == there.keys():
        yield from ((text, there[number]) for number, text in here.items())
    else:
        yield one, other


def _by_number(text: str) -> dict[str, str]:
    head, *rest = ITEM.split(text)
    return {"": head} | dict(zip(rest[::2], rest[1::2], strict=True))


def _questions(file: Path) -> list[dict[str, str]]:
    """Of the training split alone: `benchmarks/afriqa.py` asks the others."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chosen = (row for row in rows if row["lang"] == "kin" and row["pivot_lang"] == "en" and row["split"] == "train")
    return [{"rw": row["text"], "en": row["text_pivot"]} for row in chosen]


def _only(job: Task, gazettes: frozenset[str]) -> Task:
    def chosen(rows: Any) -> Any:
        return {tag: tuple(row for row in each if _gazette(row.id) in gazettes) for tag, each in rows.items()}

    return replace(job, corpora=chosen(job.corpora), questions=chosen(job.questions))


def _gazettes(job: Task) -> set[str]:
    return {_gazette(row.id) for row in job.corpora["en"]}


def _gazette(name: str) -> str:
    return name.removeprefix("q:").rpartition(":")[0]


def _fold(gazette: str, folds: int) -> int:
    return int(hashlib.sha256(gazette.encode()).hexdigest(), 16) % folds


if __name__ == "__main__":
    main()
