# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A BEIR folder as a task: one corpus and its questions, or several language versions of both, under one set of judgements.

What cannot be scored is an error; what can be scored in part is counted among the problems, and never to our advantage: a
relevant passage that is not there stays relevant and can only be missed. Fields beyond `_id`, `title`, `text` and `lang`
are ignored here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wazi.errors import InputError, UsageError
from wazi.evals.rows import HELP, Problem, Text, judgements, problem, stored, texts

QRELS = ("qrels.tsv", "qrels.txt", "qrels.trec", "qrels/test.tsv")
MIXED = "mixed"
"""The name that stands for all corpora in one index."""


@dataclass(frozen=True, slots=True)
class Task:
    """Passages and questions by language version ("" where the folder has one), and the relevance of passages.

    Only positive relevance is kept. Every question in `qrels` is in each list of `questions`; one that cannot be asked has
    an empty text.
    """

    name: str
    corpora: Mapping[str, tuple[Text, ...]]
    questions: Mapping[str, tuple[Text, ...]]
    qrels: Mapping[str, Mapping[str, int]]
    problems: tuple[Problem, ...] = ()

    @property
    def versions(self) -> bool:
        """Are there several language versions?"""
        return set(self.corpora) != {""}


@dataclass(frozen=True, slots=True)
class Direction:
    """Questions of one version asked of one corpus, or of all corpora together (`MIXED`)."""

    questions: str
    corpus: str

    @property
    def name(self) -> str:
        """As it is typed and reported, for example "rw-en"; empty for a folder without versions."""
        return f"{self.questions}-{self.corpus}" if self.corpus else ""


def load(folder: str | Path, *, limit: int | None = None, only: Path | None = None) -> Task:
    """Read a folder; `only` keeps the judged questions whose ids a file has one a line, `limit` so many, spread evenly.

    Raises InputError naming what is missing or wrong in it.
    """
    path = Path(folder).resolve()
    qrels: Mapping[str, Mapping[str, int]] = {
        question: {passage: gain for passage, gain in gains.items() if gain > 0}
        for question, gains in judgements(_qrels(path)).items()
    }
    corpora, noticed = _versions(path, "corpus")
    questions, more = _versions(path, "queries")
    if ("" in corpora) != ("" in questions):
        raise InputError(f"{path} has language versions of only one of corpus and queries: {HELP}")
    problems = [*noticed, *more, *_unjudged(qrels, questions)]
    qrels = {q: gains for q, gains in qrels.items() if gains}
    if not any(row.id in qrels for rows in questions.values() for row in rows):
        raise InputError(f"no question of {path} has a relevant passage: check that queries and qrels share ids")
    qrels = _spread(_named(qrels, only), limit)
    problems += _missing_passages(qrels, corpora)
    asked, unasked = _asked(qrels, questions)
    filled, empty = _filled(corpora)
    return Task(f"{path.parent.name}/{path.name}", filled, asked, qrels, (*problems, *unasked, *empty))


def directions(task: Task, chosen: Collection[str] = ()) -> list[Direction]:
    """Every direction of a task, or those of the names in `chosen`, such as "rw-en". Raises UsageError for other names."""
    if not task.versions:
        if chosen:
            raise UsageError(f"{task.name} has one corpus: leave out --direction")
        return [Direction("", "")]
    corpora = [*task.corpora, MIXED] if len(task.corpora) > 1 else [*task.corpora]
    every = {found.name: found for found in (Direction(q, c) for c in corpora for q in task.questions)}
    wrong = [name for name in chosen if name not in every]
    if wrong:
        raise UsageError(f"--direction {wrong[0]}: not a direction of {task.name}: use one of {', '.join(every)}")
    return [found for name, found in every.items() if not chosen or name in chosen]


def _qrels(folder: Path) -> Path:
    found = [file for name in QRELS if (file := stored(folder / name))]
    if not found:
        raise InputError(f"no qrels.tsv in {folder}: {HELP}")
    return found[0]


