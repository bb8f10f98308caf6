# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents for staff: the list, what was read of one, its original, new ones, deletion.

Staff see what their labels open, like every reader. They may delete what they hold every label of: others may read it under the
labels that they do not hold.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from wazi import access
from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.ingest import settle
from wazi.serve import office_base, office_upload
from wazi.serve.office_base import ROUTE, back, enter, room
from wazi.serve.office_upload import ADDRESS, FORM, Intake, Streamed
from wazi.serve.openai_files import filename
from wazi.serve.openai_kept import Shelf
from wazi.serve.web_source import held
from wazi.types import Reader, Record

log = logging.getLogger(__name__)

LIST = "/office/documents"
SHOWN = 200
"""Documents on one page of the list; the search narrows it."""
READ = 20_000
"""Characters of the stored text that a page shows."""


def add(app: FastAPI, desk: Desk) -> None:
    """Put the pages into the application."""
    app.add_middleware(Streamed)
    intake = Intake(desk)
    _add_list(app, desk)
    _add_upload(app, intake)
    _add_one(app, desk)


def found(records: Sequence[Record], words: str) -> list[Record]:
    """Those whose title or place holds all the words, whatever their case; as they stand where none is given."""
    wanted = words.casefold().split()
    return [each for each in records if all(word in f"{each.title} {each.source}".casefold() for word in wanted)]


def may_delete(record: Record, reader: Reader) -> bool:
    """Whether somebody holds every label of it."""
    return record.labels <= reader.labels


def delete(id: str, reader: Reader, desk: Desk) -> None:
    """Delete a document; nothing of it stays in the store. Raises HTTPException 404, UsageError, StoreError."""
    with desk.store.writing():
        record = desk.store.record(id, access.holdings_of(reader))
        if record is None:
            raise HTTPException(404, "there is no such document here")
        if not may_delete(record, reader):
            raise UsageError("you do not hold every label of this document: ask somebody who does")
        desk.store.apply([], delete=[id])
        settle(desk)
    Shelf(desk).prune()
    log.info("office.deleted", extra={"document": id, "by": reader.name})


def _add_list(app: FastAPI, desk: Desk) -> None:
    @app.get(LIST, **ROUTE)
    def documents(request: Request, q: str = "") -> Response:
        caller = enter(request)
        every = found(desk.store.records(access.holdings_of(caller.reader)), q)
        return room("office_documents.html", request, caller, records=every[:SHOWN], many=len(every), q=q, most=SHOWN)


def _add_upload(app: FastAPI, intake: Intake) -> None:
    def form(request: Request, **values: Any) -> Response:
        caller = enter(request)
        labels = caller.reader.labels
        shown: dict[str, Any] = {
            "jobs": intake.jobs(labels),
            "labels": sorted(labels),
            "megabytes": office_upload.BYTES >> 20,
        }
        return room("office_upload.html", request, caller, **shown | values)

    @app.get(ADDRESS, **ROUTE)
    def upload(request: Request) -> Response:
        return form(request)

    @app.post(ADDRESS, **ROUTE)
    def uploaded(request: Request) -> Response:
        caller = enter(request)
        sent: FormData | None = request.scope.get(FORM)
        if sent is None:
            raise UsageError("no files came: send the form again")
        labels = frozenset(str(each) for each in sent.getlist("label"))
        if not labels <= caller.reader.labels:
            raise UsageError("you can only choose among the labels that you hold")
        files = [each for each in sent.getlist("file") if isinstance(each, UploadFile) and each.filename]
        try:
            intake.add([(each.filename or "", each.file) for each in files], labels, caller.reader.name)
        except UsageError as error:
            return form(request, status=400, problem=str(error))
        return back(ADDRESS, request, "done_sent")


def _add_one(app: FastAPI, desk: Desk) -> None:
    @app.get(LIST + "/{document}", **ROUTE)
    def document(request: Request, document: str, page: int = 1) -> Response:
        caller = enter(request)
        scope = access.holdings_of(caller.reader)
        record = desk.store.record(document, scope)
        if record is None:
            raise HTTPException(404, "there is no such document here")
        text, number = desk.store.text(document, scope) or "", min(max(page, 1), len(record.page_starts) or 1)
        low, high = _span(record, text, number)
        values: dict[str, Any] = {"record": record, "number": number, "text": text[low : min(high, low + READ)]}
        values |= {"cut": high - low > READ, "may_delete": may_delete(record, caller.reader)}
        return room("office_document.html", request, caller, **values)

    @app.get(LIST + "/{document}/original", include_in_schema=False)
    def original(request: Request, document: str) -> Response:
        scope = access.holdings_of(enter(request).reader)
        record, _ = held(document, scope, desk)
        data = desk.store.original(document, scope)
        if data is None:
            raise HTTPException(404, "the original is not held")
        name = {"Content-Disposition": f"attachment; filename*=UTF-8''{office_base.quoted(filename(record))}"}
        return Response(data, media_type="application/octet-stream", headers=name)

    @app.post(LIST + "/{document}/delete", **ROUTE)
    def deleted(request: Request, document: str) -> Response:
        delete(document, enter(request).reader, desk)
        return back(LIST, request, "done_deleted")


def _span(record: Record, text: str, page: int) -> tuple[int, int]:
    """Where a 1-based page begins and ends in the text."""
    starts = (*record.page_starts, len(text)) if record.page_starts else (0, len(text))
    return starts[page - 1], starts[page]
