# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The path: feedback and what is held -> examples -> clean -> a folder that `wazi tune reader` reads, with its counts.

Documents outside the labels that are named never get this far: the store filters. It does not train.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wazi.curate import clean, write
from wazi.curate.facts import Example, facts
from wazi.curate.synthetic import synthetic
from wazi.desk import Desk
from wazi.errors import InputError, UsageError
from wazi.evals import make_sections
from wazi.evals.make_sections import Section
from wazi.types import EVERYTHING, PUBLIC, Feedback, Scope


@dataclass(frozen=True, slots=True)
class Plan:
    """What to curate. `labels` are those of documents that go in; `tests` are folders whose items must not."""

    licence: str
    name: str = "curated"
    creator: str = "not stated"
    labels: frozenset[str] = frozenset({PUBLIC})
    tests: tuple[Path, ...] = ()
    per_kind: int = 500
    seed: int = 0
    on: dt.date | None = None


def curate(
    feedback: Iterable[Feedback], out: Path, desk: Desk, plan: Plan, *, say: Callable[[str], None], force: bool = False
) -> dict[str, Any]:
    """Write the data set to `out`; returns what went in, what was dropped and why, as JSON.

    Raises UsageError for labels or numbers that cannot be used or an `out` that is in use, InputError when nothing is left.
    """
    _check(plan)
    write.check_place(out, force=force)
    rows = list(feedback)
    dropped: Counter[str] = Counter()
    masked: Counter[str] = Counter()
    say("reading what is held")
    scope = Scope(plan.labels, plan.on or dt.date.today())
    sections = clean.permitted(make_sections.read(desk, scope), dropped)
    receipts = desk.audit.receipts()
    found = facts(sorted(rows, key=lambda row: row.at, reverse=True), sections, receipts, dropped)
    say(f"{len(found)} facts of {len(rows)} rows of feedback; asking {len(sections)} sections")
    found += synthetic(sections, plan.per_kind, plan.seed, dropped)
    examples, passages = _cleaned(found, sections, plan, dropped, masked)
    if not examples:
        raise InputError(f"no example is left ({_told(dropped)}): review feedback, or ingest documents with headings")
    report = _report(rows, examples, passages, dropped, masked)
    return {"out": str(out), **report, **write.write(out, examples, passages, report, plan)}


def _cleaned(
    found: Sequence[Example], sections: Sequence[Section], plan: Plan, dropped: Counter[str], masked: Counter[str]
) -> tuple[list[Example], list[Section]]:
    test = clean.test_of(plan.tests)
    examples = clean.untested(clean.once(found, dropped), test, dropped)
    examples = clean.without_names(examples, dropped, masked)
    free = [each for each in sections if not test.holds(each.text)]
    if len(free) < len(sections):
        dropped["passages: in a test"] += len(sections) - len(free)
    kept = clean.without_copies(free, [own for each in examples for own in (each.section, *each.wrong)], dropped)
    return examples, [clean.without_names_in(each, masked) for each in kept]


def _check(plan: Plan) -> None:
    if EVERYTHING in plan.labels:
        raise UsageError(
            f"the label {EVERYTHING!r} is no label: name each one whose documents may go into the data set"
        )
    if plan.per_kind < 0:
        raise UsageError(f"--per-kind {plan.per_kind}: give a number from 0")
    if not plan.licence.strip():
        raise UsageError("a data set needs a licence: type --licence with its SPDX name, like CC-BY-4.0")


def _told(dropped: Counter[str]) -> str:
    return ", ".join(f"{reason}: {times}" for reason, times in dropped.most_common(3)) or "nothing was given"


def _report(
    rows: Sequence[Feedback],
    examples: Sequence[Example],
    passages: Sequence[Section],
    dropped: Counter[str],
    masked: Counter[str],
) -> dict[str, Any]:
    origins = sorted({each.origin for each in examples})
    return {
        "feedback": {"rows": len(rows), **dict(sorted(Counter(row.status for row in rows).items()))},
        "examples": {
            origin: dict(sorted(Counter(each.language for each in examples if each.origin == origin).items()))
            for origin in origins
        },
        "with_answer": sum(each.answer is not None for each in examples),
        "passages": dict(sorted(Counter(each.language or "und" for each in passages).items())),
        "documents": len({each.record.id for each in passages}),
        "licences": dict(sorted(Counter(each.record.licence or "not stated" for each in passages).items())),
        "dropped": dict(dropped.most_common()),
        "personal_data_removed": dict(sorted(masked.items())),
    }
