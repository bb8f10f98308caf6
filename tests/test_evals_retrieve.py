# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi evals retrieve` on small folders: numbers against trec_eval, directions, runs, and what it says of bad input."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from ir_measures import RR, R, nDCG

from wazi import models
from wazi.config import Settings
from wazi.errors import InputError, UsageError
from wazi.evals import passages, search, task
from wazi.evals.cache import CountingEmbedder
from wazi.evals.run import Choice, evaluate_retrieve
from wazi.evals.task import MIXED

FACTS = {
    "en": [
        "The market opens at six.",
        "A burial permit is free.",
        "Water is cut on Monday.",
        "The market closes at dusk.",
    ],
    "fr": [
        "Le marché ouvre à six heures.",
        "Le permis d'inhumer est gratuit.",
        "Pas d'eau lundi.",
        "Il ferme le soir.",
    ],
}
QUESTIONS = {
    "en": ["When does the market open?", "Is a burial permit free?"],
    "fr": ["Quand ouvre le marché ?", "Le permis d'inhumer est-il gratuit ?"],
}
JUDGED = {"q0": {"p0": 2, "p3": 1}, "q1": {"p1": 1}}


@contextmanager
def silent(name: str, total: int) -> Iterator[Callable[[int], None]]:
    yield lambda done: None


def rows(texts: list[str], letter: str, **more: str) -> str:
    return "".join(
        json.dumps({"_id": f"{letter}{n}", "text": text, **more}, ensure_ascii=False) + "\n"
        for n, text in enumerate(texts)
    )


def qrels(judged: dict[str, dict[str, int]], header: str = "query-id\tcorpus-id\tscore\n") -> str:
    return header + "".join(f"{q}\t{p}\t{gain}\n" for q, gains in judged.items() for p, gain in gains.items())


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    folder = tmp_path / "town" / "market"
    folder.mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(rows(FACTS["en"], "p", lang="en"))
    (folder / "queries.jsonl").write_text(rows(QUESTIONS["en"], "q", lang="en"))
    (folder / "qrels.tsv").write_text(qrels(JUDGED))
    return folder


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    folder = tmp_path / "gazette"
    folder.mkdir()
    for tag, facts in FACTS.items():
        (folder / f"corpus_{tag}.jsonl.gz").write_bytes(gzip.compress(rows(facts, "p").encode()))
        (folder / f"queries_{tag}.jsonl").write_text(rows(QUESTIONS[tag], "q"))
    (folder / "qrels.tsv").write_text(qrels(JUDGED))
    return folder


def test_questions_are_put_in_the_languages_of_the_corpus_only(settings: Settings, versions: Path) -> None:
    job = task.load(versions)
    tokens = {}
    with closing(CountingEmbedder(models.open_embedder(settings), None)) as embedder:
        desk = search.open_desk(settings, versions, embedder)
        held = search.take_in(job, desk, ["en", "fr"], None, silent)
        for corpus in ("en", MIXED):
            beside = replace(desk, store=search.store_of(held, corpus, embedder.dimension))
            tokens[corpus] = set(search.understood(job, beside, ["en"], None, silent)["en"]["q0"].tokens)
    assert tokens["en"] < tokens[MIXED]


def evaluated(folder: Path, settings: Settings, **choice: Any) -> dict[str, Any]:
    return evaluate_retrieve(folder, settings, silent, Choice(**choice))


def problems(report: dict[str, Any]) -> dict[str, int]:
    return {problem["what"]: problem["count"] for problem in report["problems"]}


def test_the_report_has_the_shape_of_the_interface(plain: Path, settings: Settings) -> None:
    report = evaluated(plain, settings)
    assert {"task", "data", "n", "metrics", "by_language", "cost", "settings"} <= set(report)
    assert (report["task"], report["data"], report["n"]) == ("retrieve", "town/market", 2)
    assert set(report["metrics"]) == {"ndcg@10", "recall@1", "recall@10", "recall@100", "mrr@10"}
    assert all(score["low"] <= score["value"] <= score["high"] for score in report["metrics"].values())
    assert {"seconds", "joules", "mib"} <= set(report["cost"])
    assert report["by_language"]["en"]["n"] == 2
    assert report["by_direction"]["en-en"]["metrics"] == report["metrics"]
    assert set(report["beside"]) == {"lexical", "dense"}
    assert json.loads(json.dumps(report)) == report
    assert report["problems"] == []


