# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One analyser: what a reader types must meet what a document holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.languages import known
from wazi.languages.analyse import GROUP, KEY, LONGEST, content_tokens, normalise, question, tokens

TAGS = st.sampled_from([*known(), "xx", ""])


def words(text: str, language: str) -> list[str]:
    return [token for token in tokens(text, language) if token[0] not in KEY + GROUP + "§@¤"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The County's By-law, 2019", ["the", "county", "by", "law", "2019"]),
        ("fr", "L\u2019État, qu'il n'y a pas d'école", ["état", "qu", "il", "n", "y", "a", "pas", "école"]),
        ("rw", "Inama y\u2019Igihugu", ["inama", "igihugu"]),
        ("sw", "ng'ombe wa Ng\u2019ang\u2019a", ["ng'ombe", "wa", "ng'ang'a"]),
        ("am", "የገበያ፡ፈቃድ።", ["የገበያ", "ፈቃድ"]),
        ("ar", "المَدْرَسَةُ الأُولَى", ["المدرسه", "الاولي"]),
        ("ar", "كتـــاب", ["كتاب"]),
        ("fa", "می\u200cخواهم", ["مي", "خواهم"]),
        ("bn", "ফি ৫০০ টাকা।", ["ফি", "500", "টাকা"]),
        ("km", "តម្លៃ\u200bអាជ្ញាប័ណ្ណ", ["តម្លៃ", "អាជ្ញាប័ណ្ណ"]),
        ("tr", "IĞDIR İl", ["ığdır", "il"]),
        ("yo", "Ẹ̀kọ́", ["ẹ̀kọ́"]),
        ("en", "www.county.go.ke P.O. Box", ["www", "county", "go", "ke", "po", "box"]),
        ("en", "soft\u00adhyphen", ["softhyphen"]),
        ("en", "... — !", []),
    ],
)
def test_exact_forms(language: str, text: str, expected: list[str]) -> None:
    assert words(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,200", "1200"),
        ("1.200", "1200"),
        ("1,200.00", "1200"),
        ("1\u202f200", "1200"),
        ("1,250.50", "1250.50"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("12.3.1", "12.3.1"),
        ("١٬٢٠٠", "1200"),
        ("১,২০০", "1200"),
        ("१२००", "1200"),
        ("007", "7"),
        ("0", "0"),
    ],
)
def test_numbers_are_written_in_one_way(text: str, expected: str) -> None:
    assert words(text, "en") == [expected]


def test_a_reference_with_a_stroke_is_a_token_of_its_own() -> None:
    assert "3/2019" in tokens("By-law No. 03/2019", "en")
    assert "3/2019" in tokens("উপ-আইন ৩/২০১৯", "bn")


@pytest.mark.parametrize(
    ("language", "typed", "held"),
    [
        ("fr", "ecoles", "l'école"),
        ("en", "permit", "permits"),
        ("es", "licencia", "Licencias"),
        ("vi", "giay phep", "giấy phép"),
        ("yo", "eko", "Ẹ̀kọ́"),
        ("ha", "kasar", "ƙasar"),
        ("am", "ሀኪም", "ሐኪም"),
        ("ar", "مدرسة", "المدرسة"),
        ("ar", "مدرسة", "وبالمدرسة"),
        ("ar", "قانون", "بالقانون"),
        ("bn", "বাজার", "বাজারগুলির"),
        ("lg", "omuntu", "abantu"),
        ("am", "ገበያ", "የገበያው"),
        ("ko", "시장", "시장에서"),
        ("tr", "belediye", "belediyelerimizden"),
        ("fi", "kunta", "kuntien"),
        ("en", "RSSB", "R.S.S.B."),
        ("sw", "NHIF", "N.H.I.F"),
        ("rw", "umuturage", "abaturage"),
        ("sw", "ngombe", "ng'ombe"),
        ("en", "500", "KSh500"),
    ],
)
def test_what_is_typed_meets_what_is_held(language: str, typed: str, held: str) -> None:
    assert set(tokens(typed, language)) & set(tokens(held, language))


def test_the_exact_form_stays_beside_the_key() -> None:
    assert tokens("école", "es") == ("école", "~ecol")
    assert tokens("école", "fr") == ("école", "~ecol", "#fr:ecol", "#fr:cole")
    assert tokens("ọjà", "yo") == ("ọjà", "~oja")
    assert set(tokens("oko", "yo")) != set(tokens("ọkọ̀", "yo"))


