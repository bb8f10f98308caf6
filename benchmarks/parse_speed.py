# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Pages a second of `wazi.parse` on PDF files, and its ratio to plain text extraction by the same library.

    python benchmarks/parse_speed.py FILE.pdf ...

Measures processor time of one core, the best of three runs, so other work on the machine disturbs little. It includes
opening the file, text, blocks, boxes and heading paths; it leaves out the start of the worker process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium

from wazi.parse import pdf

RUNS = 3


def plain(data: bytes) -> int:
    """Extract text only; returns the number of pages."""
    with pdfium.PdfDocument(data) as document:
        for index in range(len(document)):
            page = document[index]
            text_page = page.get_textpage()
            text_page.get_text_range()
            text_page.close()
            page.close()
        return len(document)


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of the fastest of a few runs."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Measure each file named on the command line."""
    if len(sys.argv) < 2:
        sys.exit("usage: python benchmarks/parse_speed.py FILE.pdf ...")
    for path in map(Path, sys.argv[1:]):
        data = path.read_bytes()
        pages = plain(data)
        text_only = pages / seconds(lambda data=data: plain(data))  # type: ignore[misc]  # bound per file
        whole = pages / seconds(lambda data=data, path=path: pdf.parse(data, path.name))  # type: ignore[misc]  # the same
        line = f"{path.name}: {pages} pages, text only {text_only:.0f} pages/s, parse {whole:.0f} pages/s"
        sys.stdout.write(f"{line}, ratio {whole / text_only:.2f}\n")


if __name__ == "__main__":
    main()
