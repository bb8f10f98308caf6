# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The shell: exit codes, one line an error, one JSON document with `--json`."""

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wazi.cli import main

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command in a home of its own; returns exit code, stdout, stderr."""
    monkeypatch.setenv("WAZI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WAZI_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("WAZI_EMBED__MODEL", "fake-embedder")
    monkeypatch.setenv("WAZI_COMPOSE__MODEL", "quote")
    monkeypatch.setenv("WAZI_RERANK__EVIDENCE_FLOOR", "0.25")
    monkeypatch.setenv("WAZI_RERANK__OTHER_LANGUAGE_FLOOR", "0.25")

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "charter.md").write_text("# Fees\n\nA market stall costs 450 shillings per day.\n")
    (folder / "staff.md").write_text("The inspection of the market stall is on 3 March.\n")
    (folder / "documents.toml").write_text('["staff.md"]\nlabels = ["staff"]\n')
    return folder


def parsed(out: str) -> Any:
    assert out.count("\n") == 1, "one JSON document on stdout and nothing else"
    return json.loads(out)


def test_ingest_ask_and_check_a_quote_by_hand(shell: Shell, office: Path) -> None:
    code, out, _ = shell("ingest", str(office), "--json")
    done = parsed(out)
    assert code == 0
    assert {"id", "path", "title", "status", "reason", "pages", "chunks", "languages"} <= set(done["documents"][0])
    assert {"seconds", "pages_per_second"} <= set(done)
    code, out, _ = shell("ask", "What does a market stall cost?", "--json")
    answer = parsed(out)
    assert (code, answer["outcome"]) == (0, "answered")
    quote = answer["claims"][0]["quotes"][0]
    assert quote["text"] == "A market stall costs 450 shillings per day."
    _, text, _ = shell("documents", "text", quote["document"]["id"])
    assert text[quote["start"] : quote["end"]] == quote["text"]


def test_an_empty_home_says_what_to_do_first(shell: Shell) -> None:
    code, out, err = shell("ask", "What does a market stall cost?", "--json")
    assert (code, parsed(out)["outcome"]) == (0, "no_evidence")
    assert "wazi ingest FOLDER" in err


def test_an_answer_has_the_shape_of_the_interface(shell: Shell, office: Path) -> None:
    shell("ingest", str(office))
    answer = parsed(shell("ask", "What does a market stall cost?", "--json")[1])
    assert set(answer) == {"id", "question", "language", "outcome", "text", "claims", "models", "meter", "nearest"}
    assert set(answer["claims"][0]) == {"text", "support", "quotes"}
    quote = answer["claims"][0]["quotes"][0]
    assert set(quote) == {"text", "document", "page", "boxes", "start", "end", "chunk", "answer"}
    assert set(quote["document"]) == {"id", "title", "source", "sha256", "valid_from", "valid_until", "in_force"}
    meter = {"seconds", "tokens_in", "tokens_out", "joules", "joules_method", "gco2e", "usd", "steps"}
    assert set(answer["meter"]) == meter
    assert set(answer["models"]) == {"embed", "generate"}


def test_readers_see_what_their_labels_allow(shell: Shell, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("ingest", str(office))
    monkeypatch.setenv("WAZI_ACCESS__READERS", '{ clerk = ["staff"], visitor = [] }')
    asked = ("ask", "When is the inspection of the market stall?", "--json", "--as")
    assert "3 March" in parsed(shell(*asked, "clerk")[1])["text"]
    assert "3 March" not in parsed(shell(*asked, "visitor")[1])["text"]
    code, _, err = shell("ask", "anything", "--as", "nobody")
    assert code == 3
    assert "nobody" in err


def test_retrieve_lists_ranked_passages(shell: Shell, office: Path) -> None:
    shell("ingest", str(office))
    found = parsed(shell("retrieve", "market stall", "-k", "1", "--json")[1])
    assert found["query"] == "market stall"
    assert {"chunk", "document", "page", "score", "start", "end", "text"} <= set(found["hits"][0])
    assert len(found["hits"]) == 1


def test_documents_are_listed_shown_and_deleted(shell: Shell, office: Path) -> None:
    shell("ingest", str(office))
    held = parsed(shell("documents", "--json")[1])["documents"]
    assert [Path(record["source"]).name for record in held] == ["charter.md", "staff.md"]
    first = held[0]["id"]
    assert parsed(shell("documents", "show", first, "--json")[1]) == held[0]
    assert parsed(shell("documents", "delete", first, "--json")[1]) == {"deleted": [first]}
    assert shell("documents", "show", first)[0] == 2
    assert len(parsed(shell("documents", "delete", str(office), "--json")[1])["deleted"]) == 1
    assert parsed(shell("documents", "--json")[1]) == {"documents": []}


def test_a_deleted_document_leaves_no_words_on_the_disk(shell: Shell, office: Path, tmp_path: Path) -> None:
    (office / "gone.md").write_text("The xylophonist of Mlimani pays nothing at all.")
    shell("ingest", str(office))
    shell("documents", "delete", str(office / "gone.md"))
    store = tmp_path / "home" / "store"
    assert [path for path in store.rglob("*") if path.is_file() and b"xylophonist" in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("ask", ""), 2, "the question is empty"),
        (("ask", "x" * 100_000), 2, "at most 2000"),
        (("ask", "fee", "--on", "yesterday"), 2, "--on yesterday"),
        (("ask", "fee", "--lang", "klingon"), 2, "--lang klingon"),
        (("ask", "fee", "--model", "nonexistent"), 2, "nonexistent"),
        (("ask", "fee", "--model", "qwen2.5-coder-1.5b"), 2, "wazi models pull qwen2.5-coder-1.5b"),
        (("retrieve", "fee", "-k", "0"), 2, "-k 0"),
        (("documents", "show", "nothing"), 2, "wazi documents"),
        (("ingest", "nowhere"), 2, "nothing to take in at nowhere"),
        (("ingest", "ftp://example.org/a.pdf"), 2, "ftp://example.org/a.pdf"),
        (("evals", "retrieve", "nowhere"), 2, "qrels.tsv"),
        (("models", "pull", "nothing"), 2, "'nothing'"),
        (("restore", "nowhere.wazi"), 2, "nowhere.wazi"),
        (("ingest", ".", "--label", ""), 2, "--label"),
        (("ingest", ".", "--label", "*"), 2, "--label"),
        (("ingest", ".", "--lang", "Swahili!"), 2, "--lang"),
        (("ingest", ".", "--valid-from", "2026-02-01", "--valid-until", "2026-01-01"), 2, "is before"),
        (("ingest", ""), 2, "empty path"),
        (("documents", "delete", ""), 2, "empty name"),
        (("nonsense",), 2, "nonsense"),
        (("--config", "x"), 2, ""),
    ],
)
def test_wrong_use_is_one_clear_line(
    shell: Shell, office: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    if arguments[0] in ("ask", "retrieve"):
        shell("ingest", str(office))
    got, _, err = shell(*arguments)
    assert got == code
    assert told in err
    errors = err.splitlines()
    assert len(errors) == (code != 1)
    assert all(line.startswith("wazi: ") for line in errors)


@pytest.mark.enable_socket
def test_the_page_does_not_open_without_its_model(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAZI_COMPOSE__MODEL", "qwen2.5-coder-1.5b")
    code, _, err = shell("serve", "--port", "0")
    assert code == 2
    assert "wazi models pull qwen2.5-coder-1.5b" in err


@pytest.mark.parametrize("arguments", [("documents", "show", "nothing"), ("ask",), ("ask", "x", "--nope")])
def test_an_error_with_json_is_json_too(shell: Shell, arguments: tuple[str, ...]) -> None:
    code, out, _ = shell(*arguments, "--json")
    assert parsed(out)["exit_code"] == code == 2


def test_a_name_cannot_steer_the_terminal(shell: Shell, office: Path) -> None:
    (office / "a\x1b[2Jb\u202e.md").write_text("The market opens at six.")
    for arguments in (("ingest", str(office)), ("documents",), ("ask", "When does the market open?")):
        _, out, err = shell(*arguments)
        assert not {"\x1b", "\u202e"} & set(out + err)


def test_an_ingest_whose_reader_left_goes_on_to_its_end(
    shell: Shell, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            return os.open(os.devnull, os.O_WRONLY)

    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", Closed())
        assert shell("ingest", str(office))[0] == 0
    assert len(parsed(shell("documents", "--json")[1])["documents"]) == 2


def test_a_missing_file_among_good_ones_is_done_in_part(shell: Shell, office: Path) -> None:
    code, out, _ = shell("ingest", str(office), str(office / "nowhere.pdf"), "--json")
    states = {Path(row["path"]).name: row["status"] for row in parsed(out)["documents"]}
    assert code == 1
    assert states == {"charter.md": "complete", "staff.md": "complete", "nowhere.pdf": "failed"}


def test_audit_verify_tells_a_whole_chain_from_a_broken_one(shell: Shell, office: Path, tmp_path: Path) -> None:
    shell("ingest", str(office))
    for _ in range(3):
        shell("ask", "What does a market stall cost?")
    assert parsed(shell("audit", "verify", "--json")[1]) == {
        "receipts": 3,
        "intact": True,
        "first_broken": None,
        "erased": 0,
    }
    file = tmp_path / "home" / "audit" / "receipts.jsonl"
    file.write_bytes(file.read_bytes().replace(b"answered", b"answerex", 1))
    code, out, _ = shell("audit", "verify", "--json")
    assert code == 1
    assert parsed(out)["first_broken"] == 1


def test_a_backup_restores_into_an_empty_home(shell: Shell, office: Path, tmp_path: Path) -> None:
    shell("ingest", str(office))
    file = str(tmp_path / "county.wazi")
    saved = parsed(shell("backup", file, "--json")[1])
    assert {"documents", "chunks", "bytes", "sha256"} == set(saved)
    other = ("--home", str(tmp_path / "other"))
    assert parsed(shell("restore", file, "--json", *other)[1]) == saved
    answer = parsed(shell("ask", "What does a market stall cost?", "--json", *other)[1])
    assert "450 shillings" in answer["text"]
    code, _, err = shell("restore", file, *other)
    assert code == 2
    assert "not empty" in err


def test_a_file_that_is_no_backup_restores_nothing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.wazi").write_bytes(b"not a backup")
    code, _, err = shell("restore", str(tmp_path / "bad.wazi"), "--home", str(tmp_path / "other"))
    assert code == 2
    assert "bad.wazi" in err
    assert not (tmp_path / "other").exists()


def test_doctor_names_the_next_command(shell: Shell) -> None:
    code, out, _ = shell("doctor", "--json")
    checks = {check["name"]: check for check in parsed(out)["checks"]}
    assert code == (1 if any(check["state"] == "missing" for check in checks.values()) else 0)
    assert {"python", "memory", "disk", "store", "rights", "energy"} <= set(checks)
    assert all(check["next"] for check in checks.values() if check["state"] != "ok")


def test_doctor_lists_every_setting(shell: Shell) -> None:
    rows = parsed(shell("doctor", "--settings", "--json")[1])["settings"]
    assert all(row["meaning"] for row in rows)
    assert "[retrieve] k" in [row["setting"] for row in rows]


def test_models_lists_licence_and_checksum_but_no_fakes(shell: Shell) -> None:
    rows = parsed(shell("models", "--json")[1])["models"]
    assert {"multilingual-e5-small", "qwen2.5-coder-1.5b"} <= {row["name"] for row in rows}
    assert not [row for row in rows if "fake" in row["name"]]
    assert all(row["licence"] for row in rows)


def test_the_home_option_may_stand_before_or_after_the_action(shell: Shell, office: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "third")
    shell("ingest", str(office), "--home", home)
    held = parsed(shell("documents", "--home", home, "--json")[1])["documents"]
    identity = held[0]["id"]
    assert shell("documents", "--home", home, "show", identity)[0] == 0
    assert shell("documents", "show", identity, "--home", home)[0] == 0


def test_every_command_of_the_interface_is_there(shell: Shell) -> None:
    _, out, _ = shell("--help")
    for verb in (
        "ingest",
        "documents",
        "retrieve",
        "ask",
        "serve",
        "evals",
        "models",
        "backup",
        "restore",
        "doctor",
        "audit",
    ):
        assert re.search(rf"^\s+{verb}\b", out, re.MULTILINE), verb
