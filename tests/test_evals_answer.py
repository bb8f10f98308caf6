# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi evals answer` on small folders: what answers show, cite and say, in both modes, and what it says of bad input."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wazi.config import Settings
from wazi.errors import InputError, UsageError
from wazi.evals.answer import AnswerChoice, evaluate_answer
from wazi.evals.answer_gold import Gold, Place
from wazi.evals.answer_scores import NOT_ASKED, cost, report, tried
from wazi.types import Answer, Cited, Claim, Cost, Outcome, Quote, Support

STALL = "Goats graze near the river. A market stall costs 450 shillings per day."
PERMIT = "A burial permit is issued free of charge. The office opens at eight."
GIVEN_GOLD = AnswerChoice(given_gold=True)
Row = Mapping[str, Any]


def bar(name: str, total: int) -> Any:
    return nullcontext(lambda _: None)


def folder(
    at: Path, corpus: list[Row], queries: list[Row], judged: list[tuple[str, str]], qa: list[Row] | None = None
) -> Path:
    at.mkdir()
    for name, rows in (("corpus", corpus), ("queries", queries), ("qa", qa)):
        if rows:
            (at / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (at / "qrels.tsv").write_text("".join(f"{question}\t{passage}\t1\n" for question, passage in judged))
    return at


def passage(name: str, text: str, **more: str) -> Row:
    return {"_id": name, "text": text, "lang": "en", **more}


def question(name: str, text: str, answer: str, start: int, **more: Any) -> Row:
    return {"_id": name, "text": text, "lang": "en", "answers": [answer], "answer_start": [start], **more}


@pytest.fixture
def stalls(tmp_path: Path) -> Path:
    return folder(
        tmp_path / "stalls",
        [passage("a", STALL), passage("b", PERMIT)],
        [question("q", "What does a market stall cost per day?", "450 shillings", STALL.index("450"))],
        [("q", "a")],
    )


def values(result: Mapping[str, Any]) -> dict[str, float]:
    return {name: score["value"] for name, score in result["metrics"].items()}


def test_a_quote_with_the_answer_is_scored_by_hand(stalls: Path, settings: Settings) -> None:
    result = evaluate_answer(stalls, settings, bar)
    sentence = "A market stall costs 450 shillings per day."
    found = values(result)
    assert result["task"] == "answer"
    assert result["outcomes"] == {"answered": 1}
    assert (
        found["span_recall"] == found["citation_precision"] == found["citation_recall"] == found["quotes_exact"] == 100
    )
    assert found["refused"] == found["exact_match"] == 0
    assert found["sentences_shown"] == 1
    assert found["characters_shown"] == len(sentence)
    assert found["characters_besides"] == len(sentence) - len("450 shillings")
    assert found["f1"] == pytest.approx(100 * 2 * 2 / (7 + 2))  # market stall costs 450 shillings per day
    assert result["by_language"]["en"]["metrics"].keys() == result["metrics"].keys()
    spent = result["cost"]["answer"]
    assert 0 < spent["seconds_p50"] <= spent["seconds_p95"]
    assert {"ingest", "answer"} == result["cost"]["steps"].keys()


def test_given_gold_the_other_passages_cannot_answer(tmp_path: Path, settings: Settings) -> None:
    """The question is about the stall, but the passage judged relevant is the other one."""
    asked = question("q", "What does a market stall cost per day?", "free of charge", PERMIT.index("free"))
    made = folder(tmp_path / "x", [passage("a", STALL), passage("b", PERMIT)], [asked], [("q", "b")])
    pool = values(evaluate_answer(made, settings, bar))
    assert (pool["citation_precision"], pool["citation_recall"], pool["span_recall"]) == (0, 0, 0)
    file = tmp_path / "answers.jsonl"
    loose = settings.model_copy(update={"rerank": settings.rerank.model_copy(update={"evidence_floor": 0.0})})
    evaluate_answer(made, loose, bar, AnswerChoice(given_gold=True, run=file))
    row = json.loads(file.read_text())
    assert {quote["document"]["id"] for claim in row["answer"]["claims"] for quote in claim["quotes"]} == {"b"}
    assert row["values"]["citation_precision"] == 100


def test_a_refusal_shows_and_says_nothing(stalls: Path, settings: Settings) -> None:
    strict = settings.model_copy(update={"rerank": settings.rerank.model_copy(update={"evidence_floor": 2.0})})
    result = evaluate_answer(stalls, strict, bar, GIVEN_GOLD)
    found = values(result)
    assert result["outcomes"] == {"no_evidence": 1}
    assert (found["refused"], found["span_recall"], found["f1"], found["citation_recall"]) == (100, 0, 0, 0)
    assert found.keys().isdisjoint({"citation_precision", "quotes_exact", "sentences_shown", "characters_besides"})


def test_a_long_passage_is_cut_and_quoted_by_its_own_offsets(tmp_path: Path, settings: Settings) -> None:
    text = " ".join(f"Plot {n} is let to a grower of beans." for n in range(80)) + " " + STALL
    asked = question("q", "What does a market stall cost per day?", "450 shillings", text.index("450"))
    result = evaluate_answer(folder(tmp_path / "x", [passage("a", text)], [asked], [("q", "a")]), settings, bar)
    assert result["settings"]["passages_in_parts"] == 1
    assert (values(result)["quotes_exact"], values(result)["span_recall"]) == (100, 100)


def test_a_question_about_one_site_is_asked_there(tmp_path: Path, settings: Settings) -> None:
    corpus = [passage("a", STALL, title="one.example"), passage("b", PERMIT, title="two.example")]
    asked = question("q", "When is the office open?", "eight", PERMIT.index("eight"), site="two.example")
    made = folder(tmp_path / "x", corpus, [asked], [("q", "b")])
    assert values(evaluate_answer(made, settings, bar))["citation_recall"] == 100
    (made / "queries.jsonl").write_text(json.dumps(dict(asked) | {"site": "three.example"}))
    with pytest.raises(InputError, match=r"line 1: no passage has the site 'three.example'"):
        evaluate_answer(made, settings, bar)


def test_conditions_are_read_from_qa(tmp_path: Path, settings: Settings) -> None:
    corpus = [
        passage("a", "You may rent a stall if you are 18 or over."),
        passage("b", "Bring proof of address & tax."),
    ]
    asked = {"_id": "q", "text": "What proof of address and tax do I bring?", "lang": "en"}
    answers = [{"answer": "yes", "conditions": ["<p>Bring proof of address &amp; tax.</p>", "<p>Elsewhere.</p>"]}]
    made = folder(tmp_path / "x", corpus, [asked], [("q", "a"), ("q", "b")], [{"_id": "q", "answers": answers}])
    result = evaluate_answer(made, settings, bar, GIVEN_GOLD)
    assert values(result)["conditions_shown"] == 100
    assert "span_recall" not in result["metrics"]
    assert [(each["what"], each["partial"]) for each in result["problems"]] == [
        ("questions with a condition that is no relevant passage", False)
    ]


@pytest.mark.parametrize(("start", "found"), [(STALL.index("450"), 1), (STALL.index("450") - 1, 1), (-1, 0)])
def test_a_place_that_is_beside_its_words_is_moved_and_one_that_is_nowhere_is_told(
    tmp_path: Path, settings: Settings, start: int, found: int
) -> None:
    asked = question("q", "What does a market stall cost per day?", "450 shillings ", start)
    result = evaluate_answer(folder(tmp_path / "x", [passage("a", STALL)], [asked], [("q", "a")]), settings, bar)
    assert ("span_recall" in result["metrics"]) is bool(found)
    assert len(result["problems"]) == 1 - found


def test_a_question_that_is_too_long_is_told_and_scores_0(stalls: Path, settings: Settings) -> None:
    short = settings.model_copy(update={"understand": settings.understand.model_copy(update={"max_characters": 5})})
    result = evaluate_answer(stalls, short, bar)
    assert result["outcomes"] == {NOT_ASKED: 1}
    assert values(result)["span_recall"] == 0
    assert [(each["what"], each["partial"]) for each in result["problems"]] == [
        ("questions that are empty or too long", True)
    ]
    assert result["cost"]["answer"] == {}


def test_the_generator_of_the_catalogue_points_and_is_counted(stalls: Path, settings: Settings) -> None:
    result = evaluate_answer(stalls, settings, bar, AnswerChoice(model="fake"))
    assert result["settings"]["model"] == "fake"
    assert result["cost"]["answer"]["tokens_in"] > 0
    assert values(result)["span_recall"] == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answers": "450"}, "not lists of one length"),
        ({"answers": [450]}, "answer = 450"),
        ({"answer_start": []}, ""),
        ({"answer_start": [1, 2]}, "not lists of one length"),
        ({"answers": [], "answer_start": []}, "no judged question of"),
    ],
)
def test_answers_that_cannot_be_read_are_named(
    stalls: Path, settings: Settings, change: dict[str, Any], message: str
) -> None:
    row = json.loads((stalls / "queries.jsonl").read_text()) | change
    (stalls / "queries.jsonl").write_text(json.dumps(row))
    if message:
        with pytest.raises(InputError, match=message):
            evaluate_answer(stalls, settings, bar)
    else:
        assert "span_recall" not in evaluate_answer(stalls, settings, bar)["metrics"]


