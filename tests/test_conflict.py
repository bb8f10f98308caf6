# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Two fees are a conflict; a version, another service or another year are not."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from conftest import put

from wazi import ask
from wazi.conflict import disagree
from wazi.desk import Desk
from wazi.types import PUBLIC, About, Outcome, Query, Reader, Said

READER = Reader("anonymous", frozenset({PUBLIC}), "en")
ASKED = "What is the daily stall fee?"


def query(text: str, language: str) -> Query:
    return Query(text, language, {}, np.zeros(1, np.float32))


@pytest.mark.parametrize(
    ("one", "other", "asked", "language"),
    [
        ("The daily stall fee is 300 shillings.", "The daily stall fee is 450 shillings.", ASKED, "en"),
        (
            "A certified copy of a birth certificate costs 150 shillings.",
            "The fee for a certified copy of a birth certificate is 200 shillings.",
            "What does a copy of a birth certificate cost?",
            "en",
        ),
        (
            "Renew the licence by 31 March.",
            "Renew the licence by 30 April.",
            "Until when must I renew the licence?",
            "en",
        ),
        (
            "Ada ya kibanda ni shilingi 450 kwa siku.",
            "Ada ya kibanda ni shilingi 300 kwa siku.",
            "Ada ya kibanda?",
            "sw",
        ),
        ("নিবন্ধনের ফি ৫০ টাকা।", "নিবন্ধনের ফি ১০০ টাকা।", "নিবন্ধনের ফি কত?", "bn"),
        ("Le certificat coûte 20 euros.", "Le certificat coûte 35 euros.", "Combien coûte le certificat ?", "fr"),
        ("رسم الرخصة ٥٠٠ شلن", "رسم الرخصة ٧٠٠ شلن", "كم رسم الرخصة؟", "ar"),
    ],
)
def test_the_same_words_with_another_figure_disagree(one: str, other: str, asked: str, language: str) -> None:
    assert disagree(one, other, query(asked, language), language)
    assert not disagree(one, one, query(asked, language), language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The daily stall fee is 450 shillings.", "The daily stall fee is 450.00 shillings."),
        ("The fee for an open stall is 450 shillings per day.", "The fee for a hawker is 50 shillings per day."),
        ("Business licence, small: 5,000 shillings.", "Business licence, large: 30,000 shillings."),
        ("In 2011 the town had 5,000 households.", "In 2001 the town had 4,000 households."),
        ("The stall fee is 450 shillings.", "The stall fee is paid within 5 days."),
    ],
)
def test_what_speaks_of_something_else_does_not_disagree(one: str, other: str) -> None:
    assert not disagree(one, other, query("How much is it?", "en"), "en")


def test_two_documents_in_force_end_as_a_conflict_with_both_quotes_and_their_dates(
    desk_of: Callable[[str], Desk],
) -> None:
    desk = desk_of("point")
    put(desk, "charter.md", "The daily stall fee is 300 shillings.", valid_from=dt.date(2020, 1, 1))
    put(desk, "notice.md", "The daily stall fee is 450 shillings.", valid_from=dt.date(2024, 7, 1))
    answer = ask.answer(ASKED, READER, desk, model="quote")
    assert answer.outcome is Outcome.SOURCES_CONFLICT
    days = {quote.text: quote.document.valid_from for claim in answer.claims for quote in claim.quotes}
    assert days == {
        "The daily stall fee is 300 shillings.": dt.date(2020, 1, 1),
        "The daily stall fee is 450 shillings.": dt.date(2024, 7, 1),
    }


def test_an_amended_text_gives_way_to_the_one_that_amends_it(desk_of: Callable[[str], Desk]) -> None:
    desk = desk_of("point")
    old = put(desk, "old.md", "The daily stall fee is 300 shillings.")
    new = put(desk, "new.md", "The daily stall fee is 450 shillings.")
    said = Said(About.AMENDED_BY, "new", 0, 3, new.id)
    desk.store.describe([replace(old, said=(said,))])
    answer = ask.answer(ASKED, READER, desk, model="quote")
    assert (answer.outcome, answer.text) == (Outcome.ANSWERED, "The daily stall fee is 450 shillings.")
