# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Footnotes of a page -> behind the group of lines that anchors them, instead of at the foot.

A footnote is small type at the foot of a column that begins with a number or a sign which the text above has right behind a
word. One without such an anchor stays where it is. It does not join a footnote that goes on on the next page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wazi.parse.headings import Group, Measures
from wazi.types import Page

BEGINS = re.compile(r"(?:\d{1,3}|[*†‡§]{1,3}) ?[^\W\d_]")
"""How the next footnote begins below one."""
NOTE = re.compile(r"[\[(]?(\d{1,3}|[*†‡§]{1,3})[\])]?[.:]?\s*(?=[^\W\d_]|[\"“«(‘])")
CLOSE = r"(?:(?<=[^\W\d_])|(?<=[.,;:!?)\]”\"’»]))"
WITH_A_BLANK = r"(?:(?<=[^\W\d_] )|(?<=[)”’»] ))"
SMALLER = 0.93
"""Share of the body's type size, at most."""
LOWER = 0.4
"""Share of the page's height above which no footnotes stand."""


def moved(groups: Sequence[Group], body: Measures, page: Page) -> list[Group]:
    """The groups of a page with each footnote behind the group that anchors it."""
    notes = [group for group in groups if _is_note(group, body, page) and not _text_below(group, groups, body)]
    anchored: dict[int, list[Group]] = {}
    gone: set[int] = set()
    for note in notes:
        anchor = _anchor(note, [group for group in groups if group not in notes])
        if anchor:
            anchored.setdefault(anchor.lines[0].start, []).append(note._replace(column=anchor.column, level=None))
            gone.add(note.lines[0].start)
    kept = [group for group in groups if group.lines[0].start not in gone]
    return [each for group in kept for each in (group, *anchored.get(group.lines[0].start, ()))]


def _anchor(note: Group, groups: Sequence[Group]) -> Group | None:
    """The first group with the note's sign behind a word of its own column, else right behind one of another column."""
    match = NOTE.match(note.text)
    sign = re.escape(match[1]) if match else ""
    beside = [group for group in groups if group.column == note.column]
    for behind, candidates in ((CLOSE, beside), (WITH_A_BLANK, beside), (CLOSE, groups)):
        anchor = re.compile(rf"{behind}{sign}(?![\w°º%])(?![.,]\d)")
        for group in candidates:
            if group.level is None and anchor.search(group.text):
                return group
    return None


def _is_note(group: Group, body: Measures, page: Page) -> bool:
    small = group.lines[0].size <= SMALLER * body.size or max(line.size for line in group.lines) <= SMALLER * body.size
    return small and group.lines[0].y0 > LOWER * page.height and NOTE.match(group.text) is not None


def _text_below(note: Group, groups: Sequence[Group], body: Measures) -> bool:
    """Does text in the body's type stand below, in the same column?"""
    left, right = min(line.x0 for line in note.lines), max(line.x1 for line in note.lines)
    return any(
        line.y0 > note.lines[-1].y1 and line.size > SMALLER * body.size and line.x0 < right and left < line.x1
        for group in groups
        for line in group.lines
        if len(group.text) > 5
    )