def test_language_versions_and_bad_limits_are_refused(stalls: Path, settings: Settings) -> None:
    with pytest.raises(UsageError, match="--limit 0"):
        evaluate_answer(stalls, settings, bar, AnswerChoice(limit=0))
    for name in ("corpus", "queries"):
        (stalls / f"{name}.jsonl").rename(stalls / f"{name}_en.jsonl")
    with pytest.raises(InputError, match="several language versions"):
        evaluate_answer(stalls, settings, bar)


def quote(text: str, start: int, end: int, document: str = "a") -> Quote:
    return Quote(text, Cited(document, "", "", "", None, None), None, None, start, end, "c")


def said(*quotes: Quote, seconds: float = 1.0) -> Answer:
    claims = tuple(Claim(each.text, Support.SUPPORTED, (each,)) for each in quotes)
    return Answer("1", "?", "en", Outcome.ANSWERED, "", claims, meter=Cost(seconds=seconds, joules=2 * seconds))


def exact(start: int, end: int) -> Quote:
    return quote(STALL[start:end], start, end)


def test_the_words_that_a_reader_marked_are_the_short_answer() -> None:
    at = STALL.index("450")
    marked = replace(exact(28, 71), answer=(at, at + 3))
    gold = Gold(frozenset("a"), ("450",), ())
    assert tried("q", "en", said(marked, exact(0, 2)), gold, {"a": STALL}).values["exact_match"] == 100
    assert tried("q", "en", said(exact(28, 71)), gold, {"a": STALL}).values["exact_match"] == 0


