# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at twenty random moments of an ingest: no half document, and nothing that was reported as done is missing."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wazi import access
from wazi.store.lance import LanceStore
from wazi.types import Status

ALL = access.holdings_of(access.keeper())
FILES, PARAGRAPHS, KILLS = 40, 12, 20
SETTINGS = {"WAZI_EMBED__MODEL": "fake-embedder", "WAZI_COMPOSE__MODEL": "quote"}


def write(folder: Path, edition: int) -> None:
    for number in range(FILES):
        lines = [
            f"Edition {edition} of file {number}, paragraph {line}. " + "Words of an office. " * 20
            for line in range(PARAGRAPHS)
        ]
        (folder / f"{number:02}.md").write_text("\n\n".join(lines))


def ingest(home: Path, folder: Path, until: float | None) -> list[str]:
    """Run the shell's ingest, kill it `until` seconds after its first report, and return the files it reported as done."""
    environment = os.environ | SETTINGS | {"WAZI_HOME": str(home)}
    command = [sys.executable, "-m", "wazi.cli", "ingest", str(folder)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        reported = [first := process.stdout.readline()]
        assert first.startswith("complete"), first
        timer = threading.Timer(until, process.send_signal, [signal.SIGKILL]) if until is not None else None
        if timer:
            timer.start()
        reported += process.stdout.readlines()
        process.wait()
        if timer:
            timer.cancel()
    return [line.split()[1] for line in reported if line.startswith("complete ")]


def editions(store: LanceStore) -> dict[str, int]:
    """The edition of every document held, after checking that each is whole."""
    found = {}
    for record in store.records(ALL):
        text = store.text(record.id, ALL) or ""
        numbers = set(re.findall(r"Edition (\d+) of file (\d+)", text))
        assert record.status is Status.COMPLETE
        assert len(numbers) == 1, "a document mixes two editions"
        assert text.count("paragraph") == PARAGRAPHS, "a document is cut off"
        edition, number = numbers.pop()
        assert f"{int(number):02}.md" == Path(record.source).name
        ids = [i for i, _ in store.lexical((number, "edition", "paragraph"), ALL, 10_000)]
        chunks = [chunk for chunk in store.fetch(ids, ALL) if chunk.document == record.id]
        assert len(chunks) == record.chunks, "a document lacks passages"
        assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
        found[record.source] = int(edition)
    return found


@pytest.mark.real
def test_killed_at_twenty_random_moments(tmp_path: Path) -> None:
    chance = random.Random(20)
    home, folder = tmp_path / "home", tmp_path / "office"
    folder.mkdir()
    before: dict[str, int] = {}
    cut_short = 0
    for edition in range(1, KILLS + 1):
        write(folder, edition)
        reported = ingest(home, folder, chance.uniform(0, 2.5))
        store = LanceStore(str(home / "store"), words_in_memory=200_000, exact_rows=20_000, dimension=384)
        held = editions(store)
        store.close()
        assert {held[source] for source in reported} == {edition}, "something reported as done is missing"
        assert set(before) <= set(held)
        assert all(number in (before.get(source), edition, *range(edition)) for source, number in held.items())
        cut_short += len(reported) < FILES
        before = held
    assert cut_short >= KILLS // 2, "the kills came too late to show anything"
    write(folder, 99)
    assert len(ingest(home, folder, None)) == FILES
