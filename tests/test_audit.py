# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The chain of receipts: every changed byte shows, a torn last line does not break it."""

import datetime as dt
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wazi.audit import Trail
from wazi.audit.private import canonical, commitment
from wazi.types import PUBLIC, Answer, Outcome, Reader

SCRIPT = Path(__file__).parent.parent / "tools" / "verify_receipts.py"
READER = Reader("clerk", frozenset({PUBLIC}))


def trail_of(folder: Path, count: int, *, keep_questions: bool = True) -> Trail:
    trail = Trail(folder, keep_questions=keep_questions)
    for number in range(count):
        entry = trail.open(READER, f"question {number}")
        entry.answer = Answer(entry.id, entry.question, "en", Outcome.NO_EVIDENCE, "nothing")
        entry.close()
    return trail


def test_an_untouched_chain_is_whole(tmp_path: Path) -> None:
    verified = trail_of(tmp_path, 5).verify()
    assert (verified.receipts, verified.intact, verified.first_broken) == (5, True, None)


def test_no_receipts_at_all_is_whole(tmp_path: Path) -> None:
    assert Trail(tmp_path, keep_questions=True).verify().intact


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_changing_any_byte_breaks_the_chain(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    trail = trail_of(tmp_path_factory.mktemp("audit"), 3)
    raw = bytearray(trail.file.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 2))
    raw[place] ^= data.draw(st.integers(1, 127))
    trail.file.write_bytes(bytes(raw))
    assert not trail.verify().intact


def test_leaving_out_a_receipt_shows_where(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 4)
    lines = trail.file.read_bytes().splitlines(keepends=True)
    trail.file.write_bytes(b"".join(lines[:1] + lines[2:]))
    verified = trail.verify()
    assert (verified.intact, verified.first_broken) == (False, 2)


def test_cutting_off_the_end_shows(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 5)
    lines = trail.file.read_bytes().splitlines(keepends=True)
    trail.file.write_bytes(b"".join(lines[:3]))
    assert not trail.verify().intact


def test_a_cut_end_still_shows_after_the_next_receipt(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 5)
    trail.file.write_bytes(b"".join(trail.file.read_bytes().splitlines(keepends=True)[:3]))
    trail_of(tmp_path, 2)
    verified = trail.verify()
    assert (verified.intact, verified.first_broken) == (False, 4)


def test_another_history_of_one_receipt_more_than_the_head_says_is_not_taken_for_a_late_head(tmp_path: Path) -> None:
    ours, forged = trail_of(tmp_path / "ours", 3), trail_of(tmp_path / "forged", 4)
    ours.file.write_bytes(forged.file.read_bytes())
    assert not ours.verify().intact


def test_words_added_to_a_line_show_although_the_values_are_the_same(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 2)
    trail.file.write_bytes(trail.file.read_bytes().replace(b'{"answer', b'{"outcome":"unsafe","answer', 1))
    assert trail.verify().first_broken == 1


@pytest.mark.parametrize("head", [b"", b"[]", b'{"n": 3}', b'{"n": "x", "hash": "y"}', b"\xff"])
def test_a_damaged_head_is_told_and_answers_go_on(tmp_path: Path, head: bytes) -> None:
    trail = trail_of(tmp_path, 3)
    trail.head.write_bytes(head)
    assert not trail.verify().intact
    trail_of(tmp_path, 1)
    assert trail.verify().receipts == 4


def test_a_damaged_last_line_is_told_and_answers_go_on(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 3)
    with trail.file.open("ab") as file:
        file.write(b"garbage\n")
    trail_of(tmp_path, 1)
    assert trail.verify().first_broken == 4


def test_a_chain_that_is_being_written_is_whole(tmp_path: Path) -> None:
    writer = threading.Thread(target=trail_of, args=(tmp_path, 60))
    writer.start()
    seen = []
    while writer.is_alive():
        seen.append(Trail(tmp_path, keep_questions=True).verify().intact)
    assert seen
    assert all(seen)


def test_a_receipt_torn_by_a_kill_is_cut_off_and_the_chain_goes_on(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 3)
    with trail.file.open("ab") as file:
        file.write(b'{"n": 4, "prev')
    assert trail.verify().intact
    trail_of(tmp_path, 1)
    verified = trail.verify()
    assert (verified.receipts, verified.intact) == (4, True)


def test_long_receipts_are_found_again(tmp_path: Path) -> None:
    trail = Trail(tmp_path, keep_questions=True)
    for length in (10, 200_000, 300_000, 5):
        trail.append({"question": "x" * length})
    assert trail.verify().receipts == 4
    assert trail.verify().intact


def test_of_a_question_that_is_not_kept_only_a_salted_hash_is_there(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 1, keep_questions=False)
    written = trail.file.read_text() + trail.private.file.read_text()
    assert "question 0" not in written
    assert "clerk" not in written
    (receipt,) = trail.receipts()
    (row,) = trail.private.rows()
    told = {"question": "question 0", "reader": "clerk"}
    assert commitment(row | {"content": told}) == receipt["private"], "who asked it can prove it"
    assert (trail.verify().intact, trail.verify().erased) == (True, 0)


