# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Hits -> Draft: which sentences answer the question.

Two modes. `quote`: no generator; the sentences nearest to the question in words and in sense, verbatim. With a generator: the
model gets the best of them numbered and points at some (it is good at that, and cannot misspell what it does not retype). Where the
catalogue says that it does it well in the question's language, it writes a sentence beside, which `verify` then checks; or, where
it marks better than it points, it only copies the shortest words that answer, and the sentence they stand in is the quote. When the
model refuses, breaks off, points nowhere or says what stands nowhere, the quote stands in, and the draft says why.
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
"""What a generator is asked for: the numbers of sentences, the words that answer, or numbers and a sentence of its own."""
NO_JSON = "the reply was not the JSON asked for"
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
    quoted = Draft(_verbatim(shown), QUOTE)
    draft = quoted if model == QUOTE or not ranked else _generated(query, ranked, shown, desk, model)
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


def _verbatim(shown: Sequence[Sentence]) -> tuple[DraftClaim, ...]:
    return tuple(DraftClaim(sentence.text, (sentence.span,), verbatim=True) for sentence in shown)


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


def _generated(query: Query, ranked: Sequence[Ranked], quotes: Sequence[Sentence], desk: Desk, model: str) -> Draft:
    """What the model points at, marks or writes; the `quotes`, with a note, where that is nothing."""
    settings = desk.settings.compose
    generator = desk.models.generator(model)
    task = _task(generator, query.language)
    prompt = prompts.load(task)
    shown = _within([sentence for sentence, _ in ranked], settings.context_characters)
    offered = _passages(shown) if task == "mark" else _numbered(shown)
    messages = [
        {"role": "system", "content": prompt.text},
        {"role": "user", "content": f"{offered}\n\nQuestion: {query.text}"},
    ]
    pieces = generator.generate(messages, schema=_schema(len(shown), task), max_tokens=settings.max_tokens)
    text, usage = _collect(pieces)
    desk.meter.count("compose", usage)
    if task == "mark":
        claims, problem = _marked(text, shown, quotes)
    else:
        claims, problem = _pointed(text, shown, task, settings.sentences)
    if problem:
        return Draft(_verbatim(quotes), QUOTE, note=f"{model}: {problem}")
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


def _passages(shown: Sequence[Sentence]) -> str:
    """The sentences as they stand in their passages, the passage of the best one first."""
    order = {chunk: at for at, chunk in enumerate(dict.fromkeys(sentence.span.chunk for sentence in shown))}
    read = sorted(shown, key=lambda each: (order[each.span.chunk], each.span.start))
    return "\n".join(" ".join(sentence.text.split()) for sentence in read)


def _schema(count: int, task: Task) -> dict[str, Any]:
    pointing: dict[str, Any] = {
        "answerable": {"type": "boolean"},
        "sentences": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": count}, "maxItems": 2},
    }
    properties: dict[str, Any] = {
        "point": pointing,
        "mark": {"answer": {"type": "string", "maxLength": 200}},
        "write": {**pointing, "answer": {"type": "string", "maxLength": 400}},
    }[task]
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _pointed(text: str, shown: Sequence[Sentence], task: Task, limit: int) -> tuple[tuple[DraftClaim, ...], str]:
    """The claims in a generated JSON text, or none and what is wrong with it."""
    try:
        value = json.loads(text)
        numbers = [int(number) for number in dict.fromkeys(value["sentences"])]
        answerable, written = value["answerable"] is True, _said(value) if task == "write" else ""
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return (), NO_JSON
    chosen = [shown[number - 1] for number in numbers if 1 <= number <= len(shown)][:limit]
    if not answerable or not chosen:
        return (), "the model found no answer in the passages"
    if written:
        return (DraftClaim(written, tuple(sentence.span for sentence in chosen), verbatim=False),), ""
    return _verbatim(chosen), ""


def _marked(text: str, shown: Sequence[Sentence], quotes: Sequence[Sentence]) -> tuple[tuple[DraftClaim, ...], str]:
    """The sentence that holds the copied words, marked, and all quotes after it, for one may be a condition; or none and why."""
    try:
        words = _said(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return (), NO_JSON
    for sentence in (*quotes, *shown):
        if answer := _standing(words, sentence):
            others = [each for each in quotes if each is not sentence]
            first, *rest = _verbatim([sentence, *others])
            return (replace(first, answer=answer), *rest), ""
    return (), "the words it copied stand nowhere in the passages"


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


def _said(value: dict[str, Any]) -> str:
    said = value.get("answer")
    return said.strip() if isinstance(said, str) else ""
