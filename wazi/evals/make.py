# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A labelled benchmark from what a home holds, without a model: read sections -> label -> write.

Only documents that the reader may read leave the house. The folder is read by `wazi evals retrieve` and `wazi evals refuse`
as any other of this layout. It does not score anything.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wazi.desk import Desk
from wazi.errors import InputError, UsageError
from wazi.evals import make_labels, make_sections, make_write
from wazi.evals.make_labels import KINDS, Labels
from wazi.types import EVERYTHING, Reader, Scope, Status

FEW = 50
"""Questions of a kind below which its interval is wide: about 14 points up and down at 50 %, by the binomial."""


def make(
    out: Path,
    desk: Desk,
    reader: Reader,
    scope: Scope,
    *,
    per_kind: int,
    seed: int,
    force: bool,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Write the benchmark to `out`; returns what was made, as JSON. The scope is the reader's, on a day.

    Raises UsageError for a bad number or an `out` that is in use, InputError when there is nothing to ask or nowhere to
    write.
    """
    if per_kind < 1:
        raise UsageError(f"--per-kind {per_kind}: give a number from 1")
    began = time.perf_counter()
    make_write.check_place(out)
    left_out = _left_out(desk, scope)
    progress("reading what is held")
    sections = make_sections.read(desk, scope)
    if not sections:
        raise InputError(_nothing(left_out))
    progress(f"labelling {len(sections)} sections")
    labels = make_labels.label(sections, per_kind, seed)
    if not labels.questions:
        raise InputError(
            f"no question could be made of {len(sections)} sections: {_most(labels)}; ingest documents with headings, "
            "questions or several languages"
        )
    report = _report(labels, left_out) | {"reader": reader.name, "on": str(scope.on or ""), "seed": seed}
    folder = make_write.write(out, labels, report | {"per_kind": per_kind}, force=force)
    return {"task": "make", "out": str(out), **report, **folder, "seconds": time.perf_counter() - began}


def _left_out(desk: Desk, scope: Scope) -> dict[str, int]:
    """Documents that do not go out, by reason."""
    everything = desk.store.records(Scope(frozenset({EVERYTHING})))
    readable = {record.id for record in desk.store.records(Scope(scope.labels))}
    valid = {record.id for record in desk.store.records(scope)}
    reasons: Counter[str] = Counter()
    for record in everything:
        if record.id not in readable:
            reasons["not open to this reader"] += 1
        elif record.id not in valid:
            reasons["not in force on the day"] += 1
        elif record.status is Status.FAILED:
            reasons["could not be read"] += 1
    return dict(reasons)


def _nothing(left_out: dict[str, int]) -> str:
    if not left_out:
        return "nothing is held yet: type wazi ingest FOLDER"
    told = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
    return f"none of the documents held may go out ({told}): choose a reader with --as, or type --all"


def _most(labels: Labels) -> str:
    """The commonest reasons."""
    reasons: Counter[str] = sum(labels.left_out.values(), Counter())
    return ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3)) or "no headings"


def _report(labels: Labels, left_out: dict[str, int]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for question in labels.questions:
        across = question.kind == make_labels.VERSION
        counts[question.kind][f"{question.language}-{question.gold.language}" if across else question.language] += 1
    return {
        "questions": {kind: dict(sorted(cells.items())) for kind, cells in counts.items()},
        "passages": dict(sorted(Counter(section.language or "und" for section in labels.corpus).items())),
        "documents": len({section.record.id for section in labels.corpus}),
        "documents_left_out": left_out,
        "left_out": {kind: dict(labels.left_out[kind].most_common()) for kind in KINDS},
        "warnings": [
            f"only {cells.total()} questions of the kind {kind}: its interval will be wide"
            for kind, cells in counts.items()
            if 0 < cells.total() < FEW
        ],
    }
