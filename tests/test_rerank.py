# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Abstention: nothing near and no telling word shared means no evidence."""

import math
from dataclasses import replace

import pytest

from wazi.desk import Desk, Models
from wazi.errors import Refusal
from wazi.models.fake import FakeEmbedder, FakeGenerator, FakeReader
from wazi.rerank import LACKS, judged, lead, look, overlap, rerank
from wazi.types import BlockKind, Chunk, Hit, Outcome, Query
from wazi.understand import understand


def hit(text: str, dense: float, name: str = "c") -> Hit:
    return Hit(Chunk(name, "d", text, 0, len(text), None, (), "en"), 1.0, 0.0, dense)


@pytest.fixture
def query(desk: Desk) -> Query:
    return understand("What does a burial permit cost?", desk, language="en")


def test_no_hits_is_no_evidence(query: Query, desk: Desk) -> None:
    with pytest.raises(Refusal) as caught:
        rerank(query, [], desk)
    assert caught.value.outcome is Outcome.NO_EVIDENCE


def test_far_and_without_shared_words_is_no_evidence(query: Query, desk: Desk) -> None:
    with pytest.raises(Refusal):
        rerank(query, [hit("Markets open at six.", 0.0)], desk)


def test_near_is_enough(query: Query, desk: Desk) -> None:
    assert rerank(query, [hit("Markets open at six.", 0.99)], desk)


def test_shared_telling_words_tip_the_balance(query: Query, desk: Desk) -> None:
    floor = desk.settings.rerank.evidence_floor
    assert rerank(query, [hit("A burial permit costs nothing.", floor - 0.05)], desk)
    with pytest.raises(Refusal):
        rerank(query, [hit("Markets open at six.", floor - 0.05)], desk)


def test_in_another_language_only_the_sense_counts(query: Query, desk: Desk) -> None:
    floor = desk.settings.rerank.other_language_floor
    swahili = replace(hit("Kibali cha mazishi hutolewa bila malipo.", floor + 0.01).chunk, language="sw")
    assert rerank(query, [Hit(swahili, 1.0, 0.0, floor + 0.01)], desk)
    with pytest.raises(Refusal):
        rerank(query, [Hit(swahili, 1.0, 0.0, floor - 0.01)], desk)


def test_function_words_do_not_count_as_shared(query: Query) -> None:
    assert overlap(query, hit("What does a market stall do?", 0.0)) < 0.5


def test_at_most_the_setting_goes_on(query: Query, desk: Desk) -> None:
    many = [hit("A burial permit.", 0.9, f"c{number}") for number in range(50)]
    assert rerank(query, many, desk) == many[: desk.settings.rerank.keep]


def test_one_document_does_not_take_every_place(query: Query, desk: Desk) -> None:
    settings = desk.settings.rerank
    law = [replace(hit("A burial permit is free.", 0.99, f"law{n}"), score=9.0 - n) for n in range(settings.keep + 2)]
    notice = replace(hit("A permit takes two days.", 0.9, "notice"), score=0.5)
    notice = replace(notice, chunk=replace(notice.chunk, document="other"))
    kept = [each.chunk.id for each in rerank(query, [*law, notice], desk)]
    assert kept[: settings.per_document] == [f"law{n}" for n in range(settings.per_document)]
    assert "notice" in kept
    assert len(kept) == settings.keep
    assert [each.chunk.id for each in rerank(query, law, desk)] == [f"law{n}" for n in range(settings.keep)]


@pytest.mark.parametrize("question", ["›", "!!!", "? ?"])
def test_a_question_without_a_word_is_answered_by_nothing(desk: Desk, question: str) -> None:
    with pytest.raises(Refusal) as caught:
        rerank(understand(question, desk, language="en"), [hit("Signature and date", 0.95)], desk)
    assert caught.value.detail == "no word in the question"


@pytest.fixture
def reading(desk: Desk) -> Desk:
    """The same desk with a reader."""
    return replace(desk, models=Models(FakeEmbedder, lambda _: FakeGenerator(), FakeReader))


def test_what_the_reader_takes_for_an_answer_comes_first(query: Query, reading: Desk) -> None:
    near = hit("Rain falls in April.", 0.99, "near")
    says = hit("A burial permit does not cost what a stall does cost: 450.", 0.2, "says")
    assert [each.chunk.id for each in rerank(query, [near, says], reading)] == ["says", "near"]


def test_a_question_that_no_passage_answers_is_refused_however_near_the_passages_are(
    query: Query, reading: Desk
) -> None:
    with pytest.raises(Refusal) as caught:
        rerank(query, [hit("Rain falls in April.", 0.99)], reading)
    assert caught.value.outcome is Outcome.NO_EVIDENCE


