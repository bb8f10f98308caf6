# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A page of a PDF -> its picture for OCR, drawn by pdfium at 300 dots an inch or at the scan's own resolution.

More dots than a scan has cost time and tell nothing. It does not read the picture.
"""

from __future__ import annotations

import math

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from wazi.errors import InputError
from wazi.parse.ocr import Picture

DPI = 300
LEAST_DPI = 130
"""A scan with fewer is drawn at 300: the engine wants letters of some 20 pixels, smoothly enlarged ones will do."""
MOST_PIXELS = 40_000_000
"""An A3 page at 300 dots an inch has 17 million; a wall map gets fewer dots an inch."""
LETTERS_AS_PATHS = 50
DEEP = 3
"""Forms in forms in which pictures are looked for."""


def has_picture(page: pdfium.PdfPage) -> bool:
    """Is something drawn on a page without text: an image, or so many paths that they may be letters?"""
    kinds = [item.type for item in page.get_objects(max_depth=DEEP)]
    return raw.FPDF_PAGEOBJ_IMAGE in kinds or len(kinds) >= LETTERS_AS_PATHS


def picture(document: pdfium.PdfDocument, number: int) -> Picture:
    """The 1-based page as shown, in grey. Raises InputError when it cannot be drawn."""
    try:
        page = document[number - 1]
        width, height = page.get_size()
        most = 72 * math.sqrt(MOST_PIXELS / max(1.0, width * height))
        dpi = min(_resolution(page, width * height), most)
        bitmap = page.render(scale=dpi / 72, grayscale=True)
        pixels = np.array(bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width], dtype=np.uint8)
        bitmap.close()
        page.close()
    except pdfium.PdfiumError as error:
        raise InputError(f"page {number} cannot be drawn for OCR ({error}): print the PDF to a new one") from error
    return Picture(pixels, dpi)


def _resolution(page: pdfium.PdfPage, area: float) -> float:
    """Dots an inch of the image that fills most of the page, 300 without one, at most 300."""
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=DEEP):
        try:
            x0, y0, x1, y1 = image.get_bounds()
            own = image.get_metadata().vertical_dpi
        except pdfium.PdfiumError:
            continue
        if (x1 - x0) * (y1 - y0) > area / 2 and LEAST_DPI <= own <= DPI:
            return float(own)
    return DPI
