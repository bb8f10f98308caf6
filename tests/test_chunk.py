# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Chunks: exact spans, nothing dropped, never across a page, a heading, a column or a table."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from wazi.chunk import chunk
from wazi.config import ChunkSettings
from wazi.types import Block, BlockKind, Box, Chunk, Document, Record, Status

RECORD = Record(
    id="doc",
    title="T",
    source="s",
    sha256="0",
    media_type="text/plain",
    status=Status.COMPLETE,
    labels=frozenset({"staff"}),
    valid_from=dt.date(2024, 1, 1),
    valid_until=dt.date(2025, 1, 1),
)
SMALL = ChunkSettings(characters=200)
Piece = tuple[str, BlockKind, int | None, tuple[str, ...]]


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^.]+\.?\s*", text)]


def document(pieces: list[Piece], gap: str = "\n\n", boxes: list[Box] | None = None) -> Document:
    text, blocks = "", []
    for index, (words, kind, page, headings) in enumerate(pieces):
        text += gap if text else ""
        box = boxes[index] if boxes else None
        blocks.append(Block(len(text), len(text) + len(words), kind, page, headings, box))
        text += words
    return Document(RECORD, text, tuple(blocks))


def chunks_of(doc: Document, settings: ChunkSettings = SMALL) -> list[Chunk]:
    return chunk(doc, settings, lambda text: "sw" if "bei" in text else "en", sentences)


def para(words: str, page: int | None = 1, headings: tuple[str, ...] = ()) -> Piece:
    return words, BlockKind.PARAGRAPH, page, headings


words = st.text(st.sampled_from("ab .\n\tمé𝔸"), max_size=700)
pieces = st.tuples(
    words, st.sampled_from(BlockKind), st.sampled_from([1, 2]), st.sampled_from([(), ("A",), ("A", "B"), ("C",)])
)


@given(st.lists(pieces, max_size=12), st.sampled_from(["", " ", "\n", "\n\n", " | ", "\n footer \n"]))
def test_every_visible_character_is_in_exactly_one_chunk(parts: list[Piece], gap: str) -> None:
    doc = document(parts, gap)
    seen: Counter[int] = Counter()
    for piece in chunks_of(doc):
        assert piece.text == doc.text[piece.start : piece.end] == piece.text.strip() != ""
        assert len(piece.text) <= SMALL.characters
        seen.update(range(piece.start, piece.end))
    for block in doc.blocks:
        for index in range(block.start, block.end):
            if block.kind is not BlockKind.HEADING and not doc.text[index].isspace():
                assert seen[index] == 1
    assert all(count == 1 for count in seen.values())


@given(st.lists(pieces, max_size=8))
def test_a_chunk_holds_blocks_of_one_page_and_path(parts: list[Piece]) -> None:
    doc = document(parts)
    for piece in chunks_of(doc):
        inside = [b for b in doc.blocks if b.start < piece.end and piece.start < b.end and b.start < b.end]
        touched = [b for b in inside if doc.text[max(b.start, piece.start) : min(b.end, piece.end)].strip()]
        assert {(b.page, b.headings) for b in touched} == {(piece.page, touched[0].headings)}
        assert piece.headings[: len(touched[0].headings)] == touched[0].headings


def test_small_blocks_are_packed_and_carry_what_the_record_says() -> None:
    doc = document([para("One."), para("Two."), para("The bei is three.", page=2)])
    first, second = chunks_of(doc)
    assert (first.text, first.page, first.language) == ("One.\n\nTwo.", 1, "en")
    assert (second.text, second.page, second.language) == ("The bei is three.", 2, "sw")
    assert (first.labels, first.valid_from, first.valid_until) == (
        RECORD.labels,
        RECORD.valid_from,
        RECORD.valid_until,
    )
    assert re.fullmatch("[0-9a-f]{16}", first.id)
    assert first.id != second.id
    assert first.id == chunks_of(doc)[0].id


def test_a_long_block_is_split_at_sentences_then_blanks_then_anywhere() -> None:
    sentence = "word " * 29 + "end. "
    found = chunks_of(document([para(sentence * 3)]))
    assert [c.text for c in found] == [sentence.strip()] * 3
    found = chunks_of(document([para("word " * 100)]))
    assert all(set(c.text.split()) == {"word"} for c in found)
    found = chunks_of(document([para("x" * 450)]))
    assert [len(c.text) for c in found] == [200, 200, 50]


