# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does the time of an answer tell whether there are documents that the reader may not see? Printed, not asserted.

`python benchmarks/leak_timing.py [--pairs 200] [--hidden 200]`: two stores, one of which has hidden documents about what is
asked, asked in turn (which one first changes with every pair), with toy models, so that the time is that of retrieval and
rights. Wilcoxon's signed-rank test of the paired differences, normal approximation; and, as a control of the method, the same
of two stores that hold the same.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from wazi import config
from wazi.ask import answer
from wazi.audit import Trail
from wazi.desk import Desk, Models
from wazi.meter import Meter
from wazi.models.fake import FakeEmbedder, FakeGenerator
from wazi.store.lance import LanceStore
from wazi.testing import make_holding
from wazi.types import PUBLIC, Holding, Reader

QUESTION = "What does the vault of the archive cost per day?"
READER = Reader("somebody", frozenset({PUBLIC}))


def documents(number: int, labels: frozenset[str], about: str) -> list[Holding]:
    """Small documents, each of three chunks about the same."""
    embedder, made = FakeEmbedder(), []
    for n in range(number):
        texts = [f"{about} {n} costs {n}{part} shillings per day at the archive." for part in range(3)]
        vectors = list(embedder.passages(texts))
        made.append(make_holding(f"{about}{n}".replace(" ", ""), texts, labels=labels, vectors=vectors))
    return [
        replace(h, passages=tuple(replace(p, tokens=tuple(p.chunk.text.lower().split())) for p in h.passages))
        for h in made
    ]


def desk_of(home: Path, holdings: Sequence[Holding], *, warm: bool) -> Desk:
    """A desk of toy models over a store on the disk."""
    settings = config.load(
        home,
        overrides={
            "embed": {"model": "fake-embedder"},
            "compose": {"model": "quote"},
            "rerank": {"evidence_floor": 0.25, "other_language_floor": 0.25},
        },
        environment={},
    )
    store = LanceStore(
        str(home / "store"), words_in_memory=200_000, exact_rows=20_000, dimension=FakeEmbedder().dimension
    )
    store.apply(holdings)
    store.compact()
    if warm:
        store.warm()
    models = Models(FakeEmbedder, lambda _: FakeGenerator("point"))
    return Desk(settings, store, models, Trail(home / "audit", keep_questions=True), Meter(settings.meter))


def seconds(desk: Desk) -> float:
    """Of one answer."""
    began = time.perf_counter()
    answer(QUESTION, READER, desk.fresh(), model="quote")
    return time.perf_counter() - began


def paired(one: Desk, other: Desk, pairs: int) -> list[float]:
    """Differences in seconds, one - other; who is asked first changes."""
    found = []
    for n in range(pairs + 10):
        if n % 2:
            mine = seconds(one)
            theirs = seconds(other)
        else:
            theirs = seconds(other)
            mine = seconds(one)
        found.append(mine - theirs)
    return found[10:]  # the first ones warm the caches up


def signed_rank(differences: Sequence[float]) -> dict[str, float]:
    """Wilcoxon's signed-rank test, two-sided, normal approximation; medians and their spread in milliseconds."""
    values = np.asarray([d for d in differences if d])
    ranks = np.abs(values).argsort().argsort() + 1.0
    n, positive = len(values), float(ranks[values > 0].sum())
    mean, spread = n * (n + 1) / 4, math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    z = (positive - mean) / spread
    low, median, high = (1e3 * np.percentile(values, [25, 50, 75])).round(3).tolist()
    p = math.erfc(abs(z) / math.sqrt(2))
    return {
        "pairs": n,
        "median_ms": median,
        "quartile_1_ms": low,
        "quartile_3_ms": high,
        "z": round(z, 2),
        "p": round(p, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--hidden", type=int, default=200, help="documents that the reader may not see")
    parser.add_argument("--visible", type=int, default=200)
    given = parser.parse_args()
    visible = documents(given.visible, frozenset({PUBLIC}), "stall")
    hidden = documents(given.hidden, frozenset({"court"}), "vault")
    told: dict[str, object] = {"visible": given.visible, "hidden": given.hidden}
    for warm in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            whole = desk_of(root / "whole", [*visible, *hidden], warm=warm)
            part = desk_of(root / "part", visible, warm=warm)
            again = desk_of(root / "again", visible, warm=warm)
            name = "warm" if warm else "cold"
            told[f"{name}: with hidden - without"] = signed_rank(paired(whole, part, given.pairs))
            told[f"{name}: without - without (control)"] = signed_rank(paired(again, part, given.pairs))
            for desk in (whole, part, again):
                desk.store.close()
    json.dump(told, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
