# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Spans of personal data found in sentences: `python benchmarks/personal_data.py DATA/pii [--half tuned|reported] [--show KIND]`.

Prints JSON: precision, recall and F2 by kind and together. A span is found when one of the same kind overlaps at least half of
both. Sentences made from one template are all in one half, and figures come from the half that rules are not adjusted with.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wazi.guard import pii

KINDS = {
    "EMAIL_ADDRESS": "email",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "PHONE_NUMBER": "phone",
    "US_SSN": "national_number",
    "US_DRIVER_LICENSE": "national_number",
    "PERSON": "name",
}
"""What the data call the kinds that the rules know; places, dates and organisations are not looked for."""

NUMBERS = ("email", "card", "iban", "phone", "national_number")
"""Kinds that are found by their look. Names are found only where a label says so, and the data's stand anywhere."""


def main() -> None:
    """Score the rules on one half of the sentences."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--half", choices=("tuned", "reported"), default="reported")
    options.add_argument("--show", metavar="KIND", help="list what was missed and what was wrong")
    chosen = options.parse_args()
    lines = (chosen.folder / "pii.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if (row["template"] // 2 % 2 == 0) == (chosen.half == "tuned")]
    print(json.dumps(score(rows, show=chosen.show), ensure_ascii=False))


def score(rows: Iterable[Mapping[str, Any]], *, show: str | None = None) -> dict[str, Any]:
    """Counts and measures by kind, for the numbers together and for everything."""
    tallies: dict[str, Counter[str]] = {kind: Counter() for kind in (*NUMBERS, "name")}
    sentences = 0
    for row in rows:
        sentences += 1
        wanted = {(KINDS[s["type"]], s["start"], s["end"]) for s in row["spans"] if s["type"] in KINDS}
        found = {(each.kind, each.start, each.end) for each in pii.find(row["text"])}
        for kind, tally in tallies.items():
            there, told = [each for each in wanted if each[0] == kind], [each for each in found if each[0] == kind]
            missed = [each for each in there if not any(_same(each, other) for other in told)]
            wrong = [each for each in told if not any(_same(each, other) for other in there)]
            tally.update(wanted=len(there), found=len(told), missed=len(missed), wrong=len(wrong))
            if kind == show and (missed or wrong):
                parts = ([row["text"][a:b] for _, a, b in side] for side in (missed, wrong))
                print(*parts, repr(row["text"][:160]))
    by_kind = {kind: _measures(tally) for kind, tally in tallies.items()}
    numbers = sum((tallies[kind] for kind in NUMBERS), Counter())
    everything = sum(tallies.values(), Counter())
    return {"sentences": sentences, "by_kind": by_kind, "numbers": _measures(numbers), "all": _measures(everything)}


def _same(a: tuple[str, int, int], b: tuple[str, int, int]) -> bool:
    shared = min(a[2], b[2]) - max(a[1], b[1])
    return shared * 2 >= max(a[2] - a[1], b[2] - b[1])


def _measures(tally: Mapping[str, int]) -> dict[str, float]:
    wanted, found = tally.get("wanted", 0), tally.get("found", 0)
    recall = 1 - tally.get("missed", 0) / wanted if wanted else 1.0
    precision = 1 - tally.get("wrong", 0) / found if found else 1.0
    f2 = 5 * precision * recall / (4 * precision + recall) if precision + recall else 0.0
    shown = {"wanted": wanted, "found": found, "precision": precision, "recall": recall, "f2": f2}
    return {name: round(value, 4) for name, value in shown.items()}


if __name__ == "__main__":
    main()
