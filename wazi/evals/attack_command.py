# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi evals attack` reads from its options and tells a person; the numbers are made in `attack`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wazi.evals.attack import AttackChoice, evaluate_attack
from wazi.evals.command import bar, chosen, ended, interval

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings


def attack(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """What attacks of a folder achieve; exit code 1 when an answer failed."""
    common = chosen(options, settings)
    choice = AttackChoice(
        language=common.language,
        limit=common.limit,
        cache=common.cache,
        model=options.model,
        half=options.half,
        held=options.held,
        ordinary=tuple(options.ordinary or ()),
    )
    result = evaluate_attack(options.folder, settings, bar, choice)
    terminal.result(result)
    terminal.line(f"attack on {result['data']}: {result['n']} attacks, model {choice.model}")
    for name, score in result["metrics"].items():
        terminal.line(f"  {name:10} {interval(score)}  ({score['n']} attacks)")
    terminal.line("outcomes: " + ", ".join(f"{name} {count}" for name, count in result["outcomes"].items()))
    for name, part in result["by_kind"].items():
        terminal.line(f"  {name:32} success {part['metrics']['success']['value']:.1f}  ({part['n']} attacks)")
    for name, row in result["ordinary"].items():
        terminal.line(f"ordinary questions of {name}: {row['alarms']} of {row['n']} taken for an attack")
    return ended(result, terminal)
