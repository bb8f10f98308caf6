# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Questions with conditions, each given its sections: `python benchmarks/conditions.py DATA/conditionalqa [--limit N]`.

The evidence of a question is put together as one page, as it stood on its site, taken in and asked. Measured are how many of
the gold conditions stand in what is shown, how the questions end, and the official scores (Sun et al. 2022): EM and F1 over the
best matching of answers, also times the F1 of the conditions. No yes or no is ever said, so that EM of yes/no questions is 0 by
design. Prints JSON.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import itertools
import json
import math
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wazi import access, ask, chunk, config, parse
from wazi.desk import Desk, open_desk
from wazi.embed import embed
from wazi.evals import answer_text
from wazi.ingest import as_document, screen
from wazi.languages import sentences
from wazi.types import PUBLIC, Answer, Holding, Outcome, RawFile

Said = tuple[str, frozenset[str]]
"""An answer and the conditions it holds under."""
MOST = 7
"""Answers that are matched in every order: more are cut off."""
_TAG = re.compile(r"<[^>]+>")


def main() -> None:
    """Ask each question over a home that holds its page only."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--limit", type=int, default=100, help="conditional questions, and as many others")
    options.add_argument("--embedder", default="multilingual-e5-small")
    chosen = options.parse_args()
    with gzip.open(chosen.data / "qa.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for line in lines if (row := json.loads(line))["evidences"]]
    conditional = [row for row in rows if any(answer["conditions"] for answer in row["answers"])]
    others = [row for row in rows if row["answers"] and not any(answer["conditions"] for answer in row["answers"])]
    tried = [
        _tried(row, chosen.embedder) for row in (*_spread(conditional, chosen.limit), *_spread(others, chosen.limit))
    ]
    print(json.dumps(_report(tried)))


def _spread(rows: Sequence[dict[str, Any]], limit: int) -> Sequence[dict[str, Any]]:
    return rows[:: max(1, len(rows) // limit)][:limit]


def _tried(row: dict[str, Any], embedder: str) -> dict[str, Any]:
    answer = _answer(row, embedder)
    shown = " ".join(_words(" ".join(quote.text for claim in answer.claims for quote in claim.quotes)))
    conditions = [[text for each in given["conditions"] if (text := _plain(each))] for given in row["answers"]]
    gold = sorted({text for each in conditions for text in each})
    listed = frozenset(text for text in gold if " ".join(_words(text)) in shown)
    quotes = sorted((quote.text for claim in answer.claims for quote in claim.quotes), key=len)
    stated = [(given["answer"], frozenset(each)) for given, each in zip(row["answers"], conditions, strict=True)]
    return {
        "outcome": answer.outcome.value,
        "listed": len(listed) / len(gold) if gold else None,
        "bare": _words(answer.text) in (["yes"], ["no"]),
        "decides": answer.outcome is Outcome.NEEDS_A_PERSON,
        "scores": official([(quotes[0], listed)] if quotes else [], stated),
    }


def _answer(row: dict[str, Any], embedder: str) -> Answer:
    title = html.escape(row["url"].rsplit("/", 1)[-1].replace("-", " "))
    page = f"<html><body><h1>{title}</h1>{''.join(row['evidences'])}</body></html>"
    floors = {"evidence_floor": 0.0, "other_language_floor": 0.0}
    overrides = {"embed": {"model": embedder}, "store": {"kind": "memory"}, "rerank": floors}
    with tempfile.TemporaryDirectory() as home:
        settings = config.load(home, overrides=overrides, environment={})
        with open_desk(settings) as desk:
            desk.store.apply([_holding(page.encode(), desk)])
            return ask.answer(f"{row['scenario']} {row['question']}"[:2000], access.keeper("en"), desk)


def _holding(data: bytes, desk: Desk) -> Holding:
    """The page taken in by the steps of ingest, without a process of its own."""
    raw = RawFile("/page.html", "page.html", data, hashlib.sha256(data).hexdigest())
    document = screen(
        as_document(raw, parse.parse(raw, desk.settings.parse), "bench", None, labels=frozenset({PUBLIC}))
    )
    chunks = chunk.chunk(document, desk.settings.chunk, lambda _: "en", sentences.split)
    return Holding(document.record, document.text, tuple(embed(chunks, desk)), data)


def official(said: Sequence[Said], gold: Sequence[Said]) -> tuple[float, float, float, float]:
    """EM, F1, and both times the F1 of the conditions, 0 to 1: the best matching, less for answers too many."""
    if not gold:
        return (float(not said),) * 4
    gold = gold[:MOST]
    padded = [*said, *[("", frozenset[str]())] * (len(gold) - len(said))]
    best = [0.0] * 4
    for ordered in itertools.permutations(padded, len(gold)):
        pairs = [_pair(*each) for each in zip(ordered, gold, strict=True)]
        best = [max(held, sum(values) / len(gold)) for held, values in zip(best, zip(*pairs, strict=True), strict=True)]
    less = math.exp(1 - len(padded) / len(gold)) if len(padded) > len(gold) else 1.0
    return best[0] * less, best[1] * less, best[2] * less, best[3] * less


def _pair(said: Said, gold: Said) -> tuple[float, float, float, float]:
    em = answer_text.best(answer_text.exact_match, said[0], [gold[0]], "en", squad=True)
    f1 = answer_text.best(answer_text.f1, said[0], [gold[0]], "en", squad=True)
    common = len(said[1] & gold[1])
    conditions = 2 * common / (len(said[1]) + len(gold[1])) if said[1] or gold[1] else 1.0
    return em, f1, em * conditions, f1 * conditions


def _report(tried: Sequence[dict[str, Any]]) -> dict[str, Any]:
    listed = [each["listed"] for each in tried if each["listed"] is not None]
    names = ("em", "f1", "em_with_conditions", "f1_with_conditions")
    scores = {name: 100 * sum(each["scores"][at] for each in tried) / len(tried) for at, name in enumerate(names)}
    return {
        "questions": len(tried),
        "conditional": len(listed),
        "conditions_listed": 100 * sum(listed) / len(listed),
        "all_conditions_listed": 100 * sum(share == 1 for share in listed) / len(listed),
        "some_conditions_listed": 100 * sum(share > 0 for share in listed) / len(listed),
        "bare": sum(each["bare"] for each in tried),
        "outcomes": dict(Counter(each["outcome"] for each in tried)),
        **scores,
    }


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub(" ", text)).strip()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


if __name__ == "__main__":
    main()
