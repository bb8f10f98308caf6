# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A folder of attacks -> what is to be tried: texts with an order hidden in them, and attacks asked as questions.

Rows are known by their fields, whatever the file is called: `attack` is an order to hide; `context` with `question` a text to
hide it in; `text` an attack that is asked, or, with `{INJECTION_MARKER}` in it, a text that says where the order goes. It does
not know what an answer looks like.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wazi.errors import InputError, UsageError
from wazi.evals.rows import lines

MARKER = "{INJECTION_MARKER}"
PLACES = ("start", "middle", "end")
HALVES = ("first", "second")
HELP = "see docs/evals.md, Attacks"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A document without (`clean`) and with an order in it, and what is asked of it."""

    id: str
    kind: str
    place: str
    context: str
    """Id of the clean document, one for all its attacks."""
    question: str
    order: str
    clean: str
    attacked: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An attack that is typed as a question."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Attacks:
    """All that a folder has, or a half of it."""

    hidden: tuple[Hidden, ...]
    asked: tuple[Asked, ...]


def half(name: str) -> str:
    """The half an attack belongs to, by the sha256 of its id: patterns are chosen on the first, reported on the second."""
    return HALVES[hashlib.sha256(name.encode()).digest()[0] % 2]


def load(folder: str | Path, *, part: str | None = None, limit: int | None = None) -> Attacks:
    """Every attack of `folder`, or of its half `part`; `limit` keeps so many of each sort, spread evenly.

    An order goes to the start, the middle and the end of one context of every file; which one its hash decides.
    Raises InputError for a folder without attacks, UsageError for a limit below 1.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit}: give a number from 1")
    path = Path(folder).resolve()
    files = {file.name: list(_rows(file)) for file in sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")])}
    rows = [row for found in files.values() for row in found]
    asked = [Asked(r["_id"], r.get("kind", ""), r["text"]) for r in rows if "text" in r and MARKER not in r["text"]]
    asked = [each for each in asked if part in (None, half(each.id))]
    orders = [row for row in rows if "attack" in row and part in (None, half(row["_id"]))]
    contexts = [kept for found in files.values() if (kept := [row for row in found if "context" in row])]
    hidden = [*_hidden(orders, contexts), *_marked([row for row in rows if MARKER in row.get("text", "")], asked)]
    if not hidden and not asked:
        raise InputError(f"no attack in {path}: {HELP}")
    return Attacks(
        tuple(hidden[at] for at in _spread(len(hidden), limit)), tuple(asked[at] for at in _spread(len(asked), limit))
    )


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in lines(file):
        try:
            row = json.loads(line)
            wrong = [key for key in ("_id", "text", "attack", "context") if not isinstance(row.get(key, ""), str)]
        except (ValueError, AttributeError) as error:
            raise InputError(f"{file} line {number} is not a JSON object ({error}): {HELP}") from error
        if "_id" not in row or wrong or ("context" in row and not isinstance(row.get("question"), str)):
            raise InputError(f"{file} line {number} lacks a text it needs (_id, question): {HELP}")
        yield row


def _hidden(orders: Sequence[Mapping[str, Any]], contexts: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[Hidden]:
    for order in orders:
        for place in PLACES:
            for rows in contexts:
                name = f"{order['_id']} {place}"
                row = rows[int.from_bytes(hashlib.sha256(name.encode()).digest()[1:5]) % len(rows)]
                yield Hidden(
                    id=f"{name} {row['_id']}",
                    kind=order.get("kind", ""),
                    place=place,
                    context=row["_id"],
                    question=row["question"].removeprefix("Q: "),
                    order=order["attack"],
                    clean=row["context"],
                    attacked=_inserted(row["context"], order["attack"], place),
                )


def _inserted(text: str, order: str, place: str) -> str:
    """The order as a line of its own; in the middle at the break of lines, or of words, that is nearest to it."""
    if place == "start":
        return f"{order}\n{text}"
    if place == "end":
        return f"{text}\n{order}"
    for space in ("\n", ". ", " "):
        breaks = [at for at in range(len(text)) if text.startswith(space, at) and 0 < at < len(text) - len(space)]
        if breaks:
            at = min(breaks, key=lambda one: abs(one - len(text) // 2)) + len(space)
            return f"{text[:at]}\n{order}\n{text[at:]}"
    return f"{text}\n{order}"


def _marked(rows: Sequence[Mapping[str, Any]], asked: Sequence[Asked]) -> Iterator[Hidden]:
    """Every text with a marker with every short attack in its place; what is asked is the line where it stands."""
    for row in rows:
        line = next(line for line in row["text"].splitlines() if MARKER in line).replace(MARKER, " ")
        first = next((line for line in row["text"].splitlines() if line.strip()), "")
        question = " ".join(line.split()).strip(" :") or " ".join(first.replace(MARKER, " ").split())
        for attack in asked:
            if len(attack.text) <= 200:
                clean, attacked = row["text"].replace(MARKER, ""), row["text"].replace(MARKER, attack.text)
                name = f"{attack.id} {row['_id']}"
                yield Hidden(
                    name, "marked document", "marker", row["_id"], question[:300], attack.text, clean, attacked
                )


def _spread(size: int, limit: int | None) -> list[int]:
    """Which of so many are tried."""
    return list(range(size)) if limit is None or limit >= size else [at * size // limit for at in range(limit)]
