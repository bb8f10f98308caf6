# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a keeper watches: requests, answers by outcome, tokens, joules, questions in hand; as Prometheus reads it.

Nothing here tells what was asked, by whom, or what is held: labels are routes, methods, statuses, outcomes and models. Nothing is
sent anywhere; somebody has to come and read it.
"""

from __future__ import annotations

import time

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wazi.converse import Reply

ASKED_BACK = "asked_back"
"""In place of an outcome where the asker has to choose a reading first."""

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
"""Upper ends of the buckets of both histograms."""


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter("wazi_requests", "Requests", ("route", "method", "status"), registry=registry)
        self.request_seconds = Histogram(
            "wazi_request_seconds", "Until the last byte of a reply", ("route",), buckets=SECONDS, registry=registry
        )
        self.answers = Counter("wazi_answers", "Answers", ("outcome", "model"), registry=registry)
        self.answer_seconds = Histogram(
            "wazi_answer_seconds", "From question to answer", ("model",), buckets=SECONDS, registry=registry
        )
        self.tokens = Counter("wazi_tokens", "Tokens of the generator", ("direction",), registry=registry)
        self.joules = Counter("wazi_joules", "Joules of all answers, by the meter's method", registry=registry)
        self.stopped = Counter("wazi_stopped", "Answers ended because nobody waited any more", registry=registry)
        self.in_hand = Gauge("wazi_questions_in_hand", "Questions being answered or waiting", registry=registry)

    def answered(self, reply: Reply) -> None:
        """Count one reply."""
        answer = reply.answer
        if answer is None:
            self.answers.labels(ASKED_BACK, "none").inc()
            return
        model = answer.models.get("generate") or "none"
        self.answers.labels(answer.outcome.value, model).inc()
        self.answer_seconds.labels(model).observe(answer.meter.seconds)
        self.tokens.labels("in").inc(answer.meter.tokens_in)
        self.tokens.labels("out").inc(answer.meter.tokens_out)
        self.joules.inc(answer.meter.joules)

    def add(self, app: FastAPI) -> None:
        """Put the page into the application."""

        @app.get("/metrics", summary="Counters for Prometheus", tags=["health"], response_class=Response)
        def metrics() -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)


class Measured:
    """Middleware: counts and times every request under the route that served it, never under its address."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), "none"

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in ("GET", "POST", "DELETE", "HEAD") else "other"
            self.metrics.requests.labels(route, method, status).inc()
            self.metrics.request_seconds.labels(route).observe(time.perf_counter() - began)
