# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi documents`: what is held, listed, shown, corrected, deleted and exported, on a desk that somebody opened.

What is set by hand holds over every later ingest, and what follows from it for other documents is settled at once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import access, export, wire
from wazi.desk import Desk
from wazi.errors import InputError, UsageError
from wazi.ingest import settle
from wazi.parse.archive import INSIDE
from wazi.serve.openai_kept import Shelf
from wazi.sources.described import KEYS, READ
from wazi.types import PUBLIC, Provenance, Record, Scope

if TYPE_CHECKING:
    from wazi.cli import Terminal

Options = argparse.Namespace
KEEPER = access.holdings_of(access.keeper())

OPTIONS = {
    "title": "--title",
    "language": "--lang",
    "labels": "--label",
    "valid_from": "--valid-from",
    "valid_until": "--valid-until",
    "licence": "--licence",
    "publisher": "--publisher",
    "jurisdiction": "--jurisdiction",
    "kind": "--kind",
}
"""The option that says each field of a provenance."""


def provenance(options: Options) -> Provenance:
    """What the options say about documents, held to the same rules as `documents.toml`. Raises UsageError."""
    values: dict[str, Any] = {}
    for name, option in OPTIONS.items():
        value = getattr(options, name, None)
        if value is None:
            continue
        if name.startswith("valid_"):
            value = day(value, option)
        meaning, accepts = KEYS[name]
        if not accepts(value):
            raise UsageError(f"{option} {value!r}: not {meaning}: correct it")
        values[name] = READ[name](value) if name in READ else value
    _in_order(values.get("valid_from"), values.get("valid_until"))
    return Provenance(**values)


