# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Refusal with the answer there and removed, and what is made of the trials."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import put
from tests.test_evals_make import ALL, ANSWERS, GUIDE, made
from wazi.config import Settings
from wazi.desk import Desk
from wazi.errors import InputError, Refusal
from wazi.evals import refuse_scores
from wazi.evals.refuse import evaluate_refuse
from wazi.evals.refuse_scores import Trial
from wazi.rerank import margin, rerank, shortlist
from wazi.retrieve import retrieve
from wazi.understand import understand


def bar(name: str, total: int) -> Any:
    return nullcontext(lambda _: None)


def test_refusal_is_that_of_the_path_with_the_answer_there_and_removed(
    empty: Desk, settings: Settings, tmp_path: Path
) -> None:
    put(empty, "guide.md", GUIDE)
    put(empty, "answers.md", ANSWERS)
    made(tmp_path / "own", empty)
    result = evaluate_refuse(tmp_path / "own", settings, bar)
    assert result["task"] == "refuse"
    assert result["n"] == 5
    metrics = result["metrics"]
    assert metrics["refusal_recall"]["value"] >= metrics["false_refusal"]["value"]
    assert not result["problems"]
    assert result["cost"]["steps"].keys() == {"ingest", "understand", "retrieve", "rerank"}
    assert {"value", "low", "high"} == metrics["auc"].keys()


def beir(folder: Path, corpus: dict[str, str], question: str, gold: str) -> Path:
    folder.mkdir()
    passages = [json.dumps({"_id": name, "text": text, "lang": "en"}) for name, text in corpus.items()]
    (folder / "corpus.jsonl").write_text("\n".join(passages))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": question, "lang": "en"}))
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\nq\t{gold}\t1\n")
    return folder


def test_a_plain_folder_loses_what_is_judged_relevant(settings: Settings, tmp_path: Path) -> None:
    corpus = {"a": "A stall costs nine shillings a day.", "b": "Goats graze quietly near rivers."}
    done = evaluate_refuse(beir(tmp_path / "one", corpus, "What does a stall cost a day?", "a"), settings, bar)
    values = {name: score["value"] for name, score in done["metrics"].items()}
    assert (values["refusal_recall"], values["false_refusal"], values["auc"], values["answer_kept"]) == (
        100,
        0,
        100,
        100,
    )
    twin = corpus | {"c": "A stall costs nine shillings a day, says the council."}
    done = evaluate_refuse(beir(tmp_path / "two", twin, "What does a stall cost a day?", "a"), settings, bar)
    assert done["metrics"]["refusal_recall"]["value"] == 0  # the twin still answers


def test_the_only_passage_removed_is_a_refusal(settings: Settings, tmp_path: Path) -> None:
    folder = beir(tmp_path / "one", {"a": "A stall costs nine shillings a day."}, "What does a stall cost a day?", "a")
    assert evaluate_refuse(folder, settings, bar)["metrics"]["refusal_recall"]["value"] == 100


def test_a_broken_list_of_removals_is_named_with_its_line(settings: Settings, tmp_path: Path) -> None:
    folder = beir(tmp_path / "one", {"a": "A stall costs nine shillings a day."}, "What does a stall cost?", "a")
    (folder / "unanswerable.jsonl").write_text('{"of": "q"}\n')
    with pytest.raises(InputError, match=r"unanswerable.jsonl line 1"):
        evaluate_refuse(folder, settings, bar)


def trial(number: int, there: float, removed: float) -> Trial:
    return Trial(str(number), "en", there, removed, kept=there > 0)


def test_auc_counts_pairs_in_the_right_order() -> None:
    there, removed = np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, -np.inf])
    pairs = [(a > b) + (a == b) / 2 for a in there for b in removed]
    assert refuse_scores.auc(there, removed) == pytest.approx(100 * sum(pairs) / len(pairs))


def test_recall_at_five_percent_false_refusals() -> None:
    there = np.arange(100.0)
    assert (
        refuse_scores.recall_at(there, np.full(100, 4.5), allowed=0.05) == 100
    )  # a floor of 5 refuses 0 to 4: five of a hundred
    assert refuse_scores.recall_at(there, np.full(100, 5.0), allowed=0.05) == 0


def test_risk_grows_from_the_surest_answer_to_all() -> None:
    points = refuse_scores.risk_coverage([trial(n, 1.0 + n, -1.0 - n) for n in range(10)])
    assert points[0] == {"coverage": 10, "risk": 0}
    assert points[4]["risk"] == 0
    assert points[-1] == {"coverage": 100, "risk": 50}


@pytest.mark.parametrize("floor", [0.0, 0.5, 2.0])
def test_what_is_counted_as_refused_is_what_the_path_refuses(desk: Desk, floor: float) -> None:
    settings = desk.settings.model_copy(
        update={"rerank": desk.settings.rerank.model_copy(update={"evidence_floor": floor})}
    )
    desk = replace(desk, settings=settings)
    query = understand("What does a burial permit cost?", desk, language="en")
    hits = retrieve(query, ALL, desk)
    over = margin(query, shortlist(hits, desk), desk)
    if over < 0:
        with pytest.raises(Refusal):
            rerank(query, hits, desk)
    else:
        assert rerank(query, hits, desk) == shortlist(hits, desk)
