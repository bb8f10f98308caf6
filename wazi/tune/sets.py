# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Data sets for the reader, read from folders in the layout of `docs/evals.md` as a recipe in TOML lists them.

Four kinds: `read` (questions with answers that stand in a passage), `rank` (questions with relevant passages, by direction where
there are language versions), `headings` (passages with a heading that serves as the question) and `gaps` (a sentence of a passage
with a gap). It gives every row its document
and the name of its part where the folder names one; parts are made in `split`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from wazi.errors import InputError, SettingError
from wazi.evals.rows import HELP, judgements, lines, stored
from wazi.tune import cloze

TASKS = ("read", "rank", "headings", "gaps")
GAPS = " gaps"
"""What the pools of such passages end with: sentences are missing in them."""
MOST_GAPS = 3
"""Of one passage."""
PARTS = ("hash", "names", "test", "train")


@dataclass(frozen=True, slots=True)
class Source:
    """One set of the recipe."""

    name: str
    folder: str
    task: str = "read"
    language: str = ""
    """Of the questions, where the rows do not say."""
    document: str = "title"
    """The field of a passage that names its document; a passage without it is a document of its own."""
    parts: str = "hash"
    """`hash`: by document; `names`: as the rows say, their `dev` being our test; `test` or `train`: all of it."""
    directions: tuple[str, ...] = ()
    limit: int = 0
    """At most so many training rows, 0 for all."""
    pivot: bool = False
    """Ask in the language of the passage too, where the rows have a translation of the question."""
    close: bool = True
    """Whether close passages count as not answering: not where a question stands for a pattern that many passages answer."""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage; `pool` is what negatives are drawn from."""

    id: str
    text: str
    document: str
    language: str
    pool: str
    title: str = ""

    @property
    def in_context(self) -> str:
        """The text below its title: what is searched by sense."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A question and the passage that answers it. `spans` are its answers as (begin, end); none: relevance only."""

    id: str
    source: str
    language: str
    question: str
    passage: Passage
    spans: tuple[tuple[int, int], ...] = ()
    answers: tuple[str, ...] = ()
    named: str = ""
    close: bool = True
    """Whether other passages count as not answering."""
    wrong: tuple[Passage, ...] = ()
    """Passages that people said do not answer it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to learn from, and how it is divided."""

    sources: tuple[Source, ...]
    seed: int = 17
    test: float = 0.15
    dev: float = 0.04


