# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Lexicons: what is learned from parallel texts, how it is written, and what a question becomes with one."""

from pathlib import Path

import pytest

from wazi.errors import InputError
from wazi.languages import align, analyse, lexicon
from wazi.languages.lexicon import Lexicon

PARALLEL = [
    ("Isoko rifungura kare", "The market opens early"),
    ("Isoko rifunga nimugoroba", "The market closes in the evening"),
    ("Ibiro bifungura kare", "The office opens early"),
    ("Ibiro bifunga nimugoroba", "The office closes in the evening"),
    ("Ishuri rifungura kare", "The school opens early"),
    ("Ishuri rifunga nimugoroba", "The school closes in the evening"),
]


@pytest.fixture(scope="module")
def learned() -> Lexicon:
    return align.learn(PARALLEL, "rw", "en")[0]


def best(made: Lexicon, word: str) -> str:
    (key,) = [token for token in analyse.tokens(word, made.source) if token.startswith(analyse.KEY)]
    return made.translations(key)[0][0]


def test_words_are_learned_from_the_texts_they_share(learned: Lexicon) -> None:
    assert [best(learned, word) for word in ("isoko", "ibiro", "ishuri")] == ["market", "office", "school"]


def test_both_ways_are_learned_at_once(learned: Lexicon) -> None:
    back = align.learn(PARALLEL, "rw", "en")[1]
    assert (back.source, back.target) == ("en", "rw")
    assert [best(back, word) for word in ("market", "office", "school")] == ["isoko", "ibiro", "ishuri"]


def test_a_word_is_looked_for_at_its_place() -> None:
    """Words that always stand together are told apart by their order alone."""
    made, _ = align.learn([("isoko ibiro ishuri", "market office school")] * 3, "rw", "en")
    assert [best(made, word) for word in ("isoko", "ibiro", "ishuri")] == ["market", "office", "school"]


def test_texts_of_equally_many_sentences_are_learned_from_sentence_by_sentence() -> None:
    """Each word stands in one pair of texts only, in two sentences that have the same place in both."""
    one = "Isoko rirafunguye. Ibiro birafunze. Isoko rirafunze. Ibiro birafunguye."
    other = "Market opens. Office closes. Market closes. Office opens."
    made, _ = align.learn([(one, other)], "rw", "en")
    assert [best(made, word) for word in ("isoko", "ibiro")] == ["market", "office"]
    assert not align.learn([(one, other.replace(". M", ", m"))], "rw", "en")[0].words  # not equally many: one text


def test_a_word_seen_once_is_not_guessed() -> None:
    made, _ = align.learn([*PARALLEL, ("Amazi", "Water")], "rw", "en")
    assert "water" not in {word for found in made.words.values() for word, _ in found}


def test_numbers_are_not_words() -> None:
    made, _ = align.learn([(f"{one} 12", f"{two} 12") for one, two in PARALLEL], "rw", "en")
    assert not any(any(map(str.isdigit, word)) for word in made.words)


def test_nothing_to_learn_from() -> None:
    assert [made.words for made in align.learn([], "rw", "en")] == [{}, {}]
    assert [made.words for made in align.learn([("Amazi", "Water")], "rw", "en")] == [{}, {}]


def test_a_gloss_keeps_what_is_like_no_word_and_skips_what_is_unsure() -> None:
    made = Lexicon("rw", "en", {"isoko": (("market", 0.9),), "kandi": (("and", 0.05),)})
    assert made.gloss("Isoko kandi Kimironko 250") == "market kimironko 250"


def test_another_form_of_a_word_stands_in_for_it() -> None:
    made = Lexicon("rw", "en", {"abaforomokazi": (("nurses", 0.8),)})
    assert made.gloss("umuforomokazi") == "nurses"
    assert made.gloss("umwarimu") == "umwarimu"


def test_the_words_of_a_question_weigh_one_each() -> None:
    made = Lexicon("rw", "en", {"isoko": (("market", 0.6), ("stall", 0.2)), "kare": (("early", 0.5),)})
    weights = made.tokens("isoko kare")
    assert weights["~market"] == pytest.approx(0.75)
    assert weights["~stall"] == pytest.approx(0.25)
    assert weights["~earli"] == pytest.approx(1.0)


def test_a_question_is_asked_in_its_own_words_and_in_those_of_the_lexicon() -> None:
    lexicons = {("rw", "en"): Lexicon("rw", "en", {"isoko": (("market", 0.6),)})}
    asked = lexicon.asked("isoko rya Kimironko", "rw", lexicons)
    assert asked["isoko"] == 1.0
    assert asked["~market"] == 1.0
    assert "~market" not in lexicon.asked("isoko", "rw", lexicons, held=["rw", "fr"])
    assert lexicon.asked("isoko", "sw", lexicons).keys() == analyse.question("isoko", "sw").keys()


def test_only_a_language_with_a_gloss_is_read_by_it() -> None:
    words = {"isoko": (("market", 0.6),)}
    assert lexicon.as_read("Isoko", "rw", {("rw", "en"): Lexicon("rw", "en", words)}) == "market"
    assert lexicon.as_read("Isoko", "rw", {}) == "Isoko"
    assert lexicon.as_read("Isoko", "sw", {("sw", "en"): Lexicon("sw", "en", words)}) == "Isoko"


