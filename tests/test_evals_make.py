# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""An own benchmark: what is asked, what is left out, what leaves the house; and refusal with the answer there and removed."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import put
from wazi import access, cli
from wazi.desk import Desk
from wazi.errors import InputError, UsageError
from wazi.evals import make_headings, make_sections, make_versions, task
from wazi.evals.make import make
from wazi.evals.make_labels import label
from wazi.types import EVERYTHING, PUBLIC, Reader, Scope

ALL = Scope(frozenset({EVERYTHING}))
PUBLIC_READER = Reader(PUBLIC, frozenset({PUBLIC}))

GUIDE = """# Guide to the ferry

## Buying a ticket early

Seats are sold at the pier from six in the morning, and at the post office on the day before.

## Lost luggage on board

Bags found after the crossing stay at the harbour master's desk for thirty days.

## Introduction

This text tells travellers what they need to know before they come to the pier.

## Prices of seats

Prices of seats are set by the council each January, and children under five travel free.

## Weather and delays

When the wind is above force seven no boat leaves, and tickets stay valid for the next day.
"""
ANSWERS = """# Ferry: what people ask

**Can I bring a bicycle?**

Yes, for an extra fare of twenty shillings, if there is room at the stern.

Is the boat safe for a wheelchair?
There is a ramp at both piers and the crew helps you over the sill.
"""
ENGLISH = """# Rules of the pier

## Article 1: Mooring of small boats

Small boats tie up at the north side, for at most 3 hours a day.

## Article 2: Cleaning of the deck

The keeper washes the deck on Monday, before 9, with sea water only.

## Article 3: Selling of fish

Fish is sold from the eastern steps; whoever sells pays 15 shillings.
"""
FRENCH = """# Règles du quai

## Article 1 : Amarrage des petits bateaux

Les petits bateaux se tiennent du côté nord, pendant 3 heures par jour au plus.

## Article 2 : Nettoyage du pont

Le gardien lave le pont le lundi, avant 10 heures, avec de l'eau de mer seulement.

## Article 3 : Vente du poisson

Le poisson est vendu sur les marches de l'est ; qui vend paie 15 shillings.
"""


def made(out: Path, desk: Desk, reader: Reader = PUBLIC_READER, **options: Any) -> dict[str, Any]:
    chosen = {"per_kind": 100, "seed": 0, "force": False, "progress": lambda _: None} | options
    return make(out, desk, reader, access.filter_for(reader, dt.date(2026, 1, 1)), **chosen)


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def asked(desk: Desk, kind: str) -> set[str]:
    return {each.text for each in label(make_sections.read(desk, ALL), 100, 0).questions if each.kind == kind}


def test_a_heading_asks_for_the_text_under_it_and_only_if_it_asks_for_something(empty: Desk) -> None:
    put(empty, "guide.md", GUIDE)
    labels = label(make_sections.read(empty, ALL), 100, 0)
    found = {each.text: each.gold.text for each in labels.questions}
    assert found.keys() == {"Buying a ticket early", "Lost luggage on board", "Weather and delays"}
    assert found["Lost luggage on board"].startswith("Bags found after")
    reasons = labels.left_out["heading"]
    assert reasons["section begins with its heading"] == 1  # "Prices of seats are set by …"
    assert reasons["heading too short or general"] == 1  # "Introduction"


def test_a_heading_that_occurs_twice_has_no_one_answer(empty: Desk) -> None:
    put(empty, "one.md", GUIDE)
    put(
        empty,
        "two.md",
        "# Harbour\n\n## Lost luggage on board\n\nAsk the captain, who keeps a list of everything found.\n",
    )
    assert "Lost luggage on board" not in asked(empty, "heading")


def test_a_section_that_another_one_repeats_has_no_question(empty: Desk) -> None:
    put(empty, "one.md", GUIDE)
    again = GUIDE.split("## Introduction", maxsplit=1)[0].split("## Lost luggage on board")[1]
    put(empty, "two.md", f"# Harbour\n\n## Things left behind at sea\n{again}")
    left = asked(empty, "heading")
    assert not left & {"Lost luggage on board", "Things left behind at sea"}
    assert "Buying a ticket early" in left


def test_questions_among_the_paragraphs_are_answered_by_what_follows(empty: Desk) -> None:
    put(empty, "answers.md", ANSWERS)
    labels = label(make_sections.read(empty, ALL), 100, 0)
    found = {each.text: each.gold.text for each in labels.questions if each.kind == "faq"}
    assert found == {
        "Can I bring a bicycle?": "Yes, for an extra fare of twenty shillings, if there is room at the stern.",
        "Is the boat safe for a wheelchair?": "There is a ramp at both piers and the crew helps you over the sill.",
    }


@pytest.mark.parametrize(
    "mark", ["Can I pay?", "هل يمكنني الدفع؟", "መክፈል እችላለሁ፧", "Μπορώ να πληρώσω;", "我可以付款吗？"]
)
def test_a_question_mark_of_any_script_is_one(mark: str) -> None:
    assert make_headings.is_question(mark)


