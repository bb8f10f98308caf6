# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The order in which a page is read, and the way back: columns, numbered lines, raised letters, hyphens, right to left."""

from __future__ import annotations

import random

import pytest
from drawing import HEIGHT, PARAGRAPH, Drawing, all_of, inside, letters, lines, made, parsed, seen, unicode_map, written
from reportlab.pdfgen.canvas import Canvas

from wazi.parse import PDF, hyphens, locate
from wazi.types import BlockKind, Parsed

LEFT = (
    "The market of Bondeni opens at six in",
    "the morning and closes at six in the",
    "evening, on every day of the week but",
    "Sunday, when it stays closed for the",
    "whole day and is swept and washed by",
    "the keepers of the stalls themselves.",
)
RIGHT = (
    "A stall costs twenty shillings a day,",
    "which the clerk collects before noon",
    "and writes down in the green ledger;",
    "whoever pays for a month in advance",
    "pays for twenty-five days and keeps",
    "the receipt until the month is over.",
)


def exact(data: bytes, result: Parsed) -> None:
    """Every block's span shows the words that its text says, in the boxes that are located for it."""
    for block in result.blocks:
        page = result.pages[(block.page or 1) - 1]
        boxes = locate(data, PDF, page.number, block.start - page.start, block.end - page.start)
        assert boxes
        words, shown = result.text[block.start : block.end], inside(data, page.number, boxes)
        assert sorted(letters(words).replace("-", "")) == sorted(letters(shown).replace("-", "").replace("\x02", ""))


