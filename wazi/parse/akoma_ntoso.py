# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Akoma Ntoso XML -> Parsed: a law with the numbers and headings of its parts as the heading path.

Follows the element names of OASIS LegalDocML, Akoma Ntoso 1.0, which earlier drafts share. The dates that the file states of
itself stand in its first paragraph. It does not know the modifications that a file describes, nor what it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from wazi.errors import InputError
from wazi.languages import tag
from wazi.parse import tree
from wazi.parse.writer import Slot, Writer, squeeze
from wazi.types import BlockKind, Parsed

PARTS = frozenset(
    ("book", "tome", "part", "subpart", "title", "subtitle", "chapter", "subchapter", "division", "subdivision", "section",
     "subsection", "article", "rule", "subrule", "level", "proviso", "clause", "paragraph", "subparagraph", "point", "indent",
     "alinea", "list", "transitional", "hcontainer", "item")
)  # fmt: skip
HEADED = frozenset(
    ("book", "tome", "part", "subpart", "title", "subtitle", "chapter", "subchapter", "division", "subdivision", "section",
     "article", "rule")
)  # fmt: skip
"""Parts that are headings by their number alone; the others only with a heading of their own."""
TEXTS = frozenset(
    ("p", "listIntroduction", "listWrapUp", "longTitle", "formula", "docTitle", "block", "heading", "subheading", "crossHeading",
     "wrapUp", "intro", "recital", "citation", "li", "tocItem")
)  # fmt: skip
UNREAD = frozenset(("meta", "toc", "authorialNote", "remark", "num", "heading", "subheading", "img"))
DOCUMENT_TITLES = ("docTitle", "shortTitle")
STATED_DATES = ("FRBRWork", "FRBRExpression")


def parse(data: bytes, name: str) -> Parsed:
    """Parse a law. Raises InputError for damaged XML and for a file without a document in it."""
    root = tree.read(data, name)
    documents = [each for each in root if tree.local(each)]
    if not documents:
        raise InputError(f"{name} is an Akoma Ntoso file without a document in it: check how it was exported")
    reader = _Reader()
    title = _title(documents[0])
    if title:
        reader.writer.heading(title, 0)
    dates = list(dict.fromkeys(_dates(documents[0])))
    if dates:
        reader.writer.add("; ".join(dates))
    for document in documents:
        reader.walk(document, 1)
    language = next((tree.attribute(each, "language") for each in tree.within(root, "FRBRlanguage")), "")
    return reader.writer.parsed(title=title, language=tag(language.strip()) or None)


def _title(document: etree._Element) -> str | None:
    """The title on the law's first page, else its alias."""
    for part in tree.within(document, "preface", "coverPage"):
        for name in DOCUMENT_TITLES:
            found = next(tree.within(part, name), None)
            if found is not None and (text := squeeze(_text(found))):
                return text
    alias = next(tree.within(document, "FRBRalias"), None)
    return squeeze(tree.attribute(alias, "value")) or None if alias is not None else None


def _dates(document: etree._Element) -> Iterator[str]:
    """What the file states of its dates, such as `Enactment 2019-03-01`."""
    identification = next(tree.within(document, "identification"), None)
    for level in STATED_DATES:
        for date in tree.children(tree.child(identification, level), "FRBRdate"):
            if day := tree.attribute(date, "date"):
                yield squeeze(f"{tree.attribute(date, 'name').replace('-', ' ')} {day}")


class _Reader:
    """Walks a document; `writer` collects. `_mark` is the number that waits for its words."""

    def __init__(self) -> None:
        self.writer = Writer()
        self._mark = ""
        self._items = 0

    def walk(self, element: etree._Element, level: int) -> None:
        """Read what an element holds; `level` is that of the next heading in it."""
        for child in element:
            kind = tree.local(child)
            if kind in UNREAD or not kind:
                continue
            if kind in PARTS:
                self._part(child, kind, level)
            elif kind == "table":
                self._table(child)
            elif (kind in TEXTS and not _holds_blocks(child)) or _stands_alone(child):
                self._paragraph(child)
            else:
                self._headed(child, level)

    def _headed(self, element: etree._Element, level: int) -> None:
        """A container that is no part of the law, such as its preface or a schedule: its heading counts as well."""
        heading = _heading(element)
        if heading:
            self._close()
            self.writer.heading(heading, level)
            level += 1
        self.walk(element, level)

    def _part(self, element: etree._Element, kind: str, level: int) -> None:
        mark, heading = _number(element), _heading(element)
        if heading or kind in HEADED:
            self._close()
            words = squeeze(f"{mark} {heading}")
            if words:
                self.writer.heading(words, level)
            self.walk(element, level + bool(words))
            self._close()
        else:
            self._mark = squeeze(f"{self._mark} {mark}")
            self.walk(element, level)
            if mark and self._mark.endswith(mark):
                self._close()

    def _paragraph(self, element: etree._Element) -> None:
        text = _text(element).strip()
        if text:
            mark, self._mark = self._mark, ""
            kind = BlockKind.LIST_ITEM if mark else BlockKind.PARAGRAPH
            self._items = self._items + 1 if mark else 0
            self.writer.add(f"{mark} {text}" if mark else text, kind, joined=self._items > 1)
        for note in list(tree.within(element, "authorialNote")):
            self._items = 0
            self.writer.add(" ".join(_text(each) for each in note) or _text(note))

    def _close(self) -> None:
        """Write a number that found no words."""
        if self._mark:
            self.writer.add(self._mark)
        self._mark, self._items = "", 0

    def _table(self, table: etree._Element) -> None:
        self._close()
        self.writer.table()
        for row in tree.within(table, "tr"):
            cells = list(tree.children(row, "td", "th"))
            slots = [Slot(_text(c), tree.number(c, "rowspan", 1), tree.number(c, "colspan", 1)) for c in cells]
            self.writer.row(slots, head=bool(cells) and all(tree.local(cell) == "th" for cell in cells))


def _number(element: etree._Element) -> str:
    found = tree.child(element, "num")
    return squeeze(_text(found)) if found is not None else ""


def _heading(element: etree._Element) -> str:
    words = [_text(each) for each in tree.children(element, "heading", "subheading")]
    return squeeze(" ".join(words))


def _holds_blocks(element: etree._Element) -> bool:
    return any(tree.local(each) in TEXTS or tree.local(each) in PARTS for each in element)


def _stands_alone(element: etree._Element) -> bool:
    """Is it text of its own, such as a place and date before a signature?"""
    direct = (element.text or "") + "".join(child.tail or "" for child in element)
    return bool(direct.strip())


def _text(element: etree._Element) -> str:
    """All text without notes; line ends of the file are blanks, those of the law are kept."""
    pieces = [re.sub(r"\s+", " ", element.text or "")]
    for child in element:
        kind = tree.local(child)
        if kind in {"eol", "br"}:
            pieces.append("\n")
        elif kind and kind not in {"authorialNote", "remark"}:
            blank = " " if kind in TEXTS or kind in PARTS or kind == "num" else ""
            pieces.append(f"{blank}{_text(child)}{blank}")
        pieces.append(re.sub(r"\s+", " ", child.tail or ""))
    return re.sub(r" ?\n ?", "\n", re.sub(r" {2,}", " ", "".join(pieces)))
