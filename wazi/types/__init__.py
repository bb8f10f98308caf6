# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The values that flow through the house, frozen; nothing else.

    ingest:  Source -> RawFile -> Document -> [Chunk] -> [Passage] -> Receipt
    ask:     str, Reader -> Query -> [Hit] -> Draft -> Answer(claims, quotes, support, outcome, cost)

Offsets are always Python character offsets into the stored text of a document (`Document.text`), end exclusive.
Boxes are (x0, y0, x1, y1) in PDF points with the origin at the top left of the page.
`common` holds what both sides share, `documents` the first line above, `answers` the second, `office` what staff add. Nothing
here knows how a value is made, stored or shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wazi.types.answers import (
    Answer,
    Answered,
    Cited,
    Claim,
    Composing,
    Cost,
    Draft,
    DraftClaim,
    Event,
    Hit,
    Look,
    Near,
    Query,
    Quote,
    Span,
    Step,
    Told,
    Usage,
    Waiting,
)
from wazi.types.common import EVERYTHING, PUBLIC, Box, Kind, Outcome, Reader, Scope, Status, Support
from wazi.types.documents import (
    About,
    Block,
    BlockKind,
    Cell,
    Chunk,
    Document,
    Holding,
    Page,
    Parsed,
    Passage,
    Provenance,
    RawFile,
    Receipt,
    Record,
    Said,
    Table,
    Version,
    Word,
)
from wazi.types.office import Better, Card, CardQuote, Cards, Feedback

if TYPE_CHECKING:
    from wazi.types.common import Vector

__all__ = [
    "EVERYTHING",
    "PUBLIC",
    "About",
    "Answer",
    "Answered",
    "Better",
    "Block",
    "BlockKind",
    "Box",
    "Card",
    "CardQuote",
    "Cards",
    "Cell",
    "Chunk",
    "Cited",
    "Claim",
    "Composing",
    "Cost",
    "Document",
    "Draft",
    "DraftClaim",
    "Event",
    "Feedback",
    "Hit",
    "Holding",
    "Kind",
    "Look",
    "Near",
    "Outcome",
    "Page",
    "Parsed",
    "Passage",
    "Provenance",
    "Query",
    "Quote",
    "RawFile",
    "Reader",
    "Receipt",
    "Record",
    "Said",
    "Scope",
    "Span",
    "Status",
    "Step",
    "Support",
    "Table",
    "Told",
    "Usage",
    "Vector",
    "Version",
    "Waiting",
    "Word",
]
