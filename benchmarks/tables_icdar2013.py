# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of PDFs against the ICDAR 2013 table competition, by its own measure, as JSON.

    python benchmarks/tables_icdar2013.py DATA [--parser wazi] [--half odd] [--task complete]

DATA holds `NAME.pdf`, `NAME-reg.xml` (regions) and `NAME-str.xml` (cells). The measure is that of Göbel, Hassan, Oro and Orsi,
"ICDAR 2013 Table Competition", as their Java tool computes it: a table is the list of its adjacency relations, pairs of
non-empty cells that follow each other in a row or a column, each with the number of empty places between them; text counts
without white space and case. Every true table takes the table found on its page that shares most relations with it; the relations
of the others are wrong. Precision and recall are of a document; their means over documents give F1. A document without a table
found has both 0. Where a file has two truths (a, b), the better one counts.

Tasks: `complete` finds the tables itself, `structure` is given their regions. Settings were chosen on files with odd numbers alone.
It does not know how well tables of other lands are read: the competition's European half is not in DATA.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple
from xml.etree import ElementTree

Box = tuple[float, float, float, float]
TRUTH = re.compile(r"us-(\d+)[ab]?-str\.xml")


class Placed(NamedTuple):
    """A cell: its words, its first and last row and column."""

    text: str
    top: int
    bottom: int
    left: int
    right: int


class Told(NamedTuple):
    """A table: the page it is on (1-based; the last one if on several) and its cells."""

    page: int
    cells: list[Placed]


Relation = tuple[str, str, str, int]
"""Normalised words of two cells, `across` or `down`, and how many empty places are between them."""


class Score(NamedTuple):
    """What one document gave: correct, found and true relations."""

    name: str
    correct: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """0 without anything found."""
        return self.correct / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """A document of the competition has always a table."""
        return self.correct / self.true if self.true else 0.0


def normalised(text: str) -> str:
    """Without white space and case."""
    return re.sub(r"\s", "", text).upper()


def relations(cells: Iterable[Placed]) -> Counter[Relation]:
    """All adjacency relations of one table; two cells are adjacent once in a direction, however long they stand side by side."""
    filled = [cell for cell in cells if normalised(cell.text)]
    grid: dict[tuple[int, int], int] = {}
    for index, cell in enumerate(filled):
        for row in range(cell.top, cell.bottom + 1):
            grid |= {(row, column): index for column in range(cell.left, cell.right + 1)}
    pairs: dict[tuple[int, int, str], int] = {}
    for turned, name in ((False, "across"), (True, "down")):
        last: tuple[int, int, int] | None = None
        for line, place in sorted((c, r) if turned else (r, c) for r, c in grid):
            here = grid[(place, line) if turned else (line, place)]
            if last and last[0] == line and last[2] != here:
                pairs.setdefault((last[2], here, name), place - last[1] - 1)
            last = line, place, here
    names = [normalised(cell.text) for cell in filled]
    return Counter((names[a], names[b], way, blanks) for (a, b, way), blanks in pairs.items())


def compare(name: str, found: Sequence[Told], truth: Sequence[Told]) -> Score:
    """The relations of a document: every true table takes the best that is left on its page."""
    left = [(table.page, relations(table.cells)) for table in found]
    everything = sum(kinds.total() for _, kinds in left)
    correct = true = 0
    for table in truth:
        wanted = relations(table.cells)
        true += wanted.total()
        here = [each for each in left if each[0] == table.page]
        if here:
            best = max(here, key=lambda each: (each[1] & wanted).total())
            correct += (best[1] & wanted).total()
            left.remove(best)
    return Score(name, correct, everything, true)


def truth_of(file: Path) -> list[Told]:
    """The tables of a `-str.xml`. Rows and columns of a region are shifted by its increments, as the tool does."""
    tables = []
    for table in ElementTree.parse(file).getroot().iter("table"):
        cells, page = [], 0
        for region in table.iter("region"):
            page = int(region.get("page", "0"))
            down, right = int(region.get("row-increment", "0")), int(region.get("col-increment", "0"))
            for cell in region.iter("cell"):
                top, left = int(cell.get("start-row", "0")), int(cell.get("start-col", "0"))
                bottom, end = int(cell.get("end-row", top)), int(cell.get("end-col", left))
                words = cell.findtext("content") or ""
                cells.append(Placed(words, top + down, bottom + down, left + right, end + right))
        tables.append(Told(page, cells))
    return tables


