# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Headings, questions and language versions of what is held -> questions with the section that answers, without a model.

The labels are those of `wazi evals make`, with its reasons for leaving out. It cannot say where in a section the answer stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wazi.curate.facts import Example
from wazi.evals import make_labels
from wazi.evals.make_sections import Section


def synthetic(sections: Sequence[Section], per_kind: int, seed: int, dropped: Counter[str]) -> list[Example]:
    """At most `per_kind` questions of each kind; `dropped` counts what was left out by reason."""
    if not sections or not per_kind:
        return []
    labels = make_labels.label(sections, per_kind, seed)
    for kind, reasons in labels.left_out.items():
        for reason, times in reasons.items():
            dropped[f"{kind}: {reason}"] += times
    return [
        Example(
            f"{each.kind}:{each.gold.id}:{each.language}",
            each.text,
            each.language,
            each.gold,
            each.kind,
            provenance={"asked_by": each.asked.id, "asked_in": each.asked.record.id},
        )
        for each in labels.questions
    ]
