# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PDFs drawn for tests: pages made of lines at given places, and what is read from them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2 as pdfium
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from wazi.config import Parse
from wazi.parse import parse
from wazi.types import Box, Parsed, RawFile

HEIGHT = A4[1]
Drawing = Callable[[Canvas], None]


def made(*pages: Drawing, **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(*texts: str, x: float = 72, top: float = 72, size: float = 11, font: str = "Helvetica") -> Drawing:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for number, text in enumerate(texts):
            canvas.drawString(x, HEIGHT - top - number * size * 1.2, text)

    return draw


def all_of(*drawings: Drawing) -> Drawing:
    def draw(canvas: Canvas) -> None:
        for drawing in drawings:
            drawing(canvas)

    return draw


def written(content: bytes, mapping: bytes = b"") -> bytes:
    """A one-page PDF written by hand: its content stream, and a ToUnicode map of its font, as nothing else makes them."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(mapping), mapping),
    ]
    body, places = b"%PDF-1.7\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def unicode_map(**targets: str) -> bytes:
    rows = b"".join(
        b"<%02X><%s>\n" % (ord(char), text.encode("utf-16-be").hex().encode()) for char, text in targets.items()
    )
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <00><FF> endcodespacerange\n%d beginbfchar\n%sendbfchar\nendcmap end end"
        % (len(targets), rows)
    )


def parsed(data: bytes) -> Parsed:
    return parse(RawFile("/docs/a.pdf", "a.pdf", data, ""), Parse())


def seen(result: Parsed) -> list[tuple[str, tuple[str, ...], str]]:
    return [(b.kind.value, b.headings, result.text[b.start : b.end]) for b in result.blocks]


def letters(text: str) -> str:
    return "".join(text.split())


def inside(data: bytes, page: int, boxes: tuple[Box, ...]) -> str:
    """The text pdfium finds in boxes of an unturned, uncropped page."""
    with pdfium.PdfDocument(data) as document:
        text_page = document[page - 1].get_textpage()
        height = document[page - 1].get_height()
        return "".join(text_page.get_text_bounded(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in boxes)


PARAGRAPH = ("The fee for a market stall is 20 shillings", "a day and is paid before noon.")
