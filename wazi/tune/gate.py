# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Does a candidate enter? Better where it claims to be, worse nowhere beyond the tolerance, at no more cost.

Better: the 95 % interval of the paired difference (bootstrap over questions) lies above 0, for every claim: a candidate that is no
better passes one claim by chance in 40 times, several more rarely. Worse: the mean difference of some measure is below minus the
tolerance, over all languages, or in one language beyond chance; as many languages are compared, Holm's correction keeps a loss
that is none from deciding in more than 1 of 40 gates. A loss in one language that may be chance, and a language with few questions,
decide nothing and are named. It measures nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from wazi.errors import UsageError
from wazi.evals import stats
from wazi.tune.compare import MEASURES, Figures

ALL = "all"
BY_CHANCE = 0.025
"""How often at most a gate may take chance for a loss in some language: as the 95 % interval does for one comparison."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`claims` are measures, or MEASURE:LANGUAGE; `tolerance` is in points of 100; costs are times those of the other one.

    `most_seconds` a pair hold also where there is no other reader to compare with.
    """

    claims: tuple[str, ...] = ("reading",)
    tolerance: float = 2.0
    slower: float = 1.25
    larger: float = 1.1
    most_seconds: float = 1.0
    few: int = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """Accepted or not, every reason against it, what could not be decided, and the figures of each measure and language."""

    accepted: bool
    reasons: tuple[str, ...]
    undecided: tuple[str, ...]
    figures: dict[str, dict[str, dict[str, Any]]]
    cost: dict[str, dict[str, float]]
    policy: Policy

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def decide(ours: Figures, theirs: Figures, policy: Policy) -> Decision:
    """The decision on the candidate `ours` against `theirs`, whose values are of the same questions. Raises UsageError."""
    figures = {measure: _cells(ours, theirs, measure, policy.few) for measure in MEASURES}
    claimed = _claims(policy, figures)
    reasons = [_unproved(measure, tag, figures[measure][tag]) for measure, tag in claimed]
    worse, perhaps = _losses(policy, figures)
    cost = {name: {"ours": getattr(ours, name), "theirs": getattr(theirs, name)} for name in ("seconds", "mib")}
    against = [*filter(None, reasons), *worse, *_costly(cost, policy)]
    few = [
        f"{measure} {tag}: {cell['n']} questions"
        for measure, row in figures.items()
        for tag, cell in row.items()
        if cell["few"]
    ]
    return Decision(not against, tuple(against), (*perhaps, *few), figures, cost, policy)


def _losses(policy: Policy, figures: dict[str, dict[str, dict[str, Any]]]) -> tuple[list[str], list[str]]:
    """What is worse, and what may be."""
    cells = [(measure, tag, cell) for measure, row in figures.items() for tag, cell in row.items() if not cell["few"]]
    single = [at for at, (_, tag, _) in enumerate(cells) if tag != ALL]
    beyond = stats.beyond_chance([cells[at][2]["chance_of_loss"] for at in single], BY_CHANCE)
    sure = {at for at, stands in zip(single, beyond, strict=True) if stands}
    worse, perhaps = [], []
    for at, (measure, tag, cell) in enumerate(cells):
        if cell["difference"]["value"] < -policy.tolerance:
            told = f"{measure} {tag} {_told(cell)}, tolerance {policy.tolerance:g}"
            if tag == ALL or at in sure:
                worse.append(f"worse: {told}")
            else:
                perhaps.append(f"perhaps worse: {told}")
    return worse, perhaps


def _cells(ours: Figures, theirs: Figures, measure: str, few: int) -> dict[str, dict[str, Any]]:
    mine, other = ours.values[measure], theirs.values[measure]
    languages = sorted(mine)
    pooled = [value for tag in languages for value in mine[tag]], [value for tag in languages for value in other[tag]]
    columns = {tag: (mine[tag], other[tag]) for tag in languages} | ({ALL: pooled} if pooled[0] else {})
    return {tag: _cell(one, two, few) for tag, (one, two) in columns.items()}


def _cell(ours: Sequence[float], theirs: Sequence[float], few: int) -> dict[str, Any]:
    return {
        "n": len(ours),
        "ours": sum(ours) / len(ours),
        "theirs": sum(theirs) / len(theirs),
        "difference": dict(stats.difference(ours, theirs)),
        "chance_of_loss": stats.chance_of_loss(ours, theirs),
        "few": len(ours) < few,
    }


def _claims(policy: Policy, figures: dict[str, dict[str, dict[str, Any]]]) -> list[tuple[str, str]]:
    """Measure and language of every claim; without a language, over all of them."""
    if not policy.claims:
        raise UsageError(
            "a candidate that claims nothing has no reason to enter: type --claim, like --claim reading:sw"
        )
    made = []
    for claim in policy.claims:
        measure, _, tag = claim.partition(":")
        if measure not in MEASURES:
            raise UsageError(f"--claim {claim!r}: the measures are {', '.join(MEASURES)}")
        if (tag or ALL) not in figures[measure]:
            raise UsageError(f"--claim {claim!r}: the test has the languages {', '.join(figures[measure]) or 'none'}")
        made.append((measure, tag or ALL))
    return made


def _unproved(measure: str, tag: str, cell: dict[str, Any]) -> str:
    if cell["few"]:
        return f"not shown: {measure} {tag} has {cell['n']} questions, too few to tell"
    return "" if cell["difference"]["low"] > 0 else f"not better: {measure} {tag} {_told(cell)}"


def _told(cell: dict[str, Any]) -> str:
    spread = cell["difference"]
    return f"{cell['theirs']:.1f} -> {cell['ours']:.1f} ({spread['low']:+.1f} to {spread['high']:+.1f}, {cell['n']} questions)"


def _costly(cost: dict[str, dict[str, float]], policy: Policy) -> list[str]:
    seconds, mib = cost["seconds"], cost["mib"]
    found = []
    if mib["theirs"]:  # else there is no model to be compared with
        if seconds["ours"] > policy.slower * seconds["theirs"]:
            found.append(
                f"slower: {seconds['theirs']:.4f} -> {seconds['ours']:.4f} s a pair, at most {policy.slower:g} times"
            )
        if mib["ours"] > policy.larger * mib["theirs"]:
            found.append(f"larger: {mib['theirs']:.1f} -> {mib['ours']:.1f} MiB, at most {policy.larger:g} times")
    if seconds["ours"] > policy.most_seconds:
        found.append(f"slow: {seconds['ours']:.3f} s a pair, at most {policy.most_seconds:g}")
    return found
