# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Markdown and plain text -> Parsed. The file's own characters are the stored text; blocks are slices of it.

Knows ATX headings, list items, pipe tables and fenced code; a plain text has paragraphs only. It does not interpret
inline marks, links or embedded HTML: a quote shows them as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from wazi.parse.clean import decode
from wazi.parse.writer import Outline
from wazi.types import Block, BlockKind, Parsed

SETEXT = re.compile(r"=+[ \t]*$")
HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,4}[.)]|\(?[a-z]\))[ \t]+\S")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
RULE = re.compile(r"[ \t|:-]*-[ \t|:-]*$")
DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")


class Line(NamedTuple):
    """A line without its end, and the offset at which it starts."""

    start: int
    text: str


def parse(data: bytes, name: str) -> Parsed:
    """Parse Markdown. The title is the first heading of level 1."""
    text, problem = decode(data)
    reader = _Markdown()
    for line in _lines(text):
        reader.feed(line)
    reader.flush()
    return Parsed(text, tuple(reader.blocks), title=reader.title, problems=(problem,) if problem else ())


def parse_plain(data: bytes, name: str) -> Parsed:
    """Parse plain text: paragraphs are separated by empty lines."""
    text, problem = decode(data)
    blocks = []
    group: list[Line] = []
    for line in (*_lines(text), Line(len(text), "")):
        if line.text.strip():
            group.append(line)
        elif group:
            blocks.append(_block(group, BlockKind.PARAGRAPH, ()))
            group = []
    return Parsed(text, tuple(blocks), problems=(problem,) if problem else ())


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for line in text.split("\n"):
        yield Line(start, line)
        start += len(line) + 1


def _block(lines: list[Line], kind: BlockKind, path: tuple[str, ...]) -> Block:
    """One block over whole lines, without the blanks at its ends."""
    first, last = lines[0], lines[-1]
    start = first.start + len(first.text) - len(first.text.lstrip())
    return Block(start, last.start + len(last.text.rstrip()), kind, headings=path)


class _Markdown:
    """Takes line after line; `blocks` and `title` are complete after `flush`."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.title: str | None = None
        self._outline = Outline()
        self._group: list[Line] = []
        self._kind = BlockKind.PARAGRAPH
        self._fence = ""
        self._table = False

    def flush(self) -> None:
        """Close the block that is being collected."""
        if self._group:
            self.blocks.append(_block(self._group, self._kind, self._outline.path))
        self._group, self._kind = [], BlockKind.PARAGRAPH

    def feed(self, line: Line) -> None:
        """Take the next line."""
        mark = FENCE.match(line.text)
        if self._fence:
            self._code(line, closes=mark is not None and mark[1].startswith(self._fence))
        elif mark:
            self.flush()
            self._fence = mark[1]
        elif found := HEADING.match(line.text):
            self.flush()
            self._heading(line.start + found.start(2), found[2], len(found[1]))
        elif SETEXT.match(line.text) and len(self._group) == 1 and self._kind is BlockKind.PARAGRAPH:
            above = self._group.pop()
            self._heading(above.start, above.text.rstrip(), 1)
        else:
            self._prose(line)

    def _code(self, line: Line, *, closes: bool) -> None:
        if closes:
            self.flush()
            self._fence = ""
        elif line.text.strip():
            self._group.append(line)

    def _prose(self, line: Line) -> None:
        if DELIMITER.match(line.text) and len(self._group) == 1 and "|" in self._group[0].text:
            self._kind = BlockKind.TABLE_ROW  # the line above is the header of a table without outer pipes
            self.flush()
            self._table = True
            return
        starts = BlockKind.TABLE_ROW if self._table and "|" in line.text else _starts(line.text)
        self._table = self._table and starts is BlockKind.TABLE_ROW
        if starts or not line.text.strip() or self._kind is BlockKind.TABLE_ROW:
            self.flush()
        if line.text.strip() and not RULE.match(line.text):
            self._kind = starts or self._kind
            self._group.append(line)

    def _heading(self, start: int, text: str, level: int) -> None:
        if not text:
            return
        self.blocks.append(
            Block(start, start + len(text), BlockKind.HEADING, headings=self._outline.enter(text, (level,)))
        )
        if level == 1 and self.title is None:
            self.title = text


def _starts(line: str) -> BlockKind | None:
    """The kind of block that this line opens, None if it only goes on with a paragraph."""
    if ROW.match(line):
        return BlockKind.TABLE_ROW
    return BlockKind.LIST_ITEM if ITEM.match(line) else None
