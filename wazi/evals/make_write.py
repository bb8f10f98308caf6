# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Labels -> a folder: corpus, questions and judgements in BEIR layout, questions without answer, manifest, data card.

All questions and passages stand at the top of the folder, as readers of every language ask one index. `across/XX-YY` has the
questions across two languages again, in the layout of several language versions: there each corpus is in one language, as in
published sets. A folder is written whole or not at all, and one that this module did not write is never replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wazi.errors import InputError, UsageError
from wazi.evals import make_card
from wazi.evals.make_labels import VERSION, Labels, Question
from wazi.evals.make_sections import Section

MANIFEST, CARD, ACROSS = "manifest.json", "README.md", "across"
FORMAT = "wazi-own-benchmark-1"

Row = dict[str, Any]


def check_place(out: Path) -> None:
    """Can a folder be written at `out`, or one of ours be there? Raises UsageError or InputError, before the work."""
    if out.exists() and not _is_ours(out) and not (out.is_dir() and not any(out.iterdir())):
        raise UsageError(f"{out} exists and is no benchmark made by wazi: name a new folder")
    parent = next(each for each in (out, *out.absolute().parents) if each.exists())
    if not parent.is_dir():
        raise InputError(f"cannot write in {parent}: it is a file: name another folder")
    if not os.access(parent, os.W_OK):
        raise InputError(f"cannot write in {parent}: permission denied: name another folder")


def write(out: Path, labels: Labels, report: Mapping[str, Any], *, force: bool) -> dict[str, Any]:
    """Write the folder. One that holds the same questions keeps its results and gets a fresh data card.

    Raises UsageError when another benchmark is there and `force` is not given, InputError when it cannot be written.
    """
    files = _files(labels)
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    same = _is_ours(out) and _manifest(out).get("files") == hashes
    if _is_ours(out) and not same and not force:
        raise UsageError(f"{out} holds another benchmark: name a new folder, or type --force to replace it")
    files[MANIFEST] = _json({"format": FORMAT, **report, "sources": _sources(labels), "files": hashes})
    try:
        if same:
            _put(out, files)
        else:
            _replace(out, files)
        _put(out, {CARD: make_card.card(out, report, _sources(labels))})
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}: name another folder") from error
    return {"status": "unchanged" if same else "made", "across": sorted({_pair(*pair) for pair in labels.pairs})}


def _files(labels: Labels) -> dict[str, str]:
    removed = {question.asked.id: question for question in reversed(labels.questions)}
    return {
        "corpus.jsonl": _lines(_passage(section) for section in labels.corpus),
        "queries.jsonl": _lines(_query(question) for question in labels.questions),
        "qrels.tsv": _qrels({_name(question): question.gold.id for question in labels.questions}),
        "unanswerable.jsonl": _lines(_unanswerable(each, labels) for each in reversed(removed.values())),
        **_across(labels),
    }


def _across(labels: Labels) -> dict[str, str]:
    """One folder for each two languages; the two versions of a section share an id."""
    files: dict[str, str] = {}
    by_pair: dict[str, list[tuple[Section, Section]]] = defaultdict(list)
    for pair in labels.pairs:
        by_pair[_pair(*pair)].append(pair)
    asked = {(each.asked.id, each.gold.id): each for each in labels.questions if each.kind == VERSION}
    for name, pairs in sorted(by_pair.items()):
        shared = {section.id: _shared(*pair) for pair in pairs for section in pair}
        for column, tag in enumerate(name.split("-")):
            rows = [_passage(each, shared) for each in labels.corpus if each.language == tag]
            ways = [(pair[column], pair[1 - column], _shared(*pair)) for pair in pairs]
            queries = [
                _query(asked[own.id, other.id]) | {"_id": f"q:{gold}", "gold_id": gold} for own, other, gold in ways
            ]
            files[f"{ACROSS}/{name}/corpus_{tag}.jsonl"] = _lines(rows)
            files[f"{ACROSS}/{name}/queries_{tag}.jsonl"] = _lines(queries)
        golds = [_shared(*pair) for pair in pairs]
        files[f"{ACROSS}/{name}/qrels.tsv"] = _qrels({f"q:{gold}": gold for gold in golds})
    return files


def _passage(section: Section, shared: Mapping[str, str] | None = None) -> Row:
    return {
        "_id": (shared or {}).get(section.id, section.id),
        "title": section.record.title,
        "text": section.text,
        "lang": section.language or "",
        "headings": list(section.above),
        "document": section.record.id,
        "sha256": section.record.sha256,
        "page": section.page,
        "start": section.spans[0][0],
        "end": section.spans[-1][1],
        "spans": [list(span) for span in section.spans],
    }


def _query(question: Question) -> Row:
    return {
        "_id": _name(question),
        "text": question.text,
        "lang": question.language,
        "kind": question.kind,
        "document": question.asked.record.id,
        "gold_id": question.gold.id,
        "answerable": True,
    }


def _unanswerable(question: Question, labels: Labels) -> Row:
    row = _query(question)
    taken = sorted(labels.answers[question.gold.id])
    return row | {"_id": f"{row['_id']}:removed", "of": row["_id"], "answerable": False, "removed": taken}


def _name(question: Question) -> str:
    asked = f":{question.language}" if question.kind == VERSION else ""
    return f"q:{question.gold.id}{asked}"


def _pair(a: Section, b: Section) -> str:
    return f"{a.language}-{b.language}"


def _shared(a: Section, b: Section) -> str:
    return f"{a.id}+{b.id}"


def _sources(labels: Labels) -> list[Row]:
    records = {section.record.id: section.record for section in labels.corpus}
    asked: dict[str, int] = defaultdict(int)
    for question in labels.questions:
        asked[question.gold.record.id] += 1
    return [
        {
            "id": record.id,
            "title": record.title,
            "sha256": record.sha256,
            "languages": list(record.languages),
            "questions": asked[record.id],
        }
        for record in records.values()
    ]


def _qrels(golds: Mapping[str, str]) -> str:
    rows = [f"{question}\t{gold}\t1\n" for question, gold in golds.items()]
    return "".join(["query-id\tcorpus-id\tscore\n", *rows])


def _lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _is_ours(out: Path) -> bool:
    return out.is_dir() and _manifest(out).get("format") == FORMAT


def _manifest(out: Path) -> Row:
    try:
        found = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _replace(out: Path, files: Mapping[str, str]) -> None:
    """All files at once: what was there goes when the new folder is complete."""
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    _put(part, files)
    if out.exists():
        shutil.rmtree(out)
    os.replace(part, out)


def _put(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
