# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A page of a PDF or a scan -> a small PNG with the size of the page in points, for the page that shows a source.

Every page is drawn by a child process with limits of time and memory, so that a hostile file takes down no more than its own
picture. PNG is written here: the default install has no library for pictures. It does not know who may see a page.
"""

from __future__ import annotations

import math
import resource
import struct
import subprocess
import sys
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import wazi
from wazi.errors import InputError, WaziError
from wazi.parse import PDF, kinds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

MODULE = "wazi.serve.web_picture"
DRAWN = frozenset({PDF, kinds.PNG, kinds.JPEG, kinds.TIFF})
"""Kinds of files whose pages can be drawn."""
PIXELS = 1_400_000
"""An A4 page is 995 pixels wide: small print is legible and a page of text has some 60 kB."""
CACHE_BYTES = 32 * 2**20
SECONDS = 30.0
"""A page that takes longer is shown as text only."""
MEMORY_BYTES = 2 * 2**30
"""Address space of the child; its libraries take 400 MiB of it."""
COLOURED, SPREAD = 0.002, 48
"""A page is drawn in colour if more than this share of its pixels have channels that differ by more than this."""
HEAD = struct.Struct(">dd")


@dataclass(frozen=True, slots=True)
class Picture:
    """A page drawn: a PNG file, and the size of the page in points, the unit of boxes."""

    png: bytes
    width: float
    height: float


class Pictures:
    """Pictures of pages, the last used kept up to `most` bytes. One is drawn at a time: the cores are for answers."""

    def __init__(self, most: int = CACHE_BYTES, seconds: float = SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._kept: OrderedDict[tuple[str, int], Picture] = OrderedDict()
        self._lock = threading.Lock()
        self._drawing = threading.Lock()

    def get(self, sha256: str, page: int, media_type: str, original: Callable[[], bytes | None]) -> Picture:
        """The picture of the 1-based `page` of the file with this hash. Raises InputError if it cannot be drawn or is not kept.

        Whether the reader may see it has been asked before: `original` is only called for a page that is drawn anew.
        """
        key = sha256, page
        if found := self._find(key):
            return found
        if not self._drawing.acquire(timeout=self._seconds):
            raise InputError(f"page {page} cannot be drawn now: others are waiting; try again in a minute")
        try:
            found = self._find(key) or self._draw(original(), media_type, page)
        finally:
            self._drawing.release()
        self._keep(key, found)
        return found

    def _draw(self, data: bytes | None, media_type: str, page: int) -> Picture:
        if data is None:
            raise InputError(f"page {page} cannot be drawn: the original is not kept")
        return drawn_apart(data, media_type, page, self._seconds)

    def _find(self, key: tuple[str, int]) -> Picture | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, int], picture: Picture) -> None:
        with self._lock:
            self._kept[key] = picture
            while sum(len(each.png) for each in self._kept.values()) > self._most:
                self._kept.popitem(last=False)


def drawn_apart(data: bytes, media_type: str, page: int, seconds: float) -> Picture:
    """Draw a page in a child process. Raises InputError when it fails, takes too long or needs too much memory."""
    if media_type not in DRAWN:
        raise InputError(f"pages of {media_type} cannot be drawn: read the text")
    command = [sys.executable, "-m", MODULE, media_type, str(page), str(math.ceil(seconds))]
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=seconds,
            cwd=Path(wazi.__file__).parent.parent,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"page {page} took longer than {seconds:g} s to draw: read the text") from None
    if done.returncode != 0 or len(done.stdout) <= HEAD.size:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1][:200] if lines else f"exit code {done.returncode}"
        raise InputError(f"page {page} cannot be drawn ({reason}): read the text")
    return Picture(done.stdout[HEAD.size :], *HEAD.unpack_from(done.stdout))


def drawn(data: bytes, media_type: str, page: int) -> Picture:
    """Draw a page in this process. Raises InputError for a page that does not exist or cannot be drawn."""
    return _of_pdf(data, page) if media_type == PDF else _of_scan(data, page)


def _of_pdf(data: bytes, number: int) -> Picture:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
        if not 1 <= number <= len(document):
            raise InputError(f"there is no page {number}: the document has {len(document)}")
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(4.0, math.sqrt(PIXELS / max(1.0, width * height)))
        bitmap = page.render(scale=scale, rev_byteorder=True)
    except pdfium.PdfiumError as error:
        raise InputError(f"page {number} cannot be drawn ({error}): open the original") from error
    return Picture(png(bitmap.to_numpy()[:, :, :3]), width, height)


def _of_scan(data: bytes, number: int) -> Picture:
    import numpy as np

    from wazi.parse import image

    opened = image.opened(data, "the stored original")
    if not 1 <= number <= getattr(opened, "n_frames", 1):
        raise InputError(f"there is no page {number}: the file has {getattr(opened, 'n_frames', 1)}")
    opened.seek(number - 1)
    (width, height), shown = image.page_picture(opened)
    tall, wide = shown.pixels.shape
    step = max(1, round(math.sqrt(tall * wide / PIXELS)))
    whole = shown.pixels[: tall - tall % step, : wide - wide % step].astype(np.uint16)
    small = whole.reshape(whole.shape[0] // step, step, whole.shape[1] // step, step).mean(axis=(1, 3)).astype(np.uint8)
    return Picture(png(small[:, :, None].repeat(3, axis=2)), width, height)


def png(pixels: Pixels) -> bytes:
    """A PNG of rows x columns x 3 (red, green, blue): 16 greys, or 216 colours where the page has colours.

    PNG, third edition (W3C, 2025): chunks, colour types 0 and 3, no filter.
    """
    import numpy as np

    spread = pixels.max(axis=2) - pixels.min(axis=2)
    tall, wide = spread.shape
    if (spread > SPREAD).mean() > COLOURED:
        steps = ((pixels.astype(np.uint16) * 5 + 127) // 255).astype(np.uint8)
        rows = steps[:, :, 0] * 36 + steps[:, :, 1] * 6 + steps[:, :, 2]
        cube = bytes(level * 51 for index in range(216) for level in (index // 36, index // 6 % 6, index % 6))
        depth, kind, palette = 8, 3, _chunk(b"PLTE", cube)
    else:
        levels = ((pixels.mean(axis=2) * 15 + 127) // 255).astype(np.uint8)
        even = np.pad(levels, ((0, 0), (0, wide % 2)))
        rows = (even[:, 0::2] << 4) | even[:, 1::2]
        depth, kind, palette = 4, 0, b""
    lines = np.pad(rows, ((0, 0), (1, 0))).tobytes()  # the byte in front of a line says: no filter
    head = struct.pack(">IIBBBBB", wide, tall, depth, kind, 0, 0, 0)
    body = _chunk(b"IHDR", head) + palette + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def main() -> int:
    """The child: `python -m wazi.serve.web_picture MEDIA_TYPE PAGE SECONDS`, the file on its input, the picture on its output."""
    media_type, page, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = drawn(sys.stdin.buffer.read(), media_type, page)
    except (WaziError, MemoryError) as error:
        sys.stderr.write(f"{error or 'out of memory'}\n")
        return 1
    sys.stdout.buffer.write(HEAD.pack(found.width, found.height) + found.png)
    return 0


if __name__ == "__main__":
    sys.exit(main())
