# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A receipt as somebody may see it: what was asked, what was read, which words were quoted and whether they still stand there.

It reads the trail and the store under the rights of who looks; it answers nothing. `receipts_ld` writes it for programs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from wazi.access import holdings_of
from wazi.desk import Desk
from wazi.errors import StoreError, UsageError
from wazi.types import EVERYTHING, Reader, Record, Scope

AROUND = 60
"""Characters before and after a quote by which it is found again in another version of the document."""

PLACE = ("document", "sha256", "page", "start", "end", "text_sha256")

State = Literal["same", "changed", "gone"]
"""Of a quoted document: the words stand where they stood; other words stand there; it is not held, or not for who looks."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote of the receipt. `words` with what stands before and after it: empty where they are not there any more."""

    document: str
    sha256: str
    page: int | None
    start: int
    end: int
    text_sha256: str
    state: State
    title: str = ""
    source: str = ""
    before: str = ""
    words: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A receipt with what is held beside it. `question` and `reader` are None where they are not kept."""

    receipt: Mapping[str, Any]
    question: str | None
    reader: str | None
    quotes: tuple[Quoted, ...]
    documents: tuple[tuple[str, str], ...]
    """Id and title of each document that was read and may be opened by who looks."""
    read: int
    """Passages that were read."""


def show(id: str, reader: Reader, desk: Desk) -> Shown:
    """The receipt of an answer. Raises UsageError when there is none, in the same words where the reader may not see it.

    Somebody sees it who holds every label that the asker held: what was read tells of documents with these labels.
    """
    receipt = find(id, desk)
    if not visible(receipt, reader):
        raise missing(id)
    content, scope = desk.audit.content(receipt), holdings_of(reader)
    named = dict.fromkeys(str(row["document"]) for row in receipt["read"])
    held = [(each, record) for each in named if (record := desk.store.record(each, scope))]
    return Shown(
        receipt,
        content["question"],
        content["reader"],
        tuple(_quoted(row, scope, desk) for row in receipt["quotes"]),
        tuple((each, record.title) for each, record in held),
        len(receipt["read"]),
    )


def visible(receipt: Mapping[str, Any], reader: Reader) -> bool:
    """Whether the reader holds every label that the asker held; what the keeper asked only the keeper sees."""
    held = receipt["labels"]
    return EVERYTHING in reader.labels or (EVERYTHING not in held and set(held) <= reader.labels)


def find(id: str, desk: Desk) -> dict[str, Any]:
    """The receipt as written. Raises UsageError when there is none, StoreError for a damaged line."""
    try:
        receipt = desk.audit.find(id)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read the receipt {id[:40]!r}: {error}: type `wazi audit verify`") from error
    if receipt is None or "kind" in receipt:  # a turn of the switch, or a change of people, is no receipt of an answer
        raise missing(id)
    return receipt


def missing(id: str) -> UsageError:
    """There is none, or not for who asks."""
    return UsageError(f"there is no receipt {id[:40]!r}: copy its number from the answer")


def _quoted(row: Mapping[str, Any], scope: Scope, desk: Desk) -> Quoted:
    place: dict[str, Any] = {name: row[name] for name in PLACE}
    record = desk.store.record(str(row["document"]), scope)
    text = desk.store.text(str(row["document"]), scope)
    if record is None or text is None:
        return Quoted(**place, state="gone")
    return _standing(place, record, text)


def _standing(place: Mapping[str, Any], record: Record, text: str) -> Quoted:
    start, end = int(place["start"]), int(place["end"])
    named = Quoted(**place, state="changed", title=record.title, source=record.source)
    if hashlib.sha256(text[start:end].encode()).hexdigest() != place["text_sha256"]:
        return named
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return replace(named, state="same", before=before, words=text[start:end], after=after)