def test_a_heading_is_in_the_path_and_a_chunk_only_if_nothing_stands_under_it() -> None:
    doc = document(
        [
            ("Fees", BlockKind.HEADING, 1, ()),
            para("A permit costs 20.", headings=("Fees",)),
            ("Office\nhours", BlockKind.HEADING, 1, ()),
        ]
    )
    assert [(c.text, c.headings) for c in chunks_of(doc)] == [("A permit costs 20.", ("Fees",)), ("Office\nhours", ())]


def test_a_row_of_a_table_is_a_chunk_and_the_names_of_its_columns_are_in_its_path() -> None:
    head = ("Service | Fee", BlockKind.HEADING, 1, ("Fees",))
    rows = [(f"Permit {n} | {n * 10}", BlockKind.TABLE_ROW, 1, ("Fees", "Service | Fee")) for n in range(3)]
    plain = ("Office | Hall", BlockKind.TABLE_ROW, 1, ("Fees",))
    doc = document(
        [para("Before.", headings=("Fees",)), head, *rows, plain, para("After.", headings=("Fees",))], gap="\n"
    )
    assert [(c.text, c.headings, c.kind.value) for c in chunks_of(doc)] == [
        ("Before.", ("Fees",), "paragraph"),
        ("Permit 0 | 0", ("Fees", "Service | Fee"), "table_row"),
        ("Permit 1 | 10", ("Fees", "Service | Fee"), "table_row"),
        ("Permit 2 | 20", ("Fees", "Service | Fee"), "table_row"),
        ("Office | Hall", ("Fees",), "table_row"),
        ("After.", ("Fees",), "paragraph"),
    ]
    assert [c.text for c in chunks_of(document([head]))] == ["Service | Fee"]


def test_columns_and_running_text_between_are_boundaries() -> None:
    left, right = (50.0, 100.0, 200.0, 200.0), (220.0, 90.0, 400.0, 200.0)
    assert len(chunks_of(document([para("Left."), para("Right.")], boxes=[left, right]))) == 2
    assert len(chunks_of(document([para("Up."), para("Down.")], boxes=[left, (50.0, 210.0, 200.0, 220.0)]))) == 1
    assert len(chunks_of(document([para("Left."), para("Right.")], gap="\nGazette 7\n"))) == 2


def test_versions_of_a_block_in_other_languages_know_each_other() -> None:
    doc = document([para("The price is ten."), para("bei ni kumi."), para("It is paid weekly."), para("Another bei.")])
    numbers = (1, 1, 1, None)
    blocks = [
        replace(block, parallel=n, page=at) for at, (block, n) in enumerate(zip(doc.blocks, numbers, strict=True))
    ]
    price, bei, weekly, other = chunks_of(replace(doc, blocks=tuple(blocks)))
    assert price.parallel == weekly.parallel == (bei.id,)
    assert bei.parallel == tuple(sorted((price.id, weekly.id)))
    assert other.parallel == ()


@given(st.lists(st.tuples(pieces, st.sampled_from([None, 1, 2])), max_size=8))
def test_being_a_version_is_mutual(drawn: list[tuple[tuple[str, BlockKind, int, tuple[str, ...]], int | None]]) -> None:
    made = [(" ".join(("bei", text)) if n == 2 else text, *rest) for (text, *rest), n in drawn]
    doc = document(made)  # type: ignore[arg-type]
    blocks = tuple(replace(block, parallel=n) for block, (_, n) in zip(doc.blocks, drawn, strict=True))
    by_id = {each.id: each for each in chunks_of(replace(doc, blocks=blocks))}
    for each in by_id.values():
        assert all(each.id in by_id[other].parallel for other in each.parallel)
        assert all(by_id[other].language != each.language for other in each.parallel)


def test_what_shares_a_number_with_a_whole_document_is_no_version() -> None:
    doc = document([para("The price is ten."), *[para(f"bei ni {n}.") for n in range(9)]])
    blocks = [replace(block, parallel=1, page=at) for at, block in enumerate(doc.blocks)]
    assert not any(each.parallel for each in chunks_of(replace(doc, blocks=tuple(blocks))))
