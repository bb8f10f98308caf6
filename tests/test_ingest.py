# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in: what is done is done, what fails is named, and nothing that was held is lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wazi import access, ask, ingest
from wazi.desk import Desk, Models
from wazi.errors import InputError, StoreError
from wazi.languages.lexicon import Lexicon
from wazi.models.fake import FakeEmbedder
from wazi.types import Provenance, Receipt, Status

ALL = access.holdings_of(access.keeper())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "office"
    made.mkdir()
    (made / "charter.md").write_text("# Fees\n\nA market stall costs 450 shillings per day.\n")
    (made / "notice.txt").write_text("The office is closed on Friday.\n")
    return made


def run(desk: Desk, *paths: Path, **more: object) -> dict[str, Receipt]:
    receipts = ingest.ingest([str(path) for path in paths], desk, **more)  # type: ignore[arg-type]
    return {Path(receipt.record.source).name: receipt for receipt in receipts}


def statuses(done: dict[str, Receipt]) -> dict[str, str]:
    return {name: receipt.status.value for name, receipt in done.items()}


def test_a_folder_goes_in_and_the_second_time_nothing_changes(empty: Desk, folder: Path) -> None:
    assert statuses(run(empty, folder)) == {"charter.md": "complete", "notice.txt": "complete"}
    assert statuses(run(empty, folder)) == {"charter.md": "unchanged", "notice.txt": "unchanged"}
    assert [record.versions for record in empty.store.records(ALL)] == [1, 1]


def test_a_changed_file_replaces_its_old_version(empty: Desk, folder: Path) -> None:
    run(empty, folder)
    (folder / "charter.md").write_text("# Fees\n\nA market stall costs 900 shillings per day.\n")
    assert statuses(run(empty, folder))["charter.md"] == "complete"
    answer = ask.answer("What does a market stall cost?", access.keeper(), empty, model="quote")
    assert "900" in answer.text
    assert "450" not in answer.text
    assert {record.versions for record in empty.store.records(ALL)} == {1, 2}


def test_new_labels_count_as_a_change(empty: Desk, folder: Path) -> None:
    run(empty, folder)
    done = run(empty, folder, provenance=Provenance(labels=frozenset({"staff"})))
    assert {receipt.status for receipt in done.values()} == {Status.COMPLETE}
    assert (
        ask.answer("What does a market stall cost?", access.anonymous(empty.settings), empty, model="quote").claims
        == ()
    )


def test_a_bad_file_is_named_and_the_others_go_in(empty: Desk, folder: Path) -> None:
    (folder / "empty.md").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (folder / "photo.txt").write_bytes(bytes(range(256)) * 20)
    done = run(empty, folder)
    assert statuses(done)["charter.md"] == "complete"
    for name in ("empty.md", "broken.pdf", "photo.txt"):
        assert done[name].status is Status.FAILED
        assert name in (done[name].record.reason or "")
        assert "\n" not in (done[name].record.reason or "")


def test_a_version_that_cannot_be_read_leaves_the_old_one(empty: Desk, folder: Path) -> None:
    run(empty, folder)
    (folder / "charter.md").write_bytes(b"\x00\x01\x02" * 500)
    done = run(empty, folder)["charter.md"]
    assert done.status is Status.FAILED
    assert "kept" in (done.record.reason or "")
    assert "450" in ask.answer("What does a market stall cost?", access.keeper(), empty, model="quote").text


def test_forgetting_the_label_makes_nothing_public(empty: Desk, folder: Path) -> None:
    run(empty, folder / "notice.txt", provenance=Provenance(labels=frozenset({"staff"})))
    run(empty, folder)
    labels = {Path(record.source).name: record.labels for record in empty.store.records(ALL)}
    assert labels == {"notice.txt": frozenset({"staff"}), "charter.md": frozenset({"public"})}
    run(empty, folder, provenance=Provenance(labels=frozenset({"public"})))
    assert {record.labels for record in empty.store.records(ALL)} == {frozenset({"public"})}


def test_a_label_tightened_on_a_file_that_fails_takes_the_old_version_out(empty: Desk, folder: Path) -> None:
    run(empty, folder)
    (folder / "charter.md").write_bytes(b"")
    (folder / "documents.toml").write_text('["charter.md"]\nlabels = ["staff"]\n')
    done = run(empty, folder)["charter.md"]
    assert "removed" in (done.record.reason or "")
    answer = ask.answer("What does a market stall cost?", access.anonymous(empty.settings), empty, model="quote")
    assert "450" not in answer.text


def test_a_path_that_never_was_leaves_no_trace(empty: Desk, folder: Path) -> None:
    assert statuses(run(empty, folder / "typo.pdf")) == {"typo.pdf": "failed"}
    assert empty.store.records(ALL) == []


def test_a_failed_file_is_tried_again(empty: Desk, folder: Path) -> None:
    (folder / "late.md").write_bytes(b"")
    assert statuses(run(empty, folder))["late.md"] == "failed"
    (folder / "late.md").write_text("It came after all.")
    assert statuses(run(empty, folder))["late.md"] == "complete"


def test_a_path_that_is_not_there_is_named(empty: Desk, folder: Path) -> None:
    done = run(empty, folder / "charter.md", folder / "nowhere.pdf")
    assert statuses(done) == {"charter.md": "complete", "nowhere.pdf": "failed"}


