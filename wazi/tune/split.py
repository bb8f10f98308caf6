# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Rows divided into train, dev and test by document, with nothing of the test left in the other two.

A document goes where its hash says, or where the set's own names say (their `dev` is our test, and a document that has rows in both
is test). What is almost a passage of the test, in whatever set, is dropped, counted by reason. It does not know translations: the
same page in another language is another document.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wazi.tune.sets import Passage, Recipe, Row, Source

TRAIN, DEV, TEST = "train", "dev", "test"
GRAM = 12
"""Tokens in a row that two passages do not share by chance."""
SHARED = 0.25
"""Share of such stretches from which a passage counts as a copy."""

TokenIds = Callable[[str], Sequence[int]]


@dataclass(slots=True)
class Parts:
    """The rows of every part, the passages of every pool by part, and what was dropped and why."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {TRAIN: [], DEV: [], TEST: []})
    pools: dict[tuple[str, str], list[Passage]] = field(default_factory=dict)
    """By part and `Passage.pool`."""
    dropped: Counter[str] = field(default_factory=Counter)


def chance(text: str, seed: int) -> float:
    """A number from 0 to 1 that depends on the text and the seed only."""
    digest = hashlib.sha256(f"{seed}:{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def divide(loaded: Sequence[tuple[Source, Sequence[Row], Sequence[Passage]]], recipe: Recipe, ids: TokenIds) -> Parts:
    """All sets divided, limited and freed of copies."""
    parts = Parts()
    for source, rows, passages in loaded:
        of = documents(source, rows, recipe)
        for passage in passages:
            parts.pools.setdefault((_part(passage, of, recipe), passage.pool), []).append(passage)
        for part in (TRAIN, DEV, TEST):
            mine = [_own(row, part, of, recipe) for row in rows if of[row.passage.document] == part]
            if part == TEST and source.parts == "names":
                kept = [row for row in mine if row.named != TRAIN]
                parts.dropped["named train, document in the test"] += len(mine) - len(kept)
                mine = kept
            limited = _limited(mine, _limit(source, part, recipe), recipe.seed)
            parts.dropped["beyond the limit of its set"] += len(mine) - len(limited)
            parts.rows[part] += limited
    _without_copies(parts, ids)
    return parts


def documents(source: Source, rows: Iterable[Row], recipe: Recipe) -> dict[str, str]:
    """The part of every document of a set."""
    named: dict[str, set[str]] = {}
    for row in rows:
        named.setdefault(row.passage.document, set()).add(row.named)
    if source.parts in (TEST, TRAIN):
        return dict.fromkeys(named, source.parts)
    if source.parts == "hash":
        return {document: _by_chance(document, recipe) for document in named}
    return {
        document: TEST if names - {"train"} else (DEV if chance(document, recipe.seed) < recipe.dev else TRAIN)
        for document, names in named.items()
    }


def _part(passage: Passage, of: Mapping[str, str], recipe: Recipe) -> str:
    return of.get(passage.document) or _by_chance(passage.document, recipe)


def _own(row: Row, part: str, of: Mapping[str, str], recipe: Recipe) -> Row:
    """The row without what it names wrong of other parts."""
    wrong = tuple(each for each in row.wrong if _part(each, of, recipe) == part)
    return row if wrong == row.wrong else replace(row, wrong=wrong)


def _by_chance(document: str, recipe: Recipe) -> str:
    drawn = chance(document, recipe.seed)
    return DEV if drawn < recipe.dev else (TEST if drawn < recipe.dev + recipe.test else TRAIN)


def _limit(source: Source, part: str, recipe: Recipe) -> int:
    share = {TRAIN: 1.0, DEV: recipe.dev, TEST: 1.0}[part]
    return round(source.limit * share)


def _limited(rows: Sequence[Row], limit: int, seed: int) -> list[Row]:
    if not limit or len(rows) <= limit:
        return list(rows)
    chosen = sorted(rows, key=lambda row: chance(row.id, seed))[:limit]
    return sorted(chosen, key=lambda row: row.id)


def _without_copies(parts: Parts, ids: TokenIds) -> None:
    """Drop rows met before, and rows of train and dev whose passage is in the test."""
    grams: set[int] = set()
    for text in {row.passage.text for row in parts.rows[TEST]}:
        grams |= _grams(ids(text))
    asked = {_key(row) for row in parts.rows[TEST]}
    copies: dict[str, bool] = {}
    for part in (DEV, TRAIN):
        kept = []
        for row in parts.rows[part]:
            text = row.passage.text
            if text not in copies:
                own = _grams(ids(text))
                copies[text] = len(own & grams) > SHARED * len(own)
            if copies[text]:
                parts.dropped["passage is in the test"] += 1
            elif _key(row) in asked:
                parts.dropped["asked before"] += 1
            else:
                asked.add(_key(row))
                kept.append(row)
        parts.rows[part] = kept
    for (part, pool), passages in parts.pools.items():
        if part != TEST:
            parts.pools[part, pool] = [each for each in passages if not copies.get(each.text, False)]


def _key(row: Row) -> tuple[str, str, str]:
    return " ".join(row.question.casefold().split()), row.passage.text, str(row.spans)


def _grams(ids: Sequence[int]) -> set[int]:
    if len(ids) <= GRAM:
        return {hash(tuple(ids))}
    return {hash(tuple(ids[at : at + GRAM])) for at in range(len(ids) - GRAM + 1)}


def counts(parts: Parts) -> dict[str, Mapping[str, int]]:
    """Rows by set for every part."""
    return {part: dict(Counter(row.source for row in rows)) for part, rows in parts.rows.items()}