@pytest.mark.parametrize("words", ["Fees; permits;", "Fees", "", "?!"])
def test_what_is_no_question(words: str) -> None:
    assert not make_headings.is_question(words)


@pytest.mark.parametrize(
    ("heading", "words", "number"),
    [
        ("Article 12: Fees for boats", "Fees for boats", "12"),
        ("Ingingo ya 7: Intego y'ikigo", "Intego y'ikigo", "7"),
        ("Article premier : Objet du texte", "Objet du texte", "1"),
        ("CHAPTER IV – FINANCE OF PORTS", "FINANCE OF PORTS", "R4"),
        ("3.2 Trade and markets", "Trade and markets", "3.2"),
        ("المادة ٥: رسوم القوارب", "رسوم القوارب", "5"),
        ("Right to life.", "Right to life", ""),
        ("2019 was a good year", "was a good year", "2019"),
    ],
)
def test_a_number_stands_apart_from_the_words(heading: str, words: str, number: str) -> None:
    known = frozenset({"article", "ingingo", "chapter", "المادة"})
    assert make_headings.read(heading, known) == make_headings.Heading(words, number)


def test_words_before_numbers_are_learned_from_the_document() -> None:
    assert make_headings.labels(["Ingingo ya 1: A", "Ingingo ya 2: B", "Kigali 5"]) == {"ingingo"}


@pytest.mark.parametrize(
    "words",
    [
        "Fees",
        "General provisions",
        "and the rest of it",
        "Duties of the",
        "Fees (boats",
        "Amendment of section 9",
        "x" * 201,
    ],
)
def test_headings_that_nobody_would_ask(words: str) -> None:
    assert make_headings.unfit(words, "en")


def test_same_words_in_scripts_with_vowel_signs() -> None:
    assert make_headings.normal("जन्म  प्रमाण-पत्र") == "जन्म प्रमाण पत्र"


def test_versions_are_aligned_by_number_and_checked_by_length_and_numbers(empty: Desk) -> None:
    put(empty, "rules.en.md", ENGLISH)
    put(empty, "rules.fr.md", FRENCH)
    labels = label(make_sections.read(empty, ALL), 100, 0)
    found = {(each.text, each.language, each.gold.language) for each in labels.questions if each.kind == "version"}
    assert found == {  # article 2 says 9 here and 10 there
        ("Mooring of small boats", "en", "fr"),
        ("Amarrage des petits bateaux", "fr", "en"),
        ("Selling of fish", "en", "fr"),
        ("Vente du poisson", "fr", "en"),
    }
    assert labels.left_out["version"]["numbers in the versions differ"] == 1
    cleaning = next(each for each in labels.questions if each.text == "Cleaning of the deck")
    assert len(labels.answers[cleaning.gold.id]) == 2  # the French one may answer all the same: it must go with it


def test_files_that_are_versions_of_each_other(empty: Desk) -> None:
    for name in ("fees.en.md", "fees.fr.md", "fees-2.md", "other.md"):
        put(empty, name, FRENCH if ".fr." in name else ENGLISH)
    groups = make_versions.siblings(empty.store.records(ALL))
    assert [{tag for tag, _ in group} for group in groups] == [{"en", "fr"}]


def test_a_table_of_contents_is_no_passage(empty: Desk) -> None:
    listed = "\n\n".join(["Buying a ticket early", "Lost luggage on board", "Weather and delays"])
    put(empty, "guide.md", GUIDE.replace("## Buying", f"## What this guide holds\n\n{listed}\n\n## Buying", 1))
    assert not [
        each for each in label(make_sections.read(empty, ALL), 9, 0).corpus if "Weather and delays" in each.text
    ]


def test_the_folder_is_read_as_any_other_and_every_row_slices_back(empty: Desk, tmp_path: Path) -> None:
    for name, text in (("guide.md", GUIDE), ("answers.md", ANSWERS), ("rules.en.md", ENGLISH), ("rules.fr.md", FRENCH)):
        put(empty, name, text)
    result = made(tmp_path / "own", empty)
    job = task.load(tmp_path / "own")
    assert not job.problems
    assert len(job.questions[""]) == sum(sum(cells.values()) for cells in result["questions"].values())
    across = task.load(tmp_path / "own" / "across" / "en-fr")
    assert not across.problems
    assert set(across.corpora) == set(across.questions) == {"en", "fr"}
    for row in rows(tmp_path / "own" / "corpus.jsonl"):
        stored = empty.store.text(row["document"], ALL)
        assert stored is not None
        assert "\n".join(stored[start:end] for start, end in row["spans"]) == row["text"]
        record = empty.store.record(row["document"], ALL)
        assert record is not None
        assert row["sha256"] == record.sha256
    titles = {row["_id"]: row for row in rows(tmp_path / "own" / "corpus.jsonl")}
    for query in rows(tmp_path / "own" / "queries.jsonl"):
        assert query["text"] not in titles[query["gold_id"]]["headings"]


