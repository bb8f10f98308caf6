# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How a sentence opens -> whether it restricts the one before ("However, ...") or cannot be read without it ("This ...").

The phrases are data of each language (`restricting` and `referring` in `languages.toml`). A restriction inside a sentence
stays with its sentence anyway. It does not know what a pronoun stands for.
"""

from __future__ import annotations

import re
from functools import cache

from wazi.languages import UNSPACED, Language, find

_BEFORE = r"[\s\W\d]*(?:\(?[a-z]\)\s*)?"
"""What may stand before the first word: quotation marks, the mark of a list item."""


def restricts(text: str, language: str) -> bool:
    """Whether a sentence opens as an exception to the one before, or as a condition of it."""
    return _opens(text, language, "restricting")


def leans(text: str, language: str) -> bool:
    """Whether a sentence opens with a word that the one before explains, or restricts that one."""
    return restricts(text, language) or _opens(text, language, "referring")


def _opens(text: str, language: str, kind: str) -> bool:
    row = find(language)
    pattern = _pattern(row, kind) if row else None
    return pattern is not None and pattern.match(text[:80].casefold()) is not None


@cache
def _pattern(row: Language, kind: str) -> re.Pattern[str] | None:
    phrases = sorted(getattr(row, kind), key=len, reverse=True)
    if not phrases:
        return None
    told = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases)
    return re.compile(f"{_BEFORE}(?:{told})" + ("" if row.script in UNSPACED else r"(?!\w)"))
