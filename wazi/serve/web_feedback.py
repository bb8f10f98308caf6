# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What readers say about an answer -> kept for the office. It does not know who said it: nothing of the reader is kept.

`keep` is the only way in; it writes JSON Lines into the home, readable by its keeper alone.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from wazi.errors import StoreError, UsageError

REASONS = ("wrong", "incomplete", "outdated", "unclear", "other")
"""Why an answer did not help: a closed list; the words are messages called `reason_...`."""
COMMENT, SOURCE = 1000, 300
"""Characters kept of what a reader writes."""
MOST_BYTES = 50 * 2**20
"""Nobody reads more; a stranger's program could fill the disk."""
FILE = "feedback.jsonl"

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's word on the answer with the id `answer`. `better` is where the reader says it is told better."""

    answer: str
    helpful: bool
    language: str
    reason: str = ""
    comment: str = ""
    better: str = ""


def checked(feedback: Feedback) -> Feedback:
    """The same with texts cut to what is kept. Raises UsageError for what no form of ours sends."""
    if not _ID.fullmatch(feedback.answer):
        raise UsageError(f"{feedback.answer[:40]!r} is no number of a receipt: copy it from the answer")
    if feedback.reason and feedback.reason not in REASONS:
        raise UsageError(f"{feedback.reason[:40]!r} is no reason: choose one of {', '.join(REASONS)}")
    texts = feedback.comment.strip()[:COMMENT], feedback.better.strip()[:SOURCE]
    return Feedback(feedback.answer, feedback.helpful, feedback.language[:20], feedback.reason, *texts)


def keep(feedback: Feedback, home: Path) -> None:
    """Keep one word of feedback: durable when this returns. Raises UsageError, and StoreError when it cannot be written."""
    row = asdict(checked(feedback)) | {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    line = json.dumps(row, ensure_ascii=True, sort_keys=True) + "\n"
    path = home / FILE
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.tell() + len(line) > MOST_BYTES:
                raise StoreError(f"{path} is full ({MOST_BYTES} bytes): move it away")
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}: free some space or check its rights") from error
