# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi evals answer` reads from its options and tells a person; the numbers are made in `answer`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi.evals.answer import AnswerChoice, evaluate_answer
from wazi.evals.command import bar, chosen, ended, interval

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings

SHOWN = ("span_recall", "citation_precision", "f1", "refused")


def answer(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """What answers to a folder's questions show, cite and say; exit code 1 when something was left out."""
    common = chosen(options, settings)
    choice = AnswerChoice(
        language=common.language,
        limit=common.limit,
        only=common.only,
        cache=common.cache,
        run=Path(options.run_file) if options.run_file else None,
        model=options.model,
        given_gold=options.given == "gold",
    )
    result = evaluate_answer(options.folder, settings, bar, choice)
    terminal.result(result)
    _show(result, terminal)
    return ended(result, terminal)


def _show(result: Mapping[str, Any], terminal: Terminal) -> None:
    held = "given the gold passages" if result["settings"]["given"] == "gold" else "from the whole pool"
    terminal.line(f"{result['task']} on {result['data']}: {result['n']} questions, {held}")
    for name, score in result["metrics"].items():
        terminal.line(f"  {name:20} {interval(score)}  ({score['n']} questions)")
    terminal.line("outcomes: " + ", ".join(f"{name} {count}" for name, count in result["outcomes"].items()))
    if len(result["by_language"]) > 1:
        for name, part in result["by_language"].items():
            told = (f"{m} {part['metrics'][m]['value']:.1f}" for m in SHOWN if m in part["metrics"])
            terminal.line(f"  {name:6} {', '.join(told)}  ({part['n']} questions)")
    if spent := result["cost"]["answer"]:
        terminal.line(
            f"an answer: {spent['seconds_p50']:.3f} s (p50), {spent['seconds_p95']:.3f} s (p95), {spent['joules']:.1f} J, "
            f"{spent['tokens_in']:.0f} tokens in, {spent['tokens_out']:.0f} out"
        )
