# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Measured lines of a PDF -> blocks: paragraphs, list items and headings with their path; running headers left out.

A line goes on with the block above it when it stands right below it in the same column and style. Headings are told by
size and weight against the body of the document, else by their numbering. It keeps pdfium's order of lines; which of
them are rows of a table, `wazi.parse.tables` tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from wazi.parse import tables
from wazi.parse.tables import Line, Run, around
from wazi.parse.writer import Outline, squeeze
from wazi.types import Block, BlockKind, Page

ITEM = re.compile(
    r"(?:[-–•●▪◦\uf0a7\uf0b7\uf0d8\uf0fc*]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxlIVXL]{1,5})[.)°]|\d+(?:\.\d+)+\.?)\s*\S"
)
UNITS = (
    r"title|part|book|titre|partie|livre|título|parte|interuro|sehemu",
    r"chapter|chapitre|capítulo|umutwe|sura|باب|অধ্যায়",
    r"section|schedule|annex|appendix|annexe|sección|seção|icyiciro|umugereka|jedwali|kiambatisho|فصل|পরিচ্ছেদ",
    r"article|artículo|artigo|ingingo|ibara|kifungu|مادة|المادة|ধারা|অনুচ্ছেদ",
)
"""Words that number the parts of laws, outermost first: English, French, Spanish, Portuguese, Kinyarwanda, Swahili, Arabic,
Bengali."""
NUMBERED = re.compile(
    "(?:" + "|".join(f"({words})" for words in UNITS) + r")"
    r"\s*(?:[-–—.]\s*)?(?:ya\s+|wa\s+)?(?:\d+|[IVXLC]+\b|one|two|three|four|five|first|mbere|premi[eè]re?|un\b|primero|[০-৯]+)",
    re.I,
)
RUN_IN = re.compile(r"\d{1,3}[A-Z]?\.\s+([A-Z][^.:;]{3,100}):\s+(?=\(|[A-Z])")
"""`26. Right to information: Every citizen ...`: the heading and the text share a line."""

Level = tuple[float, float, float]
ARTICLE = float(len(UNITS))
NO_UNIT = 9.0
LARGER = 1.12
LONGEST_HEADING = 220
LONGEST_NAME = 25
"""Mean characters of the names of columns, at most, where their style does not tell them."""
LEAST_REPEATS = 3
MARGIN = 0.12
"""Share of the page's height, at the top and at the bottom, in which running headers stand."""


class Measures(NamedTuple):
    """The style most of the document's characters have, and the gap in points between lines of a paragraph."""

    size: float
    bold: bool
    gap: float


class Group(NamedTuple):
    """Lines that belong together: their text, the level if it is a heading, the column of the page (0: leftmost)."""

    lines: list[Line]
    text: str
    level: Level | None
    column: int


Rows = dict[int, tuple[Run, int]]
"""For the start of every cell's line in a table: the table, and which of its rows the line is in."""


class Held(NamedTuple):
    """The table read last: where it stands, the edges of its columns, and their names."""

    path: tuple[str, ...]
    columns: list[tuple[float, float]]
    head: tuple[str, ...]


def blocks(text: str, lines: Sequence[Sequence[Line]], pages: Sequence[Page]) -> Iterator[Block]:
    """Blocks in reading order; `lines` are by page. Repeated headers and footers appear once, bare page numbers never."""
    spared, repeated = _running(text, lines, pages)
    lines, rows, translated = _tables(text, lines, spared, repeated)
    measures = _measure([[line for line in page if line.start not in rows] for page in lines], lines)
    grouped = []
    for page, found in zip(pages, lines, strict=True):
        grouped.append(_with_columns(text, _groups(text, found, measures, rows), measures, page, rows))
    grouped = _ranked(
        [[g._replace(level=None) if g.lines[0].start in spared else g for g in groups] for groups in grouped]
    )
    parallel = translated or _parallel(grouped)
    outlines: dict[int, Outline] = {}
    held = Held((), [], ())
    for page, groups in zip(pages, grouped, strict=True):
        for group in groups:
            outline = outlines.setdefault(group.column if parallel else 0, Outline())
            start, end, box = group.lines[0].start, group.lines[-1].end, around(group.lines)
            if start in rows:
                kind, held = _row(group, *rows[start], held, outline.path)
                head = held.head if kind is BlockKind.TABLE_ROW and held.head != (squeeze(group.text),) else ()
                yield Block(start, end, kind, page.number, (*outline.path, *head), box)
            elif group.level:
                above = outline.enter(group.text, group.level)
                yield Block(start, end, BlockKind.HEADING, page.number, above, box)
            else:
                if run_in := RUN_IN.match(group.text):
                    outline.enter(group.text[: run_in.end(1)], (-measures.size, NO_UNIT, 1.0))
                kind = BlockKind.LIST_ITEM if ITEM.match(group.text) else BlockKind.PARAGRAPH
                yield Block(start, end, kind, page.number, outline.path, box)


