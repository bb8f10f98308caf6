# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The chain of receipts: every changed byte shows, a torn last line does not break it."""

import json
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wazi.audit import Trail
from wazi.types import PUBLIC, Answer, Outcome, Reader

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


def test_questions_can_be_kept_out(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, 1, keep_questions=False)
    receipt = json.loads(trail.file.read_text())
    assert receipt["question"] is None
    assert len(receipt["question_sha256"]) == 64


def test_an_unfinished_question_leaves_a_receipt_that_says_failed(tmp_path: Path) -> None:
    trail = Trail(tmp_path, keep_questions=True)
    trail.open(READER, "stopped half-way").close()
    assert next(trail.receipts())["outcome"] == "failed"