def test_what_is_removed_holds_the_answer_and_all_is_in_the_corpus(empty: Desk, tmp_path: Path) -> None:
    put(empty, "rules.en.md", ENGLISH)
    put(empty, "rules.fr.md", FRENCH)
    made(tmp_path / "own", empty)
    held = {row["_id"] for row in rows(tmp_path / "own" / "corpus.jsonl")}
    taken = rows(tmp_path / "own" / "unanswerable.jsonl")
    assert len({(row["document"], row["text"]) for row in taken}) == len(taken) == 6
    for row in taken:
        assert row["gold_id"] in row["removed"]
        assert len(row["removed"]) == 2
        assert set(row["removed"]) <= held
        assert row["answerable"] is False


def test_only_what_the_reader_may_read_leaves_the_house(empty: Desk, tmp_path: Path) -> None:
    put(empty, "guide.md", GUIDE)
    put(empty, "staff.md", ANSWERS, labels=frozenset({"staff"}))
    put(empty, "old.md", ENGLISH, valid_until=dt.date(2020, 1, 1))
    result = made(tmp_path / "public", empty)
    assert result["documents_left_out"] == {"not open to this reader": 1, "not in force on the day": 1}
    written = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "public").rglob("*.*"))
    assert "bicycle" not in written
    assert "Mooring" not in written
    assert "/office/" not in written  # nor where the files lie
    assert made(tmp_path / "all", empty, access.keeper())["documents_left_out"] == {"not in force on the day": 1}


def test_the_same_seed_gives_the_same_folder_and_small_languages_keep_their_questions(
    empty: Desk, tmp_path: Path
) -> None:
    put(empty, "guide.md", GUIDE)
    put(empty, "rules.fr.md", FRENCH)
    result = made(tmp_path / "a", empty, per_kind=2)
    assert result["questions"]["heading"] == {"en": 1, "fr": 1}
    made(tmp_path / "b", empty, per_kind=2)
    for name in ("corpus.jsonl", "queries.jsonl", "unanswerable.jsonl", "qrels.tsv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_long_document_does_not_take_the_place_of_a_short_one(empty: Desk) -> None:
    put(empty, "guide.md", GUIDE)
    put(empty, "rules.en.md", ENGLISH)
    drawn = label(make_sections.read(empty, ALL), 2, 0).questions
    assert len({each.gold.record.id for each in drawn}) == 2


def test_a_folder_that_is_there_is_replaced_only_if_it_is_ours_and_asked_for(empty: Desk, tmp_path: Path) -> None:
    put(empty, "guide.md", GUIDE)
    own, other = tmp_path / "own", tmp_path / "other"
    assert made(own, empty)["status"] == "made"
    value = {"value": 66.6, "low": 50.0, "high": 80.0}
    score = {"n": 3, "metrics": {"recall@10": value, "ndcg@10": value}}
    (own / "retrieve.json").write_text(json.dumps({"metrics": {}, "by_direction": {"en-en": score}}))
    assert made(own, empty)["status"] == "unchanged"
    assert "/ 66.6 (50.0 to 80.0), 3 questions: too few to tell" in (own / "README.md").read_text()
    put(empty, "answers.md", ANSWERS)
    with pytest.raises(UsageError, match="--force"):
        made(own, empty)
    assert made(own, empty, force=True)["status"] == "made"
    assert not (own / "retrieve.json").exists()  # it was measured on other questions
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="no benchmark made by wazi"):
        made(other, empty, force=True)
    assert (other / "letter.txt").read_text() == "mine"
    with pytest.raises(InputError, match="it is a file"):
        made(other / "letter.txt" / "own", empty)


def test_nothing_to_ask_is_said_in_one_line(empty: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is held yet: type wazi ingest"):
        made(tmp_path / "own", empty)
    put(empty, "plain.txt", "The boat leaves at nine. It comes back at noon with the post and the bread.")
    with pytest.raises(InputError, match="no heading above the text"):
        made(tmp_path / "own", empty)
    with pytest.raises(UsageError, match="--per-kind 0"):
        made(tmp_path / "own", empty, per_kind=0)
    assert not (tmp_path / "own").exists()


def test_documents_that_may_not_go_out_are_counted(empty: Desk, tmp_path: Path) -> None:
    put(empty, "staff.md", GUIDE, labels=frozenset({"staff"}))
    with pytest.raises(InputError, match=r"1 not open to this reader.*--all"):
        made(tmp_path / "own", empty)


def test_the_shell_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home"), "--json"]
    assert cli.main(["evals", "make", str(tmp_path / "own"), "--as", "nobody", *home]) == 3
    assert "no reader called 'nobody'" in capsys.readouterr().out
    assert cli.main(["evals", "make", str(tmp_path / "own"), "--as", "x", "--all", *home]) == 2
    assert "--all and --as" in capsys.readouterr().out
    assert cli.main(["evals", "refuse", str(tmp_path), *home]) == 2
    assert "see docs/evals.md" in capsys.readouterr().out
