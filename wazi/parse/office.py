# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""DOCX -> Parsed: headings by outline level, list items with their numbers, tables, text boxes and notes, in document order.

Deleted text of tracked changes is left out, inserted text is read; a note stands below the paragraph or table that refers to
it. It does not know page breaks (Word decides them anew each time), running headers, or images.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

import docx
from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from wazi.errors import InputError
from wazi.parse import tree
from wazi.parse.clean import clean
from wazi.parse.numbering import Numbering
from wazi.parse.package import Package
from wazi.parse.writer import Slot, Writer, squeeze, stated_title
from wazi.types import BlockKind, Parsed

P, TBL, TR, TC, TEXT, TAB = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "t", "tab"))
BREAKS = {qn("w:br"), qn("w:cr")}
NO_BREAK_HYPHEN = qn("w:noBreakHyphen")
TEXT_BOX = qn("w:txbxContent")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LEFT_OUT = {FALLBACK, TEXT_BOX, qn("w:del"), qn("w:moveFrom"), qn("w:pPr")}
DELETED = (f"{qn('w:trPr')}/{qn('w:del')}", f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}")
NOTES = {
    qn("w:footnoteReference"): RELATIONSHIP_TYPE.FOOTNOTES,
    qn("w:endnoteReference"): RELATIONSHIP_TYPE.ENDNOTES,
}
DAMAGE = (PackageNotFoundError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, AttributeError, OSError)
"""What python-docx and lxml raise for a part that is missing, damaged or holds another kind of element."""


def parse(data: bytes, name: str) -> Parsed:
    """Parse a Word document. Raises InputError for a damaged, encrypted or dangerously large container."""
    package = Package(data, name, "Word document")
    for member in package.members:
        if member.startswith("word/") and member.endswith(".xml"):
            tree.refuse_entities(package.read(member), name)  # python-docx would leave their places empty
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _Reader(document)
        reader.walk(document.element.body)
        core = document.core_properties
        title, language = stated_title(core.title or ""), core.language.strip() or None
    except DAMAGE as error:
        raise InputError(
            f"{name} is a damaged Word document ({type(error).__name__}): open and save it again"
        ) from error
    return reader.writer.parsed(title=title, language=language)


