# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Better order and a cut-off: is there anything here worth quoting?

No reranking model is held yet, so the order of the fusion stands. What is decided here is abstention: a question whose best hits
are neither near enough in sense nor share enough of its telling words ends as `no_evidence`. Both floors are settings with a
measured default (`docs/adr/0007-abstain-from-retrieval-signals.md`). Passages on the topic that lack the fact still pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from wazi.desk import Desk
from wazi.errors import Refusal
from wazi.languages import analyse
from wazi.types import Hit, Outcome, Query

OVERLAP_WEIGHT = 0.1
"""Of the share of telling words beside the cosine: the best of 0 to 0.5 on eight sets in six languages."""


def rerank(query: Query, hits: Sequence[Hit], desk: Desk) -> list[Hit]:
    """The hits that compose may read. Raises Refusal(no_evidence) when none is near enough."""
    settings = desk.settings.rerank
    if not hits:
        raise Refusal(Outcome.NO_EVIDENCE, "no hits")
    kept = _diverse(hits, settings.per_document)[: settings.keep]
    if kept[0].chunk.language == query.language:
        found, floor = max(evidence(query, hit) for hit in kept), settings.evidence_floor
    else:  # words of two languages do not meet: only the sense counts
        found, floor = max(hit.dense for hit in kept), settings.other_language_floor
    if found < floor:
        raise Refusal(Outcome.NO_EVIDENCE, f"evidence {found:.3f} below {floor}")
    return kept


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