def regions_of(file: Path) -> list[list[tuple[int, Box]]]:
    """By table the page and the box of each region of a `-reg.xml`, origin at the bottom left as in the file."""
    tables = []
    for table in ElementTree.parse(file).getroot().iter("table"):
        found = []
        for region in table.iter("region"):
            box = region.find("bounding-box")
            x0, y0, x1, y1 = (
                float((box.get(key) if box is not None else None) or 0) for key in ("x1", "y1", "x2", "y2")
            )
            found.append((int(region.get("page", "0")), (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))))
        tables.append(found)
    return tables


def main() -> None:
    """Print the report as JSON; a line for every document on stderr with --each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("data", type=Path)
    options.add_argument("--parser", choices=sorted(PARSERS), action="append", help="default: all that are installed")
    options.add_argument("--each", action="store_true", help="tell every document's precision and recall on stderr")
    chosen = options.parse_args()
    folder = chosen.data if next(chosen.data.glob("*-str.xml"), None) else chosen.data / "icdar2013_tables"
    if not next(folder.glob("*-str.xml"), None):
        options.error(f"no -str.xml in {folder}: give the folder of the competition's files")
    report: dict[str, Any] = {"task": "tables_icdar2013", "complete": {}, "structure": {}}
    for parser in chosen.parser or PARSERS:
        try:
            report["complete"][parser] = measured(folder, PARSERS[parser], each=chosen.each)
        except ModuleNotFoundError as error:
            report["complete"][parser] = {"state": f"not run: {error.name} is not installed"}
    if "wazi" in (chosen.parser or PARSERS):
        report["structure"]["wazi"] = measured(folder, given_regions, each=chosen.each)
    json.dump(report, sys.stdout)


Reader = Callable[[Path, Path], list[Told]]
"""The tables of a PDF (first path); the second is its file of regions, which only the task `structure` may read."""


def measured(folder: Path, read: Reader, *, each: bool = False) -> dict[str, Any]:
    """Precision, recall and F1 of documents with odd and even numbers and of all, and pages a second of processor time."""
    import pypdfium2 as pdfium

    best: dict[int, Score] = {}
    found: dict[int, list[Told]] = {}
    pages, seconds = 0, 0.0
    for file in sorted(folder.glob("us-*-str.xml")):
        match = TRUTH.fullmatch(file.name)
        if match is None:
            continue
        number = int(match[1])
        if number not in found:
            document = next(folder.glob(f"us-{match[1]}*.pdf"))
            began = time.process_time()
            found[number] = read(document, file.with_name(file.name.replace("-str", "-reg")))
            seconds += time.process_time() - began
            pages += len(pdfium.PdfDocument(document))
        score = compare(file.stem, found[number], truth_of(file))
        if number not in best or f1(score.precision, score.recall) > f1(best[number].precision, best[number].recall):
            best[number] = score
    if each:
        for score in best.values():
            print(f"{score.name} {score.precision:.3f} {score.recall:.3f}", file=sys.stderr)
    halves = {
        "odd": [score for number, score in best.items() if number % 2],
        "even": [score for number, score in best.items() if not number % 2],
        "all": list(best.values()),
    }
    return {name: averaged(scores) for name, scores in halves.items()} | {"pages_per_second": pages / seconds}


def averaged(scores: Sequence[Score]) -> dict[str, float]:
    """Means over documents; F1 is that of the means, as the competition's tables have it."""
    precision, recall = fmean(s.precision for s in scores), fmean(s.recall for s in scores)
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall), "documents": len(scores)}


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def wazi(document: Path, _: Path) -> list[Told]:
    """What `wazi ingest` reads: cells are slices of the stored text, in which broken words are whole again."""
    from wazi.config import Parse
    from wazi.parse import parse
    from wazi.types import RawFile

    parsed = parse(RawFile(document.name, document.name, document.read_bytes(), ""), Parse())
    return [
        Told(
            table.page or 0,
            [
                Placed(parsed.text[c.start : c.end], c.row, c.row + c.rows - 1, c.column, c.column + c.columns - 1)
                for c in table.cells
            ],
        )
        for table in parsed.tables
    ]


