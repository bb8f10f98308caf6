# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which turns need the one before, in every language that has a table, and what is carried on."""

import pytest

from wazi.languages import known, turns
from wazi.languages.turns import joined, leans, leaves, parted, topic, words

FOLLOWING = [
    ("en", "And for foreigners?"),
    ("en", "How much is it?"),
    ("en", "What about a permanent stall?"),
    ("en", "How long are they valid?"),
    ("en", "Can women rent this stall?"),
    ("en", "For children too?"),
    ("en", "Why?"),
    ("en", "Tell me more, please."),
    ("fr", "Et pour les étrangers ?"),
    ("fr", "Combien coûte-t-elle ?"),
    ("fr", "Ça prend combien de temps ?"),
    ("fr", "Les enfants aussi ?"),
    ("es", "¿Y para los extranjeros?"),
    ("es", "¿Cuánto cuestan esos permisos?"),
    ("pt", "E para os estrangeiros?"),
    ("pt", "Quanto custa isso?"),
    ("sw", "Na kwa wageni?"),
    ("sw", "Bei yake ni shilingi ngapi?"),
    ("sw", "Vipi kuhusu watoto?"),
    ("rw", "None se abanyamahanga?"),
    ("rw", "Ibyo bisaba amafaranga angahe?"),
    ("ar", "وماذا عن الأجانب؟"),
    ("ar", "كم تبلغ رسومها؟"),
    ("ar", "وللأجانب؟"),
    ("bn", "আর বিদেশিদের জন্য?"),
    ("bn", "এটার ফি কত?"),
    ("am", "እና ለውጭ ዜጎች?"),
    ("am", "ለውጭ ዜጎችስ?"),
    ("am", "ይህ ስንት ያስከፍላል?"),
    ("hi", "और विदेशियों के लिए?"),
    ("hi", "इसकी फीस कितनी है?"),
    ("hi", "बच्चों का क्या?"),
]

WHOLE = [
    ("en", "How long does it take to register a birth?"),
    ("en", "Is it possible to pay the market fee online?"),
    ("en", "How do I renew a driving licence?"),
    ("en", "Does the council lend tools to people that it has registered?"),
    ("en", "When does the office in Mlimani open?"),
    ("fr", "Quel âge faut-il avoir pour voter ?"),
    ("fr", "Est-il possible de payer la redevance en ligne ?"),
    ("fr", "Comment renouveler son passeport ?"),
    ("es", "¿Cómo se renueva el permiso de conducir?"),
    ("pt", "Como renovar a carta de condução?"),
    ("sw", "Ninawezaje kusajili kuzaliwa kwa mtoto?"),
    ("rw", "Uruhushya rwo gutwara ibinyabiziga rusabwa he?"),
    ("ar", "ما هي رسوم تجديد جواز السفر؟"),
    ("bn", "জন্ম নিবন্ধন করতে কী কী কাগজ লাগে?"),
    ("am", "የልደት ምዝገባ የት ይደረጋል?"),
    ("hi", "जन्म प्रमाण पत्र कैसे बनवाएं?"),
]

LEAVING = [
    ("en", "Another question: where is the library?"),
    ("fr", "Autre question : où est la bibliothèque ?"),
    ("es", "Otra pregunta: ¿dónde está la biblioteca?"),
    ("pt", "Outra pergunta: onde fica a biblioteca?"),
    ("sw", "Swali lingine: maktaba iko wapi?"),
    ("rw", "Ikindi kibazo: isomero riri he?"),
    ("ar", "سؤال آخر: أين المكتبة؟"),
    ("bn", "আরেকটি প্রশ্ন: গ্রন্থাগার কোথায়?"),
    ("am", "ሌላ ጥያቄ፦ ቤተ መጻሕፍት የት ነው?"),
    ("hi", "एक और सवाल: पुस्तकालय कहाँ है?"),
]


@pytest.mark.parametrize(("language", "question"), FOLLOWING)
def test_these_need_the_turn_before(language: str, question: str) -> None:
    assert leans(question, language)


@pytest.mark.parametrize(("language", "question"), WHOLE)
def test_these_stand_alone(language: str, question: str) -> None:
    assert not leans(question, language)
    assert not leaves(question, language)


@pytest.mark.parametrize(("language", "question"), LEAVING)
def test_these_begin_another_subject(language: str, question: str) -> None:
    assert leaves(question, language)


def test_a_pointing_word_behind_what_it_points_at_needs_nothing() -> None:
    assert not leans("If my market stall licence was stolen, must I report it?", "en")
    assert leans("Must I report it if my market stall licence was stolen?", "en")


def test_a_language_without_a_table_needs_a_telling_word() -> None:
    assert "cy" not in turns.phrases()
    assert leans("???", "cy")
    assert not leans("trwydded yrru", "cy")


def test_telling_words_are_as_they_are_written_and_stand_once() -> None:
    assert words("Tell me: what does a Market stall cost, a market stall?", "en") == ("Market", "stall", "cost")
    assert words("How much?", "en") == ()


def test_the_topic_is_that_of_the_last_whole_question_and_since() -> None:
    first, second = "What does a market stall cost?", "And for foreigners?"
    assert topic([first, second], "en") == ("foreigners", "market", "stall", "cost")
    assert topic([first, second, "How do I register a birth?"], "en") == ("register", "birth")
    assert topic([], "en") == ()


def test_the_topic_is_bounded() -> None:
    many = "and " + " ".join(f"word{number}" for number in range(50))
    assert len(topic(["market stall", many], "en")) == turns.TOPIC
    assert topic(["x" * 500], "en") == ()


def test_joined_and_parted_are_inverse() -> None:
    assert joined(["stall", "fee"], "How much?") == "stall fee › How much?"
    assert parted("stall fee › How much?") == ("stall fee", "How much?")
    assert parted(joined([], "How much?")) == ("", "How much?")
    assert parted(" › How much?") == ("", " › How much?")


def test_every_table_is_of_a_known_language_and_every_phrase_works() -> None:
    for tag, row in turns.phrases().items():
        assert tag in known()
        assert row.keys() <= set(turns.KINDS), tag
        for phrase in [*row["pointing"], *row["idle"], *row["continuing"], *row["leaving"]]:
            assert phrase == phrase.casefold().strip(), (tag, phrase)
        for phrase in row["pointing"]:
            assert turns._turns()[tag].pointing.search(phrase.replace("*", "كتاب")), (tag, phrase)  # type: ignore[union-attr]
        for phrase in row["continuing"]:
            said = phrase.removeprefix("… ").replace("*", "ለሰው")
            assert leans(
                f"{said} xxx yyy zzz" if said == phrase.replace("*", "ለሰው") else f"xxx yyy zzz {said}?", tag
            ), (tag, phrase)
