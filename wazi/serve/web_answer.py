# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""An Answer -> what its page shows beside the words: the language of each quote, links, and the mark for machines.

The mark is JSON-LD of schema.org: what was chosen or written by a model says so, and every quote names its document. It does
not know how the page looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from wazi import __version__, access, converse
from wazi.desk import QUOTE, Desk
from wazi.guard import INJECTION, is_attack
from wazi.rerank import margin, shortlist
from wazi.retrieve import retrieve
from wazi.serve.marking import SOURCE_TYPE, address
from wazi.types import Answer, Chunk, Quote, Reader, Record, Scope
from wazi.understand import understand

SHOWN = 3
"""Passages shown while an answer is written."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, and its document."""

    chunk: Chunk
    record: Record

    @property
    def address(self) -> str:
        """Where it opens, without the language of the page and the place in it."""
        return f"/documents/{self.record.id}?{urlencode({'start': self.chunk.start, 'end': self.chunk.end})}"


def is_written(answer: Answer) -> bool:
    """Whether a generator had a part in it: its words then may be its own."""
    return answer.models.get("generate") not in (None, QUOTE)


def spoken(answer: Answer, scope: Scope, desk: Desk) -> Mapping[str, str]:
    """The language of each quoted chunk, by its id."""
    return desk.store.languages([quote.chunk for claim in answer.claims for quote in claim.quotes], scope)


def found(question: str, earlier: Sequence[str], reader: Reader, desk: Desk) -> tuple[Found, ...]:
    """The best passages, to be shown while an answer is written; none for a question that will probably be refused."""
    if is_attack(question):
        return ()
    read = converse.understood(question, earlier, reader, desk)
    scope = access.filter_for(reader)
    query = understand(read.question, desk, language=read.language)
    kept = shortlist(retrieve(query, scope, desk), desk)
    if len(read.readings) > 1 or not kept or margin(query, kept, desk) < 0:
        return ()
    pairs = [(hit.chunk, desk.store.record(hit.chunk.document, scope)) for hit in kept[:SHOWN]]
    return tuple(Found(chunk, record) for chunk, record in pairs if record and INJECTION not in record.flags)


def shared(question: str, language: str, base: str) -> str:
    """A link that carries the question and nothing of the answer: whoever opens it is answered with their own rights."""
    return f"{base}/?{urlencode({'question': question, 'lang': language})}"


def mark(answer: Answer, tongues: Mapping[str, str], base: str) -> dict[str, Any]:
    """The answer as a schema.org CreativeWork with its quotations."""
    return {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "identifier": answer.id,
        "text": answer.text,
        "inLanguage": answer.language,
        "dateCreated": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "digitalSourceType": SOURCE_TYPE,
        "creator": {"@type": "SoftwareApplication", "name": "wazi", "softwareVersion": __version__, **_models(answer)},
        "citation": [
            _quotation(quote, tongues.get(quote.chunk), base) for claim in answer.claims for quote in claim.quotes
        ],
    }


def _models(answer: Answer) -> dict[str, Any]:
    names = sorted({name for name in answer.models.values() if name})
    return {"softwareRequirements": ", ".join(names)} if names else {}


def _quotation(quote: Quote, tongue: str | None, base: str) -> dict[str, Any]:
    document = quote.document
    days = {"validFrom": document.valid_from, "validUntil": document.valid_until}
    found = {
        "@type": "Quotation",
        "text": quote.text,
        "inLanguage": tongue,
        "url": base + address(quote, tongue or "en"),
        "isPartOf": {
            "@type": "DigitalDocument",
            "identifier": [document.id, f"sha256:{document.sha256}"],
            "name": document.title,
            **{name: day.isoformat() for name, day in days.items() if day},
        },
    }
    return {name: value for name, value in found.items() if value is not None}
