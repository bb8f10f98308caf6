# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Is the translation of a sentence found first among all sentences of the other language? R@1 by language, worst first, as JSON.

    python benchmarks/cross_lingual_sentences.py DATA/tico19
    python benchmarks/cross_lingual_sentences.py DATA/sib200 --only swh_Latn --only kin_Latn

Into English: a sentence of the language is asked of all English sentences; out of English the other way round. It runs
`wazi evals retrieve` on a folder of language versions that it makes from the sentences, so that what is measured is what a
question meets. With more than --queries sentences, as many are drawn at random (seeded), the same for every language; the pool
is always whole. A sentence that stands in the pool twice counts as missed once: R@1 is a lower bound.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wazi import config, languages
from wazi.evals.command import bar
from wazi.evals.run import Choice, evaluate_retrieve

ENGLISH = "eng_Latn"
SEEN = (
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it ja jv "
    "ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si sk sl so sq sr su sv sw "
    "ta te th tl tr ug uk ur uz vi xh yi zh"
)
"""The languages of XLM-R's training (Conneau et al. 2020, appendix A), on which multilingual-e5 rests."""

CODES = (
    "afr amh arb asm azj bel bul ben bos cat ces cym dan deu ell eng epo spa est eus pes fin fra gle gla glg guj hau heb hin "
    "hrv hun hye ind isl ita jpn jav kat kaz khm kan kor kmr kir lao lit lvs plt mkd mal khk mar zsm mya npi nld nob nno gaz "
    "ory pan pol pbt por ron rus san snd sin slk slv som als srp sun swe swh tam tel tha tgl tur uig ukr urd uzn vie xho ydd zho"
)
"""FLORES codes of the variants in which those languages are written."""
UNUSUAL = {"arb_Latn"}
"""Variants in a script in which their language is not written."""

Sentences = dict[str, dict[str, str]]
"""Language -> sentence id -> text."""


def main() -> None:
    """Read, measure, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--queries", type=int, default=500, help="sentences asked a language (default 500)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", action="append", metavar="LANGUAGE", help="as the data set writes it; repeatable")
    options.add_argument("--into-only", action="store_true", help="leave out the directions out of English")
    options.add_argument("--cache", type=Path, help="where vectors are kept (default: beside the models)")
    chosen = options.parse_args()
    spoken = sib200(chosen.folder) if any(chosen.folder.glob("sib200*")) else tico19(chosen.folder)
    english = ENGLISH if ENGLISH in spoken else "en"
    unknown = [tag for tag in chosen.only or () if tag not in spoken]
    if unknown:
        options.error(f"no language {unknown[0]}: use {', '.join(spoken)}")
    others = [tag for tag in chosen.only or spoken if tag != english]
    json.dump(report(spoken, english, others, chosen), sys.stdout, ensure_ascii=False)


def tico19(folder: Path) -> Sentences:
    """Pairs with English."""
    spoken: Sentences = {"en": {}}
    for file in sorted(folder.glob("en-*.jsonl.gz")):
        for row in _rows(file):
            spoken["en"][row["_id"]] = row["en"]
            spoken.setdefault(row["lang"], {})[row["_id"]] = row["xx"]
    return spoken


def sib200(folder: Path) -> Sentences:
    """The same sentences in 205 variants, told by their number."""
    spoken: Sentences = {}
    for file in sorted(folder.glob("sib200*.jsonl.gz")):
        for row in _rows(file):
            spoken.setdefault(row["lang"], {})[str(row["sentence"])] = row["text"]
    return spoken


def _rows(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def report(spoken: Sentences, english: str, others: list[str], chosen: argparse.Namespace) -> dict[str, Any]:
    """Both directions of every language, worst first; the languages of the encoder's training have a mean of their own."""
    settings = config.load()
    cache = chosen.cache or settings.models_dir.parent / "vectors"
    ids = sorted(set(spoken[english]).intersection(*(spoken[tag] for tag in others)))
    drawn = sorted(random.Random(chosen.seed).sample(ids, min(chosen.queries, len(ids))))
    groups = {True: [t for t in others if seen(t)], False: [t for t in others if not seen(t)]}
    found: dict[str, Any] = {"into": [], "out": [], "costs": []}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {tag: spoken[tag] for tag in (english, *others)}, drawn)
        for is_seen, tags in groups.items():
            for way in ("into",) if chosen.into_only else ("into", "out"):
                names = {f"{tag}-{english}" if way == "into" else f"{english}-{tag}": tag for tag in tags}
                if names:
                    done = evaluate_retrieve(folder, settings, bar, Choice(directions=list(names), cache=cache))
                    found[way] += [row(done["by_direction"][name], tag) for name, tag in names.items()]
                    found["costs"].append(done["cost"])
                    found[f"{way} {is_seen}"] = {"languages": len(names), "metrics": done["metrics"]}
                    found["settings"] = done["settings"]
    return {
        "task": "cross-lingual sentences",
        "data": chosen.folder.resolve().name,
        "queries": len(drawn),
        "pool": len(spoken[english]),
        "seed": chosen.seed,
        "seen": found.get("into True"),
        "not_seen": found.get("into False"),
        "seen_out_of_english": found.get("out True"),
        "into_english": worst_first(found["into"]),
        "out_of_english": worst_first(found["out"]),
        "cost": {name: sum(cost[name] for cost in found["costs"]) for name in ("seconds", "joules")}
        | {"mib": max(cost["mib"] for cost in found["costs"])},
        "settings": found["settings"],
    }


def write(folder: Path, spoken: Sentences, drawn: list[str]) -> None:
    """A folder of language versions: whole corpora, and the drawn sentences as questions."""
    for tag, texts in spoken.items():
        language = languages.find(tag)
        for name, ids in (("corpus", list(texts)), ("queries", drawn)):
            rows = [{"_id": i, "text": texts[i], "lang": language.tag if language else tag} for i in ids]
            text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
            (folder / f"{name}_{tag}.jsonl").write_text(text, encoding="utf-8")
    (folder / "qrels.tsv").write_text("".join(f"{i}\t{i}\t1\n" for i in drawn), encoding="utf-8")


def row(part: Mapping[str, Any], tag: str) -> dict[str, Any]:
    """One language."""
    return {
        "language": tag,
        "seen": seen(tag),
        "n": part["n"],
        "recall@1": part["metrics"]["recall@1"],
        "recall@10": part["metrics"]["recall@10"],
        "dense": part["beside"]["dense"]["metrics"]["recall@1"]["value"],
    }


def worst_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By R@1, then by name."""
    return sorted(rows, key=lambda each: (each["recall@1"]["value"], each["language"]))


def seen(tag: str) -> bool:
    """Was the encoder trained on the language, in this script?"""
    code = tag.replace("_", "-").partition("-")[0]
    return tag not in UNUSUAL and code in {*SEEN.split(), *CODES.split()}


if __name__ == "__main__":
    main()
