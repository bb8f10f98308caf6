# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A server of 10,000 chunks under load, on loopback, as JSON.

    python benchmarks/serve_load.py [--people 50] [--seconds 300] [--streams 200] [--chunks 10000] [--new]

`wazi serve` in quote mode holds the samples, embedded for real, and synthetic chunks (`answer_speed.fill`). Locust's people ask it
(`serve_people`: 5 to 15 seconds of reading between two questions); then so many streams of `/v1/responses` are opened at once and
held until each has ended. The samples have 63 questions, so most are asked again, and what was read for them is kept; `--new`
makes every question of the people one that was never asked. Memory is the server's resident set, read every second: before the
load, over its first and its last fifth, and at most while the streams are open. The people's own work shares the processor with
the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from answer_speed import ROOT, fill
from serve_people import QUESTIONS

from wazi import config
from wazi.desk import open_desk
from wazi.ingest import ingest

SOON = 60.0
"""Seconds that a server may take to be ready."""


def main() -> None:
    """Fill a home, serve it, load it, print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--seconds", type=int, default=300)
    options.add_argument("--streams", type=int, default=200)
    options.add_argument("--chunks", type=int, default=10_000)
    options.add_argument("--new", action="store_true", help="no question is asked twice")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        with open_desk(config.load(home)) as desk:
            list(ingest([str(ROOT / "samples")], desk))
            fill(desk, chosen.chunks)
            chunks = desk.store.stats()["chunks"]
        with (
            served(Path(home), waiting=chosen.people + chosen.streams) as (address, process),
            Memory(process) as memory,
        ):
            before = memory.now()
            people = asked(address, chosen.people, chosen.seconds, new=chosen.new)
            loaded = list(memory.seen)
            streams = asyncio.run(opened(address, chosen.streams))
            streaming = memory.seen[len(loaded) :]
    fifth = max(1, len(loaded) // 5)
    report = {
        "people": chosen.people,
        "new_questions": chosen.new,
        "seconds": chosen.seconds,
        "chunks": chunks,
        "load_average": os.getloadavg()[1],
        "requests": people,
        "memory_mib": {
            "before": before,
            "first_fifth": median(loaded[:fifth]),
            "last_fifth": median(loaded[-fifth:]),
            "streams_more": max(streaming) - loaded[-1],
            "most": max([*loaded, *streaming]),
        },
        "streams": streams,
    }
    print(json.dumps(report))


@contextmanager
def served(home: Path, *, waiting: int, model: str = "quote") -> Iterator[tuple[str, int]]:
    """`wazi serve` of a home: its address and process id."""
    command = [sys.executable, "-m", "wazi.cli", "serve", "--home", str(home), "--port", "0"]
    environment = os.environ | {"WAZI_SERVE__WAITING": str(waiting), "WAZI_COMPOSE__MODEL": model}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as server:
        try:
            yield ready(server), server.pid
        finally:
            server.terminate()


def ready(server: subprocess.Popen[str]) -> str:
    """The address that the server tells, once it answers."""
    assert server.stdout
    until = time.monotonic() + SOON
    for line in server.stdout:
        if found := re.search(r"http://\S+", line):
            threading.Thread(
                target=server.stdout.read, daemon=True
            ).start()  # so that it is never stopped by a full pipe
            while time.monotonic() < until:
                with suppress(httpx.TransportError):  # it tells its address a moment before it listens
                    if httpx.get(f"{found[0]}/readyz").status_code == 200:
                        return found[0]
                time.sleep(0.1)
        if time.monotonic() > until:
            break
    raise SystemExit("the server was not ready in time")


class Memory:
    """The resident set of a process in MiB, read every second."""

    def __init__(self, process: int) -> None:
        self.seen: list[int] = []
        self._status = Path(f"/proc/{process}/status")
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def now(self) -> int:
        """The resident set."""
        found = re.search(r"VmRSS:\s+(\d+) kB", self._status.read_text(encoding="ascii"))
        return int(found[1]) // 1024 if found else 0

    def __enter__(self) -> Memory:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            self.seen.append(self.now())


def asked(address: str, people: int, seconds: int, *, new: bool) -> dict[str, Any]:
    """Locust's figures by kind of request: number, failures, milliseconds at the median, the 95th percentile and the worst."""
    command = [
        sys.executable,
        "-m",
        "locust",
        "-f",
        str(ROOT / "benchmarks" / "serve_people.py"),
        "--headless",
        "--json",
    ]
    command += ["--host", address, "-u", str(people), "-r", "5", "-t", f"{seconds}s", "--skip-log"]
    environment = os.environ | {"NEW_QUESTIONS": str(int(new))}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "benchmarks", env=environment)
    if not ran.stdout.strip():
        raise SystemExit(f"locust gave no figures: {ran.stderr[-500:]}")
    found = {}
    for row in json.loads(ran.stdout):
        times = sorted((float(ms), number) for ms, number in row["response_times"].items())
        found[row["name"]] = {
            "requests": row["num_requests"],
            "failures": row["num_failures"],
            "median": percentile(times, 0.5),
            "p95": percentile(times, 0.95),
            "worst": round(row["max_response_time"] or 0.0),
        }
    return found


def percentile(times: list[tuple[float, int]], share: float) -> float:
    """Of counted times in order."""
    wanted, seen = share * sum(number for _, number in times), 0
    for ms, number in times:
        seen += number
        if seen >= wanted:
            return ms
    return 0.0


async def opened(address: str, number: int) -> dict[str, Any]:
    """So many streams at once: how many ended as they should, and the seconds to the first event and to the end."""
    limits = httpx.Limits(max_connections=number)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as client:
        rows = await asyncio.gather(*(streamed(client, QUESTIONS[n % len(QUESTIONS)]) for n in range(number)))
    whole = [row for row in rows if row["whole"]]
    return {
        "opened": number,
        "whole": len(whole),
        "first_event_median": round(median(row["first"] for row in rows), 2),
        "last_ended": round(max(row["last"] for row in rows), 2),
        "statuses": sorted({row["status"] for row in rows}),
    }


async def streamed(client: httpx.AsyncClient, question: str) -> dict[str, Any]:
    """One stream of `/v1/responses`, read to its end."""
    began, first, last, before, whole = time.monotonic(), 0.0, 0.0, "", False
    body = {"model": "wazi", "input": question, "stream": True}
    async with client.stream("POST", "/v1/responses", json=body) as reply:
        async for piece in reply.aiter_text():
            last = time.monotonic() - began
            first = first or last
            whole = whole or "response.completed" in before + piece
            before = piece
    return {"status": reply.status_code, "first": first, "last": last, "whole": whole}


if __name__ == "__main__":
    main()
