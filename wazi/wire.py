# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Values -> the JSON that the interface promises, for the shell and for HTTP alike."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from wazi.types import Answer, Hit, Query, Receipt, Record, Status

_INNER = {"page_starts", "fingerprint"}
_GUESSED = ("valid_from", "valid_until", "kind", "jurisdiction")


def plain(value: Any) -> Any:
    """Any value of the house as JSON types: dates in ISO form, sets sorted, enums by value."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(inner) for inner in value]
    return value


def record(held: Record) -> dict[str, Any]:
    """A document as `wazi documents` shows it. `guessed` names the fields that its text or another one decided."""
    shown = {key: value for key, value in plain(held).items() if key not in _INNER}
    known = {*held.given, *held.kept} if held.history else set(_GUESSED)
    return shown | {"guessed": [name for name in _GUESSED if shown[name] and name not in known]}


def receipt(done: Receipt) -> dict[str, Any]:
    """One line of an ingest."""
    held = done.record
    return {
        "id": held.id,
        "path": held.source,
        "title": held.title,
        "status": done.status.value,
        "reason": held.reason,
        "pages": held.pages,
        "chunks": held.chunks,
        "languages": list(held.languages),
        "flags": list(held.flags),
        "personal": dict(held.personal),
    }


def ingested(done: Sequence[Receipt], seconds: float) -> dict[str, Any]:
    """The whole of an ingest. Pages of unchanged files count neither as read nor as time."""
    pages = sum(each.record.pages for each in done if each.status in (Status.COMPLETE, Status.PARTIAL))
    return {
        "documents": [receipt(each) for each in done],
        "seconds": round(seconds, 3),
        "pages_per_second": round(pages / seconds, 2) if seconds else 0.0,
    }


def retrieved(query: Query, hits: Sequence[Hit], seconds: float) -> dict[str, Any]:
    """Ranked chunks."""
    return {
        "query": query.text,
        "language": query.language,
        "hits": [
            {
                "chunk": hit.chunk.id,
                "document": hit.chunk.document,
                "page": hit.chunk.page,
                "score": round(hit.score, 6),
                "lexical": round(hit.lexical, 6),
                "dense": round(hit.dense, 6),
                "start": hit.chunk.start,
                "end": hit.chunk.end,
                "text": hit.chunk.text,
                "headings": list(hit.chunk.headings),
                "language": hit.chunk.language,
            }
            for hit in hits
        ],
        "seconds": round(seconds, 4),
    }


def answer(given: Answer) -> dict[str, Any]:
    """An Answer as the interface draws it."""
    shown: dict[str, Any] = plain(given)
    return shown
