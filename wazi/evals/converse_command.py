# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi evals converse` reads from its options and tells a person; the numbers are made in `converse`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wazi.evals.command import bar, chosen, ended, interval
from wazi.evals.converse import ConverseChoice, evaluate_converse

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings

NAMES = {"last_turn": "the turn alone", "all_turns": "all turns together", "rewritten": "a person's rewriting"}


def converse(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """What turns of conversations find; exit code 1 when something was left out or is not there."""
    common = chosen(options, settings)
    choice = ConverseChoice(half=options.half, language=common.language, cache=common.cache)
    result = evaluate_converse(options.folder, settings, bar, choice)
    terminal.result(result)
    half = f", {options.half} half" if options.half else ""
    terminal.line(f"converse on {result['data']}{half}: {result['n']} turns of {result['conversations']} conversations")
    _show(result, terminal)
    if later := result["later_turns"]:
        terminal.line(f"only the {later['n']} turns with earlier ones:")
        _show(later, terminal)
    told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in result["readings"].items())
    terminal.line(f"understood: {told}")
    for key in ("by_domain", "by_turn"):
        for name, part in result[key].items():
            values = {"ours": part["metrics"]} | {kind: other["metrics"] for kind, other in part["beside"].items()}
            shown = ", ".join(f"{kind} {score['recall@5']['value']:.1f}" for kind, score in values.items())
            terminal.line(f"  {key[3:]} {name:12} recall@5: {shown}  ({part['n']} turns)")
    return ended(result, terminal)


def _show(result: Mapping[str, Any], terminal: Terminal) -> None:
    for name, score in result["metrics"].items():
        terminal.line(f"  {name:10} {interval(score)}")
        for kind, other in result["beside"].items():
            gap = other["difference"][name]
            told = f"{other['metrics'][name]['value']:.2f}, difference {gap['value']:+.2f}"
            terminal.line(f"    {NAMES[kind]:20} {told} ({gap['low']:+.2f} to {gap['high']:+.2f}; {other['n']} turns)")