def test_the_reader_reads_no_more_hits_than_the_setting(query: Query, reading: Desk) -> None:
    many = [hit("A burial permit: 5.", 0.9, f"c{number}") for number in range(10)]
    looks = [each.look for each in rerank(query, many, reading)]
    assert [look is not None for look in looks] == [True] * 4 + [False] * 2
    assert reading.settings.rerank.read == 4


@pytest.mark.parametrize("before", [0, 2])
def test_after_a_hit_that_most_likely_answers_no_other_is_read(query: Query, reading: Desk, before: int) -> None:
    sure = hit("What does a burial permit cost? 450.", 0.9, "sure")
    vague = [hit("A burial permit.", 0.9, f"vague{n}") for n in range(3)]
    found = rerank(query, [*vague[:before], sure, *vague[before:]], reading)
    assert found[0].chunk.id == "sure"
    assert {each.chunk.id for each in found if each.look} == {"sure", *(f"vague{n}" for n in range(before))}


def test_sentences_are_judged_where_they_stand_in_the_document_below_their_heading(query: Query) -> None:
    text = "Ask at the desk. It does cost 450 shillings. Bring a form."
    chunk = Chunk("c", "d", text, 1000, 1000 + len(text), None, ("Fees", "What a burial permit does cost"), "en")
    (found,) = look(query, [Hit(chunk, 1.0, 0.0, 0.5)], FakeReader())
    assert found.look
    told = found.look.sentences
    assert {text[a - 1000 : b - 1000].strip() for a, b in told} == {
        "Ask at the desk.",
        "It does cost 450 shillings.",
        "Bring a form.",
    }
    best = max(told.values())
    assert text[best.start - 1000 : best.end - 1000].strip() == "It does cost 450 shillings."
    bare = replace(chunk, headings=())
    (plain,) = look(query, [Hit(bare, 1.0, 0.0, 0.5)], FakeReader())
    assert plain.look
    assert plain.look.odds < found.look.odds, "the heading names what the sentence is about"


def test_a_row_of_a_table_is_one_sentence(query: Query) -> None:
    text = "Burial permit. Cost. 0"
    chunk = Chunk("c", "d", text, 5, 5 + len(text), None, (), "en", kind=BlockKind.TABLE_ROW)
    (found,) = look(query, [Hit(chunk, 1.0, 0.0, 0.5)], FakeReader())
    assert found.look
    assert list(found.look.sentences) == [(5, 5 + len(text))]


def test_the_lead_is_over_the_mean_of_the_next_five_whatever_is_kept(desk: Desk) -> None:
    hits = [replace(hit("A permit.", 0.9, f"c{n}"), score=score) for n, score in enumerate((9.0, 5, 4, 3, 2, 1, 0))]
    hits = [replace(each, chunk=replace(each.chunk, document=each.chunk.id)) for each in hits]
    few = replace(
        desk, settings=desk.settings.model_copy(update={"rerank": desk.settings.rerank.model_copy(update={"keep": 2})})
    )
    assert lead(hits, desk) == lead(hits, few) == 6.0
    assert lead(hits[:5], desk) is None
    assert lead([*hits[:5], replace(hits[5], score=-math.inf)], desk) is None


def test_a_first_hit_that_does_not_lead_is_refused(query: Query, reading: Desk) -> None:
    class Wary(FakeReader):
        def answerable(self, odds: float, *, lead: float | None) -> float:
            return odds - 9 if lead is not None and lead < 1 else odds

    wary = replace(reading, models=Models(FakeEmbedder, lambda _: FakeGenerator(), Wary))
    says = [hit("What does a burial permit cost? 450.", 0.9, f"says{n}") for n in range(6)]
    crowd = [replace(each, chunk=replace(each.chunk, document=each.chunk.id)) for each in says]
    assert rerank(query, crowd[:5], wary), "too few to tell"
    assert rerank(query, [replace(crowd[0], score=5.0), *crowd[1:]], wary)
    with pytest.raises(Refusal):
        rerank(query, crowd, wary)


def test_a_passage_without_the_measure_asked_for_is_less_likely_and_hides_no_other(reading: Desk) -> None:
    high = hit("How long does a fencing permit take? At most 1.2 metres.", 0.9, "high")
    timed = hit("A fencing permit does take 7 days.", 0.9, "timed")
    how_long = understand("How long does a fencing permit take?", reading, language="en")
    found = rerank(how_long, [high, timed], reading)
    assert [each.chunk.id for each in found] == ["timed", "high"]
    assert all(each.look for each in found)
    who = understand("How does a fencing permit take so long?", reading, language="en")
    assert [bool(each.look) for each in rerank(who, [high, timed], reading)] == [True, False]
    for each, loss in ((timed, 0.0), (high, LACKS)):
        (read,) = look(how_long, [each], FakeReader())
        assert read.look
        floor = reading.settings.rerank.odds_floor
        assert judged(how_long, [each], reading)[1] == pytest.approx(read.look.odds - loss - floor)
