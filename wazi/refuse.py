# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The words a reader gets with each outcome, in the reader's language. The closed list itself is `types.Outcome`.

A refusal never tells of a document that the reader may not see: that one and one that is not there read the same. Of those that
the reader may see, it names the nearest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from wazi import access, guard
from wazi.desk import Desk
from wazi.errors import StoreError
from wazi.languages.messages import say
from wazi.types import Answer, Hit, Near, Outcome, Scope

log = logging.getLogger(__name__)

NEAREST = 3
"""Documents that are named where none answers."""


def reply(outcome: Outcome, *, id: str, question: str, language: str, nearest: tuple[Near, ...] = ()) -> Answer:
    """The answer that stands for a refusal, without claims."""
    text = say(outcome.value, language)
    return Answer(id=id, question=question, language=language, outcome=outcome, text=text, nearest=nearest)


def near(hits: Sequence[Hit], scope: Scope, desk: Desk) -> tuple[Near, ...]:
    """The best hits of the first NEAREST documents that are still open to the reader. A heading that gives orders is left out.

    None where the store fails: the refusal itself stands.
    """
    try:
        return tuple(_nearest(hits, scope, desk))
    except StoreError as error:
        log.warning("refuse.near", extra={"error": str(error)})
        return ()


def _nearest(hits: Sequence[Hit], scope: Scope, desk: Desk) -> Iterator[Near]:
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.chunk.document, hit)
    for document, hit in list(first.items())[:NEAREST]:
        record, chunk = desk.store.record(document, scope), hit.chunk
        heading = next(iter(chunk.headings[-1:]), "")
        if record and desk.store.fetch([chunk.id], scope):
            shown = "" if guard.gives_orders(heading) else heading
            yield Near(access.cited(record), chunk.page, shown, chunk.start, chunk.end, chunk.id)
