# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Document -> Chunks that keep page, headings and exact character span.

Neighbouring blocks of one page and one heading path are packed up to a size; a longer block is split at ends of
sentences, else at blanks, else anywhere. A row of a table is a chunk by itself, so that it is found and quoted whole.
Nothing is dropped: every visible character of every block that is not a heading is in exactly one chunk, and a heading
without text below it is a chunk. Chunks that say the same in other languages are linked. It knows no format and no language.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from wazi.config import ChunkSettings
from wazi.types import Block, BlockKind, Chunk, Document

Span = tuple[int, int]
VERSION = "3"
"""Raise it when the same document gives other chunks or headings, or other links between them."""
MOST_LINKED = 8
"""Chunks, in all languages, that one number may link: where more share it, only the documents are versions of each other."""
LanguageOf = Callable[[str], str]
Sentences = Callable[[str, str], list[Span]]


def chunk(document: Document, settings: ChunkSettings, language_of: LanguageOf, sentences: Sentences) -> list[Chunk]:
    """The chunks in the order of the blocks; no text is longer than `settings.characters`.

    `language_of` names the language of a text, `sentences` gives spans of the sentences of a text in a language.
    """
    chunks: list[Chunk] = []
    for group in _groups(document):
        spans = _packed(document.text, group, settings.characters, language_of, sentences)
        chunks.extend(_chunk(document, group[0], span, language_of) for span in spans)
    return _linked(chunks, document.blocks)


def _linked(chunks: Sequence[Chunk], blocks: Sequence[Block]) -> list[Chunk]:
    """The same chunks; those that hold language versions of one block know each other."""
    numbered = sorted((block for block in blocks if block.parallel is not None), key=lambda block: block.start)
    starts, ends = [block.start for block in numbered], [block.end for block in numbered]
    held = [{b.parallel for b in numbered[bisect_right(ends, c.start) : bisect_left(starts, c.end)]} for c in chunks]
    holders: dict[int | None, list[Chunk]] = defaultdict(list)
    for piece, numbers in zip(chunks, held, strict=True):
        for number in numbers:
            holders[number].append(piece)

    def linked(piece: Chunk, numbers: set[int | None]) -> Chunk:
        near = (holders[number] for number in numbers if len(holders[number]) <= MOST_LINKED)
        beside = {other.id for others in near for other in others if other.language != piece.language}
        return replace(piece, parallel=tuple(sorted(beside))) if beside else piece

    return [linked(piece, numbers) for piece, numbers in zip(chunks, held, strict=True)]


def _chunk(document: Document, block: Block, span: Span, language_of: LanguageOf) -> Chunk:
    record, (start, end) = document.record, span
    text = document.text[start:end]
    key = "\0".join((record.id, str(start), str(end), text))
    return Chunk(
        id=hashlib.sha256(key.encode("utf-8")).hexdigest()[:16],
        document=record.id,
        text=text,
        start=start,
        end=end,
        page=block.page,
        headings=block.headings,
        language=language_of(text),
        kind=block.kind,
        labels=record.labels,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
    )


def _groups(document: Document) -> Iterator[list[Block]]:
    """Blocks that one chunk may hold together, in order."""
    group: list[Block] = []
    for block in _to_pack(document):
        if group and not _together(document.text, group[-1], block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _to_pack(document: Document) -> Iterator[Block]:
    """Blocks with visible text; headings only if no other block stands under them."""
    paths = {b.headings[:depth] for b in document.blocks if b.kind is not BlockKind.HEADING for depth in _depths(b)}
    for block in document.blocks:
        words = document.text[block.start : block.end]
        if words.strip() and (block.kind is not BlockKind.HEADING or (*block.headings, _squeeze(words)) not in paths):
            yield block


def _depths(block: Block) -> range:
    return range(1, len(block.headings) + 1)


def _together(text: str, above: Block, block: Block) -> bool:
    if block.start < above.end or (above.page, above.headings) != (block.page, block.headings):
        return False
    between = text[above.end : block.start]
    if any(char.isalnum() for char in between):
        return False  # something that is in no block, as a running header, stands between
    kinds = {above.kind, block.kind}
    if BlockKind.TABLE_ROW in kinds or (BlockKind.HEADING in kinds and len(kinds) > 1):
        return False
    return not _column_jump(above, block)


def _column_jump(above: Block, block: Block) -> bool:
    """Does the text go on at another place of the page?"""
    if above.box is None or block.box is None:
        return False
    beside = block.box[0] >= above.box[2] or block.box[2] <= above.box[0]
    return beside or block.box[1] < above.box[1]


def _packed(text: str, group: list[Block], most: int, language_of: LanguageOf, sentences: Sentences) -> Iterator[Span]:
    """Spans of at most `most` characters that cover the group, each as many whole pieces as fit."""
    held: Span | None = None
    for block in group:
        for start, end in _pieces(text, block, most, language_of, sentences):
            if held is not None and end - held[0] <= most:
                held = held[0], end
                continue
            if held is not None:
                yield held
            held = start, end
    if held is not None:
        yield held


def _pieces(text: str, block: Block, most: int, language_of: LanguageOf, sentences: Sentences) -> Iterator[Span]:
    """The block itself if it fits, else its sentences, the long ones cut."""
    start, end = _trimmed(text, block.start, block.end)
    if end - start <= most:
        yield start, end
        return
    words = text[start:end]
    cuts = sorted({0, len(words), *(stop for _, stop in sentences(words, language_of(words)) if 0 < stop < len(words))})
    for first, last in pairwise(cuts):
        yield from _cut(text, start + first, start + last, most)


def _cut(text: str, start: int, end: int, most: int) -> Iterator[Span]:
    """Trimmed spans of at most `most` characters, cut at blanks if there are any."""
    start, end = _trimmed(text, start, end)
    while end - start > most:
        window = text[start : start + most + 1]
        # A cut far to the left would leave crumbs: rather cut a very long word.
        blank = max(window.rfind(" ", most // 2), window.rfind("\n", most // 2))
        stop = start + (blank if blank > 0 else most)
        yield _trimmed(text, start, stop)
        start, _ = _trimmed(text, stop, end)
    if start < end:
        yield start, end


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _squeeze(text: str) -> str:
    return " ".join(text.split())