def across(*columns: tuple[str, ...], top: float = 72, gap: float = 250, size: float = 11) -> Drawing:
    """Columns as some programs write them: line by line across the page."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for number in range(max(map(len, columns))):
            for at, column in enumerate(columns):
                if number < len(column):
                    canvas.drawString(72 + gap * at, HEIGHT - top - number * size * 1.2, column[number])

    return draw


def test_columns_that_are_written_across_the_page_are_read_one_after_the_other() -> None:
    data = made(all_of(lines("Rules of the market", size=20), across(LEFT, RIGHT, top=110)))
    result = parsed(data)
    assert [text for _, _, text in seen(result)] == ["Rules of the market", "\n".join(LEFT), "\n".join(RIGHT)]
    exact(data, result)


def test_three_columns_are_read_from_the_left() -> None:
    columns = tuple(
        tuple(f"{word} line {number} fills it" for number in range(9)) for word in ("First", "Other", "Third")
    )
    data = made(across(*columns, gap=150))
    result = parsed(data)
    words = result.text.split()
    assert [words.index(word) for word in ("First", "Other", "Third")] == [0, 45, 90]
    assert words.count("First") == 9
    exact(data, result)


def test_a_page_that_is_written_from_below_is_read_from_above() -> None:
    data = made(all_of(lines(*RIGHT, top=300), lines(*LEFT, top=100), lines("The rules", size=18, top=60)))
    result = parsed(data)
    assert [text for _, _, text in seen(result)] == ["The rules", "\n".join(LEFT), "\n".join(RIGHT)]
    exact(data, result)


def test_the_order_of_a_file_is_kept_where_it_is_one() -> None:
    data = made(all_of(lines(*LEFT, x=40, top=100), lines(*RIGHT, x=320, top=100), lines("Page foot", top=800)))
    assert [text for _, _, text in seen(parsed(data))] == ["\n".join(LEFT), "\n".join(RIGHT), "Page foot"]


@pytest.mark.parametrize("together", [True, False])
def test_numbers_of_lines_are_in_no_block(*, together: bool) -> None:
    words = [f"the witness says sentence {chr(97 + number)} of the day" for number in range(12)]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Courier", 11)
        for number, text in enumerate(words, start=1):
            canvas.drawRightString(60, HEIGHT - 72 - 20 * number, str(number))
            if together:
                canvas.drawString(90, HEIGHT - 72 - 20 * number, text)
        if not together:
            for number, text in enumerate(words, start=1):
                canvas.drawString(90, HEIGHT - 72 - 20 * number, text)

    data = made(draw)
    result = parsed(data)
    assert " ".join(text for _, _, text in seen(result)).split() == " ".join(words).split()
    exact(data, result)


def test_a_raised_letter_does_not_end_a_line() -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, HEIGHT - 100)
        text.setFont("Helvetica", 11)
        text.textOut("provisions of Item 6")
        text.setFont("Helvetica", 6)
        text.setRise(6)
        text.textOut("o")
        text.setFont("Helvetica", 11)
        text.setRise(0)
        text.textOut(" of this Article hold.")
        canvas.drawText(text)

    data = made(draw)
    result = parsed(data)
    assert [text for _, _, text in seen(result)] == ["provisions of Item 6o of this Article hold."]
    exact(data, result)


def test_a_word_that_is_broken_at_the_end_of_a_line_is_whole_and_can_be_quoted() -> None:
    data = made(lines("Every citizen has the right to infor-", "mation that the county holds."))
    result = parsed(data)
    assert result.text == "Every citizen has the right to information that the county holds."
    start = result.text.index("right to information that")
    boxes = locate(data, PDF, 1, start, start + len("right to information that"))
    assert boxes is not None
    assert len(boxes) == 2
    assert inside(data, 1, boxes[:1]).startswith("right to infor")
    assert inside(data, 1, boxes[1:]).strip() == "mation that"
    exact(data, result)


def test_words_of_other_pages_tell_which_hyphens_stay() -> None:
    book = lines("The tax-free market and the marketing", "of a ware that is free of tax.")
    result = parsed(made(lines("What is tax-", "free and market-", "ing of wares."), book))
    assert result.text.startswith("What is tax-free and marketing of wares.")


@pytest.mark.parametrize(
    ("left", "right", "words", "broken"),
    [
        ("infor", "mation", "", True),
        ("non", "governmental", "", False),
        ("celui", "ci", "", False),
        ("Soekarno", "Hatta", "", False),
        ("caste", "based", "caste based", False),
        ("caste", "system", "a caste and a system", False),
        ("co", "operation", "the cooperation", True),
        ("co", "operation", "the co-operation", False),
        ("2018", "23", "", False),
        ("x", "ray", "", False),
    ],
)
def test_which_hyphens_break_a_word(left: str, right: str, words: str, *, broken: bool) -> None:
    assert hyphens.breaks(f"some {left}", f"{right} follows", hyphens.vocabulary([words])) is broken


def test_letters_that_share_a_glyph_keep_their_order_from_right_to_left() -> None:
    mapping = unicode_map(A="\u0644\u0627", B="\u0633", C="\u0645")
    # Drawn from left to right, as fonts do: meem, lam-alef, seen; it reads seen, lam, alef, meem.
    data = written(b"BT /F1 12 Tf 100 300 Td (CAB) Tj ET", mapping)
    result = parsed(data)
    assert result.text.strip() == "\u0633\u0644\u0627\u0645"


@pytest.mark.parametrize("seed", range(8))
def test_spans_show_their_words_whatever_the_page_is_made_of(seed: int) -> None:
    chance = random.Random(seed)
    parts = [
        lines(*LEFT, top=chance.choice((90, 300))),
        lines(*RIGHT, x=330, top=chance.choice((90, 310))),
        across(LEFT[:4], RIGHT[:4], top=500),
        lines("A heading", size=18, font="Helvetica-Bold", top=60),
        lines("over-", "lapping non-", "governmental infor-", "mation", top=620),
        lines("1", "2", "3", top=700),
    ]
    chance.shuffle(parts)
    data = made(all_of(*parts), lines(*PARAGRAPH))
    exact(data, parsed(data))


def test_a_footnote_follows_the_paragraph_that_anchors_it() -> None:
    data = made(
        all_of(
            lines(*LEFT[:3], "Sunday,1 when it stays closed."),
            lines(*RIGHT, top=160),
            lines("1 The by-law of 2019 has", "said so since then.", size=7, top=760),
        )
    )
    result = parsed(data)
    assert [text.split()[0] for _, _, text in seen(result)] == ["The", "1", "A"]
    assert {kind for kind, _, _ in seen(result)} == {BlockKind.PARAGRAPH.value}
    exact(data, result)


def test_a_footnote_without_an_anchor_stays_at_the_foot() -> None:
    note = lines("7 Nobody points at this note.", size=7, top=760)
    result = parsed(made(all_of(lines(*LEFT), lines(*RIGHT, top=200), note)))
    assert [text.split()[0] for _, _, text in seen(result)] == ["The", "A", "7"]
