# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Examples -> a folder: rows, judgements, the recipe for `wazi tune reader`, data card, Croissant file, manifest.

    corpus.jsonl              passages, each with its document, place, licence and hash
    queries.jsonl             questions whose answer stands in a passage
    queries_relevant.jsonl    questions that a passage answers somewhere
    qrels.tsv                 which passage
    recipe.toml README.md croissant.json manifest.json

A folder is written whole or not at all, and one that this module did not write is never replaced.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi.curate import card, croissant
from wazi.curate.facts import Example
from wazi.errors import InputError, UsageError
from wazi.evals.make_sections import Section

if TYPE_CHECKING:
    from wazi.curate.make import Plan

FORMAT = "wazi-curated-1"
CORPUS, READ, RELEVANT, QRELS = "corpus.jsonl", "queries.jsonl", "queries_relevant.jsonl", "qrels.tsv"
MANIFEST, RECIPE, CARD, CROISSANT = "manifest.json", "recipe.toml", "README.md", "croissant.json"


def check_place(out: Path, *, force: bool) -> None:
    """Can the folder be written? Before the work. Raises UsageError, InputError."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not _is_ours(out):
            raise UsageError(f"{out} exists and is no data set made by `wazi curate`: name a new folder")
        if not force:
            raise UsageError(f"{out} holds a data set: name a new folder, or type --force to replace it")
    parent = next(each for each in (out.absolute().parent, *out.absolute().parents) if each.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise InputError(f"cannot write in {parent}: name another folder")


def write(
    out: Path, examples: Sequence[Example], passages: Sequence[Section], report: Mapping[str, Any], plan: Plan
) -> dict[str, Any]:
    """Write the folder; returns the hashes of its data files. Raises InputError."""
    read = [each for each in examples if each.answer]
    relevant = [each for each in examples if not each.answer]
    kept = {each.id for each in passages}
    data = {
        CORPUS: _lines(map(passage, passages)),
        READ: _lines(query(each, kept) for each in read),
        RELEVANT: _lines(query(each, kept) for each in relevant),
        QRELS: "query-id\tcorpus-id\tscore\n" + "".join(f"{each.id}\t{each.section.id}\t1\n" for each in examples),
    }
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in data.items()}
    about = {
        "format": FORMAT,
        "name": plan.name,
        "licence": plan.licence,
        "creator": plan.creator,
        "labels": sorted(plan.labels),
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "tests": [each.name for each in plan.tests],
        **report,
        "files": hashes,
    }
    files = data | {
        RECIPE: _recipe(plan, bool(read), bool(relevant)),
        CARD: card.card(about),
        CROISSANT: _json(croissant.described(about, {name: len(text.encode()) for name, text in data.items()})),
        MANIFEST: _json(about),
    }
    try:
        _replace(out, files)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}: name another folder") from error
    return {"files": hashes, "next": f"wazi tune reader {out / RECIPE} --data {out} --out runs/{plan.name}"}


def passage(section: Section) -> dict[str, Any]:
    """A row of the corpus."""
    return {
        "_id": section.id,
        "title": section.record.title,
        "text": section.text,
        "lang": section.language or "und",
        "headings": list(section.path),
        "document": section.record.id,
        "sha256": section.record.sha256,
        "licence": section.record.licence or "not stated",
        "publisher": section.record.publisher or "not stated",
        "page": section.page,
        "spans": [list(span) for span in section.spans],
    }


def query(each: Example, kept: Container[str]) -> dict[str, Any]:
    """A row of the questions; `kept` are the passages that are written."""
    start, end = each.answer or (0, 0)
    answered = {"answers": [each.section.text[start:end]], "answer_start": [start]} if each.answer else {}
    return {
        "_id": each.id,
        "text": each.question,
        "lang": each.language,
        **answered,
        "gold_id": each.section.id,
        "wrong_ids": [wrong.id for wrong in each.wrong if wrong.id in kept],
        "kind": each.origin,
        "document": each.section.record.id,
        "provenance": dict(each.provenance),
    }


def _recipe(plan: Plan, read: bool, relevant: bool) -> str:
    tables = []
    for wanted, name, task, more in (
        (read, f"{plan.name} read", "read", ""),
        (relevant, f"{plan.name} relevant", "rank", 'directions = ["relevant-"]\n'),
    ):
        if wanted:
            told = {"name": name, "folder": ".", "task": task, "document": "document", "licence": plan.licence}
            tables.append(
                "[[sets]]\n"
                + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told.items())
                + more
            )
    return "\n".join(["seed = 17", "test = 0.15", "dev = 0.1", "", *tables])


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _is_ours(out: Path) -> bool:
    try:
        found = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT


def _replace(out: Path, files: Mapping[str, str]) -> None:
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, text in files.items():
        (part / name).write_text(text, encoding="utf-8")
    if out.exists():
        shutil.rmtree(out)
    os.replace(part, out)
