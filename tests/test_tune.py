# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A lexicon from an office's own texts: from files of pairs, and what is refused."""

import json
from pathlib import Path

import pytest

from wazi.desk import LEXICONS, Desk
from wazi.errors import InputError, UsageError
from wazi.languages import lexicon
from wazi.tune import LEAST_PAIRS, learn_lexicon

WORDS = [("soko", "market"), ("shule", "school"), ("ofisi", "office"), ("kituo", "station"), ("mto", "river")]
PAIRS = [(f"{a} na {b} {n}", f"{x} and {y} {n}") for a, x in WORDS for b, y in WORDS for n in range(3)]


def pairs(tmp_path: Path, rows: list[tuple[str, str]]) -> str:
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps({"sw": one, "en": two}) + "\n" for one, two in rows))
    return str(file)


def test_both_directions_are_learned_into_the_home(desk: Desk, tmp_path: Path) -> None:
    made = learn_lexicon("sw-en", [pairs(tmp_path, PAIRS)], desk)
    assert made["pairs"] == len(PAIRS)
    held = lexicon.held(desk.settings.home / LEXICONS)
    assert held["sw", "en"].gloss("soko") == "market"
    assert held["en", "sw"].gloss("river") == "mto"


def test_too_few_texts_teach_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"2 parallel texts.*{LEAST_PAIRS}"):
        learn_lexicon("sw-en", [pairs(tmp_path, PAIRS[:2])], desk)
    with pytest.raises(InputError, match="0 parallel texts"):
        learn_lexicon("sw-en", [], desk)  # nothing that is held has versions
    assert not (desk.settings.home / LEXICONS).exists()


@pytest.mark.parametrize("pair", ["sw", "sw-sw", "sw-xx9", "sw-en-fr", ""])
def test_two_languages_are_needed(desk: Desk, pair: str) -> None:
    with pytest.raises(UsageError, match="two languages"):
        learn_lexicon(pair, [], desk)


def test_a_bad_line_is_named(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"sw": "soko", "en": "market"}\n{"sw": "soko"}\n')
    with pytest.raises(InputError, match="line 2"):
        learn_lexicon("sw-en", [str(file)], desk)
    with pytest.raises(InputError, match="cannot read"):
        learn_lexicon("sw-en", [str(tmp_path / "none.jsonl")], desk)


def test_the_same_pair_again_and_again_teaches_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 parallel texts"):
        learn_lexicon("sw-en", [pairs(tmp_path, PAIRS[:1] * 90)], desk)
    alone = [(f"neno{a}{b}", f"word{a}{b}") for a in "abcdefgh" for b in "abcdefgh"]
    with pytest.raises(InputError, match="no word"):
        learn_lexicon("sw-en", [pairs(tmp_path, alone)], desk)


def test_what_is_not_text_is_named_and_blank_lines_do_not_matter(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "odd.jsonl"
    file.write_text('{"sw": "soko\u2028la", "en": "market"}\n\n{"sw": null, "en": "house"}\n')
    with pytest.raises(InputError, match=r"line 3: .* not both text"):
        learn_lexicon("sw-en", [str(file)], desk)
