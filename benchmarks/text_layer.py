# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Bad text layers that are noticed, and good texts that are taken for bad, as JSON.

    python benchmarks/text_layer.py DATA [--half 1] [--each 300]

The bad ones are Nepali provisions whose PDF maps glyphs to wrong letters, and good texts spoilt here as other PDFs are:
codes of fonts for a tenth of the letters, UTF-8 read as Latin-1, codes shifted by some places. The good ones are up to 300
texts in each language at hand. `--half 0` is what the limits in `wazi.parse.legible` were tuned on, 1 is held out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wazi import languages
from wazi.parse import legible

CORPORA = {
    "hi": "xquad/hi",
    "en": "laws/ke",
    "bn": "laws/bd",
    "fr": "servicepublic_fr",
    "am": "amqa",
    "sw": "tydiqa_goldp/sw-train",
    "ko": "tydiqa_goldp/ko-dev",
    "fi": "tydiqa_goldp/fi-dev",
    "tr": "xquad/tr",
    "vi": "xquad/vi",
    "es": "xquad/es",
    "rw": "rwanda_gazette",
}
SHIFT = 3
CODED = 10
LEAST_NON_ASCII = 0.05


def main() -> None:
    """Count, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--half", type=int, default=1, choices=(0, 1))
    options.add_argument("--each", type=int, default=300, help="good texts a language at most")
    chosen = options.parse_args()
    good = {tag: texts[chosen.half :: 2][: chosen.each] for tag, texts in sorted(_good(chosen.data).items())}
    broken = _lines(chosen.data / "laws" / "np_broken_text_sample.jsonl")
    nepali = [row["text"] for row in broken][chosen.half :: 2]
    alarms = {tag: [text for text in texts if legible.fault(text)] for tag, texts in good.items()}
    report = {
        "task": "text_layer",
        "half": chosen.half,
        "nepali": {"n": len(nepali), "noticed": _share(nepali)},
        "spoilt": {name: {"n": len(texts), "noticed": _share(texts)} for name, texts in _spoilt(good).items()},
        "good": {"n": sum(map(len, good.values())), "languages": len(good), "alarms": sum(map(len, alarms.values()))},
        "hindi_and_nepali": {"n": len(good["hi"]) + len(good["ne"]), "alarms": len(alarms["hi"]) + len(alarms["ne"])},
        "alarms": {tag: texts for tag, texts in alarms.items() if texts},
        "texts": {tag: len(texts) for tag, texts in good.items()},
    }
    json.dump(report, sys.stdout, ensure_ascii=False)


def _good(data: Path) -> dict[str, list[str]]:
    """Good texts by language: sentences of SIB-200 in every language, paragraphs where there are some."""
    found: dict[str, list[str]] = defaultdict(list)
    for tag, folder in CORPORA.items():
        files = sorted((data / folder).glob("corpus*.jsonl*"))
        rows = (row for file in files for row in _lines(file) if row.get("lang", tag) == tag)
        found[tag] += [row["text"] for row in rows][:2000]
    for file in sorted((data / "tico19").glob("*.jsonl.gz")):
        tag = file.name.split("-")[1].split(".")[0]
        found[tag] += [row["xx"] for row in _lines(file)][:2000]
    for row in _lines(data / "sib200" / "sib200_dev.jsonl.gz"):
        name = row["lang"].partition("_")[0]
        known = languages.find(name)
        found[known.tag if known else name].append(row["text"])
    return found


def _spoilt(good: dict[str, list[str]]) -> dict[str, list[str]]:
    """Good texts as bad fonts give them; of those in other than ASCII letters where the fault shows only there."""
    spoilt: dict[str, list[str]] = defaultdict(list)
    for tag in ("en", "fr", "sw", "vi", "am", "hi", "ar"):
        for text in good[tag]:
            if len(text) < 2 * legible.LEAST:
                continue
            spoilt["codes of fonts"].append(_coded(text))
            if sum(not char.isascii() for char in text) > LEAST_NON_ASCII * len(text):
                spoilt["wrong encoding"].append(text.encode().decode("latin-1"))
            if text.isascii():
                spoilt["shifted codes"].append("".join(map(_shifted, text)))
    return spoilt


def _coded(text: str) -> str:
    return "".join(
        f"(cid:{ord(char)})" if char.isalpha() and not index % CODED else char for index, char in enumerate(text)
    )


def _shifted(char: str) -> str:
    return chr(ord(char) + SHIFT) if char.isalpha() else char


def _share(texts: list[str]) -> float:
    return sum(legible.fault(text) is not None for text in texts) / len(texts)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    main()
