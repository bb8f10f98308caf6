# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Questions in seven African languages asked of English and French passages, as JSON: the development split of AfriQA.

    python benchmarks/afriqa.py DATA                    ask with the shipped lexicons
    python benchmarks/afriqa.py DATA --learn FOLDER     learn from the training split and write the lexicons

The shipped lexicons of these languages know the questions of the training split and their translations, so only those of the
development split are asked, and no training question that is also one of these is learned from. The passages are those of
both splits.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from wazi import config
from wazi.evals.command import bar
from wazi.evals.run import Choice, evaluate_retrieve
from wazi.languages import align, lexicon, tag

SHIPPED = ("bem-en", "fon-fr", "ha-en", "ig-en", "tw-en", "zu-en")
"""Those that were measured to help. Kinyarwanda is learned by `cross_lingual.py`; for Swahili, Wolof and Yoruba there is
nothing to measure on."""

REMARKS = """{source} -> {target}, learned by `benchmarks/afriqa.py --learn` (IBM model 1) from {pairs} questions and their
translations: the training split of AfriQA (Masakhane, CC BY 4.0, https://github.com/masakhane-io/afriqa).
A word, then its translations with their probabilities. For finding texts, not for translating."""


def main() -> None:
    """Measure or learn, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path, help="the folder that holds afriqa")
    options.add_argument("--learn", type=Path, metavar="FOLDER")
    options.add_argument("--cache", type=Path)
    chosen = options.parse_args()
    folder = chosen.data / "afriqa"
    result = write_all(folder, chosen.learn) if chosen.learn else measure(folder, chosen.cache)
    json.dump(result, sys.stdout, ensure_ascii=False)


def write_all(folder: Path, into: Path) -> dict[str, Any]:
    """The lexicons that are shipped."""
    into.mkdir(parents=True, exist_ok=True)
    asked = {row["text"] for row in _rows(folder / "queries.jsonl.gz", "dev")}
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in _rows(folder / "question_pairs.jsonl.gz", "train"):
        if row["text"] not in asked:
            pairs[tag(row["lang"]), row["pivot_lang"]].append((row["text"], row["text_pivot"]))
    made = {}
    for name in SHIPPED:
        source, target = name.split("-")
        learned, _ = align.learn(pairs[source, target], source, target)
        remarks = REMARKS.format(source=source, target=target, pairs=len(pairs[source, target]))
        lexicon.write(learned, into / f"{name}.tsv", remarks)
        made[name] = len(learned.words)
    return {"words": made}


def measure(folder: Path, cache: Path | None) -> dict[str, Any]:
    """The report of `wazi evals retrieve` on the development split."""
    settings = config.load()
    rows = _rows(folder / "queries.jsonl.gz", "dev")
    chosen = {row["_id"] for row in rows}
    with tempfile.TemporaryDirectory() as scratch:
        part = Path(scratch) / "afriqa-dev"
        part.mkdir()
        (part / "corpus.jsonl.gz").write_bytes((folder / "corpus.jsonl.gz").read_bytes())
        (part / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        head, *judged = (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()
        kept = [line for line in judged if line.split("\t")[0] in chosen]
        (part / "qrels.tsv").write_text("\n".join([head, *kept, ""]), encoding="utf-8")
        vectors = cache or settings.models_dir.parent / "vectors"
        return evaluate_retrieve(part, settings, bar, Choice(cache=vectors))


def _rows(file: Path, split: str) -> list[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["split"] == split]


if __name__ == "__main__":
    main()
