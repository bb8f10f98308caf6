# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi evals converse` on small folders of both layouts: what it compares, by what its intervals draw, what it refuses."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from wazi import cli
from wazi.config import Settings
from wazi.errors import InputError, UsageError
from wazi.evals import converse_scores
from wazi.evals.converse import ConverseChoice, evaluate_converse
from wazi.evals.converse_data import Turn, load

CORPUS = {
    "stall": "A market stall costs 450 shillings per day, and 500 for foreigners.",
    "permit": "And for foreigners a burial permit is free of charge.",
    "boat": "Fishing boats are registered at the harbour by foreigners and residents.",
    "tree": "Trees may be felled after the forester has marked them.",
    "bus": "Buses leave at the town hall on the hour.",
    "water": "Water meters are read twice a year by the works department.",
}
TURNS: list[dict[str, Any]] = [
    {"_id": "a1", "text": "What does a market stall cost?", "conversation": "a", "domain": "fees"},
    {
        "_id": "a2",
        "text": "And for foreigners?",
        "earlier": ["What does a market stall cost?"],
        "rewrite": "What does a market stall cost for foreigners?",
        "conversation": "a",
        "domain": "fees",
    },
    {"_id": "b1", "text": "When are trees felled?", "conversation": "b", "domain": "land"},
]
GOLD = {"a1": "stall", "a2": "stall", "b1": "tree"}


def bar(name: str, total: int) -> Any:
    return nullcontext(lambda _: None)


