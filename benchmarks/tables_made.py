# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of PDFs against drawn-up documents whose cells are known, by the measure of `tables_icdar2013`, as JSON.

    python benchmarks/tables_made.py --keep FOLDER [--count 240] [--seed 1] [--each]

Every document is a page of HTML, printed by chromium: looks (rules, shades, type, spacing), shape (heads of several rows,
groups, cells over rows and columns, empty cells, totals) and surroundings (text, columns, notes, a second table) are drawn
independently of each other from the seed. The report has a score for each value of each choice, so that it shows what breaks.
It is for building rules, not for proving them: real tables have habits that nobody thought of here.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import shutil
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tables_icdar2013 import Placed, Score, Told, averaged, compare, f1, wazi

WORDS: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "data" / "tables_made.toml").read_text("utf-8"))
KINDS = ("whole", "decimal", "percent", "money", "word", "code", "date")
FITS = "[...document.querySelectorAll('.place')].every(p => p.firstChild.offsetWidth <= p.offsetWidth + 1)"
"""Is no table wider than its place?"""
RULES = ("all", "all", "pale", "rows", "book", "book", "head", "none", "shaded", "columns", "outer", "groups")


class Slot(NamedTuple):
    """A cell: its words, its first row and column, and how many it takes."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    role: str = "body"


@dataclass
class Made:
    """A document: its HTML, the true cells of its tables, and what was chosen for it."""

    html: str = ""
    tables: list[list[Slot]] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)


class Maker:
    """Draws documents from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.chosen: dict[str, str] = {}

    def pick(self, name: str, values: Sequence[str]) -> str:
        """One of the values, noted under a name."""
        return self.chosen.setdefault(name, self.random.choice(values))

    def document(self) -> Made:
        """A page with one table or two."""
        self.chosen = {}
        count = 2 if self.pick("tables", ("one", "one", "two")) == "two" else 1
        around = self.pick("around", ("text", "text", "nothing", "columns", "beside"))
        tables = [self.table(narrow=around in ("columns", "beside")) for _ in range(count)]
        style = self.style()
        parts = []
        for number, cells in enumerate(tables, 1):
            notes = self.notes() if self.pick("notes", ("yes", "no")) == "yes" else ""
            caption = f"<p class=caption>Table {number}. {self.random.choice(WORDS['things'])} by ward</p>"
            parts.append(
                (caption if self.pick("caption", ("yes", "no")) == "yes" else "") + self.printed(cells) + notes
            )
        return Made(f"<style>{style}</style>{self.page(parts, around)}", tables, dict(self.chosen))

    def text(self, least: int, most: int) -> str:
        """A paragraph."""
        chosen = [self.random.choice(WORDS["sentences"]) for _ in range(self.random.randint(least, most))]
        return f"<p>{' '.join(chosen)}</p>"

    def notes(self) -> str:
        """Small print below a table."""
        first = self.random.choice(("Note: ", "Source: ", "* ", "<sup>1</sup> ", "(a) "))
        return f"<div class=notes>{first}{' '.join(self.random.sample(WORDS['sentences'], self.random.randint(1, 2)))}</div>"

    def page(self, parts: Sequence[str], around: str) -> str:
        """The tables in their surroundings."""
        if around == "nothing":
            return "".join(parts)
        if around == "columns":
            body = self.text(3, 5) + self.text(2, 4).join(parts) + self.text(3, 6)
            return f"<h2>Report of the year</h2><div style='columns:2;column-gap:26px'>{body}</div>"
        if around == "beside":
            rows = "".join(
                f"<div style='display:flex;gap:28px'><div style='width:34%'>{self.text(3, 6)}</div>"
                f"<div style='flex:1'>{part}</div></div>"
                for part in parts
            )
            return f"{self.text(2, 3)}{rows}{self.text(2, 4)}"
        return f"<h2>Report of the year</h2>{self.text(2, 5)}{self.text(1, 3).join(parts)}{self.text(2, 5)}"

    def style(self) -> str:
        """The looks, as a style sheet."""
        r = self.random
        rules = self.pick("rules", RULES)
        size = r.choice((6.5, 7.5, 8, 9, 9, 10, 11))
        self.chosen["size"] = "small" if size < 8 else "large" if size > 10 else "middle"
        face = self.pick(
            "face", ("Liberation Sans", "Liberation Serif", "DejaVu Sans", "Liberation Sans", "Liberation Mono")
        )
        lead = r.choice((1.05, 1.15, 1.25, 1.4))
        loose = self.chosen["content"] == "texts" and rules not in ("all", "pale", "rows")
        pad = float(self.pick("padding", ("2", "4", "7") if loose else ("0", "0", "1", "2", "4", "7")))
        side = r.choice((3, 5, 8, 12))
        colour = "#c4c4c4" if rules == "pale" else r.choice(("#000", "#000", "#555", "#264"))
        line = f"{r.choice((0.5, 0.75, 1, 1.5))}px solid {colour}"
        wide = "width:100%;" if self.pick("width", ("full", "own")) == "full" else ""
        up = self.pick("upright", ("top", "middle", "bottom"))
        sheet = (
            f"@page{{size:A4;margin:18mm}}body{{font:{max(size, 8)}pt/1.3 '{r.choice(('Liberation Sans', 'Liberation Serif'))}'}}"
            f"table{{border-collapse:collapse;{wide}font:{size}pt/{lead} '{face}';margin:8px 0}}.place{{break-inside:avoid}}"
            f"td,th{{padding:{pad}px {side}px;vertical-align:{up};font-weight:normal}}.n{{white-space:nowrap;"
            f"text-align:{self.pick('numbers', ('right', 'right', 'right', 'center', 'left'))}}}"
            f".w{{text-align:left}}.h{{text-align:{self.pick('names', ('center', 'left', 'right'))};vertical-align:bottom;"
            f"font-weight:{self.pick('bold', ('bold', 'normal'))}}}.s,.c{{text-align:center}}"
            f".caption{{font-weight:bold;margin:4px 0}}"
            f".t{{font-weight:bold}}.i{{padding-left:{side + 9}px}}.notes{{font-size:{size * 0.85}pt}}.y{{white-space:nowrap}}"
        )
        return sheet + self.ruled(rules, line)

    def ruled(self, rules: str, line: str) -> str:
        """The rules and shades."""
        wide = f"table{{border-top:{line};border-bottom:{line}}}.last{{border-bottom:{line}}}"
        sheets = {
            "all": f"td,th{{border:{line}}}",
            "pale": f"td,th{{border:{line}}}",
            "rows": f"td,th{{border-bottom:{line}}}table{{border-top:{line}}}",
            "book": wide,
            "head": f".last{{border-bottom:{line}}}",
            "none": "",
            "shaded": "tr.odd td{background:#e4e9ef}.h{background:#b8c4d4}",
            "columns": wide + f"td,th{{border-left:{line};border-right:{line}}}",
            "outer": f"table{{border:{line}}}.last{{border-bottom:{line}}}",
            "groups": wide + f"tr.group td{{border-top:{line}}}",
        }
        sheet = sheets[rules]
        if rules in ("book", "head", "groups", "outer") and self.pick("under", ("yes", "no")) == "yes":
            sheet += f".s{{border-bottom:{line}}}"
        if rules not in ("all", "pale") and self.pick("total", ("ruled", "plain")) == "ruled":
            sheet += f".t{{border-top:{line}}}"
        return sheet + ("th{background:#dde}" if self.pick("head", ("shaded", "plain", "plain")) == "shaded" else "")

    def table(self, *, narrow: bool) -> list[Slot]:
        """The cells of one table, row by row."""
        r = self.random
        content = self.pick("content", ("figures", "figures", "figures", "mixed", "texts"))
        columns = r.randint(2, 3 if narrow else 4) if content == "texts" else r.randint(2, 5 if narrow else 9)
        kinds = [self.kind(content, columns) for _ in range(columns - 1)]
        grouped = self.pick("groups", ("none", "none", "label", "centred", "merged"))
        if grouped == "merged":
            columns, kinds = columns + 1, ["", *kinds]
        cells = self.head(columns)
        row = 1 + max(c.row + c.rows - 1 for c in cells)
        for group in range(1 if grouped == "none" else r.randint(2, 3)):
            count = r.randint(2, 4) if grouped != "none" else r.randint(3, 12 if content != "texts" else 6)
            made = self.group(row, columns, kinds, count, group)
            cells += made
            row = 1 + max(c.row + c.rows - 1 for c in made)
        if content != "texts" and self.pick("last", ("total", "none")) == "total":
            name = [Slot("Total", row, 0, role="total")]
            cells += name + [Slot(self.value(kind), row, i + 1, role="total") for i, kind in enumerate(kinds) if kind]
        return [cell for cell in cells if cell.text]

    def kind(self, content: str, columns: int) -> str:
        """What is in a column."""
        if content == "texts":
            return "text"
        if content == "mixed":
            return self.random.choice((*KINDS, "text") if columns < 6 else KINDS)
        return self.random.choice(KINDS[:4])

    def head(self, columns: int) -> list[Slot]:
        """The names of columns, in one row to three."""
        deep = {"one": 1, "two": 2, "three": 3}[self.pick("deep", ("one", "one", "two", "two", "three"))]
        deep = 1 if columns < 4 else deep
        cells = []
        corner = self.random.choice((*WORDS["groups"], "", "Ward"))
        cells.append(Slot(corner, 0, 0, deep, 1, "head"))
        column = 1
        while column < columns:
            wide = min(self.random.randint(1, 4), columns - column) if deep > 1 else 1
            if wide == columns - 1 and deep > 1:
                wide -= 1
            if wide == 1:
                cells.append(Slot(self.random.choice(WORDS["names"]), 0, column, deep, 1, "head"))
            else:
                cells += self.under(column, wide, deep)
            column += wide
        return cells

    def under(self, column: int, wide: int, deep: int) -> Iterator[Slot]:
        """A name over several columns and the names below it."""
        yield Slot(self.random.choice(WORDS["spans"]), 0, column, 1, wide, "span")
        if deep == 3 and wide > 2:
            yield Slot(self.random.choice(WORDS["spans"]), 1, column, 1, wide - 1, "span")
            yield Slot(self.random.choice(WORDS["names"]), 1, column + wide - 1, 2, 1, "head")
            wide, first = wide - 1, 2
        else:
            first = 1
        for i in range(wide):
            yield Slot(self.random.choice(WORDS["names"]), first, column + i, deep - first, 1, "head")

    def group(self, row: int, columns: int, kinds: Sequence[str], count: int, number: int) -> list[Slot]:
        """Rows, with what names them together."""
        way, cells = self.chosen["groups"], []
        name = WORDS["groups"][(number * 3 + count) % len(WORDS["groups"])]
        if way == "label":
            cells.append(Slot(name, row, 0, role="label"))
        elif way == "centred":
            cells.append(Slot(name, row, 0, 1, columns, "centred"))
        row += way in ("label", "centred")
        if way == "merged":
            cells.append(Slot(name, row, 0, count, 1, "merged"))
        blank = 0.12 if self.pick("blanks", ("some", "none")) == "some" else 0.0
        wordy = self.pick("labels", ("short", "short", "long", "dots"))
        for i in range(row, row + count):
            first = 1 if way == "merged" else 0
            cells.append(Slot(self.label(wordy), i, first, role="inset" if way == "label" else "name"))
            for column in range(first + 1, columns):
                if self.random.random() >= blank or column == columns - 1:
                    kind = kinds[column - 1]
                    role = "words" if kind in ("text", "word") else "body"
                    cells.append(Slot(self.value(kind), i, column, role=role))
        return cells

    def label(self, wordy: str) -> str:
        """The name of a row."""
        name = self.random.choice((*WORDS["things"], *WORDS["places"], *WORDS["places"]))
        if wordy == "dots":
            return name + " " + "." * self.random.randint(3, 24 - len(name) // 2)
        if wordy == "long" and self.random.random() < 0.6:
            return f"{name} {self.random.choice(('of', 'and', 'with'))} {self.random.choice(WORDS['texts']).lower()}"
        return name

    def value(self, kind: str) -> str:
        """What stands in a cell."""
        r = self.random
        if r.random() < 0.04 and kind not in ("text", "word"):
            return r.choice(("–", "-", "n/a", "…"))
        size = 10 ** r.randint(1, 6)
        return {
            "whole": f"{r.randint(1, size):,}",
            "decimal": f"{r.uniform(-20, size) / 3:,.1f}",
            "percent": f"{r.uniform(0, 100):.1f}%",
            "money": f"{r.choice(('$', 'KSh ', '$ '))}{r.randint(1, size):,}",
            "word": r.choice(("Yes", "No", *WORDS["places"])),
            "code": f"{r.choice('ABC')}-{r.randint(1, 99)}",
            "date": f"{r.randint(1, 28)} {r.choice(('May', 'June', 'July'))} {r.randint(1998, 2024)}",
            "text": r.choice(WORDS["texts"]),
        }[kind]

    def printed(self, cells: Sequence[Slot]) -> str:
        """The cells as a table of HTML."""
        rows = 1 + max(c.row + c.rows - 1 for c in cells)
        columns = 1 + max(c.column + c.columns - 1 for c in cells)
        heads = 1 + max(c.row + c.rows - 1 for c in cells if c.role in ("head", "span"))
        own = {(c.row, c.column): c for c in cells}
        taken = {
            (r, k) for c in cells for r in range(c.row, c.row + c.rows) for k in range(c.column, c.column + c.columns)
        }
        lines = []
        for row in range(rows):
            line = []
            for column in range(columns):
                cell = own.get((row, column))
                if cell is None and (row, column) in taken:
                    continue
                line.append(_printed(cell or Slot("", row, column, role="head" if row < heads else "body"), heads))
            names = " ".join(
                name
                for name, fits in (
                    ("odd", row % 2),
                    ("group", any(c.role in ("label", "centred", "merged") for c in cells if c.row == row)),
                )
                if fits
            )
            lines.append(f"<tr class='{names}'>{''.join(line)}</tr>")
        return f"<div class=place><table>{''.join(lines)}</table></div>"


CLASSES = {
    "head": "h",
    "span": "h s",
    "body": "n",
    "words": "w",
    "label": "w y",
    "inset": "w i",
    "name": "w",
    "merged": "w",
    "centred": "c",
    "total": "t n",
}


def _printed(cell: Slot, heads: int) -> str:
    tag = "th" if cell.role in ("head", "span") else "td"
    names = (
        CLASSES[cell.role]
        + (" last" if cell.row + cell.rows == heads else "")
        + (" y" if cell.text.endswith("...") else "")
    )
    if cell.column == 0 and cell.role in ("head", "total"):
        names = ("h w" if cell.role == "head" else "w t") + names.removeprefix(CLASSES[cell.role])
    return f"<{tag} class='{names}' rowspan={cell.rows} colspan={cell.columns}>{html.escape(cell.text)}</{tag}>"


def truth(made: Made) -> list[Told]:
    """The tables of a document, all on its first page."""
    return [
        Told(1, [Placed(c.text, c.row, c.row + c.rows - 1, c.column, c.column + c.columns - 1) for c in table])
        for table in made.tables
    ]


def printed(folder: Path, seed: int, count: int) -> Iterator[tuple[Path, Made]]:
    """`count` documents of one page, as files in `folder`."""
    import pypdfium2 as pdfium
    from playwright.sync_api import sync_playwright

    maker, number = Maker(seed), 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 658, "height": 986})
        while number < count:
            made = maker.document()
            page.set_content(made.html)
            file = folder / f"{number:04}.pdf"
            page.pdf(path=file, prefer_css_page_size=True, print_background=True)
            if page.evaluate(FITS) and len(pdfium.PdfDocument(file)) == 1:
                number += 1
                yield file, made
        browser.close()


