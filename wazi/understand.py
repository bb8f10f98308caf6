# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A screened question -> Query: its language, the tokens to search for and its vector.

The asker's choice of language wins over the guess. Where there is a lexicon, the question is also searched in the words of
the other language. Stand-alone rewriting of a turn in a conversation is not done here yet.
"""

from __future__ import annotations

from wazi.desk import Desk
from wazi.languages import identify, lexicon
from wazi.types import Query


def understand(question: str, desk: Desk, *, language: str | None = None) -> Query:
    """Analyse and embed `question`; `language` is the asker's choice, None to have it identified."""
    chosen = language or identify.language(question, default=desk.settings.understand.language)
    held = desk.store.note("languages")
    return Query(
        text=question,
        language=chosen,
        tokens=lexicon.asked(question, chosen, desk.lexicons, None if held is None else held.split()),
        vector=desk.models.embedder.query(lexicon.as_read(question, chosen, desk.lexicons)),
    )
