# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""ODT and ODS -> Parsed: headings by outline level, list items, tables, notes below the paragraph that they belong to.

Deleted text of tracked changes is left out, inserted text is read. Cells hold what the program showed when it saved. It does
not know pages, automatic numbers, running headers, and pictures; in a sheet, hidden rows and columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from wazi.errors import InputError
from wazi.parse import cells, tree
from wazi.parse.cells import MAX_CELLS, Row, Value
from wazi.parse.package import Package
from wazi.parse.writer import Slot, Writer, squeeze, stated_title
from wazi.types import BlockKind, Parsed

LEFT_OUT = frozenset(
    ("tracked-changes", "annotation", "annotation-end", "note", "note-citation", "ruby-text", "forms", "sequence-decls",
     "hidden-text", "table-header-columns", "table-columns", "title", "desc", "object", "shapes")
)  # fmt: skip
INDEXES = frozenset(("table-of-content", "alphabetical-index", "illustration-index", "table-index", "bibliography"))
MOST_BLANKS = 1000
UNNAMED = re.compile(r"(?:sheet|feuille|hoja|tabelle|planilha|foglio)\s*\d*", re.I)


def parse(data: bytes, name: str) -> Parsed:
    """Parse an OpenDocument text. Raises InputError for a damaged, encrypted or dangerously large container."""
    package, body = _opened(data, name, "text")
    reader = _Reader()
    reader.walk(body)
    title, language = _stated(package)
    return reader.writer.parsed(title=title, language=language)


def parse_sheet(data: bytes, name: str) -> Parsed:
    """Parse an OpenDocument spreadsheet. Raises InputError as `parse` does."""
    package, body = _opened(data, name, "spreadsheet")
    writer, left = Writer(), MAX_CELLS
    sheets = list(tree.children(body, "table"))
    for sheet in sheets:
        title = tree.attribute(sheet, "name")
        if len(sheets) > 1 or not UNNAMED.fullmatch(title):
            writer.heading(title, 1)
        rows, merges = [], []
        for row, merged in _sheet_rows(sheet):
            left -= len(row.cells)
            if left < 0:
                break
            rows.append(row)
            merges += merged
        cells.write(writer, rows, merges)
    title_of, language = _stated(package)
    return writer.parsed(title=title_of, language=language, problems=[cells.too_many(name)] if left < 0 else [])


def _opened(data: bytes, name: str, kind: str) -> tuple[Package, etree._Element]:
    package = Package(data, name, "OpenDocument file")
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise InputError(f"{name} is encrypted with a password: save it without one and ingest again")
    body = tree.child(package.xml("content.xml"), "body", kind)
    if body is None:
        raise InputError(f"{name} is a damaged OpenDocument file (it has no body): open and save it again")
    return package, body


def _stated(package: Package) -> tuple[str | None, str | None]:
    """Title and language that the file states."""
    if "meta.xml" not in package:
        return None, None
    meta = tree.child(package.xml("meta.xml"), "meta")
    title, language = tree.child(meta, "title"), tree.child(meta, "language")
    said = (language.text or "").strip() if language is not None else ""
    return stated_title(title.text or "") if title is not None else None, said or None


class _Reader:
    """Walks the body of a text; `writer` collects."""

    def __init__(self) -> None:
        self.writer = Writer()
        self._after_item = False

    def walk(self, container: etree._Element, *, listed: bool = False) -> None:
        """Read the paragraphs, lists and tables of a container in document order."""
        for child in container:
            kind = tree.local(child)
            if kind == "h":
                self._after_item = False
                self.writer.heading(squeeze(_text(child)), max(1, tree.number(child, "outline-level", 1)))
                self._anchored(child)
            elif kind == "p":
                self._paragraph(child, listed=listed)
            elif kind in {"list", "list-item", "list-header"}:
                self.walk(child, listed=True)
                self._after_item = self._after_item and listed
            elif kind == "table":
                self._table(child)
            elif kind and kind not in LEFT_OUT and kind not in INDEXES:
                self.walk(child, listed=listed)

    def _paragraph(self, paragraph: etree._Element, *, listed: bool) -> None:
        text = _text(paragraph)
        if text.strip():
            kind = BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH
            self.writer.add(text, kind, joined=listed and self._after_item)
            self._after_item = listed
        self._anchored(paragraph)

    def _anchored(self, paragraph: etree._Element) -> None:
        """Read the notes and text boxes of a paragraph below it."""
        for inner in list(tree.within(paragraph, "note-body", "text-box")):
            if next(inner.iterancestors(paragraph.tag), None) is paragraph:
                self._after_item = False
                self.walk(inner)

    def _table(self, table: etree._Element) -> None:
        self._after_item = False
        self.writer.table()
        for row, head in _rows(table):
            slots = []
            for cell in tree.children(row, "table-cell"):
                text = " ".join(_text(each) for each in tree.within(cell, "p", "h"))
                span = (tree.number(cell, f"number-{which}-spanned", 1) for which in ("rows", "columns"))
                slots.append(Slot(text, *span))
            self.writer.row(slots, head=head)
        for paragraph in list(tree.within(table, "p")):
            self._anchored(paragraph)


def _rows(table: etree._Element, *, head: bool = False) -> Iterator[tuple[etree._Element, bool]]:
    """The rows of a table, and whether they are repeated on every page."""
    for child in table:
        kind = tree.local(child)
        if kind == "table-row":
            yield child, head
        elif kind in {"table-header-rows", "table-rows", "table-row-group"}:
            yield from _rows(child, head=head or kind == "table-header-rows")


def _sheet_rows(sheet: etree._Element) -> Iterator[tuple[Row, list[cells.Merge]]]:
    """Rows that are not blank with their merged cells; repeated blank ones only count."""
    number = 1
    for element, _ in _rows(sheet):
        found: dict[int, Value] = {}
        merges: list[cells.Merge] = []
        column = 1
        for cell in tree.children(element, "table-cell", "covered-table-cell"):
            text = squeeze(" ".join(_text(each) for each in tree.children(cell, "p")))
            times = max(1, tree.number(cell, "number-columns-repeated", 1))
            if text and tree.local(cell) == "table-cell":
                numeric = tree.attribute(cell, "value-type") not in {"", "string"}
                for place in range(column, column + min(times, MOST_BLANKS)):
                    found[place] = Value(text, number=numeric)
                down, across = (tree.number(cell, f"number-{which}-spanned", 1) for which in ("rows", "columns"))
                if down > 1 or across > 1:
                    merges.append((number, column, number + down - 1, column + across - 1))
            column += times
        repeated = max(1, tree.number(element, "number-rows-repeated", 1))
        if found:
            for again in range(min(repeated, MOST_BLANKS)):
                yield Row(number + again, found), merges if not again else []
        number += repeated


def _text(element: etree._Element) -> str:
    """The text of a paragraph with its inserted parts, without notes and text boxes."""
    pieces = [element.text or ""]
    for child in element:
        kind = tree.local(child)
        if kind == "s":
            pieces.append(" " * min(tree.number(child, "c", 1), MOST_BLANKS))
        elif kind == "tab":
            pieces.append("\t")
        elif kind == "line-break":
            pieces.append("\n")
        elif kind not in LEFT_OUT and kind not in {"text-box", ""}:
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
