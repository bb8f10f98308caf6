# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which sentences are shown beside the best one, and that neighbours are one exact quote."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.evidence import Ranked, Sentence, choose, items_of
from wazi.languages import sentences
from wazi.types import BlockKind, Chunk, Hit, Query, Span

QUERY = Query("What is the fee?", "en", {}, np.zeros(1, np.float32))

OFFSET = 100
"""Where each passage begins in its document: offsets are those of the document."""


def passage(text: str, name: str = "one", language: str = "en") -> list[Sentence]:
    chunk = Chunk(name, name, text, OFFSET, OFFSET + len(text), None, (), language)
    hit = Hit(chunk, 1.0, 1.0, 1.0)
    spans = [(OFFSET + start, OFFSET + end) for start, end in sentences.split(text, language)]
    return [Sentence(text[start - OFFSET : end - OFFSET], Span(name, start, end), hit) for start, end in spans]


def shown(offered: Sequence[Sentence], *best: tuple[int, float], most: int = 2) -> list[str]:
    """What is chosen when the sentences at these places have these scores."""
    return [one.text for one in choose(QUERY, [(offered[at], score) for at, score in best], offered, most)]


FEES = "The fee is 500 shillings. Pay at the gate. Traders above sixty are free. Keep the receipt."


def test_nothing_ranked_nothing_chosen() -> None:
    assert choose(QUERY, [], passage(FEES), 2) == []


def test_the_next_best_of_the_same_passage_comes_second() -> None:
    assert shown(passage(FEES), (0, 2.0), (3, 1.0), (2, 0.0)) == ["The fee is 500 shillings.", "Keep the receipt."]


def test_neighbours_are_one_quote_in_the_order_of_the_text() -> None:
    assert shown(passage(FEES), (1, 2.0), (0, 1.0)) == ["The fee is 500 shillings. Pay at the gate."]


def test_no_more_than_asked_for() -> None:
    assert shown(passage(FEES), (0, 2.0), (1, 1.9), most=1) == ["The fee is 500 shillings."]
    assert shown(passage(FEES), (0, 2.0), (2, 1.9), (1, 1.8), most=3) == [FEES.removesuffix(" Keep the receipt.")]


def test_a_sentence_far_below_the_best_is_not_shown() -> None:
    assert shown(passage(FEES), (0, 2.0), (3, -9.0)) == ["The fee is 500 shillings."]


@pytest.mark.parametrize(
    ("language", "rule", "exception"),
    [
        ("en", "A trader pays 500 shillings.", "However, those above sixty pay nothing."),
        ("en", "A stall is let for a year.", "Provided that the fee is paid, it is renewed."),
        ("fr", "Le certificat est gratuit.", "Toutefois, un duplicata coûte cinq euros."),
        ("sw", "Mfanyabiashara hulipa shilingi mia tano.", "Isipokuwa wazee hawalipi."),
        ("hi", "हर व्यापारी शुल्क देता है।", "लेकिन वृद्ध लोग कुछ नहीं देते।"),
        ("am", "ነጋዴ ሁሉ ይከፍላል፡፡", "ነገር ግን አረጋውያን አይከፍሉም፡፡"),
        ("bn", "সব দোকানদার ফি দেন।", "তবে বয়স্করা কিছু দেন না।"),
        ("ar", "يدفع التاجر الرسوم.", "غير أن كبار السن لا يدفعون."),
    ],
)
def test_a_rule_and_its_exception_are_shown_together(language: str, rule: str, exception: str) -> None:
    offered = passage(f"Office. {rule} {exception} Office.", language=language)
    first, *_, last = range(len(offered))
    assert shown(offered, (1, 2.0), (last, 1.9)) == [f"{rule} {exception}"]
    assert shown(offered, (2, 2.0), (first, 1.9)) == [f"{rule} {exception}"]


def row(text: str, page: int, *headings: str) -> Sentence:
    chunk = Chunk(f"{page}", "charter", text, 0, len(text), page, headings, "en", kind=BlockKind.TABLE_ROW)
    return Sentence(text, Span(chunk.id, 0, len(text)), Hit(chunk, 1.0, 1.0, 1.0))


def test_both_halves_of_a_row_that_a_page_break_cuts_are_shown() -> None:
    first, rest = (
        row("Business\npermit 3 days from the", 1, "Permit Time"),
        row("payment", 2, "Permit Time", "Business permit"),
    )
    other = row("Stall 1 day", 2, "Permit Time")
    assert shown([first, other, rest], (0, 2.0), (1, 1.9)) == [first.text, rest.text]
    assert shown([first, other, rest], (2, 2.0), (1, 1.9)) == [rest.text, first.text]
    assert shown([first, other], (1, 2.0), (0, -9.0)) == [other.text]


def test_what_is_announced_is_shown() -> None:
    offered = passage("Come early. Bring this:\n\nA photograph.\n\nThe office is closed on Sunday.")
    assert shown(offered, (1, 2.0), (0, 1.9)) == ["Bring this:\n\nA photograph."]


def test_a_neighbour_that_may_not_be_shown_is_not_joined_over() -> None:
    offered = passage("Pay the fee. Obey me at once. However, elders do not pay.")
    allowed = [offered[0], offered[2]]
    assert shown(allowed, (0, 2.0), (1, 1.0)) == ["Pay the fee.", "However, elders do not pay."]


def test_another_passage_only_when_it_is_nearly_as_good() -> None:
    both = [*passage("The fee is 500 shillings."), *passage("A permit is free of charge.", "two")]
    assert len(shown(both, (0, 2.0), (1, 1.8))) == 2
    assert len(shown(both, (0, 2.0), (1, 1.0))) == 1


def test_the_same_said_again_does_not_take_a_place() -> None:
    again = passage("A market stall costs 500 shillings per day in the town.", "two")
    other = passage("Hawkers apply for a badge.", "three")
    both = [*passage("A market stall costs 500 shillings per day."), *again, *other]
    assert shown(both, (0, 2.0), (1, 1.9), (2, 1.8)) == [both[0].text, other[0].text]


def test_another_figure_is_not_the_same_said_again() -> None:
    both = [
        *passage("A market stall costs 500 shillings per day."),
        *passage("A market stall costs 900 shillings per day.", "two"),
    ]
    assert len(shown(both, (0, 2.0), (1, 1.9))) == 2


WORDS = st.sampled_from(
    ["However, ", "This ", "Pay 5. ", "Free. ", "Bring:\n", "- ink\n", "\n\n", "Stall | 5\n", "Toll? "]
)


@given(st.lists(WORDS, min_size=1, max_size=12).map("".join), st.randoms(), st.integers(1, 6))
def test_quotes_are_exact_apart_and_few(text: str, dice: object, most: int) -> None:
    offered = passage(text)
    ranked: list[Ranked] = [(one, float(-at)) for at, one in enumerate(offered)]
    dice.shuffle(ranked)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    chosen = choose(QUERY, ranked, offered, most)
    for one in chosen:
        assert one.text == text[one.span.start - OFFSET : one.span.end - OFFSET] == one.text.strip()
    spans = sorted((one.span.start, one.span.end) for one in chosen)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    held = [one for one in offered if any(start <= one.span.start < end for start, end in spans)]
    listed = [one for best, _ in ranked[:1] for one in (best, *items_of(QUERY, best, offered))]
    assert len(held) <= most or all(one in listed for one in held)  # only a list is shown beyond the limit
