# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a receipt says of a person, apart from the chain: who asked and what. It can be erased, and the chain stays whole.

One JSON line a receipt in `private.jsonl`, with a random salt; the chain holds only the SHA-256 of salt and content. Without
the salt that hash can be neither guessed nor checked, so an erased line is gone. It does not know the chain.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

SALT_BYTES = 16
OWN = 0o600
"""Rights of the file: its keeper's alone."""


class Private:
    """The private lines of one trail. Whoever writes holds the trail."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def keep(self, id: str, content: Mapping[str, Any], *, at: str, shown: bool) -> str:
        """Write a line, durable when this returns; its commitment. Only the salt is kept of what is not to be `shown`."""
        row = {"id": id, "at": at, "salt": secrets.token_hex(SALT_BYTES), "content": dict(content)}
        written = row if shown else row | {"content": None}
        with os.fdopen(os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWN), "a+b") as file:
            file.write((b"" if _whole(file) else b"\n") + canonical(written) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return commitment(row)

    def find(self, id: str) -> dict[str, Any] | None:
        """The line of a receipt, None where it was erased or never written."""
        line = found(self.file, id)
        return parsed(line) if line else None

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every line that can be read."""
        if self.file.exists():
            with self.file.open("rb") as lines:
                yield from filter(None, map(parsed, lines))

    def erase(self, gone: Callable[[Mapping[str, Any]], bool]) -> int:
        """Write the file anew without the lines that are `gone`; how many went."""
        if not self.file.exists():
            return 0
        draft, erased = self.file.with_suffix(".new"), 0
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWN), "wb") as file:
            for row in self.rows():
                if gone(row):
                    erased += 1
                else:
                    file.write(canonical(row) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.file)
        return erased


def commitment(row: Mapping[str, Any]) -> str:
    """What the chain holds of a line."""
    return hashlib.sha256(bytes.fromhex(row["salt"]) + canonical(row["content"])).hexdigest()


def canonical(value: Any) -> bytes:
    """One way to write a value."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str).encode()


def found(file: Path, id: str) -> bytes | None:
    """The last line of a file of canonical JSON whose id this is, read without reading the file into memory."""
    if not file.exists() or not file.stat().st_size:
        return None
    with file.open("rb") as held, mmap.mmap(held.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        at = lines.rfind(b'"id":' + canonical(id))
        if at < 0:
            return None
        end = lines.find(b"\n", at)
        return lines[lines.rfind(b"\n", 0, at) + 1 : end if end >= 0 else len(lines)]


def parsed(line: bytes) -> dict[str, Any] | None:
    """A line as a value, None where it was torn by a kill before it was acknowledged."""
    try:
        row = json.loads(line)
        return row if isinstance(row, dict) and {"id", "at", "salt", "content"} <= row.keys() else None
    except ValueError:
        return None


def _whole(file: Any) -> bool:
    """Whether the file ends with a whole line; where the last one was torn by a kill, the next one begins a line of its own."""
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
