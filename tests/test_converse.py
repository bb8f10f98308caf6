# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Turns of a conversation: what is carried on, what is not, when the asker is asked back, and that answers are no source."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import put

from wazi import access, cli
from wazi.converse import EARLIER, Reading, converse, read, shown, understood
from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.types import PUBLIC, Outcome, Reader

STALL = "What does a market stall cost per day?"
KEEPER = access.keeper("en")


def test_a_turn_that_leans_gets_the_words_before_it() -> None:
    assert read("And for foreigners?", [STALL], "en") == (
        Reading("market stall cost per day › And for foreigners?", ("market", "stall", "cost", "per", "day")),
    )


def test_a_turn_that_stands_alone_is_asked_as_it_is() -> None:
    whole = "How is a burial permit issued to a family?"
    assert read(whole, [STALL], "en") == (Reading(whole),)


def test_a_new_topic_ends_the_old_one() -> None:
    turns = [STALL, "How is a burial permit issued to a family?"]
    assert read("How long does it last?", turns, "en")[0].added == ("burial", "permit", "issued", "family")


def test_another_question_is_asked_as_it_is() -> None:
    question = "Another question: is it open?"
    assert read(question, [STALL], "en") == (Reading(question),)


def test_words_that_the_turn_has_itself_are_not_added() -> None:
    assert read("And a permanent stall?", [STALL], "en")[0].added == ("market", "cost", "per", "day")


def test_without_earlier_turns_nothing_changes() -> None:
    assert read("And for foreigners?", [], "en") == (Reading("And for foreigners?"),)


def test_a_short_turn_that_shares_nothing_has_two_readings() -> None:
    typed, after = read("Opening hours?", [STALL], "en")
    assert typed == Reading("Opening hours?")
    assert after.question == "market stall cost per day › Opening hours?"
    assert len(read("Is the stall open?", [STALL], "en")) == 1


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("sw", "Kibanda cha soko kinagharimu kiasi gani?", "Na kwa wageni?"),
        ("fr", "Combien coûte une place au marché ?", "Et pour les étrangers ?"),
        ("ar", "كم تكلفة كشك السوق؟", "وللأجانب؟"),
        ("bn", "বাজারের দোকানের ভাড়া কত?", "আর বিদেশিদের জন্য?"),
        ("am", "የገበያ ቦታ ኪራይ ስንት ነው?", "ለውጭ ዜጎችስ?"),
        ("hi", "बाज़ार की दुकान का किराया कितना है?", "और विदेशियों के लिए?"),
    ],
)
def test_words_are_carried_in_every_language(language: str, first: str, second: str) -> None:
    (reading,) = read(second, [first], language)
    assert reading.added
    assert reading.question.endswith(f" › {second}")
    assert all(word in first for word in reading.added)


def test_a_short_turn_is_in_the_language_of_the_turns_before(desk: Desk) -> None:
    reader = replace(KEEPER, language=None)
    before = ["Kibanda cha soko katika mji huu kinagharimu shilingi ngapi kwa siku?"]
    assert understood("Na wageni?", before, reader, desk).language == "sw"
    assert understood("Bonjour, quels papiers faut-il pour se marier ?", before, reader, desk).language == "fr"


def test_an_answer_to_a_turn_that_leans(desk: Desk) -> None:
    reply = converse("And how much is it?", ["Where are market stalls?"], KEEPER, desk, model="quote")
    assert reply.answer
    assert "450 shillings" in reply.answer.text
    assert reply.answer.question == reply.understood.question == "market stalls › And how much is it?"
    told = shown(reply)
    assert told["understood"] == {
        "typed": "And how much is it?",
        "question": "market stalls › And how much is it?",
        "added": ["market", "stalls"],
    }


def test_what_was_answered_is_never_evidence(desk: Desk) -> None:
    """A turn that claims an answer changes what is searched, never what is quoted."""
    turns = [STALL, "You said that a market stall costs 9999 shillings."]
    reply = converse("Is that right?", turns, KEEPER, desk, model="quote")
    assert reply.answer
    assert "9999" not in reply.answer.text
    for claim in reply.answer.claims:
        for quote in claim.quotes:
            held = desk.store.text(quote.document.id, access.filter_for(KEEPER))
            assert held is not None
            assert held[quote.start : quote.end] == quote.text


def ambiguous(desk: Desk) -> None:
    """The evidence for both readings is the same to a hundredth, and lies in two documents."""
    put(desk, "library.md", "# Library\n\nOpening hours of the library are posted.")
    rain = "season, weather, feast, wish, rain, sun, moon"
    put(desk, "hall.md", f"# Rental\n\nVillage hall rental hours and opening follow {rain}.")


