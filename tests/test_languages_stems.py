# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Forms of one word meet in their stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.languages import known
from wazi.languages.stems import stem


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("rw", "amategeko", "itegeko"),
        ("rw", "umuturage", "abaturage"),
        ("sw", "watumishi", "mtumishi"),
        ("sw", "shuleni", "shule"),
        ("lg", "omusawo", "abasawo"),
        ("en", "licences", "licence"),
        ("fr", "impôts", "impôt"),
        ("ar", "المدرسة", "مدرسة"),
        ("xx", "école", "ecole"),
    ],
)
def test_two_forms_meet(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(("language", "word"), [("rw", "umu"), ("sw", "wani"), ("lg", "aba"), ("xx", "a")])
def test_a_short_word_keeps_its_letters(language: str, word: str) -> None:
    assert stem(word, language) == word


@given(st.text(min_size=1), st.sampled_from([*known(), "xx"]))
def test_a_stem_is_never_empty(word: str, tag: str) -> None:
    assert stem(word.casefold(), tag)
