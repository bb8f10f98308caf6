# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A screened question -> Query: its language, the tokens to search for and its vectors.

The asker's choice of language wins over the guess. Where there is a lexicon, the question is also searched in the words of
the other language, and for passages in that language its vector leans towards those words
(`docs/adr/0014-a-question-read-twice.md`). Of a turn that was made to stand alone (`words of earlier turns › question`,
see `converse`), the words in front count less than the question (`docs/adr/0020-a-turn-and-the-words-before-it.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wazi.desk import Desk, Models
from wazi.languages import identify, lexicon, turns
from wazi.types import Query

if TYPE_CHECKING:
    from wazi.types import Vector

GLOSS_SHARE = 1 / 3
"""Of a gloss in a vector that leans towards another language; a fifth to a half is as good (ADR 14)."""


TURN_WORDS = 0.5
"""What a word of an earlier turn counts beside one of the question; a quarter to one was tried (ADR 20)."""

TURN_SENSE = 0.25
"""Share of the vector of the whole, words of earlier turns and question, in the question's."""


def understand(question: str, desk: Desk, *, language: str | None = None) -> Query:
    """Analyse and embed `question`; `language` is the asker's choice, None to have it identified."""
    chosen = language or identify.language(question, default=desk.settings.understand.language)
    noted = desk.store.note("languages")
    held = None if noted is None else noted.split()
    before, own = turns.parted(question)
    vector = desk.models.question(lexicon.as_read(own, chosen, desk.lexicons))
    tokens = lexicon.asked(own, chosen, desk.lexicons, held)
    if before:
        whole = desk.models.question(lexicon.as_read(question, chosen, desk.lexicons))
        vector = _between(vector, whole, TURN_SENSE)
        fainter = {token: TURN_WORDS * n for token, n in lexicon.asked(before, chosen, desk.lexicons, held).items()}
        tokens = {**fainter, **tokens}
    glosses = lexicon.read_across(question, chosen, desk.lexicons, held)
    return Query(
        text=question,
        language=chosen,
        tokens=tokens,
        vector=vector,
        across=_leaning(vector, glosses, desk.models),
    )


def _leaning(vector: Vector, glosses: Mapping[str, str], models: Models) -> dict[str, Vector]:
    """The vector of the question itself and that of each gloss, one vector for equal glosses."""
    made: dict[str, Vector] = {}
    for gloss in dict.fromkeys(glosses.values()):
        made[gloss] = _between(vector, models.question(gloss), GLOSS_SHARE)
    return {language: made[gloss] for language, gloss in glosses.items()}


def _between(vector: Vector, other: Vector, share: float) -> Vector:
    """The vector of length 1 that leans towards `other` by `share`."""
    both: Vector = (1 - share) * vector + share * other
    return both / np.linalg.norm(both)
