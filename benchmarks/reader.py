# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The trained reader on documents and languages that it was not trained on, as JSON.

    python benchmarks/reader.py READER.npz DATA [--rows 150] [--pairs 80] [--only "xquad en" …]
    python benchmarks/reader.py READER.npz DATA --held-out benchmarks/data/held_out

The second form writes the ids of the questions that are held back of each set that is partly trained on, one a line, for
`wazi evals … --only`.

Reading: the best span of the gold passage, exact match and F1 by SQuAD's rules (and F1 by MLQA's), over `--rows` questions a
set. Answerability: the gold passage against a close one that does not answer ("hard") and against itself without the sentence
that answers ("lacking"), over `--pairs` questions a set: the area under the curve of relevance, of the span's margin over no
answer, of the encoder's cosine, and of the three together, weighed on the development rows. Sets without answers: gold
against close only. The split is that of the recipe.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from wazi import config
from wazi.evals import answer_text, stats
from wazi.models import e5_weights
from wazi.models.e5_pieces import Cutter
from wazi.models.openvino_e5 import OpenVinoE5
from wazi.models.reader import Reader
from wazi.tune import negatives, sets, split
from wazi.tune.area import auc
from wazi.tune.reader import base, divided, pools
from wazi.tune.sets import Row
from wazi.tune.split import DEV, TEST

RECIPE = Path(__file__).with_name("data") / "reader.toml"
SIGNALS = ("relevance", "margin", "cosine")
STEPS = 30
RIDGE = 1.0


@dataclass
class Judged:
    """One pair: its signals, whether the passage answers (`gold`), or why it does not."""

    values: NDArray[np.float64]
    kind: str


class Bench:
    def __init__(self, trained: Path, data: Path) -> None:
        path = base(config.load())
        weights = e5_weights.read(path)
        self.reader, self.encoder = Reader(weights, trained), OpenVinoE5(path)
        self.cutter = Cutter(weights)
        self.recipe = sets.recipe(RECIPE)
        self.parts = divided(self.recipe, data, self.cutter, training=False)
        self.ranked = {part: pools(self.parts, part, self.recipe.seed, self.cutter) for part in (DEV, TEST)}

    def rows(self, name: str, part: str, number: int) -> list[Row]:
        """Rows of a set, drawn by hash."""
        held = [row for row in self.parts.rows[part] if row.source == name or not name]
        return sorted(held, key=lambda row: split.chance(row.id, self.recipe.seed + 1))[:number]

    def held_out(self, folder: Path) -> int:
        """A file of ids for every set of which a part is trained on and whose questions have answers."""
        folder.mkdir(parents=True, exist_ok=True)
        for source in self.recipe.sources:
            ids = sorted(row.id for row in self.parts.rows[TEST] if row.source == source.name)
            if source.parts != "test" and source.task == "read" and ids:
                (folder / f"{source.name.replace(' ', '_')}.txt").write_text("\n".join(ids) + "\n", encoding="utf-8")
        return 0

    def reading(self, rows: Sequence[Row]) -> dict[str, object]:
        """Exact match and F1 of the best span of the gold passage, x 100."""
        values: dict[str, list[float]] = {"exact_match": [], "f1": [], "f1_mlqa": []}
        for row in rows:
            text = row.passage.text
            found = self.reader.read(row.question, [text])[0]
            said = text[found.start : found.end]
            for name, measure, squad in (
                ("exact_match", answer_text.exact_match, True),
                ("f1", answer_text.f1, True),
                ("f1_mlqa", answer_text.f1, False),
            ):
                best = answer_text.best(measure, said, row.answers, row.passage.language, squad=squad)
                values[name].append(100 * best)
        return {"n": len(rows), **{name: rounded(stats.interval(each)) for name, each in values.items()}}

    def judged(self, rows: Sequence[Row], part: str) -> list[Judged]:
        """The pairs of every row: the gold passage, a close one, and the gold one without its fact."""
        made = []
        for row in rows:
            texts = {"gold": row.passage.text}
            close = negatives.close(row, self.ranked[part][row.passage.pool])
            if close:
                texts["hard"] = Random(row.id).choice(close).text
            lacking = negatives.without_fact(row) if row.spans else None
            if lacking:
                texts["lacking"] = lacking
            readings = self.reader.read(row.question, list(texts.values()))
            cosines = self.encoder.passages(list(texts.values())) @ self.encoder.query(row.question)
            for kind, found, cosine in zip(texts, readings, cosines, strict=True):
                values = np.array([found.relevance, found.margin, 10 * cosine], float)
                made.append(Judged(values, kind))
        return made


