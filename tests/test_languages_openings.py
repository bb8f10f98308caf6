# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which sentences restrict the one before, and which cannot be read without it."""

import pytest

from wazi.languages import known
from wazi.languages.openings import leans, restricts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("However, elders pay nothing.", "en"),
        ("(2) Provided  that the fee is paid.", "en"),
        ("\u2022 Unless the clerk agrees.", "en"),
        ("Sauf le dimanche.", "fr"),
        ("HATA HIVYO, wazee hawalipi.", "sw"),
        ("但老人免费。", "zh"),
        ("Ancak yaşlılar ödemez.", "tr"),
    ],
)
def test_these_restrict(text: str, language: str) -> None:
    assert restricts(text, language)
    assert leans(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Butter costs 5.", "en"), ("The fee is due, unless waived.", "en"), ("However, it is due.", "xx"), ("", "en")],
)
def test_these_do_not(text: str, language: str) -> None:
    assert not restricts(text, language)
    assert not leans(text, language)


def test_a_pronoun_leans_without_restricting() -> None:
    assert leans("This is paid at the gate.", "en")
    assert not restricts("This is paid at the gate.", "en")


def test_every_phrase_is_found_as_it_is_written() -> None:
    for row in known().values():
        for phrase in row.restricting:
            assert phrase == phrase.casefold()
            assert restricts(f"{phrase} ...", row.tag), (row.tag, phrase)
        for phrase in row.referring:
            assert phrase == phrase.casefold()
            assert leans(f"{phrase} ...", row.tag), (row.tag, phrase)
