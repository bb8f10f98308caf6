# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Measured lines of a PDF -> blocks: paragraphs, list items and headings with their path; running headers left out.

A line goes on with the block above it when it stands right below it in the same column and style. Headings are told by
size and weight against the body of the document, else by their numbering, and by the tags of a file that is tagged well.
Each column of a text in several languages has its own path. The lines come in reading order; which of them are rows of a
table, `wazi.parse.tables` tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from wazi.parse import footnotes, page_columns, parallel, tables, tagged
from wazi.parse.headings import NO_UNIT, NUMBERED, Group, Level, Measures, level, ranked, unit_number, without_contents
from wazi.parse.page_tables import Found
from wazi.parse.parallel import Version
from wazi.parse.running import running
from wazi.parse.tables import Cell, Line, Row, Run, around
from wazi.parse.tagged import Tag
from wazi.parse.writer import Outline, squeeze
from wazi.types import Block, BlockKind, Page

ITEM = re.compile(
    r"(?:[-–•●▪◦\uf0a7\uf0b7\uf0d8\uf0fc*]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxlIVXL]{1,5})[.)°]|\d+(?:\.\d+)+\.?)\s*\S"
)
RUN_IN = re.compile(r"\d{1,3}[A-Z]?\.\s+([A-Z][^.:;]{3,100}):\s+(?=\(|[A-Z])")
"""`26. Right to information: Every citizen ...`: the heading and the text share a line."""

LONGEST_NAME = 25
"""Mean characters of the names of columns, at most, where their style does not tell them."""
LEAST_ROWS = 3
"""Rows of translations on a page that tell columns in several languages."""
TAGGED: dict[int, Level] = {depth: (depth - 1000.0, NO_UNIT, 0.0) for depth in range(1, 7)}
"""Levels of tagged headings: further out than any that is told by its type."""

Rows = dict[int, tuple[Run, int]]
"""For the start of every cell's line in a table: the table, and which of its rows the line is in."""


class Told(NamedTuple):
    """What is known of the whole document: its text, its usual type, its tables, and its tags if they are good."""

    text: str
    body: Measures
    rows: Rows
    tags: Mapping[int, Tag]


class Held(NamedTuple):
    """The table read last: where it stands, the edges of its columns, and their names; its last row, and where that is.

    `name` is the first cell of the last row, where this is still the block read last.
    """

    path: tuple[str, ...]
    columns: list[tuple[float, float]]
    head: tuple[str, ...]
    last: Row | None = None
    page: int = 0
    name: str = ""


def blocks(
    text: str,
    lines: Sequence[Sequence[Line]],
    pages: Sequence[Page],
    tags: Mapping[int, Tag],
    known: Sequence[Sequence[Found]] = (),
) -> list[Block]:
    """Blocks in reading order; `lines` and `known` tables are by page, `tags` those of a tagged file by the starts of lines.

    Repeated headers and footers appear once, bare page numbers never.
    """
    cells = {line.start for own in known for table in own for line in table.lines}
    spared, repeated = running(text, [[line for line in own if line.start not in cells] for own in lines], pages)
    tags = tags if tagged.covering(lines, tags) else {}
    repeated |= {start for start, tag in tags.items() if tag.role == tagged.ARTIFACT} - spared - cells
    lines, rows, translated = _tables(text, lines, spared | cells, repeated)
    rows |= _known(known)
    body = _measure([[line for line in page if line.start not in rows] for page in lines], lines)
    found = _grouped(Told(text, body, rows, {}), lines, pages)
    if tagged.heading([line.start for own in found for group in own if group.level for line in group.lines], tags):
        found = _grouped(Told(text, body, rows, tags), lines, pages)
    found = [[g._replace(level=None) if g.lines[0].start in spared else g for g in own] for own in found]
    found = ranked(without_contents(found))
    found = [footnotes.moved(own, body, page) for own, page in zip(found, pages, strict=True)]
    made = list(_blocks(found, pages, rows, body, beside=translated or _parallel(found)))
    return _versions([*zip(made, (group for own in found for group in own), strict=True)], pages, rows, spared)