@dataclass
class Weighing:
    """Logistic regression on signals brought to mean 0 and deviation 1."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weights: NDArray[np.float64]

    def score(self, values: NDArray[np.float64]) -> float:
        return float((values - self.mean) / self.deviation @ self.weights[:-1] + self.weights[-1])


def weigh(pairs: Sequence[Judged]) -> Weighing:
    """By Newton's steps, with a small ridge."""
    values = np.array([pair.values for pair in pairs])
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    inputs = np.column_stack([(values - mean) / deviation, np.ones(len(values))])
    truth = np.array([pair.kind == "gold" for pair in pairs], float)
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (truth - likely) - RIDGE * weights
        curve = (inputs * (likely * (1 - likely))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    return Weighing(mean, deviation, weights)


def areas(pairs: Sequence[Judged], weighing: Weighing) -> dict[str, dict[str, float]]:
    """Area under the curve x 100 for every signal, against hard and against lacking passages."""
    found: dict[str, dict[str, float]] = {}
    for against in ("hard", "lacking"):
        chosen = [pair for pair in pairs if pair.kind in ("gold", against)]
        wrong = sum(pair.kind == against for pair in chosen)
        if not wrong:
            continue
        labels = [float(pair.kind == "gold") for pair in chosen]
        scores = {name: [float(pair.values[at]) for pair in chosen] for at, name in enumerate(SIGNALS)}
        scores["together"] = [weighing.score(pair.values) for pair in chosen]
        found[against] = {name: round(100 * auc(each, labels), 1) for name, each in scores.items()} | {"n": wrong}
    return found


def rounded(found: stats.Interval) -> dict[str, float]:
    return {"value": round(found["value"], 2), "low": round(found["low"], 2), "high": round(found["high"], 2)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("reader", type=Path)
    options.add_argument("data", type=Path)
    options.add_argument("--rows", type=int, default=150)
    options.add_argument("--pairs", type=int, default=80)
    options.add_argument("--only", nargs="*")
    options.add_argument("--held-out", type=Path)
    chosen = options.parse_args()
    bench = Bench(chosen.reader, chosen.data)
    if chosen.held_out:
        return bench.held_out(chosen.held_out)
    weighing = weigh(bench.judged(bench.rows("", DEV, 2 * chosen.pairs), DEV)) if chosen.pairs else None
    names = dict.fromkeys(row.source for row in bench.parts.rows[TEST])
    report: dict[str, object] = {}
    for name in names if chosen.only is None else chosen.only:
        began = time.perf_counter()
        rows = bench.rows(name, TEST, chosen.rows)
        one: dict[str, object] = {"reading": bench.reading(rows)} if rows[0].spans else {}
        if weighing:
            one["auc"] = areas(bench.judged(rows[: chosen.pairs], TEST), weighing)
        report[name] = one | {"seconds": round(time.perf_counter() - began, 1)}
        print(name, json.dumps(one), file=sys.stderr, flush=True)
    card = {name: bench.reader.card.get(name) for name in ("seen", "seconds", "joules", "dev")}
    weights = dict(zip(SIGNALS, weighing.weights.round(3).tolist(), strict=False)) if weighing else {}
    print(json.dumps({"sets": report, "weights": weights, "training": card}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
