# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at twenty random moments of a writing loop: what was reported as done is there, whole, and nothing is half."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wazi.store.lance import LanceStore
from wazi.testing import DIMENSION, KEEPER, ids, make_holding
from wazi.types import Holding

SEED, KILLS, DOCUMENTS = 20, 20, 9

Versions = dict[str, int | None]
"""The version of each document; None: deleted or never there."""

WRITER = """
import json, random, sys
from tests.test_store_crash import batches, opened, holding
home, first = sys.argv[1], int(sys.argv[2])
store = opened(home)
for number, batch in batches(first):
    print("begin", json.dumps(batch), flush=True)
    store.apply([holding(name, version) for name, version in batch.items() if version is not None],
                delete=[name for name, version in batch.items() if version is None])
    print("done", flush=True)
    if number % 5 == 4:
        store.compact()
"""


def opened(home: str) -> LanceStore:
    return LanceStore(home, words_in_memory=200_000, exact_rows=50_000, dimension=DIMENSION)


def holding(name: str, version: int) -> Holding:
    """A document that says its version in every chunk; the number of chunks changes with it."""
    return make_holding(name, [f"toleo{version} fungu{n} {'maji ' * 200}" for n in range(version % 7 + 1)])


def batches(first: int):  # type: ignore[no-untyped-def]  # a generator without an end
    """Numbered batches of one to three documents to replace or, one time in five, to delete."""
    rng, number = random.Random(first), first
    while True:
        names = rng.sample([f"d{n}" for n in range(DOCUMENTS)], rng.randint(1, 3))
        yield number, {name: None if rng.random() < 0.2 else number for name in names}
        number += 1


def written_until_killed(home: Path, first: int, seconds: float) -> tuple[list[Versions], Versions]:
    """Batches acknowledged by a writer that is killed after so long, and the one it had begun."""
    command = [sys.executable, "-c", WRITER, str(home), str(first)]
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout
        lines = [writer.stdout.readline()]
        time.sleep(seconds)
        writer.kill()
        lines += writer.stdout.read().splitlines()
    done: list[Versions] = []
    begun: Versions = {}
    for line in lines:
        word, _, batch = line.strip().partition(" ")
        if word == "begin" and batch.endswith("}"):
            begun = json.loads(batch)
        elif word == "done":
            done, begun = [*done, begun], {}
    return done, begun


def held(store: LanceStore) -> Versions:
    """The version of each document; fails on one that is not whole."""
    versions: Versions = {f"d{n}": None for n in range(DOCUMENTS)}
    chunks = 0
    for record in store.records(KEEPER):
        found = store.fetch([f"{record.id}:{n}" for n in range(9)], KEEPER)
        version = int(found[0].text.split()[0].removeprefix("toleo"))
        whole = holding(record.id, version)
        assert record == whole.record
        assert found == [passage.chunk for passage in whole.passages]
        assert store.text(record.id, KEEPER) == whole.text
        assert store.original(record.id, KEEPER) == whole.original
        assert set(ids(store.lexical([f"toleo{version}"], KEEPER, 99))) >= {chunk.id for chunk in found}
        versions[record.id], chunks = version, chunks + len(found)
    assert store.stats()["chunks"] == chunks, "chunks without a document"
    assert len(store.lexical(["maji"], KEEPER, 999)) == len(
        store.dense(holding("d0", 1).passages[0].vector, KEEPER, 999)
    )
    return versions


@pytest.mark.real
def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    rng, home = random.Random(SEED), tmp_path / "index"
    known: Versions = {f"d{n}": None for n in range(DOCUMENTS)}
    acknowledged = 0
    for kill in range(KILLS):
        done, begun = written_until_killed(home, 1000 * kill, rng.uniform(0.0, 1.2))
        for batch in done:
            known |= batch
        acknowledged += len(done)
        now = held(opened(str(home)))
        assert now in (known, known | begun), f"kill {kill}: neither the old nor the new state"
        known = now
    opened(str(home)).compact()
    assert held(opened(str(home))) == known
    assert acknowledged > KILLS, "the writer was too slow for the test to mean anything"