def recipe(file: Path) -> Recipe:
    """Read a recipe. Raises InputError, SettingError."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the recipe {file}: {error}: see docs/tune.md") from error
    try:
        listed = [Source(**{**row, "directions": tuple(row.get("directions", ()))}) for row in table.pop("sets", [])]
        made = Recipe(tuple(listed), **table)
    except TypeError as error:
        raise SettingError(f"{file}: {error}: see docs/tune.md") from error
    wrong = [each for each in listed if each.task not in TASKS or each.parts not in PARTS]
    if wrong or not listed:
        told = f"set {wrong[0].name!r} has task {wrong[0].task!r}, parts {wrong[0].parts!r}" if wrong else "no [[sets]]"
        raise SettingError(f"{file}: {told}: see docs/tune.md")
    return made


def load(source: Source, data: Path) -> tuple[list[Row], list[Passage]]:
    """The rows of one set and every passage of its folder. Raises InputError."""
    folder = data / source.folder
    if source.task == "headings":
        passages = _passages(source, folder, "")
        return list(_headings(source, folder, passages)), list(passages.values())
    if source.task == "gaps":
        made = list(_gaps(source, list(_passages(source, folder, "").values())))
        return made, [row.passage for row in made]
    if source.task == "read":
        passages = _passages(source, folder, "")
        return list(_read(source, folder, passages)), list(passages.values())
    rows: list[Row] = []
    held_by: dict[str, dict[str, Passage]] = {}
    for direction in source.directions or ("-",):
        asked, _, held = direction.partition("-")
        if held not in held_by:
            held_by[held] = _passages(source, folder, held)
        rows += _rank(source, folder, asked, held_by[held])
    return rows, [passage for passages in held_by.values() for passage in passages.values()]


def _table(folder: Path, name: str) -> Iterator[Mapping[str, Any]]:
    file = stored(folder / f"{name}.jsonl")
    if file is None:
        raise InputError(f"no {name}.jsonl in {folder}: {HELP}")
    for number, line in lines(file):
        try:
            row = json.loads(line)
            row["_id"], row["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{file} line {number}: not an object with _id and text: {HELP}") from error
        yield row


def _passages(source: Source, folder: Path, tag: str) -> dict[str, Passage]:
    made = {}
    for row in _table(folder, f"corpus_{tag}" if tag else "corpus"):
        key = str(row["_id"])
        document = f"{source.folder}:{row.get(source.document) or key}"
        language = row.get("lang") or tag or source.language
        pool = f"{source.folder}:{language}"
        made[key] = Passage(key, row["text"], document, language, pool, str(row.get("title") or ""))
    return made


def _read(source: Source, folder: Path, passages: Mapping[str, Passage]) -> Iterator[Row]:
    for row in _table(folder, "queries"):
        answers = row.get("answers", row.get("answers_pivot")) or []
        starts = row.get("answer_start") or []
        passage = passages.get(str(row.get("gold_id"))) or _only(row, folder, passages)
        if passage is None or len(answers) != len(starts):
            continue
        spans = tuple(dict.fromkeys(filter(None, map(_place, [passage.text] * len(answers), answers, starts))))
        if not spans:
            continue
        key, language = str(row["_id"]), row.get("lang") or source.language
        named, words = str(row.get("split", "")), tuple(dict.fromkeys(answers))
        wrong = tuple(passages[name] for name in row.get("wrong_ids", ()) if name in passages)
        yield Row(key, source.name, language, row["text"], passage, spans, words, named, source.close, wrong)
        if source.pivot and row.get("text_pivot"):
            other = str(row["text_pivot"])
            told = (passage, spans, words, named, source.close)
            yield Row(f"{key}:pivot", f"{source.name} pivot", passage.language, other, *told)


def _only(row: Mapping[str, Any], folder: Path, passages: Mapping[str, Passage]) -> Passage | None:
    """The relevant passage of a question that does not name its gold one."""
    judged = _judged(folder).get(str(row["_id"]), {})
    return passages.get(next(iter(judged), ""))


_QRELS: dict[Path, dict[str, dict[str, int]]] = {}


def _judged(folder: Path) -> dict[str, dict[str, int]]:
    if folder not in _QRELS:
        _QRELS[folder] = judgements(folder / "qrels.tsv")
    return _QRELS[folder]


def _place(text: str, words: str, start: int | None) -> tuple[int, int] | None:
    """Where the answer stands: at the occurrence that is nearest to what the row says; -1 says nowhere."""
    bare = words.strip()
    if start is None or start < 0 or not bare:
        return None
    found = [match.start() for match in re.finditer(re.escape(bare), text)]
    if not found:
        return None
    nearest = min(found, key=lambda at: abs(at - start))
    return nearest, nearest + len(bare)


def _rank(source: Source, folder: Path, asked: str, passages: Mapping[str, Passage]) -> Iterator[Row]:
    for row in _table(folder, f"queries_{asked}" if asked else "queries"):
        key = str(row["_id"])
        relevant = [passages[name] for name, gain in _judged(folder).get(key, {}).items() if gain and name in passages]
        for passage in relevant[:1]:
            language = row.get("lang") or asked or source.language
            wrong = tuple(passages[name] for name in row.get("wrong_ids", ()) if name in passages)
            told = Row(f"{key}:{passage.language}", source.name, language, row["text"], passage)
            yield replace(told, wrong=wrong)


def _headings(source: Source, folder: Path, passages: Mapping[str, Passage]) -> Iterator[Row]:
    for row in _table(folder, "corpus"):
        heading = str(row.get("heading") or "").strip()
        if heading:
            passage = passages[str(row["_id"])]
            yield Row(f"{passage.id}:heading", source.name, passage.language, heading, passage)


def _gaps(source: Source, passages: Sequence[Passage]) -> Iterator[Row]:
    shares = cloze.known(passage.text for passage in passages)
    for passage in passages:
        made = cloze.gaps(passage.text, passage.language, shares, Random(passage.id))
        for number, (asked, left, span) in enumerate(islice(made, MOST_GAPS)):
            told = replace(passage, text=left, pool=passage.pool + GAPS)
            key = f"{passage.id}:gap{number or ''}"
            yield Row(key, source.name, passage.language, asked, told, (span,), (left[slice(*span)],))
