# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What documents and answers share: boxes, labels, closed lists, who asks and what a store may return."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

Box = tuple[float, float, float, float]

PUBLIC = "public"
"""The access label that every reader holds."""

EVERYTHING = "*"
"""The label of the keeper of the home (the command line without `--as`): no access filter at all."""


class Outcome(StrEnum):
    """How an answer ended: a closed list."""

    ANSWERED = "answered"
    ANSWERED_PARTLY = "answered_partly"
    NO_EVIDENCE = "no_evidence"
    SOURCES_CONFLICT = "sources_conflict"
    OUT_OF_SCOPE = "out_of_scope"
    UNSAFE = "unsafe"
    LANGUAGE_UNSUPPORTED = "language_unsupported"
    NEEDS_A_PERSON = "needs_a_person"
    FAILED = "failed"


class Status(StrEnum):
    """What became of one file: `partial` means that something in it could not be read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    UNCHANGED = "unchanged"


class Support(StrEnum):
    """Does the quote support the claim?"""

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT = "not"


class Kind(StrEnum):
    """What sort of paper a document is: a closed list."""

    ACT = "act"
    REGULATION = "regulation"
    CIRCULAR = "circular"
    FORM = "form"
    GUIDE = "guide"
    FAQ = "faq"
    NOTICE = "notice"
    JUDGMENT = "judgment"
    REPORT = "report"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: a name, the access labels held and the language chosen (None: not chosen)."""

    name: str
    labels: frozenset[str]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a store may return: rows that share a label with `labels` and are in force on `on` (None: any day)."""

    labels: frozenset[str]
    on: dt.date | None = None
