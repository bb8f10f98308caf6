# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the chain of receipts of wazi with the standard library alone: python verify_receipts.py HOME/audit

Every line of receipts.jsonl is canonical JSON (ASCII, keys sorted, no blanks) with its number `n`, the hash of the line before
it (`previous`; 64 zeros at first) and its own `hash`: the SHA-256 of the same JSON without `hash`. head.json has number and
hash of the last line. `private` is the SHA-256 of salt and content of the line with the same id in private.jsonl, if it is still
there. Exit code 0: whole; 1: broken, with the number of the first line that is; 2: it cannot be read.
"""

import hashlib
import json
import sys
from pathlib import Path


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def check(folder: Path) -> tuple[int, str]:
    """How many lines are whole, and what is wrong with the next one (empty: nothing)."""
    private = {}
    for line in lines(folder / "private.jsonl"):
        row = json.loads(line)
        if row["content"] is not None:
            private[row["id"]] = digest(bytes.fromhex(row["salt"]) + canonical(row["content"]))
    hashes = ["0" * 64]
    for line in lines(folder / "receipts.jsonl"):
        number = len(hashes)
        try:
            row = json.loads(line)
            told = row.pop("hash")
            if line != canonical({**row, "hash": told}) or told != digest(canonical(row)):
                return number - 1, "its words do not have its hash"
            if row["n"] != number or row["previous"] != hashes[-1]:
                return number - 1, "it does not follow the line before it"
            if row.get("private") != private.get(row["id"], row.get("private")):
                return number - 1, "question and reader beside the chain are not those that were committed to"
        except (ValueError, KeyError, TypeError, AttributeError):
            return number - 1, "it is not a receipt"
        hashes.append(told)
    count = len(hashes) - 1
    head = (
        json.loads((folder / "head.json").read_bytes())
        if (folder / "head.json").exists()
        else {"n": 0, "hash": hashes[0]}
    )
    late = [(count, hashes[-1]), *([(count - 1, hashes[-2])] if count else [])]  # a kill may leave the head one behind
    return count, "" if (
        head["n"],
        head["hash"],
    ) in late else "the head names another last line: the end was cut off or changed"


def lines(file: Path) -> list[bytes]:
    """Whole lines: one torn by a kill was never acknowledged."""
    return file.read_bytes().split(b"\n")[:-1] if file.exists() else []


if __name__ == "__main__":
    try:
        whole, wrong = check(Path(sys.argv[1]))
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        sys.exit(print(f"cannot be read: {error!r}\n{__doc__}", file=sys.stderr) or 2)
    print(f"{whole} receipts are whole" + (f"; receipt {whole + 1}: {wrong}" if wrong else ""))
    sys.exit(1 if wrong else 0)
