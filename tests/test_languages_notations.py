# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The same article, day, amount or law is the same token, whoever writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.languages import dates, known, notations, numbers
from wazi.languages.analyse import tokens

MARKS = notations.ARTICLE + dates.DATE + numbers.AMOUNT

ARTICLE_12 = [
    ("en", "See art. 12 of the law"),
    ("en", "Article 12"),
    ("en", "under sec. 12(1)"),
    ("en", "s. 12"),
    ("de", "§ 12 Abs. 1"),
    ("fr", "de l\u2019article 12"),
    ("fr", "l'art.12"),
    ("es", "el artículo 12"),
    ("es", "ARTICULO 12"),
    ("pt", "artigo 12.º"),
    ("rw", "Ingingo ya 12"),
    ("sw", "Kifungu cha 12"),
    ("sw", "ibara ya 12"),
    ("ar", "المادة ١٢"),
    ("ar", "وفق المادة (12)"),
    ("bn", "ধারা ১২"),
    ("bn", "১২ ধারার অধীন"),
    ("hi", "धारा १२"),
    ("ne", "दफा १२"),
    ("ur", "دفعہ ۱۲"),
    ("am", "በአንቀጽ 12"),
    ("km", "មាត្រា ១២"),
    ("th", "ตามมาตรา ๑๒"),
    ("zh", "第12条"),
    ("ko", "제12조"),
    ("vi", "Điều 12"),
    ("id", "Pasal 12"),
    ("tr", "12. madde"),
    ("ru", "статьи 12"),
    ("el", "άρθρο 12"),
    ("xx", "Article 12"),
]

DAY = [
    ("en", "on 12 March 2024"),
    ("en", "12th of March, 2024"),
    ("en", "March 12, 2024"),
    ("en", "12-03-2024"),
    ("en", "2024-03-12"),
    ("en", "dated 03/12/2024 or 12/03/2024"),
    ("fr", "le 12 mars 2024"),
    ("es", "12 de marzo de 2024"),
    ("pt", "12 de março de 2024"),
    ("sw", "tarehe 12 Machi 2024"),
    ("rw", "ku wa 12 Werurwe 2024"),
    ("ha", "12 ga Maris, 2024"),
    ("am", "ማርች 12 ቀን 2024"),
    ("ar", "12 مارس 2024"),
    ("ar", "١٢/٠٣/٢٠٢٤"),
    ("bn", "১২ মার্চ ২০২৪"),
    ("hi", "१२ मार्च २०२४"),
    ("th", "๑๒ มีนาคม ๒๕๖๗"),
    ("km", "ថ្ងៃទី១២ ខែមីនា ឆ្នាំ២០២៤"),
    ("vi", "ngày 12 tháng 3 năm 2024"),
    ("zh", "2024年3月12日"),
    ("ko", "2024년 3월 12일"),
    ("ru", "12 марта 2024 г."),
    ("de", "12. März 2024"),
    ("xx", "12 March 2024"),
]

RWF_5000 = [
    ("en", "Frw 5,000"),
    ("en", "RWF 5000.00"),
    ("en", "5,000Frw"),
    ("fr", "5 000 FRW"),
    ("fr", "5\u202f000 francs rwandais"),
    ("rw", "amafaranga y\u2019u Rwanda 5.000"),
    ("rw", "amafaranga 5.000"),
    ("en", "5,000 Rwandan francs"),
    ("en", "1. Frw 5,000"),
    ("en", "Frw5,000"),
]

LAW = [
    ("en", "Law N° 13/2009 of 27/05/2009"),
    ("en", "Law No 13/2009"),
    ("en", "Act No. 13 of 2009"),
    ("rw", "Itegeko n° 13/2009"),
    ("sw", "Sheria Na. 13 ya mwaka 2009"),
    ("bn", "২০০৯ সনের ১৩ নং আইন"),
    ("fr", "loi n° 13-2009"),
]


def common(text: str, language: str) -> list[str]:
    return [token for token in tokens(text, language) if token[0] in MARKS]


@pytest.mark.parametrize(("language", "text"), ARTICLE_12)
def test_an_article_is_one_token_everywhere(language: str, text: str) -> None:
    found = tokens(text, language)
    assert "§12" in found
    assert any(token.startswith("12") for token in found)


