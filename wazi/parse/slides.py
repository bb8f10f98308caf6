# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PPTX -> Parsed: every slide a page, its title the heading of what else it shows, its notes at its end.

Pages have no boxes. Hidden slides, charts and diagrams are left out, and that is said. It does not know pictures, nor what a
slide takes from its master.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from wazi.parse import tree
from wazi.parse.package import Package
from wazi.parse.writer import Slot, Writer, squeeze, stated_title
from wazi.types import BlockKind, Parsed

PRESENTATION = "ppt/presentation.xml"
POINTS = 12_700
"""Units of the format in a point."""
TITLES = frozenset(("title", "ctrTitle"))
FURNITURE = frozenset(("dt", "ftr", "sldNum", "hdr"))
PICTURED = ("/chart", "/diagram")


def parse(data: bytes, name: str) -> Parsed:
    """Parse a presentation. Raises InputError for a damaged, encrypted or dangerously large container."""
    package = Package(data, name, "presentation")
    root, relations = package.xml(PRESENTATION), package.relations(PRESENTATION)
    size = tree.child(root, "sldSz")
    width, height = (tree.number(size, key, 0) / POINTS if size is not None else 0.0 for key in ("cx", "cy"))
    writer, hidden, pictured, missing = Writer(), [], [], []
    for number, entry in enumerate(tree.children(tree.child(root, "sldIdLst"), "sldId"), start=1):
        writer.page(width, height)
        _, part = relations.get(_relation(entry), ("", ""))
        if part not in package:
            missing.append(number)
            continue
        slide = package.xml(part)
        if slide.get("show") in {"0", "false"}:
            hidden.append(number)
            continue
        if _Slide(writer).read(slide):
            pictured.append(number)
        for kind, notes in package.relations(part).values():
            if kind == "notesSlide":
                _Slide(writer).notes(package.xml(notes))
    problems = [
        f"{what} {', '.join(map(str, numbers))}"
        for what, numbers in (
            ("missing from the file, save it again: slide", missing),
            ("hidden, so left out: slide", hidden),
            ("charts or diagrams were not read on slide", pictured),
        )
        if numbers
    ]
    return writer.parsed(title=_title(package), problems=problems)


def _relation(entry: etree._Element) -> str:
    """The id of a relation; an attribute `id` without a namespace is something else."""
    return next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")


def _title(package: Package) -> str | None:
    if "docProps/core.xml" not in package:
        return None
    found = tree.child(package.xml("docProps/core.xml"), "title")
    return stated_title(found.text or "") if found is not None else None


class _Slide:
    """Reads the shapes of one slide into the writer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._pictured = False

    def read(self, slide: etree._Element) -> bool:
        """Read all shapes, the title first; tells whether there was a chart or diagram."""
        shapes = list(_shapes(slide))
        for shape in sorted(shapes, key=lambda shape: _place(shape) not in TITLES):
            kind = _place(shape)
            if kind in FURNITURE:
                continue
            if kind in TITLES:
                self._writer.heading(squeeze(" ".join(text for text, _ in _paragraphs(shape))), 1)
            elif tree.local(shape) == "graphicFrame":
                self._frame(shape)
            else:
                self._body(shape, listed=kind in {"body", "obj"})
        return self._pictured

    def notes(self, notes: etree._Element) -> None:
        """Read what the speaker noted."""
        for shape in _shapes(notes):
            if _place(shape) == "body":
                self._body(shape, listed=False)

    def _body(self, shape: etree._Element, *, listed: bool) -> None:
        after = False
        paragraphs = [(text, deep) for text, deep in _paragraphs(shape) if text.strip()]
        listed = listed and len(paragraphs) > 1
        for text, _ in paragraphs:
            self._writer.add(text, BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH, joined=after and listed)
            after = True

    def _frame(self, frame: etree._Element) -> None:
        data = tree.child(frame, "graphic", "graphicData")
        table = tree.child(data, "tbl")
        if table is not None:
            named = tree.child(table, "tblPr")
            first_names = named is not None and named.get("firstRow") in {"1", "true"}
            self._writer.table()
            for count, row in enumerate(tree.children(table, "tr")):
                self._writer.row(list(_cells(row)), head=first_names and count == 0)
        elif data is not None and data.get("uri", "").endswith(PICTURED):
            self._pictured = True


def _shapes(slide: etree._Element) -> Iterator[etree._Element]:
    """Shapes and frames in drawing order, also those in groups; of alternatives the first."""
    return _within(tree.child(slide, "cSld", "spTree"))


def _within(group: etree._Element | None) -> Iterator[etree._Element]:
    for shape in tree.children(group, "sp", "graphicFrame", "grpSp", "AlternateContent"):
        kind = tree.local(shape)
        if kind == "grpSp":
            yield from _within(shape)
        elif kind == "AlternateContent":
            yield from _within(next(tree.children(shape, "Choice", "Fallback"), None))
        else:
            yield shape


def _place(shape: etree._Element) -> str:
    """Which placeholder of the layout a shape fills; empty: none."""
    holder = next(tree.within(shape[0], "ph"), None) if len(shape) else None
    return holder.get("type", "obj") if holder is not None else ""


def _paragraphs(shape: etree._Element) -> Iterator[tuple[str, int]]:
    """The paragraphs of a shape, each with its level from 0."""
    for paragraph in tree.children(tree.child(shape, "txBody"), "p"):
        properties = tree.child(paragraph, "pPr")
        yield _text(paragraph), tree.number(properties, "lvl", 0) if properties is not None else 0


def _text(paragraph: etree._Element) -> str:
    pieces = []
    for run in paragraph:
        kind = tree.local(run)
        if kind == "br":
            pieces.append("\n")
        elif kind in {"r", "fld"}:
            pieces.extend(text.text or "" for text in tree.children(run, "t"))
    return "".join(pieces)


def _cells(row: etree._Element) -> Iterator[Slot]:
    for cell in tree.children(row, "tc"):
        if cell.get("hMerge") in {"1", "true"} or cell.get("vMerge") in {"1", "true"}:
            continue
        text = " ".join(text for text, _ in _paragraphs(cell))
        yield Slot(text, tree.number(cell, "rowSpan", 1), tree.number(cell, "gridSpan", 1))
