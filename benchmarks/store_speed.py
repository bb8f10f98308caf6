# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Speed, memory and recall of the default store on synthetic rows, as JSON on stdout.

    python benchmarks/store_speed.py                  10,000 rows: dense search is exact
    python benchmarks/store_speed.py --rows 300000    beyond `exact_rows`: the vector index is built and used

Rows are unit vectors of 384 numbers around 2,000 centres in 64 departments, with texts of 120 Zipf words; a query is a row
with noise. Scopes: `none`; `tenth` (a random tenth); `foreign` (one department in 64, never the one the query points at).
Recall is against a full product in numpy. It says nothing about relevance on real text.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from wazi.store.lance import LanceStore
from wazi.types import EVERYTHING, Chunk, Holding, Passage, Record, Scope, Status

DIMENSION, DEPARTMENTS, CHUNKS, K = 384, 64, 20, 50
WORDS = np.array([f"w{n}" for n in range(30_000)])


def vectors(count: int, departments: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rows around the centres of their department: float32, (count, DIMENSION), length 1."""
    centres = np.random.default_rng(1).normal(size=(DEPARTMENTS, 32, DIMENSION)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=2, keepdims=True)
    noise = rng.normal(size=(count, DIMENSION)).astype(np.float32) * (0.7 / np.sqrt(DIMENSION))
    rows = centres[departments, rng.integers(0, 32, count)] + noise
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def documents(first: int, count: int, rng: np.random.Generator) -> tuple[list[Holding], np.ndarray]:
    """Documents of CHUNKS chunks each, a department a document."""
    departments = (np.arange(first, first + count) * 7919) % DEPARTMENTS
    rows = vectors(count * CHUNKS, np.repeat(departments, CHUNKS), rng)
    ranks = (len(WORDS) ** rng.random((count * CHUNKS, 120))).astype(int) - 1
    made = []
    for n in range(count):
        name, labels = (
            f"d{first + n}",
            frozenset({f"dept{departments[n]}", *(["tenth"] if (first + n) % 10 == 0 else [])}),
        )
        passages = []
        for m in range(n * CHUNKS, (n + 1) * CHUNKS):
            tokens = tuple(WORDS[ranks[m]].tolist())
            chunk = Chunk(f"{name}:{m - n * CHUNKS}", name, " ".join(tokens), 0, 1, 1, (), "en", labels=labels)
            passages.append(Passage(chunk, tokens, rows[m]))
        text = "\n".join(passage.chunk.text for passage in passages)
        record = Record(name, name, f"/{name}", name, "text/plain", Status.COMPLETE, chunks=CHUNKS, labels=labels)
        made.append(Holding(record, text, tuple(passages)))
    return made, rows


def milliseconds(work: Callable[[int], object], times: int) -> dict[str, float]:
    """Median and 95th percentile over `times` calls."""
    taken = []
    for n in range(times):
        began = time.perf_counter()
        work(n)
        taken.append((time.perf_counter() - began) * 1000)
    return {"p50": round(statistics.median(taken), 1), "p95": round(sorted(taken)[int(times * 0.95)], 1)}


def fill(store: LanceStore, count: int, batch: int) -> tuple[np.ndarray, dict[str, float]]:
    """Apply documents in batches; their vectors, and the seconds it took."""
    rng, held, began, applying = np.random.default_rng(7), [], time.perf_counter(), 0.0
    with store.writing():
        for first in range(0, count // CHUNKS, batch):
            made, rows = documents(first, min(batch, count // CHUNKS - first), rng)
            held.append(rows)
            start = time.perf_counter()
            store.apply(made)
            applying += time.perf_counter() - start
        start = time.perf_counter()
        store.compact()
    ended = time.perf_counter()
    return np.concatenate(held), {"apply": applying, "compact": ended - start, "total": ended - began}


def search(store: LanceStore, held: np.ndarray, queries: int) -> dict[str, Any]:
    """Recall, rows and milliseconds by scope."""
    rng = np.random.default_rng(3)
    owners = np.repeat((np.arange(len(held) // CHUNKS) * 7919) % DEPARTMENTS, CHUNKS)
    tenth = np.repeat(np.arange(len(held) // CHUNKS) % 10 == 0, CHUNKS)
    asked = rng.integers(0, DEPARTMENTS, queries)
    points = vectors(queries, asked, rng)
    words = [WORDS[(len(WORDS) ** (0.3 + 0.6 * rng.random(5))).astype(int)].tolist() for _ in range(queries)]
    result: dict[str, Any] = {}
    for name in ("none", "tenth", "foreign", "foreign_today"):
        day = dt.date(2026, 1, 1) if name == "foreign_today" else None
        own = [
            (int(d) + 1 + n) % DEPARTMENTS if (int(d) + 1 + n) % DEPARTMENTS != d else (int(d) + 1) % DEPARTMENTS
            for n, d in enumerate(asked)
        ]
        labels = {"none": EVERYTHING, "tenth": "tenth"}
        scopes = [Scope(frozenset({labels.get(name, f"dept{own[n]}")}), day) for n in range(queries)]
        recalls, lengths = [], set()
        for n in range(queries):
            mask = np.ones(len(held), bool) if name == "none" else tenth if name == "tenth" else owners == own[n]
            scores = np.where(mask, held @ points[n], -2)
            truth = {f"d{row // CHUNKS}:{row % CHUNKS}" for row in np.argpartition(-scores, 10)[:10]}
            found = [hit.id for hit in store.dense(points[n], scopes[n], K)]
            recalls.append(len(truth & set(found[:10])) / 10)
            lengths.add(len(found))
        result[name] = {
            "recall_at_10": round(statistics.mean(recalls), 4),
            "rows_of_50": sorted(lengths),
            "dense_ms": milliseconds(lambda n, s=scopes: store.dense(points[n], s[n], K), queries),
            "lexical_ms": milliseconds(lambda n, s=scopes: store.lexical(words[n], s[n], K), queries),
            "fetch_ms": milliseconds(lambda n, s=scopes: store.fetch([f"d{n}:{m}" for m in range(10)], s[n]), queries),
        }
    return result


def run(rows: int, exact_rows: int, queries: int, batch: int, home: str) -> dict[str, Any]:
    """Fill, search, replace one document, report."""
    store = LanceStore(home, exact_rows=exact_rows, dimension=DIMENSION)
    held, seconds = fill(store, rows, batch)
    build_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found = search(store, held, queries)
    one = documents(3, 1, np.random.default_rng(9))[0]
    start = time.perf_counter()
    store.apply(one)
    replaced = time.perf_counter()
    store.compact()
    disk = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file())
    return {
        "rows": rows, "dimension": DIMENSION, "exact_rows": exact_rows, "queries": queries, "k": K,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "replace_one_document_seconds": round(replaced - start, 3),
        "compact_after_it_seconds": round(time.perf_counter() - replaced, 2),
        "peak_rss_mib": {"build": build_rss, "all": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024},
        "numpy_truth_mib": held.nbytes >> 20,
        "disk_mib": disk >> 20,
        "scopes": found,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed, memory and recall of the default store, as JSON.")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--exact-rows", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--batch", type=int, default=100, help="documents a commit")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        json.dump(
            run(given.rows, given.exact_rows, given.queries, given.batch, f"{folder}/index"), sys.stdout, indent=1
        )
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
