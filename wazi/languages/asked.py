# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What measure a question asks for, and whether a text holds one of that kind: how long a time, how much money.

How somebody asks is data of the language (`how_long`, `how_much`, `free` in `rules.toml`), units are in `units.toml`. A number in
words counts by the unit behind it ("seven days"). It does not know whether the measure is that of the thing asked about.
"""

from __future__ import annotations

import re

from wazi.languages import quantities, rules

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")

TIME = frozenset({"minute", "hour", "day", "week", "month", "year"})
MONEY = frozenset({"money", "percent"})

_KINDS = (("how_long", TIME), ("how_much", MONEY))


def measure(question: str, language: str) -> frozenset[str]:
    """The units of the measure that is asked for, empty where none is, or both."""
    found = [units for kind, units in _KINDS if rules.has(kind, question, language)]
    return found[0] if len(found) == 1 else frozenset()


def holds(text: str, language: str, units: frozenset[str]) -> bool:
    """Whether one of these units is in the text. "From 1971 to 1979" says how long too; a number without a unit that is listed
    says how much, and so do words for nothing to pay."""
    if quantities.units_in(text) & units:
        return True
    if units != MONEY:
        return _YEAR.search(text) is not None
    bare = any(not each.unit or each.unit.startswith("~") for each in quantities.found(text, language))
    return bare or rules.has("free", text, language)