def day(text: str | None, option: str) -> dt.date | None:
    """The date behind an option. Raises UsageError."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: not a date: write it like 2026-01-31") from None


def listed(desk: Desk, terminal: Terminal) -> None:
    """Every document in one line."""
    records = desk.store.records(KEEPER)
    terminal.result({"documents": [wire.record(record) for record in records]})
    for record in records:
        bounded = record.valid_from or record.valid_until
        span = f" in force {record.valid_from or '…'} to {record.valid_until or '…'}" if bounded else ""
        labels = ", ".join(sorted(record.labels))
        terminal.line(f"{record.id}  {record.status.value:8}  {record.title}  ({labels}){span}  {record.source}")
    if not records:
        terminal.line("nothing is held yet: type wazi ingest FOLDER")


def show(name: str, desk: Desk, terminal: Terminal) -> None:
    """Everything held about one document, each finding with the words it rests on. Raises InputError."""
    record = _held(name, desk)
    shown = wire.record(record)
    shown["said"] = [each | {"words": _words(each, record, desk)} for each in shown["said"]]
    terminal.result(shown)
    for field, value in shown.items():
        if field == "said":
            continue
        guessed = " (guessed: see below)" if field in shown["guessed"] else ""
        for line in _lines(value):
            terminal.line(f"{field:12} {line}{guessed}")
    for each in shown["said"]:
        other = f" [{each['document']}]" if each["document"] else ""
        terminal.line(f"says         {each['about']} {each['value']}{other}: “{each['words']}”")


def text(name: str, desk: Desk, terminal: Terminal) -> None:
    """The stored text, exactly. Raises InputError."""
    held = desk.store.text(name, KEEPER)
    if held is None:
        raise _unknown(name)
    terminal.result({"id": name, "text": held})
    if not terminal.as_json:
        terminal.raw(held)


def delete(names: Sequence[str], desk: Desk, terminal: Terminal) -> None:
    """Delete documents by id or by where they came from; nothing of them stays in the store. Raises InputError."""
    records = desk.store.records(KEEPER)
    gone = sorted({record.id for given in names for record in _meant(given, records)})
    with desk.store.writing():
        desk.store.apply([], delete=gone)
        settle(desk)
    Shelf(desk).prune()
    terminal.result({"deleted": gone})
    terminal.line(f"deleted {len(gone)} documents: texts, vectors and originals are gone; receipts keep their hashes")


def correct(options: Options, desk: Desk, terminal: Terminal) -> None:
    """Set fields of one document by hand, or forget what was set. Raises InputError, UsageError."""
    given = provenance(options)
    values = {name: value for name in OPTIONS if (value := getattr(given, name)) is not None}
    forgotten = set(options.forget or ())
    if not values and not forgotten:
        raise UsageError("nothing to set: give an option such as --title or --valid-until")
    if forgotten & values.keys():
        raise UsageError(f"--forget {min(forgotten & values.keys())}: it is set in the same command: choose one")
    with desk.store.writing():
        record = _held(options.id, desk)
        desk.store.describe([_corrected(record, values, forgotten)])
        settle(desk)
    terminal.result(wire.record(_held(options.id, desk)))
    terminal.line(f"{options.id}: set {', '.join(values) or 'nothing'}: it holds over every later ingest")
    if forgotten:
        terminal.line(f"forgot {', '.join(sorted(forgotten))}: type wazi ingest {record.source} to read it again")


def _corrected(record: Record, values: Mapping[str, Any], forgotten: set[str]) -> Record:
    if unset := forgotten - set(record.kept):
        raise UsageError(f"--forget {min(unset)}: it was not set by hand: type `wazi documents show {record.id}`")
    kept = tuple(sorted({*record.kept, *values} - forgotten))
    changed = replace(record, **values, kept=kept, fingerprint="" if forgotten else record.fingerprint)
    _in_order(changed.valid_from, changed.valid_until)
    return changed


def exported(options: Options, desk: Desk, terminal: Terminal) -> None:
    """The holding as a DCAT or Croissant description, in a file or on stdout. Raises InputError."""
    records = desk.store.records(KEEPER if options.all else Scope(frozenset({PUBLIC})))
    made = export.FORMATS[options.format](records, dt.datetime.now(dt.UTC))
    written = json.dumps(made, ensure_ascii=False, indent=None if terminal.as_json else 2)
    if options.file:
        try:
            Path(options.file).write_text(written + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write {options.file}: {error.strerror}: choose another place") from error
        terminal.result({"file": options.file, "documents": len(records)})
        terminal.line(f"{options.file}: {len(records)} documents")
        return
    terminal.result(made)
    if not terminal.as_json:
        terminal.raw(written + "\n")


def _words(said: Mapping[str, Any], record: Record, desk: Desk) -> str:
    """The words a finding rests on: in the other document where that one says it, and the title where no place is given."""
    witness = said["document"] if said["about"].endswith("_by") and said["document"] else record.id
    if said["start"] == said["end"]:
        return record.title
    whole = desk.store.text(witness, KEEPER) or ""
    return " ".join(whole[said["start"] : said["end"]].split())


def _lines(value: Any) -> list[Any]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [", ".join(str(inner) for inner in each.values()) for each in value]
    if isinstance(value, dict):
        return [", ".join(f"{inner} {name}" for name, inner in value.items())]
    return [", ".join(map(str, value)) if isinstance(value, list) else value]


def _held(name: str, desk: Desk) -> Record:
    record = desk.store.record(name, KEEPER)
    if record is None:
        raise _unknown(name)
    return record


def _meant(given: str, records: Sequence[Record]) -> list[Record]:
    """The documents that an id, a file or a folder stands for. Raises InputError when there is none."""
    if not given.strip():
        raise UsageError("an empty name stands for no document: give an id, a file or a folder")
    place = Path(os.path.abspath(given))
    found = [
        each
        for each in records
        if given in (each.id, each.source) or place in (Path(each.source), *Path(each.source).parents)
    ]
    within = tuple(f"{source}{INSIDE}" for source in (given, place, *(each.source for each in found)))
    found += [each for each in records if each.source.startswith(within)]
    if not found:
        raise _unknown(given)
    return found


def _in_order(first: dt.date | None, last: dt.date | None) -> None:
    if first and last and last < first:
        raise UsageError(f"--valid-until {last} is before --valid-from {first}: correct it")


def _unknown(document: str) -> InputError:
    return InputError(f"no document {document!r} is held: type wazi documents for the list")