def test_content_words_leave_the_function_words_out() -> None:
    assert content_tokens("What is the fee for a market licence?", "en") == {"~fee", "~market", "~licenc"}
    assert content_tokens("Quel est le prix de l'eau ?", "fr") == {"~prix", "~eau"}
    assert content_tokens("Leseni ya soko ni shilingi ngapi?", "sw") == {"~lese", "~soko", "~shilingi"}
    assert content_tokens("ከ 500 ብር", "am") == {"~500", "~ብር"}
    assert content_tokens("إلى السوق", "ar") == {"~سوق"}
    assert content_tokens("বাজারের ফি কত?", "bn") == {"~বাজারের", "~ফি"}
    assert content_tokens("Ese amafaranga ni angahe?", "rw") == {"~faranga"}


@given(st.text(), TAGS)
def test_tokens_are_never_empty_blank_or_endless(text: str, language: str) -> None:
    found = tokens(text, language)
    assert all(token.strip("~#") and token == "".join(token.split()) and len(token) <= LONGEST + 1 for token in found)
    assert content_tokens(text, language) <= set(found)
    assert set(question(text, language)) <= set(found)
    assert all(0 < weight <= 1 for weight in question(text, language).values())
    assert tokens(text, language) == found


@given(st.text(st.characters(max_codepoint=0x24F)), st.sampled_from(["en", "fr", "rw"]))
def test_case_does_not_matter(text: str, language: str) -> None:
    assert tokens(text.upper(), language) == tokens(text.upper().casefold(), language)


def test_a_question_weighs_its_tokens_by_kind() -> None:
    asked = question("What is the fee under Article 12?", "en")
    assert asked["~fee"] > asked["fee"] > 0
    assert asked["~what"] == asked["~fee"] / 2
    assert asked["§12"] == 1.0
    rare = question("Ada kasuwa", "ha")
    assert rare["kasuwa"] == rare["~kasuwa"] == rare["#kasu"] == 1.0


def test_a_word_that_is_also_a_function_word_elsewhere_keeps_its_higher_weight() -> None:
    assert question("The act", "en")["~act"] == 1.0
    assert question("It is, is it Act 12?", "en")["~is"] == 0.5


def test_the_groups_of_a_stemmed_language_are_its_own() -> None:
    assert not {t for t in tokens("taxation", "fr") if t[0] == GROUP} & set(tokens("taxation", "rw"))
    assert {t for t in tokens("mutation", "rw") if t[0] == GROUP} <= set(tokens("mutations", "sw"))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("th", "ใบอนุญาตตลาด", {"ใบ", "อนุญาต", "ตลาด"}),
        ("th", "ตลาด\u200bราคา", {"ตลาด", "ราคา"}),
        ("km", "តម្លៃអាជ្ញាប័ណ្ណផ្សារ", {"តម្លៃ", "អាជ្ញាប័ណ្ណ", "ផ្សារ"}),
        ("lo", "ລາຄາ\u200bຕະຫຼາດ", {"ລາຄາ", "ຕະຫຼາດ"}),
        ("my", "ဈေးလိုင်စင်", {"ဈေး", "လိုင်စင်"}),
        ("ja", "市場の許可証", {"市場", "許可証"}),
        ("fr", "aujourd\u2019hui l'impôt", {"aujourd", "hui", "impôt"}),
        ("hi", "क़ानून", {"क़ानून"}),
    ],
)
def test_words_without_blanks_are_parted(language: str, text: str, expected: set[str]) -> None:
    assert expected <= set(tokens(text, language))


def test_joiners_do_not_part_indic_words() -> None:
    assert words("র\u200d্যাব", "bn") == words("র্যাব", "bn")


def test_a_mistaken_language_keeps_the_words() -> None:
    assert words("Leseni ya soko", "sw") == words("Leseni ya soko", "rw") == words("Leseni ya soko", "xx")


def test_threads_agree() -> None:
    texts = [f"licences permitted {number} écoles" for number in range(300)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: tokens(text, "en"), texts)) == [tokens(text, "en") for text in texts]


def test_the_embedder_reads_tones_but_no_separators() -> None:
    assert normalise("የገበያ፡ፈቃድ") == "የገበያ ፈቃድ"
    assert normalise("المَدْرَسَة") == "المدرسة"
    assert normalise("Ẹ̀kọ́") == "Ẹ̀kọ́"
    assert normalise("a\ud800é") == "a é"