def _blocks(
    pages: Sequence[Sequence[Group]], shown: Sequence[Page], rows: Rows, body: Measures, *, beside: bool
) -> Iterator[Block]:
    """A block for each group; `beside`: each column has headings of its own."""
    outlines: dict[int, Outline] = {}
    held = Held((), [], ())
    for page, groups in zip(shown, pages, strict=True):
        for group in groups:
            outline = outlines.setdefault(group.column if beside else 0, Outline())
            start, end, box = group.lines[0].start, group.lines[-1].end, around(group.lines)
            if start in rows:
                kind, held, rest = _row(group, rows[start], held, outline.path, page.number)
                head = held.head if kind is BlockKind.TABLE_ROW and held.head != (squeeze(group.text),) else ()
                yield Block(start, end, kind, page.number, (*outline.path, *head, *rest), box)
                continue
            held = held._replace(last=None)
            if group.level:
                above = outline.enter(group.text, group.level)
                yield Block(start, end, BlockKind.HEADING, page.number, above, box)
            else:
                if run_in := RUN_IN.match(group.text):
                    outline.enter(group.text[: run_in.end(1)], (-body.size, NO_UNIT, 1.0))
                kind = BlockKind.LIST_ITEM if ITEM.match(group.text) else BlockKind.PARAGRAPH
                yield Block(start, end, kind, page.number, outline.path, box)


def _versions(
    placed: Sequence[tuple[Block, Group]], pages: Sequence[Page], rows: Rows, spared: set[int]
) -> list[Block]:
    """The blocks with the numbers of those that say the same in columns of different languages."""
    widths = [page.width for page in pages]
    words: list[dict[int, str]] = [{} for _ in pages]
    for block, group in placed:
        if _in_column(block, widths, rows, spared):
            own = words[(block.page or 1) - 1]
            own[group.column] = f"{own.get(group.column, '')} {group.text}"
    spoken = page_columns.languages(words) if any(len(own) > 1 for own in words) else [{} for _ in pages]
    streams: dict[str, list[Version]] = {}
    for at, (block, group) in enumerate(placed):
        tag = spoken[(block.page or 1) - 1].get(group.column)
        if tag and _in_column(block, widths, rows, spared):
            streams.setdefault(tag, []).append(Version(at, block, group.text, unit_number(group.text)))
    numbers = parallel.numbers(list(streams.values())) if len(streams) > 1 else {}
    return [replace(block, parallel=numbers.get(at)) for at, (block, _) in enumerate(placed)]


def _in_column(block: Block, widths: Sequence[float], rows: Rows, spared: set[int]) -> bool:
    if block.box is None or block.start in rows or block.start in spared:
        return False
    return block.box[2] - block.box[0] <= widths[(block.page or 1) - 1] / 2


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
            if run.translated and len(run.rows) >= LEAST_ROWS:
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


def _known(tables_by_page: Sequence[Sequence[Found]]) -> Rows:
    rows: Rows = {}
    for run in (table.run() for own in tables_by_page for table in own):
        for index, row in enumerate(run.rows):
            rows |= dict.fromkeys((line.start for line in row.lines), (run, index))
    return rows


