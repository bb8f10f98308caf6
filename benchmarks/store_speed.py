# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Speed, memory, disk and recall of the default store on synthetic rows (`store_data.py`), as JSON on stdout.

    python benchmarks/store_speed.py --rows 250000            one size
    python benchmarks/store_speed.py --rows 1000000 --from 31250   every doubling up to it

Filling, searching and the check against exact neighbours are processes of their own, so that the memory of the one that
answers is told alone. A search is what `retrieve` does: 100 candidates by words, 100 by sense, the vectors of those found by
words only, the languages of all, the best 10 fetched. The store is `warm`, as in a server; `search_without_warm` is as in
one command. Recall is of the ten nearest by a full product in numpy. `hybrid_cpu` is processor time of all threads: on a
busy machine it says more than the clock. `changed` compares the store with a copy of it of which 1 % was deleted and as much
added, after `compact`, question by question.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import store_data as data
from numpy.typing import NDArray

from wazi.config import Settings
from wazi.store.lance import LanceStore
from wazi.types import EVERYTHING, Scope

DEPTH, K = 100, 10
SIZES = {name: getattr(Settings.model_fields["store"].default, name) for name in ("exact_rows", "words_in_memory")}
Times = dict[str, list[float]]


def alone(work: Callable[..., Any], *given: Any) -> Any:
    """The result of the work in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as other:
        return other.submit(work, *given).result()


def opened(folder: Path, name: str = "index") -> LanceStore:
    return LanceStore(str(folder / name), dimension=data.DIMENSION, **SIZES)


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def disk_mib(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) >> 20


def fill(folder: Path, rows: int, count: int) -> tuple[dict[str, Any], list[data.Question]]:
    """Make the store, and beside it the vectors and the department of each chunk; then questions about them."""
    store, made = opened(folder), rows // data.CHUNKS * data.CHUNKS
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float32, (made, data.DIMENSION))
    departments, at = np.empty(made, np.int64), 0
    seconds = {"apply": 0.0, "compact": 0.0}
    data.vocabulary("en"), data.vocabulary("rw")
    with store.writing():
        for batch in data.batches(rows):
            vectors[at : at + len(batch.vectors)], departments[at : at + len(batch.vectors)] = (
                batch.vectors,
                batch.departments,
            )
            at += len(batch.vectors)
            seconds["apply"] += timed(store.apply, batch.holdings)
        seconds["compact"] = timed(store.compact)
    np.save(folder / "departments.npy", departments)
    built = {**seconds, "peak_mib": peak_mib(), "disk_mib": disk_mib(folder / "index")}
    return built, data.questions(vectors, departments, count, 11)


def timed(work: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began


def truth(folder: Path, questions: list[data.Question]) -> dict[str, list[list[str]]]:
    """By scope and question, the ids of the ten nearest permitted chunks."""
    scopes = data.scopes(questions, EVERYTHING)
    vectors, departments = np.load(folder / "vectors.npy", mmap_mode="r"), np.load(folder / "departments.npy")
    points = np.array([question.vector for question in questions])
    inside = {name: masks(held, departments) for name, held in scopes.items()}
    best: dict[str, list[list[tuple[float, int]]]] = {name: [[] for _ in questions] for name in scopes}
    for first in range(0, len(vectors), 50_000):
        scores = points @ np.asarray(vectors[first : first + 50_000]).T
        for name in scopes:
            for n, mask in enumerate(inside[name]):
                rows = np.flatnonzero(mask[first : first + 50_000])
                rows = rows[np.argsort(-scores[n, rows])[:K]]
                near = best[name][n] + [(float(scores[n, row]), first + int(row)) for row in rows]
                best[name][n] = sorted(near, reverse=True)[:K]
    return {name: [[chunk_id(row) for _, row in near] for near in held] for name, held in best.items()}


def chunk_id(row: int) -> str:
    return f"d{row // data.CHUNKS}:{row % data.CHUNKS}"


def masks(scopes: list[Scope], departments: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    """Which chunks are in each scope, computed from the generator and not by the store; equal scopes share one array."""
    documents = len(departments) // data.CHUNKS
    held = [data.labels(n, int(departments[n * data.CHUNKS])) for n in range(documents)]
    days = [data.days(n) for n in range(documents)]
    made: dict[Scope, NDArray[np.bool_]] = {}
    for scope in scopes:
        if scope not in made:
            every = EVERYTHING in scope.labels
            inside = [
                (every or not scope.labels.isdisjoint(held[n]))
                and (scope.on is None or not days[n] or days[n]["valid_from"] <= scope.on <= days[n]["valid_until"])
                for n in range(documents)
            ]
            made[scope] = np.repeat(inside, data.CHUNKS)
    return [made[scope] for scope in scopes]


def search(
    folder: Path, questions: list[data.Question], nearest: Mapping[str, list[list[str]]], warm: bool
) -> dict[str, Any]:
    """Milliseconds and recall by scope, in one process that only answers."""
    scopes = data.scopes(questions, EVERYTHING)
    began = time.perf_counter()
    store = opened(folder)
    hybrid(store, questions[0], scopes["none"][0], defaultdict(list))
    opening = time.perf_counter() - began
    warming = timed(store.warm) if warm else 0.0
    for question, scope in zip(questions[:20], scopes["foreign"], strict=False):
        hybrid(store, question, scope, defaultdict(list))
    everything: Times = defaultdict(list)
    by_scope, by_kind = {}, defaultdict(list)
    for name, held in scopes.items():
        times: Times = defaultdict(list)
        recalls, short = [], 0
        for n, (question, scope) in enumerate(zip(questions, held, strict=True)):
            found = hybrid(store, question, scope, times)
            true = set(nearest[name][n])
            recalls.append(len(true & set(found[:K])) / len(true) if true else float(not found))
            short += len(found) < len(true)
            by_kind[question.kind].append(times["lexical"][-1])
        by_scope[name] = {"recall_at_10": round(statistics.mean(recalls), 4), "short": short, **quantiles(times)}
        for part, taken in times.items():
            everything[part] += taken
    weights = [timed(store.lexical, question.weights, scopes["none"][0], DEPTH) for question in questions[:50]]
    return {
        "rss_mib": peak_mib(),
        "open_ms": round(1000 * opening, 1),
        "warm_s": round(warming, 2),
        "all": quantiles(everything),
        "lexical_by_kind": {kind: spread(taken) for kind, taken in sorted(by_kind.items())},
        "lexical_30_weights": spread(weights),
        "scopes": by_scope,
    }


def hybrid(store: LanceStore, question: data.Question, scope: Scope, times: Times) -> list[str]:
    """What `retrieve` does; returns the ids by sense alone."""
    clock, busy = [time.perf_counter()], time.process_time()
    lexical = dict(store.lexical(question.tokens, scope, DEPTH))
    clock.append(time.perf_counter())
    near = store.dense(question.vector, scope, DEPTH)
    clock.append(time.perf_counter())
    dense = dict(near)
    missing = store.vectors([name for name in lexical if name not in dense], scope)
    dense |= {name: float(vector @ question.vector) for name, vector in missing.items()}
    clock.append(time.perf_counter())
    most = max(lexical.values(), default=1.0)
    scores = {name: cosine + lexical.get(name, 0.0) / most for name, cosine in dense.items()}
    store.languages(list(scores), scope)
    best = sorted(scores, key=lambda name: (-scores[name], name))[:K]
    clock.append(time.perf_counter())
    store.fetch(best, scope)
    clock.append(time.perf_counter())
    for n, part in enumerate(("lexical", "dense", "vectors", "fuse", "fetch")):
        times[part].append(clock[n + 1] - clock[n])
    times["hybrid"].append(clock[-1] - clock[0])
    times["hybrid_cpu"].append(time.process_time() - busy)
    return [hit.id for hit in near]


def spread(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    return {
        "p50": round(1000 * statistics.median(ordered), 2),
        "p95": round(1000 * ordered[int(0.95 * len(ordered))], 2),
    }


def quantiles(times: Times) -> dict[str, dict[str, float]]:
    return {part: spread(seconds) for part, seconds in times.items()}


def change(folder: Path, rows: int) -> dict[str, float]:
    """Delete 1 % of the documents of a copy, spread over the store, and add as many."""
    documents = rows // data.CHUNKS
    copied(folder / "index", folder / "changed")
    store, count = opened(folder, "changed"), documents // 100
    gone = [f"d{n}" for n in np.random.default_rng(5).choice(documents, count, replace=False)]
    new = data.batch(documents, count).holdings
    with store.writing():
        return {
            "delete_s": timed(lambda: store.apply([], delete=gone)),
            "add_s": timed(store.apply, new),
            "compact_s": timed(store.compact),
            "peak_mib": peak_mib(),
            "disk_mib": disk_mib(folder / "changed"),
        }


def copied(old: Path, new: Path) -> None:
    """The same files under a second name: the store never changes a file."""
    for path in (path for path in old.rglob("*") if path.is_file() and path.suffix != ".lock"):
        place = new / path.relative_to(old)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, place)


def compare(folder: Path, questions: list[data.Question]) -> dict[str, Any]:
    """The median of hybrid search after the change over that before, each question asked of both in turn."""
    scopes = data.scopes(questions, EVERYTHING)
    stores = {"before": opened(folder), "after": opened(folder, "changed")}
    for store in stores.values():
        store.warm()
    times: dict[str, Times] = {name: defaultdict(list) for name in stores}
    for turn in range(3):
        for n, question in enumerate(questions):
            for name in sorted(stores, reverse=n % 2 == 0):
                kept = times[name] if turn else defaultdict(list)
                hybrid(stores[name], question, scopes["foreign" if n % 3 else "none"][n], kept)
    medians = {name: statistics.median(held["hybrid"]) for name, held in times.items()}
    return {
        **{f"hybrid_{name}_p50_ms": round(1000 * value, 2) for name, value in medians.items()},
        "ratio": round(medians["after"] / medians["before"], 4),
    }


def run(rows: int, queries: int, changed: bool, folder: Path) -> dict[str, Any]:
    """All of it at one size."""
    load = os.getloadavg()[0]
    built, questions = alone(fill, folder, rows, queries)
    nearest = alone(truth, folder, questions)
    cold, found = (alone(search, folder, questions, nearest, warm) for warm in (False, True))
    result = {
        "rows": rows,
        "hybrid_p50_ms": found["all"]["hybrid"]["p50"],
        "hybrid_p95_ms": found["all"]["hybrid"]["p95"],
        "hybrid_cpu_p50_ms": found["all"]["hybrid_cpu"]["p50"],
        "lexical_p50_ms": found["all"]["lexical"]["p50"],
        "dense_p50_ms": found["all"]["dense"]["p50"],
        "fetch_p50_ms": found["all"]["fetch"]["p50"],
        "disk_mib": built["disk_mib"],
        "rss_mib": found["rss_mib"],
        "build_s": round(built["apply"] + built["compact"], 1),
        "recall_foreign": found["scopes"]["foreign"]["recall_at_10"],
        "recall_none": found["scopes"]["none"]["recall_at_10"],
        "build": built,
        "search": found,
        "search_without_warm": cold,
    }
    if changed:
        result["changed"] = {**alone(change, folder, rows), **alone(compare, folder, questions)}
    return {**result, "load": [round(load, 1), round(os.getloadavg()[0], 1)]}


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed, memory and recall of the default store, as JSON.")
    parser.add_argument("--rows", type=int, default=31_250)
    parser.add_argument(
        "--from", dest="first", type=int, help="also run smaller sizes, each half of the next, down to it"
    )
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--home", type=Path, help="an empty folder to work in, kept afterwards")
    given = parser.parse_args()
    sizes = [given.rows]
    while given.first and sizes[0] // 2 >= given.first:
        sizes.insert(0, sizes[0] // 2)
    results = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (given.home or Path(scratch)) / str(rows)
            folder.mkdir(parents=True)
            results.append(run(rows, given.queries, rows == given.rows, folder))
        print(json.dumps({name: results[-1][name] for name in list(results[-1])[:12]}), file=sys.stderr, flush=True)
    json.dump({"dimension": data.DIMENSION, "queries": given.queries, "sizes": results}, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