@pytest.mark.parametrize(
    ("shown", "span", "inside"),
    [
        ([(28, 71)], (50, 63), 100),
        ([(0, 27)], (50, 63), 0),
        ([(28, 60)], (50, 63), 0),
        ([(0, 27), (28, 71)], (20, 40), 100),  # over the blank between two sentences
    ],
)
def test_the_span_must_lie_inside_what_is_shown(
    shown: list[tuple[int, int]], span: tuple[int, int], inside: float
) -> None:
    gold = Gold(frozenset("a"), ("450",), (Place("a", *span),))
    trial = tried("q", "en", said(*(exact(*each) for each in shown)), gold, {"a": STALL})
    assert trial.values["span_recall"] == inside
    overlap = sum(max(0, min(end, span[1]) - max(start, span[0])) for start, end in shown)
    assert trial.values["characters_besides"] == sum(end - start for start, end in shown) - overlap


def test_words_of_another_passage_are_not_the_span() -> None:
    gold = Gold(frozenset("a"), ("450",), (Place("a", 50, 63),))
    trial = tried("q", "en", said(quote(STALL[28:71], 28, 71, "b")), gold, {"a": STALL, "b": STALL})
    assert (trial.values["span_recall"], trial.values["citation_precision"]) == (0, 0)


def test_one_wrong_character_is_no_exact_quote() -> None:
    gold = Gold(frozenset("a"))
    assert tried("q", "en", said(exact(0, 27)), gold, {"a": STALL}).values["quotes_exact"] == 100
    changed = said(exact(28, 71), quote("goats graze near the river.", 0, 27))
    assert tried("q", "en", changed, gold, {"a": STALL}).values["quotes_exact"] == 0


