# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Better order and a cut-off: is there anything here worth quoting?

With a reader the best hits are read together with the question: hits whose words answer it come first, and if none is likely enough
to, the question ends as `no_evidence`. Without one the order of the fusion stands, and a question whose best hits are neither near
enough in sense nor share enough of its telling words is refused. The floors are settings with a measured default
(`docs/adr/0007-abstain-from-retrieval-signals.md`, `docs/adr/0022-the-reader-decides.md`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from wazi import languages
from wazi.desk import Desk
from wazi.errors import Refusal
from wazi.languages import analyse, asked, sentences
from wazi.types import BlockKind, Chunk, Hit, Look, Outcome, Query, Told

if TYPE_CHECKING:
    from wazi.models import PassageReader

OVERLAP_WEIGHT = 0.1
"""Of the share of telling words beside the cosine: the best of 0 to 0.5 on eight sets in six languages."""


ORDER_WEIGHT = 0.3
"""Of the log odds that a hit answers, beside the sum of z-scores under which it was found."""


ENOUGH, HOPELESS = 0.5, -2.0
"""Log odds from which no further hit is read: this one most likely answers (.62), or the best so far so surely does not (.12) that
the next will not either. Read to the end, twice as many passages give the same refusals (ADR 24)."""


LACKS = 1.7
"""Log odds that a passage loses that has no measure of the kind asked for, how long a time or how much money: of 140 questions
of six sets 9 are answered by such a passage, and 53 drawn at random are such (`benchmarks/asked_measures.py`)."""


BESIDE = 6
"""Hits among which the first one's lead is measured, whatever `[rerank] keep` says: weight and mean of the lead are for these."""


def rerank(query: Query, hits: Sequence[Hit], desk: Desk) -> list[Hit]:
    """The hits that compose may read. Raises Refusal(no_evidence) when none is near enough."""
    if not query.tokens:
        raise Refusal(Outcome.NO_EVIDENCE, "no word in the question")
    kept, over = judged(query, hits, desk)
    if not kept:
        raise Refusal(Outcome.NO_EVIDENCE, "no hits")
    if over < 0:
        raise Refusal(Outcome.NO_EVIDENCE, f"evidence {-over:.3f} below its floor")
    return kept


def judged(query: Query, hits: Sequence[Hit], desk: Desk) -> tuple[list[Hit], float]:
    """The hits that compose may read, in order, and what their evidence exceeds its floor by; minus infinity for none."""
    kept = shortlist(hits, desk)
    reader = desk.models.reader
    if reader is None or not kept:
        return kept, margin(query, kept, desk)
    settings = desk.settings.rerank
    units = asked.measure(query.text, query.language)
    looked: list[Hit] = []
    likely: list[float] = []
    for hit in kept[: settings.read]:
        looked += look(query, [hit], reader)
        likely.append(_odds(looked[-1]) - _lacking(looked[-1], units))
        # that a measure is missing says nothing about the hits behind
        if max(likely) >= ENOUGH or max(map(_odds, looked)) <= HOPELESS:
            break
    best = max(likely)
    by_both = [hit.score + ORDER_WEIGHT * odds for hit, odds in zip(looked, likely, strict=True)]
    ordered = [looked[at] for at in sorted(range(len(looked)), key=lambda at: -by_both[at])]
    over = reader.answerable(best, lead=lead(hits, desk)) - settings.odds_floor
    return [*ordered, *kept[len(looked) :]], over


def settled(best: float) -> bool:
    """Whether no further hit is read when these are the best log odds so far."""
    return not HOPELESS < best < ENOUGH


def lead(hits: Sequence[Hit], desk: Desk) -> float | None:
    """How far the score of the first hit exceeds the mean of the next ones, `BESIDE` in all; None where there are fewer."""
    scores = [hit.score for hit in _diverse(hits, desk.settings.rerank.per_document)[:BESIDE]]
    if len(scores) < BESIDE or not all(map(math.isfinite, scores)):
        return None
    return scores[0] - fmean(scores[1:])


def look(query: Query, hits: Sequence[Hit], reader: PassageReader) -> list[Hit]:
    """The same hits with what the reader makes of them, each below its innermost heading."""
    above = ["".join(f"{heading}\n" for heading in hit.chunk.headings[-1:]) for hit in hits]
    cuts = [cut(hit.chunk) for hit in hits]
    texts = [head + hit.chunk.text for head, hit in zip(above, hits, strict=True)]
    parts = [[(len(head) + a, len(head) + b) for a, b in own] for head, own in zip(above, cuts, strict=True)]
    found = []
    for hit, head, own, read in zip(hits, above, cuts, reader.read(query.text, texts, parts), strict=True):
        odds = reader.odds(read, cosine=hit.dense, overlap=shared(query, hit))
        start, begin = hit.chunk.start, hit.chunk.start - len(head)
        told = {
            (start + a, start + b): Told(odds + part.margin - read.margin, begin + part.start, begin + part.end)
            for (a, b), part in zip(own, read.parts, strict=True)
        }
        found.append(replace(hit, look=Look(odds, told)))
    return found


def cut(chunk: Chunk) -> list[tuple[int, int]]:
    """The sentences of a chunk, as offsets into its text; the row of a table is one."""
    if chunk.kind is BlockKind.TABLE_ROW:
        return [(0, len(chunk.text))]
    return sentences.split(chunk.text, chunk.language)


def _odds(hit: Hit) -> float:
    return hit.look.odds if hit.look else -math.inf


def _lacking(hit: Hit, units: frozenset[str]) -> float:
    """What a hit loses that has none of the units asked for."""
    return LACKS if units and not asked.holds(hit.chunk.text, hit.chunk.language, units) else 0.0


def shortlist(hits: Sequence[Hit], desk: Desk) -> list[Hit]:
    """The hits that count: the best `[rerank] keep`, at most `per_document` of one document while others have hits."""
    settings = desk.settings.rerank
    return _diverse(hits, settings.per_document)[: settings.keep]


def margin(query: Query, kept: Sequence[Hit], desk: Desk) -> float:
    """What the evidence of a shortlist exceeds its floor by: below 0 it is not enough; minus infinity for none."""
    settings = desk.settings.rerank
    if not kept:
        return -math.inf
    if languages.tag(kept[0].chunk.language) == languages.tag(query.language):
        return max(evidence(query, hit) for hit in kept) - settings.evidence_floor
    # words of two languages do not meet: only the sense counts
    return max(hit.dense for hit in kept) - settings.other_language_floor


def _diverse(hits: Sequence[Hit], per_document: int) -> list[Hit]:
    """The same hits, those beyond `per_document` of one document behind all others: one long law must not take every place."""
    seen: Counter[str] = Counter()
    first: list[Hit] = []
    behind: list[Hit] = []
    for hit in hits:
        seen[hit.chunk.document] += 1
        (first if seen[hit.chunk.document] <= per_document else behind).append(hit)
    return first + behind


def evidence(query: Query, hit: Hit) -> float:
    """How much speaks for a hit in the language of the question: its cosine and the telling words it shares."""
    return hit.dense + OVERLAP_WEIGHT * overlap(query, hit)


def shared(query: Query, hit: Hit) -> float | None:
    """The overlap, None where the hit is in another language: words of two languages do not meet."""
    return overlap(query, hit) if languages.tag(hit.chunk.language) == languages.tag(query.language) else None


def overlap(query: Query, hit: Hit) -> float:
    """Share of the question's telling words that the chunk or its headings contain, 0 to 1."""
    return analyse.overlap(query.text, hit.chunk.in_context, query.language)
