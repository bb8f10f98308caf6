# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the office keeps beside its documents: people, keys, sessions, feedback, cards, questions without an answer.

`open_state` gives a `State`; the functions of `people`, `keys`, `sessions`, `tries`, `feedback`, `cards` and `unanswered`
take it first and return small frozen values. Nothing of the database leaves this folder. It does not know HTTP.
"""

from __future__ import annotations

from wazi.state.database import State, open_state

__all__ = ["State", "open_state"]
