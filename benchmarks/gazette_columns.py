# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Are the three languages of a gazette that prints them side by side read as three versions of each article?

    python benchmarks/gazette_columns.py DATA

`DATA` holds `documents` (gazettes as PDF) and `rwanda_gazette` (their articles in Kinyarwanda, English and French, from the
text layer of the same files by another method). A gazette of `documents` is compared with one of the corpus when most of
that one's articles have their words in it; nothing else links the two.

An article counts as aligned only if all of this holds: in each language, the blocks below one heading have the words of the
article (at least 0.8 of its word pairs, and at most 0.2 of their own are others); those blocks carry `parallel` numbers; the set
of numbers is the same in all three languages; and no block of another article that was found has one of them. Wrong links
thus count against it as missing ones do. The corpus has the heading of the next section at the end of some articles: words of
the heading that follows count as present. `in_order` is the share of versions whose words come in the corpus's order (matching
runs over the article's words, 0.9 or more). `language` is the share of versions that are found among the blocks in which
`wazi.languages.identify` names the corpus's language. Prints one JSON object.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from wazi.languages import identify
from wazi.parse import pdf
from wazi.types import Block, BlockKind, Parsed

LANGUAGES = ("rw", "en", "fr")
SHINGLE = 6
"""Words in a row that two texts hardly share by chance."""
OVERLAP = 0.5
"""Share of a corpus gazette's articles whose words must be in a file."""
COVERED = 0.8
"""Share of an article's word pairs that its blocks must have, and of the blocks' that must be the article's."""
IN_ORDER = 0.9
WORD = re.compile(r"\w+")

Articles = dict[str, dict[str, str]]


class Found(NamedTuple):
    """The blocks of one version of an article, how much of it they have, their words and those of the heading that follows."""

    blocks: tuple[Block, ...]
    covered: float
    words: list[str]


def words_of(text: str) -> list[str]:
    """Words in lower case; hyphens and raised `o` behind numbers, which the corpus has in odd places, are left out."""
    plain = re.sub(r"(?<=\w)[-\u2010]\s*(?=\w)", "", text.lower().replace("º", " "))
    return [word for word in WORD.findall(re.sub(r"(?<=\d)o\b", " ", plain)) if word != "o"]


