# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""HTML -> Parsed: the content of a page with headings, list items and tables, in document order.

`wazi.parse.content` says what of a page is content. It runs no script and loads nothing, and it does not know style sheets:
text hidden by one is read.
"""

from __future__ import annotations

import re

from lxml import etree

from wazi.errors import InputError
from wazi.parse import tree
from wazi.parse.clean import bom_encoding, clean, decode
from wazi.parse.content import Content
from wazi.parse.writer import Slot, Writer, squeeze, stated_title
from wazi.types import BlockKind, Parsed

INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|q|s|samp|small|span|strike"
    "|strong|sub|sup|time|tt|u|var|wbr"
).fullmatch
HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Law portals of many countries serve Akoma Ntoso as spans that a style sheet turns into blocks.
AKN_BLOCKS = frozenset(
    ("akn-p", "akn-item", "akn-blockList", "akn-listIntroduction", "akn-listWrapUp", "akn-content", "akn-intro")
)
META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
CUT_OFF = re.compile(r"<[/a-zA-Z!][^<>]{0,2000}\Z")
MOST_ROWS = 65_534
"""That a cell may cover, by the standard."""


def parse(data: bytes, name: str) -> Parsed:
    """Parse a page. Language and title are those the page states. Raises InputError when there is no element in it."""
    text, problem = _decode(data)
    root, problems = _root(text, name)
    writer = Writer()
    _write(writer, root)
    title = stated_title(root.findtext(".//title") or "")
    return writer.parsed(title=title, language=_language(root), problems=([problem] if problem else []) + problems)


def write(writer: Writer, text: str, name: str) -> list[str]:
    """Write a page that is part of a document; returns its problems."""
    try:
        root, problems = _root(text, name)
    except InputError as error:
        return [str(error)]
    _write(writer, root)
    return problems


def _root(text: str, name: str) -> tuple[etree._Element, list[str]]:
    # An XML declaration in the text could name another encoding than the one it is handed over in.
    text = re.sub(r"\A\s*<\?xml[^>]*>", "", clean(text))
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{name} is a damaged page ({str(error)[:100]}): save it again") from error
    if root is None:
        raise InputError(f"{name} has no HTML element: check the file")
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        return root, ["the page is nested too deeply or damaged: its end may be missing"]
    if CUT_OFF.search(text):
        return root, ["the page ends inside a tag: its end is missing; copy it again"]
    return root, []


def _write(writer: Writer, root: etree._Element) -> None:
    content, walker = Content(root), _Walker(writer)
    for event, element in (walk := etree.iterwalk(root, events=("start", "end"))):
        if event == "start" and content.leaves_out(element):
            walk.skip_subtree()
            walker.hide(element)
        elif event == "start":
            walker.start(element)
        else:
            walker.end(element)
    walker.finish()


def _language(root: etree._Element) -> str | None:
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return stated.strip() or None


def _decode(data: bytes) -> tuple[str, str | None]:
    named = META_CHARSET.search(data[:8192])
    if named and not bom_encoding(data):
        encoding = named[1].decode("ascii").lower()
        # Browsers read these two as cp1252.
        encoding = "cp1252" if encoding in {"iso-8859-1", "us-ascii"} else encoding
        try:
            return clean(data.decode(encoding)), None
        except (LookupError, ValueError):
            pass  # the page misstates its encoding: read it as if it stated none
    return decode(data)


def _inline(element: etree._Element) -> bool:
    """Does the element go on with the line? A paragraph after the number of its item does."""
    if element.get("class") not in AKN_BLOCKS:
        return INLINE(element.tag) is not None
    before = element.getprevious()
    return before is not None and before.get("class") == "akn-num"


def _is_item(element: etree._Element) -> bool:
    return bool(element.tag == "li" or element.get("class") == "akn-item")


def _level(heading: etree._Element) -> int:
    """The level of a heading: parts of a law are nested, and all their headings are of one size."""
    depth = sum("akn-" in str(each.get("class")) for each in heading.iterancestors("section"))
    return HEADINGS[str(heading.tag)] + max(depth - 1, 0)


class _Walker:
    """Collects text between block elements. In a table of data a row is one piece; a layout table is only boxes."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._pieces: list[str] = []
        self._cells: list[Slot] | None = None
        self._names = 0
        self._items = 0
        self._in_list = 0
        self._skipped: set[etree._Element] = set()
        self._tables: list[bool] = []

    def hide(self, element: etree._Element) -> None:
        """Remember that the content of an element is not seen; its tail is."""
        self._skipped.add(element)

    def start(self, element: etree._Element) -> None:
        """Enter an element."""
        tag = element.tag
        if tag == "table":
            self._flush()
            self._tables.append(_holds_data(element))
            if self._in_data():
                self._writer.table()
        elif tag == "tr" and self._in_data():
            self._flush()
            self._cells, self._names = [], 0
        elif tag == "br":
            self._pieces.append("\n")
        elif not _inline(element):
            self._flush()
            self._in_list += _is_item(element)
        self._take(element.text, element)

    def end(self, element: etree._Element) -> None:
        """Leave an element, and take the text that follows it."""
        tag = element.tag
        if element in self._skipped:
            self._skipped.discard(element)
        elif tag in HEADINGS and self._cells is None:
            self._writer.heading(squeeze(self._gather()), _level(element))
            self._items = 0
        elif tag in {"td", "th"} and self._cells is not None:
            rows = tree.number(element, "rowspan", 1) or MOST_ROWS
            self._cells.append(Slot(self._gather(), rows, tree.number(element, "colspan", 1)))
            self._names += tag == "th"
        elif tag == "tr" and self._cells is not None:
            self._row(self._cells)
        elif tag == "table":
            self._flush()
            self._tables.pop()
        elif tag != "br" and not _inline(element):
            self._flush()
            self._in_list -= _is_item(element)
        elif element.get("class") == "akn-num":
            self._pieces.append(" ")
        self._take(element.tail, element.getparent())

    def finish(self) -> None:
        """Close what is open."""
        self._flush()

    def _in_data(self) -> bool:
        return bool(self._tables) and self._tables[-1]

    def _take(self, text: str | None, parent: etree._Element | None) -> None:
        if not text:
            return
        kept = parent is not None and parent.tag == "pre"
        self._pieces.append(text if kept else re.sub(r"[ \t\n\f\r]+", " ", text))

    def _gather(self) -> str:
        text = "".join(self._pieces)
        self._pieces = []
        return re.sub(r" {2,}", " ", re.sub(r" ?\n ?", "\n", text)).strip()

    def _flush(self) -> None:
        if self._cells is not None:
            self._pieces.append(" ")  # a block inside a cell only separates words
            return
        text = self._gather()
        if text:
            kind = BlockKind.LIST_ITEM if self._in_list else BlockKind.PARAGRAPH
            self._items = self._items + 1 if self._in_list else 0
            self._writer.add(text, kind, joined=self._items > 1)

    def _row(self, cells: list[Slot]) -> None:
        self._cells = None
        self._gather()
        # Names of rows stand beside data, those of columns by themselves.
        self._writer.row(cells, head=self._names == len(cells))
        self._items = 0


def _holds_data(table: etree._Element) -> bool:
    """A table with a table or a heading inside is there for the layout of the page."""
    return next(table.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is None and table.find(".//table") is None
