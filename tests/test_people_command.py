# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi people` and `wazi keys`: the whole way of a key through the shell."""

import io
import json
from pathlib import Path

import pytest

from wazi.cli import main
from wazi.state import keys, open_state, people


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def told(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> dict[str, object]:
    assert main([*words, "--home", str(home), "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_key_from_making_to_its_end(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, home, "people") == {"people": [], "groups": {}}
    told(capsys, home, "people", "group", "clinic", "--label", "health")
    added = told(capsys, home, "people", "add", "ada", "--role", "staff", "--label", "tax", "--group", "clinic")
    assert added["labels"] == ["health", "public", "tax"]
    key = told(capsys, home, "keys", "add", "ada", "--scope", "ask", "--label", "tax", "--days", "7", "--note", "desk")
    assert (key["labels"], key["scopes"], key["note"]) == (["tax"], ["ask"], "desk")
    with open_state(home) as state:
        assert keys.opened(state, str(key["text"])) is not None
    assert str(key["text"])[22:] not in json.dumps(told(capsys, home, "keys"))
    assert told(capsys, home, "keys", "revoke", str(key["id"]))["revoked"]
    with open_state(home) as state:
        assert keys.opened(state, str(key["text"])) is None
    assert told(capsys, home, "people", "set", "ada", "--active", "no")["active"] is False
    told(capsys, home, "people", "remove", "ada")
    assert told(capsys, home, "keys") == {"keys": []}
    lines = [json.loads(line) for line in (home / "audit" / "receipts.jsonl").read_text().splitlines()]
    assert [(line["by"], line["outcome"]) for line in lines] == [
        ("keeper", change)
        for change in ("group_set", "person_added", "key_added", "key_revoked", "person_changed", "person_removed")
    ]
    assert lines[4]["what"]["was"]["active"] != lines[4]["what"]["active"]
    assert str(key["text"])[22:] not in json.dumps(lines)


def test_people_read_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "add", "ada", "--home", str(home)]) == 0
    assert main(["keys", "add", "ada", "--scope", "ask", "--home", str(home)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["ada", "reader", "holds", "public"]
    assert lines[-1].startswith("wazi_")


def test_a_person_is_linked_to_an_identity(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(capsys, home, "people", "add", "ada")
    told(capsys, home, "people", "add", "ben")
    assert main(["people", "link", "ada", "4711", "--home", str(home)]) == 2
    monkeypatch.setenv("WAZI_OPENID__ISSUER", "https://identity.example")
    assert told(capsys, home, "people", "link", "ada", "4711")["issuer"] == "https://identity.example"
    with open_state(home) as state:
        linked = people.known(state, issuer="https://identity.example", subject="4711")
    assert linked is not None
    assert linked.name == "ada"
    assert main(["people", "link", "ben", "4711", "--home", str(home)]) == 2, "nobody is two people"


def test_a_password_is_read_from_the_input(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(capsys, home, "people", "add", "ada")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough phrase\n"))
    assert str(told(capsys, home, "people", "password", "ada")["otpauth"]).startswith("otpauth://totp/wazi:ada?")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["keys", "add", "eve", "--scope", "ask"], "no person called 'eve'"),
        (["keys", "revoke", "123"], "no key '123'"),
        (["people", "add", "ada", "--role", "king"], "'king' is no role"),
        (["people", "add", "ada", "--label", "*"], "keeper"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main([*words, "--home", str(home)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