def _tables(
    text: str, pages: Sequence[Sequence[Line]], spared: set[int], repeated: set[int]
) -> tuple[list[list[Line]], Rows, bool]:
    """The lines of each page, parted where they are in rows of a table or in columns; the rows; are columns translations?"""
    leading = _measure(pages, pages).gap
    left_out = spared | repeated
    rows: Rows = {}
    kept = []
    translated: set[int] = set()
    for number, lines in enumerate(pages):
        parted: set[int] = set()
        beside = any(line.cells for line in lines) or tables.starts(lines)
        candidates = [line for line in lines if line.start not in left_out] if beside else []
        for run in tables.runs(text, candidates, leading):
            if run.translated and len(run.rows) >= LEAST_REPEATS:
                translated.add(number)
            for index, row in enumerate(run.rows):
                parted |= {line.start for line in row.lines}
                if run.table:
                    rows |= dict.fromkeys((line.start for line in row.lines), (run, index))
        pieces = [
            line.cells if any(cell.start in parted for cell in line.cells) else (line,)
            for line in lines
            if line.start not in repeated
        ]
        kept.append([piece for cells in pieces for piece in cells])
    return kept, rows, bool(translated) and len(translated) >= len(pages) // 5


def _row(group: Group, run: Run, index: int, held: Held, path: tuple[str, ...]) -> tuple[BlockKind, Held]:
    """What a row of a table is, and the table it belongs to. Bold or repeated names of columns are a heading."""
    if index > 0:
        return BlockKind.TABLE_ROW, held
    words = squeeze(group.text)
    bold = all(line.bold for line in group.lines) and not all(line.bold for line in run.rows[1].lines)
    if bold or held.head == (words,):
        return BlockKind.HEADING, Held(path, run.rows[0].edges, (words,))
    columns = run.rows[0].edges
    if (
        held.path == path
        and len(held.columns) == len(columns)
        and tables.aligned(held.columns, columns, 9.0, numbers=True)
    ):
        return BlockKind.TABLE_ROW, held
    named = not any(char.isdigit() for char in words) and len(words) <= LONGEST_NAME * len(columns)
    return BlockKind.TABLE_ROW, Held(path, run.rows[0].edges, (words,) if named else ())


