# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sentences with one thing changed beside the same sentences unchanged: `python benchmarks/verify_changed.py DATA [--limit N]`.

From passages of the data sets, in every language of `data/verify_changed.toml`, a sentence is taken as the claim and its passage as
the quote. Changed claims (a number, a day, a negation, a word of permission) should fail, unchanged ones pass; numbers of the
unchanged are also written without their marks for thousands. The changes are written down apart from the phrases that `verify`
reads. `area` is that under the curve of the rules as a signal of support. Real paraphrases are not measured: there a false alarm
costs more, and here it is a lower bound. Prints JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wazi.languages import sentences
from wazi.tune.area import auc
from wazi.types import Cited, Claim, Quote, Support
from wazi.verify import unsupported

CHANGES = Path(__file__).parent / "data" / "verify_changed.toml"
DOCUMENT = Cited("d", "d", "d", "0" * 64, None, None)
LONGEST = 400
_NUMBER = re.compile(r"(?<![\d.,/:-])\d{1,6}(?![\d.,/:-])")
_THOUSANDS = re.compile(r"(?<=\d)[,.](?=\d{3}(?!\d))")


def main() -> None:
    """Count what is noticed and what is a false alarm, by kind and language."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--limit", type=int, default=300, help="sentences a language")
    chosen = options.parse_args()
    rows = tomllib.loads(CHANGES.read_text(encoding="utf-8"))
    counts: dict[str, dict[str, list[bool]]] = {}
    for language, row in rows.items():
        file = chosen.data / row["corpus"]
        if not file.exists():
            counts[language] = {}
            continue
        kinds = counts.setdefault(language, {})
        for sentence, passage in _sentences(file, language, chosen.limit):
            for kind, changed in _tried(sentence, row):
                kinds.setdefault(kind, []).append(bool(unsupported(_claim(changed, passage), language)))
    print(json.dumps(_report(counts), ensure_ascii=False))


def _sentences(file: Path, language: str, limit: int) -> Iterator[tuple[str, str]]:
    """Sentences with their passages, at most two of a passage."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            if limit <= 0:
                return
            row = json.loads(line)
            if row.get("language", language) != language and row.get("lang", language) != language:
                continue
            text = row["text"]
            for start, end in sentences.split(text, language)[:2]:
                if 30 <= end - start <= LONGEST:
                    limit -= 1
                    yield text[start:end], text


def _tried(sentence: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The sentence as it is, with its numbers written otherwise, and with one change of each kind that it can have."""
    yield "unchanged", sentence
    if _THOUSANDS.search(sentence):
        yield "unchanged", _THOUSANDS.sub("", sentence)
    if match := _NUMBER.search(sentence):
        yield "number", sentence[: match.start()] + str(int(match[0]) + 7) + sentence[match.end() :]
    for kind in ("date", "negation", "modality"):
        for before, after in row.get(kind, ()):
            changed = re.sub(rf"(?<!\w){re.escape(before)}(?!\w)", after, sentence, count=1)
            if changed != sentence:
                yield kind, changed
                break


def _claim(text: str, passage: str) -> Claim:
    return Claim(text, Support.NOT, (Quote(passage, DOCUMENT, None, None, 0, len(passage), "c"),))


def _report(counts: Mapping[str, Mapping[str, Sequence[bool]]]) -> dict[str, Any]:
    """Shares x 100 with their counts, overall and by language."""
    kinds = sorted({kind for row in counts.values() for kind in row})
    overall = {kind: [flag for row in counts.values() for flag in row.get(kind, ())] for kind in kinds}
    return {
        "noticed": {kind: _share(flags) for kind, flags in overall.items()},
        "area": {kind: _area(flags, overall["unchanged"]) for kind, flags in overall.items() if kind != "unchanged"},
        "area_by_language": {
            name: {kind: _area(flags, row["unchanged"]) for kind, flags in row.items() if kind != "unchanged"}
            for name, row in counts.items()
        },
        "by_language": {name: {kind: _share(flags) for kind, flags in row.items()} for name, row in counts.items()},
    }


def _area(changed: Sequence[bool], unchanged: Sequence[bool]) -> float:
    """Area under the curve x 100 of a signal that only says yes or no."""
    return 100.0 * auc([*changed, *unchanged], [1] * len(changed) + [0] * len(unchanged))


def _share(flags: Sequence[bool]) -> dict[str, float]:
    return {"value": 100.0 * sum(flags) / len(flags) if flags else 0.0, "n": len(flags)}


if __name__ == "__main__":
    main()
