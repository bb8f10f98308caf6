# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What every answer over HTTP carries beside its words: that a machine made it, from what, and links to each quote.

Indexes into an answer's text count Unicode code points, the end exclusive. Nothing here decides what a reader may see: an answer
holds only what they may.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request

from wazi import __version__, converse, wire
from wazi.converse import Reply
from wazi.desk import Desk
from wazi.languages import messages
from wazi.types import Answer, Near, Quote

if TYPE_CHECKING:
    from wazi.serve.counter import Asked

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's term for what a trained model made."""


class Citation(NamedTuple):
    """A quote with the stretch `text[start:end]` of the answer that it supports."""

    start: int
    end: int
    quote: Quote


def provenance(reply: Reply, *, id: str) -> dict[str, Any]:
    """The mark of an answer: made by a machine, which one, when, from which contents of which documents."""
    answer = reply.answer
    quotes = [quote for claim in (answer.claims if answer else ()) for quote in claim.quotes]
    return {
        "ai_generated": True,
        "digital_source_type": SOURCE_TYPE,
        "system": f"wazi {__version__}",
        "models": dict(answer.models) if answer else {},
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "sources": sorted({f"{quote.document.id}@{quote.document.sha256}" for quote in quotes}),
        "response": id,
        "notice": messages.say("limits_line", reply.understood.language),
    }


def marked(reply: Reply, asked: Asked, *, id: str = "") -> dict[str, Any]:
    """The reply as the interface draws it, with its provenance. `understood` only where earlier turns came with the question.

    `id` is that of the response that carries it (default: of the answer).
    """
    shown = converse.shown(reply) if asked.earlier or not reply.answer else wire.answer(reply.answer)
    named = id or (reply.answer.id if reply.answer else "")
    return shown | {"provenance": provenance(reply, id=named)}


def text_of(reply: Reply) -> str:
    """The words for somebody who reads only text: those of the answer, or the readings to choose from."""
    if reply.answer:
        return reply.answer.text
    read = reply.understood
    choices = "\n".join(f"- {each.question}" for each in read.readings)
    return f"{messages.say('which_reading', read.language)}\n{choices}"


def citations(answer: Answer | None) -> list[Citation]:
    """The quotes of an answer in the order of its claims."""
    found: list[Citation] = []
    after = 0
    for claim in answer.claims if answer else ():
        start = answer.text.find(claim.text, after) if answer else -1
        if start < 0:
            continue  # the words of a refusal stand in the text, its quotes beside it
        after = start + len(claim.text)
        found += [Citation(start, after, quote) for quote in claim.quotes]
    return found


def base(request: Request, desk: Desk) -> str:
    """The address of this server as links name it, without a slash at its end."""
    return (desk.settings.api.url or str(request.base_url)).rstrip("/")


def address(quote: Quote | Near, language: str) -> str:
    """Where the page of a quote's source, or of what is near, opens at its words; without the server."""
    place = urlencode({"start": quote.start, "end": quote.end, "lang": language})
    return f"/documents/{quote.document.id}?{place}#quote"


def cited(citation: Citation, at: str, language: str) -> dict[str, Any]:
    """A citation of the answer's text as a link, with what a program needs to check it."""
    quote = citation.quote
    return {
        "url": at + address(quote, language),
        "title": quote.document.title,
        "start_index": citation.start,
        "end_index": citation.end,
        "wazi": wire.plain(quote),
    }


def pieces(reply: Reply) -> list[str]:
    """The text of a reply, cut where claims begin; the pieces one behind the other are the text."""
    text = text_of(reply)
    cuts = sorted({0, *(citation.start for citation in citations(reply.answer)), len(text)})
    return [text[start:end] for start, end in pairwise(cuts)]
