# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Experiments as data: the TOML files of this folder, their scores, and what their last run said of each.

`title`, `command` (a list; `{data}` and `{python}` are filled in), `unit`; optional `data` (a folder under --data; absent: none
is needed), `group` (`same`, `across`, `answers` or `speed`) and `published` (rows of other systems on the same task). One
command may give several scores, each with the path of a number in the JSON that it prints:

    [scores."recall@10"]
    path = "metrics/recall@10/value"
    expected = 90.0        # what it gives today; left out where nothing was measured yet
    tolerance = 0.5
    bar = 90.0             # what it has to reach; left out where there is none
    better = "higher"      # or "lower"

With one score, `score` (the path), `expected`, `tolerance` and `bar` may stand at the top instead.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"
GROUPS = {
    "same": "Retrieval in the same language",
    "across": "Retrieval across languages",
    "read": "Reading documents",
    "answers": "Answers",
    "refusal": "Refusals",
    "speed": "Speed",
}
FIELDS = {"path", "expected", "tolerance", "bar", "better"}
KNOWN = {"title", "command", "unit", "data", "group", "published", "scores", "score", *FIELDS} - {"path"}


@dataclass(frozen=True)
class Score:
    """One number of one experiment. `value` is None where it was not measured."""

    name: str
    path: str
    expected: float | None = None
    tolerance: float = 0.0
    bar: float | None = None
    better: str = "higher"
    value: float | None = None
    interval: tuple[float, float] | None = None

    def state(self, otherwise: str) -> str:
        """The value beside what is expected today; without one, what the run said."""
        if self.value is None:
            return otherwise
        if self.expected is None:
            return "measured"
        return "as expected" if abs(self.value - self.expected) <= self.tolerance else "outside tolerance"

    def met(self) -> str:
        """Does the value reach the bar?"""
        if self.bar is None or self.value is None:
            return ""
        reached = self.value >= self.bar if self.better == "higher" else self.value <= self.bar
        return "met" if reached else "not met"


@dataclass(frozen=True)
class Experiment:
    """One TOML file and its last result, `{}` if it never ran."""

    name: str
    title: str
    command: list[str]
    unit: str
    group: str
    scores: list[Score]
    data: str | None = None
    published: Mapping[str, float] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def report(self) -> Mapping[str, Any]:
        """The JSON that the command printed, empty if it did not."""
        report: Mapping[str, Any] = self.result.get("report", {})
        return report


def read(results: Path = RESULTS, folder: Path = HERE) -> list[Experiment]:
    """Every experiment with its last result, by name."""
    return [_experiment(file, results / f"{file.stem}.json") for file in sorted(folder.glob("*.toml"))]


def _experiment(file: Path, stored: Path) -> Experiment:
    row = tomllib.loads(file.read_text(encoding="utf-8"))
    result = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    tables = row.get("scores") or {"": {name: row[name] for name in FIELDS & row.keys()} | {"path": row["score"]}}
    unknown = [*(row.keys() - KNOWN), *(name for table in tables.values() for name in table.keys() - FIELDS)]
    if unknown or row.get("group", "answers") not in GROUPS:
        raise SystemExit(f"{file}: unknown {unknown or row['group']}: see the head of benchmarks/experiments.py")
    scores = [_score(Score(name, **table), result) for name, table in tables.items()]
    given = {name: row[name] for name in ("data", "published") if name in row}
    group = row.get("group", "answers")
    return Experiment(file.stem, row["title"], row["command"], row["unit"], group, scores, result=result, **given)


def _score(score: Score, result: Mapping[str, Any]) -> Score:
    """The score with its value in the report; results of old had only the one value."""
    value = number(result.get("report"), score.path)
    if value is None and "scores" not in result:
        value = result.get("score")
    interval = None
    if score.path.endswith("/value"):
        low, high = (number(result.get("report"), score.path.removesuffix("value") + end) for end in ("low", "high"))
        interval = (low, high) if low is not None and high is not None else None
    return Score(**{**vars(score), "value": value, "interval": interval})


def number(report: Any, path: str) -> float | None:
    """The number at `path`, None where there is none."""
    for key in path.split("/"):
        try:
            report = report[int(key)] if isinstance(report, list) else report[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return report if isinstance(report, int | float) and not isinstance(report, bool) else None