def test_the_numbers_are_those_of_trec_eval_on_the_run_that_is_written(
    plain: Path, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "run.trec"
    report = evaluated(plain, settings, run=file)
    run = ir_measures.read_trec_run(str(file))
    truth = [ir_measures.Qrel(q, p, gain) for q, gains in JUDGED.items() for p, gain in gains.items()]
    theirs = ir_measures.calc_aggregate([nDCG @ 10, R @ 1, R @ 10, RR @ 10], truth, run)
    for name, measure in {"ndcg@10": nDCG @ 10, "recall@1": R @ 1, "recall@10": R @ 10, "mrr@10": RR @ 10}.items():
        assert report["metrics"][name]["value"] == pytest.approx(100 * theirs[measure], abs=1e-4)
    assert report["metrics"]["recall@1"]["value"] == 75.0


def test_a_run_compared_with_itself_differs_by_nothing(plain: Path, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "run.trec"
    evaluated(plain, settings, run=file)
    baseline = evaluated(plain, settings, baseline=file)["beside"]["baseline"]
    assert set(baseline["difference"]["ndcg@10"].values()) == {0.0}
    file.write_text("q1 Q0 p1 1 9.5 other\n")
    report = evaluated(plain, settings, baseline=file)
    assert report["beside"]["baseline"]["metrics"]["recall@1"]["value"] == 50.0
    assert problems(report) == {"questions that the baseline does not rank": 1}


def test_each_signal_alone_is_beside_the_fusion_with_its_paired_difference(plain: Path, settings: Settings) -> None:
    report = evaluated(plain, settings)
    for alone in report["beside"].values():
        gap = report["metrics"]["ndcg@10"]["value"] - alone["metrics"]["ndcg@10"]["value"]
        assert alone["difference"]["ndcg@10"]["value"] == pytest.approx(gap)
    words = settings.model_copy(update={"retrieve": settings.retrieve.model_copy(update={"lexical_weight": 1.0})})
    assert evaluated(plain, words)["beside"]["lexical"] == report["beside"]["lexical"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("qrels/test.tsv", qrels(JUDGED)),
        ("qrels.tsv", qrels(JUDGED, header="")),
        ("qrels.tsv", "corpus-id\tscore\tquery-id\np0\t2\tq0\np3\t1\tq0\np1\t1\tq1\n"),
        ("qrels.txt", "q0 0 p0 2\nq0 0 p3 1\nq1 0 p1 1\n"),
    ],
)
def test_every_common_form_of_judgements_gives_the_same_scores(
    plain: Path, settings: Settings, name: str, content: str
) -> None:
    expected = evaluated(plain, settings)["metrics"]
    (plain / "qrels.tsv").unlink()
    (plain / name).parent.mkdir(exist_ok=True)
    (plain / name).write_text(content)
    assert evaluated(plain, settings)["metrics"] == expected


def test_every_direction_is_run_and_the_mean_is_over_questions(versions: Path, settings: Settings) -> None:
    report = evaluated(versions, settings)
    single = ["en-en", "fr-en", "en-fr", "fr-fr"]
    assert set(report["by_direction"]) == {*single, "en-mixed", "fr-mixed"}
    assert report["n"] == 2
    values = [report["by_direction"][name]["metrics"]["mrr@10"]["value"] for name in single]
    assert report["metrics"]["mrr@10"]["value"] == pytest.approx(sum(values) / 4)
    spoken = report["by_language"]
    assert spoken["fr"]["mrr@10"] == pytest.approx((values[1] + values[3]) / 2)
    assert report["by_direction"]["en-en"]["metrics"]["recall@1"]["value"] == 75.0


def test_in_a_mixed_index_any_version_of_the_gold_counts_once(
    versions: Path, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "run.trec"
    report = evaluated(versions, settings, run=file, directions=("en-en", "en-mixed"))
    mixed = report["by_direction"]["en-mixed"]
    assert mixed["metrics"]["mrr@10"]["value"] >= mixed["same_language"]["metrics"]["mrr@10"]["value"] > 0
    assert mixed["same_language"]["beside"]["own_corpus"]["metrics"] == report["by_direction"]["en-en"]["metrics"]
    assert "own_corpus" in mixed["beside"]
    ranked = [line.split()[2] for line in (tmp_path / "run.en-mixed.trec").read_text().splitlines()]
    assert sorted(set(ranked)) == ["p0", "p1", "p2", "p3"]
    assert len(ranked) == 8, "two questions, four passages, each once"
    assert (tmp_path / "run.en-en.trec").exists()
    assert not file.exists()


def test_a_direction_that_is_not_there_is_named(versions: Path, plain: Path, settings: Settings) -> None:
    with pytest.raises(UsageError, match=r"--direction en-sw: .* use one of .*fr-en"):
        evaluated(versions, settings, directions=("en-sw",))
    with pytest.raises(UsageError, match="one corpus"):
        evaluated(plain, settings, directions=("en-en",))


def test_a_limit_is_spread_evenly_and_the_same_each_time(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "corpus.jsonl").write_text(rows([f"Room {n} is green." for n in range(10)], "p", lang="en"))
    (tmp_path / "queries.jsonl").write_text(rows([f"Which room is {n}?" for n in range(10)], "q", lang="en"))
    (tmp_path / "qrels.tsv").write_text(qrels({f"q{n}": {f"p{n}": 1} for n in range(10)}))
    evaluated(tmp_path, settings, limit=3, run=tmp_path / "run.trec")
    asked = {line.split()[0] for line in (tmp_path / "run.trec").read_text().splitlines()}
    assert asked == {"q0", "q3", "q6"}
    assert evaluated(tmp_path, settings, limit=99)["n"] == 10
    with pytest.raises(UsageError, match="--limit 0"):
        evaluated(tmp_path, settings, limit=0)


def test_only_the_questions_that_a_file_names_are_asked(tmp_path: Path, plain: Path) -> None:
    job = task.load(plain)
    file = tmp_path / "ids.txt"
    file.write_text("\n".join(sorted(job.qrels)[:2]) + "\n")
    assert set(task.load(plain, only=file).qrels) == set(sorted(job.qrels)[:2])
    file.write_text("nobody\n")
    with pytest.raises(InputError, match=r"1 of 1 questions are not judged here, first 'nobody'"):
        task.load(plain, only=file)
    for content, told in ((" ", "names no question"), (None, "cannot read")):
        file.unlink() if content is None else file.write_text(content)
        with pytest.raises(InputError, match=told):
            task.load(plain, only=file)


def test_what_cannot_be_found_or_asked_costs_score_and_is_counted(plain: Path, settings: Settings) -> None:
    whole = evaluated(plain, settings)["metrics"]["recall@10"]["value"]
    judged = JUDGED | {"q1": {"p1": 1, "gone": 1}, "q9": {"p2": 1}, "q2": {"p2": 1}, "q3": {"p4": 1}}
    (plain / "qrels.tsv").write_text(qrels(judged))
    (plain / "queries.jsonl").write_text(rows([*QUESTIONS["en"], " ", "Is it empty?", "Nobody asked?"], "q", lang="en"))
    (plain / "corpus.jsonl").write_text(rows([*FACTS["en"], ""], "p", lang="en"))
    report = evaluated(plain, settings)
    assert whole == 100.0
    assert report["n"] == 5
    assert report["metrics"]["recall@10"]["value"] == pytest.approx(100 * (1 + 0.5 + 0 + 0 + 0) / 5)
    assert problems(report) == {
        "questions without a judgement": 1,
        "relevant passages that corpus.jsonl lacks": 1,
        "judged questions that queries.jsonl lacks": 1,
        "empty questions in queries.jsonl": 1,
        "empty passages in corpus.jsonl": 1,
    }
    assert all(problem["partial"] and problem["first"] and problem["effect"] for problem in report["problems"])


def test_irrelevant_judgements_are_not_relevant(plain: Path, settings: Settings) -> None:
    (plain / "qrels.tsv").write_text(qrels({"q0": {"p0": 1, "p1": 0}, "q1": {"p1": -1}}))
    report = evaluated(plain, settings)
    assert (report["n"], report["metrics"]["recall@10"]["value"]) == (1, 100.0)
    assert problems(report) == {
        "questions to which no passage is judged relevant": 1,
    }


BROKEN: list[tuple[str, bytes, str]] = [
    ("corpus.jsonl", b"", "corpus.jsonl is empty"),
    ("queries.jsonl", b"\n\n", "queries.jsonl is empty"),
    ("qrels.tsv", b"", "no judgements"),
    ("qrels.tsv", b"query-id\tcorpus-id\tscore\n", "no judgements"),
    ("qrels.tsv", b"q0\tp0\tgood\n", "line 1: score = 'good'"),
    ("qrels.tsv", b"q0\tp0\t1\nq1\tp1\n", "line 2 has 2 columns"),
    ("qrels.tsv", b"q0\tp0\t1\nq0\tp0\t2\n", "line 2 judges 'q0' and 'p0' a second time"),
    ("qrels.tsv", b"zz\tp0\t1\n", "no question .* relevant passage"),
    ("corpus.jsonl", b'{"_id": "a", "text": "x"}\n{"_id": "b"', "line 2 is not JSON"),
    ("corpus.jsonl", b'["a"]\n', "line 1 is not a JSON object"),
    (
        "corpus.jsonl",
        b'{"_id": "a", "text": "x"}\n\n{"_id": "a", "text": "y"}\n',
        "line 3: the id 'a' is already on line 1",
    ),
    ("corpus.jsonl", b'{"_id": null, "text": "x"}\n', "line 1: _id = None"),
    ("corpus.jsonl", b'{"_id": ["a"], "text": "x"}\n', "line 1: _id"),
    ("corpus.jsonl", b'{"_id": true, "text": "x"}\n', "line 1: _id = True"),
    ("corpus.jsonl", b'{"_id": "a"}\n', "line 1: the text of 'a' is None"),
    ("corpus.jsonl", b'{"_id": "a", "text": 7}\n', "the text of 'a' is 7"),
    ("corpus.jsonl", b'{"_id": "a", "text": "x", "lang": 7}\n', "title and lang of 'a'"),
    ("corpus.jsonl", b'{"_id": "a", "text": "\xff"}\n', "line 1 is not UTF-8"),
    ("corpus.jsonl", b'{"_id": "a", "text": " "}\n', "every passage .* is empty"),
    ("corpus.jsonl.gz", gzip.compress(b'{"_id": "a", "text": "x"}\n' * 900)[:40], "cannot read .*corpus.jsonl.gz"),
    ("corpus.jsonl.gz", b"not gzip", "cannot read"),
]


@pytest.mark.parametrize(("name", "content", "told"), BROKEN, ids=[told for _, _, told in BROKEN])
def test_what_cannot_be_scored_names_file_and_line(
    plain: Path, settings: Settings, name: str, content: bytes, told: str
) -> None:
    (plain / name.removesuffix(".gz")).unlink()
    (plain / name).write_bytes(content)
    with pytest.raises(InputError, match=told):
        evaluated(plain, settings)


def test_a_folder_that_is_not_one_is_named(plain: Path, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no qrels.tsv in .*nowhere"):
        evaluated(tmp_path / "nowhere", settings)
    (plain / "corpus.jsonl").rename(plain / "corpus_en.jsonl")
    with pytest.raises(InputError, match="only one of corpus and queries"):
        evaluated(plain, settings)
    (plain / "corpus_en.jsonl").unlink()
    with pytest.raises(InputError, match=r"no corpus.jsonl in"):
        evaluated(plain, settings)


def test_ids_that_are_numbers_are_read_as_text_and_told(plain: Path, settings: Settings) -> None:
    expected = evaluated(plain, settings)["metrics"]
    for name in ("corpus.jsonl", "queries.jsonl"):
        lines = [json.loads(line) for line in (plain / name).read_text().splitlines()]
        (plain / name).write_text("".join(json.dumps(row | {"_id": int(row["_id"][1:])}) + "\n" for row in lines))
    (plain / "qrels.tsv").write_text(qrels(JUDGED).replace("\tp", "\t").replace("\nq", "\n"))
    report = evaluated(plain, settings)
    assert report["metrics"] == expected
    assert [problem["partial"] for problem in report["problems"]] == [False, False]


def test_half_a_character_does_not_stop_a_run(plain: Path, settings: Settings) -> None:
    text = (plain / "corpus.jsonl").read_text()
    (plain / "corpus.jsonl").write_text(text + '{"_id": "half", "text": "broken \\ud83d here", "lang": "en"}\n')
    assert evaluated(plain, settings)["n"] == 2


@pytest.mark.parametrize("sentences", [5_000, pytest.param(130_000, marks=pytest.mark.slow)])
def test_a_very_long_passage_is_searched_in_parts_and_its_best_part_counts(
    plain: Path, settings: Settings, sentences: int
) -> None:
    filler = "The council met and the minutes were read. " * sentences
    long = filler[: len(filler) // 2] + " A stall in Mlimani costs ninety shillings. " + filler[len(filler) // 2 :]
    assert len(long.encode()) > 40 * sentences, "the longer one is beyond 5 MB"
    with (plain / "corpus.jsonl").open("a") as corpus:
        corpus.write(json.dumps({"_id": "long", "text": long, "lang": "en"}) + "\n")
    (plain / "queries.jsonl").write_text(rows(["What does a stall in Mlimani cost, ninety shillings?"], "q", lang="en"))
    (plain / "qrels.tsv").write_text(qrels({"q0": {"long": 1}}))
    report = evaluated(plain, settings)
    assert report["settings"]["passages_in_parts"] == 1
    assert report["metrics"]["recall@1"]["value"] == 100.0


def test_parts_hold_every_word_and_short_passages_stay_whole(settings: Settings) -> None:
    words = " ".join(f"word{n}" for n in range(3000))
    parts = passages.chunks(passages.Text("long", words, "en", "Minutes"), settings.chunk)
    assert " ".join(part.text for part in parts).split() == words.split()
    assert {part.document for part in parts} == {"long"}
    assert {part.headings for part in parts} == {("Minutes",)}
    assert [part.id for part in passages.chunks(passages.Text("short", "A word.", "en"), settings.chunk)] == ["short"]
    title_only = passages.chunks(passages.Text("t", "", "en", "Opening hours"), settings.chunk)
    assert [part.text for part in title_only] == ["Opening hours"]


def test_ids_with_blanks_are_refused_before_the_work_not_after(plain: Path, settings: Settings, tmp_path: Path) -> None:
    with (plain / "corpus.jsonl").open("a") as corpus:
        corpus.write('{"_id": "two words", "text": "x"}\n')
    with pytest.raises(InputError, match="'two words' has a blank"):
        evaluated(plain, settings, run=tmp_path / "run.trec")
    assert evaluated(plain, settings)["n"] == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("q0 Q0 p0 1 0.5\n", "line 1 has 5 columns"),
        ("q0 Q0 p0 1 best x\n", "line 1: score = 'best'"),
        ("q0 Q0 p0 1 nan x\n", "line 1: score = 'nan'"),
        ("q0 Q0 p0 1 2 x\nq0 Q0 p0 2 1 x\n", "line 2 ranks 'p0' a second time"),
        ("other Q0 p0 1 2 x\n", "ranks none of the questions"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_named(
    plain: Path, settings: Settings, tmp_path: Path, content: str, told: str
) -> None:
    (tmp_path / "other.trec").write_text(content)
    with pytest.raises((InputError, UsageError), match=told):
        evaluated(plain, settings, baseline=tmp_path / "other.trec")
