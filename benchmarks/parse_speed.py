# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Pages a second of a core and memory of reading born-digital PDFs, side by side in one run, as JSON.

    python benchmarks/parse_speed.py DATA [--rounds 3] [--pages 1000]

Ours (columns, headings, tables, languages) beside pypdfium2 alone (plain text: the ceiling, it is what ours stands on) and two
parsers that a user would pick instead, pypdf (plain text) and pdfplumber (text and tables). Each runs in a process of its own
with one thread; the fastest of some rounds counts. A second part joins the gazettes to one long PDF and compares peak memory with
that of the longest single one. It does not know how good the text is: see gazette_columns.py and tables_icdar2013.py.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PARSERS = ("wazi", "pypdfium2", "pypdf", "pdfplumber")
FILES = (
    "rw-law-2021-45.pdf",
    "rw-law-2017-40.pdf",
    "The_Constitution_of_Kenya_2010.pdf",
    "federal-register-2020-17221.pdf",
    "chelsea_pdta.pdf",
)
SLOW_PAGES = 40
"""Pages a file that pdfplumber reads: it would take an hour for all of them."""


def main() -> None:
    """Measure, or be one of the measured processes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--pages", type=int, default=1000, help="of the long PDF")
    options.add_argument("--one", nargs=2, metavar=("PARSER", "FILE"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        json.dump(one(chosen.one[0], Path(chosen.one[1]), chosen.rounds), sys.stdout)
        return
    folder = chosen.data / "documents"
    speed = {name: _together([_apart(name, folder / file, chosen) for file in FILES]) for name in PARSERS}
    ours = speed["wazi"]["pages_per_second"]
    report = {
        "task": "parse_speed",
        "parsers": speed,
        "wazi_against": {name: ours / speed[name]["pages_per_second"] for name in PARSERS if name != "wazi"},
        "long": _long(folder, chosen),
    }
    json.dump(report, sys.stdout)


def one(parser: str, file: Path, rounds: int) -> dict[str, float]:
    """Pages, seconds of processor time of the fastest round, and peak memory of this process in MiB."""
    data, read = file.read_bytes(), READERS[parser]()
    took, pages = [], 0
    for _ in range(rounds):
        began = time.process_time()
        pages = read(data, file.name)
        took.append(time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"pages": pages, "seconds": min(took), "mib": peak}


def _apart(parser: str, file: Path, chosen: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, str(chosen.data), "--rounds", str(chosen.rounds), "--one", parser, str(file)]
    told = subprocess.run(command, check=True, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"}).stdout
    found: dict[str, float] = json.loads(told)
    return found


def _together(found: list[dict[str, float]]) -> dict[str, float]:
    pages, seconds = sum(each["pages"] for each in found), sum(each["seconds"] for each in found)
    return {"pages": pages, "pages_per_second": pages / seconds, "mib": max(each["mib"] for each in found)}


def _long(folder: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """One PDF of many pages against the longest of its parts: memory must not grow with pages beyond their text."""
    import pypdfium2 as pdfium

    gazettes = [pdfium.PdfDocument(file) for file in sorted(folder.glob("rw-law-20*.pdf")) if file.stat().st_size < 2e6]
    joined = pdfium.PdfDocument.new()
    while len(joined) < chosen.pages:
        for each in gazettes:
            joined.import_pages(each, list(range(min(len(each), chosen.pages - len(joined)))))
    chosen.rounds = 1
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "long.pdf"
        joined.save(file)
        long = _apart("wazi", file, chosen)
    short = _apart("wazi", folder / "rw-law-2005-22.pdf", chosen)
    return {"long": long, "short": short, "pages_per_second": long["pages"] / long["seconds"]}


def _wazi() -> Callable[[bytes, str], int]:
    from wazi.config import Parse
    from wazi.parse import parse
    from wazi.types import RawFile

    return lambda data, name: len(parse(RawFile(name, name, data, ""), Parse()).pages)


def _pypdfium2() -> Callable[[bytes, str], int]:
    import pypdfium2 as pdfium

    def read(data: bytes, _: str) -> int:
        document = pdfium.PdfDocument(data)
        for page in document:
            page.get_textpage().get_text_range()
        return len(document)

    return read


def _pypdf() -> Callable[[bytes, str], int]:
    import io

    import pypdf

    def read(data: bytes, _: str) -> int:
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        return sum(page.extract_text() is not None for page in pages)

    return read


def _pdfplumber() -> Callable[[bytes, str], int]:
    import io

    import pdfplumber

    def read(data: bytes, _: str) -> int:
        with pdfplumber.open(io.BytesIO(data)) as document:
            pages = document.pages[:SLOW_PAGES]
            return sum(page.extract_text() is not None and page.extract_tables() is not None for page in pages)

    return read


READERS = {"wazi": _wazi, "pypdfium2": _pypdfium2, "pypdf": _pypdf, "pdfplumber": _pdfplumber}


if __name__ == "__main__":
    main()
