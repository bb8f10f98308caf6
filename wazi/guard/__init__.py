# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What is screened before it is used: questions at the counter, sentences in documents.

A question loses its control and bidirectional characters; one that is empty or too long is refused with the limit stated. A
sentence that gives orders to a machine is flagged, and is never offered as a quote. The patterns are few and written out:
an order in other words passes here, which is why a model may only point at sentences and never gets a tool.
"""

from __future__ import annotations

import re
import unicodedata

from wazi.errors import UsageError

INJECTION = "injection"

_ORDERS = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|other)\b.{0,30}\b(?:instruction|prompt|rule|document|text)s?\b
  | \b(?:ignore[zr]|oublie[zr]|ne\ tenez\ pas\ compte)\b.{0,40}\b(?:instruction|consigne|règle)s?\b
  | \b(?:puuza|sahau)\b.{0,40}\b(?:maagizo|maelekezo)\b
  | \b(?:you\ are\ now|act\ as|pretend\ to\ be)\b.{0,60}\b(?:assistant|model|ai|chatbot|system)\b
  | \b(?:ai|language\ model|assistant|chatbot)s?\b.{0,40}\b(?:must|should|shall)\b.{0,20}\b(?:answer|say|reply|tell|respond)\b
  | \b(?:reveal|print|repeat|show)\b.{0,40}\b(?:system\ prompt|your\ instructions|hidden\ prompt)\b
  | <\|?(?:im_start|im_end|system|endoftext)\|?>
  | تجاهل.{0,40}(?:التعليمات|الأوامر)
  | (?:আগের|পূর্বের).{0,40}(?:নির্দেশ|নির্দেশনা).{0,30}(?:উপেক্ষা|ভুলে)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def screen_question(question: str, max_characters: int) -> str:
    """The question without control and bidirectional characters, trimmed. Raises UsageError if empty or too long."""
    if len(question) > max_characters:
        raise UsageError(f"the question has {len(question)} characters: at most {max_characters} can be asked at once")
    kept = "".join(" " if char in "\n\r\t\f\v" else char for char in question if _visible(char))
    trimmed = " ".join(kept.split())
    if not trimmed:
        raise UsageError("the question is empty: type it after the command, in quotation marks")
    return trimmed


def gives_orders(text: str) -> bool:
    """Whether a text tries to instruct a machine instead of informing a person."""
    return _ORDERS.search(text) is not None


def _visible(char: str) -> bool:
    """Zero-width joiners stay: Bengali, Khmer and Persian spell with them."""
    if char in "\n\r\t\f\v\u200b\u200c\u200d":
        return True
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