def wazi_words(document: Path, _: Path) -> list[Told]:
    """The tables of each page with the words as they are drawn, hyphens at ends of lines too."""
    import pypdfium2 as pdfium

    from wazi.parse.find import find

    found = []
    pdf = pdfium.PdfDocument(document)
    for index in range(len(pdf)):
        words, rules, size = _page(pdf[index])
        found += [_told(index + 1, grid) for grid in find(words, rules, size)]
    return found


def given_regions(document: Path, regions: Path) -> list[Told]:
    """The task `structure`: one table in each region of the truth."""
    import pypdfium2 as pdfium

    from wazi.parse.grid import grid

    found = []
    pdf = pdfium.PdfDocument(document)
    for table in regions_of(regions):
        for number, (x0, y0, x1, y1) in table:
            page = pdf[number - 1]
            words, rules, (_, height) = _page(page)
            left, bottom, *_ = page.get_bbox()
            box = x0 - left - 2, height - (y1 - bottom) - 2, x1 - left + 2, height - (y0 - bottom) + 2
            inside = [w for w in words if _within((w.x0 + w.x1) / 2, (w.y0 + w.y1) / 2, box)]
            made = grid(inside, rules, box) if inside else None
            found.append(_told(number, made) if made else Told(number, []))
    return found


def _page(page: Any) -> tuple[Any, Any, tuple[float, float]]:
    from wazi.parse.bands import bits
    from wazi.parse.glyphs import Source
    from wazi.parse.lines import turning
    from wazi.parse.rules import drawn

    turn = turning(page)
    return bits(Source(page.get_textpage()), turn), drawn(page, turn), page.get_size()


def _within(x: float, y: float, box: Box) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _told(page: int, grid: Any) -> Told:
    from wazi.parse.bands import bands

    return Told(
        page,
        [Placed(" ".join(w.text for band in bands(c.words) for w in band), *c.place) for c in grid.cells],
    )


def pdfplumber(document: Path, _: Path) -> list[Told]:
    """pdfplumber's `extract_tables` with its defaults."""
    import pdfplumber

    with pdfplumber.open(document) as pdf:
        return [_rows(number, table) for number, page in enumerate(pdf.pages, 1) for table in page.extract_tables()]


def camelot(flavor: str) -> Reader:
    """camelot's `read_pdf` with one of its ways to find tables."""

    def read(document: Path, _: Path) -> list[Told]:
        import camelot

        found = camelot.read_pdf(str(document), pages="all", flavor=flavor)
        return [_rows(table.page, table.df.values.tolist()) for table in found]

    return read


def pdf_oxide(document: Path, _: Path) -> list[Told]:
    """pdf_oxide's `extract_tables`."""
    import pdf_oxide

    pdf = pdf_oxide.PdfDocument(str(document))
    return [
        _rows(number + 1, [[cell["text"] for cell in row["cells"]] for row in table["rows"]])
        for number in range(pdf.page_count())
        for table in pdf.extract_tables(number)
    ]


def _rows(page: int, rows: Sequence[Sequence[str | None]]) -> Told:
    cells = [Placed(str(c), r, r, k, k) for r, row in enumerate(rows) for k, c in enumerate(row) if c]
    return Told(page, cells)


PARSERS: dict[str, Reader] = {
    "wazi": wazi,
    "wazi_words": wazi_words,
    "pdfplumber": pdfplumber,
    "camelot_network": camelot("network"),
    "camelot_lattice": camelot("lattice"),
    "pdf_oxide": pdf_oxide,
}


if __name__ == "__main__":
    main()
