# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A folder of conversations -> passages, and turns with the asker's earlier turns and the passages that answer them.

Two layouts are read: a BEIR folder whose questions carry `earlier` (and perhaps `conversation`, `domain`, `rewrite`), and the
files of MTRAG (Katsis et al. 2025). What was answered in a conversation is not read at all. Which passages a turn really needs is
not known here: judgements are taken as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wazi.errors import InputError, UsageError
from wazi.evals.rows import HELP, Problem, Text, judgements, lines, problem, stored, texts

TASKS = "generation_reference_subset.jsonl"
PASSAGES = "passages_available.jsonl"
REWRITES = "*_queries.jsonl"
PART = "<::>"
"""Stands between conversation and number of a turn in the ids of MTRAG."""

HALVES = ("first", "second")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation: what the asker had asked before it, and the relevance of passages.

    `rewrite` is the question as a person made it stand alone, None where nobody did.
    """

    id: str
    conversation: str
    domain: str
    earlier: tuple[str, ...]
    text: str
    gains: Mapping[str, int]
    rewrite: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Talks:
    """A folder read."""

    name: str
    corpus: tuple[Text, ...]
    turns: tuple[Turn, ...]
    problems: tuple[Problem, ...] = ()


def load(folder: str | Path, *, half: str | None = None) -> Talks:
    """Read a folder; `half` keeps every second conversation of each domain, in the order of the hashes of their ids.

    Raises InputError naming what is missing or wrong in it, UsageError for another half than `first` or `second`.
    """
    path = Path(folder).resolve()
    talks = _beir(path) if stored(path / "corpus.jsonl") else _mtrag(path)
    judged = [turn for turn in talks.turns if turn.gains and turn.text.strip()]
    if not judged:
        raise InputError(f"no turn in {path} has a relevant passage: {HELP}")
    held = {text.id for text in talks.corpus}
    lost = [passage for turn in judged for passage in turn.gains if passage not in held]
    left = [turn.id for turn in talks.turns if turn not in judged]
    problems = (
        *talks.problems,
        *problem("turns without words or relevant passage", left, "left out", partial=False),
        *problem("relevant passages that are not there", lost, "stay relevant and can only be missed"),
    )
    kept = _half(judged, half) if half else judged
    return replace(talks, turns=tuple(kept), problems=problems)


def _half(turns: list[Turn], half: str) -> list[Turn]:
    if half not in HALVES:
        raise UsageError(f"--half {half}: use first or second")
    order = sorted({(turn.domain, _hash(turn.conversation), turn.conversation) for turn in turns})
    chosen = {conversation for _, _, conversation in order[HALVES.index(half) :: 2]}
    kept = [turn for turn in turns if turn.conversation in chosen]
    if not kept:
        raise UsageError(f"--half {half}: there is only one conversation: leave it out")
    return kept


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _beir(path: Path) -> Talks:
    qrels, queries = stored(path / "qrels.tsv"), stored(path / "queries.jsonl")
    if qrels is None or queries is None:
        raise InputError(f"no qrels.tsv or no queries.jsonl in {path}: {HELP}")
    corpus, problems = texts(stored(path / "corpus.jsonl") or path)
    judged = judgements(qrels)
    turns = []
    for place, row in _rows(queries):
        said, name, question = row.get("earlier", []), row.get("_id"), row.get("text")
        if not (isinstance(said, list) and all(isinstance(each, str) for each in [name, question, *said])):
            raise InputError(f"{place}: _id, text and each of `earlier` must be texts: correct them")
        turns.append(
            Turn(
                id=str(name),
                conversation=str(row.get("conversation") or name),
                domain=str(row.get("domain") or ""),
                earlier=tuple(said),
                text=str(question),
                gains={passage: gain for passage, gain in judged.get(str(name), {}).items() if gain > 0},
                rewrite=row.get("rewrite") or None,
                language=row.get("lang") or None,
            )
        )
    return Talks(f"{path.parent.name}/{path.name}", tuple(corpus), tuple(turns), tuple(problems))


def _mtrag(path: Path) -> Talks:
    tasks, passages = stored(path / TASKS), stored(path / PASSAGES)
    if tasks is None or passages is None:
        raise InputError(f"no corpus.jsonl in {path}, and no {TASKS} with {PASSAGES}: {HELP}")
    corpus, problems = texts(passages)
    rewritten = _rewrites(path)
    turns = []
    for place, row in _rows(tasks):
        try:
            asked = [str(said["text"]) for said in row["input"] if said["speaker"] == "user"]
            name, gains = str(row["_id"]), {str(each["_id"]): 1 for each in row["contexts"]}
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{place} has no `_id`, `input` and `contexts` of MTRAG ({error}): make it again"
            ) from error
        if not asked:
            raise InputError(f"{place}: nobody asks anything in {name!r}: correct it")
        turns.append(
            Turn(
                id=name,
                conversation=name.partition(PART)[0],
                domain=str(row.get("domain") or ""),
                earlier=tuple(asked[:-1]),
                text=asked[-1],
                gains=gains,
                rewrite=rewritten.get(name),
                language=row.get("lang") or "en",
            )
        )
    corpus = [_without_title(text) for text in corpus]
    return Talks(path.name, tuple(corpus), tuple(turns), tuple(problems))


def _without_title(text: Text) -> Text:
    """MTRAG repeats the title at the head of the text; here it stands above every part of it."""
    return replace(text, text=text.text.removeprefix(text.title).lstrip(), language=text.language or "en")


def _rewrites(path: Path) -> dict[str, str]:
    """The questions that people made stand alone, by the id of the turn."""
    files = sorted({*path.glob(REWRITES), *path.glob(f"{REWRITES}.gz")})
    rows = [row for file in files for _, row in _rows(file)]
    return {
        str(row["_id"]): row["rewrite"].removeprefix("|user|: ").strip()
        for row in rows
        if "_id" in row and isinstance(row.get("rewrite"), str)
    }


def _rows(file: Path) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for number, line in lines(file):
        place = f"{file} line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{place} is not JSON ({error}): {HELP}") from error
        if not isinstance(row, dict):
            raise InputError(f"{place} is not a JSON object: {HELP}")
        found.append((place, row))
    return found
