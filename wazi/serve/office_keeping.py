# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The second half of the office: documents, sources, receipts, figures, people, keys, the switch, administration."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from wazi.desk import Desk
from wazi.serve import (
    office_admin,
    office_documents,
    office_figures,
    office_people,
    office_reader,
    office_receipts,
    office_sources,
    office_switch,
)
from wazi.serve.auth import Door
from wazi.serve.office_base import ROUTE, back, enter


def add(app: FastAPI, desk: Desk, door: Door) -> None:
    """Put its pages into an application that has people, and the switch in front of everything that answers."""

    @app.get("/office", **ROUTE)
    def office(request: Request) -> Response:
        enter(request)
        return back(office_documents.LIST, request)

    office_documents.add(app, desk)
    office_reader.add(app, desk)
    office_receipts.add(app, desk)
    office_figures.add(app, desk)
    office_sources.add(app, desk)
    office_people.add(app, desk.audit)
    office_admin.add(app, desk)
    office_switch.add(app, door.state)
