# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`/v1/vector_stores/{id}/search`: passages by words and by sense under the reader's rights, with filters on what is known of them.

Rights are the store's to keep, filters are kept here: the search goes deeper until enough passages pass, up to `DEEPEST`.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

from fastapi import FastAPI, Request
from pydantic import ConfigDict, Field

from wazi import access
from wazi.desk import Desk
from wazi.guard import screen_question
from wazi.retrieve import retrieve
from wazi.serve import openapi
from wazi.serve.counter import Counter
from wazi.serve.errors import ApiError
from wazi.serve.openai_files import filename, known
from wazi.serve.openai_words import HOLDINGS, Extension, Lenient
from wazi.serve.reply import Json
from wazi.types import Hit, Reader, Record, Scope
from wazi.understand import understand

DEEPEST = 10_000
"""Passages looked at under filters."""

NESTED = 8
"""Filters inside filters."""

Value = str | float | bool
Attributes = dict[str, Value]

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
KEYS = (
    "chunk",
    "file_id",
    "filename",
    "title",
    "language",
    "page",
    "start",
    "end",
    "kind",
    "jurisdiction",
    "publisher",
    "licence",
    "valid_from",
    "valid_until",
)
"""What is known of a passage: the attributes of a result, and what filters may name. Not its BM25: that counts the words of
documents that the reader may not see."""

Ranked = tuple[float, dict[str, Any]]
"""A result with what orders it."""


class Filter(Lenient):
    """A comparison of one attribute, or several filters joined by `and` or `or`."""

    type: Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "and", "or"]
    key: str | None = Field(None, description="an attribute of a result; dates are texts like 2026-01-31")
    value: Value | list[Value] | None = Field(None, description="a list for `in` and `nin`")
    filters: list[Filter] | None = Field(None, description="for `and` and `or`")


class Ranking(Lenient):
    """How results are cut."""

    score_threshold: float = Field(0.0, ge=0, le=1, description="results below are left out")


class SearchRequest(Lenient):
    """What is read of a search."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "market stall fee", "max_num_results": 3}]})

    query: str | list[str] = Field(description="a question, or several")
    max_num_results: int = Field(10, ge=1, le=50)
    filters: Filter | None = None
    ranking_options: Ranking | None = None
    wazi: Extension = Extension()


def add(app: FastAPI, counter: Counter) -> None:
    """Put the route into the application."""

    @app.post(
        "/v1/vector_stores/{vector_store_id}/search",
        summary=f"Passages for a question; the one vector store is `{HOLDINGS}`",
        tags=["openai"],
        operation_id="searchVectorStore",
        responses=openapi.failures(400, 404, 503),
    )
    def search(vector_store_id: str, body: SearchRequest, request: Request) -> Json:
        known(vector_store_id)
        queries = [body.query] if isinstance(body.query, str) else body.query
        if not 1 <= len(queries) <= 4:
            raise ApiError(f"query: {len(queries)} queries: send one to four", param="query")
        _check(body.filters)
        reader = counter.reader(request, body.wazi.lang)
        with counter.place():
            found = _found(queries, body, reader, counter.desk)
        return Json(
            {
                "object": "vector_store.search_results.page",
                "search_query": queries,
                "data": found,
                "has_more": False,
                "next_page": None,
            }
        )


def _found(queries: list[str], body: SearchRequest, reader: Reader, desk: Desk) -> list[dict[str, Any]]:
    """The results of all queries, best first; a passage that several find counts with its best score."""
    scope = access.filter_for(reader, body.wazi.on)
    best: dict[str, Ranked] = {}
    for query in queries:
        for found in _one(query, body, scope, reader.language, desk):
            name = found[1]["attributes"]["chunk"]
            best[name] = max(best.get(name, found), found, key=lambda each: each[0])
    floor = body.ranking_options.score_threshold if body.ranking_options else 0.0
    ordered = [row for _, row in sorted(best.values(), key=lambda each: -each[0])]
    return [row for row in ordered if row["score"] >= floor][: body.max_num_results]


def _one(text: str, body: SearchRequest, scope: Scope, language: str | None, desk: Desk) -> list[Ranked]:
    text = screen_question(text, desk.settings.understand.max_characters)
    query = understand(text, desk, language=language)
    depth = body.max_num_results
    while True:
        hits = retrieve(query, scope, desk, k=depth)
        rows = _rows(hits, body.filters, scope, desk)
        if body.filters is None or len(rows) >= body.max_num_results or len(hits) < depth or depth >= DEEPEST:
            return rows[: body.max_num_results]
        depth = min(depth * 10, DEEPEST)


def _rows(hits: list[Hit], wanted: Filter | None, scope: Scope, desk: Desk) -> list[Ranked]:
    records: dict[str, Record | None] = {}
    rows = []
    for hit in hits:
        document = hit.chunk.document
        if document not in records:
            records[document] = desk.store.record(document, scope)
        record = records[document]
        if record and _passes(attributes := _attributes(hit, record), wanted):
            rows.append((hit.score, _row(hit, record, attributes)))
    return rows


def _row(hit: Hit, record: Record, attributes: Attributes) -> dict[str, Any]:
    return {
        "file_id": record.id,
        "filename": filename(record),
        "score": round(min(max(hit.dense, 0.0), 1.0), 6),
        "attributes": attributes,
        "content": [{"type": "text", "text": hit.chunk.text}],
    }


def _attributes(hit: Hit, record: Record) -> Attributes:
    """What is known of a passage, without what is not."""
    chunk = hit.chunk
    values = (
        chunk.id,
        record.id,
        filename(record),
        record.title,
        chunk.language,
        chunk.page,
        chunk.start,
        chunk.end,
        record.kind.value if record.kind else None,
        record.jurisdiction,
        record.publisher,
        record.licence,
        _day(record.valid_from),
        _day(record.valid_until),
    )
    return {key: value for key, value in zip(KEYS, values, strict=True) if value is not None}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _check(wanted: Filter | None, depth: int = 1) -> None:
    """Raises ApiError for a filter that means nothing."""
    if wanted is None:
        return
    if depth > NESTED:
        raise ApiError(f"filters: more than {NESTED} inside each other", param="filters")
    if wanted.type in ("and", "or"):
        if not wanted.filters:
            raise ApiError(f"filters: {wanted.type!r} needs filters", param="filters")
        for inner in wanted.filters:
            _check(inner, depth + 1)
        return
    if wanted.key not in KEYS:
        raise ApiError(f"filters: nothing is known as {wanted.key!r}: use one of {', '.join(KEYS)}", param="filters")
    if isinstance(wanted.value, list) != (wanted.type in ("in", "nin")) or wanted.value is None:
        raise ApiError("filters: `in` and `nin` need a list as value, all others a single one", param="filters")


def _passes(attributes: Attributes, wanted: Filter | None) -> bool:
    """Whether a passage passes. What is not known of it equals nothing and is neither more nor less."""
    if wanted is None:
        return True
    if wanted.type in ("and", "or"):
        joined = all if wanted.type == "and" else any
        return joined(_passes(attributes, inner) for inner in wanted.filters or ())
    held, value = attributes.get(wanted.key or ""), wanted.value
    if isinstance(value, list):
        return (held in value) == (wanted.type == "in")
    if held is None or isinstance(held, str) != isinstance(value, str):
        return wanted.type == "ne"
    return COMPARE[wanted.type](held, value)
