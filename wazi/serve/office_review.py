# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What waits for the staff: what readers say about answers, and questions without an answer, grouped by topic.

Only what the person holds every label of is there for them, in lists and counts. Groups come from the embedder: questions that
are near in sense stand together, whatever their language; it is a help to read, not a judgement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import FastAPI, Form, Request, Response

from wazi.desk import Desk
from wazi.serve.office_base import ROUTE, back, enter, room, state_of
from wazi.serve.web_feedback import REASONS
from wazi.state import feedback, unanswered
from wazi.state.unanswered import Unanswered

if TYPE_CHECKING:
    from wazi.types import Vector

FEEDBACK, QUESTIONS = "/office/feedback", "/office/questions"
SHOWN = 50
"""Rows of feedback on a page, the oldest first."""
GROUPED = 1000
"""Questions that are grouped, the newest; every one is compared with the first of each group."""
NEAR = 0.9
"""Cosine from which two questions are one topic: unlike questions of this encoder have .75 to .87."""

Text = Annotated[str, Form()]


def add(app: FastAPI, desk: Desk) -> None:
    """Put the pages into the application."""

    @app.get("/office", include_in_schema=False)
    def first(request: Request) -> Response:
        enter(request)
        return back(QUESTIONS, request)

    @app.get(FEEDBACK, **ROUTE)
    def waiting(request: Request) -> Response:
        caller, state = enter(request), state_of(request)
        labels = caller.reader.labels
        rows = feedback.queue(state, labels, status="new", limit=SHOWN)
        many = {status: feedback.count(state, labels, status=status) for status in feedback.STATUSES}
        return room("office_feedback.html", request, caller, rows=rows, many=many, reasons=REASONS)

    @app.post(FEEDBACK, **ROUTE)
    def judged(request: Request, id: Text = "", status: Text = "") -> Response:
        caller = enter(request)
        feedback.review(state_of(request), id, caller.reader.labels, status=status, by=caller.reader.name)
        return back(FEEDBACK, request, "done_saved")

    @app.get(QUESTIONS, **ROUTE)
    def open_questions(request: Request) -> Response:
        caller, state = enter(request), state_of(request)
        rows = unanswered.waiting(state, caller.reader.labels, limit=GROUPED)
        vectors = [desk.models.embedder.query(row.question) for row in rows]
        many = unanswered.count(state, caller.reader.labels)
        return room("office_questions.html", request, caller, groups=topics(rows, vectors), many=many)

    @app.post(QUESTIONS, **ROUTE)
    def closed(request: Request, id: Annotated[list[str] | None, Form()] = None) -> Response:
        caller = enter(request)
        for each in id or ():
            unanswered.close(state_of(request), each, caller.reader.labels, by=caller.reader.name)
        return back(QUESTIONS, request, "done_saved")


def topics(rows: Sequence[Unanswered], vectors: Sequence[Vector]) -> list[list[Unanswered]]:
    """Questions in groups, the largest first: each joins the group whose first question is nearest, if it is near enough."""
    groups: list[list[Unanswered]] = []
    firsts: list[Vector] = []
    for row, vector in zip(rows, vectors, strict=True):
        cosines = np.array(firsts) @ vector if firsts else np.zeros(0)
        if len(cosines) and cosines.max() >= NEAR:
            groups[int(cosines.argmax())].append(row)
        else:
            groups.append([row])
            firsts.append(vector)
    return sorted(groups, key=len, reverse=True)