@pytest.mark.parametrize(("language", "text"), DAY)
def test_a_day_is_one_token_everywhere(language: str, text: str) -> None:
    assert {"@2024-03-12", "@2024-03"} <= set(tokens(text, language))


@pytest.mark.parametrize(("language", "text"), RWF_5000)
def test_an_amount_is_one_token_everywhere(language: str, text: str) -> None:
    found = tokens(text, language)
    assert {"¤RWF5000", "5000"} <= set(found)
    assert len([token for token in found if token[0] == numbers.AMOUNT]) == 1


@pytest.mark.parametrize(("language", "text"), LAW)
def test_a_law_is_one_token_everywhere(language: str, text: str) -> None:
    assert "13/2009" in tokens(text, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Section 12(1) and section 12A(b)", ["§12", "§12(1)", "§12", "§12a", "§12a(b)"]),
        ("clause 12.3.1", ["§12.3.1"]),
        ("Article One", ["§1"]),
        ("Article 012", ["§12"]),
        ("KES 5,000/= or KSh. 5,000.00", ["¤KES5000", "¤KES5000"]),
        ("Tshs 50,000/- and US$20", ["¤TZS50000", "¤USD20"]),
        ("12 Frw 300", ["¤RWF12"]),
        ("03/25/2024", ["@2024-03", "@2024-03-25"]),
        ("in March 2024", ["@2024-03"]),
        ("32 March 2024", ["@2024-03"]),
    ],
)
def test_what_stands_there_and_no_more(text: str, expected: list[str]) -> None:
    assert common(text, "en") == expected


def test_words_that_say_first() -> None:
    assert "§1" in tokens("ingingo ya mbere", "rw")
    assert "§1" in tokens("Article premier", "fr")
    assert "§1" in tokens("المادة الأولى", "ar")
    assert common("the first of one hundred", "en") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Call 0788 123 456 or 0788-123-456 or +250 788 12 03 2024"),
        ("en", "clauses stand apart: 12.3.1"),
        ("en", "the ratio was 12/03"),
        ("en", "31/31/2024 and 2024-13-40 and 30/02/2024"),
        ("en", "they may do so, as they may not"),
        ("en", "5.000 F, Sh. 50,000 and $5"),
        ("en", "version 1.2.2024.7"),
        ("en", "the Section, 12 people came"),
        ("en", "account 12-03-20245"),
        ("ko", "예산은 3조 원이다"),
        ("rw", "abaturage 5.000"),
        ("fr", "5 000 personnes"),
    ],
)
def test_these_are_no_notations(language: str, text: str) -> None:
    assert common(text, language) == []


def test_a_name_of_two_months_means_the_one_of_its_language() -> None:
    assert "@2024-04" in tokens("Mata 2024", "rw")
    assert [t for t in tokens("listopad 2024", "pl") if t[0] == "@"] == ["@2024-11"]
    assert common("12 mat 2024", "en") == []
    assert "@2024-04-12" in tokens("12 mat 2024", "rw")
    assert "@2024-03-12" in tokens("12 mat 2024", "xh")


@given(st.sampled_from(sorted(known())), st.integers(1, 28), st.integers(1, 12), st.integers(1950, 2100))
def test_a_day_in_digits_is_the_same_in_every_language(tag: str, day: int, month: int, year: int) -> None:
    wanted = f"@{year}-{month:02}-{day:02}"
    assert wanted in tokens(f"{day}/{month}/{year}", tag)
    assert wanted in tokens(f"{year}-{month:02}-{day:02}", tag)


@given(
    st.text(st.sampled_from("0123456789 /-.,()§aF%९৫名第条年月日mar frwkno°")),
    st.sampled_from(["en", "rw", "bn", "zh", "xx"]),
)
def test_odd_numbers_give_tokens_without_blanks(text: str, tag: str) -> None:
    assert all(token and not any(map(str.isspace, token)) for token in notations.found(text, tag))


@pytest.mark.parametrize(
    ("number", "plain"), [("1,200.00", "1200"), ("1.200", "1200"), ("12,5", "12.5"), ("12.3.1", "12.3.1"), ("000", "0")]
)
def test_numbers_are_plain(number: str, plain: str) -> None:
    assert numbers.plain_number(number) == plain
