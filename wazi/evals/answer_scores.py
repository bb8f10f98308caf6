# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Answers beside their gold -> what was shown, cited and said, with intervals over questions. No model judges.

A question that was refused, failed or could not be asked has shown nothing and said nothing. Shares are x 100. It does not know how
an answer was made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wazi.evals import answer_text, stats
from wazi.evals.answer_gold import Gold, Place
from wazi.languages import sentences
from wazi.types import Answer, Quote

NOT_ASKED = "not_asked"
"""Stands beside the outcomes for a question that is empty or too long."""

Letters = set[tuple[str, int]]
"""Characters of passages: the passage and the offset."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One question and its answer. `values` has no entry for what the question or its outcome cannot be measured by."""

    question: str
    language: str
    outcome: str
    values: Mapping[str, float]
    answer: Answer | None = None


def tried(question: str, language: str, answer: Answer | None, gold: Gold, stored: Mapping[str, str]) -> Trial:
    """Score one answer; `stored` has the text of every passage that is held. None: it could not be asked."""
    quotes = [quote for claim in answer.claims for quote in claim.quotes] if answer else []
    spoken = answer.language if answer else language
    said = _said(answer)
    values = {
        "refused": 100.0 * (not quotes),
        **_cited(quotes, gold),
        **_spans(quotes, gold, stored),
        **_words(said, gold, gold.language or spoken),
    }
    if quotes:
        values |= _shown(quotes, gold, gold.language or spoken, stored)
    return Trial(question, spoken, answer.outcome.value if answer else NOT_ASKED, values, answer)


def report(trials: Sequence[Trial]) -> dict[str, Any]:
    """`n`, `metrics` with intervals (each over the questions it can be measured by) and the outcomes counted."""
    names = dict.fromkeys(name for trial in trials for name in trial.values)
    measured = {name: [trial.values[name] for trial in trials if name in trial.values] for name in names}
    return {
        "n": len(trials),
        "metrics": {name: {**stats.interval(values), "n": len(values)} for name, values in measured.items()},
        "outcomes": dict(Counter(trial.outcome for trial in trials).most_common()),
    }


def cost(trials: Sequence[Trial]) -> dict[str, float]:
    """Of one answer, refusals included: seconds at the median and for all but one of twenty, mean joules and tokens."""
    meters = [trial.answer.meter for trial in trials if trial.answer]
    if not meters:
        return {}
    p50, p95 = np.quantile([meter.seconds for meter in meters], [0.5, 0.95])
    return {
        "seconds_p50": float(p50),
        "seconds_p95": float(p95),
        **{name: float(np.mean([getattr(meter, name) for meter in meters])) for name in _SPENT},
    }


_SPENT = ("joules", "tokens_in", "tokens_out")


def _said(answer: Answer | None) -> str:
    """The short answer: the words that a reader marked in the first quote, else the shortest text that is shown."""
    claims = answer.claims if answer else ()
    quotes = [quote for claim in claims for quote in claim.quotes]
    if quotes and quotes[0].answer:
        start, end = (at - quotes[0].start for at in quotes[0].answer)
        return quotes[0].text[start:end]
    texts = [text for claim in claims for text in (claim.text, *(quote.text for quote in claim.quotes))]
    return min((text for text in texts if text.strip()), key=len, default="")


def _cited(quotes: Sequence[Quote], gold: Gold) -> dict[str, float]:
    cited = {quote.document.id for quote in quotes}
    values = {"citation_recall": 100.0 * len(cited & gold.passages) / len(gold.passages)}
    if gold.conditions:
        values["conditions_shown"] = 100.0 * len(cited & gold.conditions) / len(gold.conditions)
    if quotes:
        values["citation_precision"] = 100.0 * sum(q.document.id in gold.passages for q in quotes) / len(quotes)
    return values


def _spans(quotes: Sequence[Quote], gold: Gold, stored: Mapping[str, str]) -> dict[str, float]:
    """Does one of the gold spans lie inside what is shown? Blanks between two quotes need not."""
    if not gold.places:
        return {}
    shown = _letters(quotes)
    return {"span_recall": 100.0 * any(_visible(place, stored) <= shown for place in gold.places)}


def _words(said: str, gold: Gold, language: str) -> dict[str, float]:
    if not gold.answers:
        return {}
    measures = {"exact_match": answer_text.exact_match, "f1": answer_text.f1}
    return {
        f"{name}{suffix}": 100.0 * answer_text.best(measure, said, gold.answers, language, squad=bool(suffix))
        for suffix in ("", "_squad")
        for name, measure in measures.items()
    }


def _shown(quotes: Sequence[Quote], gold: Gold, language: str, stored: Mapping[str, str]) -> dict[str, float]:
    shown = _letters(quotes)
    values = {
        "quotes_exact": 100.0 * all(stored[q.document.id][q.start : q.end] == q.text for q in quotes),
        "sentences_shown": float(sum(len(sentences.split(quote.text, language)) for quote in quotes)),
        "characters_shown": float(len(shown)),
    }
    if gold.places:
        within = max(len(shown & _whole(place)) for place in gold.places)
        values["characters_besides"] = float(len(shown) - within)
    return values


def _letters(quotes: Sequence[Quote]) -> Letters:
    return {letter for quote in quotes for letter in _whole(Place(quote.document.id, quote.start, quote.end))}


def _whole(place: Place) -> Letters:
    return {(place.passage, at) for at in range(place.start, place.end)}


def _visible(place: Place, stored: Mapping[str, str]) -> Letters:
    text = stored[place.passage]
    return {(name, at) for name, at in _whole(place) if not text[at].isspace()}
