# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Exact match and F1 against numbers worked out by hand, in both normalisations."""

import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.evals.answer_text import best, exact_match, f1, words


@pytest.mark.parametrize(
    ("text", "language", "squad", "by_language"),
    [
        ("The market, at a gate!", "en", ["market", "at", "gate"], ["market", "at", "gate"]),
        ("U.S. $5.50", "en", ["us", "550"], ["us", "550"]),
        ("la Ciudad de las Flores", "es", ["la", "ciudad", "de", "las", "flores"], ["ciudad", "de", "flores"]),
        ("¿En el año 1910?", "es", ["¿en", "el", "año", "1910"], ["en", "año", "1910"]),
        ("le maire du village", "fr", ["le", "maire", "du", "village"], ["maire", "village"]),
        ("«दो रुपये।»", "hi", ["«दो", "रुपये।»"], ["दो", "रुपये"]),
        ("36 በመቶ።", "am", ["36", "በመቶ።"], ["36", "በመቶ"]),
        ("các ngôi nhà của làng", "vi", ["các", "ngôi", "nhà", "của", "làng"], ["các", "ngôi", "nhà", "làng"]),
        ("东京在1964年。", "zh", ["东京在1964年。"], ["东", "京", "在", "1964", "年"]),
        ("ห้าบาท", "th", ["ห้าบาท"], list("ห้าบาท")),
        ("1901년", "ko", ["1901년"], ["1901년"]),
        ("the a an", "en", [], []),
        ("a theatre", "fr", ["theatre"], ["a", "theatre"]),
    ],
)
def test_words_that_count(text: str, language: str, squad: list[str], by_language: list[str]) -> None:
    assert words(text, language, squad=True) == squad
    assert words(text, language) == by_language


@pytest.mark.parametrize(
    ("said", "gold", "em", "score"),
    [
        ("1976", "1976", 1, 1),
        ("in the year 1976", "1976", 0, 0.5),  # precision 1/3, recall 1
        ("two stalls, two gates", "two gates", 0, 2 / 3),  # two of four, two of two
        ("gate two", "two gate", 0, 1),
        ("nine", "ten", 0, 0),
        ("", "ten", 0, 0),
        ("the", "an", 1, 0),  # nothing is left of either: the script of SQuAD 1.1 says so too
    ],
)
def test_exact_match_and_f1_by_hand(said: str, gold: str, em: float, score: float) -> None:
    assert best(exact_match, said, [gold], "en", squad=True) == em
    assert best(f1, said, [gold], "en", squad=True) == pytest.approx(score)


def test_the_nearest_of_several_gold_answers_counts() -> None:
    assert best(f1, "the county council", ["the council", "county council", "nobody"], "en") == 1
    assert best(f1, "anything", [], "en") == 0


@given(st.text(alphabet=string.ascii_letters + string.punctuation + " \n½é", max_size=40), st.text(max_size=40))
def test_the_squad_way_is_that_of_regular_expressions(said: str, gold: str) -> None:
    """Another way to write the published steps: letters small, ASCII punctuation out, articles out, blanks one."""

    def other(text: str) -> list[str]:
        bare = re.sub("[" + re.escape(string.punctuation) + "]", "", text.lower())
        return re.split(r"\s+", re.sub(r"\b(a|an|the)\b", " ", bare).strip())

    ours, theirs = words(said, "xx", squad=True), [word for word in other(said) if word]
    assert " ".join(ours).split() == " ".join(theirs).split()
    golds = words(gold, "xx", squad=True)
    same = sum(min(count, Counter(golds)[word]) for word, count in Counter(ours).items())
    if same:
        precision, recall = same / len(ours), same / len(golds)
        assert f1(ours, golds) == pytest.approx(2 * precision * recall / (precision + recall))
    else:
        assert f1(ours, golds) == 0
