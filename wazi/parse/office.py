# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""DOCX -> Parsed: headings by outline level, list items, table rows, text boxes and footnotes, in document order.

Deleted text of tracked changes is left out, inserted text is read. It does not know page breaks (Word decides them anew
each time), running headers, automatic numbers of lists and headings, or images.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from wazi.errors import InputError
from wazi.parse.clean import clean
from wazi.parse.writer import Writer, squeeze, stated_title
from wazi.types import BlockKind, Parsed

MAX_UNPACKED_MIB = 512
"""A DOCX that unpacks to more is taken for a zip bomb."""

P, TBL, TR, TC, TEXT, TAB = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "t", "tab"))
BREAKS = {qn("w:br"), qn("w:cr")}
NO_BREAK_HYPHEN = qn("w:noBreakHyphen")
TEXT_BOX = qn("w:txbxContent")
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LEFT_OUT = {FALLBACK, TEXT_BOX, qn("w:del"), qn("w:moveFrom"), qn("w:pPr")}


def parse(data: bytes, name: str) -> Parsed:
    """Parse a Word document. Raises InputError for a damaged, encrypted or dangerously large container."""
    _check_size(data, name)
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _Reader(document)
        reader.walk(document.element.body)
        reader.notes()
    except (PackageNotFoundError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError) as error:
        raise InputError(
            f"{name} is a damaged Word document ({type(error).__name__}): open and save it again"
        ) from error
    text, blocks = reader.writer.result()
    core = document.core_properties
    return Parsed(text, blocks, title=stated_title(core.title or ""), language=core.language.strip() or None)


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InputError(f"{name} is a damaged or truncated Word document ({error}): copy it again") from error
    unpacked_mib = sum(member.file_size for member in members) / 2**20
    if unpacked_mib > MAX_UNPACKED_MIB:
        raise InputError(
            f"{name} unpacks to {unpacked_mib:.0f} MiB, the limit is {MAX_UNPACKED_MIB}: split the document"
        )
    if any(member.flag_bits & 1 for member in members):
        raise InputError(f"{name} is encrypted with a password: save it without one and ingest again")


class _Reader:
    """Walks the body; `writer` collects."""

    def __init__(self, document: Docx) -> None:
        self.writer = Writer()
        self._document = document
        self._styles = {style.style_id: style for style in document.styles}
        self._after_item = False

    def walk(self, container: etree._Element) -> None:
        """Read the paragraphs and tables of a container in document order, through controls and tracked insertions."""
        for child in container:
            if child.tag == P:
                self._paragraph(child)
            elif child.tag == TBL:
                self._table(child)
            elif child.tag not in LEFT_OUT:
                self.walk(child)

    def notes(self) -> None:
        """Read the footnotes and endnotes, after everything else."""
        for kind in (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES):
            for relation in self._document.part.rels.values():
                if relation.reltype == kind and not relation.is_external:
                    for note in parse_xml(relation.target_part.blob):
                        if note.get(qn("w:type")) is None:
                            self.walk(note)

    def _paragraph(self, paragraph: etree._Element) -> None:
        text = _text(paragraph)
        level = self._level(paragraph)
        if level is not None:
            self.writer.heading(squeeze(text), level)
            self._after_item = False
        elif text.strip():
            item = self._is_item(paragraph)
            kind = BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH
            self.writer.add(text, kind, joined=item and self._after_item)
            self._after_item = item
        for box in _boxes(paragraph):
            self.walk(box)

    def _table(self, table: etree._Element) -> None:
        self._after_item = False
        rows = 0
        for row in table.iter(TR):
            cells = [squeeze(clean(" ".join(_text(p) for p in cell.iter(P)))) for cell in row.iterchildren(TC)]
            # A table inside a cell is read with its cell, not again by itself.
            if any(cells) and next(row.iterancestors(TC), None) is None:
                self.writer.row(cells, first=rows == 0, head=rows == 0 and _is_head(row))
                rows += 1

    def _level(self, paragraph: etree._Element) -> int | None:
        """0 for the title, 1 for the first outline level, None for body text."""
        for properties in self._properties(paragraph):
            found = properties.find(qn("w:outlineLvl"))
            if found is not None:
                outline = int(found.get(qn("w:val"), "9"))
                return outline + 1 if outline < 9 else None
        style = self._styles.get(_style_id(paragraph))
        return 0 if style is not None and style.name == "Title" else None

    def _is_item(self, paragraph: etree._Element) -> bool:
        return any(properties.find(qn("w:numPr")) is not None for properties in self._properties(paragraph))

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


def _is_head(row: etree._Element) -> bool:
    """Is the row repeated on every page, or all bold?"""
    if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
        return True
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
