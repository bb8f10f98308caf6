# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Ten people at once on the page of a server that answers with a generator, as JSON.

    python benchmarks/serve_generated.py [--people 10] [--rounds 2] [--chunks 10000] [--model qwen2.5-coder-1.5b]

Home and samples as in `serve_load.py`. Each person sends a question of the samples that no one else sends, and reads the page as
it comes: seconds until the passages that were found are there (where the page shows some), until the first word of a place in
line, until the end. `out_of_turn` counts people who got their answer more than one place away from where they came in: two are
answered at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from answer_speed import ROOT, fill
from serve_load import served
from serve_people import QUESTIONS

from wazi import config
from wazi.desk import open_desk
from wazi.ingest import ingest

FOUND, PLACE = 'class="found"', re.compile(r'class="place"[^>]*>\D*(\d+)')


def main() -> None:
    """Fill a home, serve it, ask it, print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=10)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--chunks", type=int, default=10_000)
    options.add_argument("--model", default="qwen2.5-coder-1.5b")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        with open_desk(config.load(home)) as desk:
            list(ingest([str(ROOT / "samples")], desk))
            fill(desk, chosen.chunks)
        with served(Path(home), waiting=chosen.people, model=chosen.model) as (address, _):
            httpx.post(
                f"{address}/api/ask", json={"question": "What is open on Sunday?"}, timeout=600
            )  # it is loaded now
            rounds = [
                asyncio.run(crowd(address, QUESTIONS[number * chosen.people : (number + 1) * chosen.people]))
                for number in range(chosen.rounds)
            ]
    rows = [row for found in rounds for row in found]
    evidence = sorted(row["evidence"] for row in rows if row["evidence"])
    report = {
        "people": chosen.people,
        "model": chosen.model,
        "asked": len(rows),
        "whole": sum(row["whole"] for row in rows),
        "evidence_shown": len(evidence),
        "evidence_seconds_median": round(median(evidence), 2),
        "evidence_seconds_p95": round(evidence[int(0.95 * (len(evidence) - 1) + 0.5)], 2),
        "answer_seconds_median": round(median(row["last"] for row in rows), 1),
        "answer_seconds_worst": round(max(row["last"] for row in rows), 1),
        "told_their_place": sum(row["place"] is not None for row in rows),
        "out_of_turn": sum(out_of_turn(found) for found in rounds),
    }
    json.dump(report, sys.stdout)


async def crowd(address: str, questions: list[str]) -> list[dict[str, Any]]:
    """All of them at once."""
    async with httpx.AsyncClient(base_url=address, timeout=900) as client:
        return list(await asyncio.gather(*(person(client, question) for question in questions)))


async def person(client: httpx.AsyncClient, question: str) -> dict[str, Any]:
    """One page, read to its end."""
    began, evidence, place, text = time.monotonic(), 0.0, None, ""
    async with client.stream("POST", "/", data={"question": question}) as reply:
        async for piece in reply.aiter_text():
            text += piece
            if FOUND in text:
                evidence = evidence or time.monotonic() - began
            if place is None and (told := PLACE.search(text)):
                place = int(told[1])
    whole = reply.status_code == 200 and text.rstrip().endswith("</html>")
    return {"evidence": evidence, "place": place, "last": time.monotonic() - began, "whole": whole}


def out_of_turn(rows: list[dict[str, Any]]) -> int:
    """Of one crowd: the first two were told no place, and are together first."""
    done = sorted(rows, key=lambda row: float(row["last"]))
    return sum(abs(at - (row["place"] or 0.5)) > 1 for at, row in enumerate(done))


if __name__ == "__main__":
    main()
