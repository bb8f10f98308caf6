# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The evals verbs in the shell: exit codes, what a person reads, one JSON document."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wazi.cli import main

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.setenv("WAZI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WAZI_MODELS", str(tmp_path / "cache" / "models"))
    monkeypatch.setenv("WAZI_EMBED__MODEL", "fake-embedder")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set"
    made.mkdir()
    (made / "corpus.jsonl").write_text('{"_id": "a", "text": "A stall costs nine."}\n{"_id": "b", "text": "Closed."}\n')
    (made / "queries.jsonl").write_text('{"_id": "q", "text": "What does a stall cost?"}\n')
    (made / "qrels.tsv").write_text("q\ta\t1\n")
    return made


def test_a_clean_run_is_done_and_tells_vectors_and_cost(shell: Shell, folder: Path, tmp_path: Path) -> None:
    code, out, err = shell("evals", "retrieve", str(folder))
    assert (code, err) == (0, "")
    assert "recall@10  100.00  (95 % interval 100.00 to 100.00)" in out
    assert "vectors: 3 computed, 0 from the cache" in out
    assert (tmp_path / "cache" / "vectors" / "vectors.sqlite").exists()
    assert "vectors: 0 computed, 3 from the cache" in shell("evals", "retrieve", str(folder))[1]
    assert "vectors: 3 computed, 0 from the cache" in shell("evals", "retrieve", str(folder), "--no-cache")[1]


def test_what_was_left_out_is_told_and_is_exit_code_1(shell: Shell, folder: Path) -> None:
    (folder / "qrels.tsv").write_text("q\ta\t1\nq\tgone\t1\n")
    code, out, err = shell("evals", "retrieve", str(folder), "--json")
    assert code == 1
    assert "1 relevant passages that corpus.jsonl lacks, first 'gone'" in err
    assert json.loads(out)["metrics"]["recall@10"]["value"] == 50.0


def test_what_cannot_be_scored_is_exit_code_2(shell: Shell, folder: Path) -> None:
    (folder / "qrels.tsv").write_text("")
    assert shell("evals", "retrieve", str(folder))[0] == 2
    assert shell("evals", "retrieve", str(folder), "--limit", "0")[0] == 2


def test_a_computed_vector_is_counted_in_the_cost(shell: Shell, folder: Path) -> None:
    steps = json.loads(shell("evals", "retrieve", str(folder), "--json")[1])["cost"]["steps"]
    assert (steps["ingest"]["vectors_computed"], steps["ingest"]["vectors_cached"]) == (2, 0)
    assert steps["understand"]["vectors_computed"] == 1
    assert set(steps) == {"ingest", "understand", "retrieve", "beside"}