def gazettes(folder: Path) -> dict[str, Articles]:
    """The corpus's articles by gazette, then by id, then by language."""
    found: dict[str, Articles] = defaultdict(lambda: defaultdict(dict))
    for language in LANGUAGES:
        with gzip.open(folder / f"corpus_{language}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                found[row["gazette"]][row["_id"]][language] = row["text"]
    return found


def shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    """Every run of `SHINGLE` words."""
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


def matching(parsed: Parsed, corpus: dict[str, Articles]) -> str | None:
    """The corpus gazette whose articles are in the file, by their English words."""
    held = shingles([word for block in parsed.blocks for word in words_of(parsed.text[block.start : block.end])])
    best, share = None, OVERLAP
    for name, articles in corpus.items():
        runs = [shingles(words_of(versions["en"])) for versions in articles.values()]
        inside = sum(bool(run) and len(run & held) > 0.7 * len(run) for run in runs) / len(runs)
        if inside > share:
            best, share = name, inside
    return best


def runs(parsed: Parsed, language: str) -> Iterator[tuple[list[Block], str]]:
    """Blocks of text below one heading in one language, in the order of the blocks, and the heading that follows them."""
    by_path: dict[tuple[str, ...], list[Block]] = {}
    following: dict[tuple[str, ...], str] = {}
    for block in parsed.blocks:
        words = parsed.text[block.start : block.end]
        if block.kind is BlockKind.HEADING:
            for path, own in by_path.items():
                box = own[-1].box
                if path not in following and box and block.box and block.box[0] < box[2] and box[0] < block.box[2]:
                    following[path] = words
        elif block.headings:
            by_path.setdefault(block.headings, []).append(block)
    for path, blocks in by_path.items():
        if identify.language(" ".join(parsed.text[b.start : b.end] for b in blocks)) == language:
            yield blocks, following.get(path, "")


class Candidate(NamedTuple):
    """A run of blocks with its word pairs, and the pairs of it and the heading behind it."""

    blocks: list[Block]
    heading: str
    own: Counter[tuple[str, str]]
    with_heading: Counter[tuple[str, str]]


def candidate(parsed: Parsed, blocks: list[Block], heading: str) -> Candidate:
    """A run, its words counted."""
    text = " ".join(parsed.text[b.start : b.end] for b in blocks)
    return Candidate(
        blocks, heading, Counter(pairwise(words_of(text))), Counter(pairwise(words_of(f"{text} {heading}")))
    )


def find(parsed: Parsed, candidates: Sequence[Candidate], text: str, taken: set[int]) -> Found:
    """The run of blocks with the most of an article's word pairs; of equal ones the first that no other article has."""
    pairs = Counter(pairwise(words_of(text)))
    best, share, at = None, 0.0, -1
    for index, each in enumerate(candidates):
        wanted = (pairs & each.with_heading).total() / max(1, pairs.total())
        agreed = min(wanted, (pairs & each.own).total() / max(1, each.own.total()))
        if agreed > share or (agreed == share > 0 and at in taken and index not in taken):
            best, share, at = each, agreed, index
    taken.add(at)
    blocks = tuple(best.blocks) if best else ()
    words = [word for b in blocks for word in words_of(parsed.text[b.start : b.end])]
    return Found(blocks, share, [*words, *words_of(best.heading if best else "")])


def ordered(found: Found, text: str) -> float:
    """Share of an article's words that come in its order."""
    wanted = words_of(text)
    same = SequenceMatcher(None, wanted, found.words, autojunk=False).get_matching_blocks()
    return sum(match.size for match in same) / max(1, len(wanted))


def judged(parsed: Parsed, articles: Articles) -> dict[str, dict[str, object]]:
    """What became of each article."""
    candidates = {
        tag: [candidate(parsed, blocks, heading) for blocks, heading in runs(parsed, tag)] for tag in LANGUAGES
    }
    taken: dict[str, set[int]] = {tag: set() for tag in LANGUAGES}
    found = {
        key: {tag: find(parsed, candidates[tag], versions[tag], taken[tag]) for tag in LANGUAGES}
        for key, versions in articles.items()
    }
    owners: dict[int, set[str]] = defaultdict(set)
    for key, versions in found.items():
        for version in versions.values():
            for block in version.blocks:
                if block.parallel is not None:
                    owners[block.parallel].add(key)
    result = {}
    for key, versions in found.items():
        numbers = [{block.parallel for block in version.blocks} for version in versions.values()]
        complete = all(version.covered >= COVERED for version in versions.values())
        linked = bool(numbers[0]) and None not in numbers[0] and numbers.count(numbers[0]) == len(numbers)
        alone = all(owners[number] == {key} for number in numbers[0] if number is not None)
        result[key] = {
            "aligned": complete and linked and alone,
            "complete": complete,
            "linked": linked,
            "alone": alone,
            "in_order": [ordered(versions[tag], articles[key][tag]) >= IN_ORDER for tag in LANGUAGES],
            "language": [version.covered > 0.5 for version in versions.values()],
        }
    return result


def share(rows: Sequence[bool]) -> float:
    """Percent of rows that are true."""
    return round(100 * sum(rows) / max(1, len(rows)), 1)


def main() -> None:
    """Compare every gazette that is in both folders."""
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/gazette_columns.py DATA")
    data = Path(sys.argv[1])
    corpus = gazettes(data / "rwanda_gazette")
    identify.language("the words that load the model")
    report: dict[str, object] = {}
    everything: list[dict[str, object]] = []
    for path in sorted((data / "documents").glob("rw-law*.pdf")):
        began = time.process_time()
        parsed = pdf.parse(path.read_bytes(), path.name)
        seconds = time.process_time() - began
        name = matching(parsed, corpus)
        if name is None:
            continue
        rows = judged(parsed, corpus[name])
        everything += rows.values()
        report[path.name] = {
            "gazette": name,
            "pages_per_second": round(len(parsed.pages) / seconds, 1),
            **summary(list(rows.values())),
            "not_aligned": {key: row for key, row in rows.items() if not row["aligned"]},
        }
    json.dump({"all": summary(everything), "files": report}, sys.stdout, indent=1)


def summary(rows: Sequence[dict[str, object]]) -> dict[str, object]:
    """The shares over articles."""
    versions = {key: [each for row in rows for each in row[key]] for key in ("in_order", "language")}  # type: ignore[attr-defined]  # lists
    return {
        "articles": len(rows),
        "aligned": share([bool(row["aligned"]) for row in rows]),
        "complete": share([bool(row["complete"]) for row in rows]),
        "linked": share([bool(row["linked"]) for row in rows]),
        "in_order": share(versions["in_order"]),
        "language": share(versions["language"]),
    }


if __name__ == "__main__":
    main()
