# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Scans: wrong characters on pages typed by hand, pages a second of a core, and memory of the parser's process, as JSON.

    python benchmarks/ocr.py DATA

The text of a page is the one that is held (columns, hyphens and all); only white space is normalised. `ocr_linn.pdf` comes with a
text that was itself read by a machine ("0r defeated"), so its rate is an upper bound. Speed is processor time of reading all
pages of the scans, beside that of a fixed sum of matrices: on a busy machine both take longer, and the second says how much.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np

PAGES = Path(__file__).parent / "data" / "ocr_pages.toml"
SCANS = ("rw-law-2004-9.pdf", "rw-law-2000-2.pdf", "ocr_linn.pdf", "ocr_c02-22.pdf")


def main() -> None:
    """Measure, or be one of the measured processes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--one", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    folder = chosen.data / "documents"
    if chosen.one:
        json.dump(one(folder / chosen.one), sys.stdout)
        return
    before = reference()
    read = {file: _apart(chosen.data, file) for file in SCANS}
    pages = [typed | _error(typed["text"], read[typed["file"]]["texts"][typed["page"] - 1]) for typed in _typed(folder)]
    seconds = sum(each["seconds"] for each in read.values())
    report = {
        "task": "ocr",
        "pages": [{name: value for name, value in page.items() if name != "text"} for page in pages],
        "files": {file: _rate([page for page in pages if page["file"] == file]) for file in SCANS[:3]},
        "character_error_rate": _rate(pages),
        "pages_per_second": sum(each["pages"] for each in read.values()) / seconds,
        "mib": max(each["mib"] for each in read.values()),
        "reference_seconds": [before, reference()],
        "problems": {file: each["problems"] for file, each in read.items()},
    }
    json.dump(report, sys.stdout, ensure_ascii=False)


def one(file: Path) -> dict[str, Any]:
    """Read one scan in this process: the texts of its pages, processor time without that of imports, peak memory in MiB."""
    from wazi.parse import pdf, tesseract

    tesseract.data()
    data = file.read_bytes()
    began = time.process_time()
    parsed = pdf.parse(data, file.name)
    seconds = time.process_time() - began
    return {
        "pages": len(parsed.pages),
        "seconds": seconds,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "problems": parsed.problems,
        "texts": [parsed.text[page.start : page.end] for page in parsed.pages],
    }


def reference() -> float:
    """Processor seconds of a fixed piece of work on one core."""
    drawn = np.random.default_rng(0).random((900, 900), dtype=np.float32)
    began = time.process_time()
    for _ in range(60):
        drawn = drawn @ drawn
        drawn /= drawn.max()
    return time.process_time() - began


def _apart(data: Path, file: str) -> dict[str, Any]:
    command = [sys.executable, __file__, str(data), "--one", file]
    threads = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run(command, check=True, capture_output=True, env=os.environ | threads).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def _typed(folder: Path) -> list[dict[str, Any]]:
    with PAGES.open("rb") as file:
        pages: list[dict[str, Any]] = tomllib.load(file)["pages"]
    linn = {"file": "ocr_linn.pdf", "page": 1, "language": "en"}
    return [*pages, linn | {"text": (folder / "ocr_linn.txt").read_text(encoding="utf-8")}]


def _error(typed: str, read: str) -> dict[str, Any]:
    one, two = " ".join(typed.split()), " ".join(read.split())
    wrong = distance(one, two)
    return {"characters": len(one), "wrong": wrong, "character_error_rate": wrong / len(one)}


def distance(one: str, two: str) -> int:
    """Levenshtein's: characters to insert, delete or replace."""
    letters = np.frombuffer(two.encode("utf-32-le"), np.uint32)
    steps = np.arange(len(letters) + 1)
    row = steps
    for count, letter in enumerate(np.frombuffer(one.encode("utf-32-le"), np.uint32), start=1):
        made = np.concatenate(([count], np.minimum(row[1:] + 1, row[:-1] + (letters != letter))))
        row = np.minimum.accumulate(made - steps) + steps
    return int(row[-1])


def _rate(pages: list[dict[str, Any]]) -> float:
    return sum(page["wrong"] for page in pages) / sum(page["characters"] for page in pages)


if __name__ == "__main__":
    main()
