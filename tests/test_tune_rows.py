# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the reader learns from: rows of folders, parts without leaks, negatives without the answer, windows kept."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import toy_reader

from wazi.errors import InputError, SettingError
from wazi.models.e5_pieces import Cutter
from wazi.models.fake import FakeEmbedder
from wazi.tune import negatives, sets, split, windows
from wazi.tune.area import auc
from wazi.tune.negatives import Ranked
from wazi.tune.sets import Passage, Recipe, Row, Source
from wazi.tune.split import DEV, TEST, TRAIN
from wazi.tune.windows import Window

MARKET = "A stall costs 450 shillings a day. The fee is paid at the gate. Traders come from four wards of the county."


def ids(text: str) -> list[int]:
    return [sum(map(ord, word)) for word in text.split()]


def row(question: str, text: str, answer: str, *, document: str = "d", key: str = "q", named: str = "") -> Row:
    passage = Passage(f"p-{document}", text, document, "en", "pool")
    at = text.index(answer)
    return Row(key, "set", "en", question, passage, ((at, at + len(answer)),), (answer,), named)


def folder(path: Path, passages: Sequence[dict[str, object]], questions: Sequence[dict[str, object]]) -> Path:
    path.mkdir(parents=True)
    for name, rows in (("corpus", passages), ("queries", questions)):
        (path / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    judged = [f"{each['_id']}\t{each['gold_id']}\t1" for each in questions if "gold_id" in each]
    (path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(judged) + "\n")
    return path


def test_rows_are_read_with_their_spans_and_a_question_in_the_language_of_the_passage(tmp_path: Path) -> None:
    question = {"_id": "q1", "text": "Banda ni bei gani?", "lang": "sw", "text_pivot": "What does a stall cost?"}
    asked = question | {"answers_pivot": ["450 shillings"], "answer_start": [3], "gold_id": "p1", "split": "dev"}
    nowhere = {"_id": "q2", "text": "?", "lang": "sw", "answers": ["x"], "answer_start": [-1], "gold_id": "p1"}
    folder(tmp_path / "set", [{"_id": "p1", "title": "Market", "text": MARKET, "lang": "en"}], [asked, nowhere])
    rows, passages = sets.load(Source("s", "set", pivot=True, close=False), tmp_path)
    assert {each.close for each in rows} == {False}
    assert [(each.question, each.language, each.named) for each in rows] == [
        ("Banda ni bei gani?", "sw", "dev"),
        ("What does a stall cost?", "en", "dev"),
    ]
    begin, end = rows[0].spans[0]
    assert MARKET[begin:end] == "450 shillings"
    assert passages[0].document == "set:Market"


def test_headings_serve_as_questions(tmp_path: Path) -> None:
    plain = {"_id": "p2", "text": "Other."}
    folder(tmp_path / "set", [{"_id": "p1", "text": MARKET, "heading": "Fees", "law": "Act 1"}, plain], [])
    rows, passages = sets.load(Source("s", "set", task="headings", document="law", language="en"), tmp_path)
    assert [(each.question, each.spans, each.passage.document) for each in rows] == [("Fees", (), "set:Act 1")]
    assert len(passages) == 2


HARBOUR = (
    "The harbour master of Kilindi Bay keeps the list of boats. Every boat pays its fee before the season. A boat without a "
    "number may not leave. Complaints about moorings go to the office. The office is open to all who ask, "
    "says the guide of Kilindi Bay."
)


def test_gaps_are_filled_from_another_sentence_of_the_passage(tmp_path: Path) -> None:
    others = [
        {"_id": f"o{n}", "text": "The boat of every office is open to all who ask before the fee."} for n in range(60)
    ]
    folder(tmp_path / "set", [{"_id": "p1", "title": "Harbour", "text": HARBOUR, "lang": "en"}, *others], [])
    rows, passages = sets.load(Source("s", "set", task="gaps", language="en", parts="train"), tmp_path)
    assert [each.answers for each in rows] == [("Kilindi Bay",)] * 2
    assert [each.passage for each in rows] == passages
    assert len({each.id for each in rows}) == len({each.question for each in rows}) == 2
    for each in rows:
        text, (begin, end) = each.passage.text, each.spans[0]
        assert text[begin:end] == "Kilindi Bay"
        assert text.count("Kilindi Bay") == 1
        assert "?" in each.question
        assert "Kilindi" not in each.question
    assert set(split.documents(Source("s", "set", parts="train"), rows, Recipe((), 1)).values()) == {TRAIN}


def test_gaps_come_from_no_passage_of_the_test(tmp_path: Path) -> None:
    asked = Row(
        "q",
        "test",
        "en",
        "Who keeps the list?",
        Passage("t", HARBOUR, "t", "en", "t"),
        ((0, 18),),
        ("The harbour master",),
    )
    gapped = row("? keeps it.", HARBOUR.partition(". ")[2], "Kilindi Bay", document="g")
    loaded = [
        (Source("test", "t", parts="test"), [asked], [asked.passage]),
        (Source("gaps", "g", task="gaps", parts="train"), [gapped], [gapped.passage]),
    ]
    parts = split.divide(loaded, Recipe((), 1), ids)
    assert (parts.rows[TRAIN], parts.dropped["passage is in the test"]) == ([], 1)


def test_a_recipe_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    with pytest.raises(InputError, match="cannot read the recipe"):
        sets.recipe(file)
    file.write_text('[[sets]]\nname = "a"\nfolder = "b"\ntask = "rea"\n')
    with pytest.raises(SettingError, match="task 'rea'"):
        sets.recipe(file)
    file.write_text('[[sets]]\nname = "a"\nfolder = "b"\nlicense = "MIT"\n')
    with pytest.raises(SettingError, match="license"):
        sets.recipe(file)
    file.write_text("seed = 3\n")
    with pytest.raises(SettingError, match="no"):
        sets.recipe(file)
    with pytest.raises(InputError, match=r"no corpus\.jsonl"):
        sets.load(Source("a", "none"), tmp_path)


def parts_of(rows: Sequence[Row], source: Source, **recipe: float) -> split.Parts:
    passages = [each.passage for each in rows]
    return split.divide([(source, rows, passages)], Recipe((source,), **recipe), ids)  # type: ignore[arg-type]


def test_no_document_is_in_two_parts() -> None:
    rows = [
        row(
            f"What is {n}?",
            f"Number {n} of paper {n // 3} is here. {'x' * n}",
            f"{n}",
            document=f"d{n // 3}",
            key=f"q{n}",
        )
        for n in range(300)
    ]
    parts = parts_of(rows, Source("s", "f"), test=0.3, dev=0.1)
    documents = {part: {each.passage.document for each in parts.rows[part]} for part in (TRAIN, DEV, TEST)}
    assert not documents[TRAIN] & documents[TEST]
    assert not documents[TRAIN] & documents[DEV]
    assert not documents[DEV] & documents[TEST]
    assert 20 <= len(documents[TEST]) <= 40
    assert all(each.document in documents[TEST] for each in parts.pools[TEST, "pool"])
    assert not any(each.document in documents[TEST] for each in parts.pools[TRAIN, "pool"])


def test_the_names_of_a_set_hold_and_a_document_in_both_is_test_only() -> None:
    rows = [
        row("a?", "Alpha is one.", "one", document="a", key="1", named="train"),
        row("b?", "Beta is two.", "two", document="b", key="2", named="train"),
        row("c?", "Beta is two.", "Beta", document="b", key="3", named="dev"),
    ]
    parts = parts_of(rows, Source("s", "f", parts="names"), dev=0.0)
    assert [each.id for each in parts.rows[TRAIN]] == ["1"]
    assert [each.id for each in parts.rows[TEST]] == ["3"]
    assert parts.dropped["named train, document in the test"] == 1


def test_a_copy_of_a_test_passage_in_another_set_is_dropped() -> None:
    long = " ".join(f"word{n}" for n in range(60))
    held = row("What?", long, "word7", document="t")
    copy = row("Which?", f"Another beginning, then {long}", "word9", document="c", key="k")
    fresh = row("Which?", " ".join(f"else{n}" for n in range(60)), "else9", document="e", key="e")
    tested, trained = Source("x", "x", parts="test"), Source("y", "y")
    loaded = [(tested, [held], [held.passage]), (trained, [copy, fresh], [copy.passage, fresh.passage])]
    parts = split.divide(loaded, Recipe((tested, trained), test=0.0, dev=0.0), ids)
    assert [each.id for each in parts.rows[TRAIN]] == ["e"]
    assert parts.dropped["passage is in the test"] == 1
    assert [each.id for each in parts.pools[TRAIN, "pool"]] == ["p-e"]


def test_a_row_met_twice_counts_once_and_a_limit_holds() -> None:
    rows = [row("What?", "It is one.", "one", document="a", key=key) for key in ("1", "2")]
    assert parts_of(rows, Source("s", "f"), test=0.0, dev=0.0).dropped["asked before"] == 1
    many = [row(f"What {n}?", f"It is {n}.", f"{n}", document=f"{n}", key=f"{n}") for n in range(50)]
    assert len(parts_of(many, Source("s", "f", limit=20), test=0.0, dev=0.0).rows[TRAIN]) == 20


def test_a_close_passage_does_not_hold_the_answer() -> None:
    asked = row("What does a stall cost?", MARKET, "450 shillings", document="m")
    texts = {
        "same": "A market stall may cost 450 SHILLINGS too.",
        "near": "A stall in the other hall cost nothing at all.",
        "far": "Rain falls in April.",
    }
    pool = [asked.passage, *(Passage(key, text, key, "en", "pool") for key, text in texts.items())]
    found = [each.id for each in negatives.close(asked, Ranked(pool, ids))]
    assert found[0] == "near"
    assert "same" not in found
    assert asked.passage.id not in found
    assert negatives.close(replace(asked, close=False), Ranked(pool, ids)) == []


def test_with_an_embedder_a_passage_that_is_near_in_sense_is_close_too() -> None:
    class Sense(FakeEmbedder):
        def passages(self, texts: Sequence[str]) -> np.ndarray:
            return FakeEmbedder().passages(texts)

        def query(self, text: str) -> np.ndarray:
            return super().query("April showers")

    asked = row("What does a stall cost?", MARKET, "450 shillings", document="m")
    texts = {"words": "What does a goat cost?", "sense": "April showers", "far": "Nothing of the kind."}
    pool = [asked.passage, *(Passage(key, text, key, "en", "pool") for key, text in texts.items())]
    assert negatives.close(asked, Ranked(pool, ids))[0].id == "words"
    assert negatives.close(asked, Ranked(pool, ids, Sense()))[0].id == "sense"


def test_a_passage_without_its_fact_keeps_the_rest() -> None:
    asked = row("What does a stall cost?", MARKET, "450 shillings")
    assert negatives.without_fact(asked) == MARKET.removeprefix("A stall costs 450 shillings a day. ")
    twice = row("What?", MARKET + " All fees: 450 shillings.", "450 shillings")
    assert negatives.without_fact(twice) is None  # the words stand in another sentence too
    assert negatives.without_fact(row("What?", "It costs 450 shillings.", "450 shillings")) is None


def test_another_sentence_goes_and_the_answer_stays_in_its_place() -> None:
    asked = row("Where is it paid?", MARKET, "at the gate")
    seen = set()
    for seed in range(20):
        made = negatives.without_other(asked, Random(seed))
        assert made is not None
        text, ((begin, end),) = made
        assert text[begin:end] == "at the gate"
        assert len(text) < len(MARKET)
        seen.add(text)
    assert len(seen) == 2


def test_windows_are_kept_as_they_are_and_batches_hold_each_once(tmp_path: Path) -> None:
    from wazi.models.reader_inputs import Pair

    made = [Window(Pair([0, *range(5, 5 + n), 2], 2, n), 3, 4, n % 2 == 0, n % 3 == 0) for n in range(3, 60)]
    windows.save(made, tmp_path / "w.npz")
    assert windows.load(tmp_path / "w.npz") == made
    sizes = [len(each.pair.ids) for each in made]
    drawn = windows.batches(sizes, 200, Random("1"))
    assert sorted(number for batch in drawn for number in batch) == list(range(len(made)))
    assert all(max(sizes[n] for n in batch) * len(batch) <= 200 for batch in drawn)
    assert drawn == windows.batches(sizes, 200, Random("1"))
    assert drawn != windows.batches(sizes, 200, Random("2"))


def test_an_answer_longer_than_a_window_teaches_no_place() -> None:
    encoder = toy_reader.weights()
    answer = "stalls and carts " * 40
    asked = row("What is taxed?", f"{MARKET} Taxed are {answer}", answer.strip())
    for seed in range(20):
        maker = windows.Maker(Cutter(encoder), encoder)
        for window in maker.rows([asked], {"pool": Ranked([asked.passage], ids)}, Random(seed)):
            inside = window.pair.first <= window.begin <= window.end < len(window.pair.ids) - 1
            assert inside or (window.begin, window.end) == (0, 0)
            assert inside or not (window.relevant and window.span), "an answer that is there is not called absent"


def test_the_area_counts_ties_half() -> None:
    assert auc([3, 2, 1, 0], [1, 1, 0, 0]) == 1.0
    assert auc([0, 1, 2, 3], [1, 1, 0, 0]) == 0.0
    assert auc([1, 1, 1, 1], [1, 0, 1, 0]) == 0.5
    assert auc([2, 1, 1, 0], [1, 1, 0, 0]) == 0.875


def test_passages_said_to_be_wrong_teach_as_such_in_their_own_part(tmp_path: Path) -> None:
    passages = [
        {"_id": "p1", "text": MARKET, "lang": "en", "title": "A"},
        {"_id": "p2", "text": HARBOUR, "lang": "en", "title": "B"},
    ]
    asked = {"_id": "q1", "text": "What does a stall cost?", "lang": "en", "gold_id": "p1", "wrong_ids": ["p2", "gone"]}
    folder(tmp_path / "set", passages, [asked | {"answers": ["450 shillings"], "answer_start": [3]}])
    source = Source("s", "set", parts="train")
    rows, held = sets.load(source, tmp_path)
    assert [each.id for each in rows[0].wrong] == ["p2"]
    seed = next(seed for seed in range(999) if split.chance("set:B", seed) > 0.2)
    other = next(seed for seed in range(999) if 0.05 < split.chance("set:B", seed) < 0.18)
    kept, gone = (split.divide([(source, rows, held)], Recipe((), each), ids).rows[TRAIN] for each in (seed, other))
    assert [len(each.wrong) for each in (*kept, *gone)] == [1, 0], "what is said of a test passage is not learned"
    encoder = toy_reader.weights()
    pools = {"set:en": Ranked(held, ids)}
    made, without = (
        list(windows.Maker(Cutter(encoder), encoder).rows(rows, pools, Random(0))) for rows in (kept, gone)
    )
    assert [(each.begin, each.end, each.span, each.relevant) for each in made[:1]] == [(0, 0, True, False)]
    assert len(made) == len(without) + 1
