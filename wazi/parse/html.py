# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""HTML -> Parsed: the visible text with headings, list items and table rows, in document order.

Leaves out scripts, styles, navigation, controls and what is marked as hidden. It runs no script and loads nothing, and it
does not know style sheets: text hidden by one is read.
"""

from __future__ import annotations

import re

from lxml import etree

from wazi.errors import InputError
from wazi.parse.clean import bom_encoding, clean, decode
from wazi.parse.writer import Writer, stated_title
from wazi.types import Block, BlockKind, Parsed

UNSEEN = re.compile(
    "script|style|noscript|template|nav|head|svg|math|iframe|object|embed|select|button|input|textarea|dialog|canvas|audio"
    "|video|map"
).fullmatch
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
HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def parse(data: bytes, name: str) -> Parsed:
    """Parse a page. Language and title are those the page states. Raises InputError when there is no element in it."""
    text, problem = _decode(data)
    # An XML declaration in the text could name another encoding than the one it is handed over in.
    text = re.sub(r"\A\s*<\?xml[^>]*>", "", text)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8"), parser)
    if root is None:
        raise InputError(f"{name} has no HTML element: check the file")
    problems = [problem] if problem else []
    if any(entry.level_name == "FATAL" for entry in parser.error_log):
        problems.append("the page is nested too deeply or damaged: its end may be missing")
    walker = _Walker()
    for event, element in (walk := etree.iterwalk(root, events=("start", "end"))):
        if event == "start" and _hidden(element):
            walk.skip_subtree()
            walker.hide(element)
        elif event == "start":
            walker.start(element)
        else:
            walker.end(element)
    stored, blocks = walker.result()
    title = root.findtext(".//title")
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return Parsed(
        stored,
        blocks,
        title=stated_title(title or ""),
        language=language.strip() or None if language else None,
        problems=tuple(problems),
    )


def _decode(data: bytes) -> tuple[str, str | None]:
    named = META_CHARSET.search(data[:8192])
    if named and not bom_encoding(data):
        encoding = named[1].decode("ascii").lower()
        # Browsers read these two as cp1252.
        encoding = "cp1252" if encoding in {"iso-8859-1", "us-ascii"} else encoding
        try:
            return clean(data.decode(encoding)), None
        except (LookupError, UnicodeDecodeError):
            pass  # the page misstates its encoding: read it as if it stated none
    return decode(data)


def _hidden(element: etree._Element) -> bool:
    if UNSEEN(element.tag) or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return element.get("role") == "navigation" or bool(HIDING_STYLE.search(element.get("style") or ""))


def _inline(element: etree._Element) -> bool:
    """Does the element go on with the line? A paragraph after the number of its item does."""
    if element.get("class") not in AKN_BLOCKS:
        return INLINE(element.tag) is not None
    before = element.getprevious()
    return before is not None and before.get("class") == "akn-num"


def _is_item(element: etree._Element) -> bool:
    return bool(element.tag == "li" or element.get("class") == "akn-item")


class _Walker:
    """Collects text between block elements. In a table of data a row is one piece; a layout table is only boxes."""

    def __init__(self) -> None:
        self._writer = Writer()
        self._pieces: list[str] = []
        self._cells: list[str] | None = None
        self._names = 0
        self._rows = 0
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
            self._rows = 0
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
            self._writer.heading(self._gather().replace("\n", " "), HEADINGS[tag])
            self._items = 0
        elif tag in {"td", "th"} and self._cells is not None:
            self._cells.append(self._gather())
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

    def result(self) -> tuple[str, tuple[Block, ...]]:
        """The text and its blocks."""
        self._flush()
        return self._writer.result()

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

    def _row(self, cells: list[str]) -> None:
        self._cells = None
        self._gather()
        if any(cells):
            # Names of rows stand beside data, those of columns by themselves.
            self._writer.row(cells, first=self._rows == 0, head=self._rows == 0 and self._names == len(cells))
            self._rows += 1
            self._items = 0


def _holds_data(table: etree._Element) -> bool:
    """A table with a table or a heading inside is there for the layout of the page."""
    return next(table.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is None and table.find(".//table") is None