def _versions(folder: Path, name: str) -> tuple[dict[str, tuple[Text, ...]], list[Problem]]:
    """One list under "", or one for each `name_XX.jsonl`, whose rows are in XX unless they say otherwise."""
    files = {"": file} if (file := stored(folder / f"{name}.jsonl")) else {}
    if not files:
        found = sorted([*folder.glob(f"{name}_*.jsonl"), *folder.glob(f"{name}_*.jsonl.gz")])
        files = {file.name.split(".jsonl")[0].removeprefix(f"{name}_"): file for file in found}
    if not files:
        raise InputError(f"no {name}.jsonl in {folder}: {HELP}")
    if MIXED in files:
        raise InputError(f"{files[MIXED]}: {MIXED!r} stands for all versions together: give this one another name")
    versions, problems = {}, []
    for tag, file in files.items():
        rows, noticed = texts(file)
        versions[tag] = tuple(replace(row, language=row.language or tag or None) for row in rows)
        problems += noticed
    return versions, problems


def _unjudged(qrels: Mapping[str, Mapping[str, int]], questions: Mapping[str, Sequence[Text]]) -> list[Problem]:
    never = {row.id: None for rows in questions.values() for row in rows if row.id not in qrels}
    nothing = [question for question, gains in qrels.items() if not gains]
    return [
        *problem("questions without a judgement", never, "left out"),
        *problem("questions to which no passage is judged relevant", nothing, "left out"),
    ]


def _named(qrels: Mapping[str, Mapping[str, int]], only: Path | None) -> Mapping[str, Mapping[str, int]]:
    """The questions that a file names, in the order of the judgements. Raises InputError."""
    if only is None:
        return qrels
    try:
        ids = set(only.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the questions to ask from {only}: {error}: check --only") from error
    if not ids:
        raise InputError(f"{only} names no question: write one id a line")
    if unknown := sorted(ids - qrels.keys()):
        raise InputError(f"{only}: {len(unknown)} of {len(ids)} questions are not judged here, first {unknown[0]!r}")
    return {question: gains for question, gains in qrels.items() if question in ids}


def _spread(qrels: Mapping[str, Mapping[str, int]], limit: int | None) -> dict[str, Mapping[str, int]]:
    ids = list(qrels)
    if limit is None or limit >= len(ids):
        return dict(qrels)
    if limit < 1:
        raise UsageError(f"--limit {limit}: give a number from 1")
    return {ids[number * len(ids) // limit]: qrels[ids[number * len(ids) // limit]] for number in range(limit)}


def _missing_passages(qrels: Mapping[str, Mapping[str, int]], corpora: Mapping[str, Sequence[Text]]) -> list[Problem]:
    wanted = dict.fromkeys(passage for gains in qrels.values() for passage in gains)
    problems: list[Problem] = []
    for tag, rows in corpora.items():
        held = {row.id for row in rows}
        lost = [passage for passage in wanted if passage not in held]
        told = f"relevant passages that {_file('corpus', tag)} lacks"
        problems += problem(told, lost, "stay relevant and can only be missed")
    return problems


def _asked(
    qrels: Mapping[str, Mapping[str, int]], questions: Mapping[str, Sequence[Text]]
) -> tuple[dict[str, tuple[Text, ...]], list[Problem]]:
    """The judged questions of every version in the order of the judgements; those that cannot be asked have no text."""
    asked: dict[str, tuple[Text, ...]] = {}
    problems: list[Problem] = []
    for tag, rows in questions.items():
        held = {row.id: row for row in rows}
        lost = [question for question in qrels if question not in held]
        empty = [question for question in qrels if question in held and not held[question].text.strip()]
        asked[tag] = tuple(held.get(question) or Text(question, "", tag or None) for question in qrels)
        problems += problem(f"judged questions that {_file('queries', tag)} lacks", lost, "cannot be asked and score 0")
        problems += problem(f"empty questions in {_file('queries', tag)}", empty, "cannot be asked and score 0")
    return asked, problems


def _filled(corpora: Mapping[str, Sequence[Text]]) -> tuple[dict[str, tuple[Text, ...]], list[Problem]]:
    filled: dict[str, tuple[Text, ...]] = {}
    problems: list[Problem] = []
    for tag, rows in corpora.items():
        empty = [row.id for row in rows if not row.text.strip() and not row.title.strip()]
        filled[tag] = tuple(row for row in rows if row.text.strip() or row.title.strip())
        problems += problem(
            f"empty passages in {_file('corpus', tag)}", empty, "left out; one that is relevant is missed"
        )
        if not filled[tag]:
            raise InputError(f"every passage of {_file('corpus', tag)} is empty: {HELP}")
    return filled, problems


def _file(name: str, tag: str) -> str:
    return f"{name}_{tag}.jsonl" if tag else f"{name}.jsonl"
