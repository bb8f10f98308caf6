# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A screened question -> Query: its language, the tokens to search for and its vectors.

The asker's choice of language wins over the guess. Where there is a lexicon, the question is also searched in the words of
the other language, and for passages in that language its vector leans towards those words
(`docs/adr/0014-a-question-read-twice.md`). Stand-alone rewriting of a turn in a conversation is not done here yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wazi.desk import Desk
from wazi.languages import identify, lexicon
from wazi.types import Query

if TYPE_CHECKING:
    from wazi.models import Embedder
    from wazi.types import Vector

GLOSS_SHARE = 1 / 3
"""Of a gloss in a vector that leans towards another language; a fifth to a half is as good (ADR 14)."""


def understand(question: str, desk: Desk, *, language: str | None = None) -> Query:
    """Analyse and embed `question`; `language` is the asker's choice, None to have it identified."""
    chosen = language or identify.language(question, default=desk.settings.understand.language)
    noted = desk.store.note("languages")
    held = None if noted is None else noted.split()
    vector = desk.models.embedder.query(lexicon.as_read(question, chosen, desk.lexicons))
    glosses = lexicon.read_across(question, chosen, desk.lexicons, held)
    return Query(
        text=question,
        language=chosen,
        tokens=lexicon.asked(question, chosen, desk.lexicons, held),
        vector=vector,
        across=_leaning(vector, glosses, desk.models.embedder),
    )


def _leaning(vector: Vector, glosses: Mapping[str, str], embedder: Embedder) -> dict[str, Vector]:
    """The vector of the question itself and that of each gloss, one vector for equal glosses."""
    made: dict[str, Vector] = {}
    for gloss in dict.fromkeys(glosses.values()):
        both = (1 - GLOSS_SHARE) * vector + GLOSS_SHARE * embedder.query(gloss)
        made[gloss] = both / np.linalg.norm(both)
    return {language: made[gloss] for language, gloss in glosses.items()}
