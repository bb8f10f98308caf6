# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi evals make` and `wazi evals refuse` read from their options and tell a person."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import access
from wazi.desk import open_desk
from wazi.errors import UsageError
from wazi.evals import make_card
from wazi.evals.command import bar, chosen, ended, interval
from wazi.evals.make import make as run
from wazi.evals.refuse import evaluate_refuse
from wazi.types import PUBLIC, Reader

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings

DONE = 0


def make(options: argparse.Namespace, settings: Settings, day: dt.date | None, terminal: Terminal) -> int:
    """A benchmark from what is held."""
    reader = _reader(options, settings)
    with open_desk(settings) as desk:
        result = run(
            Path(options.out),
            desk,
            reader,
            access.filter_for(reader, day),
            per_kind=options.per_kind,
            seed=options.seed,
            force=options.force,
            progress=terminal.say,
        )
    result["next"] = make_card.commands(options.out)[0]
    terminal.result(result)
    _show_made(result, terminal)
    return DONE


def refuse(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Does the house know what is not there? Exit code 1 when something was left out."""
    result = evaluate_refuse(options.folder, settings, bar, chosen(options, settings))
    terminal.result(result)
    terminal.line(
        f"{result['task']} on {result['data']}: {result['n']} questions, each with its answer there and removed"
    )
    for name, score in result["metrics"].items():
        terminal.line(f"  {name:30} {interval(score)}")
    for tag, row in result["by_language"].items():
        told = f"refused when removed {row['refusal_recall']:.1f}, although there {row['false_refusal']:.1f}"
        terminal.line(f"  {tag:6} {told}  ({row['n']} questions)")
    return ended(result, terminal)


def _reader(options: argparse.Namespace, settings: Settings) -> Reader:
    """Whose documents go out: those of everybody, unless a reader is named or the keeper says all. Raises UsageError."""
    if options.all and options.reader:
        raise UsageError("--all and --as exclude each other: type one of them")
    if options.all:
        return access.keeper()
    return access.named(options.reader, settings) if options.reader else Reader(PUBLIC, frozenset({PUBLIC}))


def _show_made(result: Mapping[str, Any], terminal: Terminal) -> None:
    passages = sum(result["passages"].values())
    terminal.line(f"{result['out']} {result['status']}: {passages} passages of {result['documents']} documents")
    cells = {kind: counts for kind, counts in result["questions"].items() if counts}
    for kind, counts in cells.items():
        told = ", ".join(f"{tag} {count}" for tag, count in counts.items())
        terminal.line(f"  {kind:8} {sum(counts.values()):5} questions: {told}")
    for reason, count in result["documents_left_out"].items():
        terminal.line(f"  left out: {count} documents, {reason}")
    for kind, reasons in result["left_out"].items():
        for reason, count in reasons.items():
            terminal.line(f"  left out: {count:5} of kind {kind}: {reason}")
    for row in make_card.scores(Path(result["out"])):
        terminal.line(f"  {row[0]}{f' {row[2]}' if row[2] else ''}, {row[1]}: {row[3]}; bar {row[5]}")
    for warning in result["warnings"]:
        terminal.say(f"wazi: {warning}")
    terminal.line(f"made in {result['seconds']:.1f} s. Read {result['out']}/README.md, then type: {result['next']}")
