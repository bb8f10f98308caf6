# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The languages as data."""

import pytest
import snowballstemmer

from wazi import languages
from wazi.languages import find, known


@pytest.mark.parametrize(
    ("asked", "found"), [("fr", "fr"), ("fr-CA", "fr"), ("PT_br", "pt"), ("kik", "kik"), (" sw ", "sw")]
)
def test_a_tag_is_found_whatever_its_case_and_region(asked: str, found: str) -> None:
    language = find(asked)
    assert language is not None
    assert language.tag == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        *[("kin", "rw"), ("swa", "sw"), ("swh", "sw"), ("yor", "yo"), ("hau", "ha"), ("ibo", "ig"), ("zul", "zu")],
        *[("twi", "tw"), ("ak", "tw"), ("amh", "am"), ("npi", "ne"), ("eng", "en"), ("kin_Latn", "rw"), ("ki", "kik")],
        *[
            ("arb_Arab", "ar"),
            ("zho_Hans", "zh"),
            ("zh-Hant-TW", "zh"),
            ("pt-BR", "pt"),
            ("KIN", "rw"),
            ("sw-KE", "sw"),
        ],
    ],
)
def test_other_standards_and_dialects_are_found(asked: str, found: str) -> None:
    language = find(asked)
    assert language is not None
    assert language.tag == found


def test_an_alias_names_one_language_and_is_no_tag() -> None:
    aliases = [alias for language in known().values() for alias in language.aliases]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(known())


@pytest.mark.parametrize("asked", ["khk", "qaa", "zz-ZZ", "", "xx", "-", "f", "french"])
def test_an_unknown_tag_is_none(asked: str) -> None:
    assert find(asked) is None


def test_every_row_can_be_used() -> None:
    algorithms = set(snowballstemmer.algorithms())
    assert len(known()) >= 45
    for language in known().values():
        assert language.english
        assert language.own
        assert len(language.script) == 4
        assert language.stemmer is None or language.stemmer in algorithms
        assert all(word == word.casefold() for word in language.function_words | language.titles | language.references)
        assert language.months is None or len(language.months) in (0, 12)
        assert all(any(place in text for place in "NM") for text in language.notations)
        assert not any(word.endswith(".") for word in language.titles | language.references)


def test_languages_of_the_first_users_are_known() -> None:
    first = "en fr es pt ar bn hi sw rw am ha yo ig zu xh so om ti wo tw bem fon ln lg ny sn mg ne ur fa ps"
    assert set(first.split()) <= set(known())
    arabic, khmer = find("ar"), find("km")
    assert arabic is not None
    assert arabic.direction == "rtl"
    assert khmer is not None
    assert khmer.groups == 0


def test_the_house_speaks_nine_languages() -> None:
    assert {language.tag for language in languages.spoken()} == {"en", "fr", "sw", "ar", "bn", "es", "pt", "rw", "am"}
