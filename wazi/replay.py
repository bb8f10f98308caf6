# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The question of a receipt asked again -> what is the same and what changed since.

It is asked with the labels, the day and the model of the receipt, of the documents and settings of today, and leaves a receipt
of its own that names the first one. It does not judge which of the two answers is better.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wazi import __version__, ask
from wazi.desk import QUOTE, Desk
from wazi.errors import UsageError
from wazi.receipts import Shown
from wazi.types import Answer, Reader


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    what: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """`same`: outcome, text and quotes are as they were, whatever else changed."""

    id: str
    at: str
    replay: str
    same: bool
    changes: tuple[Change, ...]
    answer: Answer


def replay(shown: Shown, desk: Desk) -> Replayed:
    """Ask again. Raises UsageError where the question is not kept, and what `ask` raises."""
    receipt = shown.receipt
    if shown.question is None:
        raise UsageError(
            f"the question of the receipt {receipt['id']} is not kept or was erased: it cannot be asked again"
        )
    day = receipt.get("on") or str(receipt["at"])[:10]
    reader = Reader(f"replay of {receipt['id']}", frozenset(receipt["labels"]), receipt["language"])
    again = replace(desk, audit=desk.audit.replaying(receipt["id"]))
    model = receipt["models"].get("generate") or QUOTE
    on = dt.date.fromisoformat(day)
    # who named no day got what is in force, and texts of another day where that does not tell
    given = ask.answer(shown.question, reader, again, on=on, model=model)
    if not given.claims and not receipt.get("on"):
        given = ask.answer(shown.question, reader, again, model=model)
    told = tuple(_changes(shown, given, desk))
    return Replayed(
        id=str(receipt["id"]),
        at=str(receipt["at"]),
        replay=given.id,
        same=not any(change.what in ("outcome", "text", "quotes") for change in told),
        changes=told,
        answer=given,
    )


def _changes(shown: Shown, given: Answer, desk: Desk) -> list[Change]:
    receipt = shown.receipt
    compared = {
        "outcome": (receipt["outcome"], given.outcome.value),
        "text": (receipt["answer_sha256"], hashlib.sha256(given.text.encode()).hexdigest()),
        "quotes": (_places(receipt), _now(given)),
        "wazi": (receipt.get("wazi"), __version__),
        "settings": (receipt.get("settings"), desk.settings.digest()),
        "models": (dict(receipt["models"]), dict(given.models)),
    }
    found = [Change(what, before, now) for what, (before, now) in compared.items() if before != now]
    return found + [
        Change(f"document {quote.document}", quote.sha256, quote.state)
        for quote in shown.quotes
        if quote.state != "same"
    ]


def _places(receipt: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        _place(quote["document"], quote["start"], quote["end"], quote["text_sha256"]) for quote in receipt["quotes"]
    ]


def _now(given: Answer) -> list[dict[str, Any]]:
    return [
        _place(quote.document.id, quote.start, quote.end, hashlib.sha256(quote.text.encode()).hexdigest())
        for claim in given.claims
        for quote in claim.quotes
    ]


def _place(document: str, start: int, end: int, sha256: str) -> dict[str, Any]:
    return {"document": document, "start": start, "end": end, "text_sha256": sha256}
