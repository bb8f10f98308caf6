# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Better order and a cut-off: is there anything here worth quoting?

No reranking model is held yet, so the order of the fusion stands. What is decided here is abstention: without a near vector
and without shared telling words the question ends as `no_evidence`. Both floors are settings with a measured default
(`docs/adr/0007-abstain-from-retrieval-signals.md`).
"""

from __future__ import annotations

from collections.abc import Sequence

from wazi.desk import Desk
from wazi.errors import Refusal
from wazi.languages import analyse
from wazi.types import Hit, Outcome, Query


def rerank(query: Query, hits: Sequence[Hit], desk: Desk) -> list[Hit]:
    """The hits that compose may read. Raises Refusal(no_evidence) when none is near enough."""
    settings = desk.settings.rerank
    if not hits:
        raise Refusal(Outcome.NO_EVIDENCE, "no hits")
    nearest = max(hit.dense for hit in hits)
    shared = max(overlap(query, hit) for hit in hits[: settings.keep])
    if nearest < settings.dense_floor and shared < settings.overlap_floor:
        raise Refusal(Outcome.NO_EVIDENCE, f"nearest {nearest:.3f}, shared words {shared:.2f}")
    return list(hits[: settings.keep])


def overlap(query: Query, hit: Hit) -> float:
    """Share of the question's telling words that the chunk or its headings contain, 0 to 1."""
    telling = analyse.content_tokens(query.text, query.language)
    if not telling:
        return 0.0
    held = set(analyse.tokens(hit.chunk.in_context, query.language))
    return len(telling & held) / len(telling)