def _row(
    group: Group, place: tuple[Run, int], held: Held, path: tuple[str, ...], page: int
) -> tuple[BlockKind, Held, tuple[str, ...]]:
    """What a row of a table is, the table it belongs to, and the name of the row that it is the rest of, if of one.

    Bold or repeated names of columns are a heading.
    """
    run, index = place
    row, words, begin = run.rows[index], squeeze(group.text), group.lines[0].start
    told = [group.text[cell.lines[0].start - begin : cell.lines[-1].end - begin] for cell in row.cells]
    if index == 0 and ((bold := _stands_out(group, run)) or held.head == (words,)):
        same = held if not bold or held.head == (words,) else Held((), [], ())
        return BlockKind.HEADING, same._replace(path=path, columns=row.edges, head=(words,)), ()
    named = index == 0 and run.head and not any(word[:1].islower() for word in told)
    if not named and held.path == path and held.page == page - 1 and _cut(held.last, row):
        return BlockKind.TABLE_ROW, held._replace(page=page), (held.name,)
    if index == 0:
        held = _table(run, words, held, path)
    return BlockKind.TABLE_ROW, held._replace(last=row, page=page, name=squeeze(told[0])), ()


def _stands_out(group: Group, run: Run) -> bool:
    """Is the first row bold, and the next one not?"""
    return all(line.bold for line in group.lines) and not all(line.bold for line in run.rows[1].lines)


def _cut(above: Row | None, row: Row) -> bool:
    """Is a row the rest of the last one of the page before? Then its first cell is empty, and the others go on below theirs."""
    if above is None:
        return False

    def below(one: Cell, cells: Sequence[Cell]) -> bool:
        return any(one.box[0] < cell.box[2] and cell.box[0] < one.box[2] for cell in cells)

    first, *others = above.cells
    return all(below(cell, others) and not below(cell, [first]) for cell in row.cells)


def _table(run: Run, words: str, held: Held, path: tuple[str, ...]) -> Held:
    """The table that a first row of `words` begins, or goes on with."""
    columns = run.rows[0].edges
    if run.head:
        return Held(path, columns, (words,))
    if (
        held.path == path
        and len(held.columns) == len(columns)
        and tables.aligned(held.columns, columns, 9.0, numbers=True)
    ):
        return held
    named = not any(char.isdigit() for char in words) and len(words) <= LONGEST_NAME * len(columns)
    return Held(path, columns, (words,) if named else ())


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


def _groups(told: Told, lines: Sequence[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        above, row = told.rows.get(groups[-1][0].start) if groups else None, told.rows.get(line.start)
        if groups and (above == row if above or row else _goes_on(told, groups[-1], line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _goes_on(told: Told, group: Sequence[Line], line: Line) -> bool:
    text, body, tags, above = told.text, told.body, told.tags, group[-1]
    one, two = tags.get(above.start), tags.get(line.start)
    if one and two and (one.level, one.element if one.level else 0) != (two.level, two.element if two.level else 0):
        return False
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
    if (
        line.size <= footnotes.SMALLER * body.size
        and footnotes.BEGINS.match(words)
        and text[above.end - 1] in ".!?)”’»"
    ):
        return False
    indented = line.x0 - above.x0 > 0.8 * line.size and len(group) > 1
    return not (indented and text[above.end - 1] in ".:;!?।؟۔")


def _grouped(told: Told, pages: Sequence[Sequence[Line]], shown: Sequence[Page]) -> list[list[Group]]:
    """The groups of each page with their levels as headings and their columns."""
    grouped = [_groups(told, lines) for lines in pages]
    boxes = [[around(lines) for lines in groups] for groups in grouped]
    edges = page_columns.page_columns(boxes, [page.width for page in shown])
    found = []
    for groups, own, at in zip(grouped, boxes, edges, strict=True):
        texts = [told.text[lines[0].start : lines[-1].end] for lines in groups]
        levels = [_level(told, lines, texts, index) for index, lines in enumerate(groups)]
        places = [page_columns.place(box, at) for box in own]
        found.append(list(map(Group, groups, texts, levels, places)))
    return found


def _level(told: Told, lines: Sequence[Line], texts: Sequence[str], index: int) -> Level | None:
    if lines[0].start in told.rows:
        return None
    if told.tags:
        tag = told.tags.get(lines[0].start)
        return TAGGED[tag.level] if tag and tag.level else None
    return level(texts[index], lines, texts[index + 1] if index + 1 < len(texts) else "", told.body)


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