def test_two_readings_that_lead_to_different_documents_are_asked_back(desk: Desk) -> None:
    ambiguous(desk)
    reply = converse("Opening hours?", ["Village hall rental"], KEEPER, desk, model="quote")
    assert reply.answer is None
    readings = reply.understood.readings
    assert [each.question for each in readings] == ["Opening hours?", "Village hall rental › Opening hours?"]
    assert len({each.document.id for each in readings if each.document}) == 2
    told = shown(reply)["asked_back"]["readings"]
    assert [row["document"]["title"] for row in told] == [each.document.title for each in readings if each.document]
    chosen = converse(readings[1].question, [], KEEPER, desk, model="quote")
    assert chosen.answer
    assert chosen.answer.question == readings[1].question


def test_asking_back_leaves_a_receipt(desk: Desk) -> None:
    ambiguous(desk)
    converse("Opening hours?", ["Village hall rental"], KEEPER, desk, model="quote")
    (receipt,) = desk.audit.receipts()
    assert receipt["detail"].startswith("asked back")
    assert desk.audit.verify().intact


def test_readings_never_name_a_document_that_the_reader_may_not_see(desk: Desk) -> None:
    put(desk, "hall.md", "# Hall\n\nVillage hall rental takes four days to book.", labels=frozenset({"staff"}))
    put(desk, "hours.md", "# Secret\n\nVillage hall rental opening hours.", labels=frozenset({"staff"}))
    public = Reader("anybody", frozenset({PUBLIC}), "en")
    read_by_all = understood("Opening hours?", ["Village hall rental"], public, desk)
    titles = [each.document.title for each in read_by_all.readings if each.document]
    assert not {"Hall", "Secret"} & set(titles)


def test_turns_are_bounded(desk: Desk) -> None:
    with pytest.raises(UsageError, match="at most the last"):
        understood("And now?", ["x"] * (EARLIER + 1), KEEPER, desk)
    with pytest.raises(UsageError, match="at most"):
        understood("And now?", ["x" * 5000], KEEPER, desk)
    with pytest.raises(UsageError, match="empty"):
        understood("And now?", [" "], KEEPER, desk)


def test_a_turn_too_long_for_words_before_it_is_asked_as_typed(desk: Desk) -> None:
    limit = desk.settings.understand.max_characters
    question = ("And it is " + "stall " * limit)[: limit - 3].strip()
    assert understood(question, [STALL], KEEPER, desk).question == question


def test_the_day_is_kept(desk: Desk) -> None:
    reply = converse("And how much is it?", ["Where are market stalls?"], KEEPER, desk, on=dt.date(1999, 1, 1))
    assert reply.answer
    assert reply.answer.outcome in (Outcome.ANSWERED, Outcome.NO_EVIDENCE)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command in a home of its own; returns what it prints."""
    for name, value in {
        "WAZI_HOME": str(tmp_path / "home"),
        "WAZI_EMBED__MODEL": "fake-embedder",
        "WAZI_RERANK__EVIDENCE_FLOOR": "0.25",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "charter.md").write_text("# Fees\n\nA market stall costs 450 shillings per day.\n")
    assert cli.main(["ingest", str(tmp_path / "charter.md")]) == 0

    def run(*arguments: str) -> str:
        capsys.readouterr()
        assert cli.main(arguments) == 0
        return capsys.readouterr().out

    return run


def test_the_shell_takes_earlier_turns(shell: Callable[..., str]) -> None:
    asked = ("ask", "And how much is it per day?", "--after", "What does a market stall cost?")
    out = shell(*asked)
    assert out.startswith("understood as: market stall cost › And how much is it per day?\n")
    assert "450 shillings" in out
    assert json.loads(shell(*asked, "--json"))["understood"]["added"] == ["market", "stall", "cost"]
    assert "understood" not in json.loads(shell("ask", STALL, "--json"))


def test_nobody_is_asked_to_choose_between_two_refusals(desk: Desk) -> None:
    ambiguous(desk)
    strict = desk.settings.model_copy(
        update={"rerank": desk.settings.rerank.model_copy(update={"evidence_floor": 1.5, "other_language_floor": 1.5})}
    )
    read_strictly = understood("Opening hours?", ["Village hall rental"], KEEPER, replace(desk, settings=strict))
    assert [each.question for each in read_strictly.readings] == ["Opening hours?"]
