# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Feedback is kept whole, cut to size, and by many at once."""

import json
import threading
from pathlib import Path

import pytest

from wazi.errors import StoreError, UsageError
from wazi.serve.web_feedback import COMMENT, FILE, SOURCE, Feedback, keep

GOOD = Feedback("a" * 32, helpful=True, language="en")


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    threads = [threading.Thread(target=keep, args=(GOOD, tmp_path)) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    rows = [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()]
    assert len(rows) == 20
    assert {row["answer"] for row in rows} == {"a" * 32}


def test_long_words_are_cut_and_lines_stay_lines(tmp_path: Path) -> None:
    keep(Feedback("b" * 32, False, "sw", "other", "x\n" * 5000, "y" * 5000), tmp_path)
    lines = (tmp_path / FILE).read_text().splitlines()
    assert len(lines) == 1
    row = json.loads(lines[0])
    assert (len(row["comment"]), len(row["better"])) == (COMMENT, SOURCE)


@pytest.mark.parametrize("wrong", [Feedback("A" * 32, True, "en"), Feedback("a" * 31, True, "en")])
def test_what_is_no_receipt_is_refused(tmp_path: Path, wrong: Feedback) -> None:
    with pytest.raises(UsageError, match="no number of a receipt"):
        keep(wrong, tmp_path)


def test_half_of_a_surrogate_pair_is_kept_as_an_escape(tmp_path: Path) -> None:
    keep(Feedback("c" * 32, False, "en", "other", "\ud800"), tmp_path)
    assert json.loads((tmp_path / FILE).read_text())["comment"] == "\ud800"


def test_a_full_file_or_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"x" * (50 * 2**20))
    with pytest.raises(StoreError, match="is full"):
        keep(GOOD, tmp_path)
    with pytest.raises(StoreError, match="cannot write"):
        keep(GOOD, tmp_path / FILE)
