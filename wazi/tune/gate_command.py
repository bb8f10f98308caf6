# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi tune gate`: measure the candidate and the other one, decide, keep the decision, let the candidate in.

The decision is kept as JSON whether the candidate enters or not. It puts nothing in use by itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import models
from wazi.config import Settings
from wazi.errors import InputError, StoreError
from wazi.evals.cache import CountingEmbedder
from wazi.models import NONE, Embedder, PassageReader, chosen, e5_weights, reader_file
from wazi.models.e5_pieces import Cutter
from wazi.models.e5_weights import Weights
from wazi.models.reader import ODDS, Reader
from wazi.tune import bom, card, sets, split
from wazi.tune.compare import SameWords, compare
from wazi.tune.gate import Decision, Policy, decide
from wazi.tune.reader import base, divided, pools
from wazi.tune.sets import Row
from wazi.tune.split import TEST

if TYPE_CHECKING:
    from wazi.cli import Terminal

DECISIONS = "decisions"
CARD, BOM = "README.md", "mlbom.cdx.json"
ROWS = 150
DONE, REFUSED = 0, 1


@dataclass(frozen=True, slots=True)
class Trial:
    """What to measure: a candidate's file, the name or file of the other reader (`none`: no model), and on what."""

    candidate: Path
    against: str
    name: str
    recipe: Path
    data: Path
    rows: int = ROWS


def command(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """`wazi tune gate`; exit code 1 when the candidate is refused."""
    home = settings.home
    candidate = Path(options.candidate)
    trial = Trial(
        candidate=candidate,
        against=options.against or chosen.shelf(home).now,
        name=options.name or candidate.absolute().parent.name.lower(),
        recipe=Path(options.recipe),
        data=Path(options.data),
        rows=options.rows,
    )
    given = {
        "tolerance": options.tolerance,
        "claims": tuple(options.claims or ()),
        "most_seconds": options.most_seconds,
    }
    policy = Policy(**{name: value for name, value in given.items() if value not in (None, ())})
    kept = settings.models_dir.parent / "vectors"
    with closing(CountingEmbedder(models.open_embedder(settings), kept)) as embedder:
        made = gate(trial, home, e5_weights.read(base(settings)), policy, embedder)
    terminal.result(made)
    _show(made, terminal)
    return DONE if made["accepted"] else REFUSED


def gate(trial: Trial, home: Path, weights: Weights, policy: Policy, embedder: Embedder) -> dict[str, Any]:
    """Measure both, decide, keep the decision, and let the candidate into the home if it is accepted.

    Raises UsageError, InputError, MissingPart, StoreError.
    """
    chosen.check_name(home, trial.name)
    file = _against(trial.against, home)
    ours = Reader(weights, trial.candidate)
    theirs: PassageReader = SameWords()
    if file:
        theirs = Reader(weights, file)
    rows, ranked = held_back(trial, Cutter(weights))
    mine, other = compare([ours, theirs], rows, ranked, [_mib(trial.candidate), _mib(file)], embedder)
    decision = decide(mine, other, policy)
    made = _about(trial, file, decision, rows, weighed=ODDS in ours.card)
    if decision.accepted:
        papers = {
            CARD: card.card(trial.name, ours.card, made),
            BOM: _json(bom.bill(trial.name, ours.card, made)),
            chosen.DECISION: _json(made),
        }
        chosen.add(home, trial.name, trial.candidate, papers)
    return made | {"kept": str(_keep(home, trial.name, made))}


def held_back(trial: Trial, cutter: Cutter) -> tuple[list[Row], dict[str, Any]]:
    """At most `trial.rows` held-back questions a language, drawn by hash, and the pools of what does not answer them."""
    recipe = sets.recipe(trial.recipe)
    parts = divided(recipe, trial.data, cutter, training=False)
    by_language: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(parts.rows[TEST], key=lambda each: split.chance(each.id, recipe.seed + 1)):
        if row.spans and len(by_language[row.language]) < trial.rows:
            by_language[row.language].append(row)
    rows = [row for own in by_language.values() for row in own]
    if not rows:
        raise InputError(
            f"{trial.recipe} holds no question with an answer back: give it a larger `test` (docs/tune.md)"
        )
    return rows, dict(pools(parts, TEST, recipe.seed, cutter))


def _against(named: str, home: Path) -> Path | None:
    if named == NONE:
        return None
    file = Path(named)
    return file if file.is_file() else chosen.weights(home, chosen.shelf(home).find(named))


def _mib(file: Path | None) -> float:
    """MiB of the weights as they are computed with."""
    return sum(each.nbytes for each in reader_file.read(file).tensors.values()) / 2**20 if file else 0.0


def _about(
    trial: Trial, file: Path | None, decision: Decision, rows: Sequence[Row], *, weighed: bool
) -> dict[str, Any]:
    return {
        "name": trial.name,
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "candidate": {"file": str(trial.candidate), "sha256": _sha256(trial.candidate)},
        "against": {"name": trial.against, "sha256": _sha256(file) if file else None},
        "weighed": weighed,
        "data": {"recipe": str(trial.recipe), "sha256": _sha256(trial.recipe), "questions": len(rows)},
        **decision.plain(),
    }


def _keep(home: Path, name: str, made: Mapping[str, Any]) -> Path:
    folder = home / chosen.FOLDER / DECISIONS
    stamp = str(made["at"]).replace(":", "").replace("+0000", "Z")
    file = folder / f"{stamp}-{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(_json(made), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write {file}: {error.strerror}: free some space") from error
    return file


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _show(made: Mapping[str, Any], terminal: Terminal) -> None:
    for measure, cells in made["figures"].items():
        for tag, cell in cells.items():
            spread = cell["difference"]
            told = f"{cell['theirs']:5.1f} -> {cell['ours']:5.1f}  {spread['value']:+.1f}"
            span = f"({spread['low']:+.1f} to {spread['high']:+.1f}), {cell['n']} questions"
            terminal.line(f"  {measure:10} {tag:4} {told} {span}{': too few to tell' if cell['few'] else ''}")
    for name, unit in (("seconds", "processor seconds a pair"), ("mib", "MiB")):
        cost = made["cost"][name]
        terminal.line(f"  {cost['theirs']:.4g} -> {cost['ours']:.4g} {unit}")
    for reason in (*made["undecided"], *made["reasons"]):
        terminal.line(f"  {reason}")
    if not made["weighed"]:
        terminal.line(
            "  its signals are not weighed, so its margin alone refuses: type wazi tune odds first (docs/tune.md)"
        )
    if made["accepted"]:
        terminal.line(f"{made['name']} is let in. To use it: wazi models use {made['name']}")
    else:
        terminal.line(f"{made['name']} is refused; the decision is kept in {made['kept']}")
