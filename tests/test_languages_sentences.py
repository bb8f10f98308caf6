# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sentences as they stand in laws and notices."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.languages.sentences import split


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in split(text, language)]


WHOLE = [
    "Art. 5 The county issues the licence.",
    "It is stated in No. 12 of 2019 and in Sec. 4 above.",
    "The form goes to Hon. Kamau or to Mr. Otieno.",
    "J. K. Mwangi signs for the office.",
    "A fee of KSh. 500 is due at P.O. Box 12.",
    "1. The trader pays the fee.",
    "(a) The trader pays the fee.",
    "12.3 The trader pays the fee.",
    "The fee is 12.50 shillings a day.",
    "This line was wrapped by the\nprinter and goes on here.",
    "Voir l'art. 12 du décret, M. Dupont étant absent.",
    "Soko lilifunguliwa tar. 5 Mei 2019 mjini.",
    "Maksu on esim. Mlimanin torilla ja ns. Vanhassa hallissa sama.",
    "La oficina de EE. UU. abre hoy.",
    "መንገዱ በ1975 ዓ.ም. ተሠራ።",
    "መንገዱ በ1975 ዓ. ም. ተሠራ።",
    "መንገዱ እ.ኤ.አ. በ1983 ተሠራ።",
    "ድንኳኑ በ5 ኪ.ግ ክብደት ይመዘናል።",
    "डॉ. सी. वी. वर्मा शुल्क लेते हैं।",
    "The Governor of\nMlimani County signs.",
]
APART = [
    ["The fee is due. It is paid at the office.", "en", 2],
    ["Is it free? Yes! Come in.", "en", 3],
    ["The answer is no. Ask the clerk.", "en", 2],
    ["The office opens at 8 a.m. The clerk is there.", "en", 2],
    ["ফি পাঁচশ টাকা। অফিসে দিতে হয়। কখন?", "bn", 3],
    ["शुल्क पाँच सौ है। कार्यालय में दें॥", "hi", 2],
    ["ክፍያው ይከፈላል። መቼ ነው፧ ነገ።", "am", 3],
    ["هل الرسوم مستحقة؟ نعم. تدفع في المكتب.", "ar", 3],
    ["ថ្លៃប្រាំរយ។ បង់នៅការិយាល័យ។", "km", 2],
    ["料金は五百です。窓口で払います。", "ja", 2],
    ["ክፍያው ይከፈላል፡፡ ነገ ይምጡ፡፡", "am", 2],
    ["ክፍያው ይከፈላል:: ነገ ይምጡ::", "am", 2],
    ["‹‹ክፍያው ይከፈላል፡፡›› በ1975 ዓ.ም ተባለ።", "am", 2],
    ["The market opens at six in the morning and closes at dusk.\nOpening hours\nThe gate is open daily.", "en", 3],
    ["First paragraph\n\nsecond paragraph", "en", 2],
    ["The trader shall\n- pay the fee\n- keep the receipt", "en", 3],
    ["The trader shall\n(a) pay the fee; and\n(b) keep the\nreceipt.", "en", 3],
    ["Stall | 500\nKiosk | 900\nPay at the office.", "en", 3],
    ["Stall\t500\nKiosk\t900", "en", 2],
    ["end of the page\fnext page", "en", 2],
    ["She said 😀. 😀 Then she left. 𝐀nd he. Stayed.", "en", 4],
]


@pytest.mark.parametrize("text", WHOLE)
def test_these_are_one_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(("text", "language", "count"), APART)
def test_these_are_several(text: str, language: str, count: int) -> None:
    assert len(sentences(text, language)) == count, sentences(text, language)


def test_an_initial_inside_a_text_keeps_its_sentence() -> None:
    assert sentences("See Art. 3. Then pay.") == ["See Art. 3.", "Then pay."]


@pytest.mark.parametrize("mark", ["[1]", " [38]", "[2][3]"])
def test_a_footnote_mark_stays_with_the_sentence_before(mark: str) -> None:
    assert sentences(f"Maksu on viisi.{mark} Se maksetaan.", "fi") == [f"Maksu on viisi.{mark}", "Se maksetaan."]


def test_a_numbered_paragraph_is_no_footnote() -> None:
    assert sentences("The appeal fails.\n[2] Costs follow.") == ["The appeal fails.", "[2] Costs follow."]


LETTERS = st.sampled_from(
    [*"aB1 .?!\n\t|()-।።؟។😀é\r\f\u2028\u2029\x1c\x85", "Art. ", "No. ", "\n\n", "(a) ", "1. ", "[1]", "፡፡", "ዓ."]
)


@given(st.one_of(st.text(), st.lists(LETTERS).map("".join)), st.sampled_from(["en", "fr", "ar", "km", "xx"]))
def test_every_character_that_is_not_blank_is_in_exactly_one_sentence(text: str, language: str) -> None:
    spans = split(text, language)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
