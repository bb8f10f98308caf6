# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Draft -> claims bound to quotes: each an exact span of a chunk, with its document, page and boxes.

A span that does not lie inside a chunk that was read is dropped here, and a claim that loses all its spans goes with it. So is
one whose chunk has gone since: its document was replaced, deleted or closed to this reader while the answer was made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wazi import access
from wazi.desk import Desk
from wazi.types import Box, Claim, Draft, DraftClaim, Hit, Look, Quote, Record, Scope, Span, Support

Locate = Callable[[bytes, str, int, int, int], tuple[Box, ...] | None]
"""(original, media type, page, start, end in the page's text) -> boxes: what `parse.locate` does."""


def cite(draft: Draft, hits: Sequence[Hit], scope: Scope, desk: Desk, *, locate: Locate) -> list[Claim]:
    """The draft's claims with their quotes. A verbatim claim is supported by itself; others wait for `verify`."""
    chunks = {hit.chunk.id: hit.chunk for hit in hits}
    looks = {hit.chunk.id: hit.look for hit in hits if hit.look}

    def quote(span: Span, marked: Span | None) -> Quote | None:
        chunk = chunks.get(span.chunk)
        if chunk is None or not chunk.start <= span.start < span.end <= chunk.end:
            return None
        record = desk.store.record(chunk.document, scope)
        if record is None or not desk.store.fetch([chunk.id], scope):
            return None
        text = chunk.text[span.start - chunk.start : span.end - chunk.start]
        place = boxes(record, chunk.page, (span.start, span.end), scope, desk, locate=locate)
        answer = _within(span, marked) or _answer(span, looks.get(span.chunk))
        return Quote(text, access.cited(record), chunk.page, place, span.start, span.end, chunk.id, answer)

    claims = []
    for claim in draft.claims:
        quotes = tuple(found for span in claim.spans if (found := quote(span, claim.answer)))
        if quotes:
            claims.append(Claim(claim.text, _support(claim, quotes), quotes))
    return claims


def boxes(
    record: Record, page: int | None, span: tuple[int, int], scope: Scope, desk: Desk, *, locate: Locate
) -> tuple[Box, ...] | None:
    """Where characters `[start:end)` of a document stand on their page; None without pages or without the original."""
    if page is None or page > len(record.page_starts):
        return None
    start, end = span
    read = [word for word in desk.store.words(record.id, start, end, scope) if word.page == page]
    if read:
        return by_line([word.box for word in read])
    original, offset = desk.store.original(record.id, scope), record.page_starts[page - 1]
    return None if original is None else locate(original, record.media_type, page, start - offset, end - offset)


def _within(span: Span, marked: Span | None) -> tuple[int, int] | None:
    """The words that the generator marked, if they stand in the span."""
    inside = marked and marked.chunk == span.chunk and span.start <= marked.start < marked.end <= span.end
    return (marked.start, marked.end) if marked and inside else None


def _answer(span: Span, look: Look | None) -> tuple[int, int] | None:
    """The likeliest answer inside the span, where it is likelier than none."""
    inside = (
        [told for told in look.sentences.values() if span.start <= told.start < told.end <= span.end] if look else []
    )
    best = max(inside, default=None, key=lambda told: told.odds)
    return (best.start, best.end) if best and best.odds > 0 else None


def by_line(words: Sequence[Box]) -> tuple[Box, ...]:
    """One box for each run of words on a line."""
    lines: list[Box] = []
    for x0, y0, x1, y1 in words:
        if lines and min(lines[-1][3], y1) - max(lines[-1][1], y0) > 0.5 * min(lines[-1][3] - lines[-1][1], y1 - y0):
            left, top, right, bottom = lines[-1]
            lines[-1] = min(left, x0), min(top, y0), max(right, x1), max(bottom, y1)
        else:
            lines.append((x0, y0, x1, y1))
    return tuple(lines)


def _support(claim: DraftClaim, quotes: Sequence[Quote]) -> Support:
    """Verbatim is checked, not believed."""
    if claim.verbatim and claim.text == " ".join(quote.text for quote in quotes):
        return Support.SUPPORTED
    return Support.NOT