class _Reader:
    """Walks the body; `writer` collects."""

    def __init__(self, document: Docx) -> None:
        self.writer = Writer()
        self._styles = {style.style_id: style for style in document.styles}
        self._after_item = False
        parts = {rel.reltype: rel.target_part for rel in document.part.rels.values() if not rel.is_external}
        numbering = parts.get(RELATIONSHIP_TYPE.NUMBERING)
        self._numbering = Numbering(parse_xml(numbering.blob) if numbering is not None else None)
        self._notes = {
            (tag, note.get(qn("w:id"))): note
            for tag, kind in NOTES.items()
            if kind in parts
            for note in parse_xml(parts[kind].blob)
        }

    def walk(self, container: etree._Element) -> None:
        """Read the paragraphs and tables of a container in document order, through controls and tracked insertions."""
        for child in container:
            if child.tag == P:
                self._paragraph(child)
            elif child.tag == TBL:
                self._table(child)
            elif child.tag not in LEFT_OUT:
                self.walk(child)

    def _paragraph(self, paragraph: etree._Element) -> None:
        text = _text(paragraph)
        level = self._level(paragraph)
        list_id, depth = self._list_of(paragraph)
        if list_id and (text.strip() or not _is_deleted(paragraph)):
            mark = self._numbering.next(list_id, depth)
            text = f"{mark} {text.lstrip()}" if mark and text.strip() else text
        if level is not None:
            self.writer.heading(squeeze(text), level)
            self._after_item = False
        elif text.strip():
            kind = BlockKind.LIST_ITEM if list_id else BlockKind.PARAGRAPH
            self.writer.add(text, kind, joined=bool(list_id) and self._after_item)
            self._after_item = bool(list_id)
        for box in _boxes(paragraph):
            self.walk(box)
        self._notes_of(paragraph)

    def _notes_of(self, element: etree._Element) -> None:
        """Read the notes that an element refers to, each once."""
        for reference in list(element.iter(*NOTES)):
            note = self._notes.pop((reference.tag, reference.get(qn("w:id"))), None)
            if note is not None:
                self._after_item = False
                self.walk(note)

    def _table(self, table: etree._Element) -> None:
        self._after_item = False
        self.writer.table()
        # A table inside a cell is read with its cell, not again by itself.
        rows = [row for row in table.iter(TR) if next(row.iterancestors(TBL), None) is table and not _is_deleted(row)]
        places = [list(_places(row)) for row in rows]
        for number, row in enumerate(rows):
            slots = [
                Slot(_cell_text(cell), _reach(places, number, column), width)
                for column, width, cell in places[number]
                if not (number and _goes_on(cell))
            ]
            indent = places[number][0][0] if places[number] else 0
            self.writer.row(
                [Slot("", columns=indent), *slots] if indent else slots, head=_is_head(row, first=number == 0)
            )
        self._notes_of(table)

    def _level(self, paragraph: etree._Element) -> int | None:
        """0 for the title, 1 for the first outline level, None for body text."""
        for properties in self._properties(paragraph):
            found = properties.find(qn("w:outlineLvl"))
            if found is not None:
                outline = int(found.get(qn("w:val"), "9"))
                return outline + 1 if outline < 9 else None
        style = self._styles.get(_style_id(paragraph))
        return 0 if style is not None and style.name == "Title" else None

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        """The id of the list that a paragraph is an item of, and its level from 0; an empty id: of none."""
        level = None
        for properties in self._properties(paragraph):
            found = properties.find(qn("w:numPr"))
            if found is None:
                continue
            depth, named = found.find(qn("w:ilvl")), found.find(qn("w:numId"))
            if level is None and depth is not None:
                level = int(depth.get(qn("w:val"), "0"))
            if named is not None:
                list_id = named.get(qn("w:val"), "0")
                return ("", 0) if list_id == "0" else (str(list_id), level or 0)
        return "", 0

    def _properties(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        """The paragraph's own properties, then those of its style and of the styles that one is based on."""
        own = paragraph.find(qn("w:pPr"))
        if own is not None:
            yield own
        seen = set()
        style_id = _style_id(paragraph)
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            element = self._styles[style_id].element
            properties = element.find(qn("w:pPr"))
            if properties is not None:
                yield properties
            base = element.find(qn("w:basedOn"))
            style_id = base.get(qn("w:val")) if base is not None else None


Place = tuple[int, int, etree._Element]
"""First column, columns, cell."""


def _is_deleted(element: etree._Element) -> bool:
    """Is the row, or the mark at the end of the paragraph, deleted by a tracked change?"""
    return any(element.find(path) is not None for path in DELETED)


def _places(row: etree._Element) -> Iterator[Place]:
    column = 0
    before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
    if before is not None:
        column = int(before.get(qn("w:val"), "0"))
    for cell in row.iter(TC):
        if next(cell.iterancestors(TR), None) is row:
            span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            width = max(1, int(span.get(qn("w:val"), "1"))) if span is not None else 1
            yield column, width, cell
            column += width


def _goes_on(cell: etree._Element) -> bool:
    """Does the cell go on with the one above it?"""
    merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merged is not None and merged.get(qn("w:val"), "continue") == "continue"


def _reach(places: Sequence[Sequence[Place]], row: int, column: int) -> int:
    """How many rows a cell covers: its own and those below whose cell in its column goes on with it."""
    below = row + 1
    while below < len(places) and any(first == column and _goes_on(cell) for first, _, cell in places[below]):
        below += 1
    return below - row


def _cell_text(cell: etree._Element) -> str:
    return squeeze(clean(" ".join(_text(paragraph) for paragraph in cell.iter(P))))


def _is_head(row: etree._Element, *, first: bool) -> bool:
    """Is the row repeated on every page, or the first one and all bold?"""
    repeated = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}")
    if repeated is not None or not first:
        return repeated is not None
    runs = [run for run in row.iter(qn("w:r")) if _text(run).strip()]
    bold = [run.find(f"{qn('w:rPr')}/{qn('w:b')}") for run in runs]
    return bool(bold) and all(mark is not None and mark.get(qn("w:val")) not in {"0", "false"} for mark in bold)


def _style_id(paragraph: etree._Element) -> str | None:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    value = style.get(qn("w:val")) if style is not None else None
    return str(value) if value is not None else None


def _text(element: etree._Element) -> str:
    pieces: list[str] = []
    for child in element:
        if child.tag == TEXT:
            pieces.append(child.text or "")
        elif child.tag == TAB:
            pieces.append("\t")
        elif child.tag in BREAKS:
            pieces.append("\n")
        elif child.tag == NO_BREAK_HYPHEN:
            pieces.append("-")
        elif child.tag not in LEFT_OUT:
            pieces.append(_text(child))
    return "".join(pieces)


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The outermost text boxes anchored in a paragraph; the fallback copy for old readers is not one."""
    for child in element:
        if child.tag == TEXT_BOX:
            yield child
        elif child.tag != FALLBACK:
            yield from _boxes(child)