def test_citations_are_counted_by_quote_and_by_passage() -> None:
    gold = Gold(frozenset("ad"), conditions=frozenset("d"))
    answer = said(exact(0, 27), exact(28, 71), quote(PERMIT[:5], 0, 5, "b"))
    trial = tried("q", "en", answer, gold, {"a": STALL, "b": PERMIT, "d": "Nothing."})
    assert trial.values["citation_precision"] == pytest.approx(200 / 3)
    assert (trial.values["citation_recall"], trial.values["conditions_shown"]) == (50, 0)


def test_each_metric_averages_the_questions_that_it_can_measure() -> None:
    gold = Gold(frozenset("a"), ("450",), (Place("a", 50, 63),))
    trials = [
        tried("1", "en", said(exact(28, 71), seconds=3), gold, {"a": STALL}),
        tried("2", "en", said(exact(0, 27), seconds=1), gold, {"a": STALL}),
        tried("3", "sw", None, gold, {"a": STALL}),
    ]
    result = report(trials)
    assert result["metrics"]["span_recall"]["value"] == pytest.approx(100 / 3)
    assert (result["metrics"]["span_recall"]["n"], result["metrics"]["quotes_exact"]["n"]) == (3, 2)
    assert result["outcomes"] == {"answered": 2, NOT_ASKED: 1}
    assert cost(trials) == {"seconds_p50": 2.0, "seconds_p95": 2.9, "joules": 4.0, "tokens_in": 0, "tokens_out": 0}


def test_every_path_of_an_experiment_can_be_in_its_report() -> None:
    """A slip in a path would stay unseen until a long run is over."""
    known = re.compile(
        r"metrics/(span_recall|quotes_exact|citation_precision|citation_recall|conditions_shown|sentences_shown"
        r"|characters_besides|f1|f1_squad|refused)/value|cost/answer/seconds_p95"
    )
    experiments = [
        tomllib.loads(file.read_text()) for file in (Path(__file__).parent.parent / "benchmarks").glob("answer_*.toml")
    ]
    scores = [each["scores"] for each in experiments if "evals" in each["command"]]
    paths = [score["path"] for each in scores for score in each.values()]
    assert paths
    assert [path for path in paths if not known.fullmatch(path)] == []


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Any]:
    from wazi.cli import main

    monkeypatch.setenv("WAZI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WAZI_MODELS", str(tmp_path / "cache" / "models"))
    monkeypatch.setenv("WAZI_EMBED__MODEL", "fake-embedder")
    monkeypatch.setenv("WAZI_RERANK__EVIDENCE_FLOOR", "0.25")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["evals", "answer", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_verb_tells_a_person_and_a_program(shell: Callable[..., Any], stalls: Path) -> None:
    code, out, err = shell(str(stalls), "--given", "gold")
    assert (code, err) == (0, "")
    assert "answer on " in out.splitlines()[0]
    assert "1 questions, given the gold passages" in out
    assert "span_recall          100.00  (95 % interval 100.00 to 100.00)  (1 questions)" in out
    assert "outcomes: answered 1" in out
    result = json.loads(shell(str(stalls), "--json")[1])
    assert result.keys() >= {"task", "data", "n", "metrics", "by_language", "outcomes", "problems", "cost", "settings"}
    assert (result["settings"]["given"], result["settings"]["model"]) == ("pool", "quote")
    assert shell(str(stalls), "--given", "silver")[0] == 2


def test_what_was_left_out_is_exit_code_1(shell: Callable[..., Any], stalls: Path) -> None:
    with (stalls / "qrels.tsv").open("a") as file:
        file.write("gone\ta\t1\n")
    code, _, err = shell(str(stalls))
    assert code == 1
    assert "questions that are empty or too long" in err


def test_answers_that_cannot_be_written_are_told(shell: Callable[..., Any], stalls: Path) -> None:
    code, _, err = shell(str(stalls), "--run", str(stalls / "nowhere" / "answers.jsonl"))
    assert code == 2
    assert "choose another --run" in err
