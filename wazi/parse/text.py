# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Markdown and plain text -> Parsed. The stored text is what a person reads: Markdown's marks are taken out of it.

Knows headings, list items (their bullets stay), pipe tables and fenced code, and leaves out comments and front matter.
`wazi.parse.inline` knows the marks inside a line. A plain text has paragraphs only and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from wazi.parse.clean import decode
from wazi.parse.inline import Inline
from wazi.parse.writer import Writer, squeeze
from wazi.types import Block, BlockKind, Parsed

UNDERLINE = re.compile(r" {0,3}(=+|-{3,})[ \t]*$")
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$")
ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,4}[.)]|\(?[a-z]\))[ \t]+(?=\S)")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
PIPE = re.compile(r"(?<!\\)\|")
QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.M)
COMMENT = re.compile(r"(^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\2[^\n]*$)|<!--.*?(?:-->|\Z)", re.M | re.S)
FRONT_MATTER = re.compile(
    r"\A(---|\+\+\+)[ \t]*\n((?:[ \t]*\n|[ \t#-].*\n|[\w.-]+[ \t]*[:=].*\n)+)(?:\1|\.\.\.)[ \t]*(?:\n|\Z)"
)
FRONT_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.M)


class Line(NamedTuple):
    """A line without its end, and the offset at which it starts."""

    start: int
    text: str


def parse(data: bytes, name: str) -> Parsed:
    """Parse Markdown. The title is the first heading of level 1, else that of the front matter."""
    source, problem = decode(data)
    title = None
    if front := FRONT_MATTER.match(source):
        source = source[front.end() :]
        named = FRONT_TITLE.search(front[2])
        title = squeeze(named[1]) if named else None
    source = COMMENT.sub(lambda match: match[1] or "", source)
    reader = _Markdown(Inline(source))
    for line in source.split("\n"):
        reader.feed(line)
    reader.flush()
    return reader.writer.parsed(title=reader.title or title, problems=(problem,) if problem else ())


def parse_plain(data: bytes, name: str) -> Parsed:
    """Parse plain text: paragraphs are separated by empty lines."""
    text, problem = decode(data)
    blocks = []
    group: list[Line] = []
    for line in (*_lines(text), Line(len(text), "")):
        if line.text.strip():
            group.append(line)
        elif group:
            blocks.append(_paragraph(group))
            group = []
    return Parsed(text, tuple(blocks), problems=(problem,) if problem else ())


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for line in text.split("\n"):
        yield Line(start, line)
        start += len(line) + 1


def _paragraph(lines: list[Line]) -> Block:
    """One block over whole lines, without the blanks at its ends."""
    first, last = lines[0], lines[-1]
    start = first.start + len(first.text) - len(first.text.lstrip())
    return Block(start, last.start + len(last.text.rstrip()), BlockKind.PARAGRAPH)


class _Markdown:
    """Takes line after line; `writer` and `title` are complete after `flush`."""

    def __init__(self, inline: Inline) -> None:
        self.writer = Writer()
        self.title: str | None = None
        self._inline = inline
        self._group: list[str] = []
        self._kind = BlockKind.PARAGRAPH
        self._fence = ""
        self._rows = 0
        self._in_list = False

    def flush(self, *, head: bool = False) -> None:
        """Close the block that is being collected; `head`: it names the columns of a table."""
        lines, kind = self._group, self._kind
        self._group, self._kind = [], BlockKind.PARAGRAPH
        if not lines:
            return
        if kind is BlockKind.TABLE_ROW:
            if not self._rows:
                self.writer.table()
            self.writer.row(self._cells(lines[0]), head=head)
            self._rows += 1
        else:
            text = "\n".join(lines)
            mark = ITEM.match(text) if kind is BlockKind.LIST_ITEM else None
            start = mark.end() if mark else 0
            words = text[:start] + self._inline.read(QUOTED.sub("", text[start:]))
            self.writer.add(words, kind, joined=kind is BlockKind.LIST_ITEM and self._in_list)
        self._in_list = kind is BlockKind.LIST_ITEM

    def feed(self, line: str) -> None:
        """Take the next line."""
        mark = FENCE.match(line)
        if self._fence:
            self._code(line, closes=mark is not None and mark[1].startswith(self._fence))
        elif mark:
            self._close_table()
            self._fence = mark[1]
        elif found := HEADING.match(line):
            self._close_table()
            self._heading(found[2] or "", len(found[1]))
        elif (under := UNDERLINE.match(line)) and len(self._group) == 1 and self._kind is BlockKind.PARAGRAPH:
            words, self._group = self._group[0], []
            self._heading(words, 1 if under[1][0] == "=" else 2)
        else:
            self._prose(line)

    def _code(self, line: str, *, closes: bool) -> None:
        if not closes:
            self._group.append(line)
            return
        self.writer.add("\n".join(self._group).strip("\n"))
        self._group, self._fence, self._in_list = [], "", False

    def _prose(self, line: str) -> None:
        if DELIMITER.match(line) and len(self._group) == 1 and "|" in self._group[0]:
            self._kind = BlockKind.TABLE_ROW  # the line above names the columns, with or without outer pipes
            self._rows = 0
            self.flush(head=True)
            return
        starts = BlockKind.TABLE_ROW if self._rows and "|" in line else _starts(line)
        if starts is not BlockKind.TABLE_ROW and (self._rows or self._kind is BlockKind.TABLE_ROW):
            self._close_table()
        if starts or not line.strip():
            self.flush()
        if line.strip() and not RULE.match(line):
            self._kind = starts or self._kind
            self._group.append(line)

    def _close_table(self) -> None:
        self.flush()
        self._rows = 0

    def _heading(self, text: str, level: int) -> None:
        words = squeeze(self._inline.read(text))
        self.writer.heading(words, level)
        self._in_list = False
        if level == 1 and self.title is None:
            self.title = words or None

    def _cells(self, line: str) -> list[str]:
        inner = re.sub(r"(?<!\\)\|$", "", line.strip().removeprefix("|"))
        return [self._inline.read(cell.replace("\\|", "|")) for cell in PIPE.split(inner)]


def _starts(line: str) -> BlockKind | None:
    """The kind of block that this line opens, None if it only goes on with a paragraph."""
    if ROW.match(line):
        return BlockKind.TABLE_ROW
    return BlockKind.LIST_ITEM if ITEM.match(line) and not RULE.match(line) else None
