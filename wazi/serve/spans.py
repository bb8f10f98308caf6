# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry spans of answers, by the conventions for generative AI: off by default, never a word of what was asked.

Nothing is sent from here: spans go to whatever exporter the process was started with, and nowhere without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wazi import __version__
from wazi.converse import Reply
from wazi.desk import QUOTE, Desk
from wazi.errors import MissingPart
from wazi.types import Answer

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer, TracerProvider

PROVIDER = "wazi"
HOLDINGS = "documents"

Marks = Sequence[tuple[str, int]]
"""Names of the steps in the order in which they began, with the time in nanoseconds since 1970."""


class Spans:
    """Reports each question as one span, with its retrieval and its generation inside."""

    def __init__(self, desk: Desk, provider: TracerProvider | None = None) -> None:
        try:
            from opentelemetry import trace
        except ModuleNotFoundError as error:
            raise MissingPart("[api] spans needs OpenTelemetry: type pip install 'wazi[spans]'") from error
        self._trace = trace
        self._tracer: Tracer = trace.get_tracer("wazi", __version__, provider)
        self._top_k = desk.settings.retrieve.k
        self._max_tokens = desk.settings.compose.max_tokens

    def question(self, outcome: Reply | BaseException, began: int, ended: int, steps: Marks) -> None:
        """Report one question after the fact; times in nanoseconds since 1970."""
        answer = outcome.answer if isinstance(outcome, Reply) else None
        told: dict[str, str | int] = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.provider.name": PROVIDER}
        if answer:
            told |= {
                "gen_ai.response.id": answer.id,
                "gen_ai.output.type": "text",
                "wazi.outcome": answer.outcome.value,
            }
        if isinstance(outcome, BaseException):
            told["error.type"] = type(outcome).__name__
        whole = self._tracer.start_span("invoke_workflow wazi", attributes=told, start_time=began)
        inside = self._trace.set_span_in_context(whole)
        for place, (name, start) in enumerate(steps):
            end = steps[place + 1][1] if place + 1 < len(steps) else ended
            for title, attributes in self._within(name, answer).items():
                self._tracer.start_span(title, inside, attributes=attributes, start_time=start).end(end)
        whole.end(ended)

    def _within(self, step: str, answer: Answer | None) -> Mapping[str, Mapping[str, str | int]]:
        """The span of a step, if it has one of its own: title and attributes."""
        if step == "retrieve":
            found = {"gen_ai.operation.name": "retrieval", "gen_ai.provider.name": PROVIDER}
            return {
                f"retrieval {HOLDINGS}": found
                | {"gen_ai.data_source.id": HOLDINGS, "gen_ai.request.top_k": self._top_k}
            }
        model = answer.models.get("generate") if answer else None
        if step != "compose" or answer is None or model in (None, QUOTE):
            return {}
        used: dict[str, str | int] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDER,
            "gen_ai.request.model": str(model),
            "gen_ai.response.model": str(model),
            "gen_ai.request.max_tokens": self._max_tokens,
            "gen_ai.usage.input_tokens": answer.meter.tokens_in,
            "gen_ai.usage.output_tokens": answer.meter.tokens_out,
        }
        return {f"chat {model}": used}