def _measure(lines: Sequence[Sequence[Line]], instead: Sequence[Sequence[Line]]) -> Measures:
    """The measures of lines, of those `instead` if there are none."""
    if not any(lines):
        lines = instead
    weight: Counter[tuple[float, bool]] = Counter()
    gaps = []
    for page in lines:
        for line in page:
            weight[line.size, line.bold] += line.end - line.start
        gaps += [
            b.y0 - a.y1 for a, b in pairwise(page) if a.x0 < b.x1 and b.x0 < a.x1 and abs(b.y0 - a.y1) < 2 * b.size
        ]
    size, bold = weight.most_common(1)[0][0] if weight else (0.0, False)
    # Lists of one-line items have wide gaps: the narrower third are those inside paragraphs.
    return Measures(size, bold, sorted(gaps)[len(gaps) // 3] if gaps else 0.0)


def _running(text: str, lines: Sequence[Sequence[Line]], pages: Sequence[Page]) -> tuple[set[int], set[int]]:
    """Lines that repeat in the margins of many pages, by their starts: the first of each, and the others.

    A line repeats when its words do, or when its last or first number counts the pages. A bare number has no first.
    """
    places: dict[str, list[tuple[int, Line]]] = {}
    for page, found in zip(pages, lines, strict=True):
        low, high = page.height * MARGIN, page.height * (1 - MARGIN)
        for line in found:
            if line.y1 <= low or line.y0 >= high:
                for key in _keys(text[line.start : line.end], page.number):
                    places.setdefault(key, []).append((page.number, line))
    least = max(LEAST_REPEATS, len(pages) // 20)
    first, others = set(), set()
    for numbered in places.values():
        if len({number for number, _ in numbered}) >= least:
            repeats = [line for _, line in numbered]
            words = text[repeats[0].start : repeats[0].end]
            spared = 1 if any(char.isalpha() for char in words) else 0
            first |= {line.start for line in repeats[:spared]}
            others |= {line.start for line in repeats[spared:]}
    return first - others, others


def _keys(words: str, number: int) -> set[str]:
    keys = {words}
    numbers = list(re.finditer(r"\d{1,5}", words))
    for match in {*numbers[:1], *numbers[-1:]}:
        keys.add(f"{words[: match.start()]}<{int(match[0]) - number}>{words[match.end() :]}")
    return keys


def _groups(text: str, lines: Sequence[Line], body: Measures, rows: Rows) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        above, row = rows.get(groups[-1][0].start) if groups else None, rows.get(line.start)
        if groups and (above == row if above or row else _goes_on(text, groups[-1], line, body)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(text: str, group: Sequence[Line], line: Line, body: Measures) -> bool:
    above = group[-1]
    gap = line.y0 - above.y1
    if line.x0 >= above.x1 or line.x1 <= above.x0 or not -0.8 * line.size < gap < body.gap + 0.35 * line.size:
        return False
    if abs(line.size - above.size) > 0.1 * above.size or (line.bold != above.bold and not body.bold):
        return False
    words = text[line.start : line.end]
    # `six\n(6) months` is a number in words and figures, not an item.
    figures = words[0] == "(" and words[1:2].isdigit() and text[above.end - 1].isalpha()
    if (ITEM.match(words) and not figures) or NUMBERED.match(words) or RUN_IN.match(words):
        return False
    indented = line.x0 - above.x0 > line.size and len(group) > 1
    return not (indented and text[above.end - 1] in ".:;!?।؟۔")


def _with_columns(text: str, groups: Sequence[list[Line]], body: Measures, page: Page, rows: Rows) -> list[Group]:
    """Levels of headings, and columns: groups over more than half the page's width are in none, which counts as 0."""
    texts = [text[lines[0].start : lines[-1].end] for lines in groups]
    boxes = [around(lines) for lines in groups]
    columns: list[tuple[float, float]] = []
    for x0, _, x1, _ in sorted(boxes):
        if x1 - x0 <= page.width / 2 and (not columns or x0 >= columns[-1][1]):
            columns.append((x0, x1))
        elif x1 - x0 <= page.width / 2:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
    found = []
    for index, (lines, words, box) in enumerate(zip(groups, texts, boxes, strict=True)):
        below = texts[index + 1] if index + 1 < len(texts) else ""
        column = sum(box[0] >= right for _, right in columns)
        level = None if lines[0].start in rows else _level(words, lines, below, body)
        found.append(Group(lines, words, level, column))
    return found


def _level(words: str, lines: Sequence[Line], below: str, body: Measures) -> Level | None:
    """How far out a heading is (smaller is further), None for text: larger type, then the unit of law, then capitals."""
    if len(words) > LONGEST_HEADING or len(lines) > 5 or words[-1] in ",;" or words[0].islower():
        return None
    size, bold = lines[0].size, all(line.bold for line in lines)
    larger = size >= LARGER * body.size
    unit = _unit(words)
    telling = larger or (bold and not body.bold and size >= 0.9 * body.size)
    # Without a telling style: a numbered unit that is followed by text, as it is not in a table of contents.
    listed = not below or _unit(below) == unit or (unit == ARTICLE and _unit(below) != NO_UNIT)
    if not telling and (unit == NO_UNIT or listed or len(words) > 120 or words[-1] == "."):
        return None
    letters = sum(char.isalpha() for char in words)
    if letters < 3 or letters < sum(char.isdigit() for char in words):
        return None
    return (-size if larger else -body.size, unit, 0.0 if words.isupper() else 1.0)


def _unit(words: str) -> float:
    """The rank of the word that numbers this part of a law."""
    match = NUMBERED.match(words)
    return float(match.lastindex or 0) if match else NO_UNIT


def _ranked(pages: Sequence[list[Group]]) -> list[list[Group]]:
    """Units of law by the order of their first headings: parts hold chapters in one law, chapters hold parts in another.

    Articles are always the innermost: a gazette may begin with a short law that has nothing else.
    """
    order: dict[float, float] = {}
    for groups in pages:
        for group in groups:
            if group.level and group.level[1] < ARTICLE:
                order.setdefault(group.level[1], float(len(order)))
    order |= {ARTICLE: ARTICLE, NO_UNIT: NO_UNIT}
    return [
        [g._replace(level=(g.level[0], order[g.level[1]], g.level[2])) if g.level else g for g in groups]
        for groups in pages
    ]


def _parallel(pages: Sequence[list[Group]]) -> bool:
    """Do columns hold the same text in several languages, so that each has its own headings? Their headings align then."""
    aligned = apart = aligned_pages = 0
    for groups in pages:
        first = [group.lines[0].y0 for group in groups if group.level and group.column == 0]
        tops = [group.lines[0] for group in groups if group.level and group.column > 0]
        near = sum(any(abs(top.y0 - y) < top.size for y in first) for top in tops)
        aligned, apart = aligned + near, apart + len(tops) - near
        aligned_pages += near > 0
    # Heads of columns in a table align too, on few pages.
    return aligned > apart and aligned_pages >= max(2, len(pages) // 5)
