# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Helpers of the parts: `Outline` keeps the path of headings, `Writer` joins pieces into a text with blocks.

Pieces are separated by an empty line, rows of one table and items of one list by a line end. The names of a table's
columns are the last heading of its rows. They know no file format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wazi.parse.clean import clean
from wazi.types import Block, BlockKind

Level = tuple[float, ...]
CELL = " | "
SHORTEST_TITLE = 4
"""Letters."""
PROGRAM_TITLE = re.compile(
    r"^(?:microsoft (?:word|excel|powerpoint)\b|(?:activereports|word|new|untitled|scanned) (?:document|page)\b|untitled\b"
    r"|sans (?:titre|nom)\b|sin t[ií]tulo\b|(?:document|dokument|documento|page|slide|scan|title|powerpoint presentation)"
    r"[\s\d()]*$)|\.(?:docx?|xlsx?|pptx?|indd|pdf|qxd|wpd|rtf|odt|html?)$",
    re.I,
)


def squeeze(text: str) -> str:
    """The text with every run of blanks as one blank: how a heading stands in a path."""
    return " ".join(text.split())


def stated_title(text: str) -> str | None:
    """The title a file states, None where a program left its own words or the name of another file there."""
    title = squeeze(clean(text))
    worthless = PROGRAM_TITLE.search(title) or sum(char.isalpha() for char in title) < SHORTEST_TITLE
    return None if worthless else title


class Outline:
    """The path of headings in force; a smaller level is further out."""

    def __init__(self) -> None:
        self._open: list[tuple[Level, str]] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above what comes next, outermost first."""
        return tuple(text for _, text in self._open)

    def enter(self, text: str, level: Level) -> tuple[str, ...]:
        """Open a heading; returns the path above it. One that repeats a heading above it takes that one's place."""
        words = squeeze(text)
        for index, (outer, name) in enumerate(self._open):
            if name == words:
                del self._open[index:]
                level = outer
                break
        while self._open and not self._open[-1][0] < level:
            self._open.pop()
        above = self.path
        self._open.append((level, words))
        return above


class Writer:
    """Collects pieces in reading order and knows the offset of each."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._outline = Outline()
        self._columns: tuple[str, ...] = ()

    def heading(self, text: str, level: int) -> None:
        """Add a heading of level 0 (the title) and deeper; blank ones are ignored."""
        text = clean(text).strip()
        if text:
            self._add(text, BlockKind.HEADING, self._outline.enter(text, (level,)), "\n\n")

    def add(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, *, joined: bool = False) -> None:
        """Add a piece; `joined` puts it on the line after the last piece, as rows of one table are."""
        text = clean(text).strip()
        if text:
            self._add(text, kind, self._outline.path, "\n" if joined else "\n\n")

    def row(self, cells: Sequence[str], *, first: bool, head: bool = False) -> None:
        """Add a row of a table. A `head` only names the columns; without one the `first` row does unless it has numbers."""
        text = CELL.join(clean(squeeze(cell)) for cell in cells).rstrip(" |")
        if first:
            self._columns = ()
        kind = BlockKind.HEADING if head else BlockKind.TABLE_ROW
        self._add(text.strip(), kind, (*self._outline.path, *self._columns), "\n\n" if first else "\n")
        if first and (head or not any(char.isdigit() for char in text)):
            self._columns = (squeeze(text),)

    def _add(self, text: str, kind: BlockKind, path: tuple[str, ...], gap: str) -> None:
        if self._parts:
            self._parts.append(gap)
            self._length += len(gap)
        self._blocks.append(Block(self._length, self._length + len(text), kind, headings=path))
        self._parts.append(text)
        self._length += len(text)

    def result(self) -> tuple[str, tuple[Block, ...]]:
        """The text and its blocks."""
        return "".join(self._parts), tuple(self._blocks)
