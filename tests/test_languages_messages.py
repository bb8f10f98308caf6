# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Catalogues say the same things."""

from string import Formatter

import pytest

from wazi.languages import messages
from wazi.types import Outcome

OTHERS = [tag for tag in messages.offered() if tag != "en"]


def braces(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


@pytest.mark.parametrize("tag", OTHERS)
def test_catalogues_have_the_same_keys_and_braces(tag: str) -> None:
    english, other = messages.catalogue("en"), messages.catalogue(tag)
    assert list(other) == list(english)
    assert {key: braces(text) for key, text in other.items()} == {key: braces(text) for key, text in english.items()}


@pytest.mark.parametrize("tag", OTHERS)
def test_everything_is_translated(tag: str) -> None:
    english, other = messages.catalogue("en"), messages.catalogue(tag)
    same = {key for key in english if english[key] == other[key]}
    assert same <= {"cost_line", "source_label", "page_label"}


def test_every_outcome_but_a_full_answer_has_words() -> None:
    assert {outcome.value for outcome in Outcome} - {"answered"} <= set(messages.catalogue("en"))


def test_values_fill_the_braces() -> None:
    assert messages.say("page_label", "en", page=3) == "page 3"
    assert messages.say("page_label", "bn-BD", page=3) == "পৃষ্ঠা 3"


def test_a_language_without_a_catalogue_is_answered_in_english() -> None:
    assert messages.say("back", "km") == messages.say("back", "not a tag") == "Back"
    assert messages.language_of("km") == "en"
    assert messages.language_of("fr-CA") == "fr"


def test_a_mistaken_key_or_a_missing_value_is_not_shown_to_a_reader() -> None:
    with pytest.raises(KeyError):
        messages.say("no_such_key", "en")
    with pytest.raises(KeyError):
        messages.say("page_label", "fr")
