# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Draw the boxes of quotes on their pages, by the very path that answers: `python docs/make_pictures.py`.

Takes the paged samples into a home of its own, asks a question of each and writes `docs/pictures/NAME.png`: the upper part of
the page that was cited with the words of the quote framed. Needs Pillow (the extra `samples`).
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from wazi import access, ask, config, ingest
from wazi.desk import Desk, open_desk
from wazi.types import Quote

ROOT = Path(__file__).parent.parent
QUESTIONS = {
    "table": ("service-charter.pdf", "How long does a fencing permit take?", None),
    "columns": ("notice-water-trilingual.pdf", "Maji yatakatika lini?", "sw"),
    "scan": ("scanned-circular.pdf", "Who may hire the community halls in Bondeni and Majani?", None),
}
DOTS = 110 / 72
"""Dots a point."""
AROUND = 130
"""Points shown above and below the words."""
FRAME = (200, 30, 30)


def main() -> int:
    """Make every picture; a question without an answer is told and its picture left as it is."""
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    missed = 0
    for name, (file, question, language) in QUESTIONS.items():
        with tempfile.TemporaryDirectory() as home:
            settings = config.load().model_copy(update={"home": Path(home)})
            with open_desk(settings) as desk:
                for receipt in ingest.ingest([str(ROOT / "samples" / file)], desk):
                    sys.stderr.write(f"{file}: {receipt.status} {receipt.record.reason or ''}\n")
                answer = ask.answer(question, access.keeper(language), desk, model="quote")
                quotes = [quote for claim in answer.claims for quote in claim.quotes if quote.boxes]
                if not quotes:
                    sys.stderr.write(f"{name}: {answer.outcome}, no boxes\n")
                    missed += 1
                    continue
                picture(quotes[0], desk).save(folder / f"{name}.png", optimize=True)
    return missed


def picture(quote: Quote, desk: Desk) -> Image.Image:
    """The page around the quote, with a frame around each of its lines."""
    data = desk.store.original(quote.document.id, access.holdings_of(access.keeper())) or b""
    page = rendered(data, quote.page or 1)
    boxes = [[side * DOTS for side in box] for box in quote.boxes or ()]
    draw = ImageDraw.Draw(page)
    for x0, y0, x1, y1 in boxes:
        draw.rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), outline=FRAME, width=2)
    top = max(0, min(box[1] for box in boxes) - AROUND * DOTS)
    bottom = min(page.height, max(box[3] for box in boxes) + AROUND * DOTS)
    return page.crop((0, int(top), page.width, int(bottom))).quantize(16)


def rendered(data: bytes, number: int) -> Image.Image:
    """A page of a PDF, or a picture as it is."""
    if data.startswith(b"%PDF"):
        return pdfium.PdfDocument(data)[number - 1].render(scale=DOTS).to_pil().convert("RGB")
    return Image.open(io.BytesIO(data)).convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
