# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Lines of the files of a task, plain or gzipped: texts in JSON Lines, and judgements in three common forms.

Every error names the file and the line. What the lines mean together is for `task`.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from wazi.errors import InputError

HELP = "see docs/evals.md for the layout"
HEADER = {"query-id", "corpus-id", "score"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """One passage or question: its id, words and language (None: not said)."""

    id: str
    text: str
    language: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a task: how often, the first case, and what was done about it.

    `partial` says that something was left out or could not be found, so that the scores are not those of the whole task.
    """

    what: str
    count: int
    first: str
    effect: str
    partial: bool = True


def problem(what: str, ids: Iterable[str], effect: str, *, partial: bool = True) -> list[Problem]:
    """The problem that `ids` have, none if there are no ids."""
    found = list(ids)
    return [Problem(what, len(found), found[0], effect, partial)] if found else []


def stored(file: Path) -> Path | None:
    """`file`, or `file` gzipped, or None when neither is there."""
    packed = file.with_name(file.name + ".gz")
    return next((each for each in (file, packed) if each.is_file()), None)


def lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1. Raises InputError."""
    number = 0
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
            for number, line in enumerate(opened, start=1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if text.strip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise InputError(f"{file} line {number} is not UTF-8 ({error.reason}): save the file as UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {file} after line {number}: {error}: make the file again") from error


def texts(file: Path) -> tuple[list[Text], list[Problem]]:
    """The rows of a corpus or of questions, in their order. Raises InputError for a row that cannot be used."""
    found: dict[str, tuple[int, Text]] = {}
    numbered: list[str] = []
    for number, line in lines(file):
        place = f"{file} line {number}"
        row, is_number = _text(line, place)
        if row.id in found:
            raise InputError(f"{place}: the id {row.id!r} is already on line {found[row.id][0]}: ids must be unique")
        found[row.id] = number, row
        numbered += [row.id] if is_number else []
    if not found:
        raise InputError(f"{file} is empty: {HELP}")
    told = problem(f"ids that are numbers in {file.name}", numbered, "read as text", partial=False)
    return [row for _, row in found.values()], told


def _text(line: str, place: str) -> tuple[Text, bool]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place} is not JSON ({error}): {HELP}") from error
    if not isinstance(row, dict):
        raise InputError(f"{place} is not a JSON object: {HELP}")
    key, words = row.get("_id"), row.get("text")
    title, language = row.get("title") or "", row.get("lang") or None
    is_number = isinstance(key, int) and not isinstance(key, bool)
    if not (is_number or (isinstance(key, str) and key.strip())):
        raise InputError(f"{place}: _id = {key!r}: write an id as a text")
    if not isinstance(words, str):
        raise InputError(f"{place}: the text of {key!r} is {words!r:.60}: write it as a text")
    if not isinstance(title, str) or not isinstance(language, str | None):
        raise InputError(f"{place}: title and lang of {key!r} must be texts: correct them")
    made = Text(str(key), words, language, title)
    if _SURROGATE.search(words) or _SURROGATE.search(title):  # half a character: no encoding can carry it
        made = replace(made, text=_SURROGATE.sub("\ufffd", words), title=_SURROGATE.sub("\ufffd", title))
    return made, is_number


def judgements(file: Path) -> dict[str, dict[str, int]]:
    """Relevance by question and passage, from rows `query-id corpus-id score` with or without a header, or from trec_eval's
    `query-id 0 corpus-id score`. Columns are parted by tabs, else by blanks. Raises InputError.
    """
    found: dict[str, dict[str, int]] = {}
    order = ["query-id", "corpus-id", "score"]
    first = True
    for number, line in lines(file):
        place = f"{file} line {number}"
        cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
        if first and set(cells) >= HEADER:
            order = cells
        else:
            question, passage, relevance = _judged(cells, order, place)
            gains = found.setdefault(question, {})
            if gains.get(passage, relevance) != relevance:
                raise InputError(
                    f"{place} judges {question!r} and {passage!r} a second time and otherwise: keep one row"
                )
            gains[passage] = relevance
        first = False
    if not found:
        raise InputError(f"{file} has no judgements: {HELP}")
    return found


def _judged(cells: list[str], order: list[str], place: str) -> tuple[str, str, int]:
    if len(cells) == 4 and len(order) == 3:
        cells = [cells[0], cells[2], cells[3]]
    if len(cells) != len(order):
        raise InputError(f"{place} has {len(cells)} columns, not query-id, corpus-id and score: {HELP}")
    row = dict(zip(order, cells, strict=True))
    try:
        relevance = float(row["score"])
        whole = int(relevance)
    except (ValueError, OverflowError):
        raise InputError(f"{place}: score = {row['score']!r} is not a whole number: correct it") from None
    if whole != relevance:
        raise InputError(f"{place}: score = {row['score']!r} is not a whole number: correct it")
    if not row["query-id"] or not row["corpus-id"]:
        raise InputError(f"{place} has an empty id: correct it")
    return row["query-id"], row["corpus-id"], whole