def test_question_and_reader_are_erased_and_the_chain_stays_whole(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 4)
    first, second, *_ = trail.receipts()
    assert trail.content(second) == {"question": "question 1", "reader": "clerk"}
    assert trail.erase(ids={second["id"]}) == 1
    assert b"question 1" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert trail.content(second) == {"question": None, "reader": None}
    assert trail.content(first)["question"] == "question 0"
    assert (trail.verify().intact, trail.verify().erased) == (True, 1)
    assert trail.erase(before=dt.datetime.now(dt.UTC) + dt.timedelta(1)) == 3
    assert (trail.verify().intact, trail.verify().erased) == (True, 4)
    trail_of(tmp_path, 1)
    assert (trail.verify().receipts, trail.verify().intact, trail.verify().erased) == (5, True, 4)


def test_what_is_kept_too_long_goes_by_itself(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 2)
    rows = [row | {"at": "2020-01-01T00:00:00.000+00:00"} for row in trail.private.rows()]
    trail.private.file.write_bytes(b"".join(canonical(row) + b"\n" for row in rows))
    keeping = Trail(tmp_path, keep_questions=True, keep_days=30)
    keeping.open(READER, "of today").close()
    assert [row["content"]["question"] for row in keeping.private.rows()] == ["of today"]
    assert keeping.verify().intact


def test_a_question_changed_beside_the_chain_shows(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 3)
    trail.private.file.write_bytes(trail.private.file.read_bytes().replace(b"question 1", b"question 7"))
    assert (trail.verify().intact, trail.verify().first_broken) == (False, 2)


@pytest.mark.parametrize("salt", ['"no hexadecimal number"', "7", "null"])
def test_a_salt_that_is_none_shows_like_any_change(tmp_path: Path, salt: str) -> None:
    trail = trail_of(tmp_path, 2)
    first = next(trail.private.rows())
    damaged = trail.private.file.read_text().replace(f'"{first["salt"]}"', salt)
    trail.private.file.write_text(damaged)
    assert (trail.verify().intact, trail.verify().first_broken) == (False, 1)


def test_a_private_line_torn_by_a_kill_costs_nothing_else(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 2)
    with trail.private.file.open("ab") as file:
        file.write(b'{"id":"half')
    trail_of(tmp_path, 1)
    assert [trail.content(each)["question"] for each in trail.receipts()] == ["question 0", "question 1", "question 0"]
    assert (trail.verify().intact, trail.verify().erased) == (True, 0)


def test_a_receipt_is_found_by_its_number_and_no_other(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 30)
    every = list(trail.receipts())
    assert [trail.find(each["id"]) for each in every] == every
    assert trail.find(every[0]["id"][:-1]) is None
    assert trail.find('"') is None
    assert Trail(tmp_path / "none", keep_questions=True).find("x") is None


def test_receipts_of_before_hold_the_question_in_the_chain_and_still_count(tmp_path: Path) -> None:
    trail = Trail(tmp_path, keep_questions=True)
    trail.append({"id": "old", "question": "What does a stall cost?", "reader": "clerk"})
    trail_of(tmp_path, 1)
    old = trail.find("old")
    assert old
    assert trail.content(old) == {"question": "What does a stall cost?", "reader": "clerk"}
    assert trail.verify().intact


def forged(kind: str, lines: list[bytes]) -> list[bytes]:
    return {
        "changed byte": [lines[0], lines[1].replace(b"no_evidence", b"no_evidense"), *lines[2:]],
        "left out": lines[:1] + lines[2:],
        "cut off": lines[:-1],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "doubled": [lines[0], *lines],
    }[kind]


@pytest.mark.parametrize("kind", ["", "changed byte", "left out", "cut off", "swapped", "doubled"])
def test_the_script_without_the_package_says_what_the_package_says(tmp_path: Path, kind: str) -> None:
    trail = trail_of(tmp_path, 5)
    trail.erase(ids={next(trail.receipts())["id"]})
    if kind:
        trail.file.write_bytes(b"".join(forged(kind, trail.file.read_bytes().splitlines(keepends=True))))
    ran = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == (1 if kind else 0), ran.stdout + ran.stderr
    verified = trail.verify()
    assert verified.intact == (not kind)
    if kind:
        assert f"receipt {verified.first_broken}:" in ran.stdout


def test_the_script_names_a_question_that_was_changed_and_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 2)
    trail.private.file.write_bytes(trail.private.file.read_bytes().replace(b"question 0", b"question 7"))
    ran = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, "committed to" in ran.stdout) == (1, True)
    trail.head.write_bytes(b"[")
    ran = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode in (1, 2)
    assert "Traceback" not in ran.stderr


def test_an_unfinished_question_leaves_a_receipt_that_says_failed(tmp_path: Path) -> None:
    trail = Trail(tmp_path, keep_questions=True)
    trail.open(READER, "stopped half-way").close()
    assert next(trail.receipts())["outcome"] == "failed"
