# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Models for tests, deterministic and honest: they need no weights and do not know any language.

The generator reads prompts in which sentences are lines like `[3] text` and the question is the last line that starts
with `Question:`. It can be told to misbehave, so that what guards against a bad model can be tested.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Generator as PyGenerator
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wazi.errors import MissingPart
from wazi.models import Reading, Stretch
from wazi.types import Usage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.types import Vector

Behaviour = Literal["point", "invent", "refuse", "stall", "stop", "leak"]

SENTENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
QUESTION = re.compile(r"^Question:(.*)$", re.MULTILINE)
WORD = re.compile(r"\w+")


class FakeGenerator:
    """Generator that points at the sentence sharing most words with the question, or misbehaves as told.

    `invent` writes a sentence that is not in its context; `refuse` says not answerable; `stall` says nothing until it is
    closed or `patience` seconds have passed (MissingPart); `stop` breaks off mid-word; `leak` repeats the system prompt.
    """

    name = "fake"

    def __init__(
        self,
        behaviour: Behaviour = "point",
        *,
        writes: frozenset[str] = frozenset(),
        marks: frozenset[str] = frozenset(),
        patience: float = 1.0,
    ) -> None:
        self.behaviour = behaviour
        self.writes, self.marks = writes, marks
        self.patience = patience

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> PyGenerator[str, None, Usage]:
        """Yield the words of one JSON value (with `leak`, of plain text); a word counts as a token."""
        if self.behaviour == "stall":
            yield from self._stall()
        text = self._text(messages)
        words = re.findall(r"\S+\s*", text)[:max_tokens]
        if self.behaviour == "stop":
            words = [text[: len(text) * 2 // 3]]
        yield from words
        tokens_in = sum(len(message["content"].split()) for message in messages)
        return Usage(tokens_in=tokens_in, tokens_out=len(words))

    def _text(self, messages: Sequence[Mapping[str, str]]) -> str:
        if self.behaviour == "leak":
            return next((m["content"] for m in messages if m["role"] == "system"), "")
        best = None if self.behaviour == "refuse" else _best(messages[-1]["content"])
        answer: dict[str, Any] = {"answerable": best is not None, "sentences": [] if best is None else [best]}
        if self.behaviour == "invent":
            answer = {
                "answerable": True,
                "sentences": [best or 1],
                "answer": "The office pays every caller 7431 dollars.",
            }
        return json.dumps(answer)

    def _stall(self) -> PyGenerator[str, None, None]:
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            yield ""
            time.sleep(0.01)
        raise MissingPart(f"model 'fake' said nothing for {self.patience} seconds: choose another behaviour")


def _best(prompt: str) -> int | None:
    """The number of the sentence sharing most words with the question, the first of equals; None if none shares one."""
    questions = QUESTION.findall(prompt)
    asked = _words(questions[-1]) if questions else set()
    shared = {int(number): len(asked & _words(text)) for number, text in SENTENCE.findall(prompt)}
    best = max(shared, key=lambda number: (shared[number], -number), default=None)
    return best if best is not None and shared[best] else None


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.casefold()))


class FakeReader:
    """Reader that takes the passage, and the sentence, sharing most words with the question: none -1.5, half 0, all 1.5."""

    name = "fake-reader"

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        named = parts or [()] * len(passages)
        return [self._read(question, text, own) for text, own in zip(passages, named, strict=True)]

    def odds(self, reading: Reading, *, cosine: float, overlap: float | None) -> float:
        return reading.margin

    def answerable(self, odds: float, *, lead: float | None) -> float:
        return odds

    def _read(self, question: str, text: str, parts: Sequence[tuple[int, int]]) -> Reading:
        asked = {word.casefold() for word in WORD.findall(question)}

        def margin(stretch: str) -> float:
            shared = asked & {word.casefold() for word in WORD.findall(stretch)}
            return 3.0 * (len(shared) / max(1, len(asked)) - 0.5)

        stretches = tuple(Stretch(margin(text[start:end]), start, end) for start, end in parts)
        best = max(stretches, default=Stretch(0.0, 0, len(text)), key=lambda each: each.margin)
        return Reading(best.start, best.end, margin(text), 0.0, margin(text), stretches)


class FakeEmbedder:
    """Embedder of hashed words: texts that share words are near; the same in every process."""

    name = "fake-embedder"
    version = "1"
    dimension = 384

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), 384), rows of length 1."""
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, 384), dtype=np.float32)

    def query(self, text: str) -> Vector:
        """Vector of a question, shape (384,), length 1."""
        vector: Vector = np.zeros(self.dimension, dtype=np.float32)
        for word in WORD.findall(text.casefold()) or [""]:
            vector[zlib.crc32(word.encode("utf-8", errors="replace")) % self.dimension] += 1
        normed: Vector = vector / np.linalg.norm(vector)
        return normed
