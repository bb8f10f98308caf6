# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How many hits must be read, and does the lead of the first one tell? As JSON.

    python benchmarks/reader_stops.py DATA [--set FOLDER …] [--limit 120] [--keep FILE]

The development questions of `benchmarks/data/reader.toml` are asked as `wazi tune odds` asks them, once with what answers and once
without; every hit that compose may read is read, and the ways to stop and to refuse are compared on the same readings: hits read,
the labelled passage in front, and questions refused at 8 % in vain. What the shipped reader's weights were fitted on is asked
here too, so that its figures compare ways and are no forecast. `--set xquad/en …` asks whole sets that nothing was fitted on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wazi import config, models, rerank
from wazi.evals import answer_gold, refuse, search, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.command import bar
from wazi.models import PassageReader, e5_weights
from wazi.models.e5_pieces import Cutter
from wazi.retrieve import retrieve
from wazi.tune import sets
from wazi.tune.reader import base, divided
from wazi.tune.split import DEV
from wazi.types import Hit, Scope
from wazi.understand import understand

RECIPE = Path(__file__).parent / "data" / "reader.toml"
WAYS = {
    "one": (1, -np.inf, np.inf),
    "all": (99, -np.inf, np.inf),
    "four": (4, -np.inf, np.inf),
    "four, until 3": (4, -np.inf, 3.0),
    "four, until 1.5": (4, -np.inf, 1.5),
    "four, until 0.5": (4, -np.inf, 0.5),
    "four, until 0.5 or -2": (4, -2.0, 0.5),
    "four, until 0.5 or -1": (4, -1.0, 0.5),
    "four, until 0": (4, -np.inf, 0.0),
}
"""How many hits at most, and the best log odds at which no further one is read."""
FALSE = 0.08


class Questions(NamedTuple):
    """Of a set: its name, its folder below DATA, the language, None to have it found out, and those to ask."""

    name: str
    folder: str
    language: str | None
    ids: set[str]


class Trial(NamedTuple):
    """One question, with what answers `there` or not: of each hit score, odds and whether it is the labelled one; and the lead."""

    source: str
    there: bool
    hits: list[tuple[float, float, bool]]
    lead: float | None


def main() -> None:
    """Read and compare."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--set", nargs="*", default=[], help="folders below DATA instead, every n-th question")
    options.add_argument("--limit", type=int, default=120)
    options.add_argument("--keep", type=Path, help="a file for the readings, as JSON Lines")
    chosen = options.parse_args()
    settings = config.load()
    reader = models.open_reader(settings)
    if reader is None:
        sys.exit("there is no reader in use: set [rerank] reader")
    kept = settings.models_dir.parent / "vectors"
    with closing(CountingEmbedder(models.open_embedder(settings), kept)) as embedder:
        trials = [
            trial for each in _sets(chosen, settings) for trial in read(each, chosen.data, reader, settings, embedder)
        ]
    if chosen.keep:
        chosen.keep.write_text("".join(json.dumps(each) + "\n" for each in trials), encoding="utf-8")
    sources = sorted({trial.source for trial in trials})
    report = {name: compared([t for t in trials if t.source == name], reader) for name in sources}
    json.dump({"task": "reader_stops", "sets": report, "together": compared(trials, reader)}, sys.stdout)


def _sets(chosen: argparse.Namespace, settings: config.Settings) -> Iterator[Questions]:
    for folder in chosen.set:
        job = task.load(chosen.data / folder)
        every = [text.id for text in job.questions[""]]
        yield Questions(folder, folder, None, set(every[:: max(1, len(every) // chosen.limit)][: chosen.limit]))
    if chosen.set:
        return
    recipe = sets.recipe(RECIPE)
    parts = divided(recipe, chosen.data, Cutter(e5_weights.read(base(settings))), training=False)
    for source in recipe.sources:
        ids = {row.id for row in parts.rows[DEV] if row.source == source.name}
        if ids and source.task == "read" and source.close:
            yield Questions(source.name, source.folder, source.language or None, ids)


def read(
    chosen: Questions, data: Path, reader: PassageReader, settings: config.Settings, embedder: CountingEmbedder
) -> Iterator[Trial]:
    """Both trials of the questions that are named and have an answer."""
    name, folder, language, ids = chosen
    job = task.load(data / folder)
    golds, _ = answer_gold.load(data / folder, job)
    asked = [text for text in job.questions[""] if text.id in ids and text.id in golds]
    with tempfile.TemporaryDirectory() as scratch, bar(f"reading {name}", len(asked)) as done:
        desk = search.open_desk(settings, Path(scratch), embedder)
        corpus = refuse.corpus_of(search.take_in(job, desk, [""], language, bar), "", desk)
        for number, text in enumerate(asked, start=1):
            query = understand(text.text, corpus.desk, language=text.language or language)
            gold = golds[text.id].passages
            for there in (True, False):
                hits = retrieve(query, search.ALL if there else Scope(corpus.labels - gold), corpus.desk)
                looked = rerank.look(query, rerank.shortlist(hits, corpus.desk), reader)
                rows = [(hit.score, _odds(hit), hit.chunk.document in gold) for hit in looked]
                yield Trial(name, there, rows, rerank.lead(hits, corpus.desk))
            done(number)


def _odds(hit: Hit) -> float:
    assert hit.look
    return hit.look.odds


def compared(trials: Sequence[Trial], reader: PassageReader) -> Mapping[str, Any]:
    """Every way to stop, by the best odds alone and, the one in use, with the lead."""
    trials = [trial for trial in trials if trial.hits]
    report = {name: _figures(trials, way, None) for name, way in WAYS.items()}
    report["in use, with the lead"] = _figures(trials, WAYS["four, until 0.5 or -2"], reader)
    first = _figures(trials, (1, -np.inf, np.inf), None)
    return {"questions": sum(trial.there for trial in trials), "not reordered": first["in_front"], **report}


def _figures(
    trials: Sequence[Trial], way: tuple[int, float, float], reader: PassageReader | None
) -> Mapping[str, float]:
    most, low, high = way
    told: dict[bool, list[float]] = {True: [], False: []}
    reads: dict[bool, list[int]] = {True: [], False: []}
    front = []
    for trial in trials:
        read: list[tuple[float, float, bool]] = []
        best = -np.inf
        for hit in trial.hits[:most]:
            read.append(hit)
            best = max(best, hit[1])
            if not low < best < high:
                break
        told[trial.there].append(reader.answerable(best, lead=trial.lead) if reader else best)
        reads[trial.there].append(len(read))
        if trial.there:
            seen = max(read, key=lambda hit: hit[0] + rerank.ORDER_WEIGHT * hit[1])
            front.append(seen[2])
    there, gone = np.sort(told[True]), np.array(told[False])
    floor = there[int(FALSE * len(there))] if len(there) else 0.0
    return {
        "read": round(float(np.mean(reads[True])), 2),
        "read_without": round(float(np.mean(reads[False])), 2),
        "in_front": round(100 * float(np.mean(front)), 1),
        "refused_at_8_false": round(100 * float(np.mean(gone < floor)), 1),
        "refused_in_vain": round(100 * float(np.mean(there < 0)), 1),
        "refused": round(100 * float(np.mean(gone < 0)), 1),
    }


if __name__ == "__main__":
    main()
