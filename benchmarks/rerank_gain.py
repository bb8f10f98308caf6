# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does reading the first hits put them in a better order? As JSON.

    python benchmarks/rerank_gain.py DATA --set xquad/en … [--limit 300] [--read 6] [--only IDS_FOLDER] [--reader FILE]

Questions spread over each set are asked of its whole corpus; the first `--read` hits are read. nDCG@10 of the fusion alone ("first
stage"), of the order by the reader's odds ("read"), and of the one in use, the sum of both ("path"), with paired 95 % intervals.
A folder of ids (`benchmarks/data/held_out`) keeps to the questions that were not trained on, where it has a file for the set.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from wazi import config, models, rerank
from wazi.evals import metrics, refuse, search, stats, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.command import bar
from wazi.models import PassageReader, e5_weights
from wazi.models.reader import Reader
from wazi.retrieve import retrieve
from wazi.tune.reader import base
from wazi.types import Hit
from wazi.understand import understand

WAYS = ("first stage", "read", "path")
DEPTH = 10


def main() -> None:
    """Ask, read, order and compare."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--set", nargs="+", required=True, help="folders below DATA")
    options.add_argument("--limit", type=int, default=300, help="questions a set")
    options.add_argument("--read", type=int, default=6, help="hits that are read")
    options.add_argument("--only", type=Path, help="a folder with ids of the questions to keep to")
    options.add_argument("--reader", type=Path, help="the file of a reader (default: the one in use)")
    chosen = options.parse_args()
    settings = config.load()
    reader: PassageReader | None = models.open_reader(settings)
    if chosen.reader:
        reader = Reader(e5_weights.read(base(settings)), chosen.reader)
    if reader is None:
        sys.exit("there is no reader in use: set [rerank] reader")
    kept = settings.models_dir.parent / "vectors"
    with closing(CountingEmbedder(models.open_embedder(settings), kept)) as embedder:
        report = {folder.replace("/", "_"): asked(chosen, folder, reader, settings, embedder) for folder in chosen.set}
    json.dump({"task": "rerank_gain", "read": chosen.read, "sets": report}, sys.stdout)


def asked(
    chosen: argparse.Namespace,
    folder: str,
    reader: PassageReader,
    settings: config.Settings,
    embedder: CountingEmbedder,
) -> Mapping[str, Any]:
    """nDCG@10 of each way on one set, and what the other two gain on the first."""
    ids = chosen.only / f"{_ids_name(folder)}.txt" if chosen.only else None
    job = task.load(chosen.data / folder, limit=chosen.limit, only=ids if ids and ids.exists() else None)
    values: dict[str, list[float]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as scratch:
        desk = search.open_desk(settings, Path(scratch), embedder)
        corpus = refuse.corpus_of(search.take_in(job, desk, [""], None, bar), "", desk)
        texts = [text for text in job.questions[""] if text.id in job.qrels and text.text.strip()]
        with bar(f"reading {folder}", len(texts)) as done:
            for number, text in enumerate(texts, start=1):
                query = understand(text.text, corpus.desk, language=text.language)
                hits = retrieve(query, search.ALL, corpus.desk)
                read = rerank.look(query, hits[: chosen.read], reader)
                for way, ordered in _orders(read, hits).items():
                    values[way].append(100 * metrics.ndcg(job.qrels[text.id], ordered, DEPTH))
                done(number)
    first = values["first stage"]
    return {
        "n": len(first),
        **{way: stats.interval(own) for way, own in values.items()},
        **{f"{way} gains": stats.difference(values[way], first) for way in WAYS[1:]},
    }


def _orders(read: list[Hit], hits: list[Hit]) -> Mapping[str, dict[str, float]]:
    """Scores of the documents by each way; what was not read stays behind in its order."""
    odds = {hit.chunk.id: hit.look.odds for hit in read if hit.look}
    by_odds = sorted(read, key=lambda hit: -odds[hit.chunk.id])
    in_use = sorted(read, key=lambda hit: -(hit.score + rerank.ORDER_WEIGHT * odds[hit.chunk.id]))
    behind = hits[len(read) :]
    return {
        way: _placed([*front, *behind]) for way, front in zip(WAYS, (hits[: len(read)], by_odds, in_use), strict=True)
    }


def _placed(hits: list[Hit]) -> dict[str, float]:
    """Every document at its best place, the first one highest."""
    placed: dict[str, float] = {}
    for place, hit in enumerate(hits):
        placed.setdefault(hit.chunk.document, -float(place))
    return placed


def _ids_name(folder: str) -> str:
    return {"tydiqa_goldp/sw-train": "tydiqa_sw", "servicepublic_fr": "servicepublic"}.get(folder, folder)


if __name__ == "__main__":
    main()