def write(file: Path, rows: list[Any]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def beir(folder: Path, turns: list[dict[str, Any]], gold: Mapping[str, str] = GOLD) -> Path:
    folder.mkdir()
    write(folder / "corpus.jsonl", [{"_id": name, "text": text, "lang": "en"} for name, text in CORPUS.items()])
    write(folder / "queries.jsonl", [{"lang": "en", **turn} for turn in turns])
    (folder / "qrels.tsv").write_text("".join(f"{turn}\t{passage}\t1\n" for turn, passage in gold.items()))
    return folder


def mtrag(folder: Path) -> Path:
    folder.mkdir()
    asked = ["What does a market stall cost?", "And for foreigners?"]
    said = [{"speaker": "user", "text": asked[0]}, {"speaker": "agent", "text": "Ask the harbour about boats."}]
    task = {"_id": "c<::>2", "domain": "govt", "input": [*said, {"speaker": "user", "text": asked[1]}]}
    write(folder / "generation_reference_subset.jsonl", [task | {"contexts": [{"_id": "stall"}]}])
    rows = [{"_id": name, "title": "Fees", "text": f"Fees\n{text}"} for name, text in CORPUS.items()]
    write(folder / "passages_available.jsonl", rows)
    write(folder / "govt_queries.jsonl", [{"_id": "c<::>2", "rewrite": "|user|: What does a stall cost foreigners?"}])
    return folder


def test_a_turn_that_leans_finds_more_than_alone(settings: Settings, tmp_path: Path) -> None:
    result = evaluate_converse(beir(tmp_path / "set", TURNS), settings, bar)
    assert result["task"] == "converse"
    assert (result["n"], result["conversations"]) == (3, 2)
    later = result["later_turns"]
    assert later["n"] == 1
    assert later["metrics"]["ndcg@5"]["value"] == 100
    assert later["beside"]["last_turn"]["metrics"]["ndcg@5"]["value"] < 100
    assert later["beside"]["last_turn"]["difference"]["ndcg@5"]["value"] > 0
    assert later["beside"]["rewritten"]["n"] == 1
    assert result["by_domain"].keys() == {"fees", "land"}
    assert result["by_turn"].keys() == {"1", "2"}
    assert result["by_language"]["en"]["n"] == 3
    assert result["readings"]["with_earlier_words"] == 1
    assert result["cost"]["steps"].keys() >= {"ingest", "converse", "understand", "retrieve"}
    assert not result["problems"]


def test_the_files_of_mtrag_are_read_without_its_answers(tmp_path: Path) -> None:
    talks = load(mtrag(tmp_path / "mtrag"))
    (turn,) = talks.turns
    assert turn.earlier == ("What does a market stall cost?",)
    assert turn.text == "And for foreigners?"
    assert turn.conversation == "c"
    assert turn.rewrite == "What does a stall cost foreigners?"
    assert talks.corpus[0].text == CORPUS["stall"]
    assert talks.corpus[0].title == "Fees"
    assert "harbour" not in " ".join((*turn.earlier, turn.text))


def test_halves_share_no_conversation_and_leave_none_out(tmp_path: Path) -> None:
    turns = [
        {"_id": f"q{n}", "text": "A stall?", "conversation": f"c{n // 2}", "domain": f"d{n // 8}"} for n in range(16)
    ]
    folder = beir(tmp_path / "set", turns, {f"q{n}": "stall" for n in range(16)})
    first, second = ({turn.conversation for turn in load(folder, half=half).turns} for half in ("first", "second"))
    assert not first & second
    assert len(first) == len(second) == 4
    with pytest.raises(UsageError, match="first or second"):
        load(folder, half="third")


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    turns = [*TURNS, {"_id": "d", "text": "Thank you!", "earlier": ["Hello?"]}]
    talks = load(beir(tmp_path / "set", turns, GOLD | {"b1": "gone"}))
    assert {each.what: (each.count, each.first, each.partial) for each in talks.problems} == {
        "turns without words or relevant passage": (1, "d", False),
        "relevant passages that are not there": (1, "gone", True),
    }
    assert len(talks.turns) == 3


@pytest.mark.parametrize(
    ("turns", "problem"),
    [([{"_id": "a", "text": "x", "earlier": "y"}], "earlier"), ([{"_id": "a", "text": 3}], "must be texts")],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, turns: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(InputError, match=f"queries.jsonl line 1.*{problem}"):
        load(beir(tmp_path / "set", turns, {"a": "stall"}))


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no corpus\.jsonl"):
        load(tmp_path)
    folder = mtrag(tmp_path / "mtrag")
    (folder / "generation_reference_subset.jsonl").write_text('{"_id": "x"}\n')
    with pytest.raises(InputError, match="line 1"):
        load(folder)


def test_intervals_draw_conversations() -> None:
    """Ten turns of one conversation are one drawing: with two conversations the interval reaches both ends."""
    turns = [Turn(f"{c}{n}", c, "", (), "x", {}) for c in "ab" for n in range(10)]
    values = {turn.id: 100.0 * (turn.conversation == "a") for turn in turns}
    found = converse_scores.interval(turns, values)
    assert (found["low"], found["value"], found["high"]) == (0, 50, 100)


def test_a_comparison_of_some_turns_is_on_these() -> None:
    turns = [Turn("a", "a", "", (), "x", {"p": 1}), Turn("b", "b", "", (), "x", {"p": 1})]
    ours = converse_scores.scored(turns, {"a": {"p": 1.0}, "b": {"q": 1.0}})
    some = converse_scores.scored(turns, {"b": {"p": 1.0}})
    told = converse_scores.report(turns, ours, {"rewritten": some, "nobody": converse_scores.scored(turns, {})})
    assert told["metrics"]["recall@5"]["value"] == 50
    assert told["beside"].keys() == {"rewritten"}
    assert told["beside"]["rewritten"]["n"] == 1
    assert told["beside"]["rewritten"]["difference"]["recall@5"]["value"] == -100


def test_turns_are_told_together_by_their_number() -> None:
    counts = {
        count: converse_scores.number(Turn("a", "a", "", ("x",) * (count - 1), "x", {})) for count in (1, 4, 5, 6, 40)
    }
    assert counts == {1: "1", 4: "4-5", 5: "4-5", 6: "6 and later", 40: "6 and later"}


def test_the_command_tells_people_and_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAZI_EMBED__MODEL", "fake-embedder")
    line = ["evals", "converse", str(beir(tmp_path / "set", TURNS)), "--home", str(tmp_path / "home"), "--no-cache"]
    assert cli.main(line) == 0
    shown = capsys.readouterr().out
    assert "3 turns of 2 conversations" in shown
    assert "the turn alone" in shown
    assert cli.main([*line, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["task"] == "converse"


def test_a_choice_that_cannot_be_met(settings: Settings, tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", TURNS[:2], {"a1": "stall", "a2": "stall"})
    with pytest.raises(UsageError, match="only one conversation"):
        evaluate_converse(folder, settings, bar, ConverseChoice(half="second"))