def test_a_question_is_read_in_the_language_of_other_passages() -> None:
    def leads(source: str, target: str, word: str) -> Lexicon:
        return Lexicon(source, target, {word: (({"en": "market", "fr": "marché", "rw": "isoko"}[target], 0.9),)})

    made = [
        leads("rw", "en", "isoko"),
        leads("rw", "fr", "isoko"),
        leads("fr", "en", "marché"),
        leads("en", "rw", "market"),
    ]
    lexicons = {(each.source, each.target): each for each in made}
    assert lexicon.read_across("marché", "fr", lexicons, ["fr", "en", "rw"]) == {"en": "market", "rw": "market"}
    assert lexicon.read_across("marché", "fr", lexicons, ["fr"]) == {}
    assert lexicon.read_across("market", "en", lexicons) == {}  # Kinyarwanda is read in English already
    assert lexicon.read_across("isoko", "rw", lexicons) == {"fr": "marché"}  # and so is the question
    assert lexicon.read_across("marché", "xx", lexicons) == {}


def test_what_is_written_is_read_again(tmp_path: Path, learned: Lexicon) -> None:
    file = tmp_path / "rw-en.tsv"
    lexicon.write(learned, file, "made for a test\nfrom six sentences")
    again = lexicon.read(file, "rw", "en")
    assert again.words.keys() == learned.words.keys()
    assert best(again, "isoko") == "market"
    assert file.read_text().startswith("# made for a test\n# from six sentences\n")


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rw-en.tsv"
    file.write_text("isoko\tmarket 0.9\nibiro\toffice\n")
    with pytest.raises(InputError, match="line 2"):
        lexicon.read(file, "rw", "en")


def test_a_lexicon_of_the_home_goes_before_the_shipped_one(tmp_path: Path) -> None:
    assert lexicon.held(tmp_path / "none") == lexicon.shipped()
    (tmp_path / "rw-en.tsv").write_text("isoko\tbazaar 0.9\n")
    assert lexicon.held(tmp_path)["rw", "en"].gloss("isoko") == "bazaar"
    assert lexicon.held(tmp_path)["rw", "fr"] == lexicon.shipped()["rw", "fr"]


def test_a_new_lexicon_changes_what_is_read(tmp_path: Path) -> None:
    before = lexicon.glossing(lexicon.shipped())
    (tmp_path / "rw-en.tsv").write_text("isoko\tbazaar 0.9\n")
    assert lexicon.glossing(lexicon.held(tmp_path)) != before
    (tmp_path / "rw-en.tsv").unlink()
    (tmp_path / "fr-en.tsv").write_text("marché\tbazaar 0.9\n")
    assert lexicon.glossing(lexicon.held(tmp_path)) == before  # the embedder reads French itself


def test_the_shipped_lexicons_say_where_they_come_from() -> None:
    folder = Path(lexicon.__file__).parent / "lexicons"
    files = sorted(folder.glob("*.tsv"))
    assert {file.stem for file in files} >= {"rw-en", "en-rw", "fr-en", "en-fr"}
    assert all("learned" in file.read_text(encoding="utf-8").splitlines()[0] for file in files)
    assert "nurse" in lexicon.shipped()["rw", "en"].gloss("abaforomo")


def test_a_gloss_is_never_nothing() -> None:
    lexicons = {("rw", "en"): Lexicon("rw", "en", {"abacungamari": (("accountants", 0.04),)})}
    assert lexicon.as_read("abacungamari", "rw", lexicons) == "abacungamari"
    assert lexicon.as_read("***", "rw", lexicons) == "***"


def test_the_words_of_the_home_go_before_the_shipped_ones_and_keep_the_rest(tmp_path: Path) -> None:
    (tmp_path / "kin-en.tsv").write_text("\ufeff# mended by hand\nabaforomo\tmidwives 0.1\tnursing staff 0.9\n")
    (tmp_path / "._rw-en.tsv").write_bytes(b"\xff\x00")
    (tmp_path / "rw-sw.tsv").mkdir()
    held = lexicon.held(tmp_path)["rw", "en"]
    assert held.gloss("abaforomo") == "nursing staff"
    assert len(held.words) > 1000


@pytest.mark.parametrize("line", ["isoko\tmarket 0", "isoko\tmarket nan", "isoko\tmarket -1", "isoko\tmarket inf"])
def test_a_probability_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "rw-en.tsv").write_text(line)
    held = lexicon.held(tmp_path)
    assert held["fr", "en"].words  # the others are not concerned
    with pytest.raises(InputError, match="line 1"):
        held["rw", "en"]


def test_files_that_are_no_lexicons_are_named(tmp_path: Path) -> None:
    (tmp_path / "rw-en.tsv").write_bytes("isoko\tmarch\u00e9 0.5".encode("latin-1"))
    with pytest.raises(InputError, match="mend or remove"):
        lexicon.held(tmp_path)["rw", "en"]
    (tmp_path / "rw-en.tsv").rename(tmp_path / "words-list.tsv")
    with pytest.raises(InputError, match="two languages"):
        lexicon.held(tmp_path)


def test_a_phrase_is_not_what_its_words_mean() -> None:
    made = Lexicon("rw", "en", {"inzu ya leta": (("parliament", 0.9),), "inzu": (("house", 0.9),)})
    assert made.gloss("inzu") == "house"
