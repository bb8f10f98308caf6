# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The path of the reader: curate → split → train → export, each stage kept in the folder of the run.

`wazi tune reader RECIPE --data DIR --out DIR`: typed again, it goes on where it was. It does not say whether the reader is
better than what is in use: `benchmarks/reader.py` measures that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from wazi import models
from wazi.config import Settings
from wazi.errors import InputError, MissingPart, UsageError
from wazi.evals.cache import CountingEmbedder
from wazi.meter import Meter
from wazi.models import catalogue, e5_weights, pull, reader_file
from wazi.models.e5_pieces import Cutter
from wazi.models.e5_weights import Weights
from wazi.models.reader_inputs import Embedding
from wazi.tune import sets, split, windows
from wazi.tune.negatives import Ranked
from wazi.tune.split import DEV, TEST, TRAIN, Parts
from wazi.tune.windows import Maker, Window

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.models import Embedder
    from wazi.tune.loop import Plan

Say = Callable[[str], None]

FILE = "reader.npz"
PASSES = 2
DEV_WINDOWS = 100
POOL = 3000
"""Passages of a pool among which negatives are looked for."""


def tune(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """`wazi tune reader`: prepare, train or go on, and write the reader."""
    out = Path(options.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write to {out}: {error.strerror}: choose another --out") from error
    plan = plan_of(options)
    weights = e5_weights.read(base(settings))
    kept = settings.models_dir.parent / "vectors"
    with closing(CountingEmbedder(models.open_embedder(settings), kept)) as embedder:
        made = prepare(Path(options.recipe), Path(options.data), out, weights, terminal.say, embedder=embedder)
    start = Path(options.start) if options.start else None
    report = train(out, plan, weights, settings, terminal.say, start=start)
    terminal.result({**report, "rows": made["rows"]})
    terminal.line(f"{report['file']}: {report['bytes'] / 1e6:.1f} MB after {report['seen']} windows")
    recipe = f"--recipe {options.recipe} --data {options.data}"
    terminal.line(f"is it better? type: wazi tune gate {report['file']} {recipe} (docs/tune.md)")
    return 0


def base(settings: Settings) -> Path:
    """The weights of the encoder that training begins from."""
    return pull.locate(catalogue.find(models.BASE), settings.models_dir)


def plan_of(options: argparse.Namespace) -> Plan:
    """The options as a plan. Raises MissingPart without PyTorch."""
    try:
        from wazi.tune.loop import Plan
    except ModuleNotFoundError as error:
        raise MissingPart("training needs PyTorch: type `pip install 'wazi[train]'` (docs/tune.md)") from error
    if options.steps < 1:
        raise UsageError(f"--steps {options.steps}: give a number from 1")
    chosen = {name: getattr(options, name) for name in ("steps", "rate", "frozen", "seed")}
    return Plan(**{name: value for name, value in chosen.items() if value is not None})


def divided(recipe: sets.Recipe, data: Path, cutter: Cutter, *, training: bool = True) -> Parts:
    """All rows of the recipe in their parts; without `training` those of sets of which nothing is held back are not read."""
    wanted = [source for source in recipe.sources if training or source.parts != TRAIN]
    return split.divide([(source, *sets.load(source, data)) for source in wanted], recipe, cutter.ids)


def prepare(
    recipe_file: Path, data: Path, out: Path, weights: Weights, say: Say, *, embedder: Embedder | None = None
) -> dict[str, Any]:
    """Curate and split; windows of every pass and of dev go to `out`. Kept while the recipe stays as it is.

    With an embedder, passages that do not answer are those that retrieval would bring.
    """
    recipe = sets.recipe(recipe_file)
    mark = hashlib.sha256(
        repr((recipe, windows.SHARES, windows.LONGEST, PASSES, embedder and embedder.version)).encode()
    ).hexdigest()
    card = out / "data.json"
    if card.exists() and (held := json.loads(card.read_text(encoding="utf-8")))["recipe"] == mark:
        return dict(held)
    began = time.perf_counter()
    cutter = Cutter(weights)
    parts = divided(recipe, data, cutter)
    say(f"rows {split.counts(parts)}, dropped {dict(parts.dropped)}")
    maker = Maker(cutter, weights)
    ranked = pools(parts, TRAIN, recipe.seed, cutter, embedder)
    for turn in range(PASSES):
        windows.save(list(maker.rows(parts.rows[TRAIN], ranked, Random(f"{recipe.seed} {turn}"))), _pass(out, turn))
    ranked = pools(parts, DEV, recipe.seed, cutter)
    windows.save(list(maker.rows(parts.rows[DEV], ranked, Random(recipe.seed))), out / "dev.npz")
    rows = split.counts(parts)
    made = {
        "recipe": mark,
        "rows": {part: rows[part] for part in (TRAIN, DEV, TEST)},
        "dropped": dict(parts.dropped),
        "licences": {source.name: source.licence for source in recipe.sources},
        "seconds": round(time.perf_counter() - began, 1),
    }
    _replace(card, json.dumps(made, indent=1, ensure_ascii=False))
    return made


def pools(parts: Parts, part: str, seed: int, cutter: Cutter, embedder: Embedder | None = None) -> dict[str, Ranked]:
    """The passages of every pool of a part that has rows, ranked; of a large pool those of the rows and some others.

    `embedder` ranks those of which some row has a span, as there is only one passage that answers; not those of gaps.
    """
    wanted: dict[str, set[str]] = {}
    read: set[str] = set()
    for row in parts.rows[part]:
        wanted.setdefault(row.passage.pool, set()).add(row.passage.id)
        if row.spans and not row.passage.pool.endswith(sets.GAPS):
            read.add(row.passage.pool)
    made = {}
    for pool, own in wanted.items():
        held = sorted(parts.pools[part, pool], key=lambda each: (each.id not in own, split.chance(each.id, seed)))
        made[pool] = Ranked(held[: max(POOL, len(own))], cutter.ids, embedder if pool in read else None)
    return made


def train(
    out: Path, plan: Plan, weights: Weights, settings: Settings, say: Say, *, start: Path | None = None
) -> dict[str, Any]:
    """Train what `prepare` left in `out`, or go on, and write the reader. A new run may `start` from another's checkpoint."""
    import torch

    from wazi.tune import export, loop
    from wazi.tune.loop import Run
    from wazi.tune.network import ReaderNetwork

    torch.manual_seed(plan.seed)
    torch.set_num_threads(os.cpu_count() or 1)
    network, embedding = ReaderNetwork(weights, plan.dropout), Embedding(weights)
    before = loop.begin(network, start) if start else {}
    run = Run(out, plan, network=network, embedding=embedding, meter=Meter(settings.meter))
    passes = [windows.load(_pass(out, turn)) for turn in range(PASSES)]
    dev = _sample(windows.load(out / "dev.npz"), DEV_WINDOWS)
    say(f"{len(passes[0])} windows a pass, {plan.steps} steps from step {run.step}")
    run.train(passes, dev, say)
    final = run.measure(dev)
    card = {
        "base": models.BASE,
        "plan": asdict(plan),
        "start": before,
        "seen": run.seen,
        "seconds": round(run.seconds),
        "joules": round(run.joules),
        "dev": final,
        "data": json.loads((out / "data.json").read_text(encoding="utf-8")),
    }
    file = out / FILE
    reader_file.write(export.trained(network, weights, card), file)
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        **{key: card[key] for key in ("seen", "seconds", "joules", "dev")},
    }


def _pass(out: Path, turn: int) -> Path:
    return out / f"pass{turn}.npz"


def _sample(made: Sequence[Window], number: int) -> list[Window]:
    return Random(0).sample(list(made), min(number, len(made)))


def _replace(file: Path, text: str) -> None:
    temporary = file.with_suffix(".part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
