# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A BEIR folder as a task: `corpus.jsonl`, `queries.jsonl` (either may be gzipped) and `qrels.tsv`.

Fields beyond `_id`, `title`, `text` and `lang` are ignored here. A folder with several corpora is not read yet.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wazi.errors import InputError


@dataclass(frozen=True, slots=True)
class Text:
    """One passage or question: its id, words and language (None: not said)."""

    id: str
    text: str
    language: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Passages, judged questions, and for each question the gain of each relevant passage."""

    name: str
    corpus: tuple[Text, ...]
    queries: tuple[Text, ...]
    qrels: dict[str, dict[str, int]]


def load(folder: str | Path) -> Task:
    """Read a folder. Raises InputError naming what is missing or wrong in it."""
    path = Path(folder)
    qrels = _qrels(path / "qrels.tsv")
    queries = tuple(text for text in _texts(path, "queries") if text.id in qrels)
    corpus = tuple(_texts(path, "corpus"))
    if not queries or not corpus:
        raise InputError(f"{path} has no judged questions or no passages: see docs/evals.md for the layout")
    known = {text.id for text in corpus}
    lost = sorted({i for gains in qrels.values() for i in gains} - known)
    if lost:
        raise InputError(f"{path}/qrels.tsv names {len(lost)} passages that corpus.jsonl lacks, first {lost[0]!r}")
    return Task(f"{path.parent.name}/{path.name}", corpus, queries, qrels)


def _texts(folder: Path, name: str) -> Iterator[Text]:
    for row in _rows(folder, name):
        try:
            yield Text(str(row["_id"]), str(row["text"]), row.get("lang"), str(row.get("title") or ""))
        except KeyError as error:
            raise InputError(f"{folder}/{name}.jsonl has a row without {error}") from error


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    plain, packed = folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"
    try:
        with gzip.open(packed, "rt", encoding="utf-8") if packed.exists() else plain.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)
    except FileNotFoundError:
        raise InputError(f"no {name}.jsonl in {folder}: see docs/evals.md for the layout") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {name}.jsonl in {folder}: {error}") from error


def _qrels(file: Path) -> dict[str, dict[str, int]]:
    """Rows of `query-id corpus-id score`; only positive gains count as judged relevant."""
    found: dict[str, dict[str, int]] = {}
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                if int(row["score"]) > 0:
                    found.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    except FileNotFoundError:
        raise InputError(f"no qrels.tsv in {file.parent}: see docs/evals.md for the layout") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot read {file}: {error}") from error
    return found
