# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`/v1/files` and `/v1/vector_stores`: what the reader may open, and search without an answer. Read only.

There is one vector store, all that is held. Documents come in by `wazi ingest`; nothing is taken in or erased here.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote as url_quote

from fastapi import FastAPI, Query, Request, Response

from wazi import access
from wazi.desk import Desk
from wazi.serve import openapi
from wazi.serve.counter import Counter
from wazi.serve.errors import ApiError
from wazi.serve.openai_words import HOLDINGS
from wazi.serve.reply import Json
from wazi.types import Reader, Record, Status

MOST = 10_000
"""Files in one list at most, as that protocol has it."""

CLOSED = "documents are taken in and erased by their keeper (wazi ingest), not over this address"


def filename(record: Record) -> str:
    """The last part of where a document comes from: never a folder of this server."""
    return PurePath(record.address or record.source).name or record.title


def file(record: Record) -> dict[str, Any]:
    """A document as a file of that protocol. `created_at` is when it was taken in, 0 where that is not known."""
    taken = record.history[-1].taken if record.history else record.fetched
    return {
        "id": record.id,
        "object": "file",
        "bytes": record.bytes,
        "created_at": int(taken.timestamp()) if taken else 0,
        "filename": filename(record),
        "purpose": "assistants",
        "status": "error" if record.status is Status.FAILED else "processed",
    }


def _store(desk: Desk, reader: Reader) -> dict[str, Any]:
    """The vector store, counted over what this reader may open."""
    records = desk.store.records(access.holdings_of(reader))
    failed = sum(record.status is Status.FAILED for record in records)
    counts = {"in_progress": 0, "completed": len(records) - failed, "failed": failed, "cancelled": 0}
    return {
        "id": HOLDINGS,
        "object": "vector_store",
        "created_at": 0,
        "name": "all that is held",
        "usage_bytes": sum(record.bytes for record in records),
        "file_counts": counts | {"total": len(records)},
        "status": "completed",
        "metadata": {},
    }


def page(rows: list[dict[str, Any]], *, limit: int, after: str | None) -> dict[str, Any]:
    """One page of a list, from behind the row with the id `after`. Raises ApiError when there is none."""
    ids = [row["id"] for row in rows]
    if after is not None and after not in ids:
        raise ApiError(f"after: there is no {after!r} in this list: begin again without it", param="after")
    start = ids.index(after) + 1 if after is not None else 0
    shown = rows[start : start + limit]
    ends = {"first_id": shown[0]["id"] if shown else None, "last_id": shown[-1]["id"] if shown else None}
    return {"object": "list", "data": shown, "has_more": start + limit < len(rows)} | ends


def add(app: FastAPI, counter: Counter) -> None:
    """Put the routes into the application."""
    _add_files(app, counter)
    _add_stores(app, counter)
    _add_closed(app)


def _record(desk: Desk, id: str, reader: Reader) -> Record:
    record = desk.store.record(id, access.holdings_of(reader))
    if record is None:
        raise ApiError(f"there is no file {id!r} here", status=404, code="not_found", param="file_id")
    return record


def _add_files(app: FastAPI, counter: Counter) -> None:
    desk, failures = counter.desk, openapi.failures

    @app.get(
        "/v1/files",
        summary="The documents this reader may open",
        tags=["openai"],
        operation_id="listFiles",
        responses=failures(400),
    )
    def files(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        after: str | None = None,
        order: Literal["asc", "desc"] = "asc",
        purpose: str | None = None,
    ) -> Json:
        records = desk.store.records(access.holdings_of(counter.reader(request)))
        rows = [file(record) for record in records if purpose in (None, "assistants")]
        return Json(page(rows[::-1] if order == "desc" else rows, limit=limit, after=after))

    @app.get(
        "/v1/files/{file_id}",
        summary="One document",
        tags=["openai"],
        operation_id="retrieveFile",
        responses=failures(404),
    )
    def one(file_id: str, request: Request) -> Json:
        return Json(file(_record(desk, file_id, counter.reader(request))))

    @app.get(
        "/v1/files/{file_id}/content",
        summary="The original bytes of a document",
        tags=["openai"],
        operation_id="downloadFile",
        response_class=Response,
        responses=failures(404),
    )
    def content(file_id: str, request: Request) -> Response:
        reader = counter.reader(request)
        record = _record(desk, file_id, reader)
        data = desk.store.original(file_id, access.holdings_of(reader))
        if data is None:
            raise ApiError(f"the original of {file_id!r} is not held", status=404, code="not_found", param="file_id")
        name = {"Content-Disposition": f"attachment; filename*=UTF-8''{url_quote(filename(record))}"}
        return Response(data, media_type="application/octet-stream", headers=name)


def _add_stores(app: FastAPI, counter: Counter) -> None:
    desk, failures = counter.desk, openapi.failures

    @app.get("/v1/vector_stores", summary="The one vector store", tags=["openai"], operation_id="listVectorStores")
    def stores(request: Request) -> Json:
        return Json(page([_store(desk, counter.reader(request))], limit=1, after=None))

    @app.get(
        "/v1/vector_stores/{vector_store_id}",
        summary="What this reader may search",
        tags=["openai"],
        operation_id="getVectorStore",
        responses=failures(404),
    )
    def store(vector_store_id: str, request: Request) -> Json:
        known(vector_store_id)
        return Json(_store(desk, counter.reader(request)))


def known(vector_store_id: str) -> None:
    """Raises ApiError for any vector store but the one."""
    if vector_store_id != HOLDINGS:
        said = f"there is no vector store {vector_store_id!r} here: the only one is {HOLDINGS!r}"
        raise ApiError(said, status=404, code="not_found", param="vector_store_id")


def _add_closed(app: FastAPI) -> None:
    """What the protocol's clients may try, with words instead of a bare refusal."""

    def closed() -> None:
        raise ApiError(CLOSED, status=403, code="not_permitted")

    for method, path in (
        ("POST", "/v1/files"),
        ("DELETE", "/v1/files/{file_id}"),
        ("POST", "/v1/vector_stores"),
        ("POST", "/v1/vector_stores/{vector_store_id}"),
        ("DELETE", "/v1/vector_stores/{vector_store_id}"),
        ("POST", "/v1/vector_stores/{vector_store_id}/files"),
    ):
        app.add_api_route(path, closed, methods=[method], include_in_schema=False)
