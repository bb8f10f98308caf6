# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The tags of a tagged PDF -> what each line is: heading and its level, item of a list, cell, or an artifact to leave out.

Tags are believed only where they cover the text (`covering`), and about headings only where those that look like some
are tagged (`heading`): many programs write all text as paragraphs, or tag only some pages. It takes no order from them: the
order of the file is that of the tags where they are good.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from wazi.parse.glyphs import Source
from wazi.parse.tables import Line

DEEPEST = 64
"""Elements inside each other that are followed."""
COVERED = 0.9
"""Share of the characters that must be tagged, artifacts left out."""
MOST_HEADED = 0.3
"""Share of the characters in headings above which the tags are those of a style, not of a structure."""
MOST_ARTIFACTS = 0.2
"""The same of artifacts: more is text that somebody forgot to tag."""
HEADING = re.compile(r"H([1-6]?)")
AGREED = 0.6
"""Share of the lines that look like headings which must be tagged as such."""
ARTIFACT = "Artifact"


class Tag(NamedTuple):
    """The innermost telling role above a line's text, and the number of that element on its page."""

    role: str
    element: int

    @property
    def level(self) -> int | None:
        """1 to 6 for a heading, else None."""
        match = HEADING.fullmatch(self.role)
        return int(match[1] or 1) if match else None


def tags(page: pdfium.PdfPage, source: Source, lines: Sequence[Line]) -> dict[int, Tag]:
    """The tag of each line of a page by the line's start; lines outside of all tags are missing."""
    if not lines:
        return {}
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return {}
    try:
        by_content: dict[int, Tag] = {}
        for index in range(max(0, raw.FPDF_StructTree_CountChildren(tree))):
            _walk(raw.FPDF_StructTree_GetChildAtIndex(tree, index), Tag("", 0), by_content, 0)
    finally:
        raw.FPDF_StructTree_Close(tree)
    found = {}
    for line in lines:
        tag = by_content.get(source.marked_content(line.start))
        if tag is None and source.is_artifact(line.start):
            tag = Tag(ARTIFACT, 0)
        if tag:
            found[line.start] = tag
    return found


def covering(pages: Iterable[Sequence[Line]], found: Mapping[int, Tag]) -> bool:
    """Do the tags cover the text, and tell some of it as headings or artifacts but not most?"""
    total = tagged = headed = artifacts = 0
    for line in (line for lines in pages for line in lines):
        length, tag = line.end - line.start, found.get(line.start)
        if tag and tag.role == ARTIFACT:
            artifacts += length
            continue
        total += length
        tagged += length if tag else 0
        headed += length if tag and tag.level else 0
    return tagged >= COVERED * total and headed <= MOST_HEADED * total and artifacts <= MOST_ARTIFACTS * total


def heading(likely: Collection[int], found: Mapping[int, Tag]) -> bool:
    """Are the headings tagged, and not only some: most of those lines too that are `likely` headings by their type?"""
    tagged = {start for start, tag in found.items() if tag.level}
    return bool(tagged) and len(tagged & set(likely)) >= AGREED * len(likely)


def _walk(element: raw.FPDF_STRUCTELEMENT, above: Tag, by_content: dict[int, Tag], depth: int) -> None:
    if not element or depth > DEEPEST:
        return
    role = _role(element)
    # A Span says nothing, and a paragraph inside an item or a cell belongs to that.
    telling = HEADING.fullmatch(role) or role in {"LI", "TD", "TH", "TR", "Note", "Caption"}
    inside = above.role in {"LI", "TD", "TH", "TR", "Note", "Caption"} or HEADING.fullmatch(above.role)
    tag = Tag(role, len(by_content) + 1) if telling or (role == "P" and not inside) else above
    for index in range(max(0, raw.FPDF_StructElement_GetMarkedContentIdCount(element))):
        content = raw.FPDF_StructElement_GetMarkedContentIdAtIndex(element, index)
        if content >= 0:
            by_content.setdefault(content, tag)
    for index in range(max(0, raw.FPDF_StructElement_CountChildren(element))):
        _walk(raw.FPDF_StructElement_GetChildAtIndex(element, index), tag, by_content, depth + 1)


def _role(element: raw.FPDF_STRUCTELEMENT) -> str:
    buffer = ctypes.create_string_buffer(128)
    size = raw.FPDF_StructElement_GetType(element, buffer, len(buffer))
    return buffer.raw[: max(0, min(size, len(buffer)) - 2)].decode("utf-16-le", "replace")
