# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""An answer as lines for a person at the shell. It knows nothing of how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wazi.languages import messages
from wazi.types import Answer, Outcome

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.converse import Understood


def choices(read: Understood, terminal: Terminal) -> None:
    """The readings of a turn of a conversation, each with the question to type."""
    terminal.line("this can be read in two ways; ask again with the one you mean:")
    for number, reading in enumerate(read.readings, start=1):
        title = reading.document.title if reading.document else ""
        terminal.line(f'{number}. wazi ask "{reading.question}"   ({title})')


def _nearest(answer: Answer, terminal: Terminal) -> None:
    if answer.nearest:
        terminal.line(messages.say("nearest_label", answer.language))
    for near in answer.nearest:
        page = f", page {near.page}" if near.page else ""
        heading = f", {near.heading}" if near.heading else ""
        terminal.line(f"   — {near.document.title}{page}{heading}  [{near.document.source}]")


def answer(given: Answer, terminal: Terminal) -> None:
    """The answer, each quote with its document and place, or the refusal with what is nearest; and the cost."""
    if not given.claims:
        terminal.line(given.text)
        _nearest(given, terminal)
    elif given.outcome is not Outcome.ANSWERED:
        terminal.line(messages.say(given.outcome.value, given.language))
    for claim in given.claims:
        terminal.line(f"{claim.text}")
        for quote in claim.quotes:
            page = f", page {quote.page}" if quote.page else ""
            if quote.text != claim.text:
                terminal.line(f"   “{quote.text}”")
            terminal.line(
                f"   — {quote.document.title}{page}  [{quote.document.source}, characters {quote.start}-{quote.end}]"
            )
            if not quote.document.in_force:
                document = quote.document
                terminal.line(f"     {messages.standing(document.valid_from, document.valid_until, given.language)}")
    cost = given.meter
    terminal.line(
        f"({given.outcome.value}; {cost.seconds:.2f} s, {cost.joules:.1f} J {cost.joules_method}; receipt {given.id})"
    )
