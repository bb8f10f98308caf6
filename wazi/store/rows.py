# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Holdings as Arrow rows and back, and scopes as SQL: the format on disk of the `lance` store.

One table, `passages`, holds a row a chunk and a row a document (`kind`), so that a document and its chunks change in one
commit. Document rows have neither tokens nor vector: no search can return them. Knows nothing of files or indexes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wazi.types import (
    EVERYTHING,
    About,
    BlockKind,
    Chunk,
    Holding,
    Kind,
    Passage,
    Record,
    Said,
    Scope,
    Status,
    Version,
    Word,
)

WORD_FIELDS = 8
ORIGINALS = pa.schema([("sha256", pa.string()), ("data", pa.large_binary())])

CHUNK_COLUMNS = [
    *("id", "document", "text", "start", "end", "page", "headings", "language", "block"),
    *("labels", "valid_from", "valid_until", "parallel"),
]
RIGHTS_COLUMNS = ["labels", "valid_from", "valid_until"]


def schema(dimension: int) -> pa.Schema:
    """The columns of `passages`."""
    return pa.schema(
        [
            ("id", pa.string()),
            ("kind", pa.string()),
            ("document", pa.string()),
            ("labels", pa.list_(pa.string())),
            ("valid_from", pa.date32()),
            ("valid_until", pa.date32()),
            ("text", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("page", pa.int32()),
            ("headings", pa.list_(pa.string())),
            ("language", pa.string()),
            ("block", pa.string()),
            ("parallel", pa.list_(pa.string())),
            ("tokens", pa.string()),
            ("vector", pa.list_(pa.float32(), dimension)),
            ("sha256", pa.string()),
            ("record", pa.string()),
            ("body", pa.large_string()),
            ("words", pa.large_binary()),
        ]
    )


def passages_table(holdings: Sequence[Holding], dimension: int) -> pa.Table:
    """The rows of whole documents: each one's own row, then its chunks."""
    passages = [passage for holding in holdings for passage in holding.passages]
    rows = [_document_row(holding) for holding in holdings] + [_chunk_row(passage) for passage in passages]
    columns: list[pa.Array] = []
    for field in schema(dimension):
        if field.name == "vector":
            columns.append(_vectors(len(holdings), passages, field.type))
        else:
            columns.append(pa.array([row.get(field.name) for row in rows], field.type))
    return pa.Table.from_arrays(columns, schema=schema(dimension))


def described(held: pa.Table, records: Mapping[str, Record]) -> pa.Table:
    """The rows of whole documents, each document with its new record and all its rows with the labels and days of that."""
    told = [records[name] for name in held["document"].to_pylist()]
    is_document = [kind == "document" for kind in held["kind"].to_pylist()]
    values: dict[str, list[Any]] = {
        "labels": [sorted(record.labels) for record in told],
        "valid_from": [record.valid_from for record in told],
        "valid_until": [record.valid_until for record in told],
        "record": [_json(record) if whole else None for record, whole in zip(told, is_document, strict=True)],
    }
    for name, column in values.items():
        at = held.schema.get_field_index(name)
        held = held.set_column(at, held.schema.field(at), pa.array(column, held.schema.field(at).type))
    return held


def originals_table(originals: Mapping[str, bytes]) -> pa.Table:
    """One row an original file, by the hash of its bytes."""
    return pa.table([list(originals), list(originals.values())], schema=ORIGINALS)


def chunk(row: Mapping[str, Any]) -> Chunk:
    """The chunk that a row with `CHUNK_COLUMNS` holds; a home of an earlier release has no `parallel`."""
    return Chunk(
        id=row["id"],
        document=row["document"],
        text=row["text"],
        start=row["start"],
        end=row["end"],
        page=row["page"],
        headings=tuple(row["headings"]),
        language=row["language"],
        kind=BlockKind(row["block"]),
        labels=frozenset(row["labels"]),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        parallel=tuple(row.get("parallel") or ()),
    )


def record(row: Mapping[str, Any]) -> Record:
    """The record in a document's row; a field that an older version did not write gets its default."""
    known = {field.name for field in dataclasses.fields(Record)}
    values = {name: value for name, value in json.loads(row["record"]).items() if name in known}
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    values |= {"status": Status(values["status"]), "labels": frozenset(values["labels"])}
    values |= {name: dt.date.fromisoformat(values[name]) for name in ("valid_from", "valid_until") if values.get(name)}
    return Record(**values | _described(values))


def _described(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record that say where it comes from and what its text says, each as its type."""
    said = (Said(**each | {"about": About(each["about"])}) for each in values.get("said", ()))
    taken = (Version(each["sha256"], dt.datetime.fromisoformat(each["taken"])) for each in values.get("history", ()))
    fetched, kind = values.get("fetched"), values.get("kind")
    return {
        "said": tuple(said),
        "history": tuple(taken),
        "fetched": dt.datetime.fromisoformat(fetched) if fetched else None,
        "kind": Kind(kind) if kind else None,
    }


def words(packed: bytes | None, start: int, end: int) -> tuple[Word, ...]:
    """The words of a document's row that lie in `[start:end)` of its text."""
    if not packed:
        return ()
    table = np.frombuffer(zlib.decompress(packed), "<i4").reshape(WORD_FIELDS, -1).cumsum(axis=1, dtype=np.int64)
    inside = table[:, (table[0] < end) & (table[1] > start)]
    return tuple(
        Word(first, last, page, (x0 / 10, y0 / 10, x1 / 10, y1 / 10), sure / 1000)
        for first, last, page, x0, y0, x1, y1, sure in inside.T.tolist()
    )


def _packed(held: Sequence[Word]) -> bytes | None:
    """Numbers only, a field after the other, each as its difference from the word before: about 10 bytes a word."""
    if not held:
        return None
    table = [(w.start, w.end, w.page, *(round(10 * side) for side in w.box), round(1000 * w.confidence)) for w in held]
    return zlib.compress(np.diff(np.array(table, "<i4").T, axis=1, prepend=0).astype("<i4").tobytes())


def matrix(vectors: pa.FixedSizeListArray) -> NDArray[np.float32]:
    """The vectors of a column without nulls, shape (rows, dimension)."""
    held: NDArray[np.float32] = vectors.flatten().to_numpy()
    return held.reshape(len(vectors), vectors.type.list_size)


def quoted(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def one_of(column: str, values: Iterable[str]) -> str:
    """SQL: the column holds one of the values."""
    return f"{column} IN ({', '.join(quoted(value) for value in values)})"


def inside(scope: Scope) -> str | None:
    """SQL: the row is inside the scope; None when every row is."""
    clauses = []
    if EVERYTHING not in scope.labels:
        labels = ", ".join(quoted(label) for label in sorted(scope.labels))
        clauses.append(f"array_has_any(labels, [{labels}])" if labels else "false")
    if scope.on is not None:
        day = f"date {quoted(scope.on.isoformat())}"
        clauses += [f"(valid_from IS NULL OR valid_from <= {day})", f"(valid_until IS NULL OR valid_until >= {day})"]
    return " AND ".join(clauses) or None


def _json(held: Record) -> str:
    return json.dumps(dataclasses.asdict(held), default=_plain, ensure_ascii=False)


def _document_row(holding: Holding) -> dict[str, Any]:
    held = holding.record
    return {
        "id": held.id,
        "kind": "document",
        "document": held.id,
        "labels": sorted(held.labels),
        "valid_from": held.valid_from,
        "valid_until": held.valid_until,
        "sha256": held.sha256 if holding.original is not None else None,
        "record": _json(held),
        "body": holding.text,
        "words": _packed(holding.words),
    }


def _chunk_row(passage: Passage) -> dict[str, Any]:
    held = passage.chunk
    return {
        "id": held.id,
        "kind": "chunk",
        "document": held.document,
        "labels": sorted(held.labels),
        "valid_from": held.valid_from,
        "valid_until": held.valid_until,
        "text": held.text,
        "start": held.start,
        "end": held.end,
        "page": held.page,
        "headings": list(held.headings),
        "language": held.language,
        "block": held.kind.value,
        "parallel": list(held.parallel) or None,
        "tokens": " ".join(passage.tokens) or None,
    }


def _vectors(documents: int, passages: Sequence[Passage], kind: pa.DataType) -> pa.Array:
    """Nulls for the document rows, then the vectors of the chunks."""
    nothing = pa.nulls(documents, kind)
    if not passages:
        return nothing
    flat = np.concatenate([np.asarray(passage.vector, np.float32) for passage in passages])
    held = pa.FixedSizeListArray.from_arrays(pa.array(flat, pa.float32()), kind.list_size)
    return pa.concat_arrays([nothing, held])


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a record cannot hold {value!r}")
