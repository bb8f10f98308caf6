# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a sentence allows, and what kind of answer a question needs, in each language with a table."""

import pytest

from wazi.languages import known, quantities, rules


@pytest.mark.parametrize(
    ("text", "language", "kinds"),
    [
        ("You must not open unless you pay.", "en", {"must", "negation", "unless"}),
        ("You can't enter.", "en", {"may", "negation"}),
        ("Vous ne pouvez pas entrer sauf le lundi.", "fr", {"may", "negation", "unless"}),
        ("No se puede entrar.", "es", {"may", "negation"}),
        ("Não pode entrar.", "pt", {"may", "negation"}),
        ("Hairuhusiwi kuingia.", "sw", {"may", "negation"}),
        ("Agomba kwishyura.", "rw", {"must"}),
        ("لا يجوز البيع", "ar", {"may", "negation"}),
        ("প্রবেশ নিষিদ্ধ", "bn", {"negation"}),
        ("प्रवेश नहीं है", "hi", {"negation"}),
        ("አይፈቀድም", "am", {"may", "negation"}),
    ],
)
def test_signals(text: str, language: str, kinds: set[str]) -> None:
    assert {kind for kind, count in rules.signals(text, language).items() if count} == kinds


@pytest.mark.parametrize(
    ("question", "language", "decides", "lists"),
    [
        ("May I sell food?", "en", True, False),
        ("How can I pay?", "en", False, False),
        ("What do I need to register?", "en", False, True),
        ("Puis-je vendre ?", "fr", True, False),
        ("Quelles pièces fournir ?", "fr", False, True),
        ("Je, naweza kuuza?", "sw", True, False),
        ("هل يجوز البيع؟", "ar", True, False),
        ("क्या मैं आवेदन कर सकता हूँ?", "hi", True, False),
    ],
)
def test_kinds_of_questions(question: str, language: str, decides: bool, lists: bool) -> None:
    assert (rules.decides(question, language), rules.lists(question, language)) == (decides, lists)


def test_every_table_is_of_a_known_language_and_kind() -> None:
    rows = rules._rows()
    assert set(rows) <= set(known())
    assert set(rows) >= {"en", "fr", "es", "sw", "rw", "ar", "bn", "am", "pt", "hi"}
    assert all(set(row) <= set(rules.KINDS) for row in rows.values())


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("KSh 1,200 within 14 working days", "en", [("1200", "money"), ("14", "day")]),
        ("siku 14 na shilingi 450", "sw", [("14", "day"), ("450", "money")]),
        ("ফি ৫০ টাকা", "bn", [("50", "money")]),
        ("by 31 March", "en", [("03-31", "date")]),
        ("3 500 francs", "fr", [("3500", "money")]),
    ],
)
def test_numbers_have_their_units(text: str, language: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.value, each.unit) for each in quantities.found(text, language)] == expected


@pytest.mark.parametrize(
    ("row", "fits"),
    [
        ("dwelling of up to 100 square metres", True),
        ("more than 100 square metres", False),
        ("60 to 90 square metres", True),
        ("less than 60 square metres", False),
        ("5 to 10 employees", None),
    ],
)
def test_a_range_holds_the_asked_number_or_not(row: str, fits: bool | None) -> None:
    [asked] = quantities.found("a house of 90 square metres", "en")
    assert quantities.inside(asked, quantities.ranges(row, "en")) is fits
