# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What readers say about an answer -> kept for the office, under the labels of the answer. It does not know who said it.

Question and labels are those of the receipt, not of the form: nobody can put words into another one's question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wazi.errors import UsageError
from wazi.receipts import missing, show
from wazi.serve.counter import Counter
from wazi.serve.errors import ApiError
from wazi.state import feedback
from wazi.types import Reader
from wazi.types.office import Verdict

REASONS = ("wrong", "incomplete", "outdated", "unclear", "other")
"""Why an answer did not help: a closed list; the words are messages called `reason_...`."""
COMMENT, SOURCE = 1000, 300
"""Characters kept of what a reader writes."""
NOT_KEPT = "–"
"""Stands for a question that receipts do not keep."""

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Told:
    """One reader's word on the answer with the id `answer`. `better` is where the reader says it is told better."""

    answer: str
    helpful: bool
    reason: str = ""
    comment: str = ""
    better: str = ""


def keep(told: Told, reader: Reader, counter: Counter) -> None:
    """Keep one word of feedback: durable when this returns. Raises UsageError, StoreError, and ApiError 503 where none is kept."""
    if not _ID.fullmatch(told.answer):
        raise missing(told.answer)
    if told.reason and told.reason not in REASONS:
        raise UsageError(f"{told.reason[:40]!r} is no reason: choose one of {', '.join(REASONS)}")
    if counter.state is None:
        raise ApiError("no feedback is kept here", status=503, code="no_feedback")
    shown = show(told.answer, reader, counter.desk)
    words = told.reason, told.comment.strip()[:COMMENT], told.better.strip()[:SOURCE]
    feedback.keep(
        counter.state,
        answer=told.answer,
        question=shown.question or NOT_KEPT,
        language=str(shown.receipt["language"]),
        verdict=_verdict(told),
        reason="\n".join(filter(None, words)).encode("utf-8", "replace").decode().replace("\0", ""),
        labels=shown.receipt["labels"],
    )


def _verdict(told: Told) -> Verdict:
    if told.helpful:
        return "right"
    return "partly" if told.reason == "incomplete" else "wrong"
