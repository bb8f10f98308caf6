# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Better order and a cut-off: is there anything here worth quoting?

No reranking model is held yet, so the order of the fusion stands. What is decided here is abstention: a question whose best hits
are neither near enough in sense nor share enough of its telling words ends as `no_evidence`. Both floors are settings with a
measured default (`docs/adr/0007-abstain-from-retrieval-signals.md`). Passages on the topic that lack the fact still pass.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from wazi import languages
from wazi.desk import Desk
from wazi.errors import Refusal
from wazi.languages import analyse
from wazi.types import Hit, Outcome, Query

OVERLAP_WEIGHT = 0.1
"""Of the share of telling words beside the cosine: the best of 0 to 0.5 on eight sets in six languages."""


def rerank(query: Query, hits: Sequence[Hit], desk: Desk) -> list[Hit]:
    """The hits that compose may read. Raises Refusal(no_evidence) when none is near enough."""
    if not query.tokens:
        raise Refusal(Outcome.NO_EVIDENCE, "no word in the question")
    kept = shortlist(hits, desk)
    if not kept:
        raise Refusal(Outcome.NO_EVIDENCE, "no hits")
    if (over := margin(query, kept, desk)) < 0:
        raise Refusal(Outcome.NO_EVIDENCE, f"evidence {-over:.3f} below its floor")
    return kept


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


def overlap(query: Query, hit: Hit) -> float:
    """Share of the question's telling words that the chunk or its headings contain, 0 to 1."""
    telling = analyse.content_tokens(query.text, query.language)
    if not telling:
        return 0.0
    held = set(analyse.tokens(hit.chunk.in_context, query.language))
    return len(telling & held) / len(telling)
