# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Seconds of an answer at 10,000 chunks, warm: `python benchmarks/answer_speed.py [--model NAME] [--chunks N]`.

The store holds the samples, embedded for real, and fills up with synthetic chunks (random unit vectors, words drawn by Zipf's
law), which cost a search as much as real ones. Questions are the samples' own, each asked once after three others; sentences that
two of them meet are embedded once, as at a counter. Prints
JSON: the median and worst second of a whole answer and of its steps, the second of the generator's first token (counted from
the question), and peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np

from wazi import access, ask, config
from wazi.desk import Desk, open_desk
from wazi.ingest import ingest
from wazi.types import Chunk, Holding, Passage, Record, Status

ROOT = Path(__file__).parent.parent
PER_DOCUMENT = 100


def main() -> None:
    """Fill a home, ask, and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", default="quote")
    options.add_argument("--chunks", type=int, default=10_000)
    options.add_argument("--questions", type=int, default=25)
    chosen = options.parse_args()
    overrides = {"compose": {"model": chosen.model}}
    with tempfile.TemporaryDirectory() as home, open_desk(config.load(home, overrides=overrides)) as desk:
        list(ingest([str(ROOT / "samples")], desk))
        fill(desk, chosen.chunks)
        desk.store.warm()  # as a server does
        rows = tomllib.loads((ROOT / "tests" / "samples" / "questions.toml").read_text(encoding="utf-8"))["question"]
        questions = [row["question"] for row in rows if row.get("answerable", True)][: chosen.questions + 3]
        print(json.dumps(measure(desk, questions, chosen.model)))


def fill(desk: Desk, wanted: int) -> None:
    """Synthetic documents of a hundred chunks until the store holds `wanted`."""
    random = np.random.default_rng(0)
    words = [f"w{number}" for number in range(30_000)]
    zipf = 1 / np.arange(1, len(words) + 1)
    while (held := desk.store.stats()["chunks"]) < wanted:
        name = f"synthetic-{held}"
        passages = []
        for number in range(PER_DOCUMENT):
            text = " ".join(random.choice(words, 120, p=zipf / zipf.sum()))
            vector = random.standard_normal(384).astype(np.float32)
            chunk = Chunk(f"{name}-{number}", name, text, 0, len(text), None, (), "en")
            passages.append(Passage(chunk, tuple(text.split()), vector / np.linalg.norm(vector)))
        record = Record(name, name, name, "", "text/plain", Status.COMPLETE, chunks=PER_DOCUMENT)
        desk.store.apply([Holding(record, "", tuple(passages))])
    desk.store.compact()


def measure(desk: Desk, questions: list[str], model: str) -> dict[str, object]:
    """Figures over the questions after the first three."""
    seconds: list[float] = []
    first_tokens: list[float] = []
    steps: dict[str, list[float]] = defaultdict(list)
    if model != "quote":
        watch(desk, model, first_tokens)
    for number, question in enumerate(questions):
        began[0] = time.perf_counter()
        answer = ask.answer(question, access.keeper(), desk)
        if number >= 3:
            seconds.append(time.perf_counter() - began[0])
            for name, step in answer.meter.steps.items():
                steps[name].append(float(step["seconds"]))
    report: dict[str, object] = {
        "model": model,
        "chunks": desk.store.stats()["chunks"],
        "answers": len(seconds),
        "seconds_median": round(statistics.median(seconds), 4),
        "seconds_worst": round(max(seconds), 4),
        "steps_median": {name: round(statistics.median(values), 4) for name, values in steps.items()},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if first_tokens[3:]:
        report["first_token_median"] = round(statistics.median(first_tokens[3:]), 3)
    return report


began = [0.0]


def watch(desk: Desk, model: str, seen: list[float]) -> None:
    """Note the moment of the first piece of every generation, counted from the question."""
    generator = desk.models.generator(model)
    inner = generator.generate

    def generate(messages, *, schema, max_tokens):  # type: ignore[no-untyped-def]
        pieces = inner(messages, schema=schema, max_tokens=max_tokens)
        first = True
        while True:
            try:
                piece = next(pieces)
            except StopIteration as stop:
                return stop.value
            if first:
                seen.append(time.perf_counter() - began[0])
                first = False
            yield piece

    generator.generate = generate  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
