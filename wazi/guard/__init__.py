# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What is screened before it is used: questions at the counter, sentences in documents.

A question loses its control and bidirectional characters; one that is empty or too long is refused with the limit stated. A
sentence that gives orders to a machine is flagged, and is never offered as a quote. A question that tries to take the service
over is known by its orders, by its encoding, or by two signs of such texts. The patterns are few, written out and mostly
English: an order in other words passes here, which is why a model may only point at sentences and never gets a tool.
"""

from __future__ import annotations

import re
import unicodedata

from wazi.errors import UsageError

INJECTION = "injection"

_WORDING = (
    (
        ("ignore", "disregard", "forget", "override"),
        r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|other)\b"
        r".{0,30}\b(?:instruction|prompt|rule|document|text)s?\b",
    ),
    (
        ("ignore", "oublie", "ne tenez"),
        r"\b(?:ignore[zr]|oublie[zr]|ne tenez pas compte)\b.{0,40}\b(?:instruction|consigne|règle)s?\b",
    ),
    (("maagizo", "maelekezo"), r"\b(?:puuza|sahau)\b.{0,40}\b(?:maagizo|maelekezo)\b"),
    (
        ("you are now", "act as", "pretend to be"),
        r"\b(?:you are now|act as|pretend to be)\b.{0,60}\b(?:assistant|model|ai|chatbot|system)\b",
    ),
    (
        ("must", "should", "shall"),
        r"\b(?:ai|language model|assistant|chatbot)s?\b.{0,40}\b(?:must|should|shall)\b"
        r".{0,20}\b(?:answer|say|reply|tell|respond)\b",
    ),
    (
        ("prompt", "instructions"),
        r"\b(?:reveal|print|repeat|show)\b.{0,40}\b(?:system prompt|your instructions|hidden prompt)\b",
    ),
    (
        ("answer", "reply", "response", "message"),
        r"\b(?:add|include|integrate|modify|augment|enhance|replace|convert|substitute|rearrange|scramble|jumble|misspell"
        r"|remove|combine|group|introduce|render|anagram|use|suggest|provide)\b.{0,120}\byour (?:answer|reply|response|message)\b",
    ),
    (
        ("in your",),
        r"\bin your (?:answer|reply|response|message), (?:add|include|mention|suggest|tease|promote|say|write|use)\b",
    ),
    (
        ("answer", "reply", "response"),
        r"^(?:please )?provide your (?:answer|reply|response)\b",
    ),
    (
        ("instruction", "conversation"),
        r"\b(?:repeat|output|reveal|print|show|translate|encode|recite)\b.{0,60}"
        r"\b(?:(?:your|starting|initial|system) instructions|instructions you were given|(?:this|entire|whole) conversation)\b",
    ),
    (("prompt",), r"\bsystem ?prompt\b"),
    (("<",), r"<\|?(?:im_start|im_end|system|endoftext)\|?>"),
    (("تجاهل",), "تجاهل.{0,40}(?:التعليمات|الأوامر)"),
    (("নির্দেশ",), "(?:আগের|পূর্বের).{0,40}(?:নির্দেশ|নির্দেশনা).{0,30}(?:উপেক্ষা|ভুলে)"),
)
_ORDERS = tuple((near, re.compile(pattern)) for near, pattern in _WORDING)
"""Orders in lower case, each with the words of which one must be there: looking for those first spares most texts the pattern."""

_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"gpt\b|\bopenai\b|\bllms?\b|\bjailbreak|\ban ai\b|\blanguage model\b|\bchatbot\b",
        r"\b(?:act(?:ing)? as|you are (?:now|about to|going to)|role-?play|pretend(?:ing)? (?:to|you|that)|(?:in|break) character"
        r"|character (?:named|called)|from now on|personify|immerse yourself|(?:your|this) persona"
        r"|(?:fictional|hypothetical) (?:story|character|world|scenario|response))\b",
        r"\b(?:amoral|unfiltered|uncensored|unethical|immoral|nsfw|without (?:any )?(?:restrictions?|warnings?|limits?|filters?))\b",
        r"\b(?:never refuse|always (?:answer|respond|start)|refuse to (?:answer|respond|do)|disclaimers?|your (?:responses?|prompts?))\b",
    )
)
"""What texts that take a model over share: its names, a part to play, leave to do anything, how to reply. In English only, and of
several words where one alone is a word of another language: `ai`, `persona`, `pretende` are ordinary at a counter."""
SIGNS = 2
"""How many of them make an attack of a question. Length is none: people paste letters and laws."""
_ENCODED = re.compile(
    r"(?<!\S)(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[A-Za-z0-9+/]{24,}={0,2}(?!\S)|(?:\\x[0-9a-f]{2}){6,}"
    r"|(?=[.\-/\s]*(?:\.-|-\.))(?:[.\-/]{1,6}\s+){12,}|(?:\b[01]{8}\b\s*){4,}|(?=[0-9\s]*[0-9]?[a-fA-F])(?:\b[0-9a-fA-F]{2}\b\s+){8,}"
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
    flat = " ".join(text.lower().split())
    return any(order.search(flat) for near, order in _ORDERS if any(word in flat for word in near))


def is_attack(question: str) -> bool:
    """Whether a question tries to take the service over (orders, a part to play) or hides what it asks in an encoding."""
    if gives_orders(question) or _ENCODED.search(question):
        return True
    flat = " ".join(question.lower().split())
    return sum(sign.search(flat) is not None for sign in _SIGNS) >= SIGNS


def _visible(char: str) -> bool:
    """Zero-width joiners stay: Bengali, Khmer and Persian spell with them."""
    if char in "\n\r\t\f\v\u200b\u200c\u200d":
        return True
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
