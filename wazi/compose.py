# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Hits -> Draft: which sentences answer the question.

Two modes. `quote`: no generator; the sentences nearest to the question in words and in sense, verbatim. With a generator: the
model gets the best of them numbered and points at some (it is good at that, and cannot misspell what it does not retype); where the
catalogue says that it does it well in the question's language, it also copies the words of the sentence that are the answer,
which count if they stand there, or writes a sentence, which `verify` then checks. When the
model refuses, breaks off or points nowhere, the quote stands in, and the draft says why.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Generator as Pieces
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wazi import guard, prompts
from wazi.conditions import with_conditions
from wazi.desk import QUOTE, Desk
from wazi.evidence import Ranked, Sentence, choose
from wazi.languages import analyse, asked, quantities, rules, sentences
from wazi.models import Generator
from wazi.types import BlockKind, Composing, Draft, DraftClaim, Event, Hit, Query, Span, Usage

Task = Literal["point", "mark", "write"]
"""What a generator is asked for beside its verdict: sentences, the words in them, or a sentence of its own."""
SAID: dict[str, str] = {"mark": "words", "write": "answer"}
"""Where its reply holds them."""
SENSED = 8
"""Sentences whose vectors are compared, the best by words: about one passage's worth of work for the embedder."""
READ_WEIGHT = 0.5
"""Of the log odds by the reader, beside the sums of z-scores."""
SURE = 8.0
"""Log odds beyond which nothing gets likelier."""
IN_RANGE = 2.0
"""What a range that holds the asked number is worth beside the sums of z-scores, and a measure of the kind asked for."""
SENSE_CHARACTERS = 400
"""Of a sentence and its heading, from which its sense is taken; the words are compared in full."""


def compose(query: Query, hits: Sequence[Hit], desk: Desk, *, model: str) -> Pieces[Event, None, Draft]:
    """Choose the sentences that answer; yields each claim as it is known. `model` is `quote` or a generator's name."""
    offered = [sentence for hit in hits for sentence in split(hit)]
    ranked = rank(query, offered, desk)
    shown = choose(query, ranked, offered, desk.settings.compose.sentences)
    if rules.decides(query.text, query.language):
        shown = with_conditions(query, shown, ranked, offered)
    quoted = Draft(tuple(_verbatim(sentence) for sentence in shown), QUOTE)
    draft = quoted if model == QUOTE or not ranked else _pointed(query, ranked, quoted, desk, model)
    for claim in draft.claims:
        yield Composing(claim.text)
    return draft


def split(hit: Hit) -> list[Sentence]:
    """The sentences of a hit that may be quoted, or the row of a table: not those that give orders to machines."""
    chunk = hit.chunk
    whole = chunk.kind is BlockKind.TABLE_ROW
    found = []
    for start, end in [(0, len(chunk.text))] if whole else sentences.split(chunk.text, chunk.language):
        text = chunk.text[start:end]
        if not guard.gives_orders(text):
            found.append(Sentence(text, Span(chunk.id, chunk.start + start, chunk.start + end), hit))
    return found


def _verbatim(sentence: Sentence) -> DraftClaim:
    return DraftClaim(sentence.text, (sentence.span,), verbatim=True)


def rank(query: Query, offered: Sequence[Sentence], desk: Desk) -> list[Ranked]:
    """Sentences with their scores, best first: shared telling words, nearness of sense, and the rank of their hit."""
    told = [sentence for sentence in offered if not _asks(sentence.text)] or list(offered)
    if not told:
        return []
    found = np.array([sentence.hit.score for sentence in told])
    words = _z(_shared(query, told)) + 0.5 * _z(found) + _fitting(query, told)
    if any(sentence.hit.look for sentence in told):
        scores = words + READ_WEIGHT * np.array([_read_odds(sentence) for sentence in told])
        return sorted(zip(told, scores.tolist(), strict=True), key=lambda pair: -pair[1])
    order = np.argsort(-words, kind="stable")[:SENSED]
    near = [told[i] for i in order]
    texts = [analyse.normalise(" ".join((*s.hit.chunk.headings[-1:], s.text))[:SENSE_CHARACTERS]) for s in near]
    sense = desk.models.sense(texts) @ query.vector
    scores = words[order] + _z(sense)
    return sorted(zip(near, scores.tolist(), strict=True), key=lambda pair: -pair[1])


def _read_odds(sentence: Sentence) -> float:
    """The log odds, by the reader, that the answer stands in the sentence; what it did not read is unlikely to say it."""
    look = sentence.hit.look
    told = look.sentences.get((sentence.span.start, sentence.span.end)) if look else None
    return float(np.clip(told.odds, -SURE, SURE)) if told else -SURE


def _asks(text: str) -> bool:
    """A question in the documents is not an answer to one at the counter."""
    return text.rstrip(" \"'»”*_)").endswith(("?", "؟", "፧"))


def _shared(query: Query, offered: Sequence[Sentence]) -> NDArray[np.float64]:
    """For each sentence the share of the question's telling words in it, rare ones weighing more, headings half."""
    telling = sorted(analyse.content_tokens(query.text, query.language))
    held = [set(analyse.tokens(sentence.text, query.language)) for sentence in offered]
    above = [set(analyse.tokens(" ".join(s.hit.chunk.headings), query.language)) for s in offered]
    present = np.array(
        [[float(w in own) or 0.5 * (w in head) for w in telling] for own, head in zip(held, above, strict=True)]
    )
    if not telling:
        return np.zeros(len(offered))
    rarity = np.log1p(len(offered) / (0.5 + (present > 0).sum(axis=0)))
    shares: NDArray[np.float64] = present @ rarity / rarity.sum()
    return shares


