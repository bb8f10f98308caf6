# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How large should a chunk be, should neighbours overlap, do headings help? Three kinds of real documents, as JSON.

    python benchmarks/chunking.py DATA [--set laws_ke …] [--size 400 900 1500] [--overlap 0 200] [--cache FOLDER]

Laws (sections of Kenyan acts), gazettes (English articles of Rwanda) and fact sheets (French, several pages each). Every passage
is divided like a document of the house, whatever its length; a passage is found by its best chunk. `bare` is a run without
the headings in front of the chunks. Scores are paired with the first run of the same set. Steps and store are the house's own.
It does not know how an answer is quoted: a larger chunk is found more easily and shows its reader less.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from wazi import chunk, config, models
from wazi.config import ChunkSettings
from wazi.desk import Desk
from wazi.embed import embed
from wazi.evals import score, search, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.command import bar
from wazi.evals.passages import record
from wazi.evals.rows import Text
from wazi.evals.task import Direction
from wazi.languages import identify, sentences
from wazi.types import Block, Chunk, Document

SETS = {
    "laws_ke": ("laws/ke", Direction("", "")),
    "gazette_en": ("rwanda_gazette", Direction("en", "en")),
    "servicepublic_fr": ("servicepublic_fr", Direction("", "")),
}
MOST_CHARACTERS = 4000
"""Of a chunk, by the settings: a passage up to this is one chunk in the run `whole`."""


class Way(NamedTuple):
    """How passages are divided: characters of a chunk, characters it shares with the one before, headings in front or not."""

    size: int
    overlap: int = 0
    headings: bool = True

    @property
    def name(self) -> str:
        """For the report."""
        return f"{self.size}" + (f"+{self.overlap}" if self.overlap else "") + ("" if self.headings else " bare")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--set", nargs="+", choices=SETS, default=list(SETS))
    options.add_argument("--size", nargs="+", type=int, default=[900, 400, 1500])
    options.add_argument("--overlap", nargs="*", type=int, default=[200], help="tried beside the first size")
    options.add_argument("--cache", type=Path)
    chosen = options.parse_args()
    first = chosen.size[0]
    ways = [Way(size) for size in chosen.size]
    ways += [Way(first, overlap) for overlap in chosen.overlap] + [Way(first, headings=False)]
    settings = config.load()
    with (
        tempfile.TemporaryDirectory() as scratch,
        closing(
            CountingEmbedder(models.open_embedder(settings), chosen.cache or settings.models_dir.parent / "vectors")
        ) as embedder,
    ):
        desk = search.open_desk(settings, Path(scratch), embedder)
        result = {name: measure(chosen.data, name, ways, desk) for name in chosen.set}
    json.dump({"task": "chunking", "sets": result}, sys.stdout, ensure_ascii=False)


def measure(data: Path, name: str, ways: Sequence[Way], desk: Desk) -> dict[str, Any]:
    """Chunks, recall@10 and nDCG@10 of every way, and its difference to the first."""
    folder, direction = SETS[name]
    job = task.load(data / folder)
    report: dict[str, Any] = {}
    base: score.Scores | None = None
    for way in ways:
        chunks = [each for text in job.corpora[direction.corpus] for each in divided(text, way)]
        with bar(f"{name} {way.name}", len(chunks)) as done:
            held = embed(chunks, desk, done)
        store = search.store_of({direction.corpus: held}, direction.corpus, desk.models.embedder.dimension)
        beside = replace(desk, store=store)
        queries = search.understood(job, beside, [direction.questions], None, bar)[direction.questions]
        found = search.run(direction, queries, beside, bar)
        scores = score.scored(job.qrels, found.fused)
        base = base or scores
        report[way.name] = {"chunks": len(chunks), **_of_interest(scores, base)}
    return report


def divided(text: Text, way: Way) -> Iterator[Chunk]:
    """The chunks of a passage, those after the first with the words before them."""
    tag = text.language or identify.language(text.text or text.title)
    headings = (text.title,) if text.title and way.headings else ()
    document = Document(record(text.id), text.text, (Block(0, len(text.text), headings=headings),))
    settings = ChunkSettings(characters=min(way.size, MOST_CHARACTERS))
    for number, each in enumerate(chunk.chunk(document, settings, lambda _: tag, sentences.split)):
        start = max(0, each.start - way.overlap) if number else each.start
        while start < each.start and not text.text[start - 1 : start].isspace():
            start += 1
        yield replace(each, start=start, text=text.text[start : each.end])


def _of_interest(scores: score.Scores, base: score.Scores) -> dict[str, Any]:
    means, differences = score.intervals(scores), score.differences(scores, base)
    return {measure: {**means[measure], "difference": differences[measure]} for measure in ("recall@10", "ndcg@10")}


if __name__ == "__main__":
    main()
