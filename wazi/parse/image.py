# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PNG, JPEG and TIFF -> Parsed: each picture of the file is a page, read by OCR.

The size is read before the picture is, so that one of 30,000 pixels a side is refused and not decoded. A page is as large as the
file says, or as an A4 sheet if that is no size of a page. It does not know what is on a picture besides words.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np

from wazi.errors import InputError
from wazi.parse import hyphens, layout, ocr
from wazi.parse.ocr import Picture, Reading
from wazi.parse.page_text import PAGE_BREAK, Layered, PageText
from wazi.parse.tables import Line
from wazi.parse.wanted import Wanted
from wazi.types import Page, Parsed, Word

if TYPE_CHECKING:
    from PIL.Image import Image

PILLOW_MISSING = "images cannot be read: type `pip install 'wazi[ocr]'`"
MOST_PIXELS = 80_000_000
"""An A3 sheet at 600 dots an inch is 70 million."""
MOST_DPI, LEAST_DPI = 300, 72
LARGEST_DPI = 1200
A4_HEIGHT = 842.0
"""Points of the longer side of a page whose file states no size."""
DAMAGE = (OSError, ValueError, SyntaxError, EOFError, struct.error, KeyError, IndexError, TypeError)
"""What Pillow raises for damaged files, by kind of damage."""


def parse(data: bytes, name: str, wanted: Wanted | None = None) -> Parsed:
    """Parse a picture; pages that cannot be decoded or read well are named in `problems`.

    Raises InputError for a damaged file and one that is too large, and where nothing can read pictures.
    """
    image = opened(data, name)
    if lacking := ocr.missing():
        raise InputError(f"{name} is a picture: {lacking}")
    pages = range(1, getattr(image, "n_frames", 1) + 1)
    sizes: dict[int, tuple[float, float]] = {}
    failed: list[str] = []

    def show(number: int) -> Picture | None:
        try:
            image.seek(number - 1)
            _check(image, f"page {number} of {name}")
            sizes[number], picture = page_picture(image)
        except InputError as error:
            failed.append(str(error))
        except DAMAGE as error:
            failed.append(f"page {number} is damaged ({error}): save the picture anew and ingest that")
        else:
            return picture
        return None

    read = ocr.read(pages, show, wanted or Wanted())
    if len(failed) == len(pages):
        raise InputError(f"{name}: {failed[0]}")
    return _parsed(
        [read.pages.get(number) for number in pages], [sizes.get(n, (0.0, 0.0)) for n in pages], read, failed
    )


def opened(data: bytes, name: str) -> Image:
    """The picture, not decoded yet. Raises InputError for a damaged file, and without Pillow."""
    try:
        from PIL import Image
    except ImportError:
        raise InputError(f"{name} is a picture: {PILLOW_MISSING}") from None
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
    except Image.DecompressionBombError as error:
        raise InputError(f"{name} is too large ({error}): scan it at 300 dots an inch") from error
    except DAMAGE as error:
        raise InputError(f"{name} is a damaged picture ({error}): save it anew and ingest again") from error
    _check(image, name)
    return image


def _check(image: Image, name: str) -> None:
    if image.width * image.height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise InputError(
            f"{name} has {image.width} x {image.height} pixels, more than {most} million: scan it at 300 dots an inch"
        )


def page_picture(image: Image) -> tuple[tuple[float, float], Picture]:
    """The size of the page in points, and its grey levels at 300 dots an inch at most."""
    from PIL import ImageOps

    shown = _grey(ImageOps.exif_transpose(image))
    dpi = _dpi(image)
    size = shown.width * 72 / dpi, shown.height * 72 / dpi
    if dpi > MOST_DPI:
        share = MOST_DPI / dpi
        shown = shown.resize((max(1, round(shown.width * share)), max(1, round(shown.height * share))))
        dpi = MOST_DPI
    return size, Picture(np.asarray(shown, dtype=np.uint8), dpi)


def _grey(image: Image) -> Image:
    """Grey levels; what is transparent is paper."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole)
    return image.convert("L")


def _dpi(image: Image) -> float:
    """Dots an inch as the file says, or as an A4 sheet of this many pixels has."""
    stated = image.info.get("dpi", (0, 0))
    dpi = float(stated[1] if isinstance(stated, tuple) and len(stated) > 1 else 0)
    return dpi if LEAST_DPI < dpi <= LARGEST_DPI else max(image.size) * 72 / A4_HEIGHT


def _parsed(
    readings: list[Reading | None], sizes: list[tuple[float, float]], read: ocr.Outcome, failed: list[str]
) -> Parsed:
    vocabulary = hyphens.vocabulary([reading.text for reading in readings if reading])
    texts: list[str] = []
    pages: list[Page] = []
    lines: list[list[Line]] = []
    words: list[Word] = []
    start = 0
    for number, (reading, size) in enumerate(zip(readings, sizes, strict=True), start=1):
        stored = PageText(Layered(reading.text, reading.lines) if reading else Layered("", []), lambda: vocabulary)
        lines.append([stored.rebased(line, start) for line in (reading.lines if reading else ())])
        words += ocr.placed(reading, stored, start, number) if reading else ()
        pages.append(Page(number, start, start + len(stored.text), *size))
        texts.append(stored.text)
        start += len(stored.text) + 1
    text = PAGE_BREAK.join(texts)
    blocks = tuple(layout.blocks(text, lines, pages, {}))
    return Parsed(text, blocks, tuple(pages), None, None, (*failed, *read.problems), words=tuple(words))
