# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The words a reader gets with each outcome, in the reader's language. The closed list itself is `types.Outcome`.

A refusal never says which documents exist: one that the reader may not see and one that is not there read the same.
"""

from __future__ import annotations

from wazi.languages.messages import say
from wazi.types import Answer, Outcome


def reply(outcome: Outcome, *, id: str, question: str, language: str) -> Answer:
    """The answer that stands for a refusal, without claims."""
    return Answer(id=id, question=question, language=language, outcome=outcome, text=say(outcome.value, language))
