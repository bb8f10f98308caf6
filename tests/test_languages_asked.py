# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What measure a question asks for, in every language with a table, and what text holds one."""

import pytest

from wazi.languages import asked
from wazi.languages.asked import MONEY, TIME

LONG = {
    "en": ("How long does a fencing permit take?", "It is given within seven days."),
    "fr": ("Combien de temps faut-il pour un permis de clôture ?", "Il est délivré sous sept jours."),
    "es": ("¿Cuánto tiempo tarda el permiso de cerca?", "Se entrega en siete días."),
    "pt": ("Quanto tempo demora a licença de vedação?", "É entregue em sete dias."),
    "sw": ("Kibali cha ua huchukua muda gani?", "Hutolewa ndani ya siku saba."),
    "rw": ("Uruhushya rwo kuzitira rutwara igihe kingana iki?", "Rutangwa mu minsi irindwi: iminsi 7."),
    "ar": ("كم من الوقت تستغرق رخصة السياج؟", "تصدر خلال 7 أيام."),
    "bn": ("বেড়ার অনুমতি পেতে কত দিন লাগে?", "সাত দিনের মধ্যে দেওয়া হয়।"),
    "hi": ("बाड़ की अनुमति में कितने दिन लगते हैं?", "सात दिन में दी जाती है।"),
    "am": ("የአጥር ፈቃድ ምን ያህል ጊዜ ይወስዳል?", "በሰባት ቀናት ውስጥ ይሰጣል።"),
}
MUCH = {
    "en": ("What does a market stall cost?", "The fee is 450 shillings.", "It is free of charge."),
    "fr": ("Combien coûte un étal ?", "Le tarif est de 450 francs.", "C'est gratuit."),
    "es": ("¿Cuánto cuesta un puesto?", "La tasa es de 450 pesos.", "Es gratuito."),
    "pt": ("Quanto custa uma banca?", "A taxa é de 450 reais.", "É grátis."),
    "sw": ("Kibanda ni bei gani?", "Ada ni shilingi 450.", "Ni bure."),
    "rw": ("Ikibanza cyo mu isoko ni amafaranga angahe?", "Ni amafaranga 450.", "Ni ku buntu."),
    "ar": ("كم تكلف البسطة في السوق؟", "الرسم 450 شلن.", "الخدمة مجانية."),
    "bn": ("বাজারের একটি দোকানের ফি কত?", "ফি ৪৫০ টাকা।", "এটি বিনামূল্যে।"),
    "hi": ("बाज़ार की दुकान का शुल्क कितना है?", "शुल्क 450 रुपये है।", "यह निःशुल्क है।"),
    "am": ("የገበያ ቦታ ዋጋው ስንት ነው?", "ክፍያው 450 ብር ነው።", "በነጻ ነው።"),
}
NEITHER = "Fences along a street are at most 1.2 metres high."


@pytest.mark.parametrize("language", LONG)
def test_who_asks_how_long_asks_for_a_time(language: str) -> None:
    question, told = LONG[language]
    assert asked.measure(question, language) == TIME
    assert asked.holds(told, language, TIME)
    assert not asked.holds(NEITHER, "en", TIME)


@pytest.mark.parametrize("language", MUCH)
def test_who_asks_how_much_asks_for_money(language: str) -> None:
    question, told, free = MUCH[language]
    assert asked.measure(question, language) == MONEY
    assert asked.holds(told, language, MONEY)
    assert asked.holds(free, language, MONEY)
    assert not asked.holds(NEITHER, "en", MONEY)


@pytest.mark.parametrize(
    "question",
    [
        "How long is the ferry?",
        "Who pays the cost of the works?",
        "When is the market open?",
        "How many stalls are there?",
    ],
)
def test_other_questions_ask_for_neither(question: str) -> None:
    assert asked.measure(question, "en") == frozenset()


def test_a_question_for_both_and_an_unknown_language_tell_nothing() -> None:
    assert asked.measure("How long does it take and how much does it cost?", "en") == frozenset()
    assert asked.measure("Kauanko lupa kestää?", "fi") == frozenset()


def test_years_tell_a_time_and_a_bare_number_may_be_money() -> None:
    assert asked.holds("He governed from 1971 to 1979.", "en", TIME)
    assert not asked.holds("Form 19711 is blue.", "en", TIME)
    assert asked.holds("Stall | 450", "en", MONEY)