def measured(documents: Sequence[tuple[Path, Made]]) -> tuple[list[Score], float]:
    """The score of each document, and pages a second of processor time."""
    began = time.process_time()
    found = [wazi(file, file) for file, _ in documents]
    seconds = time.process_time() - began
    scores = [compare(file.stem, own, truth(made)) for (file, made), own in zip(documents, found, strict=True)]
    return scores, len(documents) / seconds


def main() -> None:
    """Print the report as JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=240)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, help="where the PDFs go", required=True)
    options.add_argument("--each", action="store_true", help="tell every document's score on stderr")
    chosen = options.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    documents = list(printed(chosen.keep, chosen.seed, chosen.count))
    scores, speed = measured(documents)
    by: dict[str, dict[str, list[Score]]] = {}
    for score, (_, made) in zip(scores, documents, strict=True):
        for name, value in made.chosen.items():
            by.setdefault(name, {}).setdefault(value, []).append(score)
        if chosen.each:
            print(score.name, round(f1(score.precision, score.recall), 3), made.chosen, file=sys.stderr)
    report: dict[str, Any] = {
        "task": "tables_made",
        "seed": chosen.seed,
        "pages_per_second": speed,
        "all": averaged(scores),
    }
    report["by"] = {
        n: {v: [round(averaged(own)["f1"], 3), len(own)] for v, own in sorted(kinds.items())} for n, kinds in by.items()
    }
    json.dump(report, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
