# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The fictional county's questions, asked for real: `python benchmarks/answers_samples.py [--model NAME] [--first N] [--show]`.

Prints JSON: of the answerable questions how many got the right words, wrong words or a refusal; of the others how many were
refused; whether every quote slices back; the seconds an answer took. The documents and the questions were written for this
project, so this is a smoke alarm, not a measure of quality elsewhere.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from wazi import access, ask, config
from wazi.desk import Desk, open_desk
from wazi.ingest import ingest
from wazi.types import PUBLIC, Answer, Reader

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "samples" / "questions.toml"
KINDS = ("right", "wrong", "refused", "rightly refused", "wrongly answered")


def main() -> None:
    """Ask every question once and print the tally."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", default="quote")
    options.add_argument("--first", type=int, default=1000, help="only the first questions of the file")
    options.add_argument("--show", action="store_true", help="list what was not right")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home, open_desk(_settings(home, chosen.model)) as desk:
        list(ingest([str(ROOT / "samples")], desk))
        print(json.dumps(tally(desk, first=chosen.first, show=chosen.show), ensure_ascii=False))


def _settings(home: str, model: str) -> config.Settings:
    return config.load(home, overrides={"compose": {"model": model}})


def tally(desk: Desk, *, first: int, show: bool = False) -> dict[str, Any]:
    """Counts by kind, overall and by language asked in."""
    questions = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"][:first]
    ask.answer("warm up", access.keeper("en"), desk)
    counts = dict.fromkeys(KINDS, 0)
    by_language: dict[str, dict[str, int]] = {}
    seconds, exact = [], 0
    quotes = 0
    for question in questions:
        labels = {PUBLIC, question["reader"]} if "reader" in question else {PUBLIC}
        reader = Reader("benchmark", frozenset(labels), question["language"])
        answer = ask.answer(question["question"], reader, desk, on=question.get("on"))
        kind = judged(question, answer)
        counts[kind] += 1
        by_language.setdefault(question["language"], dict.fromkeys(KINDS, 0))[kind] += 1
        seconds.append(answer.meter.seconds)
        for quote in (quote for claim in answer.claims for quote in claim.quotes):
            text = desk.store.text(quote.document.id, access.holdings_of(access.keeper())) or ""
            quotes += 1
            exact += text[quote.start : quote.end] == quote.text
        if show and kind not in ("right", "rightly refused"):
            print(f"{kind}: [{question['language']}] {question['question']}\n    {answer.text!r}")
    return {
        "questions": len(questions),
        "counts": counts,
        "by_language": by_language,
        "right_share": counts["right"] / sum(counts[kind] for kind in KINDS[:3]),
        "exact_quotes": exact / quotes if quotes else 1.0,
        "seconds_median": statistics.median(seconds),
    }


def judged(question: dict[str, Any], answer: Answer) -> str:
    """Right means that the words asked for stand in the quotes, white space aside."""
    answered = bool(answer.claims)
    if not question.get("answerable", True):
        return "wrongly answered" if answered else "rightly refused"
    if not answered:
        return "refused"
    shown = " ".join(quote.text for claim in answer.claims for quote in claim.quotes)
    return "right" if " ".join(question["contains"].split()) in " ".join(shown.split()) else "wrong"


if __name__ == "__main__":
    main()
