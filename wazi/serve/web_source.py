# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A document at a place -> what its page shows: the page as a picture with the words boxed and as text, or the passage.

Rights are checked before anything is read, drawn or taken from a cache: a document that the reader may not see is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from fastapi import Response
from starlette.exceptions import HTTPException

from wazi import parse
from wazi.cite import boxes
from wazi.desk import Desk
from wazi.errors import InputError
from wazi.guard.pii import MASKED
from wazi.languages import identify
from wazi.serve.web_picture import DRAWN, Picture, Pictures
from wazi.types import Box, Record, Scope

AROUND = 1500
"""Characters shown before and after a quote in documents without pages."""
LONGEST = 20_000
"""Characters of a quote that a page shows: an address that names a whole document must not make a page of it."""
TELLING = 40
"""Characters from which the language of a text is told from its words."""
MARGIN = 2.0
"""Points between words and the frame around them."""

INLINE = {"application/pdf", "text/plain", "image/png", "image/jpeg"}
"""Originals a browser may show itself; anything else is handed over as a file, since it could carry scripts."""


@dataclass(frozen=True, slots=True)
class View:
    """A document at a place. `before`, `quoted` and `after` are one run of its text; `page` is None without pages.

    `frames` are boxes in points of the page, origin at the top left; `earlier` and `later` are addresses, empty at an end.
    """

    record: Record
    page: int | None
    pages: int
    before: str
    quoted: str
    after: str
    cut_before: bool
    cut_after: bool
    picture: Picture | None
    drawable: bool
    frames: tuple[Box, ...]
    text_language: str
    quote_language: str
    earlier: str
    later: str
    original: str


def held(document: str, scope: Scope, desk: Desk) -> tuple[Record, str]:
    """A document and its text. Raises HTTPException 404, the same for one that is not there and one that may not be seen."""
    record = desk.store.record(document, scope)
    text = desk.store.text(document, scope)
    if record is None or text is None:
        raise HTTPException(404, "there is no such document here")
    return record, text


def view(
    record: Record, text: str, start: int, end: int, page: int, *, scope: Scope, desk: Desk, drawn: Pictures
) -> View:
    """What is shown of a document for the words `text[start:end]`, or for its 1-based `page` where no words are named."""
    named = page if not end and 1 <= page <= len(record.page_starts) else 0
    start, end = _within(text, record.page_starts[named - 1] if named else start, end)
    number = named or sum(first <= start for first in record.page_starts) or None
    if number:
        low, high = _span(record, text, number)
        low = max(low, start - LONGEST)
        high = min(high, max(end, low) + LONGEST)
        end = min(end, high)
    else:
        low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    picture = _picture(record, number, scope, desk, drawn)
    default = record.languages[0] if record.languages else ""
    earlier, later = _neighbours(record, number, low, high, len(text))
    return View(
        record=record,
        page=number,
        pages=len(record.page_starts),
        before=text[low:start],
        quoted=text[start:end],
        after=text[end : max(high, end)],
        cut_before=low > 0 and not number,
        cut_after=high < len(text) and not number,
        picture=picture,
        drawable=record.media_type in DRAWN,
        frames=_frames(record, number, (start, end), scope, desk) if picture and end > start else (),
        text_language=_language(text[low:high], default),
        quote_language=_language(text[start:end], default),
        earlier=earlier,
        later=later,
        original=""
        if MASKED in record.flags
        else f"/documents/{record.id}/original" + (f"#page={number}" if number else ""),
    )


def png(record: Record, page: int, scope: Scope, desk: Desk, drawn: Pictures) -> Response:
    """The picture of a page. Raises HTTPException 404 where there is none."""
    picture = _picture(record, page if 1 <= page <= len(record.page_starts) else None, scope, desk, drawn)
    if picture is None:
        raise HTTPException(404, "this page is not shown as a picture")
    return Response(picture.png, media_type="image/png")


def original(record: Record, scope: Scope, desk: Desk) -> Response:
    """The file as it came in. Markdown goes out as plain text: every browser shows it. Raises HTTPException 404 without one."""
    data = None if MASKED in record.flags else desk.store.original(record.id, scope)
    if data is None:
        raise HTTPException(404, "there is no such document here")
    media = "text/plain" if record.media_type == "text/markdown" else record.media_type
    kind = "inline" if media in INLINE else "attachment"
    name = url_quote(PurePath(record.source).name)
    headers = {"Content-Disposition": f"{kind}; filename*=UTF-8''{name}"}
    if media == "application/pdf":  # a browser's own PDF viewer is an embedded object
        headers["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    return Response(data, media_type=media + charset, headers=headers)


def _within(text: str, start: int, end: int) -> tuple[int, int]:
    start = min(max(start, 0), len(text))
    return start, min(max(end, start), start + LONGEST, len(text))


def _span(record: Record, text: str, page: int) -> tuple[int, int]:
    """Where the text of a page stands; the form feed between pages belongs to none."""
    low = record.page_starts[page - 1]
    high = record.page_starts[page] if page < len(record.page_starts) else len(text)
    return low, max(low, high - 1) if text[high - 1 : high] == "\f" else high


def _neighbours(record: Record, page: int | None, low: int, high: int, length: int) -> tuple[str, str]:
    """The queries of the page before and the page after, or of the text around a passage."""
    if page:
        return (
            urlencode({"page": page - 1}) if page > 1 else "",
            urlencode({"page": page + 1}) if page < len(record.page_starts) else "",
        )
    return (
        urlencode({"start": max(0, low - AROUND)}) if low > 0 else "",
        urlencode({"start": min(length, high + AROUND)}) if high < length else "",
    )


def _picture(record: Record, page: int | None, scope: Scope, desk: Desk, drawn: Pictures) -> Picture | None:
    """None for formats without pages, for what was masked, and for a page that cannot be drawn: its text is shown then."""
    if page is None or record.media_type not in DRAWN or MASKED in record.flags:
        return None
    try:
        return drawn.get(record.sha256, page, record.media_type, lambda: desk.store.original(record.id, scope))
    except InputError:
        return None


def _frames(record: Record, page: int | None, span: tuple[int, int], scope: Scope, desk: Desk) -> tuple[Box, ...]:
    try:
        return _wider(boxes(record, page, span, scope, desk, locate=parse.locate) or ())
    except InputError:  # words that are not on one page
        return ()


def _wider(boxes: Sequence[Box]) -> tuple[Box, ...]:
    return tuple((x0 - MARGIN, y0 - MARGIN, x1 + MARGIN, y1 + MARGIN) for x0, y0, x1, y1 in boxes)


def _language(text: str, default: str) -> str:
    return identify.language(text, default=default) if len(text) >= TELLING else default
