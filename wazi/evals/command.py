# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi evals retrieve` reads from its options and tells a person; the numbers are made in `run`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from wazi.evals.run import Choice, evaluate_retrieve

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings

DONE, PARTLY = 0, 1
OTHERS = {
    "lexical": "words alone",
    "dense": "vectors alone",
    "baseline": "the other run",
    "own_corpus": "own corpus alone",
}
SHOWN = ("recall@1", "recall@10", "ndcg@10")


def retrieve(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Scores of retrieval on a BEIR folder; exit code 1 when something was left out or could not be found."""
    choice = replace(chosen(options, settings), run=_path(options.run_file), baseline=_path(options.baseline))
    result = evaluate_retrieve(options.folder, settings, bar, choice)
    terminal.result(result)
    _show(result, terminal)
    return ended(result, terminal)


def chosen(options: argparse.Namespace, settings: Settings) -> Choice:
    """What every evaluation of a folder lets a person choose."""
    return Choice(
        language=options.lang,
        directions=tuple(options.direction or ()),
        limit=options.limit,
        only=_path(getattr(options, "only", None)),
        cache=None if options.no_cache else Path(options.cache or settings.models_dir.parent / "vectors"),
    )


def ended(result: Mapping[str, Any], terminal: Terminal) -> int:
    """Tell the cost and every problem; the exit code."""
    cost = result["cost"]
    terminal.line(
        f"{cost['seconds']:.1f} s, {cost['joules']:.0f} J ({cost['joules_method']}), peak {cost['mib']:.0f} MiB"
    )
    for problem in result["problems"]:
        terminal.say(f"wazi: {problem['count']} {problem['what']}, first {problem['first']!r}: {problem['effect']}")
    return PARTLY if any(problem["partial"] for problem in result["problems"]) else DONE


@contextmanager
def bar(name: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar with the time left, on stderr; call it with what is done. Silent where stderr is not a terminal."""
    with tqdm(desc=name, total=total, disable=None, file=sys.stderr, dynamic_ncols=True, smoothing=0.05) as drawn:
        yield lambda done: drawn.update(done - drawn.n) and None


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _show(result: Mapping[str, Any], terminal: Terminal) -> None:
    terminal.line(f"{result['task']} on {result['data']}: {result['n']} questions")
    for name, score in result["metrics"].items():
        terminal.line(f"  {name:10} {interval(score)}")
    _beside(result, terminal)
    if len(result["by_direction"]) > 1:
        terminal.line("by direction (question-passage):")
        for name, part in result["by_direction"].items():
            shown = ", ".join(f"{measure} {part['metrics'][measure]['value']:.1f}" for measure in SHOWN)
            terminal.line(f"  {name:12} {shown}  ({part['n']} questions)")
    computed, cached = (
        sum(step.get(key, 0) for step in result["cost"]["steps"].values())
        for key in ("vectors_computed", "vectors_cached")
    )
    terminal.line(f"vectors: {computed} computed, {cached} from the cache")


def _beside(result: Mapping[str, Any], terminal: Terminal) -> None:
    for kind, other in result["beside"].items():
        for measure in SHOWN:
            value, gap = other["metrics"][measure]["value"], other["difference"][measure]
            told = f"{gap['value']:+.2f} ({gap['low']:+.2f} to {gap['high']:+.2f})"
            terminal.line(f"  {OTHERS[kind]:17} {measure:10} {value:.2f}, difference {told}")


def interval(score: Mapping[str, float]) -> str:
    """A score and where it lies."""
    return f"{score['value']:.2f}  (95 % interval {score['low']:.2f} to {score['high']:.2f})"
