# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Words alone: BM25 over our tokens, no vectors, one row a data set and language: `python benchmarks/lexical.py [NAME…]`.

A passage is analysed as the house does it, its title above its text. `--half` divides the questions by a hash of their id:
rules and weights are chosen on `tune` and reported on `report`. The scores are those of `wazi.store.memory`, here with arrays,
since 31,000 passages are asked 300 times. `tico19` has no questions: its rows are a stand-in (see `neighbours`).
It does not know meaning: a row of questions in another language than the passages counts names and numbers only.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wazi.evals import metrics, stats
from wazi.languages import analyse
from wazi.store.memory import K1, B

K = 10
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
XQUAD = ("en", "es", "hi", "tr", "vi")
LAWS = ("ke", "rw", "tz", "bd")
TYDI = ("sw-train", "ko-dev", "en-dev", "fi-dev", "id-dev")
GAZETTE = ("rw", "en", "fr")
TICO = ("ar", "bn", "fa", "fr", "ha", "hi", "id", "lg", "pt-BR", "sw", "ur", "zu")
NEAR, EVERY = 2, 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the row it counts for, and the only passages it may find (None: all)."""

    id: str
    text: str
    language: str
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """Passages (id, text under its title, language, part of the set) and judged questions."""

    name: str
    passages: tuple[tuple[str, str, str, str], ...]
    questions: tuple[Asked, ...]
    relevant: Mapping[str, Mapping[str, int]]


class Index:
    """BM25 as in `wazi.store.memory`, as arrays."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        self.ids: dict[str, int] = {}
        lengths = np.array([len(tokens) for tokens in passages], np.float64)
        numbers = np.fromiter((self._number(token) for tokens in passages for token in tokens), np.int64)
        rows = np.repeat(np.arange(len(passages)), lengths.astype(np.int64))
        pairs, times = np.unique(numbers * len(passages) + rows, return_counts=True)
        self.rows = pairs % len(passages)
        self.starts = np.searchsorted(pairs // len(passages), np.arange(len(self.ids) + 1))
        self.count = len(passages)
        held = np.diff(self.starts).astype(np.float64)
        indexed = np.count_nonzero(lengths)
        self.idf = np.log1p((indexed - held + 0.5) / (held + 0.5))
        norm = K1 * (1 - B + B * lengths[self.rows] / max(lengths.sum() / max(indexed, 1), 1e-9))
        self.gains = times * (K1 + 1) / (times + norm)

    def scores(self, question: Mapping[str, float]) -> NDArray[np.float64]:
        """One score a passage for weighted tokens."""
        found = np.zeros(self.count)
        for token, weight in question.items():
            number = self.ids.get(token)
            if number is not None:
                at = slice(self.starts[number], self.starts[number + 1])
                found[self.rows[at]] += weight * self.idf[number] * self.gains[at]
        return found

    def _number(self, token: str) -> int:
        return self.ids.setdefault(token, len(self.ids))


def main() -> int:
    """One JSON document: a row a data set and language, and the speed of the analyser."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", help="data sets, or the beginning of their names")
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--half", choices=("all", "tune", "report"), default="all")
    chosen = options.parse_args()
    rows, tokens, seconds = [], 0, 0.0
    for data in load(chosen.data, chosen.names):
        found, count, spent = measure(data, chosen.half)
        rows += found
        tokens, seconds = tokens + count, seconds + spent
        print(json.dumps(found), file=sys.stderr)
    speed = {"tokens": tokens, "seconds": round(seconds, 2), "tokens_per_second": round(tokens / max(seconds, 1e-9))}
    print(json.dumps({"analyser": analyse.VERSION, "half": chosen.half, "rows": rows, "speed": speed}, indent=1))
    return 0 if rows else 2


def measure(data: DataSet, part: str = "all") -> tuple[list[dict[str, Any]], int, float]:
    """The rows of a data set, the tokens made for its passages, the seconds they took."""
    began = time.perf_counter()
    passages = [analyse.tokens(text, language) for _, text, language, _ in data.passages]
    seconds = time.perf_counter() - began
    index = Index(passages)
    ids = np.array([name for name, *_ in data.passages])
    parts = np.array([part for *_, part in data.passages])
    scored: dict[str, list[tuple[float, float, float]]] = {}
    for asked in data.questions:
        if part in ("all", half(asked.id)):
            scores = index.scores(analyse.question(asked.text, asked.language))
            scores[ids == asked.id] = 0.0
            if asked.inside is not None:
                scores[parts != asked.inside] = 0.0
            best = np.argsort(-scores, kind="stable")[:K]
            found = {str(ids[row]): float(scores[row]) for row in best if scores[row] > 0}
            judged = data.relevant[asked.id]
            values = (metrics.ndcg(judged, found, K), metrics.recall(judged, found, K), metrics.mrr(judged, found, K))
            scored.setdefault(asked.language, []).append(values)
    rows = [row(data.name, language, values, len(passages)) for language, values in sorted(scored.items())]
    return rows, sum(map(len, passages)), seconds


def row(name: str, language: str, values: list[tuple[float, float, float]], passages: int) -> dict[str, Any]:
    """The means x 100 with the 95 % interval of each."""
    made: dict[str, Any] = {"data": name, "language": language, "questions": len(values), "passages": passages}
    for metric, column in zip((f"ndcg@{K}", f"recall@{K}", f"mrr@{K}"), zip(*values, strict=True), strict=True):
        made[metric] = {key: round(100 * float(value), 2) for key, value in stats.interval(column).items()}
    return made


def half(question: str) -> str:
    """`tune` or `report`, by a hash of the question's id."""
    return "tune" if hashlib.sha256(question.encode()).digest()[0] % 2 else "report"


def load(data: Path, names: Sequence[str]) -> Iterator[DataSet]:
    """The data sets under a folder whose names begin with one of `names` (none: all)."""
    everything = [(f"xquad/{tag}", tag) for tag in XQUAD] + [(f"laws/{tag}", "en") for tag in LAWS]
    everything += [(f"tydiqa_goldp/{part}", part[:2]) for part in TYDI] + [(f"rwanda_gazette/{t}", t) for t in GAZETTE]
    everything += [("amqa", "am"), ("servicepublic_fr", "fr"), ("afriqa", "en"), ("conditionalqa", "en")]
    everything += [("policyqa", "en"), *((f"tico19/{tag}", tag) for tag in TICO)]
    for name, language in everything:
        if not names or name.startswith(tuple(names)):
            yield neighbours(data, name, language) if name.startswith("tico19") else read(data, name, language)


def neighbours(data: Path, name: str, language: str) -> DataSet:
    """Sentences as questions: the relevant passages are the two sentences before and behind in the same document.

    A stand-in where no questions exist: what it says is how well words alone hold a text together.
    """
    rows = list(lines(data / "tico19", f"en-{language}"))
    places = [(row["_id"].rsplit(":", 1)[0], at) for at, row in enumerate(rows)]
    relevant = {
        rows[at]["_id"]: {
            rows[near]["_id"]: 1
            for near in range(max(0, at - NEAR), min(len(rows), at + NEAR + 1))
            if near != at and places[near][0] == document
        }
        for document, at in places[::EVERY]
    }
    passages = tuple((row["_id"], row["xx"], language, "") for row in rows)
    asked = tuple(Asked(row["_id"], row["xx"], language) for row in rows if relevant.get(row["_id"]))
    return DataSet(name, passages, asked, relevant)


def read(data: Path, name: str, language: str) -> DataSet:
    """One data set; rows without a language are in `language`."""
    gazette = name.startswith("rwanda_gazette")
    folder, end = (data / "rwanda_gazette", f"_{language}") if gazette else (data / name, "")
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, passage, score = line.split("\t")
        relevant.setdefault(question, {})[passage] = int(score)
    passages = tuple(
        (
            r["_id"],
            "\n".join(filter(None, (r.get("title"), r["text"]))),
            r.get("lang") or language,
            r.get("title") or "",
        )
        for r in lines(folder, f"corpus{end}")
    )
    questions = tuple(
        Asked(r["_id"], r["text"], r.get("lang") or language, r.get("site"))
        for r in lines(folder, f"queries{end}")
        if r["_id"] in relevant
    )
    return DataSet(name, passages, questions, relevant)


def lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a JSON-lines file, gzipped or not."""
    packed = folder / f"{name}.jsonl.gz"
    with gzip.open(packed, "rt") if packed.exists() else (folder / f"{name}.jsonl").open(encoding="utf-8") as rows:
        yield from map(json.loads, rows)


if __name__ == "__main__":
    sys.exit(main())
