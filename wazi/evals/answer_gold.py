# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The answers that a folder gives for its questions: their words, where they stand, and under which conditions they hold.

They stand in `queries.jsonl` (`answers`, `answer_start`, `gold_id`; `answers_pivot` where passages are in another language) or, for
answers with conditions, in `qa.jsonl` under the same ids. A place that does not hold its words is moved to the nearest that
does; without one the answer counts for its words only, and is counted among the problems.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wazi.errors import InputError
from wazi.evals.rows import HELP, Problem, Text, lines, problem, stored
from wazi.evals.task import Task

FILES = ("queries.jsonl", "qa.jsonl")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a passage: `text[start:end]`."""

    passage: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Gold:
    """What answers one question. `passages` are those judged relevant, `conditions` those that limit the answer.

    `pool` are the passages that may be searched, None for all: the question is about one site.
    """

    passages: frozenset[str]
    answers: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    conditions: frozenset[str] = frozenset()
    language: str | None = None
    """That of the answers, None if it is the question's."""
    pool: frozenset[str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer as the folder gives it: its words, where they begin (None: not said), its conditions in HTML."""

    words: str
    start: int | None
    conditions: tuple[str, ...]


def load(folder: Path, job: Task) -> tuple[dict[str, Gold], list[Problem]]:
    """The gold of every judged question of a task with one corpus, and what is wrong with it.

    Raises InputError when no question has an answer.
    """
    texts = {text.id: text for text in job.corpora[""]}
    sites = _by_title(texts.values())
    found: dict[str, Gold] = {}
    unplaced, unconditional = [], []
    for row, where in _rows(folder):
        name = str(row.get("_id"))
        if name not in job.qrels or not (answers := _answers(row, where)):
            continue
        pool = _pool(row, sites, where)
        gold = found[name] = replace(_gold(row, answers, frozenset(job.qrels[name]), texts), pool=pool)
        unplaced += [name] if "answer_start" in row and not gold.places else []
        unconditional += [name] if len(gold.conditions) < len(_stated(answers)) else []
    if not found:
        raise InputError(f"no judged question of {folder} has `answers`: {HELP}")
    silent = [name for name in job.qrels if name not in found]
    found |= {name: Gold(frozenset(job.qrels[name])) for name in silent}
    return found, [
        *problem("questions without an answer", silent, "scored by their passages only", partial=False),
        *problem("answers that stand nowhere in their passage", unplaced, "not in span recall", partial=False),
        *problem(
            "questions with a condition that is no relevant passage", unconditional, "it is left out", partial=False
        ),
    ]


def _rows(folder: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The rows of the files that may hold answers; the last row of a question that has some counts."""
    for file in filter(None, (stored(folder / name) for name in FILES)):
        for number, line in lines(file):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError(f"{file} line {number} is not JSON ({error}): {HELP}") from error
            if isinstance(row, dict):
                yield row, f"{file} line {number}"


def _answers(row: Mapping[str, Any], where: str) -> list[_Said]:
    given = row.get("answers", row.get("answers_pivot")) or []
    starts = row.get("answer_start") or [None] * len(given)
    if not isinstance(given, list) or not isinstance(starts, list) or len(given) != len(starts):
        raise InputError(f"{where}: answers and answer_start are not lists of one length: {HELP}")
    made = []
    for answer, start in zip(given, starts, strict=True):
        held = answer if isinstance(answer, dict) else {"answer": answer}
        words, conditions = held.get("answer"), held.get("conditions") or []
        if not isinstance(words, str) or not isinstance(start, int | None):
            raise InputError(f"{where}: answer = {answer!r:.60} from {start!r}: {HELP}")
        made.append(_Said(words, start, tuple(map(str, conditions))))
    return made


def _gold(
    row: Mapping[str, Any], answers: Sequence[_Said], relevant: frozenset[str], texts: Mapping[str, Text]
) -> Gold:
    text = texts.get(str(row.get("gold_id") or min(relevant)))
    stated = _stated(answers)
    return Gold(
        passages=relevant,
        answers=tuple(dict.fromkeys(each.words for each in answers)),
        places=tuple(_places(text, answers)) if text else (),
        conditions=frozenset(name for name in relevant if name in texts and texts[name].text.strip() in stated),
        language=row.get("pivot_lang") or (text.language if text else None),
    )


def _stated(answers: Sequence[_Said]) -> set[str]:
    """The conditions without markup."""
    return {html.unescape(_TAG.sub("", condition)).strip() for each in answers for condition in each.conditions}


def _pool(row: Mapping[str, Any], sites: Mapping[str, frozenset[str]], where: str) -> frozenset[str] | None:
    site = row.get("site")
    if site is None:
        return None
    if site not in sites:
        raise InputError(f"{where}: no passage has the site {site!r} as its title: {HELP}")
    return sites[site]


def _places(text: Text, answers: Sequence[_Said]) -> Iterator[Place]:
    """Where the answers stand; a start of None or below 0 says that they stand nowhere."""
    for each in answers:
        words, start = each.words.strip(), each.start
        if not words or start is None or start < 0:
            continue
        found = [match.start() for match in re.finditer(re.escape(words), text.text)]
        if found:
            nearest = min(found, key=lambda at: abs(at - start))
            yield Place(text.id, nearest, nearest + len(words))


def _by_title(texts: Iterable[Text]) -> dict[str, frozenset[str]]:
    titles: dict[str, set[str]] = {}
    for text in texts:
        titles.setdefault(text.title, set()).add(text.id)
    return {title: frozenset(names) for title, names in titles.items()}
