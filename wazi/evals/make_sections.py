# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The held documents of a reader -> sections: the text under one heading, without the heading, with its place.

Chunks of one heading path belong together, also where other columns stand between them; a section begins where its heading
stands above the text. Questions among the paragraphs of a document without pages begin a section of their own. It
does not judge: `make_labels` does.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from wazi import models
from wazi.desk import Desk
from wazi.evals import make_headings
from wazi.evals.make_headings import Heading
from wazi.languages import identify
from wazi.types import BlockKind, Chunk, Record, Scope

Span = tuple[int, int]
Path = tuple[str, ...]

AT_A_TIME = 500
"""Chunks fetched by one query."""
ABOVE, NEAR = 4_000, 40
"""Characters, and chunks, above a text among which its heading is looked for."""
UNHEADED = 2_000
"""Characters after which text without a heading is cut."""
_PARAGRAPH = re.compile(r"(?:(?!\n[ \t]*\n).)+", re.S)
_AFTER_HEADING = ".:\u2013\u2014\n-"


@dataclass(frozen=True, slots=True)
class Section:
    """Text under one heading. `spans` are places in the stored text of the document; `text` is their slices by lines.

    `heading` is None where no heading stands above. `path` is that of the stored headings, its own included if it
    has one. `language` is None where it is not one of the languages of the document.
    """

    record: Record
    spans: tuple[Span, ...]
    text: str
    page: int | None
    language: str | None
    heading: Heading | None
    path: Path

    @property
    def id(self) -> str:
        """Unique in the home, the same as long as the document does not change."""
        return f"{self.record.id}:{self.spans[0][0]}"

    @property
    def above(self) -> Path:
        """The headings over the section, without the one that asks for it."""
        return self.path[:-1] if self.heading else self.path


@dataclass(slots=True)
class _Open:
    """A section being collected."""

    path: Path
    headed: bool
    chunks: list[Chunk] = field(default_factory=list)
    skip: int = 0


def read(desk: Desk, scope: Scope) -> list[Section]:
    """Every section that the scope permits, document by document, in reading order."""
    by_document: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in _chunks(desk, scope):
        by_document[chunk.document].append(chunk)
    found: list[Section] = []
    for record in desk.store.records(scope):
        text = desk.store.text(record.id, scope)
        if text and by_document[record.id]:
            found += sections(record, text, by_document[record.id])
    return found


def sections(record: Record, text: str, chunks: Iterable[Chunk]) -> list[Section]:
    """The sections of one document."""
    ordered = sorted((each for each in chunks if each.kind is not BlockKind.HEADING), key=lambda each: each.start)
    paths = _paths(ordered)
    known = make_headings.labels({heading for path in paths for heading in path})
    collected = _collect(text, ordered, paths)
    made = [section for one in collected for section in _close(one, record, text, known)]
    if not record.pages:
        made = [piece for section in made for piece in _at_questions(section, text)]
    return made


def _chunks(desk: Desk, scope: Scope) -> list[Chunk]:
    """Every chunk of the scope: a store lists chunks only by nearness, and all of them are near to anything."""
    count = desk.store.stats()["chunks"]
    if not count:
        return []
    anywhere = np.zeros(models.dimension(desk.settings), np.float32)  # known without opening the model
    anywhere[0] = 1
    ids = sorted(found.id for found in desk.store.dense(anywhere, scope, count))
    parts = (ids[first : first + AT_A_TIME] for first in range(0, len(ids), AT_A_TIME))
    return [chunk for part in parts for chunk in desk.store.fetch(part, scope)]


def _paths(chunks: Sequence[Chunk]) -> list[Path]:
    """The heading paths, without the names of a table's columns."""
    kinds: dict[Path, set[BlockKind]] = defaultdict(set)
    for chunk in chunks:
        kinds[chunk.headings].add(chunk.kind)
    return [path[:-1] if _names_columns(path, kinds[path]) else path for path in (c.headings for c in chunks)]


def _names_columns(path: Path, kinds: set[BlockKind]) -> bool:
    if not path or kinds != {BlockKind.TABLE_ROW}:
        return False
    return " | " in path[-1] or (len(path) > 1 and not path[-1][:1].isdigit())


def _collect(text: str, chunks: Sequence[Chunk], paths: Sequence[Path]) -> list[_Open]:
    done: list[_Open] = []
    last: dict[Path, _Open] = {}
    for number, (chunk, path) in enumerate(zip(chunks, paths, strict=True)):
        skip = _repeated(chunk, path)
        held = last.get(path)
        since = held.chunks[-1].end if held else 0
        headed = bool(path) and (
            skip > 0 or _stands_above(text, chunks[max(0, number - NEAR) : number], since, chunk.start, path[-1])
        )
        if headed or held is None or not _goes_on(held.chunks[-1], chunk, held is done[-1]):
            held = last[path] = _Open(path, headed, skip=skip)
            done.append(held)
        held.chunks.append(chunk)
    return done


