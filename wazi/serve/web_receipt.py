# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The page of a receipt, "explain this answer", and the same as JSON-LD. It does not say who asked.

Whoever has the number of a receipt and every label that its asker held may see it; for others there is none.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from wazi.errors import UsageError
from wazi.languages import messages
from wazi.receipts import Shown, show
from wazi.receipts_ld import described
from wazi.serve import openapi
from wazi.serve.counter import Counter
from wazi.serve.reply import Json
from wazi.serve.web_pages import language_of, page


def add(app: FastAPI, counter: Counter) -> None:
    """Put both into the application."""

    def shown(request: Request, id: str) -> Shown:
        try:
            return replace(show(id, counter.reader(request), counter.desk), reader=None)
        except UsageError as error:
            raise HTTPException(404, str(error)) from error

    @app.get("/receipts/{id}", include_in_schema=False, response_class=HTMLResponse)
    def explained(request: Request, id: str, lang: str = "") -> HTMLResponse:
        found, language = shown(request, id), language_of(request, lang)
        told = found.receipt
        outcome = messages.say(told["outcome"], language, languages="")
        receipt = {"wazi": None, **told, "meter": {"seconds": 0, "joules": 0, "usd": 0, **told["meter"]}}
        return page("receipt.html", request, language, shown=found, receipt=receipt, outcome=outcome)

    @app.get(
        "/api/receipts/{id}",
        summary="What an answer rests on, as JSON-LD",
        tags=["ask"],
        operation_id="receipt",
        responses=openapi.failures(404),
    )
    def receipt(request: Request, id: str) -> Json:
        return Json(described(shown(request, id)))