def test_another_embedder_is_refused_not_mixed(empty: Desk, folder: Path) -> None:
    run(empty, folder)
    empty.store.note("embed", "another-model")
    with pytest.raises(StoreError, match="another-model"):
        run(empty, folder)


def test_wrong_provenance_stops_before_anything_is_done(empty: Desk, folder: Path) -> None:
    (folder / "documents.toml").write_text('["charter.md"]\nvalid_form = 2024-01-01\n')
    with pytest.raises(InputError, match="valid_form"):
        run(empty, folder)
    assert empty.store.records(ALL) == []


SHELL = [sys.executable, "-m", "wazi.cli"]
FAKES = {"WAZI_EMBED__MODEL": "fake-embedder", "WAZI_COMPOSE__MODEL": "quote"}


def shell(home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A command as in a terminal: Ctrl-C reaches it even if the tests themselves run in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return subprocess.Popen(
            [*SHELL, *arguments],
            env=os.environ | FAKES | {"WAZI_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home.parent,
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.real
def test_two_ingests_at_once_one_waits_its_turn_with_a_clear_word(tmp_path: Path) -> None:
    office = office_of(300, tmp_path)
    first = shell(tmp_path / "home", "ingest", str(office))
    assert first_report(first).startswith(b"complete")
    first.send_signal(signal.SIGSTOP)  # it stays in the middle of its work, however slow the second one starts
    second = shell(tmp_path / "home", "ingest", str(office))
    _, told = second.communicate(timeout=60)
    first.kill()
    first.communicate()
    assert second.returncode == 2
    assert b"ingest" in told
    assert told.count(b"\n") == 1


def office_of(files: int, folder: Path) -> Path:
    office = folder / "office"
    office.mkdir()
    for number in range(files):
        (office / f"{number:03}.txt").write_text(f"Paragraph {number}. " * 50)
    return office


def first_report(process: subprocess.Popen[bytes]) -> bytes:
    """The first line of an ingest, which comes when its first document is committed and the others are still to do."""
    assert process.stdout
    return process.stdout.readline()


@pytest.mark.real
def test_ctrl_c_keeps_what_was_reported(tmp_path: Path) -> None:
    office = office_of(300, tmp_path)
    process = shell(tmp_path / "home", "ingest", str(office))
    first = first_report(process)
    process.send_signal(signal.SIGINT)
    rest, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"kept" in told
    reported: Sequence[str] = [
        line.split()[1] for line in (first + rest).decode().splitlines() if line.startswith("complete")
    ]
    listing = shell(tmp_path / "home", "documents").communicate(timeout=60)[0].decode()
    assert reported
    assert [source for source in reported if source not in listing] == []


class Counting(FakeEmbedder):
    """The fake, which counts the passages it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.count += len(texts)
        return super().passages(texts)


def test_a_new_label_embeds_nothing_and_a_new_line_only_itself(empty: Desk, folder: Path) -> None:
    counting = Counting()
    desk = replace(empty, models=Models(lambda: counting, empty.models.generator))
    run(desk, folder)
    first = counting.count
    assert first == 2
    done = run(desk, folder, provenance=Provenance(labels=frozenset({"staff"})))
    assert {receipt.status for receipt in done.values()} == {Status.COMPLETE}
    assert counting.count == first
    charter = folder / "charter.md"
    charter.write_text(charter.read_text() + "\n## Hours\n\nThe office opens at eight.\n")
    run(desk, folder)
    assert counting.count == first + 1
    charter.write_text("# Prices\n\n" + charter.read_text().split("\n\n", 1)[1])  # another heading: another vector
    run(desk, folder)
    assert counting.count > first + 1


def test_a_new_lexicon_embeds_again_what_it_reads(empty: Desk, folder: Path) -> None:
    counting = Counting()
    desk = replace(empty, models=Models(lambda: counting, empty.models.generator), lexicons={})
    run(desk, folder)
    made = Lexicon("rw", "en", {"isoko": (("market", 0.9),)})
    before = counting.count
    assert statuses(run(replace(desk, lexicons={("rw", "en"): made}), folder)) == dict.fromkeys(
        ("charter.md", "notice.txt"), "complete"
    )
    assert counting.count == 2 * before


def test_the_languages_held_are_noted_before_they_can_be_found(empty: Desk, folder: Path) -> None:
    run(empty, folder)
    assert empty.store.note("languages") == "en"
    (folder / "tangazo.md").write_text(
        "# Ada\n\nKibanda cha soko kinagharimu shilingi mia nne na hamsini kwa siku moja.\n"
    )
    run(empty, folder)
    assert empty.store.note("languages") == "en sw"
    run(empty, folder, provenance=Provenance(language="swa"))  # an alias is the same language
    assert set(str(empty.store.note("languages")).split()) == {"en", "sw"}


def test_a_partial_document_is_read_again_when_ocr_has_come(
    empty: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes("Caf\xe9 hours: the office opens at nine.\n".encode("cp1252"))
    whole = tmp_path / "whole.txt"
    whole.write_text("The office closes at four.\n")
    monkeypatch.setattr("wazi.parse.readable_scans", lambda: "")
    assert statuses(run(empty, note, whole)) == {"note.txt": "partial", "whole.txt": "complete"}
    assert statuses(run(empty, note, whole)) == {"note.txt": "unchanged", "whole.txt": "unchanged"}
    monkeypatch.setattr("wazi.parse.readable_scans", lambda: "eng osd")
    assert statuses(run(empty, note, whole)) == {"note.txt": "partial", "whole.txt": "unchanged"}
