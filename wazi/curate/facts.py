# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Reviewed feedback -> questions with the passage that answers them, and why the rest was left out.

The place is the better source that was named, else, of an answer said to be right, the first place that its receipt quotes. What
the receipt of a wrong answer quotes from other sections does not answer the question: that is kept too. It does not look for an
answer: feedback that names no place teaches nothing here.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wazi.evals.make_sections import Section
from wazi.types import Better, Feedback

LONGEST_ANSWER = 200
"""Characters of a place that is itself the answer: about the 40 tokens that a reader may point at."""

FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the section that answers it. `answer` is where in `section.text`; None: somewhere in it.

    `wrong` are sections that do not answer it. `provenance` says where the example comes from, without the names of people.
    """

    id: str
    question: str
    language: str
    section: Section
    origin: str
    answer: tuple[int, int] | None = None
    wrong: tuple[Section, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)


def facts(
    rows: Iterable[Feedback], sections: Sequence[Section], receipts: Iterable[Mapping[str, Any]], dropped: Counter[str]
) -> list[Example]:
    """One example for each accepted row that names a place in one of the sections; `dropped` counts the others by reason."""
    held: dict[str, list[Section]] = defaultdict(list)
    for section in sections:
        held[section.record.id].append(section)
    quoted = {str(row.get("id")): row.get("quotes") or [] for row in receipts}
    made = []
    for row in rows:
        found = _example(row, held, quoted)
        if isinstance(found, str):
            dropped[found] += 1
        else:
            made.append(found)
    return made


def _example(
    row: Feedback, held: Mapping[str, Sequence[Section]], quoted: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Example | str:
    """The example, or why there is none."""
    if row.status != "accepted":
        return "not reviewed yet" if row.status == "new" else "rejected by its reviewer"
    if not row.reviewed_by:
        return "accepted by nobody who is named"
    places = _quoted(row, quoted)
    place = row.better or next(iter(places if row.verdict == "right" else ()), None)
    if place is None:
        return "names no place in a document"
    if place.document not in held:
        return "its document is not held, not in force or not open to the labels asked for"
    section = _around(place, held)
    if section is None:
        return "its place is not inside one section"
    if isinstance(place, _Quoted) and not place.fits(section):
        return "its document has changed since"
    answer = _answer(row, section, place)
    wrong = _wrong(section, places, held) if row.verdict == "wrong" else ()
    return Example(f"feedback:{row.id}", row.question, row.language, section, FEEDBACK, answer, wrong, _provenance(row))


def _around(place: Better, held: Mapping[str, Sequence[Section]]) -> Section | None:
    """The section that the place is in."""
    return next((each for each in held.get(place.document, ()) if within(each, place.start, place.end)), None)


def _wrong(section: Section, places: Sequence[_Quoted], held: Mapping[str, Sequence[Section]]) -> tuple[Section, ...]:
    """The other sections that a wrong answer quoted and that read as they did."""
    found = {each.id: each for place in places if (each := _around(place, held)) and place.fits(each)}
    return tuple(each for each in found.values() if each.id != section.id)


@dataclass(frozen=True, slots=True)
class _Quoted(Better):
    """A place that a receipt quotes, with the hash of its words."""

    text_sha256: str = ""

    def fits(self, section: Section) -> bool:
        start, end = within(section, self.start, self.end) or (0, 0)
        return hashlib.sha256(section.text[start:end].encode()).hexdigest() == self.text_sha256


def _quoted(row: Feedback, quoted: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[_Quoted]:
    """What the receipt of the answer quotes, in its order."""
    return [
        _Quoted(str(each["document"]), int(each["start"]), int(each["end"]), str(each["text_sha256"]))
        for each in quoted.get(row.answer, ())
    ]


def within(section: Section, start: int, end: int) -> tuple[int, int] | None:
    """Where characters `[start:end)` of the document are in the text of the section, None if not all inside one span."""
    at = 0
    for begin, stop in section.spans:
        if begin <= start < end <= stop:
            return at + start - begin, at + end - begin
        at += stop - begin + 1
    return None


def _answer(row: Feedback, section: Section, place: Better) -> tuple[int, int] | None:
    """The corrected words where they stand nearest to the place, else a short place itself, without blanks around it."""
    inside = within(section, place.start, place.end)
    if inside is None:
        return None
    words = (row.corrected or "").strip()
    if words:
        found = [match.span() for match in re.finditer(re.escape(words), section.text)]
        return min(found, key=lambda span: abs(span[0] - inside[0]), default=None)
    text = section.text[inside[0] : inside[1]]
    start = inside[0] + len(text) - len(text.lstrip())
    end = inside[1] - len(text) + len(text.rstrip())
    return (start, end) if start < end <= start + LONGEST_ANSWER else None


def _provenance(row: Feedback) -> dict[str, Any]:
    return {
        "feedback": row.id,
        "answer": row.answer,
        "verdict": row.verdict,
        "at": row.at.isoformat(),
        "reviewed": True,
        "place": "named by a reader" if row.better else "quoted by the answer",
    }
