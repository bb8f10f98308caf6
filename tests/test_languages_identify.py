# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Identification, on short questions as people type them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from wazi.languages.identify import language

QUESTIONS = [
    ("en", "How much does a market licence cost?"),
    ("en", "Who may apply for the bursary?"),
    ("fr", "Combien coûte une autorisation de vente ?"),
    ("fr", "Quand le bureau est-il ouvert ?"),
    ("es", "¿Cuánto cuesta la licencia de apertura?"),
    ("pt", "Quanto custa a licença do mercado?"),
    ("sw", "Leseni ya biashara ni shilingi ngapi?"),
    ("sw", "Ofisi inafunguliwa saa ngapi?"),
    ("rw", "Umuturage asabwa iki kugira ngo abone uruhushya?"),
    ("rw", "Ese amafaranga y’ubwishyu ni angahe?"),
    ("rw", "Ni nde utanga icyemezo?"),
    ("ha", "Nawa ne kudin lasisin kasuwa?"),
    ("yo", "Èló ni owó ìwé àṣẹ ọjà?"),
    ("ar", "كم رسوم رخصة السوق؟"),
    ("fa", "هزینه مجوز بازار چقدر است؟"),
    ("ur", "بازار کے لائسنس کی فیس کتنی ہے؟"),
    ("bn", "বাজারের লাইসেন্স ফি কত?"),
    ("hi", "बाज़ार के लाइसेंस का शुल्क कितना है?"),
    ("ne", "बजारको अनुमतिपत्रको शुल्क कति हो र कहाँ तिर्ने?"),
    ("am", "የገበያ ፈቃድ ክፍያ ስንት ነው?"),
    ("ti", "ናይ ዕዳጋ ፍቓድ ክፍሊት ክንደይ እዩ?"),
    ("km", "តើអាជ្ញាប័ណ្ណផ្សារថ្លៃប៉ុន្មាន?"),
    ("th", "ใบอนุญาตตลาดราคาเท่าไร"),
    ("ja", "市場の許可証はいくらですか"),
    ("zh", "市场许可证多少钱"),
    ("ru", "Сколько стоит лицензия на торговлю?"),
]


@pytest.mark.parametrize(("tag", "question"), QUESTIONS)
def test_short_questions(tag: str, question: str) -> None:
    assert language(question, default="en") == tag


@pytest.mark.parametrize("text", ["", "?", "123 / 45", "ok", "Nairobi", "\u0000", "\ud800", "😀"])
def test_weak_evidence_is_the_default(text: str) -> None:
    assert language(text, default="sw") == "sw"


def test_one_foreign_letter_does_not_make_a_language() -> None:
    assert language("The sign シ stands for the office of the county clerk, as the by-law says.") == "en"


def test_threads_agree() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda row: language(row[1]), QUESTIONS * 4)) == [tag for tag, _ in QUESTIONS * 4]