def _fitting(query: Query, offered: Sequence[Sentence]) -> NDArray[np.float64]:
    """What a range that holds an asked number ("up to 100 square metres") is worth, and one that does not costs.

    The same for a time where the question is how long, and for money where it is how much.
    """
    numbers = [each for each in quantities.found(query.text, query.language) if each.unit]
    units = asked.measure(query.text, query.language)
    worth = np.zeros(len(offered))
    for at, sentence in enumerate(offered):
        language = sentence.hit.chunk.language
        if units and asked.holds(sentence.text, language, units):
            worth[at] = IN_RANGE
        ranges = quantities.ranges(sentence.text, language) if numbers else []
        fits = [fit for each in numbers if (fit := quantities.inside(each, ranges)) is not None]
        if fits:
            worth[at] += IN_RANGE if all(fits) else -IN_RANGE
    return worth


def _z(scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    values = scores.astype(np.float64)
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-12 else np.zeros_like(values)


def _pointed(query: Query, ranked: Sequence[Ranked], quoted: Draft, desk: Desk, model: str) -> Draft:
    """What the model points at; `quoted` with a note if it points at nothing."""
    settings = desk.settings.compose
    generator = desk.models.generator(model)
    task = _task(generator, query.language)
    prompt = prompts.load(task)
    shown = _within([sentence for sentence, _ in ranked], settings.context_characters)
    messages = [
        {"role": "system", "content": prompt.text},
        {"role": "user", "content": f"{_numbered(shown)}\n\nQuestion: {query.text}"},
    ]
    pieces = generator.generate(messages, schema=_schema(len(shown), task), max_tokens=settings.max_tokens)
    text, usage = _collect(pieces)
    desk.meter.count("compose", usage)
    claims, problem = _read(text, shown, task, settings.sentences)
    if problem:
        return replace(quoted, note=f"{model}: {problem}")
    return Draft(claims, model, prompt.name)


def _task(generator: Generator, language: str) -> Task:
    if language in generator.writes:
        return "write"
    return "mark" if language in generator.marks else "point"


def _collect(pieces: Pieces[str, None, Usage]) -> tuple[str, Usage]:
    """A generation's whole text and its tokens."""
    text = ""
    while True:
        try:
            text += next(pieces)
        except StopIteration as stop:
            return text, stop.value


def _within(offered: Sequence[Sentence], characters: int) -> list[Sentence]:
    """The best sentences that fit, whole; always at least one if there is any."""
    shown: list[Sentence] = []
    for sentence in offered:
        characters -= len(sentence.text)
        if characters < 0 and shown:
            break
        shown.append(sentence)
    return shown


def _numbered(shown: Sequence[Sentence]) -> str:
    lines = []
    before = None
    for number, sentence in enumerate(shown, start=1):
        chunk = sentence.hit.chunk
        above = [heading for heading in chunk.headings[-2:] if not guard.gives_orders(heading)]
        if chunk.id != before and above:
            lines.append(f"({' › '.join(above)})")
        before = chunk.id
        lines.append(f"[{number}] {' '.join(sentence.text.split())}")
    return "\n".join(lines)


def _schema(count: int, task: Task) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "answerable": {"type": "boolean"},
        "sentences": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": count}, "maxItems": 2},
    }
    if task != "point":
        properties[SAID[task]] = {"type": "string", "maxLength": 400}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _read(text: str, shown: Sequence[Sentence], task: Task, limit: int) -> tuple[tuple[DraftClaim, ...], str]:
    """The claims in a generated JSON text, or none and what is wrong with it."""
    try:
        value = json.loads(text)
        numbers = [int(number) for number in dict.fromkeys(value["sentences"])]
        answerable, written = value["answerable"] is True, _text(value, task)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return (), "the reply was not the JSON asked for"
    chosen = [shown[number - 1] for number in numbers if 1 <= number <= len(shown)][:limit]
    if not answerable or not chosen:
        return (), "the model found no answer in the passages"
    if task == "write" and written:
        return (DraftClaim(written, tuple(sentence.span for sentence in chosen), verbatim=False),), ""
    return tuple(replace(_verbatim(sentence), answer=_standing(written, sentence)) for sentence in chosen), ""


def _standing(words: str, sentence: Sentence) -> Span | None:
    """Where the copied words first stand in the sentence, whole and its blanks aside; None if nowhere, or if they are all of it."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    for found in re.finditer(pattern, sentence.text) if pattern else ():
        start, end = found.span()
        whole = not _joined(sentence.text, start) and not _joined(sentence.text, end)
        if whole and found.group() != sentence.text.strip():
            return Span(sentence.span.chunk, sentence.span.start + start, sentence.span.start + end)
    return None


def _joined(text: str, at: int) -> bool:
    """Do a letter, mark or digit stand on both sides? "5" is not in "50"."""
    return 0 < at < len(text) and all(unicodedata.category(char)[0] in "LMN" for char in text[at - 1 : at + 1])


def _text(value: dict[str, Any], task: Task) -> str:
    said = value.get(SAID[task]) if task in SAID else None
    return said.strip() if isinstance(said, str) else ""
