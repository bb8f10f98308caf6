# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What is held, shown with its evidence, corrected by hand, deleted so that nothing of it is left, and described for catalogues."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wazi.cli import main

Shell = Callable[..., Any]

OLD = "# County By-law No. 4 of 2019\n\nThis By-law comes into operation on 1 May 2019.\n\nA dog costs 100 shillings a year.\n"
NEW = "# County By-law No. 9 of 2024\n\nIt comes into operation on 1 July 2024.\n\nBy-law No. 4 of 2019 is repealed.\n"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command in a home of its own; returns its JSON, or exit code and error where it has none."""
    monkeypatch.setenv("WAZI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WAZI_EMBED__MODEL", "fake-embedder")
    monkeypatch.setenv("WAZI_RERANK__EVIDENCE_FLOOR", "0.25")

    def run(*arguments: str) -> Any:
        code = main([*arguments, "--json"])
        out, _ = capsys.readouterr()
        answer = json.loads(out)
        return (code, answer["error"]) if "error" in answer else answer

    return run


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "old.md").write_text(OLD)
    (folder / "new.md").write_text(NEW)
    return folder


def held(shell: Shell) -> dict[str, dict[str, Any]]:
    return {Path(each["source"]).name: each for each in shell("documents")["documents"]}


def test_what_the_text_says_is_shown_with_its_words(shell: Shell, office: Path) -> None:
    shell("ingest", str(office))
    documents = held(shell)
    old = shell("documents", "show", documents["old.md"]["id"])
    assert (old["valid_from"], old["valid_until"], old["kind"]) == ("2019-05-01", "2024-06-30", "regulation")
    assert old["guessed"] == ["valid_from", "valid_until", "kind"]
    words = {(each["about"], each["document"]): each["words"] for each in old["said"]}
    assert words["valid_from", None] == "This By-law comes into operation on 1 May 2019."
    assert words["repealed_by", documents["new.md"]["id"]] == "By-law No. 4 of 2019 is repealed."
    assert words["kind", None] == old["title"]


def test_the_law_as_it_stood_and_today_with_a_word_of_warning(
    shell: Shell, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell("ingest", str(office))
    asked = ("ask", "What does a dog cost a year?")
    then = shell(*asked, "--on", "2020-01-01")
    assert "100 shillings" in then["text"]
    before = shell(*asked, "--on", "2018-01-01")
    assert before["outcome"] == "no_evidence"
    today = shell(*asked)
    assert "100 shillings" in today["text"]
    assert today["claims"][0]["quotes"][0]["document"]["in_force"] is False
    main(asked)
    assert "until 30 June 2024 and is no longer" in capsys.readouterr().out


def test_a_text_in_force_is_answered_without_a_look_at_older_ones(shell: Shell, office: Path) -> None:
    (office / "now.md").write_text("# County By-law No. 9 of 2024, fees\n\nA dog costs 250 shillings a year.\n")
    shell("ingest", str(office))
    answer = shell("ask", "What does a dog cost a year?")
    assert "250" in answer["text"]
    assert "100" not in answer["text"]
    assert [quote["document"]["in_force"] for claim in answer["claims"] for quote in claim["quotes"]] == [True]


def test_what_is_set_holds_over_later_ingests_until_it_is_forgotten(shell: Shell, office: Path) -> None:
    shell("ingest", str(office))
    id = held(shell)["old.md"]["id"]
    shell("documents", "set", id, "--title", "Dogs", "--valid-until", "2030-01-01", "--publisher", "The county")
    (office / "old.md").write_text(OLD.replace("100", "150"))
    (office / "documents.toml").write_text('["old.md"]\ntitle = "Something else"\nlicence = "CC-BY-4.0"\n')
    shell("ingest", str(office))
    old = held(shell)["old.md"]
    shown = (old["title"], old["valid_until"], old["publisher"], old["licence"])
    assert shown == ("Dogs", "2030-01-01", "The county", "CC-BY-4.0")
    assert (old["versions"], len(old["history"])) == (2, 2)
    assert "150" in shell("ask", "What does a dog cost a year?")["text"]
    shell("documents", "set", id, "--forget", "title", "--forget", "valid_until")
    shell("ingest", str(office))
    old = held(shell)["old.md"]
    assert (old["title"], old["valid_until"], old["kept"]) == ("Something else", "2024-06-30", ["publisher"])


def test_deleting_what_repeals_brings_the_other_back(shell: Shell, office: Path) -> None:
    shell("ingest", str(office))
    shell("documents", "delete", str(office / "new.md"))
    old = held(shell)["old.md"]
    assert (old["valid_until"], old["guessed"]) == (None, ["valid_from", "kind"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "nothing to set"),
        (("--valid-until", "2019-01-01"), "before"),
        (("--valid-from", "yesterday"), "--valid-from yesterday"),
        (("--title", " "), "--title"),
        (("--kind", "poem"), "poem"),
        (("--forget", "title"), "not set by hand"),
        (("--title", "New", "--forget", "title"), "choose one"),
    ],
)
def test_wrong_corrections_are_one_clear_line(shell: Shell, office: Path, options: tuple[str, ...], told: str) -> None:
    shell("ingest", str(office))
    before = held(shell)
    code, error = shell("documents", "set", before["old.md"]["id"], *options)
    assert code == 2
    assert told in error
    assert held(shell) == before


def test_options_of_ingest_are_what_the_keeper_says(shell: Shell, office: Path) -> None:
    shell("ingest", str(office / "old.md"), "--kind", "act", "--licence", "CC0-1.0", "--jurisdiction", "KE")
    old = held(shell)["old.md"]
    assert (old["kind"], old["licence"], old["jurisdiction"]) == ("act", "CC0-1.0", "KE")
    assert old["given"] == ["licence", "jurisdiction", "kind"]
    assert dt.datetime.fromisoformat(old["history"][0]["taken"]).tzinfo is not None


def test_the_export_holds_public_documents_and_no_path(shell: Shell, office: Path) -> None:
    (office / "staff.md").write_text("# By-law No. 4 of 2019 for staff\n\nBy-law No. 9 of 2024 is repealed.\n")
    (office / "documents.toml").write_text(
        '["staff.md"]\nlabels = ["staff"]\n["new.md"]\naddress = "https://x.example/n"\n'
    )
    shell("ingest", str(office))
    for format, listed in (("dcat", "dcat:dataset"), ("croissant", "recordSet")):
        public = shell("documents", "export", "--format", format)
        text = json.dumps(public)
        assert str(office) not in text
        assert held(shell)["staff.md"]["id"] not in text
        assert "https://x.example/n" in text
        assert public[listed]
        assert held(shell)["staff.md"]["id"] in json.dumps(shell("documents", "export", "--all", "--format", format))
    target = office.parent / "catalogue.json"
    assert shell("documents", "export", str(target)) == {"file": str(target), "documents": 2}
    assert json.loads(target.read_text())["@type"] == "dcat:Catalog"
    code, error = shell("documents", "export", str(office.parent / "no" / "where.json"))
    assert (code, "cannot write" in error) == (2, True)
