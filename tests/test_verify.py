# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A written sentence is shown only if its numbers, dates and names stand in its quotes."""

import pytest

from wazi.types import Cited, Claim, Quote, Support
from wazi.verify import unsupported, verify

DOCUMENT = Cited("d", "Charter", "charter.pdf", "0" * 64, None, None)


def claim(text: str, quoted: str, support: Support = Support.NOT) -> Claim:
    return Claim(text, support, (Quote(quoted, DOCUMENT, 1, None, 0, len(quoted), "c"),))


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("A stall costs 450 shillings.", "The daily fee for a stall is 450 shillings."),
        ("It costs 1200 shillings.", "A fee of KSh 1,200 is due."),
        ("Apply by 03-07-2024.", "Applications close on 3/7/2024."),
        ("ফি ৫০ টাকা।", "নিবন্ধনের ফি 50 টাকা।"),
        ("The office in Mlimani is open.", "The sub-county office at Mlimani opens at eight."),
        ("الرسم ١٥٠٠", "الرسم 1500"),
    ],
)
def test_what_stands_in_the_quote_is_kept(text: str, quoted: str) -> None:
    assert unsupported(claim(text, quoted)) == []
    assert [shown.text for shown in verify([claim(text, quoted)])] == [text]


@pytest.mark.parametrize(
    ("text", "quoted", "missing"),
    [
        ("A stall costs 500 shillings.", "The daily fee for a stall is 450 shillings.", "500"),
        ("It costs 45 shillings.", "The daily fee is 450 shillings.", "45"),
        ("It costs 1,2000.", "It costs 12000.", "1,2000"),
        ("Apply by 4/7/2024.", "Applications close on 3/7/2024.", "4/7/2024"),
        ("Ask Amina about it.", "Ask the registrar about it.", "Amina"),
        ("NEMA decides.", "The committee decides.", "NEMA"),
        ("ফি ৬০ টাকা।", "নিবন্ধনের ফি 50 টাকা।", "60"),
    ],
)
def test_what_is_invented_gives_way_to_the_quote(text: str, quoted: str, missing: str) -> None:
    assert missing in unsupported(claim(text, quoted))
    shown = verify([claim(text, quoted)])
    assert [each.text for each in shown] == [quoted]
    assert shown[0].support is Support.SUPPORTED


def test_two_failed_sentences_on_one_quote_show_it_once() -> None:
    assert len(verify([claim("It is 1.", "It is 3."), claim("It is 2.", "It is 3.")])) == 1


def test_a_verbatim_claim_passes() -> None:
    same = claim("It is 3.", "It is 3.", Support.SUPPORTED)
    assert verify([same]) == [same]


RULE = (
    "A trader may sell fish on Fridays only. Other goods are sold every day within 14 days of arrival for 30 shillings."
)


@pytest.mark.parametrize(
    ("text", "language", "quoted"),
    [
        ("A trader must sell fish on Fridays only.", "en", RULE),
        ("A trader may not sell fish on Fridays only.", "en", RULE),
        ("A trader may sell fish on Fridays.", "en", RULE),
        ("Other goods are sold within 14 shillings of arrival.", "en", RULE),
        ("Other goods are sold for 14 shillings within 30 days.", "en", RULE),
        ("Pay before 3 June 2024.", "en", "Pay before 3 July 2024."),
        ("Le dossier est complet.", "fr", "Le dossier n'est pas complet."),
        ("Ada lazima ilipwe.", "sw", "Ada inaweza kulipwa."),
        ("يجوز البيع في السوق", "ar", "لا يجوز البيع في السوق"),
        ("प्रवेश शुल्क है।", "hi", "प्रवेश शुल्क नहीं है।"),
    ],
)
def test_a_turned_rule_gives_way_to_the_quote(text: str, language: str, quoted: str) -> None:
    assert [shown.text for shown in verify([claim(text, quoted)], language)] == [quoted]


@pytest.mark.parametrize(
    ("text", "language", "quoted"),
    [
        ("A trader may sell fish on Fridays only.", "en", RULE),
        ("Pay before 3 July 2024.", "en", "Pay before 3/7/2024. Nobody may enter unless it rains."),
        ("Le dossier n'est pas complet.", "fr", "Le dossier n'est pas complet. Il doit être renvoyé."),
    ],
)
def test_an_unchanged_rule_is_kept(text: str, language: str, quoted: str) -> None:
    assert [shown.text for shown in verify([claim(text, quoted)], language)] == [text]