def _goes_on(above: Chunk, chunk: Chunk, neighbours: bool) -> bool:
    """Is this the same section? Columns interrupt each other; the next page at the latest goes on."""
    if above.page is None or chunk.page is None:
        return neighbours
    return neighbours or chunk.page - above.page <= 1


def _stands_above(text: str, before: Sequence[Chunk], since: int, start: int, heading: str) -> bool:
    """Does the heading stand between `since` and `start`, outside the chunks? Beside it may be those of other columns."""
    first = max(since, start - ABOVE)
    if not text[first:start].strip():
        return False
    words = re.compile(r"\s+".join(map(re.escape, heading.split())))
    inside = [(each.start, each.end) for each in before]
    return any(not any(a <= found.start() < b for a, b in inside) for found in words.finditer(text, first, start))


def _repeated(chunk: Chunk, path: Path) -> int:
    """Characters of the heading at the start of the text itself, as where "5. Fees: A stall costs…" is one line."""
    if not path:
        return 0
    letters = r"\s+".join(map(re.escape, path[-1].split()))
    found = re.match(rf"{letters}[ \t]*[{_AFTER_HEADING}]+\s*", chunk.text)
    return found.end() if found and found.end() < len(chunk.text) else 0


def _close(one: _Open, record: Record, text: str, known: frozenset[str]) -> list[Section]:
    spans = _spans(text, one.chunks, one.skip)
    heading = make_headings.read(one.path[-1], known) if one.headed else None
    made = Section(record, spans, "", one.chunks[0].page, None, heading, one.path)
    if one.headed:
        return [_with_text(made, text, spans, _language(one.chunks, record))]
    return [
        _with_text(replace(made, page=part[0].page), text, _spans(text, part, 0), _language(part, record))
        for part in _cut(one.chunks)
    ]


def _with_text(section: Section, text: str, spans: tuple[Span, ...], language: str | None) -> Section:
    words = "\n".join(text[start:end] for start, end in spans)
    return replace(section, spans=spans, text=words, language=language)


def _cut(chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    parts: list[list[Chunk]] = []
    held = UNHEADED
    for chunk in chunks:
        if held + len(chunk.text) > UNHEADED:
            parts.append([])
            held = 0
        parts[-1].append(chunk)
        held += len(chunk.text)
    return parts


def _spans(text: str, chunks: Sequence[Chunk], skip: int) -> tuple[Span, ...]:
    """Spans of the chunks; those with only blanks between them are one."""
    spans: list[Span] = []
    for chunk in chunks:
        start = chunk.start if spans else chunk.start + skip
        if spans and not text[spans[-1][1] : start].strip():
            spans[-1] = spans[-1][0], chunk.end
        else:
            spans.append((start, chunk.end))
    return tuple(spans)


def _language(chunks: Sequence[Chunk], record: Record) -> str | None:
    letters: Counter[str] = Counter()
    for chunk in chunks:
        letters[chunk.language] += len(chunk.text)
    best = letters.most_common(1)[0][0]
    if best in record.languages:
        return best
    whole = identify.language(" ".join(chunk.text for chunk in chunks))
    return whole if whole in record.languages else None


def _at_questions(section: Section, text: str) -> list[Section]:
    """The section, cut before every paragraph that is a question and has an answer below."""
    pieces: list[tuple[str | None, list[Span]]] = [(None, [])]
    for start, end in section.spans:
        for found in _PARAGRAPH.finditer(text, start, end):
            span = _trimmed(text, found.start(), found.end())
            question = _question(text[span[0] : span[1]])
            if question:
                rest = _trimmed(text, span[0] + len(question), span[1])
                pieces.append((" ".join(question.split()), [rest] if rest[0] < rest[1] else []))
            elif span[0] < span[1]:
                pieces[-1][1].append(span)
    if len(pieces) == 1:
        return [section]
    made = []
    for asked, spans in pieces:
        if spans:
            heading = make_headings.read(asked, frozenset()) if asked else section.heading
            piece = replace(section, heading=heading, path=(*section.path, asked) if asked else section.path)
            made.append(_with_text(piece, text, _joined(text, spans), section.language))
    return made


def _question(paragraph: str) -> str | None:
    """The question at the head of a paragraph: the whole of it, or its first line."""
    first, _, rest = paragraph.partition("\n")
    if first and make_headings.is_question(first) and len(first) <= make_headings.MOST_CHARACTERS:
        return first if not rest or not make_headings.is_question(rest) else None
    return None


def _joined(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return tuple(joined)


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())
